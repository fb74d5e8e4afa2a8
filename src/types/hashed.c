/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/hashed.h"

#include "base/memory.h"

/**
 * cf_hashed_try_new:
 * @class: of those that are one block
 * @block: (transfer full): a listpack or an intset; taken in any case
 *
 * Returns: (transfer full) (nullable): a hash or a set of what is in @block;
 *   %NULL without memory
 */
CfHashed *
cf_hashed_try_new (const CfObjectClass *class, gpointer block)
{
  CfHashed *self = g_try_new (CfHashed, 1);

  if (self == NULL)
    {
      g_free (block);
      return NULL;
    }
  self->object.class = class;
  self->block = block;
  return self;
}

/**
 * cf_hashed_try_new_dict:
 * @class: what its nodes are
 *
 * Returns: (transfer full) (nullable): an empty dict; %NULL without memory
 */
CfDict *
cf_hashed_try_new_dict (const CfDictClass *class)
{
  CfDict *dict = g_try_new (CfDict, 1);

  if (dict != NULL)
    cf_dict_init (dict, class);
  return dict;
}

/**
 * cf_hashed_free_dict:
 * @dict: (transfer full): what cf_hashed_try_new_dict() returned
 */
void
cf_hashed_free_dict (CfDict *dict)
{
  cf_dict_clear (dict);
  g_free (dict);
}

/**
 * cf_hashed_become:
 * @self: a hash or a set that is one block
 * @class: of those that are a dict
 * @dict: (transfer full): the same elements
 *
 * Has it be a dict from now on.
 */
void
cf_hashed_become (CfHashed *self, const CfObjectClass *class, CfDict *dict)
{
  g_free (self->block);
  self->dict = dict;
  self->object.class = class;
}

/* -- One block ------------------------------------------------------------ */

/**
 * cf_hashed_block_free:
 * @object: (transfer full): one that is one block
 */
void
cf_hashed_block_free (CfObject *object)
{
  g_free (((CfHashed *) object)->block);
  g_free (object);
}

/**
 * cf_hashed_block_n_blocks:
 * @object: one that is one block
 *
 * Returns: how many blocks it takes in memory, itself counted
 */
gsize
cf_hashed_block_n_blocks (const CfObject *object)
{
  (void) object;
  return 2;
}

/**
 * cf_hashed_block_memory:
 * @object: one that is one block
 * @samples: of no account
 *
 * Returns: its bytes
 */
gsize
cf_hashed_block_memory (const CfObject *object, gsize samples)
{
  (void) samples;
  return cf_memory_usable (object) +
         cf_memory_usable (((const CfHashed *) object)->block);
}

/* -- A dict --------------------------------------------------------------- */

static const CfDict *
dict_of (const CfObject *object)
{
  return ((const CfHashed *) object)->dict;
}

/**
 * cf_hashed_dict_free:
 * @object: (transfer full): one that is a dict
 */
void
cf_hashed_dict_free (CfObject *object)
{
  cf_hashed_free_dict (((CfHashed *) object)->dict);
  g_free (object);
}

/* Returns: (nullable): a dict of the same elements. */
static CfDict *
try_copy_dict (const CfDict *dict,
               CfDictNode *(*try_copy) (const CfDictNode *node))
{
  CfDict *copy = cf_hashed_try_new_dict (dict->class);
  const CfDictNode *node;
  CfDictIter iter;
  guint64 hash;

  if (copy == NULL)
    return NULL;
  cf_dict_iter_init (&iter, dict);
  while ((node = cf_dict_iter_next (&iter)) != NULL)
    {
      hash = cf_dict_hash (dict->class->key (node));
      if (cf_dict_take_hashed (copy, try_copy (node), hash))
        continue;
      cf_hashed_free_dict (copy);
      return NULL;
    }
  return copy;
}

/**
 * cf_hashed_dict_try_copy:
 * @object: one that is a dict
 * @try_copy: returns a copy of a node, or %NULL without memory
 *
 * Returns: (transfer full) (nullable): its copy; %NULL without memory
 */
CfObject *
cf_hashed_dict_try_copy (const CfObject *object,
                         CfDictNode *(*try_copy) (const CfDictNode *node))
{
  CfDict *dict = try_copy_dict (dict_of (object), try_copy);
  CfHashed *copy = dict != NULL ? g_try_new (CfHashed, 1) : NULL;

  if (copy == NULL)
    {
      if (dict != NULL)
        cf_hashed_free_dict (dict);
      return NULL;
    }
  copy->object.class = object->class;
  copy->dict = dict;
  return &copy->object;
}

/**
 * cf_hashed_dict_n_blocks:
 * @object: one that is a dict
 *
 * Returns: how many blocks it takes in memory, about
 */
gsize
cf_hashed_dict_n_blocks (const CfObject *object)
{
  return cf_dict_n (dict_of (object));
}

/**
 * cf_hashed_dict_memory:
 * @object: one that is a dict
 * @samples: how many elements to look at, or 0 for all
 *
 * Returns: its bytes, about
 */
gsize
cf_hashed_dict_memory (const CfObject *object, gsize samples)
{
  const CfDict *dict = dict_of (object);

  return cf_memory_usable (object) + cf_memory_usable (dict) +
         cf_dict_memory (dict) + cf_dict_memory_of_nodes (dict, samples);
}

/**
 * cf_hashed_dict_encoding:
 * @object: one that is a dict
 *
 * Returns: (transfer none): Redis's word for it
 */
const char *
cf_hashed_dict_encoding (const CfObject *object)
{
  (void) object;
  return "hashtable";
}
