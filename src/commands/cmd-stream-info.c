/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/cmd-stream.h"

#include "commands/help.h"

#define KEY 2
#define COUNT_DEFAULT 10

static void
reply_field (CfCall *call, const char *name, gint64 value)
{
  cf_reply_bulk_string (&call->reply, name);
  cf_reply_int (&call->reply, value);
}

static void
reply_id_field (CfCall *call, const char *name, CfStreamId id)
{
  cf_reply_bulk_string (&call->reply, name);
  cf_stream_reply_id (&call->reply, id);
}

/* What a group has read, and has to read. */
static void
reply_progress (CfCall *call, const CfStreamGroup *group)
{
  gint64 lag;

  cf_reply_bulk_string (&call->reply, "entries-read");
  if (group->n_read != CF_STREAM_READS_UNKNOWN)
    cf_reply_int (&call->reply, group->n_read);
  else
    cf_reply_null (&call->reply);
  cf_reply_bulk_string (&call->reply, "lag");
  if (cf_stream_group_lag (group, &lag))
    cf_reply_int (&call->reply, lag);
  else
    cf_reply_null (&call->reply);
}

/* -- CONSUMERS and GROUPS ------------------------------------------------- */

static gboolean
run_consumers (CfCall *call, GError **error)
{
  CfStream *stream;
  const CfStreamGroup *group;
  CfSlice key = call->argv[KEY], name = call->argv[3];

  if (!cf_stream_read_any (call, KEY, &stream, error))
    return FALSE;
  group = cf_stream_find_group (stream, name);
  if (group == NULL)
    return cf_throw (error, CF_ERROR_NO_GROUP,
                     "No such consumer group '%.*s' for key name '%.*s'",
                     (int) MIN (name.size, CF_CALL_TEXT_MAX), name.data,
                     (int) MIN (key.size, CF_CALL_TEXT_MAX), key.data);
  cf_reply_array (&call->reply, cf_stream_group_n_consumers (group));
  for (GTreeNode *at = cf_stream_group_first_consumer (group); at != NULL;
       at = g_tree_node_next (at))
    {
      const CfStreamConsumer *consumer = cf_stream_consumer_at (at);

      cf_reply_map (&call->reply, 3);
      cf_reply_bulk_string (&call->reply, "name");
      cf_reply_bulk (&call->reply, consumer->name);
      reply_field (call, "pending", (gint64) consumer->pending.n);
      reply_field (call, "idle",
                   MAX (cf_stream_since (call, consumer->seen_ms), 0));
    }
  return TRUE;
}

static gboolean
run_groups (CfCall *call, GError **error)
{
  CfStream *stream;

  if (!cf_stream_read_any (call, KEY, &stream, error))
    return FALSE;
  cf_reply_array (&call->reply, cf_stream_n_groups (stream));
  for (GTreeNode *at = cf_stream_first_group (stream); at != NULL;
       at = g_tree_node_next (at))
    {
      const CfStreamGroup *group = cf_stream_group_at (at);

      cf_reply_map (&call->reply, 6);
      cf_reply_bulk_string (&call->reply, "name");
      cf_reply_bulk (&call->reply, group->name);
      reply_field (call, "consumers", cf_stream_group_n_consumers (group));
      reply_field (call, "pending", (gint64) group->pending.n);
      reply_id_field (call, "last-delivered-id", group->last_id);
      reply_progress (call, group);
    }
  return TRUE;
}

/* -- STREAM --------------------------------------------------------------- */

static void
reply_figures (CfCall *call, const CfStream *stream)
{
  reply_field (call, "length", (gint64) stream->length);
  reply_field (call, "radix-tree-keys", (gint64) stream->nodes.n);
  /* Redis's tree has a node above the keys'. */
  reply_field (call, "radix-tree-nodes", (gint64) stream->nodes.n_pages + 1);
  reply_id_field (call, "last-generated-id", stream->last_id);
  reply_id_field (call, "max-deleted-entry-id", stream->max_deleted_id);
  reply_field (call, "entries-added", (gint64) stream->entries_added);
  reply_id_field (call, "recorded-first-entry-id", stream->first_id);
}

static void
reply_edge (CfCall *call,
            const CfStream *stream,
            const char *name,
            gboolean last)
{
  CfStreamIter iter;
  const CfStreamEntry *entry;

  cf_reply_bulk_string (&call->reply, name);
  cf_stream_iter_init (&iter, stream, CF_STREAM_ID_MIN, CF_STREAM_ID_MAX, last);
  entry = cf_stream_iter_next (&iter);
  if (entry != NULL)
    cf_stream_reply_entry (&call->reply, entry);
  else
    cf_reply_null (&call->reply);
}

/* How many of @tree are to be shown. */
static gsize
shown (const CfIdTree *tree, guint64 count)
{
  return count == 0 ? tree->n : MIN (tree->n, count);
}

static void
reply_pending (CfCall *call,
               const CfIdTree *tree,
               guint64 count,
               gboolean with_consumer)
{
  gsize n = shown (tree, count);
  CfIdTreeAt at = cf_id_tree_first (tree);

  cf_reply_bulk_string (&call->reply, "pending");
  cf_reply_array (&call->reply, n);
  for (; n > 0; n--, at = cf_id_tree_next (at))
    {
      const CfStreamPending *pending = cf_id_tree_value (at);

      cf_reply_array (&call->reply, with_consumer ? 4 : 3);
      cf_stream_reply_id (&call->reply, cf_id_tree_id (at));
      if (with_consumer)
        cf_reply_bulk (&call->reply, pending->consumer->name);
      cf_reply_int (&call->reply, pending->delivered_ms);
      cf_reply_int (&call->reply, (gint64) pending->n_deliveries);
    }
}

static void
reply_consumer_in_full (CfCall *call,
                        const CfStreamConsumer *consumer,
                        guint64 count)
{
  cf_reply_map (&call->reply, 4);
  cf_reply_bulk_string (&call->reply, "name");
  cf_reply_bulk (&call->reply, consumer->name);
  reply_field (call, "seen-time", consumer->seen_ms);
  reply_field (call, "pel-count", (gint64) consumer->pending.n);
  reply_pending (call, &consumer->pending, count, FALSE);
}

static void
reply_group_in_full (CfCall *call, const CfStreamGroup *group, guint64 count)
{
  cf_reply_map (&call->reply, 7);
  cf_reply_bulk_string (&call->reply, "name");
  cf_reply_bulk (&call->reply, group->name);
  reply_id_field (call, "last-delivered-id", group->last_id);
  reply_progress (call, group);
  reply_field (call, "pel-count", (gint64) group->pending.n);
  reply_pending (call, &group->pending, count, TRUE);
  cf_reply_bulk_string (&call->reply, "consumers");
  cf_reply_array (&call->reply, cf_stream_group_n_consumers (group));
  for (GTreeNode *at = cf_stream_group_first_consumer (group); at != NULL;
       at = g_tree_node_next (at))
    reply_consumer_in_full (call, cf_stream_consumer_at (at), count);
}

static void
reply_in_full (CfCall *call, const CfStream *stream, guint64 count)
{
  cf_reply_map (&call->reply, 9);
  reply_figures (call, stream);
  cf_reply_bulk_string (&call->reply, "entries");
  cf_stream_reply_range (&call->reply, stream, CF_STREAM_ID_MIN,
                         CF_STREAM_ID_MAX, count, FALSE);
  cf_reply_bulk_string (&call->reply, "groups");
  cf_reply_array (&call->reply, cf_stream_n_groups (stream));
  for (GTreeNode *at = cf_stream_first_group (stream); at != NULL;
       at = g_tree_node_next (at))
    reply_group_in_full (call, cf_stream_group_at (at), count);
}

/* FULL [COUNT count] */
static gboolean
get_full (CfCall *call, gboolean *full, gint64 *count, GError **error)
{
  *full = call->argc > KEY + 1;
  *count = COUNT_DEFAULT;
  if (!*full)
    return TRUE;
  if (!cf_call_is (call, 3, "FULL") || call->argc == 5 || call->argc > 6 ||
      (call->argc == 6 && !cf_call_is (call, 4, "COUNT")))
    return cf_call_usage_error (call, error);
  if (call->argc == 6 && !cf_call_get_int (call, 5, count, error))
    return FALSE;
  if (*count < 0)
    *count = COUNT_DEFAULT;
  return TRUE;
}

static gboolean
run_stream (CfCall *call, GError **error)
{
  CfStream *stream;
  gboolean full;
  gint64 count;

  if (!cf_stream_read_any (call, KEY, &stream, error) ||
      !get_full (call, &full, &count, error))
    return FALSE;
  if (full)
    {
      reply_in_full (call, stream, (guint64) count);
      return TRUE;
    }
  cf_reply_map (&call->reply, 10);
  reply_figures (call, stream);
  reply_field (call, "groups", cf_stream_n_groups (stream));
  reply_edge (call, stream, "first-entry", FALSE);
  reply_edge (call, stream, "last-entry", TRUE);
  return TRUE;
}

/* FULL COUNT 0 shows all; what has many groups is long, too. */
static gboolean
stream_takes_long (const CfSlice *argv, guint argc)
{
  return argc > KEY + 1;
}

const CfCommand cf_stream_info_commands[CF_STREAM_N_INFO_COMMANDS] = {
  {
      .name = "CONSUMERS",
      .usage = "key groupname",
      .summary = "Lists the consumers of a group.",
      .since = "5.0.0",
      .complexity = "O(1)",
      .tips = "nondeterministic_output",
      .run = run_consumers,
      .arity = 4,
      .flags = CF_COMMAND_READONLY,
      .categories = CF_ACL_STREAM,
      .keys = { CF_KEY_AT ("RO access", 2) },
  },
  {
      .name = "GROUPS",
      .usage = "key",
      .summary = "Lists the groups of a stream.",
      .since = "5.0.0",
      .complexity = "O(1)",
      .run = run_groups,
      .arity = 3,
      .flags = CF_COMMAND_READONLY,
      .categories = CF_ACL_STREAM,
      .keys = { CF_KEY_AT ("RO access", 2) },
  },
  CF_HELP_COMMAND ("5.0.0", CF_ACL_STREAM),
  {
      .name = "STREAM",
      .usage = "key [FULL [COUNT count:integer]]",
      .summary = "Tells of a stream: its length, its IDs, its groups.",
      .since = "5.0.0",
      .complexity = "O(1)",
      .run = run_stream,
      .arity = -3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .takes_long = stream_takes_long,
      .categories = CF_ACL_STREAM,
      .keys = { CF_KEY_AT ("RO access", 2) },
  },
};
