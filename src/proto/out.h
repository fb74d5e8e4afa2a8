/* SPDX-License-Identifier: GPL-3.0-or-later */
/* out.h -- the output chain: bytes on their way to a client.
 *
 * A chain is a list of chunks.  A chunk either holds bytes of its own or
 * refers to a part of a blob, so that large values are sent without a copy
 * and without a lock.  Chunks come from a pool, which the chain's present
 * user lends it; with a warm pool, writing a short reply allocates nothing.
 *
 *   head -> [bytes|bytes] -> [-> blob] -> [bytes|free space] <- tail
 *
 * Invariants: @size is the sum of the bytes in all chunks; no chunk but the
 * tail has free space that will be written to, but for deferred headers.
 * Thread safety: a chain and its pool belong to one thread at a time.
 */
#pragma once

#include <sys/uio.h>

#include <glib.h>

#include "base/blob.h"

G_BEGIN_DECLS

#define CF_OUT_CHUNK_BYTES (16 * 1024) /* a pooled chunk, all told */

typedef struct _CfOutChunk CfOutChunk;

typedef struct
{
  CfOutChunk *spare; /* (owned) (nullable) list of free pooled chunks */
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

/* A place in a chain to come back to, good until bytes before it are sent. */
typedef struct
{
  CfOutChunk *chunk; /* (nullable) the tail then */
  gsize end;         /* bytes in it then */
  gsize size;        /* of the chain then */
} CfOutMark;

void cf_out_pool_clear (CfOutPool *self);

void cf_out_init (CfOut *self, CfOutPool *pool);
void cf_out_clear (CfOut *self); /* drops all bytes */

char *cf_out_reserve (CfOut *self, gsize size); /* size <= 8 KiB */
void cf_out_commit (CfOut *self, gsize size);
void cf_out_append (CfOut *self, const char *data, gsize size);
void cf_out_append_blob (CfOut *self, CfBlob *blob, gsize start, gsize size);
void cf_out_move (CfOut *self, CfOut *from); /* appends all of @from */

CfOutMark cf_out_mark (const CfOut *self);
void cf_out_rewind (CfOut *self, CfOutMark mark);

/* A hole of unknown size, at most 32 bytes, to be filled in later. */
CfOutChunk *cf_out_hole (CfOut *self);
void cf_out_fill_hole (CfOut *self, CfOutChunk *hole, const char *data, gsize size);

guint cf_out_gather (const CfOut *self, struct iovec *vectors, guint n_vectors);
void cf_out_consume (CfOut *self, gsize size); /* the first bytes were sent */
char *cf_out_to_string (const CfOut *self, gsize *size); /* (transfer full) for tests */

G_END_DECLS
