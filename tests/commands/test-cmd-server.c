/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_server (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ROLE", "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n" },
    { "TIME x", "-ERR wrong number of arguments for 'time' command\r\n" },
    { "LOLWUT VERSION x", "-ERR value is not an integer or out of range\r\n" },
    { "SHUTDOWN NOPE", "-ERR syntax error\r\n" },
    { "SHUTDOWN SAVE NOSAVE", "-ERR syntax error\r\n" },
    { "SHUTDOWN ABORT NOW", "-ERR syntax error\r\n" },
    { "SHUTDOWN ABORT", "-ERR No shutdown in progress.\r\n" },
    { "SHUTDOWN SAVE", "-ERR Errors trying to SHUTDOWN. Check logs.\r\n" },
    { "MULTI", "+OK\r\n" },
    { "SHUTDOWN", "-ERR Command not allowed inside a transaction\r\n" },
    { "DISCARD", "+OK\r\n" },
    { "MULTI", "+OK\r\n" },
    { "MONITOR", "+QUEUED\r\n" },
    { "EXEC", "*1\r\n-ERR MONITOR isn't allowed for DENY BLOCKING client\r\n" },
    { "MONITOR", "+OK\r\n" },
    { "MONITOR", "" },
    { "GET k", "-ERR Replica can't interact with the keyspace\r\n" },
    { "SET k v", "-ERR Replica can't interact with the keyspace\r\n" },
    { "PUBLISH c m", "-ERR Replica can't interact with the keyspace\r\n" },
    { "CLIENT NO-EVICT off", "+OK\r\n" },
    { "RESET", "+RESET\r\n" },
    { "GET k", "$-1\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_server_lolwut (Fixture *fixture, gconstpointer data)
{
  g_autofree char *reply = fixture_run (fixture, 0, "LOLWUT VERSION 5 1 2");

  g_assert_nonnull (strstr (reply, "Redis ver. 7.0.15\n"));
}

static gboolean *shut_down_now;

static void
on_shutdown (gpointer data, gboolean now)
{
  shut_down_now = g_new (gboolean, 1);
  *shut_down_now = now;
}

static void
test_server_shutdown (Fixture *fixture, gconstpointer data)
{
  fixture->engine->hooks.shutdown = on_shutdown;
  assert_reply (fixture, "SHUTDOWN NOSAVE NOW", "");
  g_assert_nonnull (shut_down_now);
  g_assert_true (*shut_down_now);
  g_free (shut_down_now);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/server/server", test_server);
  fixture_add ("/commands/server/lolwut", test_server_lolwut);
  fixture_add ("/commands/server/shutdown", test_server_shutdown);
  return g_test_run ();
}
