/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_zunion (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD a 1 x 2 y 3 z", ":3\r\n" },
    { "ZADD b 10 y 20 z 30 w", ":3\r\n" },
    { "ZUNION 2 a b", "*4\r\n$1\r\nx\r\n$1\r\ny\r\n$1\r\nz\r\n$1\r\nw\r\n" },
    { "ZUNION 2 a b WITHSCORES",
      "*8\r\n$1\r\nx\r\n$1\r\n1\r\n$1\r\ny\r\n$2\r\n12\r\n$1\r\nz\r\n$"
      "2\r\n23\r\n$1\r\nw\r\n$2\r\n30\r\n" },
    { "ZUNION 2 a b WEIGHTS 2 0.5 WITHSCORES",
      "*8\r\n$1\r\nx\r\n$1\r\n2\r\n$1\r\ny\r\n$1\r\n9\r\n$1\r\nw\r\n$"
      "2\r\n15\r\n$1\r\nz\r\n$2\r\n16\r\n" },
    { "ZUNION 2 a b AGGREGATE MIN WITHSCORES",
      "*8\r\n$1\r\nx\r\n$1\r\n1\r\n$1\r\ny\r\n$1\r\n2\r\n$1\r\nz\r\n$"
      "1\r\n3\r\n$1\r\nw\r\n$2\r\n30\r\n" },
    { "ZUNION 2 a b AGGREGATE max WITHSCORES",
      "*8\r\n$1\r\nx\r\n$1\r\n1\r\n$1\r\ny\r\n$2\r\n10\r\n$1\r\nz\r\n$"
      "2\r\n20\r\n$1\r\nw\r\n$2\r\n30\r\n" },
    { "ZUNION 2 a none WITHSCORES", "*6\r\n$1\r\nx\r\n$1\r\n1\r\n$1\r\ny\r\n$"
                                    "1\r\n2\r\n$1\r\nz\r\n$1\r\n3\r\n" },
    { "ZUNION 1 none", "*0\r\n" },
    { "ZINTER 2 a b WITHSCORES",
      "*4\r\n$1\r\ny\r\n$2\r\n12\r\n$1\r\nz\r\n$2\r\n23\r\n" },
    { "ZINTER 2 a b WEIGHTS 2 3 AGGREGATE MIN WITHSCORES",
      "*4\r\n$1\r\ny\r\n$1\r\n4\r\n$1\r\nz\r\n$1\r\n6\r\n" },
    { "ZINTER 2 a none", "*0\r\n" },
    { "ZINTER 3 a b a WITHSCORES",
      "*4\r\n$1\r\ny\r\n$2\r\n14\r\n$1\r\nz\r\n$2\r\n26\r\n" },
    { "ZDIFF 2 a b WITHSCORES", "*2\r\n$1\r\nx\r\n$1\r\n1\r\n" },
    { "ZDIFF 2 a none WITHSCORES", "*6\r\n$1\r\nx\r\n$1\r\n1\r\n$1\r\ny\r\n$"
                                   "1\r\n2\r\n$1\r\nz\r\n$1\r\n3\r\n" },
    { "ZDIFF 2 none a", "*0\r\n" },
    { "ZDIFF 1 a", "*3\r\n$1\r\nx\r\n$1\r\ny\r\n$1\r\nz\r\n" },
    { "ZDIFF 2 a a", "*0\r\n" },
    { "ZINTERCARD 2 a b", ":2\r\n" },
    { "ZINTERCARD 2 a b LIMIT 1", ":1\r\n" },
    { "ZINTERCARD 2 a b LIMIT 0", ":2\r\n" },
    { "ZINTERCARD 2 a b LIMIT -1", "-ERR LIMIT can't be negative\r\n" },
    { "ZINTERCARD 2 a b LIMIT x", "-ERR LIMIT can't be negative\r\n" },
    { "ZINTERCARD 2 a b LIMIT", "-ERR syntax error\r\n" },
    { "ZINTERCARD 2 a b WITHSCORES", "-ERR syntax error\r\n" },
    { "ZINTERCARD 2 a none", ":0\r\n" },
    { "ZINTERCARD 0 a",
      "-ERR at least 1 input key is needed for 'zintercard' command\r\n" },
    { "ZINTERCARD x a", "-ERR value is not an integer or out of range\r\n" },
    { "ZUNION 0 a",
      "-ERR at least 1 input key is needed for 'zunion' command\r\n" },
    { "ZUNION -1 a",
      "-ERR at least 1 input key is needed for 'zunion' command\r\n" },
    { "ZUNION x a", "-ERR value is not an integer or out of range\r\n" },
    { "ZUNION 3 a b", "-ERR syntax error\r\n" },
    { "ZDIFF 0 a",
      "-ERR at least 1 input key is needed for 'zdiff' command\r\n" },
    { "ZINTER 0 a",
      "-ERR at least 1 input key is needed for 'zinter' command\r\n" },
    { "ZUNION 2 a b WEIGHTS 1", "-ERR syntax error\r\n" },
    { "ZUNION 2 a b WEIGHTS 1 x", "-ERR weight value is not a float\r\n" },
    { "ZUNION 2 a b AGGREGATE", "-ERR syntax error\r\n" },
    { "ZUNION 2 a b AGGREGATE AVG", "-ERR syntax error\r\n" },
    { "ZUNION 2 a b nonsense", "-ERR syntax error\r\n" },
    { "ZDIFF 2 a b WEIGHTS 1 2", "-ERR syntax error\r\n" },
    { "ZDIFF 2 a b AGGREGATE SUM", "-ERR syntax error\r\n" },
    { "SET s x", "+OK\r\n" },
    { "ZUNION 2 a s", "-WRONGTYPE Operation against a key holding the wrong "
                      "kind of value\r\n" },
    { "ZUNION 2 a s nonsense", "-WRONGTYPE Operation against a key holding the "
                               "wrong kind of value\r\n" },
    { "ZINTER 2 s none", "-WRONGTYPE Operation against a key holding the wrong "
                         "kind of value\r\n" },
    { "ZDIFF 2 none s", "-WRONGTYPE Operation against a key holding the wrong "
                        "kind of value\r\n" },
    { "ZINTERCARD 2 none s", "-WRONGTYPE Operation against a key holding the "
                             "wrong kind of value\r\n" },
    { "ZADD i inf x", ":1\r\n" },
    { "ZADD j -inf x", ":1\r\n" },
    { "ZUNION 2 i j WITHSCORES", "*2\r\n$1\r\nx\r\n$1\r\n0\r\n" },
    { "ZINTER 2 i j WITHSCORES", "*2\r\n$1\r\nx\r\n$1\r\n0\r\n" },
    { "ZUNION 2 i j WEIGHTS 0 0 WITHSCORES", "*2\r\n$1\r\nx\r\n$1\r\n0\r\n" },
    { "ZUNION 1 i WEIGHTS 0 WITHSCORES", "*2\r\n$1\r\nx\r\n$1\r\n0\r\n" },
    { "ZINTER 2 i j WEIGHTS 0 1 AGGREGATE MIN WITHSCORES",
      "*2\r\n$1\r\nx\r\n$4\r\n-inf\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_store (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD a 1 x 2 y 3 z", ":3\r\n" },
    { "ZADD b 10 y 20 z 30 w", ":3\r\n" },
    { "ZUNIONSTORE to 2 a b", ":4\r\n" },
    { "ZRANGE to 0 -1 WITHSCORES",
      "*8\r\n$1\r\nx\r\n$1\r\n1\r\n$1\r\ny\r\n$2\r\n12\r\n$1\r\nz\r\n$"
      "2\r\n23\r\n$1\r\nw\r\n$2\r\n30\r\n" },
    { "OBJECT ENCODING to", "$8\r\nlistpack\r\n" },
    { "ZINTERSTORE to 2 a b WEIGHTS 1 2 AGGREGATE MAX", ":2\r\n" },
    { "ZRANGE to 0 -1 WITHSCORES",
      "*4\r\n$1\r\ny\r\n$2\r\n20\r\n$1\r\nz\r\n$2\r\n40\r\n" },
    { "ZDIFFSTORE to 2 a b", ":1\r\n" },
    { "ZRANGE to 0 -1 WITHSCORES", "*2\r\n$1\r\nx\r\n$1\r\n1\r\n" },
    { "ZDIFFSTORE to 2 a a", ":0\r\n" },
    { "EXISTS to", ":0\r\n" },
    { "ZINTERSTORE none 2 a none", ":0\r\n" },
    { "ZUNIONSTORE a 2 a a", ":3\r\n" },
    { "ZRANGE a 0 -1 WITHSCORES", "*6\r\n$1\r\nx\r\n$1\r\n2\r\n$1\r\ny\r\n$"
                                  "1\r\n4\r\n$1\r\nz\r\n$1\r\n6\r\n" },
    { "ZUNIONSTORE to 2 a b WITHSCORES", "-ERR syntax error\r\n" },
    { "ZUNIONSTORE to 0 a",
      "-ERR at least 1 input key is needed for 'zunionstore' command\r\n" },
    { "ZUNIONSTORE to x a",
      "-ERR value is not an integer or out of range\r\n" },
    { "ZUNIONSTORE to 3 a b", "-ERR syntax error\r\n" },
    { "ZDIFFSTORE to 0 a",
      "-ERR at least 1 input key is needed for 'zdiffstore' command\r\n" },
    { "ZINTERSTORE to 0 a",
      "-ERR at least 1 input key is needed for 'zinterstore' command\r\n" },
    { "ZDIFFSTORE to 2 a b WEIGHTS 1 2", "-ERR syntax error\r\n" },
    { "SET s x", "+OK\r\n" },
    { "ZUNIONSTORE to 1 s", "-WRONGTYPE Operation against a key holding the "
                            "wrong kind of value\r\n" },
    { "ZUNIONSTORE s 1 a", ":3\r\n" },
    { "TYPE s", "+zset\r\n" },
    { "CONFIG SET zset-max-listpack-entries 2", "+OK\r\n" },
    { "ZUNIONSTORE to 1 b", ":3\r\n" },
    { "OBJECT ENCODING to", "$8\r\nskiplist\r\n" },
    { "ZREM b w", ":1\r\n" },
    { "ZUNIONSTORE to 1 b", ":2\r\n" },
    { "OBJECT ENCODING to", "$8\r\nlistpack\r\n" },
    { "CONFIG SET zset-max-listpack-entries 128", "+OK\r\n" },
    { "ZADD v 1 "
      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
      ":1\r\n" },
    { "ZUNIONSTORE to 1 v", ":1\r\n" },
    { "OBJECT ENCODING to", "$8\r\nskiplist\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_events (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "ZADD z 1 a 2 b", ":2\r\n");
  assert_reply (fixture, "ZUNIONSTORE to 1 z", ":2\r\n");
  assert_reply (fixture, "ZINTERSTORE to 1 z", ":2\r\n");
  assert_reply (fixture, "ZDIFFSTORE to 1 z", ":2\r\n");
  assert_reply (fixture, "ZDIFFSTORE to 2 z z", ":0\r\n");
  assert_reply (fixture, "ZDIFFSTORE to 2 z z", ":0\r\n");
  assert_events (fixture, "zadd z\nzunionstore to\nzinterstore to\n"
                          "zdiffstore to\ndel to\n");
}

/* Larger than a listpack. */
static void
test_large (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 3000; i++)
    {
      g_autofree char *line =
          g_strdup_printf ("ZADD z%d %d m%d", i % 3 % 2, i, i / 2);

      g_free (fixture_run (fixture, 0, line));
    }
  assert_reply (fixture, "ZUNIONSTORE u 2 z0 z1", ":1500\r\n");
  assert_reply (fixture, "OBJECT ENCODING u", "$8\r\nskiplist\r\n");
  assert_reply (fixture, "ZINTERCARD 2 u z0", ":1500\r\n");
  assert_reply (fixture, "ZINTERCARD 2 z0 z1", ":1000\r\n");
  assert_reply (fixture, "ZDIFFSTORE d 2 u z1", ":500\r\n");
  assert_reply (fixture, "ZRANGE d 0 1 WITHSCORES",
                "*4\r\n$2\r\nm1\r\n$1\r\n3\r\n$2\r\nm4\r\n$1\r\n9\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-zset-combine/zunion", test_zunion);
  fixture_add ("/commands/cmd-zset-combine/store", test_store);
  fixture_add ("/commands/cmd-zset-combine/events", test_events);
  fixture_add ("/commands/cmd-zset-combine/large", test_large);
  return g_test_run ();
}
