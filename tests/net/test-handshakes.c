/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-handshakes.c -- clients that never shake hands.  Those who do, and go
 * to a loop then, are in tests/daemon/test-tls.c. */
#include "config.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/memory.h"
#include "net/handshakes.h"

typedef struct
{
  CfConfig *config;
  CfEngine *engine;
  CfTls *tls; /* without a certificate */
  CfHandshakes *handshakes;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  static const CfFamily *const families[] = { NULL };
  g_autoptr (GError) error = NULL;

  self->config = cf_config_new ();
  self->engine = cf_engine_new (self->config, families, NULL);
  self->tls = cf_tls_new ();
  self->handshakes = cf_handshakes_new (self->engine, NULL, self->tls, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  cf_handshakes_free (self->handshakes);
  cf_tls_free (self->tls);
  cf_engine_free (self->engine);
  cf_config_free (self->config);
}

static void
set (Fixture *self, CfSettingId id, const char *value)
{
  g_autoptr (GError) error = NULL;

  cf_config_set (self->config, id, value, &error);
  g_assert_no_error (error);
}

/* Returns: the client's end of a connection that is to shake hands. */
static int
connect_client (Fixture *self)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==,
                   0);
  socket = g_socket_new_from_fd (fds[1], &error);
  g_assert_no_error (error);
  connection = g_socket_connection_factory_create_connection (socket);
  cf_handshakes_add (self->handshakes, connection, 0, NULL);
  return fds[0];
}

/* Waits until the other end is closed, and closes this one. */
static void
assert_closed (int fd)
{
  char byte;

  while (read (fd, &byte, 1) > 0)
    ;
  close (fd);
}

/* -- Cases ---------------------------------------------------------------- */

static void
test_handshakes_silent (Fixture *self, gconstpointer data)
{
  gint64 start_us = g_get_monotonic_time ();

  set (self, CF_SETTING_TLS_HANDSHAKE_TIMEOUT, "100");
  assert_closed (connect_client (self));
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, 90 * 1000);
  g_assert_cmpuint (cf_handshakes_count (self->handshakes), ==, 0);
}

static void
test_handshakes_no_tls (Fixture *self, gconstpointer data)
{
  int fd = connect_client (self);

  g_assert_cmpint (write (fd, "PING\r\n", 6), ==, 6);
  assert_closed (fd);
  g_assert_cmpuint (cf_handshakes_count (self->handshakes), ==, 0);
}

/* The oldest goes when more than half of all clients would be here. */
static void
test_handshakes_excess (Fixture *self, gconstpointer data)
{
  int fds[3];

  set (self, CF_SETTING_MAXCLIENTS, "4");
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = connect_client (self);
  assert_closed (fds[0]);
  g_assert_cmpuint (cf_handshakes_count (self->handshakes), ==, 2);
  g_assert_cmpint (recv (fds[1], &(char){ 0 }, 1, MSG_DONTWAIT), ==, -1);
  close (fds[1]);
  close (fds[2]);
}

/* Those who are left at the end are closed. */
static void
test_handshakes_end (Fixture *self, gconstpointer data)
{
  int fd = connect_client (self);

  g_assert_cmpuint (cf_handshakes_count (self->handshakes), ==, 1);
  g_clear_pointer (&self->handshakes, cf_handshakes_free);
  assert_closed (fd);
}

#define ADD(path, function)                                                    \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  static const guint8 seed[16] = "a constant seed";

  g_test_init (&argc, &argv, NULL);
  cf_hash_init (seed);
  cf_clock_init ();
  cf_memory_init ();
  ADD ("/net/handshakes/silent", test_handshakes_silent);
  ADD ("/net/handshakes/no-tls", test_handshakes_no_tls);
  ADD ("/net/handshakes/excess", test_handshakes_excess);
  ADD ("/net/handshakes/end", test_handshakes_end);
  return g_test_run ();
}
