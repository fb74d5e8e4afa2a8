/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_flush (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "FLUSHALL NOPE", "-ERR syntax error\r\n" },
    { "FLUSHDB ASYNC SYNC", "-ERR syntax error\r\n" },
    { "SET k v", "+OK\r\n" },
    { "SELECT 1", "+OK\r\n" },
    { "SET k v", "+OK\r\n" },
    { "FLUSHDB SYNC", "+OK\r\n" },
    { "DBSIZE", ":0\r\n" },
    { "SELECT 0", "+OK\r\n" },
    { "DBSIZE", ":1\r\n" },
    { "FLUSHALL ASYNC", "+OK\r\n" },
    { "DBSIZE", ":0\r\n" },
    { "SET k v EX 100", "+OK\r\n" },
    { "FLUSHALL", "+OK\r\n" },
    { "DBSIZE", ":0\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  g_assert_cmpint (cf_keyspace_next_deadline (fixture->engine->keyspace), ==,
                   G_MAXINT64);
}

static void
test_swap (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "SWAPDB x 0", "-ERR invalid first DB index\r\n" },
    { "SWAPDB 0 x", "-ERR invalid second DB index\r\n" },
    { "SWAPDB 0 16", "-ERR DB index is out of range\r\n" },
    { "SET k v", "+OK\r\n" },
    { "SWAPDB 0 0", "+OK\r\n" },
    { "GET k", "$1\r\nv\r\n" },
    { "SWAPDB 0 7", "+OK\r\n" },
    { "GET k", "$-1\r\n" },
    { "SELECT 7", "+OK\r\n" },
    { "GET k", "$1\r\nv\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/database/flush", test_flush);
  fixture_add ("/commands/database/swap", test_swap);
  return g_test_run ();
}
