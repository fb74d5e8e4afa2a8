/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_range (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XADD s 1-1 a 1", "$3\r\n1-1\r\n" },
    { "XADD s 1-2 a 2 b 3", "$3\r\n1-2\r\n" },
    { "XADD s 3-0 c \"\"", "$3\r\n3-0\r\n" },
    { "XRANGE s - +",
      "*3\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$3\r\n1-"
      "2\r\n*4\r\n$1\r\na\r\n$1\r\n2\r\n$1\r\nb\r\n$1\r\n3\r\n*2\r\n$3\r\n3-"
      "0\r\n*2\r\n$1\r\nc\r\n$0\r\n\r\n" },
    { "XREVRANGE s + -",
      "*3\r\n*2\r\n$3\r\n3-0\r\n*2\r\n$1\r\nc\r\n$0\r\n\r\n*2\r\n$3\r\n1-2\r\n*"
      "4\r\n$1\r\na\r\n$1\r\n2\r\n$1\r\nb\r\n$1\r\n3\r\n*2\r\n$3\r\n1-1\r\n*"
      "2\r\n$1\r\na\r\n$1\r\n1\r\n" },
    { "XRANGE s 1 1",
      "*2\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$3\r\n1-"
      "2\r\n*4\r\n$1\r\na\r\n$1\r\n2\r\n$1\r\nb\r\n$1\r\n3\r\n" },
    { "XRANGE s (1-1 (3-0", "*1\r\n*2\r\n$3\r\n1-2\r\n*4\r\n$1\r\na\r\n$"
                            "1\r\n2\r\n$1\r\nb\r\n$1\r\n3\r\n" },
    { "XRANGE s (1-1 + COUNT 1", "*1\r\n*2\r\n$3\r\n1-2\r\n*4\r\n$1\r\na\r\n$"
                                 "1\r\n2\r\n$1\r\nb\r\n$1\r\n3\r\n" },
    { "XREVRANGE s + (1-1 COUNT 1",
      "*1\r\n*2\r\n$3\r\n3-0\r\n*2\r\n$1\r\nc\r\n$0\r\n\r\n" },
    { "XRANGE s - + COUNT 0", "*-1\r\n" },
    { "XRANGE s - + COUNT -5", "*-1\r\n" },
    { "XRANGE s - + COUNT 1 COUNT 2",
      "*2\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$3\r\n1-"
      "2\r\n*4\r\n$1\r\na\r\n$1\r\n2\r\n$1\r\nb\r\n$1\r\n3\r\n" },
    { "XRANGE s - + COUNT", "-ERR syntax error\r\n" },
    { "XRANGE s - + COUNT x",
      "-ERR value is not an integer or out of range\r\n" },
    { "XRANGE s - + LIMIT 1", "-ERR syntax error\r\n" },
    { "XRANGE s x +",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XRANGE s (- +",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XRANGE s - (0-0", "-ERR invalid end ID for the interval\r\n" },
    { "XRANGE s (18446744073709551615-18446744073709551615 +",
      "-ERR invalid start ID for the interval\r\n" },
    { "XRANGE s 2 1", "*0\r\n" },
    { "XRANGE none - +", "*0\r\n" },
    { "XRANGE none - + COUNT 0", "*0\r\n" },
    { "XREVRANGE none x -",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "SET k v", "+OK\r\n" },
    { "XRANGE k - +", "-WRONGTYPE Operation against a key holding the wrong "
                      "kind of value\r\n" },
    { "XREVRANGE k + -", "-WRONGTYPE Operation against a key holding the wrong "
                         "kind of value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_del (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XADD s 1-1 a 1", "$3\r\n1-1\r\n" },
    { "XADD s 2-1 a 2", "$3\r\n2-1\r\n" },
    { "XADD s 3-1 a 3", "$3\r\n3-1\r\n" },
    { "XLEN s", ":3\r\n" },
    { "XDEL s 2-1 2-1 9-9", ":1\r\n" },
    { "XDEL s x",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XDEL none x", ":0\r\n" },
    { "XRANGE s - +", "*2\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n*"
                      "2\r\n$3\r\n3-1\r\n*2\r\n$1\r\na\r\n$1\r\n3\r\n" },
    { "XINFO STREAM s",
      "*20\r\n$6\r\nlength\r\n:2\r\n$15\r\nradix-tree-keys\r\n:1\r\n$"
      "16\r\nradix-tree-nodes\r\n:2\r\n$17\r\nlast-generated-id\r\n$3\r\n3-"
      "1\r\n$20\r\nmax-deleted-entry-id\r\n$3\r\n2-1\r\n$13\r\nentries-"
      "added\r\n:3\r\n$23\r\nrecorded-first-entry-id\r\n$3\r\n1-1\r\n$"
      "6\r\ngroups\r\n:0\r\n$11\r\nfirst-entry\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$"
      "1\r\na\r\n$1\r\n1\r\n$10\r\nlast-entry\r\n*2\r\n$3\r\n3-1\r\n*2\r\n$"
      "1\r\na\r\n$1\r\n3\r\n" },
    { "XDEL s 1-1 3-1", ":2\r\n" },
    { "XLEN s", ":0\r\n" },
    { "EXISTS s", ":1\r\n" },
    { "TYPE s", "+stream\r\n" },
    { "OBJECT ENCODING s", "$6\r\nstream\r\n" },
    { "XINFO STREAM s",
      "*20\r\n$6\r\nlength\r\n:0\r\n$15\r\nradix-tree-keys\r\n:0\r\n$"
      "16\r\nradix-tree-nodes\r\n:1\r\n$17\r\nlast-generated-id\r\n$3\r\n3-"
      "1\r\n$20\r\nmax-deleted-entry-id\r\n$3\r\n3-1\r\n$13\r\nentries-"
      "added\r\n:3\r\n$23\r\nrecorded-first-entry-id\r\n$3\r\n0-0\r\n$"
      "6\r\ngroups\r\n:0\r\n$11\r\nfirst-entry\r\n$-1\r\n$10\r\nlast-entry\r\n$"
      "-1\r\n" },
    { "XADD s 3-1 a 4", "-ERR The ID specified in XADD is equal or smaller "
                        "than the target stream top item\r\n" },
    { "XADD s 3-2 a 4", "$3\r\n3-2\r\n" },
    { "XLEN none", ":0\r\n" },
    { "SET k v", "+OK\r\n" },
    { "XLEN k", "-WRONGTYPE Operation against a key holding the wrong kind of "
                "value\r\n" },
    { "XDEL k 1-1", "-WRONGTYPE Operation against a key holding the wrong kind "
                    "of value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_setid (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "XSETID s 1-1", "-ERR no such key\r\n" },
    { "XADD s 2-1 a 1", "$3\r\n2-1\r\n" },
    { "XADD s 3-1 a 2", "$3\r\n3-1\r\n" },
    { "XSETID s 3-0", "-ERR The ID specified in XSETID is smaller than the "
                      "target stream top item\r\n" },
    { "XSETID s 9-9", "+OK\r\n" },
    { "XINFO STREAM s",
      "*20\r\n$6\r\nlength\r\n:2\r\n$15\r\nradix-tree-keys\r\n:1\r\n$"
      "16\r\nradix-tree-nodes\r\n:2\r\n$17\r\nlast-generated-id\r\n$3\r\n9-"
      "9\r\n$20\r\nmax-deleted-entry-id\r\n$3\r\n0-0\r\n$13\r\nentries-"
      "added\r\n:2\r\n$23\r\nrecorded-first-entry-id\r\n$3\r\n2-1\r\n$"
      "6\r\ngroups\r\n:0\r\n$11\r\nfirst-entry\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$"
      "1\r\na\r\n$1\r\n1\r\n$10\r\nlast-entry\r\n*2\r\n$3\r\n3-1\r\n*2\r\n$"
      "1\r\na\r\n$1\r\n2\r\n" },
    { "XADD s 9-9 a 1", "-ERR The ID specified in XADD is equal or smaller "
                        "than the target stream top item\r\n" },
    { "XSETID s 10-0 ENTRIESADDED 1",
      "-ERR The entries_added specified in XSETID is smaller than the target "
      "stream length\r\n" },
    { "XSETID s 10-0 ENTRIESADDED -1",
      "-ERR entries_added must be positive\r\n" },
    { "XSETID s 10-0 ENTRIESADDED x",
      "-ERR value is not an integer or out of range\r\n" },
    { "XSETID s 10-0 MAXDELETEDID 11-0",
      "-ERR The ID specified in XSETID is smaller than the provided "
      "max_deleted_entry_id\r\n" },
    { "XSETID s 10-0 MAXDELETEDID x",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XSETID s 10-0 ENTRIESADDED 100 MAXDELETEDID 1-5", "+OK\r\n" },
    { "XSETID s 10-0 ENTRIESADDED", "-ERR syntax error\r\n" },
    { "XSETID s 10-0 WHATEVER", "-ERR syntax error\r\n" },
    { "XSETID s *",
      "-ERR Invalid stream ID specified as stream command argument\r\n" },
    { "XINFO STREAM s",
      "*20\r\n$6\r\nlength\r\n:2\r\n$15\r\nradix-tree-keys\r\n:1\r\n$"
      "16\r\nradix-tree-nodes\r\n:2\r\n$17\r\nlast-generated-id\r\n$4\r\n10-"
      "0\r\n$20\r\nmax-deleted-entry-id\r\n$3\r\n1-5\r\n$13\r\nentries-"
      "added\r\n:100\r\n$23\r\nrecorded-first-entry-id\r\n$3\r\n2-1\r\n$"
      "6\r\ngroups\r\n:0\r\n$11\r\nfirst-entry\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$"
      "1\r\na\r\n$1\r\n1\r\n$10\r\nlast-entry\r\n*2\r\n$3\r\n3-1\r\n*2\r\n$"
      "1\r\na\r\n$1\r\n2\r\n" },
    { "XDEL s 3-1", ":1\r\n" },
    { "XSETID s 2-5", "+OK\r\n" },
    { "XSETID s 20-0 MAXDELETEDID 1-0", "+OK\r\n" },
    { "XSETID s 2-5", "+OK\r\n" },
    { "XADD s 2-7 late 1", "$3\r\n2-7\r\n" },
    { "XRANGE s - +", "*2\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n*"
                      "2\r\n$3\r\n2-7\r\n*2\r\n$4\r\nlate\r\n$1\r\n1\r\n" },
    { "XREVRANGE s + -",
      "*2\r\n*2\r\n$3\r\n2-7\r\n*2\r\n$4\r\nlate\r\n$1\r\n1\r\n*2\r\n$3\r\n2-"
      "1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n" },
    { "SET k v", "+OK\r\n" },
    { "XSETID k 1-1", "-WRONGTYPE Operation against a key holding the wrong "
                      "kind of value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_effects (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "XADD s 1-1 a 1", "$3\r\n1-1\r\n");
  assert_events (fixture, "xadd s\n");
  assert_reply (fixture, "XSETID s 4-4", "+OK\r\n");
  assert_events (fixture, "xsetid s\n");
  assert_reply (fixture, "XDEL s 2-2", ":0\r\n");
  assert_events (fixture, "");
  assert_reply (fixture, "XDEL s 1-1", ":1\r\n");
  assert_events (fixture, "xdel s\n");
  assert_records (fixture, "XADD s 1-1 a 1\n"
                           "XSETID s 4-4\n"
                           "XDEL s 1-1\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-stream/del", test_del);
  fixture_add ("/commands/cmd-stream/effects", test_effects);
  fixture_add ("/commands/cmd-stream/range", test_range);
  fixture_add ("/commands/cmd-stream/setid", test_setid);
  return g_test_run ();
}
