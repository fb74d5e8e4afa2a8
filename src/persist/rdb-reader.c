/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "persist/rdb-reader.h"

#include <math.h>

#include <lzf.h>

#include "base/number.h"
#include "persist/rdb-writer.h"

/* A run of LZF, of three bytes at most, stands for up to 264. */
#define LZF_RATIO_MAX 264

#define TEXT_NAN 253
#define TEXT_PLUS_INFINITY 254
#define TEXT_MINUS_INFINITY 255

/**
 * cf_rdb_get_bytes:
 * @self: a reader
 * @size: how many bytes to read
 * @bytes: (out): where they are
 *
 * Returns: %FALSE if there are not as many
 */
gboolean
cf_rdb_get_bytes (CfRdbReader *self, gsize size, CfSlice *bytes)
{
  if (size > cf_rdb_left (self))
    return FALSE;
  *bytes = cf_slice (self->at, size);
  self->at += size;
  return TRUE;
}

/**
 * cf_rdb_get_byte:
 * @self: a reader
 * @byte: (out): the next byte
 *
 * Returns: %FALSE if there is none
 */
gboolean
cf_rdb_get_byte (CfRdbReader *self, guint8 *byte)
{
  if (self->at == self->end)
    return FALSE;
  *byte = (guint8) *self->at++;
  return TRUE;
}

/* An unsigned number of @size bytes, the low ones first or last. */
static gboolean
get_number (CfRdbReader *self, gsize size, gboolean low_first, guint64 *value)
{
  CfSlice bytes;

  if (!cf_rdb_get_bytes (self, size, &bytes))
    return FALSE;
  *value = 0;
  for (gsize i = 0; i < size; i++)
    *value = *value << 8 | (guint8) bytes.data[low_first ? size - 1 - i : i];
  return TRUE;
}

/**
 * cf_rdb_get_le64:
 * @self: a reader
 * @value: (out): a number of eight bytes, the low ones first
 *
 * Returns: %FALSE if there are not as many
 */
gboolean
cf_rdb_get_le64 (CfRdbReader *self, guint64 *value)
{
  return get_number (self, 8, TRUE, value);
}

/**
 * cf_rdb_get_double:
 * @self: a reader
 * @value: (out): a number of eight bytes
 *
 * Returns: %FALSE if there are not as many
 */
gboolean
cf_rdb_get_double (CfRdbReader *self, double *value)
{
  guint64 bits;

  if (!cf_rdb_get_le64 (self, &bits))
    return FALSE;
  memcpy (value, &bits, sizeof bits);
  return TRUE;
}

/**
 * cf_rdb_get_text_double:
 * @self: a reader
 * @value: (out): a number in text after its length, as old versions have it
 *
 * Returns: %FALSE if there is none
 */
gboolean
cf_rdb_get_text_double (CfRdbReader *self, double *value)
{
  CfSlice text;
  guint8 size;

  if (!cf_rdb_get_byte (self, &size))
    return FALSE;
  switch (size)
    {
    case TEXT_NAN:
      *value = NAN;
      return TRUE;
    case TEXT_PLUS_INFINITY:
      *value = INFINITY;
      return TRUE;
    case TEXT_MINUS_INFINITY:
      *value = -INFINITY;
      return TRUE;
    default:
      return cf_rdb_get_bytes (self, size, &text) &&
             cf_parse_double (text.data, text.size, value);
    }
}

/* A length, or (@special) how an encoded string begins. */
static gboolean
get_length (CfRdbReader *self, gboolean *special, guint64 *length)
{
  guint64 low;
  guint8 first;

  *special = FALSE;
  if (!cf_rdb_get_byte (self, &first))
    return FALSE;
  switch (first >> 6)
    {
    case 0:
      *length = first;
      return TRUE;
    case 1:
      if (!get_number (self, 1, FALSE, &low))
        return FALSE;
      *length = (first & 0x3fu) << 8 | low;
      return TRUE;
    case 2:
      if (first != 0x80 && first != 0x81)
        return FALSE;
      return get_number (self, first == 0x80 ? 4 : 8, FALSE, length);
    default:
      *special = TRUE;
      *length = first & 0x3f;
      return TRUE;
    }
}

/**
 * cf_rdb_get_length:
 * @self: a reader
 * @length: (out): a number
 *
 * Returns: %FALSE if there is none
 */
gboolean
cf_rdb_get_length (CfRdbReader *self, guint64 *length)
{
  gboolean special;

  return get_length (self, &special, length) && !special;
}

/**
 * cf_rdb_get_count:
 * @self: a reader
 * @count: (out): how many things follow
 *
 * Returns: %FALSE if there is no number, or one greater than the bytes left
 */
gboolean
cf_rdb_get_count (CfRdbReader *self, gsize *count)
{
  guint64 length;

  if (!cf_rdb_get_length (self, &length) || length > cf_rdb_left (self))
    return FALSE;
  *count = (gsize) length;
  return TRUE;
}

static gboolean
get_int_string (CfRdbReader *self, gsize size, CfRdbString *string)
{
  guint shift = (guint) (64 - 8 * size);
  guint64 bits;

  if (!get_number (self, size, TRUE, &bits))
    return FALSE;
  string->bytes = cf_slice (
      string->digits,
      cf_format_int64 (string->digits, (gint64) (bits << shift) >> shift));
  return TRUE;
}

static gboolean
get_compressed (CfRdbReader *self, CfRdbString *string)
{
  guint64 compressed_size, size;
  CfSlice compressed;

  if (!cf_rdb_get_length (self, &compressed_size) ||
      !cf_rdb_get_length (self, &size) ||
      !cf_rdb_get_bytes (self, (gsize) compressed_size, &compressed))
    return FALSE;
  if (size == 0 || size > G_MAXUINT32 || compressed.size > G_MAXUINT32 ||
      size / LZF_RATIO_MAX > compressed.size)
    return FALSE;
  string->owned = g_try_malloc (size);
  if (string->owned == NULL)
    return FALSE;
  string->bytes = cf_slice (string->owned, (gsize) size);
  return lzf_decompress (compressed.data, (unsigned int) compressed.size,
                         string->owned, (unsigned int) size) == size;
}

/**
 * cf_rdb_get_string:
 * @self: a reader
 * @string: (inout): the string
 *
 * Returns: %FALSE if there is none
 */
gboolean
cf_rdb_get_string (CfRdbReader *self, CfRdbString *string)
{
  gboolean special;
  guint64 length;

  cf_rdb_string_clear (string);
  if (!get_length (self, &special, &length))
    return FALSE;
  if (!special)
    return length <= cf_rdb_left (self) &&
           cf_rdb_get_bytes (self, (gsize) length, &string->bytes);
  switch (length)
    {
    case CF_RDB_STRING_INT8:
      return get_int_string (self, 1, string);
    case CF_RDB_STRING_INT16:
      return get_int_string (self, 2, string);
    case CF_RDB_STRING_INT32:
      return get_int_string (self, 4, string);
    case CF_RDB_STRING_LZF:
      return get_compressed (self, string);
    default:
      return FALSE;
    }
}

/**
 * cf_rdb_string_clear:
 * @self: a string
 *
 * Frees what it has, so that another may be read into it.
 */
void
cf_rdb_string_clear (CfRdbString *self)
{
  g_clear_pointer (&self->owned, g_free);
  self->bytes = cf_slice (NULL, 0);
}
