/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bits.h -- a byte string seen as an array of bits.
 *
 * Bit 0 is the most significant bit of the first byte, bit 7 its least
 * significant, bit 8 the most significant of the second byte, and so on.
 *
 * Thread safety: the functions touch nothing but their arguments.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

typedef enum
{
  CF_BITS_AND,
  CF_BITS_OR,
  CF_BITS_XOR,
  CF_BITS_NOT, /* of the first source */
} CfBitsOp;

gboolean cf_bits_get (CfSlice bytes, guint64 offset);
gboolean cf_bits_set (char *data, guint64 offset, gboolean bit);
guint64 cf_bits_count (CfSlice bytes, guint64 first, guint64 last);
gint64 cf_bits_find (CfSlice bytes, gboolean bit, guint64 first, guint64 last);
void cf_bits_combine (CfBitsOp op,
                      char *result,
                      gsize size,
                      const CfSlice *sources,
                      gsize n_sources);

G_END_DECLS
