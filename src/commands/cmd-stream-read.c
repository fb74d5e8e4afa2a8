/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/cmd-stream.h"

#include "base/number.h"

/* Reading more than this takes long. */
#define LONG_COUNT 1000

typedef struct
{
  gboolean by_group;  /* XREADGROUP */
  CfSlice group;      /* its name; data NULL: not given */
  CfSlice consumer;   /* its name */
  gint64 count;       /* 0: all */
  gboolean no_ack;    /* nothing becomes pending */
  gboolean block;     /* wait if there is nothing */
  gint64 deadline_ms; /* until when */
  guint first;        /* the number of the first key */
  guint n;            /* how many keys */
} Options;

/* One of the keys, and what is wanted of it. */
typedef struct
{
  guint key;            /* number of the argument */
  CfStream *stream;     /* (nullable) (not owned) */
  CfStreamGroup *group; /* (nullable) (not owned) */
  CfStreamId after;     /* the ID before those that are wanted */
  gboolean news;        /* ">": what nobody in the group has been given */
} Source;

/* -- Options -------------------------------------------------------------- */

static gboolean
only_for_groups (const char *option, GError **error)
{
  return cf_throw (error, CF_ERROR_FAILED,
                   "The %s option is only supported by XREADGROUP. You called "
                   "XREAD instead.",
                   option);
}

static gboolean
get_streams (CfCall *call, guint i, Options *options, GError **error)
{
  guint n_words = call->argc - i - 1;

  if (n_words % 2 != 0)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Unbalanced XREAD list of streams: for each stream key an "
                     "ID or '$' must be specified.");
  options->first = i + 1;
  options->n = n_words / 2;
  return TRUE;
}

static gboolean
get_group (CfCall *call, guint *i, Options *options, GError **error)
{
  if (!options->by_group)
    return only_for_groups ("GROUP", error);
  options->group = call->argv[*i + 1];
  options->consumer = call->argv[*i + 2];
  *i += 2;
  return cf_stream_check_name (call, *i, error);
}

static gboolean
get_block (CfCall *call, guint i, Options *options, GError **error)
{
  options->block = TRUE;
  if (call->session->flags & CF_SESSION_SCRIPT)
    return cf_throw (
        error, CF_ERROR_FAILED,
        "%.*s command is not allowed with BLOCK option from scripts",
        (int) call->argv[0].size, call->argv[0].data);
  return cf_call_get_timeout_ms (call, i, &options->deadline_ms, error);
}

/* The option at argument *@i, which becomes that of its last word. */
static gboolean
get_option (CfCall *call, guint *i, Options *options, GError **error)
{
  guint n_more = call->argc - *i - 1;

  if (n_more > 0 && cf_call_is (call, *i, "BLOCK"))
    return get_block (call, ++*i, options, error);
  if (n_more > 0 && cf_call_is (call, *i, "COUNT"))
    {
      if (!cf_call_get_int (call, ++*i, &options->count, error))
        return FALSE;
      options->count = MAX (options->count, 0);
      return TRUE;
    }
  if (n_more > 0 && cf_call_is (call, *i, "STREAMS"))
    return get_streams (call, *i, options, error);
  if (n_more > 1 && cf_call_is (call, *i, "GROUP"))
    return get_group (call, i, options, error);
  if (!cf_call_is (call, *i, "NOACK"))
    return cf_call_syntax_error (error);
  options->no_ack = TRUE;
  return options->by_group || only_for_groups ("NOACK", error);
}

static gboolean
get_options (CfCall *call, Options *options, GError **error)
{
  for (guint i = 1; i < call->argc && options->first == 0; i++)
    if (!get_option (call, &i, options, error))
      return FALSE;
  if (options->first == 0)
    return cf_call_syntax_error (error);
  if (options->by_group && options->group.data == NULL)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Missing GROUP option for XREADGROUP");
  return TRUE;
}

/* -- Where to read -------------------------------------------------------- */

static gboolean
get_source_group (CfCall *call,
                  const Options *options,
                  Source *source,
                  GError **error)
{
  CfSlice key = call->argv[source->key];

  if (source->stream != NULL)
    source->group = cf_stream_find_group (source->stream, options->group);
  if (source->group != NULL)
    return TRUE;
  return cf_throw (error, CF_ERROR_NO_GROUP,
                   "No such key '%.*s' or consumer group '%.*s' in XREADGROUP "
                   "with GROUP option",
                   (int) MIN (key.size, CF_CALL_TEXT_MAX), key.data,
                   (int) MIN (options->group.size, CF_CALL_TEXT_MAX),
                   options->group.data);
}

static gboolean
get_source_id (CfCall *call,
               const Options *options,
               Source *source,
               GError **error)
{
  guint i = source->key + options->n;
  CfSlice text = call->argv[i];

  if (cf_slice_equal (text, CF_SLICE ("$")))
    {
      if (options->by_group)
        return cf_throw (
            error, CF_ERROR_FAILED,
            "The $ ID is meaningless in the context of XREADGROUP: you want to "
            "read the history of this consumer by specifying a proper ID, or "
            "use the > ID to get new messages. The $ ID would just return an "
            "empty result set.");
      source->after =
          source->stream != NULL ? source->stream->last_id : CF_STREAM_ID_MIN;
      return TRUE;
    }
  if (cf_slice_equal (text, CF_SLICE (">")))
    {
      source->after = CF_STREAM_ID_MAX;
      source->news = TRUE;
      return options->by_group ||
             cf_throw (error, CF_ERROR_FAILED,
                       "The > ID can be specified only when calling XREADGROUP "
                       "using the GROUP <group> <consumer> option.");
    }
  if (!cf_stream_get_id (call, i, 0, &source->after, error))
    return FALSE;
  source->news = options->by_group &&
                 cf_stream_id_compare (source->after, CF_STREAM_ID_MAX) == 0;
  return TRUE;
}

static gboolean
get_source (CfCall *call,
            const Options *options,
            guint key,
            Source *source,
            GError **error)
{
  *source = (Source){ .key = key };
  return cf_stream_read (call, key, &source->stream, error) &&
         (!options->by_group ||
          get_source_group (call, options, source, error)) &&
         get_source_id (call, options, source, error);
}

/* -- Reading -------------------------------------------------------------- */

/* What is pending with the consumer already. */
static void
reply_history (CfCall *call,
               const Options *options,
               const Source *source,
               CfStreamConsumer *consumer)
{
  CfOutChunk *hole = cf_reply_deferred (&call->reply);
  CfStreamId from = source->after;
  guint64 n = 0;
  CfIdTreeAt at;

  (void) cf_stream_id_next (&from);
  at = cf_id_tree_seek (&consumer->pending, from);
  for (;
       at.page != NULL && (options->count == 0 || n < (guint64) options->count);
       at = cf_id_tree_next (at))
    {
      CfStreamPending *pending = cf_id_tree_value (at);

      n++;
      if (cf_stream_reply_one (&call->reply, source->stream,
                               cf_id_tree_id (at)))
        {
          pending->delivered_ms = call->now_ms;
          pending->n_deliveries++;
          continue;
        }
      /* It was deleted. */
      cf_reply_array (&call->reply, 2);
      cf_stream_reply_id (&call->reply, cf_id_tree_id (at));
      cf_reply_null_array (&call->reply);
    }
  cf_reply_deferred_array (&call->reply, hole, n);
}

static void
deliver (CfCall *call,
         const Options *options,
         const Source *source,
         CfStreamConsumer *consumer,
         const CfStreamEntry *entry)
{
  CfStreamGroup *group = source->group;
  CfStreamPending *pending;

  if (cf_stream_id_compare (entry->id, group->last_id) > 0)
    cf_stream_group_advance (group, entry->id);
  cf_stream_reply_entry (&call->reply, entry);
  if (options->no_ack)
    return;
  pending = cf_stream_group_give (group, entry->id, consumer, call->now_ms);
  pending->delivered_ms = call->now_ms;
  pending->n_deliveries = 1;
  cf_stream_claim_effect (call, source->key, group, entry->id, pending);
}

/* What comes after what the group has been given. */
static void
reply_news (CfCall *call,
            const Options *options,
            const Source *source,
            CfStreamConsumer *consumer)
{
  CfOutChunk *hole = cf_reply_deferred (&call->reply);
  CfStreamId from = source->group->last_id;
  const CfStreamEntry *entry;
  CfStreamIter iter;
  guint64 n = 0;

  (void) cf_stream_id_next (&from);
  cf_stream_iter_init (&iter, source->stream, from, CF_STREAM_ID_MAX, FALSE);
  while ((options->count == 0 || n < (guint64) options->count) &&
         (entry = cf_stream_iter_next (&iter)) != NULL)
    {
      deliver (call, options, source, consumer, entry);
      n++;
    }
  cf_reply_deferred_array (&call->reply, hole, n);
  if (n > 0)
    cf_stream_group_effect (call, source->key, source->group);
}

static void
reply_source (CfCall *call, const Options *options, const Source *source)
{
  CfStreamConsumer *consumer;
  CfStreamId from = source->after;

  if (call->reply.resp == 2)
    cf_reply_array (&call->reply, 2);
  cf_reply_bulk (&call->reply, call->argv[source->key]);
  if (!options->by_group)
    {
      (void) cf_stream_id_next (&from);
      cf_stream_reply_range (&call->reply, source->stream, from,
                             CF_STREAM_ID_MAX, (guint64) options->count, FALSE);
      return;
    }
  /* What is pending again is not worth a record of its own. */
  cf_call_effect (call, NULL, 0);
  consumer = cf_stream_see_consumer (call, source->key, source->group,
                                     options->consumer);
  if (source->news)
    reply_news (call, options, source, consumer);
  else
    reply_history (call, options, source, consumer);
  cf_stream_noted (call, source->key, 1, NULL);
}

/* Whether there is something to be had from @source right now. */
static gboolean
has_something (const Source *source)
{
  const CfStream *stream = source->stream;

  if (source->group != NULL && !source->news)
    return TRUE;
  if (stream == NULL || stream->length == 0)
    return FALSE;
  return cf_stream_id_compare (cf_stream_top_id (stream),
                               source->news ? source->group->last_id
                                            : source->after) > 0;
}

/* -- Waiting -------------------------------------------------------------- */

/* The key that a waiter is served for, and all about it.  FALSE: it cannot be
 * served. */
static gboolean
get_ready_source (CfCall *call,
                  Options *options,
                  Source *source,
                  GError **error)
{
  options->by_group = call->argv[0].size == strlen ("XREADGROUP");
  if (!get_options (call, options, error))
    return FALSE;
  *source = (Source){ .key = cf_call_ready_key (call) };
  if (!cf_stream_write (call, source->key, &source->stream, NULL) ||
      source->stream == NULL)
    return cf_throw (error, CF_ERROR_UNBLOCKED,
                     "the stream key no longer exists");
  if (options->by_group)
    {
      source->group = cf_stream_find_group (source->stream, options->group);
      if (source->group == NULL)
        return cf_throw (error, CF_ERROR_NO_GROUP,
                         "the consumer group this client was blocked on no "
                         "longer exists");
    }
  return get_source_id (call, options, source, error);
}

/**
 * cf_stream_xread_is_ready:
 * @call: a call of XREAD or XREADGROUP that waits, for the key that is ready
 *
 * Returns: whether there are entries, or an error, for it
 */
gboolean
cf_stream_xread_is_ready (CfCall *call)
{
  Options options = { .first = 0 };
  Source source;

  if (!get_ready_source (call, &options, &source, NULL))
    return options.by_group;
  return cf_stream_id_compare (source.stream->last_id,
                               source.group != NULL ? source.group->last_id
                                                    : source.after) > 0;
}

static gboolean
serve (CfCall *call, GError **error)
{
  Options options = { .first = 0 };
  Source source;

  if (!get_ready_source (call, &options, &source, error))
    return FALSE;
  if (call->reply.resp == 2)
    cf_reply_array (&call->reply, 1);
  else
    cf_reply_map (&call->reply, 1);
  reply_source (call, &options, &source);
  return TRUE;
}

/* Waits for what comes after what is there now, even where that is said as
 * "$". */
static gboolean
block (CfCall *call,
       const Options *options,
       const Source *sources,
       GError **error)
{
  g_autofree CfSlice *argv = NULL;
  g_autofree char *texts = NULL;

  if (options->by_group)
    return cf_call_block (call, options->first, options->n,
                          options->deadline_ms, error);
  argv = g_try_new (CfSlice, call->argc);
  texts = g_try_malloc ((gsize) options->n * CF_STREAM_ID_SIZE);
  if (argv == NULL || texts == NULL)
    return cf_call_out_of_memory (error);
  memcpy (argv, call->argv, call->argc * sizeof (CfSlice));
  for (guint i = 0; i < options->n; i++)
    {
      char *text = texts + (gsize) i * CF_STREAM_ID_SIZE;

      argv[options->first + options->n + i] =
          cf_slice (text, cf_stream_id_format (sources[i].after, text));
    }
  call->again = argv;
  return cf_call_block (call, options->first, options->n, options->deadline_ms,
                        error);
}

/* -- Commands ------------------------------------------------------------- */

static gboolean
read_now (CfCall *call, const Options *options, const Source *sources)
{
  CfOutChunk *hole = NULL;
  gsize n = 0;

  for (guint i = 0; i < options->n; i++)
    if (has_something (&sources[i]))
      {
        if (n++ == 0)
          hole = cf_reply_deferred (&call->reply);
        reply_source (call, options, &sources[i]);
      }
  if (n == 0)
    return FALSE;
  if (call->reply.resp == 2)
    cf_reply_deferred_array (&call->reply, hole, n);
  else
    cf_reply_deferred_map (&call->reply, hole, n);
  return TRUE;
}

static gboolean
run (CfCall *call, gboolean by_group, GError **error)
{
  Options options = { .by_group = by_group };
  g_autofree Source *sources = NULL;

  if (cf_call_ready_key (call) != 0)
    return serve (call, error);
  if (!get_options (call, &options, error))
    return FALSE;
  sources = g_try_new (Source, options.n);
  if (sources == NULL)
    return cf_call_out_of_memory (error);
  for (guint i = 0; i < options.n; i++)
    if (!get_source (call, &options, options.first + i, &sources[i], error))
      return FALSE;
  /* What is missing is missed again when it is read. */
  for (guint i = 0; i < options.n; i++)
    if (sources[i].stream == NULL)
      (void) cf_call_read (call, sources[i].key);
  if (read_now (call, &options, sources))
    return TRUE;
  if (options.block)
    return block (call, &options, sources, error);
  cf_reply_null_array (&call->reply);
  return TRUE;
}

/**
 * cf_stream_xread:
 * @call: the call of XREAD
 * @error: return location for an error, or %NULL
 *
 * XREAD [COUNT count] [BLOCK ms] STREAMS key [key ...] id [id ...]
 *
 * Returns: %FALSE on error
 */
gboolean
cf_stream_xread (CfCall *call, GError **error)
{
  return run (call, FALSE, error);
}

/**
 * cf_stream_xreadgroup:
 * @call: the call of XREADGROUP
 * @error: return location for an error, or %NULL
 *
 * XREADGROUP GROUP group consumer [COUNT count] [BLOCK ms] [NOACK] STREAMS key
 * [key ...] id [id ...]
 *
 * Returns: %FALSE on error
 */
gboolean
cf_stream_xreadgroup (CfCall *call, GError **error)
{
  return run (call, TRUE, error);
}

/**
 * cf_stream_xread_takes_long:
 * @argv: (array length=argc): a request of XREAD, XREADGROUP, XRANGE, XREVRANGE
 * @argc: how many words it has
 *
 * Returns: whether it may read many entries
 */
gboolean
cf_stream_xread_takes_long (const CfSlice *argv, guint argc)
{
  gint64 count;

  for (guint i = 1; i + 1 < argc; i++)
    if (cf_slice_is (argv[i], "COUNT") &&
        cf_parse_int64 (argv[i + 1].data, argv[i + 1].size, &count))
      return count <= 0 || count > LONG_COUNT;
  return TRUE;
}
