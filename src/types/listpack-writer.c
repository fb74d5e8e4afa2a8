/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/listpack-writer.h"

#include "types/listpack-element.h"

/* Where the numbers stand in the block: see listpack.h. */
#define TOTAL_AT 0
#define N_AT 4
#define N_UNKNOWN 65535

/**
 * cf_listpack_writer_begin:
 * @self: (out): a writer
 * @listpack: (inout): what to append to; the block moves
 * @n_elements: how many elements, at most
 * @n_bytes: how many bytes their strings have together, at most
 *
 * Returns: %FALSE if it could be too large, or without memory; nothing has
 *   changed then
 */
gboolean
cf_listpack_writer_begin (CfListpackWriter *self,
                          CfListpack **listpack,
                          gsize n_elements,
                          gsize n_bytes)
{
  gsize total = cf_listpack_size (*listpack);
  CfListpack *resized;

  if (n_elements > CF_LISTPACK_MAX || n_bytes > CF_LISTPACK_MAX)
    return FALSE;
  n_bytes += total + n_elements * (CF_LISTPACK_HEAD_MAX + CF_LISTPACK_BACK_MAX);
  if (n_bytes > CF_LISTPACK_MAX)
    return FALSE;
  resized = g_try_realloc (*listpack, n_bytes);
  if (resized == NULL)
    return FALSE;
  *listpack = resized;
  *self = (CfListpackWriter){ resized, (guint8 *) resized + total - 1, 0 };
  return TRUE;
}

static inline void
write_element (CfListpackWriter *self, const CfListpackDraft *element)
{
  cf_listpack_write_draft (element, self->at);
  self->at += cf_listpack_draft_size (element);
  self->n++;
}

/**
 * cf_listpack_writer_add:
 * @self: a writer that has room for it
 * @element: a string, kept as an integer if it is one
 */
void
cf_listpack_writer_add (CfListpackWriter *self, CfSlice element)
{
  CfListpackDraft drafted;

  g_assert (cf_listpack_draft (&drafted, element));
  write_element (self, &drafted);
}

/**
 * cf_listpack_writer_add_int:
 * @self: a writer that has room for it
 * @element: an integer
 */
void
cf_listpack_writer_add_int (CfListpackWriter *self, gint64 element)
{
  CfListpackDraft drafted;

  if (element >= 0 && element <= 127)
    {
      *self->at++ = (guint8) element;
      *self->at++ = 1;
      self->n++;
      return;
    }
  cf_listpack_draft_int (&drafted, element);
  write_element (self, &drafted);
}

/**
 * cf_listpack_writer_end:
 * @self: a writer; good no longer
 *
 * Makes the listpack whole again.  Its block may be longer than it need be
 * until the next change.
 */
void
cf_listpack_writer_end (CfListpackWriter *self)
{
  guint8 *block = (guint8 *) self->listpack;
  gsize n = cf_listpack_load (block + N_AT, 2) + self->n;

  *self->at++ = CF_LISTPACK_END;
  cf_listpack_store (block + TOTAL_AT, (gsize) (self->at - block), 4);
  cf_listpack_store (block + N_AT, MIN (n, N_UNKNOWN), 2);
}
