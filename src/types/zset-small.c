/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/zset-small.h"

#include <math.h>

/* Whole scores up to this, of either sign, stand in a listpack as integers,
 * nought without its sign; as Redis has it. */
#define INTEGER_MAX 0x1p62

static gboolean
is_whole (double score)
{
  return fabs (score) <= INTEGER_MAX && score == (double) (gint64) score;
}

/**
 * cf_zset_small_format_score:
 * @text: (out): where it is put, without a zero byte
 * @score: a score
 *
 * Writes a score as one reads it in the listpack.
 *
 * Returns: how many bytes it takes
 */
gsize
cf_zset_small_format_score (char text[static CF_ZSET_SMALL_SCORE_SIZE],
                            double score)
{
  return is_whole (score) ? cf_format_int64 (text, (gint64) score)
                          : cf_format_double (text, score);
}

/**
 * cf_zset_small_score:
 * @listpack: members and scores in turn
 * @at: where a score stands
 *
 * Returns: the score
 */
double
cf_zset_small_score (const CfListpack *listpack, CfListpackAt at)
{
  char scratch[CF_LISTPACK_SCRATCH];
  gint64 integer;
  CfSlice text;
  double score = 0;

  if (cf_listpack_get_int (listpack, at, &integer))
    return (double) integer;
  text = cf_listpack_get (listpack, at, scratch);
  /* What came from others' files may be no number. */
  if (!cf_parse_double (text.data, text.size, &score))
    return 0;
  return score;
}

/**
 * cf_zset_small_put_score:
 * @listpack: (inout): members and scores in turn
 * @at: before what to put it; 0: at the end
 * @score: a score
 *
 * Returns: %FALSE if there is no memory
 */
gboolean
cf_zset_small_put_score (CfListpack **listpack, CfListpackAt at, double score)
{
  char text[CF_DOUBLE_SIZE];

  if (is_whole (score))
    return cf_listpack_insert_int (listpack, at, (gint64) score);
  return cf_listpack_insert (listpack, at,
                             cf_slice (text, cf_format_double (text, score)));
}

/* Where a member is to stand; 0: at the end. */
static CfListpackAt
small_place (const CfListpack *listpack, CfSlice member, double score)
{
  CfListpackAt at = cf_listpack_first (listpack);

  while (at != 0)
    {
      CfListpackAt score_place = cf_listpack_next (listpack, at);
      double other = cf_zset_small_score (listpack, score_place);
      char scratch[CF_LISTPACK_SCRATCH];

      if (other > score ||
          (other == score &&
           cf_slice_compare (cf_listpack_get (listpack, at, scratch), member) >
               0))
        break;
      at = cf_listpack_next (listpack, score_place);
    }
  return at;
}

/**
 * cf_zset_small_insert:
 * @listpack: (inout): members and scores in turn, in order
 * @member: a member that is not in it
 * @score: its score
 *
 * Returns: %FALSE if there is no memory, and nothing was changed
 */
gboolean
cf_zset_small_insert (CfListpack **listpack, CfSlice member, double score)
{
  CfListpackAt at = small_place (*listpack, member, score), score_place = 0;

  if (!cf_listpack_insert (listpack, at, member))
    return FALSE;
  if (at != 0)
    score_place = cf_listpack_next (*listpack, at);
  else
    at = cf_listpack_last (*listpack);
  if (cf_zset_small_put_score (listpack, score_place, score))
    return TRUE;
  cf_listpack_remove (listpack, at, 1);
  return FALSE;
}

/**
 * cf_zset_small_find:
 * @listpack: members and scores in turn
 * @member: a member
 *
 * Returns: where it stands, before its score; 0: it is not in
 */
CfListpackAt
cf_zset_small_find (const CfListpack *listpack, CfSlice member)
{
  return cf_listpack_find (listpack, cf_listpack_first (listpack), member, 1);
}

/**
 * cf_zset_small_move:
 * @listpack: (inout): members and scores in turn, in order
 * @at: where a member stands
 * @member: its bytes
 * @old_score: its score
 * @score: that it is to have
 *
 * Returns: %FALSE if there is no memory, and nothing was changed
 */
gboolean
cf_zset_small_move (CfListpack **listpack,
                    CfListpackAt at,
                    CfSlice member,
                    double old_score,
                    double score)
{
  cf_listpack_remove (listpack, at, 2);
  if (cf_zset_small_insert (listpack, member, score))
    return TRUE;
  /* There was room for the old one a moment ago. */
  if (!cf_zset_small_insert (listpack, member, old_score))
    g_error ("no memory to put a member back");
  return FALSE;
}

/**
 * cf_zset_small_rank:
 * @listpack: members and scores in turn, in order
 * @member: a member
 * @rank: (out): how many stand before it
 * @score: (out): its score
 *
 * Returns: %FALSE if it is not in
 */
gboolean
cf_zset_small_rank (const CfListpack *listpack,
                    CfSlice member,
                    gsize *rank,
                    double *score)
{
  CfListpackAt at = cf_listpack_first (listpack);

  for (*rank = 0; at != 0; ++*rank)
    {
      if (cf_listpack_equal (listpack, at, member))
        {
          *score =
              cf_zset_small_score (listpack, cf_listpack_next (listpack, at));
          return TRUE;
        }
      at = cf_listpack_next (listpack, cf_listpack_next (listpack, at));
    }
  return FALSE;
}
