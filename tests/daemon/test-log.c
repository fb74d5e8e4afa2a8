/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "daemon/log.h"

#include <glib/gstdio.h>

/* The writer is the process's own, so each case runs in a process. */
#define IN_SUBPROCESS(...)                                                     \
  if (!g_test_subprocess ())                                                   \
    {                                                                          \
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);             \
      __VA_ARGS__;                                                             \
      return;                                                                  \
    }

static void
open_log (CfConfig *config, const char *level, const char *file)
{
  g_autoptr (GError) error = NULL;

  /* g_test_init() made warnings fatal. */
  g_log_set_always_fatal ((GLogLevelFlags) G_LOG_FATAL_MASK);
  g_assert_true (cf_config_set (config, CF_SETTING_LOGLEVEL, level, NULL));
  g_assert_true (cf_config_set (config, CF_SETTING_LOGFILE, file, NULL));
  cf_log_open (config, &error);
  g_assert_no_error (error);
}

static void
test_log_stderr (void)
{
  g_autoptr (CfConfig) config = NULL;

  IN_SUBPROCESS (g_test_trap_assert_passed (),
                 g_test_trap_assert_stderr ("2*-*-* *:*:*.* cofferd[*] notice: "
                                            "one\n*warning: three\n*"
                                            "critical: four\n"),
                 g_test_trap_assert_stderr_unmatched ("*two*"));
  config = cf_config_new ();
  open_log (config, "notice", "");
  g_message ("one");
  g_info ("two");
  g_debug ("two");
  g_warning ("three");
  g_critical ("four");
  cf_log_close ();
}

/* CONFIG SET loglevel takes effect at once. */
static void
test_log_level (void)
{
  g_autoptr (CfConfig) config = NULL;

  IN_SUBPROCESS (g_test_trap_assert_passed (),
                 g_test_trap_assert_stderr ("*debug: one\n*verbose: two\n*"
                                            "warning: three\n"),
                 g_test_trap_assert_stderr_unmatched ("*hidden*"));
  config = cf_config_new ();
  open_log (config, "debug", "");
  g_debug ("one");
  g_assert_true (cf_config_set (config, CF_SETTING_LOGLEVEL, "verbose", NULL));
  g_debug ("hidden");
  g_info ("two");
  g_assert_true (cf_config_set (config, CF_SETTING_LOGLEVEL, "warning", NULL));
  g_message ("hidden");
  g_warning ("three");
  cf_log_close ();
}

/* Nobody adds lines to the log by what he puts into a message. */
static void
test_log_one_line (void)
{
  g_autoptr (CfConfig) config = NULL;

  IN_SUBPROCESS (g_test_trap_assert_passed (),
                 g_test_trap_assert_stderr ("*notice: a b  c\n"));
  config = cf_config_new ();
  open_log (config, "notice", "");
  g_message ("a\nb\r\tc");
  cf_log_close ();
}

static void
assert_ends_with (const char *path, const char *end)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_suffix (text, end));
  g_assert_true (g_ascii_isdigit (*text));
}

static void
test_log_file (void)
{
  g_autofree char *dir = NULL, *path = NULL, *moved = NULL;
  g_autoptr (CfConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  IN_SUBPROCESS (g_test_trap_assert_passed (), g_test_trap_assert_stderr (""));
  dir = g_dir_make_tmp ("cf-log-XXXXXX", NULL);
  path = g_build_filename (dir, "log", NULL);
  moved = g_build_filename (dir, "log.1", NULL);
  config = cf_config_new ();
  open_log (config, "notice", path);
  g_message ("one");
  g_assert_cmpint (g_rename (path, moved), ==, 0);
  g_message ("two");
  g_assert_true (cf_log_reopen (&error));
  g_message ("three");
  assert_ends_with (moved, "notice: two\n");
  assert_ends_with (path, "notice: three\n");
  cf_log_close ();
  g_remove (path);
  g_remove (moved);
  g_rmdir (dir);
}

static void
test_log_unwritable (void)
{
  g_autoptr (CfConfig) config = cf_config_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (
      cf_config_set (config, CF_SETTING_LOGFILE, "/nonexistent/dir/log", NULL));
  g_assert_false (cf_log_open (config, &error));
  g_assert_cmpstr (error->message, ==,
                   "cannot open the log file /nonexistent/dir/log: No such "
                   "file or directory");
}

/* An error is fatal, whoever writes the message. */
static void
test_log_fatal (void)
{
  g_autoptr (CfConfig) config = NULL;

  IN_SUBPROCESS (g_test_trap_assert_failed (),
                 g_test_trap_assert_stderr ("*error: the end*"));
  config = cf_config_new ();
  open_log (config, "warning", "");
  g_error ("the end");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/log/stderr", test_log_stderr);
  g_test_add_func ("/daemon/log/level", test_log_level);
  g_test_add_func ("/daemon/log/one-line", test_log_one_line);
  g_test_add_func ("/daemon/log/file", test_log_file);
  g_test_add_func ("/daemon/log/unwritable", test_log_unwritable);
  g_test_add_func ("/daemon/log/fatal", test_log_fatal);
  return g_test_run ();
}
