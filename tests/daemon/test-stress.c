/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-stress.c -- clients that do what they should not, all at once, until
 * the server is told to end; and what such clients leave behind. */
#include "config.h"

#include <signal.h>
#include <string.h>

#include "daemon/harness.h"

/* ---- All at once -------------------------------------------------------- */

#define N_CLIENTS 12
#define N_KEYS 12
#define STRESS_US (1500 * 1000)
/* What a client waits for before it goes on, or away. */
#define PATIENCE_US 3000

typedef struct
{
  const CfHarness *server;
  guint32 seed;
  guint n_requests;
} Client;

/* %k is a key, %n a small number, %b a long text. */
static const char *const requests[] = {
  "SET %k %n",
  "SET %k %b",
  "SET %k %n PX %n",
  "GET %k",
  "GETRANGE %k 0 -1",
  "GETDEL %k",
  "APPEND %k %b",
  "INCR %k",
  "DEL %k %k %k",
  "UNLINK %k %k",
  "MSET %k %n %k %b %k %n",
  "MGET %k %k %k %k",
  "SETRANGE %k 90%n000 x",
  "BITOP XOR %k %k %k",
  "BITCOUNT %k",
  "LCS %k %k LEN",
  "RENAME %k %k",
  "COPY %k %k REPLACE",
  "PEXPIRE %k %n",
  "PERSIST %k",
  "WATCH %k %k",
  "WATCH %k",
  "UNWATCH",
  "MULTI",
  "EXEC",
  "EXEC",
  "DISCARD",
  "SELECT 0",
  "SELECT 1",
  "SWAPDB 0 1",
  "FLUSHALL",
  "FLUSHDB ASYNC",
  "KEYS *",
  "SCAN 0 COUNT 1000",
  "DBSIZE",
  "RANDOMKEY",
  "INFO",
  "CLIENT LIST",
  "CLIENT INFO",
  "CLIENT ID",
  "CLIENT SETNAME n%n",
  "CLIENT KILL ID %n",
  "CLIENT KILL TYPE replica",
  "CLIENT UNBLOCK %n",
  "CLIENT PAUSE %n WRITE",
  "CLIENT PAUSE %n ALL",
  "CLIENT UNPAUSE",
  "CLIENT REPLY SKIP",
  "CLIENT NO-TOUCH ON",
  "WAIT 1 %n",
  "MONITOR",
  "SUBSCRIBE %k %k",
  "UNSUBSCRIBE %k",
  "UNSUBSCRIBE",
  "PSUBSCRIBE %k*",
  "PSUBSCRIBE __key*",
  "PUNSUBSCRIBE",
  "SSUBSCRIBE %k",
  "SUNSUBSCRIBE",
  "PUBLISH %k %b",
  "SPUBLISH %k %n",
  "PUBSUB CHANNELS %k*",
  "CLIENT TRACKING ON",
  "CLIENT TRACKING ON NOLOOP REDIRECT %n",
  "CLIENT TRACKING ON BCAST",
  "CLIENT TRACKING OFF",
  "CONFIG SET notify-keyspace-events KEAmn",
  "CONFIG SET tracking-table-max-keys %n",
  "RESET",
  "HELLO 3",
  "OBJECT ENCODING %k",
  "MEMORY USAGE %k",
  "SLOWLOG GET 10",
  "SLOWLOG RESET",
  "LATENCY RESET",
  "DEBUG SLEEP 0.00%n",
  "DEBUG POPULATE %n",
  "CONFIG SET slowlog-log-slower-than %n",
  "CONFIG SET latency-monitor-threshold %n",
  "CONFIG SET maxmemory-policy allkeys-lfu",
  "CONFIG SET maxmemory-policy allkeys-random",
  "CONFIG SET maxmemory %n0mb",
  "CONFIG SET maxmemory 0",
  "CONFIG SET maxmemory-clients %n0mb",
  "CONFIG SET maxmemory-clients 0",
  "CONFIG SET timeout %n",
  "CONFIG SET timeout 0",
  "CONFIG GET *",
  "CONFIG RESETSTAT",
};

static void
append_long (GString *text, GRand *rand)
{
  gsize size = (gsize) 1 << g_rand_int_range (rand, 4, 18);

  for (gsize i = 0; i < size; i++)
    g_string_append_c (text, (char) ('a' + i % 7));
}

static void
append_request (GString *text, GRand *rand)
{
  const char *form =
      requests[g_rand_int_range (rand, 0, G_N_ELEMENTS (requests))];

  for (; *form != '\0'; form++)
    if (*form != '%')
      g_string_append_c (text, *form);
    else if (*++form == 'k')
      g_string_append_printf (text, "k%d", g_rand_int_range (rand, 0, N_KEYS));
    else if (*form == 'n')
      g_string_append_printf (text, "%d", g_rand_int_range (rand, 1, 60));
    else
      append_long (text, rand);
  g_string_append (text, "\r\n");
}

/* The line that the server reads at once may only be so long. */
static void
append_requests (GString *text, GRand *rand, guint n)
{
  while (n-- > 0)
    {
      gsize before = text->len;

      append_request (text, rand);
      if (text->len - before > 60000)
        g_string_truncate (text, before);
    }
}

/* Drops what comes until nothing does for a while.  FALSE: the end came. */
static gboolean
drop_replies (CfWire *wire)
{
  GSocket *socket = cf_wire_get_socket (wire);
  char buffer[16 * 1024];

  while (
      g_socket_condition_timed_wait (socket, G_IO_IN, PATIENCE_US, NULL, NULL))
    if (g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL) <= 0)
      return FALSE;
  return TRUE;
}

/* Works on connection after connection until there is none to be had. */
static gpointer
run_client (gpointer data)
{
  Client *self = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (self->seed);
  CfWire *wire;

  while ((wire = cf_wire_try_open (self->server)) != NULL)
    {
      gboolean goes_on = TRUE;

      while (goes_on && g_rand_int_range (rand, 0, 12) != 0)
        {
          g_autoptr (GString) text = g_string_new (NULL);
          guint n = (guint) g_rand_int_range (rand, 1, 40);

          append_requests (text, rand, n);
          self->n_requests += n;
          goes_on = cf_wire_try_send (wire, text->str, text->len) &&
                    (g_rand_int_range (rand, 0, 4) == 0 || drop_replies (wire));
        }
      cf_wire_close (wire);
    }
  return NULL;
}

static void
test_stress_everything (void)
{
  g_autoptr (CfHarness) server =
      cf_harness_start ("--enable-debug-command", "yes", NULL);
  Client clients[N_CLIENTS];
  GThread *threads[N_CLIENTS];
  guint n_requests = 0;

  for (guint i = 0; i < N_CLIENTS; i++)
    {
      clients[i] = (Client){ server, g_test_rand_int (), 0 };
      threads[i] = g_thread_new ("client", run_client, &clients[i]);
    }
  g_usleep (STRESS_US);
  cf_harness_send_signal (server, SIGTERM);
  g_assert_cmpint (cf_harness_wait (server), ==, 0);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_thread_join (threads[i]);
      n_requests += clients[i].n_requests;
    }
  g_test_message ("%u requests", n_requests);
}

/* ---- What watchers leave ------------------------------------------------ */

#define N_ROUNDS 200
#define N_WATCHES 50

static gpointer
watch_and_leave (gpointer data)
{
  const CfHarness *server = data;
  g_autoptr (GString) text = g_string_new ("WATCH");

  for (int i = 0; i < N_WATCHES; i++)
    g_string_append_printf (text, " w%d", i);
  g_string_append (text, "\r\n");
  for (int i = 0; i < N_ROUNDS; i++)
    {
      g_autoptr (CfWire) wire = cf_wire_open (server);

      cf_wire_exchange (wire, text->str, "+OK\r\n");
    }
  return NULL;
}

/* Watchers go away while others work on the whole keyspace. */
static void
test_stress_watchers_leave (void)
{
  g_autoptr (CfHarness) server = cf_harness_start (NULL, NULL);
  g_autoptr (CfWire) wire = cf_wire_open (server);
  GThread *threads[3];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("watcher", watch_and_leave, server);
  for (int i = 0; i < 2 * N_ROUNDS; i++)
    cf_wire_exchange (wire, "FLUSHALL\r\nSWAPDB 0 1\r\n", "+OK\r\n+OK\r\n");
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  cf_harness_send_signal (server, SIGTERM);
  g_assert_cmpint (cf_harness_wait (server), ==, 0);
}

/* One that watches, and does not read what it asked for, is there when the
 * patience at the end is over. */
static void
test_stress_watcher_at_the_end (void)
{
  g_autoptr (CfHarness) server =
      cf_harness_start ("--shutdown-timeout", "1", NULL);
  g_autoptr (CfWire) wire = cf_wire_open_socket (server);

  cf_wire_exchange (wire, "SETRANGE big 30000000 x\r\n", ":30000001\r\n");
  cf_wire_exchange (wire, "WATCH key\r\n", "+OK\r\n");
  cf_wire_say (wire, "GET big\r\n");
  cf_wire_wait_taken (wire);
  cf_wire_expect (wire, "$30000001\r\n");
  cf_harness_send_signal (server, SIGTERM);
  g_assert_cmpint (cf_harness_wait (server), ==, 0);
}

/* ---- Who waits for the end of a pause ----------------------------------- */

#define N_PAUSES 1000
#define N_WRITERS 4

typedef struct
{
  CfWire *wire;
  gint *is_over; /* (atomic) */
} Writer;

static gpointer
write_until_over (gpointer data)
{
  Writer *self = data;

  while (!g_atomic_int_get (self->is_over))
    cf_wire_exchange (self->wire, "SET a b\r\n", "+OK\r\n");
  return NULL;
}

/* Nobody misses the end of a pause that would have been long. */
static void
test_stress_pauses (void)
{
  g_autoptr (CfHarness) server = cf_harness_start (NULL, NULL);
  g_autoptr (CfWire) wire = cf_wire_open (server);
  Writer writers[N_WRITERS];
  GThread *threads[N_WRITERS];
  gint is_over = FALSE;

  for (guint i = 0; i < N_WRITERS; i++)
    {
      writers[i] = (Writer){ cf_wire_open (server), &is_over };
      threads[i] = g_thread_new ("writer", write_until_over, &writers[i]);
    }
  for (int i = 0; i < N_PAUSES; i++)
    {
      cf_wire_exchange (wire, "CLIENT PAUSE 3600000 WRITE\r\n", "+OK\r\n");
      cf_wire_exchange (wire, "CLIENT UNPAUSE\r\n", "+OK\r\n");
    }
  /* One that still waits fails by its own patience. */
  g_atomic_int_set (&is_over, TRUE);
  for (guint i = 0; i < N_WRITERS; i++)
    {
      g_thread_join (threads[i]);
      cf_wire_close (writers[i].wire);
    }
}

/* ---- What a block may take ---------------------------------------------- */

/* A block counts as part of what was received, which is limited. */
static void
test_stress_long_block (void)
{
  g_autoptr (CfHarness) server =
      cf_harness_start ("--client-query-buffer-limit", "1mb", NULL);
  g_autoptr (CfWire) wire = cf_wire_open (server);
  g_autoptr (GString) request = g_string_new ("SET key ");
  gboolean is_open = TRUE;
  int n = 0;

  while (request->len < 10000)
    g_string_append_c (request, 'x');
  g_string_append (request, "\r\n");
  cf_wire_exchange (wire, "MULTI\r\n", "+OK\r\n");
  for (; is_open && n < 1000; n++)
    is_open = cf_wire_try_send (wire, request->str, request->len) &&
              drop_replies (wire);
  g_assert_cmpint (n, >, 80);
  g_assert_cmpint (n, <, 300);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/stress/everything", test_stress_everything);
  g_test_add_func ("/daemon/stress/watchers-leave", test_stress_watchers_leave);
  g_test_add_func ("/daemon/stress/watcher-at-the-end",
                   test_stress_watcher_at_the_end);
  g_test_add_func ("/daemon/stress/pauses", test_stress_pauses);
  g_test_add_func ("/daemon/stress/long-block", test_stress_long_block);
  return g_test_run ();
}
