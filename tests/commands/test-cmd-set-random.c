/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_forms (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "SRANDMEMBER none", "$-1\r\n" },
    { "SRANDMEMBER none 2", "*0\r\n" },
    { "SPOP none", "$-1\r\n" },
    { "SPOP none 2", "*0\r\n" },
    { "SADD s a", ":1\r\n" },
    { "SRANDMEMBER s", "$1\r\na\r\n" },
    { "SRANDMEMBER s 0", "*0\r\n" },
    { "SRANDMEMBER s 2", "*1\r\n$1\r\na\r\n" },
    { "SRANDMEMBER s -2", "*2\r\n$1\r\na\r\n$1\r\na\r\n" },
    { "SRANDMEMBER s x", "-ERR value is not an integer or out of range\r\n" },
    { "SRANDMEMBER s 1 2", "-ERR syntax error\r\n" },
    { "SRANDMEMBER s -9223372036854775808",
      "-ERR value is out of range, value must between -9223372036854775807 "
      "and 9223372036854775807\r\n" },
    { "SPOP s -1", "-ERR value is out of range, must be positive\r\n" },
    { "SPOP s 1 2", "-ERR syntax error\r\n" },
    { "SPOP s 0", "*0\r\n" },
    { "SPOP s", "$1\r\na\r\n" },
    { "EXISTS s", ":0\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

/* No memory could hold such a reply, and the server goes on. */
static void
test_endless (Fixture *fixture, gconstpointer data)
{
  static const char error[] = "-OOM there is not enough memory for this\r\n";

  assert_reply (fixture, "SADD s a", ":1\r\n");
  assert_reply (fixture, "SRANDMEMBER s -9223372036854775807", error);
  assert_reply (fixture, "HSET h a b", ":1\r\n");
  assert_reply (fixture, "HRANDFIELD h -9223372036854775807", error);
  assert_reply (fixture, "HRANDFIELD h -4611686018427387903 WITHVALUES", error);
}

static void
add_numbered (Fixture *fixture, const char *prefix, guint n)
{
  g_autoptr (GString) line = g_string_new ("SADD s");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (line, " %s%u", prefix, i);
  g_free (fixture_run (fixture, 0, line->str));
}

/* The members of a reply; how many are different. */
static guint
different (const char *reply)
{
  g_auto (GStrv) lines = g_strsplit (reply, "\r\n", -1);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 2; lines[i - 1] != NULL && lines[i] != NULL; i += 2)
    g_hash_table_add (seen, lines[i]);
  return g_hash_table_size (seen);
}

static void
check_counts (Fixture *fixture, const char *prefix)
{
  static const guint counts[] = { 1, 3, 40, 60, 99, 100, 200 };

  add_numbered (fixture, prefix, 100);
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *line = g_strdup_printf ("SRANDMEMBER s %u", counts[i]);
      g_autofree char *reply = fixture_run (fixture, 0, line);
      g_autofree char *again = g_strdup_printf ("SRANDMEMBER s -%u", counts[i]);
      g_autofree char *repeats = fixture_run (fixture, 0, again);
      g_autofree char *head = g_strdup_printf ("*%u\r\n", counts[i]);

      g_assert_cmpuint (different (reply), ==, MIN (counts[i], 100));
      g_assert_true (g_str_has_prefix (repeats, head));
    }
  for (guint left = 100; left > 0; left -= MIN (left, 7))
    {
      g_autofree char *reply = fixture_run (fixture, 0, "SPOP s 7");
      g_autofree char *scard = fixture_run (fixture, 0, "SCARD s");

      g_assert_cmpuint (different (reply), ==, MIN (left, 7));
      g_assert_cmpint (atoi (scard + 1), ==, (int) (left - MIN (left, 7)));
    }
  assert_reply (fixture, "EXISTS s", ":0\r\n");
}

static void
test_counts (Fixture *fixture, gconstpointer data)
{
  check_counts (fixture, "");
  check_counts (fixture, "m");
}

static void
test_effects (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SADD s a", ":1\r\n");
  assert_reply (fixture, "SPOP s", "$1\r\na\r\n");
  assert_reply (fixture, "SADD s b", ":1\r\n");
  assert_reply (fixture, "SPOP s 3", "*1\r\n$1\r\nb\r\n");
  assert_reply (fixture, "SPOP s", "$-1\r\n");
  assert_events (fixture, "sadd s\nspop s\ndel s\nsadd s\nspop s\ndel s\n");
  assert_records (fixture, "SADD s a\nSREM s a\nSADD s b\nDEL s\n");
}

/* The record names the members that were popped. */
static void
test_effect_of_count (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) records = g_string_new ("SADD s 1 2 3 4\nSREM s");
  g_autofree char *reply = NULL;
  g_auto (GStrv) lines = NULL;

  assert_reply (fixture, "SADD s 1 2 3 4", ":4\r\n");
  reply = fixture_run (fixture, 0, "SPOP s 3");
  lines = g_strsplit (reply, "\r\n", -1);
  for (guint i = 2; i < 8; i += 2)
    g_string_append_printf (records, " %s", lines[i]);
  g_string_append_c (records, '\n');
  assert_events (fixture, "sadd s\nspop s\n");
  assert_records (fixture, records->str);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/set-random/forms", test_forms);
  fixture_add ("/commands/set-random/endless", test_endless);
  fixture_add ("/commands/set-random/counts", test_counts);
  fixture_add ("/commands/set-random/effects", test_effects);
  fixture_add ("/commands/set-random/effect-of-count", test_effect_of_count);
  return g_test_run ();
}
