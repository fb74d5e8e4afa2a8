/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-service.c -- the daemon as a service: sockets it inherits, what it
 * tells the service manager, and its configuration read again on SIGHUP. */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#define PATIENCE_S 20

/* What a service manager has of its service. */
typedef struct
{
  char *dir;              /* (owned) */
  GSocket *notifications; /* (owned) where NOTIFY_SOCKET leads */
  GSocket *tcp, *local;   /* (owned) that it opened for the service */
  GSubprocess *process;   /* (owned) */
} Manager;

static char *
path_of (Manager *self, const char *name)
{
  return g_build_filename (self->dir, name, NULL);
}

static GSocket *
open_socket (GSocketAddress *address, GSocketType type)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (g_socket_address_get_family (address), type,
                                  G_SOCKET_PROTOCOL_DEFAULT, &error);

  g_assert_no_error (error);
  g_socket_set_timeout (socket, PATIENCE_S);
  g_socket_bind (socket, address, FALSE, &error);
  g_assert_no_error (error);
  if (type == G_SOCKET_TYPE_STREAM)
    g_assert_true (g_socket_listen (socket, NULL));
  return socket;
}

static GSocket *
open_local (Manager *self, const char *name, GSocketType type)
{
  g_autofree char *path = path_of (self, name);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  return open_socket (address, type);
}

static void
set_up (Manager *self, gconstpointer data)
{
  g_autoptr (GInetAddress) loopback =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);

  (void) data;
  self->dir = g_dir_make_tmp ("cf-service-XXXXXX", NULL);
  self->notifications = open_local (self, "notify", G_SOCKET_TYPE_DATAGRAM);
  self->tcp = open_socket (any, G_SOCKET_TYPE_STREAM);
  self->local = open_local (self, "local", G_SOCKET_TYPE_STREAM);
}

static void
tear_down (Manager *self, gconstpointer data)
{
  static const char *const names[] = { "notify", "local", "conf", "log" };

  (void) data;
  g_clear_object (&self->process);
  g_object_unref (self->notifications);
  g_object_unref (self->tcp);
  g_object_unref (self->local);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = path_of (self, names[i]);

      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (self->dir), ==, 0);
  g_free (self->dir);
}

/* The shell knows the number of the process that it becomes. */
static void
start (Manager *self, guint n_sockets, const char *options)
{
  g_autofree char *notify = path_of (self, "notify");
  g_autofree char *script =
      g_strdup_printf ("LISTEN_FDS=%u LISTEN_PID=$$ exec '%s' %s", n_sockets,
                       g_getenv ("COFFERD"), options);
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE);
  GSocket *const sockets[] = { self->tcp, self->local };
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_setenv (launcher, "NOTIFY_SOCKET", notify, TRUE);
  for (guint i = 0; i < n_sockets; i++)
    g_subprocess_launcher_take_fd (launcher, dup (g_socket_get_fd (sockets[i])),
                                   3 + (int) i);
  self->process = g_subprocess_launcher_spawn (launcher, &error, "/bin/sh",
                                               "-c", script, NULL);
  g_assert_no_error (error);
}

/* The next thing that the service says. */
static void
expect (Manager *self, const char *pattern)
{
  char buffer[512];
  g_autoptr (GError) error = NULL;
  gssize size = g_socket_receive (self->notifications, buffer,
                                  sizeof buffer - 1, NULL, &error);

  g_assert_no_error (error);
  buffer[size] = '\0';
  if (!g_pattern_match_simple (pattern, buffer))
    g_error ("'%s' does not match '%s'", buffer, pattern);
}

/* Waits for a line of standard error that @pattern matches. */
static void
expect_line (GDataInputStream *lines, const char *pattern)
{
  g_autofree char *line = NULL;

  do
    {
      g_free (line);
      line = g_data_input_stream_read_line_utf8 (lines, NULL, NULL, NULL);
      if (line == NULL)
        g_error ("no line matches '%s'", pattern);
    }
  while (!g_pattern_match_simple (pattern, line));
}

static GSocketConnection *
connect_to (GSocketAddress *address)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, PATIENCE_S);
  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address),
                                        NULL, &error);
  g_assert_no_error (error);
  return connection;
}

static GSocketConnection *
connect_to_socket (GSocket *listener)
{
  g_autoptr (GSocketAddress) address =
      g_socket_get_local_address (listener, NULL);

  return connect_to (address);
}

static void
ask (GSocketConnection *connection, const char *request, const char *reply)
{
  GIOStream *stream = G_IO_STREAM (connection);
  gsize size = strlen (reply), got = 0;
  g_autofree char *buffer = g_malloc0 (size + 1);
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (g_io_stream_get_output_stream (stream), request,
                             strlen (request), NULL, NULL, &error);
  g_assert_no_error (error);
  g_input_stream_read_all (g_io_stream_get_input_stream (stream), buffer, size,
                           &got, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (buffer, ==, reply);
}

static void
stop (Manager *self)
{
  g_subprocess_send_signal (self->process, SIGTERM);
  expect (self, "STOPPING=1*");
  g_assert_true (g_subprocess_wait (self->process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (self->process));
  g_assert_cmpint (g_subprocess_get_exit_status (self->process), ==, 0);
}

/* Who connected before the service was started is served, too. */
static void
test_service_activation (Manager *self, gconstpointer data)
{
  g_autoptr (GSocketConnection) early = connect_to_socket (self->tcp);
  g_autoptr (GSocketConnection) local = NULL;
  g_autofree char *path = path_of (self, "local");

  (void) data;
  start (self, 2, "--config /dev/null --port 0");
  ask (early, "SET k v\r\n", "+OK\r\n");
  expect (self, "READY=1*");
  local = connect_to_socket (self->local);
  ask (local, "GET k\r\n", "$1\r\nv\r\n");
  stop (self);
  /* It is not the service's own to remove. */
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* A descriptor that is no listening socket is told. */
static void
test_service_wrong_descriptor (Manager *self, gconstpointer data)
{
  g_autoptr (GDataInputStream) lines = NULL;
  GSocket *tcp = self->tcp;

  (void) data;
  self->tcp = g_object_ref (self->notifications);
  g_object_unref (tcp);
  start (self, 1, "--config /dev/null --port 0");
  lines =
      g_data_input_stream_new (g_subprocess_get_stderr_pipe (self->process));
  expect_line (lines, "cofferd: *descriptor 3 is no listening stream socket");
  g_assert_true (g_subprocess_wait (self->process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (self->process));
  g_assert_cmpint (g_subprocess_get_exit_status (self->process), ==, 1);
}

static void
write_config (Manager *self, const char *text)
{
  g_autofree char *path = path_of (self, "conf");

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
reload (Manager *self)
{
  g_subprocess_send_signal (self->process, SIGHUP);
  expect (self, "RELOADING=1\nMONOTONIC_USEC=?*");
  expect (self, "READY=1*");
}

#define MAXMEMORY(text) "*2\r\n$9\r\nmaxmemory\r\n$8\r\n" text "\r\n"

static void
test_service_reload (Manager *self, gconstpointer data)
{
  static const char get[] = "CONFIG GET maxmemory\r\n";
  g_autofree char *conf = path_of (self, "conf");
  g_autofree char *options = g_strdup_printf ("--config '%s' --port 0", conf);
  g_autoptr (GSocketConnection) client = NULL;
  g_autoptr (GDataInputStream) lines = NULL;

  (void) data;
  write_config (self, "[memory]\nmaxmemory = 10000000\n");
  start (self, 1, options);
  expect (self, "READY=1*");
  lines =
      g_data_input_stream_new (g_subprocess_get_stderr_pipe (self->process));
  client = connect_to_socket (self->tcp);
  ask (client, get, MAXMEMORY ("10000000"));

  write_config (self, "[memory]\nmaxmemory = 20000000\n[process]\n"
                      "databases = 3\n");
  reload (self);
  expect_line (lines, "*reloaded the configuration");
  expect_line (lines, "*'databases' will change at the next start");
  ask (client, get, MAXMEMORY ("20000000"));
  ask (client, "SELECT 15\r\n", "+OK\r\n");

  write_config (self, "[memory]\nmaxmemory = 30000000\nnonsense = 1\n");
  reload (self);
  expect_line (lines, "*the configuration stays as it was: *nonsense*");
  ask (client, get, MAXMEMORY ("20000000"));
  stop (self);
}

static void
assert_log (const char *path, const char *has, const char *lacks)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, has));
  if (lacks != NULL)
    g_assert_null (strstr (text, lacks));
}

/* What logrotate does. */
static void
test_service_log_moved (Manager *self, gconstpointer data)
{
  g_autofree char *log = path_of (self, "log"), *old = path_of (self, "conf");
  g_autofree char *options =
      g_strdup_printf ("--config /dev/null --port 0 --unixsocket '%s/socket' "
                       "--logfile '%s'",
                       self->dir, log);

  (void) data;
  start (self, 0, options);
  expect (self, "READY=1*");
  g_assert_cmpint (g_rename (log, old), ==, 0);
  reload (self);
  stop (self);
  assert_log (old, "listening on", "stopped");
  assert_log (log, "stopped", "listening on");
}

static void
add (const char *path, void (*test) (Manager *, gconstpointer))
{
  g_test_add (path, Manager, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (g_getenv ("COFFERD"));
  add ("/daemon/service/activation", test_service_activation);
  add ("/daemon/service/wrong-descriptor", test_service_wrong_descriptor);
  add ("/daemon/service/reload", test_service_reload);
  add ("/daemon/service/log-moved", test_service_log_moved);
  return g_test_run ();
}
