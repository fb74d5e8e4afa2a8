/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "engine/session.h"
#include "net/door.h"

#define BACKLOG 16

typedef struct
{
  char *dir;
  char *path; /* in it */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->dir = g_dir_make_tmp ("coffer-door-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->dir, "socket", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (g_rmdir (self->dir), ==, 0);
  g_free (self->path);
  g_free (self->dir);
}

/* Who has come by a door. */
typedef struct
{
  guint n;
  guint flags;
} Guests;

static void
on_client (gpointer data, GSocketConnection *connection, guint flags)
{
  Guests *guests = data;

  guests->n++;
  guests->flags = flags;
}

static GSocketConnection *
connect_to (GSocketAddress *address)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address),
                                        NULL, &error);
  g_assert_no_error (error);
  return connection;
}

/* Has one client come by @door, at @address. */
static void
assert_accepts (CfDoor *door, GSocketAddress *address, guint flags)
{
  g_autoptr (GSocketConnection) connection = NULL;
  Guests guests = { 0 };

  cf_door_set_func (door, on_client, &guests);
  connection = connect_to (address);
  g_assert_cmpuint (guests.n, ==, 0);
  cf_door_set_accepting (door, TRUE);
  while (guests.n == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (guests.n, ==, 1);
  g_assert_cmpuint (guests.flags, ==, flags);
}

static void
assert_fails (CfDoor *door, GError *error, int code, const char *message)
{
  g_assert_null (door);
  g_assert_error (error, CF_ERROR, code);
  g_assert_cmpstr (error->message, ==, message);
}

/* -- Addresses of IP ------------------------------------------------------ */

static void
test_host (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfDoor) door =
      cf_door_open_host ("127.0.0.1", 0, CF_SESSION_PLAIN, BACKLOG, &error);
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char *shown = NULL, *wanted = NULL;
  guint16 port;

  g_assert_no_error (error);
  port = cf_door_port (door);
  g_assert_cmpuint (port, !=, 0);
  shown = cf_door_describe (door);
  wanted = g_strdup_printf ("127.0.0.1:%u (plain)", port);
  g_assert_cmpstr (shown, ==, wanted);
  address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  assert_accepts (door, address, CF_SESSION_PLAIN);
}

static void
test_host_taken (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfDoor) first =
      cf_door_open_host ("127.0.0.1", 0, 0, BACKLOG, &error);
  guint16 port = cf_door_port (first);
  CfDoor *second;
  g_autofree char *pattern =
      g_strdup_printf ("cannot listen on 127.0.0.1 port %u: *", port);

  g_assert_no_error (error);
  second = cf_door_open_host ("127.0.0.1", port, 0, BACKLOG, &error);
  g_assert_null (second);
  g_assert_error (error, CF_ERROR, CF_ERROR_FAILED);
  g_assert_true (g_pattern_match_simple (pattern, error->message));
}

static void
test_host_nonsense (void)
{
  g_autoptr (GError) error = NULL;
  CfDoor *door = cf_door_open_host ("here", 0, 0, BACKLOG, &error);

  assert_fails (door, error, CF_ERROR_SYNTAX,
                "cannot listen on here: not an IP address");
}

static void
test_host_any (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfDoor) door = cf_door_open_host ("*", 0, 0, BACKLOG, &error);
  g_autofree char *shown = NULL;

  g_assert_no_error (error);
  shown = cf_door_describe (door);
  g_assert_true (g_str_has_prefix (shown, "0.0.0.0:"));
}

/* One is found again by what it was asked for, all of it. */
static void
test_is_at (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfDoor) any =
      cf_door_open_host ("127.0.0.1", 0, 0, BACKLOG, &error);
  g_autoptr (CfDoor) door = NULL;
  guint16 port;

  g_assert_no_error (error);
  port = cf_door_port (any);
  g_assert_false (cf_door_is_at (any, "127.0.0.1", 0, 0));
  g_assert_false (cf_door_is_at (any, "127.0.0.1", port, 0));
  cf_door_free (g_steal_pointer (&any));

  door = cf_door_open_host ("127.0.0.1", port, 0, BACKLOG, &error);
  g_assert_no_error (error);
  g_assert_true (cf_door_is_at (door, "127.0.0.1", port, 0));
  g_assert_false (cf_door_is_at (door, "127.0.0.2", port, 0));
  g_assert_false (cf_door_is_at (door, "127.0.0.1", port, CF_SESSION_TLS));
  g_assert_false (cf_door_is_at (door, "127.0.0.1", 0, 0));
}

/* -- Paths ---------------------------------------------------------------- */

static void
test_path (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfDoor) door =
      cf_door_open_path (self->path, 0700, BACKLOG, &error);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (self->path);
  g_autofree char *shown = NULL;
  GStatBuf status;

  g_assert_no_error (error);
  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0700);
  g_assert_true (cf_door_is_at (door, self->path, 0, CF_SESSION_UNIX));
  g_assert_cmpuint (cf_door_port (door), ==, 0);
  shown = cf_door_describe (door);
  g_assert_cmpstr (shown, ==, self->path);
  assert_accepts (door, address, CF_SESSION_UNIX);
  cf_door_free (g_steal_pointer (&door));
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

/* What a server that is gone has left is replaced; one that is there stays. */
static void
test_path_stale (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (self->path);
  g_autoptr (GSocket) gone =
      g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                    G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_autoptr (CfDoor) door = NULL;
  g_autofree char *message = NULL;
  CfDoor *second;

  g_assert_true (g_socket_bind (gone, address, TRUE, &error));
  g_assert_true (g_socket_close (gone, &error));
  door = cf_door_open_path (self->path, 0, BACKLOG, &error);
  g_assert_no_error (error);
  message =
      g_strdup_printf ("cannot listen on %s: another server does", self->path);
  second = cf_door_open_path (self->path, 0, BACKLOG, &error);
  assert_fails (second, error, CF_ERROR_FAILED, message);
}

static void
test_path_of_file (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *message =
      g_strdup_printf ("cannot listen on %s: it is not a socket", self->path);
  CfDoor *door;

  g_assert_true (g_file_set_contents (self->path, "", 0, NULL));
  door = cf_door_open_path (self->path, 0, BACKLOG, &error);
  assert_fails (door, error, CF_ERROR_FAILED, message);
  g_assert_cmpint (g_unlink (self->path), ==, 0);
}

static void
test_path_too_long (void)
{
  g_autofree char *path = g_strnfill (200, 'x');
  g_autofree char *message =
      g_strdup_printf ("cannot listen on %s: the path is too long", path);
  g_autoptr (GError) error = NULL;
  CfDoor *door = cf_door_open_path (path, 0, BACKLOG, &error);

  assert_fails (door, error, CF_ERROR_FAILED, message);
}

/* -- Inherited sockets ---------------------------------------------------- */

/* Returns: a new descriptor of a socket at @path, which listens or not. */
static int
make_socket (const char *path, gboolean listens)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                    G_SOCKET_PROTOCOL_DEFAULT, NULL);

  g_assert_true (g_socket_bind (socket, address, TRUE, NULL));
  if (listens)
    g_assert_true (g_socket_listen (socket, NULL));
  return dup (g_socket_get_fd (socket));
}

/* It is the other's to remove. */
static void
test_inherit (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (self->path);
  int fd = make_socket (self->path, TRUE);
  g_autoptr (CfDoor) door = cf_door_inherit (fd, &error);

  g_assert_no_error (error);
  g_assert_true (cf_door_is_inherited (door));
  g_assert_false (cf_door_is_at (door, self->path, 0, CF_SESSION_UNIX));
  g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, !=, 0);
  assert_accepts (door, address, CF_SESSION_UNIX);
  cf_door_free (g_steal_pointer (&door));
  g_assert_cmpint (g_unlink (self->path), ==, 0);
}

static void
test_inherit_mute (Fixture *self, gconstpointer data)
{
  int fd = make_socket (self->path, FALSE);
  g_autofree char *message = g_strdup_printf (
      "the inherited file descriptor %d is no listening stream socket", fd);
  g_autoptr (GError) error = NULL;
  CfDoor *door = cf_door_inherit (fd, &error);

  assert_fails (door, error, CF_ERROR_FAILED, message);
  g_assert_cmpint (g_unlink (self->path), ==, 0);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/door/host", test_host);
  g_test_add_func ("/net/door/host/taken", test_host_taken);
  g_test_add_func ("/net/door/host/nonsense", test_host_nonsense);
  g_test_add_func ("/net/door/host/any", test_host_any);
  g_test_add_func ("/net/door/is-at", test_is_at);
  add ("/net/door/path", test_path);
  add ("/net/door/path/stale", test_path_stale);
  add ("/net/door/path/of-file", test_path_of_file);
  g_test_add_func ("/net/door/path/too-long", test_path_too_long);
  add ("/net/door/inherit", test_inherit);
  add ("/net/door/inherit/mute", test_inherit_mute);
  return g_test_run ();
}
