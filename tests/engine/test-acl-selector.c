/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "acl-fixture.h"

static void
apply (CfAclSelector *selector, const char *rule)
{
  g_autoptr (GError) error = NULL;

  cf_acl_selector_apply (selector, cf_slice_of_string (rule), &error);
  g_assert_no_error (error);
}

static void
assert_refused (CfAclSelector *selector, const char *rule, const char *why)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (
      cf_acl_selector_apply (selector, cf_slice_of_string (rule), &error));
  g_assert_true (g_str_has_prefix (error->message, why));
}

static gboolean
has (AclFixture *fixture, const CfAclSelector *selector, const char *name)
{
  return cf_acl_selector_has (selector, acl_fixture_find (fixture, name)->id);
}

static void
test_commands (AclFixture *fixture, gconstpointer data)
{
  g_autoptr (CfAclSelector) self =
      cf_acl_selector_new (fixture->commands, FALSE);
  g_autoptr (CfAclSelector) copy = NULL;

  g_assert_false (has (fixture, self, "get"));
  apply (self, "+GET");
  apply (self, "+config|set");
  g_assert_true (has (fixture, self, "get"));
  g_assert_true (has (fixture, self, "config|set"));
  g_assert_false (has (fixture, self, "config|get"));
  g_assert_false (has (fixture, self, "config"));
  apply (self, "+config");
  g_assert_true (has (fixture, self, "config|get"));
  apply (self, "+@all");
  g_assert_true (self->all_commands && self->future);
  copy = cf_acl_selector_copy (self);
  apply (self, "-@string");
  g_assert_false (self->all_commands);
  g_assert_true (self->future);
  g_assert_false (has (fixture, self, "set"));
  g_assert_true (has (fixture, self, "del"));
  g_assert_true (has (fixture, copy, "set"));
}

/* "+select|0" allows SELECT 0 as long as SELECT itself is not. */
static void
test_first_args (AclFixture *fixture, gconstpointer data)
{
  g_autoptr (CfAclSelector) self =
      cf_acl_selector_new (fixture->commands, FALSE);

  apply (self, "+select|0");
  apply (self, "+select|1");
  apply (self, "+select|1");
  g_assert_cmpuint (self->first_args->len, ==, 2);
  g_assert_false (has (fixture, self, "select"));
  apply (self, "-get");
  g_assert_cmpuint (self->first_args->len, ==, 2);
  apply (self, "+select");
  g_assert_cmpuint (self->first_args->len, ==, 0);
  g_assert_true (has (fixture, self, "select"));
}

static void
test_patterns (AclFixture *fixture, gconstpointer data)
{
  g_autoptr (CfAclSelector) self =
      cf_acl_selector_new (fixture->commands, FALSE);
  const CfSlice key = CF_SLICE ("a1");

  apply (self, "%R~a*");
  g_assert_true (cf_acl_selector_key (self, key, CF_NEEDS_READ));
  g_assert_true (cf_acl_selector_key (self, key, 0));
  g_assert_false (cf_acl_selector_key (self, CF_SLICE ("b"), 0));
  g_assert_false (
      cf_acl_selector_key (self, key, CF_NEEDS_READ | CF_NEEDS_WRITE));
  /* Two patterns that match do not add up; the same one does. */
  apply (self, "%W~*1");
  g_assert_false (
      cf_acl_selector_key (self, key, CF_NEEDS_READ | CF_NEEDS_WRITE));
  apply (self, "%w~a*");
  g_assert_true (
      cf_acl_selector_key (self, key, CF_NEEDS_READ | CF_NEEDS_WRITE));
  g_assert_false (cf_acl_selector_any_key (self, CF_NEEDS_READ));
  apply (self, "resetkeys");
  apply (self, "%R~*");
  g_assert_true (cf_acl_selector_any_key (self, CF_NEEDS_READ));
  g_assert_false (cf_acl_selector_any_key (self, CF_NEEDS_WRITE));
  apply (self, "&c*");
  g_assert_true (cf_acl_selector_channel (self, CF_SLICE ("c1"), FALSE));
  g_assert_false (cf_acl_selector_channel (self, CF_SLICE ("c1"), TRUE));
  g_assert_true (cf_acl_selector_channel (self, CF_SLICE ("c*"), TRUE));
}

static void
test_refused (AclFixture *fixture, gconstpointer data)
{
  g_autoptr (CfAclSelector) self =
      cf_acl_selector_new (fixture->commands, FALSE);

  assert_refused (self, "nope", "Syntax error");
  assert_refused (self, "+", "Unknown command");
  assert_refused (self, "+@", "Unknown command");
  assert_refused (self, "+config|", "Syntax error");
  assert_refused (self, "+config|nope", "Unknown command");
  assert_refused (self, "+config|get|x", "Allowing first-arg");
  assert_refused (self, "-select|0", "Unknown command");
  assert_refused (self, "%", "Syntax error");
  assert_refused (self, "%~x", "Syntax error");
  assert_refused (self, "%RR~x", "Syntax error");
  assert_refused (self, "~a b", "Syntax error");
  assert_refused (self, "&a\n", "Syntax error");
  apply (self, "allkeys");
  apply (self, "allchannels");
  assert_refused (self, "~x", "Adding a pattern after the * pattern");
  assert_refused (self, "&x", "Adding a pattern after the * pattern");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  acl_fixture_add ("/engine/acl-selector/commands", test_commands);
  acl_fixture_add ("/engine/acl-selector/first-args", test_first_args);
  acl_fixture_add ("/engine/acl-selector/patterns", test_patterns);
  acl_fixture_add ("/engine/acl-selector/refused", test_refused);
  return g_test_run ();
}
