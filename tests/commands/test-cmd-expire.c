/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#define NOT_COMPATIBLE                                                         \
  "-ERR NX and XX, GT or LT options at the same time are not compatible\r\n"

static void
test_expire (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "EXPIRE none 10", ":0\r\n" },
    { "TTL none", ":-2\r\n" },
    { "SET k v", "+OK\r\n" },
    { "TTL k", ":-1\r\n" },
    { "EXPIRETIME k", ":-1\r\n" },
    { "EXPIRE k x", "-ERR value is not an integer or out of range\r\n" },
    { "EXPIRE k 9223372036854775807",
      "-ERR invalid expire time in 'expire' command\r\n" },
    { "PEXPIRE k 9223372036854775807",
      "-ERR invalid expire time in 'pexpire' command\r\n" },
    { "EXPIRE k 10 NOPE", "-ERR Unsupported option NOPE\r\n" },
    { "EXPIRE k 10 NX XX", NOT_COMPATIBLE },
    { "EXPIRE k 10 GT NX", NOT_COMPATIBLE },
    { "EXPIRE k 10 GT LT", "-ERR GT and LT options at the same time are not "
                           "compatible\r\n" },
    { "EXPIRE k 100", ":1\r\n" },
    { "TTL k", ":100\r\n" },
    { "PERSIST k", ":1\r\n" },
    { "PERSIST k", ":0\r\n" },
    { "PERSIST none", ":0\r\n" },
    { "PEXPIREAT k 99999999999000", ":1\r\n" },
    { "PEXPIRETIME k", ":99999999999000\r\n" },
    { "EXPIRETIME k", ":99999999999\r\n" },
    { "EXPIREAT k 88888888888", ":1\r\n" },
    { "PEXPIRETIME k", ":88888888888000\r\n" },
    { "EXPIRE k 0", ":1\r\n" },
    { "EXISTS k", ":0\r\n" },
    { "SET k v", "+OK\r\n" },
    { "PEXPIREAT k -1", ":1\r\n" },
    { "EXISTS k", ":0\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_conditions (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "SET k v", "+OK\r\n" },
    { "EXPIRE k 100 XX", ":0\r\n" },
    { "EXPIRE k 100 GT", ":0\r\n" },
    { "TTL k", ":-1\r\n" },
    { "EXPIRE k 100 LT", ":1\r\n" },
    { "EXPIRE k 200 NX", ":0\r\n" },
    { "EXPIRE k 200 LT", ":0\r\n" },
    { "EXPIRE k 50 GT", ":0\r\n" },
    { "EXPIRE k 200 GT", ":1\r\n" },
    { "EXPIRE k 300 XX GT", ":1\r\n" },
    { "EXPIRE k 100 xx lt", ":1\r\n" },
    { "TTL k", ":100\r\n" },
    { "PERSIST k", ":1\r\n" },
    { "EXPIRE k 60 NX", ":1\r\n" },
    { "TTL k", ":60\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_effects (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SET k v", "+OK\r\n");
  assert_records (fixture, "SET k v\n");
  assert_reply (fixture, "PEXPIREAT k 99999999999000", ":1\r\n");
  assert_records (fixture, "PEXPIREAT k 99999999999000\n");
  assert_reply (fixture, "EXPIREAT k 88888888888", ":1\r\n");
  assert_records (fixture, "PEXPIREAT k 88888888888000\n");
  assert_reply (fixture, "PERSIST k", ":1\r\n");
  assert_records (fixture, "PERSIST k\n");
  assert_reply (fixture, "EXPIRE k -1", ":1\r\n");
  assert_records (fixture, "DEL k\n");
  assert_reply (fixture, "EXPIRE k 1", ":0\r\n");
  assert_records (fixture, "");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/expire/expire", test_expire);
  fixture_add ("/commands/expire/conditions", test_conditions);
  fixture_add ("/commands/expire/effects", test_effects);
  return g_test_run ();
}
