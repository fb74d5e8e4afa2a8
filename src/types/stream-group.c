/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/stream-group.h"

/* What is less than one of so many is taken out of a group one by one. */
#define FEW_OF_ALL 2

static int
compare_names (gconstpointer a, gconstpointer b, gpointer data)
{
  return cf_slice_compare (*(const CfSlice *) a, *(const CfSlice *) b);
}

static CfSlice
copy_name (CfSlice name)
{
  char *copy = g_malloc (name.size + 1);

  if (name.size > 0)
    memcpy (copy, name.data, name.size);
  copy[name.size] = '\0';
  return cf_slice (copy, name.size);
}

static void
free_name (CfSlice name)
{
  g_free ((char *) name.data);
}

/* -- Consumers ------------------------------------------------------------ */

static void
free_consumer (gpointer data)
{
  CfStreamConsumer *self = data;

  cf_id_tree_clear (&self->pending, NULL);
  free_name (self->name);
  g_free (self);
}

/**
 * cf_stream_group_find:
 * @self: a group
 * @name: the name of a consumer
 *
 * Returns: (transfer none) (nullable): the consumer
 */
CfStreamConsumer *
cf_stream_group_find (const CfStreamGroup *self, CfSlice name)
{
  return g_tree_lookup (self->consumers, &name);
}

/**
 * cf_stream_group_add:
 * @self: a group
 * @name: the name of a consumer that it does not have
 * @now_ms: when it is seen first
 *
 * Returns: (transfer none): the consumer
 */
CfStreamConsumer *
cf_stream_group_add (CfStreamGroup *self, CfSlice name, gint64 now_ms)
{
  CfStreamConsumer *consumer = g_new0 (CfStreamConsumer, 1);

  consumer->name = copy_name (name);
  consumer->seen_ms = now_ms;
  g_tree_insert (self->consumers, &consumer->name, consumer);
  return consumer;
}

/**
 * cf_stream_group_n_consumers:
 * @self: a group
 *
 * Returns: how many consumers it has
 */
guint
cf_stream_group_n_consumers (const CfStreamGroup *self)
{
  return (guint) g_tree_nnodes (self->consumers);
}

/**
 * cf_stream_group_first_consumer:
 * @self: a group
 *
 * Returns: (transfer none) (nullable): the first consumer in the order of
 *   names; go on with g_tree_node_next()
 */
GTreeNode *
cf_stream_group_first_consumer (const CfStreamGroup *self)
{
  return g_tree_node_first (self->consumers);
}

/**
 * cf_stream_consumer_at:
 * @at: where a consumer is
 *
 * Returns: (transfer none): the consumer
 */
CfStreamConsumer *
cf_stream_consumer_at (GTreeNode *at)
{
  return g_tree_node_value (at);
}

/* -- What is pending ------------------------------------------------------ */

/**
 * cf_stream_group_pending:
 * @self: a group
 * @id: the ID of an entry
 *
 * Returns: (transfer none) (nullable): what is known of it, if it is pending
 */
CfStreamPending *
cf_stream_group_pending (const CfStreamGroup *self, CfStreamId id)
{
  return cf_id_tree_find (&self->pending, id);
}

/**
 * cf_stream_group_give:
 * @self: a group
 * @id: the ID of an entry
 * @consumer: one of its consumers
 * @now_ms: when it is delivered, if it is not pending
 *
 * Makes an entry pending with @consumer and nobody else.
 *
 * Returns: (transfer none): what is known of it
 */
CfStreamPending *
cf_stream_group_give (CfStreamGroup *self,
                      CfStreamId id,
                      CfStreamConsumer *consumer,
                      gint64 now_ms)
{
  CfStreamPending *pending = cf_stream_group_pending (self, id);

  if (pending == NULL)
    {
      pending = g_new0 (CfStreamPending, 1);
      pending->delivered_ms = now_ms;
      (void) cf_id_tree_insert (&self->pending, id, pending);
      self->stream->n_pending++;
    }
  else if (pending->consumer == consumer)
    return pending;
  else
    (void) cf_id_tree_steal (&pending->consumer->pending, id);
  pending->consumer = consumer;
  (void) cf_id_tree_insert (&consumer->pending, id, pending);
  return pending;
}

/**
 * cf_stream_group_ack:
 * @self: a group
 * @id: the ID of an entry
 *
 * Makes an entry pending no longer.
 *
 * Returns: %FALSE if it was not
 */
gboolean
cf_stream_group_ack (CfStreamGroup *self, CfStreamId id)
{
  CfStreamPending *pending = cf_id_tree_steal (&self->pending, id);

  if (pending == NULL)
    return FALSE;
  (void) cf_id_tree_steal (&pending->consumer->pending, id);
  g_free (pending);
  self->stream->n_pending--;
  return TRUE;
}

/* -- Groups --------------------------------------------------------------- */

static void
free_group (gpointer data)
{
  CfStreamGroup *self = data;

  self->stream->n_pending -= self->pending.n;
  g_tree_unref (self->consumers);
  cf_id_tree_clear (&self->pending, g_free);
  free_name (self->name);
  g_free (self);
}

/**
 * cf_stream_find_group:
 * @self: a stream
 * @name: the name of a group
 *
 * Returns: (transfer none) (nullable): the group
 */
CfStreamGroup *
cf_stream_find_group (const CfStream *self, CfSlice name)
{
  return self->groups != NULL ? g_tree_lookup (self->groups, &name) : NULL;
}

static void
put_group (CfStream *self, CfStreamGroup *group)
{
  if (self->groups == NULL)
    self->groups = g_tree_new_full (compare_names, NULL, NULL, free_group);
  group->stream = self;
  g_tree_insert (self->groups, &group->name, group);
  self->n_pending += group->pending.n;
}

/**
 * cf_stream_add_group:
 * @self: a stream
 * @name: the name of a group
 * @last_id: the last entry that it does not want
 * @n_read: how many entries there are up to that one, or
 *   %CF_STREAM_READS_UNKNOWN
 *
 * Returns: (transfer none) (nullable): the group; %NULL if there is one of
 *   that name
 */
CfStreamGroup *
cf_stream_add_group (CfStream *self,
                     CfSlice name,
                     CfStreamId last_id,
                     gint64 n_read)
{
  CfStreamGroup *group;

  if (cf_stream_find_group (self, name) != NULL)
    return NULL;
  group = g_new0 (CfStreamGroup, 1);
  group->name = copy_name (name);
  group->last_id = last_id;
  group->n_read = n_read;
  group->consumers = g_tree_new_full (compare_names, NULL, NULL, free_consumer);
  put_group (self, group);
  return group;
}

/**
 * cf_stream_remove_group:
 * @self: a stream
 * @name: the name of a group
 * @rest: (nullable): an empty stream that gets what goes, to be freed with it;
 *   good for nothing else
 *
 * Returns: %FALSE if there is none
 */
gboolean
cf_stream_remove_group (CfStream *self, CfSlice name, CfStream *rest)
{
  CfStreamGroup *group = cf_stream_find_group (self, name);

  if (group == NULL)
    return FALSE;
  if (rest == NULL)
    return g_tree_remove (self->groups, &name);
  g_tree_steal (self->groups, &name);
  self->n_pending -= group->pending.n;
  put_group (rest, group);
  return TRUE;
}

/* Takes the values at @ids out of a tree, one by one. */
static void
take_each (CfIdTree *tree, const CfIdTree *ids)
{
  CfIdTreeAt at = cf_id_tree_first (ids);

  for (; at.page != NULL; at = cf_id_tree_next (at))
    (void) cf_id_tree_steal (tree, cf_id_tree_id (at));
}

/* Makes the tree anew of what is not at @ids, which is quicker where these are
 * most: it goes through both once, and looks at no value.
 *
 * Returns: the old tree */
static CfIdTree
take_all (CfIdTree *tree, const CfIdTree *ids)
{
  CfIdTree old = *tree;
  CfIdTreeAt out = cf_id_tree_first (ids), at = { NULL, 0 };

  *tree = (CfIdTree){ 0 };
  if (ids->n < old.n)
    at = cf_id_tree_first (&old);
  for (; at.page != NULL; at = cf_id_tree_next (at))
    {
      CfStreamId id = cf_id_tree_id (at);

      if (out.page != NULL &&
          cf_stream_id_compare (id, cf_id_tree_id (out)) == 0)
        out = cf_id_tree_next (out);
      else
        (void) cf_id_tree_insert (tree, id, cf_id_tree_value (at));
    }
  return old;
}

/* What @consumer has pending goes to a group of @rest; @old, the values of
 * which are in other trees, to a consumer of that. */
static void
give_to_rest (CfStreamConsumer *consumer, CfIdTree old, CfStream *rest)
{
  CfStreamGroup *taken =
      cf_stream_add_group (rest, CF_SLICE (""), CF_STREAM_ID_MIN, 0);

  taken->pending = consumer->pending;
  consumer->pending = (CfIdTree){ 0 };
  cf_stream_group_add (taken, CF_SLICE (""), 0)->pending = old;
  rest->n_pending += taken->pending.n;
}

/**
 * cf_stream_group_remove:
 * @self: a group
 * @consumer: (transfer full): one of its consumers
 * @rest: an empty stream that gets what goes, to be freed with it; good for
 *   nothing else
 *
 * Removes a consumer, with all that it has pending.
 *
 * Returns: how many entries that were
 */
gsize
cf_stream_group_remove (CfStreamGroup *self,
                        CfStreamConsumer *consumer,
                        CfStream *rest)
{
  gsize n = consumer->pending.n;
  CfIdTree old = { 0 };

  if (n > self->pending.n / FEW_OF_ALL)
    old = take_all (&self->pending, &consumer->pending);
  else
    take_each (&self->pending, &consumer->pending);
  give_to_rest (consumer, old, rest);
  self->stream->n_pending -= n;
  g_tree_remove (self->consumers, &consumer->name);
  return n;
}

/**
 * cf_stream_clear_groups:
 * @self: a stream
 *
 * Removes all groups.
 */
void
cf_stream_clear_groups (CfStream *self)
{
  g_clear_pointer (&self->groups, g_tree_unref);
}

/**
 * cf_stream_n_groups:
 * @self: a stream
 *
 * Returns: how many groups it has
 */
guint
cf_stream_n_groups (const CfStream *self)
{
  return self->groups != NULL ? (guint) g_tree_nnodes (self->groups) : 0;
}

/**
 * cf_stream_first_group:
 * @self: a stream
 *
 * Returns: (transfer none) (nullable): the first group in the order of names;
 *   go on with g_tree_node_next()
 */
GTreeNode *
cf_stream_first_group (const CfStream *self)
{
  return self->groups != NULL ? g_tree_node_first (self->groups) : NULL;
}

/**
 * cf_stream_group_at:
 * @at: where a group is
 *
 * Returns: (transfer none): the group
 */
CfStreamGroup *
cf_stream_group_at (GTreeNode *at)
{
  return g_tree_node_value (at);
}

static void
copy_consumers (const CfStreamGroup *self, CfStreamGroup *copy)
{
  for (GTreeNode *at = cf_stream_group_first_consumer (self); at != NULL;
       at = g_tree_node_next (at))
    {
      const CfStreamConsumer *one = cf_stream_consumer_at (at);
      CfStreamConsumer *other =
          cf_stream_group_add (copy, one->name, one->seen_ms);
      CfIdTreeAt place = cf_id_tree_first (&one->pending);

      for (; place.page != NULL; place = cf_id_tree_next (place))
        {
          const CfStreamPending *pending = cf_id_tree_value (place);
          CfStreamPending *added = cf_stream_group_give (
              copy, cf_id_tree_id (place), other, pending->delivered_ms);

          added->n_deliveries = pending->n_deliveries;
        }
    }
}

/**
 * cf_stream_copy_groups:
 * @self: a stream
 * @copy: (inout): another one, without groups
 *
 * Gives @copy the groups of @self, with all they have pending.
 */
void
cf_stream_copy_groups (const CfStream *self, CfStream *copy)
{
  for (GTreeNode *at = cf_stream_first_group (self); at != NULL;
       at = g_tree_node_next (at))
    {
      const CfStreamGroup *group = cf_stream_group_at (at);

      copy_consumers (group,
                      cf_stream_add_group (copy, group->name, group->last_id,
                                           group->n_read));
    }
}

/* -- How far a group is --------------------------------------------------- */

/* Whether an entry after @id or at it may have been deleted by its ID. */
static gboolean
has_gap_from (const CfStream *self, CfStreamId id)
{
  return self->length > 0 && !cf_stream_id_is_zero (self->max_deleted_id) &&
         cf_stream_id_compare (self->max_deleted_id, self->first_id) >= 0 &&
         cf_stream_id_compare (id, self->max_deleted_id) <= 0;
}

/**
 * cf_stream_n_added_up_to:
 * @self: a stream
 * @id: an ID
 *
 * Returns: how many entries with IDs up to @id were ever added, or
 *   %CF_STREAM_READS_UNKNOWN if the stream does not tell
 */
gint64
cf_stream_n_added_up_to (const CfStream *self, CfStreamId id)
{
  gint64 n_added = (gint64) self->entries_added;
  gint64 n_gone = (gint64) (self->entries_added - self->length);
  int to_last = cf_stream_id_compare (id, self->last_id);
  int to_first = cf_stream_id_compare (id, self->first_id);

  if (n_added == 0)
    return 0;
  if (self->length == 0 && to_last <= 0)
    return n_added;
  if (to_last == 0)
    return n_added;
  if (to_last > 0)
    return CF_STREAM_READS_UNKNOWN;
  /* What is gone is gone from the beginning. */
  if (cf_stream_id_is_zero (self->max_deleted_id) ||
      cf_stream_id_compare (self->max_deleted_id, self->first_id) < 0)
    {
      if (to_first < 0)
        return n_gone;
      if (to_first == 0)
        return n_gone + 1;
    }
  return CF_STREAM_READS_UNKNOWN;
}

/**
 * cf_stream_group_lag:
 * @self: a group
 * @lag: (out): how many entries it still has to read
 *
 * Returns: %FALSE if that cannot be told
 */
gboolean
cf_stream_group_lag (const CfStreamGroup *self, gint64 *lag)
{
  const CfStream *stream = self->stream;
  gint64 n_read = self->n_read;

  *lag = 0;
  if (stream->entries_added == 0)
    return TRUE;
  if (n_read == CF_STREAM_READS_UNKNOWN || has_gap_from (stream, self->last_id))
    n_read = cf_stream_n_added_up_to (stream, self->last_id);
  if (n_read == CF_STREAM_READS_UNKNOWN)
    return FALSE;
  *lag = (gint64) (stream->entries_added - (guint64) n_read);
  return TRUE;
}

/**
 * cf_stream_group_advance:
 * @self: a group
 * @id: the next entry after its last one
 *
 * Notes that an entry is delivered to the group.
 */
void
cf_stream_group_advance (CfStreamGroup *self, CfStreamId id)
{
  const CfStream *stream = self->stream;

  if (self->n_read != CF_STREAM_READS_UNKNOWN && !has_gap_from (stream, id))
    self->n_read = (gint64) ((guint64) self->n_read + 1);
  else if (stream->entries_added > 0)
    self->n_read = cf_stream_n_added_up_to (stream, id);
  self->last_id = id;
}

/* -- Memory --------------------------------------------------------------- */

static gsize
group_memory (const CfStreamGroup *self, gsize samples)
{
  gsize bytes = sizeof *self + self->name.size +
                cf_id_tree_memory (&self->pending) +
                self->pending.n * sizeof (CfStreamPending);
  gsize n_consumers = cf_stream_group_n_consumers (self), n = 0, sum = 0;
  GTreeNode *at = cf_stream_group_first_consumer (self);

  for (; at != NULL && (samples == 0 || n < samples); n++)
    {
      const CfStreamConsumer *consumer = cf_stream_consumer_at (at);

      sum += sizeof *consumer + consumer->name.size +
             cf_id_tree_memory (&consumer->pending);
      at = g_tree_node_next (at);
    }
  return bytes + (n > 0 ? sum / n * n_consumers : 0);
}

/**
 * cf_stream_groups_memory:
 * @self: a stream
 * @samples: how many groups, and consumers of a group, to look at; 0: all
 *
 * Returns: bytes that its groups take, about
 */
gsize
cf_stream_groups_memory (const CfStream *self, gsize samples)
{
  GTreeNode *at = cf_stream_first_group (self);
  gsize n = 0, sum = 0;

  for (; at != NULL && (samples == 0 || n < samples); n++)
    {
      sum += group_memory (cf_stream_group_at (at), samples);
      at = g_tree_node_next (at);
    }
  return n > 0 ? sum / n * cf_stream_n_groups (self) : 0;
}
