/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/fixture.h"
#include "store/table.h"

/* Keys are there and not there, in slots of any number of keys; nothing but
 * the time it takes may change. */
static void
test_changes_nothing (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (1, NULL);
  CfHold hold;
  CfSlice words[CF_PREFETCH_MAX];
  CfKey keys[CF_PREFETCH_MAX];
  gsize size;

  cf_hold_init (&hold, keyspace);
  for (guint i = 0; i < 3 * CF_TABLE_PART_MAX; i++)
    {
      g_autofree char *name = g_strdup_printf ("{a}%u", i);

      put (&hold, 0, name, "value", CF_NO_DEADLINE);
    }
  size = cf_keyspace_size (keyspace, 0);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    words[i] = i % 3 == 0 ? CF_SLICE ("") : CF_SLICE ("{a}7");
  words[1] = CF_SLICE ("nothing");
  cf_keyspace_prefetch (keyspace, words, keys, 0);
  cf_keyspace_prefetch (keyspace, words, keys, G_N_ELEMENTS (words));
  g_assert_cmpuint (cf_keyspace_size (keyspace, 0), ==, size);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      CfKey key = cf_key (words[i]);

      g_assert_true (keys[i].bytes.data == words[i].data);
      g_assert_cmpuint (keys[i].bytes.size, ==, words[i].size);
      g_assert_cmpuint (keys[i].hash, ==, key.hash);
      g_assert_cmpuint (keys[i].slot, ==, key.slot);
    }
  cf_hold_clear (&hold);
}

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
  g_test_add_func ("/store/prefetch/changes-nothing", test_changes_nothing);
  return g_test_run ();
}
