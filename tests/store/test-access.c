/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#define MINUTE 60000

static CfEntry *
make (void)
{
  CfValue value = cf_value_int (1);

  return cf_entry_try_new (CF_SLICE ("k"), &value, CF_NO_DEADLINE);
}

static void
test_access_lru (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (1, NULL);
  CfEntry *entry = make ();

  cf_keyspace_accessed (keyspace, entry, NOW);
  g_assert_cmpuint (cf_keyspace_idle_ms (keyspace, entry, NOW), ==, 0);
  g_assert_cmpuint (cf_keyspace_idle_ms (keyspace, entry, NOW + 5000), ==,
                    5000);
  /* The clock goes round. */
  cf_keyspace_accessed (keyspace, entry, G_GINT64_CONSTANT (0xffffff) * 1000);
  g_assert_cmpuint (cf_keyspace_idle_ms (keyspace, entry,
                                         G_GINT64_CONSTANT (0x1000004) * 1000),
                    ==, 5000);
  cf_entry_free (entry);
}

/* The counter starts at 5, decays, and grows ever more slowly. */
static void
test_access_lfu (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (1, NULL);
  CfHold hold;
  CfKey key = key_of_string ("k");
  CfValue value = cf_value_int (1);
  CfEntry *entry;

  cf_keyspace_set_access_kind (keyspace, CF_ACCESS_LFU, 10, 1);
  cf_hold_init (&hold, keyspace);
  hold_one (&hold, &key);
  entry = cf_keyspace_put (keyspace, &hold, 0, &key, &value, CF_NO_DEADLINE);
  g_assert_cmpuint (cf_keyspace_frequency (keyspace, entry, NOW), ==, 5);
  g_assert_cmpuint (cf_keyspace_frequency (keyspace, entry, NOW + 3 * MINUTE),
                    ==, 2);
  g_assert_cmpuint (cf_keyspace_frequency (keyspace, entry, NOW + 99 * MINUTE),
                    ==, 0);
  cf_keyspace_accessed (keyspace, entry, NOW);
  g_assert_cmpuint (cf_keyspace_frequency (keyspace, entry, NOW), ==, 6);
  for (guint i = 0; i < 10000; i++)
    cf_keyspace_accessed (keyspace, entry, NOW);
  g_assert_cmpuint (cf_keyspace_frequency (keyspace, entry, NOW), >, 20);
  g_assert_cmpuint (cf_keyspace_frequency (keyspace, entry, NOW), <, 120);
  /* An overwritten value keeps it; no decay if the period is 0. */
  cf_entry_set_access (entry, (guint32) (NOW / MINUTE & 0xffff) << 8 | 255);
  cf_keyspace_put (keyspace, &hold, 0, &key, &value, CF_NO_DEADLINE);
  cf_keyspace_accessed (keyspace, entry, NOW);
  cf_keyspace_set_access_kind (keyspace, CF_ACCESS_LFU, 10, 0);
  g_assert_cmpuint (cf_keyspace_frequency (keyspace, entry, NOW + 99 * MINUTE),
                    ==, 255);
  cf_hold_release (&hold);
  cf_hold_clear (&hold);
}

/* Each takes effect only where its kind is kept. */
static void
test_access_set (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (1, NULL);
  CfValue value = cf_value_int (1);
  CfEntry *entry = cf_entry_try_new (CF_SLICE ("k"), &value, CF_NO_DEADLINE);

  cf_keyspace_set_idle (keyspace, entry, 1000, NOW);
  cf_keyspace_set_frequency (keyspace, entry, 200, NOW);
  g_assert_cmpuint (cf_keyspace_idle_ms (keyspace, entry, NOW), ==, 1000000);
  cf_keyspace_set_idle (keyspace, entry, G_MAXUINT64, NOW);
  g_assert_cmpuint (cf_keyspace_idle_ms (keyspace, entry, NOW), ==,
                    (guint64) 0xffffff * 1000);
  cf_keyspace_set_access_kind (keyspace, CF_ACCESS_LFU, 10, 1);
  cf_keyspace_set_frequency (keyspace, entry, 200, NOW);
  cf_keyspace_set_idle (keyspace, entry, 1000, NOW);
  g_assert_cmpuint (cf_keyspace_frequency (keyspace, entry, NOW), ==, 200);
  cf_entry_free (entry);
}

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
  g_test_add_func ("/store/access/lru", test_access_lru);
  g_test_add_func ("/store/access/lfu", test_access_lfu);
  g_test_add_func ("/store/access/set", test_access_set);
  return g_test_run ();
}
