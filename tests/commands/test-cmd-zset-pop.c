/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_zpop (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 1 a 2 b 3 c 4 d 5 e 6 f", ":6\r\n" },
    { "ZPOPMIN z", "*2\r\n$1\r\na\r\n$1\r\n1\r\n" },
    { "ZPOPMAX z", "*2\r\n$1\r\nf\r\n$1\r\n6\r\n" },
    { "ZPOPMIN z 0", "*0\r\n" },
    { "ZPOPMIN z 2", "*4\r\n$1\r\nb\r\n$1\r\n2\r\n$1\r\nc\r\n$1\r\n3\r\n" },
    { "ZPOPMAX z 1", "*2\r\n$1\r\ne\r\n$1\r\n5\r\n" },
    { "ZPOPMAX z 100", "*2\r\n$1\r\nd\r\n$1\r\n4\r\n" },
    { "EXISTS z", ":0\r\n" },
    { "ZPOPMIN z", "*0\r\n" },
    { "ZPOPMIN z 2", "*0\r\n" },
    { "ZADD z 1 a", ":1\r\n" },
    { "ZPOPMIN z -1", "-ERR value is out of range, must be positive\r\n" },
    { "ZPOPMIN z x", "-ERR value is out of range, must be positive\r\n" },
    { "ZPOPMIN z 1 2", "-ERR syntax error\r\n" },
    { "ZPOPMIN z 9223372036854775808",
      "-ERR value is out of range, must be positive\r\n" },
    { "SET s x", "+OK\r\n" },
    { "ZPOPMIN s", "-WRONGTYPE Operation against a key holding the wrong kind "
                   "of value\r\n" },
    { "ZPOPMAX s 0", "-WRONGTYPE Operation against a key holding the wrong "
                     "kind of value\r\n" },
    { "ZPOPMIN", "-ERR wrong number of arguments for 'zpopmin' command\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_zpop_resp3 (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 1 a 2 b 3 c 4 d 5 e 6 f", ":6\r\n" },
    { "ZPOPMIN z", "*2\r\n$1\r\na\r\n,1\r\n" },
    { "ZPOPMAX z", "*2\r\n$1\r\nf\r\n,6\r\n" },
    { "ZPOPMIN z 0", "*0\r\n" },
    { "ZPOPMIN z 2", "*2\r\n*2\r\n$1\r\nb\r\n,2\r\n*2\r\n$1\r\nc\r\n,3\r\n" },
    { "ZPOPMAX z 1", "*1\r\n*2\r\n$1\r\ne\r\n,5\r\n" },
    { "ZPOPMAX z 100", "*1\r\n*2\r\n$1\r\nd\r\n,4\r\n" },
    { "EXISTS z", ":0\r\n" },
    { "ZPOPMIN z", "*0\r\n" },
    { "ZPOPMIN z 2", "*0\r\n" },
    { "ZADD z 1 a", ":1\r\n" },
    { "SET s x", "+OK\r\n" },
  };

  fixture->clients[0].resp = 3;
  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_zmpop (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 1 a 2 b 3 c 4 d", ":4\r\n" },
    { "ZMPOP 1 z MIN", "*2\r\n$1\r\nz\r\n*1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n" },
    { "ZMPOP 2 none z MAX COUNT 2", "*2\r\n$1\r\nz\r\n*2\r\n*2\r\n$1\r\nd\r\n$"
                                    "1\r\n4\r\n*2\r\n$1\r\nc\r\n$1\r\n3\r\n" },
    { "ZMPOP 1 z MIN COUNT 10",
      "*2\r\n$1\r\nz\r\n*1\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n" },
    { "ZMPOP 1 z MIN", "*-1\r\n" },
    { "ZMPOP 0 z MIN", "-ERR numkeys should be greater than 0\r\n" },
    { "ZMPOP -1 z MIN", "-ERR numkeys should be greater than 0\r\n" },
    { "ZMPOP x z MIN", "-ERR numkeys should be greater than 0\r\n" },
    { "ZMPOP 2 z MIN", "-ERR syntax error\r\n" },
    { "ZMPOP 1 z MID", "-ERR syntax error\r\n" },
    { "ZMPOP 1 z", "-ERR wrong number of arguments for 'zmpop' command\r\n" },
    { "ZMPOP 1 z MIN COUNT", "-ERR syntax error\r\n" },
    { "ZMPOP 1 z MIN COUNT 0", "-ERR count should be greater than 0\r\n" },
    { "ZMPOP 1 z MIN COUNT x", "-ERR count should be greater than 0\r\n" },
    { "ZMPOP 1 z MIN COUNT 1 COUNT 2", "-ERR syntax error\r\n" },
    { "ZMPOP 1 z MIN nonsense", "-ERR syntax error\r\n" },
    { "ZMPOP 9223372036854775807 z MIN", "-ERR syntax error\r\n" },
    { "SET s x", "+OK\r\n" },
    { "ZADD z 1 a", ":1\r\n" },
    { "ZMPOP 2 s z MIN", "-WRONGTYPE Operation against a key holding the wrong "
                         "kind of value\r\n" },
    { "ZMPOP 2 z s MIN",
      "*2\r\n$1\r\nz\r\n*1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n" },
    { "ZMPOP 2 none s MIN COUNT 2", "-WRONGTYPE Operation against a key "
                                    "holding the wrong kind of value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_bzpop (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 1 a 2 b 3 c 4 d", ":4\r\n" },
    { "BZPOPMIN z 0", "*3\r\n$1\r\nz\r\n$1\r\na\r\n$1\r\n1\r\n" },
    { "BZPOPMAX none z 0", "*3\r\n$1\r\nz\r\n$1\r\nd\r\n$1\r\n4\r\n" },
    { "BZPOPMIN none x", "-ERR timeout is not a float or out of range\r\n" },
    { "BZPOPMIN none -1", "-ERR timeout is negative\r\n" },
    { "BZPOPMIN z",
      "-ERR wrong number of arguments for 'bzpopmin' command\r\n" },
    { "SET s x", "+OK\r\n" },
    { "BZPOPMIN s z 0", "-WRONGTYPE Operation against a key holding the wrong "
                        "kind of value\r\n" },
    { "BZPOPMIN none s 0", "-WRONGTYPE Operation against a key holding the "
                           "wrong kind of value\r\n" },
    { "BZMPOP 0 1 z MIN",
      "*2\r\n$1\r\nz\r\n*1\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n" },
    { "BZMPOP 0 2 none z MAX COUNT 5",
      "*2\r\n$1\r\nz\r\n*1\r\n*2\r\n$1\r\nc\r\n$1\r\n3\r\n" },
    { "BZMPOP x 1 z MIN", "-ERR timeout is not a float or out of range\r\n" },
    { "BZMPOP -1 1 z MIN", "-ERR timeout is negative\r\n" },
    { "BZMPOP 0 0 z MIN", "-ERR numkeys should be greater than 0\r\n" },
    { "BZMPOP x 0 z MIN", "-ERR numkeys should be greater than 0\r\n" },
    { "BZMPOP 0 1 z MID", "-ERR syntax error\r\n" },
    { "BZMPOP 0 1 s MIN", "-WRONGTYPE Operation against a key holding the "
                          "wrong kind of value\r\n" },
    { "MULTI", "+OK\r\n" },
    { "BZPOPMIN none 0", "+QUEUED\r\n" },
    { "BZMPOP 0 1 none MIN", "+QUEUED\r\n" },
    { "EXEC", "*2\r\n*-1\r\n*-1\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_events (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "ZADD z 1 a 2 b 3 c 4 d 5 e 6 f", ":6\r\n");
  assert_events (fixture, "zadd z\n");
  assert_records (fixture, "ZADD z 1 a 2 b 3 c 4 d 5 e 6 f\n");
  g_free (fixture_run (fixture, 0, "ZPOPMIN z"));
  g_free (fixture_run (fixture, 0, "ZMPOP 2 y z MAX COUNT 2"));
  g_free (fixture_run (fixture, 0, "BZPOPMIN y z 0"));
  g_free (fixture_run (fixture, 0, "BZMPOP 0 1 z MIN COUNT 10"));
  assert_events (fixture, "zpopmin z\nzpopmax z\nzpopmin z\nzpopmin z\n"
                          "del z\n");
  assert_records (fixture, "ZPOPMIN z\nZPOPMAX z 2\nZPOPMIN z\n"
                           "ZPOPMIN z 2\n");
}

/* A client that waits gets what another adds, and nobody else. */
static void
test_waits (Fixture *fixture, gconstpointer data)
{
  assert_reply_to (fixture, 1, "BZPOPMIN x z 0", "");
  assert_reply_to (fixture, 2, "BZMPOP 0 2 y z MAX COUNT 2", "");
  assert_reply (fixture, "ZADD z 1 a 2 b 3 c", ":3\r\n");
  assert_reply (fixture, "EXISTS z", ":0\r\n");
  assert_records (fixture, "ZADD z 1 a 2 b 3 c\nZPOPMIN z\nZPOPMAX z 2\n");
  assert_events (fixture, "zadd z\nzpopmin z\nzpopmax z\ndel z\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-zset-pop/zpop", test_zpop);
  fixture_add ("/commands/cmd-zset-pop/zpop-resp3", test_zpop_resp3);
  fixture_add ("/commands/cmd-zset-pop/zmpop", test_zmpop);
  fixture_add ("/commands/cmd-zset-pop/bzpop", test_bzpop);
  fixture_add ("/commands/cmd-zset-pop/events", test_events);
  fixture_add ("/commands/cmd-zset-pop/waits", test_waits);
  return g_test_run ();
}
