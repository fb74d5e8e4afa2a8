/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_append (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "APPEND k a", ":1\r\n" },
    { "APPEND k bc", ":3\r\n" },
    { "GET k", "$3\r\nabc\r\n" },
    { "APPEND k \"\"", ":3\r\n" },
    { "STRLEN k", ":3\r\n" },
    { "APPEND n 12", ":2\r\n" },
    { "APPEND n 3", ":3\r\n" },
    { "INCR n", ":124\r\n" },
    { "APPEND k", "-ERR wrong number of arguments for 'append' command\r\n" },
    { "APPEND k a b",
      "-ERR wrong number of arguments for 'append' command\r\n" },
    { "GET k", "$3\r\nabc\r\n" },
    { "STRLEN none", ":0\r\n" },
    { "STRLEN", "-ERR wrong number of arguments for 'strlen' command\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_getrange (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "SET k \"Hello, world\"", "+OK\r\n" },
    { "GETRANGE k 0 4", "$5\r\nHello\r\n" },
    { "GETRANGE k -5 -1", "$5\r\nworld\r\n" },
    { "GETRANGE k 0 -1", "$12\r\nHello, world\r\n" },
    { "GETRANGE k 5 2", "$0\r\n\r\n" },
    { "GETRANGE k -1 -5", "$0\r\n\r\n" },
    { "GETRANGE k 7 1000", "$5\r\nworld\r\n" },
    { "GETRANGE k 12 20", "$0\r\n\r\n" },
    { "GETRANGE k -1000 2", "$3\r\nHel\r\n" },
    { "GETRANGE k -1000 -900", "$1\r\nH\r\n" },
    { "GETRANGE k 0 -1000", "$1\r\nH\r\n" },
    { "GETRANGE k 9223372036854775807 9223372036854775807", "$0\r\n\r\n" },
    { "GETRANGE k -9223372036854775808 9223372036854775807",
      "$12\r\nHello, world\r\n" },
    { "GETRANGE k 0 -9223372036854775808", "$1\r\nH\r\n" },
    { "SUBSTR k 0 4", "$5\r\nHello\r\n" },
    { "SUBSTR k -3 -1", "$3\r\nrld\r\n" },
    { "GETRANGE none 0 -1", "$0\r\n\r\n" },
    { "SET e \"\"", "+OK\r\n" },
    { "GETRANGE e 0 -1", "$0\r\n\r\n" },
    { "SET n 123456", "+OK\r\n" },
    { "GETRANGE n 1 3", "$3\r\n234\r\n" },
    { "GETRANGE k a 1", "-ERR value is not an integer or out of range\r\n" },
    { "GETRANGE k 1 a", "-ERR value is not an integer or out of range\r\n" },
    { "GETRANGE none 1 a", "-ERR value is not an integer or out of range\r\n" },
    { "GETRANGE k 1",
      "-ERR wrong number of arguments for 'getrange' command\r\n" },
    { "SUBSTR k 1", "-ERR wrong number of arguments for 'substr' command\r\n" },
    { "GETRANGE k 9223372036854775808 1",
      "-ERR value is not an integer or out of range\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_setrange (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "SETRANGE k 0 \"\"", ":0\r\n" },
    { "SETRANGE k 5 \"\"", ":0\r\n" },
    { "GET k", "$-1\r\n" },
    { "SETRANGE k 3 abc", ":6\r\n" },
    { "GET k", "$6\r\n\\0\\0\\0abc\r\n" },
    { "SETRANGE k 0 xyz", ":6\r\n" },
    { "GET k", "$6\r\nxyzabc\r\n" },
    { "SETRANGE k 100 \"\"", ":6\r\n" },
    { "SETRANGE k 6 def", ":9\r\n" },
    { "GET k", "$9\r\nxyzabcdef\r\n" },
    { "SETRANGE k 2 1234567", ":9\r\n" },
    { "GET k", "$9\r\nxy1234567\r\n" },
    { "SET n 1234", "+OK\r\n" },
    { "SETRANGE n 1 x", ":4\r\n" },
    { "GET n", "$4\r\n1x34\r\n" },
    { "SETRANGE k -1 x", "-ERR offset is out of range\r\n" },
    { "SETRANGE k a x", "-ERR value is not an integer or out of range\r\n" },
    { "SETRANGE k 9223372036854775807 x",
      "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n" },
    { "SETRANGE none 9223372036854775807 x",
      "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n" },
    { "SETRANGE k 536870912 x",
      "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n" },
    { "SETRANGE k 536870911 xy",
      "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n" },
    { "SETRANGE none 536870911 xy",
      "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n" },
    { "SETRANGE k 536870912 \"\"", ":9\r\n" },
    { "SETRANGE k 0",
      "-ERR wrong number of arguments for 'setrange' command\r\n" },
    { "GET k", "$9\r\nxy1234567\r\n" },
    { "GET none", "$-1\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_encodings (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "APPEND a 12", ":2\r\n");
  assert_encoding (fixture, "a", CF_ENCODING_INT);
  assert_reply (fixture, "APPEND a \"\"", ":2\r\n");
  assert_encoding (fixture, "a", CF_ENCODING_RAW);
  assert_reply (fixture, "APPEND b x", ":1\r\n");
  assert_encoding (fixture, "b", CF_ENCODING_EMBSTR);
  assert_reply (fixture, "APPEND b x", ":2\r\n");
  assert_encoding (fixture, "b", CF_ENCODING_RAW);
  assert_reply (fixture, "SET c 12", "+OK\r\n");
  assert_reply (fixture, "SETRANGE c 0 3", ":2\r\n");
  assert_encoding (fixture, "c", CF_ENCODING_RAW);
  assert_reply (fixture, "SET c x", "+OK\r\n");
  assert_reply (fixture, "SETRANGE c 0 y", ":1\r\n");
  assert_encoding (fixture, "c", CF_ENCODING_RAW);
  assert_reply (fixture, "SETRANGE d 0 12", ":2\r\n");
  assert_encoding (fixture, "d", CF_ENCODING_RAW);
}

static void
test_effects (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "APPEND k a", ":1\r\n");
  assert_reply (fixture, "APPEND k \"\"", ":1\r\n");
  assert_reply (fixture, "SETRANGE k 0 \"\"", ":1\r\n");
  assert_reply (fixture, "SETRANGE k 1 b", ":2\r\n");
  assert_reply (fixture, "GETRANGE k 0 -1", "$2\r\nab\r\n");
  assert_events (fixture, "append k\nappend k\nsetrange k\n");
  assert_records (fixture, "APPEND k a\nAPPEND k \nSETRANGE k 1 b\n");
}

/* A deadline stays when the string grows into another block, then a blob. */
static void
test_deadline (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SET k v PXAT 9999999999999", "+OK\r\n");
  assert_reply (fixture, "APPEND k w", ":2\r\n");
  assert_deadline (fixture, "k", 9999999999999);
  assert_reply (fixture, "SETRANGE k 500 x", ":501\r\n");
  assert_deadline (fixture, "k", 9999999999999);
  assert_reply (fixture, "SETRANGE k 5000 x", ":5001\r\n");
  assert_deadline (fixture, "k", 9999999999999);
  assert_reply (fixture, "SETRANGE k 50000 x", ":50001\r\n");
  assert_deadline (fixture, "k", 9999999999999);
}

/* A string grows through all the ways in which it may be kept. */
static void
test_growth (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) model = g_string_new (NULL);

  for (guint i = 0; model->len < 200000; i++)
    {
      g_autofree char *word = g_strdup_printf ("%u,%*u;", i, (int) i % 700, i);
      g_autofree char *line = g_strdup_printf ("APPEND k '%s'", word);
      g_autofree char *got = fixture_run (fixture, 0, line);
      g_autofree char *expected = NULL;

      g_string_append (model, word);
      expected = g_strdup_printf (":%zu\r\n", model->len);
      g_assert_cmpstr (got, ==, expected);
    }
  for (gsize start = 0; start < model->len; start += 7777)
    {
      gsize size = MIN (17000, model->len - start);
      g_autofree char *line =
          g_strdup_printf ("GETRANGE k %zu %zu", start, start + size - 1);
      g_autofree char *expected = g_strdup_printf (
          "$%zu\r\n%.*s\r\n", size, (int) size, model->str + start);

      assert_reply (fixture, line, expected);
    }
}

/* A value that is being sent does not change under the reader. */
static void
test_shared (Fixture *fixture, gconstpointer data)
{
  CfSession *reader = &fixture->clients[1];
  CfArgs *args;
  const CfSlice words[] = { CF_SLICE ("GET"), CF_SLICE ("k") };
  g_autofree char *sent = NULL;
  gsize size;

  assert_reply (fixture, "SETRANGE k 99999 x", ":100000\r\n");
  args = cf_args_try_new (words, 2, NULL);
  reader->out.pool = &fixture->worker->chunks;
  cf_worker_enter (fixture->worker);
  cf_executor_run_args (fixture->engine, fixture->worker, reader, args);
  cf_worker_leave (fixture->worker);
  assert_reply (fixture, "SETRANGE k 0 changed", ":100000\r\n");
  assert_reply (fixture, "APPEND k y", ":100001\r\n");
  assert_reply (fixture, "GETRANGE k 0 6", "$7\r\nchanged\r\n");
  sent = cf_out_to_string (&reader->out, &size);
  g_assert_cmpuint (size, ==, 9 + 100000 + 2);
  for (gsize i = 9; i < 9 + 99999; i++)
    g_assert_cmpint (sent[i], ==, 0);
  g_assert_cmpint (sent[9 + 99999], ==, 'x');
}

/* The largest string there may be is made in no time, and takes no more than
 * address space where it is zero. */
static void
test_largest (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SETRANGE k 536870911 x", ":536870912\r\n");
  assert_reply (fixture, "GETRANGE k 536870910 -1", "$2\r\n\\0x\r\n");
  assert_reply (fixture, "APPEND k x",
                "-ERR string exceeds maximum allowed size "
                "(proto-max-bulk-len)\r\n");
  assert_reply (fixture, "STRLEN k", ":536870912\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-string-range/append", test_append);
  fixture_add ("/commands/cmd-string-range/getrange", test_getrange);
  fixture_add ("/commands/cmd-string-range/setrange", test_setrange);
  fixture_add ("/commands/cmd-string-range/encodings", test_encodings);
  fixture_add ("/commands/cmd-string-range/effects", test_effects);
  fixture_add ("/commands/cmd-string-range/deadline", test_deadline);
  fixture_add ("/commands/cmd-string-range/growth", test_growth);
  fixture_add ("/commands/cmd-string-range/shared", test_shared);
  fixture_add ("/commands/cmd-string-range/largest", test_largest);
  return g_test_run ();
}
