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
 * process.  The low bits of a bucket count its chain, which makes a fair
 * choice among all nodes cheap; so nodes must be aligned to
 * CF_DICT_ALIGNMENT, as malloc()'s of 16 bytes or more are.
 *
 * Invariants:
 *   1. n_buckets is 0 if and only if there is no node.
 *   2. mask + 1 is the greatest power of two that is at most n_buckets.
 *   3. The node of hash h is in bucket h & (2 * mask + 1) if that is less
 *      than n_buckets, else in bucket h & mask.
 *   4. A bucket's low bits are the length of its chain, or CF_DICT_LONG when
 *      that is as long or longer.
 *   5. Segments have SEGMENT_SIZE places, but the first one, while it is the
 *      only one, has the next power of two from n_buckets on.
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

#include "base/hash.h"
#include "base/slice.h"

G_BEGIN_DECLS

#define CF_DICT_ALIGNMENT 16
#define CF_DICT_LONG (CF_DICT_ALIGNMENT - 1)

/* The address of a node and, in a bucket, the low bits of invariant 4. */
typedef guintptr CfDictLink;

typedef struct
{
  CfDictLink next; /* in the bucket; the dict's own */
} CfDictNode;

typedef struct
{
  CfSlice (*key) (const CfDictNode *node);
  void (*free) (CfDictNode *node);
} CfDictClass;

typedef struct
{
  const CfDictClass *class;
  CfDictLink **segments; /* (owned) the directory */
  gsize n_buckets;
  gsize mask;
  gsize n_nodes;
} CfDict;

void cf_dict_init (CfDict *self, const CfDictClass *class);
void cf_dict_clear (CfDict *self);         /* frees all nodes */
gsize cf_dict_memory (const CfDict *self); /* bytes, without the nodes */
/* Bytes of the nodes, of which up to @samples are looked at (0: all). */
gsize cf_dict_memory_of_nodes (const CfDict *self, gsize samples);

/**
 * cf_dict_n:
 * @self: a dict
 *
 * Returns: how many nodes it has
 */
static inline gsize
cf_dict_n (const CfDict *self)
{
  return self->n_nodes;
}

CfDictNode *cf_dict_find (const CfDict *self, CfSlice key); /* (nullable) */
/* Its key must not be there.  FALSE: no memory, and it was not taken. */
gboolean cf_dict_insert (CfDict *self, CfDictNode *node);
CfDictNode *cf_dict_steal (CfDict *self, CfSlice key); /* (nullable) */
gboolean cf_dict_remove (CfDict *self, CfSlice key);

/**
 * cf_dict_hash:
 * @key: a key
 *
 * Returns: what the functions want that are called _hashed
 */
static inline guint64
cf_dict_hash (CfSlice key)
{
  return cf_hash64 (key);
}

CfDictNode *cf_dict_find_hashed (const CfDict *self, CfSlice key, guint64 hash);
gboolean cf_dict_insert_hashed (CfDict *self, CfDictNode *node, guint64 hash);
/* Takes @node in any case.  FALSE: it is NULL, or there is no memory. */
gboolean cf_dict_take_hashed (CfDict *self, CfDictNode *node, guint64 hash);
CfDictNode *cf_dict_steal_hashed (CfDict *self, CfSlice key, guint64 hash);

/* Where the link to the node stands, to put another with the same key in its
 * place; NULL: there is none.  Good until the next change. */
CfDictLink *cf_dict_find_link (CfDict *self, CfSlice key, guint64 hash);

/**
 * cf_dict_link_node:
 * @link: a link
 *
 * Returns: (transfer none) (nullable): the node it leads to
 */
static inline CfDictNode *
cf_dict_link_node (CfDictLink link)
{
  return (CfDictNode *) (link & ~(CfDictLink) CF_DICT_LONG);
}

/**
 * cf_dict_link_set:
 * @link: where the link to another node stands
 * @node: (transfer full): what takes its place; its next is set here
 * @next: the next of the other node
 *
 * The other node may have been freed or moved meanwhile.
 */
static inline void
cf_dict_link_set (CfDictLink *link, CfDictNode *node, CfDictLink next)
{
  node->next = next;
  *link = (CfDictLink) node | (*link & CF_DICT_LONG);
}

/* Any node, each with the same chance; NULL: it is empty. */
CfDictNode *cf_dict_random (const CfDict *self);

typedef void (*CfDictFunc) (CfDictNode *node, gpointer data);
/* Calls @func for @n nodes, or all if there are fewer: each set of them has
 * the same chance, none is drawn twice, and they come in no order.  Takes
 * O(n). */
void
cf_dict_sample (const CfDict *self, gsize n, CfDictFunc func, gpointer data);
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
