/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-stuck.c -- scripts that loop, a subscriber that does not read and TLS
 * handshakes that never end, all at once and more of them than there are
 * loops: the others are served as if they were not there. */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "daemon/harness.h"
#include "daemon/tls-wire.h"

#define N_SCRIPTS 6
#define N_HANDSHAKES 40
#define N_OTHERS 4
#define N_ROUNDS 20
#define UNREAD 20 /* messages of ... */
#define MESSAGE 500000
#define SHA_OF_LOOP "c93362c509929e6f3083e2713c5db605070ecf16"

static char *folder;
static CfHarness *server;
static guint16 port;

static const CfTlsOptions usual = { .authority = "authority",
                                    .certificate = "client" };

typedef struct
{
  CfWire *scripts[N_SCRIPTS];
  CfWire *subscriber;
  int handshakes[N_HANDSHAKES];
} Stuck;

/* -- Those that are stuck ------------------------------------------------ */

/* Until the script with the key is at work. */
static void
wait_busy (CfWire *wire, guint i)
{
  g_autofree char *request = g_strdup_printf ("SET loop%u x\r\n", i);
  char reply[256];

  do
    {
      gsize size;

      cf_wire_say (wire, request);
      size = cf_wire_receive (wire, reply, sizeof reply);
      g_assert_cmpuint (size, >=, 5);
    }
  while (memcmp (reply, "-BUSY", 5) != 0);
}

static void
begin_scripts (Stuck *self, CfWire *wire)
{
  for (guint i = 0; i < N_SCRIPTS; i++)
    {
      g_autofree char *request = g_strdup_printf (
          "EVAL 'redis.call(\"GET\",KEYS[1]) while true do end' 1 loop%u\r\n",
          i);

      self->scripts[i] = cf_wire_open (server);
      cf_wire_say (self->scripts[i], request);
    }
  for (guint i = 0; i < N_SCRIPTS; i++)
    wait_busy (wire, i);
}

/* It gets more than its socket holds. */
static void
begin_subscriber (Stuck *self, CfWire *wire)
{
  g_autofree char *text = g_strnfill (MESSAGE, 'm');
  g_autofree char *publish = g_strdup_printf (
      "*3\r\n$7\r\nPUBLISH\r\n$5\r\nstuck\r\n$%d\r\n%s\r\n", MESSAGE, text);

  self->subscriber = cf_wire_open (server);
  cf_wire_exchange (self->subscriber, "SUBSCRIBE stuck\r\n",
                    "*3\r\n$9\r\nsubscribe\r\n$5\r\nstuck\r\n:1\r\n");
  for (guint i = 0; i < UNREAD; i++)
    cf_wire_exchange (wire, publish, ":1\r\n");
}

/* Each stops somewhere else in what a client says first. */
static void
begin_handshakes (Stuck *self)
{
  g_autoptr (GString) hello = cf_tls_wire_hello (folder, &usual);

  for (guint i = 0; i < N_HANDSHAKES; i++)
    {
      gsize size = hello->len * (i + 1) / N_HANDSHAKES;

      self->handshakes[i] = cf_tls_wire_connect (port);
      g_assert_cmpint (write (self->handshakes[i], hello->str, size), ==,
                       (gssize) size);
    }
}

static void
end_scripts (Stuck *self, CfWire *wire)
{
  /* All of them had to be at work all the time. */
  for (guint i = 0; i < N_SCRIPTS; i++)
    g_assert_cmpint (
        g_socket_get_available_bytes (cf_wire_get_socket (self->scripts[i])),
        ==, 0);
  cf_wire_exchange (wire, "SCRIPT KILL\r\n", "+OK\r\n");
  for (guint i = 0; i < N_SCRIPTS; i++)
    {
      cf_wire_expect (
          self->scripts[i],
          "-ERR Script killed by user with SCRIPT KILL... script: " SHA_OF_LOOP
          ", on @user_script:1.\r\n");
      cf_wire_close (self->scripts[i]);
    }
}

/* Nothing of what it did not read is lost. */
static void
end_subscriber (Stuck *self)
{
  g_autofree char *text = g_strnfill (MESSAGE, 'm');
  g_autofree char *message = g_strdup_printf (
      "*3\r\n$7\r\nmessage\r\n$5\r\nstuck\r\n$%d\r\n%s\r\n", MESSAGE, text);

  for (guint i = 0; i < UNREAD; i++)
    cf_wire_expect (self->subscriber, message);
  cf_wire_close (self->subscriber);
}

/* -- The others ---------------------------------------------------------- */

/* What came before and what is new, with TLS and without. */
static void
use_all (CfWire **others, CfTlsWire *secure, CfWire *listener)
{
  g_autoptr (CfWire) fresh = cf_wire_open (server);
  g_autoptr (CfTlsWire) fresh_secure = cf_tls_wire_open (port, folder, &usual);

  for (guint i = 0; i < N_OTHERS; i++)
    cf_wire_exchange (others[i], "SET key value\r\nGET key\r\n",
                      "+OK\r\n$5\r\nvalue\r\n");
  cf_wire_exchange (fresh,
                    "EVAL 'return redis.call(\"GET\",KEYS[1])' 1 key\r\n",
                    "$5\r\nvalue\r\n");
  cf_tls_wire_exchange (secure, "GET key\r\n", "$5\r\nvalue\r\n");
  cf_tls_wire_exchange (fresh_secure, "PUBLISH news n\r\n", ":1\r\n");
  cf_wire_expect (listener, "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\nn\r\n");
}

static void
test_stuck_all (void)
{
  g_autoptr (CfWire) wire = cf_wire_open (server);
  g_autoptr (CfWire) listener = cf_wire_open (server);
  g_autoptr (CfTlsWire) secure = cf_tls_wire_open (port, folder, &usual);
  CfWire *others[N_OTHERS];
  Stuck stuck;

  for (guint i = 0; i < N_OTHERS; i++)
    others[i] = cf_wire_open (server);
  cf_wire_exchange (listener, "SUBSCRIBE news\r\n",
                    "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n");
  begin_handshakes (&stuck);
  begin_subscriber (&stuck, wire);
  begin_scripts (&stuck, wire);
  for (guint i = 0; i < N_ROUNDS; i++)
    use_all (others, secure, listener);
  end_scripts (&stuck, wire);
  end_subscriber (&stuck);
  for (guint i = 0; i < N_HANDSHAKES; i++)
    close (stuck.handshakes[i]);
  use_all (others, secure, listener);
  for (guint i = 0; i < N_OTHERS; i++)
    cf_wire_close (others[i]);
}

static void
start (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autofree char *certificate = g_build_filename (folder, "server.crt", NULL);
  g_autofree char *key = g_build_filename (folder, "server.key", NULL);
  g_autofree char *authority = g_build_filename (folder, "authority.crt", NULL);
  g_autofree char *number = NULL;

  port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  number = g_strdup_printf ("%u", port);
  g_socket_listener_close (listener);
  server = cf_harness_start (
      "--tls-port", number, "--tls-cert-file", certificate, "--tls-key-file",
      key, "--tls-ca-cert-file", authority, "--tls-handshake-timeout", "60000",
      "--busy-reply-threshold", "100", "--client-output-buffer-limit",
      "pubsub 0 0 0", "--io-threads", "2", NULL);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/stuck/all", test_stuck_all);
  folder = cf_certificates_make ();
  start ();
  status = g_test_run ();
  cf_harness_stop (server);
  cf_certificates_remove (folder);
  return status;
}
