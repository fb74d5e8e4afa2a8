/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_forms (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "HRANDFIELD none", "$-1\r\n" },
    { "HRANDFIELD none 2", "*0\r\n" },
    { "HSET h a 1", ":1\r\n" },
    { "HRANDFIELD h", "$1\r\na\r\n" },
    { "HRANDFIELD h 0", "*0\r\n" },
    { "HRANDFIELD h 2", "*1\r\n$1\r\na\r\n" },
    { "HRANDFIELD h -2", "*2\r\n$1\r\na\r\n$1\r\na\r\n" },
    { "HRANDFIELD h 2 WITHVALUES", "*2\r\n$1\r\na\r\n$1\r\n1\r\n" },
    { "HRANDFIELD h -2 withvalues",
      "*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\na\r\n$1\r\n1\r\n" },
    { "HRANDFIELD h x", "-ERR value is not an integer or out of range\r\n" },
    { "HRANDFIELD h 1 x", "-ERR syntax error\r\n" },
    { "HRANDFIELD h 1 WITHVALUES x", "-ERR syntax error\r\n" },
    { "HRANDFIELD h 4611686018427387904 WITHVALUES",
      "-ERR value is out of range\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_resp3 (Fixture *fixture, gconstpointer data)
{
  fixture->clients[0].resp = 3;
  assert_reply (fixture, "HSET h a 1", ":1\r\n");
  assert_reply (fixture, "HRANDFIELD none", "_\r\n");
  assert_reply (fixture, "HRANDFIELD h 2 WITHVALUES",
                "*1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n");
  assert_reply (fixture, "HRANDFIELD h -2 WITHVALUES",
                "*2\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n"
                "*2\r\n$1\r\na\r\n$1\r\n1\r\n");
  assert_reply (fixture, "HRANDFIELD h 2", "*1\r\n$1\r\na\r\n");
}

/* Each field comes with its value, and when all must differ they do. */
static void
check_counts (Fixture *fixture)
{
  static const int counts[] = { 1, 3, 40, 60, 99, 100, 200, -1, -5, -300 };

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
      g_autofree char *line =
          g_strdup_printf ("HRANDFIELD h %d WITHVALUES", counts[i]);
      g_autofree char *reply = fixture_run (fixture, 0, line);
      g_auto (GStrv) lines = g_strsplit (reply, "\r\n", -1);
      int n = counts[i] < 0 ? -counts[i] : MIN (counts[i], 100);

      g_assert_cmpint (atoi (lines[0] + 1), ==, 2 * n);
      for (int j = 0; j < n; j++)
        {
          g_assert_cmpstr (lines[4 * j + 2] + 1, ==, lines[4 * j + 4] + 1);
          g_hash_table_add (seen, lines[4 * j + 2]);
        }
      if (counts[i] > 0)
        g_assert_cmpint ((int) g_hash_table_size (seen), ==, n);
    }
}

static void
test_counts (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) hset = g_string_new ("HSET h");

  for (int i = 0; i < 100; i++)
    g_string_append_printf (hset, " f%d v%d", i, i);
  assert_reply (fixture, hset->str, ":100\r\n");
  assert_reply (fixture, "OBJECT ENCODING h", "$8\r\nlistpack\r\n");
  check_counts (fixture);
  assert_reply (fixture, "CONFIG SET hash-max-listpack-entries 9", "+OK\r\n");
  assert_reply (fixture, "HSET h f100 v100", ":1\r\n");
  assert_reply (fixture, "HDEL h f100", ":1\r\n");
  assert_reply (fixture, "OBJECT ENCODING h", "$9\r\nhashtable\r\n");
  check_counts (fixture);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/hash-random/forms", test_forms);
  fixture_add ("/commands/hash-random/resp3", test_resp3);
  fixture_add ("/commands/hash-random/counts", test_counts);
  return g_test_run ();
}
