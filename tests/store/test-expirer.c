/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/clock.h"
#include "fixture.h"
#include "store/expirer.h"

typedef struct
{
  CfKeyspace *keyspace;
  CfExpirer *expirer;
  CfHold hold;
  gint n_inside; /* (atomic) between enter and leave */
  CfMutex lock;

  /* Protected by @lock. */
  CfCond changed;
  guint n_removed;
  gint64 latest_ms; /* how long after its deadline the last key went */
  gint64 deadline_ms;
} Fixture;

static void
on_removed (gpointer data, guint db, CfSlice key, CfRemoval why)
{
  Fixture *self = data;

  cf_mutex_lock (&self->lock);
  self->n_removed++;
  self->latest_ms = cf_clock_wall_ms () - self->deadline_ms;
  cf_cond_signal (&self->changed);
  cf_mutex_unlock (&self->lock);
}

static void
on_enter (gpointer data)
{
  Fixture *self = data;

  g_assert_cmpint (g_atomic_int_add (&self->n_inside, 1), ==, 0);
}

static void
on_leave (gpointer data)
{
  Fixture *self = data;

  g_assert_cmpint (g_atomic_int_add (&self->n_inside, -1), ==, 1);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  const CfKeyspaceHooks hooks = { on_removed, self };
  const CfExpirerHooks passes = { on_enter, on_leave, self };

  cf_mutex_init (&self->lock, CF_LOCK_STATS, 0);
  cf_cond_init (&self->changed);
  self->keyspace = cf_keyspace_new (16, &hooks);
  self->expirer = cf_expirer_new (self->keyspace, &passes);
  cf_hold_init (&self->hold, self->keyspace);
  cf_expirer_start (self->expirer);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  cf_hold_clear (&self->hold);
  cf_expirer_free (self->expirer);
  cf_keyspace_free (self->keyspace);
  cf_cond_clear (&self->changed);
  cf_mutex_clear (&self->lock);
}

static void
wait_for (Fixture *self, guint n_removed)
{
  gint64 end_us = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;

  cf_mutex_lock (&self->lock);
  while (self->n_removed < n_removed)
    g_assert_true (cf_cond_wait_until (&self->changed, &self->lock, end_us));
  g_assert_cmpuint (self->n_removed, ==, n_removed);
  cf_mutex_unlock (&self->lock);
}

/* Sets @n keys to expire in a moment. */
static void
put_due (Fixture *self, const char *prefix, guint n, gint64 in_ms)
{
  cf_mutex_lock (&self->lock);
  self->deadline_ms = cf_clock_wall_ms () + in_ms;
  cf_mutex_unlock (&self->lock);
  for (guint i = 0; i < n; i++)
    {
      char name[32];
      CfKey key;
      CfValue value = cf_value_int (1);

      g_snprintf (name, sizeof name, "%s%u", prefix, i);
      key = key_of_string (name);
      self->hold.now_ms = self->deadline_ms - in_ms;
      g_assert_true (cf_hold_slots (&self->hold, &key, 1, NULL));
      g_assert_nonnull (cf_keyspace_put (self->keyspace, &self->hold, i % 2,
                                         &key, &value, self->deadline_ms));
      cf_hold_release (&self->hold);
    }
}

/* Each deadline is earlier than the one the expirer waits for. */
static void
test_expirer_earlier (Fixture *self, gconstpointer data)
{
  put_due (self, "never", 10, 1000000);
  put_due (self, "later", 10, 100);
  put_due (self, "soon", 10, 5);
  put_due (self, "now", 10, 0);
  wait_for (self, 30);
}

/* As promised: whatever else has a deadline. */
static void
test_expirer_on_time (Fixture *self, gconstpointer data)
{
  gint64 deadline_ms;

  put_due (self, "other", 20000, 1000000);
  put_due (self, "due", 1000, 50);
  wait_for (self, 1000);
  cf_mutex_lock (&self->lock);
  deadline_ms = self->deadline_ms;
  g_assert_cmpint (self->latest_ms, >=, 0);
  g_test_message ("the last of 1000 went %" G_GINT64_FORMAT " ms late",
                  self->latest_ms);
  cf_mutex_unlock (&self->lock);
  g_assert_cmpint (cf_keyspace_next_deadline (self->keyspace), >, deadline_ms);
}

static void
test_expirer_inactive (Fixture *self, gconstpointer data)
{
  cf_expirer_set_active (self->expirer, FALSE);
  /* It may be at work on nothing still; from here on it is not. */
  cf_expirer_stop (self->expirer);
  cf_expirer_start (self->expirer);
  put_due (self, "k", 10, -1000);
  g_assert_cmpuint (cf_keyspace_size (self->keyspace, 0), ==, 5);
  cf_expirer_set_active (self->expirer, TRUE);
  wait_for (self, 10);
}

/* What is claimed goes when the claim has ended. */
static void
test_expirer_claimed (Fixture *self, gconstpointer data)
{
  CfKey key = key_of_string ("mine0");
  CfHold hold;

  cf_hold_init (&hold, self->keyspace);
  put_due (self, "mine", 1, 100000);
  g_assert_true (cf_hold_claims (&hold, &key, 1, NULL));
  g_assert_nonnull (
      cf_keyspace_set_deadline (self->keyspace, &hold, 0, &key, 1000));
  put_due (self, "other", 100, -1);
  wait_for (self, 100);
  cf_hold_release (&hold);
  wait_for (self, 101);
  cf_hold_clear (&hold);
}

#define ADD(name, function)                                                    \
  g_test_add ("/store/expirer/" name, Fixture, NULL, set_up, function,         \
              tear_down)

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
  ADD ("earlier", test_expirer_earlier);
  ADD ("on-time", test_expirer_on_time);
  ADD ("inactive", test_expirer_inactive);
  ADD ("claimed", test_expirer_claimed);
  return g_test_run ();
}
