/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/feed.h"

static void
on_record (gpointer data, guint db, const CfSlice *words, guint n_words)
{
  g_string_append_printf (data, "%u:", db);
  for (guint i = 0; i < n_words; i++)
    g_string_append_printf (data, " %.*s", (int) words[i].size, words[i].data);
  g_string_append (data, "; ");
}

static void
test_feed_without_sink (void)
{
  g_autoptr (CfFeed) feed = cf_feed_new ();
  const CfSlice words[] = { CF_SLICE ("DEL"), CF_SLICE ("k") };
  CfFeedBlock *block = cf_feed_block_new ();

  g_assert_false (cf_feed_is_active (feed));
  cf_feed_append (feed, 0, words, 2);
  cf_feed_block_add (block, 0, words, 2);
  cf_feed_append_block (feed, block);
}

static void
test_feed_records (void)
{
  g_autoptr (CfFeed) feed = cf_feed_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  const CfSlice del[] = { CF_SLICE ("DEL"), CF_SLICE ("k") };
  const CfSlice set[] = { CF_SLICE ("SET"), CF_SLICE (""), CF_SLICE ("v") };
  CfFeedBlock *block = cf_feed_block_new ();

  cf_feed_set_sink (feed, on_record, text);
  g_assert_true (cf_feed_is_active (feed));
  cf_feed_append (feed, 1, del, G_N_ELEMENTS (del));
  g_assert_cmpstr (text->str, ==, "1: DEL k; ");

  g_string_truncate (text, 0);
  cf_feed_block_add (block, 2, set, G_N_ELEMENTS (set));
  cf_feed_block_add (block, 3, del, G_N_ELEMENTS (del));
  cf_feed_append_block (feed, block);
  g_assert_cmpstr (text->str, ==, "2: MULTI; 2: SET  v; 3: DEL k; 3: EXEC; ");
}

/* A block of one record needs no MULTI, one of none leaves no trace. */
static void
test_feed_small_blocks (void)
{
  g_autoptr (CfFeed) feed = cf_feed_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  const CfSlice del[] = { CF_SLICE ("DEL"), CF_SLICE ("k") };
  CfFeedBlock *block = cf_feed_block_new ();

  cf_feed_set_sink (feed, on_record, text);
  cf_feed_append_block (feed, cf_feed_block_new ());
  g_assert_cmpstr (text->str, ==, "");
  cf_feed_block_add (block, 0, del, G_N_ELEMENTS (del));
  cf_feed_append_block (feed, block);
  g_assert_cmpstr (text->str, ==, "0: DEL k; ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/feed/without-sink", test_feed_without_sink);
  g_test_add_func ("/engine/feed/records", test_feed_records);
  g_test_add_func ("/engine/feed/small-blocks", test_feed_small_blocks);
  return g_test_run ();
}
