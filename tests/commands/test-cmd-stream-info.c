/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_stream (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XINFO STREAM s", "-ERR no such key\r\n" },
    { "XGROUP CREATE s g 0 MKSTREAM", "+OK\r\n" },
    { "XINFO STREAM s",
      "*20\r\n$6\r\nlength\r\n:0\r\n$15\r\nradix-tree-keys\r\n:0\r\n$"
      "16\r\nradix-tree-nodes\r\n:1\r\n$17\r\nlast-generated-id\r\n$3\r\n0-"
      "0\r\n$20\r\nmax-deleted-entry-id\r\n$3\r\n0-0\r\n$13\r\nentries-"
      "added\r\n:0\r\n$23\r\nrecorded-first-entry-id\r\n$3\r\n0-0\r\n$"
      "6\r\ngroups\r\n:1\r\n$11\r\nfirst-entry\r\n$-1\r\n$10\r\nlast-entry\r\n$"
      "-1\r\n" },
    { "XINFO STREAM s FULL",
      "*18\r\n$6\r\nlength\r\n:0\r\n$15\r\nradix-tree-keys\r\n:0\r\n$"
      "16\r\nradix-tree-nodes\r\n:1\r\n$17\r\nlast-generated-id\r\n$3\r\n0-"
      "0\r\n$20\r\nmax-deleted-entry-id\r\n$3\r\n0-0\r\n$13\r\nentries-"
      "added\r\n:0\r\n$23\r\nrecorded-first-entry-id\r\n$3\r\n0-0\r\n$"
      "7\r\nentries\r\n*0\r\n$6\r\ngroups\r\n*1\r\n*14\r\n$4\r\nname\r\n$"
      "1\r\ng\r\n$17\r\nlast-delivered-id\r\n$3\r\n0-0\r\n$12\r\nentries-"
      "read\r\n$-1\r\n$3\r\nlag\r\n:0\r\n$9\r\npel-count\r\n:0\r\n$"
      "7\r\npending\r\n*0\r\n$9\r\nconsumers\r\n*0\r\n" },
    { "XADD s 1-1 a 1", "$3\r\n1-1\r\n" },
    { "XADD s 2-1 b 2", "$3\r\n2-1\r\n" },
    { "XADD s 3-1 c 3", "$3\r\n3-1\r\n" },
    { "XDEL s 2-1", ":1\r\n" },
    { "XINFO STREAM s",
      "*20\r\n$6\r\nlength\r\n:2\r\n$15\r\nradix-tree-keys\r\n:1\r\n$"
      "16\r\nradix-tree-nodes\r\n:2\r\n$17\r\nlast-generated-id\r\n$3\r\n3-"
      "1\r\n$20\r\nmax-deleted-entry-id\r\n$3\r\n2-1\r\n$13\r\nentries-"
      "added\r\n:3\r\n$23\r\nrecorded-first-entry-id\r\n$3\r\n1-1\r\n$"
      "6\r\ngroups\r\n:1\r\n$11\r\nfirst-entry\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$"
      "1\r\na\r\n$1\r\n1\r\n$10\r\nlast-entry\r\n*2\r\n$3\r\n3-1\r\n*2\r\n$"
      "1\r\nc\r\n$1\r\n3\r\n" },
    { "XINFO STREAM s FULL",
      "*18\r\n$6\r\nlength\r\n:2\r\n$15\r\nradix-tree-keys\r\n:1\r\n$"
      "16\r\nradix-tree-nodes\r\n:2\r\n$17\r\nlast-generated-id\r\n$3\r\n3-"
      "1\r\n$20\r\nmax-deleted-entry-id\r\n$3\r\n2-1\r\n$13\r\nentries-"
      "added\r\n:3\r\n$23\r\nrecorded-first-entry-id\r\n$3\r\n1-1\r\n$"
      "7\r\nentries\r\n*2\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n*"
      "2\r\n$3\r\n3-1\r\n*2\r\n$1\r\nc\r\n$1\r\n3\r\n$6\r\ngroups\r\n*1\r\n*"
      "14\r\n$4\r\nname\r\n$1\r\ng\r\n$17\r\nlast-delivered-id\r\n$3\r\n0-"
      "0\r\n$12\r\nentries-read\r\n$-1\r\n$3\r\nlag\r\n$-1\r\n$9\r\npel-"
      "count\r\n:0\r\n$7\r\npending\r\n*0\r\n$9\r\nconsumers\r\n*0\r\n" },
    { "XINFO STREAM s FULL COUNT 1",
      "*18\r\n$6\r\nlength\r\n:2\r\n$15\r\nradix-tree-keys\r\n:1\r\n$"
      "16\r\nradix-tree-nodes\r\n:2\r\n$17\r\nlast-generated-id\r\n$3\r\n3-"
      "1\r\n$20\r\nmax-deleted-entry-id\r\n$3\r\n2-1\r\n$13\r\nentries-"
      "added\r\n:3\r\n$23\r\nrecorded-first-entry-id\r\n$3\r\n1-1\r\n$"
      "7\r\nentries\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n$"
      "6\r\ngroups\r\n*1\r\n*14\r\n$4\r\nname\r\n$1\r\ng\r\n$17\r\nlast-"
      "delivered-id\r\n$3\r\n0-0\r\n$12\r\nentries-read\r\n$-1\r\n$"
      "3\r\nlag\r\n$-1\r\n$9\r\npel-count\r\n:0\r\n$7\r\npending\r\n*0\r\n$"
      "9\r\nconsumers\r\n*0\r\n" },
    { "XINFO STREAM s FULL COUNT 0",
      "*18\r\n$6\r\nlength\r\n:2\r\n$15\r\nradix-tree-keys\r\n:1\r\n$"
      "16\r\nradix-tree-nodes\r\n:2\r\n$17\r\nlast-generated-id\r\n$3\r\n3-"
      "1\r\n$20\r\nmax-deleted-entry-id\r\n$3\r\n2-1\r\n$13\r\nentries-"
      "added\r\n:3\r\n$23\r\nrecorded-first-entry-id\r\n$3\r\n1-1\r\n$"
      "7\r\nentries\r\n*2\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n*"
      "2\r\n$3\r\n3-1\r\n*2\r\n$1\r\nc\r\n$1\r\n3\r\n$6\r\ngroups\r\n*1\r\n*"
      "14\r\n$4\r\nname\r\n$1\r\ng\r\n$17\r\nlast-delivered-id\r\n$3\r\n0-"
      "0\r\n$12\r\nentries-read\r\n$-1\r\n$3\r\nlag\r\n$-1\r\n$9\r\npel-"
      "count\r\n:0\r\n$7\r\npending\r\n*0\r\n$9\r\nconsumers\r\n*0\r\n" },
    { "XINFO STREAM s FULL COUNT -1",
      "*18\r\n$6\r\nlength\r\n:2\r\n$15\r\nradix-tree-keys\r\n:1\r\n$"
      "16\r\nradix-tree-nodes\r\n:2\r\n$17\r\nlast-generated-id\r\n$3\r\n3-"
      "1\r\n$20\r\nmax-deleted-entry-id\r\n$3\r\n2-1\r\n$13\r\nentries-"
      "added\r\n:3\r\n$23\r\nrecorded-first-entry-id\r\n$3\r\n1-1\r\n$"
      "7\r\nentries\r\n*2\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n*"
      "2\r\n$3\r\n3-1\r\n*2\r\n$1\r\nc\r\n$1\r\n3\r\n$6\r\ngroups\r\n*1\r\n*"
      "14\r\n$4\r\nname\r\n$1\r\ng\r\n$17\r\nlast-delivered-id\r\n$3\r\n0-"
      "0\r\n$12\r\nentries-read\r\n$-1\r\n$3\r\nlag\r\n$-1\r\n$9\r\npel-"
      "count\r\n:0\r\n$7\r\npending\r\n*0\r\n$9\r\nconsumers\r\n*0\r\n" },
    { "XINFO STREAM s FULL COUNT x",
      "-ERR value is not an integer or out of range\r\n" },
    { "XINFO STREAM s FULL COUNT",
      "-ERR unknown subcommand or wrong number of arguments for 'STREAM'. Try "
      "XINFO HELP.\r\n" },
    { "XINFO STREAM s FULL LIMIT 1",
      "-ERR unknown subcommand or wrong number of arguments for 'STREAM'. Try "
      "XINFO HELP.\r\n" },
    { "XINFO STREAM s FULL COUNT 1 2",
      "-ERR unknown subcommand or wrong number of arguments for 'STREAM'. Try "
      "XINFO HELP.\r\n" },
    { "XINFO STREAM s FOO", "-ERR unknown subcommand or wrong number of "
                            "arguments for 'STREAM'. Try XINFO HELP.\r\n" },
    { "XINFO STREAM none FOO", "-ERR no such key\r\n" },
    { "XINFO NOTHING s",
      "-ERR unknown subcommand 'NOTHING'. Try XINFO HELP.\r\n" },
    { "XINFO STREAM",
      "-ERR wrong number of arguments for 'xinfo|stream' command\r\n" },
    { "SET k v", "+OK\r\n" },
    { "XINFO STREAM k", "-WRONGTYPE Operation against a key holding the wrong "
                        "kind of value\r\n" },
    { "XINFO GROUPS k", "-WRONGTYPE Operation against a key holding the wrong "
                        "kind of value\r\n" },
    { "XINFO CONSUMERS k g", "-WRONGTYPE Operation against a key holding the "
                             "wrong kind of value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_groups (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XINFO GROUPS s", "-ERR no such key\r\n" },
    { "XADD s 1-1 a 1", "$3\r\n1-1\r\n" },
    { "XADD s 2-1 a 1", "$3\r\n2-1\r\n" },
    { "XADD s 3-1 a 1", "$3\r\n3-1\r\n" },
    { "XINFO GROUPS s", "*0\r\n" },
    { "XGROUP CREATE s b 0", "+OK\r\n" },
    { "XGROUP CREATE s a $", "+OK\r\n" },
    { "XGROUP CREATE s ab 1", "+OK\r\n" },
    { "XGROUP CREATE s c 0 ENTRIESREAD 2", "+OK\r\n" },
    { "XREADGROUP GROUP b x COUNT 1 STREAMS s >",
      "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$"
      "1\r\n1\r\n" },
    { "XREADGROUP GROUP ab x COUNT 1 STREAMS s >",
      "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$"
      "1\r\n1\r\n" },
    { "XINFO GROUPS s",
      "*4\r\n*12\r\n$4\r\nname\r\n$1\r\na\r\n$9\r\nconsumers\r\n:0\r\n$"
      "7\r\npending\r\n:0\r\n$17\r\nlast-delivered-id\r\n$3\r\n3-1\r\n$"
      "12\r\nentries-read\r\n$-1\r\n$3\r\nlag\r\n:0\r\n*12\r\n$4\r\nname\r\n$"
      "2\r\nab\r\n$9\r\nconsumers\r\n:1\r\n$7\r\npending\r\n:1\r\n$17\r\nlast-"
      "delivered-id\r\n$3\r\n1-1\r\n$12\r\nentries-read\r\n:1\r\n$3\r\nlag\r\n:"
      "2\r\n*12\r\n$4\r\nname\r\n$1\r\nb\r\n$9\r\nconsumers\r\n:1\r\n$"
      "7\r\npending\r\n:1\r\n$17\r\nlast-delivered-id\r\n$3\r\n1-1\r\n$"
      "12\r\nentries-read\r\n:1\r\n$3\r\nlag\r\n:2\r\n*12\r\n$4\r\nname\r\n$"
      "1\r\nc\r\n$9\r\nconsumers\r\n:0\r\n$7\r\npending\r\n:0\r\n$17\r\nlast-"
      "delivered-id\r\n$3\r\n0-0\r\n$12\r\nentries-read\r\n:2\r\n$3\r\nlag\r\n:"
      "1\r\n" },
    { "XDEL s 3-1", ":1\r\n" },
    { "XINFO GROUPS s",
      "*4\r\n*12\r\n$4\r\nname\r\n$1\r\na\r\n$9\r\nconsumers\r\n:0\r\n$"
      "7\r\npending\r\n:0\r\n$17\r\nlast-delivered-id\r\n$3\r\n3-1\r\n$"
      "12\r\nentries-read\r\n$-1\r\n$3\r\nlag\r\n:0\r\n*12\r\n$4\r\nname\r\n$"
      "2\r\nab\r\n$9\r\nconsumers\r\n:1\r\n$7\r\npending\r\n:1\r\n$17\r\nlast-"
      "delivered-id\r\n$3\r\n1-1\r\n$12\r\nentries-read\r\n:1\r\n$3\r\nlag\r\n$"
      "-1\r\n*12\r\n$4\r\nname\r\n$1\r\nb\r\n$9\r\nconsumers\r\n:1\r\n$"
      "7\r\npending\r\n:1\r\n$17\r\nlast-delivered-id\r\n$3\r\n1-1\r\n$"
      "12\r\nentries-read\r\n:1\r\n$3\r\nlag\r\n$-1\r\n*12\r\n$4\r\nname\r\n$"
      "1\r\nc\r\n$9\r\nconsumers\r\n:0\r\n$7\r\npending\r\n:0\r\n$17\r\nlast-"
      "delivered-id\r\n$3\r\n0-0\r\n$12\r\nentries-read\r\n:2\r\n$3\r\nlag\r\n$"
      "-1\r\n" },
    { "XINFO CONSUMERS s a", "*0\r\n" },
    { "XINFO CONSUMERS s nobody",
      "-NOGROUP No such consumer group 'nobody' for key name 's'\r\n" },
    { "XINFO CONSUMERS none a", "-ERR no such key\r\n" },
    { "XINFO GROUPS s x",
      "-ERR wrong number of arguments for 'xinfo|groups' command\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_consumers (Fixture *fixture, gconstpointer data)
{
  g_autofree char *reply = NULL;

  assert_reply (fixture, "XADD s 1-1 a 1", "$3\r\n1-1\r\n");
  assert_reply (fixture, "XGROUP CREATE s g 0", "+OK\r\n");
  assert_reply (fixture, "XGROUP CREATECONSUMER s g z", ":1\r\n");
  assert_reply (fixture, "XGROUP CREATECONSUMER s g y", ":1\r\n");
  reply = fixture_run (fixture, 0, "XINFO CONSUMERS s g");
  g_assert_true (g_str_has_prefix (
      reply, "*2\r\n*6\r\n$4\r\nname\r\n$1\r\ny\r\n$7\r\npending\r\n:0\r\n"
             "$4\r\nidle\r\n:"));
  g_assert_nonnull (strstr (reply, "$1\r\nz\r\n"));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-stream-info/consumers", test_consumers);
  fixture_add ("/commands/cmd-stream-info/groups", test_groups);
  fixture_add ("/commands/cmd-stream-info/stream", test_stream);
  return g_test_run ();
}
