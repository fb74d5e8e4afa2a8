/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dict.h -- a hash table of any size no operation of which is ever long.
 *
 * Linear hashing: the table grows and shrinks by one bucket at a time, at the
 * end, by splitting or joining one chain.  Buckets live in segments of fixed
 * size; so nothing is ever rehashed or moved all at once, and nothing has to
 * be done by those who only read.
 *
 *   directory -> segment[i] -> bucket -> node -> node
 *
 * Nodes are the user's: a structure that begins with a CfDictNode, whose key
 * the class tells.  Hashes are cf_hash64() of the key, under the seed of the
 * process.
 *
 * SCAN's guarantee: a cursor goes over the buckets in the order of their
 * reversed bits, so what stays in the table from the first call to the one
 * that returns 0 is seen at least once, however the table grows or shrinks.
 *
 * Source: Litwin, "Linear hashing" (1980); Larson, "Dynamic hash tables"
 * (1988); the order of the scan is by Pieter Noordhuis (Redis).
 *
 * Thread safety: none; readers (const) may be many.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

typedef struct _CfDictNode CfDictNode;
struct _CfDictNode
{
  CfDictNode *next; /* (nullable) in the bucket; the dict's own */
};

typedef struct
{
  CfSlice (*key) (const CfDictNode *node);
  void (*free) (CfDictNode *node);
} CfDictClass;

typedef struct
{
  const CfDictClass *class;
  CfDictNode ***segments; /* (owned) the directory */
  gsize n_buckets;
  gsize n_nodes;
} CfDict;

void cf_dict_init (CfDict *self, const CfDictClass *class);
void cf_dict_clear (CfDict *self); /* frees all nodes */
gsize cf_dict_n (const CfDict *self);
gsize cf_dict_memory (const CfDict *self); /* bytes, without the nodes */

CfDictNode *cf_dict_find (const CfDict *self, CfSlice key); /* (nullable) */
/* Where the pointer to the node stands, to put another with the same key in
 * its place; NULL: there is none.  Good until the next change. */
CfDictNode **cf_dict_find_link (CfDict *self, CfSlice key);
/* Its key must not be there.  FALSE: no memory, and it was not taken. */
gboolean cf_dict_insert (CfDict *self, CfDictNode *node);
CfDictNode *cf_dict_steal (CfDict *self, CfSlice key); /* (nullable) */
gboolean cf_dict_remove (CfDict *self, CfSlice key);

/* Any node, each with the same chance; NULL: it is empty. */
CfDictNode *cf_dict_random (const CfDict *self);

typedef void (*CfDictFunc) (CfDictNode *node, gpointer data);
/* Calls @func, which must not change the dict, for the nodes of a bucket and
 * returns the next cursor, 0 at the end. */
guint64 cf_dict_scan (const CfDict *self,
                      guint64 cursor,
                      CfDictFunc func,
                      gpointer data);

/* Over all nodes, in no order; the dict must not change meanwhile. */
typedef struct
{
  const CfDict *dict;
  gsize bucket;
  CfDictNode *node; /* (nullable) */
} CfDictIter;

void cf_dict_iter_init (CfDictIter *self, const CfDict *dict);
CfDictNode *cf_dict_iter_next (CfDictIter *self); /* NULL: that was all */

G_END_DECLS
