/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/list-chunk.h"

#include "base/number.h"

static gsize plain_size = G_MAXSIZE; /* (atomic) */

/**
 * cf_list_set_plain_size:
 * @size: of an element that is to be a blob of its own; 0: however large, if
 *   it fits in a node
 *
 * Sets this for all lists, as far as elements are put into them from now on.
 */
void
cf_list_set_plain_size (gsize size)
{
  __atomic_store_n (&plain_size, size > 0 ? size : G_MAXSIZE, __ATOMIC_RELAXED);
}

/**
 * cf_list_get_plain_size:
 *
 * Returns: what cf_list_set_plain_size() set
 */
gsize
cf_list_get_plain_size (void)
{
  return __atomic_load_n (&plain_size, __ATOMIC_RELAXED);
}

static void
link_chunk (CfList *self, CfListChunk *chunk)
{
  *(chunk->previous != NULL ? &chunk->previous->next : &self->first) = chunk;
  *(chunk->next != NULL ? &chunk->next->previous : &self->last) = chunk;
}

static void
unlink_chunk (CfList *self, CfListChunk *chunk)
{
  *(chunk->previous != NULL ? &chunk->previous->next : &self->first) =
      chunk->next;
  *(chunk->next != NULL ? &chunk->next->previous : &self->last) =
      chunk->previous;
}

static gsize
chunk_size (guint capacity)
{
  return sizeof (CfListChunk) + capacity * sizeof (CfListNode);
}

/**
 * cf_list_try_add_chunk:
 * @self: a list
 * @previous: (nullable): a chunk of it
 * @next: (nullable): the one after that
 * @capacity: for how many nodes
 *
 * Puts an empty chunk between two that are neighbours.
 *
 * Returns: (transfer none) (nullable): the chunk; %NULL: no memory
 */
CfListChunk *
cf_list_try_add_chunk (CfList *self,
                       CfListChunk *previous,
                       CfListChunk *next,
                       guint capacity)
{
  CfListChunk *chunk = g_try_malloc (chunk_size (capacity));

  if (chunk == NULL)
    return NULL;
  *chunk =
      (CfListChunk){ .previous = previous, .next = next, .capacity = capacity };
  link_chunk (self, chunk);
  return chunk;
}

/**
 * cf_list_free_chunk:
 * @chunk: (transfer full): a chunk
 *
 * Frees the chunk with all its nodes.
 */
void
cf_list_free_chunk (CfListChunk *chunk)
{
  for (guint i = 0; i < chunk->n_nodes; i++)
    cf_list_node_clear (&chunk->nodes[i]);
  g_free (chunk);
}

/* Sees that a chunk that is not full has room for one more node. */
static CfListChunk *
try_grow_chunk (CfList *self, CfListChunk *chunk)
{
  guint capacity = MIN (2 * chunk->capacity, CF_LIST_CHUNK);
  CfListChunk *grown;

  if (chunk->n_nodes < chunk->capacity)
    return chunk;
  grown = g_try_realloc (chunk, chunk_size (capacity));
  if (grown == NULL)
    return NULL;
  grown->capacity = capacity;
  link_chunk (self, grown);
  return grown;
}

/* Gives the second half of a full chunk to a new one behind it. */
static gboolean
split_chunk (CfList *self, CfListChunk *chunk)
{
  CfListChunk *rest =
      cf_list_try_add_chunk (self, chunk, chunk->next, CF_LIST_CHUNK);
  guint n = chunk->n_nodes / 2;

  if (rest == NULL)
    return FALSE;
  rest->n_nodes = chunk->n_nodes - n;
  memcpy (rest->nodes, chunk->nodes + n, rest->n_nodes * sizeof (CfListNode));
  for (guint i = 0; i < rest->n_nodes; i++)
    rest->n += rest->nodes[i].n;
  chunk->n -= rest->n;
  chunk->n_nodes = n;
  return TRUE;
}

/* Where there is room for a node that is to be number *@at of @chunk, which
 * may be NULL if the list is empty. */
static CfListChunk *
try_find_room (CfList *self, CfListChunk *chunk, guint *at)
{
  if (chunk == NULL)
    return cf_list_try_add_chunk (self, NULL, NULL, 1);
  if (chunk->n_nodes < CF_LIST_CHUNK)
    return try_grow_chunk (self, chunk);
  if (*at == 0 && chunk->previous == NULL)
    return cf_list_try_add_chunk (self, NULL, chunk, 4);
  if (*at == chunk->n_nodes && chunk->next == NULL)
    {
      *at = 0;
      return cf_list_try_add_chunk (self, chunk, NULL, 4);
    }
  if (!split_chunk (self, chunk))
    return NULL;
  if (*at <= chunk->n_nodes)
    return chunk;
  *at -= chunk->n_nodes;
  return try_grow_chunk (self, chunk->next);
}

/**
 * cf_list_add_node:
 * @self: a list
 * @chunk: (nullable): a chunk of it; %NULL: it is empty
 * @at: where in the chunk
 * @node: (transfer full): the node to add
 * @cursor: (out): on its first element
 *
 * Returns: %FALSE if there is no memory; the node is not taken then
 */
gboolean
cf_list_add_node (CfList *self,
                  CfListChunk *chunk,
                  guint at,
                  const CfListNode *node,
                  CfListCursor *cursor)
{
  chunk = try_find_room (self, chunk, &at);
  if (chunk == NULL)
    return FALSE;
  memmove (chunk->nodes + at + 1, chunk->nodes + at,
           (chunk->n_nodes - at) * sizeof (CfListNode));
  chunk->nodes[at] = *node;
  chunk->n_nodes++;
  chunk->n += node->n;
  self->n_nodes++;
  self->n += node->n;
  *cursor = (CfListCursor){ .chunk = chunk, .node = at, .at = node->start };
  return TRUE;
}

/**
 * cf_list_remove_node:
 * @self: a list
 * @chunk: a chunk of it, freed with its last node
 * @at: the number of a node of the chunk
 *
 * Removes a node with its elements.
 */
void
cf_list_remove_node (CfList *self, CfListChunk *chunk, guint at)
{
  CfListNode *node = &chunk->nodes[at];

  chunk->n -= node->n;
  self->n -= node->n;
  self->n_nodes--;
  cf_list_node_clear (node);
  chunk->n_nodes--;
  memmove (node, node + 1, (chunk->n_nodes - at) * sizeof (CfListNode));
  if (chunk->n_nodes > 0)
    return;
  unlink_chunk (self, chunk);
  g_free (chunk);
}

/**
 * cf_list_move_chunk:
 * @self: a list
 * @chunk: a chunk of it
 * @to: the list at whose end it is to be
 *
 * Moves a whole chunk to another list.
 */
void
cf_list_move_chunk (CfList *self, CfListChunk *chunk, CfList *to)
{
  unlink_chunk (self, chunk);
  self->n -= chunk->n;
  self->n_nodes -= chunk->n_nodes;
  chunk->previous = to->last;
  chunk->next = NULL;
  link_chunk (to, chunk);
  to->n += chunk->n;
  to->n_nodes += chunk->n_nodes;
}

/* -- Going over elements ------------------------------------------------- */

/* Of the element at @place, in the way that most are encoded, or any other. */
static inline gsize
decode (const guint8 *place, char *scratch, CfSlice *bytes)
{
  gsize body;

  if (G_LIKELY ((*place & 0xc0) == CF_LISTPACK_STRING_6))
    {
      *bytes = cf_slice ((const char *) place + 1, *place & 0x3f);
      return bytes->size + 2;
    }
  body = cf_listpack_body_size (place);
  if (cf_listpack_is_string (*place))
    *bytes = cf_slice ((const char *) place + cf_listpack_head_size (*place),
                       cf_listpack_string_size (place));
  else
    *bytes = cf_slice (scratch,
                       cf_format_int64 (scratch, cf_listpack_read_int (place)));
  return body + cf_listpack_back_size (body);
}

static void
each_in_node (
    const CfListNode *node, guint32 at, gsize n, CfListFunc func, gpointer data)
{
  char scratch[CF_LIST_SCRATCH];
  CfListElement element = { .blob = NULL };
  const guint8 *place;

  if (cf_list_node_is_blob (node))
    {
      element = (CfListElement){ cf_blob_slice (node->u.blob), node->u.blob };
      func (&element, data);
      return;
    }
  for (place = node->u.block + at; n > 0; n--)
    {
      place += decode (place, scratch, &element.bytes);
      func (&element, data);
    }
}

/**
 * cf_list_each:
 * @cursor: on an element
 * @n: how many elements to go over from there on; there are as many
 * @func: what to call for each
 * @data: what to give to @func
 *
 * Goes over elements more quickly than cf_list_next() and cf_list_get() do.
 */
void
cf_list_each (const CfListCursor *cursor,
              gsize n,
              CfListFunc func,
              gpointer data)
{
  const CfListChunk *chunk = cursor->chunk;
  const CfListNode *node = &chunk->nodes[cursor->node];
  guint32 at = cursor->at;
  gsize left = node->n - cursor->n;

  while (n > left)
    {
      each_in_node (node, at, left, func, data);
      n -= left;
      if (++node == &chunk->nodes[chunk->n_nodes])
        {
          chunk = chunk->next;
          node = chunk->nodes;
        }
      at = node->start;
      left = node->n;
    }
  if (n > 0)
    each_in_node (node, at, n, func, data);
}
