/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-zset-scan.c -- some members of a sorted set, in order or by chance. */
#include "config.h"

#include "base/number.h"
#include "base/random.h"
#include "commands/cmd-zset.h"
#include "commands/commands.h"
#include "commands/cursor.h"
#include "types/zset-small.h"

/* A reply of members that repeat is ended by an error at this size: a client
 * may ask for any number of them. */
#define REPLY_MAX ((gsize) 1 << 30) /* bytes */

/* -- ZSCAN ---------------------------------------------------------------- */

static void
reply_scanned (CfCursor *cursor, CfSlice member, CfSlice score)
{
  cursor->seen++;
  if (!cf_cursor_matches (cursor, member))
    return;
  cf_reply_bulk (&cursor->call->reply, member);
  cf_reply_bulk (&cursor->call->reply, score);
  cursor->n += 2;
}

static void
on_scanned (CfSlice member, double score, gpointer data)
{
  char text[CF_DOUBLE_SIZE];

  reply_scanned (data, member, cf_slice (text, cf_format_double (text, score)));
}

/* As it stands in a listpack: a large whole number has all its digits. */
static void
on_scanned_small (CfSlice member, double score, gpointer data)
{
  char text[CF_ZSET_SMALL_SCORE_SIZE];

  reply_scanned (data, member,
                 cf_slice (text, cf_zset_small_format_score (text, score)));
}

static guint64
scan (gconstpointer collection, guint64 cursor, CfCursor *self)
{
  return cf_zset_scan (collection, cursor,
                       cf_zset_listpack (collection) != NULL ? on_scanned_small
                                                             : on_scanned,
                       self);
}

static gboolean
run_zscan (CfCall *call, GError **error)
{
  CfCursor cursor;
  CfZset *zset;

  if (!cf_cursor_init (&cursor, call, 2, error) ||
      !cf_zset_read (call, 1, &zset, error))
    return FALSE;
  if (zset == NULL)
    cf_cursor_reply_nothing (call);
  else if (!cf_cursor_parse_options (&cursor, 3, FALSE, error))
    return FALSE;
  else
    cf_cursor_run (&cursor, zset, scan);
  return TRUE;
}

/* -- ZRANDMEMBER ---------------------------------------------------------- */

/* The member of a rank. */
static void
reply_rank (CfCall *call, const CfZset *zset, gsize rank, gboolean with_scores)
{
  CfZsetIter iter;
  CfSlice member;
  double score;

  cf_zset_iter_init (&iter, zset, rank, FALSE);
  if (cf_zset_iter_next (&iter, &member, &score))
    cf_zset_reply_member (call, member, score, with_scores);
}

/* Members of any rank, again and again. */
static gboolean
reply_repeating (CfCall *call,
                 const CfZset *zset,
                 guint64 n,
                 gboolean with_scores,
                 GError **error)
{
  CfOutMark mark = cf_out_mark (call->reply.out);

  if (n > REPLY_MAX)
    return cf_call_out_of_memory (error);
  cf_zset_reply_head (call, n, with_scores);
  for (; n > 0; n--)
    {
      reply_rank (call, zset, cf_random_below (cf_zset_n (zset)), with_scores);
      if (call->reply.out->size > mark.size + REPLY_MAX)
        {
          cf_out_rewind (call->reply.out, mark);
          return cf_call_out_of_memory (error);
        }
    }
  return TRUE;
}

/* Goes over all and takes each with the chance that is left for it. */
static void
reply_selected (CfCall *call, const CfZset *zset, gsize n, gboolean with_scores)
{
  gsize left = cf_zset_n (zset);
  CfZsetIter iter;
  CfSlice member;
  double score;

  cf_zset_iter_init (&iter, zset, 0, FALSE);
  for (; n > 0 && cf_zset_iter_next (&iter, &member, &score); left--)
    if (n == left || cf_random_below (left) < n)
      {
        cf_zset_reply_member (call, member, score, with_scores);
        n--;
      }
}

/* Draws ranks, by Robert Floyd's method, few of many. */
static void
reply_drawn (CfCall *call, const CfZset *zset, gsize n, gboolean with_scores)
{
  g_autoptr (GHashTable) drawn = g_hash_table_new (NULL, NULL);
  gsize size = cf_zset_n (zset);

  for (gsize i = size - n; i < size; i++)
    {
      gsize rank = cf_random_below (i + 1);

      if (!g_hash_table_add (drawn, GSIZE_TO_POINTER (rank)))
        {
          rank = i;
          g_hash_table_add (drawn, GSIZE_TO_POINTER (rank));
        }
      reply_rank (call, zset, rank, with_scores);
    }
}

static void
reply_different (CfCall *call,
                 const CfZset *zset,
                 guint64 n,
                 gboolean with_scores)
{
  gsize size = cf_zset_n (zset);

  n = MIN (n, size);
  cf_zset_reply_head (call, n, with_scores);
  if (n > size / 3 || cf_zset_listpack (zset) != NULL)
    reply_selected (call, zset, n, with_scores);
  else
    reply_drawn (call, zset, n, with_scores);
}

static gboolean
parse_count (CfCall *call, gint64 *count, GError **error)
{
  if (!cf_call_get_int_in (call, 2, -G_MAXINT64, G_MAXINT64, count, error))
    return FALSE;
  if (call->argc > 4 ||
      (call->argc == 4 && !cf_call_is (call, 3, "WITHSCORES")))
    return cf_call_syntax_error (error);
  if (call->argc == 4 && (*count < -G_MAXINT64 / 2 || *count > G_MAXINT64 / 2))
    return cf_throw (error, CF_ERROR_FAILED, "value is out of range");
  return TRUE;
}

static gboolean
run_zrandmember (CfCall *call, GError **error)
{
  gboolean with_scores = call->argc == 4;
  CfZset *zset;
  gint64 count;

  if (call->argc > 2 && !parse_count (call, &count, error))
    return FALSE;
  if (!cf_zset_read (call, 1, &zset, error))
    return FALSE;
  if (call->argc == 2 && zset == NULL)
    cf_reply_null (&call->reply);
  else if (call->argc == 2)
    reply_rank (call, zset, cf_random_below (cf_zset_n (zset)), FALSE);
  else if (zset == NULL || count == 0)
    cf_reply_array (&call->reply, 0);
  else if (count < 0)
    return reply_repeating (call, zset, (guint64) -count, with_scores, error);
  else
    reply_different (call, zset, (guint64) count, with_scores);
  return TRUE;
}

static gboolean
zrandmember_takes_long (const CfSlice *argv, guint argc)
{
  return argc > 2 && !cf_zset_is_few (argv[2]);
}

static const CfCommand commands[] = {
  {
      .name = "ZRANDMEMBER",
      .usage = "key [count:integer [WITHSCORES]]",
      .summary = "Returns members chosen at random.",
      .since = "6.2.0",
      .complexity = "O(N), N being how many are returned.",
      .tips = "nondeterministic_output",
      .run = run_zrandmember,
      .arity = -2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_SORTEDSET,
      .takes_long = zrandmember_takes_long,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "ZSCAN",
      .usage = "key cursor:integer [MATCH pattern:pattern] "
               "[COUNT count:integer]",
      .summary = "Returns some members with scores, and where to go on.",
      .since = "2.8.0",
      .complexity = "O(1) for every call, O(N) for all members.",
      .tips = "nondeterministic_output",
      .run = run_zscan,
      .arity = -3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_SORTEDSET,
      .takes_long = cf_cursor_takes_long,
      .keys = { CF_ONE_KEY ("RO access") },
  },
};

const CfFamily cf_zset_scan_family = {
  .group = "sorted-set",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
