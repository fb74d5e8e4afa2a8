/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/zset-builder.h"

static const CfZsetLimits limits = { 128, 64 };

/* Members "0" to "@n - 1", the scores of which go down from twice @n. */
static CfZset *
build (guint n)
{
  CfZsetBuilder builder;

  cf_zset_builder_init (&builder);
  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < n; i++)
      {
        char text[16];
        gboolean new;
        double *score;

        g_snprintf (text, sizeof text, "%u", i);
        score = cf_zset_builder_add (&builder, cf_slice_of_string (text), n - i,
                                     &new);
        g_assert_nonnull (score);
        g_assert_cmpint (new, ==, round == 0);
        if (!new)
          *score += n - i;
      }
  return cf_zset_builder_end (&builder, &limits);
}

static void
test_zset_builder_sizes (void)
{
  static const guint sizes[] = { 0, 1, 128, 129, 5000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      CfZset *zset = build (sizes[i]);
      guint n = sizes[i];
      CfZsetIter iter;
      CfSlice member;
      double score;

      g_assert_cmpuint (cf_zset_n (zset), ==, sizes[i]);
      g_assert_cmpint (cf_zset_listpack (zset) != NULL, ==, sizes[i] <= 128);
      cf_zset_iter_init (&iter, zset, 0, FALSE);
      while (cf_zset_iter_next (&iter, &member, &score))
        {
          char text[16];

          g_snprintf (text, sizeof text, "%u", --n);
          g_assert_true (cf_slice_equal (member, cf_slice_of_string (text)));
          g_assert_cmpfloat (score, ==, 2.0 * (sizes[i] - n));
        }
      g_assert_cmpuint (n, ==, 0);
      cf_object_free ((CfObject *) zset);
    }
}

/* A long member is for no listpack. */
static void
test_zset_builder_long (void)
{
  g_autofree char *bytes = g_strnfill (65, 'x');
  CfZset *zset;
  CfZsetBuilder builder;
  gboolean new;

  cf_zset_builder_init (&builder);
  cf_zset_builder_add (&builder, cf_slice (bytes, 65), 1, &new);
  zset = cf_zset_builder_end (&builder, &limits);
  g_assert_null (cf_zset_listpack (zset));
  cf_object_free ((CfObject *) zset);

  cf_zset_builder_init (&builder);
  cf_zset_builder_add (&builder, cf_slice (bytes, 65), 1, &new);
  cf_zset_builder_clear (&builder);
}

int
main (int argc, char **argv)
{
  static const guint8 seed[16] = "a constant seed";

  g_test_init (&argc, &argv, NULL);
  cf_hash_init (seed);
  g_test_add_func ("/types/zset-builder/sizes", test_zset_builder_sizes);
  g_test_add_func ("/types/zset-builder/long", test_zset_builder_long);
  return g_test_run ();
}
