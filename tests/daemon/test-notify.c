/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "daemon/notify.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* Binds a socket to @name, which NOTIFY_SOCKET names as @variable. */
static int
listen_at (const char *name, gsize size, const char *variable)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  memcpy (address.sun_path, name, size);
  g_assert_cmpint (
      bind (fd, (struct sockaddr *) &address,
            (socklen_t) (offsetof (struct sockaddr_un, sun_path) + size)),
      ==, 0);
  g_setenv ("NOTIFY_SOCKET", variable, TRUE);
  return fd;
}

static void
assert_received (int fd, const char *expected)
{
  char buffer[256];
  ssize_t n = recv (fd, buffer, sizeof buffer - 1, 0);

  g_assert_cmpint (n, >=, 0);
  buffer[n] = '\0';
  g_assert_cmpstr (buffer, ==, expected);
}

static void
test_notify_path (void)
{
  g_autofree char *dir = g_dir_make_tmp ("cf-notify-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "sock", NULL);
  int fd = listen_at (path, strlen (path), path);

  g_assert_true (cf_notify ("READY=1\nSTATUS=port %d", 7001));
  assert_received (fd, "READY=1\nSTATUS=port 7001");
  close (fd);
  g_remove (path);
  g_assert_false (cf_notify ("READY=1"));
  g_rmdir (dir);
}

static void
test_notify_abstract (void)
{
  g_autofree char *name = g_strdup_printf ("@cf-test-%d", (int) getpid ());
  g_autofree char *raw = g_strdup (name);
  int fd;

  raw[0] = '\0';
  fd = listen_at (raw, strlen (name), name);
  g_assert_true (cf_notify ("STOPPING=1"));
  assert_received (fd, "STOPPING=1");
  close (fd);
}

static void
test_notify_nobody (void)
{
  g_autofree char *endless = g_strnfill (200, '/');

  g_unsetenv ("NOTIFY_SOCKET");
  g_assert_false (cf_notify ("READY=1"));
  g_setenv ("NOTIFY_SOCKET", "relative/path", TRUE);
  g_assert_false (cf_notify ("READY=1"));
  g_setenv ("NOTIFY_SOCKET", endless, TRUE);
  g_assert_false (cf_notify ("READY=1"));
  g_unsetenv ("NOTIFY_SOCKET");
}

static void
set_listen (int pid, const char *fds)
{
  g_autofree char *text = g_strdup_printf ("%d", pid);

  g_setenv ("LISTEN_PID", text, TRUE);
  g_setenv ("LISTEN_FDS", fds, TRUE);
}

static void
test_notify_listen_fds_of_others (void)
{
  g_assert_cmpuint (cf_notify_listen_fds (), ==, 0);
  set_listen (getpid () + 1, "1");
  g_assert_cmpuint (cf_notify_listen_fds (), ==, 0);
  set_listen (getpid (), "x");
  g_assert_cmpuint (cf_notify_listen_fds (), ==, 0);
  set_listen (getpid (), "-1");
  g_assert_cmpuint (cf_notify_listen_fds (), ==, 0);
  set_listen (getpid (), "100000");
  g_assert_cmpuint (cf_notify_listen_fds (), ==, 0);
  g_unsetenv ("LISTEN_FDS");
  g_assert_cmpuint (cf_notify_listen_fds (), ==, 0);
}

static void
test_notify_listen_fds (void)
{
  int fd = dup2 (STDERR_FILENO, CF_NOTIFY_FIRST_FD);

  g_assert_cmpint (fd, ==, CF_NOTIFY_FIRST_FD);
  set_listen (getpid (), "1");
  g_setenv ("LISTEN_FDNAMES", "x", TRUE);
  g_assert_cmpuint (cf_notify_listen_fds (), ==, 1);
  g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, !=, 0);
  g_assert_null (g_getenv ("LISTEN_PID"));
  g_assert_null (g_getenv ("LISTEN_FDS"));
  g_assert_null (g_getenv ("LISTEN_FDNAMES"));
  g_assert_cmpuint (cf_notify_listen_fds (), ==, 0);
}

static void
test_notify_listen_fds_subprocess (void)
{
  /* Descriptor 3 may be in use here: in a process of its own. */
  if (g_test_subprocess ())
    {
      test_notify_listen_fds ();
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/notify/path", test_notify_path);
  g_test_add_func ("/daemon/notify/abstract", test_notify_abstract);
  g_test_add_func ("/daemon/notify/nobody", test_notify_nobody);
  g_test_add_func ("/daemon/notify/listen-fds-of-others",
                   test_notify_listen_fds_of_others);
  g_test_add_func ("/daemon/notify/listen-fds",
                   test_notify_listen_fds_subprocess);
  return g_test_run ();
}
