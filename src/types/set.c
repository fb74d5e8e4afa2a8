/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/set.h"

#include "base/number.h"
#include "base/random.h"
#include "types/hashed.h"
#include "types/packed.h"

/* Intsets up to this many members are gone over for a sample. */
#define FEW 1024

/* An intset, or a dict of nodes. */
struct _CfSet
{
  CfHashed hashed;
};

typedef struct
{
  CfDictNode link;
  guint8 bytes[]; /* the size, packed; the member */
} Node;

static CfSlice
key_of_node (const CfDictNode *link)
{
  gsize size;
  const guint8 *data = cf_packed_get (((const Node *) link)->bytes, &size);

  return cf_slice ((const char *) data, size);
}

static void
free_node (CfDictNode *link)
{
  g_free (link);
}

static const CfDictClass node_class = { key_of_node, free_node };

static CfDictNode *
try_new_node (CfSlice member)
{
  Node *node;
  guint8 *data;

  if (member.size > CF_PACKED_MAX)
    return NULL;
  node =
      g_try_malloc (sizeof *node + cf_packed_width (member.size) + member.size);
  if (node == NULL)
    return NULL;
  data = cf_packed_put (node->bytes, member.size);
  if (member.size > 0)
    memcpy (data, member.data, member.size);
  return &node->link;
}

static CfDictNode *
try_copy_node (const CfDictNode *node)
{
  return try_new_node (key_of_node (node));
}

/* -- As an object --------------------------------------------------------- */

static const CfObjectClass intset_class;

static inline gboolean
is_intset (const CfSet *self)
{
  return self->hashed.object.class == &intset_class;
}

static gsize
n_elements (const CfObject *object)
{
  return cf_set_n ((const CfSet *) object);
}

static CfObject *
intset_try_copy (const CfObject *object)
{
  const CfHashed *hashed = (const CfHashed *) object;
  CfIntset *copy = cf_intset_try_copy (hashed->intset);

  if (copy == NULL)
    return NULL;
  return (CfObject *) cf_hashed_try_new (&intset_class, copy);
}

static const char *
intset_encoding (const CfObject *object)
{
  (void) object;
  return "intset";
}

static CfObject *
dict_try_copy (const CfObject *object)
{
  return cf_hashed_dict_try_copy (object, try_copy_node);
}

static const CfObjectClass intset_class = {
  .type = CF_TYPE_SET,
  .free = cf_hashed_block_free,
  .try_copy = intset_try_copy,
  .n_elements = n_elements,
  .n_blocks = cf_hashed_block_n_blocks,
  .memory = cf_hashed_block_memory,
  .encoding = intset_encoding,
};

static const CfObjectClass dict_class = {
  .type = CF_TYPE_SET,
  .free = cf_hashed_dict_free,
  .try_copy = dict_try_copy,
  .n_elements = n_elements,
  .n_blocks = cf_hashed_dict_n_blocks,
  .memory = cf_hashed_dict_memory,
  .encoding = cf_hashed_dict_encoding,
};

/* -- As a set ------------------------------------------------------------- */

/**
 * cf_set_new:
 *
 * Returns: (transfer full): a set without members
 */
CfSet *
cf_set_new (void)
{
  CfSet *self = g_new (CfSet, 1);

  self->hashed.object.class = &intset_class;
  self->hashed.intset = cf_intset_new ();
  return self;
}

/**
 * cf_set_try_new_intset:
 * @intset: (transfer full): what it is to be
 *
 * Returns: (transfer full) (nullable): a set of these members; %NULL without
 *   memory
 */
CfSet *
cf_set_try_new_intset (CfIntset *intset)
{
  return (CfSet *) cf_hashed_try_new (&intset_class, intset);
}

/**
 * cf_set_free:
 * @self: (nullable) (transfer full): a set
 */
void
cf_set_free (CfSet *self)
{
  if (self != NULL)
    cf_object_free (&self->hashed.object);
}

/**
 * cf_set_intset:
 * @self: a set
 *
 * Returns: (transfer none) (nullable): what it is kept as, if it is an intset
 */
const CfIntset *
cf_set_intset (const CfSet *self)
{
  return is_intset (self) ? self->hashed.intset : NULL;
}

/**
 * cf_set_n:
 * @self: a set
 *
 * Returns: how many members it has
 */
gsize
cf_set_n (const CfSet *self)
{
  return is_intset (self) ? cf_intset_n (self->hashed.intset)
                          : cf_dict_n (self->hashed.dict);
}

/**
 * cf_set_has:
 * @self: a set
 * @member: a string
 *
 * Returns: whether it is a member
 */
gboolean
cf_set_has (const CfSet *self, CfSlice member)
{
  gint64 value;

  if (!is_intset (self))
    return cf_dict_find (self->hashed.dict, member) != NULL;
  return cf_parse_int64 (member.data, member.size, &value) &&
         cf_intset_has (self->hashed.intset, value);
}

/* FALSE: no memory; it is an intset still. */
static gboolean
become_dict (CfSet *self)
{
  CfDict *dict = cf_hashed_try_new_dict (&node_class);
  CfSetIter iter;
  CfSlice member;

  if (dict == NULL)
    return FALSE;
  cf_set_iter_init (&iter, self);
  while (cf_set_iter_next (&iter, &member))
    if (!cf_dict_take_hashed (dict, try_new_node (member),
                              cf_dict_hash (member)))
      {
        cf_hashed_free_dict (dict);
        return FALSE;
      }
  cf_hashed_become (&self->hashed, &dict_class, dict);
  return TRUE;
}

static gboolean
add_to_dict (CfSet *self, CfSlice member, gboolean *added)
{
  guint64 hash = cf_dict_hash (member);

  *added = FALSE;
  if (cf_dict_find_hashed (self->hashed.dict, member, hash) != NULL)
    return TRUE;
  if (!cf_dict_take_hashed (self->hashed.dict, try_new_node (member), hash))
    return FALSE;
  *added = TRUE;
  return TRUE;
}

/**
 * cf_set_add:
 * @self: a set
 * @member: what to add
 * @max_intset: how many members an intset may have
 * @added: (out): whether it was no member yet
 *
 * Returns: %FALSE without memory; it is no member then
 */
gboolean
cf_set_add (CfSet *self, CfSlice member, gsize max_intset, gboolean *added)
{
  gint64 value;

  *added = FALSE;
  if (!is_intset (self))
    return add_to_dict (self, member, added);
  if (!cf_parse_int64 (member.data, member.size, &value))
    return become_dict (self) && add_to_dict (self, member, added);
  if (cf_intset_n (self->hashed.intset) < MIN (max_intset, CF_INTSET_MAX) ||
      cf_intset_has (self->hashed.intset, value))
    return cf_intset_add (&self->hashed.intset, value, added);
  return become_dict (self) && add_to_dict (self, member, added);
}

/**
 * cf_set_remove:
 * @self: a set
 * @member: what to remove; it may be what cf_set_random() returned
 *
 * Returns: %FALSE if it was no member
 */
gboolean
cf_set_remove (CfSet *self, CfSlice member)
{
  gint64 value;

  if (!is_intset (self))
    return cf_dict_remove (self->hashed.dict, member);
  return cf_parse_int64 (member.data, member.size, &value) &&
         cf_intset_remove (&self->hashed.intset, value);
}

static CfSlice
integer_at (const CfSet *self, gsize i, char scratch[CF_SET_SCRATCH])
{
  return cf_slice (
      scratch,
      cf_format_int64 (scratch, cf_intset_get (self->hashed.intset, i)));
}

/**
 * cf_set_random:
 * @self: a set that is not empty
 * @scratch: room for the digits of an integer
 *
 * Returns: (transfer none): a member, each with the same chance
 */
CfSlice
cf_set_random (const CfSet *self, char scratch[CF_SET_SCRATCH])
{
  if (!is_intset (self))
    return key_of_node (cf_dict_random (self->hashed.dict));
  return integer_at (self, cf_random_below (cf_intset_n (self->hashed.intset)),
                     scratch);
}

typedef struct
{
  CfSetFunc func;
  gpointer data;
} Visitor;

static void
visit_node (CfDictNode *node, gpointer data)
{
  const Visitor *visitor = data;

  visitor->func (key_of_node (node), visitor->data);
}

static void
visit_integer (const CfSet *self, gsize i, CfSetFunc func, gpointer data)
{
  char scratch[CF_SET_SCRATCH];

  func (integer_at (self, i, scratch), data);
}

/* As cf_dict_sample() does it. */
static void
sample_intset (const CfSet *self, gsize n, CfSetFunc func, gpointer data)
{
  g_autoptr (GHashTable) drawn = g_hash_table_new (NULL, NULL);
  gsize all = cf_intset_n (self->hashed.intset);

  if (all <= FEW || n >= all / 4)
    {
      for (gsize i = 0; i < all && n > 0; i++)
        if (cf_random_below (all - i) < n)
          {
            visit_integer (self, i, func, data);
            n--;
          }
      return;
    }
  while (n > 0)
    {
      gsize i = cf_random_below (all);

      if (!g_hash_table_add (drawn, GSIZE_TO_POINTER (i)))
        continue;
      visit_integer (self, i, func, data);
      n--;
    }
}

/**
 * cf_set_sample:
 * @self: a set
 * @n: how many members to choose
 * @func: called for each of them; must not change the set
 * @data: for @func
 *
 * Chooses different members, all if there are no more than @n.
 */
void
cf_set_sample (const CfSet *self, gsize n, CfSetFunc func, gpointer data)
{
  Visitor visitor = { func, data };

  if (is_intset (self))
    sample_intset (self, MIN (n, cf_set_n (self)), func, data);
  else
    cf_dict_sample (self->hashed.dict, n, visit_node, &visitor);
}

/**
 * cf_set_scan:
 * @self: a set
 * @cursor: 0, or what the call before returned
 * @func: called for some members; must not change the set
 * @data: for @func
 *
 * Returns: the next cursor, 0 when all were seen
 */
guint64
cf_set_scan (const CfSet *self, guint64 cursor, CfSetFunc func, gpointer data)
{
  Visitor visitor = { func, data };

  if (!is_intset (self))
    return cf_dict_scan (self->hashed.dict, cursor, visit_node, &visitor);
  for (gsize i = 0; i < cf_intset_n (self->hashed.intset); i++)
    visit_integer (self, i, func, data);
  return 0;
}

/**
 * cf_set_iter_init:
 * @self: an iterator
 * @set: a set, which must not change while it is in use
 *
 * Makes it stand before the first member.
 */
void
cf_set_iter_init (CfSetIter *self, const CfSet *set)
{
  self->set = set;
  self->next = 0;
  if (!is_intset (set))
    cf_dict_iter_init (&self->iter, set->hashed.dict);
}

/**
 * cf_set_iter_next:
 * @self: an iterator
 * @member: (out): the next member
 *
 * Returns: %FALSE if there is none
 */
gboolean
cf_set_iter_next (CfSetIter *self, CfSlice *member)
{
  const CfDictNode *node;

  if (is_intset (self->set))
    {
      if (self->next == cf_intset_n (self->set->hashed.intset))
        return FALSE;
      *member = integer_at (self->set, self->next++, self->scratch);
      return TRUE;
    }
  node = cf_dict_iter_next (&self->iter);
  if (node == NULL)
    return FALSE;
  *member = key_of_node (node);
  return TRUE;
}
