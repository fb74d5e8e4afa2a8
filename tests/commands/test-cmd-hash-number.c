/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_hincrby (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "HINCRBY h n 5", ":5\r\n" },
    { "HINCRBY h n -7", ":-2\r\n" },
    { "HINCRBY h n 9223372036854775807", ":9223372036854775805\r\n" },
    { "HINCRBY h n 3", "-ERR increment or decrement would overflow\r\n" },
    { "HINCRBY h n x", "-ERR value is not an integer or out of range\r\n" },
    { "HSET h t text", ":1\r\n" },
    { "HINCRBY h t 1", "-ERR hash value is not an integer\r\n" },
    { "HGET h n", "$19\r\n9223372036854775805\r\n" },
    { "HINCRBY none n x", "-ERR value is not an integer or out of range\r\n" },
    { "EXISTS none", ":0\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_hincrbyfloat (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "HINCRBYFLOAT h n 5.5", "$3\r\n5.5\r\n" },
    { "HINCRBYFLOAT h n 1e3", "$6\r\n1005.5\r\n" },
    { "HINCRBYFLOAT h n -0.5", "$4\r\n1005\r\n" },
    { "HINCRBYFLOAT h n x", "-ERR value is not a valid float\r\n" },
    { "HSET h t text", ":1\r\n" },
    { "HINCRBYFLOAT h t 1", "-ERR hash value is not a float\r\n" },
    { "HGET h n", "$4\r\n1005\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_float_infinite (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "HSET h n 1005 i inf", ":2\r\n" },
    { "HINCRBYFLOAT h n inf", "-ERR value is NaN or Infinity\r\n" },
    { "HINCRBYFLOAT h i 1",
      "-ERR increment would produce NaN or Infinity\r\n" },
    { "HGET h n", "$4\r\n1005\r\n" },
  };

  if (!fixture_skip_under_valgrind ())
    assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

/* A sum of decimals is recorded as what it was, not as what was added. */
static void
test_effects (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "HINCRBY h a 2", ":2\r\n");
  assert_reply (fixture, "HINCRBYFLOAT h a 0.5", "$3\r\n2.5\r\n");
  assert_events (fixture, "hincrby h\nhincrbyfloat h\n");
  assert_records (fixture, "HINCRBY h a 2\nHSET h a 2.5\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/hash-number/hincrby", test_hincrby);
  fixture_add ("/commands/hash-number/hincrbyfloat", test_hincrbyfloat);
  fixture_add ("/commands/hash-number/infinite", test_float_infinite);
  fixture_add ("/commands/hash-number/effects", test_effects);
  return g_test_run ();
}
