/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/cmd-stream.h"

#include "base/number.h"

/* -- Arguments ------------------------------------------------------------ */

static gboolean
wrong_id (GError **error)
{
  return cf_throw (error, CF_ERROR_FAILED,
                   "Invalid stream ID specified as stream command argument");
}

/**
 * cf_stream_get_id:
 * @call: a call
 * @i: the number of an argument
 * @seq: the sequence number if it says none
 * @id: (out): the ID
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if the argument is no ID
 */
gboolean
cf_stream_get_id (
    CfCall *call, guint i, guint64 seq, CfStreamId *id, GError **error)
{
  return cf_stream_id_parse (call->argv[i], seq, id, NULL) || wrong_id (error);
}

static gboolean
parse_edge (CfSlice text, guint64 seq, CfStreamId *id)
{
  if (cf_slice_equal (text, CF_SLICE ("-")))
    *id = CF_STREAM_ID_MIN;
  else if (cf_slice_equal (text, CF_SLICE ("+")))
    *id = CF_STREAM_ID_MAX;
  else
    return cf_stream_id_parse (text, seq, id, NULL);
  return TRUE;
}

/**
 * cf_stream_get_id_or_edge:
 * @call: a call
 * @i: the number of an argument
 * @seq: the sequence number if it says none
 * @id: (out): the ID
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if the argument is no ID, nor "-" or "+"
 */
gboolean
cf_stream_get_id_or_edge (
    CfCall *call, guint i, guint64 seq, CfStreamId *id, GError **error)
{
  return parse_edge (call->argv[i], seq, id) || wrong_id (error);
}

static gboolean
get_end (CfCall *call,
         guint i,
         guint64 seq,
         CfStreamId *id,
         gboolean *is_open,
         GError **error)
{
  CfSlice text = call->argv[i];

  *is_open = text.size > 1 && text.data[0] == '(';
  if (!*is_open)
    return cf_stream_get_id_or_edge (call, i, seq, id, error);
  return cf_stream_id_parse (cf_slice (text.data + 1, text.size - 1), seq, id,
                             NULL) ||
         wrong_id (error);
}

/**
 * cf_stream_get_start:
 * @call: a call
 * @i: the number of an argument
 * @id: (out): the first ID of an interval
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if the argument is no such ID
 */
gboolean
cf_stream_get_start (CfCall *call, guint i, CfStreamId *id, GError **error)
{
  gboolean is_open;

  if (!get_end (call, i, 0, id, &is_open, error))
    return FALSE;
  return !is_open || cf_stream_id_next (id) ||
         cf_throw (error, CF_ERROR_FAILED, "invalid start ID for the interval");
}

/**
 * cf_stream_get_end:
 * @call: a call
 * @i: the number of an argument
 * @id: (out): the last ID of an interval
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if the argument is no such ID
 */
gboolean
cf_stream_get_end (CfCall *call, guint i, CfStreamId *id, GError **error)
{
  gboolean is_open;

  if (!get_end (call, i, G_MAXUINT64, id, &is_open, error))
    return FALSE;
  return !is_open || cf_stream_id_prev (id) ||
         cf_throw (error, CF_ERROR_FAILED, "invalid end ID for the interval");
}

/**
 * cf_stream_get_ids:
 * @call: a call
 * @first: the number of the first argument that is an ID
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable): all IDs from there on
 */
CfStreamId *
cf_stream_get_ids (CfCall *call, guint first, GError **error)
{
  g_autofree CfStreamId *ids = g_try_new (CfStreamId, call->argc - first);

  if (ids == NULL)
    {
      cf_call_out_of_memory (error);
      return NULL;
    }
  for (guint i = first; i < call->argc; i++)
    if (!cf_stream_get_id (call, i, 0, &ids[i - first], error))
      return NULL;
  return g_steal_pointer (&ids);
}

/* -- Keys ----------------------------------------------------------------- */

/**
 * cf_stream_read:
 * @call: a call
 * @i: the number of the argument that is the key
 * @stream: (out) (nullable) (transfer none): the stream there
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if the key has a value of another type
 */
gboolean
cf_stream_read (CfCall *call, guint i, CfStream **stream, GError **error)
{
  CfObject *object;

  if (!cf_call_read_object (call, i, CF_TYPE_STREAM, &object, error))
    return FALSE;
  *stream = cf_stream (object);
  return TRUE;
}

/**
 * cf_stream_write:
 * @call: a call
 * @i: the number of the argument that is the key
 * @stream: (out) (nullable) (transfer none): the stream there
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if the key has a value of another type
 */
gboolean
cf_stream_write (CfCall *call, guint i, CfStream **stream, GError **error)
{
  CfObject *object;

  if (!cf_call_write_object (call, i, CF_TYPE_STREAM, &object, error))
    return FALSE;
  *stream = cf_stream (object);
  return TRUE;
}

/**
 * cf_stream_read_any:
 * @call: a call
 * @i: the number of the argument that is the key
 * @stream: (out) (transfer none): the stream there
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if there is none
 */
gboolean
cf_stream_read_any (CfCall *call, guint i, CfStream **stream, GError **error)
{
  if (!cf_stream_read (call, i, stream, error))
    return FALSE;
  return *stream != NULL || cf_throw (error, CF_ERROR_FAILED, "no such key");
}

/**
 * cf_stream_noted:
 * @call: a call
 * @i: the number of the argument that is the key
 * @n: how many changes
 * @event: (nullable): the event
 *
 * Notes changes of what groups have read, which WATCH does not look at.
 */
void
cf_stream_noted (CfCall *call, guint i, gsize n, const char *event)
{
  cf_call_changed_all (call, n);
  if (event != NULL)
    cf_call_event (call, i, CF_NOTIFY_STREAM, event);
}

/* -- Effects -------------------------------------------------------------- */

#define EFFECT_WORDS 14

typedef struct
{
  CfSlice words[EFFECT_WORDS];
  guint n;
  char text[3 * CF_STREAM_ID_SIZE + 3 * CF_INT64_SIZE];
  gsize used;
} Effect;

static void
add (Effect *self, CfSlice word)
{
  self->words[self->n++] = word;
}

static void
add_id (Effect *self, CfStreamId id)
{
  char *text = self->text + self->used;
  gsize size = cf_stream_id_format (id, text);

  self->used += size + 1;
  add (self, cf_slice (text, size));
}

static void
add_int (Effect *self, gint64 value)
{
  char *text = self->text + self->used;
  gsize size = cf_format_int64 (text, value);

  self->used += size + 1;
  add (self, cf_slice (text, size));
}

/**
 * cf_stream_claim_effect:
 * @call: a call
 * @key: the number of the argument that is the key
 * @group: a group
 * @id: the ID of an entry that is or was pending
 * @pending: what is, or was, known of it
 *
 * Records who has an entry pending, and up to where the group has read.
 */
void
cf_stream_claim_effect (CfCall *call,
                        guint key,
                        const CfStreamGroup *group,
                        CfStreamId id,
                        const CfStreamPending *pending)
{
  Effect effect = { .n = 0 };

  if (cf_call_wants_effect (call))
    {
      add (&effect, CF_SLICE ("XCLAIM"));
      add (&effect, call->argv[key]);
      add (&effect, group->name);
      add (&effect, pending->consumer->name);
      add (&effect, CF_SLICE ("0"));
      add_id (&effect, id);
      add (&effect, CF_SLICE ("TIME"));
      add_int (&effect, pending->delivered_ms);
      add (&effect, CF_SLICE ("RETRYCOUNT"));
      add_int (&effect, (gint64) pending->n_deliveries);
      add (&effect, CF_SLICE ("FORCE"));
      add (&effect, CF_SLICE ("JUSTID"));
      add (&effect, CF_SLICE ("LASTID"));
      add_id (&effect, group->last_id);
    }
  cf_call_effect (call, effect.words, effect.n);
}

/**
 * cf_stream_group_effect:
 * @call: a call
 * @key: the number of the argument that is the key
 * @group: a group
 *
 * Records up to where a group has read.
 */
void
cf_stream_group_effect (CfCall *call, guint key, const CfStreamGroup *group)
{
  Effect effect = { .n = 0 };

  if (cf_call_wants_effect (call))
    {
      add (&effect, CF_SLICE ("XGROUP"));
      add (&effect, CF_SLICE ("SETID"));
      add (&effect, call->argv[key]);
      add (&effect, group->name);
      add_id (&effect, group->last_id);
      add (&effect, CF_SLICE ("ENTRIESREAD"));
      add_int (&effect, group->n_read);
    }
  cf_call_effect (call, effect.words, effect.n);
}

/**
 * cf_stream_consumer_effect:
 * @call: a call
 * @key: the number of the argument that is the key
 * @group: a group
 * @consumer: the name of a consumer
 *
 * Records that a group has a consumer.
 */
void
cf_stream_consumer_effect (CfCall *call,
                           guint key,
                           const CfStreamGroup *group,
                           CfSlice consumer)
{
  const CfSlice words[] = { CF_SLICE ("XGROUP"), CF_SLICE ("CREATECONSUMER"),
                            call->argv[key], group->name, consumer };

  cf_call_effect (call, words, G_N_ELEMENTS (words));
}

/**
 * cf_stream_check_name:
 * @call: a call
 * @i: the number of an argument that is to name a group or a consumer
 * @error: return location for an error, or %NULL
 *
 * Returns: whether it has at most %CF_STREAM_NAME_MAX bytes
 */
gboolean
cf_stream_check_name (CfCall *call, guint i, GError **error)
{
  return call->argv[i].size <= CF_STREAM_NAME_MAX ||
         cf_call_out_of_memory (error);
}

/**
 * cf_stream_see_consumer:
 * @call: a call
 * @key: the number of the argument that is the key
 * @group: a group
 * @name: the name of a consumer
 *
 * Finds the consumer that a command is from, which makes it if need be.
 *
 * Returns: (transfer none): the consumer
 */
CfStreamConsumer *
cf_stream_see_consumer (CfCall *call,
                        guint key,
                        CfStreamGroup *group,
                        CfSlice name)
{
  CfStreamConsumer *consumer = cf_stream_group_find (group, name);

  if (consumer != NULL)
    {
      consumer->seen_ms = call->now_ms;
      return consumer;
    }
  consumer = cf_stream_group_add (group, name, call->now_ms);
  cf_stream_noted (call, key, 1, "xgroup-createconsumer");
  cf_stream_consumer_effect (call, key, group, name);
  return consumer;
}

/* -- Replies -------------------------------------------------------------- */

/**
 * cf_stream_reply_id:
 * @reply: a reply
 * @id: an ID
 *
 * Writes an ID as text.
 */
void
cf_stream_reply_id (CfReply *reply, CfStreamId id)
{
  char text[CF_STREAM_ID_SIZE];

  cf_reply_bulk (reply, cf_slice (text, cf_stream_id_format (id, text)));
}

/**
 * cf_stream_reply_entry:
 * @reply: a reply
 * @entry: an entry
 *
 * Writes the ID of an entry and its fields.
 */
void
cf_stream_reply_entry (CfReply *reply, const CfStreamEntry *entry)
{
  CfStreamFields fields;
  CfSlice field, value;

  cf_reply_array (reply, 2);
  cf_stream_reply_id (reply, entry->id);
  cf_reply_array (reply, 2 * entry->n_fields);
  cf_stream_fields_init (&fields, entry);
  while (cf_stream_fields_next (&fields, &field, &value))
    {
      cf_reply_bulk (reply, field);
      cf_reply_bulk (reply, value);
    }
}

/**
 * cf_stream_reply_range:
 * @reply: a reply
 * @stream: a stream
 * @from: the first ID
 * @to: the last ID
 * @count: how many entries at most; 0: all
 * @backwards: whether the last one comes first
 *
 * Writes an array of entries.
 */
void
cf_stream_reply_range (CfReply *reply,
                       const CfStream *stream,
                       CfStreamId from,
                       CfStreamId to,
                       guint64 count,
                       gboolean backwards)
{
  CfOutChunk *hole = cf_reply_deferred (reply);
  const CfStreamEntry *entry;
  CfStreamIter iter;
  guint64 n = 0;

  cf_stream_iter_init (&iter, stream, from, to, backwards);
  while ((count == 0 || n < count) &&
         (entry = cf_stream_iter_next (&iter)) != NULL)
    {
      cf_stream_reply_entry (reply, entry);
      n++;
    }
  cf_reply_deferred_array (reply, hole, n);
}

/**
 * cf_stream_reply_one:
 * @reply: a reply
 * @stream: a stream
 * @id: an ID
 *
 * Writes the entry of that ID.
 *
 * Returns: %FALSE if there is none; nothing was written
 */
gboolean
cf_stream_reply_one (CfReply *reply, const CfStream *stream, CfStreamId id)
{
  CfStreamIter iter;
  const CfStreamEntry *entry;

  cf_stream_iter_init (&iter, stream, id, id, FALSE);
  entry = cf_stream_iter_next (&iter);
  if (entry != NULL)
    cf_stream_reply_entry (reply, entry);
  return entry != NULL;
}
