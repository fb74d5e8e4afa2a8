/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-pubsub.c -- messages between clients on different loops: their order,
 * what becomes of who does not read, and caches that are never stale. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "daemon/harness.h"

static CfHarness *server;

/* The bytes up to CRLF, which are dropped. */
static char *
read_line (CfWire *wire)
{
  GString *line = g_string_new (NULL);
  char c;

  for (;;)
    {
      g_assert_cmpuint (cf_wire_receive (wire, &c, 1), ==, 1);
      if (c == '\n' && line->len > 0 && line->str[line->len - 1] == '\r')
        break;
      g_string_append_c (line, c);
    }
  g_string_truncate (line, line->len - 1);
  return g_string_free (line, FALSE);
}

/* ---- The order of each publisher ---------------------------------------- */

#define N_PUBLISHERS 4
#define N_SUBSCRIBERS 6
#define N_MESSAGES 2000
#define A_PIPELINE 50

/* Publishes "NUMBER-0", ... in turn on c0, c1 and c2. */
static gpointer
publish (gpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  g_autoptr (CfWire) wire = cf_wire_open (server);

  for (guint i = 0; i < N_MESSAGES; i += A_PIPELINE)
    {
      g_autoptr (GString) requests = g_string_new (NULL);
      g_autoptr (GString) replies = g_string_new (NULL);

      for (guint j = i; j < i + A_PIPELINE; j++)
        {
          g_string_append_printf (requests, "PUBLISH c%u %u-%u\r\n", j % 3,
                                  number, j);
          g_string_append_printf (replies, ":%u\r\n", N_SUBSCRIBERS);
        }
      cf_wire_exchange (wire, requests->str, replies->str);
    }
  return NULL;
}

static gpointer
check_order (gpointer data)
{
  CfWire *wire = data;
  guint next[N_PUBLISHERS] = { 0 }, n_left = N_PUBLISHERS * N_MESSAGES;

  while (n_left > 0)
    {
      g_autofree char *line = read_line (wire);
      guint publisher, n;

      if (sscanf (line, "%u-%u", &publisher, &n) != 2)
        continue;
      g_assert_cmpuint (publisher, <, N_PUBLISHERS);
      g_assert_cmpuint (n, ==, next[publisher]);
      next[publisher]++;
      n_left--;
    }
  return NULL;
}

/* Subscribers and publishers are on different loops; every other subscriber
 * listens to a pattern. */
static void
test_pubsub_order (void)
{
  CfWire *subscribers[N_SUBSCRIBERS];
  GThread *readers[N_SUBSCRIBERS], *publishers[N_PUBLISHERS];

  for (guint i = 0; i < N_SUBSCRIBERS; i++)
    {
      subscribers[i] = cf_wire_open (server);
      if (i % 2 == 0)
        cf_wire_exchange (subscribers[i], "SUBSCRIBE c0 c1 c2\r\n",
                          "*3\r\n$9\r\nsubscribe\r\n$2\r\nc0\r\n:1\r\n"
                          "*3\r\n$9\r\nsubscribe\r\n$2\r\nc1\r\n:2\r\n"
                          "*3\r\n$9\r\nsubscribe\r\n$2\r\nc2\r\n:3\r\n");
      else
        cf_wire_exchange (subscribers[i], "PSUBSCRIBE c?\r\n",
                          "*3\r\n$10\r\npsubscribe\r\n$2\r\nc?\r\n:1\r\n");
      readers[i] = g_thread_new ("reader", check_order, subscribers[i]);
    }
  for (guint i = 0; i < N_PUBLISHERS; i++)
    publishers[i] = g_thread_new ("publisher", publish, GUINT_TO_POINTER (i));
  for (guint i = 0; i < N_PUBLISHERS; i++)
    g_thread_join (publishers[i]);
  for (guint i = 0; i < N_SUBSCRIBERS; i++)
    {
      g_thread_join (readers[i]);
      cf_wire_close (subscribers[i]);
    }
}

/* ---- Many who listen ------------------------------------------------------
 */

#define N_MANY 70
#define N_ROUNDS 20
/* Small, sent by copies, and sent by reference. */
static const guint message_sizes[] = { 1, 1000, 5000 };

/* Subscribes a client that speaks RESP2 or, if @is_new, RESP3. */
static CfWire *
listen_to_many (gboolean is_new)
{
  CfWire *wire = cf_wire_open (server);
  g_autofree char *line = NULL;

  cf_wire_say (wire,
               is_new ? "HELLO 3\r\nSUBSCRIBE many\r\n" : "SUBSCRIBE many\r\n");
  do
    {
      g_free (line);
      line = read_line (wire);
    }
  while (strcmp (line, "subscribe") != 0);
  cf_wire_expect (wire, "$4\r\nmany\r\n:1\r\n");
  return wire;
}

/* All get all, in order, though more is published while it is sent, and what
 * is not copied for each is the same for both protocols. */
static void
test_pubsub_many (void)
{
  g_autoptr (CfWire) wire = cf_wire_open (server);
  g_autoptr (GString) requests = g_string_new (NULL);
  g_autoptr (GString) messages = g_string_new (NULL);
  g_autoptr (GString) replies = g_string_new (NULL);
  CfWire *listeners[N_MANY];

  for (guint i = 0; i < N_MANY; i++)
    listeners[i] = listen_to_many (i % 3 == 0);
  for (guint i = 0; i < G_N_ELEMENTS (message_sizes); i++)
    {
      g_autofree char *text = g_strnfill (message_sizes[i], 'x');

      g_string_append_printf (requests, "PUBLISH many %s\r\n", text);
      g_string_append_printf (messages,
                              "3\r\n$7\r\nmessage\r\n$4\r\nmany\r\n"
                              "$%u\r\n%s\r\n",
                              message_sizes[i], text);
      g_string_append_printf (replies, ":%u\r\n", N_MANY);
      if (i + 1 < G_N_ELEMENTS (message_sizes))
        g_string_append_c (messages, '?'); /* the sign of the next */
    }
  for (guint i = 0; i < N_ROUNDS; i++)
    cf_wire_exchange (wire, requests->str, replies->str);
  for (guint i = 0; i < N_MANY; i++)
    {
      const char *sign = i % 3 == 0 ? ">" : "*";
      g_autofree char *own = g_strdup_printf ("%s%s", sign, messages->str);

      g_strdelimit (own, "?", sign[0]);
      for (guint j = 0; j < N_ROUNDS; j++)
        cf_wire_expect (listeners[i], own);
      cf_wire_close (listeners[i]);
    }
}

/* ---- Who does not read -------------------------------------------------- */

#define STUCK_BYTES 100000

/* A subscriber that does not read is closed at its limit, and holds up neither
 * the publisher nor the other one. */
static void
test_pubsub_stuck (void)
{
  g_autoptr (CfWire) stuck = cf_wire_open (server);
  g_autoptr (CfWire) other = cf_wire_open (server);
  g_autoptr (CfWire) wire = cf_wire_open (server);
  g_autofree char *text = g_strnfill (STUCK_BYTES, 'x');
  g_autofree char *message = g_strdup_printf (
      "*3\r\n$7\r\nmessage\r\n$1\r\ns\r\n$%d\r\n%s\r\n", STUCK_BYTES, text);
  g_autofree char *binary = g_strdup_printf (
      "*3\r\n$7\r\nPUBLISH\r\n$1\r\ns\r\n$%d\r\n%s\r\n", STUCK_BYTES, text);
  gboolean is_closed = FALSE;

  cf_wire_exchange (wire,
                    "CONFIG SET client-output-buffer-limit "
                    "\"pubsub 1mb 0 0\"\r\n",
                    "+OK\r\n");
  cf_wire_exchange (stuck, "SUBSCRIBE s\r\n",
                    "*3\r\n$9\r\nsubscribe\r\n$1\r\ns\r\n:1\r\n");
  cf_wire_exchange (other, "SUBSCRIBE s\r\n",
                    "*3\r\n$9\r\nsubscribe\r\n$1\r\ns\r\n:1\r\n");
  for (guint i = 0; i < 1000 && !is_closed; i++)
    {
      g_autofree char *reply = NULL;

      cf_wire_say (wire, binary);
      reply = read_line (wire);
      cf_wire_expect (other, message);
      is_closed = strcmp (reply, ":1") == 0;
    }
  g_assert_true (is_closed);
  cf_wire_exchange (wire,
                    "CONFIG SET client-output-buffer-limit "
                    "\"pubsub 32mb 8mb 60\"\r\n",
                    "+OK\r\n");
}

/* One whose own command takes long gets its messages when that is over, and
 * is closed if they become too many; nobody waits for it. */
static void
test_pubsub_busy (void)
{
  g_autoptr (CfWire) busy = cf_wire_open (server);
  g_autoptr (CfWire) wire = cf_wire_open (server);
  g_autofree char *hello = NULL;

  if (cf_harness_is_redis (server))
    {
      g_test_skip ("redis-server stalls");
      return;
    }
  cf_wire_say (busy, "HELLO 3\r\nSUBSCRIBE b\r\n");
  do
    {
      g_free (hello);
      hello = read_line (busy);
    }
  while (strcmp (hello, "subscribe") != 0);
  cf_wire_expect (busy, "$1\r\nb\r\n:1\r\n");
  cf_wire_say (busy, "DEBUG SLEEP 0.3\r\n");
  cf_wire_wait_taken (busy);
  for (guint i = 0; i < 100; i++)
    cf_wire_exchange (wire, "PUBLISH b x\r\n", ":1\r\n");
  cf_wire_expect (busy, "+OK\r\n");
  for (guint i = 0; i < 100; i++)
    cf_wire_expect (busy, ">3\r\n$7\r\nmessage\r\n$1\r\nb\r\n$1\r\nx\r\n");
  cf_wire_exchange (busy, "PING\r\n", "+PONG\r\n");
}

/* ---- Caches ------------------------------------------------------------- */

#define N_CHANGES 3000

static gpointer
count_up (gpointer data)
{
  g_autoptr (CfWire) wire = cf_wire_open (server);

  for (guint i = 1; i <= N_CHANGES; i++)
    {
      g_autofree char *reply = g_strdup_printf (":%u\r\n", i);

      cf_wire_exchange (wire, "INCR counter\r\n", reply);
    }
  return NULL;
}

/* Reads the value anew only when told that it changed, and must see the last
 * one in the end: it waits in vain if one invalidation is missing.  Every
 * other cache is told of all keys that begin alike. */
static gpointer
keep_cache (gpointer data)
{
  CfWire *wire = data;
  gint64 last = 0;

  while (last < N_CHANGES)
    {
      g_autofree char *head = read_line (wire);

      if (strcmp (head, ">2") == 0)
        {
          cf_wire_expect (wire, "$10\r\ninvalidate\r\n*1\r\n$7\r\ncounter\r\n");
          cf_wire_say (wire, "GET counter\r\n");
        }
      else
        {
          g_autofree char *value = read_line (wire);
          gint64 now = g_ascii_strtoll (value, NULL, 10);

          g_assert_cmpint (head[0], ==, '$');
          g_assert_cmpint (now, >=, last);
          last = now;
        }
    }
  return NULL;
}

static void
test_pubsub_caches (void)
{
  CfWire *wires[N_SUBSCRIBERS];
  GThread *caches[N_SUBSCRIBERS], *writer;

  for (guint i = 0; i < N_SUBSCRIBERS; i++)
    {
      g_autofree char *line = NULL;

      wires[i] = cf_wire_open (server);
      cf_wire_say (wires[i], i % 2 == 0 ? "HELLO 3\r\nCLIENT TRACKING ON\r\n"
                                        : "HELLO 3\r\nCLIENT TRACKING ON "
                                          "BCAST PREFIX count\r\n");
      do
        {
          g_free (line);
          line = read_line (wires[i]);
        }
      while (strcmp (line, "+OK") != 0);
      cf_wire_exchange (wires[i], "GET counter\r\n", "_\r\n");
      caches[i] = g_thread_new ("cache", keep_cache, wires[i]);
    }
  writer = g_thread_new ("writer", count_up, NULL);
  g_thread_join (writer);
  for (guint i = 0; i < N_SUBSCRIBERS; i++)
    {
      g_thread_join (caches[i]);
      cf_wire_close (wires[i]);
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  server = cf_harness_start ("--enable-debug-command", "yes", NULL);
  g_test_add_func ("/daemon/pubsub/order", test_pubsub_order);
  g_test_add_func ("/daemon/pubsub/many", test_pubsub_many);
  g_test_add_func ("/daemon/pubsub/stuck", test_pubsub_stuck);
  g_test_add_func ("/daemon/pubsub/busy", test_pubsub_busy);
  g_test_add_func ("/daemon/pubsub/caches", test_pubsub_caches);
  status = g_test_run ();
  cf_harness_stop (server);
  return status;
}
