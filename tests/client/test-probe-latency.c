/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "client/canned.h"
#include "client/probe-latency.h"

#define PING "*1\r\n$4\r\nPING\r\n"

static const struct
{
  CfFormat format;
  const char *shown;
} probes[] = {
  { CF_FORMAT_RAW, "*?* ?* ?*.?? 1\n*" },
  { CF_FORMAT_CSV, "*?*,?*,?*.??,1\n*" },
  { CF_FORMAT_JSON, "*{\"min\": ?*, \"max\": ?*, \"avg\": ?*.??, "
                    "\"count\": 1}\n*" },
};

static void
probe (CfFormat format, const char *answer, gboolean passes)
{
  const CfCannedAnswer canned = { PING, answer };
  CfCanned *server = cf_canned_start (&canned, 1);
  g_autoptr (CfRemote) remote =
      cf_remote_new ("127.0.0.1", cf_canned_get_port (server), NULL);
  CfClientOptions options = { .mode = CF_CLIENT_LATENCY,
                              .style = { .format = format },
                              .interval_us = 1 };
  g_autoptr (GError) error = NULL;

  g_assert_true (cf_remote_connect (remote, NULL));
  g_assert_cmpint (cf_probe_latency (remote, &options, &error), ==, passes);
  g_assert_cmpint (error == NULL, ==, passes);
  g_free (cf_canned_finish (server));
}

static void
test_probe_latency_once (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  if (g_test_subprocess ())
    {
      probe (probes[i].format, "+PONG\r\n", TRUE);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout (probes[i].shown);
}

/* For people it goes on until there is no answer any more. */
static void
test_probe_latency_on_and_on (void)
{
  if (g_test_subprocess ())
    {
      probe (CF_FORMAT_HUMAN, "+PONG\r\n", FALSE);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*min: ?*, max: ?*, avg: ?*.?? (1 samples)*");
}

static void
test_probe_latency_lost (void)
{
  probe (CF_FORMAT_RAW, "", FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (probes); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/client/probe-latency/once/%" G_GSIZE_FORMAT, i);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i),
                            test_probe_latency_once);
    }
  g_test_add_func ("/client/probe-latency/on-and-on",
                   test_probe_latency_on_and_on);
  g_test_add_func ("/client/probe-latency/lost", test_probe_latency_lost);
  return g_test_run ();
}
