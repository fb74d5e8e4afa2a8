/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rdb-stream.c -- streams.
 *
 *   stream:    nodes, each (ID: 16 as a string, listpack) | length
 *              | last ID | first ID * | greatest deleted ID *
 *              | entries ever added * | groups, each a group
 *   group:     name | last ID | entries read *
 *              | pending, each (ID: 16, delivered ms: 8, deliveries)
 *              | consumers, each a consumer
 *   consumer:  name | seen ms: 8 | active ms: 8 ** | pending, each (ID: 16)
 *
 * Numbers are lengths unless they have a size; *: from the second version on,
 * **: in the third.  An ID is two numbers, but for those of a size, which are
 * big-endian.  "Nodes" and the like: how many, and then all of them. */
#include "config.h"

#include "persist/rdb-listpack.h"
#include "persist/rdb-types.h"
#include "types/stream-group.h"

/* -- Writing --------------------------------------------------------------- */

static void
put_id (CfRdbWriter *writer, CfStreamId id)
{
  cf_rdb_put_length (writer, id.ms);
  cf_rdb_put_length (writer, id.seq);
}

static CfSlice
id_bytes (CfStreamId id, guint8 bytes[CF_STREAM_ID_BYTES])
{
  cf_stream_id_encode (id, bytes);
  return cf_slice ((const char *) bytes, CF_STREAM_ID_BYTES);
}

/* @whole: with when and how often they were delivered. */
static void
put_pending (CfRdbWriter *writer, const CfIdTree *pending, gboolean whole)
{
  CfIdTreeAt at = cf_id_tree_first (pending);

  cf_rdb_put_length (writer, pending->n);
  for (; at.page != NULL && !writer->failed; at = cf_id_tree_next (at))
    {
      const CfStreamPending *one = cf_id_tree_value (at);
      guint8 bytes[CF_STREAM_ID_BYTES];

      cf_rdb_put_bytes (writer, id_bytes (cf_id_tree_id (at), bytes));
      if (!whole)
        continue;
      cf_rdb_put_le64 (writer, (guint64) one->delivered_ms);
      cf_rdb_put_length (writer, one->n_deliveries);
    }
}

static void
put_group (CfRdbWriter *writer, const CfStreamGroup *group)
{
  cf_rdb_put_string (writer, group->name);
  put_id (writer, group->last_id);
  cf_rdb_put_length (writer, (guint64) group->n_read);
  put_pending (writer, &group->pending, TRUE);
  cf_rdb_put_length (writer, cf_stream_group_n_consumers (group));
  for (GTreeNode *at = cf_stream_group_first_consumer (group); at != NULL;
       at = g_tree_node_next (at))
    {
      const CfStreamConsumer *consumer = cf_stream_consumer_at (at);

      cf_rdb_put_string (writer, consumer->name);
      cf_rdb_put_le64 (writer, (guint64) consumer->seen_ms);
      put_pending (writer, &consumer->pending, FALSE);
    }
}

/**
 * cf_rdb_put_stream:
 * @writer: a writer
 * @object: a stream
 */
void
cf_rdb_put_stream (CfRdbWriter *writer, const CfObject *object)
{
  const CfStream *stream = (const CfStream *) object;
  CfStreamNodes nodes = { .started = FALSE };
  const CfStreamNode *node;

  cf_rdb_put_length (writer, stream->nodes.n);
  while (!writer->failed &&
         (node = cf_stream_nodes_next (&nodes, stream)) != NULL)
    {
      guint8 bytes[CF_STREAM_ID_BYTES];

      cf_rdb_put_string (writer, id_bytes (node->base, bytes));
      cf_rdb_put_string (writer, cf_listpack_bytes (node->listpack));
    }
  cf_rdb_put_length (writer, stream->length);
  put_id (writer, stream->last_id);
  put_id (writer, stream->first_id);
  put_id (writer, stream->max_deleted_id);
  cf_rdb_put_length (writer, stream->entries_added);
  cf_rdb_put_length (writer, cf_stream_n_groups (stream));
  for (GTreeNode *at = cf_stream_first_group (stream); at != NULL;
       at = g_tree_node_next (at))
    put_group (writer, cf_stream_group_at (at));
}

/* -- Reading -------------------------------------------------------------- */

typedef struct
{
  CfRdbReader *reader;
  CfStream *stream;
  guint version; /* 1 to 3 */
} Loading;

/* What a group has pending, before it is known with whom. */
typedef struct
{
  CfStreamId id;
  gint64 delivered_ms;
  guint64 n_deliveries;
  gboolean given;
} Pending;

#define PENDING_BYTES_MIN (CF_STREAM_ID_BYTES + 8 + 1)

static gboolean
get_id (CfRdbReader *reader, CfStreamId *id)
{
  return cf_rdb_get_length (reader, &id->ms) &&
         cf_rdb_get_length (reader, &id->seq);
}

static gboolean
get_raw_id (CfRdbReader *reader, CfStreamId *id)
{
  CfSlice bytes;

  if (!cf_rdb_get_bytes (reader, CF_STREAM_ID_BYTES, &bytes))
    return FALSE;
  *id = cf_stream_id_decode ((const guint8 *) bytes.data);
  return TRUE;
}

static gboolean
get_nodes (const Loading *self)
{
  g_auto (CfRdbString) key = CF_RDB_STRING_INIT;
  gsize n;

  if (!cf_rdb_get_count (self->reader, &n))
    return FALSE;
  for (; n > 0; n--)
    {
      g_autofree CfListpack *listpack = NULL;

      if (!cf_rdb_get_string (self->reader, &key) ||
          key.bytes.size != CF_STREAM_ID_BYTES)
        return FALSE;
      listpack = cf_rdb_get_listpack (self->reader, CF_RDB_BLOCK_LISTPACK);
      if (listpack == NULL ||
          !cf_stream_load_node (
              self->stream,
              cf_stream_id_decode ((const guint8 *) key.bytes.data), listpack))
        return FALSE;
      g_steal_pointer (&listpack);
    }
  return TRUE;
}

static gboolean
get_figures (const Loading *self)
{
  CfStreamId last_id, first_id, max_deleted_id;
  guint64 length, entries_added;

  if (!cf_rdb_get_length (self->reader, &length) ||
      !get_id (self->reader, &last_id))
    return FALSE;
  if (self->version == 1)
    {
      if (!cf_stream_load_figures (self->stream, length, last_id,
                                   CF_STREAM_ID_MIN, CF_STREAM_ID_MIN, length))
        return FALSE;
      cf_stream_guess_figures (self->stream);
      return TRUE;
    }
  return get_id (self->reader, &first_id) &&
         get_id (self->reader, &max_deleted_id) &&
         cf_rdb_get_length (self->reader, &entries_added) &&
         cf_stream_load_figures (self->stream, length, last_id, first_id,
                                 max_deleted_id, entries_added);
}

/* (transfer full) NULL: damaged, or no memory */
static Pending *
get_pending (CfRdbReader *reader, gsize *n)
{
  g_autofree Pending *pending = NULL;

  if (!cf_rdb_get_count (reader, n) ||
      *n > cf_rdb_left (reader) / PENDING_BYTES_MIN)
    return NULL;
  pending = g_try_new0 (Pending, *n + 1);
  for (gsize i = 0; pending != NULL && i < *n; i++)
    {
      guint64 delivered_ms;

      if (!get_raw_id (reader, &pending[i].id) ||
          !cf_rdb_get_le64 (reader, &delivered_ms) ||
          !cf_rdb_get_length (reader, &pending[i].n_deliveries) ||
          (i > 0 &&
           cf_stream_id_compare (pending[i - 1].id, pending[i].id) >= 0))
        return NULL;
      pending[i].delivered_ms = (gint64) delivered_ms;
    }
  return g_steal_pointer (&pending);
}

static int
compare_pending (const void *a, const void *b)
{
  const Pending *one = a, *other = b;

  return cf_stream_id_compare (one->id, other->id);
}

/* Gives what is the consumer's to it: each once, and only what is pending. */
static gboolean
get_consumer_pending (CfRdbReader *reader,
                      CfStreamGroup *group,
                      CfStreamConsumer *consumer,
                      Pending *pending,
                      gsize n_pending)
{
  gsize n;

  if (!cf_rdb_get_count (reader, &n))
    return FALSE;
  for (; n > 0; n--)
    {
      CfStreamPending *given;
      Pending wanted, *found;

      if (!get_raw_id (reader, &wanted.id))
        return FALSE;
      found = bsearch (&wanted, pending, n_pending, sizeof *pending,
                       compare_pending);
      if (found == NULL || found->given)
        return FALSE;
      found->given = TRUE;
      given = cf_stream_group_give (group, found->id, consumer,
                                    found->delivered_ms);
      given->delivered_ms = found->delivered_ms;
      given->n_deliveries = found->n_deliveries;
    }
  return TRUE;
}

static gboolean
get_name (CfRdbReader *reader, CfRdbString *name)
{
  return cf_rdb_get_string (reader, name) &&
         name->bytes.size <= CF_STREAM_NAME_MAX;
}

static gboolean
get_consumers (const Loading *self,
               CfStreamGroup *group,
               Pending *pending,
               gsize n_pending)
{
  g_auto (CfRdbString) name = CF_RDB_STRING_INIT;
  gsize n;

  if (!cf_rdb_get_count (self->reader, &n))
    return FALSE;
  for (; n > 0; n--)
    {
      guint64 seen_ms, active_ms;

      if (!get_name (self->reader, &name) ||
          cf_stream_group_find (group, name.bytes) != NULL ||
          !cf_rdb_get_le64 (self->reader, &seen_ms) ||
          (self->version >= 3 && !cf_rdb_get_le64 (self->reader, &active_ms)) ||
          !get_consumer_pending (
              self->reader, group,
              cf_stream_group_add (group, name.bytes, (gint64) seen_ms),
              pending, n_pending))
        return FALSE;
    }
  return TRUE;
}

static gboolean
get_group (const Loading *self)
{
  g_auto (CfRdbString) name = CF_RDB_STRING_INIT;
  g_autofree Pending *pending = NULL;
  CfStreamGroup *group;
  CfStreamId last_id;
  guint64 n_read = 0;
  gsize n;

  if (!get_name (self->reader, &name) || !get_id (self->reader, &last_id) ||
      (self->version >= 2 && !cf_rdb_get_length (self->reader, &n_read)))
    return FALSE;
  if (self->version == 1)
    n_read = (guint64) cf_stream_n_added_up_to (self->stream, last_id);
  if ((gint64) n_read < CF_STREAM_READS_UNKNOWN)
    return FALSE;
  group =
      cf_stream_add_group (self->stream, name.bytes, last_id, (gint64) n_read);
  if (group == NULL)
    return FALSE;
  pending = get_pending (self->reader, &n);
  if (pending == NULL || !get_consumers (self, group, pending, n))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (!pending[i].given)
      return FALSE;
  return TRUE;
}

/**
 * cf_rdb_get_stream:
 * @reader: a reader
 * @type: how it is written
 *
 * Returns: (transfer full) (nullable): a stream, which may be empty; %NULL:
 *   see rdb-types.h
 */
CfObject *
cf_rdb_get_stream (CfRdbReader *reader, guint8 type)
{
  g_autoptr (CfObject) object = (CfObject *) cf_stream_new ();
  Loading self = {
    .reader = reader,
    .stream = cf_stream (object),
    .version = type == CF_RDB_STREAM_LISTPACKS     ? 1
               : type == CF_RDB_STREAM_LISTPACKS_2 ? 2
                                                   : 3,
  };
  gsize n;

  if (!get_nodes (&self) || !get_figures (&self) ||
      !cf_rdb_get_count (reader, &n))
    return NULL;
  for (; n > 0; n--)
    if (!get_group (&self))
      return NULL;
  return g_steal_pointer (&object);
}
