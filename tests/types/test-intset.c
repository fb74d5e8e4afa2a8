/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/intset.h"

static void
test_intset_layout (void)
{
  g_autofree CfIntset *intset = cf_intset_new ();
  gboolean added;

  g_assert_true (cf_intset_add (&intset, 5, &added));
  g_assert_true (cf_intset_add (&intset, -1, &added));
  g_assert_true (added);
  g_assert_true (cf_intset_add (&intset, 5, &added));
  g_assert_false (added);
  /* As in the DUMP of redis-server 7.0.15. */
  g_assert_cmpmem (cf_intset_bytes (intset).data, cf_intset_bytes (intset).size,
                   "\2\0\0\0\2\0\0\0\xff\xff\5\0", 12);
  g_assert_true (cf_intset_add (&intset, 40000, &added));
  g_assert_cmpmem (cf_intset_bytes (intset).data, cf_intset_bytes (intset).size,
                   "\4\0\0\0\3\0\0\0\xff\xff\xff\xff\5\0\0\0\x40\x9c\0\0", 20);
  g_assert_true (cf_intset_add (&intset, G_MININT64, &added));
  g_assert_cmpmem (cf_intset_bytes (intset).data, cf_intset_bytes (intset).size,
                   "\x8\0\0\0\4\0\0\0"
                   "\0\0\0\0\0\0\0\x80\xff\xff\xff\xff\xff\xff\xff\xff"
                   "\5\0\0\0\0\0\0\0\x40\x9c\0\0\0\0\0\0",
                   40);
  g_assert_true (cf_intset_remove (&intset, G_MININT64));
  g_assert_cmpuint (cf_intset_bytes (intset).size, ==, 32);
}

static gint64
any_integer (int range)
{
  static const gint64 edges[] = {
    G_MININT16, G_MAXINT16, G_MININT16 - 1, G_MAXINT16 + 1,         G_MININT32,
    G_MAXINT32, G_MININT64, G_MAXINT64,     (gint64) G_MAXINT32 + 1
  };

  if (range == 2 && g_test_rand_int_range (0, 8) == 0)
    return edges[g_test_rand_int_range (0, G_N_ELEMENTS (edges))];
  if (range == 1 && g_test_rand_int_range (0, 8) == 0)
    return edges[g_test_rand_int_range (0, 6)];
  return g_test_rand_int_range (-100, 200);
}

static int
compare (gconstpointer a, gconstpointer b, gpointer unused)
{
  gint64 one = *(const gint64 *) a, other = *(const gint64 *) b;

  (void) unused;
  return (one > other) - (one < other);
}

static void
check_model (const CfIntset *intset, GHashTable *model)
{
  g_autofree CfIntset *parsed = cf_intset_try_parse (cf_intset_bytes (intset));
  g_autofree gint64 *sorted = g_new (gint64, g_hash_table_size (model) + 1);
  GHashTableIter iter;
  gpointer key;
  gsize n = 0;

  g_hash_table_iter_init (&iter, model);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    sorted[n++] = *(gint64 *) key;
  g_qsort_with_data (sorted, (int) n, sizeof *sorted, compare, NULL);
  g_assert_cmpuint (cf_intset_n (intset), ==, n);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpint (cf_intset_get (intset, i), ==, sorted[i]);
  g_assert_true ((parsed != NULL) == (n > 0));
}

static void
test_intset_model (void)
{
  for (int round = 0; round < 60; round++)
    {
      g_autofree CfIntset *intset = cf_intset_new ();
      g_autoptr (GHashTable) model =
          g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

      for (int step = 0; step < 400; step++)
        {
          gint64 value = any_integer (round % 3);
          gboolean there = g_hash_table_contains (model, &value), added;

          g_assert_cmpint (cf_intset_has (intset, value), ==, there);
          if (g_test_rand_int_range (0, 3) == 0)
            {
              g_assert_cmpint (cf_intset_remove (&intset, value), ==, there);
              g_hash_table_remove (model, &value);
              continue;
            }
          g_assert_true (cf_intset_add (&intset, value, &added));
          g_assert_cmpint (added, ==, !there);
          g_hash_table_add (model, g_memdup2 (&value, sizeof value));
        }
      check_model (intset, model);
    }
}

static void
test_intset_copy (void)
{
  g_autofree CfIntset *intset = cf_intset_new (), *copy = NULL;
  gboolean added;

  for (gint64 i = 0; i < 100; i++)
    g_assert_true (cf_intset_add (&intset, i * 1000, &added));
  copy = cf_intset_try_copy (intset);
  g_assert_true (cf_intset_remove (&copy, 5000));
  g_assert_true (cf_intset_has (intset, 5000));
  g_assert_cmpuint (cf_intset_n (copy), ==, 99);
}

static void
refuse (const char *bytes, gsize size)
{
  g_autofree char *exact = g_memdup2 (bytes, size);

  g_assert_null (cf_intset_try_parse (cf_slice (exact, size)));
}

static void
test_intset_refuses (void)
{
#define REFUSE(literal) refuse (literal, sizeof (literal) - 1)
  refuse (NULL, 0);
  REFUSE ("\2\0\0\0\0\0\0");
  REFUSE ("\2\0\0\0\0\0\0\0");             /* empty */
  REFUSE ("\3\0\0\0\1\0\0\0\1\0\0");       /* no such width */
  REFUSE ("\2\0\0\0\2\0\0\0\1\0");         /* too short */
  REFUSE ("\2\0\0\0\1\0\0\0\1\0\0");       /* too long */
  REFUSE ("\2\0\0\0\2\0\0\0\2\0\1\0");     /* descends */
  REFUSE ("\2\0\0\0\2\0\0\0\1\0\1\0");     /* twice the same */
  REFUSE ("\2\0\0\0\2\0\0\0\1\0\xff\xff"); /* signed */
  REFUSE ("\x8\0\0\0\0\0\0\x20");
  REFUSE ("\x8\0\0\0\0\0\0\x20\0\0\0\0\0\0\0\0");
#undef REFUSE
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/intset/layout", test_intset_layout);
  g_test_add_func ("/types/intset/model", test_intset_model);
  g_test_add_func ("/types/intset/copy", test_intset_copy);
  g_test_add_func ("/types/intset/refuses", test_intset_refuses);
  return g_test_run ();
}
