/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/script-hold.h"

#include "base/clock.h"
#include "engine/alone.h"
#include "engine/call-keys.h"

/* More keys than this are found by a table. */
#define FEW_KEYS 16

/* How often one that waits for a key looks whether it has to end. */
#define LOOK_US 50000

/* -- What is held --------------------------------------------------------- */

static guint
hash_key (gconstpointer data)
{
  return ((const CfKey *) data)->hash;
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  const CfKey *one = a, *other = b;

  return one->hash == other->hash && cf_slice_equal (one->bytes, other->bytes);
}

static void
add_held (CfScriptRun *self, const CfKey *key)
{
  CfKey held = *key;

  held.reading = (guint8) self->read_only;
  g_array_append_val (self->held, held);
  if (self->by_name != NULL)
    g_hash_table_add (self->by_name, g_memdup2 (&held, sizeof held));
  else if (self->held->len > FEW_KEYS)
    {
      self->by_name =
          g_hash_table_new_full (hash_key, equal_keys, g_free, NULL);
      for (guint i = 0; i < self->held->len; i++)
        g_hash_table_add (
            self->by_name,
            g_memdup2 (&g_array_index (self->held, CfKey, i), sizeof held));
    }
}

static gboolean
is_held (const CfScriptRun *self, const CfKey *key)
{
  if (self->by_name != NULL)
    return g_hash_table_contains (self->by_name, key);
  for (guint i = 0; i < self->held->len; i++)
    if (equal_keys (&g_array_index (self->held, CfKey, i), key))
      return TRUE;
  return FALSE;
}

/**
 * cf_script_hold_begin:
 * @self: a run, whose call holds the declared keys
 *
 * Notes what is held.
 */
void
cf_script_hold_begin (CfScriptRun *self)
{
  CfCall *call = self->call;

  self->held = g_array_sized_new (FALSE, FALSE, sizeof (CfKey),
                                  (guint) call->n_keys + 2);
  for (gsize i = 0; i < call->n_keys; i++)
    add_held (self, &call->keys[i]);
}

/**
 * cf_script_hold_end:
 * @self: a run that is over
 *
 * Frees the notes; what is held stays held.
 */
void
cf_script_hold_end (CfScriptRun *self)
{
  g_array_unref (self->held);
  g_clear_pointer (&self->by_name, g_hash_table_unref);
}

/* When the run began, by the wall clock. */
static gint64
since_ms (CfScriptRun *self)
{
  if (self->since_ms == 0)
    {
      guint64 ticks = cf_clock_ticks () - self->start_ticks;

      self->since_ms =
          (cf_clock_wall_us () - (gint64) cf_clock_ticks_to_us (ticks)) / 1000;
    }
  return self->since_ms;
}

/* Turns locked slots into claims.  FALSE: there is no memory for it. */
static gboolean
claim (CfScriptRun *self)
{
  CfHold *hold = self->call->hold;

  if (hold->mode != CF_HOLD_SLOTS)
    return TRUE;
  cf_stats_count (self->call->worker->stats, CF_STAT_CLAIMED, 1);
  if (!cf_hold_to_claims (hold, (const CfKey *) self->held->data,
                          self->held->len))
    return FALSE;
  cf_hold_mark (hold, since_ms (self));
  return TRUE;
}

/**
 * cf_script_hold_time:
 * @self: a run, between two commands
 * @elapsed_us: for how long it has run
 * @for_long: whether what comes next takes long
 *
 * Lets those pass who are only kept waiting by chance.
 */
void
cf_script_hold_time (CfScriptRun *self, guint64 elapsed_us, gboolean for_long)
{
  CfHold *hold = self->call->hold;

  if (elapsed_us < CF_SCRIPT_SHORT_US && !for_long)
    return;
  if (hold->mode == CF_HOLD_SLOTS)
    (void) claim (self); /* without memory it goes on as it is */
  if (hold->mode == CF_HOLD_CLAIMS)
    cf_hold_mark (hold, since_ms (self));
  else if (hold->mode == CF_HOLD_ALL &&
           (elapsed_us >= CF_SCRIPT_ALONE_US || for_long))
    cf_alone_yield (self->owner, since_ms (self));
}

/* -- Waiting -------------------------------------------------------------- */

/* A script that waits for a claim to end. */
typedef struct
{
  gint refs; /* (atomic) */
  CfMutex lock;
  CfCond cond;
  gboolean woken; /* protected by @lock */
} Wait;

static gpointer
wait_ref (gpointer data)
{
  Wait *self = data;

  g_atomic_int_inc (&self->refs);
  return self;
}

static void
wait_unref (Wait *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  cf_cond_clear (&self->cond);
  cf_mutex_clear (&self->lock);
  g_free (self);
}

static void
wait_wake (gpointer data)
{
  Wait *self = data;

  cf_mutex_lock (&self->lock);
  self->woken = TRUE;
  cf_cond_signal (&self->cond);
  cf_mutex_unlock (&self->lock);
  wait_unref (self);
}

static Wait *
wait_new (void)
{
  Wait *self = g_new0 (Wait, 1);

  self->refs = 1;
  cf_mutex_init (&self->lock, CF_LOCK_SCRIPT_WAIT, 0);
  cf_cond_init (&self->cond);
  return self;
}

/* Until it is woken, or for a while. */
static void
wait_a_while (Wait *self)
{
  gint64 end_us = g_get_monotonic_time () + LOOK_US;
  gboolean in_time = TRUE;

  cf_mutex_lock (&self->lock);
  while (!self->woken && in_time)
    in_time = cf_cond_wait_until (&self->cond, &self->lock, end_us);
  self->woken = FALSE;
  cf_mutex_unlock (&self->lock);
}

/* Waits for @key while it holds others. */
static gboolean
wait_for (CfScriptRun *self, const CfKey *key)
{
  CfEngine *engine = self->call->engine;
  Wait *wait = wait_new ();
  CfWaiter waiter = { wait, wait_wake, wait_ref };
  gboolean held = FALSE;

  while (!held && !g_atomic_int_get (&engine->shutting_down))
    {
      held = cf_hold_grow (self->call->hold, key, &waiter);
      if (!held)
        wait_a_while (wait);
    }
  wait_unref (wait);
  return held;
}

/* -- Holding more --------------------------------------------------------- */

static void
fail (lua_State *L, const char *message)
{
  lua_createtable (L, 0, 1);
  lua_pushstring (L, message);
  lua_setfield (L, -2, "err");
  lua_error (L);
}

static void
claim_or_fail (CfScriptRun *self, lua_State *L)
{
  if (!claim (self))
    fail (L, "OOM " CF_NO_MEMORY);
}

/* The script cannot get what it needs unless it is alone. */
static void
need_gate (CfScriptRun *self, lua_State *L, const char *message)
{
  cf_script_need_gate (self->target->needs_gate);
  if (self->owner == self->call && !self->published &&
      g_atomic_int_get (&self->progress.state) == CF_SCRIPT_CLEAN)
    {
      self->end = CF_SCRIPT_END_ALONE;
      cf_lua_unwind (L);
    }
  if (message != NULL)
    fail (L, message);
}

/* @key is somebody else's. */
static void
get_busy_key (CfScriptRun *self, lua_State *L, const CfKey *key)
{
  CfScripts *scripts = self->call->engine->scripts;
  gboolean held;

  need_gate (self, L, NULL);
  if (!cf_scripts_begin_wait (scripts))
    fail (L, "ERR Script touched a key that is in use and not among its "
             "arguments, after it had written, while another script waited "
             "for such a key");
  held = wait_for (self, key);
  cf_scripts_end_wait (scripts);
  cf_script_check_time (self, L);
  if (!held)
    fail (L, "ERR Script touched a key that is in use");
}

/* The name of a key that must stay as long as the hold. */
static void
keep_name (CfScriptRun *self, lua_State *L, CfKey *key)
{
  CfCall *owner = self->owner;
  CfBlob *copy = cf_blob_try_copy (key->bytes);

  if (copy == NULL)
    fail (L, "OOM " CF_NO_MEMORY);
  key->bytes = cf_blob_slice (copy);
  if (owner->foreign == NULL)
    owner->foreign =
        g_ptr_array_new_with_free_func ((GDestroyNotify) cf_blob_unref);
  g_ptr_array_add (owner->foreign, copy);
}

static void
hold_undeclared (CfScriptRun *self, lua_State *L, CfKey key)
{
  CfHold *hold = self->call->hold;
  gboolean held = cf_hold_covers (hold, &key);

  key.reading = (guint8) self->read_only;
  keep_name (self, L, &key);
  if (!held && hold->mode == CF_HOLD_NONE)
    held = cf_hold_slots (hold, &key, 1, NULL);
  if (!held && hold->mode == CF_HOLD_NONE)
    need_gate (self, L,
               "ERR Script touched a key that is in use and not "
               "among its arguments");
  if (!held)
    {
      claim_or_fail (self, L);
      held = cf_hold_grow (hold, &key, NULL);
    }
  if (!held)
    get_busy_key (self, L, &key);
  add_held (self, &key);
}

static void
refuse_undeclared (const CfScriptRun *self, lua_State *L)
{
  if (cf_config_get_int (self->call->engine->config,
                         CF_SETTING_SCRIPT_UNDECLARED_KEYS) != 0)
    fail (L, "ERR Script attempted to access a key that is not among its "
             "arguments (script-undeclared-keys)");
}

/* What a command needs beside its keys. */
static void
hold_for_flags (CfScriptRun *self, lua_State *L, CfCall *call)
{
  const CfCommand *command = call->info->command;
  CfCommandFlags flags = command->flags;

  if (command->block_flags != NULL)
    flags |= command->block_flags (call->argv, call->argc);
  if ((flags & CF_COMMAND_EXCLUSIVE) && call->hold->of_all != NULL &&
      call->hold->mode != CF_HOLD_ALL)
    cf_alone_widen (self->owner);
  if ((flags & CF_COMMAND_EXCLUSIVE) && call->hold->mode != CF_HOLD_ALL)
    need_gate (self, L,
               "ERR This command needs that nothing else runs, but the script "
               "has written before it: run the script again");
  if (call->hold->mode == CF_HOLD_SLOTS &&
      cf_call_keys_need_claims (call, flags))
    claim_or_fail (self, L);
}

/**
 * cf_script_hold:
 * @self: a run
 * @L: its state
 * @call: a command of it, whose keys were collected
 *
 * Sees to it that the command finds its keys held.
 */
void
cf_script_hold (CfScriptRun *self, lua_State *L, CfCall *call)
{
  CfWorker *worker = call->worker;

  if (!cf_hold_has_all (call->hold))
    for (gsize i = 0; i < worker->n_keys; i++)
      if (!is_held (self, &worker->keys[i]))
        {
          refuse_undeclared (self, L);
          hold_undeclared (self, L, worker->keys[i]);
        }
  hold_for_flags (self, L, call);
}
