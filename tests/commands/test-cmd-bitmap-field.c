/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_bitfield (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "BITFIELD k", "*0\r\n" },
    { "BITFIELD none GET u8 0", "*1\r\n:0\r\n" },
    { "GET none", "$-1\r\n" },
    { "BITFIELD k SET u8 0 255", "*1\r\n:0\r\n" },
    { "BITFIELD k GET u8 0 GET i8 0 GET u4 4 GET u8 4",
      "*4\r\n:255\r\n:-1\r\n:15\r\n:240\r\n" },
    { "BITFIELD k SET i5 2 -3 GET i5 2 INCRBY i5 2 1",
      "*3\r\n:-1\r\n:-3\r\n:-2\r\n" },
    { "BITFIELD k SET u8 #1 200 GET u8 #1 GET u8 8",
      "*3\r\n:0\r\n:200\r\n:200\r\n" },
    { "BITFIELD k INCRBY u8 #1 100", "*1\r\n:44\r\n" },
    { "BITFIELD k OVERFLOW SAT INCRBY u8 #1 1000 INCRBY u8 #1 -1000",
      "*2\r\n:255\r\n:0\r\n" },
    { "BITFIELD k OVERFLOW FAIL INCRBY u8 #1 -1 INCRBY u8 #1 5 SET u8 #1 256 "
      "GET u8 #1",
      "*4\r\n$-1\r\n:5\r\n$-1\r\n:5\r\n" },
    { "BITFIELD k OVERFLOW WRAP SET u8 0 257 GET u8 0",
      "*2\r\n:253\r\n:1\r\n" },
    { "BITFIELD k OVERFLOW SAT SET i8 0 1000 GET i8 0 SET i8 0 -1000 GET i8 0",
      "*4\r\n:1\r\n:127\r\n:127\r\n:-128\r\n" },
    { "BITFIELD k OVERFLOW SAT SET u8 0 -1 GET u8 0",
      "*2\r\n:128\r\n:255\r\n" },
    { "BITFIELD k OVERFLOW FAIL SET u8 0 -1 GET u8 0",
      "*2\r\n$-1\r\n:255\r\n" },
    { "BITFIELD k SET u63 0 9223372036854775807 GET u63 0 INCRBY u63 0 1",
      "*3\r\n:9188046927277588480\r\n:9223372036854775807\r\n:0\r\n" },
    { "BITFIELD k SET i64 0 -9223372036854775808 GET i64 0 INCRBY i64 0 -1",
      "*3\r\n:0\r\n:-9223372036854775808\r\n:9223372036854775807\r\n" },
    { "BITFIELD k OVERFLOW SAT INCRBY i64 0 1 INCRBY i64 0 "
      "-9223372036854775808",
      "*2\r\n:9223372036854775807\r\n:-1\r\n" },
    { "BITFIELD k OVERFLOW FAIL SET i64 0 9223372036854775807 INCRBY i64 0 1",
      "*2\r\n:-1\r\n$-1\r\n" },
    { "BITFIELD k SET i1 0 1 GET i1 0 GET u1 0 OVERFLOW SAT INCRBY i1 0 1",
      "*4\r\n:0\r\n:-1\r\n:1\r\n:0\r\n" },
    { "BITFIELD k GET u64 0",
      "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is "
      "not supported but i64 is.\r\n" },
    { "BITFIELD k GET i65 0",
      "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is "
      "not supported but i64 is.\r\n" },
    { "BITFIELD k GET i0 0",
      "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is "
      "not supported but i64 is.\r\n" },
    { "BITFIELD k GET u0 0",
      "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is "
      "not supported but i64 is.\r\n" },
    { "BITFIELD k GET x8 0",
      "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is "
      "not supported but i64 is.\r\n" },
    { "BITFIELD k GET U8 0",
      "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is "
      "not supported but i64 is.\r\n" },
    { "BITFIELD k GET u 0",
      "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is "
      "not supported but i64 is.\r\n" },
    { "BITFIELD k GET \"\" 0",
      "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is "
      "not supported but i64 is.\r\n" },
    { "BITFIELD k GET u8", "-ERR syntax error\r\n" },
    { "BITFIELD k SET u8 0", "-ERR syntax error\r\n" },
    { "BITFIELD k INCRBY u8 0", "-ERR syntax error\r\n" },
    { "BITFIELD k FOO u8 0", "-ERR syntax error\r\n" },
    { "BITFIELD k GET u8 -1",
      "-ERR bit offset is not an integer or out of range\r\n" },
    { "BITFIELD k GET u8 x",
      "-ERR bit offset is not an integer or out of range\r\n" },
    { "BITFIELD k GET u8 #x",
      "-ERR bit offset is not an integer or out of range\r\n" },
    { "BITFIELD k GET u8 #-1",
      "-ERR bit offset is not an integer or out of range\r\n" },
    { "BITFIELD k GET u8 #",
      "-ERR bit offset is not an integer or out of range\r\n" },
    { "BITFIELD k GET u8 4294967296",
      "-ERR bit offset is not an integer or out of range\r\n" },
    { "BITFIELD k GET u8 4294967295", "*1\r\n:0\r\n" },
    { "BITFIELD k GET u8 #536870912",
      "-ERR bit offset is not an integer or out of range\r\n" },
    { "BITFIELD k GET u8 #536870911", "*1\r\n:0\r\n" },
    { "BITFIELD k GET u8 #2305843009213693953", "*1\r\n:255\r\n" },
    { "BITFIELD k SET u8 0 x",
      "-ERR value is not an integer or out of range\r\n" },
    { "BITFIELD k INCRBY u8 0 1.5",
      "-ERR value is not an integer or out of range\r\n" },
    { "BITFIELD k OVERFLOW", "-ERR syntax error\r\n" },
    { "BITFIELD k OVERFLOW FOO", "-ERR Invalid OVERFLOW type specified\r\n" },
    { "BITFIELD k OVERFLOW FOO GET u8 0",
      "-ERR Invalid OVERFLOW type specified\r\n" },
    { "BITFIELD k OVERFLOW SAT", "*0\r\n" },
    { "BITFIELD k get u8 0 overflow sat set u8 0 300 get u8 0",
      "*3\r\n:127\r\n:127\r\n:255\r\n" },
    { "BITFIELD k GET u64 0 FOO",
      "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is "
      "not supported but i64 is.\r\n" },
    { "BITFIELD w SET u8 100 0", "*1\r\n:0\r\n" },
    { "STRLEN w", ":14\r\n" },
    { "BITFIELD w OVERFLOW FAIL INCRBY u8 200 256", "*1\r\n$-1\r\n" },
    { "STRLEN w", ":26\r\n" },
    { "SET n 12", "+OK\r\n" },
    { "BITFIELD n GET u8 0 INCRBY u8 8 1", "*2\r\n:49\r\n:51\r\n" },
    { "GET n", "$2\r\n13\r\n" },
    { "BITFIELD", "-ERR wrong number of arguments for 'bitfield' command\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_bitfield_ro (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "SET k abc", "+OK\r\n" },
    { "BITFIELD_RO k GET u8 0 GET u8 #2 GET i8 20",
      "*3\r\n:97\r\n:99\r\n:48\r\n" },
    { "BITFIELD_RO none GET u8 0", "*1\r\n:0\r\n" },
    { "BITFIELD_RO k", "*0\r\n" },
    { "BITFIELD_RO k SET u8 0 1",
      "-ERR BITFIELD_RO only supports the GET subcommand\r\n" },
    { "BITFIELD_RO k INCRBY u8 0 1",
      "-ERR BITFIELD_RO only supports the GET subcommand\r\n" },
    { "BITFIELD_RO k GET u8 0 SET u8 0 1",
      "-ERR BITFIELD_RO only supports the GET subcommand\r\n" },
    { "BITFIELD_RO k SET u8 0 x",
      "-ERR value is not an integer or out of range\r\n" },
    { "BITFIELD_RO k OVERFLOW SAT GET u8 0", "*1\r\n:97\r\n" },
    { "BITFIELD_RO k OVERFLOW FOO",
      "-ERR Invalid OVERFLOW type specified\r\n" },
    { "BITFIELD_RO k FOO", "-ERR syntax error\r\n" },
    { "GET k", "$3\r\nabc\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_key_flags (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "COMMAND GETKEYSANDFLAGS BITFIELD k GET u8 0 OVERFLOW SAT GET u8 1",
      "*1\r\n*2\r\n$1\r\nk\r\n*2\r\n+RO\r\n+access\r\n" },
    { "COMMAND GETKEYSANDFLAGS BITFIELD k GET u8 0 INCRBY u8 0 1",
      "*1\r\n*2\r\n$1\r\nk\r\n*3\r\n+RW\r\n+access\r\n+update\r\n" },
    { "COMMAND GETKEYSANDFLAGS BITFIELD k",
      "*1\r\n*2\r\n$1\r\nk\r\n*2\r\n+RO\r\n+access\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_effects (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "BITFIELD k SET u8 0 0", "*1\r\n:0\r\n");
  assert_reply (fixture, "BITFIELD k SET u8 0 0", "*1\r\n:0\r\n");
  assert_reply (fixture, "BITFIELD k GET u8 0", "*1\r\n:0\r\n");
  assert_reply (fixture, "BITFIELD k INCRBY u8 0 3 INCRBY u8 0 4",
                "*2\r\n:3\r\n:7\r\n");
  assert_reply (fixture, "BITFIELD k OVERFLOW FAIL SET u8 0 256",
                "*1\r\n$-1\r\n");
  assert_events (fixture, "setbit k\nsetbit k\n");
  assert_records (fixture, "BITFIELD k SET u8 0 0\n"
                           "BITFIELD k INCRBY u8 0 3 INCRBY u8 0 4\n");
  assert_encoding (fixture, "k", CF_ENCODING_RAW);
}

static void
test_resp3 (Fixture *fixture, gconstpointer data)
{
  fixture->clients[1].resp = 3;
  assert_reply_to (fixture, 1, "BITFIELD k OVERFLOW FAIL SET u8 0 256",
                   "*1\r\n_\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-bitmap-field/bitfield", test_bitfield);
  fixture_add ("/commands/cmd-bitmap-field/bitfield-ro", test_bitfield_ro);
  fixture_add ("/commands/cmd-bitmap-field/key-flags", test_key_flags);
  fixture_add ("/commands/cmd-bitmap-field/effects", test_effects);
  fixture_add ("/commands/cmd-bitmap-field/resp3", test_resp3);
  return g_test_run ();
}
