/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/backlog.h"

typedef struct
{
  gpointer waiter; /* (owned) given to @wake */
  CfWaiterFunc wake;
} Waiter;

struct _CfBacklog
{
  gint is_on; /* (atomic) changed with @lock: long commands must wait */
  CfMutex lock;
  /* Protected by @lock. */
  gint n_pressing;
  gint n_handlers;
  guint most;      /* handlers; 0: any number */
  GArray *waiters; /* (owned) (element-type Waiter) */
};

static GArray *
new_waiters (void)
{
  return g_array_new (FALSE, FALSE, sizeof (Waiter));
}

/**
 * cf_backlog_new:
 *
 * Returns: (transfer full): a backlog that nobody needs to join
 */
CfBacklog *
cf_backlog_new (void)
{
  CfBacklog *self = g_new0 (CfBacklog, 1);

  cf_mutex_init (&self->lock, CF_LOCK_BACKLOG, 0);
  self->waiters = new_waiters ();
  return self;
}

/* Takes over the waiters, and wakes them. */
static void
wake_all (GArray *waiters)
{
  for (guint i = 0; i < waiters->len; i++)
    {
      Waiter *waiter = &g_array_index (waiters, Waiter, i);

      waiter->wake (waiter->waiter);
    }
  g_array_unref (waiters);
}

/**
 * cf_backlog_free:
 * @self: (nullable) (transfer full): a backlog that nobody joins any more
 *
 * Wakes those who still wait.
 */
void
cf_backlog_free (CfBacklog *self)
{
  if (self == NULL)
    return;
  wake_all (self->waiters);
  cf_mutex_clear (&self->lock);
  g_free (self);
}

/* Returns (transfer full) (nullable): whom to wake, with no lock held. */
static GArray *
settle_locked (CfBacklog *self)
{
  gboolean is_on = self->n_pressing > 0 ||
                   (self->most > 0 && self->n_handlers >= (gint) self->most);
  GArray *waiters = NULL;

  cf_mutex_assert_held (&self->lock);
  g_atomic_int_set (&self->is_on, is_on);
  if (!is_on && self->waiters->len > 0)
    {
      waiters = self->waiters;
      self->waiters = new_waiters ();
    }
  return waiters;
}

/**
 * cf_backlog_press:
 * @self: a backlog
 * @change: 1, and later -1
 *
 * Somebody has waited for a while to close the gate, or does not any more.
 */
void
cf_backlog_press (CfBacklog *self, gint change)
{
  GArray *waiters;

  cf_mutex_lock (&self->lock);
  self->n_pressing += change;
  waiters = settle_locked (self);
  cf_mutex_unlock (&self->lock);
  if (waiters != NULL)
    wake_all (waiters);
}

/**
 * cf_backlog_count_handlers:
 * @self: a backlog
 * @change: how many more are busy
 * @most: with how many long commands must not begin; 0: they always may
 */
void
cf_backlog_count_handlers (CfBacklog *self, gint change, guint most)
{
  GArray *waiters;

  cf_mutex_lock (&self->lock);
  self->n_handlers += change;
  self->most = most;
  waiters = settle_locked (self);
  cf_mutex_unlock (&self->lock);
  if (waiters != NULL)
    wake_all (waiters);
}

/**
 * cf_backlog_is_on:
 * @self: a backlog
 *
 * Returns: whether long commands must not begin now
 */
gboolean
cf_backlog_is_on (const CfBacklog *self)
{
  return g_atomic_int_get (&self->is_on) != 0;
}

/**
 * cf_backlog_join:
 * @self: a backlog
 * @waiter: whom to wake if the command must wait; a reference is made
 *
 * Returns: %FALSE if it need not
 */
gboolean
cf_backlog_join (CfBacklog *self, const CfWaiter *waiter)
{
  gboolean is_on;

  if (G_LIKELY (!g_atomic_int_get (&self->is_on)))
    return FALSE;
  cf_mutex_lock (&self->lock);
  is_on = g_atomic_int_get (&self->is_on);
  if (is_on)
    {
      Waiter added = { waiter->ref (waiter->waiter), waiter->wake };

      g_array_append_val (self->waiters, added);
    }
  cf_mutex_unlock (&self->lock);
  return is_on;
}
