/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/call-keys.h"
#include "engine/executor.h"
#include "engine/transaction.h"

#define KEYS_KEPT 4096 /* room for keys that a worker keeps */
#define LONG_KEYS 1024 /* that many, or commands in a block, take a while */
#define MANY_ARGUMENTS_A_KEY 16 /* and so do so many times as many words */

/* FALSE: there is no memory for so many. */
static gboolean
grow_keys (CfWorker *worker, gsize n)
{
  gsize capacity = MAX (worker->keys_capacity * 2, 64);
  guint *arguments;
  CfKey *keys;

  capacity = MAX (capacity, worker->n_keys + n);
  keys = g_try_renew (CfKey, worker->keys, capacity);
  if (keys == NULL)
    return FALSE;
  worker->keys = keys;
  arguments = g_try_renew (guint, worker->key_arguments, capacity);
  if (arguments == NULL)
    return FALSE;
  worker->key_arguments = arguments;
  worker->keys_capacity = capacity;
  return TRUE;
}

static inline gboolean
reserve_keys (CfWorker *worker, gsize n)
{
  return G_LIKELY (worker->n_keys + n <= worker->keys_capacity) ||
         grow_keys (worker, n);
}

/**
 * cf_call_keys_trim:
 * @worker: a worker whose command is over
 *
 * Forgets the keys, and gives back the room for very many.
 */
void
cf_call_keys_trim (CfWorker *worker)
{
  worker->n_keys = 0;
  if (G_LIKELY (worker->keys_capacity <= KEYS_KEPT))
    return;
  g_clear_pointer (&worker->keys, g_free);
  g_clear_pointer (&worker->key_arguments, g_free);
  worker->keys_capacity = 0;
}

static inline void
add_key (CfWorker *worker, CfSlice bytes, guint argument, gboolean reading)
{
  const CfKey *ahead = worker->ahead;
  CfKey *key = &worker->keys[worker->n_keys];

  if (ahead != NULL && ahead->bytes.data == bytes.data &&
      ahead->bytes.size == bytes.size)
    *key = *ahead;
  else
    *key = cf_key (bytes);
  key->reading = (guint8) reading;
  worker->key_arguments[worker->n_keys++] = argument;
}

static gboolean
add_positions (CfCall *call, gboolean reading)
{
  CfWorker *worker = call->worker;

  if (!reserve_keys (worker, worker->positions->len))
    return FALSE;
  for (guint i = 0; i < worker->positions->len; i++)
    {
      guint at = g_array_index (worker->positions, guint, i);

      add_key (worker, call->argv[at], at, reading);
    }
  g_array_set_size (worker->positions, 0);
  return TRUE;
}

/* The keys of each specification; none if one does not fit. */
static gboolean
collect_by_specs (CfCall *call)
{
  const CfCommandInfo *info = call->info;
  CfWorker *worker = call->worker;

  for (guint i = 0; i < CF_KEY_SPECS_MAX && info->command->keys[i].flags; i++)
    {
      if (!cf_command_spec_positions (info, i, call->argv, call->argc,
                                      worker->positions))
        {
          worker->n_keys = 0;
          return TRUE;
        }
      if (!add_positions (call, cf_command_spec_reads (info, i)))
        return FALSE;
    }
  return TRUE;
}

/* Whether the key that is argument @i is only read. */
static gboolean
reads_key (const CfCall *call, guint i)
{
  const CfCommand *command = call->info->command;

  if (command->flags_of_key == NULL)
    return cf_command_reads (command->flags);
  return g_str_has_prefix (command->flags_of_key (call->argv, call->argc, i),
                           "RO");
}

static gboolean
collect_by_function (CfCall *call)
{
  CfWorker *worker = call->worker;

  if (!call->info->command->get_keys (call->argv, call->argc,
                                      worker->positions))
    return TRUE;
  if (!reserve_keys (worker, worker->positions->len))
    return FALSE;
  for (guint i = 0; i < worker->positions->len; i++)
    {
      guint at = g_array_index (worker->positions, guint, i);

      add_key (worker, call->argv[at], at, reads_key (call, at));
    }
  g_array_set_size (worker->positions, 0);
  return TRUE;
}

static gboolean
collect_simple (CfCall *call)
{
  CfWorker *worker = call->worker;
  const CfCommandInfo *info = call->info;
  int last = info->last >= 0 ? info->first + info->last
                             : (int) call->argc + info->last;

  if (info->first == 0)
    return TRUE;
  if (!reserve_keys (worker, (gsize) MAX (last, 0) + 1))
    return FALSE;
  for (int i = info->first; i <= last; i += info->step)
    add_key (worker, call->argv[i], (guint) i, info->reads);
  return TRUE;
}

static gboolean
collect (CfCall *call)
{
  if (G_LIKELY (call->info->simple))
    return collect_simple (call);
  g_array_set_size (call->worker->positions, 0);
  return call->info->command->get_keys != NULL ? collect_by_function (call)
                                               : collect_by_specs (call);
}

/**
 * cf_call_keys_collect:
 * @call: a call of sound form
 *
 * Finds the keys of the command.
 *
 * Returns: %FALSE if there is no memory for so many; the call has none then
 */
gboolean
cf_call_keys_collect (CfCall *call)
{
  CfWorker *worker = call->worker;
  gboolean fits;

  worker->n_keys = 0;
  fits = collect (call);
  if (G_UNLIKELY (!fits))
    worker->n_keys = 0;
  call->keys = worker->keys;
  call->key_arguments = worker->key_arguments;
  call->n_keys = worker->n_keys;
  call->key_hint = 0;
  return fits;
}

typedef struct
{
  CfWorker *worker;
  gboolean reading;
  gboolean fits; /* there was memory for all keys so far */
} Block;

static void
add_block_key (CfSlice key, gpointer data)
{
  Block *block = data;

  block->fits = block->fits && reserve_keys (block->worker, 1);
  if (block->fits)
    add_key (block->worker, key, 0, block->reading);
}

/**
 * cf_call_keys_collect_block:
 * @call: a call of EXEC
 *
 * Finds the keys of all that is queued, and those that are watched.
 *
 * Returns: %FALSE if there is no memory for so many
 */
gboolean
cf_call_keys_collect_block (CfCall *call)
{
  CfSession *session = call->session;
  Block block = { call->worker, FALSE, TRUE };
  GHashTableIter iter;
  gpointer watch;

  block.worker->n_keys = 0;
  if (session->transaction != NULL)
    {
      block.reading =
          cf_command_reads (cf_transaction_flags (session->transaction));
      cf_transaction_each_key (session->transaction, add_block_key, &block);
    }
  if (session->watches == NULL)
    return block.fits;
  g_hash_table_iter_init (&iter, session->watches);
  while (g_hash_table_iter_next (&iter, &watch, NULL))
    add_block_key (cf_watch_key (watch), &block);
  return block.fits;
}

static gboolean
has_large_value (CfCall *call)
{
  CfWorker *worker = call->worker;

  for (gsize i = 0; i < worker->n_keys; i++)
    {
      const CfEntry *entry = cf_keyspace_find (
          call->keyspace, call->hold, call->db, &worker->keys[i], call->now_ms);

      if (entry != NULL && cf_entry_is_large (entry))
        return TRUE;
    }
  return FALSE;
}

/* Whether the request goes over much of a value that is large. */
static gboolean
takes_long (const CfCall *call)
{
  const CfCommand *command = call->info->command;

  return command->takes_long == NULL ||
         command->takes_long (call->argv, call->argc);
}

static gboolean
has_large_argument (const CfCall *call)
{
  for (guint i = 0; i < call->argc; i++)
    if (call->argv[i].size > CF_ENTRY_LARGE_STRING)
      return TRUE;
  return FALSE;
}

static gboolean
needs_claims (const CfCall *call, CfCommandFlags flags)
{
  const CfTransaction *transaction = call->session->transaction;

  if (call->worker->n_keys > CF_EXECUTOR_MANY_KEYS ||
      call->argc > CF_EXECUTOR_MANY_ARGUMENTS || (flags & CF_COMMAND_LONG))
    return TRUE;
  if (!(call->info->command->flags & CF_COMMAND_BLOCK) || transaction == NULL)
    return (flags & CF_COMMAND_BIG) && has_large_argument (call);
  /* A walk locks slots by itself, so none may be held; and what is small now
   * may be large when its turn comes. */
  return (flags & (CF_COMMAND_WALKS | CF_COMMAND_BIG)) ||
         cf_transaction_n (transaction) > CF_EXECUTOR_MANY_COMMANDS;
}

/* Whether a command that is to claim its keys is known to take a while: what
 * is not must not wait for others' long ones. */
static gboolean
is_long (const CfCall *call, CfCommandFlags flags, gboolean has_large)
{
  const CfTransaction *transaction = call->session->transaction;
  gsize n = MAX (call->worker->n_keys, call->argc / MANY_ARGUMENTS_A_KEY);

  if (transaction != NULL)
    n = MAX (n, cf_transaction_n (transaction));
  return has_large || n > LONG_KEYS || (flags & CF_COMMAND_LONG) != 0;
}

/* A block that claims its keys anyway, and takes long if one has a large
 * value. */
static gboolean
may_have_large (const CfCall *call, CfCommandFlags flags)
{
  return (call->info->command->flags & CF_COMMAND_BLOCK) != 0 &&
         (flags & CF_COMMAND_BIG) != 0 && !is_long (call, flags, FALSE);
}

/**
 * cf_call_keys_need_claims:
 * @call: a command of a script, whose keys were collected and are locked
 * @flags: its flags
 *
 * Returns: whether it goes on for too long to keep the slots locked
 */
gboolean
cf_call_keys_need_claims (CfCall *call, CfCommandFlags flags)
{
  if (call->argc > CF_EXECUTOR_MANY_ARGUMENTS ||
      (flags & (CF_COMMAND_LONG | CF_COMMAND_WALKS)))
    return TRUE;
  return (flags & CF_COMMAND_BIG) &&
         (has_large_argument (call) ||
          (takes_long (call) && has_large_value (call)));
}

/**
 * cf_call_keys_claim:
 * @call: a call whose keys were collected
 *
 * Claims the keys, however few.
 *
 * Returns: %FALSE if a key is claimed by another: the session must be parked,
 *   and will be woken; or if the hold says that there is no memory
 */
gboolean
cf_call_keys_claim (CfCall *call)
{
  CfWorker *worker = call->worker;
  CfWaiter waiter = cf_session_waiter (call->session);

  cf_stats_count (worker->stats, CF_STAT_CLAIMED, 1);
  return cf_hold_claims (call->hold, worker->keys, worker->n_keys, &waiter);
}

/* Claims the keys, whose slots are locked, and gives the slots back: so that
 * two who read one key meet less often.  FALSE: the slots are locked still. */
static gboolean
turn_into_claims (CfCall *call)
{
  CfWorker *worker = call->worker;

  if (cf_backlog_is_on (call->engine->backlog) ||
      !cf_hold_to_claims (call->hold, worker->keys, worker->n_keys))
    return FALSE;
  cf_stats_count (worker->stats, CF_STAT_CLAIMED, 1);
  return TRUE;
}

/**
 * cf_call_keys_hold:
 * @call: a call whose keys were collected
 * @flags: the flags of the command, or of all of the block
 *
 * Holds the keys, in the way that suits the command (see store/hold.h).
 *
 * Returns: %FALSE if a key is claimed by another, or the command takes long
 *   and must not begin now: the session must be parked, and will be woken; or
 *   if the hold says that there is no memory
 */
gboolean
cf_call_keys_hold (CfCall *call, CfCommandFlags flags)
{
  CfWorker *worker = call->worker;
  CfWaiter waiter = cf_session_waiter (call->session);
  gboolean claims = needs_claims (call, flags);
  gboolean has_large = FALSE;

  if (G_LIKELY (!claims) || may_have_large (call, flags))
    {
      if (!cf_hold_slots (call->hold, worker->keys, worker->n_keys, &waiter))
        return FALSE;
      has_large = G_UNLIKELY (flags & CF_COMMAND_BIG) && takes_long (call) &&
                  has_large_value (call);
      if (G_LIKELY (!claims && !has_large))
        return TRUE;
      if (!claims && turn_into_claims (call))
        return TRUE;
      cf_hold_release (call->hold);
    }
  if (is_long (call, flags, has_large) &&
      cf_backlog_join (call->engine->backlog, &waiter))
    {
      call->hold->busy_since_ms = 0; /* no script is waited for */
      return FALSE;
    }
  if (worker->n_keys == 0)
    return TRUE;
  return cf_call_keys_claim (call);
}
