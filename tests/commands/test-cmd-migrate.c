/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "client/canned.h"
#include "fixture.h"

/* Runs MIGRATE with @options to a server that answers @answer once it has
 * read @until; asserts what it is told. */
static void
assert_migrate (Fixture *fixture,
                const char *options,
                const char *until,
                const char *answer,
                const char *reply,
                const char *sent)
{
  const CfCannedAnswer answers[] = { { until, answer } };
  CfCanned *server = cf_canned_start (answers, 1);
  g_autofree char *line = g_strdup_printf (
      "MIGRATE 127.0.0.1 %u %s", cf_canned_get_port (server), options);
  g_autofree char *received = NULL;

  assert_reply (fixture, line, reply);
  received = cf_canned_finish (server);
  g_assert_true (g_str_has_prefix (received, sent));
}

#define SELECT_3 "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n"

static void
test_one (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SET k 12", "+OK\r\n");
  assert_migrate (fixture, "k 3 1000 COPY", "RESTORE", "+OK\r\n+OK\r\n",
                  "+OK\r\n",
                  SELECT_3 "*4\r\n$7\r\nRESTORE\r\n$1\r\nk\r\n$1\r\n0\r\n");
  assert_reply (fixture, "EXISTS k", ":1\r\n");
  assert_migrate (fixture, "k 3 1000 REPLACE AUTH2 me secret", "RESTORE",
                  "+OK\r\n+OK\r\n+OK\r\n", "+OK\r\n",
                  "*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$6\r\nsecret\r\n" SELECT_3
                  "*5\r\n$7\r\nRESTORE\r\n");
  assert_reply (fixture, "EXISTS k", ":0\r\n");
  assert_events (fixture, "set k\ndel k\n");
  assert_records (fixture, "SET k 12\nDEL k\n");
}

/* Those that have arrived are removed, whatever became of others. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "MSET a 1 b 2 c 3", "+OK\r\n");
  assert_migrate (
      fixture, "'' 3 1000 KEYS a none b c", "RESTORE",
      "+OK\r\n+OK\r\n-BUSYKEY Target key name already exists.\r\n+OK\r\n",
      "-ERR Target instance replied with error: BUSYKEY Target key name "
      "already exists.\r\n",
      SELECT_3);
  assert_reply (fixture, "EXISTS a b c", ":1\r\n");
  assert_reply (fixture, "GET b", "$1\r\n2\r\n");
  assert_events (fixture, "set a\nset b\nset c\ndel a\ndel c\n");
  assert_records (fixture, "MSET a 1 b 2 c 3\nDEL a c\n");
}

static void
test_failures (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "MIGRATE 127.0.0.1 1 none 0 100", "+NOKEY\r\n" },
    { "MIGRATE 127.0.0.1 1 k 0 100",
      "-IOERR error or timeout writing to target instance\r\n" },
    { "MIGRATE nowhere.invalid 1 k 0 1000",
      "-IOERR error or timeout connecting to the client\r\n" },
    { "MIGRATE 127.0.0.1 1 k 0 x",
      "-ERR value is not an integer or out of range\r\n" },
    { "MIGRATE 127.0.0.1 1 k x 100",
      "-ERR value is not an integer or out of range\r\n" },
    { "MIGRATE 127.0.0.1 1 k 0 100 nonsense", "-ERR syntax error\r\n" },
    { "MIGRATE 127.0.0.1 1 k 0 100 AUTH", "-ERR syntax error\r\n" },
    { "MIGRATE 127.0.0.1 1 k 0 100 AUTH2 a", "-ERR syntax error\r\n" },
    { "MIGRATE 127.0.0.1 1 k 0 100 KEYS a",
      "-ERR When using MIGRATE KEYS option, the key argument must be set to "
      "the empty string\r\n" },
    { "MIGRATE 127.0.0.1 1 '' 0 100 KEYS a", "+NOKEY\r\n" },
  };

  assert_reply (fixture, "SET k v", "+OK\r\n");
  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  assert_migrate (fixture, "k 3 1000", "RESTORE", "+OK\r\n",
                  "-IOERR error or timeout reading to target instance\r\n",
                  SELECT_3);
  assert_migrate (fixture, "k 3 1000", "RESTORE",
                  "-ERR DB index is out of range\r\n+OK\r\n",
                  "-ERR Target instance replied with error: ERR DB index is "
                  "out of range\r\n",
                  SELECT_3);
  assert_reply (fixture, "EXISTS k", ":1\r\n");
}

/* As lenient as Redis, with what MIGRATE itself refuses. */
static void
test_keys (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "COMMAND GETKEYS MIGRATE h 1 k 0 1", "*1\r\n$1\r\nk\r\n" },
    { "COMMAND GETKEYS MIGRATE h 1 '' 0 1 KEYS a b",
      "*2\r\n$1\r\na\r\n$1\r\nb\r\n" },
    { "COMMAND GETKEYS MIGRATE h 1 k 0 1 KEYS", "*1\r\n$1\r\nk\r\n" },
    { "COMMAND GETKEYS MIGRATE h 1 k 0 1 KEYS a",
      "-ERR Invalid arguments specified for command\r\n" },
    { "COMMAND GETKEYS MIGRATE h 1 k 0 1 AUTH KEYS a", "*1\r\n$1\r\nk\r\n" },
    { "COMMAND GETKEYS MIGRATE h 1 '' 0 1 AUTH2 KEYS x KEYS a",
      "*1\r\n$1\r\na\r\n" },
    { "COMMAND GETKEYS MIGRATE h 1 '' 0 1 COPY what KEYS a",
      "*1\r\n$1\r\na\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-migrate/one", test_one);
  fixture_add ("/commands/cmd-migrate/many", test_many);
  fixture_add ("/commands/cmd-migrate/failures", test_failures);
  fixture_add ("/commands/cmd-migrate/keys", test_keys);
  return g_test_run ();
}
