/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_wait (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "WAIT x 0", "-ERR value is not an integer or out of range\r\n" },
    { "WAIT 0 x", "-ERR timeout is not an integer or out of range\r\n" },
    { "WAIT 0 -1", "-ERR timeout is negative\r\n" },
    { "WAIT 0 9223372036854775807", ":0\r\n" },
    { "WAIT 0 0", ":0\r\n" },
    { "WAIT -1 0", ":0\r\n" },
    { "MULTI", "+OK\r\n" },
    { "WAIT 1 0", "+QUEUED\r\n" },
    { "EXEC", "*1\r\n:0\r\n" },
    { "WAIT 1 100000", "" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  g_assert_cmpint (fixture->clients[0].park.kind, ==, CF_PARK_BLOCK);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/wait/wait", test_wait);
  return g_test_run ();
}
