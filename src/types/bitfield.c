/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/bitfield.h"

#include "base/number.h"

/**
 * cf_bitfield_parse_type:
 * @text: "i" or "u" and a number of bits, such as "i16"
 * @type: (out): the type it names
 *
 * Returns: %FALSE if there is no such type
 */
gboolean
cf_bitfield_parse_type (CfSlice text, CfBitfieldType *type)
{
  gint64 bits;

  if (text.size < 2 || (text.data[0] != 'i' && text.data[0] != 'u') ||
      !cf_parse_int64 (text.data + 1, text.size - 1, &bits))
    return FALSE;
  type->is_signed = text.data[0] == 'i';
  if (bits < 1 || bits > (type->is_signed ? 64 : 63))
    return FALSE;
  type->bits = (guint) bits;
  return TRUE;
}

/* The low bits of @value as an integer of @type. */
static gint64
wrap (const CfBitfieldType *type, guint64 value)
{
  guint unused = 64 - type->bits;

  value <<= unused;
  if (type->is_signed)
    return (gint64) value >> unused;
  return (gint64) (value >> unused);
}

/**
 * cf_bitfield_get:
 * @bytes: a byte string, as if followed by zeros
 * @offset: number of the first bit
 * @type: what stands there
 *
 * Returns: the integer
 */
gint64
cf_bitfield_get (CfSlice bytes, guint64 offset, const CfBitfieldType *type)
{
  guint64 value = 0;

  for (guint left = type->bits; left > 0;)
    {
      guint skip = offset % 8, n = MIN (left, 8 - skip);
      guint byte =
          offset / 8 < bytes.size ? (guchar) bytes.data[offset / 8] : 0;

      value = value << n | (byte >> (8 - skip - n) & ((1u << n) - 1));
      offset += n;
      left -= n;
    }
  return wrap (type, value);
}

/**
 * cf_bitfield_set:
 * @data: a byte string, long enough
 * @offset: number of the first bit
 * @bits: how many bits the integer has
 * @value: the integer, in its low bits
 */
void
cf_bitfield_set (char *data, guint64 offset, guint bits, guint64 value)
{
  for (guint left = bits; left > 0;)
    {
      guint skip = offset % 8, n = MIN (left, 8 - skip);
      guint shift = 8 - skip - n, mask = ((1u << n) - 1) << shift;
      guint part = (guint) (value >> (left - n)) << shift & mask;
      guint byte = (guchar) data[offset / 8];

      data[offset / 8] = (char) ((byte & ~mask) | part);
      offset += n;
      left -= n;
    }
}

/* Where the sum lies: -1 below what @type can hold, 1 above, 0 within. */
static int
side_of_signed (const CfBitfieldType *type, gint64 value, gint64 increment)
{
  gint64 most = (gint64) (((guint64) 1 << (type->bits - 1)) - 1), sum;

  if (__builtin_add_overflow (value, increment, &sum))
    return increment > 0 ? 1 : -1;
  return (sum > most) - (sum < -most - 1);
}

static int
side_of_unsigned (const CfBitfieldType *type, guint64 value, gint64 increment)
{
  guint64 most = G_MAXUINT64 >> (64 - type->bits);

  if (value > most || (increment > 0 && (guint64) increment > most - value))
    return 1;
  return increment < 0 && 0 - (guint64) increment > value ? -1 : 0;
}

/* The largest (@side 1) or the least integer that @type can hold. */
static gint64
limit (const CfBitfieldType *type, int side)
{
  if (!type->is_signed)
    return side > 0 ? (gint64) (G_MAXUINT64 >> (64 - type->bits)) : 0;
  return side > 0 ? (gint64) (((guint64) 1 << (type->bits - 1)) - 1)
                  : wrap (type, (guint64) 1 << (type->bits - 1));
}

/**
 * cf_bitfield_add:
 * @type: a type
 * @value: an integer; one that is negative is taken for a very large one when
 *   @type is unsigned
 * @increment: what to add; 0 to see if @value fits
 * @overflow: what to do if @type cannot hold the sum
 * @result: (out): the sum
 *
 * Returns: %FALSE if @type cannot hold the sum, and @overflow says to fail
 */
gboolean
cf_bitfield_add (const CfBitfieldType *type,
                 gint64 value,
                 gint64 increment,
                 CfBitfieldOverflow overflow,
                 gint64 *result)
{
  int side = type->is_signed
                 ? side_of_signed (type, value, increment)
                 : side_of_unsigned (type, (guint64) value, increment);

  if (side != 0 && overflow == CF_BITFIELD_FAIL)
    return FALSE;
  if (side != 0 && overflow == CF_BITFIELD_SAT)
    *result = limit (type, side);
  else
    *result = wrap (type, (guint64) value + (guint64) increment);
  return TRUE;
}
