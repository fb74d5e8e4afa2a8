/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "config/settings.h"
#include "engine/acl.h"
#include "net/handshakes.h"

/* File descriptors that are left for others than clients. */
#define FDS_RESERVED 32
/* How long no connection is accepted when they run out. */
#define RETRY_MS 100

/* A socket that is listened on. */
typedef struct
{
  CfListener *listener; /* (not owned) whose it is */
  GSocket *socket;      /* (owned) */
  /* (owned) of this door alone: GIO loses a connection and accepts no more
   * when two sockets of one service are ready at once.  It lives as long as
   * the door: a connection may be on its way through it at any time. */
  GSocketService *service;
  char *key;   /* (owned) the address as it was asked for */
  char *shown; /* (owned) the address as it came out */
  guint flags; /* of the sessions that come by it */
  gboolean is_inherited;
} Door;

struct _CfListener
{
  CfEngine *engine;         /* (not owned) */
  CfLoops *loops;           /* (not owned) */
  CfTls *tls;               /* (owned) */
  CfHandshakes *handshakes; /* (owned) (nullable) until there are clients by
                               TLS */
  CfStatsShard *stats;      /* (not owned) */
  GPtrArray *doors;         /* (owned) (element-type Door) */
  gboolean accepts;         /* it was started, and not stopped */
  gboolean is_stopped;      /* for good */
  guint retry;              /* source that starts the services again, or 0 */
};

static void
door_free (Door *self)
{
  if ((self->flags & CF_SESSION_UNIX) != 0 && !self->is_inherited)
    g_unlink (self->key);
  if (self->service != NULL)
    {
      g_socket_service_stop (self->service);
      g_signal_handlers_disconnect_by_data (self->service, self);
    }
  g_clear_object (&self->service);
  /* At once: an accept that was called off keeps it for a while. */
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
  g_free (self->key);
  g_free (self->shown);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Door, door_free)

/* -- A connection arrives ------------------------------------------------ */

/* A client by TLS is told only when it has shaken hands. */
static void
refuse (CfListener *self,
        GSocketConnection *connection,
        guint flags,
        const char *message)
{
  GSocket *socket = g_socket_connection_get_socket (connection);

  cf_stats_count (self->stats, CF_STAT_REJECTED, 1);
  if ((flags & CF_SESSION_TLS) != 0)
    {
      cf_handshakes_add (self->handshakes, connection, flags, message);
      return;
    }
  g_socket_set_blocking (socket, FALSE);
  g_socket_send (socket, message, strlen (message), NULL, NULL);
  g_socket_shutdown (socket, FALSE, TRUE, NULL);
}

/* May a client from there come in while there is no password? */
static gboolean
is_local (GSocketConnection *connection, guint flags)
{
  g_autoptr (GSocketAddress) address =
      g_socket_connection_get_remote_address (connection, NULL);

  if ((flags & CF_SESSION_UNIX) != 0)
    return TRUE;
  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address))
    return FALSE;
  return g_inet_address_get_is_loopback (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

static gboolean
is_protected (CfListener *self)
{
  const CfConfig *config = self->engine->config;

  return cf_config_get_bool (config, CF_SETTING_PROTECTED_MODE) &&
         cf_acl_needs_no_password (self->engine->acl);
}

static void
set_accepting (CfListener *self, gboolean on)
{
  for (guint i = 0; i < self->doors->len; i++)
    {
      GSocketService *service = ((Door *) self->doors->pdata[i])->service;

      if (on)
        g_socket_service_start (service);
      else
        g_socket_service_stop (service);
    }
}

static gboolean
on_retry (gpointer user_data)
{
  CfListener *self = user_data;

  self->retry = 0;
  set_accepting (self, TRUE);
  return G_SOURCE_REMOVE;
}

/* File descriptors are given out from the lowest, so a high one says that
 * they run out.  Then it is better to let clients wait in the backlog for a
 * moment than to fail at accepting them, again and again. */
static void
watch_fds (CfListener *self, GSocketConnection *connection)
{
  GSocket *socket = g_socket_connection_get_socket (connection);
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 ||
      (rlim_t) g_socket_get_fd (socket) + FDS_RESERVED / 2 < limit.rlim_cur ||
      self->retry != 0)
    return;
  set_accepting (self, FALSE);
  self->retry = g_timeout_add (RETRY_MS, on_retry, self);
}

static guint
count_clients (CfListener *self)
{
  guint n = cf_loops_n_connections (self->loops);

  if (self->handshakes != NULL)
    n += cf_handshakes_count (self->handshakes);
  return n;
}

static void
welcome (CfListener *self, GSocketConnection *connection, guint flags)
{
  if ((flags & CF_SESSION_TLS) != 0)
    cf_handshakes_add (self->handshakes, connection, flags, NULL);
  else
    cf_loops_add (self->loops, connection, flags, NULL);
}

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  const Door *door = user_data;
  CfListener *self = door->listener;
  gint64 most = cf_config_get_int (self->engine->config, CF_SETTING_MAXCLIENTS);

  watch_fds (self, connection);
  if (count_clients (self) >= most && (door->flags & CF_SESSION_TLS) != 0)
    cf_stats_count (self->stats, CF_STAT_REJECTED, 1);
  else if (count_clients (self) >= most)
    refuse (self, connection, 0, "-ERR max number of clients reached\r\n");
  else if (is_protected (self) && !is_local (connection, door->flags))
    refuse (self, connection, door->flags,
            "-DENIED protected-mode is on and the default user needs no "
            "password, so clients are accepted from this machine only. Set "
            "'requirepass', or turn 'protected-mode' off where the network is "
            "trusted.\r\n");
  else if (!cf_acl_has_room (self->engine->acl))
    refuse (self, connection, door->flags,
            "-LIMIT user 'default' has as many connections as it may\r\n");
  else
    welcome (self, connection, door->flags);
  return TRUE;
}

/* -- Sockets ------------------------------------------------------------- */

static char *
describe (GSocketAddress *address)
{
  GInetSocketAddress *inet;
  g_autofree char *host = NULL;
  gboolean is_v6;

  if (G_IS_UNIX_SOCKET_ADDRESS (address))
    return g_strdup (
        g_unix_socket_address_get_path (G_UNIX_SOCKET_ADDRESS (address)));
  inet = G_INET_SOCKET_ADDRESS (address);
  host = g_inet_address_to_string (g_inet_socket_address_get_address (inet));
  is_v6 = strchr (host, ':') != NULL;
  return g_strdup_printf ("%s%s%s:%u", is_v6 ? "[" : "", host, is_v6 ? "]" : "",
                          g_inet_socket_address_get_port (inet));
}

/* Takes over @socket, which is bound and listens. */
static Door *
door_new (CfListener *listener,
          GSocket *socket,
          const char *key,
          guint flags,
          GError **error)
{
  g_autoptr (GSocket) owned = socket;
  g_autoptr (GSocketService) service =
      g_object_new (G_TYPE_SOCKET_SERVICE, "active", FALSE, NULL);
  g_autoptr (GSocketAddress) address =
      g_socket_get_local_address (socket, error);
  Door *self;

  if (address == NULL || !g_socket_listener_add_socket (
                             G_SOCKET_LISTENER (service), socket, NULL, error))
    return NULL;
  self = g_new0 (Door, 1);
  self->listener = listener;
  self->socket = g_steal_pointer (&owned);
  self->service = g_steal_pointer (&service);
  self->shown = describe (address);
  self->key = g_strdup (key);
  self->flags = flags;
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return self;
}

static GSocket *
listen_at (CfListener *self,
           GSocketAddress *address,
           const char *key,
           GError **error)
{
  g_autoptr (GError) reason = NULL;
  GSocketFamily family = g_socket_address_get_family (address);
  g_autoptr (GSocket) socket = g_socket_new (
      family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &reason);

  if (socket != NULL && family == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, 1, NULL);
  if (socket != NULL)
    g_socket_set_listen_backlog (
        socket,
        (int) cf_config_get_int (self->engine->config, CF_SETTING_TCP_BACKLOG));
  if (socket != NULL && g_socket_bind (socket, address, TRUE, &reason) &&
      g_socket_listen (socket, &reason))
    return g_steal_pointer (&socket);
  cf_throw (error, CF_ERROR_FAILED, "cannot listen on %s: %s", key,
            reason->message);
  return NULL;
}

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
    cf_throw (error, CF_ERROR_FAILED, "cannot listen on %s: not an IP address",
              host);
  return address;
}

static Door *
find_door (CfListener *self, const char *key, guint flags)
{
  for (guint i = 0; i < self->doors->len; i++)
    {
      Door *door = self->doors->pdata[i];

      if (strcmp (door->key, key) == 0 && door->flags == flags &&
          !door->is_inherited)
        return door;
    }
  return NULL;
}

/* Has @door in @doors, too. */
static void
keep (GPtrArray *doors, Door *door)
{
  g_ptr_array_add (doors, door);
}

/* Opens @host, which may begin with "-", unless it is open already. */
static gboolean
open_host (CfListener *self,
           GPtrArray *doors,
           const char *host,
           guint16 *port,
           guint flags,
           GError **error)
{
  gboolean is_optional = host[0] == '-';
  g_autofree char *key =
      g_strdup_printf ("%s port %u", host + is_optional, *port);
  g_autoptr (GInetAddress) address = parse_host (host + is_optional, error);
  g_autoptr (GSocketAddress) where = NULL;
  g_autoptr (GError) reason = NULL;
  GSocket *socket;
  Door *door = *port != 0 ? find_door (self, key, flags) : NULL;

  if (address == NULL)
    return FALSE;
  if (door != NULL)
    {
      keep (doors, door);
      return TRUE;
    }
  where = g_inet_socket_address_new (address, *port);
  socket = listen_at (self, where, key, &reason);
  if (socket == NULL && is_optional)
    return TRUE;
  if (socket == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  door = door_new (self, socket, key, flags, error);
  if (door == NULL)
    return FALSE;
  keep (doors, door);
  if (*port == 0)
    {
      g_autoptr (GSocketAddress) local =
          g_socket_get_local_address (socket, NULL);

      *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
    }
  return TRUE;
}

static gboolean
open_hosts (CfListener *self,
            GPtrArray *doors,
            guint16 port,
            guint flags,
            GError **error)
{
  g_autofree char *bind =
      cf_config_get_string (self->engine->config, CF_SETTING_BIND);
  g_auto (GStrv) hosts = g_strsplit (bind, " ", -1);

  for (guint i = 0; hosts[i] != NULL; i++)
    if (hosts[i][0] != '\0' &&
        !open_host (self, doors, hosts[i], &port, flags, error))
      return FALSE;
  return TRUE;
}

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

static gboolean
open_path (CfListener *self, GPtrArray *doors, const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  gint64 mode =
      cf_config_get_int (self->engine->config, CF_SETTING_UNIXSOCKETPERM);
  GSocket *socket;
  Door *door = find_door (self, path, CF_SESSION_UNIX);

  if (door != NULL)
    {
      keep (doors, door);
      return TRUE;
    }
  if (strlen (path) >= sizeof ((struct sockaddr_un *) NULL)->sun_path)
    return cf_throw (error, CF_ERROR_FAILED,
                     "cannot listen on %s: the path is too long", path);
  address = g_unix_socket_address_new (path);
  if (!remove_stale (path, address, error))
    return FALSE;
  socket = listen_at (self, address, path, error);
  if (socket == NULL)
    return FALSE;
  if (mode != 0)
    g_chmod (path, (int) mode);
  door = door_new (self, socket, path, CF_SESSION_UNIX, error);
  if (door == NULL)
    return FALSE;
  keep (doors, door);
  return TRUE;
}

static gboolean
has_inherited (CfListener *self)
{
  for (guint i = 0; i < self->doors->len; i++)
    if (((Door *) self->doors->pdata[i])->is_inherited)
      return TRUE;
  return FALSE;
}

/* Has all ready for clients by TLS. */
static gboolean
prepare_tls (CfListener *self, GError **error)
{
  if (self->handshakes != NULL)
    return TRUE;
  if (!cf_tls_configure (self->tls, self->engine->config, error))
    return FALSE;
  self->handshakes =
      cf_handshakes_new (self->engine, self->loops, self->tls, error);
  return self->handshakes != NULL;
}

/* Opens all that the settings name. */
static gboolean
open_doors (CfListener *self, GPtrArray *doors, GError **error)
{
  CfConfig *config = self->engine->config;
  guint16 port = (guint16) cf_config_get_int (config, CF_SETTING_PORT);
  guint16 plain = (guint16) cf_config_get_int (config, CF_SETTING_PLAIN_PORT);
  guint16 tls = (guint16) cf_config_get_int (config, CF_SETTING_TLS_PORT);
  g_autofree char *path = cf_config_get_string (config, CF_SETTING_UNIXSOCKET);
  gboolean is_only = path[0] == '\0' && plain == 0 && tls == 0;

  for (guint i = 0; i < self->doors->len; i++)
    if (((Door *) self->doors->pdata[i])->is_inherited)
      keep (doors, self->doors->pdata[i]);
  /* Without any other, port 0 means any that is free. */
  if (!has_inherited (self) && (port != 0 || is_only) &&
      !open_hosts (self, doors, port, 0, error))
    return FALSE;
  if (plain != 0 && !open_hosts (self, doors, plain, CF_SESSION_PLAIN, error))
    return FALSE;
  if (tls != 0 && (!prepare_tls (self, error) ||
                   !open_hosts (self, doors, tls, CF_SESSION_TLS, error)))
    return FALSE;
  if (path[0] != '\0' && !open_path (self, doors, path, error))
    return FALSE;
  if (doors->len == 0)
    return cf_throw (error, CF_ERROR_FAILED, "there is nothing to listen on");
  return TRUE;
}

/* -- The service --------------------------------------------------------- */

static gboolean
is_in (const GPtrArray *doors, const Door *door)
{
  return g_ptr_array_find ((GPtrArray *) doors, door, NULL);
}

/* Frees those of @doors that are not in @kept. */
static void
free_doors (GPtrArray *doors, const GPtrArray *kept)
{
  for (guint i = 0; i < doors->len; i++)
    if (!is_in (kept, doors->pdata[i]))
      door_free (doors->pdata[i]);
  g_ptr_array_unref (doors);
}

static void
announce (const GPtrArray *doors, const GPtrArray *before)
{
  for (guint i = 0; i < doors->len; i++)
    {
      const Door *door = doors->pdata[i];

      if (!is_in (before, door))
        g_message ("listening on %s%s", door->shown,
                   (door->flags & CF_SESSION_PLAIN) != 0 ? " (plain)"
                   : (door->flags & CF_SESSION_TLS) != 0 ? " (TLS)"
                                                         : "");
    }
}

/**
 * cf_listener_open:
 * @self: a listener
 * @error: return location for an error, or %NULL
 *
 * Listens where the settings say.  It may be called again after they have
 * changed: what was open and still is wanted stays open.
 *
 * Returns: %FALSE if something cannot be opened; then nothing has changed
 */
gboolean
cf_listener_open (CfListener *self, GError **error)
{
  GPtrArray *doors, *before = self->doors;

  if (self->is_stopped)
    return cf_throw (error, CF_ERROR_FAILED, "the server is stopping");
  doors = g_ptr_array_new ();
  if (!open_doors (self, doors, error))
    {
      free_doors (doors, before);
      return FALSE;
    }
  self->doors = doors;
  if (self->accepts && self->retry == 0)
    set_accepting (self, TRUE);
  announce (doors, before);
  free_doors (before, doors);
  return TRUE;
}

/**
 * cf_listener_reload_tls:
 * @self: a listener
 * @error: return location for an error, or %NULL
 *
 * Has new clients by TLS met as the settings, and the files that they name,
 * say now.  Those that are connected stay.  May be called in any thread.
 *
 * Returns: %FALSE if that cannot be; then all is as it was
 */
gboolean
cf_listener_reload_tls (CfListener *self, GError **error)
{
  CfConfig *config = self->engine->config;

  return !cf_config_get_bool (config, CF_SETTING_TLS_PORT) ||
         cf_tls_configure (self->tls, config, error);
}

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
 * cf_listener_inherit:
 * @self: a listener that is not open yet
 * @first_fd: the first of them
 * @n: how many there are
 * @error: return location for an error, or %NULL
 *
 * Takes over sockets that were opened for us, in place of bind and port.
 */
gboolean
cf_listener_inherit (CfListener *self, int first_fd, guint n, GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      GSocket *socket = g_socket_new_from_fd (first_fd + (int) i, error);
      Door *door;

      if (socket == NULL)
        return FALSE;
      if (!check_inherited (socket, first_fd + (int) i, error))
        {
          g_object_unref (socket);
          return FALSE;
        }
      fcntl (first_fd + (int) i, F_SETFD, FD_CLOEXEC);
      g_socket_set_blocking (socket, FALSE);
      door = door_new (self, socket, "",
                       g_socket_get_family (socket) == G_SOCKET_FAMILY_UNIX
                           ? CF_SESSION_UNIX
                           : 0,
                       error);
      if (door == NULL)
        return FALSE;
      door->is_inherited = TRUE;
      keep (self->doors, door);
    }
  return TRUE;
}

/**
 * cf_listener_start:
 * @self: a listener that is open
 *
 * Accepts clients from now on.
 */
void
cf_listener_start (CfListener *self)
{
  self->accepts = TRUE;
  set_accepting (self, TRUE);
}

/**
 * cf_listener_stop:
 * @self: a listener
 *
 * Accepts no more clients, and closes the addresses, so that who comes now is
 * told at once.  It cannot be opened again.
 */
void
cf_listener_stop (CfListener *self)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  if (self->retry != 0)
    g_source_remove (self->retry);
  self->retry = 0;
  self->accepts = FALSE;
  self->is_stopped = TRUE;
  free_doors (self->doors, none);
  self->doors = g_ptr_array_new ();
}

/**
 * cf_listener_new:
 * @engine: (transfer none): whose clients arrive
 * @loops: (transfer none): where they are served
 *
 * Returns: (transfer full): a listener that is not open
 */
CfListener *
cf_listener_new (CfEngine *engine, CfLoops *loops)
{
  CfListener *self = g_new0 (CfListener, 1);

  self->engine = engine;
  self->loops = loops;
  self->tls = cf_tls_new ();
  self->stats = cf_stats_add_shard (engine->stats);
  self->doors = g_ptr_array_new ();
  return self;
}

/**
 * cf_listener_free:
 * @self: (nullable) (transfer full): a listener
 *
 * Closes the addresses and frees the listener.
 */
void
cf_listener_free (CfListener *self)
{
  if (self == NULL)
    return;
  cf_listener_stop (self);
  g_ptr_array_unref (self->doors);
  cf_handshakes_free (self->handshakes);
  cf_tls_free (self->tls);
  g_free (self);
}
