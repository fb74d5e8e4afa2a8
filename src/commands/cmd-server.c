/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-server.c -- commands on the server as a whole, one of a kind each. */
#include "config.h"

#include "base/number.h"
#include "base/random.h"
#include "commands/commands.h"
#include "commands/version.h"
#include "engine/alone.h"
#include "engine/monitor.h"

static gboolean
run_lastsave (CfCall *call, GError **error)
{
  cf_reply_int (&call->reply, call->engine->started_ms / 1000);
  return TRUE;
}

/* A coffer, with what happens to be in it today. */
static void
draw_coffer (GString *text, guint width)
{
  static const char jewels[] = ".o*+<>#";
  const gsize n_jewels = sizeof jewels - 1;

  g_string_append_printf (text, "   %.*s\n", (int) width,
                          "________________________________________");
  for (guint row = 0; row < 4; row++)
    {
      g_string_append (text, "  |");
      for (guint i = 0; i < width; i++)
        g_string_append_c (text, cf_random_below (3) == 0
                                     ? jewels[cf_random_below (n_jewels)]
                                     : ' ');
      g_string_append (text, "|\n");
    }
  g_string_append_printf (text, "  |%.*s|\n", (int) width,
                          "________________________________________");
}

static gboolean
run_lolwut (CfCall *call, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gint64 unused;

  if (call->argc > 2 && cf_call_is (call, 1, "VERSION") &&
      !cf_call_get_int (call, 2, &unused, error))
    return FALSE;
  draw_coffer (text, 24);
  g_string_append (
      text, "\nA coffer and what is in it. Redis ver. " CF_REDIS_VERSION "\n");
  cf_reply_verbatim (&call->reply, "txt", cf_slice (text->str, text->len));
  return TRUE;
}

static gboolean
run_monitor (CfCall *call, GError **error)
{
  if (call->in_transaction)
    return cf_throw (error, CF_ERROR_FAILED,
                     "MONITOR isn't allowed for DENY BLOCKING client");
  /* Once more is not even answered, as in Redis. */
  if (call->session->flags & CF_SESSION_MONITOR)
    return TRUE;
  call->session->flags |= CF_SESSION_MONITOR;
  cf_monitors_add (call->engine->monitors, call->session);
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_role (CfCall *call, GError **error)
{
  cf_reply_array (&call->reply, 3);
  cf_reply_bulk_string (&call->reply, "master");
  cf_reply_int (&call->reply, 0);
  cf_reply_array (&call->reply, 0);
  return TRUE;
}

static gboolean
run_shutdown (CfCall *call, GError **error)
{
  gboolean now = FALSE, save = FALSE, nosave = FALSE, abort = FALSE;

  for (guint i = 1; i < call->argc; i++)
    {
      if (cf_call_is (call, i, "NOSAVE"))
        nosave = TRUE;
      else if (cf_call_is (call, i, "SAVE"))
        save = TRUE;
      else if (cf_call_is (call, i, "NOW"))
        now = TRUE;
      else if (cf_call_is (call, i, "ABORT"))
        abort = TRUE;
      else if (!cf_call_is (call, i, "FORCE"))
        return cf_call_syntax_error (error);
    }
  if ((abort && call->argc > 2) || (save && nosave))
    return cf_call_syntax_error (error);
  if (abort)
    return cf_throw (error, CF_ERROR_FAILED, "No shutdown in progress.");
  if (!nosave && cf_alone_is_busy (call->engine))
    return cf_throw (error, CF_ERROR_VERBATIM, "%s",
                     cf_alone_busy_message (call->engine));
  if (save)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Errors trying to SHUTDOWN. Check logs.");
  if (call->engine->hooks.shutdown == NULL)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Errors trying to SHUTDOWN. Check logs.");
  /* The reply to success is that the connection closes. */
  call->engine->hooks.shutdown (call->engine->hooks.data, now);
  return TRUE;
}

static gboolean
run_time (CfCall *call, GError **error)
{
  gint64 now_us = g_get_real_time ();

  cf_reply_array (&call->reply, 2);
  cf_reply_bulk_int (&call->reply, now_us / G_USEC_PER_SEC);
  cf_reply_bulk_int (&call->reply, now_us % G_USEC_PER_SEC);
  return TRUE;
}

static const CfCommand commands[] = {
  {
      .name = "LASTSAVE",
      .summary = "Returns when the data was last saved, or the start.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .tips = "nondeterministic_output",
      .run = run_lastsave,
      .arity = 1,
      .flags = CF_COMMAND_LOADING | CF_COMMAND_STALE | CF_COMMAND_FAST,
      .categories = CF_ACL_ADMIN | CF_ACL_DANGEROUS,
  },
  {
      .name = "LOLWUT",
      .usage = "[VERSION version:integer]",
      .summary = "Draws a picture and tells the version.",
      .since = "5.0.0",
      .run = run_lolwut,
      .arity = -1,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
  },
  {
      .name = "MONITOR",
      .summary = "Shows every command that the server runs.",
      .since = "1.0.0",
      .run = run_monitor,
      .arity = 1,
      .flags = CF_COMMAND_ADMIN | CF_COMMAND_NOSCRIPT | CF_COMMAND_LOADING |
               CF_COMMAND_STALE,
  },
  {
      .name = "ROLE",
      .summary = "Returns the part of the server in replication.",
      .since = "2.8.12",
      .complexity = "O(1)",
      .run = run_role,
      .arity = 1,
      .flags = CF_COMMAND_NOSCRIPT | CF_COMMAND_LOADING | CF_COMMAND_STALE |
               CF_COMMAND_FAST,
      .categories = CF_ACL_ADMIN | CF_ACL_DANGEROUS,
  },
  {
      .name = "SHUTDOWN",
      .usage = "[NOSAVE | SAVE] [NOW] [FORCE] [ABORT]",
      .summary = "Ends the server.",
      .since = "1.0.0",
      .complexity = "O(N) when saving, where N is the total number of keys in "
                    "all databases when saving data, otherwise O(1)",
      .run = run_shutdown,
      .arity = -1,
      .flags = CF_COMMAND_ADMIN | CF_COMMAND_NOSCRIPT | CF_COMMAND_LOADING |
               CF_COMMAND_STALE | CF_COMMAND_NO_MULTI | CF_COMMAND_ALLOW_BUSY,
  },
  {
      .name = "TIME",
      .summary = "Returns the time of the server.",
      .since = "2.6.0",
      .complexity = "O(1)",
      .tips = "nondeterministic_output",
      .run = run_time,
      .arity = 1,
      .flags = CF_COMMAND_LOADING | CF_COMMAND_STALE | CF_COMMAND_FAST,
  },
};

const CfFamily cf_server_family = {
  .group = "server",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
