/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"
#include "store/table.h"

static CfEntry *
make (guint number)
{
  g_autofree char *key = g_strdup_printf ("key:%u", number);
  CfValue value = cf_value_int (number);

  return cf_entry_try_new (cf_slice_of_string (key), &value, CF_NO_DEADLINE);
}

static CfEntry *
insert (CfTable *table, guint number)
{
  CfEntry *entry = make (number);

  cf_table_insert (table, entry, cf_table_hash (cf_entry_key (entry)));
  return entry;
}

static CfEntry *
find (const CfTable *table, guint number)
{
  g_autofree char *key = g_strdup_printf ("key:%u", number);
  CfSlice slice = cf_slice_of_string (key);

  return cf_table_find (table, slice, cf_table_hash (slice));
}

static CfEntry *
steal (CfTable *table, guint number)
{
  g_autofree char *key = g_strdup_printf ("key:%u", number);
  CfSlice slice = cf_slice_of_string (key);

  return cf_table_steal (table, slice, cf_table_hash (slice));
}

/* Walks the table; checks that parts are what they are said to be. */
static gsize
walk (const CfTable *table, guint *n_parts)
{
  guint64 position = 0, end;
  gsize n_entries = 0;

  *n_parts = 0;
  while (position <= G_MAXUINT32)
    {
      const CfEntry *entry;
      CfTableIter iter;
      guint n_part =
          cf_table_iter_init (&iter, table, (guint32) position, &end);

      g_assert_cmpuint (end, >, position);
      ++*n_parts;
      g_assert_cmpuint (n_part, <=, CF_TABLE_PART_MAX);
      while ((entry = cf_table_iter_next (&iter)) != NULL)
        {
          guint32 hash = cf_table_hash (cf_entry_key (entry));

          g_assert_cmpuint (hash, >=, position);
          g_assert_cmpuint (hash, <, end);
          n_entries++;
        }
      position = end;
    }
  return n_entries;
}

static void
test_table_small (void)
{
  CfTable table = { 0 };
  CfEntry *one, *other;
  guint n_parts;

  g_assert_null (find (&table, 1));
  g_assert_null (steal (&table, 1));
  one = insert (&table, 1);
  g_assert_true (find (&table, 1) == one);
  other = insert (&table, 1);
  g_assert_cmpuint (table.n_entries, ==, 1);
  g_assert_true (find (&table, 1) == other);
  g_assert_cmpuint (walk (&table, &n_parts), ==, 1);
  g_assert_true (steal (&table, 1) == other);
  g_assert_null (table.parts);
  cf_entry_free (one);
  cf_entry_free (other);
}

static void
test_table_grows_and_shrinks (void)
{
  const guint n = g_test_quick () ? 30000 : 1000000;
  CfTable table = { 0 };
  guint n_parts, n_parts_full;

  for (guint i = 0; i < n; i++)
    insert (&table, i);
  g_assert_cmpuint (table.n_entries, ==, n);
  g_assert_cmpuint (walk (&table, &n_parts_full), ==, n);
  g_assert_cmpuint (n_parts_full, >=, n / CF_TABLE_PART_MAX);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (cf_entry_int (find (&table, i)), ==, i);
  for (guint i = 10; i < n; i++)
    cf_entry_free (steal (&table, i));
  g_assert_cmpuint (walk (&table, &n_parts), ==, 10);
  g_assert_cmpuint (n_parts, <, n_parts_full / 2);
  for (guint i = 0; i < 10; i++)
    cf_entry_free (steal (&table, i));
  g_assert_null (table.parts);
  g_assert_cmpuint (table.depth, ==, 0);
  g_assert_false (table.is_hashed);
}

/* Goes up and down around the sizes at which it changes its form, with other
 * keys each time. */
static void
test_table_changes_form (void)
{
  CfTable table = { 0 };
  guint first = 0, next = 0, n_parts;

  for (guint round = 0; round < 200; round++)
    {
      guint size = (guint) g_test_rand_int_range (0, 40);

      for (; next - first < size; next++)
        insert (&table, next);
      for (; next - first > size; first++)
        cf_entry_free (steal (&table, first));
      g_assert_cmpuint (table.n_entries, ==, size);
      g_assert_cmpuint (walk (&table, &n_parts), ==, size);
      for (guint i = first; i < next; i++)
        g_assert_cmpint (cf_entry_int (find (&table, i)), ==, i);
      g_assert_null (find (&table, next));
      g_assert_null (steal (&table, next));
    }
  for (; first < next; first++)
    cf_entry_free (steal (&table, first));
  g_assert_null (table.parts);
}

static void
test_table_clear (void)
{
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_entry_free);
  CfTable table = { 0 };

  cf_table_clear (&table);
  for (guint i = 0; i < 10000; i++)
    g_ptr_array_add (entries, insert (&table, i));
  cf_table_clear (&table);
  g_assert_cmpuint (table.n_entries, ==, 0);
  g_assert_null (find (&table, 5));
}

/* A walk in steps, while others come and go, finds all that stay. */
static void
test_table_position (void)
{
  CfTable table = { 0 };
  guint64 position = 0;
  guint next = 10000, n_found = 0;

  for (guint i = 0; i < 5000; i++)
    insert (&table, i);
  while (position <= G_MAXUINT32)
    {
      guint64 start = position;
      const CfEntry *entry;
      CfTableIter iter;

      cf_table_iter_init (&iter, &table, (guint32) position, &position);
      while ((entry = cf_table_iter_next (&iter)) != NULL)
        if (cf_entry_int (entry) < 1000 &&
            cf_table_hash (cf_entry_key (entry)) >= start)
          n_found++;
      for (guint i = 0; i < 3000; i++)
        insert (&table, next++);
      if (position > G_MAXUINT32 / 2)
        for (guint i = 1000; i < next; i++)
          cf_entry_free (steal (&table, i));
    }
  g_assert_cmpuint (n_found, ==, 1000);
  for (guint i = 0; i < next; i++)
    cf_entry_free (steal (&table, i));
  g_assert_cmpuint (table.n_entries, ==, 0);
}

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
  g_test_add_func ("/store/table/small", test_table_small);
  g_test_add_func ("/store/table/grows-and-shrinks",
                   test_table_grows_and_shrinks);
  g_test_add_func ("/store/table/changes-form", test_table_changes_form);
  g_test_add_func ("/store/table/clear", test_table_clear);
  g_test_add_func ("/store/table/position", test_table_position);
  return g_test_run ();
}
