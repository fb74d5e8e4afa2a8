/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-shutdown.c -- the end of the daemon, asked for in every way, while it
 * is busy, idle, or stuck. */
#include "config.h"

#include <signal.h>
#include <string.h>

#include "daemon/harness.h"

#define N_CLIENTS 200
#define PIPELINE 100

/* ---- Under load --------------------------------------------------------- */

/* A client in the middle of pipelines, which all count on one key: the numbers
 * that all clients got must be 1, 2, 3, ... without a gap, else a command was
 * executed whose reply got lost. */
typedef struct
{
  CfWire *wire;
  GAsyncQueue *started; /* told of the first pipeline's end */
  GString *replies;
} Client;

/* Reads the replies of one pipeline, or what there is before the end. */
static gboolean
read_replies (Client *self)
{
  char buffer[4096];
  guint n_replies = 0;

  while (n_replies < PIPELINE)
    {
      gsize size = cf_wire_receive (self->wire, buffer, sizeof buffer);

      if (size == 0)
        return FALSE;
      g_string_append_len (self->replies, buffer, (gssize) size);
      for (gsize i = 0; i < size; i++)
        n_replies += buffer[i] == '\n';
    }
  g_assert_cmpuint (n_replies, ==, PIPELINE);
  return TRUE;
}

static gpointer
run_client (gpointer data)
{
  Client *self = data;
  g_autoptr (GString) pipeline = g_string_new (NULL);
  gboolean has_started = FALSE;

  for (int i = 0; i < PIPELINE; i++)
    g_string_append (pipeline, "INCR n\r\n");
  while (cf_wire_try_send (self->wire, pipeline->str, pipeline->len) &&
         read_replies (self))
    if (!has_started)
      {
        has_started = TRUE;
        g_async_queue_push (self->started, self);
      }
  if (!has_started)
    g_async_queue_push (self->started, self);
  return NULL;
}

/* Adds the numbers of a client; the last reply may not be cut either. */
static void
collect (GArray *numbers, const Client *client)
{
  const char *at = client->replies->str;
  guint64 before = 0;

  g_assert_true (client->replies->len > 0);
  g_assert_true (g_str_has_suffix (at, "\r\n"));
  while (*at != '\0')
    {
      char *end;
      guint64 number;

      g_assert_cmpint (*at, ==, ':');
      number = g_ascii_strtoull (at + 1, &end, 10);
      g_assert_true (g_str_has_prefix (end, "\r\n"));
      g_assert_cmpuint (number, >, before);
      g_array_append_val (numbers, number);
      before = number;
      at = end + 2;
    }
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint64 left = *(const guint64 *) a, right = *(const guint64 *) b;

  return (left > right) - (left < right);
}

static void
check_replies (const Client *clients)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (gsize i = 0; i < N_CLIENTS; i++)
    collect (numbers, &clients[i]);
  g_array_sort (numbers, compare_numbers);
  for (guint i = 0; i < numbers->len; i++)
    g_assert_cmpuint (g_array_index (numbers, guint64, i), ==, i + 1);
  g_test_message ("%u replies", numbers->len);
}

static void
end_under_load (int signal)
{
  g_autoptr (CfHarness) server = cf_harness_start (NULL, NULL);
  g_autoptr (GAsyncQueue) started = g_async_queue_new ();
  Client clients[N_CLIENTS];
  GThread *threads[N_CLIENTS];
  gint64 start_us;

  for (gsize i = 0; i < N_CLIENTS; i++)
    {
      clients[i].wire = cf_wire_open (server);
      clients[i].started = started;
      clients[i].replies = g_string_new (NULL);
      threads[i] = g_thread_new ("client", run_client, &clients[i]);
    }
  for (gsize i = 0; i < N_CLIENTS; i++)
    g_async_queue_pop (started);
  start_us = g_get_monotonic_time ();
  cf_harness_send_signal (server, signal);
  g_assert_cmpint (cf_harness_wait (server), ==, 0);
  g_test_message ("ended after %" G_GINT64_FORMAT " us",
                  g_get_monotonic_time () - start_us);
  for (gsize i = 0; i < N_CLIENTS; i++)
    g_thread_join (threads[i]);
  check_replies (clients);
  for (gsize i = 0; i < N_CLIENTS; i++)
    {
      cf_wire_close (clients[i].wire);
      g_string_free (clients[i].replies, TRUE);
    }
}

static void
test_shutdown_sigterm_under_load (void)
{
  end_under_load (SIGTERM);
}

static void
test_shutdown_sigint_under_load (void)
{
  end_under_load (SIGINT);
}

/* ---- At rest ------------------------------------------------------------ */

/* Idle connections, and those in the middle of a request, are closed. */
static void
test_shutdown_idle (void)
{
  static const char *const starts[] = { "PING\r\n", "*2\r\n$3\r\nGET\r\n", "GE",
                                        "MULTI\r\nSET a b\r\n" };
  static const char *const replies[] = { "+PONG\r\n", "", "",
                                         "+OK\r\n+QUEUED\r\n" };
  g_autoptr (CfHarness) server = cf_harness_start (NULL, NULL);
  g_autoptr (CfWire) plain = NULL;
  CfWire *wires[G_N_ELEMENTS (starts)];

  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      wires[i] = cf_wire_open_socket (server);
      cf_wire_exchange (wires[i], starts[i], replies[i]);
      cf_wire_wait_taken (wires[i]);
    }
  if (!cf_harness_is_redis (server))
    {
      plain = cf_wire_open_plain (server);
      cf_wire_exchange (plain, "set foo bar", "Ok");
    }
  cf_harness_send_signal (server, SIGTERM);
  g_assert_cmpint (cf_harness_wait (server), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      cf_wire_expect_end (wires[i]);
      cf_wire_close (wires[i]);
    }
  if (plain != NULL)
    cf_wire_expect_end (plain);
}

/* ---- By command --------------------------------------------------------- */

static void
test_shutdown_command (void)
{
  static const char *const commands[] = { "SHUTDOWN\r\n", "SHUTDOWN NOSAVE\r\n",
                                          "shutdown nosave now force\r\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autoptr (CfHarness) server = cf_harness_start (NULL, NULL);
      g_autoptr (CfWire) wire = cf_wire_open (server);
      g_autoptr (CfWire) other = cf_wire_open (server);

      cf_wire_exchange (other, "PING\r\n", "+PONG\r\n");
      cf_wire_exchange (wire, "SHUTDOWN nonsense\r\n", "-ERR syntax error\r\n");
      cf_wire_exchange (wire, "SHUTDOWN ABORT\r\n",
                        "-ERR No shutdown in progress.\r\n");
      cf_wire_say (wire, commands[i]);
      cf_wire_expect_end (wire);
      cf_wire_expect_end (other);
      g_assert_cmpint (cf_harness_wait (server), ==, 0);
    }
}

/* ---- Stuck -------------------------------------------------------------- */

static void
wait_until_deaf (const CfHarness *server)
{
  for (;;)
    {
      g_autoptr (CfWire) wire = cf_wire_try_open (server);

      if (wire == NULL)
        return;
      g_thread_yield ();
    }
}

/* Returns: (transfer full) (nullable): a wire whose command runs for longer
 * than any test; NULL: skipped. */
static CfWire *
begin_long_command (CfHarness *server)
{
  CfWire *wire;

  if (cf_harness_is_redis (server))
    {
      g_test_skip ("redis-server takes no signal while a command runs");
      return NULL;
    }
  wire = cf_wire_open_socket (server);
  cf_wire_say (wire, "DEBUG SLEEP 600\r\n");
  cf_wire_wait_taken (wire);
  return wire;
}

/* The first SIGINT waits for the command that runs, the second does not. */
static void
test_shutdown_second_sigint (void)
{
  g_autoptr (CfHarness) server = cf_harness_start (
      "--enable-debug-command", "yes", "--shutdown-timeout", "600", NULL);
  g_autoptr (CfWire) wire = begin_long_command (server);

  if (wire == NULL)
    return;
  cf_harness_send_signal (server, SIGINT);
  wait_until_deaf (server);
  cf_harness_send_signal (server, SIGINT);
  g_assert_cmpint (cf_harness_wait (server), !=, 0);
}

/* Returns when @key is set. */
static void
wait_for_key (const CfHarness *server, const char *key)
{
  g_autoptr (CfWire) wire = cf_wire_open (server);
  g_autofree char *request = g_strdup_printf ("EXISTS %s\r\n", key);
  char reply[4] = "";

  while (memcmp (reply, ":1\r\n", sizeof reply) != 0)
    {
      cf_wire_say (wire, request);
      for (gsize i = 0; i < sizeof reply; i++)
        g_assert_cmpuint (cf_wire_receive (wire, &reply[i], 1), ==, 1);
    }
}

/* While a command still runs, who comes now is refused at once, and does not
 * wait in the backlog until the end. */
static void
test_shutdown_refuses_newcomers (void)
{
  g_autoptr (CfHarness) server = cf_harness_start (
      "--enable-debug-command", "yes", "--shutdown-timeout", "600", NULL);
  g_autoptr (CfWire) wire = cf_wire_open_socket (server);
  g_autoptr (CfWire) idle = NULL;

  if (cf_harness_is_redis (server))
    {
      g_test_skip ("redis-server takes no signal while a command runs");
      return;
    }
  idle = cf_wire_open (server);
  cf_wire_exchange (idle, "PING\r\n", "+PONG\r\n");
  cf_wire_say (wire, "DEBUG SLEEP 600\r\n");
  cf_wire_wait_taken (wire);
  cf_harness_send_signal (server, SIGTERM);
  /* Who is idle is closed after nobody can come any more. */
  cf_wire_expect_end (idle);
  g_assert_null (cf_wire_try_open (server));
  cf_harness_send_signal (server, SIGINT);
  g_assert_cmpint (cf_harness_wait (server), !=, 0);
}

/* A command that runs when the end is asked for is answered. */
static void
test_shutdown_answers_running (void)
{
  g_autoptr (CfHarness) server =
      cf_harness_start ("--enable-debug-command", "yes", NULL);
  g_autoptr (CfWire) wire = cf_wire_open (server);
  g_autoptr (GString) rest = NULL;

  if (cf_harness_is_redis (server))
    {
      g_test_skip ("redis-server does not answer it");
      return;
    }
  cf_wire_say (wire, "SET started 1\r\nDEBUG SLEEP 0.5\r\n");
  wait_for_key (server, "started");
  cf_harness_send_signal (server, SIGTERM);
  rest = cf_wire_read_rest (wire);
  g_assert_cmpstr (rest->str, ==, "+OK\r\n+OK\r\n");
  g_assert_cmpint (cf_harness_wait (server), ==, 0);
}

/* It does not wait for ever, though. */
static void
test_shutdown_timeout (void)
{
  g_autoptr (CfHarness) server = cf_harness_start (
      "--enable-debug-command", "yes", "--shutdown-timeout", "1", NULL);
  g_autoptr (CfWire) wire = begin_long_command (server);

  if (wire == NULL)
    return;
  cf_harness_send_signal (server, SIGTERM);
  g_assert_cmpint (cf_harness_wait (server), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/shutdown/sigterm-under-load",
                   test_shutdown_sigterm_under_load);
  g_test_add_func ("/daemon/shutdown/sigint-under-load",
                   test_shutdown_sigint_under_load);
  g_test_add_func ("/daemon/shutdown/idle", test_shutdown_idle);
  g_test_add_func ("/daemon/shutdown/command", test_shutdown_command);
  g_test_add_func ("/daemon/shutdown/second-sigint",
                   test_shutdown_second_sigint);
  g_test_add_func ("/daemon/shutdown/refuses-newcomers",
                   test_shutdown_refuses_newcomers);
  g_test_add_func ("/daemon/shutdown/answers-running",
                   test_shutdown_answers_running);
  g_test_add_func ("/daemon/shutdown/timeout", test_shutdown_timeout);
  return g_test_run ();
}
