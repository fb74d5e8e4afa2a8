/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "acl-fixture.h"

#include <glib/gstdio.h>

#include "engine/acl-file.h"

typedef AclWholeFixture Fixture;

static void
test_parse (Fixture *self, gconstpointer data)
{
  const CfSlice text = CF_SLICE ("user alice on nopass (+get ~a)\n"
                                 "\n"
                                 "  user bob off +@read  \n");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users =
      cf_acl_file_parse (self->acl, "f", text, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (users->len, ==, 2);
  g_assert_cmpstr (((CfAclUser *) users->pdata[0])->name, ==, "alice");
  g_assert_cmpuint (((CfAclUser *) users->pdata[0])->selectors->len, ==, 2);
}

/* The words are Redis's. */
static void
test_errors (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *text, *error;
  } cases[] = {
    { "# c\n",
      "f:1 should start with user keyword followed by the username. " },
    { "\nuser\n",
      "f:2 should start with user keyword followed by the username. " },
    { "user a +nope zzz\n",
      "f:1: Error in applying operation '+nope': Unknown command or category "
      "name in ACL. f:1: Syntax error. " },
    { "user a\nuser a\n", "WARNING: Duplicate user 'a' found on line 2. " },
    { "user a (+get\n", "f:1: Unmatched parenthesis in selector definition." },
    { "user a\tb\n", "'f:1: username 'a\tb' contains invalid characters. " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *wanted = g_strconcat (
          cases[i].error,
          "WARNING: ACL errors detected, no change to the previously active "
          "ACL rules was performed",
          NULL);

      g_assert_null (cf_acl_file_parse (
          self->acl, "f", cf_slice_of_string (cases[i].text), &error));
      g_assert_cmpstr (error->message, ==, wanted);
    }
}

static void
test_empty (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = NULL;

  users = cf_acl_file_load (self->acl, "/dev/null", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (users->len, ==, 0);
}

/* Whoever comes behind it must not be left out. */
static void
test_nul (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (cf_acl_file_parse (
      self->acl, "f", CF_SLICE ("user a\nuser b \0\nuser c\n"), &error));
  g_assert_true (
      g_str_has_prefix (error->message, "f:2: there is a NUL in the line. "));
}

static void
test_save (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("coffer-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "users.acl", NULL);
  g_autoptr (CfAclUser) user = cf_acl_make (self->acl, "bob", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  GStatBuf info;

  cf_acl_user_apply_word (user, ">secret");
  cf_acl_user_apply_word (user, "+@read");
  g_assert_true (cf_acl_publish (self->acl, user, NULL));
  before = cf_acl_file_text (self->acl);
  g_assert_null (strstr (before, "secret"));
  g_assert_true (cf_acl_file_save (self->acl, path, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  users = cf_acl_file_load (self->acl, path, &error);
  g_assert_no_error (error);
  g_assert_true (cf_acl_delete (self->acl, CF_SLICE ("bob")));
  cf_acl_replace (self->acl, users);
  after = cf_acl_file_text (self->acl);
  g_assert_cmpstr (after, ==, before);
  g_unlink (path);
  g_assert_null (cf_acl_file_load (self->acl, path, &error));
  g_assert_true (
      g_str_has_prefix (error->message, "Error loading ACLs, opening file"));
  g_clear_error (&error);
  g_rmdir (folder);
  g_assert_false (cf_acl_file_save (self->acl, path, &error));
}

#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, acl_whole_fixture_set_up, func,             \
              acl_whole_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/engine/acl-file/parse", test_parse);
  ADD ("/engine/acl-file/errors", test_errors);
  ADD ("/engine/acl-file/empty", test_empty);
  ADD ("/engine/acl-file/nul", test_nul);
  ADD ("/engine/acl-file/save", test_save);
  return g_test_run ();
}
