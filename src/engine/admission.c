/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/memory.h"
#include "engine/acl-check.h"
#include "engine/acl.h"
#include "engine/admission.h"
#include "engine/transaction.h"
#include "store/evict.h"

#define SHOWN_ARGS_BYTES 128 /* of an unknown command's, in the error */

static gboolean
throw_unknown (const CfCall *call, GError **error)
{
  g_autoptr (GString) args = g_string_new (NULL);
  const CfSlice *argv = call->argv;

  for (guint i = 1; i < call->argc && args->len < SHOWN_ARGS_BYTES; i++)
    g_string_append_printf (
        args, "'%.*s' ", (int) MIN (argv[i].size, SHOWN_ARGS_BYTES - args->len),
        argv[i].data);
  return cf_throw (error, CF_ERROR_FAILED,
                   "unknown command '%.*s', with args beginning with: %s",
                   (int) MIN (argv[0].size, SHOWN_ARGS_BYTES), argv[0].data,
                   args->str);
}

static gboolean
is_local (const CfSession *session)
{
  return (session->flags & (CF_SESSION_UNIX | CF_SESSION_INTERNAL)) != 0 ||
         (session->address != NULL &&
          (g_str_has_prefix (session->address, "127.") ||
           g_str_has_prefix (session->address, "[::1]")));
}

static gboolean
check_protected (const CfCall *call, GError **error)
{
  gint64 enabled =
      cf_config_get_int (call->engine->config, CF_SETTING_ENABLE_DEBUG_COMMAND);

  if (enabled == CF_DEBUG_COMMAND_YES ||
      (enabled == CF_DEBUG_COMMAND_LOCAL && is_local (call->session)))
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED,
                   "DEBUG command not allowed. If the enable-debug-command "
                   "option is set to \"local\", you can run it from a local "
                   "connection, otherwise you need to set this option in the "
                   "configuration file, and then restart the server.");
}

/**
 * cf_admission_check_form:
 * @call: a call, whose command may be unknown
 * @error: return location for an error, or %NULL
 *
 * Returns: whether there is such a command, with so many arguments, and not
 *   only for tests
 */
gboolean
cf_admission_check_form (const CfCall *call, GError **error)
{
  const CfCommandInfo *info = call->info;

  if (info == NULL)
    return throw_unknown (call, error);
  if (info->is_container && call->argc > 1)
    return cf_throw (error, CF_ERROR_FAILED,
                     "unknown subcommand '%.*s'. Try %s HELP.",
                     (int) MIN (call->argv[1].size, SHOWN_ARGS_BYTES),
                     call->argv[1].data, info->command->name);
  if (!cf_command_arity_fits (info->command, call->argc))
    return cf_throw (error, CF_ERROR_FAILED,
                     "wrong number of arguments for '%s' command",
                     info->full_name);
  return G_LIKELY (!(info->command->flags & CF_COMMAND_PROTECTED)) ||
         check_protected (call, error);
}

static gboolean
check_restricted (const CfCall *call, GError **error)
{
  const CfSession *session = call->session;
  CfCommandFlags flags = call->info->command->flags;

  /* It came while there was room, or needed a password when it came. */
  if (!(flags & CF_COMMAND_NO_AUTH) && !cf_acl_occupy (call->session))
    return cf_throw (error, CF_ERROR_LIMIT,
                     "user '%s' has as many connections as it may, "
                     "%" G_GINT64_FORMAT,
                     session->user->name,
                     session->user->limits[CF_ACL_MAX_CONNECTIONS]);
  if (!cf_acl_count (call->session, call->worker->now_us))
    return cf_throw (error, CF_ERROR_LIMIT,
                     "user '%s' may run %" G_GINT64_FORMAT " commands a second",
                     session->user->name,
                     session->user->limits[CF_ACL_MAX_COMMANDS]);
  return cf_acl_admit (
      call, call->info, call->argv, call->argc,
      session->transaction != NULL ? CF_ACL_MULTI : CF_ACL_TOPLEVEL, error);
}

/**
 * cf_admission_check_queued:
 * @call: the call of EXEC
 * @info: a command that was queued
 * @args: its arguments
 * @error: return location for an error, or %NULL
 *
 * Returns: whether the client still may run it
 */
gboolean
cf_admission_check_queued (const CfCall *call,
                           const CfCommandInfo *info,
                           const CfArgs *args,
                           GError **error)
{
  CfAcl *acl = call->engine->acl;

  if (G_UNLIKELY (cf_acl_is_stale (acl, call->session)))
    (void) cf_acl_refresh (acl, call->session);
  return G_LIKELY (!(call->session->flags & CF_SESSION_RESTRICTED)) ||
         cf_acl_admit (call, info, args->argv, args->argc, CF_ACL_EXEC, error);
}

/**
 * cf_admission_check_rights:
 * @call: a call of sound form
 * @error: return location for an error, or %NULL
 *
 * Returns: whether the client may run it, logged in or not, in MULTI or not
 */
gboolean
cf_admission_check_rights (const CfCall *call, GError **error)
{
  CfCommandFlags flags = call->info->command->flags;
  CfAcl *acl = call->engine->acl;

  if (G_UNLIKELY (cf_acl_is_stale (acl, call->session)) &&
      !cf_acl_refresh (acl, call->session))
    return cf_throw (error, CF_ERROR_NO_AUTH, "Authentication required.");
  if (!(call->session->flags & CF_SESSION_AUTHORIZED) &&
      !(flags & CF_COMMAND_NO_AUTH) && !cf_acl_is_open (acl))
    return cf_throw (error, CF_ERROR_NO_AUTH, "Authentication required.");
  if (call->session->transaction != NULL && (flags & CF_COMMAND_NO_MULTI))
    return cf_throw (error, CF_ERROR_FAILED,
                     "Command not allowed inside a transaction");
  if (G_LIKELY (!(call->session->flags & CF_SESSION_RESTRICTED)))
    return TRUE;
  return check_restricted (call, error);
}

/**
 * cf_admission_flags:
 * @call: a call of sound form
 *
 * Returns: the flags that count: of EXEC, those of all it will run; of EVAL,
 *   those of the script
 */
CfCommandFlags
cf_admission_flags (CfCall *call)
{
  CfCommandFlags flags = call->info->command->flags;

  if (G_UNLIKELY (flags & CF_COMMAND_SCRIPT))
    flags |= call->info->command->call_flags (call);
  if ((flags & CF_COMMAND_BLOCK) && call->session->transaction != NULL)
    flags |= cf_transaction_flags (call->session->transaction);
  return flags;
}

static gboolean
check_memory (const CfCall *call, CfCommandFlags flags, GError **error)
{
  gint64 limit = cf_config_get_int (call->engine->config, CF_SETTING_MAXMEMORY);
  gboolean grows = (flags & CF_COMMAND_DENYOOM) != 0;

  if (G_LIKELY (limit == 0) || cf_memory_used () <= (gsize) limit)
    return TRUE;
  if (cf_evict_make_room (call->engine->evict, (gsize) limit, call->now_ms))
    return TRUE;
  /* What is queued takes memory, whatever it is. */
  if (call->session->transaction != NULL && !(flags & CF_COMMAND_IN_MULTI))
    grows = TRUE;
  if (!grows)
    return TRUE;
  return cf_throw (error, CF_ERROR_OOM,
                   "command not allowed when used memory > 'maxmemory'.");
}

/* There are no replicas yet, so one is too many to ask for. */
static gboolean
check_replicas (const CfCall *call, CfCommandFlags flags, GError **error)
{
  if (G_LIKELY (!(flags & CF_COMMAND_WRITE) ||
                !cf_config_get_bool (call->engine->config,
                                     CF_SETTING_MIN_REPLICAS_TO_WRITE)))
    return TRUE;
  return cf_throw (error, CF_ERROR_NO_REPLICAS,
                   "Not enough good replicas to write.");
}

/* In RESP2 a reply could be taken for a message, and the other way round.
 * Whoever monitors is a replica to Redis, and its message says so. */
static gboolean
check_listener (const CfCall *call, CfCommandFlags flags, GError **error)
{
  const CfSession *session = call->session;

  if (G_LIKELY (!(session->flags & (CF_SESSION_PUBSUB | CF_SESSION_MONITOR))))
    return TRUE;
  if ((session->flags & CF_SESSION_PUBSUB) && session->resp == 2 &&
      !(call->info->command->flags & CF_COMMAND_SUBSCRIBER))
    return cf_throw (error, CF_ERROR_FAILED,
                     "Can't execute '%s': only (P|S)SUBSCRIBE / "
                     "(P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in "
                     "this context",
                     call->info->full_name);
  if ((session->flags & CF_SESSION_MONITOR) &&
      (flags &
       (CF_COMMAND_WRITE | CF_COMMAND_READONLY | CF_COMMAND_MAY_REPLICATE)))
    return cf_throw (error, CF_ERROR_FAILED,
                     "Replica can't interact with the keyspace");
  return TRUE;
}

/**
 * cf_admission_check_state:
 * @call: a call of sound form
 * @flags: what cf_admission_flags() says
 * @error: return location for an error, or %NULL
 *
 * Makes room if maxmemory is reached; holds nothing.
 *
 * Returns: whether the state of the server lets the command run
 */
gboolean
cf_admission_check_state (const CfCall *call,
                          CfCommandFlags flags,
                          GError **error)
{
  return check_memory (call, flags, error) &&
         check_replicas (call, flags, error) &&
         check_listener (call, flags, error);
}
