/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/listener.h"

#include <sys/resource.h>

#include "base/error.h"
#include "config/settings.h"
#include "net/arrivals.h"
#include "net/door.h"

/* File descriptors that are left for others than clients. */
#define FDS_RESERVED 32
/* How long no connection is accepted when they run out. */
#define RETRY_MS 100

struct _CfListener
{
  CfConfig *config;     /* (not owned) */
  CfArrivals *arrivals; /* (owned) */
  GPtrArray *doors;     /* (owned) (element-type CfDoor) */
  gboolean accepts;     /* it was started, and not stopped */
  gboolean is_stopped;  /* for good */
  guint retry;          /* source that has doors accept again, or 0 */
};

/* -- A connection arrives ------------------------------------------------ */

static void
set_accepting (CfListener *self, gboolean on)
{
  for (guint i = 0; i < self->doors->len; i++)
    cf_door_set_accepting (self->doors->pdata[i], on);
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

static void
on_client (gpointer data, GSocketConnection *connection, guint flags)
{
  CfListener *self = data;

  watch_fds (self, connection);
  cf_arrivals_add (self->arrivals, connection, flags);
}

/* -- Doors --------------------------------------------------------------- */

/* The door there is at that address, or NULL. */
static CfDoor *
find_door (CfListener *self, const char *where, guint16 port, guint flags)
{
  for (guint i = 0; i < self->doors->len; i++)
    if (cf_door_is_at (self->doors->pdata[i], where, port, flags))
      return self->doors->pdata[i];
  return NULL;
}

static int
get_backlog (CfListener *self)
{
  return (int) cf_config_get_int (self->config, CF_SETTING_TCP_BACKLOG);
}

/* Has in @doors a new one: nobody is accepted before all are open. */
static void
add_new (CfListener *self, GPtrArray *doors, CfDoor *door)
{
  cf_door_set_func (door, on_client, self);
  g_ptr_array_add (doors, door);
}

/* Opens @host, unless it is open already; if it begins with "-", it need not be
 * there.  The first at any port says which one that is for all. */
static gboolean
open_host (CfListener *self,
           GPtrArray *doors,
           const char *host,
           guint16 *port,
           guint flags,
           GError **error)
{
  gboolean is_optional = host[0] == '-';
  g_autoptr (GError) reason = NULL;
  CfDoor *door = find_door (self, host + is_optional, *port, flags);

  if (door != NULL)
    {
      g_ptr_array_add (doors, door);
      return TRUE;
    }
  door = cf_door_open_host (host + is_optional, *port, flags,
                            get_backlog (self), &reason);
  if (door == NULL)
    {
      if (is_optional && g_error_matches (reason, CF_ERROR, CF_ERROR_FAILED))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  add_new (self, doors, door);
  *port = cf_door_port (door);
  return TRUE;
}

static gboolean
open_hosts (CfListener *self,
            GPtrArray *doors,
            guint16 port,
            guint flags,
            GError **error)
{
  g_autofree char *bind = cf_config_get_string (self->config, CF_SETTING_BIND);
  g_auto (GStrv) hosts = g_strsplit (bind, " ", -1);

  for (guint i = 0; hosts[i] != NULL; i++)
    if (hosts[i][0] != '\0' &&
        !open_host (self, doors, hosts[i], &port, flags, error))
      return FALSE;
  return TRUE;
}

static gboolean
open_path (CfListener *self, GPtrArray *doors, const char *path, GError **error)
{
  int mode = (int) cf_config_get_int (self->config, CF_SETTING_UNIXSOCKETPERM);
  CfDoor *door = find_door (self, path, 0, CF_SESSION_UNIX);

  if (door != NULL)
    {
      g_ptr_array_add (doors, door);
      return TRUE;
    }
  door = cf_door_open_path (path, mode, get_backlog (self), error);
  if (door == NULL)
    return FALSE;
  add_new (self, doors, door);
  return TRUE;
}

/* Returns: whether there are any. */
static gboolean
keep_inherited (CfListener *self, GPtrArray *doors)
{
  for (guint i = 0; i < self->doors->len; i++)
    if (cf_door_is_inherited (self->doors->pdata[i]))
      g_ptr_array_add (doors, self->doors->pdata[i]);
  return doors->len > 0;
}

/* Opens all that the settings name. */
static gboolean
open_doors (CfListener *self, GPtrArray *doors, GError **error)
{
  CfConfig *config = self->config;
  guint16 port = (guint16) cf_config_get_int (config, CF_SETTING_PORT);
  guint16 plain = (guint16) cf_config_get_int (config, CF_SETTING_PLAIN_PORT);
  guint16 tls = (guint16) cf_config_get_int (config, CF_SETTING_TLS_PORT);
  g_autofree char *path = cf_config_get_string (config, CF_SETTING_UNIXSOCKET);
  gboolean is_only = path[0] == '\0' && plain == 0 && tls == 0;
  gboolean has_inherited = keep_inherited (self, doors);

  /* Without any other, port 0 means any that is free. */
  if (!has_inherited && (port != 0 || is_only) &&
      !open_hosts (self, doors, port, 0, error))
    return FALSE;
  if (plain != 0 && !open_hosts (self, doors, plain, CF_SESSION_PLAIN, error))
    return FALSE;
  if (tls != 0 && (!cf_arrivals_prepare_tls (self->arrivals, error) ||
                   !open_hosts (self, doors, tls, CF_SESSION_TLS, error)))
    return FALSE;
  if (path[0] != '\0' && !open_path (self, doors, path, error))
    return FALSE;
  if (doors->len == 0)
    return cf_throw (error, CF_ERROR_FAILED, "there is nothing to listen on");
  return TRUE;
}

static gboolean
is_in (const GPtrArray *doors, const CfDoor *door)
{
  return g_ptr_array_find ((GPtrArray *) doors, door, NULL);
}

/* Frees those of @doors that are not in @kept. */
static void
free_doors (GPtrArray *doors, const GPtrArray *kept)
{
  for (guint i = 0; i < doors->len; i++)
    if (!is_in (kept, doors->pdata[i]))
      cf_door_free (doors->pdata[i]);
  g_ptr_array_unref (doors);
}

static void
announce (const GPtrArray *doors, const GPtrArray *before)
{
  for (guint i = 0; i < doors->len; i++)
    {
      g_autofree char *shown = NULL;

      if (is_in (before, doors->pdata[i]))
        continue;
      shown = cf_door_describe (doors->pdata[i]);
      g_message ("listening on %s", shown);
    }
}

/* -- The listener -------------------------------------------------------- */

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
  return cf_arrivals_reload_tls (self->arrivals, error);
}

/**
 * cf_listener_inherit:
 * @self: a listener that is not open yet
 * @first_fd: the first of them
 * @n: how many there are
 * @error: return location for an error, or %NULL
 *
 * Takes over sockets that were opened for us, in place of bind and port.
 *
 * Returns: %FALSE if one of them is no socket that is listened on
 */
gboolean
cf_listener_inherit (CfListener *self, int first_fd, guint n, GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      CfDoor *door = cf_door_inherit (first_fd + (int) i, error);

      if (door == NULL)
        return FALSE;
      add_new (self, self->doors, door);
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

  self->config = engine->config;
  self->arrivals = cf_arrivals_new (engine, loops);
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
  cf_arrivals_free (self->arrivals);
  g_free (self);
}
