/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hashed.h -- what hashes and sets are made of: one block of memory as long as
 * they are small, then a dict.
 *
 * Its class tells which, and there is one class for each.  The functions for
 * the classes' tables are here, in so far as they need not know the elements.
 *
 * Thread safety: none; readers (const) may be many.
 */
#pragma once

#include <glib.h>

#include "types/dict.h"
#include "types/intset.h"
#include "types/listpack.h"
#include "types/object.h"

G_BEGIN_DECLS

typedef struct
{
  CfObject object;
  union
  {
    /* (owned) A block, from g_malloc(). */
    gpointer block;
    CfListpack *listpack;
    CfIntset *intset;
    /* (owned) */
    CfDict *dict;
  };
} CfHashed;

CfHashed *cf_hashed_try_new (const CfObjectClass *class, gpointer block);
CfDict *cf_hashed_try_new_dict (const CfDictClass *class);
void cf_hashed_free_dict (CfDict *dict);
void
cf_hashed_become (CfHashed *self, const CfObjectClass *class, CfDict *dict);

/* For the class of those that are one block. */
void cf_hashed_block_free (CfObject *object);
gsize cf_hashed_block_n_blocks (const CfObject *object);
gsize cf_hashed_block_memory (const CfObject *object, gsize samples);

/* For the class of those that are a dict. */
void cf_hashed_dict_free (CfObject *object);
CfObject *
cf_hashed_dict_try_copy (const CfObject *object,
                         CfDictNode *(*try_copy) (const CfDictNode *node));
gsize cf_hashed_dict_n_blocks (const CfObject *object);
gsize cf_hashed_dict_memory (const CfObject *object, gsize samples);
const char *cf_hashed_dict_encoding (const CfObject *object);

G_END_DECLS
