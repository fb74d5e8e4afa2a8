/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/expirer.h"

#include "base/clock.h"
#include "base/lock.h"
#include "base/memory.h"

/* Keys removed between two passes of the gate: well below a millisecond. */
#define STRETCH_KEYS 64
/* What is due but claimed, or frozen, is tried again after this. */
#define RETRY_US 2000
/* The wall clock may be set, so it is looked at again after this. */
#define SLEEP_MAX_MS 1000

struct _CfExpirer
{
  CfKeyspace *keyspace; /* (not owned) */
  CfExpirerHooks hooks;
  GThread *thread; /* (owned) (nullable) */
  CfMutex lock;

  /* Protected by @lock. */
  CfCond changed;
  gboolean is_alarmed; /* an earlier deadline was set */
  gboolean is_active;
  gboolean is_over;
};

static void
on_alarm (gpointer data)
{
  CfExpirer *self = data;

  cf_mutex_lock (&self->lock);
  self->is_alarmed = TRUE;
  cf_cond_signal (&self->changed);
  cf_mutex_unlock (&self->lock);
}

/* Removes some of what is due at @now_ms. */
static gsize
expire_some (CfExpirer *self, gint64 now_ms)
{
  gsize n_removed;

  if (self->hooks.enter != NULL)
    self->hooks.enter (self->hooks.data);
  n_removed = cf_keyspace_expire_due (self->keyspace, now_ms, STRETCH_KEYS);
  if (self->hooks.leave != NULL)
    self->hooks.leave (self->hooks.data);
  return n_removed;
}

/* Works until nothing is due.  Returns for how many microseconds to sleep; -1:
 * until woken. */
static gint64
work (CfExpirer *self)
{
  for (;;)
    {
      gint64 now_us = cf_clock_wall_us (), now_ms = now_us / 1000, next_ms;

      cf_keyspace_set_alarm_time (self->keyspace, G_MAXINT64);
      next_ms = cf_keyspace_next_deadline (self->keyspace);
      if (next_ms >= now_ms)
        {
          cf_keyspace_set_alarm_time (self->keyspace, next_ms);
          if (next_ms == G_MAXINT64)
            return -1;
          if (next_ms - now_ms >= SLEEP_MAX_MS)
            return SLEEP_MAX_MS * 1000;
          return (next_ms + 1) * 1000 - now_us;
        }
      if (expire_some (self, now_ms) == 0)
        return RETRY_US;
    }
}

static gpointer
run (gpointer data)
{
  CfExpirer *self = data;

  cf_memory_thread_balance (); /* from now on what it frees counts */
  cf_mutex_lock (&self->lock);
  while (!self->is_over)
    {
      gint64 sleep_us = -1;

      self->is_alarmed = FALSE;
      if (self->is_active)
        {
          cf_mutex_unlock (&self->lock);
          sleep_us = work (self);
          cf_mutex_lock (&self->lock);
        }
      if (self->is_alarmed || self->is_over)
        continue;
      if (sleep_us < 0)
        cf_cond_wait (&self->changed, &self->lock);
      else
        cf_cond_wait_until (&self->changed, &self->lock,
                            g_get_monotonic_time () + sleep_us);
    }
  cf_mutex_unlock (&self->lock);
  return NULL;
}

/**
 * cf_expirer_new:
 * @keyspace: (transfer none): a keyspace that no other thread uses yet
 * @hooks: (nullable): what to call around each stretch of work
 *
 * Returns: (transfer full): an expirer, which does not run yet
 */
CfExpirer *
cf_expirer_new (CfKeyspace *keyspace, const CfExpirerHooks *hooks)
{
  CfExpirer *self = g_new0 (CfExpirer, 1);

  self->keyspace = keyspace;
  if (hooks != NULL)
    self->hooks = *hooks;
  self->is_active = TRUE;
  cf_mutex_init (&self->lock, CF_LOCK_EXPIRER, 0);
  cf_cond_init (&self->changed);
  cf_keyspace_set_alarm (keyspace, on_alarm, self);
  return self;
}

/**
 * cf_expirer_free:
 * @self: (nullable) (transfer full): an expirer; nobody uses its keyspace
 */
void
cf_expirer_free (CfExpirer *self)
{
  if (self == NULL)
    return;
  cf_expirer_stop (self);
  cf_keyspace_set_alarm (self->keyspace, NULL, NULL);
  cf_cond_clear (&self->changed);
  cf_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * cf_expirer_start:
 * @self: an expirer that does not run
 *
 * Starts its thread.
 */
void
cf_expirer_start (CfExpirer *self)
{
  g_assert (self->thread == NULL);
  self->is_over = FALSE;
  self->thread = g_thread_new ("expirer", run, self);
}

/**
 * cf_expirer_stop:
 * @self: an expirer
 *
 * Ends its thread, if it runs, and waits for that.
 */
void
cf_expirer_stop (CfExpirer *self)
{
  if (self->thread == NULL)
    return;
  cf_mutex_lock (&self->lock);
  self->is_over = TRUE;
  cf_cond_signal (&self->changed);
  cf_mutex_unlock (&self->lock);
  g_thread_join (g_steal_pointer (&self->thread));
}

/**
 * cf_expirer_set_active:
 * @self: an expirer
 * @is_active: whether it shall remove keys
 *
 * While it does not, keys past their deadline are still not seen by commands,
 * and go when one looks for them.
 */
void
cf_expirer_set_active (CfExpirer *self, gboolean is_active)
{
  cf_mutex_lock (&self->lock);
  self->is_active = is_active;
  self->is_alarmed = TRUE;
  cf_cond_signal (&self->changed);
  cf_mutex_unlock (&self->lock);
}
