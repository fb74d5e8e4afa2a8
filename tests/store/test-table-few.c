/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"
#include "store/table-few.h"
#include "store/table.h"

static CfEntry *
make (guint number)
{
  g_autofree char *key = g_strdup_printf ("key:%u", number);
  CfValue value = cf_value_int (number);

  return cf_entry_try_new (cf_slice_of_string (key), &value, CF_NO_DEADLINE);
}

static CfTableFew *
add (CfTableFew *few, guint n, guint number)
{
  CfEntry *entry = make (number);

  return cf_table_few_add (few, n, entry, cf_table_hash (cf_entry_key (entry)));
}

static guint
find (const CfTableFew *few, guint n, guint number)
{
  g_autofree char *key = g_strdup_printf ("key:%u", number);
  CfSlice slice = cf_slice_of_string (key);

  return cf_table_few_find (few, n, slice, cf_table_hash (slice));
}

static CfTableFew *
remove_number (CfTableFew *few, guint n, guint number)
{
  guint i = find (few, n, number);

  g_assert_cmpuint (i, <, n);
  cf_entry_free (cf_table_few_entry (few, n, i));
  return cf_table_few_remove (few, n, i);
}

/* Fills it to each size, and empties it from the front, the back and in
 * between. */
static void
test_table_few_every_size (void)
{
  for (guint size = 1; size <= CF_TABLE_FEW_MAX; size++)
    for (guint step = 1; step <= 3; step++)
      {
        CfTableFew *few = NULL;
        guint left[CF_TABLE_FEW_MAX];

        for (guint i = 0; i < size; i++)
          {
            g_assert_cmpuint (find (few, i, i), ==, i);
            few = add (few, i, i);
            left[i] = i;
          }
        for (guint n = size; n > 0; n--)
          {
            guint which = n * step / 4;

            for (guint i = 0; i < n; i++)
              g_assert_cmpint (cf_entry_int (cf_table_few_entry (
                                   few, n, find (few, n, left[i]))),
                               ==, left[i]);
            few = remove_number (few, n, left[which]);
            left[which] = left[n - 1];
          }
        g_assert_null (few);
      }
}

static void
test_table_few_replace (void)
{
  CfTableFew *few = NULL;

  cf_table_few_free (few, 0);
  for (guint n = 1; n <= 3; n++)
    {
      CfEntry *other = make (0), *old;
      guint i;

      few = add (few, n - 1, n - 1);
      i = find (few, n, 0);
      old = cf_table_few_entry (few, n, i);
      few = cf_table_few_replace (few, n, i, other);
      g_assert_true (cf_table_few_entry (few, n, find (few, n, 0)) == other);
      cf_entry_free (old);
      cf_table_few_fetch (few, n, cf_table_hash (CF_SLICE ("key:1")));
    }
  for (guint i = 0; i < 3; i++)
    cf_entry_free (cf_table_few_entry (few, 3, i));
  cf_table_few_free (few, 3);
}

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
  g_test_add_func ("/store/table-few/every-size", test_table_few_every_size);
  g_test_add_func ("/store/table-few/replace", test_table_few_replace);
  return g_test_run ();
}
