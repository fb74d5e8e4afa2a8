/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-client.c -- CLIENT: what clients there are, and what becomes of them. */
#include "config.h"

#include "base/number.h"
#include "commands/client-name.h"
#include "commands/client-tracking.h"
#include "commands/commands.h"
#include "commands/help.h"
#include "engine/acl.h"
#include "engine/client-line.h"
#include "engine/pause.h"
#include "store/expirer.h"

/* -- Oneself -------------------------------------------------------------- */

static gboolean
run_id (CfCall *call, GError **error)
{
  cf_reply_int (&call->reply, (gint64) call->session->id);
  return TRUE;
}

static gboolean
run_info (CfCall *call, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  cf_session_publish (call->session);
  cf_client_line (call->engine, call->session, call->now_ms, text);
  g_string_append_c (text, '\n');
  cf_reply_verbatim (&call->reply, "txt", cf_slice (text->str, text->len));
  return TRUE;
}

static gboolean
run_getname (CfCall *call, GError **error)
{
  g_autofree char *name = cf_session_dup_name (call->session);

  if (name != NULL)
    cf_reply_bulk_string (&call->reply, name);
  else
    cf_reply_null (&call->reply);
  return TRUE;
}

static gboolean
run_setname (CfCall *call, GError **error)
{
  if (!cf_client_name_check (call->argv[2], error))
    return FALSE;
  cf_client_name_set (call->session, call->argv[2]);
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_setinfo (CfCall *call, GError **error)
{
  CfSession *session = call->session;
  gboolean is_name = cf_call_is (call, 2, "LIB-NAME");
  char **field = is_name ? &session->lib_name : &session->lib_version;
  char *text;

  if (!is_name && !cf_call_is (call, 2, "LIB-VER"))
    return cf_throw (error, CF_ERROR_FAILED, "Unrecognized option '%.*s'",
                     (int) MIN (call->argv[2].size, CF_CALL_TEXT_MAX),
                     call->argv[2].data);
  if (call->argv[3].size > CF_CLIENT_NAME_MAX)
    return cf_call_out_of_memory (error);
  if (!cf_client_name_check (call->argv[3], NULL))
    return cf_throw (error, CF_ERROR_FAILED,
                     "%s cannot contain spaces, newlines or special "
                     "characters.",
                     is_name ? "lib-name" : "lib-ver");
  text = g_strndup (call->argv[3].data, call->argv[3].size);
  cf_mutex_lock (&session->lock);
  g_free (*field);
  *field = text;
  cf_mutex_unlock (&session->lock);
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
set_flag (CfCall *call, CfSessionFlags flag, GError **error)
{
  if (cf_call_is (call, 2, "ON"))
    call->session->flags |= flag;
  else if (cf_call_is (call, 2, "OFF"))
    call->session->flags &= ~(guint) flag;
  else
    return cf_call_syntax_error (error);
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_no_evict (CfCall *call, GError **error)
{
  return set_flag (call, CF_SESSION_NO_EVICT, error);
}

static gboolean
run_no_touch (CfCall *call, GError **error)
{
  return set_flag (call, CF_SESSION_NO_TOUCH, error);
}

static gboolean
run_reply (CfCall *call, GError **error)
{
  guint *flags = &call->session->flags;

  if (cf_call_is (call, 2, "ON"))
    {
      *flags &= ~(guint) (CF_SESSION_REPLY_OFF | CF_SESSION_REPLY_SKIP);
      cf_reply_ok (&call->reply);
    }
  else if (cf_call_is (call, 2, "OFF"))
    *flags |= CF_SESSION_REPLY_OFF;
  else if (cf_call_is (call, 2, "SKIP"))
    *flags |= *flags & CF_SESSION_REPLY_OFF ? 0 : CF_SESSION_REPLY_SKIP_NEXT;
  else
    return cf_call_syntax_error (error);
  return TRUE;
}

/* -- All of them ---------------------------------------------------------- */

static gboolean
throw_unknown_type (CfSlice word, GError **error)
{
  return cf_throw (error, CF_ERROR_FAILED, "Unknown client type '%.*s'",
                   (int) MIN (word.size, CF_CALL_TEXT_MAX), word.data);
}

static gboolean
append_ids (CfCall *call, GString *text, GError **error)
{
  for (guint i = 3; i < call->argc; i++)
    {
      gint64 id;
      CfSession *session;

      if (!cf_parse_int64 (call->argv[i].data, call->argv[i].size, &id))
        return cf_throw (error, CF_ERROR_FAILED, "Invalid client ID");
      session = id > 0 ? cf_sessions_find (call->engine->sessions, (guint64) id)
                       : NULL;
      if (session == NULL)
        continue;
      cf_client_line (call->engine, session, call->now_ms, text);
      g_string_append_c (text, '\n');
      cf_session_unref (session);
    }
  return TRUE;
}

static void
append_all (CfCall *call, const CfClientFilter *filter, GString *text)
{
  g_autoptr (GPtrArray) sessions = cf_sessions_list (call->engine->sessions);

  for (guint i = 0; i < sessions->len; i++)
    {
      CfSession *session = g_ptr_array_index (sessions, i);

      if (!cf_client_filter_fits (filter, session))
        continue;
      cf_client_line (call->engine, session, call->now_ms, text);
      g_string_append_c (text, '\n');
    }
}

static gboolean
run_list (CfCall *call, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  CfClientFilter filter = { 0 };

  cf_session_publish (call->session);
  if (call->argc > 3 && cf_call_is (call, 2, "ID"))
    {
      if (!append_ids (call, text, error))
        return FALSE;
    }
  else
    {
      if (call->argc != 2 && (call->argc != 4 || !cf_call_is (call, 2, "TYPE")))
        return cf_call_syntax_error (error);
      if (call->argc == 4)
        filter.type = cf_client_type (call->argv[3]);
      if (call->argc == 4 && filter.type == NULL)
        return throw_unknown_type (call->argv[3], error);
      append_all (call, &filter, text);
    }
  cf_reply_verbatim (&call->reply, "txt", cf_slice (text->str, text->len));
  return TRUE;
}

/* -- KILL ----------------------------------------------------------------- */

typedef struct
{
  CfClientFilter filter;
  gboolean spare_me;
} Kill;

static gboolean
parse_kill_id (const CfCall *call, guint i, Kill *kill, GError **error)
{
  gint64 id;

  if (!cf_parse_int64 (call->argv[i].data, call->argv[i].size, &id) || id < 1)
    return cf_throw (error, CF_ERROR_FAILED,
                     "client-id should be greater than 0");
  kill->filter.id = (guint64) id;
  return TRUE;
}

static gboolean
parse_kill_option (const CfCall *call, guint i, Kill *kill, GError **error)
{
  CfSlice value = call->argv[i + 1];

  if (cf_call_is (call, i, "ID"))
    return parse_kill_id (call, i + 1, kill, error);
  if (cf_call_is (call, i, "TYPE"))
    {
      kill->filter.type = cf_client_type (value);
      return kill->filter.type != NULL || throw_unknown_type (value, error);
    }
  if (cf_call_is (call, i, "USER"))
    {
      g_autoptr (CfAclUser) user = cf_acl_find (call->engine->acl, value);

      kill->filter.user = value;
      return user != NULL ||
             cf_throw (error, CF_ERROR_FAILED, "No such user '%.*s'",
                       (int) MIN (value.size, CF_CALL_TEXT_MAX), value.data);
    }
  if (cf_call_is (call, i, "ADDR"))
    kill->filter.address = value;
  else if (cf_call_is (call, i, "LADDR"))
    kill->filter.local_address = value;
  else if (cf_call_is (call, i, "SKIPME") && cf_slice_is (value, "YES"))
    kill->spare_me = TRUE;
  else if (cf_call_is (call, i, "SKIPME") && cf_slice_is (value, "NO"))
    kill->spare_me = FALSE;
  else
    return cf_call_syntax_error (error);
  return TRUE;
}

static gboolean
parse_kill (const CfCall *call, Kill *kill, GError **error)
{
  kill->spare_me = call->argc > 3;
  if (call->argc == 3)
    {
      kill->filter.address = call->argv[2];
      return TRUE;
    }
  for (guint i = 2; i < call->argc; i += 2)
    {
      if (i + 1 == call->argc)
        return cf_call_syntax_error (error);
      if (!parse_kill_option (call, i, kill, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
run_kill (CfCall *call, GError **error)
{
  g_autoptr (GPtrArray) sessions = NULL;
  Kill kill = { 0 };
  gint64 n = 0;

  if (!parse_kill (call, &kill, error))
    return FALSE;
  sessions = cf_sessions_list (call->engine->sessions);
  for (guint i = 0; i < sessions->len; i++)
    {
      CfSession *session = g_ptr_array_index (sessions, i);
      gboolean is_me = session == call->session;

      if (!cf_client_filter_fits (&kill.filter, session) ||
          (is_me && kill.spare_me))
        continue;
      if (is_me)
        session->flags |= CF_SESSION_CLOSE_AFTER_REPLY;
      else
        session->ops->close (session);
      n++;
    }
  if (call->argc > 3)
    cf_reply_int (&call->reply, n);
  else if (n > 0)
    cf_reply_ok (&call->reply);
  else
    return cf_throw (error, CF_ERROR_FAILED, "No such client");
  return TRUE;
}

/* -- PAUSE, UNBLOCK ------------------------------------------------------- */

static gboolean
run_pause (CfCall *call, GError **error)
{
  CfPauseMode mode = CF_PAUSE_ALL;
  gint64 timeout_ms, end_ms;

  if (call->argc > 4)
    return cf_call_usage_error (call, error);
  if (call->argc == 4 && cf_call_is (call, 3, "WRITE"))
    mode = CF_PAUSE_WRITE;
  else if (call->argc == 4 && !cf_call_is (call, 3, "ALL"))
    return cf_throw (error, CF_ERROR_FAILED,
                     "CLIENT PAUSE mode must be WRITE or ALL");
  if (!cf_parse_int64 (call->argv[2].data, call->argv[2].size, &timeout_ms))
    return cf_throw (error, CF_ERROR_FAILED,
                     "timeout is not an integer or out of range");
  if (timeout_ms < 0)
    return cf_throw (error, CF_ERROR_FAILED, "timeout is negative");
  if (__builtin_add_overflow (call->now_ms, timeout_ms, &end_ms))
    end_ms = G_MAXINT64 - 1;
  cf_pause_start (call->engine->pause, mode, end_ms);
  cf_keyspace_freeze (call->keyspace, cf_pause_deadline (call->engine->pause));
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_unpause (CfCall *call, GError **error)
{
  cf_keyspace_freeze (call->keyspace, 0);
  cf_pause_end (call->engine->pause, call->engine->sessions);
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_unblock (CfCall *call, GError **error)
{
  g_autoptr (CfSession) session = NULL;
  gboolean with_error = FALSE, done = FALSE;
  gint64 id;

  if (call->argc > 4)
    return cf_call_usage_error (call, error);
  if (call->argc == 4 && cf_call_is (call, 3, "ERROR"))
    with_error = TRUE;
  else if (call->argc == 4 && !cf_call_is (call, 3, "TIMEOUT"))
    return cf_throw (error, CF_ERROR_FAILED,
                     "CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  if (!cf_call_get_int (call, 2, &id, error))
    return FALSE;
  if (id > 0)
    session = cf_sessions_find (call->engine->sessions, (guint64) id);
  if (session != NULL)
    done = cf_session_unblock (session, with_error);
  cf_reply_int (&call->reply, done);
  return TRUE;
}

/* -- The table ------------------------------------------------------------ */

#define COMMON (CF_COMMAND_NOSCRIPT | CF_COMMAND_LOADING | CF_COMMAND_STALE)

#define SUBCOMMAND(NAME, USAGE, SUMMARY, SINCE, COMPLEXITY, TIPS, ARITY,       \
                   MORE_FLAGS, RUN)                                            \
  {                                                                            \
    .name = NAME, .usage = USAGE, .summary = SUMMARY, .since = SINCE,          \
    .complexity = COMPLEXITY, .tips = TIPS, .run = RUN, .arity = ARITY,        \
    .flags = COMMON | (MORE_FLAGS), .categories = CF_ACL_CONNECTION,           \
  }

#define PER_CLIENT "O(N) where N is the number of client connections"
#define CHANGING "nondeterministic_output"

static const CfCommand subcommands[] = {
  SUBCOMMAND ("CACHING",
              "YES | NO",
              "Says whether the keys of the next command are tracked.",
              "6.0.0",
              "O(1)",
              NULL,
              3,
              0,
              cf_client_tracking_run_caching),
  SUBCOMMAND ("GETNAME",
              NULL,
              "Returns the name of the connection.",
              "2.6.9",
              "O(1)",
              NULL,
              2,
              0,
              run_getname),
  SUBCOMMAND ("GETREDIR",
              NULL,
              "Returns the connection that is told when keys change.",
              "6.0.0",
              "O(1)",
              NULL,
              2,
              0,
              cf_client_tracking_run_getredir),
  CF_HELP_COMMAND ("5.0.0", CF_ACL_CONNECTION),
  SUBCOMMAND ("ID",
              NULL,
              "Returns the number of the connection.",
              "5.0.0",
              "O(1)",
              NULL,
              2,
              0,
              run_id),
  SUBCOMMAND ("INFO",
              NULL,
              "Describes the connection.",
              "6.2.0",
              "O(1)",
              CHANGING,
              2,
              0,
              run_info),
  SUBCOMMAND ("KILL",
              "ip-port | ([ID client-id:integer] [TYPE (NORMAL | MASTER | "
              "REPLICA | PUBSUB)] [USER username] [ADDR addr] [LADDR laddr] "
              "[SKIPME yes-no])",
              "Closes connections.",
              "2.4.0",
              PER_CLIENT,
              NULL,
              -3,
              CF_COMMAND_ADMIN | CF_COMMAND_WALKS,
              run_kill),
  SUBCOMMAND ("LIST",
              "[TYPE (NORMAL | MASTER | REPLICA | PUBSUB)] "
              "[ID client-id:integer ...]",
              "Describes the connections there are.",
              "2.4.0",
              PER_CLIENT,
              CHANGING,
              -2,
              CF_COMMAND_ADMIN | CF_COMMAND_WALKS,
              run_list),
  SUBCOMMAND ("NO-EVICT",
              "ON | OFF",
              "Keeps the connection from being closed for want of memory.",
              "7.0.0",
              "O(1)",
              NULL,
              3,
              CF_COMMAND_ADMIN,
              run_no_evict),
  SUBCOMMAND ("NO-TOUCH",
              "ON | OFF",
              "Makes commands not count as use of their keys.",
              "7.2.0",
              "O(1)",
              NULL,
              3,
              0,
              run_no_touch),
  SUBCOMMAND ("PAUSE",
              "timeout:integer [WRITE | ALL]",
              "Makes commands wait for some milliseconds.",
              "2.9.50",
              "O(1)",
              NULL,
              -3,
              CF_COMMAND_ADMIN | CF_COMMAND_WALKS,
              run_pause),
  SUBCOMMAND ("REPLY",
              "ON | OFF | SKIP",
              "Says whether the connection wants replies.",
              "3.2.0",
              "O(1)",
              NULL,
              3,
              0,
              run_reply),
  SUBCOMMAND ("SETINFO",
              "LIB-NAME libname | LIB-VER libver",
              "Tells what library the client uses.",
              "7.2.0",
              "O(1)",
              NULL,
              4,
              0,
              run_setinfo),
  SUBCOMMAND ("SETNAME",
              "connection-name",
              "Names the connection.",
              "2.6.9",
              "O(1)",
              NULL,
              3,
              0,
              run_setname),
  SUBCOMMAND ("TRACKING",
              "(ON | OFF) [REDIRECT client-id:integer] [PREFIX prefix] ... "
              "[BCAST] [OPTIN] [OPTOUT] [NOLOOP]",
              "Has the connection told when keys that it caches change.",
              "6.0.0",
              "O(1). Some options may introduce additional complexity.",
              NULL,
              -3,
              CF_COMMAND_WALKS,
              cf_client_tracking_run),
  SUBCOMMAND ("TRACKINGINFO",
              NULL,
              "Returns how the connection is told of changes.",
              "6.2.0",
              "O(1)",
              NULL,
              2,
              0,
              cf_client_tracking_run_info),
  SUBCOMMAND ("UNBLOCK",
              "client-id:integer [TIMEOUT | ERROR]",
              "Ends the waiting of a blocked connection.",
              "5.0.0",
              "O(log N) where N is the number of client connections",
              NULL,
              -3,
              CF_COMMAND_ADMIN | CF_COMMAND_WALKS,
              run_unblock),
  SUBCOMMAND ("UNPAUSE",
              NULL,
              "Ends a pause.",
              "6.2.0",
              "O(N) Where N is the number of paused clients",
              NULL,
              2,
              CF_COMMAND_ADMIN | CF_COMMAND_WALKS,
              run_unpause),
};

static const CfCommand commands[] = {
  {
      .name = "CLIENT",
      .summary = "Looks after connections.",
      .since = "2.4.0",
      .complexity = "Depends on subcommand.",
      .arity = -2,
      .subcommands = subcommands,
      .n_subcommands = G_N_ELEMENTS (subcommands),
  },
};

const CfFamily cf_client_family = {
  .group = "connection",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
