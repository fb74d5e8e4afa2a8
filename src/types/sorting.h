/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sorting.h -- puts elements in the order of SORT, as many as are asked for.
 *
 * Elements of one score are in the order of their bytes; what is equal in all
 * that is compared stays in the order in which it came.
 *
 * Thread safety: the functions touch nothing but their arguments.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

typedef enum
{
  CF_SORTING_BY_ELEMENT,
  CF_SORTING_BY_SCORE,
  CF_SORTING_BY_TEXT, /* those without text come first */
} CfSortingKind;

typedef struct
{
  CfSlice element;
  union
  {
    double score;
    CfSlice text; /* data NULL: none */
  };
  gsize number; /* where it was; set by cf_sorting_run() */
} CfSortingItem;

/* Afterwards those from @first to @last, both included, are in their places.
 */
void cf_sorting_run (CfSortingItem *items,
                     gsize n,
                     CfSortingKind kind,
                     gboolean descending,
                     gsize first,
                     gsize last);

G_END_DECLS
