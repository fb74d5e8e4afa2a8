/* SPDX-License-Identifier: GPL-3.0-or-later */
/* set.h -- different strings, in no order.
 *
 * Kept as an intset as long as all members are canonical texts of an int64
 * and there are not too many, else as a dict with a member a node.  A dict
 * never becomes an intset again.
 *
 * Thread safety: none; readers (const) may be many.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "types/dict.h"
#include "types/intset.h"
#include "types/object.h"

G_BEGIN_DECLS

#define CF_SET_SCRATCH 32 /* bytes: room for an integer's digits */

typedef struct _CfSet CfSet; /* begins with a CfObject */

CfSet *cf_set_new (void);
/* NULL: no memory; @intset (transfer full) is taken in any case. */
CfSet *cf_set_try_new_intset (CfIntset *intset);
void cf_set_free (CfSet *self); /* (nullable) */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfSet, cf_set_free)

/* The intset that it is, or NULL. */
const CfIntset *cf_set_intset (const CfSet *self);

gsize cf_set_n (const CfSet *self);
gboolean cf_set_has (const CfSet *self, CfSlice member);
/* An intset of more than @max_intset members becomes a dict.  FALSE: no
 * memory; it is not in then. */
gboolean
cf_set_add (CfSet *self, CfSlice member, gsize max_intset, gboolean *added);
gboolean cf_set_remove (CfSet *self, CfSlice member); /* FALSE: not in */

/* Any member, each with the same chance; there must be one.  Good until the
 * next change, and as long as @scratch. */
CfSlice cf_set_random (const CfSet *self, char scratch[CF_SET_SCRATCH]);

typedef void (*CfSetFunc) (CfSlice member, gpointer data);
/* Different members: see cf_dict_sample(). */
void cf_set_sample (const CfSet *self, gsize n, CfSetFunc func, gpointer data);
/* See cf_dict_scan(); an intset is gone over at once. */
guint64
cf_set_scan (const CfSet *self, guint64 cursor, CfSetFunc func, gpointer data);

/* Over all members, those of an intset in order; the set must not change. */
typedef struct
{
  const CfSet *set;
  gsize next; /* of an intset */
  CfDictIter iter;
  char scratch[CF_SET_SCRATCH];
} CfSetIter;

void cf_set_iter_init (CfSetIter *self, const CfSet *set);
/* FALSE: that was all.  The member is good until the next call. */
gboolean cf_set_iter_next (CfSetIter *self, CfSlice *member);

G_END_DECLS
