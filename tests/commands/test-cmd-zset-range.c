/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_by_rank (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 1 a 2 b 3 c 4 d", ":4\r\n" },
    { "ZRANGE z 0 -1", "*4\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "ZRANGE z 1 2 WITHSCORES",
      "*4\r\n$1\r\nb\r\n$1\r\n2\r\n$1\r\nc\r\n$1\r\n3\r\n" },
    { "ZRANGE z -2 -1", "*2\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "ZRANGE z -100 100",
      "*4\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "ZRANGE z 3 1", "*0\r\n" },
    { "ZRANGE z 4 10", "*0\r\n" },
    { "ZRANGE z 0 1 REV", "*2\r\n$1\r\nd\r\n$1\r\nc\r\n" },
    { "ZRANGE z 0 1 REV WITHSCORES",
      "*4\r\n$1\r\nd\r\n$1\r\n4\r\n$1\r\nc\r\n$1\r\n3\r\n" },
    { "ZREVRANGE z 0 1", "*2\r\n$1\r\nd\r\n$1\r\nc\r\n" },
    { "ZREVRANGE z -2 -1 WITHSCORES",
      "*4\r\n$1\r\nb\r\n$1\r\n2\r\n$1\r\na\r\n$1\r\n1\r\n" },
    { "ZREVRANGE z 1 0", "*0\r\n" },
    { "ZRANGE none 0 -1", "*0\r\n" },
    { "ZRANGE none x 1", "-ERR value is not an integer or out of range\r\n" },
    { "ZRANGE z x 1", "-ERR value is not an integer or out of range\r\n" },
    { "ZRANGE z 1 x", "-ERR value is not an integer or out of range\r\n" },
    { "ZRANGE z 0 9223372036854775807",
      "*4\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "ZRANGE z -9223372036854775808 -1",
      "*4\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "ZRANGE z 0 -1 LIMIT 0 1",
      "-ERR syntax error, LIMIT is only supported in combination with either "
      "BYSCORE or BYLEX\r\n" },
    { "ZRANGE z 0 -1 LIMIT 1 -1",
      "*4\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "ZRANGE z 0 -1 LIMIT 0", "-ERR syntax error\r\n" },
    { "ZRANGE z 0 -1 nonsense", "-ERR syntax error\r\n" },
    { "ZRANGE z 0 -1 BYSCORE BYLEX", "-ERR syntax error\r\n" },
    { "ZREVRANGE z 0 -1 REV", "-ERR syntax error\r\n" },
    { "ZREVRANGE z 0 -1 BYSCORE", "-ERR syntax error\r\n" },
    { "SET s x", "+OK\r\n" },
    { "ZRANGE s 0 -1", "-WRONGTYPE Operation against a key holding the wrong "
                       "kind of value\r\n" },
    { "ZRANGE s 0 -1 nonsense", "-ERR syntax error\r\n" },
    { "ZRANGE s x 1", "-ERR value is not an integer or out of range\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_by_rank_resp3 (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 1 a 2 b 3 c 4 d", ":4\r\n" },
    { "ZRANGE z 0 -1", "*4\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "ZRANGE z 1 2 WITHSCORES",
      "*2\r\n*2\r\n$1\r\nb\r\n,2\r\n*2\r\n$1\r\nc\r\n,3\r\n" },
    { "ZRANGE z -2 -1", "*2\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "ZRANGE z -100 100",
      "*4\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "ZRANGE z 3 1", "*0\r\n" },
    { "ZRANGE z 4 10", "*0\r\n" },
    { "ZRANGE z 0 1 REV", "*2\r\n$1\r\nd\r\n$1\r\nc\r\n" },
    { "ZRANGE z 0 1 REV WITHSCORES",
      "*2\r\n*2\r\n$1\r\nd\r\n,4\r\n*2\r\n$1\r\nc\r\n,3\r\n" },
    { "ZREVRANGE z 0 1", "*2\r\n$1\r\nd\r\n$1\r\nc\r\n" },
    { "ZREVRANGE z -2 -1 WITHSCORES",
      "*2\r\n*2\r\n$1\r\nb\r\n,2\r\n*2\r\n$1\r\na\r\n,1\r\n" },
    { "ZREVRANGE z 1 0", "*0\r\n" },
    { "ZRANGE none 0 -1", "*0\r\n" },
    { "ZRANGE z 0 9223372036854775807",
      "*4\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "ZRANGE z -9223372036854775808 -1",
      "*4\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "ZRANGE z 0 -1 LIMIT 1 -1",
      "*4\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "SET s x", "+OK\r\n" },
  };

  fixture->clients[0].resp = 3;
  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_by_score (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 1 a 2 b 2 bb 3 c inf d -inf e", ":6\r\n" },
    { "ZRANGEBYSCORE z 1 2", "*3\r\n$1\r\na\r\n$1\r\nb\r\n$2\r\nbb\r\n" },
    { "ZRANGEBYSCORE z (1 2 WITHSCORES",
      "*4\r\n$1\r\nb\r\n$1\r\n2\r\n$2\r\nbb\r\n$1\r\n2\r\n" },
    { "ZRANGEBYSCORE z 1 (2", "*1\r\n$1\r\na\r\n" },
    { "ZRANGEBYSCORE z -inf +inf", "*6\r\n$1\r\ne\r\n$1\r\na\r\n$1\r\nb\r\n$"
                                   "2\r\nbb\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "ZRANGEBYSCORE z (-inf (+inf",
      "*4\r\n$1\r\na\r\n$1\r\nb\r\n$2\r\nbb\r\n$1\r\nc\r\n" },
    { "ZRANGEBYSCORE z -inf +inf LIMIT 1 2", "*2\r\n$1\r\na\r\n$1\r\nb\r\n" },
    { "ZRANGEBYSCORE z -inf +inf LIMIT 1 -1",
      "*5\r\n$1\r\na\r\n$1\r\nb\r\n$2\r\nbb\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "ZRANGEBYSCORE z -inf +inf LIMIT -1 2", "*0\r\n" },
    { "ZRANGEBYSCORE z -inf +inf LIMIT 100 2", "*0\r\n" },
    { "ZRANGEBYSCORE z -inf +inf LIMIT 1 0 WITHSCORES", "*0\r\n" },
    { "ZRANGEBYSCORE z -inf +inf LIMIT x 0",
      "-ERR value is not an integer or out of range\r\n" },
    { "ZRANGEBYSCORE z -inf +inf LIMIT 0 x",
      "-ERR value is not an integer or out of range\r\n" },
    { "ZRANGEBYSCORE z 3 1", "*0\r\n" },
    { "ZRANGEBYSCORE z x 1", "-ERR min or max is not a float\r\n" },
    { "ZRANGEBYSCORE z 1 (x", "-ERR min or max is not a float\r\n" },
    { "ZRANGEBYSCORE z \"\" 1", "*1\r\n$1\r\na\r\n" },
    { "ZRANGEBYSCORE z \" 1\" 1", "*1\r\n$1\r\na\r\n" },
    { "ZRANGEBYSCORE z 1 \"1 \"", "-ERR min or max is not a float\r\n" },
    { "ZRANGEBYSCORE z nan 1", "-ERR min or max is not a float\r\n" },
    { "ZRANGEBYSCORE z 1 1e400",
      "*5\r\n$1\r\na\r\n$1\r\nb\r\n$2\r\nbb\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "ZREVRANGEBYSCORE z 2 1", "*3\r\n$2\r\nbb\r\n$1\r\nb\r\n$1\r\na\r\n" },
    { "ZREVRANGEBYSCORE z +inf -inf WITHSCORES LIMIT 1 3",
      "*6\r\n$1\r\nc\r\n$1\r\n3\r\n$2\r\nbb\r\n$1\r\n2\r\n$1\r\nb\r\n$"
      "1\r\n2\r\n" },
    { "ZREVRANGEBYSCORE z (3 (1", "*2\r\n$2\r\nbb\r\n$1\r\nb\r\n" },
    { "ZREVRANGEBYSCORE z 1 2", "*0\r\n" },
    { "ZRANGE z 1 2 BYSCORE", "*3\r\n$1\r\na\r\n$1\r\nb\r\n$2\r\nbb\r\n" },
    { "ZRANGE z 2 1 BYSCORE REV", "*3\r\n$2\r\nbb\r\n$1\r\nb\r\n$1\r\na\r\n" },
    { "ZRANGE z +inf -inf BYSCORE REV LIMIT 2 2 WITHSCORES",
      "*4\r\n$2\r\nbb\r\n$1\r\n2\r\n$1\r\nb\r\n$1\r\n2\r\n" },
    { "ZRANGE z (1 +inf BYSCORE WITHSCORES",
      "*8\r\n$1\r\nb\r\n$1\r\n2\r\n$2\r\nbb\r\n$1\r\n2\r\n$1\r\nc\r\n$"
      "1\r\n3\r\n$1\r\nd\r\n$3\r\ninf\r\n" },
    { "ZCOUNT z 1 2", ":3\r\n" },
    { "ZCOUNT z (1 +inf", ":4\r\n" },
    { "ZCOUNT z 3 1", ":0\r\n" },
    { "ZCOUNT z x 1", "-ERR min or max is not a float\r\n" },
    { "ZCOUNT none 1 2", ":0\r\n" },
    { "ZCOUNT none x 2", "-ERR min or max is not a float\r\n" },
    { "SET s x", "+OK\r\n" },
    { "ZCOUNT s 1 2", "-WRONGTYPE Operation against a key holding the wrong "
                      "kind of value\r\n" },
    { "ZRANGEBYSCORE s 1 2", "-WRONGTYPE Operation against a key holding the "
                             "wrong kind of value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_by_lex (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 0 a 0 b 0 c 0 d 0 dd", ":5\r\n" },
    { "ZRANGEBYLEX z - +",
      "*5\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n$2\r\ndd\r\n" },
    { "ZRANGEBYLEX z [b (d", "*2\r\n$1\r\nb\r\n$1\r\nc\r\n" },
    { "ZRANGEBYLEX z (b [d", "*2\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "ZRANGEBYLEX z + -", "*0\r\n" },
    { "ZRANGEBYLEX z - -", "*0\r\n" },
    { "ZRANGEBYLEX z (b (b", "*0\r\n" },
    { "ZRANGEBYLEX z [b [b", "*1\r\n$1\r\nb\r\n" },
    { "ZRANGEBYLEX z - + LIMIT 1 2", "*2\r\n$1\r\nb\r\n$1\r\nc\r\n" },
    { "ZRANGEBYLEX z - + LIMIT 1 -1",
      "*4\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n$2\r\ndd\r\n" },
    { "ZRANGEBYLEX z - + WITHSCORES",
      "-ERR syntax error, WITHSCORES not supported in combination with "
      "BYLEX\r\n" },
    { "ZRANGEBYLEX z b c", "-ERR min or max not valid string range item\r\n" },
    { "ZRANGEBYLEX z [b c", "-ERR min or max not valid string range item\r\n" },
    { "ZRANGEBYLEX z -x +", "-ERR min or max not valid string range item\r\n" },
    { "ZRANGEBYLEX z \"\" +",
      "-ERR min or max not valid string range item\r\n" },
    { "ZREVRANGEBYLEX z + -",
      "*5\r\n$2\r\ndd\r\n$1\r\nd\r\n$1\r\nc\r\n$1\r\nb\r\n$1\r\na\r\n" },
    { "ZREVRANGEBYLEX z [d (b", "*2\r\n$1\r\nd\r\n$1\r\nc\r\n" },
    { "ZREVRANGEBYLEX z (d [b LIMIT 0 1", "*1\r\n$1\r\nc\r\n" },
    { "ZREVRANGEBYLEX z [b [d", "*0\r\n" },
    { "ZRANGE z [b [d BYLEX", "*3\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "ZRANGE z [d [b BYLEX REV", "*3\r\n$1\r\nd\r\n$1\r\nc\r\n$1\r\nb\r\n" },
    { "ZRANGE z + - BYLEX REV LIMIT 1 2", "*2\r\n$1\r\nd\r\n$1\r\nc\r\n" },
    { "ZRANGE z - + BYLEX WITHSCORES",
      "-ERR syntax error, WITHSCORES not supported in combination with "
      "BYLEX\r\n" },
    { "ZLEXCOUNT z - +", ":5\r\n" },
    { "ZLEXCOUNT z [b (d", ":2\r\n" },
    { "ZLEXCOUNT z + -", ":0\r\n" },
    { "ZLEXCOUNT z b c", "-ERR min or max not valid string range item\r\n" },
    { "ZLEXCOUNT none - +", ":0\r\n" },
    { "SET s x", "+OK\r\n" },
    { "ZLEXCOUNT s - +", "-WRONGTYPE Operation against a key holding the wrong "
                         "kind of value\r\n" },
    { "ZLEXCOUNT s x +", "-ERR min or max not valid string range item\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_store (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 1 a 2 b 3 c 4 d", ":4\r\n" },
    { "ZRANGESTORE to z 0 1", ":2\r\n" },
    { "ZRANGE to 0 -1 WITHSCORES",
      "*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n" },
    { "ZRANGESTORE to z 0 1 REV", ":2\r\n" },
    { "ZRANGE to 0 -1 WITHSCORES",
      "*4\r\n$1\r\nc\r\n$1\r\n3\r\n$1\r\nd\r\n$1\r\n4\r\n" },
    { "ZRANGESTORE to z (1 3 BYSCORE", ":2\r\n" },
    { "ZRANGE to 0 -1 WITHSCORES",
      "*4\r\n$1\r\nb\r\n$1\r\n2\r\n$1\r\nc\r\n$1\r\n3\r\n" },
    { "ZRANGESTORE to z +inf -inf BYSCORE REV LIMIT 1 2", ":2\r\n" },
    { "ZRANGE to 0 -1 WITHSCORES",
      "*4\r\n$1\r\nb\r\n$1\r\n2\r\n$1\r\nc\r\n$1\r\n3\r\n" },
    { "ZRANGESTORE to z - [c BYLEX", ":3\r\n" },
    { "ZRANGE to 0 -1 WITHSCORES", "*6\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$"
                                   "1\r\n2\r\n$1\r\nc\r\n$1\r\n3\r\n" },
    { "ZRANGESTORE to z 0 1 WITHSCORES", "-ERR syntax error\r\n" },
    { "ZRANGESTORE to z 10 20", ":0\r\n" },
    { "EXISTS to", ":0\r\n" },
    { "ZRANGESTORE to none 0 -1", ":0\r\n" },
    { "SET to x", "+OK\r\n" },
    { "ZRANGESTORE to z 0 -1", ":4\r\n" },
    { "TYPE to", "+zset\r\n" },
    { "ZRANGESTORE to none 0 -1", ":0\r\n" },
    { "EXISTS to", ":0\r\n" },
    { "SET s x", "+OK\r\n" },
    { "ZRANGESTORE to s 0 -1", "-WRONGTYPE Operation against a key holding the "
                               "wrong kind of value\r\n" },
    { "ZRANGESTORE z z 1 2", ":2\r\n" },
    { "ZRANGE z 0 -1", "*2\r\n$1\r\nb\r\n$1\r\nc\r\n" },
    { "ZRANGESTORE to z 0",
      "-ERR wrong number of arguments for 'zrangestore' command\r\n" },
    { "ZRANGESTORE to z x 1",
      "-ERR value is not an integer or out of range\r\n" },
    { "ZRANGESTORE to z x 1 BYSCORE", "-ERR min or max is not a float\r\n" },
    { "ZRANGESTORE to z x 1 BYLEX",
      "-ERR min or max not valid string range item\r\n" },
    { "SET t x EX 100", "+OK\r\n" },
    { "ZRANGESTORE t z 0 -1", ":2\r\n" },
    { "TTL t", ":-1\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 1 a 2 b 3 c 4 d 5 e 6 f", ":6\r\n" },
    { "ZREMRANGEBYRANK z 1 2", ":2\r\n" },
    { "ZRANGE z 0 -1", "*4\r\n$1\r\na\r\n$1\r\nd\r\n$1\r\ne\r\n$1\r\nf\r\n" },
    { "ZREMRANGEBYRANK z -1 -1", ":1\r\n" },
    { "ZREMRANGEBYRANK z 5 10", ":0\r\n" },
    { "ZREMRANGEBYRANK z 2 1", ":0\r\n" },
    { "ZREMRANGEBYRANK z x 1",
      "-ERR value is not an integer or out of range\r\n" },
    { "ZREMRANGEBYRANK none 0 1", ":0\r\n" },
    { "ZREMRANGEBYSCORE z (1 4", ":1\r\n" },
    { "ZREMRANGEBYSCORE z x 1", "-ERR min or max is not a float\r\n" },
    { "ZREMRANGEBYSCORE none 0 1", ":0\r\n" },
    { "ZRANGE z 0 -1", "*2\r\n$1\r\na\r\n$1\r\ne\r\n" },
    { "ZREMRANGEBYSCORE z -inf +inf", ":2\r\n" },
    { "EXISTS z", ":0\r\n" },
    { "ZADD z 0 a 0 b 0 c 0 d", ":4\r\n" },
    { "ZREMRANGEBYLEX z [b (d", ":2\r\n" },
    { "ZREMRANGEBYLEX z x +",
      "-ERR min or max not valid string range item\r\n" },
    { "ZREMRANGEBYLEX none - +", ":0\r\n" },
    { "ZREMRANGEBYLEX z + -", ":0\r\n" },
    { "ZREMRANGEBYLEX z - +", ":2\r\n" },
    { "EXISTS z", ":0\r\n" },
    { "SET s x", "+OK\r\n" },
    { "ZREMRANGEBYRANK s 0 -1", "-WRONGTYPE Operation against a key holding "
                                "the wrong kind of value\r\n" },
    { "ZREMRANGEBYSCORE s 0 -1", "-WRONGTYPE Operation against a key holding "
                                 "the wrong kind of value\r\n" },
    { "ZREMRANGEBYLEX s - +", "-WRONGTYPE Operation against a key holding the "
                              "wrong kind of value\r\n" },
    { "ZREMRANGEBYRANK s x 1",
      "-ERR value is not an integer or out of range\r\n" },
    { "ZREMRANGEBYSCORE s x 1", "-ERR min or max is not a float\r\n" },
    { "ZREMRANGEBYLEX s x 1",
      "-ERR min or max not valid string range item\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_events (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "ZADD z 1 a 2 b 3 c 4 d", ":4\r\n");
  assert_reply (fixture, "ZRANGESTORE to z 0 1", ":2\r\n");
  assert_reply (fixture, "ZRANGESTORE to none 0 1", ":0\r\n");
  assert_reply (fixture, "ZRANGESTORE to none 0 1", ":0\r\n");
  assert_reply (fixture, "ZREMRANGEBYRANK z 0 0", ":1\r\n");
  assert_reply (fixture, "ZREMRANGEBYSCORE z 2 2", ":1\r\n");
  assert_reply (fixture, "ZREMRANGEBYLEX z [c [c", ":1\r\n");
  assert_reply (fixture, "ZREMRANGEBYSCORE z 2 2", ":0\r\n");
  assert_reply (fixture, "ZREMRANGEBYRANK z 0 -1", ":1\r\n");
  assert_events (fixture,
                 "zadd z\nzrangestore to\ndel to\nzremrangebyrank z\n"
                 "zremrangebyscore z\nzremrangebylex z\nzremrangebyrank z\n"
                 "del z\n");
}

/* Likewise of one that is no listpack. */
static void
test_large (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZCOUNT z 10 19", ":1000\r\n" },
    { "ZRANGEBYSCORE z 20 21 LIMIT 99 2",
      "*2\r\n$5\r\nm9920\r\n$5\r\nm0021\r\n" },
    { "ZREVRANGEBYSCORE z +inf 50 LIMIT 1 2",
      "*2\r\n$5\r\nm9899\r\n$5\r\nm9799\r\n" },
    { "ZRANGE z 4999 5000", "*2\r\n$5\r\nm9949\r\n$5\r\nm0050\r\n" },
    { "ZREVRANGE z 0 0", "*1\r\n$5\r\nm9999\r\n" },
    { "ZREMRANGEBYSCORE z 10 89", ":8000\r\n" },
    { "ZREMRANGEBYRANK z -500 -1", ":500\r\n" },
    { "ZCARD z", ":1500\r\n" },
    { "ZREVRANGE z 0 0", "*1\r\n$5\r\nm9994\r\n" },
    { "ZREMRANGEBYSCORE z -inf inf", ":1500\r\n" },
    { "EXISTS z", ":0\r\n" },
  };

  for (int i = 0; i < 10000; i++)
    {
      g_autofree char *line = g_strdup_printf ("ZADD z %d m%04d", i % 100, i);

      assert_reply (fixture, line, ":1\r\n");
    }
  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-zset-range/by-rank", test_by_rank);
  fixture_add ("/commands/cmd-zset-range/by-rank-resp3", test_by_rank_resp3);
  fixture_add ("/commands/cmd-zset-range/by-score", test_by_score);
  fixture_add ("/commands/cmd-zset-range/by-lex", test_by_lex);
  fixture_add ("/commands/cmd-zset-range/store", test_store);
  fixture_add ("/commands/cmd-zset-range/remove", test_remove);
  fixture_add ("/commands/cmd-zset-range/events", test_events);
  fixture_add ("/commands/cmd-zset-range/large", test_large);
  return g_test_run ();
}
