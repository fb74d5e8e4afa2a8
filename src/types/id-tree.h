/* SPDX-License-Identifier: GPL-3.0-or-later */
/* id-tree.h -- values in the order of their stream IDs: a B+ tree.
 *
 *   page of pages:  [ least, page | id, page | id, page ]
 *   leaf:           [ id, value | id, value ] <-> next leaf
 *
 * What is appended fills the last leaf and begins another, so a stream's nodes
 * and what a group has pending take little more room than they need.  A tree
 * of a few values is one small leaf.
 *
 * Invariants: all leaves are equally deep; no page is empty; the ID of a slot
 * in a page of pages is a lower bound of what is below it, except that of the
 * first one, which says nothing.
 * Source: Comer, "The Ubiquitous B-Tree" (1979).
 *
 * Thread safety: none; readers (const) may be many.
 */
#pragma once

#include "types/stream-id.h"

G_BEGIN_DECLS

typedef struct _CfIdTreePage CfIdTreePage;

typedef struct
{
  CfIdTreePage *root; /* (owned) (nullable) */
  guint height;       /* pages from the root to a leaf */
  gsize n;            /* values */
  gsize n_pages;
} CfIdTree;

/* A place in a tree: good until the next change.  @page NULL: there is none. */
typedef struct
{
  const CfIdTreePage *page; /* (nullable) */
  guint at;
} CfIdTreeAt;

/* All zeros is an empty tree. */
void cf_id_tree_clear (CfIdTree *self, GDestroyNotify free_value);
gsize cf_id_tree_memory (const CfIdTree *self); /* bytes, without the values */

gpointer cf_id_tree_find (const CfIdTree *self, CfStreamId id); /* (nullable) */
/* FALSE: it is there already, and nothing was changed. */
gboolean cf_id_tree_insert (CfIdTree *self, CfStreamId id, gpointer value);
gpointer cf_id_tree_steal (CfIdTree *self, CfStreamId id); /* (nullable) */

/* The first value at @id or after it, or the last at it or before. */
CfIdTreeAt cf_id_tree_seek (const CfIdTree *self, CfStreamId id);
CfIdTreeAt cf_id_tree_seek_back (const CfIdTree *self, CfStreamId id);
CfIdTreeAt cf_id_tree_next (CfIdTreeAt at);
CfIdTreeAt cf_id_tree_prev (CfIdTreeAt at);
CfStreamId cf_id_tree_id (CfIdTreeAt at);
gpointer cf_id_tree_value (CfIdTreeAt at);

/**
 * cf_id_tree_first:
 * @self: a tree
 *
 * Returns: the place of the least ID, if there is any
 */
static inline CfIdTreeAt
cf_id_tree_first (const CfIdTree *self)
{
  return cf_id_tree_seek (self, CF_STREAM_ID_MIN);
}

/**
 * cf_id_tree_last:
 * @self: a tree
 *
 * Returns: the place of the greatest ID, if there is any
 */
static inline CfIdTreeAt
cf_id_tree_last (const CfIdTree *self)
{
  return cf_id_tree_seek_back (self, CF_STREAM_ID_MAX);
}

G_END_DECLS
