/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream-id.h -- the ID of an entry in a stream: milliseconds and a sequence
 * number.
 *
 * As text "ms-seq"; as bytes, in files and in DUMP, 16 of them, big-endian, so
 * that the order of the bytes is that of the IDs.
 *
 * Thread safety: plain values.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 ms;
  guint64 seq;
} CfStreamId;

#define CF_STREAM_ID_SIZE 44  /* bytes as text, with the NUL */
#define CF_STREAM_ID_BYTES 16 /* bytes in binary */

#define CF_STREAM_ID_MIN ((CfStreamId){ 0, 0 })
#define CF_STREAM_ID_MAX ((CfStreamId){ G_MAXUINT64, G_MAXUINT64 })

/**
 * cf_stream_id_compare:
 * @a: an ID
 * @b: another
 *
 * Returns: less than, equal to or greater than 0 as @a is before, equal to or
 *   after @b
 */
static inline int
cf_stream_id_compare (CfStreamId a, CfStreamId b)
{
  if (a.ms != b.ms)
    return a.ms < b.ms ? -1 : 1;
  return (a.seq > b.seq) - (a.seq < b.seq);
}

/**
 * cf_stream_id_is_zero:
 * @self: an ID
 *
 * Returns: whether it is 0-0, which no entry has
 */
static inline gboolean
cf_stream_id_is_zero (CfStreamId self)
{
  return self.ms == 0 && self.seq == 0;
}

gboolean cf_stream_id_next (CfStreamId *self); /* FALSE: it is the greatest */
gboolean cf_stream_id_prev (CfStreamId *self); /* FALSE: it is the least */

/* "ms" alone has @seq; with @any_seq (nullable), "ms-*" sets that. */
gboolean cf_stream_id_parse (CfSlice text,
                             guint64 seq,
                             CfStreamId *self,
                             gboolean *any_seq);
gsize cf_stream_id_format (CfStreamId self,
                           char text[static CF_STREAM_ID_SIZE]);

void cf_stream_id_encode (CfStreamId self, guint8 bytes[CF_STREAM_ID_BYTES]);
CfStreamId cf_stream_id_decode (const guint8 bytes[CF_STREAM_ID_BYTES]);

G_END_DECLS
