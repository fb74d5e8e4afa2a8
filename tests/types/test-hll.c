/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/hll.h"

#define SPARSE_MAX 3000

/* The element number @i. */
static CfHllMark
mark_of (guint64 i)
{
  char text[32];
  int size = g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, i);

  return cf_hll_mark (cf_slice (text, (gsize) size));
}

static void
raise_model (guint8 *model, CfHllMark mark)
{
  model[mark.index] = MAX (model[mark.index], mark.count);
}

static void
assert_registers (const CfBlob *hll, const guint8 *model)
{
  guint8 registers[CF_HLL_REGISTERS] = { 0 };

  g_assert_true (cf_hll_looks_right (cf_blob_slice (hll)));
  g_assert_true (cf_hll_merge (cf_blob_slice (hll), registers));
  g_assert_cmpmem (registers, sizeof registers, model, CF_HLL_REGISTERS);
}

static void
test_mark (void)
{
  guint n_high = 0;

  for (guint i = 0; i < 100000; i++)
    {
      CfHllMark mark = mark_of (i);

      g_assert_cmpuint (mark.index, <, CF_HLL_REGISTERS);
      g_assert_cmpuint (mark.count, >=, 1);
      g_assert_cmpuint (mark.count, <=, 51);
      n_high += mark.count > 10;
    }
  /* One of 1024, give or take. */
  g_assert_cmpuint (n_high, >, 50);
  g_assert_cmpuint (n_high, <, 150);
}

/* What redis-server 7.0.15 has after PFADD key a b c. */
static void
test_bytes (void)
{
  static const guint8 expected[] = { 0x48, 0x59, 0x4c, 0x4c, 0x01, 0x00, 0x00,
                                     0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                     0x00, 0x80, 0x60, 0xf3, 0x80, 0x50, 0xb1,
                                     0x84, 0x4b, 0xfb, 0x80, 0x42, 0x5a };
  g_autoptr (CfBlob) hll = cf_hll_try_new ();
  g_autoptr (GString) text = NULL;

  for (char letter = 'a'; letter <= 'c'; letter++)
    g_assert_cmpint (
        cf_hll_set (&hll, cf_hll_mark (cf_slice (&letter, 1)), SPARSE_MAX), ==,
        CF_HLL_CHANGED);
  g_assert_cmpmem (hll->data, hll->size, expected, sizeof expected);
  text = cf_hll_describe (cf_blob_slice (hll));
  g_assert_cmpstr (text->str, ==,
                   "Z:8436 v:1,1 Z:4274 v:2,1 Z:3068 v:1,1 Z:603");
}

/* Nothing but the first half of a run. */
static void
test_half_run (void)
{
  g_autoptr (CfBlob) hll = cf_hll_try_new ();
  g_autoptr (GString) text = NULL;

  hll->size--;
  text = cf_hll_describe (cf_blob_slice (hll));
  g_assert_cmpstr (text->str, ==, "Z:16129");
}

/* Sparse, dense and a model of plain registers, all along. */
static void
test_model (void)
{
  static const gsize limits[] = { 0, 18, 100, 3000, 40000 };

  for (guint n = 0; n < G_N_ELEMENTS (limits); n++)
    {
      guint8 model[CF_HLL_REGISTERS] = { 0 };
      g_autoptr (CfBlob) hll = cf_hll_try_new (), dense = cf_hll_try_new ();

      g_assert_cmpint (cf_hll_make_dense (&dense), ==, CF_HLL_CHANGED);
      for (guint i = 0; i < 6000; i++)
        {
          CfHllMark mark = mark_of (g_test_rand_int_range (0, 100000));
          gboolean changes = model[mark.index] < mark.count;
          CfHllResult result = cf_hll_set (&hll, mark, limits[n]);

          g_assert_cmpint (result, ==, changes ? CF_HLL_CHANGED : CF_HLL_SAME);
          g_assert_cmpint (cf_hll_dense_set (dense->data, mark), ==, changes);
          raise_model (model, mark);
          g_assert_cmpuint (cf_hll_dense_get (dense->data, mark.index), ==,
                            model[mark.index]);
          if (!cf_hll_is_dense (cf_blob_slice (hll)))
            g_assert_cmpuint (hll->size, <=,
                              MAX (limits[n], CF_HLL_HEADER_SIZE + 2));
          if (i % 500 == 0)
            assert_registers (hll, model);
        }
      assert_registers (hll, model);
      assert_registers (dense, model);
      g_assert_cmpint (cf_hll_is_dense (cf_blob_slice (hll)), ==,
                       limits[n] <= 3000);
    }
}

/* A count that a run cannot tell. */
static void
test_high_count (void)
{
  guint8 model[CF_HLL_REGISTERS] = { 0 };
  g_autoptr (CfBlob) hll = cf_hll_try_new ();
  CfHllMark most = { 16383, 32 }, more = { 16383, 33 };

  g_assert_cmpint (cf_hll_set (&hll, most, SPARSE_MAX), ==, CF_HLL_CHANGED);
  g_assert_false (cf_hll_is_dense (cf_blob_slice (hll)));
  g_assert_cmpint (cf_hll_set (&hll, more, SPARSE_MAX), ==, CF_HLL_CHANGED);
  g_assert_true (cf_hll_is_dense (cf_blob_slice (hll)));
  raise_model (model, more);
  assert_registers (hll, model);
}

static void
test_cardinality (void)
{
  g_autoptr (CfBlob) hll = cf_hll_try_new ();
  guint64 cardinality = 1;

  g_assert_true (cf_hll_has_cardinality (cf_blob_slice (hll), &cardinality));
  g_assert_cmpuint (cardinality, ==, 0);
  cf_hll_set_cardinality (hll->data, 1234567890123);
  g_assert_true (cf_hll_has_cardinality (cf_blob_slice (hll), &cardinality));
  g_assert_cmpuint (cardinality, ==, 1234567890123);
  cf_hll_forget_cardinality (hll->data);
  g_assert_false (cf_hll_has_cardinality (cf_blob_slice (hll), &cardinality));
}

static void
test_estimate (void)
{
  guint8 registers[CF_HLL_REGISTERS] = { 0 };
  guint64 next = 1;

  g_assert_cmpuint (cf_hll_estimate (registers), ==, 0);
  for (guint64 i = 1; i <= 1000000; i++)
    {
      raise_model (registers, mark_of (i));
      if (i == next)
        {
          double estimate = (double) cf_hll_estimate (registers);

          g_assert_cmpfloat_with_epsilon (estimate, (double) i,
                                          0.04 * (double) i + 1);
          next *= 10;
        }
    }
}

/* Damaged ones are found, and stay as they are. */
static void
test_damaged (void)
{
  static const struct
  {
    const char *bytes;
    gsize size;
  } tails[] = {
    { "", 0 },             /* no registers */
    { "\x7f\xfe", 2 },     /* one too few */
    { "\x7f", 1 },         /* half a run */
    { "\x7f\xff\x00", 3 }, /* one too many */
    { "\x7f\xff\x84", 3 }, /* likewise, one that is not zero */
    { "\x7f\xfe\x87", 3 }, /* the last run goes beyond the end */
  };
  guint8 registers[CF_HLL_REGISTERS] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (tails); i++)
    {
      g_autoptr (CfBlob) hll = cf_hll_try_new ();

      hll->size = CF_HLL_HEADER_SIZE + tails[i].size;
      memcpy (hll->data + CF_HLL_HEADER_SIZE, tails[i].bytes, tails[i].size);
      g_assert_true (cf_hll_looks_right (cf_blob_slice (hll)));
      g_assert_false (cf_hll_merge (cf_blob_slice (hll), registers));
      g_assert_cmpint (cf_hll_make_dense (&hll), ==, CF_HLL_DAMAGED);
      if (i == 0 || i == 2)
        g_assert_cmpint (cf_hll_set (&hll, (CfHllMark){ 0, 1 }, SPARSE_MAX), ==,
                         CF_HLL_DAMAGED);
      g_assert_cmpuint (hll->size, ==, CF_HLL_HEADER_SIZE + tails[i].size);
    }
}

static void
test_looks (void)
{
  g_autofree char *bytes = g_malloc0 (CF_HLL_DENSE_SIZE + 1);

  memcpy (bytes, "HYLL", 4);
  g_assert_true (cf_hll_looks_right (cf_slice (bytes, CF_HLL_DENSE_SIZE)));
  g_assert_false (cf_hll_looks_right (cf_slice (bytes, CF_HLL_DENSE_SIZE - 1)));
  g_assert_false (cf_hll_looks_right (cf_slice (bytes, CF_HLL_DENSE_SIZE + 1)));
  bytes[4] = 1;
  g_assert_true (cf_hll_looks_right (cf_slice (bytes, CF_HLL_HEADER_SIZE)));
  g_assert_false (
      cf_hll_looks_right (cf_slice (bytes, CF_HLL_HEADER_SIZE - 1)));
  bytes[4] = 2;
  g_assert_false (cf_hll_looks_right (cf_slice (bytes, CF_HLL_DENSE_SIZE)));
  bytes[4] = 0;
  bytes[0] = 'h';
  g_assert_false (cf_hll_looks_right (cf_slice (bytes, CF_HLL_DENSE_SIZE)));
  g_assert_false (cf_hll_looks_right (cf_slice (NULL, 0)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/hll/mark", test_mark);
  g_test_add_func ("/types/hll/bytes", test_bytes);
  g_test_add_func ("/types/hll/half-run", test_half_run);
  g_test_add_func ("/types/hll/model", test_model);
  g_test_add_func ("/types/hll/high-count", test_high_count);
  g_test_add_func ("/types/hll/cardinality", test_cardinality);
  g_test_add_func ("/types/hll/estimate", test_estimate);
  g_test_add_func ("/types/hll/damaged", test_damaged);
  g_test_add_func ("/types/hll/looks", test_looks);
  return g_test_run ();
}
