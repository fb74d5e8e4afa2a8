/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gunixsocketaddress.h>

#include "net/address.h"

static void
assert_shown (GSocketAddress *address, const char *wanted)
{
  g_autofree char *shown = cf_address_describe (address);

  g_assert_cmpstr (shown, ==, wanted);
  g_clear_object (&address);
}

static void
test_describe (void)
{
  assert_shown (g_inet_socket_address_new_from_string ("127.0.0.1", 6379),
                "127.0.0.1:6379");
  assert_shown (g_inet_socket_address_new_from_string ("::1", 65535),
                "[::1]:65535");
  assert_shown (g_unix_socket_address_new ("/run/coffer/socket"),
                "/run/coffer/socket:0");
  assert_shown (NULL, "?:0");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/address/describe", test_describe);
  return g_test_run ();
}
