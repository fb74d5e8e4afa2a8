/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-zset-range.c -- members of sorted sets by rank, score or bytes. */
#include "config.h"

#include "base/number.h"
#include "commands/cmd-zset.h"
#include "commands/commands.h"

typedef enum
{
  BY_ANY, /* the arguments tell */
  BY_RANK,
  BY_SCORE,
  BY_LEX,
} By;

typedef enum
{
  ANY_WAY,
  FORWARD,
  REVERSE,
} Direction;

typedef struct
{
  By by;
  gint64 start; /* BY_RANK, as given */
  gint64 stop;
  CfScoreRange scores;
  CfLexRange lex;
} Range;

typedef struct
{
  Range range;
  Direction direction;
  gint64 offset;
  gint64 limit; /* -1: none */
  gboolean with_scores;
} Query;

/* -- Ranges --------------------------------------------------------------- */

static gboolean
parse_range (CfCall *call, guint min, guint max, Range *range, GError **error)
{
  switch (range->by)
    {
    case BY_SCORE:
      return cf_score_range_parse (&range->scores, call->argv[min],
                                   call->argv[max]) ||
             cf_throw (error, CF_ERROR_FAILED, "min or max is not a float");
    case BY_LEX:
      return cf_lex_range_parse (&range->lex, call->argv[min],
                                 call->argv[max]) ||
             cf_throw (error, CF_ERROR_FAILED,
                       "min or max not valid string range item");
    default:
      return cf_call_get_int (call, min, &range->start, error) &&
             cf_call_get_int (call, max, &range->stop, error);
    }
}

/* The ranks of a range that is given by ranks, negative ones from the end. */
static void
find_ranks (gsize size, gint64 start, gint64 stop, gsize *first, gsize *n)
{
  gint64 length = (gint64) size;

  if (start < 0)
    start = MAX (start + length, 0);
  if (stop < 0)
    stop += length;
  *first = *n = 0;
  if (start > stop || start >= length)
    return;
  *first = (gsize) start;
  *n = (gsize) (MIN (stop, length - 1) - start) + 1;
}

/* Where the members are: @first from the end if @reverse and by rank. */
static void
find_range (const CfZset *zset, const Range *range, gsize *first, gsize *n)
{
  switch (range->by)
    {
    case BY_SCORE:
      cf_zset_find_scores (zset, &range->scores, first, n);
      break;
    case BY_LEX:
      cf_zset_find_lex (zset, &range->lex, first, n);
      break;
    default:
      find_ranks (cf_zset_n (zset), range->start, range->stop, first, n);
    }
}

/* -- ZRANGE and its kind -------------------------------------------------- */

static gboolean
parse_option (CfCall *call, guint *i, gboolean store, Query *query)
{
  if (!store && cf_call_is (call, *i, "WITHSCORES"))
    query->with_scores = TRUE;
  else if (query->direction == ANY_WAY && cf_call_is (call, *i, "REV"))
    query->direction = REVERSE;
  else if (query->range.by == BY_ANY && cf_call_is (call, *i, "BYLEX"))
    query->range.by = BY_LEX;
  else if (query->range.by == BY_ANY && cf_call_is (call, *i, "BYSCORE"))
    query->range.by = BY_SCORE;
  else
    return FALSE;
  return TRUE;
}

static gboolean
parse_options (
    CfCall *call, guint first, gboolean store, Query *query, GError **error)
{
  for (guint i = first; i < call->argc; i++)
    if (cf_call_is (call, i, "LIMIT") && i + 2 < call->argc)
      {
        if (!cf_call_get_int (call, i + 1, &query->offset, error) ||
            !cf_call_get_int (call, i + 2, &query->limit, error))
          return FALSE;
        i += 2;
      }
    else if (!parse_option (call, &i, store, query))
      return cf_call_syntax_error (error);
  if (query->direction == ANY_WAY)
    query->direction = FORWARD;
  if (query->range.by == BY_ANY)
    query->range.by = BY_RANK;
  if (query->limit != -1 && query->range.by == BY_RANK)
    return cf_throw (error, CF_ERROR_FAILED,
                     "syntax error, LIMIT is only supported in combination "
                     "with either BYSCORE or BYLEX");
  if (query->with_scores && query->range.by == BY_LEX)
    return cf_throw (error, CF_ERROR_FAILED,
                     "syntax error, WITHSCORES not supported in combination "
                     "with BYLEX");
  return TRUE;
}

/* Reads what follows the key, argument @key. */
static gboolean
parse_query (
    CfCall *call, guint key, gboolean store, Query *query, GError **error)
{
  gboolean swapped;

  query->limit = -1;
  if (!parse_options (call, key + 3, store, query, error))
    return FALSE;
  swapped = query->direction == REVERSE && query->range.by != BY_RANK;
  return parse_range (call, swapped ? key + 2 : key + 1,
                      swapped ? key + 1 : key + 2, &query->range, error);
}

/* Applies LIMIT, and turns ranks from the end around.  @first is where to
 * begin then, going in the direction of the query. */
static void
find_members (const CfZset *zset, const Query *query, gsize *first, gsize *n)
{
  gsize found, skipped = 0;

  find_range (zset, &query->range, first, &found);
  if (query->range.by != BY_RANK)
    skipped = query->offset < 0 ? found : MIN (found, (gsize) query->offset);
  *n = found - skipped;
  if (query->limit >= 0)
    *n = MIN (*n, (gsize) query->limit);
  if (*n == 0)
    return;
  if (query->direction != REVERSE)
    *first += skipped;
  else if (query->range.by == BY_RANK)
    *first = cf_zset_n (zset) - 1 - *first;
  else
    *first += found - 1 - skipped;
}

static void
reply_members (CfCall *call, const CfZset *zset, const Query *query)
{
  gsize first, n;
  CfZsetIter iter;
  CfSlice member;
  double score;

  find_members (zset, query, &first, &n);
  cf_zset_reply_head (call, n, query->with_scores);
  if (n == 0)
    return;
  cf_zset_iter_init (&iter, zset, first, query->direction == REVERSE);
  while (n-- > 0 && cf_zset_iter_next (&iter, &member, &score))
    cf_zset_reply_member (call, member, score, query->with_scores);
}

static gboolean
range (CfCall *call, By by, Direction direction, GError **error)
{
  Query query = { .range.by = by, .direction = direction };
  CfZset *zset;

  if (!parse_query (call, 1, FALSE, &query, error) ||
      !cf_zset_read (call, 1, &zset, error))
    return FALSE;
  if (zset != NULL)
    reply_members (call, zset, &query);
  else
    cf_reply_array (&call->reply, 0);
  return TRUE;
}

static gboolean
run_zrange (CfCall *call, GError **error)
{
  return range (call, BY_ANY, ANY_WAY, error);
}

static gboolean
run_zrangebylex (CfCall *call, GError **error)
{
  return range (call, BY_LEX, FORWARD, error);
}

static gboolean
run_zrangebyscore (CfCall *call, GError **error)
{
  return range (call, BY_SCORE, FORWARD, error);
}

static gboolean
run_zrevrange (CfCall *call, GError **error)
{
  return range (call, BY_RANK, REVERSE, error);
}

static gboolean
run_zrevrangebylex (CfCall *call, GError **error)
{
  return range (call, BY_LEX, REVERSE, error);
}

static gboolean
run_zrevrangebyscore (CfCall *call, GError **error)
{
  return range (call, BY_SCORE, REVERSE, error);
}

static gboolean
copy_members (CfCall *call,
              const CfZset *from,
              const Query *query,
              CfZset *to,
              GError **error)
{
  CfZsetLimits limits = cf_zset_limits (call);
  gsize first, n;
  CfZsetIter iter;
  CfSlice member;
  double score;

  find_members (from, query, &first, &n);
  if (n == 0)
    return TRUE;
  cf_zset_iter_init (&iter, from, first, query->direction == REVERSE);
  while (n-- > 0 && cf_zset_iter_next (&iter, &member, &score))
    if (cf_zset_add (to, member, 0, &limits, &score) == CF_ZSET_NO_MEMORY)
      return cf_call_out_of_memory (error);
  return TRUE;
}

static gboolean
run_zrangestore (CfCall *call, GError **error)
{
  Query query = { .range.by = BY_ANY };
  g_autoptr (CfObject) result = NULL;
  CfZset *zset;

  if (!parse_query (call, 2, TRUE, &query, error) ||
      !cf_zset_read (call, 2, &zset, error))
    return FALSE;
  result = (CfObject *) cf_zset_new ();
  if (zset != NULL &&
      !copy_members (call, zset, &query, cf_zset_of (result), error))
    return FALSE;
  return cf_zset_store (call, 1, cf_zset_of (g_steal_pointer (&result)),
                        "zrangestore", error);
}

/* -- Counting and removing ------------------------------------------------ */

static gboolean
count (CfCall *call, By by, GError **error)
{
  Range range = { .by = by };
  gsize first, n = 0;
  CfZset *zset;

  if (!parse_range (call, 2, 3, &range, error) ||
      !cf_zset_read (call, 1, &zset, error))
    return FALSE;
  if (zset != NULL)
    find_range (zset, &range, &first, &n);
  cf_reply_int (&call->reply, (gint64) n);
  return TRUE;
}

static gboolean
run_zcount (CfCall *call, GError **error)
{
  return count (call, BY_SCORE, error);
}

static gboolean
run_zlexcount (CfCall *call, GError **error)
{
  return count (call, BY_LEX, error);
}

static gboolean
remove_range (CfCall *call, By by, const char *event, GError **error)
{
  Range range = { .by = by };
  gsize first, n = 0;
  CfZset *zset;

  if (!parse_range (call, 2, 3, &range, error) ||
      !cf_zset_write (call, 1, &zset, error))
    return FALSE;
  if (zset != NULL)
    find_range (zset, &range, &first, &n);
  if (n > 0)
    {
      cf_zset_remove_ranks (zset, first, n);
      cf_zset_was_cut (call, 1, zset, event);
    }
  cf_reply_int (&call->reply, (gint64) n);
  return TRUE;
}

static gboolean
run_zremrangebylex (CfCall *call, GError **error)
{
  return remove_range (call, BY_LEX, "zremrangebylex", error);
}

static gboolean
run_zremrangebyrank (CfCall *call, GError **error)
{
  return remove_range (call, BY_RANK, "zremrangebyrank", error);
}

static gboolean
run_zremrangebyscore (CfCall *call, GError **error)
{
  return remove_range (call, BY_SCORE, "zremrangebyscore", error);
}

/* -- How long they take --------------------------------------------------- */

/* Whether ranks, as given, say that there are few. */
static gboolean
are_few_ranks (CfSlice start_text, CfSlice stop_text)
{
  gint64 start, stop;

  return cf_parse_int64 (start_text.data, start_text.size, &start) &&
         cf_parse_int64 (stop_text.data, stop_text.size, &stop) &&
         (start < 0) == (stop < 0) && stop - start < CF_ZSET_FEW;
}

static gboolean
has_small_limit (const CfSlice *argv, guint argc)
{
  for (guint i = 4; i + 2 < argc; i++)
    if (cf_slice_is (argv[i], "LIMIT"))
      return argv[i + 2].size > 0 && argv[i + 2].data[0] != '-' &&
             cf_zset_is_few (argv[i + 2]);
  return FALSE;
}

static gboolean
takes_long (const CfSlice *argv, guint argc)
{
  return !has_small_limit (argv, argc) && !are_few_ranks (argv[2], argv[3]);
}

/* What looks like ranks may be scores. */
static gboolean
zrange_takes_long (const CfSlice *argv, guint argc)
{
  for (guint i = 4; i < argc; i++)
    if (cf_slice_is (argv[i], "BYSCORE") || cf_slice_is (argv[i], "BYLEX"))
      return !has_small_limit (argv, argc);
  return !are_few_ranks (argv[2], argv[3]);
}

static gboolean
limit_takes_long (const CfSlice *argv, guint argc)
{
  return !has_small_limit (argv, argc);
}

#define READS(NAME, USAGE, SUMMARY, SINCE, RUN, LONG)                          \
  {                                                                            \
    .name = NAME, .usage = USAGE, .summary = SUMMARY, .since = SINCE,          \
    .complexity = "O(log(N)+M), N being the size of the set, M how many are "  \
                  "returned.",                                                 \
    .run = RUN, .arity = -4, .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,    \
    .categories = CF_ACL_SORTEDSET, .takes_long = LONG, .keys = {              \
      CF_ONE_KEY ("RO access")                                                 \
    }                                                                          \
  }
#define COUNTS(NAME, USAGE, SUMMARY, SINCE, RUN)                               \
  {                                                                            \
    .name = NAME, .usage = USAGE, .summary = SUMMARY, .since = SINCE,          \
    .complexity = "O(log(N)), N being the size of the set.", .run = RUN,       \
    .arity = 4, .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,                \
    .categories = CF_ACL_SORTEDSET, .keys = {                                  \
      CF_ONE_KEY ("RO access")                                                 \
    }                                                                          \
  }
#define REMOVES(NAME, USAGE, SUMMARY, SINCE, RUN, LONG)                        \
  {                                                                            \
    .name = NAME, .usage = USAGE, .summary = SUMMARY, .since = SINCE,          \
    .complexity = "O(log(N)+M), N being the size of the set, M how many are "  \
                  "removed.",                                                  \
    .run = RUN, .arity = 4, .flags = CF_COMMAND_WRITE | CF_COMMAND_BIG,        \
    .categories = CF_ACL_SORTEDSET, .takes_long = LONG, .keys = {              \
      CF_ONE_KEY ("RW delete")                                                 \
    }                                                                          \
  }
#define LIMIT "[LIMIT (offset:integer count:integer)]"

static const CfCommand commands[] = {
  COUNTS ("ZCOUNT",
          "key min:double max:double",
          "Counts the members with scores in a range.",
          "2.0.0",
          run_zcount),
  COUNTS ("ZLEXCOUNT",
          "key min max",
          "Counts the members in a range, all having one score.",
          "2.8.9",
          run_zlexcount),
  READS ("ZRANGE",
         "key start stop [BYSCORE | BYLEX] [REV] " LIMIT " [WITHSCORES]",
         "Returns the members in a range of ranks, scores or members.",
         "1.2.0",
         run_zrange,
         zrange_takes_long),
  READS ("ZRANGEBYLEX",
         "key min max " LIMIT,
         "Returns the members in a range, all having one score.",
         "2.8.9",
         run_zrangebylex,
         limit_takes_long),
  READS ("ZRANGEBYSCORE",
         "key min:double max:double [WITHSCORES] " LIMIT,
         "Returns the members with scores in a range.",
         "1.0.5",
         run_zrangebyscore,
         limit_takes_long),
  {
      .name = "ZRANGESTORE",
      .usage = "dst:key src:key min max [BYSCORE | BYLEX] [REV] " LIMIT,
      .summary = "Stores the members in a range as another sorted set.",
      .since = "6.2.0",
      .complexity = "O(log(N)+M), N being the size of the set, M how many are "
                    "stored.",
      .run = run_zrangestore,
      .arity = -5,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_BIG,
      .categories = CF_ACL_SORTEDSET,
      .keys = { CF_ONE_KEY ("OW update"), CF_KEY_AT ("RO access", 2) },
  },
  REMOVES ("ZREMRANGEBYLEX",
           "key min max",
           "Removes the members in a range, all having one score.",
           "2.8.9",
           run_zremrangebylex,
           NULL),
  REMOVES ("ZREMRANGEBYRANK",
           "key start:integer stop:integer",
           "Removes the members in a range of ranks.",
           "2.0.0",
           run_zremrangebyrank,
           takes_long),
  REMOVES ("ZREMRANGEBYSCORE",
           "key min:double max:double",
           "Removes the members with scores in a range.",
           "1.2.0",
           run_zremrangebyscore,
           NULL),
  READS ("ZREVRANGE",
         "key start:integer stop:integer [WITHSCORES]",
         "Returns the members in a range of ranks, from the end on.",
         "1.2.0",
         run_zrevrange,
         takes_long),
  READS ("ZREVRANGEBYLEX",
         "key max min " LIMIT,
         "Returns the members in a range, from the end on, all having one "
         "score.",
         "2.8.9",
         run_zrevrangebylex,
         limit_takes_long),
  READS ("ZREVRANGEBYSCORE",
         "key max:double min:double [WITHSCORES] " LIMIT,
         "Returns the members with scores in a range, from the highest on.",
         "2.2.0",
         run_zrevrangebyscore,
         limit_takes_long),
};

const CfFamily cf_zset_range_family = {
  .group = "sorted-set",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
