/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/cursor.h"

#include "base/glob.h"
#include "base/number.h"

#define COUNT 10 /* unless told */

/* Reads a cursor as Redis does, by the rules of strtoul(): it may be empty, or
 * have a sign before its digits. */
static gboolean
parse_cursor (CfSlice text, guint64 *cursor)
{
  gboolean negative = text.size > 0 && text.data[0] == '-';
  gsize first = negative || (text.size > 0 && text.data[0] == '+');
  guint64 value = 0;

  if (first > 0 && text.size == first)
    return FALSE;
  for (gsize i = first; i < text.size; i++)
    if (!g_ascii_isdigit (text.data[i]) ||
        __builtin_mul_overflow (value, 10, &value) ||
        __builtin_add_overflow (value, (guint64) (text.data[i] - '0'), &value))
      return FALSE;
  *cursor = negative ? -value : value;
  return TRUE;
}

/**
 * cf_cursor_init:
 * @self: (out): what becomes of the request
 * @call: a call
 * @i: the number of the argument that is the cursor
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if it is no cursor
 */
gboolean
cf_cursor_init (CfCursor *self, CfCall *call, guint i, GError **error)
{
  *self = (CfCursor){ .call = call, .count = COUNT };
  if (parse_cursor (call->argv[i], &self->cursor))
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED, "invalid cursor");
}

static gboolean
parse_count (CfCursor *self, guint i, GError **error)
{
  gint64 count;

  if (!cf_call_get_int (self->call, i, &count, error))
    return FALSE;
  if (count < 1)
    return cf_call_syntax_error (error);
  self->count = (gsize) count;
  return TRUE;
}

/**
 * cf_cursor_parse_options:
 * @self: a request
 * @first: the number of the first argument that is an option
 * @with_type: whether TYPE is one
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if the options are wrong
 */
gboolean
cf_cursor_parse_options (CfCursor *self,
                         guint first,
                         gboolean with_type,
                         GError **error)
{
  const CfCall *call = self->call;

  for (guint i = first; i < call->argc; i += 2)
    {
      if (i + 1 == call->argc)
        return cf_call_syntax_error (error);
      if (cf_call_is (call, i, "COUNT"))
        {
          if (!parse_count (self, i + 1, error))
            return FALSE;
        }
      else if (cf_call_is (call, i, "MATCH"))
        self->pattern = call->argv[i + 1];
      else if (with_type && cf_call_is (call, i, "TYPE"))
        self->type = call->argv[i + 1];
      else
        return cf_call_syntax_error (error);
    }
  if (cf_slice_equal (self->pattern, CF_SLICE ("*")))
    self->pattern = cf_slice (NULL, 0);
  return TRUE;
}

/**
 * cf_cursor_matches:
 * @self: a request
 * @text: a key, field or member
 *
 * Returns: whether it is one of those that are wanted
 */
gboolean
cf_cursor_matches (const CfCursor *self, CfSlice text)
{
  return self->pattern.data == NULL || cf_glob_match (self->pattern, text);
}

/**
 * cf_cursor_begin:
 * @self: a request
 *
 * Begins the reply; items are to follow.  The next cursor stands before them
 * but is known only after them.
 */
void
cf_cursor_begin (CfCursor *self)
{
  CfReply *reply = &self->call->reply;

  cf_reply_array (reply, 2);
  self->hole = cf_out_hole (reply->out);
  self->items = cf_reply_deferred (reply);
}

/**
 * cf_cursor_end:
 * @self: a request, with the number of items counted
 * @next: the next cursor
 *
 * Ends the reply.
 */
void
cf_cursor_end (CfCursor *self, guint64 next)
{
  CfReply *reply = &self->call->reply;
  char digits[CF_INT64_SIZE], text[CF_OUT_HOLE_MAX];
  gsize size = cf_format_uint64 (digits, next);
  int length;

  cf_reply_deferred_array (reply, self->items, self->n);
  length = g_snprintf (text, sizeof text, "$%" G_GSIZE_FORMAT "\r\n%s\r\n",
                       size, digits);
  cf_out_fill_hole (reply->out, self->hole, text, (gsize) length);
}

/**
 * cf_cursor_reply_nothing:
 * @call: a call
 *
 * Replies that all was seen and that it was nothing.
 */
void
cf_cursor_reply_nothing (CfCall *call)
{
  cf_reply_array (&call->reply, 2);
  cf_reply_bulk (&call->reply, CF_SLICE ("0"));
  cf_reply_array (&call->reply, 0);
}

/**
 * cf_cursor_run:
 * @self: a request
 * @collection: where to look
 * @func: makes a step
 *
 * Replies with some of a collection and the next cursor.
 */
void
cf_cursor_run (CfCursor *self, gconstpointer collection, CfCursorFunc func)
{
  gsize steps = self->count > G_MAXSIZE / 10 ? G_MAXSIZE : self->count * 10;
  guint64 cursor = self->cursor;

  cf_cursor_begin (self);
  do
    cursor = func (collection, cursor, self);
  while (cursor != 0 && steps-- > 0 && self->seen < self->count);
  cf_cursor_end (self, cursor);
}

/**
 * cf_cursor_takes_long:
 * @argv: (array length=argc): a request of HSCAN, SSCAN or ZSCAN
 * @argc: how many words it has
 *
 * Returns: whether it may go over many elements at once
 */
gboolean
cf_cursor_takes_long (const CfSlice *argv, guint argc)
{
  gint64 count;

  for (guint i = 3; i + 1 < argc; i += 2)
    if (cf_slice_is (argv[i], "COUNT") &&
        (!cf_parse_int64 (argv[i + 1].data, argv[i + 1].size, &count) ||
         count > CF_OBJECT_LARGE_ELEMENTS))
      return TRUE;
  return FALSE;
}
