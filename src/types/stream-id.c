/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/stream-id.h"

#include "base/number.h"

/* Longer ones are no IDs, however many zeros they begin with. */
#define TEXT_MAX 127

/**
 * cf_stream_id_next:
 * @self: (inout): an ID; 0-0 if there is no next one
 *
 * Returns: %FALSE if there is no next one
 */
gboolean
cf_stream_id_next (CfStreamId *self)
{
  self->seq++;
  if (self->seq == 0)
    self->ms++;
  return !cf_stream_id_is_zero (*self);
}

/**
 * cf_stream_id_prev:
 * @self: (inout): an ID; the greatest if there is none before
 *
 * Returns: %FALSE if there is none before
 */
gboolean
cf_stream_id_prev (CfStreamId *self)
{
  gboolean has_one = !cf_stream_id_is_zero (*self);

  if (self->seq == 0)
    self->ms--;
  self->seq--;
  return has_one;
}

/* What strtoull() makes of digits: blanks before them, a sign and zeros are
 * let pass, and a negative number is counted from the other end. */
static gboolean
parse_loosely (CfSlice text, guint64 *value)
{
  gboolean negative = FALSE;
  gsize i = 0;

  while (i < text.size && strchr (" \t\n\v\f\r", text.data[i]) != NULL)
    i++;
  if (i < text.size && (text.data[i] == '-' || text.data[i] == '+'))
    negative = text.data[i++] == '-';
  if (i == text.size)
    return FALSE;
  while (i + 1 < text.size && text.data[i] == '0')
    i++;
  if (!cf_parse_uint64 (text.data + i, text.size - i, value))
    return FALSE;
  if (negative)
    *value = -*value;
  return TRUE;
}

static gboolean
parse_half (CfSlice text, guint64 *value)
{
  gint64 number;

  if (!cf_parse_int64 (text.data, text.size, &number))
    return parse_loosely (text, value);
  if (number < 0)
    return FALSE;
  *value = (guint64) number;
  return TRUE;
}

/**
 * cf_stream_id_parse:
 * @text: an ID as text
 * @seq: the sequence number if it says none
 * @self: (out): the ID
 * @any_seq: (out) (optional): whether it leaves the sequence number to the
 *   server, "ms-*"; if %NULL, that is no ID
 *
 * Reads numbers as strtoull() does, which is what Redis accepts.
 *
 * Returns: %FALSE if it is no ID
 */
gboolean
cf_stream_id_parse (CfSlice text,
                    guint64 seq,
                    CfStreamId *self,
                    gboolean *any_seq)
{
  CfStreamId id = { 0, seq };
  const char *end = text.size > 0 ? memchr (text.data, '\0', text.size) : NULL;
  const char *dash;

  if (text.size == 0 || text.size > TEXT_MAX)
    return FALSE;
  if (end != NULL)
    text.size = (gsize) (end - text.data);
  dash = memchr (text.data, '-', text.size);
  if (any_seq != NULL)
    *any_seq = FALSE;
  if (dash != NULL)
    {
      gsize at = (gsize) (dash - text.data);
      CfSlice rest = cf_slice (dash + 1, text.size - at - 1);

      if (any_seq != NULL && cf_slice_equal (rest, CF_SLICE ("*")))
        {
          *any_seq = TRUE;
          id.seq = 0;
        }
      else if (!parse_half (rest, &id.seq))
        return FALSE;
      text.size = at;
    }
  if (!parse_half (text, &id.ms))
    return FALSE;
  *self = id;
  return TRUE;
}

/**
 * cf_stream_id_format:
 * @self: an ID
 * @text: (out): the ID as text, with a NUL
 *
 * Returns: its length without the NUL
 */
gsize
cf_stream_id_format (CfStreamId self, char text[static CF_STREAM_ID_SIZE])
{
  gsize size = cf_format_uint64 (text, self.ms);

  text[size++] = '-';
  return size + cf_format_uint64 (text + size, self.seq);
}

/**
 * cf_stream_id_encode:
 * @self: an ID
 * @bytes: (out): it in binary
 */
void
cf_stream_id_encode (CfStreamId self, guint8 bytes[CF_STREAM_ID_BYTES])
{
  guint64 words[2] = { GUINT64_TO_BE (self.ms), GUINT64_TO_BE (self.seq) };

  memcpy (bytes, words, sizeof words);
}

/**
 * cf_stream_id_decode:
 * @bytes: an ID in binary
 *
 * Returns: the ID
 */
CfStreamId
cf_stream_id_decode (const guint8 bytes[CF_STREAM_ID_BYTES])
{
  guint64 words[2];

  memcpy (words, bytes, sizeof words);
  return (CfStreamId){ GUINT64_FROM_BE (words[0]), GUINT64_FROM_BE (words[1]) };
}
