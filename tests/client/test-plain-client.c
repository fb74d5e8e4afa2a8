/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "client/canned.h"
#include "client/plain-client.h"

/* One request as typed, what goes over the wire, and what is shown. */
static const struct
{
  const char *words[4];
  const char *wire;
  CfCannedAnswer answer;
  const char *shown; /* (nullable) */
} requests[] = {
  { { "set", "foo", "bar" }, "set foo bar\n", { NULL, "Ok" }, "key set\n" },
  { { "set", "foo", "b r" },
    "set foo b r\n",
    { NULL, "r Ok" },
    "updated key\n" },
  { { "get", "foo" },
    "get foo\n",
    { NULL, "bar" },
    "key: foo => value: bar\n" },
  { { "get", "foo" },
    "get foo\n",
    { "\n", "a\nb" },
    "key: foo => value: a\nb\n" },
  { { "get", "foo" }, "get foo\n", { NULL, "" }, "no such key found\n" },
  { { "set", "foo", "bar" },
    "set foo bar\n",
    { NULL, "invalid command" },
    NULL },
  { { "set", "foo", "bar" }, "set foo bar\n", { NULL, "" }, NULL },
};

static gboolean
run (CfRemote *remote, const char *const *words, GString *out, GError **error)
{
  CfSlice argv[4];
  gsize argc;

  for (argc = 0; argc < 4 && words[argc] != NULL; argc++)
    argv[argc] = cf_slice_of_string (words[argc]);
  return cf_plain_client_run (remote, argv, argc, out, error);
}

static void
test_plain_client_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      CfCanned *server = cf_canned_start (&requests[i].answer, 1);
      g_autoptr (CfRemote) remote =
          cf_remote_new ("127.0.0.1", cf_canned_get_port (server), NULL);
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_autofree char *received = NULL;
      gboolean ok = run (remote, requests[i].words, out, &error);

      received = cf_canned_finish (server);
      g_assert_cmpstr (received, ==, requests[i].wire);
      g_assert_cmpint (ok, ==, requests[i].shown != NULL);
      if (ok)
        g_assert_cmpstr (out->str, ==, requests[i].shown);
      else
        g_assert_error (error, CF_ERROR, CF_ERROR_FAILED);
    }
}

/* What the dialect cannot say is not sent. */
static void
test_plain_client_refuses (void)
{
  static const char *const wrong[][5] = {
    { NULL },
    { "get" },
    { "get", "a", "b" },
    { "set", "a" },
    { "del", "a" },
    { "GET", "a" },
    { "get", "a b" },
    { "get", "" },
    { "get", "a\n" },
    { "set", "a", "" },
    { "set", "a", "b\nset c d" },
  };
  g_autoptr (CfRemote) remote = cf_remote_new ("127.0.0.1", 1, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (run (remote, wrong[i], out, &error));
      g_assert_error (error, CF_ERROR, CF_ERROR_SYNTAX);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/plain-client/table", test_plain_client_table);
  g_test_add_func ("/client/plain-client/refuses", test_plain_client_refuses);
  return g_test_run ();
}
