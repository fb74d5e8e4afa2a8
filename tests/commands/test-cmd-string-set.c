/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_set (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "GET k", "$-1\r\n" },
    { "SET k v", "+OK\r\n" },
    { "GET k", "$1\r\nv\r\n" },
    { "SET k w XX", "+OK\r\n" },
    { "SET k x NX", "$-1\r\n" },
    { "GET k", "$1\r\nw\r\n" },
    { "SET none v XX", "$-1\r\n" },
    { "GET none", "$-1\r\n" },
    { "SET new v NX", "+OK\r\n" },
    { "SET k v NX XX", "-ERR syntax error\r\n" },
    { "SET k v XX NX", "-ERR syntax error\r\n" },
    { "SET k v nx nx", "$-1\r\n" },
    { "SET k y GET", "$1\r\nw\r\n" },
    { "SET none y GET", "$-1\r\n" },
    { "SET none z XX GET", "$1\r\ny\r\n" },
    { "SET none2 z XX GET", "$-1\r\n" },
    { "GET none2", "$-1\r\n" },
    { "SET none z NX GET", "$1\r\nz\r\n" },
    { "SET none3 z NX GET", "$-1\r\n" },
    { "GET none3", "$1\r\nz\r\n" },
    { "SET k v GET NX XX", "-ERR syntax error\r\n" },
    { "SET k v EX", "-ERR syntax error\r\n" },
    { "SET k v EX 0", "-ERR invalid expire time in 'set' command\r\n" },
    { "SET k v EX -1", "-ERR invalid expire time in 'set' command\r\n" },
    { "SET k v PX 0", "-ERR invalid expire time in 'set' command\r\n" },
    { "SET k v PX -1", "-ERR invalid expire time in 'set' command\r\n" },
    { "SET k v EXAT 0", "-ERR invalid expire time in 'set' command\r\n" },
    { "SET k v PXAT -1", "-ERR invalid expire time in 'set' command\r\n" },
    { "SET k v EX a", "-ERR value is not an integer or out of range\r\n" },
    { "SET k v EX \"\"", "-ERR value is not an integer or out of range\r\n" },
    { "SET k v EX 1.5", "-ERR value is not an integer or out of range\r\n" },
    { "SET k v EX 9223372036854775807",
      "-ERR invalid expire time in 'set' command\r\n" },
    { "SET k v EX 9223372036854776",
      "-ERR invalid expire time in 'set' command\r\n" },
    { "SET k v EX 9223372036854775",
      "-ERR invalid expire time in 'set' command\r\n" },
    { "SET k v PX 9223372036854775807",
      "-ERR invalid expire time in 'set' command\r\n" },
    { "SET k v EXAT 9223372036854776",
      "-ERR invalid expire time in 'set' command\r\n" },
    { "SET k v EXAT 9223372036854775808",
      "-ERR value is not an integer or out of range\r\n" },
    { "SET k v EX 10 PX 10", "-ERR syntax error\r\n" },
    { "SET k v EX 10 EXAT 10", "-ERR syntax error\r\n" },
    { "SET k v EX 10 KEEPTTL", "-ERR syntax error\r\n" },
    { "SET k v KEEPTTL EX 10", "-ERR syntax error\r\n" },
    { "SET k v KEEPTTL PXAT 10", "-ERR syntax error\r\n" },
    { "SET k v PERSIST", "-ERR syntax error\r\n" },
    { "SET k v foo", "-ERR syntax error\r\n" },
    { "SET k v EX 10 NX foo", "-ERR syntax error\r\n" },
    { "SET k v \"\"", "-ERR syntax error\r\n" },
    { "SET k v EX NX", "-ERR value is not an integer or out of range\r\n" },
    { "SET k v NX EX x", "-ERR value is not an integer or out of range\r\n" },
    { "SET missing v XX EX 0",
      "-ERR invalid expire time in 'set' command\r\n" },
    { "SET missing v XX EX x",
      "-ERR value is not an integer or out of range\r\n" },
    { "SET missing v GET EX x",
      "-ERR value is not an integer or out of range\r\n" },
    { "SET", "-ERR wrong number of arguments for 'set' command\r\n" },
    { "SET k", "-ERR wrong number of arguments for 'set' command\r\n" },
    { "GET k", "$1\r\ny\r\n" },
    { "SET e \"\"", "+OK\r\n" },
    { "GET e", "$0\r\n\r\n" },
    { "SET \"\" e", "+OK\r\n" },
    { "GET \"\"", "$1\r\ne\r\n" },
    { "SET k \"a b\\r\\n\"", "+OK\r\n" },
    { "GET k", "$5\r\na b\r\n\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_setnx_setex_getset (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "SETNX k v", ":1\r\n" },
    { "SETNX k w", ":0\r\n" },
    { "GET k", "$1\r\nv\r\n" },
    { "SETNX k", "-ERR wrong number of arguments for 'setnx' command\r\n" },
    { "SETEX k 100 w", "+OK\r\n" },
    { "GET k", "$1\r\nw\r\n" },
    { "SETEX k 0 v", "-ERR invalid expire time in 'setex' command\r\n" },
    { "SETEX k -1 v", "-ERR invalid expire time in 'setex' command\r\n" },
    { "SETEX k a v", "-ERR value is not an integer or out of range\r\n" },
    { "SETEX k 9223372036854775807 v",
      "-ERR invalid expire time in 'setex' command\r\n" },
    { "SETEX k 9223372036854776 v",
      "-ERR invalid expire time in 'setex' command\r\n" },
    { "SETEX k 10", "-ERR wrong number of arguments for 'setex' command\r\n" },
    { "PSETEX k 100000 x", "+OK\r\n" },
    { "PSETEX k 0 v", "-ERR invalid expire time in 'psetex' command\r\n" },
    { "PSETEX k -1 v", "-ERR invalid expire time in 'psetex' command\r\n" },
    { "PSETEX k a v", "-ERR value is not an integer or out of range\r\n" },
    { "PSETEX k 9223372036854775807 v",
      "-ERR invalid expire time in 'psetex' command\r\n" },
    { "GET k", "$1\r\nx\r\n" },
    { "GETSET k y", "$1\r\nx\r\n" },
    { "GETSET none z", "$-1\r\n" },
    { "GET none", "$1\r\nz\r\n" },
    { "GETSET k", "-ERR wrong number of arguments for 'getset' command\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_getex (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "GETEX k", "$-1\r\n" },
    { "SET k v", "+OK\r\n" },
    { "GETEX k", "$1\r\nv\r\n" },
    { "GETEX k EX 100", "$1\r\nv\r\n" },
    { "GETEX k PX 100000", "$1\r\nv\r\n" },
    { "GETEX k PERSIST", "$1\r\nv\r\n" },
    { "GETEX k PERSIST PERSIST", "$1\r\nv\r\n" },
    { "GETEX k EX 10 PERSIST", "-ERR syntax error\r\n" },
    { "GETEX k PERSIST EX 10", "-ERR syntax error\r\n" },
    { "GETEX k EX 10 PX 10", "-ERR syntax error\r\n" },
    { "GETEX k KEEPTTL", "-ERR syntax error\r\n" },
    { "GETEX k NX", "-ERR syntax error\r\n" },
    { "GETEX k GET", "-ERR syntax error\r\n" },
    { "GETEX k foo", "-ERR syntax error\r\n" },
    { "GETEX k EX", "-ERR syntax error\r\n" },
    { "GETEX k EX 0", "-ERR invalid expire time in 'getex' command\r\n" },
    { "GETEX k EX -1", "-ERR invalid expire time in 'getex' command\r\n" },
    { "GETEX k EX a", "-ERR value is not an integer or out of range\r\n" },
    { "GETEX k EX 9223372036854775807",
      "-ERR invalid expire time in 'getex' command\r\n" },
    { "GETEX k PX 9223372036854775807",
      "-ERR invalid expire time in 'getex' command\r\n" },
    { "GETEX k PXAT 0", "-ERR invalid expire time in 'getex' command\r\n" },
    { "GETEX k EXAT -1", "-ERR invalid expire time in 'getex' command\r\n" },
    { "GETEX none EX 0", "$-1\r\n" },
    { "GETEX none EX a", "$-1\r\n" },
    { "GETEX none foo", "-ERR syntax error\r\n" },
    { "GETEX none EX 10", "$-1\r\n" },
    { "GET k", "$1\r\nv\r\n" },
    { "GETEX k EXAT 1", "$1\r\nv\r\n" },
    { "GET k", "$-1\r\n" },
    { "SET k v", "+OK\r\n" },
    { "GETEX k PXAT 1", "$1\r\nv\r\n" },
    { "GET k", "$-1\r\n" },
    { "GETEX", "-ERR wrong number of arguments for 'getex' command\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_key_flags (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "COMMAND GETKEYSANDFLAGS SET k v",
      "*1\r\n*2\r\n$1\r\nk\r\n*2\r\n+OW\r\n+update\r\n" },
    { "COMMAND GETKEYSANDFLAGS SET k GET",
      "*1\r\n*2\r\n$1\r\nk\r\n*2\r\n+OW\r\n+update\r\n" },
    { "COMMAND GETKEYSANDFLAGS SET k v NX get",
      "*1\r\n*2\r\n$1\r\nk\r\n*3\r\n+RW\r\n+access\r\n+update\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_encodings (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *value;
    CfEncoding encoding;
  } cases[] = {
    { "0", CF_ENCODING_INT },
    { "-1", CF_ENCODING_INT },
    { "9223372036854775807", CF_ENCODING_INT },
    { "-9223372036854775808", CF_ENCODING_INT },
    { "9223372036854775808", CF_ENCODING_EMBSTR },
    { "012", CF_ENCODING_EMBSTR },
    { "+1", CF_ENCODING_EMBSTR },
    { "1.0", CF_ENCODING_EMBSTR },
    { "''", CF_ENCODING_EMBSTR },
    { "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", CF_ENCODING_EMBSTR },
    { "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", CF_ENCODING_RAW },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *line = g_strdup_printf ("SET k %s", cases[i].value);

      assert_reply (fixture, line, "+OK\r\n");
      assert_encoding (fixture, "k", cases[i].encoding);
    }
}

static void
test_deadlines (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SET k v PXAT 9999999999999", "+OK\r\n");
  assert_deadline (fixture, "k", 9999999999999);
  assert_reply (fixture, "SET k w KEEPTTL", "+OK\r\n");
  assert_deadline (fixture, "k", 9999999999999);
  assert_reply (fixture, "GETEX k", "$1\r\nw\r\n");
  assert_deadline (fixture, "k", 9999999999999);
  assert_reply (fixture, "GETEX k EXAT 9999999999", "$1\r\nw\r\n");
  assert_deadline (fixture, "k", 9999999999000);
  assert_reply (fixture, "GETEX k PERSIST", "$1\r\nw\r\n");
  assert_deadline (fixture, "k", CF_NO_DEADLINE);
  assert_reply (fixture, "SET k v EXAT 9999999999", "+OK\r\n");
  assert_deadline (fixture, "k", 9999999999000);
  assert_reply (fixture, "SET k v", "+OK\r\n");
  assert_deadline (fixture, "k", CF_NO_DEADLINE);
  assert_reply (fixture, "GETEX k PXAT 9999999999999", "$1\r\nv\r\n");
  assert_reply (fixture, "GETSET k w", "$1\r\nv\r\n");
  assert_deadline (fixture, "k", CF_NO_DEADLINE);
  assert_reply (fixture, "SET k v PXAT 1", "+OK\r\n");
  assert_reply (fixture, "GET k", "$-1\r\n");
}

static void
test_effects (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SET k v", "+OK\r\n");
  assert_reply (fixture, "SET k w NX", "$-1\r\n");
  assert_reply (fixture, "SET k w XX GET", "$1\r\nv\r\n");
  assert_reply (fixture, "SET k x EXAT 9999999999 GET", "$1\r\nw\r\n");
  assert_records (fixture, "SET k v\nSET k w XX GET\n"
                           "SET k x PXAT 9999999999000\n");
  assert_events (fixture, "set k\nset k\nset k\nexpire k\n");
  assert_reply (fixture, "GETSET k y", "$1\r\nx\r\n");
  assert_reply (fixture, "GETEX k PXAT 9999999999999", "$1\r\ny\r\n");
  assert_reply (fixture, "GETEX k PERSIST", "$1\r\ny\r\n");
  assert_reply (fixture, "GETEX k PERSIST", "$1\r\ny\r\n");
  assert_reply (fixture, "GETEX k EXAT 1", "$1\r\ny\r\n");
  assert_reply (fixture, "SETNX k z", ":1\r\n");
  assert_reply (fixture, "SETNX k z", ":0\r\n");
  assert_records (fixture, "SET k y\nPEXPIREAT k 9999999999999\nPERSIST k\n"
                           "DEL k\nSETNX k z\n");
  assert_events (fixture, "set k\nexpire k\npersist k\ndel k\nset k\n");
}

/* The record of a relative deadline is an absolute one, near the present. */
static void
test_relative (Fixture *fixture, gconstpointer data)
{
  static const char *const lines[] = {
    "SETEX k 100 v",     "PSETEX k 100000 v", "SET k v EX 100",
    "SET k v PX 100000", "GETEX k EX 100",    "GETEX k PX 100000",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      gint64 before_ms = g_get_real_time () / 1000;
      gint64 deadline_ms;
      const char *number;

      g_free (fixture_run (fixture, 0, lines[i]));
      number = strrchr (fixture->records->str, ' ');
      g_assert_nonnull (number);
      deadline_ms = g_ascii_strtoll (number, NULL, 10);
      g_assert_cmpint (deadline_ms, >=, before_ms + 100000);
      g_assert_cmpint (deadline_ms, <=, g_get_real_time () / 1000 + 100000);
      assert_deadline (fixture, "k", deadline_ms);
      g_assert_true (g_str_has_prefix (
          fixture->records->str, i < 4 ? "SET k v PXAT " : "PEXPIREAT k "));
      g_string_truncate (fixture->records, 0);
    }
}

/* A value that was received into a blob becomes the value as it is. */
static void
test_blob (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (100000, 'x');
  CfSlice set[] = { CF_SLICE ("SET"),
                    CF_SLICE ("k"),
                    { text, 100000 },
                    CF_SLICE ("EXAT"),
                    CF_SLICE ("9999999999") };
  g_autofree char *expected = g_strdup_printf ("$100000\r\n%s\r\n", text);
  g_autofree char *record =
      g_strdup_printf ("SET k %s PXAT 9999999999000\n", text);
  CfArgs *args = fixture_args_of_blobs (set, G_N_ELEMENTS (set));
  CfBlob *blob = cf_blob_ref (args->blobs[2]);
  g_autofree char *got = fixture_run_args (fixture, 0, args);

  g_assert_cmpstr (got, ==, "+OK\r\n");
  g_assert_true (cf_blob_is_shared (blob));
  cf_blob_unref (blob);
  assert_records (fixture, record);
  assert_encoding (fixture, "k", CF_ENCODING_RAW);
  assert_reply (fixture, "GET k", expected);
  assert_reply (fixture, "GETSET k v", expected);
}

/* The null reply and old values in both protocols. */
static void
test_resp3 (Fixture *fixture, gconstpointer data)
{
  fixture->clients[1].resp = 3;
  assert_reply_to (fixture, 1, "SET k v GET", "_\r\n");
  assert_reply_to (fixture, 1, "SET k v NX", "_\r\n");
  assert_reply_to (fixture, 1, "SET k w GET", "$1\r\nv\r\n");
  assert_reply_to (fixture, 1, "GETEX none", "_\r\n");
  assert_reply_to (fixture, 0, "GETEX none", "$-1\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-string-set/set", test_set);
  fixture_add ("/commands/cmd-string-set/setnx-setex-getset",
               test_setnx_setex_getset);
  fixture_add ("/commands/cmd-string-set/getex", test_getex);
  fixture_add ("/commands/cmd-string-set/key-flags", test_key_flags);
  fixture_add ("/commands/cmd-string-set/encodings", test_encodings);
  fixture_add ("/commands/cmd-string-set/deadlines", test_deadlines);
  fixture_add ("/commands/cmd-string-set/effects", test_effects);
  fixture_add ("/commands/cmd-string-set/relative", test_relative);
  fixture_add ("/commands/cmd-string-set/blob", test_blob);
  fixture_add ("/commands/cmd-string-set/resp3", test_resp3);
  return g_test_run ();
}
