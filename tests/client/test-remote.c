/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "client/canned.h"
#include "client/remote.h"

static CfRemote *
connect_to (CfCanned *server)
{
  g_autoptr (CfRemote) remote =
      cf_remote_new ("127.0.0.1", cf_canned_get_port (server), NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (cf_remote_is_connected (remote));
  cf_remote_connect (remote, &error);
  g_assert_no_error (error);
  g_assert_true (cf_remote_is_connected (remote));
  return g_steal_pointer (&remote);
}

/* Pushes are none of the caller's business; the end of the connection is. */
static void
test_remote_call (void)
{
  const CfCannedAnswer answer = { "foo\r\n", ">1\r\n+x\r\n$3\r\nbar\r\n" };
  CfCanned *server = cf_canned_start (&answer, 1);
  g_autoptr (CfRemote) remote = connect_to (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (CfReplyTree) reply =
      cf_remote_call (remote, &error, "GET", "foo", NULL);
  g_autofree char *received = cf_canned_finish (server);

  g_assert_no_error (error);
  g_assert_cmpstr (received, ==, "*2\r\n$3\r\nGET\r\n$3\r\nfoo\r\n");
  g_assert_true (cf_reply_tree_is (reply, "bar"));
  g_assert_null (cf_remote_receive (remote, &error));
  g_assert_cmpstr (error->message, ==, "Server closed the connection");
  g_assert_false (cf_remote_is_connected (remote));
}

static void
test_remote_not_resp (void)
{
  const CfCannedAnswer answer = { "\r\n", "HTTP/1.1 400 Bad Request\r\n" };
  CfCanned *server = cf_canned_start (&answer, 1);
  g_autoptr (CfRemote) remote = connect_to (server);
  g_autoptr (GError) error = NULL;
  g_autofree char *received = NULL;

  g_assert_null (cf_remote_call (remote, &error, "PING", NULL));
  received = cf_canned_finish (server);
  g_assert_cmpstr (error->message, ==,
                   "Protocol error, got \"H\" as reply type byte");
  g_assert_false (cf_remote_is_connected (remote));
}

static void
test_remote_reconnects (void)
{
  const CfCannedAnswer answers[] = { { "PING\r\n", "" },
                                     { "PING\r\n", "+PONG\r\n" } };
  CfCanned *server = cf_canned_start (answers, 2);
  g_autoptr (CfRemote) remote = connect_to (server);
  g_autoptr (CfReplyTree) reply = NULL;
  g_autofree char *received = NULL;

  g_assert_null (cf_remote_call (remote, NULL, "PING", NULL));
  g_assert_null (cf_remote_call (remote, NULL, "PING", NULL));
  g_assert_true (cf_remote_connect (remote, NULL));
  reply = cf_remote_call (remote, NULL, "PING", NULL);
  received = cf_canned_finish (server);
  g_assert_true (cf_reply_tree_is (reply, "PONG"));
}

static void
test_remote_refused (void)
{
  const CfCannedAnswer answer = { "\n", "" };
  CfCanned *server = cf_canned_start (&answer, 1);
  g_autoptr (CfRemote) remote = connect_to (server);
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *received = NULL;

  g_assert_true (cf_remote_send_bytes (remote, "\n", 1, NULL));
  received = cf_canned_finish (server);
  expected = g_strdup_printf ("Could not connect to %s: Connection refused",
                              cf_remote_get_name (remote));
  g_assert_false (cf_remote_connect (remote, &error));
  g_assert_cmpstr (error->message, ==, expected);
}

static void
test_remote_names (void)
{
  static const struct
  {
    const char *host, *socket, *name;
  } remotes[] = {
    { "127.0.0.1", NULL, "127.0.0.1:7" },
    { "::1", NULL, "[::1]:7" },
    { "localhost", "/run/x.sock", "/run/x.sock" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (remotes); i++)
    {
      g_autoptr (CfRemote) remote =
          cf_remote_new (remotes[i].host, 7, remotes[i].socket);

      g_assert_cmpstr (cf_remote_get_name (remote), ==, remotes[i].name);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/remote/call", test_remote_call);
  g_test_add_func ("/client/remote/not-resp", test_remote_not_resp);
  g_test_add_func ("/client/remote/reconnects", test_remote_reconnects);
  g_test_add_func ("/client/remote/refused", test_remote_refused);
  g_test_add_func ("/client/remote/names", test_remote_names);
  return g_test_run ();
}
