/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/hashmap.h"

#include "base/memory.h"
#include "base/random.h"
#include "types/packed.h"

/* The class tells how the fields are kept. */
struct _CfHashmap
{
  CfObject object;
  union
  {
    CfListpack *listpack; /* (owned) */
    CfDict *dict;         /* (owned) */
  };
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

static CfDict *
try_new_dict (void)
{
  CfDict *dict = g_try_new (CfDict, 1);

  if (dict != NULL)
    cf_dict_init (dict, &node_class);
  return dict;
}

static void
free_dict (CfDict *dict)
{
  cf_dict_clear (dict);
  g_free (dict);
}

static gboolean
insert_new (CfDict *dict, CfSlice field, CfSlice value, guint64 hash)
{
  CfDictNode *node = try_new_node (field, value);

  if (node == NULL)
    return FALSE;
  if (cf_dict_insert_hashed (dict, node, hash))
    return TRUE;
  free_node (node);
  return FALSE;
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

static CfHashmap *try_new (const CfObjectClass *class, gpointer data);
static const CfObjectClass listpack_class;
static const CfObjectClass dict_class;

static inline gboolean
is_listpack (const CfHashmap *self)
{
  return self->object.class == &listpack_class;
}

static gsize
n_elements (const CfObject *object)
{
  return cf_hashmap_n ((const CfHashmap *) object);
}

static void
listpack_free (CfObject *object)
{
  g_free (((CfHashmap *) object)->listpack);
  g_free (object);
}

static CfObject *
listpack_try_copy (const CfObject *object)
{
  CfListpack *copy =
      cf_listpack_try_copy (((const CfHashmap *) object)->listpack);

  if (copy == NULL)
    return NULL;
  return (CfObject *) cf_hashmap_try_new_listpack (copy);
}

static gsize
listpack_n_blocks (const CfObject *object)
{
  (void) object;
  return 2;
}

static gsize
listpack_memory (const CfObject *object, gsize samples)
{
  (void) samples;
  return cf_memory_usable (object) +
         cf_memory_usable (((const CfHashmap *) object)->listpack);
}

static const char *
listpack_encoding (const CfObject *object)
{
  (void) object;
  return "listpack";
}

static void
dict_free (CfObject *object)
{
  free_dict (((CfHashmap *) object)->dict);
  g_free (object);
}

static CfObject *
dict_try_copy (const CfObject *object)
{
  CfDict *copy = try_new_dict ();
  const CfDictNode *node;
  CfDictIter iter;

  if (copy == NULL)
    return NULL;
  cf_dict_iter_init (&iter, ((const CfHashmap *) object)->dict);
  while ((node = cf_dict_iter_next (&iter)) != NULL)
    {
      CfSlice field, value;

      read_node (node, &field, &value);
      if (insert_new (copy, field, value, cf_dict_hash (field)))
        continue;
      free_dict (copy);
      return NULL;
    }
  return (CfObject *) try_new (&dict_class, copy);
}

static gsize
dict_n_blocks (const CfObject *object)
{
  return cf_dict_n (((const CfHashmap *) object)->dict);
}

static gsize
dict_memory (const CfObject *object, gsize samples)
{
  const CfDict *dict = ((const CfHashmap *) object)->dict;

  return cf_memory_usable (object) + cf_memory_usable (dict) +
         cf_dict_memory (dict) + cf_dict_memory_of_nodes (dict, samples);
}

static const char *
dict_encoding (const CfObject *object)
{
  (void) object;
  return "hashtable";
}

static const CfObjectClass listpack_class = {
  .type = CF_TYPE_HASH,
  .free = listpack_free,
  .try_copy = listpack_try_copy,
  .n_elements = n_elements,
  .n_blocks = listpack_n_blocks,
  .memory = listpack_memory,
  .encoding = listpack_encoding,
};

static const CfObjectClass dict_class = {
  .type = CF_TYPE_HASH,
  .free = dict_free,
  .try_copy = dict_try_copy,
  .n_elements = n_elements,
  .n_blocks = dict_n_blocks,
  .memory = dict_memory,
  .encoding = dict_encoding,
};

/* Takes @data, in any case. */
static CfHashmap *
try_new (const CfObjectClass *class, gpointer data)
{
  CfHashmap *self = g_try_new (CfHashmap, 1);

  if (self == NULL)
    {
      if (class == &dict_class)
        free_dict (data);
      else
        g_free (data);
      return NULL;
    }
  self->object.class = class;
  if (class == &dict_class)
    self->dict = data;
  else
    self->listpack = data;
  return self;
}

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

  self->object.class = &listpack_class;
  self->listpack = cf_listpack_new ();
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
  return try_new (&listpack_class, listpack);
}

/**
 * cf_hashmap_free:
 * @self: (nullable) (transfer full): a hash
 */
void
cf_hashmap_free (CfHashmap *self)
{
  if (self != NULL)
    cf_object_free (&self->object);
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
  return is_listpack (self) ? self->listpack : NULL;
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
  return is_listpack (self) ? cf_listpack_n (self->listpack) / 2
                            : cf_dict_n (self->dict);
}

/* Where a field is in the listpack, or 0. */
static CfListpackAt
find_in_listpack (const CfHashmap *self, CfSlice field)
{
  return cf_listpack_find (self->listpack, cf_listpack_first (self->listpack),
                           field, 1);
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
                            : cf_dict_find (self->dict, field) != NULL;
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
      at = cf_listpack_next (self->listpack, at);
      *value = cf_listpack_get (self->listpack, at, scratch);
      return TRUE;
    }
  node = cf_dict_find (self->dict, field);
  if (node == NULL)
    return FALSE;
  read_node (node, &field, value);
  return TRUE;
}

/* FALSE: no memory; it is a listpack still. */
static gboolean
become_dict (CfHashmap *self)
{
  CfDict *dict = try_new_dict ();
  CfSlice field, value;
  CfHashmapIter iter;

  if (dict == NULL)
    return FALSE;
  cf_hashmap_iter_init (&iter, self);
  while (cf_hashmap_iter_next (&iter, &field, &value))
    if (!insert_new (dict, field, value, cf_dict_hash (field)))
      {
        free_dict (dict);
        return FALSE;
      }
  g_free (self->listpack);
  self->dict = dict;
  self->object.class = &dict_class;
  return TRUE;
}

static gboolean
set_in_dict (CfHashmap *self, CfSlice field, CfSlice value, gboolean *added)
{
  guint64 hash = cf_dict_hash (field);
  CfDictLink *link = cf_dict_find_link (self->dict, field, hash);

  *added = FALSE;
  if (link != NULL)
    return set_value (link, value);
  if (!insert_new (self->dict, field, value, hash))
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
             CF_LISTPACK_MAX - cf_listpack_size (self->listpack);
}

/* Gives the field at @at another value.  The limits may be lower than they
 * were when it came. */
static gboolean
replace_value (CfHashmap *self,
               CfListpackAt at,
               CfSlice value,
               const CfHashmapLimits *limits)
{
  if (!cf_listpack_replace (&self->listpack,
                            cf_listpack_next (self->listpack, at), value))
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
  *added = append_pair (&self->listpack, field, value);
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
    return cf_dict_remove (self->dict, field);
  at = find_in_listpack (self, field);
  if (at == 0)
    return FALSE;
  (void) cf_listpack_remove (&self->listpack, at, 2);
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
  CfSlice field = cf_listpack_get (self->listpack, at, scratch[0]);

  at = cf_listpack_next (self->listpack, at);
  func (field, cf_listpack_get (self->listpack, at, scratch[1]), data);
}

static CfListpackAt
next_pair (const CfHashmap *self, CfListpackAt at)
{
  return cf_listpack_next (self->listpack,
                           cf_listpack_next (self->listpack, at));
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
        visit_node (cf_dict_random (self->dict), &visitor);
      return;
    }
  if (n == 1)
    {
      at = cf_listpack_seek (self->listpack,
                             (gint64) (2 * cf_random_below (n_fields)));
      visit_pair (self, at, func, data);
      return;
    }
  places = g_new (CfListpackAt, n_fields);
  at = cf_listpack_first (self->listpack);
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
      cf_dict_sample (self->dict, n, visit_node, &visitor);
      return;
    }
  at = cf_listpack_first (self->listpack);
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
    return cf_dict_scan (self->dict, cursor, visit_node, &visitor);
  for (CfListpackAt at = cf_listpack_first (self->listpack); at != 0;
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
    self->at = cf_listpack_first (hash->listpack);
  else
    cf_dict_iter_init (&self->iter, hash->dict);
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
      const CfListpack *listpack = self->hash->listpack;

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
