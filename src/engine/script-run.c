/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/script-run.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "engine/executor.h"
#include "engine/monitor.h"
#include "engine/script-hold.h"
#include "engine/script-host.h"
#include "script/lua-reply.h"

/* From then on SCRIPT KILL reaches it. */
#define LISTED_US 1000

/* Bytes of a reply that there always is memory for. */
#define REPLY_SURE (1024 * 1024)

/* -- Arguments ------------------------------------------------------------ */

/**
 * cf_script_count_keys:
 * @call: a call of EVAL or its like
 * @at: the number of the argument that counts the keys, which follow
 * @n_keys: (out): how many
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if it is not such a number
 */
gboolean
cf_script_count_keys (const CfCall *call,
                      guint at,
                      guint *n_keys,
                      GError **error)
{
  gint64 n;

  if (!cf_call_get_int (call, at, &n, error))
    return FALSE;
  if (n > (gint64) call->argc - at - 1)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Number of keys can't be greater than number of args");
  if (n < 0)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Number of keys can't be negative");
  *n_keys = (guint) n;
  return TRUE;
}

/**
 * cf_script_push_words:
 * @L: a state, where errors are caught
 * @words: (array length=n_words): words
 * @n_words: how many
 *
 * Pushes a table of the words.
 */
void
cf_script_push_words (lua_State *L, const CfSlice *words, guint n_words)
{
  lua_createtable (L, (int) n_words, 0);
  for (guint i = 0; i < n_words; i++)
    {
      lua_pushlstring (L, words[i].data, words[i].size);
      lua_rawseti (L, -2, (int) i + 1);
    }
}

/* -- Time ----------------------------------------------------------------- */

/**
 * cf_script_run_of:
 * @L: a state
 *
 * Returns: (transfer none) (nullable): the run in it
 */
CfScriptRun *
cf_script_run_of (lua_State *L)
{
  return cf_lua_of (L)->tick_data;
}

static void
look_for_end (CfScriptRun *self)
{
  if (g_atomic_int_get (&self->progress.state) == CF_SCRIPT_KILLED)
    self->end = CF_SCRIPT_END_KILLED;
  else if (g_atomic_int_get (&self->call->engine->shutting_down))
    self->end = CF_SCRIPT_END_SHUTDOWN;
}

static void
note_time (CfScriptRun *self, gboolean for_long)
{
  guint64 us = cf_clock_ticks_to_us (cf_clock_ticks () - self->start_ticks);

  cf_script_hold_time (self, us, for_long);
  if (us < LISTED_US && !for_long)
    return;
  if (!self->progress.listed)
    self->progress.since_us = cf_clock_mono_us () - (gint64) us;
  if (!self->progress.listed)
    cf_scripts_list (self->call->engine->scripts, &self->progress);
  look_for_end (self);
}

/* Between any two instructions of the script. */
static void
on_tick (CfLua *lua, gpointer data)
{
  CfScriptRun *self = data;

  note_time (self, FALSE);
  lua->unwinding = self->end != CF_SCRIPT_RUNS;
}

/* Before a function that cannot be stopped: nobody must wait for it who does
 * not want the keys. */
static void
on_long (CfLua *lua, gpointer data)
{
  CfScriptRun *self = data;

  note_time (self, TRUE);
  lua->unwinding = self->end != CF_SCRIPT_RUNS;
}

/**
 * cf_script_check_time:
 * @self: a run
 * @L: its state
 *
 * To be called now and then by C code; ends the script if it has to.
 */
void
cf_script_check_time (CfScriptRun *self, lua_State *L)
{
  note_time (self, FALSE);
  if (self->end != CF_SCRIPT_RUNS)
    cf_lua_unwind (L);
}

/**
 * cf_script_note_write:
 * @self: a run
 * @L: its state
 *
 * From now on it cannot be killed; if it was, it ends here.
 */
void
cf_script_note_write (CfScriptRun *self, lua_State *L)
{
  if (g_atomic_int_get (&self->progress.state) == CF_SCRIPT_WROTE)
    return;
  if (g_atomic_int_compare_and_exchange (&self->progress.state, CF_SCRIPT_CLEAN,
                                         CF_SCRIPT_WROTE))
    return;
  self->end = CF_SCRIPT_END_KILLED;
  cf_lua_unwind (L);
}

/* -- The end -------------------------------------------------------------- */

/* Of functions, too. */
#define KILLED "ERR Script killed by user with SCRIPT KILL..."

static void
set_error (CfScriptRun *self, const char *message)
{
  g_assert (self->error == NULL);
  self->error = g_string_new (message);
}

/* With an error on top that no handler has seen; errors are not caught, so
 * this allocates nothing of Lua's. */
static void
keep_broken (CfScriptRun *self, lua_State *L)
{
  if (self->error != NULL)
    g_string_free (self->error, TRUE);
  self->error = g_string_new (NULL);
  self->error_counted = FALSE;
  g_string_printf (self->error, "ERR Error running script %s, %.100s",
                   self->target->name,
                   lua_type (L, -1) == LUA_TSTRING ? lua_tostring (L, -1)
                                                   : "execution failure");
}

/* Pushes what the table at @index has under @name, whatever its metatable says.
 */
static void
push_raw (lua_State *L, int index, const char *name)
{
  lua_pushstring (L, name);
  lua_rawget (L, index);
}

/* Says where the error was raised that is the table at @index. */
static void
append_place (CfScriptRun *self, lua_State *L, int index)
{
  const char *source;

  push_raw (L, index, "source");
  push_raw (L, index, "line");
  source = lua_tostring (L, -2);
  if (source != NULL && lua_tostring (L, -1) != NULL)
    g_string_append_printf (self->error, " script: %s, on %s:%s.",
                            self->target->name, source, lua_tostring (L, -1));
}

/* With the error on top: a table, unless the handler failed. */
static void
keep_error (CfScriptRun *self, lua_State *L)
{
  int table = lua_gettop (L);
  const char *message;

  if (!lua_istable (L, table))
    {
      keep_broken (self, L);
      return;
    }
  push_raw (L, table, "err");
  message = lua_tostring (L, -1);
  set_error (self, message != NULL ? message : "ERR unknown error");
  push_raw (L, table, "ignore_error_stats_update");
  self->error_counted = lua_toboolean (L, -1);
  append_place (self, L, table);
}

/* It was killed, with what the handler made of that on top. */
static void
keep_killed (CfScriptRun *self, lua_State *L)
{
  set_error (self, KILLED);
  if (lua_istable (L, -1))
    append_place (self, L, lua_gettop (L));
}

static void
on_failed (gpointer data, const char *message, gboolean counted)
{
  CfScriptRun *self = data;

  self->call->failed = TRUE;
  if (counted)
    return;
  cf_stats_count (self->call->worker->stats, CF_STAT_ERRORS, 1);
  cf_stats_error (self->call->engine->stats, message);
}

/* So that one script cannot make a reply that no memory could hold. */
static gsize
reply_limit (const CfCall *call)
{
  gsize bytes = cf_memory_machine () / 4;
  CfOutputLimit limit;

  cf_config_get_output_limit (call->engine->config, CF_CLIENT_NORMAL, &limit);
  if (limit.hard_bytes > 0)
    bytes = MIN (bytes, limit.hard_bytes);
  return call->reply.out->memory + bytes;
}

/* The value on top, as the reply. */
static void
write_result (CfScriptRun *self, lua_State *L, CfLuaWriter *writer)
{
  CfOut *out = self->call->reply.out;
  CfOutMark before = cf_out_mark (out);
  int top = lua_gettop (L);

  writer->limit = out->memory + REPLY_SURE;
  lua_pushvalue (L, top);
  if (G_LIKELY (cf_lua_write_reply (L, writer)))
    return;
  /* It takes a while to find out how long it may be. */
  cf_out_rewind (out, before);
  lua_settop (L, top);
  writer->limit = reply_limit (self->call);
  if (!cf_lua_write_reply (L, writer))
    self->end = CF_SCRIPT_END_TOO_LONG;
}

/* The whole of it, where errors are caught. */
static int
run_caught (lua_State *L)
{
  CfScriptRun *self = lua_touserdata (L, 1);
  CfCall *call = self->call;
  CfLuaWriter writer = {
    .reply = &call->reply,
    .failed = on_failed,
    .data = self,
  };
  int n_arguments;

  cf_lua_push (self->target->lua, self->target->lua->handler);
  n_arguments = self->target->push (L, call, self->target->data);
  self->status = lua_pcall (L, n_arguments, 1, 2);
  if (self->status != 0)
    {
      if (self->end == CF_SCRIPT_RUNS)
        keep_error (self, L);
      else if (self->end == CF_SCRIPT_END_KILLED)
        keep_killed (self, L);
      return 0;
    }
  writer.resp = self->resp;
  write_result (self, L, &writer);
  return 0;
}

static void
explain_end (CfScriptRun *self)
{
  switch (self->end)
    {
    case CF_SCRIPT_END_KILLED:
      if (self->error == NULL)
        set_error (self, KILLED);
      break;
    case CF_SCRIPT_END_SHUTDOWN:
      set_error (self, "ERR Script ended by SHUTDOWN");
      break;
    case CF_SCRIPT_END_TOO_LONG:
      set_error (self, "OOM the reply of the script is too long");
      break;
    case CF_SCRIPT_RUNS:
    case CF_SCRIPT_END_ALONE:
      break;
    }
}

/* -- The run -------------------------------------------------------------- */

/**
 * cf_script_call_flags:
 * @call: a call of a script, before it runs
 * @flags: CfScriptFlags of the script
 * @needs_gate: (inout): (atomic) see cf_script_need_gate()
 *
 * Returns: what the executor has to know beside the flags of the command
 */
CfCommandFlags
cf_script_call_flags (const CfCall *call, guint flags, gint *needs_gate)
{
  CfCommandFlags result = 0;

  if (!(flags & CF_SCRIPT_NO_WRITES) &&
      !(call->info->command->flags & CF_COMMAND_READONLY))
    result |= CF_COMMAND_MAY_REPLICATE;
  if (!(flags &
        (CF_SCRIPT_WITHOUT_FLAGS | CF_SCRIPT_ALLOW_OOM | CF_SCRIPT_NO_WRITES)))
    result |= CF_COMMAND_DENYOOM;
  if (call->session->transaction == NULL && cf_script_begins_alone (needs_gate))
    result |= CF_COMMAND_EXCLUSIVE;
  return result;
}

/**
 * cf_script_block_flags:
 * @argv: (array length=argc): a call of a script
 * @argc: how many words it has
 *
 * Returns: what the executor has to know of it in a block
 */
CfCommandFlags
cf_script_block_flags (const CfSlice *argv, guint argc)
{
  return CF_COMMAND_LONG;
}

static gboolean
is_out_of_memory (const CfCall *call)
{
  gint64 limit = cf_config_get_int (call->engine->config, CF_SETTING_MAXMEMORY);

  return limit > 0 && cf_memory_used () > (gsize) limit;
}

/* What a script that says what it does may be refused for. */
static gboolean
check_flags (const CfScriptRun *self, GError **error)
{
  const CfScriptTarget *target = self->target;
  const CfConfig *config = self->call->engine->config;

  if (target->flags & CF_SCRIPT_WITHOUT_FLAGS)
    return TRUE;
  if (!(target->flags & CF_SCRIPT_NO_WRITES))
    {
      if (target->read_only)
        return cf_throw (error, CF_ERROR_FAILED,
                         "Can not execute a script with write flag using *_ro "
                         "command.");
      if (cf_config_get_bool (config, CF_SETTING_MIN_REPLICAS_TO_WRITE))
        return cf_throw (error, CF_ERROR_NO_REPLICAS,
                         "Not enough good replicas to write.");
    }
  if (self->out_of_memory &&
      !(target->flags & (CF_SCRIPT_ALLOW_OOM | CF_SCRIPT_NO_WRITES)))
    return cf_throw (error, CF_ERROR_OOM,
                     "allow-oom flag is not set on the script, can not run it "
                     "when used memory > 'maxmemory'");
  return TRUE;
}

static void
begin (CfScriptRun *self)
{
  CfCall *call = self->call;
  CfLua *lua = self->target->lua;

  self->start_ticks = cf_clock_ticks ();
  self->progress.kind = self->target->kind;
  self->progress.name = self->target->name;
  self->progress.argv = call->argv;
  self->progress.argc = call->argc;
  self->read_only = self->target->read_only ||
                    (self->target->flags & CF_SCRIPT_NO_WRITES) != 0;
  self->allow_oom = (self->target->flags & CF_SCRIPT_ALLOW_OOM) != 0;
  self->db = call->db;
  self->resp = 2;
  self->repl = CF_SCRIPT_REPL_ALL;
  cf_out_init (&self->out, &call->worker->chunks);
  cf_script_hold_begin (self);
  if (cf_call_wants_effect (self->owner) && self->owner->effects == NULL)
    self->owner->effects = cf_feed_block_new ();
  self->owner->has_effect = call->has_effect = TRUE;
  lua->tick = on_tick;
  lua->before_long = on_long;
  lua->tick_data = self;
  lua->unwinding = FALSE;
}

static void
finish (CfScriptRun *self)
{
  CfLua *lua = self->target->lua;

  cf_scripts_unlist (self->call->engine->scripts, &self->progress);
  lua_settop (lua->L, 0);
  lua->tick_data = NULL;
  lua->tick = NULL;
  lua->before_long = NULL;
  lua->unwinding = FALSE;
  cf_script_hold_end (self);
  cf_out_clear (&self->out);
  g_free (self->args);
  /* What the worker had noted of them is of other commands now. */
  self->call->n_keys = 0;
}

/* Replies with what went wrong, if anything did. */
static gboolean
report (CfScriptRun *self, CfOutMark before, GError **error)
{
  g_autoptr (GString) message = NULL;

  explain_end (self);
  message = g_steal_pointer (&self->error);
  if (message == NULL)
    return TRUE;
  cf_out_rewind (self->call->reply.out, before);
  if (!self->error_counted)
    return cf_throw (error, CF_ERROR_VERBATIM, "%s", message->str);
  cf_reply_error (&self->call->reply, message->str);
  self->call->failed = TRUE;
  return TRUE;
}

/**
 * cf_script_show:
 * @call: a call of EVAL or its like
 *
 * Shows it to those who monitor, unless they saw it before it began anew.
 */
void
cf_script_show (CfCall *call)
{
  CfMonitors *monitors = call->engine->monitors;

  if (call->alone || (call->args != NULL && call->args->shown) ||
      !cf_monitors_any (monitors))
    return;
  cf_monitors_feed (monitors, call->session, call->session->db, call->argv,
                    call->argc, call->redacted, call->worker->now_us);
}

/**
 * cf_script_run:
 * @call: a call of EVAL or its like, whose declared keys are held
 * @target: what to run
 * @error: return location for an error, or %NULL
 *
 * Runs the script.
 *
 * Returns: %FALSE if that failed, in a way that is not counted yet
 */
gboolean
cf_script_run (CfCall *call, const CfScriptTarget *target, GError **error)
{
  CfScriptRun self = {
    .call = call,
    .owner = call->block != NULL ? call->block : call,
    .target = target,
  };
  CfOutMark before = cf_out_mark (call->reply.out);
  CfLua *lua = target->lua;
  int status;

  self.out_of_memory = is_out_of_memory (call);
  if (!cf_script_count_keys (call, target->first_argument, &self.n_keys,
                             error) ||
      !check_flags (&self, error))
    return FALSE;
  begin (&self);
  status = cf_lua_protect (lua, run_caught, &self);
  if (status != 0 && self.end == CF_SCRIPT_RUNS)
    keep_broken (&self, lua->L);
  if (self.end == CF_SCRIPT_END_ALONE)
    {
      cf_out_rewind (call->reply.out, before);
      call->alone = TRUE;
    }
  finish (&self);
  cf_script_host_rest (call->worker, target->kind,
                       self.status == LUA_ERRMEM || status == LUA_ERRMEM);
  return report (&self, before, error);
}
