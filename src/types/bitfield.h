/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bitfield.h -- integers of any number of bits, at any bit of a byte string.
 *
 * An integer starts at a bit (numbered as in bits.h) with its most
 * significant bit.  Signed ones have 1 to 64 bits, in two's complement;
 * unsigned ones 1 to 63, so that a value always fits a gint64.
 *
 * Thread safety: the functions touch nothing but their arguments.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean is_signed;
  guint bits;
} CfBitfieldType;

/* What happens to a value that its type cannot hold. */
typedef enum
{
  CF_BITFIELD_WRAP, /* its low bits are kept */
  CF_BITFIELD_SAT,  /* the nearest the type can hold is taken */
  CF_BITFIELD_FAIL, /* nothing is done */
} CfBitfieldOverflow;

gboolean cf_bitfield_parse_type (CfSlice text, CfBitfieldType *type);
gint64
cf_bitfield_get (CfSlice bytes, guint64 offset, const CfBitfieldType *type);
void cf_bitfield_set (char *data, guint64 offset, guint bits, guint64 value);
gboolean cf_bitfield_add (const CfBitfieldType *type,
                          gint64 value,
                          gint64 increment,
                          CfBitfieldOverflow overflow,
                          gint64 *result);

G_END_DECLS
