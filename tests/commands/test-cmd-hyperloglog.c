/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#define NOT_ONE "-WRONGTYPE Key is not a valid HyperLogLog string value.\r\n"
#define DAMAGED "-INVALIDOBJ Corrupted HLL object detected\r\n"

static void
test_pfadd (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "PFADD k", ":1\r\n" },
    { "PFADD k", ":0\r\n" },
    { "STRLEN k", ":18\r\n" },
    { "PFADD k a b c", ":1\r\n" },
    { "PFADD k b c a", ":0\r\n" },
    { "PFDEBUG ENCODING k", "+sparse\r\n" },
    { "PFDEBUG DECODE k",
      "$44\r\nZ:8436 v:1,1 Z:4274 v:2,1 Z:3068 v:1,1 Z:603\r\n" },
    { "OBJECT ENCODING k", "$3\r\nraw\r\n" },
    { "PFADD", "-ERR wrong number of arguments for 'pfadd' command\r\n" },
    { "SET n 12", "+OK\r\n" },
    { "PFADD n a", NOT_ONE },
    { "SET s HYLL", "+OK\r\n" },
    { "PFADD s a", NOT_ONE },
    { "SET t "
      "\"HYLL\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\"",
      "+OK\r\n" },
    { "PFADD t a", DAMAGED },
    { "PFADD t", ":0\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_dense (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "CONFIG SET hll-sparse-max-bytes 30", "+OK\r\n" },
    { "PFADD k a b c EX", ":1\r\n" },
    { "PFDEBUG ENCODING k", "+sparse\r\n" },
    { "PFADD k d e f g", ":1\r\n" },
    { "PFDEBUG ENCODING k", "+dense\r\n" },
    { "STRLEN k", ":12304\r\n" },
    { "PFADD k a b c d e f g", ":0\r\n" },
    { "COPY k l", ":1\r\n" },
    { "PFADD l h", ":1\r\n" },
    { "PFCOUNT k", ":8\r\n" },
    { "PFCOUNT l", ":9\r\n" },
    { "PFDEBUG TODENSE k", ":0\r\n" },
    { "PFDEBUG DECODE k", "-ERR HLL encoding is not sparse\r\n" },
    { "PFADD m a", ":1\r\n" },
    { "PFDEBUG TODENSE m", ":1\r\n" },
    { "PFCOUNT m", ":1\r\n" },
    { "EXPIREAT m 99999999999", ":1\r\n" },
    { "PFADD m b", ":1\r\n" },
    { "EXPIRETIME m", ":99999999999\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_pfcount (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "PFCOUNT none", ":0\r\n" },
    { "PFCOUNT none none", ":0\r\n" },
    { "PFADD a 1 2 3", ":1\r\n" },
    { "PFADD b 3 4", ":1\r\n" },
    { "PFCOUNT a", ":3\r\n" },
    { "PFCOUNT a", ":3\r\n" },
    { "GETRANGE a 8 15", "$8\r\n\3\\0\\0\\0\\0\\0\\0\\0\r\n" },
    { "PFCOUNT a b none", ":4\r\n" },
    { "SET n 12", "+OK\r\n" },
    { "PFCOUNT n", NOT_ONE },
    { "PFCOUNT a n", NOT_ONE },
    { "APPEND a hello", ":32\r\n" },
    { "PFCOUNT a", ":3\r\n" },
    { "PFADD a 5", ":1\r\n" },
    { "PFCOUNT a", DAMAGED },
    { "PFCOUNT a b", DAMAGED },
    { "PFMERGE b a", DAMAGED },
    { "PFDEBUG GETREG a", DAMAGED },
    { "PFDEBUG TODENSE a", DAMAGED },
    { "PFCOUNT b", ":2\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_pfmerge (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "PFADD a 1 2 3", ":1\r\n" },
    { "PFADD b 3 4", ":1\r\n" },
    { "PFMERGE c a b none", "+OK\r\n" },
    { "PFCOUNT c", ":4\r\n" },
    { "PFDEBUG ENCODING c", "+sparse\r\n" },
    { "PFDEBUG TODENSE b", ":1\r\n" },
    { "PFMERGE c b", "+OK\r\n" },
    { "PFDEBUG ENCODING c", "+dense\r\n" },
    { "PFCOUNT c", ":4\r\n" },
    { "PFMERGE d", "+OK\r\n" },
    { "PFCOUNT d", ":0\r\n" },
    { "SET n 12", "+OK\r\n" },
    { "PFMERGE c n", NOT_ONE },
    { "PFMERGE n c", NOT_ONE },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_pfdebug (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "PFDEBUG ENCODING none", "-ERR The specified key does not exist\r\n" },
    { "PFADD k a", ":1\r\n" },
    { "PFDEBUG foo k", "-ERR Unknown PFDEBUG subcommand 'foo'\r\n" },
    { "PFDEBUG ENCODING",
      "-ERR wrong number of arguments for 'pfdebug' command\r\n" },
    { "PFSELFTEST", "+OK\r\n" },
    { "MULTI", "+OK\r\n" },
    { "PFSELFTEST", "+QUEUED\r\n" },
    { "EXEC", "*1\r\n-ERR PFSELFTEST is not allowed in a transaction\r\n" },
  };
  g_autofree char *registers = NULL;

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  registers = fixture_run (fixture, 0, "PFDEBUG GETREG k");
  g_assert_true (g_str_has_prefix (registers, "*16384\r\n:0\r\n"));
  assert_reply (fixture, "PFDEBUG ENCODING k", "+dense\r\n");
}

static void
test_effects (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "PFADD k a", ":1\r\n");
  assert_reply (fixture, "PFADD k a", ":0\r\n");
  assert_reply (fixture, "PFCOUNT k", ":1\r\n");
  assert_reply (fixture, "PFCOUNT k", ":1\r\n");
  assert_reply (fixture, "PFMERGE l k", "+OK\r\n");
  assert_events (fixture, "pfadd k\npfadd l\n");
  assert_records (fixture, "PFADD k a\nPFCOUNT k\nPFMERGE l k\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-hyperloglog/pfadd", test_pfadd);
  fixture_add ("/commands/cmd-hyperloglog/dense", test_dense);
  fixture_add ("/commands/cmd-hyperloglog/pfcount", test_pfcount);
  fixture_add ("/commands/cmd-hyperloglog/pfmerge", test_pfmerge);
  fixture_add ("/commands/cmd-hyperloglog/pfdebug", test_pfdebug);
  fixture_add ("/commands/cmd-hyperloglog/effects", test_effects);
  return g_test_run ();
}
