/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zset-small.h -- a sorted set in a listpack: members and scores in turn, in
 * the order of the scores.
 *
 * Thread safety: none; readers may be many.
 */
#pragma once

#include <glib.h>

#include "base/number.h"
#include "types/listpack.h"

G_BEGIN_DECLS

#define CF_ZSET_SMALL_SCORE_SIZE CF_DOUBLE_SIZE

gsize cf_zset_small_format_score (char text[static CF_ZSET_SMALL_SCORE_SIZE],
                                  double score);
double cf_zset_small_score (const CfListpack *listpack, CfListpackAt at);
gboolean
cf_zset_small_put_score (CfListpack **listpack, CfListpackAt at, double score);
gboolean
cf_zset_small_insert (CfListpack **listpack, CfSlice member, double score);
CfListpackAt cf_zset_small_find (const CfListpack *listpack, CfSlice member);
gboolean cf_zset_small_move (CfListpack **listpack,
                             CfListpackAt at,
                             CfSlice member,
                             double old_score,
                             double score);
gboolean cf_zset_small_rank (const CfListpack *listpack,
                             CfSlice member,
                             gsize *rank,
                             double *score);

G_END_DECLS
