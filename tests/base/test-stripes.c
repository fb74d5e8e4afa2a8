/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/stripes.h"

#define N_THREADS 4
#define N_ROUNDS 20000

static CfStripes stripes;
static guint one, other; /* protected by @stripes: always equal */

static gpointer
read_and_change (gpointer data)
{
  guint number = GPOINTER_TO_UINT (data);

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      CfMutex *stripe = cf_stripes_enter (&stripes, number * 31 + i);

      g_assert_cmpuint (one, ==, other);
      cf_stripes_leave (stripe);
      if (i % 64 != number)
        continue;
      cf_stripes_close (&stripes);
      one++;
      other++;
      cf_stripes_open (&stripes);
    }
  return NULL;
}

static void
test_stripes_threads (void)
{
  GThread *threads[N_THREADS];

  cf_stripes_init (&stripes, CF_LOCK_PATTERNS);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] =
        g_thread_new ("stripes", read_and_change, GUINT_TO_POINTER (i));
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (one, ==, N_THREADS * ((N_ROUNDS + 63) / 64));
  g_assert_cmpuint (one, ==, other);
  cf_stripes_clear (&stripes);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/stripes/threads", test_stripes_threads);
  return g_test_run ();
}
