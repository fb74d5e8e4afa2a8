/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#define KEYS 500

static void
test_scan_syntax (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "SCAN x", "-ERR invalid cursor\r\n" },
    { "SCAN 99999999999999999999", "-ERR invalid cursor\r\n" },
    { "SCAN 1x", "-ERR invalid cursor\r\n" },
    { "SCAN ''", "*2\r\n$1\r\n0\r\n*0\r\n" },
    { "SCAN -1", "*2\r\n$1\r\n0\r\n*0\r\n" },
    { "SCAN 18446744073709551615", "*2\r\n$1\r\n0\r\n*0\r\n" },
    { "SCAN 0 COUNT", "-ERR syntax error\r\n" },
    { "SCAN 0 COUNT 0", "-ERR syntax error\r\n" },
    { "SCAN 0 COUNT x", "-ERR value is not an integer or out of range\r\n" },
    { "SCAN 0 NOPE x", "-ERR syntax error\r\n" },
    { "SCAN 0 COUNT 9223372036854775807", "*2\r\n$1\r\n0\r\n*0\r\n" },
    { "SET k v", "+OK\r\n" },
    { "SCAN 0 COUNT 100000 TYPE list", "*2\r\n$1\r\n0\r\n*0\r\n" },
    { "SCAN 0 COUNT 100000 TYPE STRING", "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nk\r\n" },
    { "SCAN 0 COUNT 100000 MATCH x*", "*2\r\n$1\r\n0\r\n*0\r\n" },
    { "SCAN 0 COUNT 100000 MATCH k*", "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nk\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

/* Each key comes once and none is left out. */
static void
test_scan_all (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *cursor = g_strdup ("0");

  for (guint i = 0; i < KEYS; i++)
    {
      g_autofree char *line = g_strdup_printf ("SET key:%u v", i);

      assert_reply (fixture, line, "+OK\r\n");
    }
  do
    {
      g_autofree char *line = g_strdup_printf ("SCAN %s COUNT 7", cursor);
      g_autofree char *reply = fixture_run (fixture, 0, line);
      g_auto (GStrv) words = g_strsplit (reply, "\r\n", -1);

      g_free (cursor);
      cursor = g_strdup (words[2]);
      for (char **word = words + 3; *word != NULL; word++)
        if (g_str_has_prefix (*word, "key:"))
          g_assert_true (g_hash_table_add (seen, g_strdup (*word)));
    }
  while (strcmp (cursor, "0") != 0);
  g_assert_cmpuint (g_hash_table_size (seen), ==, KEYS);
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "DBSIZE", ":0\r\n" },
    { "RANDOMKEY", "$-1\r\n" },
    { "KEYS *", "*0\r\n" },
    { "SET key1 v", "+OK\r\n" },
    { "SET other v", "+OK\r\n" },
    { "KEYS key?", "*1\r\n$4\r\nkey1\r\n" },
    { "KEYS [a-k]*", "*1\r\n$4\r\nkey1\r\n" },
    { "KEYS none", "*0\r\n" },
    { "DBSIZE", ":2\r\n" },
    { "DEL other", ":1\r\n" },
    { "RANDOMKEY", "$4\r\nkey1\r\n" },
    { "SELECT 1", "+OK\r\n" },
    { "KEYS *", "*0\r\n" },
    { "DBSIZE", ":0\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

/* Long patterns are matched when no slot is locked any more, all or some. */
static void
test_long_patterns (Fixture *fixture, gconstpointer data)
{
  static const gsize n_stars[] = { 1, 700, 70000 };

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *line = g_strdup_printf ("SET {t}key:%u v", i);

      assert_reply (fixture, line, "+OK\r\n");
    }
  for (guint i = 0; i < G_N_ELEMENTS (n_stars); i++)
    {
      g_autofree char *stars = g_strnfill (n_stars[i], '*');
      g_autofree char *keys = g_strdup_printf ("KEYS %skey:1??", stars);
      g_autofree char *none = g_strdup_printf ("KEYS %skey:1???", stars);
      g_autofree char *scan = g_strdup_printf (
          "SCAN 0 COUNT 1000 TYPE string MATCH %skey:1??", stars);
      g_autofree char *reply = fixture_run (fixture, 0, keys);
      g_autofree char *scanned = fixture_run (fixture, 0, scan);

      g_assert_true (g_str_has_prefix (reply, "*100\r\n$10\r\n{t}key:1"));
      g_assert_true (g_str_has_prefix (scanned, "*2\r\n$1\r\n0\r\n*100\r\n"));
      assert_reply (fixture, none, "*0\r\n");
    }
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/scan/syntax", test_scan_syntax);
  fixture_add ("/commands/scan/all", test_scan_all);
  fixture_add ("/commands/scan/keys", test_keys);
  fixture_add ("/commands/scan/long-patterns", test_long_patterns);
  return g_test_run ();
}
