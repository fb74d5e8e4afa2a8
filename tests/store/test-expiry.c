/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_expiry_due (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (16, NULL);
  CfHold hold;
  gsize n_removed = 0, n;

  cf_hold_init (&hold, keyspace);
  g_assert_cmpint (cf_keyspace_next_deadline (keyspace), ==, G_MAXINT64);
  g_assert_cmpuint (cf_keyspace_expire_due (keyspace, NOW, 10), ==, 0);
  for (guint i = 0; i < 1000; i++)
    {
      char name[16];

      g_snprintf (name, sizeof name, i % 2 == 0 ? "{t}%u" : "%u", i);
      put (&hold, i % 3 == 0 ? 0 : i % 5, name, "v", NOW + i);
    }
  g_assert_cmpint (cf_keyspace_next_deadline (keyspace), ==, NOW);
  g_assert_cmpuint (cf_keyspace_expire_due (keyspace, NOW, 1000), ==, 0);
  /* A bounded number at a time. */
  while ((n = cf_keyspace_expire_due (keyspace, NOW + 500, 50)) > 0)
    {
      g_assert_cmpuint (n, <=, 50 + 64 * 5);
      n_removed += n;
    }
  g_assert_cmpuint (n_removed, ==, 500);
  g_assert_cmpint (cf_keyspace_next_deadline (keyspace), ==, NOW + 500);
  while (cf_keyspace_expire_due (keyspace, NOW + 5000, 1000) > 0)
    continue;
  for (guint db = 0; db < 16; db++)
    g_assert_cmpuint (cf_keyspace_size (keyspace, db), ==, 0);
  g_assert_cmpuint (cf_keyspace_n_expired (keyspace), ==, 1000);
  cf_hold_clear (&hold);
}

static void
on_removed (gpointer data, guint db, CfSlice key, CfRemoval why)
{
  g_assert_cmpint (why, ==, CF_REMOVED_EVICTED);
  g_assert_cmpuint (db, ==, 2);
  g_assert_true (cf_slice_is (key, "k"));
  ++*(guint *) data;
}

static void
test_expiry_evict (void)
{
  guint n_removed = 0;
  const CfKeyspaceHooks hooks = { on_removed, &n_removed };
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (16, &hooks);
  CfHold hold;

  cf_hold_init (&hold, keyspace);
  put (&hold, 2, "k", "v", NOW);
  g_assert_cmpuint (cf_keyspace_evict (keyspace, 1, CF_SLICE ("k")), ==, 0);
  g_assert_cmpuint (cf_keyspace_evict (keyspace, 2, CF_SLICE ("k")), >, 8);
  g_assert_cmpuint (cf_keyspace_evict (keyspace, 2, CF_SLICE ("k")), ==, 0);
  g_assert_cmpuint (n_removed, ==, 1);
  g_assert_cmpuint (cf_keyspace_n_evicted (keyspace), ==, 1);
  g_assert_cmpint (cf_keyspace_next_deadline (keyspace), ==, G_MAXINT64);
  cf_hold_clear (&hold);
}

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
  g_test_add_func ("/store/expiry/due", test_expiry_due);
  g_test_add_func ("/store/expiry/evict", test_expiry_evict);
  return g_test_run ();
}
