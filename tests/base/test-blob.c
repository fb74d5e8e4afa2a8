/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/blob.h"

static void
test_blob_new (void)
{
  g_autoptr (CfBlob) blob = cf_blob_new (CF_SLICE ("a\0b"));
  g_autoptr (CfBlob) empty = cf_blob_new (cf_slice (NULL, 0));

  g_assert_true (cf_slice_equal (cf_blob_slice (blob), CF_SLICE ("a\0b")));
  g_assert_cmpuint (blob->capacity, ==, 3);
  g_assert_cmpuint (empty->size, ==, 0);
}

static void
test_blob_zeroed (void)
{
  g_autoptr (CfBlob) blob = cf_blob_try_new_zeroed (4096);

  g_assert_cmpuint (blob->size, ==, 0);
  g_assert_cmpuint (blob->capacity, ==, 4096);
  for (gsize i = 0; i < 4096; i++)
    g_assert_cmpint (blob->data[i], ==, 0);
}

static void
test_blob_refs (void)
{
  CfBlob *blob = cf_blob_new (CF_SLICE ("x"));

  g_assert_false (cf_blob_is_shared (blob));
  g_assert_true (cf_blob_ref (blob) == blob);
  g_assert_true (cf_blob_is_shared (blob));
  cf_blob_unref (blob);
  g_assert_false (cf_blob_is_shared (blob));
  cf_blob_unref (blob);
  cf_blob_unref (NULL);
}

static void
test_blob_grow (void)
{
  CfBlob *blob = cf_blob_try_new (0);

  g_assert_cmpuint (blob->size, ==, 0);
  blob = cf_blob_try_grow (blob, 1 << 20);
  g_assert_cmpuint (blob->capacity, ==, 1 << 20);
  memset (blob->data, 'x', 1 << 20);
  blob->size = 10;
  blob = cf_blob_try_grow (blob, 5);
  g_assert_cmpuint (blob->capacity, ==, 10);
  g_assert_true (
      cf_slice_equal (cf_blob_slice (blob), CF_SLICE ("xxxxxxxxxx")));
  cf_blob_unref (blob);
}

/* Sizes that no machine has, some of which would overflow. */
static void
test_blob_no_memory (void)
{
  static const gsize sizes[] = { G_MAXSSIZE - 64, G_MAXSSIZE, G_MAXSIZE - 8,
                                 G_MAXSIZE };
  g_autoptr (CfBlob) blob = cf_blob_new (CF_SLICE ("kept"));

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_assert_null (cf_blob_try_new (sizes[i]));
      g_assert_null (cf_blob_try_new_zeroed (sizes[i]));
      g_assert_null (cf_blob_try_grow (blob, sizes[i]));
    }
  g_assert_true (cf_slice_equal (cf_blob_slice (blob), CF_SLICE ("kept")));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/blob/new", test_blob_new);
  g_test_add_func ("/base/blob/zeroed", test_blob_zeroed);
  g_test_add_func ("/base/blob/refs", test_blob_refs);
  g_test_add_func ("/base/blob/grow", test_blob_grow);
  g_test_add_func ("/base/blob/no-memory", test_blob_no_memory);
  return g_test_run ();
}
