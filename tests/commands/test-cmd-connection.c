/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_connection (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "PING", "+PONG\r\n" },
    { "PING hi", "$2\r\nhi\r\n" },
    { "PING a b", "-ERR wrong number of arguments for 'ping' command\r\n" },
    { "ECHO 'a b'", "$3\r\na b\r\n" },
    { "SELECT 15", "+OK\r\n" },
    { "SELECT 16", "-ERR DB index is out of range\r\n" },
    { "SELECT -1", "-ERR DB index is out of range\r\n" },
    { "SELECT x", "-ERR value is not an integer or out of range\r\n" },
    { "SELECT 99999999999",
      "-ERR value is out of range, value must between -2147483648 and "
      "2147483647\r\n" },
    { "SET k v", "+OK\r\n" },
    { "RESET", "+RESET\r\n" },
    { "GET k", "$-1\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_auth (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "AUTH x", "-WRONGPASS invalid username-password pair or user is "
                "disabled.\r\n" },
    { "AUTH other secret", "-WRONGPASS invalid username-password pair or user "
                           "is disabled.\r\n" },
    { "GET k", "-NOAUTH Authentication required.\r\n" },
    { "HELLO 3", "-NOAUTH HELLO must be called with the client already "
                 "authenticated, otherwise the HELLO AUTH <user> <pass> "
                 "option can be used to authenticate the client and select "
                 "the RESP protocol version at the same time\r\n" },
    { "AUTH secret", "+OK\r\n" },
    { "GET k", "$-1\r\n" },
    { "RESET", "+RESET\r\n" },
    { "GET k", "-NOAUTH Authentication required.\r\n" },
    { "AUTH default secret", "+OK\r\n" },
    { "AUTH a b c", "-ERR syntax error\r\n" },
  };

  assert_reply (fixture, "AUTH x",
                "-ERR AUTH <password> called without any password configured "
                "for the default user. Are you sure your configuration is "
                "correct?\r\n");
  assert_reply (fixture, "CONFIG SET requirepass secret", "+OK\r\n");
  fixture->clients[0].flags &= ~(guint) CF_SESSION_AUTHORIZED;
  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_hello (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "HELLO 4", "-NOPROTO unsupported protocol version\r\n" },
    { "HELLO x",
      "-ERR Protocol version is not an integer or out of range\r\n" },
    { "HELLO 3 NOPE", "-ERR Syntax error in HELLO option 'NOPE'\r\n" },
    { "HELLO 3 AUTH default", "-ERR Syntax error in HELLO option 'AUTH'\r\n" },
    { "HELLO 3 SETNAME 'a b'", "-ERR Client names cannot contain spaces, "
                               "newlines or special characters.\r\n" },
    { "HELLO 3 AUTH other x", "-WRONGPASS invalid username-password pair or "
                              "user is disabled.\r\n" },
    { "HELLO 3 SETNAME me NOPE",
      "-ERR Syntax error in HELLO option 'NOPE'\r\n" },
    { "CLIENT GETNAME", "$2\r\nme\r\n" },
    { "GET k", "$-1\r\n" },
  };
  g_autofree char *reply = NULL;

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  reply = fixture_run (fixture, 0, "HELLO 3 AUTH default x SETNAME other");
  g_assert_true (g_str_has_prefix (reply, "%7\r\n$6\r\nserver\r\n"));
  assert_reply (fixture, "GET k", "_\r\n");
  assert_reply (fixture, "CLIENT GETNAME", "$5\r\nother\r\n");
}

static void
test_quit (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "MULTI", "+OK\r\n");
  assert_reply (fixture, "QUIT", "+OK\r\n");
  g_assert_true (fixture->clients[0].flags & CF_SESSION_CLOSE_AFTER_REPLY);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/connection/connection", test_connection);
  fixture_add ("/commands/connection/auth", test_auth);
  fixture_add ("/commands/connection/hello", test_hello);
  fixture_add ("/commands/connection/quit", test_quit);
  return g_test_run ();
}
