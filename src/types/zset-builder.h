/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zset-builder.h -- a sorted set in the making: scores may change at no cost
 * until it is done.
 *
 * Thread safety: none.
 */
#pragma once

#include <glib.h>

#include "types/zset.h"

G_BEGIN_DECLS

typedef struct
{
  CfDict dict;
  gsize longest; /* bytes of a member */
} CfZsetBuilder;

void cf_zset_builder_init (CfZsetBuilder *self);
void cf_zset_builder_clear (CfZsetBuilder *self);
/* The score of a member, which is added with @score if it is @new.  NULL: no
 * memory. */
double *cf_zset_builder_add (CfZsetBuilder *self,
                             CfSlice member,
                             double score,
                             gboolean *new);
CfZset *cf_zset_builder_end (CfZsetBuilder *self, const CfZsetLimits *limits);

G_END_DECLS
