/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream-node.h -- some successive entries of a stream in one listpack, in
 * Redis's layout.
 *
 *   master:  live | deleted | n | field 1 ... field n | 0
 *   entry:   flags | ms - base ms | seq - base seq | value 1 ... value n | size
 *   other:   flags | ms - base ms | seq - base seq | m | field value ... | size
 *
 * The master says which fields the entries have, if they have the same
 * (flag 2); another one brings its own.  A deleted entry (flag 1) stays where
 * it is.  Size is the number of elements before it, so that one can go
 * backwards.  Base is the ID that the node has in the stream's index, that of
 * its first entry.
 *
 * Invariants: IDs grow from entry to entry; none is below the base; there is
 * one at least, deleted or not.
 *
 * Thread safety: none; readers (const) may be many.
 */
#pragma once

#include "types/listpack.h"
#include "types/stream-id.h"

G_BEGIN_DECLS

typedef struct
{
  CfStreamId base;
  CfListpack *listpack; /* (owned) */
  gsize n_live;
  gsize n_deleted;
} CfStreamNode;

/* An entry where it is: good until the node changes. */
typedef struct
{
  const CfStreamNode *node;
  CfStreamId id;
  CfListpackAt at;    /* its flags */
  CfListpackAt first; /* its first field or, with the master's fields, value */
  CfListpackAt end;   /* its size */
  gsize n_fields;
  gboolean same_fields;
  gboolean deleted;
} CfStreamEntry;

/* Over the fields of an entry. */
typedef struct
{
  const CfListpack *listpack;
  CfListpackAt field; /* 0: before the value */
  CfListpackAt value;
  gsize n_left;
  char scratch[2][CF_LISTPACK_SCRATCH];
} CfStreamFields;

/**
 * cf_stream_node_sum_sizes:
 * @pairs: @n times a field and its value
 * @n: how many pairs
 *
 * Returns: the bytes of them all
 */
static inline gsize
cf_stream_node_sum_sizes (const CfSlice *pairs, gsize n)
{
  gsize sum = 0;

  for (gsize i = 0; i < 2 * n; i++)
    sum += pairs[i].size;
  return sum;
}

/* @pairs: @n times a field and its value.  NULL: no memory, or too large. */
CfStreamNode *
cf_stream_node_try_new (CfStreamId id, const CfSlice *pairs, gsize n);
/* From a listpack of others: checks all of it.  NULL: damaged; @listpack is
 * taken only if not. */
CfStreamNode *cf_stream_node_try_parse (CfStreamId base, CfListpack *listpack);
CfStreamNode *cf_stream_node_try_copy (const CfStreamNode *self);
void cf_stream_node_free (CfStreamNode *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfStreamNode, cf_stream_node_free)

/* @id must be after all others.  FALSE: no memory, or too large. */
gboolean cf_stream_node_append (CfStreamNode *self,
                                CfStreamId id,
                                const CfSlice *pairs,
                                gsize n);
/* To be followed, at last, by cf_stream_node_settle(). */
void cf_stream_node_delete (CfStreamNode *self, const CfStreamEntry *entry);
void cf_stream_node_drop (CfStreamNode *self, const CfStreamEntry *entry);
void cf_stream_node_settle (CfStreamNode *self);
void cf_stream_node_seal (CfStreamNode *self);

/* Deleted ones, too.  FALSE: there is none. */
gboolean cf_stream_node_first (const CfStreamNode *self, CfStreamEntry *entry);
gboolean cf_stream_node_last (const CfStreamNode *self, CfStreamEntry *entry);
gboolean cf_stream_entry_next (CfStreamEntry *self);
gboolean cf_stream_entry_prev (CfStreamEntry *self);

void cf_stream_fields_init (CfStreamFields *self, const CfStreamEntry *entry);
/* Good until the next call.  FALSE: that was all. */
gboolean
cf_stream_fields_next (CfStreamFields *self, CfSlice *field, CfSlice *value);

G_END_DECLS
