/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_client_errors (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "CLIENT SETNAME 'a b'", "-ERR Client names cannot contain spaces, "
                              "newlines or special characters.\r\n" },
    { "CLIENT SETINFO NOPE x", "-ERR Unrecognized option 'NOPE'\r\n" },
    { "CLIENT SETINFO LIB-NAME 'a b'",
      "-ERR lib-name cannot contain spaces, newlines or special "
      "characters.\r\n" },
    { "CLIENT NO-EVICT x", "-ERR syntax error\r\n" },
    { "CLIENT REPLY x", "-ERR syntax error\r\n" },
    { "CLIENT LIST NOPE", "-ERR syntax error\r\n" },
    { "CLIENT LIST TYPE nope", "-ERR Unknown client type 'nope'\r\n" },
    { "CLIENT LIST ID x", "-ERR Invalid client ID\r\n" },
    { "CLIENT KILL nobody", "-ERR No such client\r\n" },
    { "CLIENT KILL ID 0", "-ERR client-id should be greater than 0\r\n" },
    { "CLIENT KILL ID 1 ADDR", "-ERR syntax error\r\n" },
    { "CLIENT KILL SKIPME x", "-ERR syntax error\r\n" },
    { "CLIENT KILL USER nobody", "-ERR No such user 'nobody'\r\n" },
    { "CLIENT KILL ID 999", ":0\r\n" },
    { "CLIENT PAUSE x", "-ERR timeout is not an integer or out of range\r\n" },
    { "CLIENT PAUSE -1", "-ERR timeout is negative\r\n" },
    { "CLIENT PAUSE 1 NOPE",
      "-ERR CLIENT PAUSE mode must be WRITE or ALL\r\n" },
    { "CLIENT UNBLOCK x", "-ERR value is not an integer or out of range\r\n" },
    { "CLIENT UNBLOCK 1 NOPE",
      "-ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR\r\n" },
    { "CLIENT UNBLOCK 999", ":0\r\n" },
    { "CLIENT UNBLOCK 1", ":0\r\n" },
    { "CLIENT UNBLOCK 1 ERROR x",
      "-ERR unknown subcommand or wrong number of arguments for 'UNBLOCK'. Try "
      "CLIENT HELP.\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_client_list (Fixture *fixture, gconstpointer data)
{
  g_autofree char *info = NULL, *list = NULL, *some = NULL;

  assert_reply (fixture, "CLIENT ID", ":1\r\n");
  assert_reply (fixture, "CLIENT GETNAME", "$-1\r\n");
  assert_reply (fixture, "CLIENT SETNAME me", "+OK\r\n");
  assert_reply (fixture, "CLIENT SETINFO LIB-NAME lib", "+OK\r\n");
  assert_reply (fixture, "CLIENT SETINFO lib-ver 1.2", "+OK\r\n");
  assert_reply (fixture, "CLIENT NO-EVICT on", "+OK\r\n");
  assert_reply (fixture, "SELECT 3", "+OK\r\n");
  info = fixture_run (fixture, 0, "CLIENT INFO");
  g_assert_true (g_regex_match_simple (
      "id=1 addr=127.0.0.1:40000 laddr=127.0.0.1:6379 fd=\\d+ name=me age=\\d+ "
      "idle=\\d+ flags=e db=3 sub=0 psub=0 ssub=0 multi=-1 qbuf=\\d+ "
      "qbuf-free=\\d+ argv-mem=\\d+ multi-mem=0 rbs=\\d+ rbp=\\d+ obl=\\d+ "
      "oll=\\d+ omem=\\d+ tot-mem=\\d+ events=rw? cmd=client\\|info "
      "user=default redir=-1 resp=2 lib-name=lib lib-ver=1.2\n",
      info, 0, 0));
  list = fixture_run (fixture, 0, "CLIENT LIST TYPE normal");
  g_assert_nonnull (strstr (list, "id=1 "));
  g_assert_nonnull (strstr (list, "id=4 "));
  some = fixture_run (fixture, 0, "CLIENT LIST ID 2 999 3");
  g_assert_null (strstr (some, "id=1 "));
  g_assert_nonnull (strstr (some, "id=2 "));
}

static void
test_client_kill (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "CLIENT KILL 127.0.0.1:40001", "+OK\r\n");
  assert_reply (fixture, "CLIENT KILL LADDR 127.0.0.1:6379", ":3\r\n");
  assert_reply (fixture, "CLIENT KILL TYPE pubsub", ":0\r\n");
  /* Nor is a monitor a replica. */
  assert_reply_to (fixture, 1, "MONITOR", "+OK\r\n");
  assert_reply_to (fixture, 1, "CLIENT KILL TYPE replica", ":0\r\n");
  g_assert_false (fixture->clients[0].flags & CF_SESSION_CLOSE_AFTER_REPLY);
  assert_reply (fixture, "CLIENT KILL ID 1 SKIPME no", ":1\r\n");
  g_assert_true (fixture->clients[0].flags & CF_SESSION_CLOSE_AFTER_REPLY);
}

static void
test_client_pause (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "CLIENT PAUSE 100000 WRITE", "+OK\r\n");
  assert_reply (fixture, "GET k", "$-1\r\n");
  assert_reply (fixture, "SET k v", "");
  g_assert_cmpint (fixture->engine->blocked_clients, ==, 1);
  assert_reply_to (fixture, 1, "CLIENT UNPAUSE", "+OK\r\n");
  assert_reply_to (fixture, 1, "SET k v", "+OK\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/client/errors", test_client_errors);
  fixture_add ("/commands/client/list", test_client_list);
  fixture_add ("/commands/client/kill", test_client_kill);
  fixture_add ("/commands/client/pause", test_client_pause);
  return g_test_run ();
}
