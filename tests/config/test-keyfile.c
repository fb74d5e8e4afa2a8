/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "config/keyfile.h"

#include <string.h>

static void
test_keyfile_read (void)
{
  static const char data[] = "# A comment\n"
                             "\n"
                             "[network]\n"
                             "port=7001\n"
                             "  bind = 127.0.0.1; ::1 \t\n"
                             "[log]\r\n"
                             "loglevel = debug\r\n"
                             "   # another\n"
                             "[network]\n"
                             "timeout-not = x\n";
  static const char good[] = "[persistence]\n"
                             "save = 900 1; 300 10\n"
                             "[security]\n"
                             "requirepass = \\sa\\\\b;c\\s\n";
  CfGiven given[CF_N_SETTINGS];
  g_autoptr (GPtrArray) users = cf_user_lines_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (
      cf_keyfile_read ("x.conf", data, strlen (data), given, users, &error));
  g_assert_cmpstr (error->message, ==,
                   "x.conf:10: unknown setting 'timeout-not'");
  cf_keyfile_clear (given);

  g_assert_true (cf_keyfile_read ("x.conf", data,
                                  (gsize) (strstr (data, "timeout-not") - data),
                                  given, users, NULL));
  g_assert_cmpstr (given[CF_SETTING_PORT].text, ==, "7001");
  g_assert_cmpuint (given[CF_SETTING_PORT].line, ==, 4);
  g_assert_cmpstr (given[CF_SETTING_BIND].text, ==, "127.0.0.1  ::1");
  g_assert_cmpuint (given[CF_SETTING_BIND].line, ==, 5);
  g_assert_cmpstr (given[CF_SETTING_LOGLEVEL].text, ==, "debug");
  g_assert_null (given[CF_SETTING_TIMEOUT].text);
  g_assert_cmpuint (given[CF_SETTING_TIMEOUT].line, ==, 0);
  cf_keyfile_clear (given);

  g_assert_true (
      cf_keyfile_read ("x.conf", good, strlen (good), given, users, NULL));
  g_assert_cmpstr (given[CF_SETTING_SAVE].text, ==, "900 1  300 10");
  g_assert_cmpstr (given[CF_SETTING_REQUIREPASS].text, ==, " a\\b;c ");
  cf_keyfile_clear (given);
}

static void
test_keyfile_errors (void)
{
  static const struct
  {
    const char *data;
    const char *message;
  } cases[] = {
    { "port = 1\n", "f:1: 'port' stands before the first group" },
    { "\n[nets]\n", "f:2: unknown group 'nets'" },
    { "[network]\nport\n", "f:2: neither a group, a setting nor a comment" },
    { "[network]\n= 1\n", "f:2: neither a group, a setting nor a comment" },
    { "[network]\n ; x\n", "f:2: neither a group, a setting nor a comment" },
    { "[network\n", "f:1: neither a group, a setting nor a comment" },
    { "[network] port = 1\n",
      "f:1: '[network] port' stands before the first group" },
    { "[network]\nmaxmemory = 1\n",
      "f:2: 'maxmemory' belongs in the group [memory]" },
    { "[network]\nport = 1\n\nport = 2\n",
      "f:4: 'port' is given twice, first in line 2" },
    { "[types]\nhash-max-listpack-entries=1\nhash-max-ziplist-entries=2",
      "f:3: 'hash-max-ziplist-entries' is given twice, first in line 2" },
    { "[network]\nport[de] = 1\n", "f:2: unknown setting 'port[de]'" },
    { "[security]\nrequirepass = a\\b\n",
      "f:2: 'requirepass' has an unknown escape sequence; a backslash is "
      "written twice" },
    { "[users]\nalice on\n", "f:2: neither a group, a setting nor a comment" },
    { "[users]\na = on\nb =\n a=off\n",
      "f:4: the user 'a' is given twice, first at f:2" },
    { "[users]\nsome body = on\n",
      "f:2: the user 'some body' has a blank in its name" },
    { "[users]\na = ~\\*\n",
      "f:2: 'a' has an unknown escape sequence; a backslash is written twice" },
    { "[users]\na = on\n[network]\na = on\n", "f:4: unknown setting 'a'" },
    { "[network]\n\nport = \xff\n", "f:3: not valid UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CfGiven given[CF_N_SETTINGS];
      g_autoptr (GPtrArray) users = cf_user_lines_new ();
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].message);
      g_assert_false (cf_keyfile_read (
          "f", cases[i].data, strlen (cases[i].data), given, users, &error));
      g_assert_cmpstr (error->message, ==, cases[i].message);
      cf_keyfile_clear (given);
    }
}

static void
test_keyfile_empty (void)
{
  static const char *const cases[] = { "", "\n", "#", "[network]",
                                       "[network]\n[network]\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CfGiven given[CF_N_SETTINGS];
      g_autoptr (GPtrArray) users = cf_user_lines_new ();
      g_autoptr (GError) error = NULL;

      cf_keyfile_read ("f", cases[i], strlen (cases[i]), given, users, &error);
      g_assert_no_error (error);
      cf_keyfile_clear (given);
    }
}

/* The mark that editors begin a file with is not in the way. */
static void
test_keyfile_mark (void)
{
  static const char data[] = "\xEF\xBB\xBF[network]\nport = 1\n";
  const char *texts[CF_N_SETTINGS] = { [CF_SETTING_PORT] = "2" };
  g_autofree char *edited = cf_keyfile_edit (data, texts, NULL);
  g_autoptr (GPtrArray) users = cf_user_lines_new ();
  g_autoptr (GError) error = NULL;
  CfGiven given[CF_N_SETTINGS];

  cf_keyfile_read ("f", data, strlen (data), given, users, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (given[CF_SETTING_PORT].text, ==, "1");
  g_assert_cmpuint (given[CF_SETTING_PORT].line, ==, 2);
  cf_keyfile_clear (given);
  g_assert_cmpstr (edited, ==, "[network]\nport = 2\n");
}

/* A NUL byte ends no value early, it is an error. */
static void
test_keyfile_nul (void)
{
  CfGiven given[CF_N_SETTINGS];
  g_autoptr (GPtrArray) users = cf_user_lines_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (
      cf_keyfile_read ("f", "[network]\nport=1\0\n", 18, given, users, &error));
  g_assert_cmpstr (error->message, ==, "f:2: not valid UTF-8");
  cf_keyfile_clear (given);
}

/* What is written for a value reads back as that value. */
static void
test_keyfile_escape (void)
{
  static const char *const texts[] = { "",     "a",   " a ",  "a\\sb",
                                       "a\nb", "\t",  "  ",   "a;b",
                                       "# no", "a=b", "[x]",  "\r",
                                       "\\",   "ü",   "a \\", "x  " };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *raw = cf_keyfile_escape (texts[i]);
      g_autofree char *data =
          g_strdup_printf ("[security]\nrequirepass = %s\n", raw);
      g_autoptr (GError) error = NULL;
      CfGiven given[CF_N_SETTINGS];
      g_autoptr (GPtrArray) users = cf_user_lines_new ();

      cf_keyfile_read ("f", data, strlen (data), given, users, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (given[CF_SETTING_REQUIREPASS].text, ==, texts[i]);
      cf_keyfile_clear (given);
    }
  g_assert_null (cf_keyfile_escape ("\xff"));
}

static void
test_keyfile_edit (void)
{
  static const char before[] = "# Head\n"
                               "[network]\n"
                               "# The port\n"
                               "port=6379\n"
                               "\n"
                               "# Below network\n"
                               "[log]\n"
                               "# Nothing yet";
  static const char after[] = "# Head\n"
                              "[network]\n"
                              "# The port\n"
                              "port= 7001\n"
                              "tcp-keepalive = 5\n"
                              "\n"
                              "# Below network\n"
                              "[log]\n"
                              "loglevel = debug\n"
                              "# Nothing yet\n"
                              "\n"
                              "[memory]\n"
                              "maxmemory = 1\n";
  const char *texts[CF_N_SETTINGS] = {
    [CF_SETTING_PORT] = "7001",
    [CF_SETTING_TCP_KEEPALIVE] = "5",
    [CF_SETTING_LOGLEVEL] = "debug",
    [CF_SETTING_MAXMEMORY] = "1",
  };
  const char *none[CF_N_SETTINGS] = { NULL };
  g_autofree char *edited = cf_keyfile_edit (before, texts, NULL);
  g_autofree char *same = cf_keyfile_edit (after, none, NULL);
  g_autofree char *empty = cf_keyfile_edit ("", none, NULL);

  g_assert_cmpstr (edited, ==, after);
  g_assert_cmpstr (same, ==, after);
  g_assert_cmpstr (empty, ==, "");
}

/* Of users there may be names that are no keys of GKeyFile, and names of
 * settings. */
static void
test_keyfile_users (void)
{
  static const char data[] = "[users]\n"
                             "port = on  ~a\\\\*  \n"
                             "[x]y@z[de]=on (+get ~b)\n"
                             "# no = on\n"
                             "[network]\n"
                             "port = 7001\n"
                             "[users]\n"
                             "last =\n";
  CfGiven given[CF_N_SETTINGS];
  g_autoptr (GPtrArray) users = cf_user_lines_new ();
  g_autoptr (GError) error = NULL;

  cf_keyfile_read ("f", data, strlen (data), given, users, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (given[CF_SETTING_PORT].text, ==, "7001");
  g_assert_cmpuint (users->len, ==, 3);
  g_assert_cmpstr (cf_user_lines_find (users, "port")->rules, ==, "on  ~a\\*");
  g_assert_cmpstr (cf_user_lines_find (users, "port")->where, ==, "f:2");
  g_assert_cmpstr (cf_user_lines_find (users, "[x]y@z[de]")->rules, ==,
                   "on (+get ~b)");
  g_assert_cmpstr (cf_user_lines_find (users, "last")->where, ==, "f:8");
  g_assert_cmpstr (cf_user_lines_find (users, "last")->rules, ==, "");
  cf_keyfile_clear (given);
}

/* Lines that say the same stay as they are. */
static void
test_keyfile_edit_users (void)
{
  static const char before[] = "[users]\n"
                               "# Her\n"
                               "alice =on   ~a\\\\*\n"
                               "bob = off\n"
                               "gone = on\n"
                               "[network]\n"
                               "port = 1\n";
  static const char after[] = "[users]\n"
                              "# Her\n"
                              "alice =on   ~a\\\\*\n"
                              "bob = on ~\\\\\n"
                              "carol = off\n"
                              "port = on\n"
                              "[network]\n"
                              "port = 2\n";
  const char *texts[CF_N_SETTINGS] = { [CF_SETTING_PORT] = "2" };
  const char *none[CF_N_SETTINGS] = { NULL };
  g_autoptr (GPtrArray) users = cf_user_lines_new ();
  g_autofree char *edited = NULL, *same = NULL, *alone = NULL;

  cf_user_lines_add (users, "bob", "on ~\\", NULL, NULL);
  cf_user_lines_add (users, "port", "on", NULL, NULL);
  cf_user_lines_add (users, "carol", "off", NULL, NULL);
  cf_user_lines_add (users, "alice", "on   ~a\\*", NULL, NULL);
  edited = cf_keyfile_edit (before, texts, users);
  g_assert_cmpstr (edited, ==, after);
  same = cf_keyfile_edit (after, texts, users);
  g_assert_cmpstr (same, ==, after);
  g_ptr_array_remove_range (users, 0, 3);
  alone = cf_keyfile_edit ("[log]\n", none, users);
  g_assert_cmpstr (alone, ==, "[log]\n\n[users]\nport = on\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/keyfile/read", test_keyfile_read);
  g_test_add_func ("/config/keyfile/errors", test_keyfile_errors);
  g_test_add_func ("/config/keyfile/empty", test_keyfile_empty);
  g_test_add_func ("/config/keyfile/mark", test_keyfile_mark);
  g_test_add_func ("/config/keyfile/nul", test_keyfile_nul);
  g_test_add_func ("/config/keyfile/escape", test_keyfile_escape);
  g_test_add_func ("/config/keyfile/edit", test_keyfile_edit);
  g_test_add_func ("/config/keyfile/users", test_keyfile_users);
  g_test_add_func ("/config/keyfile/edit-users", test_keyfile_edit_users);
  return g_test_run ();
}
