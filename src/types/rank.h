/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rank.h -- members of a sorted set in order, found by rank or by score.
 *
 * A B+ tree with counts.  Leaves hold pointers to members and are linked;
 * forks hold, for each child, how many members are below it and the first of
 * them with its score, so that a search reads few members.
 *
 *              fork: counts, scores, firsts, children
 *             /                |                \
 *    leaf: members <-> leaf: members <-> leaf: members
 *
 * Members stand in ascending order of score, those of one score in the order
 * of their bytes.  No two are equal.  Everything but going over members takes
 * O(log n); going on to the next member takes O(1).
 *
 * Invariants: all leaves are at one depth; no node but the root is empty; a
 * fork that is the root has two children or more; a leaf that was split off
 * the end by a new member may be short, another one that got short is joined
 * with a neighbour.
 *
 * The members belong to the user, who keeps them in a dict as well.
 *
 * Source: Bayer and McCreight, "Organization and maintenance of large ordered
 * indices" (1972).
 * Thread safety: none; readers (const) may be many.
 */
#pragma once

#include <glib.h>

#include "types/ranked.h"

G_BEGIN_DECLS

typedef struct _CfRankLeaf CfRankLeaf;

typedef struct
{
  gpointer root;    /* (owned) (nullable) a leaf, or a fork if @height > 0 */
  CfRankLeaf *head; /* (nullable) the first leaf */
  CfRankLeaf *tail; /* (nullable) the last one */
  guint height;     /* forks on the way to a leaf */
  gsize n;          /* members */
  gsize n_leaves;
  gsize n_forks;
} CfRank;

/**
 * cf_rank_init:
 * @self: an uninitialised tree
 *
 * Makes it an empty one.  Nothing is allocated.
 */
static inline void
cf_rank_init (CfRank *self)
{
  *self = (CfRank){ 0 };
}

void cf_rank_clear (CfRank *self);
gsize cf_rank_memory (const CfRank *self); /* bytes, without the members */

void cf_rank_insert (CfRank *self, CfRanked *member);
void cf_rank_remove (CfRank *self, const CfRanked *member);
void cf_rank_move (CfRank *self, CfRanked *member, double score);
gsize cf_rank_of (const CfRank *self, const CfRanked *member);

/* Takes @n members from the one of rank @first on out, and gives each to
 * @func. */
typedef void (*CfRankedFunc) (CfRanked *member, gpointer data);
void cf_rank_remove_range (
    CfRank *self, gsize first, gsize n, CfRankedFunc func, gpointer data);

/* Whether @member, which has @score, stands before a place.  TRUE for some
 * members and FALSE for all after them. */
typedef gboolean (*CfRankBefore) (double score,
                                  const CfRanked *member,
                                  gconstpointer place);
/* How many stand before it. */
gsize
cf_rank_count (const CfRank *self, CfRankBefore before, gconstpointer place);

/* A way over the members, which must not change meanwhile. */
typedef struct
{
  const CfRankLeaf *leaf; /* (nullable) */
  guint at;
} CfRankIter;

/* To begin with the member of rank @first. */
void cf_rank_iter_init (CfRankIter *self, const CfRank *rank, gsize first);
CfRanked *cf_rank_iter_next (CfRankIter *self); /* NULL: that was all */
CfRanked *cf_rank_iter_prev (CfRankIter *self); /* gives, then goes back */

G_END_DECLS
