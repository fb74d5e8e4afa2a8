/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#define WRONG_TYPE                                                             \
  "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"

static void
test_members (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "SADD s a b a", ":2\r\n" },
    { "SADD s a", ":0\r\n" },
    { "SCARD s", ":2\r\n" },
    { "SISMEMBER s a", ":1\r\n" },
    { "SISMEMBER s z", ":0\r\n" },
    { "SMISMEMBER s a z b", "*3\r\n:1\r\n:0\r\n:1\r\n" },
    { "SMISMEMBER none a", "*1\r\n:0\r\n" },
    { "SREM s z a", ":1\r\n" },
    { "SMEMBERS s", "*1\r\n$1\r\nb\r\n" },
    { "SREM s b b", ":1\r\n" },
    { "EXISTS s", ":0\r\n" },
    { "SMEMBERS s", "*0\r\n" },
    { "SREM s b", ":0\r\n" },
    { "SCARD s", ":0\r\n" },
    { "SET k v", "+OK\r\n" },
    { "SADD k a", WRONG_TYPE },
    { "SREM k a", WRONG_TYPE },
    { "SCARD k", WRONG_TYPE },
    { "SISMEMBER k a", WRONG_TYPE },
    { "SMISMEMBER k a", WRONG_TYPE },
    { "SMEMBERS k", WRONG_TYPE },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_encoding (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "CONFIG SET set-max-intset-entries 3", "+OK\r\n" },
    { "SADD s 3 1 2", ":3\r\n" },
    { "OBJECT ENCODING s", "$6\r\nintset\r\n" },
    { "SMEMBERS s", "*3\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n" },
    { "SADD s 4", ":1\r\n" },
    { "OBJECT ENCODING s", "$9\r\nhashtable\r\n" },
    { "SREM s 4", ":1\r\n" },
    { "OBJECT ENCODING s", "$9\r\nhashtable\r\n" },
    { "SADD t a", ":1\r\n" },
    { "OBJECT ENCODING t", "$9\r\nhashtable\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_move (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "SADD a 1 2", ":2\r\n" },    { "SMOVE a b 1", ":1\r\n" },
    { "SMOVE a b 1", ":0\r\n" },   { "SMOVE a a 2", ":1\r\n" },
    { "SMOVE a a 9", ":0\r\n" },   { "SMOVE a b 2", ":1\r\n" },
    { "EXISTS a", ":0\r\n" },      { "SCARD b", ":2\r\n" },
    { "SET k v", "+OK\r\n" },      { "SMOVE none k 1", ":0\r\n" },
    { "SMOVE b k 1", WRONG_TYPE }, { "SMOVE k b 1", WRONG_TYPE },
    { "SCARD b", ":2\r\n" },       { "SADD c 2", ":1\r\n" },
    { "SMOVE c b 2", ":1\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  assert_events (fixture, "sadd a\nsrem a\nsadd b\nsrem a\ndel a\nsadd b\n"
                          "set k\nsadd c\nsrem c\ndel c\n");
}

static void
test_events (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SADD s a b", ":2\r\n");
  assert_reply (fixture, "SADD s a", ":0\r\n");
  assert_reply (fixture, "SREM s z", ":0\r\n");
  assert_reply (fixture, "SREM s a", ":1\r\n");
  assert_reply (fixture, "SREM s b c", ":1\r\n");
  assert_events (fixture, "sadd s\nsrem s\nsrem s\ndel s\n");
  assert_records (fixture, "SADD s a b\nSREM s a\nSREM s b c\n");
}

static void
test_watch (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SADD s a", ":1\r\n");
  assert_reply (fixture, "WATCH s", "+OK\r\n");
  assert_reply_to (fixture, 1, "SADD s a", ":0\r\n");
  assert_reply (fixture, "MULTI", "+OK\r\n");
  assert_reply (fixture, "SCARD s", "+QUEUED\r\n");
  assert_reply (fixture, "EXEC", "*1\r\n:1\r\n");
  assert_reply (fixture, "WATCH s", "+OK\r\n");
  assert_reply_to (fixture, 1, "SADD s b", ":1\r\n");
  assert_reply (fixture, "MULTI", "+OK\r\n");
  assert_reply (fixture, "EXEC", "*-1\r\n");
}

static void
test_resp3 (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SADD s 1 2", ":2\r\n");
  fixture->clients[0].resp = 3;
  assert_reply (fixture, "SMEMBERS s", "~2\r\n$1\r\n1\r\n$1\r\n2\r\n");
  assert_reply (fixture, "SMEMBERS none", "~0\r\n");
  assert_reply (fixture, "SUNION s none", "~2\r\n$1\r\n1\r\n$1\r\n2\r\n");
  assert_reply (fixture, "SDIFF s s", "~0\r\n");
  assert_reply (fixture, "SPOP none", "_\r\n");
  assert_reply (fixture, "SPOP none 1", "~0\r\n");
  assert_reply (fixture, "SRANDMEMBER s 9", "*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
  assert_reply (fixture, "SSCAN s 0",
                "*2\r\n$1\r\n0\r\n*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
}

/* All that SSCAN returns, from 0 to 0. */
static GHashTable *
scan_all (Fixture *fixture, const char *command, const char *options)
{
  GHashTable *seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *cursor = g_strdup ("0");

  do
    {
      g_autofree char *line =
          g_strdup_printf ("%s s %s %s", command, cursor, options);
      g_autofree char *reply = fixture_run (fixture, 0, line);
      g_auto (GStrv) lines = g_strsplit (reply, "\r\n", -1);

      g_free (cursor);
      cursor = g_strdup (lines[2]);
      for (guint i = 5; lines[i - 1] != NULL && lines[i] != NULL; i += 2)
        g_hash_table_add (seen, g_strdup (lines[i]));
    }
  while (strcmp (cursor, "0") != 0);
  return seen;
}

static void
test_scan (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) sadd = g_string_new ("SADD s");
  g_autoptr (GHashTable) all = NULL, some = NULL;

  for (int i = 0; i < 1000; i++)
    g_string_append_printf (sadd, " m%d", i);
  assert_reply (fixture, sadd->str, ":1000\r\n");
  all = scan_all (fixture, "SSCAN", "COUNT 7");
  g_assert_cmpuint (g_hash_table_size (all), ==, 1000);
  some = scan_all (fixture, "SSCAN", "COUNT 100 MATCH m?5");
  g_assert_cmpuint (g_hash_table_size (some), ==, 9);
}

static void
test_copy (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SADD s a", ":1\r\n");
  assert_reply (fixture, "COPY s t", ":1\r\n");
  assert_reply (fixture, "SREM s a", ":1\r\n");
  assert_reply (fixture, "SMEMBERS t", "*1\r\n$1\r\na\r\n");
  assert_reply (fixture, "TYPE t", "+set\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/set/members", test_members);
  fixture_add ("/commands/set/encoding", test_encoding);
  fixture_add ("/commands/set/move", test_move);
  fixture_add ("/commands/set/events", test_events);
  fixture_add ("/commands/set/watch", test_watch);
  fixture_add ("/commands/set/resp3", test_resp3);
  fixture_add ("/commands/set/scan", test_scan);
  fixture_add ("/commands/set/copy", test_copy);
  return g_test_run ();
}
