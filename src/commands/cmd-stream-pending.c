/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/cmd-stream.h"

/* The most that COUNT of XAUTOCLAIM may say, and how many entries it looks at
 * for each. */
#define COUNT_MAX (G_MAXINT64 / 16)
#define TRIES_EACH 10
#define COUNT_DEFAULT 100

static gboolean
find_group (CfCall *call,
            CfStream *stream,
            CfStreamGroup **group,
            GError **error)
{
  CfSlice key = call->argv[1], name = call->argv[2];

  *group = stream != NULL ? cf_stream_find_group (stream, name) : NULL;
  return *group != NULL ||
         cf_throw (error, CF_ERROR_NO_GROUP,
                   "No such key '%.*s' or consumer group '%.*s'",
                   (int) MIN (key.size, CF_CALL_TEXT_MAX), key.data,
                   (int) MIN (name.size, CF_CALL_TEXT_MAX), name.data);
}

static gboolean
get_int (
    CfCall *call, guint i, const char *option, gint64 *value, GError **error)
{
  return cf_call_get_int (call, i, value, NULL) ||
         cf_throw (error, CF_ERROR_FAILED, "Invalid %s", option);
}

/* Whether it was delivered at least @ms ago. */
static gboolean
is_idle (const CfCall *call, const CfStreamPending *pending, gint64 ms)
{
  return ms <= 0 || cf_stream_since (call, pending->delivered_ms) >= ms;
}

/* -- XPENDING ------------------------------------------------------------- */

typedef struct
{
  gint64 idle_ms;
  CfStreamId from;
  CfStreamId to;
  gint64 count;
  guint consumer; /* the number of the argument, or 0 */
} Range;

static gboolean
get_range (CfCall *call, Range *range, GError **error)
{
  guint i = 3;

  if (cf_call_is (call, i, "IDLE"))
    {
      if (!cf_call_get_int (call, i + 1, &range->idle_ms, error))
        return FALSE;
      if (call->argc < 8)
        return cf_call_syntax_error (error);
      i += 2;
    }
  if (!cf_call_get_int (call, i + 2, &range->count, error) ||
      !cf_stream_get_start (call, i, &range->from, error) ||
      !cf_stream_get_end (call, i + 1, &range->to, error))
    return FALSE;
  if (i + 3 < call->argc)
    range->consumer = i + 3;
  return TRUE;
}

static void
reply_consumers (CfCall *call, const CfStreamGroup *group)
{
  CfOutChunk *hole = cf_reply_deferred (&call->reply);
  gsize n = 0;

  for (GTreeNode *at = cf_stream_group_first_consumer (group); at != NULL;
       at = g_tree_node_next (at))
    {
      const CfStreamConsumer *consumer = cf_stream_consumer_at (at);

      if (consumer->pending.n == 0)
        continue;
      cf_reply_array (&call->reply, 2);
      cf_reply_bulk (&call->reply, consumer->name);
      cf_reply_bulk_int (&call->reply, (gint64) consumer->pending.n);
      n++;
    }
  cf_reply_deferred_array (&call->reply, hole, n);
}

static void
reply_summary (CfCall *call, const CfStreamGroup *group)
{
  const CfIdTree *pending = &group->pending;

  cf_reply_array (&call->reply, 4);
  cf_reply_int (&call->reply, (gint64) pending->n);
  if (pending->n == 0)
    {
      cf_reply_null (&call->reply);
      cf_reply_null (&call->reply);
      cf_reply_null_array (&call->reply);
      return;
    }
  cf_stream_reply_id (&call->reply, cf_id_tree_id (cf_id_tree_first (pending)));
  cf_stream_reply_id (&call->reply, cf_id_tree_id (cf_id_tree_last (pending)));
  reply_consumers (call, group);
}

static void
reply_pending (CfCall *call, CfIdTreeAt at)
{
  const CfStreamPending *pending = cf_id_tree_value (at);
  gint64 idle_ms = cf_stream_since (call, pending->delivered_ms);

  cf_reply_array (&call->reply, 4);
  cf_stream_reply_id (&call->reply, cf_id_tree_id (at));
  cf_reply_bulk (&call->reply, pending->consumer->name);
  cf_reply_int (&call->reply, MAX (idle_ms, 0));
  cf_reply_int (&call->reply, (gint64) pending->n_deliveries);
}

static void
reply_range (CfCall *call, const CfStreamGroup *group, const Range *range)
{
  const CfStreamConsumer *consumer = NULL;
  const CfIdTree *tree = &group->pending;
  CfOutChunk *hole;
  gint64 n = 0;

  if (range->consumer != 0)
    {
      consumer = cf_stream_group_find (group, call->argv[range->consumer]);
      if (consumer == NULL)
        {
          cf_reply_array (&call->reply, 0);
          return;
        }
      tree = &consumer->pending;
    }
  hole = cf_reply_deferred (&call->reply);
  for (CfIdTreeAt at = cf_id_tree_seek (tree, range->from);
       at.page != NULL && n < range->count &&
       cf_stream_id_compare (cf_id_tree_id (at), range->to) <= 0;
       at = cf_id_tree_next (at))
    if (is_idle (call, cf_id_tree_value (at), range->idle_ms))
      {
        reply_pending (call, at);
        n++;
      }
  cf_reply_deferred_array (&call->reply, hole, (gsize) n);
}

/**
 * cf_stream_xpending:
 * @call: the call of XPENDING
 * @error: return location for an error, or %NULL
 *
 * XPENDING key group [[IDLE ms] start end count [consumer]]
 *
 * Returns: %FALSE on error
 */
gboolean
cf_stream_xpending (CfCall *call, GError **error)
{
  Range range = { .idle_ms = 0 };
  CfStream *stream;
  CfStreamGroup *group;

  if (call->argc != 3 && (call->argc < 6 || call->argc > 9))
    return cf_call_syntax_error (error);
  if (call->argc > 3 && !get_range (call, &range, error))
    return FALSE;
  if (!cf_stream_read (call, 1, &stream, error) ||
      !find_group (call, stream, &group, error))
    return FALSE;
  if (call->argc == 3)
    reply_summary (call, group);
  else
    reply_range (call, group, &range);
  return TRUE;
}

/* -- XCLAIM --------------------------------------------------------------- */

typedef struct
{
  gint64 idle_ms; /* the least */
  gboolean force; /* what is not pending, too */
  gboolean just_id;
  gint64 delivered_ms; /* -1: now */
  gint64 n_deliveries; /* -1: one more */
  CfStreamId last_id;
  guint end; /* the number of the first argument that is no ID */
} Claim;

static gboolean
get_claim_option (CfCall *call, guint *i, Claim *claim, GError **error)
{
  CfSlice option = call->argv[*i];

  if (cf_call_is (call, *i, "FORCE"))
    claim->force = TRUE;
  else if (cf_call_is (call, *i, "JUSTID"))
    claim->just_id = TRUE;
  else if (*i + 1 == call->argc)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Unrecognized XCLAIM option '%.*s'",
                     (int) MIN (option.size, CF_CALL_TEXT_MAX), option.data);
  else if (cf_call_is (call, *i, "IDLE"))
    {
      if (!get_int (call, ++*i, "IDLE option argument for XCLAIM",
                    &claim->delivered_ms, error))
        return FALSE;
      claim->delivered_ms =
          (gint64) ((guint64) call->now_ms - (guint64) claim->delivered_ms);
    }
  else if (cf_call_is (call, *i, "TIME"))
    return get_int (call, ++*i, "TIME option argument for XCLAIM",
                    &claim->delivered_ms, error);
  else if (cf_call_is (call, *i, "RETRYCOUNT"))
    return get_int (call, ++*i, "RETRYCOUNT option argument for XCLAIM",
                    &claim->n_deliveries, error);
  else if (cf_call_is (call, *i, "LASTID"))
    return cf_stream_get_id (call, ++*i, 0, &claim->last_id, error);
  else
    return cf_throw (error, CF_ERROR_FAILED,
                     "Unrecognized XCLAIM option '%.*s'",
                     (int) MIN (option.size, CF_CALL_TEXT_MAX), option.data);
  return TRUE;
}

static gboolean
get_claim (CfCall *call, Claim *claim, GError **error)
{
  CfStreamId id;

  *claim = (Claim){ .delivered_ms = -1, .n_deliveries = -1, .end = 5 };
  if (!get_int (call, 4, "min-idle-time argument for XCLAIM", &claim->idle_ms,
                error))
    return FALSE;
  while (claim->end < call->argc &&
         cf_stream_id_parse (call->argv[claim->end], 0, &id, NULL))
    claim->end++;
  for (guint i = claim->end; i < call->argc; i++)
    if (!get_claim_option (call, &i, claim, error))
      return FALSE;
  if (claim->delivered_ms < 0 || claim->delivered_ms > call->now_ms)
    claim->delivered_ms = call->now_ms;
  return TRUE;
}

/* An entry that is there no more cannot be pending: says so, and forgets it.
 */
static void
forget (CfCall *call, CfStreamGroup *group, CfStreamId id)
{
  CfStreamPending *pending = cf_stream_group_pending (group, id);

  if (pending == NULL)
    return;
  cf_stream_claim_effect (call, 1, group, id, pending);
  (void) cf_stream_group_ack (group, id);
  cf_stream_noted (call, 1, 1, NULL);
}

/* The consumer is made when there is something for it. */
static gboolean
claim_one (CfCall *call,
           const Claim *claim,
           CfStreamGroup *group,
           CfStreamConsumer **consumer,
           CfStreamId id)
{
  CfStreamPending *pending = cf_stream_group_pending (group, id);
  gboolean is_new = pending == NULL;

  if (!cf_stream_has (group->stream, id))
    {
      forget (call, group, id);
      return FALSE;
    }
  if (is_new ? !claim->force : !is_idle (call, pending, claim->idle_ms))
    return FALSE;
  if (*consumer == NULL)
    *consumer = cf_stream_see_consumer (call, 1, group, call->argv[3]);
  pending = cf_stream_group_give (group, id, *consumer, call->now_ms);
  pending->delivered_ms = claim->delivered_ms;
  if (is_new)
    pending->n_deliveries = 1;
  if (claim->n_deliveries >= 0)
    pending->n_deliveries = (guint64) claim->n_deliveries;
  else if (!claim->just_id)
    pending->n_deliveries++;
  cf_stream_claim_effect (call, 1, group, id, pending);
  cf_stream_noted (call, 1, 1, NULL);
  return TRUE;
}

static void
reply_claimed (CfCall *call,
               const CfStream *stream,
               CfStreamId id,
               gboolean just_id)
{
  if (just_id)
    cf_stream_reply_id (&call->reply, id);
  else
    (void) cf_stream_reply_one (&call->reply, stream, id);
}

static void
claim_all (CfCall *call, const Claim *claim, CfStreamGroup *group)
{
  CfStreamConsumer *consumer = NULL;
  CfOutChunk *hole = cf_reply_deferred (&call->reply);
  gsize n = 0;

  for (guint i = 5; i < claim->end; i++)
    {
      CfStreamId id;

      (void) cf_stream_id_parse (call->argv[i], 0, &id, NULL);
      if (!claim_one (call, claim, group, &consumer, id))
        continue;
      reply_claimed (call, group->stream, id, claim->just_id);
      n++;
    }
  cf_reply_deferred_array (&call->reply, hole, n);
}

/**
 * cf_stream_xclaim:
 * @call: the call of XCLAIM
 * @error: return location for an error, or %NULL
 *
 * XCLAIM key group consumer min-idle-time id [id ...] [IDLE ms] [TIME ms]
 * [RETRYCOUNT count] [FORCE] [JUSTID] [LASTID id]
 *
 * Returns: %FALSE on error
 */
gboolean
cf_stream_xclaim (CfCall *call, GError **error)
{
  CfStream *stream;
  CfStreamGroup *group;
  Claim claim;

  if (!cf_stream_read (call, 1, &stream, error) ||
      !find_group (call, stream, &group, error) ||
      !cf_stream_check_name (call, 3, error) ||
      !get_claim (call, &claim, error))
    return FALSE;
  cf_call_effect (call, NULL, 0);
  if (cf_stream_id_compare (claim.last_id, group->last_id) > 0)
    {
      group->last_id = claim.last_id;
      cf_stream_group_effect (call, 1, group);
      cf_stream_noted (call, 1, 1, NULL);
    }
  claim_all (call, &claim, group);
  return TRUE;
}

/* -- XAUTOCLAIM ----------------------------------------------------------- */

typedef struct
{
  gint64 idle_ms; /* the least */
  CfStreamId from;
  gint64 count;
  gboolean just_id;
  CfStreamId *claimed; /* room for all that can be found */
  gsize n_claimed;
  CfStreamId *deleted; /* likewise */
  gsize n_deleted;
} Search;

static gboolean
get_search (CfCall *call, Search *search, GError **error)
{
  if (!get_int (call, 4, "min-idle-time argument for XAUTOCLAIM",
                &search->idle_ms, error) ||
      !cf_stream_get_start (call, 5, &search->from, error))
    return FALSE;
  for (guint i = 6; i < call->argc; i++)
    if (cf_call_is (call, i, "COUNT") && i + 1 < call->argc)
      {
        if (!cf_call_get_int (call, ++i, &search->count, NULL) ||
            search->count < 1 || search->count > COUNT_MAX)
          return cf_throw (error, CF_ERROR_FAILED, "COUNT must be > 0");
      }
    else if (cf_call_is (call, i, "JUSTID"))
      search->just_id = TRUE;
    else
      return cf_call_syntax_error (error);
  return TRUE;
}

/* Claims what is found from one place on; returns the place after. */
static CfIdTreeAt
search_all (CfCall *call, Search *search, CfStreamGroup *group)
{
  const Claim claim = { .idle_ms = search->idle_ms,
                        .just_id = search->just_id,
                        .delivered_ms = call->now_ms,
                        .n_deliveries = -1 };
  CfIdTreeAt at = cf_id_tree_seek (&group->pending, search->from);
  CfStreamConsumer *consumer = NULL;
  gint64 n_tries = search->count * TRIES_EACH;

  while (n_tries-- > 0 && search->count > 0 && at.page != NULL)
    {
      CfStreamId id = cf_id_tree_id (at);

      if (!cf_stream_has (group->stream, id))
        {
          forget (call, group, id);
          search->deleted[search->n_deleted++] = id;
          search->count--;
          at = cf_id_tree_seek (&group->pending, id);
          continue;
        }
      if (claim_one (call, &claim, group, &consumer, id))
        {
          search->claimed[search->n_claimed++] = id;
          search->count--;
        }
      at = cf_id_tree_next (at);
    }
  return at;
}

static void
reply_search (CfCall *call,
              const Search *search,
              const CfStream *stream,
              CfIdTreeAt next)
{
  cf_reply_array (&call->reply, 3);
  cf_stream_reply_id (&call->reply, next.page != NULL ? cf_id_tree_id (next)
                                                      : CF_STREAM_ID_MIN);
  cf_reply_array (&call->reply, search->n_claimed);
  for (gsize i = 0; i < search->n_claimed; i++)
    reply_claimed (call, stream, search->claimed[i], search->just_id);
  cf_reply_array (&call->reply, search->n_deleted);
  for (gsize i = 0; i < search->n_deleted; i++)
    cf_stream_reply_id (&call->reply, search->deleted[i]);
}

/**
 * cf_stream_xautoclaim:
 * @call: the call of XAUTOCLAIM
 * @error: return location for an error, or %NULL
 *
 * XAUTOCLAIM key group consumer min-idle-time start [COUNT count] [JUSTID]
 *
 * Returns: %FALSE on error
 */
gboolean
cf_stream_xautoclaim (CfCall *call, GError **error)
{
  g_autofree CfStreamId *claimed = NULL, *deleted = NULL;
  Search search = { .count = COUNT_DEFAULT };
  CfStream *stream;
  CfStreamGroup *group;
  gsize most;

  /* Looked for, and perhaps missed, before anything is checked. */
  (void) cf_call_read (call, 1);
  if (!get_search (call, &search, error) ||
      !cf_stream_write (call, 1, &stream, error) ||
      !find_group (call, stream, &group, error) ||
      !cf_stream_check_name (call, 3, error))
    return FALSE;
  most = MIN ((gsize) search.count, group->pending.n);
  search.claimed = claimed = g_try_new (CfStreamId, MAX (most, 1));
  search.deleted = deleted = g_try_new (CfStreamId, MAX (most, 1));
  if (claimed == NULL || deleted == NULL)
    return cf_call_out_of_memory (error);
  cf_call_effect (call, NULL, 0);
  reply_search (call, &search, stream, search_all (call, &search, group));
  return TRUE;
}
