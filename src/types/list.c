/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/list.h"

#include "base/number.h"
#include "types/list-chunk.h"

/* What Redis allows for besides the bytes of an element. */
#define ELEMENT_BYTES 8

/* -- The object ----------------------------------------------------------- */

static void
on_free (CfObject *object)
{
  cf_list_free ((CfList *) object);
}

static gboolean
copy_chunk (CfList *copy, const CfListChunk *chunk)
{
  CfListChunk *added =
      cf_list_try_add_chunk (copy, copy->last, NULL, chunk->n_nodes);

  if (added == NULL)
    return FALSE;
  for (guint i = 0; i < chunk->n_nodes; i++)
    {
      if (!cf_list_node_try_copy (&chunk->nodes[i], &added->nodes[i]))
        return FALSE;
      added->n_nodes++;
    }
  added->n = chunk->n;
  return TRUE;
}

static CfObject *
on_copy (const CfObject *object)
{
  const CfList *self = (const CfList *) object;
  g_autoptr (CfList) copy = cf_list_new ();

  copy->n = self->n;
  copy->n_nodes = self->n_nodes;
  for (const CfListChunk *chunk = self->first; chunk != NULL;
       chunk = chunk->next)
    if (!copy_chunk (copy, chunk))
      return NULL;
  return cf_list_object (g_steal_pointer (&copy));
}

static gsize
on_count (const CfObject *object)
{
  return ((const CfList *) object)->n;
}

static gsize
on_count_blocks (const CfObject *object)
{
  const CfList *self = (const CfList *) object;

  return 1 + self->n_nodes + self->n_nodes / CF_LIST_CHUNK;
}

/* Looks at as many nodes. */
static gsize
on_measure (const CfObject *object, gsize samples)
{
  const CfList *self = (const CfList *) object;
  gsize n = 0, memory = 0;

  for (const CfListChunk *chunk = self->first; chunk != NULL;
       chunk = chunk->next)
    for (guint i = 0; i < chunk->n_nodes && (samples == 0 || n < samples);
         i++, n++)
      memory += sizeof (CfListNode) + cf_list_node_memory (&chunk->nodes[i]);
  if (n > 0 && n < self->n_nodes)
    memory = (gsize) ((double) memory / (double) n * (double) self->n_nodes);
  return sizeof (CfList) + sizeof (CfListChunk) + memory;
}

static const char *
on_name_encoding (const CfObject *object)
{
  return "quicklist";
}

static const CfObjectClass list_class = {
  .type = CF_TYPE_LIST,
  .free = on_free,
  .try_copy = on_copy,
  .n_elements = on_count,
  .n_blocks = on_count_blocks,
  .memory = on_measure,
  .encoding = on_name_encoding,
};

/**
 * cf_list_new:
 *
 * Returns: (transfer full): an empty list
 */
CfList *
cf_list_new (void)
{
  CfList *self = g_new0 (CfList, 1);

  self->object.class = &list_class;
  return self;
}

/**
 * cf_list_free:
 * @self: (nullable) (transfer full): a list
 *
 * Frees the list.
 */
void
cf_list_free (CfList *self)
{
  CfListChunk *next;

  if (self == NULL)
    return;
  for (CfListChunk *chunk = self->first; chunk != NULL; chunk = next)
    {
      next = chunk->next;
      cf_list_free_chunk (chunk);
    }
  g_free (self);
}

/**
 * cf_list_n:
 * @self: a list
 *
 * Returns: how many elements it has
 */
gsize
cf_list_n (const CfList *self)
{
  return self->n;
}

/* -- Elements and nodes --------------------------------------------------- */

static gsize
limit_bytes (gint limit)
{
  static const gsize kilobytes[] = { 4, 8, 16, 32, 64 };

  if (limit >= 0)
    return CF_LIST_SAFE_BYTES;
  return 1024 * kilobytes[MIN (-limit, 5) - 1];
}

static gboolean
is_large (const CfListElement *element, gint limit)
{
  return element->bytes.size > limit_bytes (limit) ||
         element->bytes.size >= cf_list_get_plain_size ();
}

/* Whether a node whose elements took @used bytes and were @n may have one more
 * of @size bytes. */
static gboolean
may_grow (gsize used, gsize n, gsize size, gint limit)
{
  return used + CF_LIST_PACK_BYTES + size + ELEMENT_BYTES <=
             limit_bytes (limit) &&
         (limit < 0 || n < (gsize) MAX (limit, 1));
}

static gboolean
fits (const CfListNode *node, const CfListElement *element, gint limit)
{
  return !cf_list_node_is_blob (node) && !is_large (element, limit) &&
         may_grow (cf_list_node_used (node), node->n, element->bytes.size,
                   limit);
}

/* A node with one element. */
static gboolean
make_node (CfListNode *node,
           const CfListElement *element,
           gint limit,
           gboolean at_front)
{
  CfListpackDraft draft;
  CfBlob *blob;

  *node = (CfListNode){ .n = 1 };
  if (!is_large (element, limit))
    {
      node->n = 0;
      return cf_listpack_draft (&draft, element->bytes) &&
             cf_list_node_insert (node, 0, &draft, at_front);
    }
  if (element->blob != NULL)
    {
      node->u.blob = cf_blob_ref (element->blob);
      return TRUE;
    }
  blob = cf_blob_try_new (element->bytes.size);
  if (blob == NULL)
    return FALSE;
  memcpy (blob->data, element->bytes.data, element->bytes.size);
  blob->size = element->bytes.size;
  node->u.blob = blob;
  return TRUE;
}

/* Adds a node with one element. */
static gboolean
add_element (CfList *self,
             CfListChunk *chunk,
             guint at,
             const CfListElement *element,
             gint limit,
             CfListCursor *cursor)
{
  CfListNode node;

  if (!make_node (&node, element, limit, at == 0))
    return FALSE;
  if (cf_list_add_node (self, chunk, at, &node, cursor))
    return TRUE;
  cf_list_node_clear (&node);
  return FALSE;
}

static gboolean
insert_into (CfList *self,
             const CfListCursor *place,
             const CfListElement *element,
             gboolean at_front)
{
  CfListpackDraft draft;

  if (!cf_listpack_draft (&draft, element->bytes) ||
      !cf_list_node_insert (&place->chunk->nodes[place->node], place->at,
                            &draft, at_front))
    return FALSE;
  place->chunk->n++;
  self->n++;
  return TRUE;
}

static inline CfListNode *
node_of (const CfListCursor *cursor)
{
  return &cursor->chunk->nodes[cursor->node];
}

/* -- The ends ------------------------------------------------------------- */

static CfListElement
element_at (const CfListNode *node, guint32 at, char *scratch)
{
  const guint8 *place;

  if (cf_list_node_is_blob (node))
    return (CfListElement){ cf_blob_slice (node->u.blob), node->u.blob };
  place = node->u.block + at;
  if (G_LIKELY (cf_listpack_is_string (*place)))
    return cf_list_element (
        cf_slice ((const char *) place + cf_listpack_head_size (*place),
                  cf_listpack_string_size (place)));
  return cf_list_element (cf_slice (
      scratch, cf_format_int64 (scratch, cf_listpack_read_int (place))));
}

/**
 * cf_list_push:
 * @self: a list
 * @end: where
 * @element: what; no part of the list itself
 * @limit: of a node
 *
 * Returns: %FALSE if there is no memory
 */
gboolean
cf_list_push (CfList *self,
              CfListEnd end,
              const CfListElement *element,
              gint limit)
{
  gboolean head = end == CF_LIST_HEAD;
  CfListChunk *chunk = head ? self->first : self->last;
  CfListCursor place = { .chunk = chunk };
  CfListNode *node;

  if (G_UNLIKELY (chunk == NULL))
    return add_element (self, NULL, 0, element, limit, &place);
  place.node = head ? 0 : chunk->n_nodes - 1;
  node = node_of (&place);
  if (G_LIKELY (fits (node, element, limit)))
    {
      place.at = head ? node->start : node->end;
      return insert_into (self, &place, element, head);
    }
  cf_list_node_fit (node);
  return add_element (self, chunk, head ? 0 : chunk->n_nodes, element, limit,
                      &place);
}

/**
 * cf_list_peek:
 * @self: a list that is not empty
 * @end: where
 * @scratch: room for the digits of an integer
 *
 * Returns: the element at that end
 */
CfListElement
cf_list_peek (const CfList *self, CfListEnd end, char scratch[CF_LIST_SCRATCH])
{
  const CfListNode *node;

  if (end == CF_LIST_HEAD)
    {
      node = &self->first->nodes[0];
      return element_at (node, node->start, scratch);
    }
  node = &self->last->nodes[self->last->n_nodes - 1];
  if (cf_list_node_is_blob (node))
    return element_at (node, 0, scratch);
  return element_at (
      node, node->end - cf_list_node_size_before (node, node->end), scratch);
}

/* Removes the first or last @n elements of a node that has more. */
static void
drop_from_node (CfList *self,
                CfListChunk *chunk,
                CfListNode *node,
                CfListEnd end,
                guint32 n)
{
  guint32 at;

  if (end == CF_LIST_HEAD)
    {
      at = n == 1 ? node->start + cf_list_node_size_at (node, node->start)
                  : cf_list_node_seek (node, n);
      cf_list_node_remove (node, node->start, at - node->start, n);
    }
  else
    {
      at = n == 1 ? node->end - cf_list_node_size_before (node, node->end)
                  : cf_list_node_seek (node, node->n - n);
      cf_list_node_remove (node, at, node->end - at, n);
    }
  chunk->n -= n;
  self->n -= n;
}

/**
 * cf_list_drop:
 * @self: a list that is not empty
 * @end: where
 *
 * Removes the element at that end.
 */
void
cf_list_drop (CfList *self, CfListEnd end)
{
  CfListChunk *chunk = end == CF_LIST_HEAD ? self->first : self->last;
  guint at = end == CF_LIST_HEAD ? 0 : chunk->n_nodes - 1;

  if (chunk->nodes[at].n == 1)
    cf_list_remove_node (self, chunk, at);
  else
    drop_from_node (self, chunk, &chunk->nodes[at], end, 1);
}

/**
 * cf_list_cut:
 * @self: a list
 * @end: where
 * @n: how many elements, at most as many as there are
 *
 * Removes elements at one end.
 *
 * Returns: (transfer full) (nullable): a list of some of them, in no order, if
 *   they are so many that it takes a while to free them
 */
CfList *
cf_list_cut (CfList *self, CfListEnd end, gsize n)
{
  g_autoptr (CfList) cut = cf_list_new ();

  while (n > 0)
    {
      CfListChunk *chunk = end == CF_LIST_HEAD ? self->first : self->last;
      guint at = end == CF_LIST_HEAD ? 0 : chunk->n_nodes - 1;
      CfListNode *node = &chunk->nodes[at];
      gsize before = self->n;

      if (n >= chunk->n)
        cf_list_move_chunk (self, chunk, cut);
      else if (n >= node->n)
        cf_list_remove_node (self, chunk, at);
      else
        drop_from_node (self, chunk, node, end, (guint32) n);
      n -= before - self->n;
    }
  return cut->n_nodes > CF_OBJECT_LARGE_BLOCKS ? g_steal_pointer (&cut) : NULL;
}

/* -- Cursors -------------------------------------------------------------- */

static void
enter_node (CfListCursor *cursor, CfListChunk *chunk, guint at, gsize index)
{
  const CfListNode *node = &chunk->nodes[at];

  *cursor = (CfListCursor){ .chunk = chunk, .node = at, .n = (guint32) index };
  if (!cf_list_node_is_blob (node))
    cursor->at = cf_list_node_seek (node, cursor->n);
}

/**
 * cf_list_seek:
 * @self: a list
 * @index: from 0 on, or from -1 backwards
 * @cursor: (out): what to put on the element
 *
 * Returns: %FALSE if there is no such element
 */
gboolean
cf_list_seek (const CfList *self, gint64 index, CfListCursor *cursor)
{
  gint64 n = (gint64) self->n;
  CfListChunk *chunk = self->first;
  gsize left;
  guint at = 0;

  if (index < 0)
    index += n;
  if (index < 0 || index >= n)
    return FALSE;
  left = (gsize) index;
  if (index < n / 2)
    for (; left >= chunk->n; chunk = chunk->next)
      left -= chunk->n;
  else
    {
      gsize behind = self->n - left; /* from the element on */

      for (chunk = self->last; behind > chunk->n; chunk = chunk->previous)
        behind -= chunk->n;
      left = chunk->n - behind;
    }
  for (; left >= chunk->nodes[at].n; at++)
    left -= chunk->nodes[at].n;
  enter_node (cursor, chunk, at, left);
  return TRUE;
}

static gboolean
enter_next_node (CfListCursor *cursor)
{
  CfListChunk *chunk = cursor->chunk;
  guint at = cursor->node + 1;

  if (at == chunk->n_nodes)
    {
      chunk = chunk->next;
      at = 0;
    }
  if (chunk == NULL)
    return FALSE;
  *cursor = (CfListCursor){ .chunk = chunk, .node = at };
  cursor->at = chunk->nodes[at].start;
  return TRUE;
}

static gboolean
enter_previous_node (CfListCursor *cursor)
{
  CfListChunk *chunk = cursor->chunk;
  guint at = cursor->node;

  if (at == 0)
    {
      chunk = chunk->previous;
      at = chunk != NULL ? chunk->n_nodes : 0;
    }
  if (chunk == NULL)
    return FALSE;
  enter_node (cursor, chunk, at - 1, chunk->nodes[at - 1].n - 1);
  return TRUE;
}

/**
 * cf_list_next:
 * @cursor: on an element
 *
 * Goes to the next one.
 *
 * Returns: %FALSE if there is none; the cursor stays then
 */
gboolean
cf_list_next (CfListCursor *cursor)
{
  const CfListNode *node = node_of (cursor);

  if (cursor->n + 1 == node->n)
    return enter_next_node (cursor);
  cursor->at += cf_list_node_size_at (node, cursor->at);
  cursor->n++;
  return TRUE;
}

/**
 * cf_list_previous:
 * @cursor: on an element
 *
 * Goes to the one before it.
 *
 * Returns: %FALSE if there is none; the cursor stays then
 */
gboolean
cf_list_previous (CfListCursor *cursor)
{
  if (cursor->n == 0)
    return enter_previous_node (cursor);
  cursor->at -= cf_list_node_size_before (node_of (cursor), cursor->at);
  cursor->n--;
  return TRUE;
}

/**
 * cf_list_get:
 * @cursor: on an element
 * @scratch: room for the digits of an integer
 *
 * Returns: the element, good until the next change and as long as @scratch
 */
CfListElement
cf_list_get (const CfListCursor *cursor, char scratch[CF_LIST_SCRATCH])
{
  return element_at (node_of (cursor), cursor->at, scratch);
}

/**
 * cf_list_wanted:
 * @bytes: an element
 *
 * Returns: what to compare elements with, good as long as @bytes
 */
CfListWanted
cf_list_wanted (CfSlice bytes)
{
  CfListWanted wanted = { .bytes = bytes };

  wanted.is_int = cf_parse_int64 (bytes.data, bytes.size, &wanted.value);
  return wanted;
}

/**
 * cf_list_is:
 * @cursor: on an element
 * @wanted: what it may be
 *
 * Returns: whether it is
 */
gboolean
cf_list_is (const CfListCursor *cursor, const CfListWanted *wanted)
{
  const CfListNode *node = node_of (cursor);
  const guint8 *place;

  if (cf_list_node_is_blob (node))
    return cf_slice_equal (cf_blob_slice (node->u.blob), wanted->bytes);
  place = node->u.block + cursor->at;
  if (!cf_listpack_is_string (*place))
    return wanted->is_int && cf_listpack_read_int (place) == wanted->value;
  return cf_listpack_string_size (place) == wanted->bytes.size &&
         (wanted->bytes.size == 0 ||
          memcmp (place + cf_listpack_head_size (*place), wanted->bytes.data,
                  wanted->bytes.size) == 0);
}

/* -- Changes in between --------------------------------------------------- */

/* Splits the node of @cursor before it, and leaves the cursor behind the end
 * of the first part; nothing to do if it is there, or before the first. */
static gboolean
split_node (CfList *self, CfListCursor *cursor)
{
  CfListNode *node = node_of (cursor), tail = *node, rest;
  CfListCursor added;

  if (cursor->n == 0 || cursor->n == node->n)
    return TRUE;
  tail.start = cursor->at;
  tail.n -= cursor->n;
  if (!cf_list_node_try_copy (&tail, &rest))
    return FALSE;
  if (!cf_list_add_node (self, cursor->chunk, cursor->node + 1, &rest, &added))
    {
      cf_list_node_clear (&rest);
      return FALSE;
    }
  /* What is before the added one has the elements twice now. */
  *cursor = added;
  (void) enter_previous_node (cursor);
  node = node_of (cursor);
  node->n -= rest.n;
  node->end -= cf_list_node_used (&rest);
  cursor->chunk->n -= rest.n;
  self->n -= rest.n;
  cf_list_node_fit (node);
  cursor->n = node->n;
  cursor->at = node->end;
  return TRUE;
}

/* Puts the element at the end of the node before @cursor, or at the start of
 * the node behind it, if there is room; @cursor is between two nodes. */
static gboolean
insert_beside (CfList *self,
               CfListCursor *cursor,
               const CfListElement *element,
               gint limit)
{
  CfListCursor place = *cursor;
  gboolean at_end = cursor->n > 0;
  CfListNode *node = node_of (cursor);

  if (fits (node, element, limit) &&
      insert_into (self, &place, element, !at_end))
    return TRUE;
  if (!(at_end ? enter_next_node (&place) : enter_previous_node (&place)))
    return FALSE;
  node = node_of (&place);
  if (!fits (node, element, limit))
    return FALSE;
  place.at = at_end ? node->start : node->end;
  place.n = at_end ? 0 : node->n;
  if (!insert_into (self, &place, element, at_end))
    return FALSE;
  *cursor = place;
  return TRUE;
}

/**
 * cf_list_insert:
 * @self: a list
 * @cursor: on an element; then on the new one
 * @after: whether it is to be behind that element, not before it
 * @element: what; no part of the list itself
 * @limit: of a node
 *
 * Returns: %FALSE if there is no memory; the cursor is worth nothing then
 */
gboolean
cf_list_insert (CfList *self,
                CfListCursor *cursor,
                gboolean after,
                const CfListElement *element,
                gint limit)
{
  CfListNode *node = node_of (cursor);
  guint32 n;

  if (after)
    {
      if (!cf_list_node_is_blob (node))
        cursor->at += cf_list_node_size_at (node, cursor->at);
      cursor->n++;
    }
  n = cursor->n;
  if (!fits (node, element, limit))
    {
      if (!split_node (self, cursor))
        return FALSE;
      if (!insert_beside (self, cursor, element, limit))
        return add_element (self, cursor->chunk, cursor->node + (cursor->n > 0),
                            element, limit, cursor);
    }
  else if (insert_into (self, cursor, element, n < node->n / 2))
    cursor->n = n;
  else
    return FALSE;
  enter_node (cursor, cursor->chunk, cursor->node, cursor->n);
  return TRUE;
}

/* Puts a shorter or longer element in the place of one. */
static gboolean
overwrite (CfListNode *node, guint32 at, const CfListpackDraft *draft)
{
  guint32 old_size = cf_list_node_size_at (node, at);
  guint32 size = (guint32) cf_listpack_draft_size (draft);
  guint8 *place = node->u.block + at;

  if (size > old_size)
    place = cf_list_node_open (node, at, size - old_size,
                               at - node->start < node->end - at);
  if (place == NULL)
    return FALSE;
  cf_listpack_write_draft (draft, place);
  if (size < old_size)
    cf_list_node_remove (node, at + size, old_size - size, 0);
  return TRUE;
}

/**
 * cf_list_replace:
 * @self: a list
 * @cursor: on an element
 * @element: what to put in its place; no part of the list itself
 * @limit: of a node
 *
 * Returns: %FALSE if there is no memory; the cursor is worth nothing after it
 */
gboolean
cf_list_replace (CfList *self,
                 CfListCursor *cursor,
                 const CfListElement *element,
                 gint limit)
{
  CfListNode *node = node_of (cursor), made;
  CfListpackDraft draft;
  gsize left;

  if (node->n == 1)
    {
      if (!make_node (&made, element, limit, FALSE))
        return FALSE;
      cf_list_node_clear (node);
      *node = made;
      return TRUE;
    }
  left = cf_list_node_used (node) - cf_list_node_size_at (node, cursor->at);
  if (!is_large (element, limit) &&
      may_grow (left, 0, element->bytes.size, limit))
    return cf_listpack_draft (&draft, element->bytes) &&
           overwrite (node, cursor->at, &draft);
  if (!cf_list_insert (self, cursor, TRUE, element, limit))
    return FALSE;
  (void) cf_list_previous (cursor);
  (void) cf_list_remove (self, cursor, FALSE);
  return TRUE;
}

/* The node that @cursor is on goes. */
static gboolean
remove_whole_node (CfList *self, CfListCursor *cursor, gboolean backwards)
{
  CfListCursor other = *cursor;
  gboolean found =
      backwards ? enter_previous_node (&other) : enter_next_node (&other);
  gboolean moves = other.chunk == cursor->chunk && other.node > cursor->node;

  cf_list_remove_node (self, cursor->chunk, cursor->node);
  if (moves)
    other.node--;
  *cursor = other;
  return found;
}

/**
 * cf_list_remove:
 * @self: a list
 * @cursor: on an element
 * @backwards: where the cursor is to go
 *
 * Removes the element; the cursor then stands on the next one, or on the one
 * before.
 *
 * Returns: %FALSE if there is none there
 */
gboolean
cf_list_remove (CfList *self, CfListCursor *cursor, gboolean backwards)
{
  CfListNode *node = node_of (cursor);
  guint32 before;

  if (node->n == 1)
    return remove_whole_node (self, cursor, backwards);
  before = cursor->at - node->start;
  cf_list_node_remove (node, cursor->at,
                       cf_list_node_size_at (node, cursor->at), 1);
  cursor->chunk->n--;
  self->n--;
  cursor->at = node->start + before;
  if (backwards)
    return cf_list_previous (cursor);
  return cursor->n < node->n || enter_next_node (cursor);
}
