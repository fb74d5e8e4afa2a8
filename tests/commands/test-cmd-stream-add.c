/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_add (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XADD s 5-1 f v", "$3\r\n5-1\r\n" },
    { "XADD s 5-* f v", "$3\r\n5-2\r\n" },
    { "XADD s 6-* f v", "$3\r\n6-0\r\n" },
    { "XADD s 7 f v", "$3\r\n7-0\r\n" },
    { "XADD s 7-0 f v", "-ERR The ID specified in XADD is equal or smaller "
                        "than the target stream top item\r\n" },
    { "XADD s 6-* f v", "-ERR The ID specified in XADD is equal or smaller "
                        "than the target stream top item\r\n" },
    { "XADD s 0-0 f v",
      "-ERR The ID specified in XADD must be greater than 0-0\r\n" },
    { "XADD s 0 f v",
      "-ERR The ID specified in XADD must be greater than 0-0\r\n" },
    { "XADD t 0-* f v", "$3\r\n0-1\r\n" },
    { "XADD s x f v",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XADD s 8-1 f", "-ERR wrong number of arguments for 'xadd' command\r\n" },
    { "XADD s 8-1 f v g",
      "-ERR wrong number of arguments for 'xadd' command\r\n" },
    { "XADD s * f", "-ERR wrong number of arguments for 'xadd' command\r\n" },
    { "XADD s", "-ERR wrong number of arguments for 'xadd' command\r\n" },
    { "XADD none NOMKSTREAM * f v", "$-1\r\n" },
    { "EXISTS none", ":0\r\n" },
    { "XADD s NOMKSTREAM 8-1 f v", "$3\r\n8-1\r\n" },
    { "XLEN s", ":5\r\n" },
    { "XADD m 18446744073709551615-18446744073709551614 f v",
      "$41\r\n18446744073709551615-18446744073709551614\r\n" },
    { "XADD m 18446744073709551615-* f v",
      "$41\r\n18446744073709551615-18446744073709551615\r\n" },
    { "XADD m 18446744073709551615-* f v",
      "-ERR The stream has exhausted the last possible ID, unable to add more "
      "items\r\n" },
    { "XADD m * f v", "-ERR The stream has exhausted the last possible ID, "
                      "unable to add more items\r\n" },
    { "SET k v", "+OK\r\n" },
    { "XADD k 1-1 f v", "-WRONGTYPE Operation against a key holding the wrong "
                        "kind of value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_trim_options (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XADD s MAXLEN 2 1-1 f v", "$3\r\n1-1\r\n" },
    { "XADD s MAXLEN = 2 2-1 f v", "$3\r\n2-1\r\n" },
    { "XADD s MAXLEN ~ 2 3-1 f v", "$3\r\n3-1\r\n" },
    { "XLEN s", ":3\r\n" },
    { "XADD s MAXLEN 2 4-1 f v", "$3\r\n4-1\r\n" },
    { "XRANGE s - +", "*2\r\n*2\r\n$3\r\n3-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n*"
                      "2\r\n$3\r\n4-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n" },
    { "XADD s MINID 4 5-1 f v", "$3\r\n5-1\r\n" },
    { "XRANGE s - +", "*2\r\n*2\r\n$3\r\n4-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n*"
                      "2\r\n$3\r\n5-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n" },
    { "XADD s MINID = (4 5-1 f v",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XADD s MAXLEN -1 6-1 f v",
      "-ERR The MAXLEN argument must be >= 0.\r\n" },
    { "XADD s MAXLEN x 6-1 f v",
      "-ERR value is not an integer or out of range\r\n" },
    { "XADD s MAXLEN ~ 1 LIMIT -1 6-1 f v",
      "-ERR The LIMIT argument must be >= 0.\r\n" },
    { "XADD s MAXLEN ~ 1 LIMIT x 6-1 f v",
      "-ERR value is not an integer or out of range\r\n" },
    { "XADD s MAXLEN 1 LIMIT 5 6-1 f v",
      "-ERR syntax error, LIMIT cannot be used without the special ~ "
      "option\r\n" },
    { "XADD s LIMIT 5 6-1 f v", "-ERR syntax error, LIMIT cannot be used "
                                "without specifying a trimming strategy\r\n" },
    { "XADD s MAXLEN 1 MINID 1 6-1 f v",
      "-ERR syntax error, MAXLEN and MINID options at the same time are not "
      "compatible\r\n" },
    { "XADD s MAXLEN 0 6-1 f v", "$3\r\n6-1\r\n" },
    { "XLEN s", ":0\r\n" },
    { "XINFO STREAM s",
      "*20\r\n$6\r\nlength\r\n:0\r\n$15\r\nradix-tree-keys\r\n:0\r\n$"
      "16\r\nradix-tree-nodes\r\n:1\r\n$17\r\nlast-generated-id\r\n$3\r\n6-"
      "1\r\n$20\r\nmax-deleted-entry-id\r\n$3\r\n0-0\r\n$13\r\nentries-"
      "added\r\n:6\r\n$23\r\nrecorded-first-entry-id\r\n$3\r\n0-0\r\n$"
      "6\r\ngroups\r\n:0\r\n$11\r\nfirst-entry\r\n$-1\r\n$10\r\nlast-entry\r\n$"
      "-1\r\n" },
    { "XADD s MAXLEN 5",
      "-ERR wrong number of arguments for 'xadd' command\r\n" },
    { "XADD s MAXLEN 1 NOMKSTREAM 7-1 f v", "$3\r\n7-1\r\n" },
    { "XLEN s", ":1\r\n" },
    { "XTRIM s MAXLEN 0", ":1\r\n" },
    { "XLEN s", ":0\r\n" },
    { "XTRIM s MAXLEN",
      "-ERR wrong number of arguments for 'xtrim' command\r\n" },
    { "XTRIM s MAXLEN ~", "-ERR value is not an integer or out of range\r\n" },
    { "XTRIM s MAXLEN x", "-ERR value is not an integer or out of range\r\n" },
    { "XTRIM s FOO 1", "-ERR syntax error\r\n" },
    { "XTRIM s LIMIT 0",
      "-ERR syntax error, XTRIM must be called with a trimming strategy\r\n" },
    { "XTRIM s MAXLEN 1 NOMKSTREAM", "-ERR syntax error\r\n" },
    { "XTRIM none MAXLEN 1", ":0\r\n" },
    { "SET k v", "+OK\r\n" },
    { "XTRIM k MAXLEN 1", "-WRONGTYPE Operation against a key holding the "
                          "wrong kind of value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_nodes (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "CONFIG SET stream-node-max-entries 2", "+OK\r\n" },
    { "XADD s 1-1 f v", "$3\r\n1-1\r\n" },
    { "XADD s 2-1 f v", "$3\r\n2-1\r\n" },
    { "XADD s 3-1 f v", "$3\r\n3-1\r\n" },
    { "XADD s 4-1 f v", "$3\r\n4-1\r\n" },
    { "XADD s 5-1 f v", "$3\r\n5-1\r\n" },
    { "XTRIM s MAXLEN ~ 4", ":0\r\n" },
    { "XTRIM s MAXLEN ~ 3", ":2\r\n" },
    { "XRANGE s - +", "*3\r\n*2\r\n$3\r\n3-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n*"
                      "2\r\n$3\r\n4-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n*2\r\n$"
                      "3\r\n5-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n" },
    { "XTRIM s MINID ~ 5-1 LIMIT 1", ":0\r\n" },
    { "XTRIM s MINID ~ 5-1 LIMIT 2", ":2\r\n" },
    { "XRANGE s - +", "*1\r\n*2\r\n$3\r\n5-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n" },
    { "CONFIG SET stream-node-max-entries 0", "+OK\r\n" },
    { "CONFIG SET stream-node-max-bytes 60", "+OK\r\n" },
    { "XADD b 1-1 field abcdefghijklmnopqrstuvwxyz", "$3\r\n1-1\r\n" },
    { "XADD b 2-1 field abcdefghijklmnopqrstuvwxyz", "$3\r\n2-1\r\n" },
    { "XTRIM b MAXLEN ~ 1", ":1\r\n" },
    { "CONFIG SET stream-node-max-entries 100", "+OK\r\n" },
    { "CONFIG SET stream-node-max-bytes 4096", "+OK\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_effects (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "XADD s 1-1 a 1", "$3\r\n1-1\r\n");
  assert_reply (fixture, "XADD s 1-* b 2 c 3", "$3\r\n1-2\r\n");
  assert_reply (fixture, "XADD s NOMKSTREAM 2 b 2", "$3\r\n2-0\r\n");
  assert_events (fixture, "xadd s\nxadd s\nxadd s\n");
  assert_reply (fixture, "XADD s MAXLEN 2 3-* d 4", "$3\r\n3-0\r\n");
  assert_events (fixture, "xadd s\nxtrim s\n");
  assert_reply (fixture, "XADD s MAXLEN ~ 2 4 e 5", "$3\r\n4-0\r\n");
  assert_events (fixture, "xadd s\n");
  assert_reply (fixture, "XADD s MINID 3 5 f 6", "$3\r\n5-0\r\n");
  assert_reply (fixture, "XADD s NOMKSTREAM MAXLEN ~ 0 6 g 7", "$3\r\n6-0\r\n");
  assert_reply (fixture, "XADD none NOMKSTREAM 6 g 7", "$-1\r\n");
  assert_records (fixture, "XADD s 1-1 a 1\n"
                           "XADD s 1-2 b 2 c 3\n"
                           "XADD s 2-0 b 2\n"
                           "XADD s MAXLEN = 2 3-0 d 4\n"
                           "XADD s 4-0 e 5\n"
                           "XADD s MINID = 3-0 5-0 f 6\n"
                           "XADD s MAXLEN = 0 6-0 g 7\n");
  assert_events (fixture, "xadd s\nxtrim s\nxadd s\nxtrim s\n");
}

static void
test_trim_effects (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "CONFIG SET stream-node-max-entries 2", "+OK\r\n");
  for (guint i = 1; i < 8; i++)
    {
      g_autofree char *line = g_strdup_printf ("XADD s %u-1 a 1", i);
      g_autofree char *reply = g_strdup_printf ("$3\r\n%u-1\r\n", i);

      assert_reply (fixture, line, reply);
    }
  g_string_truncate (fixture->records, 0);
  assert_reply (fixture, "XTRIM s MAXLEN ~ 4", ":2\r\n");
  assert_reply (fixture, "XTRIM s MINID ~ 6-1", ":2\r\n");
  assert_reply (fixture, "XTRIM s MINID ~ 5-1", ":0\r\n");
  assert_reply (fixture, "XTRIM s MINID ~ 9-1", ":3\r\n");
  assert_records (fixture, "XTRIM s MAXLEN = 5\n"
                           "XTRIM s MINID = 5-1\n"
                           "XTRIM s MINID = 9-1\n");
}

/* IDs of now go up, even within a millisecond. */
static void
test_auto_id (Fixture *fixture, gconstpointer data)
{
  gint64 before_ms = g_get_real_time () / 1000, last_ms = 0, last_seq = -1;

  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *reply = fixture_run (fixture, 0, "XADD s * a 1");
      g_auto (GStrv) lines = g_strsplit (reply, "\r\n", -1);
      g_auto (GStrv) halves = g_strsplit (lines[1], "-", -1);
      gint64 ms = g_ascii_strtoll (halves[0], NULL, 10);
      gint64 seq = g_ascii_strtoll (halves[1], NULL, 10);

      g_assert_cmpint (ms, >=, before_ms - 1);
      g_assert_true (ms > last_ms ? seq == 0
                                  : ms == last_ms && seq == last_seq + 1);
      last_ms = ms;
      last_seq = seq;
    }
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-stream-add/add", test_add);
  fixture_add ("/commands/cmd-stream-add/auto-id", test_auto_id);
  fixture_add ("/commands/cmd-stream-add/effects", test_effects);
  fixture_add ("/commands/cmd-stream-add/nodes", test_nodes);
  fixture_add ("/commands/cmd-stream-add/trim-effects", test_trim_effects);
  fixture_add ("/commands/cmd-stream-add/trim-options", test_trim_options);
  return g_test_run ();
}
