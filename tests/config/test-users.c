/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "config/users.h"

static void
test_add (void)
{
  g_autoptr (GPtrArray) lines = cf_user_lines_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (cf_user_lines_add (lines, "b", "on", "f:1", &error));
  g_assert_true (cf_user_lines_add (lines, "c", "off", NULL, &error));
  g_assert_true (cf_user_lines_add (lines, "a", "", NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (cf_user_lines_find (lines, "b")->rules, ==, "on");
  g_assert_cmpstr (cf_user_lines_find (lines, "c")->rules, ==, "off");
  g_assert_null (cf_user_lines_find (lines, "d"));
  g_assert_null (cf_user_lines_find (lines, ""));
  for (guint i = 0; i < lines->len; i++)
    {
      const CfUserLine *line = lines->pdata[i];

      g_assert_cmpint (line->name[0], ==, (int) ('a' + i));
    }
}

static void
test_errors (void)
{
  static const struct
  {
    const char *name, *message;
  } cases[] = {
    { "a", "the user 'a' is given twice, first at f:1" },
    { "b", "the user 'b' is given twice" },
    { "a b", "the user 'a b' has a blank in its name" },
    { "a\v", "the user 'a\v' has a blank in its name" },
  };
  g_autoptr (GPtrArray) lines = cf_user_lines_new ();

  g_assert_true (cf_user_lines_add (lines, "a", "on", "f:1", NULL));
  g_assert_true (cf_user_lines_add (lines, "b", "on", NULL, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (
          cf_user_lines_add (lines, cases[i].name, "on", NULL, &error));
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
  g_assert_cmpuint (lines->len, ==, 2);
}

static void
test_option (void)
{
  g_autoptr (GPtrArray) lines = cf_user_lines_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (cf_user_lines_add_option (lines, " a  on ~x ", NULL));
  g_assert_true (cf_user_lines_add_option (lines, "b", NULL));
  g_assert_cmpstr (cf_user_lines_find (lines, "a")->rules, ==, " on ~x");
  g_assert_cmpstr (cf_user_lines_find (lines, "a")->where, ==, "--user");
  g_assert_cmpstr (cf_user_lines_find (lines, "b")->rules, ==, "");
  g_assert_false (cf_user_lines_add_option (lines, "  ", &error));
  g_assert_cmpstr (error->message, ==,
                   "a name must come first, then the rules");
  g_assert_false (cf_user_lines_add_option (lines, "a off", NULL));
}

static void
test_equal (void)
{
  g_autoptr (GPtrArray) lines = cf_user_lines_new ();
  g_autoptr (GPtrArray) copy = NULL;

  cf_user_lines_add (lines, "b", "on", "f:1", NULL);
  cf_user_lines_add (lines, "a", "off", "f:2", NULL);
  copy = cf_user_lines_copy (lines);
  g_assert_true (cf_user_lines_equal (lines, copy));
  g_ptr_array_remove_index (copy, 0);
  g_assert_false (cf_user_lines_equal (lines, copy));
  cf_user_lines_add (copy, "a", "off", "elsewhere", NULL);
  g_assert_true (cf_user_lines_equal (lines, copy));
  g_ptr_array_remove_index (copy, 0);
  cf_user_lines_add (copy, "a", "on", NULL, NULL);
  g_assert_false (cf_user_lines_equal (lines, copy));
}

static void
test_fits (void)
{
  g_assert_true (cf_user_name_fits ("alice"));
  g_assert_true (cf_user_name_fits ("[x]"));
  g_assert_true (cf_user_name_fits ("a#"));
  g_assert_false (cf_user_name_fits (""));
  g_assert_false (cf_user_name_fits ("#a"));
  g_assert_false (cf_user_name_fits ("a=b"));
  g_assert_false (cf_user_name_fits ("\xff"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/users/add", test_add);
  g_test_add_func ("/config/users/errors", test_errors);
  g_test_add_func ("/config/users/option", test_option);
  g_test_add_func ("/config/users/equal", test_equal);
  g_test_add_func ("/config/users/fits", test_fits);
  return g_test_run ();
}
