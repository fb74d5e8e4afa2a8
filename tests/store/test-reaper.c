/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"
#include "store/reaper.h"

static void
test_reaper_frees (void)
{
  g_autoptr (CfReaper) reaper = cf_reaper_new ();
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (1, NULL);
  CfValue value = cf_value_raw (CF_SLICE ("value"));
  CfHold hold;
  char name[16];

  g_assert_cmpuint (cf_reaper_n_pending (reaper), ==, 0);
  cf_reaper_drain (reaper);
  cf_hold_init (&hold, keyspace);
  for (guint i = 0; i < 100; i++)
    {
      g_snprintf (name, sizeof name, "key%u", i);
      put (&hold, 0, name, "v", CF_NO_DEADLINE);
    }
  cf_reaper_free_trash (reaper, cf_keyspace_flush (keyspace, 0, NULL));
  cf_reaper_free_blob (reaper, cf_blob_new (CF_SLICE ("blob")));
  cf_reaper_free_entry (
      reaper, cf_entry_try_new (CF_SLICE ("k"), &value, CF_NO_DEADLINE));
  cf_reaper_drain (reaper);
  g_assert_cmpuint (cf_reaper_n_pending (reaper), ==, 0);
  g_assert_cmpuint (cf_reaper_bytes_pending (reaper), ==, 0);
  g_assert_false (cf_reaper_has_trash (reaper));
  g_assert_cmpuint (cf_reaper_n_freed (reaper), ==, 102);
  cf_hold_clear (&hold);
}

/* Large values of a keyspace go this way, short ones do not. */
static void
test_reaper_of_keyspace (void)
{
  g_autoptr (CfReaper) reaper = cf_reaper_new ();
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (1, NULL);
  g_autofree char *text = g_strnfill (CF_ENTRY_LARGE_STRING + 1, 'x');
  CfHold hold;

  cf_keyspace_set_reaper (keyspace, reaper);
  cf_hold_init (&hold, keyspace);
  put (&hold, 0, "k", "short", CF_NO_DEADLINE);
  put (&hold, 0, "k", text, CF_NO_DEADLINE);
  put (&hold, 0, "k", "short", CF_NO_DEADLINE);
  discard (&hold, 0, "k");
  cf_reaper_drain (reaper);
  g_assert_cmpuint (cf_reaper_n_freed (reaper), ==, 1);
  cf_hold_clear (&hold);
}

/* What is pending at the end is freed. */
static void
test_reaper_end (void)
{
  CfReaper *reaper = cf_reaper_new ();

  for (guint i = 0; i < 1000; i++)
    cf_reaper_free_blob (reaper, cf_blob_new (CF_SLICE ("blob")));
  cf_reaper_free (reaper);
  cf_reaper_free (NULL);
}

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
  g_test_add_func ("/store/reaper/frees", test_reaper_frees);
  g_test_add_func ("/store/reaper/of-keyspace", test_reaper_of_keyspace);
  g_test_add_func ("/store/reaper/end", test_reaper_end);
  return g_test_run ();
}
