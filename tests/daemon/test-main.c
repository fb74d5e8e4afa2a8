/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-main.c -- what the program prints, and its exit status. */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#define ANYTHING NULL

static GSubprocess *
spawn (const char *line, GSubprocessFlags flags)
{
  g_autofree char *whole =
      g_strdup_printf ("'%s' %s", g_getenv ("COFFERD"), line);
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_assert_true (g_shell_parse_argv (whole, NULL, &words, NULL));
  process = g_subprocess_newv ((const char *const *) words,
                               flags | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  return process;
}

static void
assert_text (const char *text, const char *pattern)
{
  if (pattern != ANYTHING && !g_pattern_match_simple (pattern, text))
    g_error ("'%s' does not match '%s'", text, pattern);
}

/* Runs the program to its end. */
static void
assert_run (const char *line, int status, const char *out, const char *err)
{
  g_autoptr (GSubprocess) process =
      spawn (line, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *out_text = NULL, *err_text = NULL;
  g_autoptr (GError) error = NULL;

  g_test_message ("cofferd %s", line);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out_text, &err_text,
                                 &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  assert_text (err_text, err);
  assert_text (out_text, out);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, status);
}

static void
test_main_information (void)
{
  assert_run ("--version", 0,
              "cofferd (coffer) " PACKAGE_VERSION "\nCopyright (C) *\n"
              "License GPLv3+*\n*NO WARRANTY*\n",
              "");
  assert_run ("--help", 0, "Usage:\n  cofferd *\nReport bugs to: *\n*", "");
  assert_run ("--print-config", 0, "# cofferd.conf*\n?network?\n*", "");
  assert_run ("--print-manual", 0, ".SH SETTINGS\n*", "");
  /* Other arguments do not count then. */
  assert_run ("--port 1 --config /nonexistent --version", 0, "cofferd *", "");
}

static void
test_main_usage (void)
{
  static const char *const cases[] = {
    "--nosuch", "--port", "--port=x", "--appendonly yes", "file.conf",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_run (cases[i], 2, "",
                "cofferd: *\nTry 'cofferd --help' for more information.\n");
}

static char *
write_config (const char *text)
{
  char *path = NULL;
  int fd = g_file_open_tmp ("cf-main-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
assert_config (const char *text,
               const char *options,
               int status,
               const char *out,
               const char *err)
{
  g_autofree char *path = write_config (text);
  g_autofree char *line = g_strdup_printf ("--config '%s' %s", path, options);
  g_autofree char *expected =
      err != NULL ? g_strconcat ("cofferd:", path, err, NULL) : g_strdup ("");

  assert_run (line, status, out, expected);
  g_remove (path);
}

static void
test_main_configuration (void)
{
  assert_config ("[network]\nport = 7001\n", "--check-config", 0,
                 "The configuration is valid.\n", NULL);
  assert_config ("[network]\n\nport = x\n", "--check-config", 78, "",
                 ":3: 'port': argument couldn't be parsed into an "
                 "integer\n");
  assert_config ("[network]\nprot = 1\n", "", 78, "",
                 ":2: unknown setting 'prot'\n");
  assert_run ("--config /nonexistent", 78, "",
              "cofferd:/nonexistent: No such file or directory\n");
}

/* A wrong rule is told at once, not when the user is needed. */
static void
test_main_users (void)
{
  assert_config ("[users]\nalice = on >x ~a +@read\n", "--check-config", 0,
                 "The configuration is valid.\n", NULL);
  assert_config ("[users]\nbob = on\nalice = on +gett\n", "--check-config", 78,
                 "",
                 ":3: user 'alice': at '+gett': Unknown command or category "
                 "name in ACL\n");
  assert_config ("[users]\nalice = secret\n", "", 78, "",
                 ":2: user 'alice': at 'secret': Syntax error\n");
  assert_config ("[users]\nalice = on\n[security]\naclfile = x\n", "", 78, "",
                 ":2: user 'alice': users are given here and in the file that "
                 "aclfile names; it can only be one of both\n");
  assert_run ("--config /dev/null --user 'a +gett'", 78, "",
              "cofferd:--user: user 'a': at '+gett': Unknown command or "
              "category name in ACL\n");
  assert_run ("--user ' '", 2, "",
              "cofferd: --user: a name must come first, then the rules\n*");
  assert_run ("--user 'a on' --user 'a off'", 2, "",
              "cofferd: --user: the user 'a' is given twice, first at --user"
              "\n*");
}

/* Of a path beside the configuration, too. */
static void
assert_acl_file (const char *text, int status, const char *out, const char *err)
{
  g_autofree char *path = write_config (text);
  g_autofree char *dir = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *line = g_strdup_printf (
      "--config /dev/null --check-config --dir '%s' --aclfile '%s'", dir, name);

  assert_run (line, status, out, err);
  g_remove (path);
}

static void
test_main_acl_file (void)
{
  assert_acl_file ("user a on ~a +@read\n", 0, "The configuration is valid.\n",
                   "");
  assert_acl_file ("user a on\nuser b on +gett\n", 78, "",
                   "cofferd: *:2: Error in applying operation '+gett': *\n");
  assert_run ("--config /dev/null --aclfile /nonexistent", 78, "",
              "cofferd: Error loading ACLs, opening file '/nonexistent': No "
              "such file or directory\n");
}

/* Nor are certificates that are not there found out only by clients. */
static void
test_main_certificates (void)
{
  assert_run ("--config /dev/null --check-config --tls-port 1", 78, "",
              "cofferd: *\n");
  assert_run ("--config /dev/null --check-config --tls-port 1 --tls-cert-file "
              "/nonexistent --tls-key-file /nonexistent",
              78, "", "cofferd: *\n");
  assert_run ("--config /dev/null --check-config --tls-cert-file /nonexistent",
              0, "The configuration is valid.\n", "");
}

static void
test_main_failures (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *line =
      g_strdup_printf ("--config /dev/null --port %u", port);

  g_assert_cmpint (port, >, 0);
  assert_run (line, 1, "", "*cofferd*cannot listen on*in use*\n");
  assert_run ("--config /dev/null --user 'a nopass' --unixsocket /nonexistent/s"
              " --port 0",
              1, "", "*the user 'a' is off: its rules do not say 'on'\n*");
  assert_run ("--config /dev/null --dir /nonexistent", 1, "",
              "cofferd: cannot enter '/nonexistent': No such file or "
              "directory\n");
  assert_run ("--config /dev/null --logfile /nonexistent/log", 1, "",
              "cofferd: cannot open the log file /nonexistent/log: *\n");
  assert_run ("--config /dev/null --port 0 --bind 127.0.0.1 "
              "--pidfile /nonexistent/pid --unixsocket /nonexistent/sock",
              1, "", "*/nonexistent/*\n");
}

/* Reads lines of @process's standard error up to one that has @word. */
static void
wait_for (GDataInputStream *lines, const char *word)
{
  g_autofree char *line = NULL;

  do
    {
      g_free (line);
      line = g_data_input_stream_read_line_utf8 (lines, NULL, NULL, NULL);
      g_assert_nonnull (line);
    }
  while (strstr (line, word) == NULL);
}

static void
test_main_life (void)
{
  g_autofree char *dir = g_dir_make_tmp ("cf-main-XXXXXX", NULL);
  g_autofree char *pid_path = g_build_filename (dir, "pid", NULL);
  g_autofree char *line = g_strdup_printf (
      "--config /dev/null --port 0 --dir '%s' --pidfile pid --unixsocket s "
      "--save '900 1'",
      dir);
  g_autoptr (GSubprocess) process = spawn (line, G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GDataInputStream) lines =
      g_data_input_stream_new (g_subprocess_get_stderr_pipe (process));
  g_autofree char *pid = NULL;

  wait_for (lines, "warning: 'save' has no effect in this version");
  wait_for (lines, "listening on");
  g_subprocess_send_signal (process, SIGHUP);
  wait_for (lines, "reloaded the configuration");
  g_assert_true (g_file_get_contents (pid_path, &pid, NULL, NULL));
  g_strchomp (pid);
  g_assert_cmpstr (pid, ==, g_subprocess_get_identifier (process));
  g_subprocess_send_signal (process, SIGTERM);
  wait_for (lines, "stopped");
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  g_assert_false (g_file_test (pid_path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (g_getenv ("COFFERD"));
  g_test_add_func ("/daemon/main/information", test_main_information);
  g_test_add_func ("/daemon/main/usage", test_main_usage);
  g_test_add_func ("/daemon/main/configuration", test_main_configuration);
  g_test_add_func ("/daemon/main/users", test_main_users);
  g_test_add_func ("/daemon/main/acl-file", test_main_acl_file);
  g_test_add_func ("/daemon/main/certificates", test_main_certificates);
  g_test_add_func ("/daemon/main/failures", test_main_failures);
  g_test_add_func ("/daemon/main/life", test_main_life);
  return g_test_run ();
}
