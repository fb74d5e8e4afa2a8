/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/cmd-stream.h"

#include "base/number.h"

/* The most entries that "~" alone goes over. */
#define ROUGHLY_NODES 100
#define ROUGHLY_ELSE 10000
#define ROUGHLY_MOST 1000000

typedef struct
{
  CfStreamTrim trim;
  gboolean limited; /* LIMIT was given */
  gint64 limit;
} TrimOptions;

typedef struct
{
  TrimOptions trim;
  gboolean no_stream; /* not to make a stream */
  gboolean any_id;    /* "*" */
  gboolean any_seq;   /* "ms-*" */
  CfStreamId id;
  guint id_at;
} AddOptions;

/* -- Trimming ------------------------------------------------------------- */

static gboolean
get_threshold (CfCall *call, guint i, CfStreamTrim *trim, GError **error)
{
  gint64 length;

  if (trim->kind == CF_STREAM_TRIM_ID)
    return cf_stream_get_id (call, i, 0, &trim->least, error);
  if (!cf_call_get_int (call, i, &length, error))
    return FALSE;
  if (length < 0)
    return cf_throw (error, CF_ERROR_FAILED,
                     "The MAXLEN argument must be >= 0.");
  trim->length = (guint64) length;
  return TRUE;
}

/* MAXLEN or MINID at argument *@i, which becomes that of its last word. */
static gboolean
get_strategy (CfCall *call, guint *i, CfStreamTrim *trim, GError **error)
{
  gboolean more = *i + 2 < call->argc;

  if (trim->kind != CF_STREAM_TRIM_NONE)
    return cf_throw (error, CF_ERROR_FAILED,
                     "syntax error, MAXLEN and MINID options at the same time "
                     "are not compatible");
  trim->kind = cf_call_is (call, *i, "MAXLEN") ? CF_STREAM_TRIM_LENGTH
                                               : CF_STREAM_TRIM_ID;
  ++*i;
  if (more && cf_call_is (call, *i, "~"))
    trim->roughly = TRUE;
  if (more && (trim->roughly || cf_call_is (call, *i, "=")))
    ++*i;
  return get_threshold (call, *i, trim, error);
}

static gboolean
get_limit (CfCall *call, guint *i, TrimOptions *options, GError **error)
{
  ++*i;
  if (!cf_call_get_int (call, *i, &options->limit, error))
    return FALSE;
  if (options->limit < 0)
    return cf_throw (error, CF_ERROR_FAILED,
                     "The LIMIT argument must be >= 0.");
  options->limited = TRUE;
  return TRUE;
}

/* A word of the options about trimming; *@known: it was one. */
static gboolean
get_trim_option (CfCall *call,
                 guint *i,
                 TrimOptions *options,
                 gboolean *known,
                 GError **error)
{
  gboolean more = *i + 1 < call->argc;

  *known = TRUE;
  if (more &&
      (cf_call_is (call, *i, "MAXLEN") || cf_call_is (call, *i, "MINID")))
    return get_strategy (call, i, &options->trim, error);
  if (more && cf_call_is (call, *i, "LIMIT"))
    return get_limit (call, i, options, error);
  *known = FALSE;
  return TRUE;
}

static gsize
default_limit (CfCall *call)
{
  gint64 entries = cf_config_get_int (call->engine->config,
                                      CF_SETTING_STREAM_NODE_MAX_ENTRIES);

  if (entries <= 0)
    return ROUGHLY_ELSE;
  return (gsize) MIN (entries, ROUGHLY_MOST / ROUGHLY_NODES) * ROUGHLY_NODES;
}

/* What the options mean together. */
static gboolean
finish_trim (CfCall *call,
             TrimOptions *options,
             gboolean must_trim,
             GError **error)
{
  CfStreamTrim *trim = &options->trim;

  if (options->limit != 0 && trim->kind == CF_STREAM_TRIM_NONE)
    return cf_throw (error, CF_ERROR_FAILED,
                     "syntax error, LIMIT cannot be used without specifying a "
                     "trimming strategy");
  if (must_trim && trim->kind == CF_STREAM_TRIM_NONE)
    return cf_throw (error, CF_ERROR_FAILED,
                     "syntax error, XTRIM must be called with a trimming "
                     "strategy");
  if (options->limited && !trim->roughly)
    return cf_throw (error, CF_ERROR_FAILED,
                     "syntax error, LIMIT cannot be used without the special "
                     "~ option");
  if (options->limited)
    trim->most = (gsize) options->limit;
  else if (trim->roughly)
    trim->most = default_limit (call);
  return TRUE;
}

/* How to trim exactly to what is left: three words. */
static guint
exact_trim (const CfStream *stream,
            const CfStreamTrim *trim,
            CfSlice words[3],
            char text[static CF_STREAM_ID_SIZE])
{
  gboolean by_length = trim->kind == CF_STREAM_TRIM_LENGTH;

  words[0] = by_length ? CF_SLICE ("MAXLEN") : CF_SLICE ("MINID");
  words[1] = CF_SLICE ("=");
  words[2].data = text;
  if (by_length)
    words[2].size = cf_format_uint64 (text, stream->length);
  else
    words[2].size = cf_stream_id_format (
        stream->length > 0 ? stream->first_id : trim->least, text);
  return 3;
}

/* What is much is freed in the background. */
static gsize
cut (CfCall *call, CfStream *stream, const CfStreamTrim *trim)
{
  CfStream *rest;
  gsize n;

  if (stream->nodes.n <= CF_OBJECT_LARGE_BLOCKS)
    return cf_stream_trim (stream, trim, NULL);
  rest = cf_stream_new ();
  n = cf_stream_trim (stream, trim, rest);
  cf_call_free_object (call, &rest->object);
  return n;
}

/**
 * cf_stream_xtrim:
 * @call: the call of XTRIM
 * @error: return location for an error, or %NULL
 *
 * XTRIM key MAXLEN|MINID [=|~] threshold [LIMIT count]
 *
 * Returns: %FALSE on error
 */
gboolean
cf_stream_xtrim (CfCall *call, GError **error)
{
  TrimOptions options = { .limited = FALSE };
  CfStream *stream;
  gsize n;

  for (guint i = 2; i < call->argc; i++)
    {
      gboolean known;

      if (!get_trim_option (call, &i, &options, &known, error))
        return FALSE;
      if (!known)
        return cf_call_syntax_error (error);
    }
  if (!finish_trim (call, &options, TRUE, error) ||
      !cf_stream_write (call, 1, &stream, error))
    return FALSE;
  n = stream != NULL ? cut (call, stream, &options.trim) : 0;
  if (n > 0)
    {
      CfSlice words[5] = { CF_SLICE ("XTRIM"), call->argv[1] };
      char text[CF_STREAM_ID_SIZE];

      cf_call_changed (call, 1, CF_NOTIFY_STREAM, "xtrim");
      cf_call_changed_all (call, n - 1);
      exact_trim (stream, &options.trim, words + 2, text);
      cf_call_effect (call, words, G_N_ELEMENTS (words));
    }
  cf_reply_int (&call->reply, (gint64) n);
  return TRUE;
}

/* -- Adding --------------------------------------------------------------- */

/* TRUE: this was the ID, and the last of the options. */
static gboolean
get_new_id (CfCall *call, guint i, AddOptions *options, GError **error)
{
  options->id_at = i;
  options->any_id = cf_call_is (call, i, "*");
  if (options->any_id ||
      cf_stream_id_parse (call->argv[i], 0, &options->id, &options->any_seq))
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED,
                   "Invalid stream ID specified as stream command argument");
}

static gboolean
get_options (CfCall *call, AddOptions *options, GError **error)
{
  for (guint i = 2; i < call->argc && options->id_at == 0; i++)
    {
      gboolean known;

      if (cf_call_is (call, i, "*"))
        known = FALSE;
      else if (!get_trim_option (call, &i, &options->trim, &known, error))
        return FALSE;
      if (known)
        continue;
      if (cf_call_is (call, i, "NOMKSTREAM"))
        options->no_stream = TRUE;
      else if (!get_new_id (call, i, options, error))
        return FALSE;
    }
  return finish_trim (call, &options->trim, FALSE, error);
}

static gboolean
check_options (CfCall *call, const AddOptions *options, GError **error)
{
  guint n_words = call->argc - options->id_at - 1;

  if (options->id_at == 0 || n_words < 2 || n_words % 2 != 0)
    return cf_throw (error, CF_ERROR_FAILED,
                     "wrong number of arguments for 'xadd' command");
  if (!options->any_id && !options->any_seq &&
      cf_stream_id_is_zero (options->id))
    return cf_throw (error, CF_ERROR_FAILED,
                     "The ID specified in XADD must be greater than 0-0");
  return TRUE;
}

static gboolean
id_too_small (GError **error)
{
  return cf_throw (error, CF_ERROR_FAILED,
                   "The ID specified in XADD is equal or smaller than the "
                   "target stream top item");
}

static gboolean
pick_id (CfCall *call,
         const CfStream *stream,
         AddOptions *options,
         GError **error)
{
  if (cf_stream_id_compare (stream->last_id, CF_STREAM_ID_MAX) == 0)
    return cf_throw (error, CF_ERROR_FAILED,
                     "The stream has exhausted the last possible ID, unable to "
                     "add more items");
  if (options->any_id)
    (void) cf_stream_next_id (stream, call->now_ms, &options->id);
  else if (options->any_seq && !cf_stream_next_id_at (stream, &options->id))
    return id_too_small (error);
  return TRUE;
}

static gboolean
add_entry (CfCall *call, CfStream *stream, AddOptions *options, GError **error)
{
  CfConfig *config = call->engine->config;
  const CfStreamLimits limits = {
    (gsize) cf_config_get_int (config, CF_SETTING_STREAM_NODE_MAX_BYTES),
    (gsize) cf_config_get_int (config, CF_SETTING_STREAM_NODE_MAX_ENTRIES)
  };
  guint first = options->id_at + 1;

  if (!pick_id (call, stream, options, error))
    return FALSE;
  switch (cf_stream_add (stream, options->id, call->argv + first,
                         (call->argc - first) / 2, &limits))
    {
    case CF_STREAM_ADDED:
      return TRUE;
    case CF_STREAM_ID_TOO_SMALL:
      return id_too_small (error);
    case CF_STREAM_TOO_LARGE:
    default:
      return cf_throw (error, CF_ERROR_FAILED,
                       "Elements are too large to be stored");
    }
}

/* Adds to the stream at the key, or to a new one, which is put there. */
static gboolean
add_to_key (CfCall *call,
            CfStream **stream,
            AddOptions *options,
            GError **error)
{
  CfStream *fresh;

  if (*stream != NULL)
    return add_entry (call, *stream, options, error);
  fresh = cf_stream_new ();
  if (!add_entry (call, fresh, options, error))
    {
      cf_object_free (&fresh->object);
      return FALSE;
    }
  *stream = fresh;
  return cf_call_put_object (call, 1, &fresh->object, CF_NO_DEADLINE, error);
}

/* XADD with the ID that was made, and trimming exactly as it was done. */
static void
record_add (CfCall *call,
            const CfStream *stream,
            const AddOptions *options,
            gsize n_trimmed)
{
  char id[CF_STREAM_ID_SIZE], threshold[CF_STREAM_ID_SIZE];
  guint n_pairs = call->argc - options->id_at - 1, n = 2;
  g_autofree CfSlice *words = NULL;

  if (!cf_call_wants_effect (call))
    return;
  words = g_new (CfSlice, call->argc + 4);
  words[0] = CF_SLICE ("XADD");
  words[1] = call->argv[1];
  if (n_trimmed > 0)
    n += exact_trim (stream, &options->trim.trim, words + n, threshold);
  words[n++] = cf_slice (id, cf_stream_id_format (options->id, id));
  memcpy (words + n, call->argv + options->id_at + 1,
          n_pairs * sizeof (CfSlice));
  cf_call_effect (call, words, n + n_pairs);
}

/**
 * cf_stream_xadd:
 * @call: the call of XADD
 * @error: return location for an error, or %NULL
 *
 * XADD key [NOMKSTREAM] [MAXLEN|MINID [=|~] threshold [LIMIT count]] *|id
 * field value [field value ...]
 *
 * Returns: %FALSE on error
 */
gboolean
cf_stream_xadd (CfCall *call, GError **error)
{
  AddOptions options = { .id_at = 0 };
  CfStream *stream;
  gsize n_trimmed;

  if (!get_options (call, &options, error) ||
      !check_options (call, &options, error) ||
      !cf_stream_write (call, 1, &stream, error))
    return FALSE;
  if (stream == NULL && options.no_stream)
    {
      cf_reply_null (&call->reply);
      return TRUE;
    }
  if (!add_to_key (call, &stream, &options, error))
    return FALSE;
  cf_stream_reply_id (&call->reply, options.id);
  cf_call_changed (call, 1, CF_NOTIFY_STREAM, "xadd");
  n_trimmed = cut (call, stream, &options.trim.trim);
  if (n_trimmed > 0)
    cf_call_event (call, 1, CF_NOTIFY_STREAM, "xtrim");
  record_add (call, stream, &options, n_trimmed);
  return TRUE;
}

/**
 * cf_stream_xadd_takes_long:
 * @argv: (array length=argc): a request of XADD or XTRIM
 * @argc: how many words it has
 *
 * Returns: whether it may trim by much: "~" without LIMIT does not
 */
gboolean
cf_stream_xadd_takes_long (const CfSlice *argv, guint argc)
{
  gboolean trims = FALSE, roughly = FALSE, limited = FALSE;

  for (guint i = 2; i < argc && !cf_slice_equal (argv[i], CF_SLICE ("*")); i++)
    {
      trims |=
          cf_slice_is (argv[i], "MAXLEN") || cf_slice_is (argv[i], "MINID");
      roughly |= cf_slice_equal (argv[i], CF_SLICE ("~"));
      limited |= cf_slice_is (argv[i], "LIMIT");
    }
  return trims && (!roughly || limited);
}
