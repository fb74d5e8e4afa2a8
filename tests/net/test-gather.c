/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/gather.h"

#define MANY 50
#define FEW 8

/* Has @n connections take their turns for some windows. */
static void
keep_busy (CfGather *self, guint n)
{
  guint windows[MANY] = { 0 };

  for (gint64 now_ms = 1000; now_ms < 2000; now_ms += 10)
    {
      cf_gather_begin_round (self, now_ms);
      for (guint i = 0; i < n; i++)
        cf_gather_meet (self, &windows[i]);
    }
}

static void
test_many (void)
{
  CfGather self = { 0 };

  g_assert_cmpuint (cf_gather_moment_us (&self), ==, 0);
  keep_busy (&self, MANY);
  g_assert_cmpuint (self.n_busy, ==, MANY);
  g_assert_cmpuint (cf_gather_moment_us (&self), ==, 0);
  cf_gather_slept (&self, 5);
  g_assert_cmpuint (cf_gather_moment_us (&self), >, 0);
  cf_gather_brought (&self, 7);
  g_assert_cmpuint (cf_gather_moment_us (&self), >, 0);
}

/* A few would all wait for their answers meanwhile. */
static void
test_few (void)
{
  CfGather self = { 0 };

  keep_busy (&self, FEW);
  cf_gather_slept (&self, 5);
  g_assert_cmpuint (self.n_busy, ==, FEW);
  g_assert_cmpuint (cf_gather_moment_us (&self), ==, 0);
}

/* Where requests come seldom, to sleep until one does is best. */
static void
test_seldom (void)
{
  CfGather self = { 0 };

  keep_busy (&self, MANY);
  cf_gather_slept (&self, 5);
  cf_gather_slept (&self, CF_GATHER_MOST_US);
  g_assert_cmpuint (cf_gather_moment_us (&self), ==, 0);
}

/* What brought little is not tried again soon. */
static void
test_in_vain (void)
{
  CfGather self = { 0 };
  guint n = 0;

  keep_busy (&self, MANY);
  cf_gather_slept (&self, 5);
  for (guint i = 0; i < 20; i++)
    {
      self.n_to_wait = 0;
      cf_gather_brought (&self, 1);
    }
  for (; cf_gather_moment_us (&self) == 0; n++)
    cf_gather_slept (&self, 5);
  g_assert_cmpuint (n, >, 100);
  g_assert_cmpuint (n, <, 1000);
}

/* The first time may have been chance. */
static void
test_once_in_vain (void)
{
  CfGather self = { 0 };

  keep_busy (&self, MANY);
  cf_gather_slept (&self, 5);
  cf_gather_brought (&self, 1);
  g_assert_cmpuint (cf_gather_moment_us (&self), ==, 0);
  cf_gather_slept (&self, 5);
  g_assert_cmpuint (cf_gather_moment_us (&self), >, 0);
}

/* The fewer they are, the shorter. */
static void
test_longer_for_more (void)
{
  CfGather few = { 0 }, many = { 0 };

  keep_busy (&few, 20);
  cf_gather_slept (&few, 5);
  keep_busy (&many, MANY);
  cf_gather_slept (&many, 5);
  g_assert_cmpuint (cf_gather_moment_us (&few), >, 0);
  g_assert_cmpuint (cf_gather_moment_us (&few), <, cf_gather_moment_us (&many));
  g_assert_cmpuint (cf_gather_moment_us (&many), <=, CF_GATHER_MOST_US);
}

/* When the many have gone, so has the reason. */
static void
test_over (void)
{
  CfGather self = { 0 };

  keep_busy (&self, MANY);
  cf_gather_slept (&self, 5);
  cf_gather_begin_round (&self, 3000);
  cf_gather_begin_round (&self, 4000);
  g_assert_cmpuint (cf_gather_moment_us (&self), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/gather/many", test_many);
  g_test_add_func ("/net/gather/few", test_few);
  g_test_add_func ("/net/gather/seldom", test_seldom);
  g_test_add_func ("/net/gather/in-vain", test_in_vain);
  g_test_add_func ("/net/gather/once-in-vain", test_once_in_vain);
  g_test_add_func ("/net/gather/longer-for-more", test_longer_for_more);
  g_test_add_func ("/net/gather/over", test_over);
  return g_test_run ();
}
