/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/blob.h"

static CfBlob *
init (CfBlob *self, gsize capacity)
{
  if (self == NULL)
    return NULL;
  self->refs = 1;
  self->size = 0;
  self->capacity = capacity;
  return self;
}

/**
 * cf_blob_try_new:
 * @capacity: how many bytes it shall have room for
 *
 * Returns: (transfer full) (nullable): an empty blob, its bytes undefined;
 *   %NULL if there is no memory for it
 */
CfBlob *
cf_blob_try_new (gsize capacity)
{
  if (capacity > G_MAXSSIZE - sizeof (CfBlob))
    return NULL;
  return init (g_try_malloc (sizeof (CfBlob) + capacity), capacity);
}

/**
 * cf_blob_try_new_zeroed:
 * @capacity: how many bytes it shall have room for
 *
 * Like cf_blob_try_new(), with all bytes 0.  A large blob costs next to
 * nothing before its bytes are touched.
 *
 * Returns: (transfer full) (nullable): an empty blob; %NULL if there is no
 *   memory for it
 */
CfBlob *
cf_blob_try_new_zeroed (gsize capacity)
{
  if (capacity > G_MAXSSIZE - sizeof (CfBlob))
    return NULL;
  return init (g_try_malloc0 (sizeof (CfBlob) + capacity), capacity);
}

/**
 * cf_blob_try_copy:
 * @bytes: what it shall hold
 *
 * Returns: (transfer full) (nullable): a blob with a copy of @bytes; %NULL if
 *   there is no memory for it
 */
CfBlob *
cf_blob_try_copy (CfSlice bytes)
{
  CfBlob *self = cf_blob_try_new (bytes.size);

  if (self == NULL)
    return NULL;
  if (bytes.size > 0)
    memcpy (self->data, bytes.data, bytes.size);
  self->size = bytes.size;
  return self;
}

/**
 * cf_blob_new:
 * @bytes: what it shall hold; of a size that we chose
 *
 * Returns: (transfer full): a blob with a copy of @bytes
 */
CfBlob *
cf_blob_new (CfSlice bytes)
{
  CfBlob *self = cf_blob_try_copy (bytes);

  if (self == NULL)
    g_error ("no memory for %" G_GSIZE_FORMAT " bytes", bytes.size);
  return self;
}

/**
 * cf_blob_ref:
 * @self: a blob
 *
 * Returns: (transfer full): @self
 */
CfBlob *
cf_blob_ref (CfBlob *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

/**
 * cf_blob_unref:
 * @self: (transfer full) (nullable): a blob
 */
void
cf_blob_unref (CfBlob *self)
{
  if (self != NULL && g_atomic_int_dec_and_test (&self->refs))
    g_free (self);
}

/**
 * cf_blob_is_shared:
 * @self: a blob of which the caller has a reference
 *
 * Returns: whether somebody else has one too
 */
gboolean
cf_blob_is_shared (const CfBlob *self)
{
  return g_atomic_int_get (&self->refs) > 1;
}

/**
 * cf_blob_try_grow:
 * @self: a blob that is not shared
 * @capacity: how many bytes it shall have room for
 *
 * Makes room for more bytes, or gives room back, but never what is in use.
 *
 * Returns: (transfer full) (nullable): the blob, which may have moved; %NULL
 *   if there is no memory, and @self is as it was
 */
CfBlob *
cf_blob_try_grow (CfBlob *self, gsize capacity)
{
  CfBlob *moved;

  g_assert (!cf_blob_is_shared (self));
  capacity = MAX (capacity, self->size);
  if (capacity > G_MAXSSIZE - sizeof (CfBlob))
    return NULL;
  moved = g_try_realloc (self, sizeof (CfBlob) + capacity);
  if (moved != NULL)
    moved->capacity = capacity;
  return moved;
}
