/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "repl/target.h"

/* A listening socket that nobody accepts from, and its port. */
static GSocket *
listen_mute (guint16 *port)
{
  g_autoptr (GInetAddress) loopback =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) local = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_TCP, NULL);

  g_assert_true (g_socket_bind (socket, address, TRUE, NULL));
  g_assert_true (g_socket_listen (socket, NULL));
  local = g_socket_get_local_address (socket, NULL);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
  return socket;
}

static void
test_lines (void)
{
  gint stop = FALSE;
  gboolean refused;
  guint16 port;
  g_autoptr (GSocket) listener = listen_mute (&port);
  g_autoptr (CfTarget) target =
      cf_target_connect ("127.0.0.1", port, 5000, &stop, &refused);
  g_autoptr (GSocket) peer = g_socket_accept (listener, NULL, NULL);
  g_autoptr (GString) line = g_string_new ("before");
  g_autofree char *long_line = g_strnfill (5000, 'x');
  char bytes[16];

  g_assert_nonnull (target);
  g_assert_true (cf_target_write (target, CF_SLICE ("PING\r\n")));
  g_assert_cmpint (g_socket_receive (peer, bytes, sizeof bytes, NULL, NULL), ==,
                   6);
  g_assert_cmpmem (bytes, 6, "PING\r\n", 6);
  g_assert_cmpint (g_socket_send (peer, "+PONG\r\n\r\n-ERR", 13, NULL, NULL),
                   ==, 13);
  g_assert_true (cf_target_read_line (target, line));
  g_assert_cmpstr (line->str, ==, "+PONG");
  g_assert_true (cf_target_read_line (target, line));
  g_assert_cmpstr (line->str, ==, "");
  g_assert_cmpint (g_socket_send (peer, long_line, 5000, NULL, NULL), ==, 5000);
  g_assert_cmpint (g_socket_send (peer, "\n+", 2, NULL, NULL), ==, 2);
  g_assert_true (cf_target_read_line (target, line));
  g_assert_cmpuint (line->len, ==, CF_TARGET_LINE_MAX);
  /* The end comes within a line. */
  g_assert_true (g_socket_close (peer, NULL));
  g_assert_false (cf_target_read_line (target, line));
}

static void
test_timeout (void)
{
  gint stop = FALSE;
  gboolean refused;
  guint16 port;
  g_autoptr (GSocket) listener = listen_mute (&port);
  g_autoptr (CfTarget) target =
      cf_target_connect ("127.0.0.1", port, 20, &stop, &refused);
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *much = g_malloc0 (32 * 1024 * 1024);

  g_assert_nonnull (target);
  g_assert_false (cf_target_read_line (target, line));
  g_assert_false (cf_target_write (target, cf_slice (much, 32 * 1024 * 1024)));
}

static void
test_stop (void)
{
  gint stop = FALSE;
  gboolean refused;
  guint16 port;
  g_autoptr (GSocket) listener = listen_mute (&port);
  g_autoptr (CfTarget) target =
      cf_target_connect ("127.0.0.1", port, 3600000, &stop, &refused);
  g_autoptr (GString) line = g_string_new (NULL);

  g_atomic_int_set (&stop, TRUE);
  g_assert_false (cf_target_read_line (target, line));
}

static void
test_refused (void)
{
  gint stop = FALSE;
  gboolean refused;
  guint16 port;
  g_autoptr (GSocket) listener = listen_mute (&port);

  g_assert_true (g_socket_close (listener, NULL));
  g_assert_null (cf_target_connect ("127.0.0.1", port, 1000, &stop, &refused));
  g_assert_true (refused);
  g_assert_null (cf_target_connect ("", port, 1000, &stop, &refused));
  g_assert_false (refused);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/repl/target/lines", test_lines);
  g_test_add_func ("/repl/target/timeout", test_timeout);
  g_test_add_func ("/repl/target/stop", test_stop);
  g_test_add_func ("/repl/target/refused", test_refused);
  return g_test_run ();
}
