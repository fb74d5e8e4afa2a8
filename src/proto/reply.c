/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "proto/reply.h"

#include "base/number.h"

/* A type's sign, a number of 64 bits and CRLF, with a NUL on the way. */
#define HEAD_MAX 24

/* Writes the sign @type, @value and CRLF at @at; returns what is behind. */
static inline char *
put_head (char *at, char type, guint64 value)
{
  *at++ = type;
  if (value < 10)
    *at++ = (char) ('0' + value);
  else if (value < 100)
    {
      *at++ = (char) ('0' + value / 10);
      *at++ = (char) ('0' + value % 10);
    }
  else
    at += cf_format_uint64 (at, value);
  at[0] = '\r';
  at[1] = '\n';
  return at + 2;
}

static void
append_head (CfReply *self, char type, guint64 value)
{
  char *at = cf_out_reserve (self->out, HEAD_MAX);

  cf_out_commit (self->out, (gsize) (put_head (at, type, value) - at));
}

static inline void
append_constant (CfReply *self, CfSlice constant)
{
  cf_out_append (self->out, constant.data, constant.size);
}

/* A type's sign, a text and CRLF. */
static void
append_line (CfReply *self, char type, const char *text, gsize size)
{
  cf_out_append (self->out, &type, 1);
  cf_out_append (self->out, text, size);
  append_constant (self, CF_SLICE ("\r\n"));
}

static inline gboolean
is_resp3 (const CfReply *self)
{
  return self->resp >= 3;
}

/**
 * cf_reply_ok:
 * @self: a reply
 *
 * Writes the status OK.
 */
void
cf_reply_ok (CfReply *self)
{
  append_constant (self, CF_SLICE ("+OK\r\n"));
}

/**
 * cf_reply_status:
 * @self: a reply
 * @status: a word of ours
 */
void
cf_reply_status (CfReply *self, const char *status)
{
  append_line (self, '+', status, strlen (status));
}

/**
 * cf_reply_error:
 * @self: a reply
 * @message: the prefix, a blank, and what is wrong
 *
 * Writes an error.  Line ends at the end of the message are left out, and
 * become blanks elsewhere, so that no message is more than a line.
 */
void
cf_reply_error (CfReply *self, const char *message)
{
  gsize size = strlen (message);

  while (size > 0 && strchr ("\r\n", message[size - 1]) != NULL)
    size--;
  cf_out_append (self->out, "-", 1);
  for (;;)
    {
      gsize plain = MIN (strcspn (message, "\r\n"), size);

      cf_out_append (self->out, message, plain);
      if (plain == size)
        break;
      cf_out_append (self->out, " ", 1);
      message += plain + 1;
      size -= plain + 1;
    }
  append_constant (self, CF_SLICE ("\r\n"));
}

/**
 * cf_reply_int:
 * @self: a reply
 * @value: a number
 */
void
cf_reply_int (CfReply *self, gint64 value)
{
  char *at = cf_out_reserve (self->out, HEAD_MAX);
  char *end;

  if (value >= 0)
    end = put_head (at, ':', (guint64) value);
  else
    {
      end = put_head (at + 1, '-', 0 - (guint64) value);
      at[0] = ':';
    }
  cf_out_commit (self->out, (gsize) (end - at));
}

/**
 * cf_reply_bool:
 * @self: a reply
 * @value: a truth value; 0 or 1 in RESP2
 */
void
cf_reply_bool (CfReply *self, gboolean value)
{
  if (is_resp3 (self))
    append_constant (self, value ? CF_SLICE ("#t\r\n") : CF_SLICE ("#f\r\n"));
  else
    append_constant (self, value ? CF_SLICE (":1\r\n") : CF_SLICE (":0\r\n"));
}

/**
 * cf_reply_double:
 * @self: a reply
 * @value: a number, which may be infinite; a bulk string in RESP2
 */
void
cf_reply_double (CfReply *self, double value)
{
  char text[CF_DOUBLE_SIZE];
  gsize size = cf_format_double (text, value);

  if (is_resp3 (self))
    append_line (self, ',', text, size);
  else
    cf_reply_bulk (self, cf_slice (text, size));
}

/**
 * cf_reply_human_double:
 * @self: a reply
 * @value: a number
 *
 * Writes a bulk string with the number in plain decimals, no exponent.
 */
void
cf_reply_human_double (CfReply *self, long double value)
{
  char text[CF_LONG_DOUBLE_SIZE];
  gsize size = cf_format_long_double_human (text, value);

  cf_reply_bulk (self, cf_slice (text, size));
}

/**
 * cf_reply_decimal:
 * @self: a reply
 * @value: a number; a bulk string in RESP2
 *
 * Like cf_reply_double(), in plain decimals, no exponent.
 */
void
cf_reply_decimal (CfReply *self, double value)
{
  char text[CF_LONG_DOUBLE_SIZE];
  gsize size = cf_format_long_double_human (text, value);

  if (is_resp3 (self))
    append_line (self, ',', text, size);
  else
    cf_reply_bulk (self, cf_slice (text, size));
}

/**
 * cf_reply_bignum:
 * @self: a reply
 * @digits: the digits of a number, with a sign if it is negative; a bulk
 *   string in RESP2
 */
void
cf_reply_bignum (CfReply *self, CfSlice digits)
{
  if (is_resp3 (self))
    append_line (self, '(', digits.data, digits.size);
  else
    cf_reply_bulk (self, digits);
}

/* Copies 1 to 16 bytes, which most strings have, without a call. */
static inline void
copy_few (char *to, const char *from, gsize size)
{
  guint64 first, last;
  guint32 first_4, last_4;

  if (size >= 8)
    {
      memcpy (&first, from, 8);
      memcpy (&last, from + size - 8, 8);
      memcpy (to, &first, 8);
      memcpy (to + size - 8, &last, 8);
    }
  else if (size >= 4)
    {
      memcpy (&first_4, from, 4);
      memcpy (&last_4, from + size - 4, 4);
      memcpy (to, &first_4, 4);
      memcpy (to + size - 4, &last_4, 4);
    }
  else
    {
      to[0] = from[0];
      to[size / 2] = from[size / 2];
      to[size - 1] = from[size - 1];
    }
}

/* Beyond this a bulk string is written in parts. */
#define ONE_PIECE (CF_OUT_RESERVE_MAX - HEAD_MAX - 2)

/**
 * cf_reply_bulk:
 * @self: a reply
 * @bytes: a string of any bytes, which is copied
 */
void
cf_reply_bulk (CfReply *self, CfSlice bytes)
{
  char *start, *at;

  if (G_UNLIKELY (bytes.size == 0 || bytes.size > ONE_PIECE))
    {
      append_head (self, '$', bytes.size);
      cf_out_append (self->out, bytes.data, bytes.size);
      append_constant (self, CF_SLICE ("\r\n"));
      return;
    }
  start = cf_out_reserve (self->out, HEAD_MAX + bytes.size + 2);
  at = put_head (start, '$', bytes.size);
  if (bytes.size <= 16)
    copy_few (at, bytes.data, bytes.size);
  else
    memcpy (at, bytes.data, bytes.size);
  at += bytes.size;
  at[0] = '\r';
  at[1] = '\n';
  cf_out_commit (self->out, (gsize) (at + 2 - start));
}

/**
 * cf_reply_bulk_string:
 * @self: a reply
 * @string: a string, which is copied
 */
void
cf_reply_bulk_string (CfReply *self, const char *string)
{
  cf_reply_bulk (self, cf_slice_of_string (string));
}

/**
 * cf_reply_bulk_int:
 * @self: a reply
 * @value: a number
 *
 * Writes a bulk string with the number in decimals.
 */
void
cf_reply_bulk_int (CfReply *self, gint64 value)
{
  char text[CF_INT64_SIZE];
  gsize size = cf_format_int64 (text, value);

  cf_reply_bulk (self, cf_slice (text, size));
}

/**
 * cf_reply_bulk_blob:
 * @self: a reply
 * @blob: a blob
 * @start: the first byte of the part
 * @size: the size of the part
 *
 * Writes a part of a blob as a bulk string.  If it is large, the reply takes a
 * reference instead of a copy.
 */
void
cf_reply_bulk_blob (CfReply *self, CfBlob *blob, gsize start, gsize size)
{
  if (size < CF_REPLY_BY_REFERENCE)
    {
      cf_reply_bulk (self, cf_slice (blob->data + start, size));
      return;
    }
  append_head (self, '$', size);
  cf_out_append_blob (self->out, blob, start, size);
  append_constant (self, CF_SLICE ("\r\n"));
}

/**
 * cf_reply_verbatim:
 * @self: a reply
 * @format: what the text is, three letters: "txt" or "mkd"
 * @text: a text to be shown as it is; a bulk string in RESP2
 */
void
cf_reply_verbatim (CfReply *self, const char *format, CfSlice text)
{
  if (!is_resp3 (self))
    {
      cf_reply_bulk (self, text);
      return;
    }
  g_assert (strlen (format) == 3);
  append_head (self, '=', text.size + 4);
  cf_out_append (self->out, format, 3);
  append_line (self, ':', text.data, text.size);
}

/**
 * cf_reply_null:
 * @self: a reply
 *
 * Writes that there is no such thing.
 */
void
cf_reply_null (CfReply *self)
{
  append_constant (self,
                   is_resp3 (self) ? CF_SLICE ("_\r\n") : CF_SLICE ("$-1\r\n"));
}

/**
 * cf_reply_null_array:
 * @self: a reply
 *
 * Writes that there is no such array.
 */
void
cf_reply_null_array (CfReply *self)
{
  append_constant (self,
                   is_resp3 (self) ? CF_SLICE ("_\r\n") : CF_SLICE ("*-1\r\n"));
}

/* -- Heads of aggregates ----------------------------------------------------
 */

/* What RESP3 calls @type; in RESP2 an array of @factor times the elements. */
static inline void
append_aggregate (CfReply *self, char type, gsize n, gsize factor)
{
  if (is_resp3 (self))
    append_head (self, type, n);
  else
    append_head (self, '*', n * factor);
}

/**
 * cf_reply_array:
 * @self: a reply
 * @n_elements: how many values follow
 */
void
cf_reply_array (CfReply *self, gsize n_elements)
{
  append_head (self, '*', n_elements);
}

/**
 * cf_reply_map:
 * @self: a reply
 * @n_pairs: how many keys, each with a value, follow
 */
void
cf_reply_map (CfReply *self, gsize n_pairs)
{
  append_aggregate (self, '%', n_pairs, 2);
}

/**
 * cf_reply_set:
 * @self: a reply
 * @n_elements: how many values follow
 */
void
cf_reply_set (CfReply *self, gsize n_elements)
{
  append_aggregate (self, '~', n_elements, 1);
}

/**
 * cf_reply_push:
 * @self: a reply
 * @n_elements: how many values follow
 *
 * Begins a message that is no reply to a command.
 */
void
cf_reply_push (CfReply *self, gsize n_elements)
{
  append_aggregate (self, '>', n_elements, 1);
}

/**
 * cf_reply_attribute:
 * @self: a reply in RESP3
 * @n_pairs: how many keys, each with a value, follow
 *
 * Begins a note about the value that comes after it.
 */
void
cf_reply_attribute (CfReply *self, gsize n_pairs)
{
  g_assert (is_resp3 (self));
  append_head (self, '|', n_pairs);
}

/**
 * cf_reply_deferred:
 * @self: a reply
 *
 * Begins an aggregate of a length that is not known yet.  One that is begun
 * inside it must be ended before it.
 *
 * Returns: (transfer none): what to end it with
 */
CfOutChunk *
cf_reply_deferred (CfReply *self)
{
  return cf_out_hole (self->out);
}

static void
fill_deferred (CfReply *self, CfOutChunk *hole, char type, gsize n)
{
  char head[HEAD_MAX];
  char *end = put_head (head, type, n);

  cf_out_fill_hole (self->out, hole, head, (gsize) (end - head));
}

/**
 * cf_reply_deferred_array:
 * @self: a reply
 * @hole: what cf_reply_deferred() gave
 * @n_elements: how many values were written since
 */
void
cf_reply_deferred_array (CfReply *self, CfOutChunk *hole, gsize n_elements)
{
  fill_deferred (self, hole, '*', n_elements);
}

/**
 * cf_reply_deferred_map:
 * @self: a reply
 * @hole: what cf_reply_deferred() gave
 * @n_pairs: how many keys with values were written since
 */
void
cf_reply_deferred_map (CfReply *self, CfOutChunk *hole, gsize n_pairs)
{
  if (is_resp3 (self))
    fill_deferred (self, hole, '%', n_pairs);
  else
    fill_deferred (self, hole, '*', n_pairs * 2);
}

/**
 * cf_reply_deferred_set:
 * @self: a reply
 * @hole: what cf_reply_deferred() gave
 * @n_elements: how many values were written since
 */
void
cf_reply_deferred_set (CfReply *self, CfOutChunk *hole, gsize n_elements)
{
  fill_deferred (self, hole, is_resp3 (self) ? '~' : '*', n_elements);
}
