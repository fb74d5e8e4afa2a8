/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/dict.h"

#include <math.h>

#include "base/memory.h"
#include "base/random.h"

#define SEGMENT_SIZE ((gsize) 1024) /* buckets; a power of two */
/* A choice looks at this many buckets at a time: a line of the cache. */
#define GROUP_SIZE ((gsize) 8)
/* How many buckets a removal joins at most, so that the table is not left
 * sparse by removals alone. */
#define MOST_JOINED 3

static inline CfDictLink *
bucket_at (const CfDict *self, gsize i)
{
  return &self->segments[i / SEGMENT_SIZE][i % SEGMENT_SIZE];
}

static inline gsize
bucket_of (const CfDict *self, guint64 hash)
{
  gsize i = hash & (2 * self->mask + 1);

  return i < self->n_buckets ? i : i & self->mask;
}

static inline CfSlice
key_of (const CfDict *self, const CfDictNode *node)
{
  return self->class->key (node);
}

/* The length of a chain, whose nodes need not be looked at unless it is
 * long. */
static inline gsize
chain_length (CfDictLink bucket)
{
  gsize length = bucket & CF_DICT_LONG;

  if (G_LIKELY (length < CF_DICT_LONG))
    return length;
  length = 0;
  for (const CfDictNode *node = cf_dict_link_node (bucket); node != NULL;
       node = cf_dict_link_node (node->next))
    length++;
  return length;
}

static inline void
push (CfDictLink *bucket, CfDictNode *node)
{
  CfDictLink length = *bucket & CF_DICT_LONG;

  node->next = *bucket & ~(CfDictLink) CF_DICT_LONG;
  *bucket = (CfDictLink) node | MIN (length + 1, CF_DICT_LONG);
}

/* Takes the node out that @link, in the chain of @bucket, leads to. */
static void
unlink_node (CfDictLink *bucket, CfDictLink *link)
{
  gsize length = chain_length (*bucket) - 1;
  CfDictLink next = cf_dict_link_node (*link)->next;

  *link = next;
  *bucket = (*bucket & ~(CfDictLink) CF_DICT_LONG) | MIN (length, CF_DICT_LONG);
}

static gsize
n_segments (const CfDict *self)
{
  return (self->n_buckets + SEGMENT_SIZE - 1) / SEGMENT_SIZE;
}

/* How many places there are for @n_buckets in the only segment. */
static gsize
places_for (gsize n_buckets)
{
  gsize places = 4;

  while (places < n_buckets)
    places *= 2;
  return places;
}

/* The directory has room for a power of two of segments. */
static gboolean
resize_directory (CfDict *self, gsize n)
{
  CfDictLink **directory = g_try_renew (CfDictLink *, self->segments, n);

  if (directory == NULL)
    return FALSE;
  self->segments = directory;
  return TRUE;
}

/* Makes the only segment as large as @n_buckets need. */
static gboolean
resize_first (CfDict *self, gsize n_buckets)
{
  CfDictLink *segment =
      g_try_renew (CfDictLink, self->segments[0],
                   MIN (places_for (n_buckets), SEGMENT_SIZE));

  if (segment == NULL)
    return FALSE;
  self->segments[0] = segment;
  return TRUE;
}

/* Room for one more bucket, which is not in the table yet. */
static gboolean
add_place (CfDict *self)
{
  gsize n = self->n_buckets, segment = n / SEGMENT_SIZE;

  if (n < SEGMENT_SIZE)
    {
      if (n >= 4 && (n & (n - 1)) == 0 && !resize_first (self, n + 1))
        return FALSE;
    }
  else if (n % SEGMENT_SIZE == 0)
    {
      if ((segment & (segment - 1)) == 0 &&
          !resize_directory (self, 2 * segment))
        return FALSE;
      self->segments[segment] = g_try_new (CfDictLink, SEGMENT_SIZE);
      if (self->segments[segment] == NULL)
        return FALSE;
    }
  *bucket_at (self, n) = 0;
  return TRUE;
}

/* Gives back what the last bucket, which has left the table, needed. */
static void
remove_place (CfDict *self)
{
  gsize n = self->n_buckets, segment = n / SEGMENT_SIZE;

  if (n < SEGMENT_SIZE)
    {
      if (n >= 4 && (n & (n - 1)) == 0)
        (void) resize_first (self, n);
    }
  else if (n % SEGMENT_SIZE == 0)
    {
      g_free (self->segments[segment]);
      if ((segment & (segment - 1)) == 0)
        (void) resize_directory (self, segment);
    }
}

static gboolean
begin (CfDict *self)
{
  self->segments = g_try_new (CfDictLink *, 1);
  if (self->segments == NULL)
    return FALSE;
  self->segments[0] = g_try_new (CfDictLink, places_for (1));
  if (self->segments[0] == NULL)
    {
      g_clear_pointer (&self->segments, g_free);
      return FALSE;
    }
  self->segments[0][0] = 0;
  self->n_buckets = 1;
  self->mask = 0;
  return TRUE;
}

/* One bucket more: moves there what belongs there, from the one it splits. */
static void
grow (CfDict *self)
{
  gsize high = self->mask + 1, last = self->n_buckets;
  CfDictLink *from, *to, chain;

  /* Without memory the chains get longer, and nothing else happens. */
  if (!add_place (self))
    return;
  from = bucket_at (self, last & self->mask);
  to = bucket_at (self, last);
  chain = *from;
  *from = 0;
  for (CfDictNode *node = cf_dict_link_node (chain), *next; node != NULL;
       node = next)
    {
      next = cf_dict_link_node (node->next);
      push ((cf_dict_hash (key_of (self, node)) & high) != 0 ? to : from, node);
    }
  self->n_buckets++;
  if (self->n_buckets == 2 * high)
    self->mask = 2 * high - 1;
}

/* One bucket less: joins the last to the one it was split from. */
static void
shrink (CfDict *self)
{
  gsize last = self->n_buckets - 1;
  CfDictLink *to, chain = *bucket_at (self, last);

  if (last == self->mask)
    self->mask /= 2;
  self->n_buckets = last;
  to = bucket_at (self, last & self->mask);
  for (CfDictNode *node = cf_dict_link_node (chain), *next; node != NULL;
       node = next)
    {
      next = cf_dict_link_node (node->next);
      push (to, node);
    }
  remove_place (self);
}

static void
free_table (CfDict *self)
{
  for (gsize i = 0; i < n_segments (self); i++)
    g_free (self->segments[i]);
  g_free (self->segments);
  cf_dict_init (self, self->class);
}

/**
 * cf_dict_init:
 * @self: a dict
 * @class: what its nodes are
 *
 * Makes it an empty one.  Nothing is allocated.
 */
void
cf_dict_init (CfDict *self, const CfDictClass *class)
{
  *self = (CfDict){ .class = class };
}

/**
 * cf_dict_clear:
 * @self: a dict
 *
 * Frees all nodes and all memory; it is empty then, and may be used on.
 */
void
cf_dict_clear (CfDict *self)
{
  for (gsize i = 0; i < self->n_buckets; i++)
    for (CfDictNode *node = cf_dict_link_node (*bucket_at (self, i)), *next;
         node != NULL; node = next)
      {
        next = cf_dict_link_node (node->next);
        self->class->free (node);
      }
  free_table (self);
}

/**
 * cf_dict_memory:
 * @self: a dict
 *
 * Returns: the bytes that it takes beside its nodes and itself
 */
gsize
cf_dict_memory (const CfDict *self)
{
  gsize n = n_segments (self), places = n * SEGMENT_SIZE;

  if (n == 0)
    return 0;
  if (n == 1)
    places = MIN (places_for (self->n_buckets), SEGMENT_SIZE);
  return (n + places) * sizeof (CfDictLink);
}

/**
 * cf_dict_find_link:
 * @self: a dict
 * @key: a key
 * @hash: its hash
 *
 * Returns: (transfer none) (nullable): where the link to the node of @key
 *   stands
 */
CfDictLink *
cf_dict_find_link (CfDict *self, CfSlice key, guint64 hash)
{
  CfDictLink *link;

  if (self->n_buckets == 0)
    return NULL;
  link = bucket_at (self, bucket_of (self, hash));
  for (CfDictNode *node; (node = cf_dict_link_node (*link)) != NULL;
       link = &node->next)
    if (cf_slice_equal (key_of (self, node), key))
      return link;
  return NULL;
}

/**
 * cf_dict_find_hashed:
 * @self: a dict
 * @key: a key
 * @hash: its hash
 *
 * Returns: (transfer none) (nullable): the node of @key
 */
CfDictNode *
cf_dict_find_hashed (const CfDict *self, CfSlice key, guint64 hash)
{
  const CfDictNode *node;

  if (self->n_buckets == 0)
    return NULL;
  node = cf_dict_link_node (*bucket_at (self, bucket_of (self, hash)));
  while (node != NULL && !cf_slice_equal (key_of (self, node), key))
    node = cf_dict_link_node (node->next);
  return (CfDictNode *) node;
}

/**
 * cf_dict_find:
 * @self: a dict
 * @key: a key
 *
 * Returns: (transfer none) (nullable): the node of @key
 */
CfDictNode *
cf_dict_find (const CfDict *self, CfSlice key)
{
  return cf_dict_find_hashed (self, key, cf_dict_hash (key));
}

/**
 * cf_dict_insert_hashed:
 * @self: a dict
 * @node: (transfer full): a node whose key is not in the dict
 * @hash: the hash of its key
 *
 * Returns: %FALSE when there is no memory; @node is the caller's still
 */
gboolean
cf_dict_insert_hashed (CfDict *self, CfDictNode *node, guint64 hash)
{
  g_assert (((guintptr) node & CF_DICT_LONG) == 0);
  if (self->n_buckets == 0 && !begin (self))
    return FALSE;
  push (bucket_at (self, bucket_of (self, hash)), node);
  self->n_nodes++;
  if (self->n_nodes > self->n_buckets)
    grow (self);
  return TRUE;
}

/**
 * cf_dict_insert:
 * @self: a dict
 * @node: (transfer full): a node whose key is not in the dict
 *
 * Returns: %FALSE when there is no memory; @node is the caller's still
 */
gboolean
cf_dict_insert (CfDict *self, CfDictNode *node)
{
  return cf_dict_insert_hashed (self, node, cf_dict_hash (key_of (self, node)));
}

/**
 * cf_dict_take_hashed:
 * @self: a dict
 * @node: (transfer full) (nullable): a node whose key is not in the dict, or
 *   %NULL because there was no memory for it
 * @hash: the hash of its key
 *
 * Returns: %FALSE when there is, or was, no memory; @node is freed then
 */
gboolean
cf_dict_take_hashed (CfDict *self, CfDictNode *node, guint64 hash)
{
  if (node == NULL)
    return FALSE;
  if (cf_dict_insert_hashed (self, node, hash))
    return TRUE;
  self->class->free (node);
  return FALSE;
}

/**
 * cf_dict_steal_hashed:
 * @self: a dict
 * @key: a key
 * @hash: its hash
 *
 * Takes a node out of the dict.
 *
 * Returns: (transfer full) (nullable): the node of @key
 */
CfDictNode *
cf_dict_steal_hashed (CfDict *self, CfSlice key, guint64 hash)
{
  CfDictLink *link = cf_dict_find_link (self, key, hash);
  CfDictNode *node;

  if (link == NULL)
    return NULL;
  node = cf_dict_link_node (*link);
  unlink_node (bucket_at (self, bucket_of (self, hash)), link);
  self->n_nodes--;
  if (self->n_nodes == 0)
    {
      free_table (self);
      return node;
    }
  for (int i = 0; i < MOST_JOINED && self->n_nodes < self->n_buckets / 2; i++)
    shrink (self);
  return node;
}

/**
 * cf_dict_steal:
 * @self: a dict
 * @key: a key
 *
 * Takes a node out of the dict.
 *
 * Returns: (transfer full) (nullable): the node of @key
 */
CfDictNode *
cf_dict_steal (CfDict *self, CfSlice key)
{
  return cf_dict_steal_hashed (self, key, cf_dict_hash (key));
}

/**
 * cf_dict_remove:
 * @self: a dict
 * @key: a key, which may be that of the node itself
 *
 * Takes a node out of the dict and frees it.
 *
 * Returns: %FALSE if there was none
 */
gboolean
cf_dict_remove (CfDict *self, CfSlice key)
{
  CfDictNode *node = cf_dict_steal (self, key);

  if (node == NULL)
    return FALSE;
  self->class->free (node);
  return TRUE;
}

/* The buckets of a group, whose number of nodes is returned. */
static gsize
group_length (const CfDict *self, gsize group)
{
  const CfDictLink *buckets = bucket_at (self, group * GROUP_SIZE);
  gsize n = MIN (GROUP_SIZE, self->n_buckets - group * GROUP_SIZE), sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += chain_length (buckets[i]);
  return sum;
}

static CfDictNode *
group_node (const CfDict *self, gsize group, gsize i)
{
  const CfDictLink *bucket = bucket_at (self, group * GROUP_SIZE);
  CfDictNode *node;

  for (gsize length; i >= (length = chain_length (*bucket)); bucket++)
    i -= length;
  node = cf_dict_link_node (*bucket);
  for (; i > 0; i--)
    node = cf_dict_link_node (node->next);
  return node;
}

/* More nodes than a group has: six standard deviations and some above the
 * mean of those that are fullest, which are those not split yet. */
static gsize
group_most (const CfDict *self)
{
  double mean =
      (double) GROUP_SIZE * (double) self->n_nodes / (double) (self->mask + 1);

  return (gsize) (mean + 6 * sqrt (mean)) + 4;
}

/**
 * cf_dict_random:
 * @self: a dict
 *
 * Draws a group of buckets and the number of a node in it, until there is one
 * of that number: four times on average, at one line of the cache each.  A
 * group with more nodes than the numbers reach, one in a million, gets its
 * due but for the little that it is fuller.
 *
 * Returns: (transfer none) (nullable): a node, each with the same chance
 */
CfDictNode *
cf_dict_random (const CfDict *self)
{
  gsize n_groups = (self->n_buckets + GROUP_SIZE - 1) / GROUP_SIZE;
  gsize most;

  if (self->n_nodes == 0)
    return NULL;
  most = n_groups == 1 ? self->n_nodes : group_most (self);
  while (TRUE)
    {
      gsize group = n_groups == 1 ? 0 : cf_random_below (n_groups);
      gsize i = cf_random_below (most), length = group_length (self, group);

      if (i < length)
        return group_node (self, group,
                           length > most ? cf_random_below (length) : i);
    }
}

static guint64
reverse_bits (guint64 word)
{
  word = (word >> 1 & 0x5555555555555555u) | (word & 0x5555555555555555u) << 1;
  word = (word >> 2 & 0x3333333333333333u) | (word & 0x3333333333333333u) << 2;
  word = (word >> 4 & 0x0f0f0f0f0f0f0f0fu) | (word & 0x0f0f0f0f0f0f0f0fu) << 4;
  return GUINT64_SWAP_LE_BE (word);
}

/**
 * cf_dict_scan:
 * @self: a dict
 * @cursor: 0, or what the call before returned
 * @func: called for each node of a bucket
 * @data: for @func
 *
 * A cursor, its bits reversed, is how much of the space of hashes, their bits
 * reversed too, has been seen.  A bucket is an interval of that space, and
 * stays one whether it is split or joined.
 *
 * Returns: the next cursor, 0 when all was seen
 */
guint64
cf_dict_scan (const CfDict *self,
              guint64 cursor,
              CfDictFunc func,
              gpointer data)
{
  gsize i, mask;

  if (self->n_buckets == 0)
    return 0;
  i = bucket_of (self, cursor);
  for (CfDictNode *node = cf_dict_link_node (*bucket_at (self, i)), *next;
       node != NULL; node = next)
    {
      next = cf_dict_link_node (node->next);
      func (node, data);
    }
  mask = self->mask;
  if ((i & mask) + mask + 1 < self->n_buckets)
    mask = 2 * mask + 1;
  return reverse_bits (reverse_bits (i | ~(guint64) mask) + 1);
}

/**
 * cf_dict_iter_init:
 * @self: an iterator
 * @dict: a dict, which must not change while it is in use
 *
 * Makes it stand before the first node.
 */
void
cf_dict_iter_init (CfDictIter *self, const CfDict *dict)
{
  *self = (CfDictIter){ dict, 0, NULL };
}

/**
 * cf_dict_iter_next:
 * @self: an iterator
 *
 * Returns: (transfer none) (nullable): the next node, %NULL after the last
 */
CfDictNode *
cf_dict_iter_next (CfDictIter *self)
{
  if (self->node != NULL)
    self->node = cf_dict_link_node (self->node->next);
  while (self->node == NULL && self->bucket < self->dict->n_buckets)
    self->node = cf_dict_link_node (*bucket_at (self->dict, self->bucket++));
  return self->node;
}

/**
 * cf_dict_memory_of_nodes:
 * @self: a dict, each of whose nodes is a block of its own
 * @samples: how many nodes to look at, 0 for all of them
 *
 * Returns: the bytes that its nodes take, taking those for typical that were
 *   looked at
 */
gsize
cf_dict_memory_of_nodes (const CfDict *self, gsize samples)
{
  gsize n = 0, bytes = 0;
  const CfDictNode *node;
  CfDictIter iter;

  cf_dict_iter_init (&iter, self);
  for (; (samples == 0 || n < samples) &&
         (node = cf_dict_iter_next (&iter)) != NULL;
       n++)
    bytes += cf_memory_usable (node);
  if (n == 0 || n == self->n_nodes)
    return bytes;
  return (gsize) ((double) bytes / (double) n * (double) self->n_nodes);
}

/* Goes over all nodes and takes each with the chance that it has among those
 * that are left.  Source: Knuth, TAOCP 2, 3.4.2, algorithm S. */
static void
sample_by_walk (const CfDict *self, gsize n, CfDictFunc func, gpointer data)
{
  gsize left = self->n_nodes;
  CfDictNode *node;
  CfDictIter iter;

  cf_dict_iter_init (&iter, self);
  while (n > 0 && (node = cf_dict_iter_next (&iter)) != NULL)
    if (cf_random_below (left--) < n)
      {
        func (node, data);
        n--;
      }
}

/* Draws until there are enough different ones. */
static void
sample_by_draws (const CfDict *self, gsize n, CfDictFunc func, gpointer data)
{
  g_autoptr (GHashTable) drawn = g_hash_table_new (NULL, NULL);

  while (n > 0)
    {
      CfDictNode *node = cf_dict_random (self);

      if (!g_hash_table_add (drawn, node))
        continue;
      func (node, data);
      n--;
    }
}

/**
 * cf_dict_sample:
 * @self: a dict
 * @n: how many nodes to choose
 * @func: called for each of them; must not change the dict
 * @data: for @func
 *
 * Chooses different nodes, all if there are no more than @n.
 */
void
cf_dict_sample (const CfDict *self, gsize n, CfDictFunc func, gpointer data)
{
  if (n >= self->n_nodes / 4)
    sample_by_walk (self, MIN (n, self->n_nodes), func, data);
  else
    sample_by_draws (self, n, func, data);
}
