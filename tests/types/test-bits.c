/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/bits.h"

#define MOST 300 /* bytes */

typedef struct
{
  gsize size;
  gboolean bits[MOST * 8]; /* the model: a number a bit */
  char *data;              /* (owned) just @size bytes, so that ASan sees
                              who reads on */
} Sample;

/* Random bytes, some of them with long runs of equal bits. */
static void
sample_init (Sample *self, gsize size)
{
  int like = g_test_rand_int_range (0, 3);

  self->size = size;
  self->data = g_malloc (size);
  for (gsize i = 0; i < size; i++)
    self->data[i] = (char) (like == 0   ? g_test_rand_int_range (0, 256)
                            : like == 1 ? 0
                                        : 0xff);
  if (size > 0 && like != 0)
    self->data[g_test_rand_int_range (0, (int) size)] ^=
        (char) (1 << g_test_rand_int_range (0, 8));
  for (gsize i = 0; i < size * 8; i++)
    self->bits[i] = (guchar) self->data[i / 8] >> (7 - i % 8) & 1;
}

static CfSlice
sample_slice (const Sample *self)
{
  return cf_slice (self->data, self->size);
}

static void
test_bits_get_set (void)
{
  for (int round = 0; round < 200; round++)
    {
      Sample sample;
      gsize at;

      sample_init (&sample, (gsize) g_test_rand_int_range (1, MOST));
      at = (gsize) g_test_rand_int_range (0, (int) sample.size * 8);
      g_assert_cmpint (cf_bits_get (sample_slice (&sample), at), ==,
                       sample.bits[at]);
      g_assert_false (
          cf_bits_get (sample_slice (&sample), sample.size * 8 + at));
      g_assert_cmpint (cf_bits_set (sample.data, at, !sample.bits[at]), ==,
                       sample.bits[at]);
      sample.bits[at] = !sample.bits[at];
      for (gsize i = 0; i < sample.size * 8; i++)
        g_assert_cmpint (cf_bits_get (sample_slice (&sample), i), ==,
                         sample.bits[i]);
      g_free (sample.data);
    }
}

static void
test_bits_count_find (void)
{
  for (int round = 0; round < 3000; round++)
    {
      Sample sample;
      gsize first, last;
      guint64 n_set = 0;
      gint64 found[2] = { -1, -1 };

      sample_init (&sample, (gsize) g_test_rand_int_range (1, MOST));
      first = (gsize) g_test_rand_int_range (0, (int) sample.size * 8);
      last = (gsize) g_test_rand_int_range (0, (int) sample.size * 8);
      for (gsize i = first; i <= last; i++)
        {
          n_set += (guint64) sample.bits[i];
          if (found[sample.bits[i]] < 0)
            found[sample.bits[i]] = (gint64) i;
        }
      g_assert_cmpuint (cf_bits_count (sample_slice (&sample), first, last), ==,
                        n_set);
      for (int bit = 0; bit < 2; bit++)
        g_assert_cmpint (
            cf_bits_find (sample_slice (&sample), bit, first, last), ==,
            found[bit]);
      g_free (sample.data);
    }
}

static void
test_bits_empty (void)
{
  g_assert_cmpuint (cf_bits_count (cf_slice (NULL, 0), 0, 0), ==, 0);
  g_assert_cmpint (cf_bits_find (cf_slice (NULL, 0), FALSE, 0, 0), ==, -1);
  g_assert_false (cf_bits_get (cf_slice (NULL, 0), 0));
}

/* What byte @at of the combination of @sources should be. */
static guchar
model_combine (CfBitsOp op, const CfSlice *sources, int n, gsize at)
{
  guchar sum = 0;

  for (int i = 0; i < n; i++)
    {
      guchar byte = at < sources[i].size ? (guchar) sources[i].data[at] : 0;

      if (i == 0)
        sum = op == CF_BITS_NOT ? (guchar) ~byte : byte;
      else
        sum = op == CF_BITS_AND  ? sum & byte
              : op == CF_BITS_OR ? sum | byte
                                 : sum ^ byte;
    }
  return sum;
}

static void
test_bits_combine (void)
{
  for (int round = 0; round < 300; round++)
    {
      CfBitsOp op = (CfBitsOp) (round % 4);
      int n = op == CF_BITS_NOT ? 1 : g_test_rand_int_range (1, 5);
      CfSlice sources[5];
      gsize size = 0;
      g_autofree char *result = NULL;

      for (int i = 0; i < n; i++)
        {
          gsize length = (gsize) g_test_rand_int_range (0, 10000);
          char *data = g_malloc (length);

          for (gsize j = 0; j < length; j++)
            data[j] = (char) g_test_rand_int_range (0, 256);
          sources[i] = cf_slice (data, length);
          size = MAX (size, length);
        }
      result = g_malloc (size + 1);
      cf_bits_combine (op, result, size, sources, (gsize) n);
      for (gsize i = 0; i < size; i++)
        g_assert_cmphex ((guchar) result[i], ==,
                         model_combine (op, sources, n, i));
      for (int i = 0; i < n; i++)
        g_free ((gpointer) sources[i].data);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/bits/get-set", test_bits_get_set);
  g_test_add_func ("/types/bits/count-find", test_bits_count_find);
  g_test_add_func ("/types/bits/empty", test_bits_empty);
  g_test_add_func ("/types/bits/combine", test_bits_combine);
  return g_test_run ();
}
