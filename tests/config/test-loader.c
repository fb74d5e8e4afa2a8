/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "config/loader.h"

#include <string.h>

#include <glib/gstdio.h>

#include "base/error.h"

typedef struct
{
  CfConfig *config;
  char *dir;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("cf-loader-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "cofferd.conf", NULL);
  fixture->config = cf_config_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_remove (fixture->path);
  g_rmdir (fixture->dir);
  g_free (fixture->path);
  g_free (fixture->dir);
  cf_config_free (fixture->config);
}

static void
write_file (const Fixture *fixture, const char *text)
{
  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
}

static void
load (const Fixture *fixture, const char *text)
{
  g_autoptr (GError) error = NULL;

  write_file (fixture, text);
  cf_config_load (fixture->config, fixture->path, &error);
  g_assert_no_error (error);
}

static gboolean
reload (const Fixture *fixture, const char *text, char **deferred)
{
  g_auto (GStrv) names = NULL;
  gboolean done;

  write_file (fixture, text);
  done = cf_config_reload (fixture->config, &names, NULL);
  if (deferred != NULL)
    *deferred = done ? g_strjoinv (" ", names) : NULL;
  return done;
}

static void
assert_file (const Fixture *fixture, const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

#define INT(id) cf_config_get_int (fixture->config, CF_SETTING_##id)

static void
test_loader_load (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;

  load (fixture, "[network]\nport = 7001\ntcp-backlog = 5\n"
                 "[memory]\nmaxmemory = 64mb\n");
  g_assert_cmpint (INT (PORT), ==, 7001);
  g_assert_cmpint (INT (TCP_BACKLOG), ==, 5);
  g_assert_cmpint (INT (MAXMEMORY), ==, 64 << 20);
  g_assert_cmpint (INT (TIMEOUT), ==, 0);
  path = cf_config_get_path (fixture->config);
  g_assert_cmpstr (path, ==, fixture->path);
}

static void
test_loader_errors (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *text;
    const char *message; /* after the path */
  } cases[] = {
    { "[network]\nport = 7001\n\n[memory]\nmaxmemory = much\n",
      ":5: 'maxmemory': argument must be a memory value" },
    { "[network]\nport = 70000\n",
      ":2: 'port': argument must be between 0 and 65535 inclusive" },
    { "[network]\nprot = 7000\n", ":2: unknown setting 'prot'" },
    { "[persistence]\nappendonly = yes\n",
      ":2: 'appendonly': this version keeps nothing on disk" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *expected =
          g_strconcat (fixture->path, cases[i].message, NULL);

      write_file (fixture, cases[i].text);
      g_assert_false (cf_config_load (fixture->config, fixture->path, &error));
      g_assert_cmpstr (error->message, ==, expected);
      g_assert_cmpint (INT (PORT), ==, 6379);
    }
}

static void
test_loader_unreadable (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *missing =
      g_strconcat (fixture->path, ": No such file or directory", NULL);

  g_assert_false (cf_config_load (fixture->config, fixture->path, &error));
  g_assert_cmpstr (error->message, ==, missing);
  g_clear_error (&error);
  g_assert_false (cf_config_load (fixture->config, "/dev/zero", &error));
  g_assert_cmpstr (error->message, ==, "/dev/zero: File too large");
  g_clear_error (&error);
  g_assert_false (cf_config_load (fixture->config, fixture->dir, &error));
  g_assert_true (g_str_has_suffix (error->message, ": Is a directory"));
}

static void
test_loader_pin (Fixture *fixture, gconstpointer data)
{
  g_autofree char *deferred = NULL;

  g_assert_true (
      cf_config_pin (fixture->config, CF_SETTING_PORT, "7002", NULL));
  load (fixture, "[network]\nport = 7001\n[clients]\ntimeout = 1\n");
  g_assert_cmpint (INT (PORT), ==, 7002);
  g_assert_cmpint (INT (TIMEOUT), ==, 1);
  g_assert_true (reload (fixture, "[network]\nport = 7003\n", &deferred));
  g_assert_cmpint (INT (PORT), ==, 7002);
  g_assert_cmpint (INT (TIMEOUT), ==, 0);
  g_assert_cmpstr (deferred, ==, "");
  /* Wrong is wrong, be it outdone or not. */
  g_assert_false (reload (fixture, "[network]\nport = x\n", NULL));
}

/* What the file says anew is done; what was set otherwise stays. */
static void
test_loader_reload (Fixture *fixture, gconstpointer data)
{
  g_autofree char *deferred = NULL;

  load (fixture, "[clients]\ntimeout = 1\nmaxclients = 100\n"
                 "[process]\ndatabases = 4\n");
  g_assert_true (
      cf_config_set (fixture->config, CF_SETTING_MAXCLIENTS, "200", NULL));
  g_assert_true (cf_config_set (fixture->config, CF_SETTING_HZ, "20", NULL));
  g_assert_true (reload (fixture,
                         "[clients]\nmaxclients = 100\n"
                         "[process]\ndatabases = 5\n"
                         "[network]\ntcp-keepalive = 7\n",
                         &deferred));
  g_assert_cmpint (INT (TIMEOUT), ==, 0);
  g_assert_cmpint (INT (MAXCLIENTS), ==, 200);
  g_assert_cmpint (INT (HZ), ==, 20);
  g_assert_cmpint (INT (TCP_KEEPALIVE), ==, 7);
  g_assert_cmpint (INT (DATABASES), ==, 4);
  g_assert_cmpstr (deferred, ==, "databases");
}

static gboolean
on_keepalive (CfConfig *config, CfSettingId id, gpointer data, GError **error)
{
  return cf_throw (error, CF_ERROR_FAILED, "no");
}

static void
test_loader_reload_errors (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) deferred = NULL;
  g_autofree char *expected =
      g_strconcat (fixture->path, ":4: 'tcp-keepalive': no", NULL);

  load (fixture, "[clients]\ntimeout = 1\n");
  g_assert_false (
      reload (fixture, "[clients]\ntimeout = 2\nmaxclients = x\n", NULL));
  g_assert_cmpint (INT (TIMEOUT), ==, 1);

  cf_config_set_hook (fixture->config, CF_SETTING_TCP_KEEPALIVE, on_keepalive,
                      NULL);
  write_file (fixture, "[clients]\ntimeout = 2\n"
                       "[network]\ntcp-keepalive = 9\n");
  g_assert_false (cf_config_reload (fixture->config, &deferred, &error));
  g_assert_cmpstr (error->message, ==, expected);
  g_assert_cmpint (INT (TIMEOUT), ==, 1);
  g_assert_cmpint (INT (TCP_KEEPALIVE), ==, 300);

  cf_config_set_hook (fixture->config, CF_SETTING_TCP_KEEPALIVE, NULL, NULL);
  g_assert_true (cf_config_reload (fixture->config, &deferred, NULL));
  g_assert_cmpint (INT (TIMEOUT), ==, 2);
  g_assert_cmpint (INT (TCP_KEEPALIVE), ==, 9);
}

static void
test_loader_reload_nothing (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) deferred = NULL;

  g_assert_true (cf_config_reload (fixture->config, &deferred, NULL));
  g_assert_cmpuint (g_strv_length (deferred), ==, 0);
}

static void
test_loader_rewrite (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  load (fixture, "# Mine\n[memory]\n# Half\nmaxmemory = 64mb\n"
                 "maxmemory-samples = 7\n");
  g_chmod (fixture->path, 0600);
  g_assert_true (
      cf_config_set (fixture->config, CF_SETTING_TIMEOUT, "9", NULL));
  g_assert_true (
      cf_config_set (fixture->config, CF_SETTING_REQUIREPASS, " x ", NULL));
  g_assert_true (
      cf_config_set (fixture->config, CF_SETTING_MAXMEMORY_SAMPLES, "5", NULL));
  cf_config_rewrite (fixture->config, NULL, &error);
  g_assert_no_error (error);
  assert_file (fixture, "# Mine\n[memory]\n# Half\nmaxmemory = 64mb\n"
                        "maxmemory-samples = 5\n"
                        "\n[clients]\ntimeout = 9\n"
                        "\n[security]\nrequirepass = \\sx\\s\n");
  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

/* The file that was written is the one that a reload compares with. */
static void
test_loader_rewrite_reload (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) deferred = NULL;

  load (fixture, "[clients]\ntimeout = 1\n");
  g_assert_true (
      cf_config_set (fixture->config, CF_SETTING_TIMEOUT, "9", NULL));
  g_assert_true (cf_config_rewrite (fixture->config, NULL, NULL));
  g_assert_true (
      cf_config_set (fixture->config, CF_SETTING_TIMEOUT, "10", NULL));
  g_assert_true (cf_config_reload (fixture->config, &deferred, NULL));
  g_assert_cmpint (INT (TIMEOUT), ==, 10);
}

static void
test_loader_rewrite_percent (Fixture *fixture, gconstpointer data)
{
  load (fixture, "[memory]\nmaxmemory = 1mb\n");
  g_assert_true (
      cf_config_set (fixture->config, CF_SETTING_MAXMEMORY, "50%", NULL));
  g_assert_true (cf_config_rewrite (fixture->config, NULL, NULL));
  assert_file (fixture, "[memory]\nmaxmemory = 50%\n");
}

static void
test_loader_rewrite_errors (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (cf_config_rewrite (fixture->config, NULL, &error));
  g_assert_cmpstr (error->message, ==,
                   "The server is running without a config file");
  g_clear_error (&error);

  load (fixture, "[clients]\ntimeout = 1\n");
  g_assert_true (
      cf_config_set (fixture->config, CF_SETTING_REQUIREPASS, "\xff", NULL));
  g_assert_false (cf_config_rewrite (fixture->config, NULL, &error));
  g_assert_cmpstr (error->message, ==, "'requirepass' is not valid UTF-8");
  g_clear_error (&error);

  write_file (fixture, "nonsense\n");
  g_assert_false (cf_config_rewrite (fixture->config, NULL, &error));
  assert_file (fixture, "nonsense\n");
  g_clear_error (&error);

  g_remove (fixture->path);
  g_assert_false (cf_config_rewrite (fixture->config, NULL, &error));
  g_assert_true (
      g_str_has_suffix (error->message, ": No such file or directory"));
}

/* An option outdoes the file; a change of the file waits for the next start. */
static void
test_loader_users (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) users = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *deferred = NULL;
  g_autofree char *none = NULL;

  g_assert_true (cf_config_add_user (fixture->config, "bob off", NULL));
  g_assert_false (cf_config_add_user (fixture->config, "bob on", &error));
  g_assert_cmpstr (error->message, ==,
                   "the user 'bob' is given twice, first at --user");
  load (fixture, "[users]\nalice = on\nbob = on\n");
  users = cf_config_get_users (fixture->config);
  g_assert_cmpuint (users->len, ==, 2);
  g_assert_cmpstr (cf_user_lines_find (users, "alice")->rules, ==, "on");
  g_assert_cmpstr (cf_user_lines_find (users, "bob")->rules, ==, "off");
  g_assert_true (
      reload (fixture, "[users]\nbob = on\nalice = off\n", &deferred));
  g_assert_cmpstr (deferred, ==, "users");
  g_assert_true (reload (fixture, "\n[users]\nbob = on\nalice = off\n", &none));
  g_assert_cmpstr (none, ==, "");
}

static void
test_loader_rewrite_users (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) users = cf_user_lines_new ();
  g_autofree char *long_rules = g_strnfill (1 << 20, 'x');
  g_autoptr (GError) error = NULL;

  load (fixture, "[users]\nalice = on\nbob = on\n");
  g_assert_true (cf_config_rewrite (fixture->config, NULL, NULL));
  assert_file (fixture, "[users]\nalice = on\nbob = on\n");
  cf_user_lines_add (users, "carol", "off", NULL, NULL);
  cf_user_lines_add (users, "bob", "on", NULL, NULL);
  g_assert_true (cf_config_rewrite (fixture->config, users, NULL));
  assert_file (fixture, "[users]\nbob = on\ncarol = off\n");
  cf_user_lines_add (users, "a=b", "off", NULL, NULL);
  g_assert_false (cf_config_rewrite (fixture->config, users, &error));
  g_assert_cmpstr (error->message, ==,
                   "the user 'a=b' does not fit into a configuration file");
  g_clear_error (&error);
  g_ptr_array_set_size (users, 0);
  cf_user_lines_add (users, "a", long_rules, NULL, NULL);
  g_assert_false (cf_config_rewrite (fixture->config, users, &error));
  g_assert_true (g_str_has_suffix (error->message, ": File too large"));
  assert_file (fixture, "[users]\nbob = on\ncarol = off\n");
}

#define ADD(name, function)                                                    \
  g_test_add ("/config/loader/" name, Fixture, NULL, set_up, function,         \
              tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("load", test_loader_load);
  ADD ("errors", test_loader_errors);
  ADD ("unreadable", test_loader_unreadable);
  ADD ("pin", test_loader_pin);
  ADD ("reload", test_loader_reload);
  ADD ("reload-errors", test_loader_reload_errors);
  ADD ("reload-nothing", test_loader_reload_nothing);
  ADD ("rewrite", test_loader_rewrite);
  ADD ("rewrite-reload", test_loader_rewrite_reload);
  ADD ("rewrite-percent", test_loader_rewrite_percent);
  ADD ("rewrite-errors", test_loader_rewrite_errors);
  ADD ("users", test_loader_users);
  ADD ("rewrite-users", test_loader_rewrite_users);
  return g_test_run ();
}
