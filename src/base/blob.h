/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blob.h -- a counted block of bytes: a large value, or a message to many.
 *
 * A blob that is shared (more than one reference) is never changed; whoever
 * holds the only reference may change its bytes and its size.
 *
 * Thread safety: references may be taken and dropped in any thread.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

typedef struct
{
  guint refs; /* (atomic) */
  gsize size; /* bytes in use */
  gsize capacity;
  char data[];
} CfBlob;

CfBlob *cf_blob_try_new (gsize capacity);
CfBlob *cf_blob_try_new_zeroed (gsize capacity);
CfBlob *cf_blob_try_copy (CfSlice bytes);
CfBlob *cf_blob_new (CfSlice bytes);
CfBlob *cf_blob_ref (CfBlob *self);
void cf_blob_unref (CfBlob *self);
gboolean cf_blob_is_shared (const CfBlob *self);
CfBlob *cf_blob_try_grow (CfBlob *self, gsize capacity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfBlob, cf_blob_unref)

/**
 * cf_blob_slice:
 * @self: a blob
 *
 * Returns: (transfer none): its bytes, good as long as it is
 */
static inline CfSlice
cf_blob_slice (const CfBlob *self)
{
  return cf_slice (self->data, self->size);
}

G_END_DECLS
