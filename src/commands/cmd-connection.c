/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-connection.c -- the commands on the connection itself, but CLIENT. */
#include "config.h"

#include "base/number.h"
#include "commands/client-name.h"
#include "commands/commands.h"
#include "commands/version.h"
#include "engine/acl-check.h"
#include "engine/acl.h"
#include "engine/logins.h"
#include "engine/monitor.h"
#include "engine/pubsub.h"
#include "engine/tracking.h"

/* Who has failed too often from there has to wait, right or wrong.  FALSE:
 * not yet; either @error is set or the call was parked. */
static gboolean
may_try (CfCall *call, GError **error)
{
  gint64 delay_ms;

  if (cf_call_wake_reason (call) == CF_WAKE_TIMEOUT)
    return TRUE;
  if (cf_call_wake_reason (call) != CF_WAKE_NONE)
    return cf_throw (error, CF_ERROR_WRONG_PASS,
                     "the login was broken off while it was delayed");
  delay_ms = cf_logins_delay (call->engine->logins, call->session->address,
                              call->now_ms);
  if (G_LIKELY (delay_ms == 0))
    return TRUE;
  if (call->in_transaction)
    return cf_throw (error, CF_ERROR_WRONG_PASS,
                     "too many logins have failed from this address for one in "
                     "a transaction");
  cf_call_park (call, call->now_ms + delay_ms);
  return FALSE;
}

static void
note_failure (CfCall *call, CfSlice user)
{
  g_autofree char *line = cf_logins_failed (
      call->engine->logins, call->session->address, user, call->now_ms);

  if (line != NULL)
    g_message ("%s", line);
  cf_acl_deny (call, CF_ACL_DENIED_AUTH,
               call->in_transaction ? CF_ACL_MULTI : CF_ACL_TOPLEVEL,
               call->argv[0], user);
}

/* FALSE: as may_try(). */
static gboolean
log_in (CfCall *call, CfSlice user, CfSlice password, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (!may_try (call, error))
    return FALSE;
  if (cf_acl_log_in (call->engine->acl, call->session, user, password, &cause))
    return TRUE;
  if (g_error_matches (cause, CF_ERROR, CF_ERROR_WRONG_PASS))
    note_failure (call, user);
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

static gboolean
run_auth (CfCall *call, GError **error)
{
  CfSlice user = CF_SLICE ("default");

  for (guint i = 1; i < call->argc; i++)
    cf_call_redact (call, i);
  if (call->argc > 3)
    return cf_call_syntax_error (error);
  if (call->argc == 3)
    user = call->argv[1];
  else if (cf_acl_needs_no_password (call->engine->acl))
    return cf_throw (error, CF_ERROR_FAILED,
                     "AUTH <password> called without any password configured "
                     "for the default user. Are you sure your configuration "
                     "is correct?");
  if (!log_in (call, user, call->argv[call->argc - 1], error))
    return call->parked;
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_echo (CfCall *call, GError **error)
{
  cf_reply_bulk (&call->reply, call->argv[1]);
  return TRUE;
}

static gboolean
parse_hello_version (const CfCall *call, gint64 *version, GError **error)
{
  if (!cf_parse_int64 (call->argv[1].data, call->argv[1].size, version))
    return cf_throw (error, CF_ERROR_FAILED,
                     "Protocol version is not an integer or out of range");
  if (*version < 2 || *version > 3)
    return cf_throw (error, CF_ERROR_NO_PROTO, "unsupported protocol version");
  return TRUE;
}

/* As in Redis an option has taken effect when a later one is wrong. */
static gboolean
apply_hello_options (CfCall *call, GError **error)
{
  for (guint i = 2; i < call->argc; i++)
    {
      guint n_more = call->argc - i - 1;

      if (cf_call_is (call, i, "AUTH") && n_more >= 2)
        {
          cf_call_redact (call, i + 1);
          cf_call_redact (call, i + 2);
          if (!log_in (call, call->argv[i + 1], call->argv[i + 2], error))
            return FALSE;
          i += 2;
        }
      else if (cf_call_is (call, i, "SETNAME") && n_more >= 1)
        {
          if (!cf_client_name_check (call->argv[++i], error))
            return FALSE;
          cf_client_name_set (call->session, call->argv[i]);
        }
      else
        return cf_throw (error, CF_ERROR_FAILED,
                         "Syntax error in HELLO option '%.*s'",
                         (int) MIN (call->argv[i].size, CF_CALL_TEXT_MAX),
                         call->argv[i].data);
    }
  return TRUE;
}

static void
reply_hello (CfCall *call)
{
  CfReply *reply = &call->reply;

  cf_reply_map (reply, 7);
  cf_reply_bulk_string (reply, "server");
  cf_reply_bulk_string (reply, "redis");
  cf_reply_bulk_string (reply, "version");
  cf_reply_bulk_string (reply, CF_REDIS_VERSION);
  cf_reply_bulk_string (reply, "proto");
  cf_reply_int (reply, call->session->resp);
  cf_reply_bulk_string (reply, "id");
  cf_reply_int (reply, (gint64) call->session->id);
  cf_reply_bulk_string (reply, "mode");
  cf_reply_bulk_string (reply, "standalone");
  cf_reply_bulk_string (reply, "role");
  cf_reply_bulk_string (reply, "master");
  cf_reply_bulk_string (reply, "modules");
  cf_reply_array (reply, 0);
}

static gboolean
run_hello (CfCall *call, GError **error)
{
  CfSession *session = call->session;
  gint64 version = session->resp;

  if ((call->argc > 1 && !parse_hello_version (call, &version, error)) ||
      !apply_hello_options (call, error))
    return call->parked;
  if (!(session->flags & CF_SESSION_AUTHORIZED))
    return cf_throw (
        error, CF_ERROR_NO_AUTH,
        "HELLO must be called with the client already authenticated, "
        "otherwise the HELLO AUTH <user> <pass> option can be used to "
        "authenticate the client and select the RESP protocol version at the "
        "same time");
  /* What came until now was meant for the protocol of until now. */
  cf_session_collect (session);
  cf_session_set_resp (session, (guint8) version);
  call->reply.resp = session->resp;
  reply_hello (call);
  return TRUE;
}

/* In RESP2, where a subscriber cannot tell a reply from a message. */
static void
reply_pong_message (CfCall *call)
{
  cf_reply_array (&call->reply, 2);
  cf_reply_bulk_string (&call->reply, "pong");
  cf_reply_bulk (&call->reply, call->argc == 2 ? call->argv[1] : CF_SLICE (""));
}

static gboolean
run_ping (CfCall *call, GError **error)
{
  if (call->argc > 2)
    return cf_throw (error, CF_ERROR_FAILED,
                     "wrong number of arguments for 'ping' command");
  if ((call->session->flags & CF_SESSION_PUBSUB) && call->reply.resp == 2)
    reply_pong_message (call);
  else if (call->argc == 2)
    cf_reply_bulk (&call->reply, call->argv[1]);
  else
    cf_reply_status (&call->reply, "PONG");
  return TRUE;
}

static gboolean
run_quit (CfCall *call, GError **error)
{
  call->session->flags |= CF_SESSION_CLOSE_AFTER_REPLY;
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_reset (CfCall *call, GError **error)
{
  CfSession *session = call->session;

  cf_pubsub_forget (call->engine->pubsub, session);
  cf_session_collect (session);
  cf_tracking_disable (call->engine->tracking, session);
  cf_session_reset (session, call->keyspace);
  cf_monitors_remove (call->engine->monitors, session);
  if (session->account != NULL)
    (void) cf_acl_enter (call->engine->acl, session);
  call->reply.resp = session->resp;
  cf_reply_status (&call->reply, "RESET");
  return TRUE;
}

static gboolean
run_select (CfCall *call, GError **error)
{
  gint64 db;

  if (!cf_call_get_int_in (call, 1, G_MININT32, G_MAXINT32, &db, error))
    return FALSE;
  if (db < 0 || db >= cf_keyspace_n_databases (call->keyspace))
    return cf_throw (error, CF_ERROR_FAILED, "DB index is out of range");
  call->session->db = (guint) db;
  cf_reply_ok (&call->reply);
  return TRUE;
}

#define ALWAYS (CF_COMMAND_LOADING | CF_COMMAND_STALE | CF_COMMAND_FAST)
#define BEFORE_LOGIN                                                           \
  (ALWAYS | CF_COMMAND_NOSCRIPT | CF_COMMAND_NO_AUTH | CF_COMMAND_ALLOW_BUSY)

static const CfCommand commands[] = {
  {
      .name = "AUTH",
      .usage = "[username] password",
      .summary = "Logs the connection in.",
      .since = "1.0.0",
      .complexity = "O(N) where N is the number of passwords of the user",
      .run = run_auth,
      .arity = -2,
      .flags = BEFORE_LOGIN,
      .categories = CF_ACL_CONNECTION,
  },
  {
      .name = "ECHO",
      .usage = "message",
      .summary = "Returns the string it is given.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = run_echo,
      .arity = 2,
      .flags = ALWAYS,
      .categories = CF_ACL_CONNECTION,
  },
  {
      .name = "HELLO",
      .usage =
          "[protover:integer [AUTH username password] [SETNAME clientname]]",
      .summary =
          "Chooses the protocol, and may log in and name the connection.",
      .since = "6.0.0",
      .complexity = "O(1)",
      .run = run_hello,
      .arity = -1,
      .flags = BEFORE_LOGIN,
      .categories = CF_ACL_CONNECTION,
  },
  {
      .name = "PING",
      .usage = "[message]",
      .summary = "Asks whether the server is there.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .tips = "request_policy:all_shards response_policy:all_succeeded",
      .run = run_ping,
      .arity = -1,
      .flags = CF_COMMAND_FAST | CF_COMMAND_SUBSCRIBER,
      .categories = CF_ACL_CONNECTION,
  },
  {
      .name = "QUIT",
      .summary = "Closes the connection when all replies were sent.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = run_quit,
      .arity = -1,
      .flags = BEFORE_LOGIN | CF_COMMAND_IN_MULTI | CF_COMMAND_SUBSCRIBER,
      .categories = CF_ACL_CONNECTION,
  },
  {
      .name = "RESET",
      .summary = "Makes the connection like a new one.",
      .since = "6.2.0",
      .complexity = "O(1)",
      .run = run_reset,
      .arity = 1,
      .flags = BEFORE_LOGIN | CF_COMMAND_IN_MULTI | CF_COMMAND_SUBSCRIBER,
      .categories = CF_ACL_CONNECTION,
  },
  {
      .name = "SELECT",
      .usage = "index:integer",
      .summary = "Chooses the database of the connection.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = run_select,
      .arity = 2,
      .flags = ALWAYS,
      .categories = CF_ACL_CONNECTION,
  },
};

const CfFamily cf_connection_family = {
  .group = "connection",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
