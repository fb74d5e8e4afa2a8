/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/hashmap.h"

#include <math.h>

static const CfHashmapLimits any = { G_MAXSIZE, G_MAXSIZE };
static const CfHashmapLimits none = { 0, 0 };

static CfSlice
slice_of (const char *text)
{
  return cf_slice_of_string (text);
}

static void
set (CfHashmap *hashmap,
     const char *field,
     const char *value,
     const CfHashmapLimits *limits,
     gboolean is_new)
{
  gboolean added;

  g_assert_true (cf_hashmap_set (hashmap, slice_of (field), slice_of (value),
                                 limits, &added));
  g_assert_cmpint (added, ==, is_new);
}

static void
assert_value (const CfHashmap *hashmap, const char *field, const char *wanted)
{
  char scratch[CF_HASHMAP_SCRATCH];
  CfSlice value;
  gboolean there = cf_hashmap_get (hashmap, slice_of (field), scratch, &value);

  g_assert_cmpint (there, ==, wanted != NULL);
  g_assert_cmpint (cf_hashmap_has (hashmap, slice_of (field)), ==, there);
  if (wanted != NULL)
    g_assert_cmpmem (value.data, value.size, wanted, strlen (wanted));
}

static const char *
encoding (const CfHashmap *hashmap)
{
  return cf_object_encoding ((const CfObject *) hashmap);
}

static void
test_hashmap_limits (void)
{
  static const CfHashmapLimits limits = { 2, 5 };
  g_autoptr (CfHashmap) many = cf_hashmap_new ();
  g_autoptr (CfHashmap) long_value = cf_hashmap_new ();
  g_autoptr (CfHashmap) long_field = cf_hashmap_new ();

  set (many, "a", "1", &limits, TRUE);
  set (many, "b", "2", &limits, TRUE);
  set (many, "a", "12345", &limits, FALSE);
  g_assert_cmpstr (encoding (many), ==, "listpack");
  g_assert_nonnull (cf_hashmap_listpack (many));
  set (many, "c", "3", &limits, TRUE);
  g_assert_cmpstr (encoding (many), ==, "hashtable");
  g_assert_null (cf_hashmap_listpack (many));
  assert_value (many, "a", "12345");
  g_assert_true (cf_hashmap_remove (many, CF_SLICE ("c")));
  g_assert_false (cf_hashmap_remove (many, CF_SLICE ("c")));
  g_assert_cmpstr (encoding (many), ==, "hashtable");

  set (long_value, "a", "1", &limits, TRUE);
  set (long_value, "a", "123456", &limits, FALSE);
  g_assert_cmpstr (encoding (long_value), ==, "hashtable");
  assert_value (long_value, "a", "123456");
  set (long_field, "abcdef", "1", &limits, TRUE);
  g_assert_cmpstr (encoding (long_field), ==, "hashtable");
}

/* Limits that become lower count as soon as anything is set. */
static void
test_hashmap_lower_limits (void)
{
  static const CfHashmapLimits one = { 1, 100 };
  g_autoptr (CfHashmap) hashmap = cf_hashmap_new ();

  set (hashmap, "a", "1", &any, TRUE);
  set (hashmap, "b", "2", &any, TRUE);
  set (hashmap, "a", "3", &one, FALSE);
  g_assert_cmpstr (encoding (hashmap), ==, "hashtable");
  assert_value (hashmap, "a", "3");
  assert_value (hashmap, "b", "2");
}

static void
check_model (const CfHashmap *hashmap, GHashTable *model)
{
  g_autoptr (CfObject) copy = cf_object_try_copy ((const CfObject *) hashmap);
  CfHashmapIter iter;
  CfSlice field, value;
  gsize n = 0;

  cf_hashmap_iter_init (&iter, (const CfHashmap *) copy);
  while (cf_hashmap_iter_next (&iter, &field, &value))
    {
      g_autofree char *name = g_strndup (field.data, field.size);
      const char *wanted = g_hash_table_lookup (model, name);

      g_assert_nonnull (wanted);
      g_assert_cmpmem (value.data, value.size, wanted, strlen (wanted));
      n++;
    }
  g_assert_cmpuint (n, ==, g_hash_table_size (model));
  g_assert_cmpuint (cf_hashmap_n (hashmap), ==, n);
  g_assert_cmpuint (cf_object_n_elements (copy), ==, n);
  g_assert_cmpstr (cf_object_encoding (copy), ==, encoding (hashmap));
  g_assert_cmpuint (cf_object_memory (copy, 0), >, 2 * n);
}

static char *
any_text (gboolean may_be_long)
{
  static const gsize sizes[] = { 0, 1, 63, 64, 65, 253, 254, 255, 256, 1000 };

  if (g_test_rand_int_range (0, 2) == 0)
    return g_strdup_printf ("%d", g_test_rand_int_range (-60, 60));
  if (may_be_long && g_test_rand_int_range (0, 4) == 0)
    return g_strnfill (sizes[g_test_rand_int_range (0, G_N_ELEMENTS (sizes))],
                       'v');
  return g_strdup_printf ("text:%d", g_test_rand_int_range (0, 100));
}

static void
test_hashmap_model (void)
{
  for (int round = 0; round < 60; round++)
    {
      g_autoptr (GHashTable) model =
          g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      g_autoptr (CfHashmap) hashmap = cf_hashmap_new ();
      CfHashmapLimits limits = { (gsize) g_test_rand_int_range (0, 200),
                                 (gsize) g_test_rand_int_range (0, 300) };

      for (int step = 0; step < 600; step++)
        {
          char *field = any_text (step > 300), *value;
          gboolean there = g_hash_table_contains (model, field);

          assert_value (hashmap, field, g_hash_table_lookup (model, field));
          if (g_test_rand_int_range (0, 3) == 0)
            {
              g_assert_cmpint (cf_hashmap_remove (hashmap, slice_of (field)),
                               ==, there);
              g_hash_table_remove (model, field);
              g_free (field);
              continue;
            }
          value = any_text (step > 100);
          set (hashmap, field, value, &limits, !there);
          g_hash_table_insert (model, field, value);
        }
      check_model (hashmap, model);
    }
}

typedef struct
{
  guint seen[2000];
  guint n;
} Seen;

static void
on_field (CfSlice field, CfSlice value, gpointer data)
{
  Seen *seen = data;
  g_autofree char *text = g_strndup (field.data, field.size);

  g_assert_cmpmem (field.data, field.size, value.data, value.size);
  seen->seen[atoi (text)]++;
  seen->n++;
}

/* Fields 0 to n - 1, whose values are like them. */
static CfHashmap *
numbered (guint n, const CfHashmapLimits *limits)
{
  CfHashmap *hashmap = cf_hashmap_new ();

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      set (hashmap, text, text, limits, TRUE);
    }
  return hashmap;
}

static void
check_draw (const CfHashmapLimits *limits)
{
  g_autoptr (CfHashmap) hashmap = numbered (40, limits);
  Seen seen = { 0 };
  double chi = 0;

  cf_hashmap_draw (hashmap, 40 * 200, on_field, &seen);
  for (int i = 0; i < 40 * 100; i++)
    cf_hashmap_draw (hashmap, 1, on_field, &seen);
  g_assert_cmpuint (seen.n, ==, 40 * 300);
  for (guint i = 0; i < 40; i++)
    chi += pow ((double) seen.seen[i] - 300, 2) / 300;
  g_assert_cmpfloat (chi, <=, 40 + 6 * sqrt (80) + 12);
}

static void
test_hashmap_draw (void)
{
  check_draw (&any);
  check_draw (&none);
}

static void
check_sample (guint n, const CfHashmapLimits *limits)
{
  g_autoptr (CfHashmap) hashmap = numbered (n, limits);

  for (guint wanted = 0; wanted <= n + 1; wanted += 1 + wanted / 3)
    {
      Seen seen = { 0 };

      cf_hashmap_sample (hashmap, wanted, on_field, &seen);
      g_assert_cmpuint (seen.n, ==, MIN (wanted, n));
      for (guint i = 0; i < n; i++)
        g_assert_cmpuint (seen.seen[i], <=, 1);
    }
}

static void
test_hashmap_sample (void)
{
  check_sample (1, &any);
  check_sample (50, &any);
  check_sample (50, &none);
  check_sample (2000, &none);
}

static void
check_scan (const CfHashmapLimits *limits)
{
  g_autoptr (CfHashmap) hashmap = numbered (500, limits);
  Seen seen = { 0 };
  guint64 cursor = 0;

  do
    cursor = cf_hashmap_scan (hashmap, cursor, on_field, &seen);
  while (cursor != 0);
  g_assert_cmpuint (seen.n, ==, 500);
  for (guint i = 0; i < 500; i++)
    g_assert_cmpuint (seen.seen[i], ==, 1);
}

static void
test_hashmap_scan (void)
{
  check_scan (&any);
  check_scan (&none);
}

/* The order in which fields came, which a listpack keeps. */
static void
test_hashmap_order (void)
{
  g_autoptr (CfHashmap) hashmap = numbered (20, &any);
  CfHashmapIter iter;
  CfSlice field, value;

  g_assert_true (cf_hashmap_remove (hashmap, CF_SLICE ("0")));
  set (hashmap, "5", "new", &any, FALSE);
  cf_hashmap_iter_init (&iter, hashmap);
  for (int i = 1; i < 20; i++)
    {
      g_autofree char *text = g_strdup_printf ("%d", i);

      g_assert_true (cf_hashmap_iter_next (&iter, &field, &value));
      g_assert_cmpmem (field.data, field.size, text, strlen (text));
    }
  g_assert_false (cf_hashmap_iter_next (&iter, &field, &value));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/hashmap/limits", test_hashmap_limits);
  g_test_add_func ("/types/hashmap/lower-limits", test_hashmap_lower_limits);
  g_test_add_func ("/types/hashmap/model", test_hashmap_model);
  g_test_add_func ("/types/hashmap/draw", test_hashmap_draw);
  g_test_add_func ("/types/hashmap/sample", test_hashmap_sample);
  g_test_add_func ("/types/hashmap/scan", test_hashmap_scan);
  g_test_add_func ("/types/hashmap/order", test_hashmap_order);
  return g_test_run ();
}
