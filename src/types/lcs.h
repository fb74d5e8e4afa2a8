/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lcs.h -- the longest common subsequence of two byte strings.
 *
 * There may be several subsequences of the greatest length.  The one that is
 * found is that of the textbook's way back through the table L of lengths:
 * from the ends of both strings, take the last bytes of both when they are
 * equal; else drop the last byte of @a if L is greater so than without the
 * last byte of @b, and the last of @b if it is not.
 *
 * The table is not kept as numbers: one bit a cell says all that the way back
 * asks, and 64 cells of a row are worked out at a time.
 *
 * Source: Hyyrö, "Bit-parallel LCS-length computation revisited" (2004).
 * Thread safety: an object belongs to one thread.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

typedef struct _CfLcs CfLcs;

/* Bytes that are part of the subsequence and follow each other in both. */
typedef struct
{
  gsize a_first;
  gsize b_first;
  gsize size;
} CfLcsRange;

CfLcs *cf_lcs_try_new (CfSlice a, CfSlice b, gboolean with_ranges);
void cf_lcs_free (CfLcs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfLcs, cf_lcs_free)

gsize cf_lcs_length (const CfLcs *self);
gboolean cf_lcs_next (CfLcs *self, CfLcsRange *range);

G_END_DECLS
