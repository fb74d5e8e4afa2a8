/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/lock.h"

static void
test_lock_order_kept (void)
{
  CfMutex outer, inner;

  cf_mutex_init (&outer, CF_LOCK_SLOT, 1);
  cf_mutex_init (&inner, CF_LOCK_SLOT, 2);
  cf_mutex_lock (&outer);
  cf_mutex_lock (&inner);
  cf_mutex_assert_held (&outer);
  cf_mutex_unlock (&inner);
  cf_mutex_unlock (&outer);
  cf_mutex_clear (&inner);
  cf_mutex_clear (&outer);
}

static void
test_lock_order_broken (void)
{
#ifdef CF_DEBUG_LOCKS
  if (g_test_subprocess ())
    {
      CfMutex stats, slot;

      cf_mutex_init (&stats, CF_LOCK_STATS, 0);
      cf_mutex_init (&slot, CF_LOCK_SLOT, 3);
      cf_mutex_lock (&stats);
      cf_mutex_lock (&slot); /* dies here */
      cf_mutex_unlock (&slot);
      cf_mutex_unlock (&stats);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*CfSlot.lock #3 taken while holding "
                             "CfStats.lock*");
#else
  g_test_skip ("built without --enable-debug");
#endif
}

static int counter;

static gpointer
count_up (gpointer data)
{
  CfMutex *lock = data;

  for (int i = 0; i < 10000; i++)
    {
      cf_mutex_lock (lock);
      counter++;
      cf_mutex_unlock (lock);
    }
  return NULL;
}

static void
test_lock_excludes (void)
{
  CfMutex lock;
  GThread *threads[4];

  cf_mutex_init (&lock, CF_LOCK_STATS, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("count", count_up, &lock);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (counter, ==, 40000);
  cf_mutex_clear (&lock);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/lock/order-kept", test_lock_order_kept);
  g_test_add_func ("/base/lock/order-broken", test_lock_order_broken);
  g_test_add_func ("/base/lock/excludes", test_lock_excludes);
  return g_test_run ();
}
