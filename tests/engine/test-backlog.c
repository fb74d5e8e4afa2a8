/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/backlog.h"

static guint n_referred;
static guint n_woken;

static gpointer
refer (gpointer waiter)
{
  n_referred++;
  return waiter;
}

static void
wake (gpointer waiter)
{
  g_assert_true (waiter == &n_woken);
  n_woken++;
}

static const CfWaiter waiter = { &n_woken, wake, refer };

static void
test_press (void)
{
  g_autoptr (CfBacklog) backlog = cf_backlog_new ();

  n_referred = n_woken = 0;
  g_assert_false (cf_backlog_join (backlog, &waiter));
  cf_backlog_press (backlog, 1);
  g_assert_true (cf_backlog_join (backlog, &waiter));
  cf_backlog_press (backlog, 1);
  g_assert_true (cf_backlog_join (backlog, &waiter));
  cf_backlog_press (backlog, -1);
  g_assert_cmpuint (n_woken, ==, 0);
  cf_backlog_press (backlog, -1);
  g_assert_cmpuint (n_woken, ==, 2);
  g_assert_cmpuint (n_referred, ==, 2);
  g_assert_false (cf_backlog_join (backlog, &waiter));
}

static void
test_handlers (void)
{
  g_autoptr (CfBacklog) backlog = cf_backlog_new ();

  n_woken = 0;
  cf_backlog_count_handlers (backlog, 2, 3);
  g_assert_false (cf_backlog_join (backlog, &waiter));
  cf_backlog_count_handlers (backlog, 1, 3);
  g_assert_true (cf_backlog_join (backlog, &waiter));
  cf_backlog_press (backlog, 1);
  cf_backlog_count_handlers (backlog, -1, 3);
  g_assert_cmpuint (n_woken, ==, 0);
  cf_backlog_press (backlog, -1);
  g_assert_cmpuint (n_woken, ==, 1);
  /* The setting may change. */
  cf_backlog_count_handlers (backlog, 1, 0);
  g_assert_false (cf_backlog_join (backlog, &waiter));
  cf_backlog_count_handlers (backlog, 0, 3);
  g_assert_true (cf_backlog_join (backlog, &waiter));
}

/* Whoever waits at the end is woken. */
static void
test_end (void)
{
  CfBacklog *backlog = cf_backlog_new ();

  n_woken = 0;
  cf_backlog_press (backlog, 1);
  g_assert_true (cf_backlog_join (backlog, &waiter));
  cf_backlog_free (backlog);
  g_assert_cmpuint (n_woken, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/backlog/press", test_press);
  g_test_add_func ("/engine/backlog/handlers", test_handlers);
  g_test_add_func ("/engine/backlog/end", test_end);
  return g_test_run ();
}
