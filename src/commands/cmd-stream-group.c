/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/cmd-stream.h"

#include "commands/help.h"

#define KEY 2
#define GROUP 3
#define LAST 4 /* the ID, or the consumer */
#define OPTIONS 5
#define CREATE_MAX 8 /* words of XGROUP CREATE */

static gboolean
no_key (GError **error)
{
  return cf_throw (error, CF_ERROR_FAILED,
                   "The XGROUP subcommand requires the key to exist. Note that "
                   "for CREATE you may want to use the MKSTREAM option to "
                   "create an empty stream automatically.");
}

static gboolean
find_stream (CfCall *call, CfStream **stream, GError **error)
{
  if (!cf_stream_write (call, KEY, stream, error))
    return FALSE;
  return *stream != NULL || no_key (error);
}

static gboolean
find_group (CfCall *call, CfStreamGroup **group, GError **error)
{
  CfStream *stream;
  CfSlice name = call->argv[GROUP], key = call->argv[KEY];

  if (!find_stream (call, &stream, error))
    return FALSE;
  *group = cf_stream_find_group (stream, name);
  return *group != NULL ||
         cf_throw (error, CF_ERROR_NO_GROUP,
                   "No such consumer group '%.*s' for key name '%.*s'",
                   (int) MIN (name.size, CF_CALL_TEXT_MAX), name.data,
                   (int) MIN (key.size, CF_CALL_TEXT_MAX), key.data);
}

/* MKSTREAM (@mkstream NULL: not known) and ENTRIESREAD. */
static gboolean
get_options (CfCall *call, gboolean *mkstream, gint64 *n_read, GError **error)
{
  *n_read = CF_STREAM_READS_UNKNOWN;
  for (guint i = OPTIONS; i < call->argc; i++)
    if (mkstream != NULL && cf_call_is (call, i, "MKSTREAM"))
      *mkstream = TRUE;
    else if (cf_call_is (call, i, "ENTRIESREAD") && i + 1 < call->argc)
      {
        if (!cf_call_get_int (call, ++i, n_read, error))
          return FALSE;
        if (*n_read < CF_STREAM_READS_UNKNOWN)
          return cf_throw (error, CF_ERROR_FAILED,
                           "value for ENTRIESREAD must be positive or -1");
      }
    else
      return cf_call_usage_error (call, error);
  return TRUE;
}

/* -- CREATE and SETID ----------------------------------------------------- */

/* Records the command with its ID, which may have been "$". */
static void
record (CfCall *call, CfStreamId id)
{
  char text[CF_STREAM_ID_SIZE];
  g_autofree CfSlice *words = NULL;

  if (!cf_call_wants_effect (call))
    return;
  words = g_memdup2 (call->argv, call->argc * sizeof (CfSlice));
  words[LAST] = cf_slice (text, cf_stream_id_format (id, text));
  cf_call_effect (call, words, call->argc);
}

static gboolean
put_stream (CfCall *call, CfStream **stream, GError **error)
{
  *stream = cf_stream_new ();
  if (!cf_call_put_object (call, KEY, &(*stream)->object, CF_NO_DEADLINE,
                           error))
    return FALSE;
  cf_keyspace_touch (call->keyspace, call->hold, call->db,
                     cf_call_key (call, KEY));
  return TRUE;
}

static gboolean
run_create (CfCall *call, GError **error)
{
  gboolean mkstream = FALSE;
  CfStream *stream;
  CfStreamId id = CF_STREAM_ID_MIN;
  gint64 n_read;

  if (!get_options (call, &mkstream, &n_read, error) ||
      !cf_stream_check_name (call, GROUP, error) ||
      !cf_stream_write (call, KEY, &stream, error))
    return FALSE;
  if (stream == NULL && !mkstream)
    return no_key (error);
  if (call->argc > CREATE_MAX)
    return cf_call_usage_error (call, error);
  if (!cf_slice_equal (call->argv[LAST], CF_SLICE ("$")))
    {
      if (!cf_stream_get_id (call, LAST, 0, &id, error))
        return FALSE;
    }
  else if (stream != NULL)
    id = stream->last_id;
  if (stream == NULL && !put_stream (call, &stream, error))
    return FALSE;
  if (cf_stream_add_group (stream, call->argv[GROUP], id, n_read) == NULL)
    return cf_throw (error, CF_ERROR_BUSY_GROUP,
                     "Consumer Group name already exists");
  cf_stream_noted (call, KEY, 1, "xgroup-create");
  record (call, id);
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_setid (CfCall *call, GError **error)
{
  CfStreamGroup *group;
  CfStreamId id;
  gint64 n_read;

  if (!get_options (call, NULL, &n_read, error) ||
      !find_group (call, &group, error))
    return FALSE;
  if (call->argc > OPTIONS + 2)
    return cf_call_usage_error (call, error);
  if (cf_slice_equal (call->argv[LAST], CF_SLICE ("$")))
    id = group->stream->last_id;
  else if (!cf_stream_get_id_or_edge (call, LAST, 0, &id, error))
    return FALSE;
  group->last_id = id;
  group->n_read = n_read;
  cf_stream_noted (call, KEY, 1, "xgroup-setid");
  record (call, id);
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* -- The others ----------------------------------------------------------- */

static gboolean
run_destroy (CfCall *call, GError **error)
{
  CfStream *stream, *rest;
  gboolean removed;

  if (!find_stream (call, &stream, error))
    return FALSE;
  rest = cf_stream_new ();
  removed = cf_stream_remove_group (stream, call->argv[GROUP], rest);
  cf_call_free_object (call, &rest->object);
  if (removed)
    {
      cf_stream_noted (call, KEY, 1, "xgroup-destroy");
      /* Those who wait for something in the group are told. */
      cf_call_ready (call, KEY);
    }
  cf_reply_int (&call->reply, removed);
  return TRUE;
}

static gboolean
run_createconsumer (CfCall *call, GError **error)
{
  CfStreamGroup *group;
  gboolean is_new;

  if (!find_group (call, &group, error) ||
      !cf_stream_check_name (call, LAST, error))
    return FALSE;
  is_new = cf_stream_group_find (group, call->argv[LAST]) == NULL;
  if (is_new)
    (void) cf_stream_see_consumer (call, KEY, group, call->argv[LAST]);
  cf_reply_int (&call->reply, is_new);
  return TRUE;
}

static gboolean
run_delconsumer (CfCall *call, GError **error)
{
  CfStreamGroup *group;
  CfStreamConsumer *consumer;
  gsize n = 0;

  if (!find_group (call, &group, error))
    return FALSE;
  consumer = cf_stream_group_find (group, call->argv[LAST]);
  if (consumer != NULL)
    {
      CfStream *rest = cf_stream_new ();

      n = cf_stream_group_remove (group, consumer, rest);
      cf_call_free_object (call, &rest->object);
      cf_stream_noted (call, KEY, 1, "xgroup-delconsumer");
    }
  cf_reply_int (&call->reply, (gint64) n);
  return TRUE;
}

/* -- XACK ----------------------------------------------------------------- */

/**
 * cf_stream_xack:
 * @call: the call of XACK
 * @error: return location for an error, or %NULL
 *
 * XACK key group id [id ...]
 *
 * Returns: %FALSE on error
 */
gboolean
cf_stream_xack (CfCall *call, GError **error)
{
  CfStream *stream;
  CfStreamGroup *group = NULL;
  g_autofree CfStreamId *ids = NULL;
  gsize n = 0;

  if (!cf_stream_read (call, 1, &stream, error))
    return FALSE;
  if (stream != NULL)
    group = cf_stream_find_group (stream, call->argv[2]);
  if (group != NULL)
    {
      ids = cf_stream_get_ids (call, 3, error);
      if (ids == NULL)
        return FALSE;
      for (guint i = 0; i < call->argc - 3; i++)
        n += cf_stream_group_ack (group, ids[i]);
    }
  if (n > 0)
    cf_stream_noted (call, 1, n, NULL);
  cf_reply_int (&call->reply, (gint64) n);
  return TRUE;
}

const CfCommand cf_stream_group_commands[CF_STREAM_N_GROUP_COMMANDS] = {
  {
      .name = "CREATE",
      .usage = "key groupname (id | $) [MKSTREAM] [ENTRIESREAD "
               "entries_read:integer]",
      .summary = "Makes a group of consumers, and if need be the stream.",
      .since = "5.0.0",
      .complexity = "O(1)",
      .run = run_create,
      .arity = -5,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM,
      .categories = CF_ACL_STREAM,
      .keys = { CF_KEY_AT ("RW insert", 2) },
  },
  {
      .name = "CREATECONSUMER",
      .usage = "key groupname consumername",
      .summary = "Makes a consumer of a group.",
      .since = "6.2.0",
      .complexity = "O(1)",
      .run = run_createconsumer,
      .arity = 5,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM,
      .categories = CF_ACL_STREAM,
      .keys = { CF_KEY_AT ("RW insert", 2) },
  },
  {
      .name = "DELCONSUMER",
      .usage = "key groupname consumername",
      .summary = "Removes a consumer of a group with all it has pending.",
      .since = "5.0.0",
      .complexity = "O(1)",
      .run = run_delconsumer,
      .arity = 5,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_BIG,
      .categories = CF_ACL_STREAM,
      .keys = { CF_KEY_AT ("RW delete", 2) },
  },
  {
      .name = "DESTROY",
      .usage = "key groupname",
      .summary = "Removes a group of consumers.",
      .since = "5.0.0",
      .complexity = "O(N) where N is the number of entries in the group's "
                    "pending entries list (PEL).",
      .run = run_destroy,
      .arity = 4,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_BIG,
      .categories = CF_ACL_STREAM,
      .keys = { CF_KEY_AT ("RW delete", 2) },
  },
  CF_HELP_COMMAND ("5.0.0", CF_ACL_STREAM),
  {
      .name = "SETID",
      .usage = "key groupname (id | $) [ENTRIESREAD entries_read:integer]",
      .summary = "Sets up to which entry a group has read.",
      .since = "5.0.0",
      .complexity = "O(1)",
      .run = run_setid,
      .arity = -5,
      .flags = CF_COMMAND_WRITE,
      .categories = CF_ACL_STREAM,
      .keys = { CF_KEY_AT ("RW update", 2) },
  },
};
