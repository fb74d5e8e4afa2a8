/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
fill (StoreFixture *self, guint db, const char *prefix, guint from, guint to)
{
  for (guint i = from; i < to; i++)
    {
      char name[32];

      g_snprintf (name, sizeof name, "%s%u", prefix, i);
      put (&self->hold, db, name, "v", CF_NO_DEADLINE);
    }
}

static void
test_walk_count (StoreFixture *self, gconstpointer data)
{
  gsize n_keys, n_volatile;
  gint64 ttl_ms;

  cf_keyspace_count (self->keyspace, 5, &n_keys, &n_volatile, &ttl_ms, NOW);
  g_assert_cmpuint (n_keys, ==, 0);
  g_assert_cmpuint (n_volatile, ==, 0);
  g_assert_cmpint (ttl_ms, ==, 0);
  fill (self, 5, "k", 0, 1000);
  put (&self->hold, 5, "a", "v", NOW + 1000);
  put (&self->hold, 5, "b", "v", NOW + 3000);
  cf_keyspace_count (self->keyspace, 5, &n_keys, &n_volatile, &ttl_ms, NOW);
  g_assert_cmpuint (n_keys, ==, 1002);
  g_assert_cmpuint (cf_keyspace_size (self->keyspace, 5), ==, 1002);
  g_assert_cmpuint (n_volatile, ==, 2);
  g_assert_cmpint (ttl_ms, ==, 2000);
}

static gboolean
count_entry (const CfEntry *entry, gpointer data)
{
  return --*(int *) data > 0;
}

static void
test_walk_slot (StoreFixture *self, gconstpointer data)
{
  guint slot = key_of_string ("{t}").slot;
  int left = 100000;

  fill (self, 0, "{t}", 0, 5000);
  put (&self->hold, 0, "{t}past", "v", NOW - 1);
  cf_keyspace_walk_slot (self->keyspace, 0, slot, NOW, count_entry, &left);
  g_assert_cmpint (left, ==, 100000 - 5000);
  left = 10;
  cf_keyspace_walk_slot (self->keyspace, 0, slot, NOW, count_entry, &left);
  g_assert_cmpint (left, ==, 0);
  cf_keyspace_walk_slot (self->keyspace, 0, slot + 1, NOW, count_entry, &left);
  cf_keyspace_walk_slot (self->keyspace, 1, slot, NOW, count_entry, &left);
  g_assert_cmpint (left, ==, 0);
}

/* Notes entries called "k..." or "{t}...". */
static gboolean
note_entry (const CfEntry *entry, gpointer data)
{
  CfSlice key = cf_entry_key (entry);

  g_hash_table_add (data, g_strndup (key.data, key.size));
  return TRUE;
}

static guint
scan (StoreFixture *self, gsize count, GHashTable *seen, guint *n_changes)
{
  guint64 cursor = 0;
  guint n_calls = 0;

  do
    {
      cursor = cf_keyspace_scan (self->keyspace, 0, cursor, count, NOW,
                                 note_entry, seen);
      g_assert_cmpuint (cursor >> 46, ==, 0);
      n_calls++;
      if (n_changes != NULL)
        {
          fill (self, 0, "{t}extra", *n_changes, *n_changes + 500);
          *n_changes += 500;
        }
    }
  while (cursor != 0);
  return n_calls;
}

static void
test_walk_scan (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_assert_cmpuint (scan (self, 10, seen, NULL), ==, 1);
  fill (self, 0, "k", 0, 1000);
  g_assert_cmpuint (scan (self, 10, seen, NULL), <=, 101);
  g_assert_cmpuint (g_hash_table_size (seen), ==, 1000);
  g_assert_cmpuint (scan (self, 1, seen, NULL), <=, 1000);
  g_assert_cmpuint (scan (self, 5000, seen, NULL), ==, 1);
  g_assert_cmpuint (g_hash_table_size (seen), ==, 1000);
}

/* A huge slot comes in parts; what is there all the time is found though the
 * slot grows and splits meanwhile. */
static void
test_walk_scan_growing (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_extra = 0;

  fill (self, 0, "{t}", 0, 4000);
  g_assert_cmpuint (scan (self, 10, seen, &n_extra), >, 2);
  for (guint i = 0; i < 4000; i++)
    {
      g_autofree char *name = g_strdup_printf ("{t}%u", i);

      g_assert_true (g_hash_table_contains (seen, name));
    }
}

static void
test_walk_scan_garbage (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  fill (self, 0, "k", 0, 1000);
  g_assert_cmpuint (cf_keyspace_scan (self->keyspace, 0, G_MAXUINT64, 10, NOW,
                                      note_entry, seen),
                    ==, 0);
  for (guint i = 0; i < 1000; i++)
    {
      guint64 cursor =
          (guint64) g_test_rand_int () << 32 | (guint32) g_test_rand_int ();

      cf_keyspace_scan (self->keyspace, 0, cursor, 10, NOW, note_entry, seen);
      cf_keyspace_scan (self->keyspace, 0, cursor >> 18, 10, NOW, note_entry,
                        seen);
    }
}

/* Frees what @key was before. */
static gboolean
find_random (StoreFixture *self, char **key)
{
  gsize size;
  gboolean found;

  g_clear_pointer (key, g_free);
  found = cf_keyspace_random (self->keyspace, 0, NOW, key, &size);
  g_assert_cmpint (found, ==, *key != NULL);
  if (found)
    g_assert_cmpuint (size, ==, strlen (*key));
  return found;
}

static void
test_walk_random (StoreFixture *self, gconstpointer data)
{
  g_autofree char *key = NULL;
  guint seen[50] = { 0 };

  g_assert_false (find_random (self, &key));
  put (&self->hold, 0, "past", "v", NOW - 1);
  g_assert_false (find_random (self, &key));
  g_assert_cmpuint (cf_keyspace_size (self->keyspace, 0), ==, 0);
  /* One that is live is found among many that are not. */
  for (guint i = 0; i < 1000; i++)
    {
      char name[16];

      g_snprintf (name, sizeof name, "past%u", i);
      put (&self->hold, 0, name, "v", NOW - 1);
    }
  cf_keyspace_freeze (self->keyspace, NOW + 10);
  g_assert_true (find_random (self, &key));
  g_assert_true (g_str_has_prefix (key, "past"));
  put (&self->hold, 0, "live", "v", NOW + 1);
  g_assert_true (find_random (self, &key));
  g_assert_cmpstr (key, ==, "live");
  discard (&self->hold, 0, "live");
  put (&self->hold, 0, "", "the empty key", CF_NO_DEADLINE);
  cf_keyspace_freeze (self->keyspace, 0);
  g_assert_true (find_random (self, &key));
  g_assert_cmpstr (key, ==, "");
  cf_trash_free (cf_keyspace_flush (self->keyspace, 0, NULL));
  /* Half of them in one slot. */
  fill (self, 0, "", 0, 25);
  fill (self, 0, "{t}", 25, 50);
  for (guint i = 0; i < 5000; i++)
    {
      const char *digits;

      g_assert_true (find_random (self, &key));
      digits = key[0] == '{' ? key + 3 : key;
      seen[g_ascii_strtoull (digits, NULL, 10)]++;
    }
  for (guint i = 0; i < 50; i++)
    {
      g_assert_cmpuint (seen[i], >, 40);
      g_assert_cmpuint (seen[i], <, 180);
    }
}

typedef struct
{
  guint n_seen;
  guint n_volatile;
  guint dbs;
} Samples;

static void
note_sample (const CfEntry *entry, guint db, gpointer data)
{
  Samples *self = data;

  self->n_seen++;
  self->n_volatile += cf_entry_is_volatile (entry);
  self->dbs |= 1u << db;
}

static void
test_walk_sample (StoreFixture *self, gconstpointer data)
{
  Samples samples = { 0 };

  g_assert_cmpuint (
      cf_keyspace_sample (self->keyspace, FALSE, 5, note_sample, &samples), ==,
      0);
  put (&self->hold, 0, "zero", "v", CF_NO_DEADLINE);
  put (&self->hold, 9, "nine", "v", NOW);
  put (&self->hold, 0, "{nine}", "v", CF_NO_DEADLINE);
  g_assert_cmpuint (
      cf_keyspace_sample (self->keyspace, FALSE, 5, note_sample, &samples), ==,
      3);
  g_assert_cmpuint (samples.n_seen, ==, 3);
  g_assert_cmphex (samples.dbs, ==, 1u << 0 | 1u << 9);
  memset (&samples, 0, sizeof samples);
  g_assert_cmpuint (
      cf_keyspace_sample (self->keyspace, TRUE, 5, note_sample, &samples), ==,
      1);
  g_assert_cmpuint (samples.n_volatile, ==, 1);
  fill (self, 0, "k", 0, 100000);
  memset (&samples, 0, sizeof samples);
  g_assert_cmpuint (
      cf_keyspace_sample (self->keyspace, FALSE, 5, note_sample, &samples), ==,
      5);
}

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
  store_add ("/store/walk/count", test_walk_count);
  store_add ("/store/walk/slot", test_walk_slot);
  store_add ("/store/walk/scan", test_walk_scan);
  store_add ("/store/walk/scan-growing", test_walk_scan_growing);
  store_add ("/store/walk/scan-garbage", test_walk_scan_garbage);
  store_add ("/store/walk/random", test_walk_random);
  store_add ("/store/walk/sample", test_walk_sample);
  return g_test_run ();
}
