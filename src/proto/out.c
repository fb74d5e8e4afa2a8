/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "proto/out.h"

struct _CfOutBlock
{
  CfOutChunk first; /* the chunk that has the first bytes */
  guint users;      /* chunks that refer to this block */
  char bytes[];
};

#define BLOCK_SIZE (CF_OUT_CHUNK_BYTES - sizeof (CfOutBlock))

/* -- Blocks and chunks ----------------------------------------------------- */

static void
add_chunk (CfOut *self, CfOutChunk *chunk)
{
  chunk->next = NULL;
  if (self->tail != NULL)
    self->tail->next = chunk;
  else
    self->head = chunk;
  self->tail = chunk;
}

/* Adds a chunk that has @block from @start on. */
static void
add_bytes (CfOut *self, CfOutChunk *chunk, CfOutBlock *block, gsize start)
{
  chunk->blob = NULL;
  chunk->block = block;
  chunk->data = block->bytes;
  chunk->start = chunk->end = start;
  chunk->limit = BLOCK_SIZE;
  chunk->hole = 0;
  block->users++;
  add_chunk (self, chunk);
}

static void
add_block (CfOut *self)
{
  CfOutPool *pool = self->pool;
  CfOutBlock *block;

  if (pool != NULL && pool->spare != NULL)
    {
      block = (CfOutBlock *) pool->spare;
      pool->spare = pool->spare->next;
      pool->n_spare--;
    }
  else
    block = g_malloc (CF_OUT_CHUNK_BYTES);
  block->users = 0;
  self->memory += CF_OUT_CHUNK_BYTES;
  add_bytes (self, &block->first, block, 0);
}

static void
drop_block (CfOut *self, CfOutBlock *block)
{
  CfOutPool *pool = self->pool;

  if (--block->users > 0)
    return;
  self->memory -= CF_OUT_CHUNK_BYTES;
  if (pool != NULL && pool->n_spare < CF_OUT_SPARE_MAX)
    {
      block->first.next = pool->spare;
      pool->spare = &block->first;
      pool->n_spare++;
    }
  else
    g_free (block);
}

/* What a chunk takes beside its block. */
static gsize
chunk_memory (const CfOutChunk *chunk)
{
  if (chunk->block != NULL && chunk == &chunk->block->first)
    return 0;
  return sizeof (CfOutChunk) +
         (chunk->blob != NULL ? chunk->end - chunk->start : 0);
}

static void
drop_chunk (CfOut *self, CfOutChunk *chunk)
{
  CfOutBlock *block = chunk->block;

  self->memory -= chunk_memory (chunk);
  cf_blob_unref (chunk->blob);
  if (block == NULL || chunk != &block->first)
    g_free (chunk);
  if (block != NULL)
    drop_block (self, block);
}

static void
drop_chunks (CfOut *self, CfOutChunk *chunk)
{
  while (chunk != NULL)
    {
      CfOutChunk *next = chunk->next;

      drop_chunk (self, chunk);
      chunk = next;
    }
}

/**
 * cf_out_pool_clear:
 * @self: a pool
 *
 * Frees the blocks that the pool keeps.
 */
void
cf_out_pool_clear (CfOutPool *self)
{
  while (self->spare != NULL)
    {
      CfOutChunk *next = self->spare->next;

      g_free (self->spare);
      self->spare = next;
    }
  self->n_spare = 0;
}

/**
 * cf_out_init:
 * @self: a chain to set up
 * @pool: (nullable): where it gets blocks; may be set anew at any time
 */
void
cf_out_init (CfOut *self, CfOutPool *pool)
{
  *self = (CfOut){ .pool = pool };
}

/**
 * cf_out_clear:
 * @self: a chain
 *
 * Drops all bytes.
 */
void
cf_out_clear (CfOut *self)
{
  drop_chunks (self, self->head);
  self->head = self->tail = NULL;
  self->size = 0;
}

/* -- Writing --------------------------------------------------------------- */

/* After a blob: goes on in the block before it, if that has @size bytes. */
static gboolean
resume_block (CfOut *self, gsize size)
{
  CfOutChunk *tail = self->tail;

  if (tail == NULL || tail->blob == NULL || tail->block == NULL ||
      BLOCK_SIZE - tail->room < size)
    return FALSE;
  add_bytes (self, g_new (CfOutChunk, 1), tail->block, tail->room);
  self->memory += sizeof (CfOutChunk);
  return TRUE;
}

/**
 * cf_out_reserve_more:
 * @self: a chain
 * @size: at most %CF_OUT_RESERVE_MAX bytes
 *
 * Does the work of cf_out_reserve() when the tail has not the space.
 *
 * Returns: (transfer none): space for @size bytes
 */
char *
cf_out_reserve_more (CfOut *self, gsize size)
{
  g_assert (size <= CF_OUT_RESERVE_MAX);
  if (!resume_block (self, size))
    add_block (self);
  return self->tail->data + self->tail->end;
}

/**
 * cf_out_append_more:
 * @self: a chain
 * @data: (array length=size): what to append
 * @size: its size
 *
 * Does the work of cf_out_append() when the tail has not the space.
 */
void
cf_out_append_more (CfOut *self, const char *data, gsize size)
{
  while (size > 0)
    {
      gsize free_space, part;

      if ((self->tail == NULL || self->tail->end == self->tail->limit) &&
          !resume_block (self, 1))
        add_block (self);
      free_space = self->tail->limit - self->tail->end;
      part = MIN (size, free_space);
      memcpy (self->tail->data + self->tail->end, data, part);
      cf_out_commit (self, part);
      data += part;
      size -= part;
    }
}

/**
 * cf_out_append_blob:
 * @self: a chain
 * @blob: a blob, of which a reference is taken
 * @start: the first byte of the part
 * @size: the size of the part
 *
 * Appends a part of a blob without copying it.
 */
void
cf_out_append_blob (CfOut *self, CfBlob *blob, gsize start, gsize size)
{
  CfOutChunk *tail = self->tail;
  CfOutChunk *chunk;

  g_assert (start <= blob->size && size <= blob->size - start);
  if (size == 0)
    return;
  chunk = g_new0 (CfOutChunk, 1);
  chunk->blob = cf_blob_ref (blob);
  chunk->data = blob->data;
  chunk->start = start;
  chunk->end = chunk->limit = start + size;
  if (tail != NULL && tail->block != NULL)
    {
      chunk->block = tail->block;
      chunk->block->users++;
      chunk->room = tail->blob != NULL ? tail->room : tail->end;
    }
  add_chunk (self, chunk);
  self->size += size;
  self->memory += chunk_memory (chunk);
}

/**
 * cf_out_move:
 * @self: a chain
 * @from: another, which is empty then
 *
 * Appends all bytes of @from: by a copy if there is room for them, else by
 * taking over its chunks.
 */
void
cf_out_move (CfOut *self, CfOut *from)
{
  if (from->head == NULL)
    return;
  if (from->head->next == NULL && from->head->blob == NULL &&
      self->tail != NULL && self->tail->limit - self->tail->end >= from->size)
    {
      cf_out_append (self, from->head->data + from->head->start, from->size);
      cf_out_clear (from);
      return;
    }
  if (self->tail != NULL)
    self->tail->next = from->head;
  else
    self->head = from->head;
  self->tail = from->tail;
  self->size += from->size;
  self->memory += from->memory;
  cf_out_init (from, from->pool);
}

/* -- Coming back to a place ------------------------------------------------ */

/**
 * cf_out_rewind:
 * @self: a chain
 * @mark: a place in it
 *
 * Drops all that was written since cf_out_mark(), open holes included.
 */
void
cf_out_rewind (CfOut *self, CfOutMark mark)
{
  CfOutChunk *chunk = mark.chunk;

  if (chunk == NULL)
    {
      cf_out_clear (self);
      return;
    }
  drop_chunks (self, chunk->next);
  chunk->next = NULL;
  chunk->end = mark.end;
  self->tail = chunk;
  self->size = mark.size;
  while (chunk->hole > mark.end)
    memcpy (&chunk->hole, chunk->data + chunk->hole - 1, sizeof chunk->hole);
}

/**
 * cf_out_hole:
 * @self: a chain
 *
 * Leaves space for bytes that are not known yet.  Until they are, the space
 * holds the place of the hole before it.
 *
 * Returns: (transfer none): what to give to cf_out_fill_hole()
 */
CfOutChunk *
cf_out_hole (CfOut *self)
{
  char *space = cf_out_reserve (self, CF_OUT_HOLE_MAX);
  CfOutChunk *chunk = self->tail;

  memcpy (space, &chunk->hole, sizeof chunk->hole);
  chunk->hole = (guint) chunk->end + 1;
  chunk->end += CF_OUT_HOLE_MAX;
  return chunk;
}

/**
 * cf_out_fill_hole:
 * @self: a chain
 * @hole: the chunk with the hole
 * @data: (array length=size): what belongs there
 * @size: its size, at most %CF_OUT_HOLE_MAX
 *
 * Fills the last hole of a chunk, and closes up what stands behind it.
 */
void
cf_out_fill_hole (CfOut *self, CfOutChunk *hole, const char *data, gsize size)
{
  char *space, *behind;

  g_assert (hole->hole > 0 && size <= CF_OUT_HOLE_MAX);
  space = hole->data + hole->hole - 1;
  behind = space + CF_OUT_HOLE_MAX;
  memcpy (&hole->hole, space, sizeof hole->hole);
  memcpy (space, data, size);
  memmove (space + size, behind, (gsize) (hole->data + hole->end - behind));
  hole->end -= CF_OUT_HOLE_MAX - size;
  self->size += size;
}

/* -- Sending --------------------------------------------------------------- */

/**
 * cf_out_gather:
 * @self: a chain
 * @vectors: (array length=n_vectors): where to put the places of its bytes
 * @n_vectors: how many there may be
 *
 * Returns: how many there are
 */
guint
cf_out_gather (const CfOut *self, struct iovec *vectors, guint n_vectors)
{
  guint n = 0;

  for (CfOutChunk *chunk = self->head; chunk != NULL && n < n_vectors;
       chunk = chunk->next)
    if (chunk->end > chunk->start)
      vectors[n++] = (struct iovec){ chunk->data + chunk->start,
                                     chunk->end - chunk->start };
  return n;
}

/**
 * cf_out_consume:
 * @self: a chain
 * @size: how many bytes were sent
 *
 * Drops the first @size bytes.  An empty chain keeps no memory.
 */
void
cf_out_consume (CfOut *self, gsize size)
{
  g_assert (size <= self->size);
  self->size -= size;
  if (self->size == 0)
    {
      cf_out_clear (self);
      return;
    }
  while (size >= self->head->end - self->head->start)
    {
      CfOutChunk *sent = self->head;

      size -= sent->end - sent->start;
      self->head = sent->next;
      drop_chunk (self, sent);
    }
  if (self->head->blob != NULL)
    self->memory -= size;
  self->head->start += size;
}

/**
 * cf_out_to_string:
 * @self: a chain
 * @size: (out) (optional): how many bytes
 *
 * Returns: (transfer full): a copy of all bytes, and a NUL behind them
 */
char *
cf_out_to_string (const CfOut *self, gsize *size)
{
  char *copy = g_malloc (self->size + 1);
  char *at = copy;

  for (CfOutChunk *chunk = self->head; chunk != NULL; chunk = chunk->next)
    {
      memcpy (at, chunk->data + chunk->start, chunk->end - chunk->start);
      at += chunk->end - chunk->start;
    }
  *at = '\0';
  if (size != NULL)
    *size = self->size;
  return copy;
}
