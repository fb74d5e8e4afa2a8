/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listpack-writer.h -- appends many elements to a listpack at once: the block
 * is made large enough at the start.
 *
 * Between begin and end nobody may look at the listpack, and nothing fails.
 *
 * Thread safety: as for a listpack.
 */
#pragma once

#include "types/listpack.h"

G_BEGIN_DECLS

typedef struct
{
  CfListpack *listpack;
  guint8 *at; /* where the next element goes */
  gsize n;    /* elements written */
} CfListpackWriter;

/* Room for @n_elements, the strings of which have @n_bytes together.  FALSE:
 * no memory, or too large; nothing was changed. */
gboolean cf_listpack_writer_begin (CfListpackWriter *self,
                                   CfListpack **listpack,
                                   gsize n_elements,
                                   gsize n_bytes);
void cf_listpack_writer_add (CfListpackWriter *self, CfSlice element);
void cf_listpack_writer_add_int (CfListpackWriter *self, gint64 element);
void cf_listpack_writer_end (CfListpackWriter *self);

G_END_DECLS
