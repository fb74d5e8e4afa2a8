/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/listpack-element.h"

#include "base/number.h"
#include "types/listpack.h"

/* Most significant bits first; all bytes but the first have the high bit. */
static void
write_back (guint8 *at, gsize size, guint n_bytes)
{
  for (guint i = n_bytes; i-- > 0; size >>= 7)
    at[i] = (guint8) ((size & 0x7f) | (i > 0 ? 0x80 : 0));
}

static void
finish_draft (CfListpackDraft *self)
{
  gsize body = self->n_head + self->string.size;

  self->n_back = cf_listpack_back_size (body);
  write_back (self->back, body, self->n_back);
}

/**
 * cf_listpack_draft_int:
 * @self: (out): what is to be written
 * @value: an integer
 *
 * Encodes an integer in as few bytes as it needs.
 */
void
cf_listpack_draft_int (CfListpackDraft *self, gint64 value)
{
  static const guint widths[] = { 2, 3, 4, 8 };
  guint i = 0;

  self->string = cf_slice (NULL, 0);
  if (value >= 0 && value <= 127)
    {
      self->head[0] = (guint8) value;
      self->n_head = 1;
    }
  else if (value >= -4096 && value <= 4095)
    {
      self->head[0] =
          (guint8) (CF_LISTPACK_INTEGER_13 | ((guint64) value >> 8 & 0x1f));
      self->head[1] = (guint8) value;
      self->n_head = 2;
    }
  else
    {
      while (widths[i] < 8 && (value < -((gint64) 1 << (8 * widths[i] - 1)) ||
                               value >= (gint64) 1 << (8 * widths[i] - 1)))
        i++;
      self->head[0] = (guint8) (CF_LISTPACK_INTEGER_16 + i);
      cf_listpack_store (self->head + 1, (guint64) value, widths[i]);
      self->n_head = 1 + widths[i];
    }
  finish_draft (self);
}

static void
draft_string (CfListpackDraft *self, CfSlice string)
{
  self->string = string;
  if (string.size < 64)
    {
      self->head[0] = (guint8) (CF_LISTPACK_STRING_6 | string.size);
      self->n_head = 1;
    }
  else if (string.size < 4096)
    {
      self->head[0] = (guint8) (CF_LISTPACK_STRING_12 | string.size >> 8);
      self->head[1] = (guint8) string.size;
      self->n_head = 2;
    }
  else
    {
      self->head[0] = CF_LISTPACK_STRING_32;
      cf_listpack_store (self->head + 1, string.size, 4);
      self->n_head = 5;
    }
  finish_draft (self);
}

/**
 * cf_listpack_draft:
 * @self: (out): what is to be written; good as long as @element
 * @element: bytes
 *
 * Encodes an integer as such if its text is the one that it is read back as.
 *
 * Returns: %FALSE: it is too large for any listpack
 */
gboolean
cf_listpack_draft (CfListpackDraft *self, CfSlice element)
{
  gint64 value;

  if (element.size > CF_LISTPACK_MAX)
    return FALSE;
  if (cf_parse_int64 (element.data, element.size, &value))
    cf_listpack_draft_int (self, value);
  else
    draft_string (self, element);
  return TRUE;
}

/**
 * cf_listpack_write_draft:
 * @self: what to write
 * @at: where; there is room
 */
void
cf_listpack_write_draft (const CfListpackDraft *self, guint8 *at)
{
  memcpy (at, self->head, self->n_head);
  at += self->n_head;
  if (self->string.size > 0)
    memcpy (at, self->string.data, self->string.size);
  memcpy (at + self->string.size, self->back, self->n_back);
}
