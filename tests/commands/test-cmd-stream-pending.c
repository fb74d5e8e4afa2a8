/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#include "persist/rdb-value.h"
#include "types/stream-group.h"

static void
test_pending (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XADD s 1-1 a 1", "$3\r\n1-1\r\n" },
    { "XADD s 2-1 a 1", "$3\r\n2-1\r\n" },
    { "XADD s 3-1 a 1", "$3\r\n3-1\r\n" },
    { "XGROUP CREATE s g 0", "+OK\r\n" },
    { "XPENDING s g", "*4\r\n:0\r\n$-1\r\n$-1\r\n*-1\r\n" },
    { "XREADGROUP GROUP g c COUNT 2 STREAMS s >",
      "*1\r\n*2\r\n$1\r\ns\r\n*2\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$"
      "1\r\n1\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n" },
    { "XREADGROUP GROUP g b STREAMS s >",
      "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n3-1\r\n*2\r\n$1\r\na\r\n$"
      "1\r\n1\r\n" },
    { "XGROUP CREATECONSUMER s g idle", ":1\r\n" },
    { "XPENDING s g", "*4\r\n:3\r\n$3\r\n1-1\r\n$3\r\n3-1\r\n*2\r\n*2\r\n$"
                      "1\r\nb\r\n$1\r\n1\r\n*2\r\n$1\r\nc\r\n$1\r\n2\r\n" },
    { "XPENDING s g - + 10 nobody", "*0\r\n" },
    { "XPENDING s g - + 0", "*0\r\n" },
    { "XPENDING s g - + -1", "*0\r\n" },
    { "XPENDING s g IDLE 1000000 - + 10", "*0\r\n" },
    { "XPENDING s g (3-1 + 10", "*0\r\n" },
    { "XPENDING s g - (0-0 10", "-ERR invalid end ID for the interval\r\n" },
    { "XPENDING s g (18446744073709551615-18446744073709551615 + 10",
      "-ERR invalid start ID for the interval\r\n" },
    { "XPENDING s g - + x",
      "-ERR value is not an integer or out of range\r\n" },
    { "XPENDING s g x + 10",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XPENDING s g - +", "-ERR syntax error\r\n" },
    { "XPENDING s g IDLE x - + 10",
      "-ERR value is not an integer or out of range\r\n" },
    { "XPENDING s g IDLE 1 - +", "-ERR syntax error\r\n" },
    { "XPENDING s g IDLE 1 - + 1 c d", "-ERR syntax error\r\n" },
    { "XPENDING s none",
      "-NOGROUP No such key 's' or consumer group 'none'\r\n" },
    { "XPENDING none g - + 10",
      "-NOGROUP No such key 'none' or consumer group 'g'\r\n" },
    { "SET k v", "+OK\r\n" },
    { "XPENDING k g", "-WRONGTYPE Operation against a key holding the wrong "
                      "kind of value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_claim (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XADD s 1-1 a 1", "$3\r\n1-1\r\n" },
    { "XADD s 2-1 b 2", "$3\r\n2-1\r\n" },
    { "XGROUP CREATE s g 0", "+OK\r\n" },
    { "XREADGROUP GROUP g c COUNT 1 STREAMS s >",
      "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$"
      "1\r\n1\r\n" },
    { "XCLAIM s g d 0 1-1",
      "*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n" },
    { "XCLAIM s g d 0 1-1 JUSTID", "*1\r\n$3\r\n1-1\r\n" },
    { "XCLAIM s g d 1000000 1-1", "*0\r\n" },
    { "XCLAIM s g d 0 2-1", "*0\r\n" },
    { "XCLAIM s g d 0 2-1 FORCE",
      "*1\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n" },
    { "XPENDING s g", "*4\r\n:2\r\n$3\r\n1-1\r\n$3\r\n2-1\r\n*1\r\n*2\r\n$"
                      "1\r\nd\r\n$1\r\n2\r\n" },
    { "XCLAIM s g d 0 1-1 2-1 IDLE 10 RETRYCOUNT 7 JUSTID",
      "*2\r\n$3\r\n1-1\r\n$3\r\n2-1\r\n" },
    { "XCLAIM s g d 0 9-9 FORCE", "*0\r\n" },
    { "XDEL s 1-1", ":1\r\n" },
    { "XCLAIM s g e 0 1-1 2-1",
      "*1\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n" },
    { "XPENDING s g", "*4\r\n:1\r\n$3\r\n2-1\r\n$3\r\n2-1\r\n*1\r\n*2\r\n$"
                      "1\r\ne\r\n$1\r\n1\r\n" },
    { "XCLAIM s g e 0 2-1 LASTID 7-7",
      "*1\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n" },
    { "XINFO GROUPS s",
      "*1\r\n*12\r\n$4\r\nname\r\n$1\r\ng\r\n$9\r\nconsumers\r\n:3\r\n$"
      "7\r\npending\r\n:1\r\n$17\r\nlast-delivered-id\r\n$3\r\n7-7\r\n$"
      "12\r\nentries-read\r\n:1\r\n$3\r\nlag\r\n:1\r\n" },
    { "XCLAIM s g e x 2-1",
      "-ERR Invalid min-idle-time argument for XCLAIM\r\n" },
    { "XCLAIM s g e 0 2-1 IDLE x",
      "-ERR Invalid IDLE option argument for XCLAIM\r\n" },
    { "XCLAIM s g e 0 2-1 TIME x",
      "-ERR Invalid TIME option argument for XCLAIM\r\n" },
    { "XCLAIM s g e 0 2-1 RETRYCOUNT x",
      "-ERR Invalid RETRYCOUNT option argument for XCLAIM\r\n" },
    { "XCLAIM s g e 0 2-1 LASTID x",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XCLAIM s g e 0 2-1 IDLE", "-ERR Unrecognized XCLAIM option 'IDLE'\r\n" },
    { "XCLAIM s g e 0 x", "-ERR Unrecognized XCLAIM option 'x'\r\n" },
    { "XCLAIM s none e 0 2-1",
      "-NOGROUP No such key 's' or consumer group 'none'\r\n" },
    { "XCLAIM none g e 0 2-1",
      "-NOGROUP No such key 'none' or consumer group 'g'\r\n" },
    { "SET k v", "+OK\r\n" },
    { "XCLAIM k g e 0 2-1", "-WRONGTYPE Operation against a key holding the "
                            "wrong kind of value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_autoclaim (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XADD s 1-1 a 1", "$3\r\n1-1\r\n" },
    { "XADD s 2-1 b 2", "$3\r\n2-1\r\n" },
    { "XADD s 3-1 c 3", "$3\r\n3-1\r\n" },
    { "XADD s 4-1 d 4", "$3\r\n4-1\r\n" },
    { "XGROUP CREATE s g 0", "+OK\r\n" },
    { "XREADGROUP GROUP g c STREAMS s >",
      "*1\r\n*2\r\n$1\r\ns\r\n*4\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$"
      "1\r\n1\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n*2\r\n$3\r\n3-"
      "1\r\n*2\r\n$1\r\nc\r\n$1\r\n3\r\n*2\r\n$3\r\n4-1\r\n*2\r\n$1\r\nd\r\n$"
      "1\r\n4\r\n" },
    { "XAUTOCLAIM s g d 0 - COUNT 1",
      "*3\r\n$3\r\n2-1\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$"
      "1\r\n1\r\n*0\r\n" },
    { "XAUTOCLAIM s g d 0 2-1 COUNT 2 JUSTID",
      "*3\r\n$3\r\n4-1\r\n*2\r\n$3\r\n2-1\r\n$3\r\n3-1\r\n*0\r\n" },
    { "XDEL s 1-1 3-1", ":2\r\n" },
    { "XAUTOCLAIM s g d 0 0 COUNT 2",
      "*3\r\n$3\r\n3-1\r\n*1\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\nb\r\n$"
      "1\r\n2\r\n*1\r\n$3\r\n1-1\r\n" },
    { "XAUTOCLAIM s g d 0 (2-1 COUNT 5",
      "*3\r\n$3\r\n0-0\r\n*1\r\n*2\r\n$3\r\n4-1\r\n*2\r\n$1\r\nd\r\n$"
      "1\r\n4\r\n*1\r\n$3\r\n3-1\r\n" },
    { "XPENDING s g", "*4\r\n:2\r\n$3\r\n2-1\r\n$3\r\n4-1\r\n*1\r\n*2\r\n$"
                      "1\r\nd\r\n$1\r\n2\r\n" },
    { "XAUTOCLAIM s g d 1000000 -", "*3\r\n$3\r\n0-0\r\n*0\r\n*0\r\n" },
    { "XAUTOCLAIM s g d 0 - COUNT 0", "-ERR COUNT must be > 0\r\n" },
    { "XAUTOCLAIM s g d 0 - COUNT x", "-ERR COUNT must be > 0\r\n" },
    { "XAUTOCLAIM s g d 0 - COUNT 576460752303423489",
      "-ERR COUNT must be > 0\r\n" },
    { "XAUTOCLAIM s g d x -",
      "-ERR Invalid min-idle-time argument for XAUTOCLAIM\r\n" },
    { "XAUTOCLAIM s g d 0 x",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XAUTOCLAIM s g d 0 (18446744073709551615-18446744073709551615",
      "-ERR invalid start ID for the interval\r\n" },
    { "XAUTOCLAIM s g d 0 - FOO", "-ERR syntax error\r\n" },
    { "XAUTOCLAIM s none d 0 -",
      "-NOGROUP No such key 's' or consumer group 'none'\r\n" },
    { "XAUTOCLAIM none g d 0 -",
      "-NOGROUP No such key 'none' or consumer group 'g'\r\n" },
    { "SET k v", "+OK\r\n" },
    { "XAUTOCLAIM k g d 0 -", "-WRONGTYPE Operation against a key holding the "
                              "wrong kind of value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

/* What was claimed is told as it is then, whatever the time. */
static void
test_effects (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "XADD s 1-1 a 1", "$3\r\n1-1\r\n");
  assert_reply (fixture, "XADD s 2-1 a 1", "$3\r\n2-1\r\n");
  assert_reply (fixture, "XGROUP CREATE s g 2-1", "+OK\r\n");
  g_string_truncate (fixture->records, 0);
  assert_reply (fixture,
                "XCLAIM s g c 0 1-1 2-1 TIME 1000 RETRYCOUNT 3 FORCE JUSTID",
                "*2\r\n$3\r\n1-1\r\n$3\r\n2-1\r\n");
  assert_records (fixture,
                  "MULTI\n"
                  "XGROUP CREATECONSUMER s g c\n"
                  "XCLAIM s g c 0 1-1 TIME 1000 RETRYCOUNT 3 FORCE JUSTID "
                  "LASTID 2-1\n"
                  "XCLAIM s g c 0 2-1 TIME 1000 RETRYCOUNT 3 FORCE JUSTID "
                  "LASTID 2-1\n"
                  "EXEC\n");
  assert_reply (fixture, "XDEL s 1-1", ":1\r\n");
  g_string_truncate (fixture->records, 0);
  assert_reply (fixture, "XAUTOCLAIM s g d 1000000000000000 - JUSTID",
                "*3\r\n$3\r\n0-0\r\n*0\r\n*1\r\n$3\r\n1-1\r\n");
  assert_records (fixture,
                  "XCLAIM s g c 0 1-1 TIME 1000 RETRYCOUNT 3 FORCE JUSTID "
                  "LASTID 2-1\n");
  assert_reply (fixture, "XCLAIM s g d 0 9-9 LASTID 5-5", "*0\r\n");
  assert_records (fixture, "XGROUP SETID s g 5-5 ENTRIESREAD -1\n");
}

/* A payload may have any times.  What is wanted is what Redis replies. */
static void
test_strange_times (Fixture *fixture, gconstpointer data)
{
  static const gint64 times_ms[] = { G_MININT64, G_MAXINT64 };

  for (gsize i = 0; i < G_N_ELEMENTS (times_ms); i++)
    {
      CfStream *stream = cf_stream_new ();
      CfStreamId id = { 1, 1 };
      CfSlice pair[] = { CF_SLICE ("a"), CF_SLICE ("1") };
      const CfStreamLimits limits = { 0, 0 };
      CfStreamGroup *group;
      CfStreamConsumer *consumer;
      CfValue value;
      CfEntry *entry;
      g_autoptr (CfBlob) payload = NULL;
      CfSlice words[] = { CF_SLICE ("RESTORE"), CF_SLICE ("s"), CF_SLICE ("0"),
                          CF_SLICE (""), CF_SLICE ("REPLACE") };
      g_autofree char *reply = NULL;

      g_assert_cmpint (cf_stream_add (stream, id, pair, 1, &limits), ==,
                       CF_STREAM_ADDED);
      group = cf_stream_add_group (stream, CF_SLICE ("g"), id, 1);
      consumer = cf_stream_group_add (group, CF_SLICE ("c"), times_ms[i]);
      cf_stream_group_give (group, id, consumer, 0)->delivered_ms = times_ms[i];
      value = cf_value_object (&stream->object);
      entry = cf_entry_try_new (CF_SLICE (""), &value, CF_NO_DEADLINE);
      payload = cf_rdb_payload_new (entry);
      cf_entry_free (entry);
      words[3] = cf_blob_slice (payload);
      reply = fixture_run_args (
          fixture, 0, cf_args_try_new (words, G_N_ELEMENTS (words), NULL));
      g_assert_cmpstr (reply, ==, "+OK\r\n");
      assert_reply (fixture, "XPENDING s g - + 10",
                    "*1\r\n*4\r\n$3\r\n1-1\r\n$1\r\nc\r\n:0\r\n:0\r\n");
      assert_reply (fixture, "XPENDING s g IDLE 5 - + 10", "*0\r\n");
      assert_reply (fixture, "XINFO CONSUMERS s g",
                    "*1\r\n*6\r\n$4\r\nname\r\n$1\r\nc\r\n$7\r\n"
                    "pending\r\n:1\r\n$4\r\nidle\r\n:0\r\n");
    }
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-stream-pending/autoclaim", test_autoclaim);
  fixture_add ("/commands/cmd-stream-pending/claim", test_claim);
  fixture_add ("/commands/cmd-stream-pending/effects", test_effects);
  fixture_add ("/commands/cmd-stream-pending/pending", test_pending);
  fixture_add ("/commands/cmd-stream-pending/strange-times",
               test_strange_times);
  return g_test_run ();
}
