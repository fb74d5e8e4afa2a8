/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
fill (CfHold *hold, guint db, const char *prefix, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      char name[32];

      g_snprintf (name, sizeof name, "%s%u", prefix, i);
      put (hold, db, name, "v", i % 2 == 0 ? NOW + i : CF_NO_DEADLINE);
    }
}

static void
test_flush_databases (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (16, NULL);
  CfHold hold;
  CfTrash *trash;
  gsize n;

  cf_hold_init (&hold, keyspace);
  g_assert_cmpuint (cf_trash_free (cf_keyspace_flush (keyspace, -1, NULL)), ==,
                    0);
  fill (&hold, 0, "k", 1000);
  fill (&hold, 0, "{t}", 5000);
  fill (&hold, 3, "k", 100);
  fill (&hold, 15, "k", 10);
  trash = cf_keyspace_flush (keyspace, 3, &n);
  g_assert_cmpuint (n, ==, 100);
  g_assert_cmpuint (cf_keyspace_size (keyspace, 3), ==, 0);
  g_assert_cmpuint (cf_keyspace_size (keyspace, 0), ==, 6000);
  g_assert_cmpuint (cf_trash_size (trash), ==, 100);
  g_assert_cmpuint (cf_trash_free (trash), ==, 100);
  trash = cf_keyspace_flush (keyspace, -1, &n);
  g_assert_cmpuint (n, ==, 6010);
  g_assert_cmpuint (cf_keyspace_size (keyspace, 0), ==, 0);
  g_assert_cmpuint (cf_keyspace_size (keyspace, 15), ==, 0);
  g_assert_cmpint (cf_keyspace_next_deadline (keyspace), ==, G_MAXINT64);
  /* The keyspace can be used before the trash is gone. */
  put (&hold, 0, "k1", "new", CF_NO_DEADLINE);
  g_assert_cmpuint (cf_trash_free (trash), ==, 6010);
  assert_value (&hold, 0, "k1", "new");
  cf_hold_clear (&hold);
}

static void
test_flush_swap (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (16, NULL);
  CfHold hold;

  cf_hold_init (&hold, keyspace);
  put (&hold, 0, "k", "zero", NOW + 5);
  put (&hold, 0, "only", "zero", CF_NO_DEADLINE);
  put (&hold, 7, "k", "seven", CF_NO_DEADLINE);
  put (&hold, 7, "seventh", "seven", NOW + 3);
  cf_keyspace_swap (keyspace, 0, 7);
  assert_value (&hold, 0, "k", "seven");
  assert_value (&hold, 0, "only", NULL);
  assert_value (&hold, 0, "seventh", "seven");
  assert_value (&hold, 7, "k", "zero");
  assert_value (&hold, 7, "only", "zero");
  g_assert_cmpuint (cf_keyspace_size (keyspace, 0), ==, 2);
  g_assert_cmpuint (cf_keyspace_size (keyspace, 7), ==, 2);
  g_assert_cmpint (cf_keyspace_next_deadline (keyspace), ==, NOW + 3);
  cf_keyspace_swap (keyspace, 7, 7);
  cf_keyspace_swap (keyspace, 7, 9);
  assert_value (&hold, 9, "only", "zero");
  g_assert_cmpuint (cf_keyspace_size (keyspace, 7), ==, 0);
  cf_hold_clear (&hold);
}

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
  g_test_add_func ("/store/flush/databases", test_flush_databases);
  g_test_add_func ("/store/flush/swap", test_flush_swap);
  return g_test_run ();
}
