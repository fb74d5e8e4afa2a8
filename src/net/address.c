/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/address.h"

#include <gio/gunixsocketaddress.h>

static char *
describe_inet (GInetSocketAddress *address)
{
  GInetAddress *ip = g_inet_socket_address_get_address (address);
  gboolean is_v6 = g_inet_address_get_family (ip) == G_SOCKET_FAMILY_IPV6;
  g_autofree char *host = g_inet_address_to_string (ip);

  return g_strdup_printf (is_v6 ? "[%s]:%u" : "%s:%u", host,
                          g_inet_socket_address_get_port (address));
}

/**
 * cf_address_describe:
 * @address: (nullable): where one end of a connection is
 *
 * Returns: (transfer full): it, as CLIENT LIST shows addresses: "HOST:PORT",
 *   "[HOST]:PORT" with IPv6, "PATH:0", "?:0" if nobody knows
 */
char *
cf_address_describe (GSocketAddress *address)
{
  if (address != NULL && G_IS_INET_SOCKET_ADDRESS (address))
    return describe_inet (G_INET_SOCKET_ADDRESS (address));
  if (address != NULL && G_IS_UNIX_SOCKET_ADDRESS (address))
    return g_strdup_printf ("%s:0", g_unix_socket_address_get_path (
                                        G_UNIX_SOCKET_ADDRESS (address)));
  return g_strdup ("?:0");
}
