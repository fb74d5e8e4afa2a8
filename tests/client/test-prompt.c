/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "client/prompt.h"
#include "daemon/harness.h"

static void
test_prompt_secrets (void)
{
  static const struct
  {
    const char *words[5];
    gboolean is_secret;
  } lines[] = {
    { { NULL }, FALSE },
    { { "get", "auth" }, FALSE },
    { { "auth", "x" }, TRUE },
    { { "AUTH" }, TRUE },
    { { "5", "auth", "x" }, TRUE },
    { { "5" }, FALSE },
    { { "acl", "setuser", "me" }, TRUE },
    { { "acl", "list" }, FALSE },
    { { "hello", "3", "AUTH", "me", "x" }, TRUE },
    { { "hello", "3" }, FALSE },
    { { "config", "set", "requirepass", "x" }, TRUE },
    { { "config", "set", "maxmemory", "1" }, FALSE },
    { { "migrate", "h", "1", "auth2", "me" }, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      CfSlice argv[5];
      gsize argc;

      for (argc = 0; argc < 5 && lines[i].words[argc] != NULL; argc++)
        argv[argc] = cf_slice_of_string (lines[i].words[argc]);
      g_assert_cmpint (cf_prompt_keeps_secret (argv, argc), ==,
                       lines[i].is_secret);
    }
}

/* A terminal so wide that no line is broken; returns the far end. */
static int
open_terminal (int *near)
{
  struct winsize size = { 50, 1000, 0, 0 };
  int far = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);

  g_assert_cmpint (far, >=, 0);
  g_assert_cmpint (grantpt (far), ==, 0);
  g_assert_cmpint (unlockpt (far), ==, 0);
  *near = open (ptsname (far), O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (*near, >=, 0);
  g_assert_cmpint (ioctl (*near, TIOCSWINSZ, &size), ==, 0);
  return far;
}

static GSubprocess *
launch (int terminal, const char *socket, const char *history)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  GSubprocess *process;
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_setenv (launcher, "TERM", "dumb", TRUE);
  g_subprocess_launcher_setenv (launcher, "INPUTRC", "/dev/null", TRUE);
  g_subprocess_launcher_setenv (launcher, "COFFER_HISTFILE", history, TRUE);
  g_subprocess_launcher_take_stdin_fd (launcher, dup (terminal));
  g_subprocess_launcher_take_stdout_fd (launcher, dup (terminal));
  g_subprocess_launcher_take_stderr_fd (launcher, terminal);
  process = g_subprocess_launcher_spawn (launcher, &error, g_getenv ("COFFER"),
                                         "-s", socket, NULL);
  g_assert_no_error (error);
  return process;
}

/* Types @keys and reads what is shown until the client has gone. */
static char *
type_keys (int terminal, const char *keys)
{
  g_autoptr (GString) shown = g_string_new (NULL);
  char buffer[4096];
  gssize size = write (terminal, keys, strlen (keys));

  g_assert_cmpint (size, ==, (gssize) strlen (keys));
  while ((size = read (terminal, buffer, sizeof buffer)) > 0)
    g_string_append_len (shown, buffer, size);
  close (terminal);
  return g_string_free (g_steal_pointer (&shown), FALSE);
}

static void
assert_shown (const char **shown, const char *wanted)
{
  const char *found = strstr (*shown, wanted);

  if (found == NULL)
    g_error ("'%s' is not in '%s'", wanted, *shown);
  *shown = found + strlen (wanted);
}

static void
check_history (const char *path)
{
#ifdef HAVE_READLINE
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "select 1\nmulti\nexec\necho \"a\nquit\n");
#endif
}

static void
test_prompt_on_terminal (void)
{
  g_autoptr (CfHarness) redis = cf_harness_start_redis ();
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *history = NULL, *all = NULL;
  const char *shown;
  int far, near;

  if (redis == NULL)
    {
      g_test_skip ("redis-server is not installed");
      return;
    }
  g_assert_nonnull (g_getenv ("COFFER"));
  history = g_strconcat (cf_harness_get_socket (redis), ".history", NULL);
  far = open_terminal (&near);
  process = launch (near, cf_harness_get_socket (redis), history);
  shown = all = type_keys (far, "select 1\nmulti\nexec\nauth secret\n"
                                "echo \"a\nquit\n");
  assert_shown (&shown, "/socket> ");
  assert_shown (&shown, "OK\r\n");
  assert_shown (&shown, "/socket[1]> ");
  assert_shown (&shown, "/socket[1](TX)> ");
  assert_shown (&shown, "(empty array)\r\n");
  assert_shown (&shown, "(error) ");
  assert_shown (&shown, "Invalid argument(s)");
  check_history (history);
}

/* Types @keys and reads what is shown until @wanted is. */
static void
type_until (int terminal, const char *keys, const char *wanted)
{
  g_autoptr (GString) shown = g_string_new (NULL);
  gssize size = write (terminal, keys, strlen (keys));

  g_assert_cmpint (size, ==, (gssize) strlen (keys));
  while (strstr (shown->str, wanted) == NULL)
    {
      char c;

      g_assert_cmpint (read (terminal, &c, 1), ==, 1);
      g_string_append_c (shown, c);
    }
}

/* Ctrl-C ends what is being read, and there is a prompt again. */
static void
test_prompt_interrupt (void)
{
  g_autoptr (CfHarness) redis = cf_harness_start_redis ();
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *history = NULL;
  static const char *const views[][2] = {
    { "subscribe here\n", "(integer) 1" },
    { "psubscribe h*\n", "(integer) 1" },
    { "monitor\n", "OK" },
  };
  int far, near;

  if (redis == NULL)
    {
      g_test_skip ("redis-server is not installed");
      return;
    }
  history = g_strconcat (cf_harness_get_socket (redis), ".history", NULL);
  far = open_terminal (&near);
  process = launch (near, cf_harness_get_socket (redis), history);
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
    {
      type_until (far, "ping\n", "PONG");
      type_until (far, views[i][0], views[i][1]);
      g_subprocess_send_signal (process, SIGINT);
      type_until (far, "", "socket> ");
    }
  g_free (type_keys (far, "quit\n"));
}

/* A push is shown while nothing is typed. */
static void
test_prompt_pushes (void)
{
#ifndef HAVE_READLINE
  g_test_skip ("without readline they are shown before the next prompt");
#else
  g_autoptr (CfHarness) redis = cf_harness_start_redis ();
  g_autoptr (CfWire) wire = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *history = NULL;
  int far, near;

  if (redis == NULL)
    {
      g_test_skip ("redis-server is not installed");
      return;
    }
  history = g_strconcat (cf_harness_get_socket (redis), ".history", NULL);
  wire = cf_wire_open (redis);
  far = open_terminal (&near);
  process = launch (near, cf_harness_get_socket (redis), history);
  type_until (far, "hello 3\nclient tracking on\nget cached\n", "(nil)");
  cf_wire_exchange (wire, "SET cached x\r\n", "+OK\r\n");
  type_until (far, "", "invalidate");
  g_free (type_keys (far, "\nquit\n"));
#endif
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/prompt/secrets", test_prompt_secrets);
  g_test_add_func ("/client/prompt/on-terminal", test_prompt_on_terminal);
  g_test_add_func ("/client/prompt/interrupt", test_prompt_interrupt);
  g_test_add_func ("/client/prompt/pushes", test_prompt_pushes);
  return g_test_run ();
}
