/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/gate.h"

/* How often one who waits is asked whether to give up. */
#define ASK_US 5000
/* How long one who waits for a batch sleeps, at least and at most. */
#define NAP_MIN_US 20
#define NAP_MAX_US 1000

struct _CfGate
{
  CfBacklog *backlog; /* (not owned) (nullable) set by cf_gate_new() */
  CfMutex reserved;   /* never held for long */
  CfCond unreserved;
  gboolean is_reserved; /* protected by @reserved; see cf_gate_reserve() */
  CfMutex exclusive;    /* held while the gate is closed */
  gint wanted;          /* (atomic) somebody closes the gate: don't enter */

  gboolean is_pressing; /* protected by @exclusive: its closer had to press */
  /* Protected by @exclusive; a keeper, once made, stays. */
  CfGateKeeper *keepers[CF_GATE_KEEPERS_MAX]; /* (owned) */
  gint n_keepers; /* (atomic) for readers without the lock */
};

/**
 * cf_gate_new:
 * @backlog: (nullable) (transfer none): holds up long commands for whoever has
 *   to wait for long; %NULL: nobody does
 *
 * Returns: (transfer full): an open gate without keepers
 */
CfGate *
cf_gate_new (CfBacklog *backlog)
{
  CfGate *self = g_new0 (CfGate, 1);

  self->backlog = backlog;
  cf_mutex_init (&self->reserved, CF_LOCK_RESERVED, 0);
  cf_cond_init (&self->unreserved);
  cf_mutex_init (&self->exclusive, CF_LOCK_EXCLUSIVE, 0);
  return self;
}

/**
 * cf_gate_free:
 * @self: (nullable) (transfer full): a gate at which there is no keeper any
 *   more
 *
 * Frees the gate.
 */
void
cf_gate_free (CfGate *self)
{
  if (self == NULL)
    return;
  for (gint i = 0; i < self->n_keepers; i++)
    {
      cf_mutex_clear (&self->keepers[i]->lock);
      g_free (self->keepers[i]);
    }
  cf_mutex_clear (&self->exclusive);
  cf_cond_clear (&self->unreserved);
  cf_mutex_clear (&self->reserved);
  g_free (self);
}

static CfGateKeeper *
add_keeper_locked (CfGate *self)
{
  CfGateKeeper *keeper;

  if (self->n_keepers == CF_GATE_KEEPERS_MAX)
    return NULL;
  /* A cache line of its own, or neighbours would write each other's. */
  keeper = g_malloc0 (MAX (sizeof *keeper, 128));
  keeper->gate = self;
  keeper->number = (guint) self->n_keepers;
  cf_mutex_init (&keeper->lock, CF_LOCK_GATE, keeper->number);
  self->keepers[self->n_keepers] = keeper;
  g_atomic_int_inc (&self->n_keepers);
  return keeper;
}

/**
 * cf_gate_register:
 * @self: a gate
 *
 * Waits while the gate is closed.
 *
 * Returns: (transfer none) (nullable): a keeper for the calling thread, until
 *   cf_gate_unregister(); %NULL if CF_GATE_KEEPERS_MAX are in use
 */
CfGateKeeper *
cf_gate_register (CfGate *self)
{
  CfGateKeeper *keeper = NULL;

  cf_mutex_lock (&self->exclusive);
  for (gint i = 0; i < self->n_keepers && keeper == NULL; i++)
    if (!self->keepers[i]->in_use)
      keeper = self->keepers[i];
  if (keeper == NULL)
    keeper = add_keeper_locked (self);
  if (keeper != NULL)
    keeper->in_use = TRUE;
  cf_mutex_unlock (&self->exclusive);
  return keeper;
}

/**
 * cf_gate_unregister:
 * @self: a gate
 * @keeper: (transfer full): one of its keepers, outside
 *
 * Gives a keeper back.
 */
void
cf_gate_unregister (CfGate *self, CfGateKeeper *keeper)
{
  cf_mutex_lock (&self->exclusive);
  keeper->in_use = FALSE;
  cf_mutex_unlock (&self->exclusive);
}

/**
 * cf_gate_enter:
 * @keeper: the calling thread's keeper, not inside
 *
 * Goes in; waits as long as the gate is closed or somebody is closing it.
 */
CF_NO_ANALYSIS void
cf_gate_enter (CfGateKeeper *keeper)
{
  CfGate *gate = keeper->gate;

  if (G_UNLIKELY (g_atomic_int_get (&gate->wanted) != 0))
    {
      /* Whoever closes it holds this until it is open again. */
      cf_mutex_lock (&gate->exclusive);
      cf_mutex_unlock (&gate->exclusive);
    }
  cf_mutex_lock (&keeper->lock);
}

/**
 * cf_gate_leave:
 * @keeper: a keeper that is inside
 *
 * Leaves, so that the gate can close.
 */
CF_NO_ANALYSIS void
cf_gate_leave (CfGateKeeper *keeper)
{
  __atomic_store_n (&keeper->n_left, keeper->n_left + 1, __ATOMIC_RELAXED);
  cf_mutex_unlock (&keeper->lock);
}

/**
 * cf_gate_reserve:
 * @self: a gate
 * @give_up: (nullable): whether not to wait any longer
 * @data: for @give_up
 *
 * Waits until nobody else has reserved the gate.
 *
 * Returns: %FALSE if it gave up
 */
gboolean
cf_gate_reserve (CfGate *self, CfGateGiveUp give_up, gpointer data)
{
  gboolean is_mine = FALSE;

  for (;;)
    {
      cf_mutex_lock (&self->reserved);
      if (self->is_reserved)
        (void) cf_cond_wait_until (&self->unreserved, &self->reserved,
                                   g_get_monotonic_time () + ASK_US);
      if (!self->is_reserved)
        is_mine = self->is_reserved = TRUE;
      cf_mutex_unlock (&self->reserved);
      if (is_mine || (give_up != NULL && give_up (data)))
        return is_mine;
    }
}

/**
 * cf_gate_unreserve:
 * @self: a gate that the caller has reserved
 *
 * Lets others reserve it.
 */
void
cf_gate_unreserve (CfGate *self)
{
  cf_mutex_lock (&self->reserved);
  self->is_reserved = FALSE;
  cf_cond_signal (&self->unreserved);
  cf_mutex_unlock (&self->reserved);
}

/**
 * cf_gate_is_wanted:
 * @keeper: a keeper
 *
 * Returns: %TRUE if somebody closes the gate, or waits for this keeper to go
 *   out before trying to
 */
gboolean
cf_gate_is_wanted (const CfGateKeeper *keeper)
{
  return g_atomic_int_get (&keeper->gate->wanted) != 0 ||
         g_atomic_int_get (&keeper->n_awaiting) != 0;
}

static CF_NO_ANALYSIS void
unlock_keepers (CfGate *self, gint n)
{
  while (n-- > 0)
    cf_mutex_unlock (&self->keepers[n]->lock);
}

/* Locks the keepers in order until @give_up_us.  Returns how many it has:
 * all, or the number of the one that stands in the way. */
static CF_NO_ANALYSIS gint
lock_keepers_until (CfGate *self, gint64 give_up_us)
{
  gint i = 0;

  while (i < self->n_keepers)
    {
      if (cf_mutex_trylock (&self->keepers[i]->lock))
        i++;
      else if (g_get_monotonic_time () >= give_up_us)
        break;
      else
        g_usleep (20);
    }
  return i;
}

/* Whoever waits since @since_us and could not close the gate lets no further
 * long command begin, after a while.  Returns whether that is so now. */
static gboolean
press (CfGate *self, gboolean is_pressing, gint64 since_us)
{
  if (is_pressing || self->backlog == NULL ||
      g_get_monotonic_time () < since_us + CF_GATE_PATIENCE_US)
    return is_pressing;
  cf_backlog_press (self->backlog, 1);
  return TRUE;
}

/* Waits until the batch of @keeper that stood in the way has ended.  FALSE: it
 * gave up. */
static CF_NO_ANALYSIS gboolean
wait_for (CfGateKeeper *keeper, CfGateGiveUp give_up, gpointer data)
{
  guint n_left = __atomic_load_n (&keeper->n_left, __ATOMIC_RELAXED);
  gint64 ask_us = g_get_monotonic_time () + ASK_US;
  gulong nap_us = NAP_MIN_US;

  while (!cf_mutex_trylock (&keeper->lock))
    {
      gint64 now_us = g_get_monotonic_time ();

      if (__atomic_load_n (&keeper->n_left, __ATOMIC_RELAXED) != n_left)
        return TRUE;
      if (now_us >= ask_us && give_up != NULL && give_up (data))
        return FALSE;
      if (now_us >= ask_us)
        ask_us = now_us + ASK_US;
      g_usleep (nap_us);
      nap_us = MIN (nap_us * 2, NAP_MAX_US);
    }
  cf_mutex_unlock (&keeper->lock);
  return TRUE;
}

/**
 * cf_gate_close:
 * @self: a gate
 * @give_up: (nullable): whether not to wait any longer
 * @data: for @give_up
 *
 * Makes the calling thread alone; its own keeper must not be inside.  Waits
 * for the batches that run, however long they take, but keeps nobody else
 * waiting for more than about CF_GATE_TRY_US at a time; but long commands do
 * not begin after CF_GATE_PATIENCE_US.
 *
 * Returns: %FALSE if it gave up
 */
CF_NO_ANALYSIS gboolean
cf_gate_close (CfGate *self, CfGateGiveUp give_up, gpointer data)
{
  gint64 since_us = g_get_monotonic_time ();
  gboolean is_pressing = FALSE;

  for (;;)
    {
      CfGateKeeper *in_the_way;
      gboolean went_out;
      gint n;

      cf_mutex_lock (&self->exclusive);
      g_atomic_int_set (&self->wanted, 1);
      n = lock_keepers_until (self, g_get_monotonic_time () + CF_GATE_TRY_US);
      if (n == self->n_keepers)
        {
          self->is_pressing = is_pressing;
          return TRUE;
        }
      unlock_keepers (self, n);
      in_the_way = self->keepers[n];
      g_atomic_int_set (&self->wanted, 0);
      cf_mutex_unlock (&self->exclusive);

      is_pressing = press (self, is_pressing, since_us);
      g_atomic_int_inc (&in_the_way->n_awaiting);
      went_out = wait_for (in_the_way, give_up, data);
      g_atomic_int_add (&in_the_way->n_awaiting, -1);
      if (!went_out)
        break;
    }
  if (is_pressing)
    cf_backlog_press (self->backlog, -1);
  return FALSE;
}

/**
 * cf_gate_open:
 * @self: a gate that the caller has closed
 *
 * Lets the keepers in again.
 */
CF_NO_ANALYSIS void
cf_gate_open (CfGate *self)
{
  gboolean was_pressing = self->is_pressing;

  self->is_pressing = FALSE;
  unlock_keepers (self, self->n_keepers);
  g_atomic_int_set (&self->wanted, 0);
  cf_mutex_unlock (&self->exclusive);
  if (was_pressing)
    cf_backlog_press (self->backlog, -1);
}
