/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#include "engine/acl-check.h"
#include "engine/acl.h"

static void
run_as (Fixture *fixture, guint client, const char *request, const char *wanted)
{
  g_autofree char *reply = fixture_run (fixture, client, request);

  g_assert_cmpstr (reply, ==, wanted);
}

static void
test_users (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "ACL WHOAMI", "$7\r\ndefault\r\n" },
    { "ACL SETUSER bob on >b +get ~a", "+OK\r\n" },
    { "ACL USERS", "*2\r\n$3\r\nbob\r\n$7\r\ndefault\r\n" },
    { "ACL SETUSER bob +nope",
      "-ERR Error in ACL SETUSER modifier '+nope': Unknown command or category "
      "name in ACL\r\n" },
    { "ACL SETUSER \"a b\"",
      "-ERR Usernames can't contain spaces or null characters\r\n" },
    { "ACL GETUSER nobody", "$-1\r\n" },
    { "ACL DRYRUN bob GET a", "+OK\r\n" },
    { "ACL DRYRUN bob GET b",
      "$50\r\nThis user has no permissions to access the 'b' key\r\n" },
    { "ACL DRYRUN nobody GET b", "-ERR User 'nobody' not found\r\n" },
    { "ACL DRYRUN bob NOPE", "-ERR Command 'NOPE' not found\r\n" },
    { "ACL DELUSER nobody bob", ":1\r\n" },
    { "ACL DELUSER default", "-ERR The 'default' user cannot be removed\r\n" },
    { "ACL CAT nope", "-ERR Unknown category 'nope'\r\n" },
    { "ACL GENPASS 0",
      "-ERR ACL GENPASS argument must be the number of bits for the output "
      "password, a positive number up to 4096\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  assert_has (fixture, "ACL LIST", "user default on nopass ~* &* +@all");
  assert_has (fixture, "ACL CAT", "$9\r\nscripting\r\n");
  assert_has (fixture, "ACL CAT scripting", "*");
  assert_has (fixture, "ACL GENPASS 5", "$2\r\n");
  assert_has (fixture, "ACL LOAD", "-ERR This Redis instance is not");
  assert_has (fixture, "ACL SAVE", "-ERR This Redis instance is not");
}

static void
test_denied (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture,
                "ACL SETUSER bob on nopass +get +publish +multi +exec "
                "~a &c",
                "+OK\r\n");
  run_as (fixture, 1, "AUTH bob x", "+OK\r\n");
  run_as (fixture, 1, "GET a", "$-1\r\n");
  run_as (fixture, 1, "SET a b",
          "-NOPERM this user has no permissions to run the 'set' command\r\n");
  run_as (fixture, 1, "GET b",
          "-NOPERM this user has no permissions to access one of the keys used "
          "as arguments\r\n");
  run_as (fixture, 1, "PUBLISH d x",
          "-NOPERM this user has no permissions to access one of the channels "
          "used as arguments\r\n");
  run_as (fixture, 1, "AUTH nobody x",
          "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
  assert_has (fixture, "ACL LOG 1", "$8\r\nusername\r\n$6\r\nnobody\r\n");
  assert_has (fixture, "ACL LOG", "$6\r\nobject\r\n$1\r\nd\r\n");
  assert_has (fixture, "INFO stats",
              "acl_access_denied_cmd:1\r\n"
              "acl_access_denied_key:1\r\n"
              "acl_access_denied_channel:1\r\n");
  assert_reply (fixture, "ACL LOG RESET", "+OK\r\n");
  assert_reply (fixture, "ACL LOG", "*0\r\n");
}

/* What could be queued may be forbidden when it is run. */
static void
test_exec (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "ACL SETUSER bob on nopass +@all ~*", "+OK\r\n");
  run_as (fixture, 1, "AUTH bob x", "+OK\r\n");
  run_as (fixture, 1, "MULTI", "+OK\r\n");
  run_as (fixture, 1, "GET a", "+QUEUED\r\n");
  run_as (fixture, 1, "ECHO b", "+QUEUED\r\n");
  run_as (fixture, 1, "ACL SETUSER bob -echo", "+QUEUED\r\n");
  run_as (fixture, 1, "ECHO c", "+QUEUED\r\n");
  assert_reply (fixture, "ACL SETUSER bob resetkeys", "+OK\r\n");
  run_as (
      fixture, 1, "EXEC",
      "*4\r\n"
      "-NOPERM ACLs rules changed between the moment the transaction was "
      "accumulated and the EXEC call. This command is no longer allowed for "
      "the following reason: no permission to touch the specified keys\r\n"
      "$1\r\nb\r\n+OK\r\n"
      "-NOPERM ACLs rules changed between the moment the transaction was "
      "accumulated and the EXEC call. This command is no longer allowed for "
      "the following reason: no permission to execute the command or "
      "subcommand\r\n");
}

static void
test_revoked (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "ACL SETUSER bob on nopass +@all &a &b &p*",
                "+OK\r\n");
  for (guint i = 1; i < 3; i++)
    run_as (fixture, i, "AUTH bob x", "+OK\r\n");
  run_as (fixture, 1, "SUBSCRIBE a",
          "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
  run_as (fixture, 2, "PSUBSCRIBE p*",
          "*3\r\n$10\r\npsubscribe\r\n$2\r\np*\r\n:1\r\n");
  assert_reply (fixture, "ACL SETUSER bob &c", "+OK\r\n");
  g_assert_false (fixture->closed[1] || fixture->closed[2]);
  assert_reply (fixture, "ACL SETUSER bob resetchannels &a &p", "+OK\r\n");
  g_assert_false (fixture->closed[1]);
  g_assert_true (fixture->closed[2]);
  assert_reply (fixture, "ACL DELUSER bob", ":1\r\n");
  g_assert_true (fixture->closed[1]);
  run_as (fixture, 1, "PING", "-NOAUTH Authentication required.\r\n");
}

static void
test_sort (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "ACL SETUSER bob on nopass +@all %R~a %W~*",
                "+OK\r\n");
  run_as (fixture, 1, "AUTH bob x", "+OK\r\n");
  run_as (fixture, 1, "SORT a BY w", "*0\r\n");
  run_as (fixture, 1, "SORT a BY w* GET x",
          "-ERR BY option of SORT denied due to insufficient ACL "
          "permissions.\r\n");
  run_as (fixture, 1, "SORT a GET x",
          "-ERR GET option of SORT denied due to insufficient ACL "
          "permissions.\r\n");
  assert_reply (fixture, "ACL SETUSER bob %R~*", "+OK\r\n");
  run_as (fixture, 1, "SORT a BY w* GET x*", "*0\r\n");
}

static void
test_limits (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture,
                "ACL SETUSER bob on nopass +@all max-connections=1 "
                "max-commands-per-second=2",
                "+OK\r\n");
  assert_has (fixture, "ACL GETUSER bob", "$15\r\nmax-connections\r\n:1\r\n");
  run_as (fixture, 1, "AUTH bob x", "+OK\r\n");
  run_as (fixture, 2, "AUTH bob x",
          "-LIMIT user 'bob' has as many connections as it may, 1\r\n");
  run_as (fixture, 1, "PING", "+PONG\r\n");
  run_as (fixture, 1, "PING", "+PONG\r\n");
  run_as (fixture, 1, "PING",
          "-LIMIT user 'bob' may run 2 commands a second\r\n");
}

static guint
name_command (const CfCommandInfo *info, CfSlice *argv)
{
  argv[0] = cf_slice_of_string (info->parent != NULL ? info->parent->full_name
                                                     : info->full_name);
  argv[1] = cf_slice_of_string (strchr (info->full_name, '|') != NULL
                                    ? strchr (info->full_name, '|') + 1
                                    : "x");
  return info->parent != NULL ? 2 : 1;
}

/* redis.acl_check_cmd() asks about whatever a script says, so any number of
 * words is answered, of every command. */
static void
test_any_form (Fixture *fixture, gconstpointer data)
{
  const CfCommandTable *table = fixture->engine->commands;
  g_autoptr (CfAclUser) user = cf_acl_make (fixture->engine->acl, "bob", NULL);

  cf_acl_user_apply_word (user, "+@all");
  cf_acl_user_apply_word (user, "~a");
  for (guint i = 0; i < cf_command_table_n_ids (table); i++)
    {
      const CfCommandInfo *info = cf_command_table_by_id (table, i);
      CfSlice argv[12];
      guint n = name_command (info, argv);

      for (guint j = n; j < G_N_ELEMENTS (argv); j++)
        argv[j] = j % 3 == 0 ? CF_SLICE ("2") : CF_SLICE ("b");
      /* Each is exactly as long as it says, for ASan to see. */
      for (guint argc = n; argc < G_N_ELEMENTS (argv); argc++)
        {
          g_autofree CfSlice *copy = g_memdup2 (argv, argc * sizeof *argv);

          (void) cf_acl_may_run (user, info, copy, argc);
        }
    }
}

static void
test_check_in_script (Fixture *fixture, gconstpointer data)
{
  static const char *const allowed[] = { "'sort_ro'", "'zadd'",
                                         "'get','a'", "'get','a','b'",
                                         "'publish'", "'config'" };
  static const char *const denied[] = { "'get','b'", "'get','b','c'",
                                        "'ltrim','b'", "'publish','c','x'",
                                        "'shutdown'" };

  assert_reply (fixture, "ACL SETUSER bob on nopass +@all -shutdown ~a",
                "+OK\r\n");
  run_as (fixture, 1, "AUTH bob x", "+OK\r\n");
  for (gsize i = 0; i < G_N_ELEMENTS (allowed); i++)
    {
      g_autofree char *request = g_strdup_printf (
          "EVAL \"return redis.acl_check_cmd(%s)\" 0", allowed[i]);

      run_as (fixture, 1, request, ":1\r\n");
    }
  for (gsize i = 0; i < G_N_ELEMENTS (denied); i++)
    {
      g_autofree char *request = g_strdup_printf (
          "EVAL \"return redis.acl_check_cmd(%s)\" 0", denied[i]);

      run_as (fixture, 1, request, "$-1\r\n");
    }
}

/* Whatever a client says its name is, not much of it is kept. */
static void
test_long_names (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = g_strnfill (CF_ACL_NAME_MAX + 1, 'x');
  g_autofree char *auth = g_strdup_printf ("AUTH %s x", name);
  g_autofree char *set = g_strdup_printf ("ACL SETUSER %s on", name);
  g_autofree char *log = NULL;

  run_as (fixture, 1, auth,
          "-WRONGPASS invalid username-password pair or user is disabled."
          "\r\n");
  log = fixture_run (fixture, 0, "ACL LOG");
  g_assert_cmpuint (strlen (log), <, 4096);
  assert_reply (fixture, set,
                "-ERR Usernames can't be longer than 16384 bytes\r\n");
  set[12 + CF_ACL_NAME_MAX] = ' ';
  assert_reply (fixture, set, "+OK\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-acl/users", test_users);
  fixture_add ("/commands/cmd-acl/denied", test_denied);
  fixture_add ("/commands/cmd-acl/exec", test_exec);
  fixture_add ("/commands/cmd-acl/revoked", test_revoked);
  fixture_add ("/commands/cmd-acl/any-form", test_any_form);
  fixture_add ("/commands/cmd-acl/check-in-script", test_check_in_script);
  fixture_add ("/commands/cmd-acl/long-names", test_long_names);
  fixture_add ("/commands/cmd-acl/sort", test_sort);
  fixture_add ("/commands/cmd-acl/limits", test_limits);
  return g_test_run ();
}
