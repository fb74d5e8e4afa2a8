/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "client/client-options.h"

/* Parses @line, which the caller clears @self after. */
static gboolean
parse (CfClientOptions *self, const char *line, int *n_left, GError **error)
{
  g_auto (GStrv) words = NULL;
  g_autofree char **argv = NULL;
  gboolean ok;
  int argc;

  g_assert_true (g_shell_parse_argv (line, &argc, &words, NULL));
  argv = g_memdup2 (words, sizeof (char *) * ((gsize) argc + 1));
  ok = cf_client_options_parse (self, &argc, &argv, error);
  *n_left = argc - 1;
  return ok;
}

static void
test_client_options_defaults (void)
{
  g_auto (CfClientOptions) options = { NULL };
  int n_left;

  g_assert_true (parse (&options, "coffer", &n_left, NULL));
  g_assert_cmpint (n_left, ==, 0);
  g_assert_cmpstr (options.host, ==, "127.0.0.1");
  g_assert_cmpint (options.port, ==, CF_PORT);
  g_assert_cmpint (options.repeat, ==, 1);
  g_assert_cmpint (options.resp, ==, 0);
  g_assert_cmpstr (options.style.element_end, ==, "\n");
  g_assert_null (options.password);
}

/* Options end where the command begins. */
static void
test_client_options_command (void)
{
  g_auto (CfClientOptions) options = { NULL };
  int n_left;

  g_assert_true (parse (&options,
                        "coffer -h here -p 7001 -n 3 -r -1 -i 0.5 "
                        "-3 INCRBY k -5 -p 9",
                        &n_left, NULL));
  g_assert_cmpint (n_left, ==, 5);
  g_assert_cmpstr (options.host, ==, "here");
  g_assert_cmpint (options.port, ==, 7001);
  g_assert_cmpint (options.database, ==, 3);
  g_assert_cmpint (options.repeat, ==, -1);
  g_assert_cmpint (options.interval_us, ==, 500000);
  g_assert_cmpint (options.resp, ==, 3);
}

static void
test_client_options_modes (void)
{
  static const struct
  {
    const char *line;
    CfClientMode mode;
    const char *pattern; /* (nullable) */
    gsize size;          /* of the pattern */
    gint64 timeout_us;
  } lines[] = {
    { "coffer get k", CF_CLIENT_COMMANDS, NULL, 0, 30000000 },
    { "coffer --scan", CF_CLIENT_SCAN, NULL, 0, 30000000 },
    { "coffer --scan --pattern a*", CF_CLIENT_SCAN, "a*", 2, 30000000 },
    { "coffer --scan --quoted-pattern '\"\\x00*\"'", CF_CLIENT_SCAN, "\0*", 2,
      30000000 },
    { "coffer --pipe --pipe-timeout 5", CF_CLIENT_PIPE, NULL, 0, 5000000 },
    { "coffer --pipe --pipe-timeout 0", CF_CLIENT_PIPE, NULL, 0, -1 },
    { "coffer --latency", CF_CLIENT_LATENCY, NULL, 0, 30000000 },
    { "coffer --latency-history", CF_CLIENT_LATENCY_HISTORY, NULL, 0,
      30000000 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_auto (CfClientOptions) options = { NULL };
      int n_left;

      g_assert_true (parse (&options, lines[i].line, &n_left, NULL));
      g_assert_cmpint (options.mode, ==, lines[i].mode);
      g_assert_cmpint (options.pattern != NULL, ==, lines[i].pattern != NULL);
      if (options.pattern != NULL)
        g_assert_cmpmem (options.pattern->str, options.pattern->len,
                         lines[i].pattern, lines[i].size);
      g_assert_cmpint (options.pipe_timeout_us, ==, lines[i].timeout_us);
    }
}

/* The last one counts. */
static void
test_client_options_formats (void)
{
  static const struct
  {
    const char *line;
    CfFormat format;
  } lines[] = {
    { "coffer --raw", CF_FORMAT_RAW },
    { "coffer --no-raw", CF_FORMAT_HUMAN },
    { "coffer --csv", CF_FORMAT_CSV },
    { "coffer --json", CF_FORMAT_JSON },
    { "coffer --quoted-json", CF_FORMAT_QUOTED_JSON },
    { "coffer --csv --no-raw", CF_FORMAT_HUMAN },
    { "coffer --no-raw --csv", CF_FORMAT_CSV },
    { "coffer --json --raw", CF_FORMAT_RAW },
    { "coffer --raw --json", CF_FORMAT_JSON },
    { "coffer --json --quoted-json", CF_FORMAT_QUOTED_JSON },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_auto (CfClientOptions) options = { NULL };
      int n_left;

      g_assert_true (parse (&options, lines[i].line, &n_left, NULL));
      g_assert_cmpint (options.style.format, ==, lines[i].format);
    }
}

static void
test_client_options_plain (void)
{
  static const struct
  {
    const char *line;
    int port;
  } lines[] = {
    { "coffer --plain get k", CF_PLAIN_PORT },
    { "coffer --plain -p 9 get k", 9 },
    { "coffer --plain --plain-port 7 get k", 7 },
    { "coffer --plain-port 7 get k", CF_PORT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_auto (CfClientOptions) options = { NULL };
      int n_left;

      g_assert_true (parse (&options, lines[i].line, &n_left, NULL));
      g_assert_cmpint (options.port, ==, lines[i].port);
    }
}

static void
test_client_options_uri (void)
{
  static const struct
  {
    const char *uri;
    const char *host;
    int port;
    const char *user, *password;
    int database;
  } uris[] = {
    { "redis://h", "h", CF_PORT, NULL, NULL, 0 },
    { "redis://h:7/2", "h", 7, NULL, NULL, 2 },
    { "redis://secret@h", "h", CF_PORT, NULL, "secret", 0 },
    { "redis://:secret@h", "h", CF_PORT, NULL, "secret", 0 },
    { "redis://me:a%3Ab@h:8/", "h", 8, "me", "a:b", 0 },
    { "redis://[::1]:9", "::1", 9, NULL, NULL, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_auto (CfClientOptions) options = { NULL };
      g_autofree char *line = g_strdup_printf (
          "coffer --no-auth-warning -u '%s' ping", uris[i].uri);
      int n_left;

      g_assert_true (parse (&options, line, &n_left, NULL));
      g_assert_cmpstr (options.host, ==, uris[i].host);
      g_assert_cmpint (options.port, ==, uris[i].port);
      g_assert_cmpstr (options.user, ==, uris[i].user);
      g_assert_cmpstr (options.password, ==, uris[i].password);
      g_assert_cmpint (options.database, ==, uris[i].database);
    }
}

static void
test_client_options_tls (void)
{
  g_auto (CfClientOptions) off = { NULL }, by_uri = { NULL }, on = { NULL };
  g_autoptr (GError) error = NULL;
  int n_left;

  g_assert_true (parse (&off, "coffer -u redis://h", &n_left, &error));
  g_assert_false (off.tls.is_on);
  g_assert_true (parse (&by_uri, "coffer -u rediss://h:7", &n_left, &error));
  g_assert_true (by_uri.tls.is_on);
  g_assert_cmpint (by_uri.port, ==, 7);
  g_assert_true (parse (&on,
                        "coffer --tls --sni s --cacert a --cacertdir d --cert "
                        "c --key k --insecure --tls-ciphers x "
                        "--tls-ciphersuites y",
                        &n_left, &error));
  g_assert_true (on.tls.is_on && on.tls.is_insecure);
  g_assert_cmpstr (on.tls.sni, ==, "s");
  g_assert_cmpstr (on.tls.authority, ==, "a");
  g_assert_cmpstr (on.tls.authority_dir, ==, "d");
  g_assert_cmpstr (on.tls.certificate, ==, "c");
  g_assert_cmpstr (on.tls.key, ==, "k");
  g_assert_cmpstr (on.tls.ciphers, ==, "x");
  g_assert_cmpstr (on.tls.suites, ==, "y");
}

static void
test_client_options_wrong (void)
{
  static const char *const lines[] = {
    "coffer --nonsense",    "coffer -p",          "coffer -p x",
    "coffer -p 65536",      "coffer -p -1",       "coffer -r x ping",
    "coffer -i -1 ping",    "coffer -i nan ping", "coffer -n -1",
    "coffer -u http://h",   "coffer -u redis",    "coffer --tls --cert x",
    "coffer --tls --key x",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_auto (CfClientOptions) options = { NULL };
      g_autoptr (GError) error = NULL;
      int n_left;

      g_test_message ("%s", lines[i]);
      g_assert_false (parse (&options, lines[i], &n_left, &error));
      g_assert_nonnull (error);
    }
}

static void
test_client_options_password (void)
{
  g_auto (CfClientOptions) from_line = { NULL }, from_environment = { NULL };
  int n_left;

  g_setenv ("REDISCLI_AUTH", "of the environment", TRUE);
  g_assert_true (
      parse (&from_environment, "coffer --user me ping", &n_left, NULL));
  g_assert_cmpstr (from_environment.password, ==, "of the environment");
  g_assert_cmpstr (from_environment.user, ==, "me");
  g_assert_true (parse (&from_line, "coffer --no-auth-warning -a secret ping",
                        &n_left, NULL));
  g_assert_cmpstr (from_line.password, ==, "secret");
  g_unsetenv ("REDISCLI_AUTH");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("REDISCLI_AUTH");
  g_test_add_func ("/client/client-options/defaults",
                   test_client_options_defaults);
  g_test_add_func ("/client/client-options/command",
                   test_client_options_command);
  g_test_add_func ("/client/client-options/modes", test_client_options_modes);
  g_test_add_func ("/client/client-options/formats",
                   test_client_options_formats);
  g_test_add_func ("/client/client-options/plain", test_client_options_plain);
  g_test_add_func ("/client/client-options/uri", test_client_options_uri);
  g_test_add_func ("/client/client-options/tls", test_client_options_tls);
  g_test_add_func ("/client/client-options/wrong", test_client_options_wrong);
  g_test_add_func ("/client/client-options/password",
                   test_client_options_password);
  return g_test_run ();
}
