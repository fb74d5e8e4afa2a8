/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#define WRONG_TYPE                                                             \
  "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"
#define ARITY(NAME) "-ERR wrong number of arguments for '" NAME "' command\r\n"

static void
test_fields (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "HSET h a 1 b two", ":2\r\n" },
    { "HSET h a 2 c 3 c 4", ":1\r\n" },
    { "HGET h a", "$1\r\n2\r\n" },
    { "HGET h z", "$-1\r\n" },
    { "HGET none a", "$-1\r\n" },
    { "HMGET h a z b", "*3\r\n$1\r\n2\r\n$-1\r\n$3\r\ntwo\r\n" },
    { "HMGET none a", "*1\r\n$-1\r\n" },
    { "HGETALL h", "*6\r\n$1\r\na\r\n$1\r\n2\r\n$1\r\nb\r\n$3\r\ntwo\r\n"
                   "$1\r\nc\r\n$1\r\n4\r\n" },
    { "HKEYS h", "*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n" },
    { "HVALS h", "*3\r\n$1\r\n2\r\n$3\r\ntwo\r\n$1\r\n4\r\n" },
    { "HLEN h", ":3\r\n" },
    { "HSTRLEN h b", ":3\r\n" },
    { "HSTRLEN h z", ":0\r\n" },
    { "HEXISTS h a", ":1\r\n" },
    { "HEXISTS h z", ":0\r\n" },
    { "HSETNX h a 9", ":0\r\n" },
    { "HSETNX h d 9", ":1\r\n" },
    { "HMSET h d 8 e 7", "+OK\r\n" },
    { "HDEL h a b z", ":2\r\n" },
    { "HDEL h c d e f", ":3\r\n" },
    { "EXISTS h", ":0\r\n" },
    { "HGETALL h", "*0\r\n" },
    { "HLEN h", ":0\r\n" },
    { "HDEL h a", ":0\r\n" },
    { "HSET h", ARITY ("hset") },
    { "HSET h a 1 b", ARITY ("hset") },
    { "HMSET h a 1 b", ARITY ("hmset") },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_wrong_type (Fixture *fixture, gconstpointer data)
{
  static const char *const lines[] = {
    "HSET k a 1",
    "HSETNX k a 1",
    "HGET k a",
    "HMGET k a",
    "HDEL k a",
    "HGETALL k",
    "HKEYS k",
    "HVALS k",
    "HLEN k",
    "HSTRLEN k a",
    "HEXISTS k a",
    "HINCRBY k a 1",
    "HINCRBYFLOAT k a 1",
    "HRANDFIELD k",
    "HRANDFIELD k 1",
    "HSCAN k 0",
  };

  assert_reply (fixture, "SET k v", "+OK\r\n");
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    assert_reply (fixture, lines[i], WRONG_TYPE);
}

static void
test_encoding (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "CONFIG SET hash-max-listpack-entries 2", "+OK\r\n" },
    { "HSET h a 1 b 2", ":2\r\n" },
    { "OBJECT ENCODING h", "$8\r\nlistpack\r\n" },
    { "HSET h c 3", ":1\r\n" },
    { "OBJECT ENCODING h", "$9\r\nhashtable\r\n" },
    { "HGET h a", "$1\r\n1\r\n" },
    { "HSET h a 111", ":0\r\n" },
    { "HGET h a", "$3\r\n111\r\n" },
    { "HGET h b", "$1\r\n2\r\n" },
    { "CONFIG SET hash-max-listpack-value 3", "+OK\r\n" },
    { "HSET i a 123", ":1\r\n" },
    { "OBJECT ENCODING i", "$8\r\nlistpack\r\n" },
    { "HSET i a 1234", ":0\r\n" },
    { "OBJECT ENCODING i", "$9\r\nhashtable\r\n" },
    { "TYPE i", "+hash\r\n" },
    { "COPY i j", ":1\r\n" },
    { "HSET i a 5", ":0\r\n" },
    { "HGETALL j", "*2\r\n$1\r\na\r\n$4\r\n1234\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_events (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "HSET h a 1", ":1\r\n");
  assert_reply (fixture, "HMSET h b 1", "+OK\r\n");
  assert_reply (fixture, "HSETNX h a 1", ":0\r\n");
  assert_reply (fixture, "HSETNX h c 1", ":1\r\n");
  assert_reply (fixture, "HDEL h z", ":0\r\n");
  assert_reply (fixture, "HDEL h a", ":1\r\n");
  assert_reply (fixture, "HDEL h b c", ":2\r\n");
  assert_events (fixture, "hset h\nhset h\nhset h\nhdel h\nhdel h\ndel h\n");
  assert_records (fixture, "HSET h a 1\nHMSET h b 1\nHSETNX h c 1\n"
                           "HDEL h a\nHDEL h b c\n");
}

static void
test_resp3 (Fixture *fixture, gconstpointer data)
{
  fixture->clients[0].resp = 3;
  assert_reply (fixture, "HSET h a 1", ":1\r\n");
  assert_reply (fixture, "HGETALL h", "%1\r\n$1\r\na\r\n$1\r\n1\r\n");
  assert_reply (fixture, "HGETALL none", "%0\r\n");
  assert_reply (fixture, "HKEYS none", "*0\r\n");
  assert_reply (fixture, "HKEYS h", "*1\r\n$1\r\na\r\n");
  assert_reply (fixture, "HMGET h z", "*1\r\n_\r\n");
  assert_reply (fixture, "HSCAN h 0",
                "*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n");
}

static void
test_scan (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GString) hset = g_string_new ("HSET h");
  g_autofree char *cursor = g_strdup ("0");

  assert_reply (fixture, "HSCAN h 0", "*2\r\n$1\r\n0\r\n*0\r\n");
  assert_reply (fixture, "HSCAN h x", "-ERR invalid cursor\r\n");
  assert_reply (fixture, "HSCAN h -", "-ERR invalid cursor\r\n");
  assert_reply (fixture, "HSCAN h +", "-ERR invalid cursor\r\n");
  for (int i = 0; i < 1000; i++)
    g_string_append_printf (hset, " f%d v%d", i, i);
  assert_reply (fixture, hset->str, ":1000\r\n");
  do
    {
      g_autofree char *line = g_strdup_printf ("HSCAN h %s COUNT 9", cursor);
      g_autofree char *reply = fixture_run (fixture, 0, line);
      g_auto (GStrv) lines = g_strsplit (reply, "\r\n", -1);

      g_free (cursor);
      cursor = g_strdup (lines[2]);
      for (guint i = 5; lines[i - 1] != NULL && lines[i] != NULL; i += 4)
        {
          g_assert_cmpstr (lines[i] + 1, ==, lines[i + 2] + 1);
          g_hash_table_add (seen, g_strdup (lines[i]));
        }
    }
  while (strcmp (cursor, "0") != 0);
  g_assert_cmpuint (g_hash_table_size (seen), ==, 1000);
  assert_reply (fixture, "HSCAN h 0 COUNT 10000 MATCH f77",
                "*2\r\n$1\r\n0\r\n*2\r\n$3\r\nf77\r\n$3\r\nv77\r\n");
  assert_reply (fixture, "HSCAN h 0 TYPE hash", "-ERR syntax error\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/hash/fields", test_fields);
  fixture_add ("/commands/hash/wrong-type", test_wrong_type);
  fixture_add ("/commands/hash/encoding", test_encoding);
  fixture_add ("/commands/hash/events", test_events);
  fixture_add ("/commands/hash/resp3", test_resp3);
  fixture_add ("/commands/hash/scan", test_scan);
  return g_test_run ();
}
