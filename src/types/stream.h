/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream.h -- a stream: entries in the order of their IDs, and the groups of
 * consumers that read them.
 *
 *   nodes:  ID -> CfStreamNode (a listpack of some entries)
 *   groups: name -> CfStreamGroup (stream-group.h)
 *
 * Fields are to be read by everybody, and changed here and in stream-group.c,
 * but for max_deleted_id and entries_added, which XSETID sets.
 *
 * Invariants: the nodes do not overlap; @length is the sum of their live
 * entries; no entry, deleted or not, is above @last_id; @first_id is the first
 * live entry, 0-0 if there is none.
 *
 * Thread safety: none; readers (const) may be many.
 */
#pragma once

#include "types/id-tree.h"
#include "types/object.h"
#include "types/stream-node.h"

G_BEGIN_DECLS

typedef struct
{
  CfObject object;
  CfIdTree nodes; /* (element-type CfStreamNode) (owned) */
  guint64 length; /* live entries */
  guint64 entries_added;
  CfStreamId first_id;
  CfStreamId last_id; /* the greatest ever, even if deleted */
  CfStreamId max_deleted_id;
  CfStreamNode *tail; /* (nullable) the last node */
  GTree *groups;      /* (owned) (nullable) CfSlice -> CfStreamGroup */
  gsize n_pending;    /* of all groups */
} CfStream;

/* When to begin another node; 0: never. */
typedef struct
{
  gsize node_bytes;
  gsize node_entries;
} CfStreamLimits;

typedef enum
{
  CF_STREAM_TRIM_NONE,
  CF_STREAM_TRIM_LENGTH, /* to @length entries */
  CF_STREAM_TRIM_ID,     /* entries before @least go */
} CfStreamTrimKind;

typedef struct
{
  CfStreamTrimKind kind;
  gboolean roughly; /* only whole nodes */
  guint64 length;
  CfStreamId least;
  gsize most; /* look at no more entries than this; 0: at all */
} CfStreamTrim;

typedef enum
{
  CF_STREAM_ADDED,
  CF_STREAM_ID_TOO_SMALL,
  CF_STREAM_TOO_LARGE, /* or no memory */
} CfStreamAdded;

/* From one entry to the next, live ones only. */
typedef struct
{
  const CfStream *stream;
  CfIdTreeAt node;
  CfStreamId from;
  CfStreamId to;
  gboolean backwards;
  gboolean started; /* @entry is in @node */
  CfStreamEntry entry;
} CfStreamIter;

CfStream *cf_stream_new (void);

/* -- Entries --------------------------------------------------------------- */

/* The next ID that the server picks.  FALSE: there is none left. */
gboolean
cf_stream_next_id (const CfStream *self, gint64 now_ms, CfStreamId *id);
/* "ms-*": FALSE if there is none. */
gboolean cf_stream_next_id_at (const CfStream *self, CfStreamId *id);
/* @pairs: @n times a field and its value. */
CfStreamAdded cf_stream_add (CfStream *self,
                             CfStreamId id,
                             const CfSlice *pairs,
                             gsize n,
                             const CfStreamLimits *limits);
gsize cf_stream_delete (CfStream *self, const CfStreamId *ids, gsize n);
/* @rest gets what is to be freed: an empty stream, or NULL: freed at once. */
gsize cf_stream_trim (CfStream *self, const CfStreamTrim *trim, CfStream *rest);

/* No live entry may be after @id. */
void cf_stream_set_last_id (CfStream *self, CfStreamId id);

/* Entries from @from to @to, both included; backwards from @to on. */
void cf_stream_iter_init (CfStreamIter *self,
                          const CfStream *stream,
                          CfStreamId from,
                          CfStreamId to,
                          gboolean backwards);
/* (nullable) (transfer none) good until the next call. */
const CfStreamEntry *cf_stream_iter_next (CfStreamIter *self);
gboolean cf_stream_has (const CfStream *self, CfStreamId id);
/* The greatest ID of a live entry; 0-0 if there is none. */
CfStreamId cf_stream_top_id (const CfStream *self);

/* -- To and from files ----------------------------------------------------- */

/* Each node in its order: start with zero, ends with %NULL. */
typedef struct
{
  CfIdTreeAt at;
  gboolean started;
} CfStreamNodes;

const CfStreamNode *cf_stream_nodes_next (CfStreamNodes *self,
                                          const CfStream *stream);

/* Builds a stream: the nodes in their order, then its figures.  FALSE: they
 * contradict each other; @listpack is taken only if not. */
gboolean
cf_stream_load_node (CfStream *self, CfStreamId base, CfListpack *listpack);
gboolean cf_stream_load_figures (CfStream *self,
                                 guint64 length,
                                 CfStreamId last_id,
                                 CfStreamId first_id,
                                 CfStreamId max_deleted_id,
                                 guint64 entries_added);
/* For files that do not tell them. */
void cf_stream_guess_figures (CfStream *self);

/**
 * cf_stream:
 * @object: (nullable): a stream as an object
 *
 * Returns: (transfer none) (nullable): the same as a stream
 */
static inline CfStream *
cf_stream (CfObject *object)
{
  return (CfStream *) object;
}

G_END_DECLS
