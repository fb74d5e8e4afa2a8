/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "client/canned.h"
#include "client/scan-keys.h"

#define SCAN "*2\r\n$4\r\nSCAN\r\n$1\r\n0\r\n"
#define MATCH "*4\r\n$4\r\nSCAN\r\n$1\r\n0\r\n$5\r\nMATCH\r\n$2\r\na*\r\n"
#define KEYS "*2\r\n$1\r\n0\r\n*2\r\n$2\r\na\n\r\n$2\r\nb\x01\r\n"

static const struct
{
  const char *pattern; /* (nullable) */
  CfFormat format;
  const char *request;
  const char *answer;
  const char *shown;   /* what GPatternSpec finds in the output */
  const char *trouble; /* (nullable) */
} scans[] = {
  { NULL, CF_FORMAT_RAW, SCAN, KEYS, "*a\n\nb\x01\n*", NULL },
  { NULL, CF_FORMAT_CSV, SCAN, KEYS, "*a\n\nb\x01\n*", NULL },
  { "a*", CF_FORMAT_HUMAN, MATCH, KEYS, "*\"a?n\"\n\"b?x01\"\n*", NULL },
  { NULL, CF_FORMAT_RAW, SCAN, "*2\r\n$1\r\n0\r\n*0\r\n", "*", NULL },
  { NULL, CF_FORMAT_RAW, SCAN, "-ERR no\r\n", "*", "SCAN error: ERR no" },
  { NULL, CF_FORMAT_RAW, SCAN, "+OK\r\n", "*", "Unexpected reply to SCAN" },
  { NULL, CF_FORMAT_RAW, SCAN, "*0\r\n", "*", "Unexpected reply to SCAN" },
  { NULL, CF_FORMAT_RAW, SCAN, "*2\r\n*0\r\n*0\r\n", "*",
    "Unexpected reply to SCAN" },
  { NULL, CF_FORMAT_RAW, SCAN, "", "*", "Server closed the connection" },
};

static void
run_scan (gsize i)
{
  const CfCannedAnswer answer = { scans[i].request, scans[i].answer };
  CfCanned *server = cf_canned_start (&answer, 1);
  g_autoptr (CfRemote) remote =
      cf_remote_new ("127.0.0.1", cf_canned_get_port (server), NULL);
  g_autoptr (GString) pattern =
      scans[i].pattern != NULL ? g_string_new (scans[i].pattern) : NULL;
  CfClientOptions options = { .style = { .format = scans[i].format },
                              .pattern = pattern };
  g_autoptr (GError) error = NULL;
  g_autofree char *received = NULL;

  g_assert_true (cf_remote_connect (remote, NULL));
  g_assert_cmpint (cf_scan_keys (remote, &options, &error), ==,
                   scans[i].trouble == NULL);
  g_assert_cmpstr (error != NULL ? error->message : NULL, ==, scans[i].trouble);
  cf_remote_close (remote);
  received = cf_canned_finish (server);
  g_assert_cmpstr (received, ==, scans[i].request);
}

static void
test_scan_keys (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  if (g_test_subprocess ())
    {
      run_scan (i);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout (scans[i].shown);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (scans); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/client/scan-keys/%" G_GSIZE_FORMAT, i);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_scan_keys);
    }
  return g_test_run ();
}
