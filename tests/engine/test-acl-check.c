/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "acl-fixture.h"

#include "engine/acl-check.h"

static void
assert_verdict (AclFixture *fixture,
                const char *rules,
                const char *request,
                CfAclVerdict wanted,
                guint wanted_position)
{
  g_autoptr (CfAclUser) user = acl_fixture_user (fixture, rules);
  g_auto (GStrv) words = g_strsplit (request, " ", -1);
  CfSlice argv[16];
  guint argc = g_strv_length (words), position;
  const CfCommandInfo *info;

  for (guint i = 0; i < argc; i++)
    argv[i] = cf_slice_of_string (words[i]);
  info = cf_command_table_find (fixture->table, argv, argc);
  g_assert_cmpint (cf_acl_check (user, info, argv, argc, &position), ==,
                   wanted);
  g_assert_cmpuint (position, ==, wanted_position);
}

static void
test_commands (AclFixture *fixture, gconstpointer data)
{
  assert_verdict (fixture, "~*", "GET a", CF_ACL_DENIED_COMMAND, 0);
  assert_verdict (fixture, "~* +get", "GET a", CF_ACL_OK, 0);
  assert_verdict (fixture, "off", "AUTH x", CF_ACL_OK, 0);
  assert_verdict (fixture, "+config|get", "CONFIG SET a b",
                  CF_ACL_DENIED_COMMAND, 0);
  assert_verdict (fixture, "+select|0", "SELECT 0", CF_ACL_OK, 0);
  assert_verdict (fixture, "+select|0", "SELECT 1", CF_ACL_DENIED_COMMAND, 0);
}

static void
test_keys (AclFixture *fixture, gconstpointer data)
{
  assert_verdict (fixture, "+@all ~a*", "DEL a b c", CF_ACL_DENIED_KEY, 2);
  assert_verdict (fixture, "+@all ~a*", "DEL a1 a2", CF_ACL_OK, 0);
  assert_verdict (fixture, "+@all ~a", "DEL a a a a a a a a a a b",
                  CF_ACL_DENIED_KEY, 11);
  assert_verdict (fixture, "+@all %R~a", "GET a", CF_ACL_OK, 0);
  assert_verdict (fixture, "+@all %R~a", "SET a b", CF_ACL_DENIED_KEY, 1);
  assert_verdict (fixture, "+@all %W~a", "SET a b", CF_ACL_OK, 0);
  assert_verdict (fixture, "+@all %W~a", "EXISTS a", CF_ACL_OK, 0);
  assert_verdict (fixture, "+@all ~a %W~b", "LMOVE a b LEFT LEFT", CF_ACL_OK,
                  0);
  assert_verdict (fixture, "+@all ~a %R~b", "LMOVE a b LEFT LEFT",
                  CF_ACL_DENIED_KEY, 2);
  /* What only a function knows is no key for users. */
  assert_verdict (fixture, "+@all ~a", "DEBUG OBJECT b", CF_ACL_OK, 0);
}

static void
test_channels (AclFixture *fixture, gconstpointer data)
{
  assert_verdict (fixture, "+@all &a*", "PUBLISH b a", CF_ACL_DENIED_CHANNEL,
                  1);
  assert_verdict (fixture, "+@all &a*", "PUBLISH a b", CF_ACL_OK, 0);
  assert_verdict (fixture, "+@all &a*", "SUBSCRIBE a1 b", CF_ACL_DENIED_CHANNEL,
                  2);
  assert_verdict (fixture, "+@all &a*", "PSUBSCRIBE a* a1",
                  CF_ACL_DENIED_CHANNEL, 2);
}

/* Each selector counts by itself; what came nearest is told. */
static void
test_selectors (AclFixture *fixture, gconstpointer data)
{
  const char *rules = "(+get) (+del)";
  g_autoptr (CfAclUser) user = acl_fixture_user (fixture, rules);

  g_assert_cmpuint (user->selectors->len, ==, 3);
  assert_verdict (fixture, rules, "GET a", CF_ACL_DENIED_KEY, 1);
  assert_verdict (fixture, rules, "SET a b", CF_ACL_DENIED_COMMAND, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  acl_fixture_add ("/engine/acl-check/commands", test_commands);
  acl_fixture_add ("/engine/acl-check/keys", test_keys);
  acl_fixture_add ("/engine/acl-check/channels", test_channels);
  acl_fixture_add ("/engine/acl-check/selectors", test_selectors);
  return g_test_run ();
}
