/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prefixes.h -- which of very many prefixes a key begins with: a radix tree.
 *
 *   "" -- "user:" -- "1"        the edges from the root to a node, put
 *      |         `-- "2:name"   together, are its bytes
 *      `- "order:"
 *
 * To look for a key takes time by its length, however many prefixes there are.
 *
 * Invariants: a node other than the root has a value or several children;
 * the children of a node are in the order of the first bytes of their edges,
 * which all differ.
 * Source: Morrison, "PATRICIA" (1968).
 *
 * Thread safety: none; readers (const) may be many.
 */
#pragma once

#include "base/slice.h"

G_BEGIN_DECLS

typedef struct _CfPrefixes CfPrefixes;

CfPrefixes *cf_prefixes_new (void);
void cf_prefixes_free (CfPrefixes *self); /* it is empty */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfPrefixes, cf_prefixes_free)

gsize cf_prefixes_n (const CfPrefixes *self);

/* (transfer none) (nullable) */
gpointer cf_prefixes_find (const CfPrefixes *self, CfSlice bytes);
/* There must be none of these bytes; @value is not NULL. */
void cf_prefixes_add (CfPrefixes *self, CfSlice bytes, gpointer value);
/* (transfer full) (nullable): NULL if there was none. */
gpointer cf_prefixes_steal (CfPrefixes *self, CfSlice bytes);

typedef void (*CfPrefixFunc) (gpointer value, gpointer data);

/* Calls @func for the values of all that @key begins with, the shortest
 * first. */
void cf_prefixes_each (const CfPrefixes *self,
                       CfSlice key,
                       CfPrefixFunc func,
                       gpointer data);

G_END_DECLS
