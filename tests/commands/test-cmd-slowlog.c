/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#include "engine/latency.h"

static void
test_slowlog (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "SLOWLOG LEN", ":0\r\n" },
    { "SLOWLOG GET", "*0\r\n" },
    { "SLOWLOG GET x", "-ERR count should be greater than or equal to -1\r\n" },
    { "SLOWLOG GET -2",
      "-ERR count should be greater than or equal to -1\r\n" },
    { "SLOWLOG GET 1 2", "-ERR unknown subcommand or wrong number of arguments "
                         "for 'GET'. Try SLOWLOG HELP.\r\n" },
    { "CONFIG SET slowlog-log-slower-than 0", "+OK\r\n" },
    { "AUTH default secret", "+OK\r\n" },
    { "CONFIG SET slowlog-log-slower-than -1", "+OK\r\n" },
  };
  g_autofree char *entries = NULL;

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  entries = fixture_run (fixture, 0, "SLOWLOG GET -1");
  g_assert_nonnull (strstr (entries, "$4\r\nAUTH\r\n$10\r\n(redacted)\r\n"
                                     "$10\r\n(redacted)\r\n"
                                     "$15\r\n127.0.0.1:40000\r\n$0\r\n\r\n"));
  assert_reply (fixture, "SLOWLOG RESET", "+OK\r\n");
  assert_reply (fixture, "SLOWLOG LEN", ":0\r\n");
}

static void
test_latency (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "LATENCY LATEST", "*1\r\n*4\r\n$7\r\ncommand\r\n:2\r\n:20\r\n:30\r\n" },
    { "LATENCY HISTORY command",
      "*2\r\n*2\r\n:1\r\n:30\r\n*2\r\n:2\r\n:20\r\n" },
    { "LATENCY HISTORY nope", "*0\r\n" },
    { "LATENCY GRAPH nope", "-ERR No samples available for event 'nope'\r\n" },
    { "LATENCY RESET nope", ":0\r\n" },
    { "LATENCY RESET nope command", ":1\r\n" },
    { "LATENCY LATEST", "*0\r\n" },
  };
  g_autofree char *graph = NULL, *doctor = NULL;

  cf_latency_add (fixture->engine->latency, "command", 30, 1000);
  cf_latency_add (fixture->engine->latency, "command", 20, 2000);
  graph = fixture_run (fixture, 0, "LATENCY GRAPH command");
  g_assert_nonnull (strstr (graph, "high 30 ms, low 20 ms"));
  doctor = fixture_run (fixture, 0, "LATENCY DOCTOR");
  g_assert_nonnull (strstr (doctor, "command: the latest spike took 20 ms"));
  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_latency_histogram (Fixture *fixture, gconstpointer data)
{
  g_autofree char *set = NULL, *client = NULL;

  assert_reply (fixture, "LATENCY HISTOGRAM set", "*0\r\n");
  assert_reply (fixture, "SET k v", "+OK\r\n");
  assert_reply (fixture, "CLIENT ID", ":1\r\n");
  assert_reply (fixture, "LATENCY HISTOGRAM nope get", "*0\r\n");
  set = fixture_run (fixture, 0, "LATENCY HISTOGRAM SET");
  g_assert_true (g_str_has_prefix (
      set, "*2\r\n$3\r\nset\r\n*4\r\n$5\r\ncalls\r\n:1\r\n$14\r\n"
           "histogram_usec\r\n*2\r\n"));
  client = fixture_run (fixture, 0, "LATENCY HISTOGRAM client");
  g_assert_nonnull (strstr (client, "client|id"));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/slowlog/slowlog", test_slowlog);
  fixture_add ("/commands/slowlog/latency", test_latency);
  fixture_add ("/commands/slowlog/latency-histogram", test_latency_histogram);
  return g_test_run ();
}
