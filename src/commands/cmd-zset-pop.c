/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-zset-pop.c -- taking the first or last members of sorted sets. */
#include "config.h"

#include "base/number.h"
#include "commands/cmd-zset.h"
#include "commands/commands.h"

typedef struct
{
  gboolean max;   /* the last ones */
  gint64 count;   /* how many; -1: one, and the reply is not nested */
  gboolean named; /* the reply tells the key */
} Pop;

/* -- Popping -------------------------------------------------------------- */

static void
reply_head (CfCall *call, guint key, const Pop *pop, gsize n)
{
  gboolean nested = pop->count != -1 && (pop->named || call->reply.resp > 2);

  if (nested && pop->named)
    cf_reply_array (&call->reply, 2);
  else
    cf_reply_array (&call->reply, nested ? n : n * 2 + pop->named);
  if (pop->named)
    cf_reply_bulk (&call->reply, call->argv[key]);
  if (nested && pop->named)
    cf_reply_array (&call->reply, n);
}

static void
reply_popped (CfCall *call, const CfZset *zset, const Pop *pop, gsize n)
{
  gboolean nested = pop->count != -1 && (pop->named || call->reply.resp > 2);
  CfZsetIter iter;
  CfSlice member;
  double score;

  cf_zset_iter_init (&iter, zset, pop->max ? cf_zset_n (zset) - 1 : 0,
                     pop->max);
  while (n-- > 0 && cf_zset_iter_next (&iter, &member, &score))
    {
      if (nested)
        cf_reply_array (&call->reply, 2);
      cf_reply_bulk (&call->reply, member);
      cf_reply_double (&call->reply, score);
    }
}

/* Records what a command did that may find something at several keys, or wait
 * for it. */
static void
record (CfCall *call, guint key, const Pop *pop, gsize n)
{
  char digits[CF_INT64_SIZE];
  CfSlice words[] = {
    pop->max ? CF_SLICE ("ZPOPMAX") : CF_SLICE ("ZPOPMIN"),
    call->argv[key],
    cf_slice (digits, cf_format_uint64 (digits, n)),
  };

  cf_call_effect (call, words, pop->count == -1 ? 2 : 3);
}

/* Pops from a sorted set that is not empty. */
static void
pop_from (CfCall *call, guint key, CfZset *zset, const Pop *pop)
{
  gsize size = cf_zset_n (zset);
  gsize n = pop->count == -1 ? 1 : MIN (size, (gsize) pop->count);

  reply_head (call, key, pop, n);
  reply_popped (call, zset, pop, n);
  cf_zset_remove_ranks (zset, pop->max ? size - n : 0, n);
  if (pop->named)
    record (call, key, pop, n);
  cf_zset_was_cut (call, key, zset, pop->max ? "zpopmax" : "zpopmin");
}

/* Pops from the first of @n_keys that is there; @found: whether one was.  A
 * client that waits is served from one of them alone. */
static gboolean
pop_first (CfCall *call,
           guint first,
           guint n_keys,
           const Pop *pop,
           gboolean *found,
           GError **error)
{
  guint ready = cf_call_ready_key (call);

  *found = FALSE;
  if (ready != 0)
    {
      first = ready;
      n_keys = 1;
    }
  for (guint key = first; key < first + n_keys && !*found; key++)
    {
      CfZset *zset;

      if (!cf_zset_write (call, key, &zset, error))
        return FALSE;
      *found = zset != NULL;
      if (*found)
        pop_from (call, key, zset, pop);
    }
  return TRUE;
}

static gboolean
zpop (CfCall *call, gboolean max, GError **error)
{
  Pop pop = { .max = max, .count = -1 };
  CfZset *zset;

  if (call->argc > 3)
    return cf_call_syntax_error (error);
  if (call->argc == 3 &&
      !cf_call_get_int_in (call, 2, 0, G_MAXINT64, &pop.count, error))
    return FALSE;
  if (!cf_zset_write (call, 1, &zset, error))
    return FALSE;
  if (zset == NULL || pop.count == 0)
    cf_reply_array (&call->reply, 0);
  else
    pop_from (call, 1, zset, &pop);
  return TRUE;
}

static gboolean
run_zpopmax (CfCall *call, GError **error)
{
  return zpop (call, TRUE, error);
}

static gboolean
run_zpopmin (CfCall *call, GError **error)
{
  return zpop (call, FALSE, error);
}

/* A number from 1 on, or what is said of it. */
static gboolean
get_positive (
    CfCall *call, guint i, const char *name, gint64 *value, GError **error)
{
  if (cf_call_get_int (call, i, value, NULL) && *value >= 1)
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED, "%s should be greater than 0", name);
}

/* Reads "numkeys key ... MIN|MAX [COUNT count]" from argument @first on. */
static gboolean
parse_mpop (CfCall *call, guint first, guint *n_keys, Pop *pop, GError **error)
{
  gint64 n;
  guint i;

  if (!get_positive (call, first, "numkeys", &n, error))
    return FALSE;
  if (n >= call->argc - first - 1)
    return cf_call_syntax_error (error);
  *n_keys = (guint) n;
  i = first + 1 + *n_keys;
  pop->max = cf_call_is (call, i, "MAX");
  if (!pop->max && !cf_call_is (call, i, "MIN"))
    return cf_call_syntax_error (error);
  pop->count = 1;
  if (++i == call->argc)
    return TRUE;
  if (!cf_call_is (call, i, "COUNT") || i + 1 == call->argc)
    return cf_call_syntax_error (error);
  return get_positive (call, i + 1, "count", &pop->count, error) &&
         (i + 2 == call->argc || cf_call_syntax_error (error));
}

static gboolean
run_zmpop (CfCall *call, GError **error)
{
  Pop pop = { .named = TRUE };
  gboolean found;
  guint n_keys = 0;

  if (!parse_mpop (call, 1, &n_keys, &pop, error) ||
      !pop_first (call, 2, n_keys, &pop, &found, error))
    return FALSE;
  if (!found)
    cf_reply_null_array (&call->reply);
  return TRUE;
}

static gboolean
pop_or_wait (
    CfCall *call, guint first, guint n_keys, const Pop *pop, GError **error)
{
  guint timeout = first == 1 ? call->argc - 1 : 1;
  gint64 deadline_ms;
  gboolean found;

  if (!cf_call_get_timeout (call, timeout, &deadline_ms, error) ||
      !pop_first (call, first, n_keys, pop, &found, error))
    return FALSE;
  return found || cf_call_block (call, first, n_keys, deadline_ms, error);
}

static gboolean
run_bzmpop (CfCall *call, GError **error)
{
  Pop pop = { .named = TRUE };
  guint n_keys = 0;

  return parse_mpop (call, 2, &n_keys, &pop, error) &&
         pop_or_wait (call, 3, n_keys, &pop, error);
}

static gboolean
run_bzpopmax (CfCall *call, GError **error)
{
  Pop pop = { .max = TRUE, .count = -1, .named = TRUE };

  return pop_or_wait (call, 1, call->argc - 2, &pop, error);
}

static gboolean
run_bzpopmin (CfCall *call, GError **error)
{
  Pop pop = { .count = -1, .named = TRUE };

  return pop_or_wait (call, 1, call->argc - 2, &pop, error);
}

static gboolean
zpop_takes_long (const CfSlice *argv, guint argc)
{
  return argc > 2 && !cf_zset_is_few (argv[2]);
}

static gboolean
zmpop_takes_long (const CfSlice *argv, guint argc)
{
  return cf_slice_is (argv[argc - 2], "COUNT") &&
         !cf_zset_is_few (argv[argc - 1]);
}

#define ZPOP_COMPLEXITY                                                        \
  "O(log(N)*M), N being the size of the set, M how many are taken."
#define ZMPOP_COMPLEXITY                                                       \
  "O(K) + O(M*log(N)), K being the number of keys, N the size of the set, M "  \
  "how many are taken."

#define BZPOP(NAME, SUMMARY, RUN)                                              \
  {                                                                            \
    .name = NAME, .usage = "key ... timeout:double", .summary = SUMMARY,       \
    .since = "5.0.0", .complexity = "O(log(N)), N being the size of the set.", \
    .run = RUN, .arity = -3,                                                   \
    .flags = CF_COMMAND_WRITE | CF_COMMAND_NOSCRIPT | CF_COMMAND_BLOCKING |    \
             CF_COMMAND_FAST,                                                  \
    .categories = CF_ACL_SORTEDSET, .waits = { .type = CF_TYPE_ZSET },         \
    .keys = {                                                                  \
      { .flags = "RW access delete", .first = 1, .last = -2, .step = 1 }       \
    }                                                                          \
  }

static const CfCommand commands[] = {
  {
      .name = "BZMPOP",
      .usage = "timeout:double numkeys:integer key ... (MIN | MAX) "
               "[COUNT count:integer]",
      .summary = "Takes members out of the first of some sorted sets that has "
                 "any, or waits for them.",
      .since = "7.0.0",
      .complexity = ZMPOP_COMPLEXITY,
      .run = run_bzmpop,
      .arity = -5,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_BLOCKING | CF_COMMAND_BIG,
      .categories = CF_ACL_SORTEDSET,
      .takes_long = zmpop_takes_long,
      .waits = { .type = CF_TYPE_ZSET },
      .keys = { { .flags = "RW access delete",
                  .first = 2,
                  .keynum = 1,
                  .keynum_first = 1,
                  .step = 1 } },
  },
  BZPOP ("BZPOPMAX",
         "Takes the member with the highest score out of the first of some "
         "sorted sets that has any, or waits for one.",
         run_bzpopmax),
  BZPOP ("BZPOPMIN",
         "Takes the member with the lowest score out of the first of some "
         "sorted sets that has any, or waits for one.",
         run_bzpopmin),
  {
      .name = "ZMPOP",
      .usage = "numkeys:integer key ... (MIN | MAX) [COUNT count:integer]",
      .summary = "Takes members out of the first of some sorted sets that has "
                 "any.",
      .since = "7.0.0",
      .complexity = ZMPOP_COMPLEXITY,
      .run = run_zmpop,
      .arity = -4,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_BIG,
      .categories = CF_ACL_SORTEDSET,
      .takes_long = zmpop_takes_long,
      .keys = { { .flags = "RW access delete",
                  .first = 1,
                  .keynum = 1,
                  .keynum_first = 1,
                  .step = 1 } },
  },
  {
      .name = "ZPOPMAX",
      .usage = "key [count:integer]",
      .summary = "Takes the members with the highest scores out.",
      .since = "5.0.0",
      .complexity = ZPOP_COMPLEXITY,
      .run = run_zpopmax,
      .arity = -2,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST | CF_COMMAND_BIG,
      .categories = CF_ACL_SORTEDSET,
      .takes_long = zpop_takes_long,
      .keys = { CF_ONE_KEY ("RW access delete") },
  },
  {
      .name = "ZPOPMIN",
      .usage = "key [count:integer]",
      .summary = "Takes the members with the lowest scores out.",
      .since = "5.0.0",
      .complexity = ZPOP_COMPLEXITY,
      .run = run_zpopmin,
      .arity = -2,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST | CF_COMMAND_BIG,
      .categories = CF_ACL_SORTEDSET,
      .takes_long = zpop_takes_long,
      .keys = { CF_ONE_KEY ("RW access delete") },
  },
};

const CfFamily cf_zset_pop_family = {
  .group = "sorted-set",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
