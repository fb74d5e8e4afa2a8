/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-zset.c -- adding members to sorted sets, removing and finding them. */
#include "config.h"

#include "commands/cmd-zset.h"

#include "base/number.h"
#include "commands/commands.h"

/* -- What all have in common ---------------------------------------------- */

/**
 * cf_zset_limits:
 * @call: a call
 *
 * Returns: up to which a sorted set is a listpack, by the settings
 */
CfZsetLimits
cf_zset_limits (const CfCall *call)
{
  CfConfig *config = call->engine->config;

  return (CfZsetLimits){
    (guint64) cf_config_get_int (config, CF_SETTING_ZSET_MAX_LISTPACK_ENTRIES),
    (guint64) cf_config_get_int (config, CF_SETTING_ZSET_MAX_LISTPACK_VALUE),
  };
}

/**
 * cf_zset_read:
 * @call: a call
 * @i: the number of an argument that is a key
 * @zset: (out) (nullable) (transfer none): the sorted set there
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if it has another type
 */
gboolean
cf_zset_read (CfCall *call, guint i, CfZset **zset, GError **error)
{
  CfObject *object;

  if (!cf_call_read_object (call, i, CF_TYPE_ZSET, &object, error))
    return FALSE;
  *zset = cf_zset_of (object);
  return TRUE;
}

/**
 * cf_zset_write:
 * @call: a call
 * @i: the number of an argument that is a key
 * @zset: (out) (nullable) (transfer none): the sorted set there, to be changed
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if it has another type
 */
gboolean
cf_zset_write (CfCall *call, guint i, CfZset **zset, GError **error)
{
  CfObject *object;

  if (!cf_call_write_object (call, i, CF_TYPE_ZSET, &object, error))
    return FALSE;
  *zset = cf_zset_of (object);
  return TRUE;
}

/**
 * cf_zset_reply_head:
 * @call: a call
 * @n: how many members follow
 * @with_scores: whether each with its score
 */
void
cf_zset_reply_head (CfCall *call, gsize n, gboolean with_scores)
{
  gboolean flat = with_scores && call->reply.resp == 2;

  cf_reply_array (&call->reply, flat ? n * 2 : n);
}

/**
 * cf_zset_reply_member:
 * @call: a call
 * @member: the bytes of a member
 * @score: its score
 * @with_scores: whether to say the score, which in RESP3 makes a pair
 */
void
cf_zset_reply_member (CfCall *call,
                      CfSlice member,
                      double score,
                      gboolean with_scores)
{
  if (with_scores && call->reply.resp != 2)
    cf_reply_array (&call->reply, 2);
  cf_reply_bulk (&call->reply, member);
  if (with_scores)
    cf_reply_double (&call->reply, score);
}

/**
 * cf_zset_was_cut:
 * @call: a call
 * @i: the number of the argument that is the key
 * @zset: the sorted set there, from which members were removed
 * @event: what to tell of that
 */
void
cf_zset_was_cut (CfCall *call, guint i, CfZset *zset, const char *event)
{
  cf_call_changed (call, i, CF_NOTIFY_ZSET, event);
  if (cf_zset_n (zset) > 0)
    return;
  cf_call_remove (call, i);
  cf_call_event (call, i, CF_NOTIFY_GENERIC, "del");
}

/**
 * cf_zset_store:
 * @call: a call
 * @i: the number of the argument that is the destination
 * @result: (transfer full): what is to be there; nothing if it is empty
 * @event: what to tell of it
 * @error: return location for an error, or %NULL
 *
 * Puts the result and replies with its size.
 *
 * Returns: %FALSE if there is no memory
 */
gboolean
cf_zset_store (
    CfCall *call, guint i, CfZset *result, const char *event, GError **error)
{
  gsize n = cf_zset_n (result);

  if (n > 0)
    {
      if (!cf_call_put_object (call, i, (CfObject *) result, CF_NO_DEADLINE,
                               error))
        return FALSE;
      cf_call_changed (call, i, CF_NOTIFY_ZSET, event);
    }
  else
    {
      cf_object_free ((CfObject *) result);
      if (cf_call_remove (call, i))
        cf_call_changed (call, i, CF_NOTIFY_GENERIC, "del");
    }
  cf_reply_int (&call->reply, (gint64) n);
  return TRUE;
}

/**
 * cf_zset_is_few:
 * @count: a number as an argument; its sign is no matter
 *
 * Returns: whether so many members take no time to speak of
 */
gboolean
cf_zset_is_few (CfSlice count)
{
  gint64 value;

  return cf_parse_int64 (count.data, count.size, &value) &&
         value > -CF_ZSET_FEW && value < CF_ZSET_FEW;
}

/* -- Adding --------------------------------------------------------------- */

typedef struct
{
  guint n_added;
  guint n_updated;
  gboolean refused; /* the last one, for the flags */
  double score;     /* of the last one */
} Added;

static gboolean
parse_score (CfSlice text, double *score)
{
  gint64 integer;

  if (G_LIKELY (cf_parse_int64 (text.data, text.size, &integer)))
    {
      *score = (double) integer;
      return TRUE;
    }
  return cf_parse_double (text.data, text.size, score);
}

static gboolean
add_all (CfCall *call,
         CfZset *zset,
         const CfSlice *pairs,
         guint n_pairs,
         CfZsetFlags flags,
         Added *added,
         GError **error)
{
  CfZsetLimits limits = cf_zset_limits (call);

  for (guint i = 0; i < n_pairs; i++)
    {
      CfZsetOutcome outcome;

      /* They were looked at before. */
      if (!parse_score (pairs[2 * i], &added->score))
        g_assert_not_reached ();
      outcome =
          cf_zset_add (zset, pairs[2 * i + 1], flags, &limits, &added->score);
      if (outcome == CF_ZSET_NO_MEMORY)
        return cf_call_out_of_memory (error);
      if (outcome == CF_ZSET_NAN)
        return cf_throw (error, CF_ERROR_FAILED,
                         "resulting score is not a number (NaN)");
      added->n_added += outcome == CF_ZSET_ADDED;
      added->n_updated += outcome == CF_ZSET_UPDATED;
      added->refused = outcome == CF_ZSET_REFUSED;
    }
  return TRUE;
}

static gboolean
add_to_new (CfCall *call,
            const CfSlice *pairs,
            guint n_pairs,
            CfZsetFlags flags,
            Added *added,
            GError **error)
{
  g_autoptr (CfObject) object = (CfObject *) cf_zset_new ();

  return add_all (call, cf_zset_of (object), pairs, n_pairs, flags, added,
                  error) &&
         cf_call_put_object (call, 1, g_steal_pointer (&object), CF_NO_DEADLINE,
                             error);
}

static gboolean
check_scores (const CfSlice *pairs, guint n_pairs, GError **error)
{
  double score;

  for (guint i = 0; i < n_pairs; i++)
    if (!parse_score (pairs[2 * i], &score))
      return cf_throw (error, CF_ERROR_FAILED, "value is not a valid float");
  return TRUE;
}

static void
reply_added (CfCall *call,
             CfZsetFlags flags,
             gboolean count_changed,
             const Added *added)
{
  if (!(flags & CF_ZSET_INCR))
    cf_reply_int (&call->reply,
                  added->n_added + (count_changed ? added->n_updated : 0));
  else if (added->refused)
    cf_reply_null (&call->reply);
  else
    cf_reply_double (&call->reply, added->score);
}

/**
 * cf_zset_add_pairs:
 * @call: a call whose argument 1 is a key
 * @pairs: (array): scores and members in turn
 * @n_pairs: how many of both
 * @flags: on what conditions
 * @count_changed: whether to count members whose score changes in the reply
 * @error: return location for an error, or %NULL
 *
 * Does what ZADD does with what follows its options.
 *
 * Returns: %FALSE if a score is no number, the key has another type, ...
 */
gboolean
cf_zset_add_pairs (CfCall *call,
                   const CfSlice *pairs,
                   guint n_pairs,
                   CfZsetFlags flags,
                   gboolean count_changed,
                   GError **error)
{
  Added added = { 0 };
  gboolean ok = TRUE;
  CfZset *zset;

  if (!check_scores (pairs, n_pairs, error) ||
      !cf_zset_write (call, 1, &zset, error))
    return FALSE;
  if (zset != NULL)
    ok = add_all (call, zset, pairs, n_pairs, flags, &added, error);
  else if (flags & CF_ZSET_XX)
    added.refused = TRUE;
  else if (!add_to_new (call, pairs, n_pairs, flags, &added, error))
    return FALSE;
  if (added.n_added + added.n_updated > 0)
    cf_call_changed (call, 1, CF_NOTIFY_ZSET,
                     flags & CF_ZSET_INCR ? "zincr" : "zadd");
  if (ok)
    reply_added (call, flags, count_changed, &added);
  return ok;
}

/* Reads the options of ZADD; returns the number of the first argument that is
 * none. */
static guint
parse_add_options (CfCall *call, CfZsetFlags *flags, gboolean *count_changed)
{
  static const struct
  {
    const char *word;
    CfZsetFlags flag;
  } words[] = {
    { "NX", CF_ZSET_NX }, { "XX", CF_ZSET_XX },     { "GT", CF_ZSET_GT },
    { "LT", CF_ZSET_LT }, { "INCR", CF_ZSET_INCR }, { "CH", 0 },
  };
  guint i;

  for (i = 2; i < call->argc; i++)
    {
      gsize j = 0;

      while (j < G_N_ELEMENTS (words) && !cf_call_is (call, i, words[j].word))
        j++;
      if (j == G_N_ELEMENTS (words))
        break;
      *flags |= words[j].flag;
      *count_changed |= words[j].flag == 0;
    }
  return i;
}

static gboolean
check_add_options (CfZsetFlags flags, guint n_pairs, GError **error)
{
  guint of_three = ((flags & CF_ZSET_NX) != 0) + ((flags & CF_ZSET_GT) != 0) +
                   ((flags & CF_ZSET_LT) != 0);

  if ((flags & CF_ZSET_NX) && (flags & CF_ZSET_XX))
    return cf_throw (error, CF_ERROR_FAILED,
                     "XX and NX options at the same time are not compatible");
  if (of_three > 1)
    return cf_throw (error, CF_ERROR_FAILED,
                     "GT, LT, and/or NX options at the same time are not "
                     "compatible");
  if ((flags & CF_ZSET_INCR) && n_pairs > 1)
    return cf_throw (error, CF_ERROR_FAILED,
                     "INCR option supports a single increment-element pair");
  return TRUE;
}

static gboolean
add (CfCall *call, CfZsetFlags flags, GError **error)
{
  gboolean count_changed = FALSE;
  guint first = 2, n;

  /* A score is no option. */
  if (G_UNLIKELY (g_ascii_isalpha (
          call->argv[2].size > 0 ? call->argv[2].data[0] : '\0')))
    first = parse_add_options (call, &flags, &count_changed);
  n = call->argc - first;
  if (n == 0 || n % 2 != 0)
    return cf_call_syntax_error (error);
  return check_add_options (flags, n / 2, error) &&
         cf_zset_add_pairs (call, call->argv + first, n / 2, flags,
                            count_changed, error);
}

static gboolean
run_zadd (CfCall *call, GError **error)
{
  return add (call, 0, error);
}

static gboolean
run_zincrby (CfCall *call, GError **error)
{
  return add (call, CF_ZSET_INCR, error);
}

static gboolean
run_zrem (CfCall *call, GError **error)
{
  CfZset *zset;
  guint n = 0;

  if (!cf_zset_write (call, 1, &zset, error))
    return FALSE;
  for (guint i = 2; zset != NULL && i < call->argc && cf_zset_n (zset) > 0; i++)
    n += (guint) cf_zset_remove (zset, call->argv[i]);
  if (n > 0)
    cf_zset_was_cut (call, 1, zset, "zrem");
  cf_reply_int (&call->reply, n);
  return TRUE;
}

/* -- Finding -------------------------------------------------------------- */

static gboolean
run_zcard (CfCall *call, GError **error)
{
  CfZset *zset;

  if (!cf_zset_read (call, 1, &zset, error))
    return FALSE;
  cf_reply_int (&call->reply, zset != NULL ? (gint64) cf_zset_n (zset) : 0);
  return TRUE;
}

static void
reply_score (CfCall *call, const CfZset *zset, CfSlice member)
{
  double score;

  if (zset != NULL && cf_zset_get (zset, member, &score))
    cf_reply_double (&call->reply, score);
  else
    cf_reply_null (&call->reply);
}

static gboolean
run_zscore (CfCall *call, GError **error)
{
  CfZset *zset;

  if (!cf_zset_read (call, 1, &zset, error))
    return FALSE;
  reply_score (call, zset, call->argv[2]);
  return TRUE;
}

static gboolean
run_zmscore (CfCall *call, GError **error)
{
  CfZset *zset;

  if (!cf_zset_read (call, 1, &zset, error))
    return FALSE;
  cf_reply_array (&call->reply, call->argc - 2);
  for (guint i = 2; i < call->argc; i++)
    reply_score (call, zset, call->argv[i]);
  return TRUE;
}

static gboolean
reply_rank (CfCall *call, gboolean reverse, GError **error)
{
  gboolean with_score = call->argc > 3;
  CfZset *zset;
  double score;
  gsize rank;

  if (call->argc > 4)
    return cf_throw (error, CF_ERROR_FAILED,
                     "wrong number of arguments for '%s' command",
                     call->info->full_name);
  if (with_score && !cf_call_is (call, 3, "WITHSCORE"))
    return cf_call_syntax_error (error);
  if (!cf_zset_read (call, 1, &zset, error))
    return FALSE;
  if (zset == NULL || !cf_zset_rank (zset, call->argv[2], &rank, &score))
    {
      if (with_score)
        cf_reply_null_array (&call->reply);
      else
        cf_reply_null (&call->reply);
      return TRUE;
    }
  if (with_score)
    cf_reply_array (&call->reply, 2);
  cf_reply_int (&call->reply,
                (gint64) (reverse ? cf_zset_n (zset) - 1 - rank : rank));
  if (with_score)
    cf_reply_double (&call->reply, score);
  return TRUE;
}

static gboolean
run_zrank (CfCall *call, GError **error)
{
  return reply_rank (call, FALSE, error);
}

static gboolean
run_zrevrank (CfCall *call, GError **error)
{
  return reply_rank (call, TRUE, error);
}

static const CfCommand commands[] = {
  {
      .name = "ZADD",
      .usage = "key [NX | XX] [GT | LT] [CH] [INCR] (score:double member) ...",
      .summary = "Adds members to a sorted set, or changes their scores.",
      .since = "1.2.0",
      .complexity = "O(log(N)) for each member, N being the size of the set.",
      .run = run_zadd,
      .arity = -4,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_FAST,
      .categories = CF_ACL_SORTEDSET,
      .keys = { CF_ONE_KEY ("RW update") },
  },
  {
      .name = "ZCARD",
      .usage = "key",
      .summary = "Counts the members of a sorted set.",
      .since = "1.2.0",
      .complexity = "O(1)",
      .run = run_zcard,
      .arity = 2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_SORTEDSET,
      .keys = { CF_ONE_KEY ("RO") },
  },
  {
      .name = "ZINCRBY",
      .usage = "key increment:integer member",
      .summary = "Adds to the score of a member, which is made if need be.",
      .since = "1.2.0",
      .complexity = "O(log(N)), N being the size of the set.",
      .run = run_zincrby,
      .arity = 4,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_FAST,
      .categories = CF_ACL_SORTEDSET,
      .keys = { CF_ONE_KEY ("RW access update") },
  },
  {
      .name = "ZMSCORE",
      .usage = "key member ...",
      .summary = "Returns the scores of some members.",
      .since = "6.2.0",
      .complexity = "O(N), N being the number of members asked for.",
      .run = run_zmscore,
      .arity = -3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_SORTEDSET,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "ZRANK",
      .usage = "key member [WITHSCORE]",
      .summary = "Returns how many members have less than a member.",
      .since = "2.0.0",
      .complexity = "O(log(N))",
      .run = run_zrank,
      .arity = -3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_SORTEDSET,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "ZREM",
      .usage = "key member ...",
      .summary = "Removes members from a sorted set, and the last with it.",
      .since = "1.2.0",
      .complexity = "O(M*log(N)), N being the size of the set, M how many are "
                    "removed.",
      .run = run_zrem,
      .arity = -3,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_SORTEDSET,
      .keys = { CF_ONE_KEY ("RW delete") },
  },
  {
      .name = "ZREVRANK",
      .usage = "key member [WITHSCORE]",
      .summary = "Returns how many members have more than a member.",
      .since = "2.0.0",
      .complexity = "O(log(N))",
      .run = run_zrevrank,
      .arity = -3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_SORTEDSET,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "ZSCORE",
      .usage = "key member",
      .summary = "Returns the score of a member.",
      .since = "1.2.0",
      .complexity = "O(1)",
      .run = run_zscore,
      .arity = 3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_SORTEDSET,
      .keys = { CF_ONE_KEY ("RO access") },
  },
};

const CfFamily cf_zset_family = {
  .group = "sorted-set",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
