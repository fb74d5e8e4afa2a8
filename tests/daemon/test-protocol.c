/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-protocol.c -- requests and replies over real sockets, byte for byte as
 * redis-server 7.0.15 has them (COFFERD=redis-server passes too). */
#include "config.h"

#include <string.h>

#include "daemon/harness.h"

#define BULK_SIZE (1024 * 1024)
#define PIPELINE 10000

static CfHarness *server;

/* What is sent, and all that comes back; the server closes after what it does
 * not understand, and else we do. */
typedef struct
{
  const char *request;
  const char *reply;
  gboolean closes;
} Exchange;

static const Exchange exchanges[] = {
  { "PING\r\n", "+PONG\r\n", FALSE },
  { "PING\n", "+PONG\r\n", FALSE },
  { "ping hello\r\n", "$5\r\nhello\r\n", FALSE },
  { "  PING  \t \r\n", "+PONG\r\n", FALSE },
  { "\r\n\r\nPING\r\n", "+PONG\r\n", FALSE },
  { "ECHO \"a\\x41\\n\"\r\n", "$3\r\naA\n\r\n", FALSE },
  { "ECHO 'a b'\r\n", "$3\r\na b\r\n", FALSE },
  { "ECHO ''\r\n", "$0\r\n\r\n", FALSE },
  { "*1\r\n$4\r\nPING\r\n", "+PONG\r\n", FALSE },
  { "*2\r\n$4\r\nECHO\r\n$4\r\na\r\nb\r\n", "$4\r\na\r\nb\r\n", FALSE },
  { "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n", "$0\r\n\r\n", FALSE },
  { "*0\r\nPING\r\n", "+PONG\r\n", FALSE },
  { "*-1\r\nPING\r\n", "+PONG\r\n", FALSE },
  { "*-10\r\nPING\r\n", "+PONG\r\n", FALSE },
  { "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\nGET k\r\n*2\r\n$3\r\nGET\r\n"
    "$1\r\nk\r\n",
    "+OK\r\n$1\r\nv\r\n$1\r\nv\r\n", FALSE },
  { "GET\r\nPING\r\n",
    "-ERR wrong number of arguments for 'get' command\r\n+PONG\r\n", FALSE },
  { "nonsense a b\r\nPING\r\n",
    "-ERR unknown command 'nonsense', with args beginning with: 'a' 'b' \r\n"
    "+PONG\r\n",
    FALSE },
  { "*1\r\n$0\r\n\r\n",
    "-ERR unknown command '', with args beginning with: \r\n", FALSE },
  { "PING\r\nQUIT\r\nPING\r\n", "+PONG\r\n+OK\r\n", TRUE },
  { "*x\r\n", "-ERR Protocol error: invalid multibulk length\r\n", TRUE },
  { "*\r\n", "-ERR Protocol error: invalid multibulk length\r\n", TRUE },
  { "*3000000000\r\n", "-ERR Protocol error: invalid multibulk length\r\n",
    TRUE },
  { "*1\r\n:1\r\n", "-ERR Protocol error: expected '$', got ':'\r\n", TRUE },
  { "*1\r\nPING\r\n", "-ERR Protocol error: expected '$', got 'P'\r\n", TRUE },
  { "*1\r\n$x\r\n", "-ERR Protocol error: invalid bulk length\r\n", TRUE },
  { "*1\r\n$-1\r\n", "-ERR Protocol error: invalid bulk length\r\n", TRUE },
  { "*1\r\n$600000000\r\n", "-ERR Protocol error: invalid bulk length\r\n",
    TRUE },
  { "*2\r\n$4\r\nECHO\r\n$-5\r\n",
    "-ERR Protocol error: invalid bulk length\r\n", TRUE },
  { "ECHO \"a\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n",
    TRUE },
  { "ECHO 'a'b\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n",
    TRUE },
  { "PING\r\n*1\r\nx\r\n",
    "+PONG\r\n-ERR Protocol error: expected '$', got 'x'"
    "\r\n",
    TRUE },
  { "HELLO 4\r\n", "-NOPROTO unsupported protocol version\r\n", FALSE },
};

static void
expect (CfWire *wire, const Exchange *exchange)
{
  cf_wire_expect (wire, exchange->reply);
  if (!exchange->closes)
    cf_wire_exchange (wire, "PING last\r\n", "$4\r\nlast\r\n");
  else
    cf_wire_expect_end (wire);
}

static void
test_protocol_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (exchanges); i++)
    {
      g_autoptr (CfWire) wire = cf_wire_open (server);

      g_test_message ("%s", exchanges[i].request);
      cf_wire_say (wire, exchanges[i].request);
      expect (wire, &exchanges[i]);
    }
}

/* The same, with the server made to read each request in two pieces. */
static void
test_protocol_split (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (exchanges); i++)
    for (gsize n = 1; n < strlen (exchanges[i].request); n++)
      {
        g_autoptr (CfWire) wire = cf_wire_open_socket (server);

        g_test_message ("%s at %" G_GSIZE_FORMAT, exchanges[i].request, n);
        cf_wire_send (wire, exchanges[i].request, n);
        cf_wire_wait_taken (wire);
        /* It may have closed already. */
        cf_wire_try_send (wire, exchanges[i].request + n,
                          strlen (exchanges[i].request + n));
        expect (wire, &exchanges[i]);
      }
}

static void
test_protocol_byte_by_byte (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (exchanges); i++)
    {
      g_autoptr (CfWire) wire = cf_wire_open_socket (server);

      g_test_message ("%s", exchanges[i].request);
      for (const char *at = exchanges[i].request; *at != '\0'; at++)
        {
          if (!cf_wire_try_send (wire, at, 1))
            break;
          cf_wire_wait_taken (wire);
        }
      expect (wire, &exchanges[i]);
    }
}

/* Lines that have no end. */
static void
test_protocol_endless_lines (void)
{
  static const struct
  {
    const char *start;
    char filler;
    const char *reply;
  } lines[] = {
    { "", 'x', "-ERR Protocol error: too big inline request\r\n" },
    { "*", '1', "-ERR Protocol error: too big mbulk count string\r\n" },
    { "*1\r\n$", '1', "-ERR Protocol error: too big bulk count string\r\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (CfWire) wire = cf_wire_open (server);
      g_autoptr (GString) rest = NULL;
      char filling[66 * 1024];

      memset (filling, lines[i].filler, sizeof filling);
      cf_wire_say (wire, lines[i].start);
      cf_wire_try_send (wire, filling, sizeof filling);
      rest = cf_wire_read_rest (wire);
      g_assert_cmpstr (rest->str, ==, lines[i].reply);
    }
}

typedef struct
{
  CfWire *wire;
  const GString *data;
} Sending;

static gpointer
send_all (gpointer data)
{
  const Sending *sending = data;

  cf_wire_send (sending->wire, sending->data->str, sending->data->len);
  return NULL;
}

/* Sends on a thread, so that neither side waits for the other. */
static void
exchange_much (const GString *request, const GString *reply)
{
  g_autoptr (CfWire) wire = cf_wire_open (server);
  Sending sending = { wire, request };
  GThread *thread = g_thread_new ("send", send_all, &sending);

  cf_wire_expect (wire, reply->str);
  g_thread_join (thread);
  cf_wire_exchange (wire, "PING\r\n", "+PONG\r\n");
}

static void
test_protocol_pipeline (void)
{
  g_autoptr (GString) request = g_string_new ("DEL pipeline\r\n");
  g_autoptr (GString) reply = g_string_new (":0\r\n");

  for (int i = 1; i <= PIPELINE; i++)
    {
      char text[16];
      int size = g_snprintf (text, sizeof text, "%d", i);

      g_string_append (request, "*2\r\n$4\r\nINCR\r\n$8\r\npipeline\r\n");
      g_string_append_printf (reply, ":%d\r\n", i);
      if (i % 3 == 0)
        {
          g_string_append_printf (request, "ECHO %d\r\n", i);
          g_string_append_printf (reply, "$%d\r\n%s\r\n", size, text);
        }
    }
  exchange_much (request, reply);
}

/* Values that take many reads and many sends, between small ones. */
static void
test_protocol_big_values (void)
{
  g_autoptr (GString) request = g_string_new ("DEL big\r\n");
  g_autoptr (GString) reply = g_string_new (":0\r\n");
  g_autofree char *value = g_malloc (BULK_SIZE + 1);

  for (gsize i = 0; i < BULK_SIZE; i++)
    value[i] = (char) ('a' + i % 23);
  value[BULK_SIZE] = '\0';
  g_string_append_printf (request,
                          "*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$%d\r\n%s\r\n",
                          BULK_SIZE, value);
  g_string_append (reply, "+OK\r\n");
  for (int i = 0; i < 10; i++)
    {
      g_string_append (request, "GET big\r\nPING\r\nSTRLEN big\r\n");
      g_string_append_printf (reply, "$%d\r\n%s\r\n+PONG\r\n:%d\r\n", BULK_SIZE,
                              value, BULK_SIZE);
    }
  exchange_much (request, reply);
}

/* Half a request, and then nothing, is no reason for anything. */
static void
test_protocol_given_up (void)
{
  static const char *const starts[] = {
    "*", "*2\r\n$3\r\nGET\r\n", "*2\r\n$3\r\nGET\r\n$1000\r\nabc", "PIN", "\"",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      g_autoptr (CfWire) wire = cf_wire_open_socket (server);

      cf_wire_say (wire, starts[i]);
      cf_wire_wait_taken (wire);
      cf_wire_end (wire);
      cf_wire_expect_end (wire);
    }
}

static void
test_protocol_strangers (void)
{
  static const Exchange strangers[] = {
    { "*11\r\n", "-ERR Protocol error: unauthenticated multibulk length\r\n",
      TRUE },
    { "*2\r\n$16385\r\n",
      "-ERR Protocol error: unauthenticated bulk length\r\n", TRUE },
    { "GET k\r\n", "-NOAUTH Authentication required.\r\n", FALSE },
    { "AUTH wrong\r\n",
      "-WRONGPASS invalid username-password pair or user is disabled.\r\n",
      FALSE },
  };
  g_autoptr (CfHarness) closed =
      cf_harness_start ("--requirepass", "secret", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (strangers); i++)
    {
      g_autoptr (CfWire) wire = cf_wire_open (closed);

      cf_wire_exchange (wire, strangers[i].request, strangers[i].reply);
      if (strangers[i].closes)
        cf_wire_expect_end (wire);
      else
        cf_wire_exchange (wire, "AUTH secret\r\n", "+OK\r\n");
    }
}

/* Ten arguments of 16 KiB are legal, and after AUTH any number. */
static void
test_protocol_known (void)
{
  g_autoptr (CfHarness) closed =
      cf_harness_start ("--requirepass", "secret", NULL);
  g_autoptr (CfWire) wire = cf_wire_open (closed);
  g_autoptr (GString) request = g_string_new ("*10\r\n");
  char argument[16 * 1024 + 1];

  memset (argument, 'x', sizeof argument - 1);
  argument[sizeof argument - 1] = '\0';
  g_string_append (request, "$3\r\nDEL\r\n");
  for (int i = 0; i < 9; i++)
    g_string_append_printf (request, "$%d\r\n%s\r\n", (int) sizeof argument - 1,
                            argument);
  cf_wire_exchange (wire, request->str, "-NOAUTH Authentication required.\r\n");
  cf_wire_exchange (wire, "AUTH secret\r\n", "+OK\r\n");
  cf_wire_exchange (wire, request->str, ":0\r\n");
  cf_wire_exchange (wire, "DEL a b c d e f g h i j k l m\r\n", ":0\r\n");
}

static void
test_protocol_hello (void)
{
  g_autoptr (CfWire) wire = cf_wire_open (server);

  cf_wire_exchange (wire, "HELLO 3 SETNAME me\r\n",
                    "%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n"
                    "$7\r\nversion\r\n$6\r\n7.0.15\r\n"
                    "$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:");
  /* The identifier, whatever it is. */
  for (char c = '0'; c != '\n';)
    g_assert_cmpuint (cf_wire_receive (wire, &c, 1), ==, 1);
  cf_wire_expect (wire, "$4\r\nmode\r\n$10\r\nstandalone\r\n"
                        "$4\r\nrole\r\n$6\r\nmaster\r\n"
                        "$7\r\nmodules\r\n*0\r\n");
  cf_wire_exchange (wire, "GET nothing\r\n", "_\r\n");
  cf_wire_exchange (wire, "CLIENT GETNAME\r\n", "$2\r\nme\r\n");
  cf_wire_exchange (wire, "CONFIG GET nothing\r\n", "%0\r\n");
  cf_wire_exchange (wire, "RESET\r\n", "+RESET\r\n");
  cf_wire_exchange (wire, "GET nothing\r\n", "$-1\r\n");
}

/* Replies beyond the hard limit close the client, although the socket might
 * take them. */
static void
test_protocol_output_limit (void)
{
  g_autoptr (CfWire) wire = cf_wire_open (server);
  g_autoptr (CfWire) other = cf_wire_open (server);
  g_autofree char *value = g_strnfill (50000, 'x');
  g_autofree char *set = g_strdup_printf ("SET v %s\r\n", value);
  g_autofree char *reply = g_strdup_printf ("$50000\r\n%s\r\n", value);
  g_autoptr (GString) gets = g_string_new (NULL);

  for (int i = 0; i < 10; i++)
    g_string_append (gets, "GET v\r\n");
  cf_wire_exchange (other, set, "+OK\r\n");
  cf_wire_exchange (
      other, "CONFIG SET client-output-buffer-limit \"normal 100kb 0 0\"\r\n",
      "+OK\r\n");
  cf_wire_exchange (other, "GET v\r\n", reply);
  cf_wire_say (wire, gets->str);
  cf_wire_expect_end (wire);
  cf_wire_exchange (
      other, "CONFIG SET client-output-buffer-limit \"normal 0 0 0\"\r\n",
      "+OK\r\n");
}

/* What it watches is memory of a client, as far as maxmemory-clients goes. */
static void
test_protocol_watch_memory (void)
{
  g_autoptr (CfWire) wire = cf_wire_open (server);
  g_autoptr (CfWire) other = cf_wire_open (server);
  g_autofree char *name = g_strnfill (1000, 'x');

  cf_wire_exchange (other, "CONFIG SET maxmemory-clients 1mb\r\n", "+OK\r\n");
  for (int i = 0; i < 100; i++)
    {
      g_autofree char *watch = g_strdup_printf ("WATCH %d%s\r\n", i, name);

      cf_wire_exchange (wire, watch, "+OK\r\n");
    }
  for (gboolean gone = FALSE; !gone;)
    {
      g_autofree char *watch =
          g_strdup_printf ("WATCH %d%s\r\n", g_random_int (), name);
      char reply[5];

      gone = !cf_wire_try_send (wire, watch, strlen (watch)) ||
             cf_wire_receive (wire, reply, sizeof reply) == 0;
    }
  cf_wire_exchange (other, "CONFIG SET maxmemory-clients 0\r\n", "+OK\r\n");
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/protocol/table", test_protocol_table);
  g_test_add_func ("/daemon/protocol/split", test_protocol_split);
  g_test_add_func ("/daemon/protocol/byte-by-byte", test_protocol_byte_by_byte);
  g_test_add_func ("/daemon/protocol/endless-lines",
                   test_protocol_endless_lines);
  g_test_add_func ("/daemon/protocol/pipeline", test_protocol_pipeline);
  g_test_add_func ("/daemon/protocol/big-values", test_protocol_big_values);
  g_test_add_func ("/daemon/protocol/given-up", test_protocol_given_up);
  g_test_add_func ("/daemon/protocol/strangers", test_protocol_strangers);
  g_test_add_func ("/daemon/protocol/known", test_protocol_known);
  g_test_add_func ("/daemon/protocol/hello", test_protocol_hello);
  g_test_add_func ("/daemon/protocol/output-limit", test_protocol_output_limit);
  g_test_add_func ("/daemon/protocol/watch-memory", test_protocol_watch_memory);
  server = cf_harness_start (NULL, NULL);
  status = g_test_run ();
  cf_harness_stop (server);
  return status;
}
