/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/clock.h"
#include "base/handoff.h"
#include "engine/acl.h"
#include "engine/pubsub.h"
#include "engine/session.h"
#include "engine/tracking.h"
#include "engine/transaction.h"
#include "engine/waiting.h"

struct _CfSessions
{
  CfMutex lock;
  /* Protected by @lock. */
  GHashTable
      *by_id; /* (owned) (element-type guint64 CfSession) keys in values */
  guint64 last_id;
};

/**
 * cf_session_init:
 * @self: the session to set up, zeroed
 * @ops: what the network does for it
 *
 * The caller owns the one reference there is.
 */
void
cf_session_init (CfSession *self, const CfSessionOps *ops)
{
  self->refs = 1;
  self->ops = ops;
  self->resp = 2;
  self->created_ms = cf_clock_wall_ms ();
  self->park.deadline_ms = G_MAXINT64;
  self->shown.active_ms = self->created_ms;
  self->shown.resp = 2;
  self->shown.n_multi = -1;
  self->shown.redirect = -1;
  cf_mutex_init (&self->lock, CF_LOCK_SESSION, 0);
  cf_out_init (&self->out, NULL);
}

/**
 * cf_session_clear:
 * @self: a session that nobody refers to any more
 *
 * Its watches must be gone (cf_session_unwatch_all()), and so its
 * subscriptions and its tracking.
 */
void
cf_session_clear (CfSession *self)
{
  g_assert (cf_session_n_watches (self) == 0);
  g_assert (self->subscriptions == NULL && self->tracker == NULL);
  g_clear_pointer (&self->watches, g_hash_table_unref);
  g_clear_pointer (&self->transaction, cf_transaction_free);
  g_clear_pointer (&self->park.args, cf_args_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->local_address, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->lib_name, g_free);
  g_clear_pointer (&self->lib_version, g_free);
  cf_out_clear (&self->out);
  cf_acl_forget (self);
  cf_mutex_clear (&self->lock);
}

/**
 * cf_session_ref:
 * @self: a session
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 */
CfSession *
cf_session_ref (CfSession *self)
{
  __atomic_add_fetch (&self->refs, 1, __ATOMIC_RELAXED);
  return self;
}

/**
 * cf_session_unref:
 * @self: (nullable) (transfer full): a session
 *
 * Gives a reference back; the last one frees the session.
 */
void
cf_session_unref (CfSession *self)
{
  if (self != NULL &&
      __atomic_sub_fetch (&self->refs, 1, __ATOMIC_ACQ_REL) == 0)
    self->ops->free (self);
}

/**
 * cf_session_publish:
 * @self: a session, by its handler
 *
 * Shows other threads what the engine knows; the network adds its own.
 */
void
cf_session_publish (CfSession *self)
{
  const CfTransaction *transaction =
      self->running != NULL ? self->running : self->transaction;
  guint flags =
      self->flags | (self->running != NULL ? (guint) CF_SESSION_MULTI : 0);
  guint command = self->last_command != NULL ? self->last_command->id + 1 : 0;

#define SHOW(field, value)                                                     \
  __atomic_store_n (&self->shown.field, value, __ATOMIC_RELAXED)
  SHOW (command, command);
  SHOW (db, self->db);
  SHOW (resp, self->resp);
  SHOW (n_multi,
        transaction != NULL ? (gint) cf_transaction_n (transaction) : -1);
  SHOW (n_watch, cf_session_n_watches (self));
  SHOW (multi_memory,
        self->watch_memory +
            (transaction != NULL ? cf_transaction_memory (transaction) : 0));
  SHOW (n_channels, cf_subscriptions_n (self, CF_PUBSUB_CHANNEL));
  SHOW (n_patterns, cf_subscriptions_n (self, CF_PUBSUB_PATTERN));
  SHOW (n_shard, cf_subscriptions_n (self, CF_PUBSUB_SHARD));
  SHOW (pubsub_memory,
        cf_subscriptions_memory (self) + cf_tracker_memory (self));
#undef SHOW
  __atomic_store_n (&self->shown_flags, flags, __ATOMIC_RELAXED);
}

/**
 * cf_session_set_resp:
 * @self: a session, by its handler
 * @resp: the protocol it speaks from now on, 2 or 3
 */
void
cf_session_set_resp (CfSession *self, guint8 resp)
{
  self->resp = resp;
  __atomic_store_n (&self->shown.resp, resp, __ATOMIC_RELAXED);
}

/**
 * cf_session_collect:
 * @self: a session, by its handler, within a turn
 *
 * What other threads sent to it until now comes behind the replies that are
 * written, and before those to be written.
 */
void
cf_session_collect (CfSession *self)
{
  if (self->ops->collect != NULL)
    self->ops->collect (self);
}

/**
 * cf_session_set_name:
 * @self: a session, by its handler
 * @name: (nullable): what CLIENT SETNAME says, or %NULL for none
 */
void
cf_session_set_name (CfSession *self, const char *name)
{
  g_autofree char *old = NULL;
  char *new = g_strdup (name);

  cf_mutex_lock (&self->lock);
  old = self->name;
  self->name = new;
  cf_mutex_unlock (&self->lock);
}

/**
 * cf_session_dup_name:
 * @self: a session
 *
 * Returns: (transfer full) (nullable): its name
 */
char *
cf_session_dup_name (CfSession *self)
{
  char *name;

  cf_mutex_lock (&self->lock);
  name = g_strdup (self->name);
  cf_mutex_unlock (&self->lock);
  return name;
}

/**
 * cf_session_memory:
 * @self: a session
 *
 * Returns: the bytes that it took when they were last counted
 */
gsize
cf_session_memory (const CfSession *self)
{
  return __atomic_load_n (&self->shown.total_memory, __ATOMIC_RELAXED) +
         __atomic_load_n (&self->shown.inbox_memory, __ATOMIC_RELAXED);
}

/* Says who unblocks it what that means now. */
static void
set_blocked (CfSession *self, CfWaiting *waiting)
{
  cf_mutex_lock (&self->lock);
  self->is_blocked = self->park.kind == CF_PARK_BLOCK;
  self->blocked_serial = self->park.serial;
  self->park.waiting = waiting;
  cf_mutex_unlock (&self->lock);
}

static void
park (CfSession *self,
      CfParkKind kind,
      gint64 deadline_ms,
      CfArgs *args,
      CfWaiting *waiting)
{
  g_assert (self->park.kind == CF_PARK_NONE);
  self->park.kind = kind;
  self->park.deadline_ms = deadline_ms;
  self->park.args = args;
  if (kind == CF_PARK_BLOCK)
    {
      self->flags |= CF_SESSION_BLOCKED;
      set_blocked (self, waiting);
    }
  if (kind == CF_PARK_PAUSE)
    self->flags |= CF_SESSION_PAUSED;
  __atomic_store_n (&self->shown_flags, self->flags, __ATOMIC_SEQ_CST);
}

/**
 * cf_session_park:
 * @self: a session, by its handler
 * @kind: what it waits for
 * @deadline_ms: when it stops waiting, wall-clock milliseconds, or
 *   %G_MAXINT64
 * @args: (transfer full): the command to run again then
 */
void
cf_session_park (CfSession *self,
                 CfParkKind kind,
                 gint64 deadline_ms,
                 CfArgs *args)
{
  park (self, kind, deadline_ms, args, NULL);
}

/**
 * cf_session_block:
 * @self: a session, by its handler
 * @deadline_ms: when it stops waiting, wall-clock milliseconds, or
 *   %G_MAXINT64
 * @waiting: (transfer full): what it waits for; it may be over already
 */
void
cf_session_block (CfSession *self, gint64 deadline_ms, CfWaiting *waiting)
{
  park (self, CF_PARK_BLOCK, deadline_ms, NULL, waiting);
}

/**
 * cf_session_unblock:
 * @self: a session
 * @with_error: whether the command that waits is to fail
 *
 * Ends the present wait of a blocked client, and no other: what is read under
 * the lock names it, by its serial and, if it waits for keys, by its waiting,
 * which is cancelled for good; a wake for another serial is dropped by the
 * session's loop.  May be called in any thread.
 *
 * Returns: %FALSE if it does not wait, or not any longer
 */
gboolean
cf_session_unblock (CfSession *self, gboolean with_error)
{
  g_autoptr (CfWaiting) waiting = NULL;
  gboolean is_blocked;
  guint serial;

  cf_mutex_lock (&self->lock);
  is_blocked = self->is_blocked;
  serial = self->blocked_serial;
  if (self->park.waiting != NULL)
    waiting = cf_waiting_ref (self->park.waiting);
  cf_mutex_unlock (&self->lock);
  if (!is_blocked ||
      (waiting != NULL && !cf_waiting_cancel (waiting, with_error)))
    return FALSE;
  cf_session_wake (self, serial, with_error ? CF_WAKE_ERROR : CF_WAKE_UNBLOCK);
  return TRUE;
}

/**
 * cf_session_unpark:
 * @self: a parked session, by its handler
 * @reason: why it need not wait any longer
 *
 * Returns: (transfer full) (nullable): the command that waited; %NULL if it
 *   waited for keys
 */
CfArgs *
cf_session_unpark (CfSession *self, CfWakeReason reason)
{
  gboolean was_blocked = self->park.kind == CF_PARK_BLOCK;
  g_autoptr (CfWaiting) waiting = self->park.waiting;

  g_assert (self->park.kind != CF_PARK_NONE);
  self->park.kind = CF_PARK_NONE;
  self->park.deadline_ms = G_MAXINT64;
  self->park.reason = reason;
  if (++self->park.serial == CF_PARK_ANY)
    self->park.serial = 0;
  self->flags &= ~(guint) (CF_SESSION_BLOCKED | CF_SESSION_PAUSED);
  if (was_blocked)
    set_blocked (self, NULL);
  return g_steal_pointer (&self->park.args);
}

/**
 * cf_session_wake:
 * @self: a session
 * @serial: the parking that is meant, its park.serial of then, or CF_PARK_ANY
 * @reason: why it is woken
 *
 * Tells the session's loop; may be called in any thread.
 */
void
cf_session_wake (CfSession *self, guint serial, CfWakeReason reason)
{
  self->ops->wake (self, serial, reason);
}

/* What is handed to the keyspace for a session that waits for a claim. */
typedef struct
{
  CfSession *session; /* (owned) */
  guint serial;
} ClaimWait;

static gpointer
claim_wait_new (gpointer session)
{
  ClaimWait *wait = g_new (ClaimWait, 1);

  wait->session = cf_session_ref (session);
  wait->serial = wait->session->park.serial;
  return wait;
}

static void
claim_wait_end (gpointer waiter)
{
  ClaimWait *wait = waiter;

  cf_session_wake (wait->session, wait->serial, CF_WAKE_RETRY);
  cf_session_unref (wait->session);
  g_free (wait);
}

/**
 * cf_session_waiter:
 * @self: a session, by its handler, that may have to park
 *
 * Returns: a waiter that wakes @self when the claim it met has ended
 */
CfWaiter
cf_session_waiter (CfSession *self)
{
  return (CfWaiter){ self, claim_wait_end, claim_wait_new };
}

/**
 * cf_session_unwatch_all:
 * @self: a session, by its handler
 * @keyspace: where it watches keys
 */
void
cf_session_unwatch_all (CfSession *self, CfKeyspace *keyspace)
{
  GHashTable *watches = g_steal_pointer (&self->watches);
  GHashTableIter iter;
  gpointer watch;

  if (watches != NULL)
    {
      g_hash_table_iter_init (&iter, watches);
      while (g_hash_table_iter_next (&iter, &watch, NULL))
        {
          g_hash_table_iter_steal (&iter);
          cf_keyspace_unwatch (keyspace, watch);
        }
      g_hash_table_unref (watches);
    }
  self->watch_memory = 0;
  g_atomic_int_set (&self->dirty, 0);
}

/**
 * cf_session_n_watches:
 * @self: a session, by its handler
 *
 * Returns: how many keys it watches
 */
guint
cf_session_n_watches (const CfSession *self)
{
  return self->watches != NULL ? g_hash_table_size (self->watches) : 0;
}

/**
 * cf_session_reset:
 * @self: a session, by its handler
 * @keyspace: where it watches keys
 *
 * Makes it like one that has just connected, but for the login.
 */
void
cf_session_reset (CfSession *self, CfKeyspace *keyspace)
{
  cf_session_unwatch_all (self, keyspace);
  g_clear_pointer (&self->transaction, cf_transaction_free);
  self->flags &= ~(guint) (CF_SESSION_MULTI | CF_SESSION_MONITOR |
                           CF_SESSION_REPLY_OFF | CF_SESSION_REPLY_SKIP_NEXT |
                           CF_SESSION_NO_EVICT | CF_SESSION_NO_TOUCH);
  self->db = 0;
  cf_session_set_resp (self, 2);
  cf_session_set_name (self, NULL);
}

/**
 * cf_sessions_new:
 *
 * Makes an empty table.
 *
 * Returns: (transfer full): the table
 */
CfSessions *
cf_sessions_new (void)
{
  CfSessions *self = g_new0 (CfSessions, 1);

  cf_mutex_init (&self->lock, CF_LOCK_SESSIONS, 0);
  self->by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  return self;
}

/**
 * cf_sessions_free:
 * @self: (nullable) (transfer full): an empty table
 *
 * Frees the table.
 */
void
cf_sessions_free (CfSessions *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_id);
  cf_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * cf_sessions_add:
 * @self: the table
 * @session: a session, which gets its id; not referenced by the table, so it
 *   must be removed before its owner drops it
 */
void
cf_sessions_add (CfSessions *self, CfSession *session)
{
  cf_mutex_lock (&self->lock);
  session->id = ++self->last_id;
  g_hash_table_insert (self->by_id, &session->id, session);
  cf_mutex_unlock (&self->lock);
}

/**
 * cf_sessions_remove:
 * @self: a table
 * @session: a session in it
 *
 * Forgets a session.
 */
void
cf_sessions_remove (CfSessions *self, CfSession *session)
{
  cf_mutex_lock (&self->lock);
  g_hash_table_remove (self->by_id, &session->id);
  cf_mutex_unlock (&self->lock);
}

/**
 * cf_sessions_n:
 * @self: a table
 *
 * Returns: how many sessions there are
 */
guint
cf_sessions_n (CfSessions *self)
{
  guint n;

  cf_mutex_lock (&self->lock);
  n = g_hash_table_size (self->by_id);
  cf_mutex_unlock (&self->lock);
  return n;
}

/**
 * cf_sessions_find:
 * @self: a table
 * @id: the number of a session
 *
 * Returns: (nullable) (transfer full): the session
 */
CfSession *
cf_sessions_find (CfSessions *self, guint64 id)
{
  CfSession *session;

  cf_mutex_lock (&self->lock);
  session = g_hash_table_lookup (self->by_id, &id);
  if (session != NULL)
    cf_session_ref (session);
  cf_mutex_unlock (&self->lock);
  return session;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const CfSession *const *x = a, *const *y = b;

  return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

/**
 * cf_sessions_list:
 * @self: the table
 *
 * Returns: (transfer full) (element-type CfSession): all sessions, in the
 *   order in which they came
 */
GPtrArray *
cf_sessions_list (CfSessions *self)
{
  GPtrArray *all =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_session_unref);
  GHashTableIter iter;
  gpointer session;

  cf_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    g_ptr_array_add (all, cf_session_ref (session));
  cf_mutex_unlock (&self->lock);
  g_ptr_array_sort (all, compare_ids);
  return all;
}
