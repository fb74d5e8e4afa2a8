/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "daemon/log.h"

#include <stdarg.h>
#include <syslog.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* The writer is the process's own, so each case runs in a process. */
#define IN_SUBPROCESS(...)                                                     \
  if (!g_test_subprocess ())                                                   \
    {                                                                          \
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);             \
      __VA_ARGS__;                                                             \
      return;                                                                  \
    }

/* ---- The system's logs, which the linker puts in place of the real ones - */

void __wrap_openlog (const char *ident, int option, int facility);
void __wrap_closelog (void);
void __wrap_syslog (int priority, const char *format, ...) G_GNUC_PRINTF (2, 3);
void __wrap___syslog_chk (int priority, int flag, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
gboolean __wrap_g_log_writer_is_journald (gint fd);
GLogWriterOutput __wrap_g_log_writer_journald (GLogLevelFlags flags,
                                               const GLogField *fields,
                                               gsize n_fields,
                                               gpointer data);

static struct
{
  GString *syslog; /* (owned) (nullable) a line for each call */
  GString *journal;
  gboolean is_journal; /* standard error leads to it */
  gboolean is_broken;  /* it takes nothing */
} the_system;

void
__wrap_openlog (const char *ident, int option, int facility)
{
  g_string_append_printf (the_system.syslog, "open %s %d %d\n", ident, option,
                          facility >> 3);
}

void
__wrap_closelog (void)
{
  g_string_append (the_system.syslog, "close\n");
}

static void G_GNUC_PRINTF (2, 0)
    note_syslog (int priority, const char *format, va_list args)
{
  g_string_append_printf (the_system.syslog, "%d ", priority);
  g_string_append_vprintf (the_system.syslog, format, args);
  g_string_append_c (the_system.syslog, '\n');
}

void
__wrap_syslog (int priority, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  note_syslog (priority, format, args);
  va_end (args);
}

void
__wrap___syslog_chk (int priority, int flag, const char *format, ...)
{
  va_list args;

  (void) flag;
  va_start (args, format);
  note_syslog (priority, format, args);
  va_end (args);
}

gboolean
__wrap_g_log_writer_is_journald (gint fd)
{
  g_assert_cmpint (fd, >, STDERR_FILENO);
  return the_system.is_journal;
}

GLogWriterOutput
__wrap_g_log_writer_journald (GLogLevelFlags flags,
                              const GLogField *fields,
                              gsize n_fields,
                              gpointer data)
{
  (void) flags;
  (void) data;
  if (the_system.is_broken)
    return G_LOG_WRITER_UNHANDLED;
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") ||
        g_str_equal (fields[i].key, "PRIORITY"))
      g_string_append_printf (the_system.journal, "%s=%s\n", fields[i].key,
                              (const char *) fields[i].value);
  return G_LOG_WRITER_HANDLED;
}

static void
await_system (void)
{
  the_system.syslog = g_string_new (NULL);
  the_system.journal = g_string_new (NULL);
}

/* What @log was told, which is then forgotten. */
static void
assert_told (GString *log, const char *expected)
{
  g_assert_cmpstr (log->str, ==, expected);
  g_string_truncate (log, 0);
}

/* ---- Tests -------------------------------------------------------------- */

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

static void
set_syslog (CfConfig *config, const char *ident, const char *facility)
{
  g_assert_true (
      cf_config_set (config, CF_SETTING_SYSLOG_ENABLED, "yes", NULL));
  if (ident != NULL)
    g_assert_true (
        cf_config_set (config, CF_SETTING_SYSLOG_IDENT, ident, NULL));
  if (facility != NULL)
    g_assert_true (
        cf_config_set (config, CF_SETTING_SYSLOG_FACILITY, facility, NULL));
}

/* Syslog gets what the log gets, each with its priority, on one line. */
static void
test_log_syslog (void)
{
  g_autoptr (CfConfig) config = NULL;

  IN_SUBPROCESS (g_test_trap_assert_passed (),
                 g_test_trap_assert_stderr ("*notice: 100% a b\n*verbose: "
                                            "two\n*debug: three\n*warning: "
                                            "four\n*critical: five\n"));
  await_system ();
  config = cf_config_new ();
  set_syslog (config, "store1", "local6");
  open_log (config, "debug", "");
  assert_told (the_system.syslog, "open store1 9 22\n");
  g_message ("100%% a\nb");
  g_info ("two");
  g_debug ("three");
  g_warning ("four");
  g_critical ("five");
  assert_told (the_system.syslog,
               "5 100% a b\n6 two\n7 three\n4 four\n4 five\n");
  g_assert_true (cf_config_set (config, CF_SETTING_LOGLEVEL, "warning", NULL));
  g_message ("hidden");
  assert_told (the_system.syslog, "");
  cf_log_close ();
  assert_told (the_system.syslog, "close\n");
  g_assert_cmpstr (the_system.journal->str, ==, "");
}

static void
test_log_syslog_facilities (void)
{
  static const struct
  {
    const char *name;
    int facility;
  } facilities[] = {
    { "user", LOG_USER },     { "local0", LOG_LOCAL0 },
    { "local1", LOG_LOCAL1 }, { "local2", LOG_LOCAL2 },
    { "local3", LOG_LOCAL3 }, { "local4", LOG_LOCAL4 },
    { "local5", LOG_LOCAL5 }, { "local6", LOG_LOCAL6 },
    { "local7", LOG_LOCAL7 }, { "daemon", LOG_DAEMON },
    { NULL, LOG_DAEMON },
  };

  IN_SUBPROCESS (g_test_trap_assert_passed ());
  await_system ();
  for (gsize i = 0; i < G_N_ELEMENTS (facilities); i++)
    {
      g_autoptr (CfConfig) config = cf_config_new ();
      g_autofree char *expected =
          g_strdup_printf ("open cofferd %d %d\nclose\n", LOG_PID | LOG_NDELAY,
                           facilities[i].facility >> 3);

      set_syslog (config, NULL, facilities[i].name);
      open_log (config, "notice", "");
      cf_log_close ();
      assert_told (the_system.syslog, expected);
    }
}

/* Nothing goes there unless it is asked for. */
static void
test_log_no_syslog (void)
{
  g_autoptr (CfConfig) config = NULL;

  IN_SUBPROCESS (g_test_trap_assert_passed (),
                 g_test_trap_assert_stderr ("*notice: one\n"));
  await_system ();
  config = cf_config_new ();
  open_log (config, "notice", "");
  g_message ("one");
  cf_log_close ();
  assert_told (the_system.syslog, "");
  assert_told (the_system.journal, "");
}

/* The journal gets the fields, and standard error then no line of its own. */
static void
test_log_journal (void)
{
  g_autoptr (CfConfig) config = NULL;

  IN_SUBPROCESS (g_test_trap_assert_passed (), g_test_trap_assert_stderr (""));
  await_system ();
  the_system.is_journal = TRUE;
  config = cf_config_new ();
  open_log (config, "notice", "");
  g_message ("one");
  g_info ("hidden");
  g_warning ("two");
  cf_log_close ();
  assert_told (the_system.journal,
               "PRIORITY=5\nMESSAGE=one\nPRIORITY=4\nMESSAGE=two\n");
}

static void
test_log_journal_broken (void)
{
  g_autoptr (CfConfig) config = NULL;

  IN_SUBPROCESS (g_test_trap_assert_passed (),
                 g_test_trap_assert_stderr ("*notice: one\n"));
  await_system ();
  the_system.is_journal = the_system.is_broken = TRUE;
  config = cf_config_new ();
  open_log (config, "notice", "");
  g_message ("one");
  cf_log_close ();
}

/* Who names a file wants the log there. */
static void
test_log_file_not_journal (void)
{
  g_autofree char *dir = NULL, *path = NULL;
  g_autoptr (CfConfig) config = NULL;

  IN_SUBPROCESS (g_test_trap_assert_passed (), g_test_trap_assert_stderr (""));
  await_system ();
  the_system.is_journal = TRUE;
  dir = g_dir_make_tmp ("cf-log-XXXXXX", NULL);
  path = g_build_filename (dir, "log", NULL);
  config = cf_config_new ();
  set_syslog (config, NULL, NULL);
  open_log (config, "notice", path);
  g_message ("one");
  cf_log_close ();
  assert_ends_with (path, "notice: one\n");
  assert_told (the_system.journal, "");
  assert_told (the_system.syslog, "open cofferd 9 3\n5 one\nclose\n");
  g_remove (path);
  g_rmdir (dir);
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
  g_test_add_func ("/daemon/log/syslog", test_log_syslog);
  g_test_add_func ("/daemon/log/syslog-facilities", test_log_syslog_facilities);
  g_test_add_func ("/daemon/log/no-syslog", test_log_no_syslog);
  g_test_add_func ("/daemon/log/journal", test_log_journal);
  g_test_add_func ("/daemon/log/journal-broken", test_log_journal_broken);
  g_test_add_func ("/daemon/log/file-not-journal", test_log_file_not_journal);
  return g_test_run ();
}
