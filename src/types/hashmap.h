/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hashmap.h -- fields, each with a value: what clients call a hash.
 *
 * Kept as a listpack -- field, value, field, value, ... in the order in which
 * the fields came -- as long as there are few and none is long, else as a dict
 * with a field and its value in a node.  A dict never becomes a listpack
 * again.
 *
 * Thread safety: none; readers (const) may be many.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "types/dict.h"
#include "types/listpack.h"
#include "types/object.h"

G_BEGIN_DECLS

#define CF_HASHMAP_SCRATCH CF_LISTPACK_SCRATCH

typedef struct _CfHashmap CfHashmap; /* begins with a CfObject */

/* What a listpack may have. */
typedef struct
{
  gsize n;    /* fields */
  gsize size; /* bytes of a field or value */
} CfHashmapLimits;

CfHashmap *cf_hashmap_new (void);
/* NULL: no memory; @listpack (transfer full), of different fields and their
 * values, is taken in any case. */
CfHashmap *cf_hashmap_try_new_listpack (CfListpack *listpack);
void cf_hashmap_free (CfHashmap *self); /* (nullable) */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfHashmap, cf_hashmap_free)

/* The listpack that it is, or NULL. */
const CfListpack *cf_hashmap_listpack (const CfHashmap *self);

gsize cf_hashmap_n (const CfHashmap *self);
gboolean cf_hashmap_has (const CfHashmap *self, CfSlice field);
/* FALSE: no such field.  The value is good until the next change, and as long
 * as @scratch. */
gboolean cf_hashmap_get (const CfHashmap *self,
                         CfSlice field,
                         char scratch[CF_HASHMAP_SCRATCH],
                         CfSlice *value);
/* FALSE: no memory; nothing was changed, but perhaps the encoding. */
gboolean cf_hashmap_set (CfHashmap *self,
                         CfSlice field,
                         CfSlice value,
                         const CfHashmapLimits *limits,
                         gboolean *added);
gboolean cf_hashmap_remove (CfHashmap *self, CfSlice field); /* FALSE: not in */

typedef void (*CfHashmapFunc) (CfSlice field, CfSlice value, gpointer data);
/* @n times any field, each with the same chance; there must be one. */
void cf_hashmap_draw (const CfHashmap *self,
                      gsize n,
                      CfHashmapFunc func,
                      gpointer data);
/* Different fields: see cf_dict_sample(). */
void cf_hashmap_sample (const CfHashmap *self,
                        gsize n,
                        CfHashmapFunc func,
                        gpointer data);
/* See cf_dict_scan(); a listpack is gone over at once. */
guint64 cf_hashmap_scan (const CfHashmap *self,
                         guint64 cursor,
                         CfHashmapFunc func,
                         gpointer data);

/* Over all fields, those of a listpack in order; the hash must not change. */
typedef struct
{
  const CfHashmap *hash;
  CfListpackAt at; /* of the next field */
  CfDictIter iter;
  char scratch[2][CF_HASHMAP_SCRATCH];
} CfHashmapIter;

void cf_hashmap_iter_init (CfHashmapIter *self, const CfHashmap *hash);
/* FALSE: that was all.  Both are good until the next call. */
gboolean
cf_hashmap_iter_next (CfHashmapIter *self, CfSlice *field, CfSlice *value);

G_END_DECLS
