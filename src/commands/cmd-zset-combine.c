/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-zset-combine.c -- unions, intersections and differences of sorted sets,
 * and of sets, all members of which have the score 1. */
#include "config.h"

#include <math.h>

#include "base/number.h"
#include "commands/cmd-zset.h"
#include "commands/commands.h"
#include "types/set.h"
#include "types/zset-builder.h"

typedef enum
{
  UNION,
  INTER,
  DIFF,
} Op;

typedef enum
{
  SUM,
  MIN_OF,
  MAX_OF,
} Aggregate;

/* One of these or, for a key that is not there, neither. */
typedef struct
{
  const CfZset *zset; /* (nullable) */
  const CfSet *set;   /* (nullable) */
  gsize n;
  double weight;
} Source;

typedef struct
{
  Op op;
  gboolean stores; /* destination is argument 1 */
  gboolean counts; /* ZINTERCARD */
  Source *sources; /* (owned) */
  guint n_sources;
  guint first_key; /* number of the argument */
  Aggregate aggregate;
  gboolean with_scores;
  gint64 limit; /* of ZINTERCARD; 0: none */
} Combination;

/* -- Arguments ------------------------------------------------------------ */

static gboolean
parse_n_sources (CfCall *call, guint i, Combination *self, GError **error)
{
  gint64 n;

  if (!cf_call_get_int (call, i, &n, error))
    return FALSE;
  if (n < 1)
    return cf_throw (error, CF_ERROR_FAILED,
                     "at least 1 input key is needed for '%s' command",
                     call->info->full_name);
  if (n > call->argc - i - 1)
    return cf_call_syntax_error (error);
  self->n_sources = (guint) n;
  self->first_key = i + 1;
  self->sources = g_try_new0 (Source, self->n_sources);
  return self->sources != NULL || cf_call_out_of_memory (error);
}

static gboolean
read_sources (CfCall *call, Combination *self, GError **error)
{
  for (guint i = 0; i < self->n_sources; i++)
    {
      CfEntry *entry = cf_call_read (call, self->first_key + i);
      Source *source = &self->sources[i];

      source->weight = 1;
      if (entry != NULL && cf_entry_type (entry) == CF_TYPE_SET)
        source->set = (const CfSet *) cf_entry_object (entry);
      else if (!cf_call_check_type (entry, CF_TYPE_ZSET, error))
        return FALSE;
      else if (entry != NULL)
        source->zset = cf_zset_of (cf_entry_object (entry));
      source->n = source->set != NULL    ? cf_set_n (source->set)
                  : source->zset != NULL ? cf_zset_n (source->zset)
                                         : 0;
    }
  return TRUE;
}

static gboolean
parse_weights (CfCall *call, guint first, Combination *self, GError **error)
{
  for (guint i = 0; i < self->n_sources; i++)
    if (!cf_call_get_double (call, first + i, &self->sources[i].weight, NULL))
      return cf_throw (error, CF_ERROR_FAILED, "weight value is not a float");
  return TRUE;
}

static gboolean
parse_aggregate (CfCall *call, guint i, Combination *self, GError **error)
{
  if (cf_call_is (call, i, "SUM"))
    self->aggregate = SUM;
  else if (cf_call_is (call, i, "MIN"))
    self->aggregate = MIN_OF;
  else if (cf_call_is (call, i, "MAX"))
    self->aggregate = MAX_OF;
  else
    return cf_call_syntax_error (error);
  return TRUE;
}

static gboolean
parse_limit (CfCall *call, guint i, Combination *self, GError **error)
{
  if (cf_call_get_int (call, i, &self->limit, NULL) && self->limit >= 0)
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED, "LIMIT can't be negative");
}

static gboolean
parse_options (CfCall *call, Combination *self, GError **error)
{
  guint i = self->first_key + self->n_sources;
  gboolean scores = self->op != DIFF && !self->counts;

  while (i < call->argc)
    if (scores && cf_call_is (call, i, "WEIGHTS") &&
        call->argc - i > self->n_sources)
      {
        if (!parse_weights (call, i + 1, self, error))
          return FALSE;
        i += 1 + self->n_sources;
      }
    else if (scores && cf_call_is (call, i, "AGGREGATE") && i + 1 < call->argc)
      {
        if (!parse_aggregate (call, i + 1, self, error))
          return FALSE;
        i += 2;
      }
    else if (!self->stores && !self->counts &&
             cf_call_is (call, i, "WITHSCORES"))
      {
        self->with_scores = TRUE;
        i++;
      }
    else if (self->counts && cf_call_is (call, i, "LIMIT") &&
             i + 1 < call->argc)
      {
        if (!parse_limit (call, i + 1, self, error))
          return FALSE;
        i += 2;
      }
    else
      return cf_call_syntax_error (error);
  return TRUE;
}

/* -- Sources -------------------------------------------------------------- */

typedef struct
{
  gboolean is_set;
  CfSetIter set;
  CfZsetIter zset;
} Iter;

static void
iter_init (Iter *self, const Source *source)
{
  self->is_set = source->set != NULL;
  if (self->is_set)
    cf_set_iter_init (&self->set, source->set);
  else
    cf_zset_iter_init (&self->zset, source->zset, 0, FALSE);
}

static gboolean
iter_next (Iter *self, CfSlice *member, double *score)
{
  if (!self->is_set)
    return cf_zset_iter_next (&self->zset, member, score);
  *score = 1;
  return cf_set_iter_next (&self->set, member);
}

static gboolean
source_get (const Source *self, CfSlice member, double *score)
{
  if (self->zset != NULL)
    return cf_zset_get (self->zset, member, score);
  *score = 1;
  return self->set != NULL && cf_set_has (self->set, member);
}

/* -- Scores --------------------------------------------------------------- */

/* Nothing times infinity is nothing. */
static double
weighted (double score, double weight)
{
  double product = score * weight;

  return isnan (product) ? 0 : product;
}

static void
aggregate_into (double *sum, double score, Aggregate aggregate)
{
  switch (aggregate)
    {
    case SUM:
      *sum += score;
      /* Infinities of both signs make nothing. */
      if (isnan (*sum))
        *sum = 0;
      break;
    case MIN_OF:
      *sum = score < *sum ? score : *sum;
      break;
    case MAX_OF:
      *sum = score > *sum ? score : *sum;
      break;
    }
}

/* -- Combining ------------------------------------------------------------ */

static gboolean
unite (const Combination *self, CfZsetBuilder *result)
{
  for (guint i = 0; i < self->n_sources; i++)
    {
      const Source *source = &self->sources[i];
      CfSlice member;
      double score;
      Iter iter;

      if (source->n == 0)
        continue;
      iter_init (&iter, source);
      while (iter_next (&iter, &member, &score))
        {
          double *sum;
          gboolean new;

          score = weighted (score, source->weight);
          sum = cf_zset_builder_add (result, member, score, &new);
          if (sum == NULL)
            return FALSE;
          if (!new)
            aggregate_into (sum, score, self->aggregate);
        }
    }
  return TRUE;
}

/* Whether all sources after the first have @member; adds up its scores. */
static gboolean
is_in_all (const Combination *self, CfSlice member, double *sum)
{
  for (guint i = 1; i < self->n_sources; i++)
    {
      const Source *source = &self->sources[i];
      double score;

      if (!source_get (source, member, &score))
        return FALSE;
      aggregate_into (sum, score * source->weight, self->aggregate);
    }
  return TRUE;
}

static gboolean
is_in_any (const Combination *self, CfSlice member)
{
  double score;

  for (guint i = 1; i < self->n_sources; i++)
    if (source_get (&self->sources[i], member, &score))
      return TRUE;
  return FALSE;
}

/* Intersection and difference: members of the first source that the others
 * have, or have not. */
static gboolean
select_members (const Combination *self, CfZsetBuilder *result)
{
  const Source *first = &self->sources[0];
  CfSlice member;
  double score;
  Iter iter;

  if (first->n == 0)
    return TRUE;
  iter_init (&iter, first);
  while (iter_next (&iter, &member, &score))
    {
      gboolean new;

      if (self->op == DIFF)
        {
          if (is_in_any (self, member))
            continue;
        }
      else
        {
          score = weighted (score, first->weight);
          if (!is_in_all (self, member, &score))
            continue;
        }
      if (cf_zset_builder_add (result, member, score, &new) == NULL)
        return FALSE;
    }
  return TRUE;
}

/* How many members all sources have, but no more than the limit. */
static gint64
count_common (const Combination *self)
{
  const Source *first = &self->sources[0];
  gint64 n = 0;
  CfSlice member;
  double score;
  Iter iter;

  if (first->n == 0)
    return 0;
  iter_init (&iter, first);
  while (iter_next (&iter, &member, &score))
    if (is_in_all (self, member, &score) && ++n == self->limit)
      break;
  return n;
}

static int
compare_sizes (gconstpointer a, gconstpointer b)
{
  const Source *one = a, *other = b;

  return (one->n > other->n) - (one->n < other->n);
}

/* (nullable) (transfer full) */
static CfZset *
combine (CfCall *call, const Combination *self, GError **error)
{
  /* What is only replied need not become a listpack. */
  CfZsetLimits limits =
      self->stores ? cf_zset_limits (call) : (CfZsetLimits){ 0, 0 };
  CfZsetBuilder builder;
  gboolean done;

  cf_zset_builder_init (&builder);
  done = self->op == UNION ? unite (self, &builder)
                           : select_members (self, &builder);
  if (done)
    return cf_zset_builder_end (&builder, &limits);
  cf_zset_builder_clear (&builder);
  cf_call_out_of_memory (error);
  return NULL;
}

/* -- Commands ------------------------------------------------------------- */

static void
reply_result (CfCall *call, const CfZset *result, gboolean with_scores)
{
  CfZsetIter iter;
  CfSlice member;
  double score;

  cf_zset_reply_head (call, cf_zset_n (result), with_scores);
  cf_zset_iter_init (&iter, result, 0, FALSE);
  while (cf_zset_iter_next (&iter, &member, &score))
    cf_zset_reply_member (call, member, score, with_scores);
}

static gboolean
finish (CfCall *call, const Combination *self, GError **error)
{
  static const char *const events[] = {
    [UNION] = "zunionstore",
    [INTER] = "zinterstore",
    [DIFF] = "zdiffstore",
  };
  g_autoptr (CfObject) result = NULL;

  if (self->counts)
    {
      cf_reply_int (&call->reply, count_common (self));
      return TRUE;
    }
  result = (CfObject *) combine (call, self, error);
  if (result == NULL)
    return FALSE;
  if (self->stores)
    return cf_zset_store (call, 1, cf_zset_of (g_steal_pointer (&result)),
                          events[self->op], error);
  reply_result (call, cf_zset_of (result), self->with_scores);
  return TRUE;
}

static gboolean
run (CfCall *call, Combination self, GError **error)
{
  g_autofree Source *sources = NULL;

  if (!parse_n_sources (call, self.stores ? 2 : 1, &self, error))
    return FALSE;
  sources = self.sources;
  if (!read_sources (call, &self, error) || !parse_options (call, &self, error))
    return FALSE;
  if (self.op != DIFF)
    qsort (self.sources, self.n_sources, sizeof (Source), compare_sizes);
  return finish (call, &self, error);
}

static gboolean
run_zdiff (CfCall *call, GError **error)
{
  return run (call, (Combination){ .op = DIFF }, error);
}

static gboolean
run_zdiffstore (CfCall *call, GError **error)
{
  return run (call, (Combination){ .op = DIFF, .stores = TRUE }, error);
}

static gboolean
run_zinter (CfCall *call, GError **error)
{
  return run (call, (Combination){ .op = INTER }, error);
}

static gboolean
run_zintercard (CfCall *call, GError **error)
{
  return run (call, (Combination){ .op = INTER, .counts = TRUE }, error);
}

static gboolean
run_zinterstore (CfCall *call, GError **error)
{
  return run (call, (Combination){ .op = INTER, .stores = TRUE }, error);
}

static gboolean
run_zunion (CfCall *call, GError **error)
{
  return run (call, (Combination){ .op = UNION }, error);
}

static gboolean
run_zunionstore (CfCall *call, GError **error)
{
  return run (call, (Combination){ .op = UNION, .stores = TRUE }, error);
}

#define DIFF_COMPLEXITY                                                        \
  "O(L + (N-K)log(N)), L being the size of all sets, N that of the first, K "  \
  "that of the result."
#define INTER_COMPLEXITY                                                       \
  "O(N*K)+O(M*log(M)), N being the size of the smallest set, K the number of " \
  "sets, M the size of the result."
#define UNION_COMPLEXITY                                                       \
  "O(N)+O(M*log(M)), N being the size of all sets, M that of the result."
#define OPTIONS "[WEIGHTS weight:integer ...] [AGGREGATE (SUM | MIN | MAX)]"

#define KEYS_FROM(FIRST)                                                       \
  {                                                                            \
    .flags = "RO access", .first = FIRST, .keynum = 1, .keynum_first = 1,      \
    .step = 1                                                                  \
  }
#define READS(NAME, USAGE, SUMMARY, SINCE, COMPLEXITY, RUN)                    \
  {                                                                            \
    .name = NAME, .usage = "numkeys:integer key ... " USAGE,                   \
    .summary = SUMMARY, .since = SINCE, .complexity = COMPLEXITY, .run = RUN,  \
    .arity = -3, .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,                \
    .categories = CF_ACL_SORTEDSET, .keys = {                                  \
      KEYS_FROM (1)                                                            \
    }                                                                          \
  }
#define STORES(NAME, USAGE, SUMMARY, SINCE, COMPLEXITY, RUN)                   \
  {                                                                            \
    .name = NAME, .usage = "destination:key numkeys:integer key ..." USAGE,    \
    .summary = SUMMARY, .since = SINCE, .complexity = COMPLEXITY, .run = RUN,  \
    .arity = -4,                                                               \
    .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_BIG,           \
    .categories = CF_ACL_SORTEDSET, .keys = {                                  \
      CF_ONE_KEY ("OW update"),                                                \
      KEYS_FROM (2)                                                            \
    }                                                                          \
  }

static const CfCommand commands[] = {
  READS ("ZDIFF",
         "[WITHSCORES]",
         "Returns the members of a set that others do not have.",
         "6.2.0",
         DIFF_COMPLEXITY,
         run_zdiff),
  STORES ("ZDIFFSTORE",
          "",
          "Stores the members of a set that others do not have.",
          "6.2.0",
          DIFF_COMPLEXITY,
          run_zdiffstore),
  READS ("ZINTER",
         OPTIONS " [WITHSCORES]",
         "Returns the members that several sets have.",
         "6.2.0",
         INTER_COMPLEXITY,
         run_zinter),
  READS ("ZINTERCARD",
         "[LIMIT limit:integer]",
         "Counts the members that several sets have.",
         "7.0.0",
         "O(N*K), N being the size of the smallest set, K the number of sets.",
         run_zintercard),
  STORES ("ZINTERSTORE",
          " " OPTIONS,
          "Stores the members that several sets have.",
          "2.0.0",
          INTER_COMPLEXITY,
          run_zinterstore),
  READS ("ZUNION",
         OPTIONS " [WITHSCORES]",
         "Returns the members that any of several sets has.",
         "6.2.0",
         UNION_COMPLEXITY,
         run_zunion),
  STORES ("ZUNIONSTORE",
          " " OPTIONS,
          "Stores the members that any of several sets has.",
          "2.0.0",
          UNION_COMPLEXITY,
          run_zunionstore),
};

const CfFamily cf_zset_combine_family = {
  .group = "sorted-set",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
