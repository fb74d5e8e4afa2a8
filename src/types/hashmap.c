/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/hashmap.h"

#include "base/random.h"
#include "types/hashed.h"
#include "types/packed.h"

/* A listpack, or a dict of nodes. */
struct _CfHashmap
{
  CfHashed hashed;
};

typedef struct
{
  CfDictNode link;
  guint8 bytes[]; /* the sizes, packed, of field and value; field; value */
} Node;

static void
read_node (const CfDictNode *link, CfSlice *field, CfSlice *value)
{
  const guint8 *at = cf_packed_get (((const Node *) link)->bytes, &field->size);

  at = cf_packed_get (at, &value->size);
  field->data = (const char *) at;
  value->data = field->data + field->size;
}

static CfSlice
key_of_node (const CfDictNode *link)
{
  CfSlice field, value;

  read_node (link, &field, &value);
  return field;
}

static void
free_node (CfDictNode *link)
{
  g_free (link);
}

static const CfDictClass node_class = { key_of_node, free_node };

static gsize
node_size (CfSlice field, CfSlice value)
{
  return sizeof (Node) + cf_packed_width (field.size) +
         cf_packed_width (value.size) + field.size + value.size;
}

static CfDictNode *
try_new_node (CfSlice field, CfSlice value)
{
  Node *node;
  guint8 *at;

  if (field.size > CF_PACKED_MAX || value.size > CF_PACKED_MAX)
    return NULL;
  node = g_try_malloc (node_size (field, value));
  if (node == NULL)
    return NULL;
  at = cf_packed_put (cf_packed_put (node->bytes, field.size), value.size);
  if (field.size > 0)
    memcpy (at, field.data, field.size);
  if (value.size > 0)
    memcpy (at + field.size, value.data, value.size);
  return &node->link;
}

static CfDictNode *
try_copy_node (const CfDictNode *node)
{
  CfSlice field, value;

  read_node (node, &field, &value);
  return try_new_node (field, value);
}

/* Gives the node at @link another value. */
static gboolean
set_value (CfDictLink *link, CfSlice value)
{
  CfDictNode *node = cf_dict_link_node (*link), *moved;
  CfDictLink next = node->next;
  CfSlice field, old;
  guint8 *at;

  read_node (node, &field, &old);
  if (cf_packed_width (old.size) != cf_packed_width (value.size))
    {
      moved = try_new_node (field, value);
      if (moved == NULL)
        return FALSE;
      cf_dict_link_set (link, moved, next);
      free_node (node);
      return TRUE;
    }
  moved = old.size == value.size
              ? node
              : g_try_realloc (node, node_size (field, value));
  if (moved == NULL)
    return FALSE;
  at = cf_packed_put (((Node *) moved)->bytes, field.size);
  at = cf_packed_put (at, value.size) + field.size;
  if (value.size > 0)
    memcpy (at, value.data, value.size);
  cf_dict_link_set (link, moved, next);
  return TRUE;
}

/* -- As an object --------------------------------------------------------- */

static const CfObjectClass listpack_class;

static inline gboolean
is_listpack (const CfHashmap *self)
{
  return self->hashed.object.class == &listpack_class;
}

static gsize
n_elements (const CfObject *object)
{
  return cf_hashmap_n ((const CfHashmap *) object);
}

static CfObject *
listpack_try_copy (const CfObject *object)
{
  const CfHashed *hashed = (const CfHashed *) object;
  CfListpack *copy = cf_listpack_try_copy (hashed->listpack);

  if (copy == NULL)
    return NULL;
  return (CfObject *) cf_hashed_try_new (&listpack_class, copy);
}

static const char *
listpack_encoding (const CfObject *object)
{
  (void) object;
  return "listpack";
}

static CfObject *
dict_try_copy (const CfObject *object)
{
  return cf_hashed_dict_try_copy (object, try_copy_node);
}

static const CfObjectClass listpack_class = {
  .type = CF_TYPE_HASH,
  .free = cf_hashed_block_free,
  .try_copy = listpack_try_copy,
  .n_elements = n_elements,
  .n_blocks = cf_hashed_block_n_blocks,
  .memory = cf_hashed_block_memory,
  .encoding = listpack_encoding,
};

static const CfObjectClass dict_class = {
  .type = CF_TYPE_HASH,
  .free = cf_hashed_dict_free,
  .try_copy = dict_try_copy,
  .n_elements = n_elements,
  .n_blocks = cf_hashed_dict_n_blocks,
  .memory = cf_hashed_dict_memory,
  .encoding = cf_hashed_dict_encoding,
};

/* -- As a hash ------------------------------------------------------------ */

/**
 * cf_hashmap_new:
 *
 * Returns: (transfer full): a hash without fields
 */
CfHashmap *
cf_hashmap_new (void)
{
  CfHashmap *self = g_new (CfHashmap, 1);

  self->hashed.object.class = &listpack_class;
  self->hashed.listpack = cf_listpack_new ();
  return self;
}

/**
 * cf_hashmap_try_new_listpack:
 * @listpack: (transfer full): different fields, each followed by its value
 *
 * Returns: (transfer full) (nullable): a hash of these; %NULL without memory
 */
CfHashmap *
cf_hashmap_try_new_listpack (CfListpack *listpack)
{
  return (CfHashmap *) cf_hashed_try_new (&listpack_class, listpack);
}

/**
 * cf_hashmap_free:
 * @self: (nullable) (transfer full): a hash
 */
void
cf_hashmap_free (CfHashmap *self)
{
  if (self != NULL)
    cf_object_free (&self->hashed.object);
}

/**
 * cf_hashmap_listpack:
 * @self: a hash
 *
 * Returns: (transfer none) (nullable): what it is kept as, if it is a listpack
 */
const CfListpack *
cf_hashmap_listpack (const CfHashmap *self)
{
  return is_listpack (self) ? self->hashed.listpack : NULL;
}

/**
 * cf_hashmap_n:
 * @self: a hash
 *
 * Returns: how many fields it has
 */
gsize
cf_hashmap_n (const CfHashmap *self)
{
  return is_listpack (self) ? cf_listpack_n (self->hashed.listpack) / 2
                            : cf_dict_n (self->hashed.dict);
}

/* Where a field is in the listpack, or 0. */
static CfListpackAt
find_in_listpack (const CfHashmap *self, CfSlice field)
{
  return cf_listpack_find (self->hashed.listpack,
                           cf_listpack_first (self->hashed.listpack), field, 1);
}

/**
 * cf_hashmap_has:
 * @self: a hash
 * @field: a string
 *
 * Returns: whether it has such a field
 */
gboolean
cf_hashmap_has (const CfHashmap *self, CfSlice field)
{
  return is_listpack (self) ? find_in_listpack (self, field) != 0
                            : cf_dict_find (self->hashed.dict, field) != NULL;
}

/**
 * cf_hashmap_get:
 * @self: a hash
 * @field: a field
 * @scratch: room for the digits of an integer
 * @value: (out): its value
 *
 * Returns: %FALSE if there is no such field
 */
gboolean
cf_hashmap_get (const CfHashmap *self,
                CfSlice field,
                char scratch[CF_HASHMAP_SCRATCH],
                CfSlice *value)
{
  const CfDictNode *node;
  CfListpackAt at;

  if (is_listpack (self))
    {
      at = find_in_listpack (self, field);
      if (at == 0)
        return FALSE;
      at = cf_listpack_next (self->hashed.listpack, at);
      *value = cf_listpack_get (self->hashed.listpack, at, scratch);
      return TRUE;
    }
  node = cf_dict_find (self->hashed.dict, field);
  if (node == NULL)
    return FALSE;
  read_node (node, &field, value);
  return TRUE;
}

/* FALSE: no memory; it is a listpack still. */
static gboolean
become_dict (CfHashmap *self)
{
  CfDict *dict = cf_hashed_try_new_dict (&node_class);
  CfSlice field, value;
  CfHashmapIter iter;

  if (dict == NULL)
    return FALSE;
  cf_hashmap_iter_init (&iter, self);
  while (cf_hashmap_iter_next (&iter, &field, &value))
    if (!cf_dict_take_hashed (dict, try_new_node (field, value),
                              cf_dict_hash (field)))
      {
        cf_hashed_free_dict (dict);
        return FALSE;
      }
  cf_hashed_become (&self->hashed, &dict_class, dict);
  return TRUE;
}

static gboolean
set_in_dict (CfHashmap *self, CfSlice field, CfSlice value, gboolean *added)
{
  guint64 hash = cf_dict_hash (field);
  CfDictLink *link = cf_dict_find_link (self->hashed.dict, field, hash);

  *added = FALSE;
  if (link != NULL)
    return set_value (link, value);
  if (!cf_dict_take_hashed (self->hashed.dict, try_new_node (field, value),
                            hash))
    return FALSE;
  *added = TRUE;
  return TRUE;
}

/* A field that is new comes last. */
static gboolean
append_pair (CfListpack **listpack, CfSlice field, CfSlice value)
{
  if (!cf_listpack_append (listpack, field))
    return FALSE;
  if (cf_listpack_append (listpack, value))
    return TRUE;
  (void) cf_listpack_remove (listpack, cf_listpack_last (*listpack), 1);
  return FALSE;
}

/* More bytes than two elements take beside their strings. */
#define PAIR_OVERHEAD 32

/* Whether the listpack may have so long a field and value. */
static gboolean
fits (const CfHashmap *self,
      CfSlice field,
      CfSlice value,
      const CfHashmapLimits *limits)
{
  return field.size <= limits->size && value.size <= limits->size &&
         field.size + value.size + PAIR_OVERHEAD <=
             CF_LISTPACK_MAX - cf_listpack_size (self->hashed.listpack);
}

/* Gives the field at @at another value.  The limits may be lower than they
 * were when it came. */
static gboolean
replace_value (CfHashmap *self,
               CfListpackAt at,
               CfSlice value,
               const CfHashmapLimits *limits)
{
  if (!cf_listpack_replace (&self->hashed.listpack,
                            cf_listpack_next (self->hashed.listpack, at),
                            value))
    return FALSE;
  if (cf_hashmap_n (self) > limits->n)
    (void) become_dict (self);
  return TRUE;
}

/**
 * cf_hashmap_set:
 * @self: a hash
 * @field: a field, which may be new; not from the hash itself
 * @value: what its value is to be, not from the hash itself
 * @limits: what it may have as a listpack
 * @added: (out): whether it is new
 *
 * Returns: %FALSE without memory; the field is as it was then
 */
gboolean
cf_hashmap_set (CfHashmap *self,
                CfSlice field,
                CfSlice value,
                const CfHashmapLimits *limits,
                gboolean *added)
{
  CfListpackAt at;

  *added = FALSE;
  if (!is_listpack (self))
    return set_in_dict (self, field, value, added);
  if (!fits (self, field, value, limits))
    return become_dict (self) && set_in_dict (self, field, value, added);
  at = find_in_listpack (self, field);
  if (at != 0)
    return replace_value (self, at, value, limits);
  if (cf_hashmap_n (self) >= limits->n)
    return become_dict (self) && set_in_dict (self, field, value, added);
  *added = append_pair (&self->hashed.listpack, field, value);
  return *added;
}

/**
 * cf_hashmap_remove:
 * @self: a hash
 * @field: what to remove, not from the hash itself
 *
 * Returns: %FALSE if there was no such field
 */
gboolean
cf_hashmap_remove (CfHashmap *self, CfSlice field)
{
  CfListpackAt at;

  if (!is_listpack (self))
    return cf_dict_remove (self->hashed.dict, field);
  at = find_in_listpack (self, field);
  if (at == 0)
    return FALSE;
  (void) cf_listpack_remove (&self->hashed.listpack, at, 2);
  return TRUE;
}

typedef struct
{
  CfHashmapFunc func;
  gpointer data;
} Visitor;

static void
visit_node (CfDictNode *node, gpointer data)
{
  const Visitor *visitor = data;
  CfSlice field, value;

  read_node (node, &field, &value);
  visitor->func (field, value, visitor->data);
}

static void
visit_pair (const CfHashmap *self,
            CfListpackAt at,
            CfHashmapFunc func,
            gpointer data)
{
  char scratch[2][CF_HASHMAP_SCRATCH];
  CfSlice field = cf_listpack_get (self->hashed.listpack, at, scratch[0]);

  at = cf_listpack_next (self->hashed.listpack, at);
  func (field, cf_listpack_get (self->hashed.listpack, at, scratch[1]), data);
}

static CfListpackAt
next_pair (const CfHashmap *self, CfListpackAt at)
{
  return cf_listpack_next (self->hashed.listpack,
                           cf_listpack_next (self->hashed.listpack, at));
}

/**
 * cf_hashmap_draw:
 * @self: a hash that is not empty
 * @n: how often
 * @func: called for a field and its value; must not change the hash
 * @data: for @func
 *
 * Draws any field, each with the same chance, again and again.
 */
void
cf_hashmap_draw (const CfHashmap *self,
                 gsize n,
                 CfHashmapFunc func,
                 gpointer data)
{
  Visitor visitor = { func, data };
  g_autofree CfListpackAt *places = NULL;
  gsize n_fields = cf_hashmap_n (self);
  CfListpackAt at;

  if (!is_listpack (self))
    {
      for (gsize i = 0; i < n; i++)
        visit_node (cf_dict_random (self->hashed.dict), &visitor);
      return;
    }
  if (n == 1)
    {
      at = cf_listpack_seek (self->hashed.listpack,
                             (gint64) (2 * cf_random_below (n_fields)));
      visit_pair (self, at, func, data);
      return;
    }
  places = g_new (CfListpackAt, n_fields);
  at = cf_listpack_first (self->hashed.listpack);
  for (gsize i = 0; i < n_fields; i++, at = next_pair (self, at))
    {
      places[i] = at;
      if (i + 1 == n_fields)
        break;
    }
  for (gsize i = 0; i < n; i++)
    visit_pair (self, places[cf_random_below (n_fields)], func, data);
}

/**
 * cf_hashmap_sample:
 * @self: a hash
 * @n: how many fields to choose
 * @func: called for each of them; must not change the hash
 * @data: for @func
 *
 * Chooses different fields, all if there are no more than @n.
 */
void
cf_hashmap_sample (const CfHashmap *self,
                   gsize n,
                   CfHashmapFunc func,
                   gpointer data)
{
  Visitor visitor = { func, data };
  CfListpackAt at;
  gsize left;

  if (!is_listpack (self))
    {
      cf_dict_sample (self->hashed.dict, n, visit_node, &visitor);
      return;
    }
  at = cf_listpack_first (self->hashed.listpack);
  for (left = cf_hashmap_n (self); left > 0 && n > 0; left--)
    {
      if (cf_random_below (left) < n)
        {
          visit_pair (self, at, func, data);
          n--;
        }
      if (n > 0)
        at = next_pair (self, at);
    }
}

/**
 * cf_hashmap_scan:
 * @self: a hash
 * @cursor: 0, or what the call before returned
 * @func: called for some fields; must not change the hash
 * @data: for @func
 *
 * Returns: the next cursor, 0 when all were seen
 */
guint64
cf_hashmap_scan (const CfHashmap *self,
                 guint64 cursor,
                 CfHashmapFunc func,
                 gpointer data)
{
  Visitor visitor = { func, data };

  if (!is_listpack (self))
    return cf_dict_scan (self->hashed.dict, cursor, visit_node, &visitor);
  for (CfListpackAt at = cf_listpack_first (self->hashed.listpack); at != 0;
       at = next_pair (self, at))
    visit_pair (self, at, func, data);
  return 0;
}

/**
 * cf_hashmap_iter_init:
 * @self: an iterator
 * @hash: a hash, which must not change while it is in use
 *
 * Makes it stand before the first field.
 */
void
cf_hashmap_iter_init (CfHashmapIter *self, const CfHashmap *hash)
{
  self->hash = hash;
  if (is_listpack (hash))
    self->at = cf_listpack_first (hash->hashed.listpack);
  else
    cf_dict_iter_init (&self->iter, hash->hashed.dict);
}

/**
 * cf_hashmap_iter_next:
 * @self: an iterator
 * @field: (out): the next field
 * @value: (out): its value
 *
 * Returns: %FALSE if there is none
 */
gboolean
cf_hashmap_iter_next (CfHashmapIter *self, CfSlice *field, CfSlice *value)
{
  const CfDictNode *node;

  if (is_listpack (self->hash))
    {
      const CfListpack *listpack = self->hash->hashed.listpack;

      if (self->at == 0)
        return FALSE;
      *field = cf_listpack_get (listpack, self->at, self->scratch[0]);
      self->at = cf_listpack_next (listpack, self->at);
      *value = cf_listpack_get (listpack, self->at, self->scratch[1]);
      self->at = cf_listpack_next (listpack, self->at);
      return TRUE;
    }
  node = cf_dict_iter_next (&self->iter);
  if (node == NULL)
    return FALSE;
  read_node (node, field, value);
  return TRUE;
}
