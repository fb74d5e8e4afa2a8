/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/stream.h"

#include "types/stream-group.h"

/* What an element may take beside its string, and the numbers of an entry. */
#define ELEMENT_EXTRA 14
#define ENTRY_EXTRA 128

/* -- Looking -------------------------------------------------------------- */

/**
 * cf_stream_iter_init:
 * @self: (out): an iterator
 * @stream: a stream, which must not change meanwhile
 * @from: the first ID
 * @to: the last ID
 * @backwards: whether to go from @to to @from
 */
void
cf_stream_iter_init (CfStreamIter *self,
                     const CfStream *stream,
                     CfStreamId from,
                     CfStreamId to,
                     gboolean backwards)
{
  self->stream = stream;
  self->from = from;
  self->to = to;
  self->backwards = backwards;
  self->started = FALSE;
  /* The first one that is looked for stands in the node that begins at it or
   * before, if there is one. */
  self->node = cf_id_tree_seek_back (&stream->nodes, backwards ? to : from);
  if (self->node.page == NULL && !backwards)
    self->node = cf_id_tree_first (&stream->nodes);
}

/* The next entry, in the range or not, deleted or not. */
static gboolean
step (CfStreamIter *self)
{
  if (self->node.page == NULL)
    return FALSE;
  if (self->started)
    {
      if (self->backwards ? cf_stream_entry_prev (&self->entry)
                          : cf_stream_entry_next (&self->entry))
        return TRUE;
      self->node = self->backwards ? cf_id_tree_prev (self->node)
                                   : cf_id_tree_next (self->node);
      if (self->node.page == NULL)
        return FALSE;
    }
  self->started = TRUE;
  return self->backwards
             ? cf_stream_node_last (cf_id_tree_value (self->node), &self->entry)
             : cf_stream_node_first (cf_id_tree_value (self->node),
                                     &self->entry);
}

/**
 * cf_stream_iter_next:
 * @self: an iterator
 *
 * Returns: (nullable) (transfer none): the next live entry of the range, good
 *   until the next call; %NULL at the end
 */
const CfStreamEntry *
cf_stream_iter_next (CfStreamIter *self)
{
  while (step (self))
    {
      CfStreamId id = self->entry.id;
      gboolean before = cf_stream_id_compare (id, self->from) < 0;
      gboolean after = cf_stream_id_compare (id, self->to) > 0;

      if (self->backwards ? before : after)
        break;
      if (!before && !after && !self->entry.deleted)
        return &self->entry;
    }
  self->node.page = NULL;
  return NULL;
}

/**
 * cf_stream_has:
 * @self: a stream
 * @id: an ID
 *
 * Returns: whether there is an entry of that ID
 */
gboolean
cf_stream_has (const CfStream *self, CfStreamId id)
{
  CfStreamIter iter;

  cf_stream_iter_init (&iter, self, id, id, FALSE);
  return cf_stream_iter_next (&iter) != NULL;
}

static CfStreamId
edge_id (const CfStream *self, gboolean last)
{
  CfStreamIter iter;
  const CfStreamEntry *entry;

  cf_stream_iter_init (&iter, self, CF_STREAM_ID_MIN, CF_STREAM_ID_MAX, last);
  entry = cf_stream_iter_next (&iter);
  return entry != NULL ? entry->id : CF_STREAM_ID_MIN;
}

/**
 * cf_stream_top_id:
 * @self: a stream
 *
 * Returns: the ID of the last entry; 0-0 if there is none
 */
CfStreamId
cf_stream_top_id (const CfStream *self)
{
  return edge_id (self, TRUE);
}

/* -- Adding --------------------------------------------------------------- */

/**
 * cf_stream_next_id:
 * @self: a stream
 * @now_ms: the wall clock
 * @id: (out): the ID of the next entry: of now, unless the last one is of
 *   later
 *
 * Returns: %FALSE if the last one was the greatest there is
 */
gboolean
cf_stream_next_id (const CfStream *self, gint64 now_ms, CfStreamId *id)
{
  if ((guint64) now_ms > self->last_id.ms)
    {
      *id = (CfStreamId){ (guint64) now_ms, 0 };
      return TRUE;
    }
  *id = self->last_id;
  return cf_stream_id_next (id);
}

/**
 * cf_stream_next_id_at:
 * @self: a stream
 * @id: (inout): milliseconds in, the next ID of those out
 *
 * Returns: %FALSE if there is none
 */
gboolean
cf_stream_next_id_at (const CfStream *self, CfStreamId *id)
{
  id->seq = 0;
  if (id->ms != self->last_id.ms)
    return id->ms > self->last_id.ms;
  id->seq = self->last_id.seq + 1;
  return id->seq != 0;
}

static gboolean
is_full (const CfStreamNode *node,
         const CfSlice *pairs,
         gsize n,
         const CfStreamLimits *limits)
{
  gsize size =
      cf_listpack_size (node->listpack) + cf_stream_node_sum_sizes (pairs, n);

  if (limits->node_bytes > 0 && size >= limits->node_bytes)
    return TRUE;
  if (size + 2 * n * ELEMENT_EXTRA + ENTRY_EXTRA >= CF_LISTPACK_MAX)
    return TRUE;
  return limits->node_entries > 0 &&
         node->n_live + node->n_deleted >= limits->node_entries;
}

static gboolean
add_node (CfStream *self, CfStreamId id, const CfSlice *pairs, gsize n)
{
  CfStreamNode *node = cf_stream_node_try_new (id, pairs, n);

  if (node == NULL)
    return FALSE;
  if (self->tail != NULL)
    cf_stream_node_seal (self->tail);
  /* No node begins after the last ID. */
  g_assert (cf_id_tree_insert (&self->nodes, id, node));
  self->tail = node;
  return TRUE;
}

/**
 * cf_stream_add:
 * @self: a stream
 * @id: an ID, greater than any before
 * @pairs: (array): a field, its value, and so on
 * @n: how many fields
 * @limits: of a node
 *
 * Returns: whether it was added, and if not, why
 */
CfStreamAdded
cf_stream_add (CfStream *self,
               CfStreamId id,
               const CfSlice *pairs,
               gsize n,
               const CfStreamLimits *limits)
{
  gboolean ok;

  if (cf_stream_id_compare (id, self->last_id) <= 0)
    return CF_STREAM_ID_TOO_SMALL;
  if (self->tail == NULL || is_full (self->tail, pairs, n, limits))
    ok = add_node (self, id, pairs, n);
  else
    ok = cf_stream_node_append (self->tail, id, pairs, n);
  if (!ok)
    return CF_STREAM_TOO_LARGE;
  self->length++;
  self->entries_added++;
  self->last_id = id;
  if (self->length == 1)
    self->first_id = id;
  return CF_STREAM_ADDED;
}

/* -- Taking away ---------------------------------------------------------- */

/* @rest: (nullable): where it goes, behind what is there */
static void
remove_node (CfStream *self, CfStreamNode *node, CfStream *rest)
{
  (void) cf_id_tree_steal (&self->nodes, node->base);
  if (node == self->tail)
    {
      CfIdTreeAt last = cf_id_tree_last (&self->nodes);

      self->tail = last.page != NULL ? cf_id_tree_value (last) : NULL;
    }
  if (rest == NULL || !cf_id_tree_insert (&rest->nodes, node->base, node))
    cf_stream_node_free (node);
}

static gboolean
delete_one (CfStream *self, CfStreamId id)
{
  CfStreamIter iter;
  CfStreamNode *node;

  cf_stream_iter_init (&iter, self, id, id, FALSE);
  if (cf_stream_iter_next (&iter) == NULL)
    return FALSE;
  node = cf_id_tree_value (iter.node);
  self->length--;
  if (node->n_live == 1)
    remove_node (self, node, NULL);
  else
    {
      cf_stream_node_delete (node, &iter.entry);
      cf_stream_node_settle (node);
    }
  return TRUE;
}

/**
 * cf_stream_delete:
 * @self: a stream
 * @ids: (array length=n): IDs
 * @n: how many
 *
 * Returns: how many entries there were to be deleted
 */
gsize
cf_stream_delete (CfStream *self, const CfStreamId *ids, gsize n)
{
  gboolean first = FALSE;
  gsize n_deleted = 0;

  for (gsize i = 0; i < n; i++)
    if (delete_one (self, ids[i]))
      {
        first |= cf_stream_id_compare (ids[i], self->first_id) == 0;
        if (cf_stream_id_compare (ids[i], self->max_deleted_id) > 0)
          self->max_deleted_id = ids[i];
        n_deleted++;
      }
  if (first || self->length == 0)
    self->first_id = edge_id (self, FALSE);
  return n_deleted;
}

static gboolean
may_remove_node (const CfStream *self,
                 const CfStreamNode *node,
                 const CfStreamTrim *trim)
{
  CfStreamEntry last;

  if (trim->kind == CF_STREAM_TRIM_LENGTH)
    return self->length - node->n_live >= trim->length;
  return !cf_stream_node_last (node, &last) ||
         cf_stream_id_compare (last.id, trim->least) < 0;
}

static gsize
trim_node (CfStream *self, CfStreamNode *node, const CfStreamTrim *trim)
{
  CfStreamEntry entry;
  gsize n_deleted = 0;
  gboolean more = cf_stream_node_first (node, &entry);

  for (; more; more = cf_stream_entry_next (&entry))
    {
      if (trim->kind == CF_STREAM_TRIM_LENGTH
              ? self->length <= trim->length
              : cf_stream_id_compare (entry.id, trim->least) >= 0)
        break;
      if (entry.deleted)
        continue;
      cf_stream_node_delete (node, &entry);
      self->length--;
      n_deleted++;
    }
  cf_stream_node_settle (node);
  return n_deleted;
}

static gboolean
takes_all (const CfStream *self, const CfStreamTrim *trim)
{
  if (trim->most > 0)
    return FALSE;
  return trim->kind == CF_STREAM_TRIM_LENGTH
             ? trim->length == 0
             : cf_stream_id_compare (self->last_id, trim->least) < 0;
}

static gsize
take_all (CfStream *self, CfStream *rest)
{
  gsize n = self->length;

  rest->nodes = self->nodes;
  self->nodes = (CfIdTree){ 0 };
  self->tail = NULL;
  self->length = 0;
  self->first_id = CF_STREAM_ID_MIN;
  return n;
}

/**
 * cf_stream_trim:
 * @self: a stream
 * @trim: what is to go
 * @rest: (nullable): an empty stream that gets what goes, to be freed with it;
 *   good for nothing else
 *
 * Removes entries from the beginning.
 *
 * Returns: how many
 */
gsize
cf_stream_trim (CfStream *self, const CfStreamTrim *trim, CfStream *rest)
{
  gsize n_deleted = 0;

  if (trim->kind == CF_STREAM_TRIM_NONE)
    return 0;
  if (rest != NULL && takes_all (self, trim))
    return take_all (self, rest);
  while (trim->kind == CF_STREAM_TRIM_ID || self->length > trim->length)
    {
      CfIdTreeAt first = cf_id_tree_first (&self->nodes);
      CfStreamNode *node;

      if (first.page == NULL)
        break;
      node = cf_id_tree_value (first);
      if (trim->most > 0 && n_deleted + node->n_live > trim->most)
        break;
      if (!may_remove_node (self, node, trim))
        {
          if (!trim->roughly)
            n_deleted += trim_node (self, node, trim);
          break;
        }
      self->length -= node->n_live;
      n_deleted += node->n_live;
      remove_node (self, node, rest);
    }
  if (n_deleted > 0)
    self->first_id = edge_id (self, FALSE);
  return n_deleted;
}

/* -- To and from files ---------------------------------------------------- */

/**
 * cf_stream_nodes_next:
 * @self: (inout): zeros at first
 * @stream: a stream, which must not change meanwhile
 *
 * Returns: (nullable) (transfer none): the next node; %NULL at the end
 */
const CfStreamNode *
cf_stream_nodes_next (CfStreamNodes *self, const CfStream *stream)
{
  if (!self->started)
    self->at = cf_id_tree_first (&stream->nodes);
  else if (self->at.page != NULL)
    self->at = cf_id_tree_next (self->at);
  self->started = TRUE;
  return self->at.page != NULL ? cf_id_tree_value (self->at) : NULL;
}

/**
 * cf_stream_load_node:
 * @self: a stream that is being built
 * @base: the ID of the node
 * @listpack: (transfer full): its entries; not taken on failure
 *
 * Adds a node after those that are there.
 *
 * Returns: %FALSE if it is damaged or out of order
 */
gboolean
cf_stream_load_node (CfStream *self, CfStreamId base, CfListpack *listpack)
{
  CfStreamNode *node;
  CfStreamEntry last;

  if (self->tail != NULL && cf_stream_node_last (self->tail, &last) &&
      cf_stream_id_compare (base, last.id) <= 0)
    return FALSE;
  node = cf_stream_node_try_parse (base, listpack);
  if (node == NULL)
    return FALSE;
  g_assert (cf_id_tree_insert (&self->nodes, base, node));
  self->tail = node;
  self->length += node->n_live;
  return TRUE;
}

/* Entries beyond the last ID were all deleted: nothing may come before them. */
static void
drop_beyond (CfStream *self, CfStreamNode *node)
{
  CfStreamEntry entry;

  while (cf_stream_node_last (node, &entry) &&
         cf_stream_id_compare (entry.id, self->last_id) > 0)
    cf_stream_node_drop (node, &entry);
  cf_stream_node_settle (node);
}

/**
 * cf_stream_set_last_id:
 * @self: a stream
 * @id: the greatest ID it ever had, from now on; not before any live entry
 */
void
cf_stream_set_last_id (CfStream *self, CfStreamId id)
{
  self->last_id = id;
  while (self->tail != NULL)
    {
      drop_beyond (self, self->tail);
      if (self->tail->n_live + self->tail->n_deleted > 0)
        break;
      remove_node (self, self->tail, NULL);
    }
}

/**
 * cf_stream_load_figures:
 * @self: a stream with all its nodes
 * @length: how many entries it should have
 * @last_id: the greatest ID it ever had
 * @first_id: that of its first entry
 * @max_deleted_id: the greatest one deleted
 * @entries_added: how many were ever added
 *
 * Returns: %FALSE if they cannot be those of the stream
 */
gboolean
cf_stream_load_figures (CfStream *self,
                        guint64 length,
                        CfStreamId last_id,
                        CfStreamId first_id,
                        CfStreamId max_deleted_id,
                        guint64 entries_added)
{
  if (length != self->length ||
      cf_stream_id_compare (edge_id (self, TRUE), last_id) > 0 ||
      entries_added > G_MAXINT64)
    return FALSE;
  cf_stream_set_last_id (self, last_id);
  self->first_id = first_id;
  self->max_deleted_id = max_deleted_id;
  self->entries_added = entries_added;
  return TRUE;
}

/**
 * cf_stream_guess_figures:
 * @self: a stream with all its nodes, and its last ID
 *
 * Sets what older files do not tell: nothing was ever deleted.
 */
void
cf_stream_guess_figures (CfStream *self)
{
  self->first_id = edge_id (self, FALSE);
  self->max_deleted_id = CF_STREAM_ID_MIN;
  self->entries_added = self->length;
}

/* -- As an object --------------------------------------------------------- */

static void
free_stream (CfObject *object)
{
  CfStream *self = cf_stream (object);

  cf_stream_clear_groups (self);
  cf_id_tree_clear (&self->nodes, (GDestroyNotify) cf_stream_node_free);
  g_free (self);
}

static CfObject *
try_copy (const CfObject *object)
{
  const CfStream *self = (const CfStream *) object;
  CfStream *copy = cf_stream_new ();
  CfStreamNodes nodes = { .started = FALSE };
  const CfStreamNode *node;

  while ((node = cf_stream_nodes_next (&nodes, self)) != NULL)
    {
      copy->tail = cf_stream_node_try_copy (node);
      if (copy->tail == NULL)
        {
          free_stream (&copy->object);
          return NULL;
        }
      (void) cf_id_tree_insert (&copy->nodes, node->base, copy->tail);
    }
  copy->length = self->length;
  copy->entries_added = self->entries_added;
  copy->first_id = self->first_id;
  copy->last_id = self->last_id;
  copy->max_deleted_id = self->max_deleted_id;
  cf_stream_copy_groups (self, copy);
  return &copy->object;
}

static gsize
n_elements (const CfObject *object)
{
  return ((const CfStream *) object)->length;
}

static gsize
n_blocks (const CfObject *object)
{
  const CfStream *self = (const CfStream *) object;

  return 1 + self->nodes.n + self->n_pending + cf_stream_n_groups (self);
}

/* The nodes are about as large as the first ones, but for the last. */
static gsize
nodes_memory (const CfStream *self, gsize samples)
{
  CfStreamNodes nodes = { .started = FALSE };
  const CfStreamNode *node;
  gsize bytes = 0, n = 0;

  while ((samples == 0 || n < samples) &&
         (node = cf_stream_nodes_next (&nodes, self)) != NULL)
    {
      bytes += cf_listpack_size (node->listpack) + sizeof *node;
      n++;
    }
  return n > 0 ? bytes / n * self->nodes.n : 0;
}

static gsize
memory (const CfObject *object, gsize samples)
{
  const CfStream *self = (const CfStream *) object;

  return sizeof *self + cf_id_tree_memory (&self->nodes) +
         nodes_memory (self, samples) + cf_stream_groups_memory (self, samples);
}

static const char *
encoding (const CfObject *object)
{
  return "stream";
}

static const CfObjectClass class = {
  .type = CF_TYPE_STREAM,
  .free = free_stream,
  .try_copy = try_copy,
  .n_elements = n_elements,
  .n_blocks = n_blocks,
  .memory = memory,
  .encoding = encoding,
};

/**
 * cf_stream_new:
 *
 * Returns: (transfer full): a stream without entries
 */
CfStream *
cf_stream_new (void)
{
  CfStream *self = g_new0 (CfStream, 1);

  self->object.class = &class;
  return self;
}
