/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/sorting.h"

#include "base/random.h"

#define FEW 16 /* items that are sorted by insertion */

typedef struct
{
  CfSortingItem *items;
  CfSortingKind kind;
  gboolean descending;
  gsize first, last;
} Sorting;

static int
compare_texts (CfSlice a, CfSlice b)
{
  if (a.data == NULL || b.data == NULL)
    return (a.data != NULL) - (b.data != NULL);
  return cf_slice_compare (a, b);
}

static int
compare_values (const Sorting *self,
                const CfSortingItem *a,
                const CfSortingItem *b)
{
  if (self->kind == CF_SORTING_BY_TEXT)
    return compare_texts (a->text, b->text);
  if (self->kind == CF_SORTING_BY_SCORE && a->score != b->score)
    return a->score > b->score ? 1 : -1;
  return cf_slice_compare (a->element, b->element);
}

/* Of two items one always comes before the other. */
static gboolean
is_before (const Sorting *self, const CfSortingItem *a, const CfSortingItem *b)
{
  int order = compare_values (self, a, b);

  if (order == 0)
    return a->number < b->number;
  return self->descending ? order > 0 : order < 0;
}

static void
sort_few (const Sorting *self, gsize low, gsize end)
{
  for (gsize i = low + 1; i < end; i++)
    {
      CfSortingItem item = self->items[i];
      gsize at = i;

      for (; at > low && is_before (self, &item, &self->items[at - 1]); at--)
        self->items[at] = self->items[at - 1];
      self->items[at] = item;
    }
}

/* Moves those before a pivot in front of those after it.  Returns where the
 * second part begins; @middle: the end of the first. */
static gsize
split (const Sorting *self, gsize low, gsize end, gsize *middle)
{
  CfSortingItem pivot = self->items[low + cf_random_below (end - low)];
  gsize i = low, j = end; /* @j: one beyond */

  while (i < j)
    {
      while (is_before (self, &self->items[i], &pivot))
        i++;
      while (is_before (self, &pivot, &self->items[j - 1]))
        j--;
      if (i < j)
        {
          CfSortingItem item = self->items[i];

          self->items[i++] = self->items[j - 1];
          self->items[--j] = item;
        }
    }
  *middle = j;
  return i;
}

/* Quicksort of the parts that matter, the smaller one first: so it never goes
 * deeper than the logarithm of the number of items. */
static void
sort_part (const Sorting *self, gsize low, gsize end)
{
  while (end - low > FEW && low <= self->last && end > self->first)
    {
      gsize middle, second = split (self, low, end, &middle);

      if (middle - low < end - second)
        {
          sort_part (self, low, middle);
          low = second;
        }
      else
        {
          sort_part (self, second, end);
          end = middle;
        }
    }
  if (end - low > 1 && end - low <= FEW)
    sort_few (self, low, end);
}

/**
 * cf_sorting_run:
 * @items: (array length=n) (inout): what to sort
 * @n: how many there are
 * @kind: what to compare
 * @descending: whether the greatest comes first
 * @first: the first place that matters
 * @last: the last place that matters
 *
 * Takes a time of n + m log m, m being the number of places that matter.
 * Pivots are picked at random, so that no input is worse than others.
 */
void
cf_sorting_run (CfSortingItem *items,
                gsize n,
                CfSortingKind kind,
                gboolean descending,
                gsize first,
                gsize last)
{
  Sorting self = { items, kind, descending, first, last };

  for (gsize i = 0; i < n; i++)
    items[i].number = i;
  sort_part (&self, 0, n);
}
