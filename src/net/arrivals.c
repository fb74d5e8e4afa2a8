/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/arrivals.h"

#include <string.h>

#include "config/settings.h"
#include "engine/acl.h"
#include "net/handshakes.h"

struct _CfArrivals
{
  CfEngine *engine;         /* (not owned) */
  CfLoops *loops;           /* (not owned) */
  CfTls *tls;               /* (owned) */
  CfHandshakes *handshakes; /* (owned) (nullable) until there are clients by
                               TLS */
  CfStatsShard *stats;      /* (not owned) */
};

/* A client by TLS is told only when it has shaken hands. */
static void
refuse (CfArrivals *self,
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

static void
welcome (CfArrivals *self, GSocketConnection *connection, guint flags)
{
  if ((flags & CF_SESSION_TLS) != 0)
    cf_handshakes_add (self->handshakes, connection, flags, NULL);
  else
    cf_loops_add (self->loops, connection, flags, NULL);
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
is_protected (CfArrivals *self)
{
  const CfConfig *config = self->engine->config;

  return cf_config_get_bool (config, CF_SETTING_PROTECTED_MODE) &&
         cf_acl_needs_no_password (self->engine->acl);
}

static gboolean
is_full (CfArrivals *self)
{
  guint n = cf_loops_n_connections (self->loops);

  if (self->handshakes != NULL)
    n += cf_handshakes_count (self->handshakes);
  return n >= cf_config_get_int (self->engine->config, CF_SETTING_MAXCLIENTS);
}

/**
 * cf_arrivals_add:
 * @self: arrivals
 * @connection: (transfer none): a client's, accepted just now
 * @flags: of its session; by TLS only after cf_arrivals_prepare_tls()
 *
 * Has the client served, or refused.
 */
void
cf_arrivals_add (CfArrivals *self, GSocketConnection *connection, guint flags)
{
  gboolean full = is_full (self);

  /* To shake hands for a refusal would take a place as well. */
  if (full && (flags & CF_SESSION_TLS) != 0)
    cf_stats_count (self->stats, CF_STAT_REJECTED, 1);
  else if (full)
    refuse (self, connection, flags, "-ERR max number of clients reached\r\n");
  else if (is_protected (self) && !is_local (connection, flags))
    refuse (self, connection, flags,
            "-DENIED protected-mode is on and the default user needs no "
            "password, so clients are accepted from this machine only. Set "
            "'requirepass', or turn 'protected-mode' off where the network is "
            "trusted.\r\n");
  else if (!cf_acl_has_room (self->engine->acl))
    refuse (self, connection, flags,
            "-LIMIT user 'default' has as many connections as it may\r\n");
  else
    welcome (self, connection, flags);
}

/**
 * cf_arrivals_prepare_tls:
 * @self: arrivals
 * @error: return location for an error, or %NULL
 *
 * Has all ready for clients by TLS, once and for all.
 *
 * Returns: %FALSE if that cannot be
 */
gboolean
cf_arrivals_prepare_tls (CfArrivals *self, GError **error)
{
  if (self->handshakes != NULL)
    return TRUE;
  if (!cf_tls_configure (self->tls, self->engine->config, error))
    return FALSE;
  self->handshakes =
      cf_handshakes_new (self->engine, self->loops, self->tls, error);
  return self->handshakes != NULL;
}

/**
 * cf_arrivals_reload_tls:
 * @self: arrivals
 * @error: return location for an error, or %NULL
 *
 * Has new clients by TLS met as the settings, and the files that they name,
 * say now.  Those that are connected stay.  May be called in any thread.
 *
 * Returns: %FALSE if that cannot be; then all is as it was
 */
gboolean
cf_arrivals_reload_tls (CfArrivals *self, GError **error)
{
  CfConfig *config = self->engine->config;

  return !cf_config_get_bool (config, CF_SETTING_TLS_PORT) ||
         cf_tls_configure (self->tls, config, error);
}

/**
 * cf_arrivals_new:
 * @engine: (transfer none): whose clients arrive
 * @loops: (transfer none): where they are served
 *
 * Returns: (transfer full): nobody has come yet
 */
CfArrivals *
cf_arrivals_new (CfEngine *engine, CfLoops *loops)
{
  CfArrivals *self = g_new0 (CfArrivals, 1);

  self->engine = engine;
  self->loops = loops;
  self->tls = cf_tls_new ();
  self->stats = cf_stats_add_shard (engine->stats);
  return self;
}

/**
 * cf_arrivals_free:
 * @self: (nullable) (transfer full): arrivals
 *
 * Closes the connections that have not shaken hands.
 */
void
cf_arrivals_free (CfArrivals *self)
{
  if (self == NULL)
    return;
  cf_handshakes_free (self->handshakes);
  cf_tls_free (self->tls);
  g_free (self);
}
