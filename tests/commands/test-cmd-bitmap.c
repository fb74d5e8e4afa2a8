/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_setbit_getbit (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "GETBIT k 0", ":0\r\n" },
    { "SETBIT k 1 1", ":0\r\n" },
    { "SETBIT k 1 0", ":1\r\n" },
    { "SETBIT k 7 1", ":0\r\n" },
    { "SETBIT k 20 1", ":0\r\n" },
    { "STRLEN k", ":3\r\n" },
    { "GETBIT k 7", ":1\r\n" },
    { "GETBIT k 20", ":1\r\n" },
    { "GETBIT k 21", ":0\r\n" },
    { "GETBIT k 1000000", ":0\r\n" },
    { "GET k", "$3\r\n\x01\\0\x08\r\n" },
    { "SETBIT k 0 2", "-ERR bit is not an integer or out of range\r\n" },
    { "SETBIT k 0 -1", "-ERR bit is not an integer or out of range\r\n" },
    { "SETBIT k 0 x", "-ERR bit is not an integer or out of range\r\n" },
    { "SETBIT k 0 \"\"", "-ERR bit is not an integer or out of range\r\n" },
    { "SETBIT k -1 1",
      "-ERR bit offset is not an integer or out of range\r\n" },
    { "SETBIT k x 1", "-ERR bit offset is not an integer or out of range\r\n" },
    { "SETBIT k 1.5 1",
      "-ERR bit offset is not an integer or out of range\r\n" },
    { "SETBIT k 4294967296 1",
      "-ERR bit offset is not an integer or out of range\r\n" },
    { "SETBIT k 9223372036854775808 1",
      "-ERR bit offset is not an integer or out of range\r\n" },
    { "SETBIT k 4294967296 2",
      "-ERR bit offset is not an integer or out of range\r\n" },
    { "SETBIT k #1 1",
      "-ERR bit offset is not an integer or out of range\r\n" },
    { "GETBIT k -1", "-ERR bit offset is not an integer or out of range\r\n" },
    { "GETBIT k x", "-ERR bit offset is not an integer or out of range\r\n" },
    { "GETBIT k 4294967296",
      "-ERR bit offset is not an integer or out of range\r\n" },
    { "GETBIT k 4294967295", ":0\r\n" },
    { "GETBIT k", "-ERR wrong number of arguments for 'getbit' command\r\n" },
    { "SETBIT k 1", "-ERR wrong number of arguments for 'setbit' command\r\n" },
    { "SET n 1", "+OK\r\n" },
    { "GETBIT n 2", ":1\r\n" },
    { "SETBIT n 6 1", ":0\r\n" },
    { "GET n", "$1\r\n3\r\n" },
    { "SETBIT n 5 0", ":0\r\n" },
    { "GET n", "$1\r\n3\r\n" },
    { "SET e \"\"", "+OK\r\n" },
    { "SETBIT e 0 0", ":0\r\n" },
    { "STRLEN e", ":1\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_bitcount (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "BITCOUNT k", ":0\r\n" },
    { "BITCOUNT k 0 -1", ":0\r\n" },
    { "BITCOUNT k 0", ":0\r\n" },
    { "BITCOUNT k x y", ":0\r\n" },
    { "BITCOUNT k 0 -1 FOO", ":0\r\n" },
    { "SET k foobar", "+OK\r\n" },
    { "BITCOUNT k", ":26\r\n" },
    { "BITCOUNT k 0 0", ":4\r\n" },
    { "BITCOUNT k 1 1", ":6\r\n" },
    { "BITCOUNT k 0 -1", ":26\r\n" },
    { "BITCOUNT k -2 -1", ":7\r\n" },
    { "BITCOUNT k -1 -2", ":0\r\n" },
    { "BITCOUNT k 2 1", ":0\r\n" },
    { "BITCOUNT k -100 1", ":10\r\n" },
    { "BITCOUNT k 0 100", ":26\r\n" },
    { "BITCOUNT k 5 30 BIT", ":17\r\n" },
    { "BITCOUNT k 1 1 BYTE", ":6\r\n" },
    { "BITCOUNT k 1 1 bit", ":1\r\n" },
    { "BITCOUNT k -8 -1 BIT", ":4\r\n" },
    { "BITCOUNT k -1 -8 BIT", ":0\r\n" },
    { "BITCOUNT k -1 -8 FOO", ":0\r\n" },
    { "BITCOUNT k 0 1000 BIT", ":26\r\n" },
    { "BITCOUNT k 48 1000 BIT", ":0\r\n" },
    { "BITCOUNT k -1000 -900 BIT", ":0\r\n" },
    { "BITCOUNT k -1000 -900", ":4\r\n" },
    { "BITCOUNT k 0", "-ERR syntax error\r\n" },
    { "BITCOUNT k x 1", "-ERR value is not an integer or out of range\r\n" },
    { "BITCOUNT k 1 x", "-ERR value is not an integer or out of range\r\n" },
    { "BITCOUNT k 1 2 FOO", "-ERR syntax error\r\n" },
    { "BITCOUNT k 1 2 BIT x", "-ERR syntax error\r\n" },
    { "BITCOUNT k x 1 FOO",
      "-ERR value is not an integer or out of range\r\n" },
    { "SET n 123", "+OK\r\n" },
    { "BITCOUNT n", ":10\r\n" },
    { "SET e \"\"", "+OK\r\n" },
    { "BITCOUNT e", ":0\r\n" },
    { "BITCOUNT e 0 -1", ":0\r\n" },
    { "BITCOUNT e 0 -1 BIT", ":0\r\n" },
    { "BITCOUNT k -9223372036854775808 9223372036854775807", ":26\r\n" },
    { "BITCOUNT k -9223372036854775808 9223372036854775807 BIT", ":26\r\n" },
    { "BITCOUNT", "-ERR wrong number of arguments for 'bitcount' command\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_bitpos (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "BITPOS k 0", ":0\r\n" },
    { "BITPOS k 1", ":-1\r\n" },
    { "BITPOS k 2", "-ERR The bit argument must be 1 or 0.\r\n" },
    { "BITPOS k x", "-ERR value is not an integer or out of range\r\n" },
    { "BITPOS k 1 x", ":-1\r\n" },
    { "BITPOS k 1 0 -1 FOO", ":-1\r\n" },
    { "SET k \"\\xff\\xf0\\x00\"", "+OK\r\n" },
    { "BITPOS k 0", ":12\r\n" },
    { "BITPOS k 1", ":0\r\n" },
    { "BITPOS k 1 2", ":-1\r\n" },
    { "BITPOS k 0 2", ":16\r\n" },
    { "BITPOS k 1 0 -1", ":0\r\n" },
    { "BITPOS k 0 0 0", ":-1\r\n" },
    { "BITPOS k 0 0 1", ":12\r\n" },
    { "BITPOS k 0 1 1", ":12\r\n" },
    { "BITPOS k 1 -1", ":-1\r\n" },
    { "BITPOS k 1 -2", ":8\r\n" },
    { "BITPOS k 0 -1 -1", ":16\r\n" },
    { "BITPOS k 0 13 BIT", "-ERR value is not an integer or out of range\r\n" },
    { "BITPOS k 0 13 -1 BIT", ":13\r\n" },
    { "BITPOS k 1 7 15 BIT", ":7\r\n" },
    { "BITPOS k 0 7 9 BIT", ":-1\r\n" },
    { "BITPOS k 0 0 -100 BIT", ":-1\r\n" },
    { "BITPOS k 1 0 -100 BIT", ":0\r\n" },
    { "BITPOS k 1 12 -1 bit", ":-1\r\n" },
    { "BITPOS k 1 0 0 BYTE", ":0\r\n" },
    { "BITPOS k 1 5 2", ":-1\r\n" },
    { "BITPOS k 1 100", ":-1\r\n" },
    { "BITPOS k 0 100", ":-1\r\n" },
    { "BITPOS k 2", "-ERR The bit argument must be 1 or 0.\r\n" },
    { "BITPOS k -1", "-ERR The bit argument must be 1 or 0.\r\n" },
    { "BITPOS k x", "-ERR value is not an integer or out of range\r\n" },
    { "BITPOS k 1 x", "-ERR value is not an integer or out of range\r\n" },
    { "BITPOS k 1 0 x", "-ERR value is not an integer or out of range\r\n" },
    { "BITPOS k 1 0 -1 FOO", "-ERR syntax error\r\n" },
    { "BITPOS k 1 0 -1 BIT x", "-ERR syntax error\r\n" },
    { "SET f \"\\xff\\xff\\xff\"", "+OK\r\n" },
    { "BITPOS f 0", ":24\r\n" },
    { "BITPOS f 0 0", ":24\r\n" },
    { "BITPOS f 0 1", ":24\r\n" },
    { "BITPOS f 0 0 -1", ":-1\r\n" },
    { "BITPOS f 0 0 100", ":-1\r\n" },
    { "BITPOS f 0 3", ":-1\r\n" },
    { "BITPOS f 0 -1", ":24\r\n" },
    { "BITPOS f 0 0 -1 BIT", ":-1\r\n" },
    { "SET e \"\"", "+OK\r\n" },
    { "BITPOS e 0", ":-1\r\n" },
    { "BITPOS e 1", ":-1\r\n" },
    { "BITPOS e 0 0 -1", ":-1\r\n" },
    { "BITPOS k", "-ERR wrong number of arguments for 'bitpos' command\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_bitop (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "MSET a abc b \"\\xff\\x0f\" n 12", "+OK\r\n" },
    { "BITOP AND d a b", ":3\r\n" },
    { "GET d", "$3\r\na\x02\\0\r\n" },
    { "BITOP OR d a b", ":3\r\n" },
    { "GET d", "$3\r\n\xffoc\r\n" },
    { "BITOP XOR d a b", ":3\r\n" },
    { "GET d", "$3\r\n\x9emc\r\n" },
    { "BITOP NOT d a", ":3\r\n" },
    { "GET d", "$3\r\n\x9e\x9d\x9c\r\n" },
    { "BITOP and d a", ":3\r\n" },
    { "GET d", "$3\r\nabc\r\n" },
    { "BITOP AND d a none", ":3\r\n" },
    { "STRLEN d", ":3\r\n" },
    { "BITOP AND d none none2", ":0\r\n" },
    { "GET d", "$-1\r\n" },
    { "BITOP NOT d none", ":0\r\n" },
    { "GET d", "$-1\r\n" },
    { "BITOP OR d n a", ":3\r\n" },
    { "GET d", "$3\r\nqrc\r\n" },
    { "BITOP XOR a a a", ":3\r\n" },
    { "GET a", "$3\r\n\\0\\0\\0\r\n" },
    { "BITOP NOT d a b",
      "-ERR BITOP NOT must be called with a single source key.\r\n" },
    { "BITOP FOO d a", "-ERR syntax error\r\n" },
    { "BITOP AND d", "-ERR wrong number of arguments for 'bitop' command\r\n" },
    { "BITOP NOT d", "-ERR wrong number of arguments for 'bitop' command\r\n" },
    { "BITOP", "-ERR wrong number of arguments for 'bitop' command\r\n" },
    { "SET x 1", "+OK\r\n" },
    { "BITOP AND x none", ":0\r\n" },
    { "GET x", "$-1\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_effects (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SETBIT k 3 0", ":0\r\n");
  assert_reply (fixture, "SETBIT k 3 0", ":0\r\n");
  assert_reply (fixture, "SETBIT k 3 1", ":0\r\n");
  assert_reply (fixture, "SETBIT k 3 1", ":1\r\n");
  assert_events (fixture, "setbit k\nsetbit k\n");
  assert_records (fixture, "SETBIT k 3 0\nSETBIT k 3 1\n");
  assert_reply (fixture, "BITOP NOT d k", ":1\r\n");
  assert_reply (fixture, "BITOP AND d none", ":0\r\n");
  assert_reply (fixture, "BITOP AND d none", ":0\r\n");
  assert_events (fixture, "set d\ndel d\n");
  assert_records (fixture, "BITOP NOT d k\nBITOP AND d none\n");
}

static void
test_encodings (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SET n 12", "+OK\r\n");
  assert_reply (fixture, "SETBIT n 7 1", ":1\r\n");
  assert_encoding (fixture, "n", CF_ENCODING_RAW);
  assert_reply (fixture, "BITOP OR d n", ":2\r\n");
  assert_encoding (fixture, "d", CF_ENCODING_RAW);
}

/* A deadline stays when a bit is set, and goes with what BITOP replaces. */
static void
test_deadlines (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SET k v PXAT 9999999999999", "+OK\r\n");
  assert_reply (fixture, "SETBIT k 1 0", ":1\r\n");
  assert_deadline (fixture, "k", 9999999999999);
  assert_reply (fixture, "SETBIT k 100000 1", ":0\r\n");
  assert_deadline (fixture, "k", 9999999999999);
  assert_reply (fixture, "BITOP OR k k", ":12501\r\n");
  assert_deadline (fixture, "k", CF_NO_DEADLINE);
}

/* The last bit there may be. */
static void
test_largest (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SETBIT k 4294967295 1", ":0\r\n");
  assert_reply (fixture, "STRLEN k", ":536870912\r\n");
  assert_reply (fixture, "GETBIT k 4294967295", ":1\r\n");
  assert_reply (fixture, "GETBIT k 4294967294", ":0\r\n");
  assert_reply (fixture, "BITCOUNT k -2 -1", ":1\r\n");
  assert_reply (fixture, "BITPOS k 1 -2", ":4294967295\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-bitmap/setbit-getbit", test_setbit_getbit);
  fixture_add ("/commands/cmd-bitmap/bitcount", test_bitcount);
  fixture_add ("/commands/cmd-bitmap/bitpos", test_bitpos);
  fixture_add ("/commands/cmd-bitmap/bitop", test_bitop);
  fixture_add ("/commands/cmd-bitmap/effects", test_effects);
  fixture_add ("/commands/cmd-bitmap/encodings", test_encodings);
  fixture_add ("/commands/cmd-bitmap/deadlines", test_deadlines);
  fixture_add ("/commands/cmd-bitmap/largest", test_largest);
  return g_test_run ();
}
