/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/door.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "engine/session.h"
#include "net/address.h"

struct _CfDoor
{
  GSocket *socket;         /* (owned) */
  GSocketService *service; /* (owned) */
  GSocketAddress *address; /* (owned) as it came out */
  char *where;  /* (owned) (nullable) as it was asked for; inherited: NULL */
  guint16 port; /* as it was asked for: 0 is any */
  guint flags;  /* of the sessions that come by it */
  CfDoorFunc func;
  gpointer data;
};

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  const CfDoor *self = user_data;

  self->func (self->data, connection, self->flags);
  return TRUE;
}

/* Takes over @socket, which is bound and listens. */
static CfDoor *
door_new (GSocket *socket, guint flags, GError **error)
{
  g_autoptr (GSocket) owned = socket;
  g_autoptr (GSocketService) service =
      g_object_new (G_TYPE_SOCKET_SERVICE, "active", FALSE, NULL);
  g_autoptr (GSocketAddress) address =
      g_socket_get_local_address (socket, error);
  CfDoor *self;

  if (address == NULL || !g_socket_listener_add_socket (
                             G_SOCKET_LISTENER (service), socket, NULL, error))
    return NULL;
  self = g_new0 (CfDoor, 1);
  self->socket = g_steal_pointer (&owned);
  self->service = g_steal_pointer (&service);
  self->address = g_steal_pointer (&address);
  self->flags = flags;
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return self;
}

/* Listens at @address, which @name stands for in an error. */
static GSocket *
listen_at (GSocketAddress *address,
           const char *name,
           int backlog,
           GError **error)
{
  g_autoptr (GError) reason = NULL;
  GSocketFamily family = g_socket_address_get_family (address);
  g_autoptr (GSocket) socket = g_socket_new (
      family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &reason);

  if (socket != NULL && family == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, 1, NULL);
  if (socket != NULL)
    g_socket_set_listen_backlog (socket, backlog);
  if (socket != NULL && g_socket_bind (socket, address, TRUE, &reason) &&
      g_socket_listen (socket, &reason))
    return g_steal_pointer (&socket);
  cf_throw (error, CF_ERROR_FAILED, "cannot listen on %s: %s", name,
            reason->message);
  return NULL;
}

/* -- Addresses of IP ----------------------------------------------------- */

static GInetAddress *
parse_host (const char *host, GError **error)
{
  GInetAddress *address;

  if (strcmp (host, "*") == 0)
    return g_inet_address_new_any (G_SOCKET_FAMILY_IPV4);
  if (strcmp (host, "::*") == 0)
    return g_inet_address_new_any (G_SOCKET_FAMILY_IPV6);
  address = g_inet_address_new_from_string (host);
  if (address == NULL)
    cf_throw (error, CF_ERROR_SYNTAX, "cannot listen on %s: not an IP address",
              host);
  return address;
}

/**
 * cf_door_open_host:
 * @host: an IP address; "*" is all of IPv4, "::*" all of IPv6
 * @port: where, or 0 for any port that is free
 * @flags: of the sessions that come by it
 * @backlog: how many clients may wait to be accepted
 * @error: return location for an error, or %NULL: %CF_ERROR_SYNTAX if @host
 *   is no address, %CF_ERROR_FAILED if nothing can be opened there
 *
 * Returns: (transfer full) (nullable): a door that accepts nobody yet
 */
CfDoor *
cf_door_open_host (
    const char *host, guint16 port, guint flags, int backlog, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s port %u", host, port);
  g_autoptr (GInetAddress) ip = parse_host (host, error);
  g_autoptr (GSocketAddress) address = NULL;
  GSocket *socket;
  CfDoor *self;

  if (ip == NULL)
    return NULL;
  address = g_inet_socket_address_new (ip, port);
  socket = listen_at (address, name, backlog, error);
  if (socket == NULL)
    return NULL;
  self = door_new (socket, flags, error);
  if (self == NULL)
    return NULL;
  self->where = g_strdup (host);
  self->port = port;
  return self;
}

/* -- Paths --------------------------------------------------------------- */

/* Removes what a server that is gone has left at @path. */
static gboolean
remove_stale (const char *path, GSocketAddress *address, GError **error)
{
  g_autoptr (GSocket) probe = NULL;
  GStatBuf status;

  if (g_lstat (path, &status) != 0)
    return TRUE;
  if (!S_ISSOCK (status.st_mode))
    return cf_throw (error, CF_ERROR_FAILED,
                     "cannot listen on %s: it is not a socket", path);
  probe = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                        G_SOCKET_PROTOCOL_DEFAULT, error);
  if (probe == NULL)
    return FALSE;
  if (g_socket_connect (probe, address, NULL, NULL))
    return cf_throw (error, CF_ERROR_FAILED,
                     "cannot listen on %s: another server does", path);
  g_unlink (path);
  return TRUE;
}

/**
 * cf_door_open_path:
 * @path: where a Unix socket is to be; one that nobody listens on is replaced
 * @mode: its permissions, or 0 for those that the umask leaves
 * @backlog: how many clients may wait to be accepted
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable): a door that accepts nobody yet; the
 *   socket is removed with it
 */
CfDoor *
cf_door_open_path (const char *path, int mode, int backlog, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  GSocket *socket;
  CfDoor *self;

  if (strlen (path) >= sizeof ((struct sockaddr_un *) NULL)->sun_path)
    {
      cf_throw (error, CF_ERROR_FAILED,
                "cannot listen on %s: the path is too long", path);
      return NULL;
    }
  address = g_unix_socket_address_new (path);
  if (!remove_stale (path, address, error))
    return NULL;
  socket = listen_at (address, path, backlog, error);
  if (socket == NULL)
    return NULL;
  if (mode != 0)
    g_chmod (path, mode);
  self = door_new (socket, CF_SESSION_UNIX, error);
  if (self == NULL)
    return NULL;
  self->where = g_strdup (path);
  return self;
}

/* -- Inherited sockets --------------------------------------------------- */

/* A socket that nobody listens on would be asked for clients without end. */
static gboolean
check_inherited (GSocket *socket, int fd, GError **error)
{
  int listens = 0;

  if (g_socket_get_socket_type (socket) == G_SOCKET_TYPE_STREAM &&
      g_socket_get_option (socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, NULL) &&
      listens != 0)
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED,
                   "the inherited file descriptor %d is no listening stream "
                   "socket",
                   fd);
}

/**
 * cf_door_inherit:
 * @fd: (transfer full): a socket that was opened for us
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable): a door that accepts nobody yet
 */
CfDoor *
cf_door_inherit (int fd, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, error);
  gboolean is_unix;

  if (socket == NULL || !check_inherited (socket, fd, error))
    return NULL;
  fcntl (fd, F_SETFD, FD_CLOEXEC);
  g_socket_set_blocking (socket, FALSE);
  is_unix = g_socket_get_family (socket) == G_SOCKET_FAMILY_UNIX;
  return door_new (g_steal_pointer (&socket), is_unix ? CF_SESSION_UNIX : 0,
                   error);
}

/* -- Doors --------------------------------------------------------------- */

/**
 * cf_door_free:
 * @self: (nullable) (transfer full): a door
 *
 * Closes it, and removes a Unix socket that was not inherited.
 */
void
cf_door_free (CfDoor *self)
{
  if (self == NULL)
    return;
  if ((self->flags & CF_SESSION_UNIX) != 0 && self->where != NULL)
    g_unlink (self->where);
  g_socket_service_stop (self->service);
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_object_unref (self->service);
  /* At once: an accept that was called off keeps it for a while. */
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_object_unref (self->address);
  g_free (self->where);
  g_free (self);
}

/**
 * cf_door_is_at:
 * @self: a door
 * @where: a host, or a path
 * @port: of the host; for a path, 0
 * @flags: of the sessions
 *
 * Returns: whether @self is what opening that would give.  One at any port
 *   that was free never is, nor is an inherited one
 */
gboolean
cf_door_is_at (const CfDoor *self, const char *where, guint16 port, guint flags)
{
  return self->where != NULL && self->flags == flags && self->port == port &&
         (port != 0 || (flags & CF_SESSION_UNIX) != 0) &&
         strcmp (self->where, where) == 0;
}

/**
 * cf_door_is_inherited:
 * @self: a door
 *
 * Returns: whether it was opened by another process
 */
gboolean
cf_door_is_inherited (const CfDoor *self)
{
  return self->where == NULL;
}

/**
 * cf_door_port:
 * @self: a door
 *
 * Returns: the port it has come out at, or 0 if it is a Unix socket
 */
guint16
cf_door_port (const CfDoor *self)
{
  if (!G_IS_INET_SOCKET_ADDRESS (self->address))
    return 0;
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (self->address));
}

static char *
describe_address (const CfDoor *self)
{
  if (G_IS_UNIX_SOCKET_ADDRESS (self->address))
    return g_strdup (
        g_unix_socket_address_get_path (G_UNIX_SOCKET_ADDRESS (self->address)));
  return cf_address_describe (self->address);
}

/**
 * cf_door_describe:
 * @self: a door
 *
 * Returns: (transfer full): where it is and for whom, for the log
 */
char *
cf_door_describe (const CfDoor *self)
{
  g_autofree char *address = describe_address (self);

  return g_strconcat (address,
                      (self->flags & CF_SESSION_PLAIN) != 0 ? " (plain)"
                      : (self->flags & CF_SESSION_TLS) != 0 ? " (TLS)"
                                                            : "",
                      NULL);
}

/**
 * cf_door_set_func:
 * @self: a door that accepts nobody yet
 * @func: called for each client, in the main loop
 * @data: for @func
 */
void
cf_door_set_func (CfDoor *self, CfDoorFunc func, gpointer data)
{
  self->func = func;
  self->data = data;
}

/**
 * cf_door_set_accepting:
 * @self: a door that has its function
 * @on: whether clients are accepted from now on, or wait in the backlog
 */
void
cf_door_set_accepting (CfDoor *self, gboolean on)
{
  if (on)
    g_socket_service_start (self->service);
  else
    g_socket_service_stop (self->service);
}
