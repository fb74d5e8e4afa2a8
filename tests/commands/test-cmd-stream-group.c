/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_create (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XGROUP CREATE s g $",
      "-ERR The XGROUP subcommand requires the key to exist. Note that for "
      "CREATE you may want to use the MKSTREAM option to create an empty "
      "stream automatically.\r\n" },
    { "XGROUP CREATE s g $ MKSTREAM", "+OK\r\n" },
    { "XGROUP CREATE s g 0",
      "-BUSYGROUP Consumer Group name already exists\r\n" },
    { "TYPE s", "+stream\r\n" },
    { "XINFO GROUPS s",
      "*1\r\n*12\r\n$4\r\nname\r\n$1\r\ng\r\n$9\r\nconsumers\r\n:0\r\n$"
      "7\r\npending\r\n:0\r\n$17\r\nlast-delivered-id\r\n$3\r\n0-0\r\n$"
      "12\r\nentries-read\r\n$-1\r\n$3\r\nlag\r\n:0\r\n" },
    { "XADD s 5-5 a 1", "$3\r\n5-5\r\n" },
    { "XGROUP CREATE s h $", "+OK\r\n" },
    { "XGROUP CREATE s i 3 ENTRIESREAD 7", "+OK\r\n" },
    { "XGROUP CREATE s j -",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XGROUP CREATE s j x",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XGROUP CREATE s j 0 ENTRIESREAD -2",
      "-ERR value for ENTRIESREAD must be positive or -1\r\n" },
    { "XGROUP CREATE s j 0 ENTRIESREAD x",
      "-ERR value is not an integer or out of range\r\n" },
    { "XGROUP CREATE s j 0 ENTRIESREAD",
      "-ERR unknown subcommand or wrong number of arguments for 'CREATE'. Try "
      "XGROUP HELP.\r\n" },
    { "XGROUP CREATE s j 0 FOO",
      "-ERR unknown subcommand or wrong number of arguments for 'CREATE'. Try "
      "XGROUP HELP.\r\n" },
    { "XGROUP CREATE s j 0 MKSTREAM MKSTREAM ENTRIESREAD 1",
      "-ERR unknown subcommand or wrong number of arguments for 'CREATE'. Try "
      "XGROUP HELP.\r\n" },
    { "XGROUP CREATE none g x MKSTREAM",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "EXISTS none", ":0\r\n" },
    { "XINFO GROUPS s",
      "*3\r\n*12\r\n$4\r\nname\r\n$1\r\ng\r\n$9\r\nconsumers\r\n:0\r\n$"
      "7\r\npending\r\n:0\r\n$17\r\nlast-delivered-id\r\n$3\r\n0-0\r\n$"
      "12\r\nentries-read\r\n$-1\r\n$3\r\nlag\r\n:1\r\n*12\r\n$4\r\nname\r\n$"
      "1\r\nh\r\n$9\r\nconsumers\r\n:0\r\n$7\r\npending\r\n:0\r\n$17\r\nlast-"
      "delivered-id\r\n$3\r\n5-5\r\n$12\r\nentries-read\r\n$-1\r\n$"
      "3\r\nlag\r\n:0\r\n*12\r\n$4\r\nname\r\n$1\r\ni\r\n$9\r\nconsumers\r\n:"
      "0\r\n$7\r\npending\r\n:0\r\n$17\r\nlast-delivered-id\r\n$3\r\n3-0\r\n$"
      "12\r\nentries-read\r\n:7\r\n$3\r\nlag\r\n:-6\r\n" },
    { "SET k v", "+OK\r\n" },
    { "XGROUP CREATE k g 0", "-WRONGTYPE Operation against a key holding the "
                             "wrong kind of value\r\n" },
    { "XGROUP NOTHING s g",
      "-ERR unknown subcommand 'NOTHING'. Try XGROUP HELP.\r\n" },
    { "XGROUP CREATE s",
      "-ERR wrong number of arguments for 'xgroup|create' command\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_setid (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XADD s 1-1 a 1", "$3\r\n1-1\r\n" },
    { "XADD s 2-1 a 1", "$3\r\n2-1\r\n" },
    { "XGROUP CREATE s g 0", "+OK\r\n" },
    { "XGROUP SETID s g 1", "+OK\r\n" },
    { "XINFO GROUPS s",
      "*1\r\n*12\r\n$4\r\nname\r\n$1\r\ng\r\n$9\r\nconsumers\r\n:0\r\n$"
      "7\r\npending\r\n:0\r\n$17\r\nlast-delivered-id\r\n$3\r\n1-0\r\n$"
      "12\r\nentries-read\r\n$-1\r\n$3\r\nlag\r\n:2\r\n" },
    { "XGROUP SETID s g $", "+OK\r\n" },
    { "XINFO GROUPS s",
      "*1\r\n*12\r\n$4\r\nname\r\n$1\r\ng\r\n$9\r\nconsumers\r\n:0\r\n$"
      "7\r\npending\r\n:0\r\n$17\r\nlast-delivered-id\r\n$3\r\n2-1\r\n$"
      "12\r\nentries-read\r\n$-1\r\n$3\r\nlag\r\n:0\r\n" },
    { "XGROUP SETID s g + ENTRIESREAD 4", "+OK\r\n" },
    { "XINFO GROUPS s",
      "*1\r\n*12\r\n$4\r\nname\r\n$1\r\ng\r\n$9\r\nconsumers\r\n:0\r\n$"
      "7\r\npending\r\n:0\r\n$17\r\nlast-delivered-id\r\n$"
      "41\r\n18446744073709551615-18446744073709551615\r\n$12\r\nentries-"
      "read\r\n:4\r\n$3\r\nlag\r\n:-2\r\n" },
    { "XGROUP SETID s g - ENTRIESREAD -1", "+OK\r\n" },
    { "XGROUP SETID s g x",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XGROUP SETID s g 1 MKSTREAM",
      "-ERR unknown subcommand or wrong number of arguments for 'SETID'. Try "
      "XGROUP HELP.\r\n" },
    { "XGROUP SETID s g 1 ENTRIESREAD 1 ENTRIESREAD 2",
      "-ERR unknown subcommand or wrong number of arguments for 'SETID'. Try "
      "XGROUP HELP.\r\n" },
    { "XGROUP SETID s none 1",
      "-NOGROUP No such consumer group 'none' for key name 's'\r\n" },
    { "XGROUP SETID none g 1",
      "-ERR The XGROUP subcommand requires the key to exist. Note that for "
      "CREATE you may want to use the MKSTREAM option to create an empty "
      "stream automatically.\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_consumers (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XADD s 1-1 a 1", "$3\r\n1-1\r\n" },
    { "XADD s 2-1 a 1", "$3\r\n2-1\r\n" },
    { "XGROUP CREATE s g 0", "+OK\r\n" },
    { "XGROUP CREATECONSUMER s g c", ":1\r\n" },
    { "XGROUP CREATECONSUMER s g c", ":0\r\n" },
    { "XGROUP CREATECONSUMER s none c",
      "-NOGROUP No such consumer group 'none' for key name 's'\r\n" },
    { "XGROUP CREATECONSUMER none g c",
      "-ERR The XGROUP subcommand requires the key to exist. Note that for "
      "CREATE you may want to use the MKSTREAM option to create an empty "
      "stream automatically.\r\n" },
    { "XREADGROUP GROUP g c STREAMS s >",
      "*1\r\n*2\r\n$1\r\ns\r\n*2\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$"
      "1\r\n1\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n" },
    { "XGROUP DELCONSUMER s g other", ":0\r\n" },
    { "XGROUP DELCONSUMER s g c", ":2\r\n" },
    { "XGROUP DELCONSUMER s g c", ":0\r\n" },
    { "XPENDING s g", "*4\r\n:0\r\n$-1\r\n$-1\r\n*-1\r\n" },
    { "XGROUP DESTROY s none", ":0\r\n" },
    { "XGROUP DESTROY s g", ":1\r\n" },
    { "XGROUP DESTROY s g", ":0\r\n" },
    { "XGROUP DESTROY none g",
      "-ERR The XGROUP subcommand requires the key to exist. Note that for "
      "CREATE you may want to use the MKSTREAM option to create an empty "
      "stream automatically.\r\n" },
    { "XGROUP DELCONSUMER s g c",
      "-NOGROUP No such consumer group 'g' for key name 's'\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_ack (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XACK none g x", ":0\r\n" },
    { "XADD s 1-1 a 1", "$3\r\n1-1\r\n" },
    { "XADD s 2-1 a 1", "$3\r\n2-1\r\n" },
    { "XACK s g x", ":0\r\n" },
    { "XGROUP CREATE s g 0", "+OK\r\n" },
    { "XREADGROUP GROUP g c STREAMS s >",
      "*1\r\n*2\r\n$1\r\ns\r\n*2\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$"
      "1\r\n1\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n" },
    { "XACK s g 1-1 x",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XPENDING s g", "*4\r\n:2\r\n$3\r\n1-1\r\n$3\r\n2-1\r\n*1\r\n*2\r\n$"
                      "1\r\nc\r\n$1\r\n2\r\n" },
    { "XACK s g 1-1 1-1 9-9", ":1\r\n" },
    { "XPENDING s g", "*4\r\n:1\r\n$3\r\n2-1\r\n$3\r\n2-1\r\n*1\r\n*2\r\n$"
                      "1\r\nc\r\n$1\r\n1\r\n" },
    { "XACK s g 2-1", ":1\r\n" },
    { "XPENDING s g", "*4\r\n:0\r\n$-1\r\n$-1\r\n*-1\r\n" },
    { "SET k v", "+OK\r\n" },
    { "XACK k g 1-1", "-WRONGTYPE Operation against a key holding the wrong "
                      "kind of value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_effects (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "XGROUP CREATE s g $ MKSTREAM", "+OK\r\n");
  assert_events (fixture, "xgroup-create s\n");
  assert_reply (fixture, "XADD s 5-5 a 1", "$3\r\n5-5\r\n");
  assert_reply (fixture, "XGROUP SETID s g $ ENTRIESREAD 3", "+OK\r\n");
  assert_reply (fixture, "XGROUP CREATECONSUMER s g c", ":1\r\n");
  assert_reply (fixture, "XGROUP CREATECONSUMER s g c", ":0\r\n");
  assert_reply (fixture, "XGROUP DELCONSUMER s g c", ":0\r\n");
  assert_reply (fixture, "XGROUP DELCONSUMER s g c", ":0\r\n");
  assert_reply (fixture, "XGROUP DESTROY s g", ":1\r\n");
  assert_reply (fixture, "XGROUP DESTROY s g", ":0\r\n");
  assert_events (fixture, "xadd s\nxgroup-setid s\n"
                          "xgroup-createconsumer s\n"
                          "xgroup-delconsumer s\nxgroup-destroy s\n");
  assert_records (fixture, "XGROUP CREATE s g 0-0 MKSTREAM\n"
                           "XADD s 5-5 a 1\n"
                           "XGROUP SETID s g 5-5 ENTRIESREAD 3\n"
                           "XGROUP CREATECONSUMER s g c\n"
                           "XGROUP DELCONSUMER s g c\n"
                           "XGROUP DESTROY s g\n");
}

/* WATCH looks at the entries alone. */
static void
test_watch (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XADD s 1-1 a 1", "$3\r\n1-1\r\n" },
    { "WATCH s new", "+OK\r\n" },
    { "XGROUP CREATE s g 0", "+OK\r\n" },
    { "XGROUP CREATECONSUMER s g c", ":1\r\n" },
    { "XGROUP SETID s g 0", "+OK\r\n" },
    { "XGROUP DESTROY s g", ":1\r\n" },
    { "MULTI", "+OK\r\n" },
    { "EXEC", "*0\r\n" },
    { "WATCH s new", "+OK\r\n" },
    { "XGROUP CREATE new g 0 MKSTREAM", "+OK\r\n" },
    { "MULTI", "+OK\r\n" },
    { "EXEC", "*-1\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-stream-group/ack", test_ack);
  fixture_add ("/commands/cmd-stream-group/consumers", test_consumers);
  fixture_add ("/commands/cmd-stream-group/create", test_create);
  fixture_add ("/commands/cmd-stream-group/effects", test_effects);
  fixture_add ("/commands/cmd-stream-group/setid", test_setid);
  fixture_add ("/commands/cmd-stream-group/watch", test_watch);
  return g_test_run ();
}
