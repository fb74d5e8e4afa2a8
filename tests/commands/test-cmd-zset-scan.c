/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_zscan (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 1 a 2.5 b inf c 1e30 d", ":4\r\n" },
    { "ZSCAN z 0",
      "*2\r\n$1\r\n0\r\n*8\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$3\r\n2.5\r\n$"
      "1\r\nd\r\n$5\r\n1e+30\r\n$1\r\nc\r\n$3\r\ninf\r\n" },
    { "ZSCAN z 0 MATCH a COUNT 1",
      "*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n" },
    { "ZADD w 1e17 a -1e17 b", ":2\r\n" },
    { "ZSCAN w 0",
      "*2\r\n$1\r\n0\r\n*4\r\n$1\r\nb\r\n$19\r\n-100000000000000000\r\n$1"
      "\r\na\r\n$18\r\n100000000000000000\r\n" },
    { "ZSCAN z 0 MATCH x", "*2\r\n$1\r\n0\r\n*0\r\n" },
    { "ZSCAN z 0 COUNT 0", "-ERR syntax error\r\n" },
    { "ZSCAN z 0 COUNT x", "-ERR value is not an integer or out of range\r\n" },
    { "ZSCAN z 0 nonsense", "-ERR syntax error\r\n" },
    { "ZSCAN z 0 TYPE zset", "-ERR syntax error\r\n" },
    { "ZSCAN z x", "-ERR invalid cursor\r\n" },
    { "ZSCAN none 0", "*2\r\n$1\r\n0\r\n*0\r\n" },
    { "ZSCAN none 0 nonsense", "*2\r\n$1\r\n0\r\n*0\r\n" },
    { "ZSCAN none x", "-ERR invalid cursor\r\n" },
    { "SET s x", "+OK\r\n" },
    { "ZSCAN s 0", "-WRONGTYPE Operation against a key holding the wrong kind "
                   "of value\r\n" },
    { "ZSCAN s x", "-ERR invalid cursor\r\n" },
    { "CONFIG SET zset-max-listpack-entries 0", "+OK\r\n" },
    { "ZADD y 1 a 2.5 b inf c 1e30 d -inf e", ":5\r\n" },
    { "CONFIG SET zset-max-listpack-entries 128", "+OK\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_zrandmember (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ZADD z 1 a 2 b 3 c", ":3\r\n" },
    { "ZRANDMEMBER z 0", "*0\r\n" },
    { "ZRANDMEMBER none", "$-1\r\n" },
    { "ZRANDMEMBER none 5", "*0\r\n" },
    { "ZRANDMEMBER none -5 WITHSCORES", "*0\r\n" },
    { "ZRANDMEMBER z x", "-ERR value is not an integer or out of range\r\n" },
    { "ZRANDMEMBER z 1 nonsense", "-ERR syntax error\r\n" },
    { "ZRANDMEMBER z 1 WITHSCORES x", "-ERR syntax error\r\n" },
    { "ZRANDMEMBER z -9223372036854775808",
      "-ERR value is out of range, value must between -9223372036854775807 and "
      "9223372036854775807\r\n" },
    { "ZRANDMEMBER z 9223372036854775807 WITHSCORES",
      "-ERR value is out of range\r\n" },
    { "SET s x", "+OK\r\n" },
    { "ZRANDMEMBER s", "-WRONGTYPE Operation against a key holding the wrong "
                       "kind of value\r\n" },
    { "ZRANDMEMBER s 1", "-WRONGTYPE Operation against a key holding the wrong "
                         "kind of value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

/* How often each member was drawn, in @n draws of @count. */
static void
draw (Fixture *fixture, const char *count, guint n, guint counts[10])
{
  g_autofree char *line = g_strdup_printf ("ZRANDMEMBER z %s", count);

  memset (counts, 0, 10 * sizeof *counts);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *reply = fixture_run (fixture, 0, line);

      for (const char *at = reply; (at = strchr (at, 'm')) != NULL; at++)
        counts[at[1] - '0']++;
    }
}

/* All are drawn, and different ones are different. */
static void
test_chance (Fixture *fixture, gconstpointer data)
{
  static const char *const limits[] = { "128", "0" };
  guint counts[10], sum;

  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autofree char *line = g_strdup_printf (
          "CONFIG SET zset-max-listpack-entries %s", limits[i]);

      assert_reply (fixture, line, "+OK\r\n");
      assert_reply (fixture, "DEL z", i == 0 ? ":0\r\n" : ":1\r\n");
      for (int j = 0; j < 10; j++)
        {
          g_autofree char *add = g_strdup_printf ("ZADD z %d m%d", j, j);

          assert_reply (fixture, add, ":1\r\n");
        }
      draw (fixture, "-100", 20, counts);
      for (guint j = 0; j < 10; j++)
        g_assert_cmpuint (counts[j], >, 100);
      for (int many = 1; many <= 12; many++)
        {
          g_autofree char *count = g_strdup_printf ("%d", many);

          draw (fixture, count, 200, counts);
          sum = 0;
          for (guint j = 0; j < 10; j++)
            {
              g_assert_cmpuint (counts[j], >, 0);
              g_assert_cmpuint (counts[j], <=, 200);
              sum += counts[j];
            }
          g_assert_cmpuint (sum, ==, MIN (many, 10) * 200);
        }
    }
}

/* A reply of any size is not made. */
static void
test_bounded (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "ZADD z 1 a", ":1\r\n");
  assert_reply (fixture, "ZRANDMEMBER z -9223372036854775807",
                "-OOM there is not enough memory for this\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-zset-scan/zscan", test_zscan);
  fixture_add ("/commands/cmd-zset-scan/zrandmember", test_zrandmember);
  fixture_add ("/commands/cmd-zset-scan/chance", test_chance);
  fixture_add ("/commands/cmd-zset-scan/bounded", test_bounded);
  return g_test_run ();
}
