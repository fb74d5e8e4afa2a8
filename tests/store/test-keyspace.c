/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

typedef struct
{
  CfKeyspace *keyspace;
  CfHold hold;
  GString *removed; /* what the hook was told */
} Fixture;

static void
on_removed (gpointer data, guint db, CfSlice key, CfRemoval why)
{
  Fixture *self = data;

  g_string_append_printf (self->removed, "%c%u:%.*s ",
                          why == CF_REMOVED_EXPIRED ? 'x' : 'e', db,
                          (int) key.size, key.data);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  const CfKeyspaceHooks hooks = { on_removed, self };

  self->removed = g_string_new (NULL);
  self->keyspace = cf_keyspace_new (16, &hooks);
  cf_hold_init (&self->hold, self->keyspace);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  cf_hold_clear (&self->hold);
  cf_keyspace_free (self->keyspace);
  g_string_free (self->removed, TRUE);
}

static void
test_keyspace_put (Fixture *self, gconstpointer data)
{
  g_autofree char *long_text = g_strnfill (100000, 'x');

  assert_value (&self->hold, 0, "a", NULL);
  put (&self->hold, 0, "a", "one", CF_NO_DEADLINE);
  put (&self->hold, 9, "a", "nine", CF_NO_DEADLINE);
  assert_value (&self->hold, 0, "a", "one");
  assert_value (&self->hold, 9, "a", "nine");
  assert_value (&self->hold, 1, "a", NULL);
  put (&self->hold, 0, "a", long_text, CF_NO_DEADLINE);
  assert_value (&self->hold, 0, "a", long_text);
  put (&self->hold, 0, "a", "-12", CF_NO_DEADLINE);
  assert_value (&self->hold, 0, "a", "-12");
  g_assert_cmpuint (cf_keyspace_size (self->keyspace, 0), ==, 1);
  g_assert_true (discard (&self->hold, 9, "a"));
  g_assert_false (discard (&self->hold, 9, "a"));
  g_assert_cmpuint (cf_keyspace_size (self->keyspace, 9), ==, 0);
}

/* A value that fits is put where the old one was. */
static void
test_keyspace_in_place (Fixture *self, gconstpointer data)
{
  CfKey key = key_of_string ("key");
  CfValue one = cf_value_string (CF_SLICE ("hello")),
          other = cf_value_string (CF_SLICE ("world")),
          large = cf_value_raw (
              CF_SLICE ("a string that needs a larger block by far, since it "
                        "has many more bytes than there were before"));
  CfEntry *entry;

  hold_one (&self->hold, &key);
  entry = cf_keyspace_put (self->keyspace, &self->hold, 0, &key, &one, NOW);
  g_assert_true (cf_keyspace_put (self->keyspace, &self->hold, 0, &key, &other,
                                  NOW + 1) == entry);
  g_assert_cmpint (cf_entry_deadline (entry), ==, NOW + 1);
  g_assert_false (cf_keyspace_put (self->keyspace, &self->hold, 0, &key, &large,
                                   CF_KEEP_DEADLINE) == entry);
  entry = cf_keyspace_find (self->keyspace, &self->hold, 0, &key, NOW);
  g_assert_cmpint (cf_entry_deadline (entry), ==, NOW + 1);
  cf_keyspace_put (self->keyspace, &self->hold, 0, &key, &large,
                   CF_NO_DEADLINE);
  entry = cf_keyspace_find (self->keyspace, &self->hold, 0, &key, NOW);
  g_assert_cmpint (cf_entry_deadline (entry), ==, CF_NO_DEADLINE);
  cf_hold_release (&self->hold);
  g_assert_cmpint (cf_keyspace_next_deadline (self->keyspace), ==, G_MAXINT64);
}

static void
test_keyspace_expired (Fixture *self, gconstpointer data)
{
  g_autofree char *text = NULL;

  put (&self->hold, 3, "late", "v", NOW + 5);
  assert_value (&self->hold, 3, "late", "v");
  text = get (&self->hold, 3, "late", NOW + 5);
  g_assert_cmpstr (text, ==, "v");
  g_assert_null (get (&self->hold, 3, "late", NOW + 6));
  g_assert_cmpstr (self->removed->str, ==, "x3:late ");
  g_assert_cmpuint (cf_keyspace_n_expired (self->keyspace), ==, 1);
  g_assert_cmpuint (cf_keyspace_size (self->keyspace, 3), ==, 0);
  /* What is past its deadline can neither be removed nor replaced. */
  put (&self->hold, 0, "past", "v", NOW - 1);
  g_assert_false (discard (&self->hold, 0, "past"));
  put (&self->hold, 0, "past", "v", NOW - 1);
  put (&self->hold, 0, "past", "w", CF_KEEP_DEADLINE);
  assert_value (&self->hold, 0, "past", "w");
  g_assert_cmpuint (cf_keyspace_n_expired (self->keyspace), ==, 3);
}

static void
test_keyspace_frozen (Fixture *self, gconstpointer data)
{
  put (&self->hold, 0, "k", "v", NOW - 1);
  cf_keyspace_freeze (self->keyspace, G_MAXINT64);
  assert_value (&self->hold, 0, "k", NULL);
  g_assert_cmpuint (cf_keyspace_size (self->keyspace, 0), ==, 1);
  g_assert_cmpuint (cf_keyspace_expire_due (self->keyspace, NOW, 10), ==, 0);
  cf_keyspace_freeze (self->keyspace, 0);
  assert_value (&self->hold, 0, "k", NULL);
  g_assert_cmpuint (cf_keyspace_size (self->keyspace, 0), ==, 0);
}

static void
test_keyspace_deadline (Fixture *self, gconstpointer data)
{
  CfKey key = key_of_string ("k");
  CfEntry *entry;

  put (&self->hold, 0, "k", "12345", CF_NO_DEADLINE);
  hold_one (&self->hold, &key);
  entry =
      cf_keyspace_set_deadline (self->keyspace, &self->hold, 0, &key, NOW + 10);
  g_assert_cmpint (cf_entry_deadline (entry), ==, NOW + 10);
  g_assert_cmpint (cf_keyspace_next_deadline (self->keyspace), ==, NOW + 10);
  g_assert_true (cf_keyspace_set_deadline (self->keyspace, &self->hold, 0, &key,
                                           NOW + 5) == entry);
  g_assert_cmpint (cf_keyspace_next_deadline (self->keyspace), ==, NOW + 5);
  entry = cf_keyspace_set_deadline (self->keyspace, &self->hold, 0, &key,
                                    CF_NO_DEADLINE);
  g_assert_cmpint (cf_entry_int (entry), ==, 12345);
  g_assert_cmpint (cf_keyspace_next_deadline (self->keyspace), ==, G_MAXINT64);
  cf_hold_release (&self->hold);
}

/* As RENAME does it. */
static void
test_keyspace_adopt (Fixture *self, gconstpointer data)
{
  g_autofree char *text = g_strnfill (5000, 'y');
  CfKey keys[] = { key_of_string ("old"), key_of_string ("new") };
  CfEntry *entry;

  put (&self->hold, 0, "old", text, NOW + 10);
  put (&self->hold, 0, "new", "gone", CF_NO_DEADLINE);
  g_assert_true (cf_hold_slots (&self->hold, keys, 2, NULL));
  entry = cf_keyspace_steal (self->keyspace, &self->hold, 0, &keys[0]);
  g_assert_nonnull (entry);
  entry = cf_keyspace_adopt (self->keyspace, &self->hold, 0, &keys[1], entry);
  g_assert_cmpint (cf_entry_deadline (entry), ==, NOW + 10);
  cf_hold_release (&self->hold);
  assert_value (&self->hold, 0, "old", NULL);
  assert_value (&self->hold, 0, "new", text);
}

/* Random operations under all three kinds of hold, against a GHashTable. */
static void
test_keyspace_model (Fixture *self, gconstpointer data)
{
  g_autoptr (GHashTable) model =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (int i = 0; i < 20000; i++)
    {
      char *name = g_strdup_printf ("{%d}key%d", g_test_rand_int_range (0, 4),
                                    g_test_rand_int_range (0, 1000));
      char *text = g_strnfill ((gsize) g_test_rand_int_range (0, 1200), 'a');
      CfKey key = key_of_string (name);
      CfValue value = cf_value_string (cf_slice_of_string (text));
      CfHold *hold = &self->hold;

      hold->now_ms = NOW;
      switch (g_test_rand_int_range (0, 3))
        {
        case 0:
          g_assert_true (cf_hold_slots (hold, &key, 1, NULL));
          break;
        case 1:
          g_assert_true (cf_hold_claims (hold, &key, 1, NULL));
          break;
        default:
          cf_hold_all (hold);
        }
      if (g_test_rand_int_range (0, 3) > 0)
        {
          cf_keyspace_put (self->keyspace, hold, 0, &key, &value,
                           g_test_rand_bit ()
                               ? CF_NO_DEADLINE
                               : NOW + g_test_rand_int_range (0, 100000));
          cf_hold_release (hold);
          g_hash_table_replace (model, name, text);
        }
      else
        {
          g_assert_cmpint (cf_keyspace_remove (self->keyspace, hold, 0, &key),
                           ==, g_hash_table_remove (model, name));
          cf_hold_release (hold);
          g_free (name);
          g_free (text);
        }
    }
  g_assert_cmpuint (cf_keyspace_size (self->keyspace, 0), ==,
                    g_hash_table_size (model));
  for (int i = 0; i < 4000; i++)
    {
      g_autofree char *name = g_strdup_printf ("{%d}key%d", i / 1000, i % 1000);

      assert_value (&self->hold, 0, name, g_hash_table_lookup (model, name));
    }
}

#define ADD(name, function)                                                    \
  g_test_add ("/store/keyspace/" name, Fixture, NULL, set_up, function,        \
              tear_down)

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
  ADD ("put", test_keyspace_put);
  ADD ("in-place", test_keyspace_in_place);
  ADD ("expired", test_keyspace_expired);
  ADD ("frozen", test_keyspace_frozen);
  ADD ("deadline", test_keyspace_deadline);
  ADD ("adopt", test_keyspace_adopt);
  ADD ("model", test_keyspace_model);
  return g_test_run ();
}
