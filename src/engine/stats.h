/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stats.h -- counters: written by one worker each, read by whoever asks.
 *
 * Each worker has a shard that only it writes (relaxed atomic stores); a
 * reader sums the shards.  CONFIG RESETSTAT does not write the shards: it
 * keeps their sums of then, which are subtracted from then on.
 *
 * Thread safety: as said.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CF_STAT_COMMANDS,    /* total_commands_processed */
  CF_STAT_CONNECTIONS, /* total_connections_received */
  CF_STAT_REJECTED,    /* rejected_connections */
  CF_STAT_NET_INPUT,   /* total_net_input_bytes */
  CF_STAT_NET_OUTPUT,  /* total_net_output_bytes */
  CF_STAT_HITS,        /* keyspace_hits */
  CF_STAT_MISSES,      /* keyspace_misses */
  CF_STAT_EXPIRED,     /* expired_keys */
  CF_STAT_EVICTED,     /* evicted_keys */
  CF_STAT_EVICTED_CLIENTS,
  CF_STAT_ERRORS,         /* total_error_replies */
  CF_STAT_READS,          /* total_reads_processed */
  CF_STAT_WRITES,         /* total_writes_processed */
  CF_STAT_DIRTY,          /* rdb_changes_since_last_save */
  CF_STAT_QUERY_LIMIT,    /* client_query_buffer_limit_disconnections */
  CF_STAT_OUTPUT_LIMIT,   /* client_output_buffer_limit_disconnections */
  CF_STAT_RELIEVED,       /* hand-overs of a loop to a fresh handler */
  CF_STAT_GATE_CLOSED,    /* exclusive operations */
  CF_STAT_CLAIMED,        /* commands that claimed their keys */
  CF_STAT_PARKED,         /* commands that had to wait for a claim */
  CF_STAT_DENIED_AUTH,    /* acl_access_denied_auth */
  CF_STAT_DENIED_COMMAND, /* acl_access_denied_cmd */
  CF_STAT_DENIED_KEY,     /* acl_access_denied_key */
  CF_STAT_DENIED_CHANNEL, /* acl_access_denied_channel */
  CF_N_STATS,
} CfStat;

/* Latency buckets as powers of two of nanoseconds with 4 steps each, which
 * bounds the error of a percentile to 12 %. */
#define CF_STATS_BUCKETS 160

typedef struct
{
  guint64 calls;    /* (atomic) */
  guint64 ticks;    /* (atomic) spent running */
  guint64 rejected; /* (atomic) refused before running */
  guint64 failed;   /* (atomic) ran and replied with an error */
  guint64 *buckets; /* (nullable) (owned) (atomic) set once: run times */
} CfCommandStats;

/* Runs of one command that are not counted yet. */
typedef struct
{
  guint id;
  guint n;
  guint64 ticks; /* of all */
  gboolean with_histogram;
} CfStatsRuns;

typedef struct
{
  guint64 counters[CF_N_STATS]; /* (atomic) */
  CfCommandStats *commands;     /* (owned) by command id */
  CfStatsRuns runs;             /* the writer's alone */
} CfStatsShard;

typedef struct _CfStats CfStats;

CfStats *cf_stats_new (guint n_commands);
void cf_stats_free (CfStats *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfStats, cf_stats_free)

CfStatsShard *cf_stats_add_shard (CfStats *self); /* (transfer none) */

/**
 * cf_stats_count:
 * @shard: the caller's alone to write
 * @stat: a counter
 * @n: what to add
 *
 * Takes no lock and no locked instruction: a shard has one writer.
 */
static inline void
cf_stats_count (CfStatsShard *shard, CfStat stat, guint64 n)
{
  __atomic_store_n (&shard->counters[stat],
                    __atomic_load_n (&shard->counters[stat], __ATOMIC_RELAXED) +
                        n,
                    __ATOMIC_RELAXED);
}

void cf_stats_settle (CfStatsShard *shard);
void cf_stats_command (CfStatsShard *shard,
                       guint id,
                       guint64 ticks,
                       gboolean failed,
                       gboolean with_histogram);

/**
 * cf_stats_command_of_many:
 * @shard: the caller's alone to write
 * @id: of the command
 * @ticks: how long it ran, in cf_clock_ticks()
 * @with_histogram: whether its time goes into the buckets as well
 *
 * Counts, like cf_stats_command(), a run that replied without an error of a
 * command that the worker is about to run again: it is counted together with
 * the next one.
 */
static inline void
cf_stats_command_of_many (CfStatsShard *shard,
                          guint id,
                          guint64 ticks,
                          gboolean with_histogram)
{
  CfStatsRuns *runs = &shard->runs;

  if (G_UNLIKELY (runs->n > 0 && runs->id != id))
    cf_stats_settle (shard);
  runs->id = id;
  runs->n++;
  runs->ticks += ticks;
  runs->with_histogram = with_histogram;
}

void cf_stats_rejected (CfStatsShard *shard, guint id);

/* Sums since the last reset. */
guint64 cf_stats_sum (CfStats *self, CfStat stat);
CfCommandStats cf_stats_sum_command (CfStats *self, guint id); /* no buckets */
void cf_stats_sum_buckets (CfStats *self,
                           guint id,
                           guint64 buckets[CF_STATS_BUCKETS]);
guint64 cf_stats_bucket_limit_ns (guint bucket); /* upper end */
void cf_stats_reset (CfStats *self);
void cf_stats_reset_buckets (CfStats *self, guint id);

/* Error replies by their first word; bounded. */
#define CF_STATS_ERRORS_MAX 128
void cf_stats_error (CfStats *self, const char *message); /* "WRONGTYPE ..." */
typedef void (*CfErrorStatFunc) (const char *prefix,
                                 guint64 count,
                                 gpointer data);
void cf_stats_each_error (CfStats *self, CfErrorStatFunc func, gpointer data);

G_END_DECLS
