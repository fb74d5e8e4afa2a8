/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_read (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XADD s 1-1 a 1", "$3\r\n1-1\r\n" },
    { "XADD s 2-1 b 2", "$3\r\n2-1\r\n" },
    { "XADD t 5-5 c 3", "$3\r\n5-5\r\n" },
    { "XREAD STREAMS s 0",
      "*1\r\n*2\r\n$1\r\ns\r\n*2\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$"
      "1\r\n1\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n" },
    { "XREAD STREAMS s t 1 0",
      "*2\r\n*2\r\n$1\r\ns\r\n*2\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$"
      "1\r\n1\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n*2\r\n$"
      "1\r\nt\r\n*1\r\n*2\r\n$3\r\n5-5\r\n*2\r\n$1\r\nc\r\n$1\r\n3\r\n" },
    { "XREAD COUNT 1 STREAMS s t 0 0",
      "*2\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$"
      "1\r\n1\r\n*2\r\n$1\r\nt\r\n*1\r\n*2\r\n$3\r\n5-5\r\n*2\r\n$1\r\nc\r\n$"
      "1\r\n3\r\n" },
    { "XREAD COUNT -1 STREAMS s 1-1",
      "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\nb\r\n$"
      "1\r\n2\r\n" },
    { "XREAD STREAMS s $", "*-1\r\n" },
    { "XREAD STREAMS s t 9 $", "*-1\r\n" },
    { "XREAD STREAMS none 0", "*-1\r\n" },
    { "XREAD STREAMS s 18446744073709551615-18446744073709551615", "*-1\r\n" },
    { "XREAD COUNT x STREAMS s 0",
      "-ERR value is not an integer or out of range\r\n" },
    { "XREAD BLOCK -1 STREAMS s 0", "-ERR timeout is negative\r\n" },
    { "XREAD BLOCK x STREAMS s 0",
      "-ERR timeout is not an integer or out of range\r\n" },
    { "XREAD STREAMS s x",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XREAD STREAMS s >",
      "-ERR The > ID can be specified only when calling XREADGROUP using the "
      "GROUP <group> <consumer> option.\r\n" },
    { "XREAD STREAMS s -",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XREAD STREAMS s t 0", "-ERR Unbalanced XREAD list of streams: for each "
                             "stream key an ID or '$' must be specified.\r\n" },
    { "XREAD COUNT 1 s 0", "-ERR syntax error\r\n" },
    { "XREAD STREAMS x",
      "-ERR wrong number of arguments for 'xread' command\r\n" },
    { "XREAD NOACK STREAMS s 0", "-ERR The NOACK option is only supported by "
                                 "XREADGROUP. You called XREAD instead.\r\n" },
    { "XREAD GROUP g c STREAMS s 0",
      "-ERR The GROUP option is only supported by XREADGROUP. You called XREAD "
      "instead.\r\n" },
    { "XREAD FOO STREAMS s 0", "-ERR syntax error\r\n" },
    { "SET k v", "+OK\r\n" },
    { "XREAD STREAMS k 0", "-WRONGTYPE Operation against a key holding the "
                           "wrong kind of value\r\n" },
    { "XREAD STREAMS s k 0 0", "-WRONGTYPE Operation against a key holding the "
                               "wrong kind of value\r\n" },
    { "MULTI", "+OK\r\n" },
    { "XREAD BLOCK 0 STREAMS s $", "+QUEUED\r\n" },
    { "EXEC", "*1\r\n*-1\r\n" },
    { "COMMAND GETKEYS XREAD COUNT 1 STREAMS a b 1 2",
      "*2\r\n$1\r\na\r\n$1\r\nb\r\n" },
    { "COMMAND GETKEYS XREADGROUP GROUP streams c STREAMS a b 1 2",
      "*2\r\n$1\r\na\r\n$1\r\nb\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_readgroup (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XADD s 1-1 a 1", "$3\r\n1-1\r\n" },
    { "XADD s 2-1 b 2", "$3\r\n2-1\r\n" },
    { "XADD s 3-1 c 3", "$3\r\n3-1\r\n" },
    { "XGROUP CREATE s g 0", "+OK\r\n" },
    { "XREADGROUP GROUP g c COUNT 1 STREAMS s >",
      "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$"
      "1\r\n1\r\n" },
    { "XREADGROUP GROUP g d COUNT 1 NOACK STREAMS s >",
      "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\nb\r\n$"
      "1\r\n2\r\n" },
    { "XREADGROUP GROUP g d STREAMS s >",
      "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n3-1\r\n*2\r\n$1\r\nc\r\n$"
      "1\r\n3\r\n" },
    { "XREADGROUP GROUP g d STREAMS s >", "*-1\r\n" },
    { "XREADGROUP GROUP g c STREAMS s 0",
      "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$"
      "1\r\n1\r\n" },
    { "XREADGROUP GROUP g d STREAMS s 0 ",
      "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n3-1\r\n*2\r\n$1\r\nc\r\n$"
      "1\r\n3\r\n" },
    { "XREADGROUP GROUP g d STREAMS s 3-1", "*1\r\n*2\r\n$1\r\ns\r\n*0\r\n" },
    { "XREADGROUP GROUP g e STREAMS s 0", "*1\r\n*2\r\n$1\r\ns\r\n*0\r\n" },
    { "XDEL s 1-1", ":1\r\n" },
    { "XREADGROUP GROUP g c STREAMS s 0",
      "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*-1\r\n" },
    { "XREADGROUP GROUP g c BLOCK 0 STREAMS s 0",
      "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*-1\r\n" },
    { "XPENDING s g", "*4\r\n:2\r\n$3\r\n1-1\r\n$3\r\n3-1\r\n*2\r\n*2\r\n$"
                      "1\r\nc\r\n$1\r\n1\r\n*2\r\n$1\r\nd\r\n$1\r\n1\r\n" },
    { "XINFO GROUPS s",
      "*1\r\n*12\r\n$4\r\nname\r\n$1\r\ng\r\n$9\r\nconsumers\r\n:3\r\n$"
      "7\r\npending\r\n:2\r\n$17\r\nlast-delivered-id\r\n$3\r\n3-1\r\n$"
      "12\r\nentries-read\r\n:3\r\n$3\r\nlag\r\n:0\r\n" },
    { "XREADGROUP GROUP none c STREAMS s >",
      "-NOGROUP No such key 's' or consumer group 'none' in XREADGROUP with "
      "GROUP option\r\n" },
    { "XREADGROUP GROUP g c STREAMS none >",
      "-NOGROUP No such key 'none' or consumer group 'g' in XREADGROUP with "
      "GROUP option\r\n" },
    { "XREADGROUP GROUP g c STREAMS s $",
      "-ERR The $ ID is meaningless in the context of XREADGROUP: you want to "
      "read the history of this consumer by specifying a proper ID, or use the "
      "> ID to get new messages. The $ ID would just return an empty result "
      "set.\r\n" },
    { "XREADGROUP GROUP g c STREAMS s x",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XREADGROUP GROUP g c STREAMS s t >",
      "-ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' "
      "must be specified.\r\n" },
    { "XREADGROUP COUNT 1 NOACK STREAMS s >  > 0",
      "-ERR Missing GROUP option for XREADGROUP\r\n" },
    { "XREADGROUP COUNT 1 NOACK NOACK STREAMS s >",
      "-ERR Missing GROUP option for XREADGROUP\r\n" },
    { "XADD t 1-1 a 1", "$3\r\n1-1\r\n" },
    { "XADD s 4-1 d 4", "$3\r\n4-1\r\n" },
    { "XGROUP CREATE t g 0", "+OK\r\n" },
    { "XREADGROUP GROUP g c STREAMS s t > >",
      "*2\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n4-1\r\n*2\r\n$1\r\nd\r\n$"
      "1\r\n4\r\n*2\r\n$1\r\nt\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$"
      "1\r\n1\r\n" },
    { "XREADGROUP GROUP g c COUNT 1 STREAMS s t 0 0",
      "*2\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*-1\r\n*2\r\n$"
      "1\r\nt\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n" },
    { "SET k v", "+OK\r\n" },
    { "XREADGROUP GROUP g c STREAMS k >",
      "-WRONGTYPE Operation against a key holding the wrong kind of "
      "value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

#define ENTRY(id, value)                                                       \
  "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n" id                               \
  "\r\n*2\r\n$1\r\na\r\n$1\r\n" value "\r\n"

/* One entry serves all who read, in whatever protocol. */
static void
test_block (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "XADD s 1-1 a 1", "$3\r\n1-1\r\n");
  g_free (fixture_run (fixture, 3, "HELLO 3"));
  assert_reply_to (fixture, 1, "XREAD BLOCK 0 STREAMS s $", "");
  assert_reply_to (fixture, 2, "XREAD COUNT 1 BLOCK 0 STREAMS t s $ 1-1", "");
  assert_reply_to (fixture, 3, "XREAD BLOCK 0 STREAMS s $", "");
  assert_reply (fixture, "XDEL s 1-1", ":1\r\n");
  assert_reply (fixture, "XGROUP CREATE s g 0", "+OK\r\n");
  assert_late_reply_to (fixture, 1, "");
  assert_reply (fixture, "XADD s 2-1 a 2", "$3\r\n2-1\r\n");
  assert_late_reply_to (fixture, 1, ENTRY ("2-1", "2"));
  assert_late_reply_to (fixture, 2, ENTRY ("2-1", "2"));
  assert_late_reply_to (
      fixture, 3,
      "%1\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\na\r\n$1\r\n2\r\n");
  assert_reply (fixture, "XADD s 3-1 a 3", "$3\r\n3-1\r\n");
  assert_late_reply_to (fixture, 1, "");
}

/* An entry goes to the one of a group that waits longest. */
static void
test_block_group (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "XGROUP CREATE s g $ MKSTREAM", "+OK\r\n");
  assert_reply_to (fixture, 1, "XREADGROUP GROUP g c BLOCK 0 STREAMS s >", "");
  assert_reply_to (fixture, 2, "XREADGROUP GROUP g d BLOCK 0 STREAMS s >", "");
  assert_reply (fixture, "XADD s 1-1 a 1", "$3\r\n1-1\r\n");
  assert_late_reply_to (fixture, 2, "");
  assert_late_reply_to (fixture, 1, ENTRY ("1-1", "1"));
  assert_reply (fixture, "XADD s 2-1 a 2", "$3\r\n2-1\r\n");
  assert_late_reply_to (fixture, 2, ENTRY ("2-1", "2"));
  assert_reply (fixture, "XPENDING s g",
                "*4\r\n:2\r\n$3\r\n1-1\r\n$3\r\n2-1\r\n*2\r\n"
                "*2\r\n$1\r\nc\r\n$1\r\n1\r\n*2\r\n$1\r\nd\r\n$1\r\n1\r\n");
}

static void
test_block_ended (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *line;
    const char *reply;
  } cases[] = {
    { "DEL s", "-UNBLOCKED the stream key no longer exists\r\n" },
    { "SET s x", "-UNBLOCKED the stream key no longer exists\r\n" },
    { "RENAME s t", "-UNBLOCKED the stream key no longer exists\r\n" },
    { "FLUSHALL", "-UNBLOCKED the stream key no longer exists\r\n" },
    { "EXPIRE s 0", "-UNBLOCKED the stream key no longer exists\r\n" },
    { "XGROUP DESTROY s g", "-NOGROUP the consumer group this client was "
                            "blocked on no longer exists\r\n" },
    { "COPY o s REPLACE", "-NOGROUP the consumer group this client was "
                          "blocked on no longer exists\r\n" },
    { "XGROUP SETID s g 0", "" },
    { "XSETID s 9-9", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_free (fixture_run (fixture, 0, "FLUSHALL"));
      g_free (fixture_run (fixture, 0, "XADD o 1-1 a 1"));
      g_free (fixture_run (fixture, 0, "XGROUP CREATE s g $ MKSTREAM"));
      assert_reply_to (fixture, 1, "XREADGROUP GROUP g c BLOCK 0 STREAMS s >",
                       "");
      g_free (fixture_run (fixture, 0, cases[i].line));
      g_test_message ("%s", cases[i].line);
      assert_late_reply_to (fixture, 1, cases[i].reply);
      if (*cases[i].reply != '\0')
        continue;
      fixture_resume (fixture, 1, CF_WAKE_TIMEOUT);
      assert_late_reply_to (fixture, 1, "*-1\r\n");
    }
}

static void
test_block_timeout (Fixture *fixture, gconstpointer data)
{
  assert_reply_to (fixture, 1, "XREAD BLOCK 1 STREAMS s $", "");
  fixture_resume (fixture, 1, CF_WAKE_TIMEOUT);
  assert_late_reply_to (fixture, 1, "*-1\r\n");
}

/* What was read is told with its time; what was looked at again is not. */
static void
test_effects (Fixture *fixture, gconstpointer data)
{
  g_autofree char *reply = NULL;

  assert_reply (fixture, "XADD s 1-1 a 1", "$3\r\n1-1\r\n");
  assert_reply (fixture, "XGROUP CREATE s g 0", "+OK\r\n");
  assert_events (fixture, "xadd s\nxgroup-create s\n");
  g_string_truncate (fixture->records, 0);
  reply = fixture_run (fixture, 0, "XREADGROUP GROUP g c STREAMS s >");
  g_assert_cmpstr (reply, ==, ENTRY ("1-1", "1"));
  assert_events (fixture, "xgroup-createconsumer s\n");
  g_assert_true (g_regex_match_simple (
      "^MULTI\nXGROUP CREATECONSUMER s g c\n"
      "XCLAIM s g c 0 1-1 TIME [0-9]{13} RETRYCOUNT 1 FORCE JUSTID LASTID 1-1\n"
      "XGROUP SETID s g 1-1 ENTRIESREAD 1\nEXEC\n$",
      fixture->records->str, 0, 0));
  g_string_truncate (fixture->records, 0);
  g_free (fixture_run (fixture, 0, "XREADGROUP GROUP g c STREAMS s 0"));
  g_free (fixture_run (fixture, 0, "XREADGROUP GROUP g c STREAMS s >"));
  g_free (fixture_run (fixture, 0, "XREAD STREAMS s 0"));
  assert_records (fixture, "");
  g_free (fixture_run (fixture, 0, "XADD s 2-1 a 2"));
  g_string_truncate (fixture->records, 0);
  g_free (fixture_run (fixture, 0, "XREADGROUP GROUP g c NOACK STREAMS s >"));
  assert_records (fixture, "XGROUP SETID s g 2-1 ENTRIESREAD 2\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-stream-read/block", test_block);
  fixture_add ("/commands/cmd-stream-read/block-ended", test_block_ended);
  fixture_add ("/commands/cmd-stream-read/block-group", test_block_group);
  fixture_add ("/commands/cmd-stream-read/block-timeout", test_block_timeout);
  fixture_add ("/commands/cmd-stream-read/effects", test_effects);
  fixture_add ("/commands/cmd-stream-read/read", test_read);
  fixture_add ("/commands/cmd-stream-read/readgroup", test_readgroup);
  return g_test_run ();
}
