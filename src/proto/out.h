/* SPDX-License-Identifier: GPL-3.0-or-later */
/* out.h -- the output chain: bytes on their way to a client.
 *
 * A chain is a list of chunks.  A chunk either has bytes in a block or refers
 * to a part of a blob, so that large values are sent without a copy and
 * without a lock.  Blocks come from a pool, which the chain's present user
 * lends it; with a warm pool, writing a short reply allocates nothing.
 *
 *   head -> [bytes] -> [-> blob] -> [bytes|free space] <- tail
 *              \                       /
 *             block: bytes, bytes, free space
 *
 * What follows a blob goes on in the block where the bytes before it ended.
 *
 * Invariants: @size is the sum of the bytes in all chunks, less holes that
 * wait to be filled; no chunk but the tail is written to, but for holes; a
 * block belongs to chunks of one chain, and no two share a byte of it.
 * Thread safety: a chain and its pool belong to one thread at a time.
 */
#pragma once

#include <string.h>
#include <sys/uio.h>

#include <glib.h>

#include "base/blob.h"

G_BEGIN_DECLS

#define CF_OUT_CHUNK_BYTES (16 * 1024) /* a block, all told */
#define CF_OUT_RESERVE_MAX (8 * 1024)  /* bytes in one piece */
#define CF_OUT_HOLE_MAX 32             /* bytes */
#define CF_OUT_SPARE_MAX 64            /* free blocks that a pool keeps */

typedef struct _CfOutBlock CfOutBlock;
typedef struct _CfOutChunk CfOutChunk;

struct _CfOutChunk
{
  CfOutChunk *next;  /* (owned) (nullable) */
  CfBlob *blob;      /* (owned) (nullable) has the bytes, unless @block has */
  CfOutBlock *block; /* (owned) (nullable) of these bytes, or of those before
                        the blob */
  char *data;        /* the bytes of blob or block */
  gsize start;       /* of @data: the first byte to be sent */
  gsize end;         /* of @data: behind the last */
  gsize limit;       /* of @data: how far @end may grow */
  gsize room;        /* chunk of a blob: where free space of @block begins */
  guint hole;        /* 1 + where the last hole to be filled begins, or 0 */
};

typedef struct
{
  CfOutChunk *spare; /* (owned) (nullable) list of free blocks */
  guint n_spare;
} CfOutPool;

typedef struct
{
  CfOutChunk *head; /* (owned) (nullable) */
  CfOutChunk *tail; /* (nullable) the last of the list */
  gsize size;       /* bytes to be sent */
  gsize memory;     /* bytes the chunks take, blobs counted by their part */
  CfOutPool *pool;  /* (not owned) (nullable) */
} CfOut;

/* A place in a chain to come back to, good until bytes before it are sent or
 * a hole before it is filled. */
typedef struct
{
  CfOutChunk *chunk; /* (nullable) the tail then */
  gsize end;         /* bytes in it then */
  gsize size;        /* of the chain then */
} CfOutMark;

void cf_out_pool_clear (CfOutPool *self);

void cf_out_init (CfOut *self, CfOutPool *pool);
void cf_out_clear (CfOut *self); /* drops all bytes */

char *cf_out_reserve_more (CfOut *self, gsize size);
void cf_out_append_more (CfOut *self, const char *data, gsize size);
void cf_out_append_blob (CfOut *self, CfBlob *blob, gsize start, gsize size);
void cf_out_move (CfOut *self, CfOut *from); /* appends all of @from */

/**
 * cf_out_mark:
 * @self: a chain
 *
 * Returns: the place where it ends now
 */
static inline CfOutMark
cf_out_mark (const CfOut *self)
{
  return (CfOutMark){ self->tail, self->tail != NULL ? self->tail->end : 0,
                      self->size };
}

void cf_out_rewind (CfOut *self, CfOutMark mark);

/* A hole of unknown size, at most CF_OUT_HOLE_MAX bytes, to be filled before
 * anything is sent.  Of several the last one is filled first. */
CfOutChunk *cf_out_hole (CfOut *self);
void
cf_out_fill_hole (CfOut *self, CfOutChunk *hole, const char *data, gsize size);

guint cf_out_gather (const CfOut *self, struct iovec *vectors, guint n_vectors);
void cf_out_consume (CfOut *self, gsize size); /* the first bytes were sent */
char *cf_out_to_string (const CfOut *self, gsize *size);

/**
 * cf_out_reserve:
 * @self: a chain
 * @size: bytes, at most %CF_OUT_RESERVE_MAX
 *
 * What is written there counts when cf_out_commit() says how much it is.
 *
 * Returns: (transfer none): free space for that many bytes, in one piece
 */
static inline char *
cf_out_reserve (CfOut *self, gsize size)
{
  CfOutChunk *tail = self->tail;

  if (G_LIKELY (tail != NULL && tail->limit - tail->end >= size))
    return tail->data + tail->end;
  return cf_out_reserve_more (self, size);
}

/**
 * cf_out_commit:
 * @self: a chain
 * @size: how many bytes were written where cf_out_reserve() said
 *
 * Appends them.
 */
static inline void
cf_out_commit (CfOut *self, gsize size)
{
  CfOutChunk *tail = self->tail;

  g_assert (size <= tail->limit - tail->end);
  tail->end += size;
  self->size += size;
}

/**
 * cf_out_append:
 * @self: a chain
 * @data: bytes
 * @size: how many there are
 *
 * Appends a copy of them.
 */
static inline void
cf_out_append (CfOut *self, const char *data, gsize size)
{
  CfOutChunk *tail = self->tail;

  if (G_LIKELY (tail != NULL && tail->limit - tail->end >= size && size > 0))
    {
      memcpy (tail->data + tail->end, data, size);
      tail->end += size;
      self->size += size;
    }
  else
    cf_out_append_more (self, data, size);
}

G_END_DECLS
