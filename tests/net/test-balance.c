/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/balance.h"

#define SAMPLE_US (G_USEC_PER_SEC / 4)

/* Asks @n times, and returns how often it wanted a change, with its sign. */
static gint
ask (CfBalance *balance, CfBalanceSample *sample, guint n)
{
  gint changes = 0;

  for (guint i = 0; i < n; i++)
    {
      gint change = cf_balance_decide (balance, sample);

      sample->n_active = (guint) ((gint) sample->n_active + change);
      sample->now_us += SAMPLE_US;
      changes += change;
    }
  return changes;
}

static CfBalanceSample
busy_sample (void)
{
  return (CfBalanceSample){
    .now_us = 1000 * (gint64) G_USEC_PER_SEC,
    .n_active = 1,
    .n_connections = 50,
    .least_busy = 0.99,
    .all_busy = 0.99,
    .idle_cores = 2,
    .rate = 1e6,
  };
}

static void
test_adds_when_it_helps (void)
{
  CfBalanceSample sample = busy_sample ();
  CfBalance balance;

  cf_balance_init (&balance, 2);
  g_assert_cmpint (ask (&balance, &sample, 3), ==, 0);
  g_assert_cmpint (ask (&balance, &sample, 1), ==, 1);
  sample.rate = 1.5e6;
  sample.all_busy = 1.9;
  g_assert_cmpint (ask (&balance, &sample, 1000), ==, 0);
}

/* What did not help is undone, and tried again ever more seldom. */
static void
test_takes_back (void)
{
  CfBalanceSample sample = busy_sample ();
  CfBalance balance;
  gint64 start_us = sample.now_us, waits_us[3];

  cf_balance_init (&balance, 2);
  for (guint i = 0; i < 3; i++)
    {
      while (sample.n_active == 1)
        ask (&balance, &sample, 1);
      waits_us[i] = sample.now_us - start_us;
      while (sample.n_active == 2)
        ask (&balance, &sample, 1);
      start_us = sample.now_us;
    }
  g_assert_cmpint (waits_us[1], >, waits_us[0]);
  g_assert_cmpint (waits_us[2], >, waits_us[1]);
}

/* One client cannot be on two cores. */
static void
test_needs_connections (void)
{
  CfBalanceSample sample = busy_sample ();
  CfBalance balance;

  cf_balance_init (&balance, 8);
  sample.n_connections = 1;
  g_assert_cmpint (ask (&balance, &sample, 1000), ==, 0);
  sample.n_connections = 2;
  g_assert_cmpint (ask (&balance, &sample, 4), ==, 1);
}

static void
test_needs_idle_cores (void)
{
  CfBalanceSample sample = busy_sample ();
  CfBalance balance;

  cf_balance_init (&balance, 8);
  sample.idle_cores = 0.1;
  g_assert_cmpint (ask (&balance, &sample, 1000), ==, 0);
  sample.idle_cores = -1;
  g_assert_cmpint (ask (&balance, &sample, 1000), ==, 0);
}

/* Where a command takes long, another core is used sooner. */
static void
test_dear_commands (void)
{
  CfBalanceSample sample = busy_sample ();
  CfBalance balance;

  cf_balance_init (&balance, 2);
  sample.rate = 5000;
  g_assert_cmpint (ask (&balance, &sample, 1), ==, 0);
  g_assert_cmpint (ask (&balance, &sample, 1), ==, 1);
  sample.rate = 9000;
  sample.all_busy = 1.9;
  g_assert_cmpint (ask (&balance, &sample, 1000), ==, 0);
}

/* Hand-overs are enough, though no core is idle and the loop often waits. */
static void
test_hand_overs (void)
{
  CfBalanceSample sample = busy_sample ();
  CfBalance balance;

  cf_balance_init (&balance, 2);
  sample.rate = 500;
  sample.idle_cores = 0.1;
  sample.least_busy = 0.6;
  sample.hand_overs = 10;
  g_assert_cmpint (ask (&balance, &sample, 1000), ==, 0);
  sample.hand_overs = 300;
  g_assert_cmpint (ask (&balance, &sample, 1), ==, 0);
  g_assert_cmpint (ask (&balance, &sample, 1), ==, 1);
  sample.rate = 900;
  sample.all_busy = 1.9;
  sample.hand_overs = 0;
  g_assert_cmpint (ask (&balance, &sample, 1000), ==, 0);
}

/* With all loops active, and after a trial that did not help, hand-overs
 * change nothing. */
static void
test_hand_overs_in_vain (void)
{
  CfBalanceSample sample = busy_sample ();
  CfBalance balance;

  cf_balance_init (&balance, 2);
  sample.rate = 500;
  sample.hand_overs = 300;
  g_assert_cmpint (ask (&balance, &sample, 2), ==, 1);
  g_assert_cmpint (ask (&balance, &sample, 4), ==, -1);
  g_assert_cmpint (ask (&balance, &sample, 30), ==, 0);
  cf_balance_init (&balance, 1);
  g_assert_cmpint (ask (&balance, &sample, 1000), ==, 0);
}

static void
test_removes_idle_loop (void)
{
  CfBalanceSample sample = busy_sample ();
  CfBalance balance;

  cf_balance_init (&balance, 2);
  sample.n_active = 2;
  sample.all_busy = 0.7;
  sample.least_busy = 0.3;
  g_assert_cmpint (ask (&balance, &sample, 100), ==, 0);
  sample.all_busy = 0.4;
  g_assert_cmpint (ask (&balance, &sample, 100), ==, -1);
  g_assert_cmpuint (sample.n_active, ==, 1);
}

/* Loops that were right for one load are tried without for another, and stay
 * away unless they are missed. */
static void
test_tries_less_for_another_load (void)
{
  CfBalanceSample sample = busy_sample ();
  CfBalance balance;

  for (guint helps = 0; helps < 2; helps++)
    {
      cf_balance_init (&balance, 2);
      sample = busy_sample ();
      g_assert_cmpint (ask (&balance, &sample, 4), ==, 1);
      sample.rate = 2e6;
      sample.all_busy = 1.9;
      g_assert_cmpint (ask (&balance, &sample, 100), ==, 0);
      sample.rate = 1e5;
      g_assert_cmpint (ask (&balance, &sample, 2), ==, -1);
      sample.all_busy = 0.95;
      sample.least_busy = 0.8;
      if (helps)
        sample.rate = 0.9e5;
      g_assert_cmpint (ask (&balance, &sample, 100), ==, helps);
    }
}

static void
test_idle_of_machine (void)
{
  gint64 last_us = 0;
  guint64 last_idle = 0;
  double cores;

  if (cf_balance_read_idle (G_USEC_PER_SEC, &last_us, &last_idle) < 0 &&
      last_us == 0)
    {
      g_test_skip ("the system does not tell");
      return;
    }
  cores = cf_balance_read_idle (1000 * (gint64) G_USEC_PER_SEC, &last_us,
                                &last_idle);
  g_assert_cmpfloat (cores, >=, 0);
  g_assert_cmpint (last_us, ==, 1000 * (gint64) G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/balance/adds-when-it-helps", test_adds_when_it_helps);
  g_test_add_func ("/net/balance/takes-back", test_takes_back);
  g_test_add_func ("/net/balance/needs-connections", test_needs_connections);
  g_test_add_func ("/net/balance/needs-idle-cores", test_needs_idle_cores);
  g_test_add_func ("/net/balance/dear-commands", test_dear_commands);
  g_test_add_func ("/net/balance/hand-overs", test_hand_overs);
  g_test_add_func ("/net/balance/hand-overs-in-vain", test_hand_overs_in_vain);
  g_test_add_func ("/net/balance/removes-idle-loop", test_removes_idle_loop);
  g_test_add_func ("/net/balance/tries-less-for-another-load",
                   test_tries_less_for_another_load);
  g_test_add_func ("/net/balance/idle-of-machine", test_idle_of_machine);
  return g_test_run ();
}
