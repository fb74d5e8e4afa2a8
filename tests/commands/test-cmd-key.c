/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_removing (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "MSET a 1 b 2 c 3", "+OK\r\n" }, { "EXISTS a b none a", ":3\r\n" },
    { "TOUCH a none", ":1\r\n" },      { "TYPE a", "+string\r\n" },
    { "TYPE none", "+none\r\n" },      { "DEL a none a", ":1\r\n" },
    { "UNLINK b c", ":2\r\n" },        { "EXISTS a b c", ":0\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_rename (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "RENAME none k", "-ERR no such key\r\n" },
    { "RENAMENX none none", "-ERR no such key\r\n" },
    { "SET a v", "+OK\r\n" },
    { "PEXPIREAT a 99999999999000", ":1\r\n" },
    { "SET b w", "+OK\r\n" },
    { "RENAME a a", "+OK\r\n" },
    { "RENAMENX a a", ":0\r\n" },
    { "RENAMENX a b", ":0\r\n" },
    { "RENAME a b", "+OK\r\n" },
    { "GET b", "$1\r\nv\r\n" },
    { "PEXPIRETIME b", ":99999999999000\r\n" },
    { "EXISTS a", ":0\r\n" },
    { "RENAMENX b c", ":1\r\n" },
    { "GET c", "$1\r\nv\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_copy (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "COPY none k", ":0\r\n" },
    { "SET a 12345", "+OK\r\n" },
    { "PEXPIREAT a 99999999999000", ":1\r\n" },
    { "COPY a a", "-ERR source and destination objects are the same\r\n" },
    { "COPY a b NOPE", "-ERR syntax error\r\n" },
    { "COPY a b DB", "-ERR syntax error\r\n" },
    { "COPY a b DB x", "-ERR value is not an integer or out of range\r\n" },
    { "COPY a b DB 16", "-ERR DB index is out of range\r\n" },
    { "COPY a b", ":1\r\n" },
    { "COPY a b", ":0\r\n" },
    { "SET b x", "+OK\r\n" },
    { "COPY a b REPLACE", ":1\r\n" },
    { "GET b", "$5\r\n12345\r\n" },
    { "OBJECT ENCODING b", "$3\r\nint\r\n" },
    { "PEXPIRETIME b", ":99999999999000\r\n" },
    { "COPY a a DB 3", ":1\r\n" },
    { "SETRANGE big 100000 x", ":100001\r\n" },
    { "COPY big big2", ":1\r\n" },
    { "SETRANGE big 0 x", ":100001\r\n" },
    { "GETRANGE big2 0 0", "$1\r\n\\0\r\n" },
    { "SELECT 3", "+OK\r\n" },
    { "GET a", "$5\r\n12345\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_move (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "MOVE k 0", "-ERR source and destination objects are the same\r\n" },
    { "MOVE k x", "-ERR value is not an integer or out of range\r\n" },
    { "MOVE k 99", "-ERR DB index is out of range\r\n" },
    { "MOVE k 1", ":0\r\n" },
    { "SET k v", "+OK\r\n" },
    { "MOVE k 1", ":1\r\n" },
    { "EXISTS k", ":0\r\n" },
    { "SET k w", "+OK\r\n" },
    { "MOVE k 1", ":0\r\n" },
    { "GET k", "$1\r\nw\r\n" },
    { "SELECT 1", "+OK\r\n" },
    { "GET k", "$1\r\nv\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_object (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "OBJECT ENCODING none", "$-1\r\n" },
    { "OBJECT FREQ none", "$-1\r\n" },
    { "OBJECT IDLETIME none", "$-1\r\n" },
    { "OBJECT REFCOUNT none", "$-1\r\n" },
    { "MSET i 12 s abc j 99999", "+OK\r\n" },
    { "OBJECT ENCODING i", "$3\r\nint\r\n" },
    { "OBJECT ENCODING s", "$6\r\nembstr\r\n" },
    { "APPEND s d", ":4\r\n" },
    { "OBJECT ENCODING s", "$3\r\nraw\r\n" },
    { "OBJECT REFCOUNT i", ":2147483647\r\n" },
    { "OBJECT REFCOUNT j", ":1\r\n" },
    { "OBJECT REFCOUNT s", ":1\r\n" },
    { "OBJECT IDLETIME s", ":0\r\n" },
    { "OBJECT FREQ s", "-ERR An LFU maxmemory policy is not selected, access "
                       "frequency not tracked. Please note that when "
                       "switching between policies at runtime LRU and LFU "
                       "data will take some time to adjust.\r\n" },
    { "CONFIG SET maxmemory-policy allkeys-lfu", "+OK\r\n" },
    { "OBJECT IDLETIME s", "-ERR An LFU maxmemory policy is selected, idle "
                           "time not tracked. Please note that when switching "
                           "between policies at runtime LRU and LFU data will "
                           "take some time to adjust.\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_events (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "MSET a 1 b 2", "+OK\r\n");
  g_string_truncate (fixture->events, 0);
  assert_reply (fixture, "COPY a c", ":1\r\n");
  assert_reply (fixture, "RENAME a b", "+OK\r\n");
  assert_reply (fixture, "MOVE b 1", ":1\r\n");
  assert_reply (fixture, "DEL c none", ":1\r\n");
  assert_events (fixture, "copy_to c\nrename_from a\nrename_to b\nmove_from b\n"
                          "move_to b\ndel c\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/key/removing", test_removing);
  fixture_add ("/commands/key/rename", test_rename);
  fixture_add ("/commands/key/copy", test_copy);
  fixture_add ("/commands/key/move", test_move);
  fixture_add ("/commands/key/object", test_object);
  fixture_add ("/commands/key/events", test_events);
  return g_test_run ();
}
