/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/random.h"

#include <string.h>

static void
test_random_bytes (void)
{
  guint8 seen[256] = { 0 };
  guint8 bytes[8192];
  guint n_seen = 0;

  cf_random_bytes (bytes, 0);
  cf_random_bytes (bytes, sizeof bytes);
  for (gsize i = 0; i < sizeof bytes; i++)
    seen[bytes[i]] = 1;
  for (gsize i = 0; i < 256; i++)
    n_seen += seen[i];
  g_assert_cmpuint (n_seen, >, 240);
}

static gpointer
get_number (gpointer data)
{
  *(guint64 *) data = cf_random_u64 ();
  return NULL;
}

/* Two threads do not count through the same numbers. */
static void
test_random_threads (void)
{
  guint64 a = 0, b = 0;

  g_thread_join (g_thread_new ("a", get_number, &a));
  g_thread_join (g_thread_new ("b", get_number, &b));
  g_assert_cmphex (a, !=, b);
  g_assert_cmphex (cf_random_u64 (), !=, cf_random_u64 ());
}

static void
test_random_below (void)
{
  guint count[7] = { 0 };
  guint64 large = (G_GUINT64_CONSTANT (1) << 63) + 1;

  for (guint i = 0; i < 70000; i++)
    count[cf_random_below (7)]++;
  for (guint i = 0; i < 7; i++)
    {
      g_assert_cmpuint (count[i], >, 9300);
      g_assert_cmpuint (count[i], <, 10700);
    }
  g_assert_cmpuint (cf_random_below (1), ==, 0);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpuint (cf_random_below (large), <, large);
}

static void
test_random_unit (void)
{
  double sum = 0;

  for (guint i = 0; i < 100000; i++)
    {
      double unit = cf_random_unit ();

      g_assert_true (unit >= 0 && unit < 1);
      sum += unit;
    }
  g_assert_cmpfloat (sum, >, 49000);
  g_assert_cmpfloat (sum, <, 51000);
}

static void
test_random_hex (void)
{
  char a[42] = "", b[42] = "";

  a[40] = '#';
  cf_random_hex (a, 40);
  cf_random_hex (b, 40);
  g_assert_cmpuint (strspn (a, "0123456789abcdef"), ==, 40);
  g_assert_cmpint (a[40], ==, '#');
  g_assert_cmpstr (a, !=, b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/random/bytes", test_random_bytes);
  g_test_add_func ("/base/random/threads", test_random_threads);
  g_test_add_func ("/base/random/below", test_random_below);
  g_test_add_func ("/base/random/unit", test_random_unit);
  g_test_add_func ("/base/random/hex", test_random_hex);
  return g_test_run ();
}
