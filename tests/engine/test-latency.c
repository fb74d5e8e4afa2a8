/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/latency.h"

static void
test_latency_worst_of_a_second (void)
{
  g_autoptr (CfLatency) latency = cf_latency_new ();
  g_autoptr (GArray) samples = NULL;
  g_autoptr (GArray) events = NULL;
  const CfLatencyEvent *event;

  cf_latency_add (latency, "command", 10, 1000);
  cf_latency_add (latency, "command", 30, 1500);
  cf_latency_add (latency, "command", 20, 1999);
  cf_latency_add (latency, "command", 5, 2000);
  samples = cf_latency_history (latency, "command");
  g_assert_cmpuint (samples->len, ==, 2);
  g_assert_cmpuint (g_array_index (samples, CfLatencySample, 0).latency_ms, ==,
                    30);
  events = cf_latency_latest (latency);
  g_assert_cmpuint (events->len, ==, 1);
  event = &g_array_index (events, CfLatencyEvent, 0);
  g_assert_cmpstr (event->event, ==, "command");
  g_assert_cmpint (event->latest.time_s, ==, 2);
  g_assert_cmpuint (event->latest.latency_ms, ==, 5);
  g_assert_cmpuint (event->max_ms, ==, 30);
}

static void
test_latency_ring (void)
{
  g_autoptr (CfLatency) latency = cf_latency_new ();
  g_autoptr (GArray) samples = NULL;

  for (guint i = 0; i < CF_LATENCY_SAMPLES + 5; i++)
    cf_latency_add (latency, "x", i, i * 1000);
  samples = cf_latency_history (latency, "x");
  g_assert_cmpuint (samples->len, ==, CF_LATENCY_SAMPLES);
  g_assert_cmpint (g_array_index (samples, CfLatencySample, 0).time_s, ==, 5);
}

static void
test_latency_reset (void)
{
  g_autoptr (CfLatency) latency = cf_latency_new ();
  g_autoptr (GArray) none = NULL;

  cf_latency_add (latency, "a", 1, 0);
  cf_latency_add (latency, "b", 1, 0);
  g_assert_cmpuint (cf_latency_reset (latency, "nothing"), ==, 0);
  g_assert_cmpuint (cf_latency_reset (latency, "a"), ==, 1);
  g_assert_cmpuint (cf_latency_reset (latency, NULL), ==, 1);
  none = cf_latency_history (latency, "b");
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_latency_bounded (void)
{
  g_autoptr (CfLatency) latency = cf_latency_new ();

  for (guint i = 0; i < 2 * CF_LATENCY_EVENTS_MAX; i++)
    {
      g_autofree char *event = g_strdup_printf ("event-%u", i);

      cf_latency_add (latency, event, 1, 0);
    }
  g_assert_cmpuint (cf_latency_reset (latency, NULL), ==,
                    CF_LATENCY_EVENTS_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/latency/worst-of-a-second",
                   test_latency_worst_of_a_second);
  g_test_add_func ("/engine/latency/ring", test_latency_ring);
  g_test_add_func ("/engine/latency/reset", test_latency_reset);
  g_test_add_func ("/engine/latency/bounded", test_latency_bounded);
  return g_test_run ();
}
