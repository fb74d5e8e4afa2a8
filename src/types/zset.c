/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/zset.h"

#include <math.h>

#include "types/dict.h"
#include "types/zset-small.h"

typedef struct
{
  CfDict dict;
  CfRank rank;
} Large;

struct _CfZset
{
  CfObject object; /* its class tells which of these there is */
  union
  {
    CfListpack *listpack; /* (owned) */
    Large *large;         /* (owned) */
  };
};

static const CfObjectClass small_class, large_class;

static inline gboolean
is_small (const CfZset *self)
{
  return self->object.class == &small_class;
}

/* -- Large: a dict and an index ------------------------------------------- */

static CfSlice
node_key (const CfDictNode *node)
{
  return cf_ranked_member ((const CfRanked *) node);
}

static void
node_free (CfDictNode *node)
{
  g_free (node);
}

static const CfDictClass node_class = {
  .key = node_key,
  .free = node_free,
};

static Large *
large_new (void)
{
  Large *large = g_new (Large, 1);

  cf_dict_init (&large->dict, &node_class);
  cf_rank_init (&large->rank);
  return large;
}

static void
large_free (Large *large)
{
  cf_rank_clear (&large->rank);
  cf_dict_clear (&large->dict);
  g_free (large);
}

static CfRanked *
large_find (const Large *large, CfSlice member)
{
  return (CfRanked *) cf_dict_find (&large->dict, member);
}

static gboolean
large_insert (Large *large, CfSlice member, guint64 hash, double score)
{
  CfRanked *ranked = cf_ranked_try_new (member, score);

  if (ranked == NULL)
    return FALSE;
  if (!cf_dict_insert_hashed (&large->dict, &ranked->link, hash))
    {
      g_free (ranked);
      return FALSE;
    }
  cf_rank_insert (&large->rank, ranked);
  return TRUE;
}

/* FALSE: no memory, nothing changed. */
static gboolean
make_large (CfZset *self)
{
  Large *large = large_new ();
  CfZsetIter iter;
  CfSlice member;
  double score;

  cf_zset_iter_init (&iter, self, 0, FALSE);
  while (cf_zset_iter_next (&iter, &member, &score))
    /* One that came from elsewhere may be there twice. */
    if (large_find (large, member) == NULL &&
        !large_insert (large, member, cf_dict_hash (member), score))
      {
        large_free (large);
        return FALSE;
      }
  g_free (self->listpack);
  self->object.class = &large_class;
  self->large = large;
  return TRUE;
}

/* -- Life ----------------------------------------------------------------- */

/**
 * cf_zset_take_listpack:
 * @listpack: (transfer full): members and scores in turn, in order
 *
 * Returns: (transfer full): a sorted set of them
 */
CfZset *
cf_zset_take_listpack (CfListpack *listpack)
{
  CfZset *self = g_new (CfZset, 1);

  self->object.class = &small_class;
  self->listpack = listpack;
  return self;
}

/**
 * cf_zset_new:
 *
 * Returns: (transfer full): a sorted set without members
 */
CfZset *
cf_zset_new (void)
{
  return cf_zset_take_listpack (cf_listpack_new ());
}

/**
 * cf_zset_init_dict:
 * @dict: (out): a dict for members (#CfRanked)
 */
void
cf_zset_init_dict (CfDict *dict)
{
  cf_dict_init (dict, &node_class);
}

/**
 * cf_zset_take_dict:
 * @dict: (transfer full): members; it is empty after this
 *
 * Returns: (transfer full): a large sorted set of them
 */
CfZset *
cf_zset_take_dict (CfDict *dict)
{
  CfZset *self = g_new (CfZset, 1);
  Large *large = large_new ();
  CfDictIter iter;
  CfDictNode *node;

  large->dict = *dict;
  cf_zset_init_dict (dict);
  cf_dict_iter_init (&iter, &large->dict);
  while ((node = cf_dict_iter_next (&iter)) != NULL)
    cf_rank_insert (&large->rank, (CfRanked *) node);
  self->object.class = &large_class;
  self->large = large;
  return self;
}

/**
 * cf_zset_of:
 * @object: (nullable): a sorted set
 *
 * Returns: (transfer none) (nullable): the same
 */
CfZset *
cf_zset_of (const CfObject *object)
{
  g_assert (object == NULL || cf_object_type (object) == CF_TYPE_ZSET);
  return (CfZset *) object;
}

/**
 * cf_zset_listpack:
 * @self: a sorted set
 *
 * Returns: (transfer none) (nullable): its listpack; %NULL if it is large
 */
const CfListpack *
cf_zset_listpack (const CfZset *self)
{
  return is_small (self) ? self->listpack : NULL;
}

/**
 * cf_zset_n:
 * @self: a sorted set
 *
 * Returns: how many members it has
 */
gsize
cf_zset_n (const CfZset *self)
{
  return is_small (self) ? cf_listpack_n (self->listpack) / 2
                         : self->large->rank.n;
}

/* -- Changing ------------------------------------------------------------- */

static CfZsetOutcome
insert (CfZset *self, CfSlice member, double score, const CfZsetLimits *limits)
{
  if (is_small (self))
    {
      if (cf_zset_n (self) < limits->max_entries &&
          member.size <= limits->max_value &&
          cf_zset_small_insert (&self->listpack, member, score))
        return CF_ZSET_ADDED;
      if (!make_large (self))
        return CF_ZSET_NO_MEMORY;
    }
  return large_insert (self->large, member, cf_dict_hash (member), score)
             ? CF_ZSET_ADDED
             : CF_ZSET_NO_MEMORY;
}

/* What comes of a member that has the score @old; @score is that to have. */
static CfZsetOutcome
judge (CfZsetFlags flags, double old, double *score)
{
  if (flags & CF_ZSET_NX)
    return CF_ZSET_REFUSED;
  if (flags & CF_ZSET_INCR)
    {
      *score += old;
      if (isnan (*score))
        return CF_ZSET_NAN;
    }
  if (((flags & CF_ZSET_LT) && *score >= old) ||
      ((flags & CF_ZSET_GT) && *score <= old))
    return CF_ZSET_REFUSED;
  return *score != old ? CF_ZSET_UPDATED : CF_ZSET_SAME;
}

static CfZsetOutcome
add_to_small (CfZset *self,
              CfSlice member,
              CfZsetFlags flags,
              const CfZsetLimits *limits,
              double *score)
{
  CfListpackAt at = cf_zset_small_find (self->listpack, member);
  CfZsetOutcome outcome;
  double old;

  if (at == 0)
    return flags & CF_ZSET_XX ? CF_ZSET_REFUSED
                              : insert (self, member, *score, limits);
  old = cf_zset_small_score (self->listpack,
                             cf_listpack_next (self->listpack, at));
  outcome = judge (flags, old, score);
  if (outcome == CF_ZSET_UPDATED &&
      !cf_zset_small_move (&self->listpack, at, member, old, *score))
    return CF_ZSET_NO_MEMORY;
  return outcome;
}

static CfZsetOutcome
add_to_large (CfZset *self, CfSlice member, CfZsetFlags flags, double *score)
{
  Large *large = self->large;
  guint64 hash = cf_dict_hash (member);
  CfRanked *ranked =
      (CfRanked *) cf_dict_find_hashed (&large->dict, member, hash);
  CfZsetOutcome outcome;

  if (ranked == NULL && (flags & CF_ZSET_XX))
    return CF_ZSET_REFUSED;
  if (ranked == NULL)
    return large_insert (large, member, hash, *score) ? CF_ZSET_ADDED
                                                      : CF_ZSET_NO_MEMORY;
  outcome = judge (flags, ranked->score, score);
  if (outcome == CF_ZSET_UPDATED)
    cf_rank_move (&large->rank, ranked, *score);
  return outcome;
}

/**
 * cf_zset_add:
 * @self: a sorted set
 * @member: the bytes of a member, of which a copy is made
 * @flags: on what conditions
 * @limits: those of a listpack
 * @score: (inout): its score, or what is added to it; the score that it has
 *   then
 *
 * Adds a member, or changes its score.
 *
 * Returns: what came of it
 */
CfZsetOutcome
cf_zset_add (CfZset *self,
             CfSlice member,
             CfZsetFlags flags,
             const CfZsetLimits *limits,
             double *score)
{
  return is_small (self) ? add_to_small (self, member, flags, limits, score)
                         : add_to_large (self, member, flags, score);
}

/**
 * cf_zset_remove:
 * @self: a sorted set
 * @member: the bytes of a member
 *
 * Returns: %FALSE if it has no such member
 */
gboolean
cf_zset_remove (CfZset *self, CfSlice member)
{
  CfRanked *ranked;

  if (is_small (self))
    {
      CfListpackAt at = cf_zset_small_find (self->listpack, member);

      if (at != 0)
        cf_listpack_remove (&self->listpack, at, 2);
      return at != 0;
    }
  ranked = (CfRanked *) cf_dict_steal (&self->large->dict, member);
  if (ranked == NULL)
    return FALSE;
  cf_rank_remove (&self->large->rank, ranked);
  g_free (ranked);
  return TRUE;
}

static void
on_removed (CfRanked *member, gpointer data)
{
  cf_dict_remove (data, cf_ranked_member (member));
}

/**
 * cf_zset_remove_ranks:
 * @self: a sorted set
 * @first: a rank
 * @n: how many members from there on to remove, no more than there are
 */
void
cf_zset_remove_ranks (CfZset *self, gsize first, gsize n)
{
  if (n == 0)
    return;
  if (is_small (self))
    cf_listpack_remove (&self->listpack,
                        cf_listpack_seek (self->listpack, (gint64) first * 2),
                        n * 2);
  else
    cf_rank_remove_range (&self->large->rank, first, n, on_removed,
                          &self->large->dict);
}

/* -- Looking -------------------------------------------------------------- */

/**
 * cf_zset_get:
 * @self: a sorted set
 * @member: the bytes of a member
 * @score: (out): its score
 *
 * Returns: %FALSE if it has no such member
 */
gboolean
cf_zset_get (const CfZset *self, CfSlice member, double *score)
{
  if (is_small (self))
    {
      CfListpackAt at = cf_zset_small_find (self->listpack, member);

      if (at != 0)
        *score = cf_zset_small_score (self->listpack,
                                      cf_listpack_next (self->listpack, at));
      return at != 0;
    }
  else
    {
      const CfRanked *ranked = large_find (self->large, member);

      if (ranked != NULL)
        *score = ranked->score;
      return ranked != NULL;
    }
}

/**
 * cf_zset_rank:
 * @self: a sorted set
 * @member: the bytes of a member
 * @rank: (out): how many members stand before it
 * @score: (out): its score
 *
 * Returns: %FALSE if it has no such member
 */
gboolean
cf_zset_rank (const CfZset *self, CfSlice member, gsize *rank, double *score)
{
  const CfRanked *ranked;

  if (is_small (self))
    return cf_zset_small_rank (self->listpack, member, rank, score);
  ranked = large_find (self->large, member);
  if (ranked == NULL)
    return FALSE;
  *rank = cf_rank_of (&self->large->rank, ranked);
  *score = ranked->score;
  return TRUE;
}

static gboolean
is_before_scores (double score, const CfRanked *member, gconstpointer range)
{
  return cf_score_range_is_before (range, score);
}

static gboolean
is_not_after_scores (double score, const CfRanked *member, gconstpointer range)
{
  return !cf_score_range_is_after (range, score);
}

static void
find_in_large (const CfZset *self,
               CfRankBefore before,
               CfRankBefore not_after,
               gconstpointer range,
               gsize *first,
               gsize *n)
{
  gsize end;

  *first = cf_rank_count (&self->large->rank, before, range);
  end = cf_rank_count (&self->large->rank, not_after, range);
  *n = end > *first ? end - *first : 0;
}

static void
find_scores_in_small (const CfZset *self,
                      const CfScoreRange *range,
                      gsize *first,
                      gsize *n)
{
  CfZsetIter iter;
  CfSlice member;
  double score;

  *first = *n = 0;
  cf_zset_iter_init (&iter, self, 0, FALSE);
  while (cf_zset_iter_next (&iter, &member, &score))
    if (cf_score_range_is_before (range, score))
      ++*first;
    else if (cf_score_range_is_after (range, score))
      break;
    else
      ++*n;
}

/**
 * cf_zset_find_scores:
 * @self: a sorted set
 * @range: a range of scores
 * @first: (out): the rank of the first member with a score in it
 * @n: (out): how many have one, which may be none
 */
void
cf_zset_find_scores (const CfZset *self,
                     const CfScoreRange *range,
                     gsize *first,
                     gsize *n)
{
  if (is_small (self))
    find_scores_in_small (self, range, first, n);
  else
    find_in_large (self, is_before_scores, is_not_after_scores, range, first,
                   n);
}

static gboolean
is_before_lex (double score, const CfRanked *member, gconstpointer range)
{
  return cf_lex_range_is_before (range, cf_ranked_member (member));
}

static gboolean
is_not_after_lex (double score, const CfRanked *member, gconstpointer range)
{
  return !cf_lex_range_is_after (range, cf_ranked_member (member));
}

/* Where scores differ members are not in the order of their bytes: then it is
 * as far as the first that is after the range, as in Redis. */
static void
find_lex_in_small (const CfZset *self,
                   const CfLexRange *range,
                   gsize *first,
                   gsize *n)
{
  CfZsetIter iter;
  CfSlice member;
  double score;

  *first = *n = 0;
  cf_zset_iter_init (&iter, self, 0, FALSE);
  while (cf_zset_iter_next (&iter, &member, &score))
    if (*n == 0 && cf_lex_range_is_before (range, member))
      ++*first;
    else if (cf_lex_range_is_after (range, member))
      break;
    else
      ++*n;
}

/**
 * cf_zset_find_lex:
 * @self: a sorted set, all of one score
 * @range: a range of members
 * @first: (out): the rank of the first member in it
 * @n: (out): how many are in it, which may be none
 *
 * If scores differ it finds some range of ranks.
 */
void
cf_zset_find_lex (const CfZset *self,
                  const CfLexRange *range,
                  gsize *first,
                  gsize *n)
{
  if (is_small (self))
    find_lex_in_small (self, range, first, n);
  else
    find_in_large (self, is_before_lex, is_not_after_lex, range, first, n);
}

/* -- Going over all ------------------------------------------------------- */

/**
 * cf_zset_iter_init:
 * @self: (out): an iterator
 * @zset: a sorted set
 * @first: the rank of the member to begin with
 * @backwards: whether to go to lower ranks
 */
void
cf_zset_iter_init (CfZsetIter *self,
                   const CfZset *zset,
                   gsize first,
                   gboolean backwards)
{
  self->backwards = backwards;
  self->listpack = cf_zset_listpack (zset);
  if (self->listpack == NULL)
    cf_rank_iter_init (&self->rank, &zset->large->rank, first);
  else if (first == 0)
    self->at = cf_listpack_first (self->listpack);
  else
    self->at = cf_listpack_seek (self->listpack, (gint64) first * 2);
}

static gboolean
next_in_small (CfZsetIter *self, CfSlice *member, double *score)
{
  CfListpackAt score_place;

  if (self->at == 0)
    return FALSE;
  score_place = cf_listpack_next (self->listpack, self->at);
  *member = cf_listpack_get (self->listpack, self->at, self->scratch);
  *score = cf_zset_small_score (self->listpack, score_place);
  if (!self->backwards)
    self->at = cf_listpack_next (self->listpack, score_place);
  else if ((self->at = cf_listpack_prev (self->listpack, self->at)) != 0)
    self->at = cf_listpack_prev (self->listpack, self->at);
  return TRUE;
}

/**
 * cf_zset_iter_next:
 * @self: an iterator
 * @member: (out): the bytes of the next member
 * @score: (out): its score
 *
 * Returns: %FALSE if there is none any more
 */
gboolean
cf_zset_iter_next (CfZsetIter *self, CfSlice *member, double *score)
{
  const CfRanked *ranked;

  if (self->listpack != NULL)
    return next_in_small (self, member, score);
  ranked = self->backwards ? cf_rank_iter_prev (&self->rank)
                           : cf_rank_iter_next (&self->rank);
  if (ranked == NULL)
    return FALSE;
  *member = cf_ranked_member (ranked);
  *score = ranked->score;
  return TRUE;
}

typedef struct
{
  CfZsetFunc func;
  gpointer data;
} Scan;

static void
on_scanned (CfDictNode *node, gpointer data)
{
  const CfRanked *ranked = (const CfRanked *) node;
  const Scan *scan = data;

  scan->func (cf_ranked_member (ranked), ranked->score, scan->data);
}

/**
 * cf_zset_scan:
 * @self: a sorted set
 * @cursor: 0 to begin with, or what the last call returned
 * @func: called for some members
 * @data: for @func
 *
 * With a small one, all members are given at once.
 *
 * Returns: the next cursor, 0 at the end
 */
guint64
cf_zset_scan (const CfZset *self,
              guint64 cursor,
              CfZsetFunc func,
              gpointer data)
{
  Scan scan = { func, data };
  CfZsetIter iter;
  CfSlice member;
  double score;

  if (!is_small (self))
    return cf_dict_scan (&self->large->dict, cursor, on_scanned, &scan);
  cf_zset_iter_init (&iter, self, 0, FALSE);
  while (cf_zset_iter_next (&iter, &member, &score))
    func (member, score, data);
  return 0;
}

/* -- As an object --------------------------------------------------------- */

static void
free_object (CfObject *object)
{
  CfZset *self = cf_zset_of (object);

  if (is_small (self))
    g_free (self->listpack);
  else
    large_free (self->large);
  g_free (self);
}

static CfObject *
try_copy_small (const CfObject *object)
{
  CfListpack *copy = cf_listpack_try_copy (cf_zset_of (object)->listpack);

  return copy != NULL ? &cf_zset_take_listpack (copy)->object : NULL;
}

static CfObject *
try_copy_large (const CfObject *object)
{
  CfZset *copy = g_new (CfZset, 1);
  CfZsetIter iter;
  CfSlice member;
  double score;

  copy->object.class = &large_class;
  copy->large = large_new ();
  cf_zset_iter_init (&iter, cf_zset_of (object), 0, FALSE);
  while (cf_zset_iter_next (&iter, &member, &score))
    if (!large_insert (copy->large, member, cf_dict_hash (member), score))
      {
        free_object (&copy->object);
        return NULL;
      }
  return &copy->object;
}

static gsize
n_elements (const CfObject *object)
{
  return cf_zset_n (cf_zset_of (object));
}

static gsize
n_blocks_small (const CfObject *object)
{
  return 2;
}

static gsize
n_blocks_large (const CfObject *object)
{
  const CfRank *rank = &cf_zset_of (object)->large->rank;

  return 2 + rank->n + rank->n_leaves + rank->n_forks;
}

static gsize
memory_small (const CfObject *object, gsize samples)
{
  return sizeof (CfZset) + cf_listpack_size (cf_zset_of (object)->listpack);
}

static gsize
memory_large (const CfObject *object, gsize samples)
{
  const Large *large = cf_zset_of (object)->large;
  gsize seen = 0, sum = 0;
  const CfRanked *ranked;
  CfRankIter iter;

  cf_rank_iter_init (&iter, &large->rank, 0);
  while ((samples == 0 || seen < samples) &&
         (ranked = cf_rank_iter_next (&iter)) != NULL)
    {
      sum += cf_ranked_memory (ranked);
      seen++;
    }
  if (seen > 0 && seen < large->rank.n)
    sum = (gsize) ((double) sum / (double) seen * (double) large->rank.n);
  return sizeof (CfZset) + sizeof (Large) + cf_dict_memory (&large->dict) +
         cf_rank_memory (&large->rank) + sum;
}

static const char *
encoding_small (const CfObject *object)
{
  return "listpack";
}

static const char *
encoding_large (const CfObject *object)
{
  return "skiplist";
}

static const CfObjectClass small_class = {
  .type = CF_TYPE_ZSET,
  .free = free_object,
  .try_copy = try_copy_small,
  .n_elements = n_elements,
  .n_blocks = n_blocks_small,
  .memory = memory_small,
  .encoding = encoding_small,
};

static const CfObjectClass large_class = {
  .type = CF_TYPE_ZSET,
  .free = free_object,
  .try_copy = try_copy_large,
  .n_elements = n_elements,
  .n_blocks = n_blocks_large,
  .memory = memory_large,
  .encoding = encoding_large,
};
