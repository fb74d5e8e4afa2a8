/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "acl-fixture.h"

#include "base/error.h"

#define HASH_OF_A                                                              \
  "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"

static void
assert_refused (CfAclUser *user, const char *rule, const char *why)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (cf_acl_user_apply (user, cf_slice_of_string (rule), &error));
  g_assert_true (g_str_has_prefix (error->message, why));
}

static void
test_passwords (AclFixture *fixture, gconstpointer data)
{
  g_autoptr (CfAclUser) self = acl_fixture_user (fixture, "nopass");

  g_assert_true (self->flags & CF_ACL_USER_NO_PASS);
  cf_acl_user_apply_word (self, ">a");
  cf_acl_user_apply_word (self, "#" HASH_OF_A);
  cf_acl_user_apply_word (self, ">b");
  g_assert_false (self->flags & CF_ACL_USER_NO_PASS);
  g_assert_cmpuint (self->passwords->len, ==, 2);
  g_assert_true (cf_acl_user_accepts (self, CF_SLICE ("a")));
  g_assert_true (cf_acl_user_accepts (self, CF_SLICE ("b")));
  g_assert_false (cf_acl_user_accepts (self, CF_SLICE ("")));
  cf_acl_user_apply_word (self, "!" HASH_OF_A);
  g_assert_false (cf_acl_user_accepts (self, CF_SLICE ("a")));
  cf_acl_user_apply_word (self, "<b");
  g_assert_cmpuint (self->passwords->len, ==, 0);
  assert_refused (self, "<b", "The password you are trying to remove");
  assert_refused (self, "#" HASH_OF_A "0", "The password hash must be");
  assert_refused (self, "!A", "The password hash must be");
}

static void
test_selectors (AclFixture *fixture, gconstpointer data)
{
  const CfSlice rules[] = { CF_SLICE ("on"), CF_SLICE ("(+get"),
                            CF_SLICE ("~a)"), CF_SLICE ("(+set)") };
  g_autoptr (CfAclUser) self = acl_fixture_user (fixture, "~x");
  g_autoptr (CfAclUser) copy = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) merged = cf_acl_merge_rules (rules, 4, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (merged->len, ==, 3);
  for (guint i = 0; i < merged->len; i++)
    {
      gsize size;
      const char *bytes = g_bytes_get_data (merged->pdata[i], &size);

      g_assert_true (cf_acl_user_apply (self, cf_slice (bytes, size), &error));
    }
  g_assert_cmpuint (self->selectors->len, ==, 3);
  g_assert_cmpuint (cf_acl_user_selector (self, 1)->keys->len, ==, 1);
  assert_refused (self, "(+nope)", "Unknown command");
  assert_refused (self, "(+get (+set))", "Syntax error");
  copy = cf_acl_user_copy (self, "copy");
  cf_acl_user_apply_word (self, "clearselectors");
  g_assert_cmpuint (self->selectors->len, ==, 1);
  g_assert_cmpuint (copy->selectors->len, ==, 3);
  g_assert_null (cf_acl_merge_rules (rules, 2, &error));
  g_assert_cmpstr (error->message, ==,
                   "Unmatched parenthesis in acl selector starting at "
                   "'(+get'.");
}

/* A rule is not kept however long it is. */
static void
test_long_rule (AclFixture *fixture, gconstpointer data)
{
  g_autofree char *word = g_strnfill (1024 * 1024 + 1, '~');
  const CfSlice rule = cf_slice_of_string (word);
  g_autoptr (GError) error = NULL;

  g_assert_null (cf_acl_merge_rules (&rule, 1, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==,
                   "An ACL rule can't be longer than 1048576 bytes");
}

static void
test_limits (AclFixture *fixture, gconstpointer data)
{
  g_autoptr (CfAclUser) self =
      acl_fixture_user (fixture, "on +@all ~* &* max-connections=3");

  g_assert_cmpint (self->limits[CF_ACL_MAX_CONNECTIONS], ==, 3);
  g_assert_false (cf_acl_user_is_free (self));
  assert_refused (self, "max-output-bytes=-1", "A limit must be a number");
  assert_refused (self, "max-output-bytes=", "A limit must be a number");
  assert_refused (self, "max-output-bytes", "Syntax error");
  cf_acl_user_apply_word (self, "max-connections=0");
  g_assert_true (cf_acl_user_is_free (self));
  cf_acl_user_apply_word (self, "MAX-COMMANDS-PER-SECOND=10");
  cf_acl_user_apply_word (self, "reset");
  g_assert_cmpint (self->limits[CF_ACL_MAX_COMMANDS], ==, 0);
  g_assert_false (cf_acl_user_is_free (self));
}

static void
test_names (AclFixture *fixture, gconstpointer data)
{
  g_assert_true (cf_acl_name_is_valid (CF_SLICE ("a-b")));
  g_assert_false (cf_acl_name_is_valid (CF_SLICE ("a b")));
  g_assert_false (cf_acl_name_is_valid (CF_SLICE ("a\0b")));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  acl_fixture_add ("/engine/acl-user/passwords", test_passwords);
  acl_fixture_add ("/engine/acl-user/selectors", test_selectors);
  acl_fixture_add ("/engine/acl-user/long-rule", test_long_rule);
  acl_fixture_add ("/engine/acl-user/limits", test_limits);
  acl_fixture_add ("/engine/acl-user/names", test_names);
  return g_test_run ();
}
