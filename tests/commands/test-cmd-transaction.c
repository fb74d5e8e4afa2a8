/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_multi (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "EXEC", "-ERR EXEC without MULTI\r\n" },
    { "DISCARD", "-ERR DISCARD without MULTI\r\n" },
    { "MULTI", "+OK\r\n" },
    { "MULTI", "-ERR MULTI calls can not be nested\r\n" },
    { "WATCH k", "-ERR WATCH inside MULTI is not allowed\r\n" },
    { "SET k 1", "+QUEUED\r\n" },
    { "INCR k", "+QUEUED\r\n" },
    { "INCR other x", "-ERR wrong number of arguments for 'incr' command\r\n" },
    { "EXEC", "-EXECABORT Transaction discarded because of previous "
              "errors.\r\n" },
    { "GET k", "$-1\r\n" },
    { "MULTI", "+OK\r\n" },
    { "SET k x", "+QUEUED\r\n" },
    { "INCR k", "+QUEUED\r\n" },
    { "GET k", "+QUEUED\r\n" },
    { "EXEC", "*3\r\n+OK\r\n-ERR value is not an integer or out of range\r\n"
              "$1\r\nx\r\n" },
    { "MULTI", "+OK\r\n" },
    { "EXEC x", "-EXECABORT Transaction discarded because of: wrong number of "
                "arguments for 'exec' command\r\n" },
    { "EXEC", "-ERR EXEC without MULTI\r\n" },
    { "MULTI", "+OK\r\n" },
    { "DISCARD", "+OK\r\n" },
    { "MULTI", "+OK\r\n" },
    { "SELECT 1", "+QUEUED\r\n" },
    { "SET k db1", "+QUEUED\r\n" },
    { "EXEC", "*2\r\n+OK\r\n+OK\r\n" },
    { "GET k", "$3\r\ndb1\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

typedef struct
{
  const char *between; /* what another client does */
  const char *reply;   /* of EXEC */
} WatchCase;

static void
test_watch (Fixture *fixture, gconstpointer data)
{
  static const WatchCase cases[] = {
    { "GET k", "*1\r\n+PONG\r\n" },
    { "SET other x", "*1\r\n+PONG\r\n" },
    { "SET k x", "*-1\r\n" },
    { "DEL k", "*-1\r\n" },
    { "DEL none", "*1\r\n+PONG\r\n" },
    { "SET none x", "*-1\r\n" },
    { "APPEND k x", "*-1\r\n" },
    { "EXPIRE k 100", "*-1\r\n" },
    { "RENAME k l", "*-1\r\n" },
    { "FLUSHALL", "*-1\r\n" },
    { "FLUSHDB", "*-1\r\n" },
    { "SWAPDB 0 1", "*-1\r\n" },
    { "SWAPDB 2 3", "*1\r\n+PONG\r\n" },
    { "MOVE k 5", "*-1\r\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      assert_reply (fixture, "FLUSHALL", "+OK\r\n");
      assert_reply (fixture, "SET k v", "+OK\r\n");
      assert_reply (fixture, "WATCH k none k", "+OK\r\n");
      g_free (fixture_run (fixture, 1, cases[i].between));
      assert_reply (fixture, "MULTI", "+OK\r\n");
      assert_reply (fixture, "PING", "+QUEUED\r\n");
      assert_reply (fixture, "EXEC", cases[i].reply);
    }
}

/* What ends the watching. */
static void
test_unwatch (Fixture *fixture, gconstpointer data)
{
  static const char *const ends[] = { "UNWATCH", "DISCARD", "RESET" };

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      assert_reply (fixture, "WATCH k", "+OK\r\n");
      if (i == 1)
        assert_reply (fixture, "MULTI", "+OK\r\n");
      assert_reply_to (fixture, 1, "SET k v", "+OK\r\n");
      g_free (fixture_run (fixture, 0, ends[i]));
      assert_reply (fixture, "MULTI", "+OK\r\n");
      assert_reply (fixture, "EXEC", "*0\r\n");
    }
}

static void
test_watch_expires (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SET k v PX 1", "+OK\r\n");
  assert_reply (fixture, "WATCH k", "+OK\r\n");
  do
    g_thread_yield ();
  while (cf_keyspace_next_deadline (fixture->engine->keyspace) >=
         g_get_real_time () / 1000);
  assert_reply (fixture, "MULTI", "+OK\r\n");
  assert_reply (fixture, "PING", "+QUEUED\r\n");
  assert_reply (fixture, "EXEC", "*-1\r\n");
}

/* A long command, or a script, has the key: who watches need not wait. */
static void
test_watch_claimed (Fixture *fixture, gconstpointer data)
{
  CfKey key = cf_key (CF_SLICE ("k"));
  CfHold hold = { 0 };

  cf_hold_init (&hold, fixture->engine->keyspace);
  assert_reply (fixture, "SET k 1", "+OK\r\n");
  g_assert_true (cf_hold_claims (&hold, &key, 1, NULL));
  assert_reply (fixture, "WATCH k", "+OK\r\n");
  cf_keyspace_touch (fixture->engine->keyspace, &hold, 0, &key);
  cf_hold_release (&hold);
  cf_hold_clear (&hold);
  assert_reply (fixture, "MULTI", "+OK\r\n");
  assert_reply (fixture, "EXEC", "*-1\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/transaction/multi", test_multi);
  fixture_add ("/commands/transaction/watch", test_watch);
  fixture_add ("/commands/transaction/unwatch", test_unwatch);
  fixture_add ("/commands/transaction/watch-expires", test_watch_expires);
  fixture_add ("/commands/transaction/watch-claimed", test_watch_claimed);
  return g_test_run ();
}
