/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script-call.c -- redis.call and redis.pcall: commands of scripts. */
#include "config.h"

#include "base/number.h"
#include "engine/acl-check.h"
#include "engine/call-keys.h"
#include "engine/executor.h"
#include "engine/script-api.h"
#include "script/lua-reply.h"

#define NUMBER_SIZE 64
#define DENIAL_SIZE 256

/* -- Errors --------------------------------------------------------------- */

/**
 * cf_script_api_error:
 * @L: a state
 * @message: what is wrong; its prefix is ERR unless it begins with "-"
 * @raise: whether to raise it
 *
 * Makes an error of it.
 *
 * Returns: 1: it is on the stack
 */
int
cf_script_api_error (lua_State *L, const char *message, gboolean raise)
{
  lua_createtable (L, 0, 1);
  if (*message == '-')
    lua_pushstring (L, message + 1);
  else
    lua_pushfstring (L, "ERR %s", message);
  lua_setfield (L, -2, "err");
  return raise ? lua_error (L) : 1;
}

/* A command that is refused; counted like any other. */
static void
push_refusal (CfScriptRun *run, lua_State *L, CfCall *call, const char *message)
{
  g_autofree char *full = NULL;

  if (call->info != NULL)
    cf_stats_rejected (call->worker->stats, call->info->id);
  cf_stats_count (call->worker->stats, CF_STAT_ERRORS, 1);
  full = *message == '-' ? g_strdup (message + 1)
                         : g_strconcat ("ERR ", message, NULL);
  cf_stats_error (call->engine->stats, full);
  g_clear_pointer (&full, g_free);
  (void) cf_script_api_error (L, message, FALSE);
  lua_pushboolean (L, TRUE);
  lua_setfield (L, -2, "ignore_error_stats_update");
}

/* -- Arguments ------------------------------------------------------------ */

static void
reserve_args (CfScriptRun *run, guint n)
{
  if (n <= run->args_capacity)
    return;
  run->args_capacity = MAX (n, 16);
  run->args = g_realloc (run->args, sizeof (CfArgs) +
                                        run->args_capacity * sizeof (CfSlice));
}

/* Puts the number at @i into words, as exact as it is. */
static void
format_number (lua_State *L, int i)
{
  lua_Number number = lua_tonumber (L, i);
  char text[NUMBER_SIZE];
  gsize size;

  if (number > -1e15 && number < 1e15 && number != 0 &&
      (lua_Number) (gint64) number == number)
    size = (gsize) cf_format_int64 (text, (gint64) number);
  else
    size = (gsize) g_snprintf (text, sizeof text, "%.17g", number);
  lua_pushlstring (L, text, size);
  lua_replace (L, i);
}

/**
 * cf_script_api_words:
 * @L: a state, with arguments on the stack
 * @run: the run in it
 *
 * Makes the arguments the words of a command, run->args.
 *
 * Returns: %FALSE if they cannot be; the error is on the stack then
 */
gboolean
cf_script_api_words (lua_State *L, CfScriptRun *run)
{
  int n = lua_gettop (L);

  if (n == 0)
    {
      (void) cf_script_api_error (
          L, "Please specify at least one argument for this redis lib call",
          FALSE);
      return FALSE;
    }
  reserve_args (run, (guint) n);
  run->args->argc = (guint) n;
  run->args->memory = 0;
  run->args->blobs = NULL;
  for (int i = 1; i <= n; i++)
    {
      int type = lua_type (L, i);
      size_t size;

      if (type == LUA_TNUMBER)
        format_number (L, i);
      else if (type != LUA_TSTRING)
        {
          (void) cf_script_api_error (
              L, "Lua redis lib command arguments must be strings or integers",
              FALSE);
          return FALSE;
        }
      run->args->argv[i - 1].data = lua_tolstring (L, i, &size);
      run->args->argv[i - 1].size = size;
    }
  return TRUE;
}

/* -- Whether it may run --------------------------------------------------- */

/* DEBUG PROTOCOL, which only replies, and SLEEP, if that was asked for. */
static gboolean
is_for_tests (const CfCall *call)
{
  return g_atomic_int_get (&call->engine->scripts_may_debug) &&
         call->argc == 3 && cf_slice_is (call->argv[0], "DEBUG") &&
         (cf_slice_is (call->argv[1], "PROTOCOL") ||
          cf_slice_is (call->argv[1], "SLEEP"));
}

/* NULL: it may. */
static const char *
find_objection (const CfCall *call)
{
  const CfCommandInfo *info = call->info;

  if (info == NULL || (info->is_container && call->argc > 1))
    return "Unknown Redis command called from script";
  if (!cf_command_arity_fits (info->command, call->argc))
    return "Wrong number of args calling Redis command from script";
  if ((info->command->flags & CF_COMMAND_NOSCRIPT) && !is_for_tests (call))
    return "This Redis command is not allowed from script";
  return NULL;
}

/* Likewise, of a command that scripts may run and this user may, too. */
static const char *
find_other_objection (const CfScriptRun *run, const CfCall *call)
{
  CfCommandFlags flags = call->info->command->flags;
  gboolean wrote = g_atomic_int_get (&run->progress.state) == CF_SCRIPT_WROTE;

  if (run->read_only && (flags & (CF_COMMAND_WRITE | CF_COMMAND_MAY_REPLICATE)))
    return "Write commands are not allowed from read-only scripts.";
  if ((flags & CF_COMMAND_WRITE) && !wrote &&
      cf_config_get_bool (call->engine->config,
                          CF_SETTING_MIN_REPLICAS_TO_WRITE))
    return "-NOREPLICAS Not enough good replicas to write.";
  if ((flags & CF_COMMAND_DENYOOM) && !wrote && !run->allow_oom &&
      run->out_of_memory)
    return "-OOM command not allowed when used memory > 'maxmemory'.";
  return NULL;
}

/* Whether the user may run it; what he is told if not goes into @message. */
static gboolean
is_permitted (const CfCall *call, char *message, gsize size)
{
  g_autoptr (GError) error = NULL;

  if (G_LIKELY (!(call->session->flags & CF_SESSION_RESTRICTED)) ||
      cf_acl_admit (call, call->info, call->argv, call->argc, CF_ACL_LUA,
                    &error))
    return TRUE;
  g_strlcpy (message, error->message, size);
  return FALSE;
}

/* -- Running -------------------------------------------------------------- */

/* What a client that tracks caches of a script is of its declared keys: if it
 * has read, they count as read, until it changes one. */
static void
remember_declared (CfScriptRun *run)
{
  if (!run->remembered)
    cf_executor_remember (run->call, (const CfKey *) run->held->data,
                          run->n_keys);
  run->remembered = TRUE;
}

/* Runs the command, which finds its keys held, and has its reply in
 * run->out. */
static void
run_command (CfScriptRun *run, const CfCommandInfo *info)
{
  CfCall *owner = run->owner;
  CfSession *session = owner->session;
  CfWorker *worker = owner->worker;
  CfReply reply = owner->reply;
  const CfKey *ahead = worker->ahead;
  guint db = session->db;
  guint8 resp = session->resp;
  CfFeedBlock *effects = owner->effects;
  /* What was worked out of its first key need not be again. */
  CfKey first;

  if (worker->n_keys > 0)
    {
      first = worker->keys[0];
      worker->ahead = &first;
    }
  cf_out_clear (&run->out);
  owner->reply = (CfReply){ &run->out, run->resp };
  session->db = run->db;
  session->resp = run->resp;
  session->flags |= CF_SESSION_SCRIPT;
  if (run->repl == CF_SCRIPT_REPL_NONE && effects != NULL)
    owner->effects = cf_feed_block_new ();
  cf_executor_run_within (owner, info, run->args);
  if (owner->effects != effects)
    cf_feed_block_free (owner->effects);
  owner->effects = effects;
  session->flags &= ~(guint) CF_SESSION_SCRIPT;
  if (info->command->flags & CF_COMMAND_READONLY)
    remember_declared (run);
  else
    run->remembered = FALSE;
  run->db = session->db;
  session->db = db;
  session->resp = resp;
  owner->reply = reply;
  worker->ahead = ahead;
}

/* Pushes the reply of a command. */
static void
push_reply (CfScriptRun *run, lua_State *L)
{
  CfOut *out = &run->out;
  const CfOutChunk *head = out->head;
  char *whole;
  gsize at = 0;

  if (G_LIKELY (head != NULL && head->end - head->start == out->size))
    {
      cf_lua_push_reply (L, cf_slice (head->data + head->start, out->size));
      return;
    }
  whole = lua_newuserdata (L, out->size);
  for (; head != NULL; head = head->next)
    {
      memcpy (whole + at, head->data + head->start, head->end - head->start);
      at += head->end - head->start;
    }
  cf_lua_push_reply (L, cf_slice (whole, at));
}

/* Leaves one value on top. */
static void
call_command (CfScriptRun *run, lua_State *L)
{
  CfCall *owner = run->owner;
  CfCall probe = {
    .argv = run->args->argv,
    .argc = run->args->argc,
    .engine = owner->engine,
    .worker = owner->worker,
    .session = owner->session,
    .keyspace = owner->keyspace,
    .db = run->db,
    .hold = owner->hold,
    .now_ms = owner->now_ms,
  };
  char denial[DENIAL_SIZE];
  const char *objection;
  CfCommandFlags flags;

  probe.info =
      cf_command_table_find (probe.engine->commands, probe.argv, probe.argc);
  objection = find_objection (&probe);
  if (objection == NULL && !is_permitted (&probe, denial, sizeof denial))
    objection = denial;
  if (objection == NULL)
    objection = find_other_objection (run, &probe);
  if (G_UNLIKELY (objection != NULL))
    {
      push_refusal (run, L, &probe, objection);
      return;
    }
  flags = probe.info->command->flags;
  if (!cf_call_keys_collect (&probe))
    {
      push_refusal (run, L, &probe, "-OOM " CF_NO_MEMORY);
      return;
    }
  cf_script_hold (run, L, &probe);
  if (flags & CF_COMMAND_WRITE)
    cf_script_note_write (run, L);
  run->published |= (flags & CF_COMMAND_MAY_REPLICATE) != 0;
  run_command (run, probe.info);
  /* Thousands of arguments would leave no room. */
  lua_settop (L, 0);
  push_reply (run, L);
  cf_script_check_time (run, L);
}

static int
call_generic (lua_State *L, gboolean raise)
{
  CfScriptRun *run = cf_script_run_of (L);

  if (run == NULL)
    return cf_script_api_error (
        L, "redis.call/pcall can only be called inside a script invocation",
        raise);
  if (!cf_script_api_words (L, run))
    return raise ? lua_error (L) : 1;
  call_command (run, L);
  if (raise && lua_istable (L, -1))
    {
      lua_pushliteral (L, "err");
      lua_rawget (L, -2);
      if (!lua_isnil (L, -1))
        {
          lua_pop (L, 1);
          return lua_error (L);
        }
      lua_pop (L, 1);
    }
  return 1;
}

/**
 * cf_script_api_call:
 * @L: a state, with a command on the stack
 *
 * Runs the command; its error is raised.
 *
 * Returns: 1, the number of results
 */
int
cf_script_api_call (lua_State *L)
{
  return call_generic (L, TRUE);
}

/**
 * cf_script_api_pcall:
 * @L: a state, with a command on the stack
 *
 * Runs the command; its error is returned.
 *
 * Returns: 1, the number of results
 */
int
cf_script_api_pcall (lua_State *L)
{
  return call_generic (L, FALSE);
}
