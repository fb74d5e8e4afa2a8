/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "persist/rdb-writer.h"

#include <lzf.h>

#include "base/number.h"

#define LENGTH_6_MAX 63
#define LENGTH_14_MAX 16383
#define LENGTH_14 0x40
#define LENGTH_32 0x80
#define LENGTH_64 0x81
#define SPECIAL 0xc0 /* a CfRdbStringKind in the low bits */

#define COMPRESSED_MIN 21 /* bytes of a string that LZF is tried on */
#define COMPRESSED_GAIN 4 /* bytes that it must save */
#define INTEGER_DIGITS_MAX 11

/**
 * cf_rdb_writer_init:
 * @self: what to set up
 * @expected_bytes: about how much will be written
 */
void
cf_rdb_writer_init (CfRdbWriter *self, gsize expected_bytes)
{
  *self = (CfRdbWriter){
    .blob = cf_blob_try_new (expected_bytes + 64),
    .compress = TRUE,
  };
  self->failed = self->blob == NULL;
}

/**
 * cf_rdb_writer_clear:
 * @self: a writer
 *
 * Forgets what was written.
 */
void
cf_rdb_writer_clear (CfRdbWriter *self)
{
  g_clear_pointer (&self->blob, cf_blob_unref);
}

/**
 * cf_rdb_writer_end:
 * @self: a writer
 *
 * Returns: (transfer full) (nullable): all that was written, or %NULL when
 *   there was no memory for it
 */
CfBlob *
cf_rdb_writer_end (CfRdbWriter *self)
{
  if (self->failed)
    cf_rdb_writer_clear (self);
  return g_steal_pointer (&self->blob);
}

/* Room for @size bytes at the end; NULL: there is none. */
static char *
reserve (CfRdbWriter *self, gsize size)
{
  CfBlob *blob = self->blob;

  if (self->failed)
    return NULL;
  if (size > blob->capacity - blob->size)
    {
      gsize wanted = blob->size + size;

      if (wanted < size)
        blob = NULL;
      else
        blob = cf_blob_try_grow (blob, wanted + wanted / 2);
      self->failed = blob == NULL;
      if (self->failed)
        return NULL;
      self->blob = blob;
    }
  return blob->data + blob->size;
}

/**
 * cf_rdb_put_bytes:
 * @self: a writer
 * @bytes: what to write as it is
 */
void
cf_rdb_put_bytes (CfRdbWriter *self, CfSlice bytes)
{
  char *at = bytes.size > 0 ? reserve (self, bytes.size) : NULL;

  if (at == NULL)
    return;
  memcpy (at, bytes.data, bytes.size);
  self->blob->size += bytes.size;
}

/**
 * cf_rdb_put_byte:
 * @self: a writer
 * @byte: what to write
 */
void
cf_rdb_put_byte (CfRdbWriter *self, guint8 byte)
{
  cf_rdb_put_bytes (self, cf_slice ((const char *) &byte, 1));
}

/**
 * cf_rdb_put_le16:
 * @self: a writer
 * @value: a number to write with its low byte first
 */
void
cf_rdb_put_le16 (CfRdbWriter *self, guint16 value)
{
  value = GUINT16_TO_LE (value);
  cf_rdb_put_bytes (self, cf_slice ((const char *) &value, sizeof value));
}

static void
put_le32 (CfRdbWriter *self, guint32 value)
{
  value = GUINT32_TO_LE (value);
  cf_rdb_put_bytes (self, cf_slice ((const char *) &value, sizeof value));
}

/**
 * cf_rdb_put_le64:
 * @self: a writer
 * @value: a number to write with its low byte first
 */
void
cf_rdb_put_le64 (CfRdbWriter *self, guint64 value)
{
  value = GUINT64_TO_LE (value);
  cf_rdb_put_bytes (self, cf_slice ((const char *) &value, sizeof value));
}

/**
 * cf_rdb_put_double:
 * @self: a writer
 * @value: a number to write as its eight bytes
 */
void
cf_rdb_put_double (CfRdbWriter *self, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  cf_rdb_put_le64 (self, bits);
}

/**
 * cf_rdb_put_length:
 * @self: a writer
 * @length: a number to write in as few bytes as it needs
 */
void
cf_rdb_put_length (CfRdbWriter *self, guint64 length)
{
  guint64 big_endian = GUINT64_TO_BE (length);
  const char *bytes = (const char *) &big_endian;

  if (length <= LENGTH_6_MAX)
    cf_rdb_put_byte (self, (guint8) length);
  else if (length <= LENGTH_14_MAX)
    {
      cf_rdb_put_byte (self, (guint8) (LENGTH_14 | length >> 8));
      cf_rdb_put_byte (self, (guint8) length);
    }
  else if (length <= G_MAXUINT32)
    {
      cf_rdb_put_byte (self, LENGTH_32);
      cf_rdb_put_bytes (self, cf_slice (bytes + 4, 4));
    }
  else
    {
      cf_rdb_put_byte (self, LENGTH_64);
      cf_rdb_put_bytes (self, cf_slice (bytes, 8));
    }
}

/* FALSE: it is too large. */
static gboolean
put_short_int (CfRdbWriter *self, gint64 number)
{
  if (number >= G_MININT8 && number <= G_MAXINT8)
    {
      cf_rdb_put_byte (self, SPECIAL | CF_RDB_STRING_INT8);
      cf_rdb_put_byte (self, (guint8) number);
    }
  else if (number >= G_MININT16 && number <= G_MAXINT16)
    {
      cf_rdb_put_byte (self, SPECIAL | CF_RDB_STRING_INT16);
      cf_rdb_put_le16 (self, (guint16) number);
    }
  else if (number >= G_MININT32 && number <= G_MAXINT32)
    {
      cf_rdb_put_byte (self, SPECIAL | CF_RDB_STRING_INT32);
      put_le32 (self, (guint32) number);
    }
  else
    return FALSE;
  return TRUE;
}

static void
put_plain (CfRdbWriter *self, CfSlice string)
{
  cf_rdb_put_length (self, string.size);
  cf_rdb_put_bytes (self, string);
}

/**
 * cf_rdb_put_int_string:
 * @self: a writer
 * @number: a string that is the text of a number
 */
void
cf_rdb_put_int_string (CfRdbWriter *self, gint64 number)
{
  char digits[CF_INT64_SIZE];

  if (!put_short_int (self, number))
    put_plain (self, cf_slice (digits, cf_format_int64 (digits, number)));
}

/* FALSE: it would not be shorter, or there is no memory to try. */
static gboolean
put_compressed (CfRdbWriter *self, CfSlice string)
{
  gsize most = string.size - COMPRESSED_GAIN;
  g_autofree char *compressed = NULL;
  unsigned int size;

  if (string.size > G_MAXUINT32)
    return FALSE;
  compressed = g_try_malloc (most + 1);
  if (compressed == NULL)
    return FALSE;
  size = lzf_compress (string.data, (unsigned int) string.size, compressed,
                       (unsigned int) most);
  if (size == 0)
    return FALSE;
  cf_rdb_put_byte (self, SPECIAL | CF_RDB_STRING_LZF);
  cf_rdb_put_length (self, size);
  cf_rdb_put_length (self, string.size);
  cf_rdb_put_bytes (self, cf_slice (compressed, size));
  return TRUE;
}

/**
 * cf_rdb_put_string:
 * @self: a writer
 * @string: a string to write in the shortest way
 */
void
cf_rdb_put_string (CfRdbWriter *self, CfSlice string)
{
  gint64 number;

  if (string.size <= INTEGER_DIGITS_MAX &&
      cf_parse_int64 (string.data, string.size, &number) &&
      put_short_int (self, number))
    return;
  if (self->compress && string.size >= COMPRESSED_MIN &&
      put_compressed (self, string))
    return;
  put_plain (self, string);
}
