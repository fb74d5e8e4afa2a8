/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/ranked.h"

/**
 * cf_ranked_try_new:
 * @member: the bytes of a member
 * @score: its score, no NaN
 *
 * Returns: (transfer full) (nullable): the member; %NULL: no memory
 */
CfRanked *
cf_ranked_try_new (CfSlice member, double score)
{
  gsize prefix = member.size < 255 ? 1 : 5;
  guint32 size = (guint32) member.size;
  CfRanked *self;

  if (member.size > G_MAXUINT32)
    return NULL;
  self = g_try_malloc (sizeof *self + prefix + member.size);
  if (self == NULL)
    return NULL;
  self->link.next = 0;
  self->score = score;
  self->bytes[0] = prefix == 1 ? (guint8) size : 255;
  if (prefix > 1)
    memcpy (self->bytes + 1, &size, sizeof size);
  if (size > 0)
    memcpy (self->bytes + prefix, member.data, size);
  return self;
}

/**
 * cf_ranked_memory:
 * @self: a member
 *
 * Returns: how many bytes it has asked for
 */
gsize
cf_ranked_memory (const CfRanked *self)
{
  CfSlice member = cf_ranked_member (self);

  return sizeof *self + member.size + (member.size < 255 ? 1 : 5);
}
