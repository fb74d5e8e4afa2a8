/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_memory_usage (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "MEMORY USAGE none", "$-1\r\n" },
    { "SET k v", "+OK\r\n" },
    { "MEMORY USAGE k SAMPLES", "-ERR syntax error\r\n" },
    { "MEMORY USAGE k NOPE 1", "-ERR syntax error\r\n" },
    { "MEMORY USAGE k SAMPLES -1", "-ERR syntax error\r\n" },
    { "MEMORY USAGE k SAMPLES x",
      "-ERR value is not an integer or out of range\r\n" },
    { "MEMORY PURGE", "+OK\r\n" },
    { "SETRANGE big 1000000 x", ":1000001\r\n" },
  };
  g_autofree char *small = NULL, *big = NULL;

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  small = fixture_run (fixture, 0, "MEMORY USAGE k SAMPLES 5");
  g_assert_cmpint (atoi (small + 1), >, 8);
  g_assert_cmpint (atoi (small + 1), <, 200);
  big = fixture_run (fixture, 0, "MEMORY USAGE big");
  g_assert_cmpint (atoi (big + 1), >, 1000000);
}

static void
test_memory_reports (Fixture *fixture, gconstpointer data)
{
  g_autofree char *stats = fixture_run (fixture, 0, "MEMORY STATS");
  g_autofree char *malloc_stats =
      fixture_run (fixture, 0, "MEMORY MALLOC-STATS");
  g_autofree char *doctor = fixture_run (fixture, 0, "MEMORY DOCTOR");

  g_assert_nonnull (strstr (stats, "$14\r\npeak.allocated\r\n:"));
  g_assert_nonnull (strstr (stats, "keys.count"));
  g_assert_true (g_str_has_prefix (stats, "*54\r\n"));
  g_assert_nonnull (strstr (stats, "allocator-rss.bytes\r\n:"));
  g_assert_cmpint (malloc_stats[0], ==, '$');
  g_assert_cmpint (doctor[0], ==, '$');
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/memory/usage", test_memory_usage);
  fixture_add ("/commands/memory/reports", test_memory_reports);
  return g_test_run ();
}
