/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list-node.h -- a part of a list: some elements, one after the other.
 *
 * For list.c alone.  Elements stand in a block as in a listpack, but with free
 * space at either end, so that pushing and popping there moves nothing:
 *
 *   block: | free | element ... element | free |
 *          0      start                end     capacity
 *
 * An element too large for that is a node of its own, a blob (@capacity is 0).
 * Positions are offsets in the block; good until the next change.
 *
 * Thread safety: none; readers may be many.
 */
#pragma once

#include "base/blob.h"
#include "types/listpack-element.h"

G_BEGIN_DECLS

typedef struct
{
  union
  {
    guint8 *block; /* (owned) */
    CfBlob *blob;  /* (owned) */
  } u;
  guint32 start;
  guint32 end;
  guint32 capacity; /* bytes of the block; 0: a blob */
  guint32 n;        /* elements */
} CfListNode;

void cf_list_node_clear (CfListNode *self);
gboolean cf_list_node_try_copy (const CfListNode *self, CfListNode *copy);
gsize cf_list_node_memory (const CfListNode *self);

guint8 *cf_list_node_open (CfListNode *self,
                           guint32 at,
                           guint32 size,
                           gboolean at_front);
gboolean cf_list_node_insert (CfListNode *self,
                              guint32 at,
                              const CfListpackDraft *element,
                              gboolean at_front);
void
cf_list_node_remove (CfListNode *self, guint32 at, guint32 size, guint32 n);
void cf_list_node_fit (CfListNode *self);
guint32 cf_list_node_seek (const CfListNode *self, guint32 index);

/**
 * cf_list_node_is_blob:
 * @self: a node
 *
 * Returns: whether it is one long string, and no listpack
 */
static inline gboolean
cf_list_node_is_blob (const CfListNode *self)
{
  return self->capacity == 0;
}

/**
 * cf_list_node_used:
 * @self: a node that is no blob
 *
 * Returns: the bytes of its elements
 */
static inline guint32
cf_list_node_used (const CfListNode *self)
{
  return self->end - self->start;
}

/**
 * cf_list_node_size_at:
 * @self: a node that is no blob
 * @at: where an element is; not behind the last one
 *
 * Returns: the bytes of the element
 */
static inline guint32
cf_list_node_size_at (const CfListNode *self, guint32 at)
{
  return (guint32) cf_listpack_whole_size (self->u.block + at);
}

/**
 * cf_list_node_size_before:
 * @self: a node that is no blob
 * @at: behind an element
 *
 * Returns: the bytes of the element before @at
 */
static inline guint32
cf_list_node_size_before (const CfListNode *self, guint32 at)
{
  gsize body = cf_listpack_read_back (self->u.block + at);

  return (guint32) (body + cf_listpack_back_size (body));
}

G_END_DECLS
