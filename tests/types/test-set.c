/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/set.h"

#include <math.h>

#include "base/number.h"

static CfSlice
slice_of (const char *text)
{
  return cf_slice_of_string (text);
}

static void
add (CfSet *set, const char *member, gsize max_intset)
{
  gboolean added;

  g_assert_true (cf_set_add (set, slice_of (member), max_intset, &added));
  g_assert_true (added);
}

static CfSet *
set_of (guint n, const char *format, gsize max_intset)
{
  CfSet *set = cf_set_new ();

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *digits = g_strdup_printf ("%u", i);
      g_autofree char *member = g_strconcat (format, digits, NULL);

      add (set, member, max_intset);
    }
  return set;
}

static const char *
encoding (const CfSet *set)
{
  return cf_object_encoding ((const CfObject *) set);
}

static void
test_set_encoding (void)
{
  g_autoptr (CfSet) set = cf_set_new ();
  gboolean added;

  for (int i = 0; i < 4; i++)
    add (set, (const char *[]){ "1", "-5", "70000", "4" }[i], 4);
  g_assert_cmpstr (encoding (set), ==, "intset");
  g_assert_true (cf_set_add (set, CF_SLICE ("4"), 4, &added));
  g_assert_false (added);
  g_assert_cmpstr (encoding (set), ==, "intset");
  g_assert_nonnull (cf_set_intset (set));
  add (set, "5", 4);
  g_assert_cmpstr (encoding (set), ==, "hashtable");
  g_assert_null (cf_set_intset (set));
  g_assert_true (cf_set_remove (set, CF_SLICE ("5")));
  g_assert_cmpstr (encoding (set), ==, "hashtable");
  g_assert_cmpuint (cf_set_n (set), ==, 4);
  g_assert_true (cf_set_has (set, CF_SLICE ("70000")));
  g_assert_false (cf_set_has (set, CF_SLICE ("070000")));
}

static void
test_set_becomes_strings (void)
{
  g_autoptr (CfSet) set = set_of (3, "", 100);

  g_assert_false (cf_set_has (set, CF_SLICE ("x")));
  g_assert_false (cf_set_remove (set, CF_SLICE ("x")));
  add (set, "01", 100);
  g_assert_cmpstr (encoding (set), ==, "hashtable");
  g_assert_true (cf_set_has (set, CF_SLICE ("1")));
  g_assert_cmpuint (cf_set_n (set), ==, 4);
}

static void
check_model (const CfSet *set, GHashTable *model)
{
  g_autoptr (CfObject) copy = cf_object_try_copy ((const CfObject *) set);
  CfSetIter iter;
  CfSlice member;
  gsize n = 0;

  cf_set_iter_init (&iter, (const CfSet *) copy);
  while (cf_set_iter_next (&iter, &member))
    {
      g_autofree char *text = g_strndup (member.data, member.size);

      g_assert_true (g_hash_table_contains (model, text));
      n++;
    }
  g_assert_cmpuint (n, ==, g_hash_table_size (model));
  g_assert_cmpuint (cf_set_n (set), ==, n);
  g_assert_cmpstr (cf_object_encoding (copy), ==, encoding (set));
  g_assert_cmpuint (cf_object_n_elements (copy), ==, n);
  g_assert_cmpuint (cf_object_memory (copy, 0), >, n);
}

/* Members of any kind; mostly integers when @kind is 0. */
static char *
any_member (int kind)
{
  if (kind == 0 || g_test_rand_int_range (0, 2) == 0)
    return g_strdup_printf ("%d", g_test_rand_int_range (-200, 200));
  if (g_test_rand_int_range (0, 10) == 0)
    return g_strnfill ((gsize) g_test_rand_int_range (250, 260), 'x');
  return g_strdup_printf ("member:%d", g_test_rand_int_range (0, 500));
}

static void
test_set_model (void)
{
  for (int round = 0; round < 40; round++)
    {
      g_autoptr (GHashTable) model =
          g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_autoptr (CfSet) set = cf_set_new ();
      gsize max_intset = (gsize) g_test_rand_int_range (0, 200);

      for (int step = 0; step < 800; step++)
        {
          char *member = any_member (step < 400 ? 0 : round % 2);
          gboolean there = g_hash_table_contains (model, member), added;

          g_assert_cmpint (cf_set_has (set, slice_of (member)), ==, there);
          if (g_test_rand_int_range (0, 3) == 0)
            {
              g_assert_cmpint (cf_set_remove (set, slice_of (member)), ==,
                               there);
              g_hash_table_remove (model, member);
              g_free (member);
              continue;
            }
          g_assert_true (
              cf_set_add (set, slice_of (member), max_intset, &added));
          g_assert_cmpint (added, ==, !there);
          g_hash_table_add (model, member);
        }
      check_model (set, model);
    }
}

/* All members of an intset, and of a dict, have the same chance. */
static void
check_random (const char *prefix)
{
  const guint n = 40, mean = 300;
  g_autoptr (CfSet) set = set_of (n, prefix, 1000);
  guint drawn[40] = { 0 };
  double chi = 0;

  for (guint i = 0; i < n * mean; i++)
    {
      char scratch[CF_SET_SCRATCH];
      CfSlice member = cf_set_random (set, scratch);
      gint64 number;

      member.data += strlen (prefix);
      member.size -= strlen (prefix);
      g_assert_true (cf_parse_int64 (member.data, member.size, &number));
      drawn[number]++;
    }
  for (guint i = 0; i < n; i++)
    chi += pow ((double) drawn[i] - mean, 2) / mean;
  g_assert_cmpfloat (chi, <=, n + 6 * sqrt (2 * n) + 12);
}

static void
test_set_random (void)
{
  check_random ("");
  check_random ("m");
}

typedef struct
{
  GHashTable *seen; /* (owned) strings */
  guint n;
} Seen;

static void
on_member (CfSlice member, gpointer data)
{
  Seen *seen = data;

  g_hash_table_add (seen->seen, g_strndup (member.data, member.size));
  seen->n++;
}

static Seen
seen_new (void)
{
  return (Seen){ g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                 0 };
}

static void
check_sample (guint n, const char *prefix, gsize max_intset)
{
  g_autoptr (CfSet) set = set_of (n, prefix, max_intset);

  for (guint wanted = 0; wanted <= n + 1; wanted += 1 + wanted / 3)
    {
      Seen seen = seen_new ();

      cf_set_sample (set, wanted, on_member, &seen);
      g_assert_cmpuint (seen.n, ==, MIN (wanted, n));
      g_assert_cmpuint (g_hash_table_size (seen.seen), ==, seen.n);
      g_hash_table_unref (seen.seen);
    }
}

static void
test_set_sample (void)
{
  check_sample (50, "", 100);
  check_sample (3000, "", 5000);
  check_sample (50, "m", 0);
  check_sample (3000, "m", 0);
}

/* A few of a sample: each member is as likely as another to be among them. */
static void
test_set_sample_fair (void)
{
  g_autoptr (CfSet) set = set_of (20, "", 0);
  guint drawn[20] = { 0 };

  for (int round = 0; round < 4000; round++)
    {
      Seen seen = seen_new ();
      GHashTableIter iter;
      gpointer member;

      cf_set_sample (set, round % 2 ? 3 : 10, on_member, &seen);
      g_hash_table_iter_init (&iter, seen.seen);
      while (g_hash_table_iter_next (&iter, &member, NULL))
        drawn[atoi (member)]++;
      g_hash_table_unref (seen.seen);
    }
  /* 2000 times 3 and 10 of 20 each: 1300 on average. */
  for (guint i = 0; i < 20; i++)
    {
      g_assert_cmpuint (drawn[i], >, 1100);
      g_assert_cmpuint (drawn[i], <, 1500);
    }
}

static void
check_scan (const char *prefix, guint n_calls_least)
{
  g_autoptr (CfSet) set = set_of (300, prefix, 1000);
  Seen seen = seen_new ();
  guint64 cursor = 0;
  guint n_calls = 0;

  do
    {
      cursor = cf_set_scan (set, cursor, on_member, &seen);
      n_calls++;
    }
  while (cursor != 0);
  g_assert_cmpuint (g_hash_table_size (seen.seen), ==, 300);
  g_assert_cmpuint (seen.n, ==, 300);
  g_assert_cmpuint (n_calls, >=, n_calls_least);
  g_hash_table_unref (seen.seen);
}

static void
test_set_scan (void)
{
  check_scan ("", 1);
  check_scan ("m", 100);
}

static void
test_set_of_intset (void)
{
  CfIntset *intset = cf_intset_new ();
  gboolean added;
  g_autoptr (CfSet) set = NULL;

  g_assert_true (cf_intset_add (&intset, 7, &added));
  set = cf_set_try_new_intset (intset);
  g_assert_true (cf_set_has (set, CF_SLICE ("7")));
  g_assert_cmpuint (cf_object_n_blocks ((CfObject *) set), <=, 2);
  g_assert_cmpint (cf_object_type ((CfObject *) set), ==, CF_TYPE_SET);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/set/encoding", test_set_encoding);
  g_test_add_func ("/types/set/becomes-strings", test_set_becomes_strings);
  g_test_add_func ("/types/set/model", test_set_model);
  g_test_add_func ("/types/set/random", test_set_random);
  g_test_add_func ("/types/set/sample", test_set_sample);
  g_test_add_func ("/types/set/sample-fair", test_set_sample_fair);
  g_test_add_func ("/types/set/scan", test_set_scan);
  g_test_add_func ("/types/set/of-intset", test_set_of_intset);
  return g_test_run ();
}
