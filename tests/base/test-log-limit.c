/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/log-limit.h"

/* What is not said in one second is counted in the next line. */
static void
test_admit (void)
{
  CfLogLimit limit = { 0 };
  guint n_unsaid;

  for (guint i = 0; i < CF_LOG_LIMIT_LINES; i++)
    {
      g_assert_true (cf_log_limit_admit (&limit, 5000 + i, &n_unsaid));
      g_assert_cmpuint (n_unsaid, ==, 0);
    }
  g_assert_false (cf_log_limit_admit (&limit, 5998, &n_unsaid));
  g_assert_false (cf_log_limit_admit (&limit, 5999, &n_unsaid));
  g_assert_true (cf_log_limit_admit (&limit, 6000, &n_unsaid));
  g_assert_cmpuint (n_unsaid, ==, 2);
  g_assert_true (cf_log_limit_admit (&limit, 6001, &n_unsaid));
  g_assert_cmpuint (n_unsaid, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/log-limit/admit", test_admit);
  return g_test_run ();
}
