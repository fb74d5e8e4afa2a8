/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/cmd-stream.h"

#include "commands/commands.h"

/* -- XLEN, XDEL ----------------------------------------------------------- */

static gboolean
run_xlen (CfCall *call, GError **error)
{
  CfStream *stream;

  if (!cf_stream_read (call, 1, &stream, error))
    return FALSE;
  cf_reply_int (&call->reply, stream != NULL ? (gint64) stream->length : 0);
  return TRUE;
}

static gboolean
run_xdel (CfCall *call, GError **error)
{
  CfStream *stream;
  g_autofree CfStreamId *ids = NULL;
  gsize n = 0;

  if (!cf_stream_write (call, 1, &stream, error))
    return FALSE;
  if (stream != NULL)
    {
      ids = cf_stream_get_ids (call, 2, error);
      if (ids == NULL)
        return FALSE;
      n = cf_stream_delete (stream, ids, call->argc - 2);
    }
  if (n > 0)
    {
      cf_call_changed (call, 1, CF_NOTIFY_STREAM, "xdel");
      cf_call_changed_all (call, n - 1);
    }
  cf_reply_int (&call->reply, (gint64) n);
  return TRUE;
}

/* -- XRANGE, XREVRANGE ---------------------------------------------------- */

static gboolean
get_count (CfCall *call, gint64 *count, GError **error)
{
  *count = -1;
  for (guint i = 4; i < call->argc; i += 2)
    {
      if (!cf_call_is (call, i, "COUNT") || i + 1 == call->argc)
        return cf_call_syntax_error (error);
      if (!cf_call_get_int (call, i + 1, count, error))
        return FALSE;
      *count = MAX (*count, 0);
    }
  return TRUE;
}

static gboolean
run_range (CfCall *call, gboolean backwards, GError **error)
{
  CfStream *stream;
  CfStreamId from, to;
  gint64 count;

  if (!cf_stream_get_start (call, backwards ? 3 : 2, &from, error) ||
      !cf_stream_get_end (call, backwards ? 2 : 3, &to, error) ||
      !get_count (call, &count, error) ||
      !cf_stream_read (call, 1, &stream, error))
    return FALSE;
  if (stream == NULL)
    cf_reply_array (&call->reply, 0);
  else if (count == 0)
    cf_reply_null_array (&call->reply);
  else
    cf_stream_reply_range (&call->reply, stream, from, to,
                           count > 0 ? (guint64) count : 0, backwards);
  return TRUE;
}

static gboolean
run_xrange (CfCall *call, GError **error)
{
  return run_range (call, FALSE, error);
}

static gboolean
run_xrevrange (CfCall *call, GError **error)
{
  return run_range (call, TRUE, error);
}

/* -- XSETID --------------------------------------------------------------- */

typedef struct
{
  CfStreamId id;
  CfStreamId max_deleted; /* 0-0: not given */
  gint64 entries_added;   /* -1: not given */
} Figures;

static gboolean
get_figures (CfCall *call, Figures *figures, GError **error)
{
  *figures = (Figures){ .entries_added = -1 };
  if (!cf_stream_get_id (call, 2, 0, &figures->id, error))
    return FALSE;
  for (guint i = 3; i < call->argc; i += 2)
    if (cf_call_is (call, i, "ENTRIESADDED") && i + 1 < call->argc)
      {
        if (!cf_call_get_int (call, i + 1, &figures->entries_added, error))
          return FALSE;
        if (figures->entries_added < 0)
          return cf_throw (error, CF_ERROR_FAILED,
                           "entries_added must be positive");
      }
    else if (cf_call_is (call, i, "MAXDELETEDID") && i + 1 < call->argc)
      {
        if (!cf_stream_get_id (call, i + 1, 0, &figures->max_deleted, error))
          return FALSE;
        if (cf_stream_id_compare (figures->id, figures->max_deleted) < 0)
          return cf_throw (error, CF_ERROR_FAILED,
                           "The ID specified in XSETID is smaller than the "
                           "provided max_deleted_entry_id");
      }
    else
      return cf_call_syntax_error (error);
  return TRUE;
}

static gboolean
check_figures (const CfStream *stream, const Figures *figures, GError **error)
{
  if (stream->length == 0)
    return TRUE;
  if (cf_stream_id_compare (figures->id, cf_stream_top_id (stream)) < 0)
    return cf_throw (error, CF_ERROR_FAILED,
                     "The ID specified in XSETID is smaller than the target "
                     "stream top item");
  if (figures->entries_added >= 0 &&
      (guint64) figures->entries_added < stream->length)
    return cf_throw (error, CF_ERROR_FAILED,
                     "The entries_added specified in XSETID is smaller than "
                     "the target stream length");
  return TRUE;
}

static gboolean
run_xsetid (CfCall *call, GError **error)
{
  CfStream *stream;
  Figures figures;

  if (!get_figures (call, &figures, error) ||
      !cf_stream_write (call, 1, &stream, error))
    return FALSE;
  if (stream == NULL)
    return cf_throw (error, CF_ERROR_FAILED, "no such key");
  if (!check_figures (stream, &figures, error))
    return FALSE;
  cf_stream_set_last_id (stream, figures.id);
  if (figures.entries_added >= 0)
    stream->entries_added = (guint64) figures.entries_added;
  if (!cf_stream_id_is_zero (figures.max_deleted))
    stream->max_deleted_id = figures.max_deleted;
  cf_stream_noted (call, 1, 1, "xsetid");
  cf_reply_ok (&call->reply);
  return TRUE;
}

#define TRIM_USAGE                                                             \
  "((MAXLEN | MINID) [(= | ~)] threshold [LIMIT count:integer])"

static const CfCommand commands[] = {
  {
      .name = "XACK",
      .usage = "key group id ...",
      .summary = "Says that entries a group delivered were dealt with.",
      .since = "5.0.0",
      .complexity = "O(1) for each message ID processed.",
      .run = cf_stream_xack,
      .arity = -4,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_STREAM,
      .keys = { CF_ONE_KEY ("RW update") },
  },
  {
      .name = "XADD",
      .usage = "key [NOMKSTREAM] [" TRIM_USAGE "] (* | id) (field value) ...",
      .summary = "Adds an entry to a stream, which is made if need be.",
      .since = "5.0.0",
      .complexity = "O(1) when adding a new entry, O(N) when trimming where N "
                    "being the number of entries evicted.",
      .tips = "nondeterministic_output",
      .run = cf_stream_xadd,
      .arity = -5,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_FAST |
               CF_COMMAND_BIG,
      .takes_long = cf_stream_xadd_takes_long,
      .categories = CF_ACL_STREAM,
      .keys = { {
          .flags = "RW update",
          .first = 1,
          .step = 1,
          .notes = "It may remove entries as well, so it updates the key.",
      } },
  },
  {
      .name = "XAUTOCLAIM",
      .usage = "key group consumer min-idle-time start [COUNT count:integer] "
               "[JUSTID]",
      .summary = "Hands over to a consumer what others have had pending for "
                 "long.",
      .since = "6.2.0",
      .complexity = "O(1) if COUNT is small.",
      .tips = "nondeterministic_output",
      .run = cf_stream_xautoclaim,
      .arity = -6,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST | CF_COMMAND_BIG,
      .takes_long = cf_stream_xread_takes_long,
      .categories = CF_ACL_STREAM,
      .keys = { CF_ONE_KEY ("RW delete") },
  },
  {
      .name = "XCLAIM",
      .usage = "key group consumer min-idle-time id ... [IDLE ms:integer] "
               "[TIME unix-time-milliseconds:unix-time] "
               "[RETRYCOUNT count:integer] [FORCE] [JUSTID] [LASTID id]",
      .summary = "Hands over entries that are pending to another consumer.",
      .since = "5.0.0",
      .complexity = "O(log N) with N being the number of messages in the PEL "
                    "of the consumer group.",
      .tips = "nondeterministic_output",
      .run = cf_stream_xclaim,
      .arity = -6,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_STREAM,
      .keys = { CF_ONE_KEY ("RW update") },
  },
  {
      .name = "XDEL",
      .usage = "key id ...",
      .summary = "Removes entries from a stream.",
      .since = "5.0.0",
      .complexity = "O(1) for each single item to delete in the stream, "
                    "regardless of the stream size.",
      .run = run_xdel,
      .arity = -3,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_STREAM,
      .keys = { CF_ONE_KEY ("RW delete") },
  },
  {
      .name = "XGROUP",
      .summary = "Container of commands on the groups of a stream.",
      .since = "5.0.0",
      .complexity = "Depends on subcommand.",
      .arity = -2,
      .subcommands = cf_stream_group_commands,
      .n_subcommands = CF_STREAM_N_GROUP_COMMANDS,
  },
  {
      .name = "XINFO",
      .summary = "Container of commands that tell of a stream.",
      .since = "5.0.0",
      .complexity = "Depends on subcommand.",
      .arity = -2,
      .subcommands = cf_stream_info_commands,
      .n_subcommands = CF_STREAM_N_INFO_COMMANDS,
  },
  {
      .name = "XLEN",
      .usage = "key",
      .summary = "Counts the entries of a stream.",
      .since = "5.0.0",
      .complexity = "O(1)",
      .run = run_xlen,
      .arity = 2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_STREAM,
      .keys = { CF_ONE_KEY ("RO") },
  },
  {
      .name = "XPENDING",
      .usage = "key group [([IDLE min-idle-time:integer] start end "
               "count:integer [consumer])]",
      .summary = "Tells what a group has pending.",
      .since = "5.0.0",
      .complexity =
          "O(N) with N being the number of elements returned, so asking for a "
          "small fixed number of entries per call is O(1). O(M), where M is "
          "the total number of entries scanned when used with the IDLE filter. "
          "When the command returns just the summary and the list of consumers "
          "is small, it runs in O(1) time; otherwise, an additional O(N) time "
          "for iterating every consumer.",
      .tips = "nondeterministic_output",
      .run = cf_stream_xpending,
      .arity = -3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_STREAM,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "XRANGE",
      .usage = "key start end [COUNT count:integer]",
      .summary = "Gets the entries with IDs in an interval.",
      .since = "5.0.0",
      .complexity =
          "O(N) with N being the number of elements being returned. If N is "
          "constant (e.g. always asking for the first 10 elements with COUNT), "
          "you can consider it O(1).",
      .run = run_xrange,
      .arity = -4,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .takes_long = cf_stream_xread_takes_long,
      .categories = CF_ACL_STREAM,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "XREAD",
      .usage = "[COUNT count:integer] [BLOCK milliseconds:integer] STREAMS "
               "(key ... id ...)",
      .summary = "Gets entries of streams after IDs, or waits for some.",
      .since = "5.0.0",
      .complexity =
          "For each stream mentioned: O(N) with N being the number of elements "
          "being returned, it means that XREAD-ing with a fixed COUNT is O(1). "
          "Note that when the BLOCK option is used, XADD will pay O(M) time in "
          "order to serve the M clients blocked on the stream getting new "
          "data.",
      .run = cf_stream_xread,
      .arity = -4,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BLOCKING | CF_COMMAND_BIG,
      .takes_long = cf_stream_xread_takes_long,
      .categories = CF_ACL_STREAM,
      .waits = { .type = CF_TYPE_STREAM, .is_ready = cf_stream_xread_is_ready },
      .keys = { {
          .flags = "RO access",
          .first = 1,
          .keyword = "STREAMS",
          .last = -1,
          .step = 1,
          .limit = 2,
      } },
  },
  {
      .name = "XREADGROUP",
      .usage = "GROUP (group consumer) [COUNT count:integer] "
               "[BLOCK milliseconds:integer] [NOACK] STREAMS (key ... id ...)",
      .summary = "Gets entries that nobody else in the group was given, or "
                 "waits for some.",
      .since = "5.0.0",
      .complexity =
          "For each stream mentioned: O(M) with M being the number of elements "
          "returned. If M is constant (e.g. always asking for the first 10 "
          "elements with COUNT), you can consider it O(1). On the other side "
          "when XREADGROUP blocks, XADD will pay the O(N) time in order to "
          "serve the N clients blocked on the stream getting new data.",
      .run = cf_stream_xreadgroup,
      .arity = -7,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_BLOCKING | CF_COMMAND_BIG,
      .takes_long = cf_stream_xread_takes_long,
      .categories = CF_ACL_STREAM,
      .waits = { .type = CF_TYPE_STREAM,
                 .even_gone = TRUE,
                 .is_ready = cf_stream_xread_is_ready },
      .keys = { {
          .flags = "RO access",
          .first = 4,
          .keyword = "STREAMS",
          .last = -1,
          .step = 1,
          .limit = 2,
      } },
  },
  {
      .name = "XREVRANGE",
      .usage = "key end start [COUNT count:integer]",
      .summary = "Gets the entries with IDs in an interval, the last one "
                 "first.",
      .since = "5.0.0",
      .complexity =
          "O(N) with N being the number of elements returned. If N is constant "
          "(e.g. always asking for the first 10 elements with COUNT), you can "
          "consider it O(1).",
      .run = run_xrevrange,
      .arity = -4,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .takes_long = cf_stream_xread_takes_long,
      .categories = CF_ACL_STREAM,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "XSETID",
      .usage = "key last-id [ENTRIESADDED entries_added:integer] "
               "[MAXDELETEDID max_deleted_entry_id]",
      .summary = "Sets the last ID of a stream, and what it counts.",
      .since = "5.0.0",
      .complexity = "O(1)",
      .run = run_xsetid,
      .arity = -3,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_FAST,
      .categories = CF_ACL_STREAM,
      .keys = { CF_ONE_KEY ("RW update") },
  },
  {
      .name = "XTRIM",
      .usage = "key " TRIM_USAGE,
      .summary = "Removes entries from the beginning of a stream.",
      .since = "5.0.0",
      .complexity =
          "O(N), with N being the number of evicted entries. Constant times "
          "are very small however, since entries are organized in macro nodes "
          "containing multiple entries that can be released with a single "
          "deallocation.",
      .tips = "nondeterministic_output",
      .run = cf_stream_xtrim,
      .arity = -4,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_BIG,
      .takes_long = cf_stream_xadd_takes_long,
      .categories = CF_ACL_STREAM,
      .keys = { CF_ONE_KEY ("RW delete") },
  },
};

const CfFamily cf_stream_family = {
  .group = "stream",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
