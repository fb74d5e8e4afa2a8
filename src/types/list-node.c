/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/list-node.h"

#include <string.h>

#define LEAST_CAPACITY 16 /* bytes */
/* A block of so many bytes rather moves its elements than grows for a gap. */
#define GROWN 4096

/**
 * cf_list_node_clear:
 * @self: a node
 *
 * Frees what it contains.
 */
void
cf_list_node_clear (CfListNode *self)
{
  if (cf_list_node_is_blob (self))
    cf_blob_unref (self->u.blob);
  else
    g_free (self->u.block);
}

/**
 * cf_list_node_try_copy:
 * @self: a node
 * @copy: (out): another with the same elements
 *
 * Returns: %FALSE if there is no memory
 */
gboolean
cf_list_node_try_copy (const CfListNode *self, CfListNode *copy)
{
  guint32 used = cf_list_node_used (self);

  *copy = *self;
  if (cf_list_node_is_blob (self))
    {
      cf_blob_ref (copy->u.blob);
      return TRUE;
    }
  copy->u.block = g_try_malloc (used);
  if (copy->u.block == NULL)
    return FALSE;
  memcpy (copy->u.block, self->u.block + self->start, used);
  copy->start = 0;
  copy->end = copy->capacity = used;
  return TRUE;
}

/**
 * cf_list_node_memory:
 * @self: a node
 *
 * Returns: the bytes of its block or blob
 */
gsize
cf_list_node_memory (const CfListNode *self)
{
  return cf_list_node_is_blob (self) ? sizeof (CfBlob) + self->u.blob->capacity
                                     : self->capacity;
}

/* Moves the elements to one end of the block. */
static void
slide (CfListNode *self, gboolean to_end)
{
  guint32 used = cf_list_node_used (self);
  guint32 start = to_end ? self->capacity - used : 0;

  memmove (self->u.block + start, self->u.block + self->start, used);
  self->start = start;
  self->end = start + used;
}

/* Puts the elements at one end of a block of another size. */
static gboolean
resize (CfListNode *self, guint32 capacity, gboolean to_end)
{
  guint32 used = cf_list_node_used (self);
  guint32 start = to_end ? capacity - used : 0;
  guint8 *block;

  if (!to_end && self->start == 0)
    block = g_try_realloc (self->u.block, capacity);
  else
    block = g_try_malloc (capacity);
  if (block == NULL)
    return FALSE;
  if (to_end || self->start != 0)
    {
      if (used > 0)
        memcpy (block + start, self->u.block + self->start, used);
      g_free (self->u.block);
    }
  self->u.block = block;
  self->capacity = capacity;
  self->start = start;
  self->end = start + used;
  return TRUE;
}

/* The size of the block that an allocator takes for so many bytes: multiples
 * of 16, then four sizes between two powers of two. */
static guint32
round_up (guint32 bytes)
{
  guint32 step = 16;

  if (bytes > 128)
    step = 1u << (g_bit_storage (bytes - 1) - 3);
  return (bytes + step - 1) / step * step;
}

/* Sees that there are @size free bytes before or behind the elements. */
static gboolean
make_room (CfListNode *self, guint32 size, gboolean at_front)
{
  guint32 used = cf_list_node_used (self), spare = self->capacity - used;

  if ((at_front ? self->start : self->capacity - self->end) >= size)
    return TRUE;
  if (spare >= size && (spare >= self->capacity / 2 || self->capacity >= GROWN))
    {
      slide (self, at_front);
      return TRUE;
    }
  return resize (self, round_up (used + size), at_front);
}

/**
 * cf_list_node_open:
 * @self: a node that is no blob; all zero if it has no element yet
 * @at: where
 * @size: how many bytes
 * @at_front: which elements to move: those before @at
 *
 * Makes a gap between elements, which the caller fills.
 *
 * Returns: (transfer none) (nullable): the gap; %NULL if there is no memory
 */
guint8 *
cf_list_node_open (CfListNode *self,
                   guint32 at,
                   guint32 size,
                   gboolean at_front)
{
  guint32 before = at - self->start, after = self->end - at;

  if (!make_room (self, size, at_front))
    return NULL;
  if (at_front)
    {
      memmove (self->u.block + self->start - size, self->u.block + self->start,
               before);
      self->start -= size;
    }
  else
    {
      memmove (self->u.block + self->end - after + size,
               self->u.block + self->end - after, after);
      self->end += size;
    }
  return self->u.block + self->start + before;
}

/**
 * cf_list_node_insert:
 * @self: a node that is no blob; all zero if it has no element yet
 * @at: where
 * @element: what
 * @at_front: which elements to move: those before @at
 *
 * Returns: %FALSE if there is no memory
 */
gboolean
cf_list_node_insert (CfListNode *self,
                     guint32 at,
                     const CfListpackDraft *element,
                     gboolean at_front)
{
  guint8 *place = cf_list_node_open (
      self, at, (guint32) cf_listpack_draft_size (element), at_front);

  if (place == NULL)
    return FALSE;
  cf_listpack_write_draft (element, place);
  self->n++;
  return TRUE;
}

/**
 * cf_list_node_remove:
 * @self: a node that is no blob
 * @at: where
 * @size: how many bytes
 * @n: how many elements they are
 *
 * Removes elements; those on the side where there are fewer bytes move.
 */
void
cf_list_node_remove (CfListNode *self, guint32 at, guint32 size, guint32 n)
{
  guint32 before = at - self->start, after = self->end - at - size;

  if (before < after)
    {
      memmove (self->u.block + self->start + size, self->u.block + self->start,
               before);
      self->start += size;
    }
  else
    {
      memmove (self->u.block + at, self->u.block + at + size, after);
      self->end -= size;
    }
  self->n -= n;
  if (self->capacity > 2 * LEAST_CAPACITY &&
      cf_list_node_used (self) < self->capacity / 4)
    (void) resize (self, self->capacity / 2, before < after);
}

/**
 * cf_list_node_fit:
 * @self: a node that is not expected to grow
 *
 * Gives free space back, if it is worth it.
 */
void
cf_list_node_fit (CfListNode *self)
{
  guint32 used = cf_list_node_used (self);

  if (cf_list_node_is_blob (self) ||
      self->capacity - used <= self->capacity / 8 || used == 0)
    return;
  slide (self, FALSE);
  (void) resize (self, used, FALSE);
}

/**
 * cf_list_node_seek:
 * @self: a node that is no blob
 * @index: the number of one of its elements
 *
 * Goes from the end that is nearer.
 *
 * Returns: where it is
 */
guint32
cf_list_node_seek (const CfListNode *self, guint32 index)
{
  guint32 at = self->start;

  if (index <= self->n / 2)
    for (; index > 0; index--)
      at += cf_list_node_size_at (self, at);
  else
    for (at = self->end; index < self->n; index++)
      at -= cf_list_node_size_before (self, at);
  return at;
}
