/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/waiting.h"

#include "base/clock.h"
#include "engine/executor.h"
#include "store/waiters.h"

/* Serving goes on with a fresh hold of slots after so many. */
#define SERVED_A_HOLD 128

typedef enum
{
  STATE_WAITING,
  STATE_SERVING,
  STATE_SERVED,
  STATE_UNBLOCKED, /* its time is over, or as if it were */
  STATE_FAILED,    /* CLIENT UNBLOCK ... ERROR */
} State;

struct _CfWaiting
{
  guint refs;   /* (atomic) */
  gint state;   /* (atomic) State */
  gint put_off; /* (atomic) it has to wait for the end of a claim */

  /* Set by _try_new() and only read after. */
  CfSession *session; /* (owned) */
  guint serial;       /* of its parking */
  guint flags;        /* those of the session that commands look at */
  guint8 resp;
  guint db;
  const CfCommandInfo *info;
  CfArgs *args; /* (owned) */
  CfKeyspace *keyspace;
  gsize n_keys;
  CfKey *keys;          /* (owned) all keys of the command */
  guint *key_arguments; /* (owned) */

  CfOut reply; /* the server's while SERVING, then the session's handler's */

  gsize n_links;
  CfWaitLink links[]; /* the keys it waits for; see store/waiters.h */
};

typedef struct
{
  guint db;
  CfKey key; /* its bytes follow */
  char bytes[];
} ReadyKey;

/* -- One that waits ------------------------------------------------------- */

/**
 * cf_waiting_ref:
 * @self: a waiting
 *
 * Returns: (transfer full): @self, with one more reference
 */
CfWaiting *
cf_waiting_ref (CfWaiting *self)
{
  __atomic_add_fetch (&self->refs, 1, __ATOMIC_RELAXED);
  return self;
}

/**
 * cf_waiting_unref:
 * @self: (nullable) (transfer full): a waiting
 *
 * Gives a reference back; the last one is given when it is in no queue.
 */
void
cf_waiting_unref (CfWaiting *self)
{
  if (self == NULL ||
      __atomic_sub_fetch (&self->refs, 1, __ATOMIC_ACQ_REL) != 0)
    return;
  cf_out_clear (&self->reply);
  cf_args_free (self->args);
  g_free (self->keys);
  g_free (self->key_arguments);
  cf_session_unref (self->session);
  g_free (self);
}

static void
on_ref (gpointer waiter)
{
  cf_waiting_ref (waiter);
}

static void
wake (const CfWaiting *self)
{
  cf_session_wake (self->session, self->serial, CF_WAKE_RETRY);
}

static void
on_nudge (gpointer waiter)
{
  wake (waiter);
}

static const CfWaiterClass waiter_class = { on_ref, on_nudge };

/* Keeps the arguments, and the keys, which stand in them. */
static gboolean
keep (CfWaiting *self, CfCall *call)
{
  self->n_keys = call->n_keys;
  self->keys = g_try_new (CfKey, call->n_keys);
  self->key_arguments = g_try_new (guint, call->n_keys);
  if (self->keys == NULL || self->key_arguments == NULL)
    return FALSE;
  self->args = call->again != NULL
                   ? cf_args_try_new (call->again, call->argc, NULL)
                   : cf_call_keep_args (call);
  if (self->args == NULL)
    return FALSE;
  for (gsize i = 0; i < call->n_keys; i++)
    {
      self->keys[i] = call->keys[i];
      self->key_arguments[i] = call->key_arguments[i];
      self->keys[i].bytes = self->args->argv[call->key_arguments[i]];
      /* Whoever holds it for this one may serve others, which change it. */
      self->keys[i].reading = FALSE;
    }
  return TRUE;
}

/* FALSE: there is no memory for one of the keys, and it is in no queue. */
static gboolean
join_queues (CfWaiting *self, CfCall *call, guint first)
{
  gboolean fits = TRUE;

  for (gsize i = 0; i < self->n_links && fits; i++)
    {
      CfWaitLink *link = &self->links[i];

      link->class = &waiter_class;
      link->waiter = self;
      link->argument = first + (guint) i;
      link->even_gone = self->info->command->waits.even_gone;
      fits = cf_keyspace_wait (call->keyspace, call->hold, call->db,
                               cf_call_key (call, link->argument), link);
    }
  for (gsize i = 0; i < self->n_links && !fits; i++)
    if (self->links[i].observed != NULL)
      cf_keyspace_unwait_held (call->keyspace, call->hold, &self->links[i]);
  return fits;
}

/**
 * cf_waiting_try_new:
 * @call: a call that holds its keys and is to be parked
 * @first: the first argument that is a key it waits for
 * @n: how many such arguments there are, side by side
 *
 * Puts the call's client into the queues of these keys.
 *
 * Returns: (transfer full) (nullable): what stands for it; %NULL: no memory
 */
CfWaiting *
cf_waiting_try_new (CfCall *call, guint first, guint n)
{
  gsize size = sizeof (CfWaiting) + n * sizeof (CfWaitLink);
  g_autoptr (CfWaiting) self = g_try_malloc0 (size);

  if (self == NULL)
    return NULL;
  self->refs = 1;
  self->session = cf_session_ref (call->session);
  self->serial = call->session->park.serial;
  self->flags = call->session->flags & CF_SESSION_NO_TOUCH;
  self->resp = call->reply.resp;
  self->db = call->db;
  self->info = call->info;
  self->keyspace = call->keyspace;
  cf_out_init (&self->reply, NULL);
  if (!keep (self, call))
    return NULL;
  self->n_links = n;
  return join_queues (self, call, first) ? g_steal_pointer (&self) : NULL;
}

static State
get_state (const CfWaiting *self)
{
  return (State) __atomic_load_n (&self->state, __ATOMIC_ACQUIRE);
}

/* FALSE: another was faster. */
static gboolean
leave_waiting (CfWaiting *self, State to)
{
  gint expected = STATE_WAITING;

  return __atomic_compare_exchange_n (&self->state, &expected, (gint) to, FALSE,
                                      __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

/**
 * cf_waiting_cancel:
 * @self: a waiting
 * @with_error: whether its reply is to be an error, not a null
 *
 * Ends the waiting, unless it has ended or is about to be served.  The
 * session has to be woken then.
 *
 * Returns: %FALSE if it was too late
 */
gboolean
cf_waiting_cancel (CfWaiting *self, gboolean with_error)
{
  return leave_waiting (self, with_error ? STATE_FAILED : STATE_UNBLOCKED);
}

/**
 * cf_waiting_is_over:
 * @self: a waiting
 *
 * Returns: whether there is a reply, so that cf_waiting_finish() can be called
 */
gboolean
cf_waiting_is_over (const CfWaiting *self)
{
  return get_state (self) >= STATE_SERVED;
}

/**
 * cf_waiting_leave:
 * @self: a waiting that is over or was cancelled
 *
 * Takes it out of all queues; by its session's handler, inside the gate.
 */
void
cf_waiting_leave (CfWaiting *self)
{
  for (gsize i = 0; i < self->n_links; i++)
    cf_keyspace_unwait (self->keyspace, &self->links[i]);
}

/**
 * cf_waiting_finish:
 * @self: a waiting that is over
 * @reply: where its reply goes
 *
 * Leaves the queues and writes the reply.
 */
void
cf_waiting_finish (CfWaiting *self, CfReply *reply)
{
  cf_waiting_leave (self);
  switch (get_state (self))
    {
    case STATE_SERVED:
      cf_out_move (reply->out, &self->reply);
      break;
    case STATE_FAILED:
      cf_reply_error (reply, "UNBLOCKED client unblocked via CLIENT UNBLOCK");
      break;
    case STATE_UNBLOCKED:
    case STATE_WAITING:
    case STATE_SERVING:
    default:
      cf_reply_null_array (reply);
    }
}

/* -- Keys that are ready -------------------------------------------------- */

static CfCall *
owner_of (CfCall *call)
{
  return call->block != NULL ? call->block : call;
}

/* Whether commands wait for values of such a type. */
static gboolean
is_waited_for (const CfEntry *entry)
{
  CfType type;

  if (entry == NULL)
    return FALSE;
  type = cf_entry_type (entry);
  return type == CF_TYPE_LIST || type == CF_TYPE_ZSET || type == CF_TYPE_STREAM;
}

/**
 * cf_waiting_note:
 * @call: a call that holds @key
 * @db: a database
 * @key: a key that was changed
 *
 * Has those who wait for the key served when the command, or the block it is
 * in, has run.
 */
void
cf_waiting_note (CfCall *call, guint db, const CfKey *key)
{
  CfCall *owner = owner_of (call);
  const CfEntry *entry =
      cf_keyspace_find (call->keyspace, call->hold, db, key, call->now_ms);
  ReadyKey *ready;

  if (cf_keyspace_mark_ready (call->keyspace, call->hold, db, key,
                              !is_waited_for (entry)) != CF_READY_NEWLY)
    return;
  ready = g_malloc (sizeof (ReadyKey) + key->bytes.size);
  ready->db = db;
  ready->key = *key;
  if (key->bytes.size > 0)
    memcpy (ready->bytes, key->bytes.data, key->bytes.size);
  ready->key.bytes = cf_slice (ready->bytes, key->bytes.size);
  if (owner->ready == NULL)
    owner->ready = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (owner->ready, ready);
}

/* -- Serving -------------------------------------------------------------- */

/* Whether the keys that it does not wait for are held, too. */
static gboolean
has_its_keys (const CfWaiting *self, const CfHold *hold)
{
  guint first, last;

  if (self->n_links == self->n_keys)
    return TRUE;
  first = self->links[0].argument;
  last = self->links[self->n_links - 1].argument;
  for (gsize i = 0; i < self->n_keys; i++)
    if ((self->key_arguments[i] < first || self->key_arguments[i] > last) &&
        !cf_hold_covers (hold, &self->keys[i]))
      return FALSE;
  return TRUE;
}

/* Runs its command on the ready key, and wakes it. */
static void
run_for (CfWaiting *self, CfWaitLink *link, CfCall *served)
{
  cf_keyspace_unwait_held (served->keyspace, served->hold, link);
  self->reply.pool = &served->worker->chunks;
  cf_executor_serve (served, self->session);
  self->reply.pool = NULL;
  __atomic_store_n (&self->state, STATE_SERVED, __ATOMIC_RELEASE);
  wake (self);
}

static void
serve_one (CfWaiting *self, CfWaitLink *link, CfCall *call, gboolean matches)
{
  CfCommandReadyFunc is_ready = self->info->command->waits.is_ready;
  CfSession stand_in = {
    .id = self->session->id,
    .flags = self->flags,
    .resp = self->resp,
    .db = self->db,
  };
  CfCall served = {
    .argv = self->args->argv,
    .argc = self->args->argc,
    .info = self->info,
    .engine = call->engine,
    .worker = call->worker,
    .session = &stand_in,
    .keyspace = call->keyspace,
    .db = self->db,
    .reply = { &self->reply, self->resp },
    .now_ms = call->now_ms,
    .hold = call->hold,
    .keys = self->keys,
    .key_arguments = self->key_arguments,
    .n_keys = self->n_keys,
    .block = owner_of (call),
    .ready_key = link->argument,
  };

  if (matches && is_ready != NULL && !is_ready (&served))
    return;
  if (leave_waiting (self, STATE_SERVING))
    run_for (self, link, &served);
}

/* What is deferred is served in its order; what was interrupted comes first. */
static void
defer (CfCall *call, CfWaiting *waiting, gboolean is_next)
{
  if (call->deferred == NULL)
    call->deferred = g_queue_new ();
  if (is_next)
    g_queue_push_head (call->deferred, waiting);
  else
    g_queue_push_tail (call->deferred, waiting);
}

typedef struct
{
  CfCall *call; /* the owner */
  const ReadyKey *ready;
  guint n; /* how many had their turn */
} Serving;

/* FALSE: this one and those behind it need another hold. */
static gboolean
look_at (Serving *serving, CfWaitLink *link, const CfEntry *entry)
{
  CfWaiting *waiting = link->waiter;
  CfCall *call = serving->call;
  gboolean matches = entry != NULL && cf_entry_type (entry) ==
                                          waiting->info->command->waits.type;

  if (get_state (waiting) != STATE_WAITING ||
      g_atomic_int_get (&waiting->put_off) || (!matches && !link->even_gone))
    return TRUE;
  if ((call->hold->mode == CF_HOLD_SLOTS && serving->n >= SERVED_A_HOLD) ||
      !has_its_keys (waiting, call->hold))
    {
      defer (call, cf_waiting_ref (waiting), TRUE);
      return FALSE;
    }
  serving->n++;
  serve_one (waiting, link, call, matches);
  return TRUE;
}

/* FALSE: the rest is deferred. */
static gboolean
serve_key (CfCall *call, const ReadyKey *ready)
{
  Serving serving = { .call = call, .ready = ready };
  guint round = cf_keyspace_begin_serving (call->keyspace, call->hold,
                                           ready->db, &ready->key);
  g_autoptr (CfWaiting) last = NULL;
  CfWaitLink *link = NULL;

  do
    {
      const CfEntry *entry = cf_keyspace_find (
          call->keyspace, call->hold, ready->db, &ready->key, call->now_ms);

      link = cf_keyspace_next_waiter (call->keyspace, call->hold, ready->db,
                                      &ready->key, round,
                                      !is_waited_for (entry), link);
      cf_waiting_unref (last);
      last = link != NULL ? link->waiter : NULL;
      if (link != NULL && !look_at (&serving, link, entry))
        return FALSE;
    }
  while (link != NULL);
  return TRUE;
}

/* Has the key served after what is deferred already. */
static void
defer_key (CfCall *call, const ReadyKey *ready)
{
  const CfEntry *entry = cf_keyspace_find (
      call->keyspace, call->hold, ready->db, &ready->key, call->now_ms);
  guint round = cf_keyspace_begin_serving (call->keyspace, call->hold,
                                           ready->db, &ready->key);
  CfWaitLink *link = cf_keyspace_next_waiter (call->keyspace, call->hold,
                                              ready->db, &ready->key, round,
                                              !is_waited_for (entry), NULL);

  if (link != NULL)
    defer (call, link->waiter, FALSE);
}

/**
 * cf_waiting_serve:
 * @call: a call, not within a block, that made keys ready and still holds them
 *
 * Serves those who wait for these keys.
 */
void
cf_waiting_serve (CfCall *call)
{
  guint n_first = call->ready->len;
  gboolean go_on = TRUE;

  /* A command that is run here may make more keys ready; their turn is after
   * that of all that were ready before. */
  for (guint i = 0; i < call->ready->len; i++)
    {
      const ReadyKey *ready = g_ptr_array_index (call->ready, i);

      if (!go_on || (i >= n_first && call->deferred != NULL &&
                     !g_queue_is_empty (call->deferred)))
        defer_key (call, ready);
      else
        go_on = serve_key (call, ready);
    }
  g_clear_pointer (&call->ready, g_ptr_array_unref);
}

/* -- With a hold of their own --------------------------------------------- */

static gpointer
ref_waiter (gpointer waiter)
{
  return cf_waiting_ref (waiter);
}

static void
on_claim_ended (gpointer waiter)
{
  wake (waiter);
  cf_waiting_unref (waiter);
}

/* Very many keys are claimed; without memory for that, locked after all. */
static gboolean
hold_keys (CfHold *hold,
           const CfKey *keys,
           gsize n_keys,
           const CfWaiter *waiter)
{
  if (n_keys > CF_EXECUTOR_MANY_KEYS)
    {
      if (cf_hold_claims (hold, keys, n_keys, waiter))
        return TRUE;
      if (!hold->no_memory)
        return FALSE;
    }
  return cf_hold_slots (hold, keys, n_keys, waiter);
}

/* Serves its keys with a hold of them all.  FALSE: one is claimed, and it will
 * be woken. */
static gboolean
serve_anew (CfWaiting *self, CfWorker *worker, GQueue **deferred)
{
  CfEngine *engine = worker->engine;
  CfWaiter waiter = { self, on_claim_ended, ref_waiter };
  CfCall call = {
    .engine = engine,
    .worker = worker,
    .keyspace = engine->keyspace,
    .db = self->db,
    .hold = &worker->hold,
    .now_ms = cf_clock_wall_ms (),
    .deferred = *deferred,
  };
  gboolean held = hold_keys (call.hold, self->keys, self->n_keys, &waiter);

  g_atomic_int_set (&self->put_off, !held);
  if (!held)
    return FALSE;
  call.hold->now_ms = call.now_ms;
  for (gsize i = 0; i < self->n_keys; i++)
    cf_waiting_note (&call, self->db, &self->keys[i]);
  if (call.ready != NULL)
    cf_waiting_serve (&call);
  cf_call_broadcast (&call);
  cf_hold_release (call.hold);
  *deferred = call.deferred;
  return TRUE;
}

static void
serve_all (GQueue *deferred, CfWorker *worker)
{
  while (!g_queue_is_empty (deferred))
    {
      g_autoptr (CfWaiting) next = g_queue_pop_head (deferred);

      if (serve_anew (next, worker, &deferred))
        continue;
      /* Nobody else will serve those behind it, so let them see. */
      for (gsize i = 0; i < next->n_keys; i++)
        cf_keyspace_nudge (next->keyspace, next->db, &next->keys[i]);
    }
  g_queue_free (deferred);
}

/**
 * cf_waiting_serve_deferred:
 * @call: a call that holds nothing any more
 *
 * Serves those for whom cf_waiting_serve() did not hold enough.
 */
void
cf_waiting_serve_deferred (CfCall *call)
{
  serve_all (g_steal_pointer (&call->deferred), call->worker);
}

/**
 * cf_waiting_retry:
 * @self: a waiting
 * @worker: of its session's handler, inside the gate and holding nothing
 *
 * Looks whether one of its keys is ready, and serves who waits there.
 */
void
cf_waiting_retry (CfWaiting *self, CfWorker *worker)
{
  GQueue *deferred = NULL;

  (void) serve_anew (self, worker, &deferred);
  if (deferred != NULL)
    serve_all (deferred, worker);
}
