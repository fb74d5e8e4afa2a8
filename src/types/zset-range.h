/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zset-range.h -- ranges of scores, and of members in the order of their
 * bytes, as commands name them.
 *
 *   1.5  (1.5  -inf  +inf         scores; "(" leaves the bound itself out
 *   [abc  (abc  -  +              members; the least and the greatest there is
 *
 * Thread safety: plain values.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

typedef struct
{
  double min;
  double max;
  gboolean min_open; /* without @min itself */
  gboolean max_open;
} CfScoreRange;

typedef struct
{
  CfSlice bytes; /* (not owned) */
  int infinity;  /* -1: before all members, 1: after all; else 0 */
  gboolean open; /* without a member of these bytes */
} CfLexBound;

typedef struct
{
  CfLexBound min;
  CfLexBound max;
} CfLexRange;

gboolean cf_score_range_parse (CfScoreRange *self, CfSlice min, CfSlice max);
gboolean cf_lex_range_parse (CfLexRange *self, CfSlice min, CfSlice max);

/**
 * cf_score_range_is_before:
 * @self: a range
 * @score: a score
 *
 * What is not before the range need not be in it: it may be after.
 *
 * Returns: whether @score is less than all in it
 */
static inline gboolean
cf_score_range_is_before (const CfScoreRange *self, double score)
{
  return self->min_open ? score <= self->min : score < self->min;
}

/**
 * cf_score_range_is_after:
 * @self: a range
 * @score: a score
 *
 * Returns: whether @score is greater than all in it
 */
static inline gboolean
cf_score_range_is_after (const CfScoreRange *self, double score)
{
  return self->max_open ? score >= self->max : score > self->max;
}

/**
 * cf_lex_bound_compare:
 * @self: a bound
 * @member: a member
 *
 * Returns: less than, equal to or greater than 0 as the bound is before, at or
 *   after @member
 */
static inline int
cf_lex_bound_compare (const CfLexBound *self, CfSlice member)
{
  return self->infinity != 0 ? self->infinity
                             : cf_slice_compare (self->bytes, member);
}

/**
 * cf_lex_range_is_before:
 * @self: a range
 * @member: a member
 *
 * What is not before the range need not be in it: it may be after.
 *
 * Returns: whether @member is before all in it
 */
static inline gboolean
cf_lex_range_is_before (const CfLexRange *self, CfSlice member)
{
  int order = cf_lex_bound_compare (&self->min, member);

  return order > 0 || (order == 0 && self->min.open);
}

/**
 * cf_lex_range_is_after:
 * @self: a range
 * @member: a member
 *
 * Returns: whether @member is after all in it
 */
static inline gboolean
cf_lex_range_is_after (const CfLexRange *self, CfSlice member)
{
  int order = cf_lex_bound_compare (&self->max, member);

  return order < 0 || (order == 0 && self->max.open);
}

G_END_DECLS
