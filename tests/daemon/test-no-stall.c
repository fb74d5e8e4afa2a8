/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-no-stall.c -- whatever one client does, the others are answered.
 *
 * bench/ measures how soon; here it is enough that they do not wait until the
 * other is done. */
#include "config.h"

#include <string.h>

#include "daemon/harness.h"

#define N_SLEEPERS 8
#define N_OTHERS 6
#define N_IDLE 400
#define N_STRANGERS 1000
#define BIG_VALUE 200000
#define FILL_STEP 1000
#define TRIES 20

static CfHarness *server;

static gboolean
skip_redis (void)
{
  if (cf_harness_is_redis (server))
    g_test_skip ("redis-server stalls");
  return cf_harness_is_redis (server);
}

static void
use (CfWire *wire, guint i)
{
  g_autofree char *requests =
      g_strdup_printf ("SET other%u %u\r\nGET other%u\r\nPING\r\n", i, i, i);
  g_autofree char *replies =
      g_strdup_printf ("+OK\r\n$1\r\n%u\r\n+PONG\r\n", i);

  cf_wire_exchange (wire, requests, replies);
}

/* More commands that take their time than there are loops: connections that
 * were there before are answered, and so are new ones, before those are. */
static void
test_no_stall_sleepers (void)
{
  CfWire *sleepers[N_SLEEPERS], *others[N_OTHERS];

  if (skip_redis ())
    return;
  for (guint i = 0; i < N_OTHERS; i++)
    use (others[i] = cf_wire_open (server), i);
  for (guint i = 0; i < N_SLEEPERS; i++)
    {
      sleepers[i] = cf_wire_open_socket (server);
      cf_wire_say (sleepers[i], "DEBUG SLEEP 2\r\nECHO next\r\n");
      cf_wire_wait_taken (sleepers[i]);
    }
  for (guint i = 0; i < N_OTHERS; i++)
    {
      g_autoptr (CfWire) fresh = cf_wire_open (server);

      use (others[i], i);
      use (fresh, i);
    }
  for (guint i = 0; i < N_SLEEPERS; i++)
    g_assert_cmpint (
        g_socket_get_available_bytes (cf_wire_get_socket (sleepers[i])), ==, 0);
  for (guint i = 0; i < N_SLEEPERS; i++)
    {
      cf_wire_expect (sleepers[i], "+OK\r\n$4\r\nnext\r\n");
      cf_wire_exchange (sleepers[i], "PING\r\n", "+PONG\r\n");
      cf_wire_close (sleepers[i]);
    }
  for (guint i = 0; i < N_OTHERS; i++)
    {
      use (others[i], i);
      cf_wire_close (others[i]);
    }
}

/* ---- Commands that compute ---------------------------------------------- */

typedef struct
{
  const char *command;
  gint done; /* (atomic) */
  gint64 elapsed_us;
} Work;

/* The reply may be long; what is behind it shows its end. */
#define THE_END "\r\nECHO the-end\r\n"

static void
read_to_the_end (CfWire *wire)
{
  char buffer[64 * 1024];
  gsize size;

  do
    size = cf_wire_receive (wire, buffer, sizeof buffer);
  while (size > 0 &&
         (size < 9 || memcmp (buffer + size - 9, "the-end\r\n", 9) != 0));
  g_assert_cmpuint (size, >, 0);
}

static gpointer
work (gpointer data)
{
  Work *self = data;
  g_autoptr (CfWire) wire = cf_wire_open (server);
  g_autoptr (GString) request = g_string_new (self->command);
  gint64 start_us = g_get_monotonic_time ();

  g_string_append (request, THE_END);
  cf_wire_say (wire, request->str);
  read_to_the_end (wire);
  self->elapsed_us = g_get_monotonic_time () - start_us;
  g_atomic_int_set (&self->done, TRUE);
  return NULL;
}

/* The longest that another client waited while @command ran. */
static gint64
run_beside (const char *command, gint64 *elapsed_us)
{
  Work self = { command, FALSE, 0 };
  g_autoptr (CfWire) wire = cf_wire_open (server);
  GThread *thread = g_thread_new ("work", work, &self);
  gint64 longest_us = 0;

  while (!g_atomic_int_get (&self.done))
    {
      gint64 start_us = g_get_monotonic_time ();

      use (wire, 1);
      longest_us = MAX (longest_us, g_get_monotonic_time () - start_us);
    }
  g_thread_join (thread);
  *elapsed_us = self.elapsed_us;
  return longest_us;
}

static void
test_no_stall_long_commands (void)
{
  static const struct
  {
    const char *setup, *setup_reply, *command;
  } commands[] = {
    { "SETRANGE a 8000 x\r\nSETRANGE b 8000 y\r\n", ":8001\r\n:8001\r\n",
      "LCS a b IDX MINMATCHLEN 9000" },
    { "DEBUG POPULATE 300000\r\n", "+OK\r\n", "KEYS *" },
    { "PING\r\n", "+PONG\r\n", "FLUSHALL SYNC" },
    { "SETBIT big 400000000 1\r\n", ":0\r\n", "BITOP NOT other-big big" },
    { "PING\r\n", "+PONG\r\n", "BITCOUNT big" },
    { "PING\r\n", "+PONG\r\n", "DEL big other-big" },
  };

  if (skip_redis ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autoptr (CfWire) wire = cf_wire_open (server);
      gint64 longest_us, elapsed_us;

      cf_wire_exchange (wire, commands[i].setup, commands[i].setup_reply);
      longest_us = run_beside (commands[i].command, &elapsed_us);
      g_test_message ("%s: %" G_GINT64_FORMAT " us, others at most "
                      "%" G_GINT64_FORMAT " us",
                      commands[i].command, elapsed_us, longest_us);
      /* A busy machine alone may cost a fraction of a second. */
      g_assert_cmpint (longest_us, <, elapsed_us / 2 + G_USEC_PER_SEC * 3 / 10);
    }
}

static void
fill (const char *command, guint n)
{
  g_autoptr (CfWire) wire = cf_wire_open (server);

  for (guint i = 0; i < n; i += FILL_STEP)
    {
      g_autoptr (GString) request = g_string_new (command);

      for (guint j = 0; j < FILL_STEP; j++)
        g_string_append_printf (request, " %u", (i + j) * 7919 % n);
      g_string_append (request, "\r\n");
      cf_wire_say (wire, request->str);
    }
  cf_wire_say (wire, THE_END);
  read_to_the_end (wire);
}

/* Whether all others are answered before @command is. */
static gboolean
is_outrun (CfWire **others, const char *command)
{
  g_autoptr (CfWire) wire = cf_wire_open_socket (server);
  gboolean is_quiet;

  cf_wire_say (wire, command);
  cf_wire_wait_taken (wire);
  for (guint i = 0; i < N_OTHERS; i++)
    use (others[i], i);
  is_quiet = g_socket_get_available_bytes (cf_wire_get_socket (wire)) == 0;
  cf_wire_say (wire, THE_END);
  read_to_the_end (wire);
  return is_quiet;
}

/* Where these held up a loop, its clients would never be first; elsewhere
 * they are, but for an accident of scheduling. */
static void
test_no_stall_big_values (void)
{
  const char *const commands[] = { "SORT numbers\r\n",
                                   "SORT members STORE sorted\r\n",
                                   "DUMP members\r\n", NULL };
  g_autoptr (CfHarness) target = NULL;
  g_autofree char *migrate = NULL;
  CfWire *others[N_OTHERS];

  if (skip_redis ())
    return;
  target = cf_harness_start (NULL, NULL);
  migrate = g_strdup_printf ("MIGRATE 127.0.0.1 %u members 0 60000 COPY "
                             "REPLACE\r\n",
                             cf_harness_get_port (target));
  fill ("RPUSH numbers", BIG_VALUE);
  fill ("SADD members", BIG_VALUE);
  for (guint i = 0; i < N_OTHERS; i++)
    use (others[i] = cf_wire_open (server), i);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      const char *command = commands[i] != NULL ? commands[i] : migrate;
      guint tries = 0;

      while (tries < TRIES && !is_outrun (others, command))
        tries++;
      g_test_message ("%s: after %u", command, tries);
      g_assert_cmpuint (tries, <, TRIES);
    }
  for (guint i = 0; i < N_OTHERS; i++)
    cf_wire_close (others[i]);
}

/* Who wants a key that a long command has gets it when that is done, and
 * nobody is held up by the one that waits. */
static void
test_no_stall_same_key (void)
{
  g_autoptr (CfWire) wire = cf_wire_open_socket (server);
  g_autoptr (CfWire) waiting = cf_wire_open_socket (server);
  g_autoptr (CfWire) other = cf_wire_open (server);

  if (skip_redis ())
    return;
  cf_wire_exchange (wire, "SETRANGE c 8000 x\r\nSETRANGE d 8000 y\r\n",
                    ":8001\r\n:8001\r\n");
  cf_wire_say (wire, "LCS c d IDX MINMATCHLEN 9000\r\n");
  cf_wire_wait_taken (wire);
  cf_wire_say (waiting, "SET c 1\r\nGET c\r\n");
  for (guint i = 0; i < 9; i++)
    use (other, i);
  cf_wire_expect (waiting, "+OK\r\n$1\r\n1\r\n");
  cf_wire_expect (wire, "*4\r\n$7\r\nmatches\r\n*0\r\n$3\r\nlen\r\n:8000\r\n");
}

/* ---- Clients that do not behave ----------------------------------------- */

/* One asks for much and reads nothing of it. */
static void
test_no_stall_deaf_client (void)
{
  g_autoptr (CfWire) deaf = cf_wire_open (server);
  g_autoptr (CfWire) other = cf_wire_open (server);
  g_autoptr (GError) error = NULL;
  GSocket *socket = cf_wire_get_socket (deaf);
  gssize sent = 0;

  cf_wire_exchange (other, "SETRANGE value 1000000 x\r\n", ":1000001\r\n");
  g_socket_set_blocking (socket, FALSE);
  for (int i = 0; i < 200 && sent >= 0; i++)
    sent = g_socket_send (socket, "GET value\r\n", 11, NULL, NULL);
  for (guint i = 0; i < 1000; i++)
    use (other, i % 10);
  cf_wire_exchange (other, "DEL value\r\n", ":1\r\n");
}

/* One sends a request bit by bit, and never its end. */
static void
test_no_stall_slow_client (void)
{
  static const char request[] = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100\r\nabc";
  g_autoptr (CfWire) slow = cf_wire_open_socket (server);
  g_autoptr (CfWire) other = cf_wire_open (server);

  for (const char *at = request; *at != '\0'; at++)
    {
      cf_wire_send (slow, at, 1);
      cf_wire_wait_taken (slow);
      use (other, 1);
    }
}

static void
test_no_stall_idle_connections (void)
{
  CfWire *idle[N_IDLE];
  g_autoptr (CfWire) other = cf_wire_open (server);

  for (guint i = 0; i < N_IDLE; i++)
    idle[i] = cf_wire_open (server);
  for (guint i = 0; i < 1000; i++)
    use (other, i % 10);
  for (guint i = 0; i < N_IDLE; i++)
    {
      if (i % 2 == 0)
        use (idle[i], 2);
      cf_wire_close (idle[i]);
    }
  use (other, 3);
}

static void
test_no_stall_strangers (void)
{
  g_autoptr (CfWire) other = cf_wire_open (server);

  for (guint i = 0; i < N_STRANGERS; i++)
    {
      g_autoptr (CfWire) stranger = cf_wire_open (server);

      if (i % 4 == 0)
        use (stranger, i % 10);
      use (other, i % 10);
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/no-stall/sleepers", test_no_stall_sleepers);
  g_test_add_func ("/daemon/no-stall/long-commands",
                   test_no_stall_long_commands);
  g_test_add_func ("/daemon/no-stall/big-values", test_no_stall_big_values);
  g_test_add_func ("/daemon/no-stall/same-key", test_no_stall_same_key);
  g_test_add_func ("/daemon/no-stall/deaf-client", test_no_stall_deaf_client);
  g_test_add_func ("/daemon/no-stall/slow-client", test_no_stall_slow_client);
  g_test_add_func ("/daemon/no-stall/idle-connections",
                   test_no_stall_idle_connections);
  g_test_add_func ("/daemon/no-stall/strangers", test_no_stall_strangers);
  server = cf_harness_start ("--enable-debug-command", "yes", NULL);
  status = g_test_run ();
  cf_harness_stop (server);
  return status;
}
