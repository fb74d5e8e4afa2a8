/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/clock.h"
#include "base/lock.h"
#include "engine/stats.h"

#define PREFIX_MAX 32 /* bytes of an error's first word that count */

typedef struct
{
  char prefix[PREFIX_MAX];
  guint64 count;
} ErrorStat;

struct _CfStats
{
  guint n_commands; /* set by cf_stats_new() and only read after */

  CfMutex lock;
  /* Protected by @lock. */
  GPtrArray *shards;            /* (owned) (element-type CfStatsShard) */
  guint64 base[CF_N_STATS];     /* sums at the last reset */
  CfCommandStats *command_base; /* (owned) likewise, by id */
  ErrorStat errors[CF_STATS_ERRORS_MAX];
  guint n_errors;
};

static void
free_commands (CfCommandStats *commands, guint n)
{
  for (guint i = 0; i < n; i++)
    g_free (commands[i].buckets);
  g_free (commands);
}

/**
 * cf_stats_new:
 * @n_commands: how many commands are counted, by id
 *
 * Returns: (transfer full): statistics without shards
 */
CfStats *
cf_stats_new (guint n_commands)
{
  CfStats *self = g_new0 (CfStats, 1);

  cf_mutex_init (&self->lock, CF_LOCK_STATS, 0);
  self->n_commands = n_commands;
  self->shards = g_ptr_array_new ();
  self->command_base = g_new0 (CfCommandStats, n_commands);
  return self;
}

/**
 * cf_stats_free:
 * @self: (nullable) (transfer full): statistics
 *
 * Frees the statistics.
 */
void
cf_stats_free (CfStats *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->shards->len; i++)
    {
      CfStatsShard *shard = g_ptr_array_index (self->shards, i);

      free_commands (shard->commands, self->n_commands);
      g_free (shard);
    }
  g_ptr_array_unref (self->shards);
  free_commands (self->command_base, self->n_commands);
  cf_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * cf_stats_add_shard:
 * @self: the statistics
 *
 * Returns: (transfer none): a shard for one writer, kept as long as @self
 */
CfStatsShard *
cf_stats_add_shard (CfStats *self)
{
  CfStatsShard *shard = g_new0 (CfStatsShard, 1);

  shard->commands = g_new0 (CfCommandStats, self->n_commands);
  cf_mutex_lock (&self->lock);
  g_ptr_array_add (self->shards, shard);
  cf_mutex_unlock (&self->lock);
  return shard;
}

static inline void
add_relaxed (guint64 *counter, guint64 n)
{
  __atomic_store_n (counter, __atomic_load_n (counter, __ATOMIC_RELAXED) + n,
                    __ATOMIC_RELAXED);
}

static guint
bucket_of (guint64 ns)
{
  guint exponent;

  if (ns < 4)
    return (guint) ns;
  exponent = 63 - (guint) __builtin_clzll (ns);
  return MIN (exponent * 4 + (guint) (ns >> (exponent - 2) & 3),
              CF_STATS_BUCKETS - 1);
}

/**
 * cf_stats_bucket_limit_ns:
 * @bucket: the number of a bucket
 *
 * Returns: the longest time that is counted in @bucket, in nanoseconds
 */
guint64
cf_stats_bucket_limit_ns (guint bucket)
{
  guint exponent = bucket / 4, step = bucket % 4;

  if (bucket < 8)
    return bucket;
  return ((guint64) (4 + step + 1) << (exponent - 2)) - 1;
}

/* Those that ran @runs->n times count as if each took as long. */
static void
count_runs (CfStatsShard *shard, const CfStatsRuns *runs)
{
  CfCommandStats *stats = &shard->commands[runs->id];
  guint64 each = runs->n == 1 ? runs->ticks : runs->ticks / runs->n;

  add_relaxed (&shard->counters[CF_STAT_COMMANDS], runs->n);
  add_relaxed (&stats->calls, runs->n);
  add_relaxed (&stats->ticks, runs->ticks);
  if (!runs->with_histogram)
    return;
  if (G_UNLIKELY (stats->buckets == NULL))
    __atomic_store_n (&stats->buckets, g_new0 (guint64, CF_STATS_BUCKETS),
                      __ATOMIC_RELEASE);
  add_relaxed (&stats->buckets[bucket_of (cf_clock_ticks_to_ns (each))],
               runs->n);
}

/**
 * cf_stats_settle:
 * @shard: the calling worker's shard
 *
 * Counts what is not counted yet.
 */
void
cf_stats_settle (CfStatsShard *shard)
{
  if (shard->runs.n == 0)
    return;
  count_runs (shard, &shard->runs);
  shard->runs.n = 0;
  shard->runs.ticks = 0;
}

/**
 * cf_stats_command:
 * @shard: the calling worker's shard
 * @id: the command's id
 * @ticks: how long it ran
 * @failed: whether it replied with an error
 * @with_histogram: whether its run time is to be kept for LATENCY HISTOGRAM
 */
void
cf_stats_command (CfStatsShard *shard,
                  guint id,
                  guint64 ticks,
                  gboolean failed,
                  gboolean with_histogram)
{
  cf_stats_command_of_many (shard, id, ticks, with_histogram);
  cf_stats_settle (shard);
  if (G_UNLIKELY (failed))
    add_relaxed (&shard->commands[id].failed, 1);
}

/**
 * cf_stats_rejected:
 * @shard: the worker's own shard
 * @id: the number of a command
 *
 * Counts a call that was turned down before it ran.
 */
void
cf_stats_rejected (CfStatsShard *shard, guint id)
{
  add_relaxed (&shard->commands[id].rejected, 1);
}

static guint64
sum_locked (CfStats *self, CfStat stat)
{
  guint64 sum = 0;

  for (guint i = 0; i < self->shards->len; i++)
    {
      CfStatsShard *shard = g_ptr_array_index (self->shards, i);

      sum += __atomic_load_n (&shard->counters[stat], __ATOMIC_RELAXED);
    }
  return sum;
}

static CfCommandStats
sum_command_locked (CfStats *self, guint id)
{
  CfCommandStats sum = { 0 };

  for (guint i = 0; i < self->shards->len; i++)
    {
      CfStatsShard *shard = g_ptr_array_index (self->shards, i);
      CfCommandStats *stats = &shard->commands[id];

      sum.calls += __atomic_load_n (&stats->calls, __ATOMIC_RELAXED);
      sum.ticks += __atomic_load_n (&stats->ticks, __ATOMIC_RELAXED);
      sum.rejected += __atomic_load_n (&stats->rejected, __ATOMIC_RELAXED);
      sum.failed += __atomic_load_n (&stats->failed, __ATOMIC_RELAXED);
    }
  return sum;
}

static void
sum_buckets_locked (CfStats *self, guint id, guint64 *sums)
{
  memset (sums, 0, CF_STATS_BUCKETS * sizeof *sums);
  for (guint i = 0; i < self->shards->len; i++)
    {
      CfStatsShard *shard = g_ptr_array_index (self->shards, i);
      guint64 *buckets =
          __atomic_load_n (&shard->commands[id].buckets, __ATOMIC_ACQUIRE);

      for (guint j = 0; buckets != NULL && j < CF_STATS_BUCKETS; j++)
        sums[j] += __atomic_load_n (&buckets[j], __ATOMIC_RELAXED);
    }
}

/**
 * cf_stats_sum:
 * @self: statistics
 * @stat: what to sum up
 *
 * Returns: what all shards have counted since the reset
 */
guint64
cf_stats_sum (CfStats *self, CfStat stat)
{
  guint64 sum;

  cf_mutex_lock (&self->lock);
  sum = sum_locked (self, stat) - self->base[stat];
  cf_mutex_unlock (&self->lock);
  return sum;
}

/**
 * cf_stats_sum_command:
 * @self: statistics
 * @id: the number of a command
 *
 * Returns: what all shards have counted for the command since the reset
 */
CfCommandStats
cf_stats_sum_command (CfStats *self, guint id)
{
  const CfCommandStats *base = &self->command_base[id];
  CfCommandStats sum;

  cf_mutex_lock (&self->lock);
  sum = sum_command_locked (self, id);
  sum.calls -= base->calls;
  sum.ticks -= base->ticks;
  sum.rejected -= base->rejected;
  sum.failed -= base->failed;
  cf_mutex_unlock (&self->lock);
  return sum;
}

/**
 * cf_stats_sum_buckets:
 * @self: statistics
 * @id: the number of a command
 * @buckets: (out): how many calls fell into each
 *
 * Sums up how long the calls of a command took, since the reset.
 */
void
cf_stats_sum_buckets (CfStats *self,
                      guint id,
                      guint64 buckets[CF_STATS_BUCKETS])
{
  const guint64 *base;

  cf_mutex_lock (&self->lock);
  sum_buckets_locked (self, id, buckets);
  base = self->command_base[id].buckets;
  for (guint i = 0; base != NULL && i < CF_STATS_BUCKETS; i++)
    buckets[i] -= base[i];
  cf_mutex_unlock (&self->lock);
}

static void
reset_buckets_locked (CfStats *self, guint id)
{
  CfCommandStats *base = &self->command_base[id];

  if (base->buckets == NULL)
    base->buckets = g_new0 (guint64, CF_STATS_BUCKETS);
  sum_buckets_locked (self, id, base->buckets);
}

/**
 * cf_stats_reset:
 * @self: the statistics
 *
 * Makes all sums start from 0 again; CONFIG RESETSTAT.
 */
void
cf_stats_reset (CfStats *self)
{
  cf_mutex_lock (&self->lock);
  for (guint i = 0; i < CF_N_STATS; i++)
    self->base[i] = sum_locked (self, (CfStat) i);
  for (guint id = 0; id < self->n_commands; id++)
    {
      guint64 *buckets = self->command_base[id].buckets;

      self->command_base[id] = sum_command_locked (self, id);
      self->command_base[id].buckets = buckets;
      reset_buckets_locked (self, id);
    }
  self->n_errors = 0;
  cf_mutex_unlock (&self->lock);
}

/**
 * cf_stats_reset_buckets:
 * @self: the statistics
 * @id: the command's id
 *
 * Empties the histogram of one command.
 */
void
cf_stats_reset_buckets (CfStats *self, guint id)
{
  cf_mutex_lock (&self->lock);
  reset_buckets_locked (self, id);
  cf_mutex_unlock (&self->lock);
}

/**
 * cf_stats_error:
 * @self: the statistics
 * @message: an error reply, without the dash
 *
 * Counts it by its first word; words beyond CF_STATS_ERRORS_MAX different
 * ones are not told apart from none.
 */
void
cf_stats_error (CfStats *self, const char *message)
{
  gsize size = strcspn (message, " ");
  guint i;

  if (size >= PREFIX_MAX)
    size = PREFIX_MAX - 1;
  cf_mutex_lock (&self->lock);
  for (i = 0; i < self->n_errors; i++)
    if (strncmp (self->errors[i].prefix, message, size) == 0 &&
        self->errors[i].prefix[size] == '\0')
      break;
  if (i == self->n_errors && i < CF_STATS_ERRORS_MAX)
    {
      memcpy (self->errors[i].prefix, message, size);
      self->errors[i].prefix[size] = '\0';
      self->errors[i].count = 0;
      self->n_errors++;
    }
  if (i < self->n_errors)
    self->errors[i].count++;
  cf_mutex_unlock (&self->lock);
}

/**
 * cf_stats_each_error:
 * @self: the statistics
 * @func: called for each first word there was
 * @data: passed to @func
 */
void
cf_stats_each_error (CfStats *self, CfErrorStatFunc func, gpointer data)
{
  ErrorStat errors[CF_STATS_ERRORS_MAX];
  guint n;

  cf_mutex_lock (&self->lock);
  n = self->n_errors;
  memcpy (errors, self->errors, n * sizeof *errors);
  cf_mutex_unlock (&self->lock);
  for (guint i = 0; i < n; i++)
    func (errors[i].prefix, errors[i].count, data);
}
