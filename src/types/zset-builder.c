/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/zset-builder.h"

#include "types/zset-small.h"

/**
 * cf_zset_builder_init:
 * @self: (out): a set in the making
 */
void
cf_zset_builder_init (CfZsetBuilder *self)
{
  cf_zset_init_dict (&self->dict);
  self->longest = 0;
}

/**
 * cf_zset_builder_clear:
 * @self: a set in the making, which will not be made
 */
void
cf_zset_builder_clear (CfZsetBuilder *self)
{
  cf_dict_clear (&self->dict);
}

/**
 * cf_zset_builder_add:
 * @self: a set in the making
 * @member: the bytes of a member, of which a copy is made
 * @score: its score, if it is not in yet
 * @new: (out): whether it was not
 *
 * Returns: (nullable) (transfer none): the member's score, which may be
 *   changed; %NULL: no memory
 */
double *
cf_zset_builder_add (CfZsetBuilder *self,
                     CfSlice member,
                     double score,
                     gboolean *new)
{
  guint64 hash = cf_dict_hash (member);
  CfRanked *ranked =
      (CfRanked *) cf_dict_find_hashed (&self->dict, member, hash);

  *new = ranked == NULL;
  if (ranked != NULL)
    return &ranked->score;
  ranked = cf_ranked_try_new (member, score);
  if (ranked == NULL)
    return NULL;
  if (!cf_dict_insert_hashed (&self->dict, &ranked->link, hash))
    {
      g_free (ranked);
      return NULL;
    }
  self->longest = MAX (self->longest, member.size);
  return &ranked->score;
}

/* (nullable) (transfer full) */
static CfListpack *
make_listpack (const CfZset *zset)
{
  CfListpack *listpack = cf_listpack_new ();
  CfZsetIter iter;
  CfSlice member;
  double score;

  cf_zset_iter_init (&iter, zset, 0, FALSE);
  while (cf_zset_iter_next (&iter, &member, &score))
    if (!cf_listpack_append (&listpack, member) ||
        !cf_zset_small_put_score (&listpack, 0, score))
      {
        g_free (listpack);
        return NULL;
      }
  return listpack;
}

/**
 * cf_zset_builder_end:
 * @self: a set in the making, which is empty after this
 * @limits: those of a listpack
 *
 * Returns: (transfer full): what was made
 */
CfZset *
cf_zset_builder_end (CfZsetBuilder *self, const CfZsetLimits *limits)
{
  CfZset *zset = cf_zset_take_dict (&self->dict);
  CfListpack *listpack;

  if (cf_zset_n (zset) > limits->max_entries ||
      self->longest > limits->max_value)
    return zset;
  listpack = make_listpack (zset);
  if (listpack == NULL)
    return zset;
  cf_object_free ((CfObject *) zset);
  return cf_zset_take_listpack (listpack);
}
