/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/lcs.h"

#define MOST 200

/* The table of lengths as numbers, and the way back through it. */
static char *
model_lcs (CfSlice a, CfSlice b)
{
  static guint table[MOST + 1][MOST + 1];
  gsize i = a.size, j = b.size;
  GString *result = g_string_new (NULL);

  for (i = 0; i <= a.size; i++)
    for (j = 0; j <= b.size; j++)
      table[i][j] = i == 0 || j == 0 ? 0
                    : a.data[i - 1] == b.data[j - 1]
                        ? table[i - 1][j - 1] + 1
                        : MAX (table[i - 1][j], table[i][j - 1]);
  for (i = a.size, j = b.size; i > 0 && j > 0;)
    if (a.data[i - 1] == b.data[j - 1])
      {
        g_string_append_printf (result, "%zu=%zu ", --i, --j);
      }
    else if (table[i - 1][j] > table[i][j - 1])
      i--;
    else
      j--;
  return g_string_free (result, FALSE);
}

/* The same, from the ranges. */
static char *
pairs_of (CfLcs *lcs, CfSlice a, CfSlice b)
{
  GString *result = g_string_new (NULL);
  gsize a_next = a.size + 1, b_next = b.size + 1, length = 0;
  CfLcsRange range;

  while (cf_lcs_next (lcs, &range))
    {
      g_assert_cmpuint (range.size, >, 0);
      /* Two ranges that touch in both strings would be one. */
      g_assert_true (range.a_first + range.size < a_next ||
                     range.b_first + range.size < b_next);
      for (gsize k = range.size; k-- > 0;)
        g_string_append_printf (result, "%zu=%zu ", range.a_first + k,
                                range.b_first + k);
      length += range.size;
      a_next = range.a_first;
      b_next = range.b_first;
    }
  g_assert_cmpuint (length, ==, cf_lcs_length (lcs));
  g_assert_false (cf_lcs_next (lcs, &range));
  return g_string_free (result, FALSE);
}

static char *
random_text (gsize size)
{
  char *text = g_malloc (size);
  int n_letters = g_test_rand_bit () ? 2 : 256;

  for (gsize i = 0; i < size; i++)
    text[i] = (char) g_test_rand_int_range (0, n_letters);
  return text;
}

static void
test_lcs_random (void)
{
  for (int round = 0; round < 500; round++)
    {
      gsize a_size = (gsize) g_test_rand_int_range (0, MOST);
      gsize b_size = (gsize) g_test_rand_int_range (0, MOST);
      g_autofree char *a_text = random_text (a_size);
      g_autofree char *b_text = random_text (b_size);
      CfSlice a = cf_slice (a_text, a_size), b = cf_slice (b_text, b_size);
      g_autoptr (CfLcs) lcs = cf_lcs_try_new (a, b, TRUE);
      g_autoptr (CfLcs) length = cf_lcs_try_new (a, b, FALSE);
      g_autofree char *expected = model_lcs (a, b);
      g_autofree char *pairs = pairs_of (lcs, a, b);

      g_assert_cmpstr (pairs, ==, expected);
      g_assert_cmpuint (cf_lcs_length (lcs), ==, cf_lcs_length (length));
    }
}

static void
test_lcs_known (void)
{
  CfSlice a = CF_SLICE ("ohmytext"), b = CF_SLICE ("mynewtext");
  g_autoptr (CfLcs) lcs = cf_lcs_try_new (a, b, TRUE);
  CfLcsRange range;

  g_assert_cmpuint (cf_lcs_length (lcs), ==, 6);
  g_assert_true (cf_lcs_next (lcs, &range));
  g_assert_cmpuint (range.a_first, ==, 4);
  g_assert_cmpuint (range.b_first, ==, 5);
  g_assert_cmpuint (range.size, ==, 4);
  g_assert_true (cf_lcs_next (lcs, &range));
  g_assert_cmpuint (range.a_first, ==, 2);
  g_assert_cmpuint (range.b_first, ==, 0);
  g_assert_cmpuint (range.size, ==, 2);
  g_assert_false (cf_lcs_next (lcs, &range));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/lcs/random", test_lcs_random);
  g_test_add_func ("/types/lcs/known", test_lcs_known);
  return g_test_run ();
}
