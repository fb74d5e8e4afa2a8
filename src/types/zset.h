/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zset.h -- a sorted set: members, each with a score, in the order of these.
 *
 * A small one is a listpack of members and scores in turn, in order.  A large
 * one is a dict, to find a member by its bytes, and an index of the same
 * members in order (rank.h).  It becomes large when a member is added that
 * the limits do not allow, and stays so.
 *
 *   listpack:  member | score | member | score | ...
 *   skiplist:  dict -> member and score <- rank
 *
 * The names of the encodings are those that Redis has; there is no skip list.
 *
 * Invariants: both structures of a large one have the same members; no score
 * is NaN; members of one score stand in the order of their bytes.
 *
 * Thread safety: none; readers (const) may be many.
 */
#pragma once

#include <glib.h>

#include "types/listpack.h"
#include "types/object.h"
#include "types/rank.h"
#include "types/zset-range.h"

G_BEGIN_DECLS

typedef struct _CfZset CfZset;

/* Up to which it is a listpack. */
typedef struct
{
  guint64 max_entries;
  guint64 max_value; /* bytes of a member */
} CfZsetLimits;

typedef enum
{
  CF_ZSET_NX = 1 << 0, /* only add */
  CF_ZSET_XX = 1 << 1, /* only change */
  CF_ZSET_GT = 1 << 2, /* only change to more */
  CF_ZSET_LT = 1 << 3, /* only change to less */
  CF_ZSET_INCR = 1 << 4,
} CfZsetFlags;

typedef enum
{
  CF_ZSET_ADDED,
  CF_ZSET_UPDATED,
  CF_ZSET_SAME,    /* it has that score already */
  CF_ZSET_REFUSED, /* for the flags */
  CF_ZSET_NAN,     /* the sum would be none */
  CF_ZSET_NO_MEMORY,
} CfZsetOutcome;

CfZset *cf_zset_new (void); /* a listpack */
CfZset *cf_zset_of (const CfObject *object);
CfZset *cf_zset_take_listpack (CfListpack *listpack);
/* For zset-builder.c: a large one from a dict of members. */
void cf_zset_init_dict (CfDict *dict);
CfZset *cf_zset_take_dict (CfDict *dict);
const CfListpack *cf_zset_listpack (const CfZset *self); /* (nullable) */
gsize cf_zset_n (const CfZset *self);

CfZsetOutcome cf_zset_add (CfZset *self,
                           CfSlice member,
                           CfZsetFlags flags,
                           const CfZsetLimits *limits,
                           double *score);
gboolean cf_zset_remove (CfZset *self, CfSlice member);
void cf_zset_remove_ranks (CfZset *self, gsize first, gsize n);

gboolean cf_zset_get (const CfZset *self, CfSlice member, double *score);
gboolean
cf_zset_rank (const CfZset *self, CfSlice member, gsize *rank, double *score);
void cf_zset_find_scores (const CfZset *self,
                          const CfScoreRange *range,
                          gsize *first,
                          gsize *n);
void cf_zset_find_lex (const CfZset *self,
                       const CfLexRange *range,
                       gsize *first,
                       gsize *n);

/* A way over the members in order, which must not change meanwhile. */
typedef struct
{
  const CfListpack *listpack; /* (nullable) */
  CfListpackAt at;
  CfRankIter rank;
  gboolean backwards;
  char scratch[CF_LISTPACK_SCRATCH];
} CfZsetIter;

/* To begin with the member of rank @first. */
void cf_zset_iter_init (CfZsetIter *self,
                        const CfZset *zset,
                        gsize first,
                        gboolean backwards);
/* FALSE: that was all.  The bytes are good until the next. */
gboolean cf_zset_iter_next (CfZsetIter *self, CfSlice *member, double *score);

typedef void (*CfZsetFunc) (CfSlice member, double score, gpointer data);
guint64 cf_zset_scan (const CfZset *self,
                      guint64 cursor,
                      CfZsetFunc func,
                      gpointer data);

G_END_DECLS
