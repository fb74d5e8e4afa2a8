/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ranked.h -- a member of a large sorted set, with its score.
 *
 * It stands in a dict, to be found by its bytes, and in an index (rank.h).
 *
 * Thread safety: none.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "types/dict.h"

G_BEGIN_DECLS

/* A member and its score, in one allocation. */
typedef struct
{
  CfDictNode link; /* the dict's */
  double score;    /* no NaN; changed by cf_rank_move() only */
  guint8 bytes[];  /* the size: 1, or 255 and 4; the member's bytes */
} CfRanked;

CfRanked *cf_ranked_try_new (CfSlice member, double score); /* g_free() it */
gsize cf_ranked_memory (const CfRanked *self);

/**
 * cf_ranked_member:
 * @self: a member
 *
 * Returns: (transfer none): its bytes, good as long as it is
 */
static inline CfSlice
cf_ranked_member (const CfRanked *self)
{
  guint32 size = self->bytes[0];

  if (G_LIKELY (size < 255))
    return cf_slice ((const char *) self->bytes + 1, size);
  memcpy (&size, self->bytes + 1, sizeof size);
  return cf_slice ((const char *) self->bytes + 5, size);
}

G_END_DECLS
