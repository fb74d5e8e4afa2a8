/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sort-pattern.h -- the patterns of SORT: "#", "w_*", "h_*->field".
 *
 * Thread safety: plain values; for what is looked up, as for a call.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean is_element; /* "#": the element itself */
  gboolean has_star;   /* else it finds nothing */
  CfSlice before;      /* of the name of a key, before the element */
  CfSlice after;       /* and after it */
  CfSlice field;       /* of a hash, if @is_field */
  gboolean is_field;
} CfSortPattern;

#define CF_SORT_SCRATCH 32

CfSortPattern cf_sort_pattern (CfSlice text);
/* What it finds for @element: FALSE: nothing.  The value is good while the
 * keys are held, or in @scratch. */
gboolean cf_sort_pattern_find (const CfSortPattern *self,
                               CfCall *call,
                               CfSlice element,
                               char *name,
                               char scratch[CF_SORT_SCRATCH],
                               CfSlice *value);
/* Bytes of the name of the key for @element. */
gsize cf_sort_pattern_name_size (const CfSortPattern *self, CfSlice element);
CfSlice cf_sort_pattern_write_name (const CfSortPattern *self,
                                    CfSlice element,
                                    char *name);

G_END_DECLS
