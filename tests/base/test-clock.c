/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/clock.h"

/* Ticks of @span_us microseconds are as many by the monotonic clock. */
static void
check_ticks (gulong span_us)
{
  gint64 outer = cf_clock_mono_us ();
  guint64 ticks = cf_clock_ticks ();
  gint64 inner = cf_clock_mono_us ();
  guint64 us, ns;

  g_usleep (span_us);
  inner = cf_clock_mono_us () - inner;
  ticks = cf_clock_ticks () - ticks;
  outer = cf_clock_mono_us () - outer;
  us = cf_clock_ticks_to_us (ticks);
  ns = cf_clock_ticks_to_ns (ticks);
  g_assert_cmpuint (us, ==, ns / 1000);
  g_assert_cmpfloat ((double) us, >=, (double) inner * 0.99 - 2);
  g_assert_cmpfloat ((double) us, <=, (double) outer * 1.01 + 2);
}

static void
test_clock_ticks (void)
{
  check_ticks (2000);
  cf_clock_init ();
  cf_clock_init ();
  check_ticks (2000);
  check_ticks (50000);
}

/* A century of ticks does not overflow. */
static void
test_clock_long_span (void)
{
  guint64 second, century;

  cf_clock_init ();
  second = 1000000000 * G_GUINT64_CONSTANT (1000000) /
           cf_clock_ticks_to_us (1000000000);
  century = second * 86400 * 36525;
  g_assert_cmpfloat ((double) cf_clock_ticks_to_us (century), >, 3.1e15);
  g_assert_cmpfloat ((double) cf_clock_ticks_to_us (century), <, 3.2e15);
}

static void
test_clock_wall (void)
{
  gint64 before = g_get_real_time ();
  gint64 us = cf_clock_wall_us ();
  gint64 ms = cf_clock_wall_ms ();
  gint64 after = g_get_real_time ();

  g_assert_cmpint (before, <=, us);
  g_assert_cmpint (us / 1000, <=, ms);
  g_assert_cmpint (ms, <=, after / 1000);
}

static void
test_clock_mono (void)
{
  gint64 before = g_get_monotonic_time ();
  gint64 us = cf_clock_mono_us ();
  guint64 ns = cf_clock_mono_ns ();
  gint64 after = g_get_monotonic_time ();

  g_assert_cmpint (before, <=, us);
  g_assert_cmpuint ((guint64) us, <=, ns / 1000);
  g_assert_cmpuint (ns / 1000, <=, (guint64) after);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/clock/ticks", test_clock_ticks);
  g_test_add_func ("/base/clock/long-span", test_clock_long_span);
  g_test_add_func ("/base/clock/wall", test_clock_wall);
  g_test_add_func ("/base/clock/mono", test_clock_mono);
  return g_test_run ();
}
