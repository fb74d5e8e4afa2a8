/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-plain.c -- the plain-text dialect over real sockets. */
#include "config.h"

#include <signal.h>
#include <string.h>

#include "daemon/harness.h"

static CfHarness *server;

static void
forget_all (void)
{
  g_autoptr (CfWire) wire = cf_wire_open (server);

  cf_wire_exchange (wire, "FLUSHALL\r\n", "+OK\r\n");
}

/* What is said on one connection, each part when the part before it was
 * answered, and what comes back. */
static const struct
{
  const char *requests[4];
  const char *answers[4];
  gboolean closes;
} talks[] = {
  { { "set foo bar\n" }, { "Ok" }, FALSE },
  { { "set foo bar\n", "set foo baz\n", "get foo\n" },
    { "Ok", "r Ok", "baz" },
    FALSE },
  { { "set foo bar", "set foo baz", "get foo" },
    { "Ok", "r Ok", "baz" },
    FALSE },
  { { "set foo bar\r\n", "get foo\r\n" }, { "Ok", "bar" }, FALSE },
  { { "set foo a b  c\n", "get foo\n" }, { "Ok", "a b  c" }, FALSE },
  { { "set k 1\nset k 2\nset l 3\nget k\nget l\nget k\n" },
    { "Okr OkOk232" },
    FALSE },
  { { "get none\nset foo bar\nget none\nget foo\n" }, { "Okbar" }, FALSE },
  { { "nonsense\n" }, { "invalid command" }, TRUE },
  { { "set foo bar\n", "del foo\n" }, { "Ok", "invalid command" }, TRUE },
  { { "set foo bar\nget foo\nnonsense\nget foo\n" },
    { "Okbarinvalid command" },
    TRUE },
  { { "\n" }, { "invalid command" }, TRUE },
  { { "get\n" }, { "invalid command" }, TRUE },
  { { "set foo\n" }, { "invalid command" }, TRUE },
  { { "PING\r\n" }, { "invalid command" }, TRUE },
  { { "*1\r\n$4\r\nPING\r\n" }, { "invalid command" }, TRUE },
};

static void
test_plain_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (talks); i++)
    {
      g_autoptr (CfWire) wire = NULL;

      forget_all ();
      wire = cf_wire_open_plain (server);
      for (gsize j = 0; j < 4 && talks[i].requests[j] != NULL; j++)
        {
          g_test_message ("%s", talks[i].requests[j]);
          cf_wire_exchange (wire, talks[i].requests[j], talks[i].answers[j]);
        }
      if (talks[i].closes)
        cf_wire_expect_end (wire);
      else
        cf_wire_exchange (wire, "set last x", "Ok");
    }
}

/* Who says no more still gets the answer, and then the end. */
static void
test_plain_half_closed (void)
{
  static const struct
  {
    const char *request, *answer;
  } talks_once[] = {
    { "set foo bar\n", "Ok" },
    { "set foo bar", "r Ok" },
    { "get foo", "bar" },
    { "get none\n", "" },
    { "nonsense", "invalid command" },
  };

  forget_all ();
  for (gsize i = 0; i < G_N_ELEMENTS (talks_once); i++)
    {
      g_autoptr (CfWire) wire = cf_wire_open_plain (server);

      cf_wire_say (wire, talks_once[i].request);
      cf_wire_end (wire);
      cf_wire_expect (wire, talks_once[i].answer);
      cf_wire_expect_end (wire);
    }
}

/* One keyspace, two dialects. */
static void
test_plain_shares_keys (void)
{
  g_autoptr (CfWire) plain = cf_wire_open_plain (server);
  g_autoptr (CfWire) resp = cf_wire_open (server);

  forget_all ();
  cf_wire_exchange (resp, "SET foo 'from RESP'\r\n", "+OK\r\n");
  cf_wire_exchange (plain, "get foo\n", "from RESP");
  cf_wire_exchange (plain, "set foo from plain\n", "r Ok");
  cf_wire_exchange (resp, "GET foo\r\n", "$10\r\nfrom plain\r\n");
  cf_wire_exchange (resp, "DEL foo\r\n", ":1\r\n");
  cf_wire_exchange (plain, "set foo 17\n", "Ok");
  cf_wire_exchange (resp, "INCR foo\r\n", ":18\r\n");
  cf_wire_exchange (plain, "get foo\n", "18");
  cf_wire_exchange (resp, "EXPIRE foo 100\r\n", ":1\r\n");
  cf_wire_exchange (plain, "set foo x\n", "r Ok");
  cf_wire_exchange (resp, "TTL foo\r\n", ":-1\r\n");
}

/* A request ends where a read does, and a read where there is no more for
 * now; so this has the server find all of @text, which a socket must hold. */
static void
say_at_once (CfWire *wire, const char *text)
{
  cf_harness_freeze (server);
  cf_wire_say (wire, text);
  cf_harness_send_signal (server, SIGCONT);
}

/* A request and an answer that take many reads and sends. */
static void
test_plain_big_value (void)
{
  g_autoptr (CfWire) wire = cf_wire_open_plain (server);
  g_autoptr (GString) request = g_string_new ("set big ");
  gsize start = request->len;

  forget_all ();
  for (int i = 0; i < 50 * 1000; i++)
    g_string_append_c (request, (char) ('a' + i % 26));
  say_at_once (wire, request->str);
  cf_wire_exchange (wire, "\n", "Ok");
  cf_wire_exchange (wire, "get big\n", request->str + start);
}

/* More is asked for at once than is answered at once. */
static void
test_plain_pipeline (void)
{
  g_autoptr (CfWire) wire = cf_wire_open_plain (server);
  g_autoptr (GString) requests = g_string_new (NULL);
  g_autoptr (GString) answers = g_string_new (NULL);
  g_autofree char *value = g_strnfill (50 * 1000, 'x');
  g_autofree char *set = g_strdup_printf ("set big %s\n", value);

  forget_all ();
  say_at_once (wire, set);
  cf_wire_expect (wire, "Ok");
  for (int i = 0; i < 100; i++)
    {
      g_string_append_printf (requests, "get big\nset n %d\nget n\n", i);
      g_string_append_printf (answers, "%s%s%d", value, i == 0 ? "Ok" : "r Ok",
                              i);
    }
  cf_wire_exchange (wire, requests->str, answers->str);
}

/* Nobody can log in here. */
static void
test_plain_locked_out (void)
{
  g_autoptr (CfHarness) closed =
      cf_harness_start ("--requirepass", "secret", NULL);
  g_autoptr (CfWire) wire = cf_wire_open_plain (closed);

  cf_wire_exchange (wire, "get foo\nget foo\n", "invalid command");
  cf_wire_expect_end (wire);
}

/* What the tutorial's client printed, coffer prints. */
static void
test_plain_coffer (void)
{
  static const struct
  {
    const char *command[4];
    const char *shown;
    int status;
  } runs[] = {
    { { "get", "foo" }, "no such key found\n", 0 },
    { { "set", "foo", "bar" }, "key set\n", 0 },
    { { "set", "foo", "bar" }, "updated key\n", 0 },
    { { "get", "foo" }, "key: foo => value: bar\n", 0 },
    { { "del", "foo" }, "", 2 },
  };
  g_autofree char *port =
      g_strdup_printf ("%u", cf_harness_get_plain_port (server));

  g_assert_nonnull (g_getenv ("COFFER"));
  forget_all ();
  for (gsize i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *shown = NULL;
      g_autoptr (GSubprocess) process = g_subprocess_new (
          G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, g_getenv ("COFFER"),
          "--plain", "-p", port, runs[i].command[0], runs[i].command[1],
          runs[i].command[2], NULL);

      g_assert_no_error (error);
      g_subprocess_communicate_utf8 (process, NULL, NULL, &shown, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (shown, ==, runs[i].shown);
      g_assert_cmpint (g_subprocess_get_exit_status (process), ==,
                       runs[i].status);
    }
}

/* Clients that come by several addresses in one moment are all served, and
 * so are those that come after them. */
static void
test_plain_at_once (void)
{
  g_autoptr (CfWire) wire = NULL, plain = NULL, local = NULL, last = NULL;

  cf_harness_freeze (server);
  wire = cf_wire_open (server);
  plain = cf_wire_open_plain (server);
  local = cf_wire_open_socket (server);
  cf_harness_send_signal (server, SIGCONT);
  cf_wire_exchange (local, "PING\r\n", "+PONG\r\n");
  cf_wire_exchange (plain, "set at once", "Ok");
  cf_wire_exchange (wire, "PING\r\n", "+PONG\r\n");
  last = cf_wire_open (server);
  cf_wire_exchange (last, "PING\r\n", "+PONG\r\n");
}

/* Those that come while another address opens or closes are served. */
static void
test_plain_changed (void)
{
  g_autoptr (CfWire) admin = cf_wire_open (server);
  g_autofree char *open =
      g_strdup_printf ("CONFIG SET plain-port %u\r\n",
                       (guint) cf_harness_get_plain_port (server));

  for (int i = 0; i < 200; i++)
    {
      g_autoptr (CfWire) wire = NULL;

      cf_wire_exchange (
          admin, i % 2 == 0 ? "CONFIG SET plain-port 0\r\n" : open, "+OK\r\n");
      wire = cf_wire_open (server);
      cf_wire_exchange (wire, "PING\r\n", "+PONG\r\n");
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/plain/table", test_plain_table);
  g_test_add_func ("/daemon/plain/half-closed", test_plain_half_closed);
  g_test_add_func ("/daemon/plain/shares-keys", test_plain_shares_keys);
  g_test_add_func ("/daemon/plain/big-value", test_plain_big_value);
  g_test_add_func ("/daemon/plain/pipeline", test_plain_pipeline);
  g_test_add_func ("/daemon/plain/locked-out", test_plain_locked_out);
  g_test_add_func ("/daemon/plain/coffer", test_plain_coffer);
  g_test_add_func ("/daemon/plain/at-once", test_plain_at_once);
  g_test_add_func ("/daemon/plain/changed", test_plain_changed);
  server = cf_harness_start (NULL, NULL);
  status = g_test_run ();
  cf_harness_stop (server);
  return status;
}
