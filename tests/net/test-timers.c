/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/timers.h"

#define N_TIMERS 1000

static gboolean
is_due_before (const CfTimer *timer, gint64 due_ms)
{
  return timer->place != 0 && timer->due_ms < due_ms;
}

/* Timers come in the order in which they are due, however they were set. */
static void
test_order (void)
{
  CfTimer timers[N_TIMERS] = { 0 };
  CfTimers set;
  CfTimer *timer;
  gint64 last_ms = G_MININT64;
  guint n = 0;

  cf_timers_init (&set);
  g_assert_cmpint (cf_timers_next_ms (&set), ==, G_MAXINT64);
  for (guint i = 0; i < N_TIMERS; i++)
    cf_timers_set (&set, &timers[i], g_test_rand_int_range (0, 1000));
  for (guint i = 0; i < N_TIMERS; i += 3) /* put off or sooner */
    cf_timers_set (&set, &timers[i], g_test_rand_int_range (0, 2000));
  for (guint i = 1; i < N_TIMERS; i += 3)
    cf_timers_unset (&set, &timers[i]);
  while ((timer = cf_timers_pop_due (&set, 5000)) != NULL)
    {
      g_assert_cmpint (timer->due_ms, >=, last_ms);
      g_assert_cmpuint (timer->place, ==, 0);
      g_assert_cmpuint ((guint) (timer - timers) % 3, !=, 1);
      last_ms = timer->due_ms;
      n++;
    }
  g_assert_cmpuint (n, ==, N_TIMERS - N_TIMERS / 3);
  cf_timers_clear (&set);
}

static void
test_only_due (void)
{
  CfTimer timers[N_TIMERS] = { 0 };
  CfTimers set;

  cf_timers_init (&set);
  for (guint i = 0; i < N_TIMERS; i++)
    cf_timers_set (&set, &timers[i], g_test_rand_int_range (0, 1000));
  for (gint64 now_ms = 0; now_ms < 1000; now_ms += 10)
    {
      while (cf_timers_pop_due (&set, now_ms) != NULL)
        ;
      g_assert_cmpint (cf_timers_next_ms (&set), >, now_ms);
      for (guint i = 0; i < N_TIMERS; i++)
        g_assert_false (is_due_before (&timers[i], now_ms + 1));
    }
  cf_timers_clear (&set);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/timers/order", test_order);
  g_test_add_func ("/net/timers/only-due", test_only_due);
  return g_test_run ();
}
