/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_zadd (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 1 a", ":1\r\n" },
    { "ZADD z 2 b 3 c", ":2\r\n" },
    { "ZADD z 1 a 5 b", ":0\r\n" },
    { "ZADD z CH 1 a 6 b 7 d", ":2\r\n" },
    { "ZADD z NX 100 a 8 e", ":1\r\n" },
    { "ZADD z XX 100 a 9 f", ":0\r\n" },
    { "ZADD z XX CH 101 a 9 f", ":1\r\n" },
    { "ZADD z GT CH 50 a 200 b", ":1\r\n" },
    { "ZADD z LT CH 50 a 300 b", ":1\r\n" },
    { "ZADD z GT 1 new", ":1\r\n" },
    { "ZADD z INCR 5 a", "$2\r\n55\r\n" },
    { "ZADD z XX INCR 5 nobody", "$-1\r\n" },
    { "ZADD z NX INCR 5 a", "$-1\r\n" },
    { "ZADD z GT INCR -5 a", "$-1\r\n" },
    { "ZADD z LT INCR -5 a", "$2\r\n50\r\n" },
    { "ZADD z nx xx 1 a",
      "-ERR XX and NX options at the same time are not compatible\r\n" },
    { "ZADD z gt lt 1 a", "-ERR GT, LT, and/or NX options at the same time are "
                          "not compatible\r\n" },
    { "ZADD z nx gt 1 a", "-ERR GT, LT, and/or NX options at the same time are "
                          "not compatible\r\n" },
    { "ZADD z nx lt 1 a", "-ERR GT, LT, and/or NX options at the same time are "
                          "not compatible\r\n" },
    { "ZADD z INCR 1 a 2 b",
      "-ERR INCR option supports a single increment-element pair\r\n" },
    { "ZADD z 1", "-ERR wrong number of arguments for 'zadd' command\r\n" },
    { "ZADD z", "-ERR wrong number of arguments for 'zadd' command\r\n" },
    { "ZADD z x a", "-ERR value is not a valid float\r\n" },
    { "ZADD z nan a", "-ERR value is not a valid float\r\n" },
    { "ZADD z 1 a 2", "-ERR syntax error\r\n" },
    { "ZADD z NX", "-ERR wrong number of arguments for 'zadd' command\r\n" },
    { "ZADD z NX XX", "-ERR syntax error\r\n" },
    { "ZADD z NX CH", "-ERR syntax error\r\n" },
    { "ZADD z 1 a x b", "-ERR value is not a valid float\r\n" },
    { "ZADD none XX 1 a", ":0\r\n" },
    { "ZADD none XX INCR 1 a", "$-1\r\n" },
    { "EXISTS none", ":0\r\n" },
    { "ZADD i inf a -inf b +inf c", ":3\r\n" },
    { "ZADD i INCR -inf a", "-ERR resulting score is not a number (NaN)\r\n" },
    { "ZADD i INCR inf b", "-ERR resulting score is not a number (NaN)\r\n" },
    { "ZSCORE i a", "$3\r\ninf\r\n" },
    { "ZADD f 1.5 a 0.1 b 1e20 c -0 d 3.0 e 1e-10 f 0x1p3 g 4503599627370497.5 "
      "h",
      ":8\r\n" },
    { "ZRANGE f 0 -1 WITHSCORES",
      "*16\r\n$1\r\nd\r\n$1\r\n0\r\n$1\r\nf\r\n$5\r\n1e-10\r\n$1\r\nb\r\n$"
      "19\r\n0.10000000000000001\r\n$1\r\na\r\n$3\r\n1.5\r\n$1\r\ne\r\n$"
      "1\r\n3\r\n$1\r\ng\r\n$1\r\n8\r\n$1\r\nh\r\n$16\r\n4503599627370498\r\n$"
      "1\r\nc\r\n$5\r\n1e+20\r\n" },
    { "SET s x", "+OK\r\n" },
    { "ZADD s 1 a", "-WRONGTYPE Operation against a key holding the wrong kind "
                    "of value\r\n" },
    { "ZADD s x a", "-ERR value is not a valid float\r\n" },
    { "ZADD s nx xx 1 a",
      "-ERR XX and NX options at the same time are not compatible\r\n" },
    { "ZRANGE z 0 -1 WITHSCORES",
      "*12\r\n$3\r\nnew\r\n$1\r\n1\r\n$1\r\nc\r\n$1\r\n3\r\n$1\r\nd\r\n$"
      "1\r\n7\r\n$1\r\ne\r\n$1\r\n8\r\n$1\r\na\r\n$2\r\n50\r\n$1\r\nb\r\n$"
      "3\r\n200\r\n" },
    { "OBJECT ENCODING z", "$8\r\nlistpack\r\n" },
    { "ZADD z 1 "
      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
      ":1\r\n" },
    { "OBJECT ENCODING z", "$8\r\nskiplist\r\n" },
    { "ZRANGE z 0 0", "*1\r\n$3\r\nnew\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_scores (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZINCRBY z 1 a", "$1\r\n1\r\n" },
    { "ZINCRBY z 1.5 a", "$3\r\n2.5\r\n" },
    { "ZINCRBY z -0.5 a", "$1\r\n2\r\n" },
    { "ZINCRBY z x a", "-ERR value is not a valid float\r\n" },
    { "ZINCRBY z inf a", "$3\r\ninf\r\n" },
    { "ZINCRBY z -inf a", "-ERR resulting score is not a number (NaN)\r\n" },
    { "ZINCRBY z NX a", "-ERR syntax error\r\n" },
    { "ZINCRBY z 1",
      "-ERR wrong number of arguments for 'zincrby' command\r\n" },
    { "ZINCRBY z 1 a b",
      "-ERR wrong number of arguments for 'zincrby' command\r\n" },
    { "SET s x", "+OK\r\n" },
    { "ZINCRBY s 1 a", "-WRONGTYPE Operation against a key holding the wrong "
                       "kind of value\r\n" },
    { "ZSCORE z a", "$3\r\ninf\r\n" },
    { "ZSCORE z b", "$-1\r\n" },
    { "ZSCORE none a", "$-1\r\n" },
    { "ZSCORE s a", "-WRONGTYPE Operation against a key holding the wrong kind "
                    "of value\r\n" },
    { "ZMSCORE z a b a", "*3\r\n$3\r\ninf\r\n$-1\r\n$3\r\ninf\r\n" },
    { "ZMSCORE none a b", "*2\r\n$-1\r\n$-1\r\n" },
    { "ZMSCORE s a", "-WRONGTYPE Operation against a key holding the wrong "
                     "kind of value\r\n" },
    { "ZMSCORE z", "-ERR wrong number of arguments for 'zmscore' command\r\n" },
    { "ZCARD z", ":1\r\n" },
    { "ZCARD none", ":0\r\n" },
    { "ZCARD s", "-WRONGTYPE Operation against a key holding the wrong kind of "
                 "value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_scores_resp3 (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZINCRBY z 1 a", ",1\r\n" },
    { "ZINCRBY z 1.5 a", ",2.5\r\n" },
    { "ZINCRBY z -0.5 a", ",2\r\n" },
    { "ZINCRBY z inf a", ",inf\r\n" },
    { "SET s x", "+OK\r\n" },
    { "ZSCORE z a", ",inf\r\n" },
    { "ZSCORE z b", "_\r\n" },
    { "ZSCORE none a", "_\r\n" },
    { "ZMSCORE z a b a", "*3\r\n,inf\r\n_\r\n,inf\r\n" },
    { "ZMSCORE none a b", "*2\r\n_\r\n_\r\n" },
    { "ZCARD z", ":1\r\n" },
    { "ZCARD none", ":0\r\n" },
  };

  fixture->clients[0].resp = 3;
  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_zrem (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 1 a 2 b 3 c", ":3\r\n" },
    { "ZREM z a nobody", ":1\r\n" },
    { "ZREM none a", ":0\r\n" },
    { "ZREM z b b c nobody", ":2\r\n" },
    { "EXISTS z", ":0\r\n" },
    { "SET s x", "+OK\r\n" },
    { "ZREM s a", "-WRONGTYPE Operation against a key holding the wrong kind "
                  "of value\r\n" },
    { "ZREM s", "-ERR wrong number of arguments for 'zrem' command\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_ranks (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 1 a 2 b 2 bb 3 c", ":4\r\n" },
    { "ZRANK z a", ":0\r\n" },
    { "ZRANK z bb", ":2\r\n" },
    { "ZRANK z c", ":3\r\n" },
    { "ZRANK z d", "$-1\r\n" },
    { "ZRANK none a", "$-1\r\n" },
    { "ZREVRANK z a", ":3\r\n" },
    { "ZREVRANK z bb", ":1\r\n" },
    { "ZREVRANK z d", "$-1\r\n" },
    { "SET s x", "+OK\r\n" },
    { "ZRANK s a", "-WRONGTYPE Operation against a key holding the wrong kind "
                   "of value\r\n" },
    { "ZREVRANK s a", "-WRONGTYPE Operation against a key holding the wrong "
                      "kind of value\r\n" },
    { "ZRANK z", "-ERR wrong number of arguments for 'zrank' command\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 1 a 2 b", ":2\r\n" },
    { "TYPE z", "+zset\r\n" },
    { "OBJECT ENCODING z", "$8\r\nlistpack\r\n" },
    { "COPY z y", ":1\r\n" },
    { "ZRANGE y 0 -1 WITHSCORES",
      "*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n" },
    { "RENAME y x", "+OK\r\n" },
    { "ZRANGE x 0 -1", "*2\r\n$1\r\na\r\n$1\r\nb\r\n" },
    { "GET z", "-WRONGTYPE Operation against a key holding the wrong kind of "
               "value\r\n" },
    { "INCR z", "-WRONGTYPE Operation against a key holding the wrong kind of "
                "value\r\n" },
    { "APPEND z a", "-WRONGTYPE Operation against a key holding the wrong kind "
                    "of value\r\n" },
    { "DEL x", ":1\r\n" },
    { "EXISTS x", ":0\r\n" },
    { "CONFIG SET zset-max-ziplist-entries 1", "+OK\r\n" },
    { "ZADD w 1 a 2 b", ":2\r\n" },
    { "OBJECT ENCODING w", "$8\r\nskiplist\r\n" },
    { "CONFIG SET zset-max-ziplist-entries 128", "+OK\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

/* The option of Redis 7.2. */
static void
test_withscore (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 1 a 2.5 b", ":2\r\n" },
    { "ZRANK z b WITHSCORE", "*2\r\n:1\r\n$3\r\n2.5\r\n" },
    { "ZREVRANK z b withscore", "*2\r\n:0\r\n$3\r\n2.5\r\n" },
    { "ZRANK z x WITHSCORE", "*-1\r\n" },
    { "ZRANK none b WITHSCORE", "*-1\r\n" },
    { "ZRANK z b nonsense", "-ERR syntax error\r\n" },
    { "ZRANK z b WITHSCORE x",
      "-ERR wrong number of arguments for 'zrank' command\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_events (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "ZADD z 1 a 2 b", ":2\r\n");
  assert_reply (fixture, "ZADD z 1 a", ":0\r\n");
  assert_reply (fixture, "ZADD z XX 5 c", ":0\r\n");
  assert_reply (fixture, "ZADD z INCR 1 a", "$1\r\n2\r\n");
  assert_reply (fixture, "ZINCRBY z 2 b", "$1\r\n4\r\n");
  assert_reply (fixture, "ZREM z x", ":0\r\n");
  assert_reply (fixture, "ZREM z a", ":1\r\n");
  assert_reply (fixture, "ZREM z b c", ":1\r\n");
  assert_events (fixture, "zadd z\nzincr z\nzincr z\nzrem z\nzrem z\n"
                          "del z\n");
  assert_records (fixture, "ZADD z 1 a 2 b\nZADD z INCR 1 a\nZINCRBY z 2 b\n"
                           "ZREM z a\nZREM z b c\n");
}

/* One long member among many is nothing special. */
static void
test_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *long_member = g_strnfill (100000, 'x');
  g_autofree char *add = g_strdup_printf ("ZADD z 7 %s", long_member);
  g_autofree char *find = g_strdup_printf ("ZSCORE z %s", long_member);

  for (int i = 0; i < 1000; i++)
    {
      g_autofree char *line = g_strdup_printf ("ZADD z %d m%d", i, i);

      assert_reply (fixture, line, ":1\r\n");
    }
  assert_reply (fixture, add, ":1\r\n");
  assert_reply (fixture, find, "$1\r\n7\r\n");
  assert_reply (fixture, "ZRANK z m10", ":11\r\n");
  assert_reply (fixture, "ZCARD z", ":1001\r\n");
  assert_reply (fixture, "DEL z", ":1\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-zset/zadd", test_zadd);
  fixture_add ("/commands/cmd-zset/scores", test_scores);
  fixture_add ("/commands/cmd-zset/scores-resp3", test_scores_resp3);
  fixture_add ("/commands/cmd-zset/zrem", test_zrem);
  fixture_add ("/commands/cmd-zset/ranks", test_ranks);
  fixture_add ("/commands/cmd-zset/keys", test_keys);
  fixture_add ("/commands/cmd-zset/withscore", test_withscore);
  fixture_add ("/commands/cmd-zset/events", test_events);
  fixture_add ("/commands/cmd-zset/large", test_large);
  return g_test_run ();
}
