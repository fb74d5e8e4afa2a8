/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/priority.h"

#include <sys/prctl.h>
#include <sys/resource.h>

static gint
nice_of (gint thread)
{
  return getpriority (PRIO_PROCESS, (id_t) thread);
}

static gpointer
lower_and_restore (gpointer data)
{
  gint self = cf_priority_self (), before = nice_of (self);

  cf_priority_lower (self);
  if (nice_of (self) == before)
    return GINT_TO_POINTER (TRUE); /* there is no way back, so it stayed */
  g_assert_cmpint (nice_of (self), >, before);
  cf_priority_restore (self);
  g_assert_cmpint (nice_of (self), ==, before);
  return GINT_TO_POINTER (TRUE);
}

static void
test_lower_and_restore (void)
{
  GThread *thread = g_thread_new ("lower", lower_and_restore, NULL);

  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
}

static gpointer
lower_for_good (gpointer data)
{
  gint before = nice_of (cf_priority_self ());

  cf_priority_lower_self ();
  if (before < 19)
    g_assert_cmpint (nice_of (cf_priority_self ()), >, before);
  return NULL;
}

/* Another thread keeps its own. */
static void
test_lower_self (void)
{
  gint before = nice_of (cf_priority_self ());

  g_thread_join (g_thread_new ("lower", lower_for_good, NULL));
  g_assert_cmpint (nice_of (cf_priority_self ()), ==, before);
}

static gpointer
sleep_exactly (gpointer data)
{
  cf_priority_sleep_exactly ();
  return GINT_TO_POINTER (prctl (PR_GET_TIMERSLACK));
}

static void
test_sleep_exactly (void)
{
  GThread *thread = g_thread_new ("exact", sleep_exactly, NULL);

  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, 1);
  g_assert_cmpint (prctl (PR_GET_TIMERSLACK), >, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cf_priority_init ();
  g_test_add_func ("/base/priority/lower-and-restore", test_lower_and_restore);
  g_test_add_func ("/base/priority/lower-self", test_lower_self);
  g_test_add_func ("/base/priority/sleep-exactly", test_sleep_exactly);
  return g_test_run ();
}
