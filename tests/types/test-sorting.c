/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/sorting.h"

#define MOST 600

static CfSortingKind kind;
static gboolean descending;

/* The order as it is described, on plain qsort(). */
static int
compare_model (const void *a, const void *b)
{
  const CfSortingItem *one = a, *other = b;
  int order = 0;

  if (kind == CF_SORTING_BY_SCORE)
    order = (one->score > other->score) - (one->score < other->score);
  if (kind == CF_SORTING_BY_TEXT)
    {
      if (one->text.data != NULL && other->text.data != NULL)
        order = cf_slice_compare (one->text, other->text);
      else
        order = (one->text.data != NULL) - (other->text.data != NULL);
    }
  else if (order == 0)
    order = cf_slice_compare (one->element, other->element);
  if (descending)
    order = -order;
  return order != 0
             ? order
             : (one->number > other->number) - (one->number < other->number);
}

static void
fill (CfSortingItem *items, gsize n)
{
  static const char *const texts[] = { "", "a", "ab", "b", "ba", "c", "d" };

  for (gsize i = 0; i < n; i++)
    {
      items[i] = (CfSortingItem){ .number = i };
      items[i].element = cf_slice_of_string (
          texts[g_test_rand_int_range (0, G_N_ELEMENTS (texts))]);
      if (kind == CF_SORTING_BY_SCORE)
        items[i].score = g_test_rand_int_range (-5, 6);
      else if (g_test_rand_bit ())
        items[i].text = cf_slice_of_string (
            texts[g_test_rand_int_range (0, G_N_ELEMENTS (texts))]);
    }
}

static void
test_model (void)
{
  static CfSortingItem items[MOST], model[MOST];

  for (guint round = 0; round < 600; round++)
    {
      gsize n = (gsize) g_test_rand_int_range (1, round % 4 ? 40 : MOST);
      gsize first = (gsize) g_test_rand_int_range (0, (gint32) n);
      gsize last = (gsize) g_test_rand_int_range ((gint32) first, (gint32) n);

      kind = (CfSortingKind) (round % 3);
      descending = round % 2 != 0;
      if (round % 5 == 0)
        first = 0, last = n - 1;
      fill (items, n);
      memcpy (model, items, n * sizeof *items);
      qsort (model, n, sizeof *model, compare_model);
      cf_sorting_run (items, n, kind, descending, first, last);
      for (gsize i = first; i <= last; i++)
        g_assert_cmpuint (items[i].number, ==, model[i].number);
    }
}

/* What would be bad for a quicksort that picks its pivots by place. */
static void
test_many (void)
{
  gsize n = 200000;
  g_autofree CfSortingItem *items = g_new0 (CfSortingItem, n);

  for (guint shape = 0; shape < 4; shape++)
    {
      for (gsize i = 0; i < n; i++)
        items[i].score = shape == 0   ? 0
                         : shape == 1 ? (double) i
                         : shape == 2 ? (double) (n - i)
                                      : (double) MIN (i, n - i);
      cf_sorting_run (items, n, CF_SORTING_BY_SCORE, FALSE, 0, n - 1);
      for (gsize i = 1; i < n; i++)
        g_assert_true (items[i - 1].score < items[i].score ||
                       (items[i - 1].score == items[i].score &&
                        items[i - 1].number < items[i].number));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/sorting/model", test_model);
  g_test_add_func ("/types/sorting/many", test_many);
  return g_test_run ();
}
