/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-info.c -- INFO: what clients and monitors read of the server.
 *
 * The sections and fields are those of Redis as far as Coffer has what they
 * tell of; fields of our own begin with coffer_. */
#include "config.h"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "commands/commands.h"
#include "commands/memory-figures.h"
#include "commands/version.h"
#include "config/loader.h"
#include "engine/feed.h"
#include "engine/function.h"
#include "engine/pubsub.h"
#include "engine/scripts.h"
#include "engine/tracking.h"
#include "store/reaper.h"

typedef struct
{
  CfEngine *engine;
  gint64 now_ms;
  GString *text;
} Info;

typedef struct
{
  guint n_loops, n_handlers;
} Threads;

typedef enum
{
  BY_DEFAULT = 1 << 0,
  IN_ALL = 1 << 1,
} Shown;

typedef struct
{
  const char *name;  /* lower case, as a client asks for it */
  const char *title; /* as it is headed */
  guint shown;       /* Shown */
  void (*write) (Info *info);
} Section;

/* -- Lines ---------------------------------------------------------------- */

static void G_GNUC_PRINTF (3, 4)
    line (Info *info, const char *name, const char *format, ...)
{
  va_list args;

  g_string_append_printf (info->text, "%s:", name);
  va_start (args, format);
  g_string_append_vprintf (info->text, format, args);
  va_end (args);
  g_string_append (info->text, "\r\n");
}

static void
line_number (Info *info, const char *name, guint64 value)
{
  line (info, name, "%" G_GUINT64_FORMAT, value);
}

static void
line_stat (Info *info, const char *name, CfStat stat)
{
  line_number (info, name, cf_stats_sum (info->engine->stats, stat));
}

static void
line_human (Info *info, const char *name, gsize bytes)
{
  static const char units[] = "BKMGTP";
  double value = (double) bytes;
  guint unit = 0;

  for (; value >= 1024 && unit + 2 < sizeof units; unit++)
    value /= 1024;
  if (unit == 0)
    line (info, name, "%" G_GSIZE_FORMAT "B", bytes);
  else
    line (info, name, "%.2f%c", value, units[unit]);
}

static void
line_bytes (Info *info, const char *name, gsize bytes)
{
  g_autofree char *human = g_strconcat (name, "_human", NULL);

  line_number (info, name, bytes);
  line_human (info, human, bytes);
}

/* Of what there is none of yet: clients read that as well. */
static void
lines_zero (Info *info, const char *names)
{
  g_auto (GStrv) words = g_strsplit (names, " ", -1);

  for (char **word = words; *word != NULL; word++)
    line_number (info, *word, 0);
}

static double
ratio (double part, double whole)
{
  return whole > 0 ? part / whole : 0;
}

/* -- Sections ------------------------------------------------------------- */

/* Where clients come by TCP. */
static gint64
get_port (const CfConfig *config)
{
  gint64 port = cf_config_get_int (config, CF_SETTING_PORT);

  return port != 0 ? port : cf_config_get_int (config, CF_SETTING_TLS_PORT);
}

static void
write_paths (Info *info)
{
  g_autofree char *executable = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *path = cf_config_get_path (info->engine->config);

  line (info, "executable", "%s", executable != NULL ? executable : "");
  line (info, "config_file", "%s", path != NULL ? path : "");
}

static Threads
get_threads (const Info *info)
{
  const CfEngineHooks *hooks = &info->engine->hooks;
  Threads threads = { 0 };

  if (hooks->describe != NULL)
    hooks->describe (hooks->data, &threads.n_loops, &threads.n_handlers);
  return threads;
}

static void
write_server (Info *info)
{
  CfEngine *engine = info->engine;
  gint64 uptime_s =
      (cf_clock_mono_us () - engine->started_mono_us) / G_USEC_PER_SEC;
  struct utsname system;

  line (info, "redis_version", "%s", CF_REDIS_VERSION);
  line (info, "coffer_version", "%s", PACKAGE_VERSION);
  line (info, "redis_git_sha1", "00000000");
  line (info, "redis_git_dirty", "0");
  line (info, "redis_mode", "standalone");
  if (uname (&system) == 0)
    line (info, "os", "%s %s %s", system.sysname, system.release,
          system.machine);
  line_number (info, "arch_bits", sizeof (gpointer) * 8);
  line (info, "monotonic_clock", "POSIX clock_gettime");
  line (info, "multiplexing_api", "epoll");
  line (info, "atomicvar_api", "c11-builtin");
  line (info, "gcc_version", "%d.%d.%d", __GNUC__, __GNUC_MINOR__,
        __GNUC_PATCHLEVEL__);
  line_number (info, "process_id", (guint64) getpid ());
  line (info, "process_supervised", "%s",
        g_getenv ("NOTIFY_SOCKET") != NULL ? "systemd" : "no");
  line (info, "run_id", "%s", engine->run_id);
  line_number (info, "tcp_port", (guint64) get_port (engine->config));
  line_number (info, "server_time_usec", (guint64) cf_clock_wall_us ());
  line_number (info, "uptime_in_seconds", (guint64) uptime_s);
  line_number (info, "uptime_in_days", (guint64) uptime_s / (24 * 3600));
  line_number (info, "hz",
               (guint64) cf_config_get_int (engine->config, CF_SETTING_HZ));
  line_number (info, "configured_hz",
               (guint64) cf_config_get_int (engine->config, CF_SETTING_HZ));
  line_number (info, "lru_clock", (guint64) (info->now_ms / 1000) & 0xffffff);
  write_paths (info);
  line (info, "io_threads_active", "%d", get_threads (info).n_loops > 1);
}

static void
write_threads (Info *info)
{
  Threads threads = get_threads (info);

  line_number (info, "coffer_loops", threads.n_loops);
  line_number (info, "coffer_handlers", threads.n_handlers);
  line_stat (info, "coffer_relieved_loops", CF_STAT_RELIEVED);
  line_stat (info, "coffer_closed_gates", CF_STAT_GATE_CLOSED);
  line_stat (info, "coffer_claiming_commands", CF_STAT_CLAIMED);
  line_stat (info, "coffer_parked_commands", CF_STAT_PARKED);
}

static void
write_clients (Info *info)
{
  CfEngine *engine = info->engine;
  g_autoptr (GPtrArray) sessions = cf_sessions_list (engine->sessions);
  gsize input = 0, output = 0;

  for (guint i = 0; i < sessions->len; i++)
    {
      const CfSession *session = g_ptr_array_index (sessions, i);

      input = MAX (input, __atomic_load_n (&session->shown.query_bytes,
                                           __ATOMIC_RELAXED));
      output = MAX (output, __atomic_load_n (&session->shown.reply_memory,
                                             __ATOMIC_RELAXED));
    }
  line_number (info, "connected_clients", sessions->len);
  line_number (info, "cluster_connections", 0);
  line_number (
      info, "maxclients",
      (guint64) cf_config_get_int (engine->config, CF_SETTING_MAXCLIENTS));
  line_number (info, "client_recent_max_input_buffer", input);
  line_number (info, "client_recent_max_output_buffer", output);
  line_number (info, "blocked_clients",
               (guint64) g_atomic_int_get (&engine->blocked_clients));
  line_number (info, "tracking_clients",
               cf_tracking_n_clients (engine->tracking));
  line_number (info, "clients_in_timeout_table", 0);
}

/* How much more @whole is than @part. */
static void
lines_excess (Info *info, const char *name, gsize whole, gsize part)
{
  g_autofree char *as_ratio = g_strconcat (name, "_ratio", NULL);
  g_autofree char *as_bytes = g_strconcat (name, "_bytes", NULL);

  line (info, as_ratio, "%.2f", ratio ((double) whole, (double) part));
  line (info, as_bytes, "%" G_GINT64_FORMAT, (gint64) whole - (gint64) part);
}

static void
write_memory_use (Info *info, const CfMemoryFigures *figures)
{
  gsize dataset = figures->used - MIN (figures->used, figures->overhead);
  gsize beyond_start = figures->used - MIN (figures->used, figures->startup);

  line_bytes (info, "used_memory", figures->used);
  line_bytes (info, "used_memory_rss", figures->rss);
  line_bytes (info, "used_memory_peak", figures->peak);
  line (info, "used_memory_peak_perc", "%.2f%%",
        100 * ratio ((double) figures->used, (double) figures->peak));
  line_number (info, "used_memory_overhead", figures->overhead);
  line_number (info, "used_memory_startup", figures->startup);
  line_number (info, "used_memory_dataset", dataset);
  line (info, "used_memory_dataset_perc", "%.2f%%",
        100 * ratio ((double) dataset, (double) beyond_start));
  line_number (info, "allocator_allocated", figures->used);
  line_number (info, "allocator_active", figures->active);
  line_number (info, "allocator_resident", figures->resident);
  line_bytes (info, "total_system_memory", cf_memory_machine ());
}

static void
write_scripts (Info *info)
{
  CfScripts *scripts = info->engine->scripts;
  gsize eval = cf_scripts_vm_memory (scripts, CF_SCRIPT_EVAL);
  gsize functions = cf_scripts_vm_memory (scripts, CF_SCRIPT_FUNCTION);
  gsize cached = cf_scripts_memory (scripts);
  g_autoptr (CfFunctionSet) set = cf_functions_get (info->engine->functions);
  gsize libraries = cf_function_set_memory (set);

  line_number (info, "used_memory_lua", eval);
  line_number (info, "used_memory_vm_eval", eval);
  line_human (info, "used_memory_lua_human", eval);
  line_number (info, "used_memory_scripts_eval", cached);
  line_number (info, "number_of_cached_scripts", cf_scripts_n (scripts));
  line_number (info, "number_of_functions", g_hash_table_size (set->functions));
  line_number (info, "number_of_libraries", set->libraries->len);
  line_number (info, "used_memory_vm_functions", functions);
  line_bytes (info, "used_memory_vm_total", eval + functions);
  line_number (info, "used_memory_functions", libraries);
  line_bytes (info, "used_memory_scripts", cached + libraries);
  line_number (info, "evicted_scripts", cf_scripts_n_evicted (scripts));
}

static void
write_memory (Info *info)
{
  CfEngine *engine = info->engine;
  CfMemoryFigures figures = cf_memory_figures (engine);
  gint64 limit = cf_config_get_int (engine->config, CF_SETTING_MAXMEMORY);
  g_autofree char *policy =
      cf_config_get_string (engine->config, CF_SETTING_MAXMEMORY_POLICY);

  write_memory_use (info, &figures);
  write_scripts (info);
  line_bytes (info, "maxmemory", (gsize) limit);
  line (info, "maxmemory_policy", "%s", policy);
  lines_excess (info, "allocator_frag", figures.active, figures.used);
  lines_excess (info, "allocator_rss", figures.resident, figures.active);
  lines_excess (info, "rss_overhead", figures.rss, figures.resident);
  lines_excess (info, "mem_fragmentation", figures.rss, figures.used);
  lines_zero (info, "mem_not_counted_for_evict mem_replication_backlog "
                    "mem_total_replication_buffers mem_clients_slaves");
  line_number (info, "mem_clients_normal", figures.clients);
  lines_zero (info, "mem_cluster_links mem_aof_buffer");
  line (info, "mem_allocator", "%s", cf_memory_allocator ());
  line_number (info, "active_defrag_running", 0);
  line_number (info, "lazyfree_pending_objects",
               cf_reaper_n_pending (engine->reaper));
  line_number (info, "lazyfreed_objects", cf_reaper_n_freed (engine->reaper));
}

static void
write_snapshots (Info *info)
{
  line_stat (info, "rdb_changes_since_last_save", CF_STAT_DIRTY);
  line_number (info, "rdb_bgsave_in_progress", 0);
  line_number (info, "rdb_last_save_time",
               (guint64) info->engine->started_ms / 1000);
  line (info, "rdb_last_bgsave_status", "ok");
  line (info, "rdb_last_bgsave_time_sec", "-1");
  line (info, "rdb_current_bgsave_time_sec", "-1");
  lines_zero (info, "rdb_saves rdb_last_cow_size rdb_last_load_keys_expired "
                    "rdb_last_load_keys_loaded");
}

static void
write_persistence (Info *info)
{
  lines_zero (info, "loading async_loading current_cow_peak current_cow_size "
                    "current_cow_size_age");
  line (info, "current_fork_perc", "0.00");
  lines_zero (info, "current_save_keys_processed current_save_keys_total");
  write_snapshots (info);
  lines_zero (info, "aof_enabled aof_rewrite_in_progress "
                    "aof_rewrite_scheduled");
  line (info, "aof_last_rewrite_time_sec", "-1");
  line (info, "aof_current_rewrite_time_sec", "-1");
  line (info, "aof_last_bgrewrite_status", "ok");
  lines_zero (info, "aof_rewrites aof_rewrites_consecutive_failures");
  line (info, "aof_last_write_status", "ok");
  lines_zero (info, "aof_last_cow_size module_fork_in_progress "
                    "module_fork_last_cow_size");
}

static void
write_rates (Info *info)
{
  CfRates rates = cf_engine_rates (info->engine);

  line_number (info, "instantaneous_ops_per_sec", rates.commands);
  line_stat (info, "total_net_input_bytes", CF_STAT_NET_INPUT);
  line_stat (info, "total_net_output_bytes", CF_STAT_NET_OUTPUT);
  lines_zero (info, "total_net_repl_input_bytes total_net_repl_output_bytes");
  line (info, "instantaneous_input_kbps", "%.2f", rates.input / 1024.0);
  line (info, "instantaneous_output_kbps", "%.2f", rates.output / 1024.0);
  line (info, "instantaneous_input_repl_kbps", "0.00");
  line (info, "instantaneous_output_repl_kbps", "0.00");
}

static void
write_pubsub (Info *info)
{
  CfPubsub *pubsub = info->engine->pubsub;

  line_number (info, "pubsub_channels",
               cf_pubsub_n_topics (pubsub, CF_PUBSUB_CHANNEL));
  line_number (info, "pubsub_patterns",
               cf_pubsub_n_topics (pubsub, CF_PUBSUB_PATTERN));
  line_number (info, "pubsubshard_channels",
               cf_pubsub_n_topics (pubsub, CF_PUBSUB_SHARD));
}

static void
write_tracking (Info *info)
{
  CfTracking *tracking = info->engine->tracking;

  line_number (info, "tracking_total_keys", cf_tracking_n_keys (tracking));
  line_number (info, "tracking_total_items", cf_tracking_n_items (tracking));
  line_number (info, "tracking_total_prefixes",
               cf_tracking_n_prefixes (tracking));
}

static void
write_stats (Info *info)
{
  CfEngine *engine = info->engine;

  line_stat (info, "total_connections_received", CF_STAT_CONNECTIONS);
  line_stat (info, "total_commands_processed", CF_STAT_COMMANDS);
  write_rates (info);
  line_stat (info, "rejected_connections", CF_STAT_REJECTED);
  lines_zero (info, "sync_full sync_partial_ok sync_partial_err");
  line_number (info, "expired_keys", cf_engine_n_expired (engine));
  line (info, "expired_stale_perc", "0.00");
  lines_zero (info, "expired_time_cap_reached_count "
                    "expire_cycle_cpu_milliseconds");
  line_number (info, "evicted_keys", cf_engine_n_evicted (engine));
  line_stat (info, "evicted_clients", CF_STAT_EVICTED_CLIENTS);
  lines_zero (info, "total_eviction_exceeded_time "
                    "current_eviction_exceeded_time");
  line_stat (info, "keyspace_hits", CF_STAT_HITS);
  line_stat (info, "keyspace_misses", CF_STAT_MISSES);
  write_pubsub (info);
  lines_zero (info, "latest_fork_usec total_forks migrate_cached_sockets "
                    "slave_expires_tracked_keys active_defrag_hits "
                    "active_defrag_misses active_defrag_key_hits "
                    "active_defrag_key_misses total_active_defrag_time "
                    "current_active_defrag_time");
  write_tracking (info);
  line_number (info, "unexpected_error_replies", 0);
  line_stat (info, "total_error_replies", CF_STAT_ERRORS);
  line_number (info, "dump_payload_sanitizations", 0);
  line_stat (info, "total_reads_processed", CF_STAT_READS);
  line_stat (info, "total_writes_processed", CF_STAT_WRITES);
  lines_zero (info, "io_threaded_reads_processed io_threaded_writes_processed "
                    "reply_buffer_shrinks reply_buffer_expands");
  line_stat (info, "client_query_buffer_limit_disconnections",
             CF_STAT_QUERY_LIMIT);
  line_stat (info, "client_output_buffer_limit_disconnections",
             CF_STAT_OUTPUT_LIMIT);
  line_stat (info, "acl_access_denied_auth", CF_STAT_DENIED_AUTH);
  line_stat (info, "acl_access_denied_cmd", CF_STAT_DENIED_COMMAND);
  line_stat (info, "acl_access_denied_key", CF_STAT_DENIED_KEY);
  line_stat (info, "acl_access_denied_channel", CF_STAT_DENIED_CHANNEL);
  write_threads (info);
}

static void
write_replication (Info *info)
{
  line (info, "role", "master");
  line_number (info, "connected_slaves", 0);
  line (info, "master_failover_state", "no-failover");
  line (info, "master_replid", "%s", info->engine->run_id);
  line (info, "master_replid2", "%040d", 0);
  line_number (info, "master_repl_offset", 0);
  line (info, "second_repl_offset", "-1");
  line_number (info, "repl_backlog_active", 0);
  line_number (info, "repl_backlog_size", 0);
  line_number (info, "repl_backlog_first_byte_offset", 0);
  line_number (info, "repl_backlog_histlen", 0);
}

static void
line_cpu (Info *info, const char *name, struct timeval time)
{
  line (info, name, "%ld.%06ld", (long) time.tv_sec, (long) time.tv_usec);
}

static void
write_cpu (Info *info)
{
  struct rusage self, children;

  if (getrusage (RUSAGE_SELF, &self) != 0 ||
      getrusage (RUSAGE_CHILDREN, &children) != 0)
    return;
  line_cpu (info, "used_cpu_sys", self.ru_stime);
  line_cpu (info, "used_cpu_user", self.ru_utime);
  line_cpu (info, "used_cpu_sys_children", children.ru_stime);
  line_cpu (info, "used_cpu_user_children", children.ru_utime);
}

static void
write_modules (Info *info)
{
}

/* Calls @func for each command and subcommand that was called or refused. */
static void
each_used_command (Info *info,
                   void (*func) (Info *info,
                                 const CfCommandInfo *command,
                                 const CfCommandStats *stats))
{
  const CfCommandTable *table = info->engine->commands;

  for (guint id = 0; id < cf_command_table_n_ids (table); id++)
    {
      CfCommandStats stats = cf_stats_sum_command (info->engine->stats, id);

      if (stats.calls != 0 || stats.rejected != 0 || stats.failed != 0)
        func (info, cf_command_table_by_id (table, id), &stats);
    }
}

static void
write_command (Info *info,
               const CfCommandInfo *command,
               const CfCommandStats *stats)
{
  guint64 us = cf_clock_ticks_to_us (stats->ticks);
  g_autofree char *name = g_strconcat ("cmdstat_", command->full_name, NULL);

  line (info, name,
        "calls=%" G_GUINT64_FORMAT ",usec=%" G_GUINT64_FORMAT
        ",usec_per_call=%.2f,rejected_calls=%" G_GUINT64_FORMAT
        ",failed_calls=%" G_GUINT64_FORMAT,
        stats->calls, us, ratio ((double) us, (double) stats->calls),
        stats->rejected, stats->failed);
}

static void
write_commandstats (Info *info)
{
  each_used_command (info, write_command);
}

static void
write_error (const char *prefix, guint64 count, gpointer data)
{
  g_autofree char *name = g_strconcat ("errorstat_", prefix, NULL);

  line (data, name, "count=%" G_GUINT64_FORMAT, count);
}

static void
write_errorstats (Info *info)
{
  cf_stats_each_error (info->engine->stats, write_error, info);
}

static guint64
percentile_ns (const guint64 *buckets, guint64 n, double percent)
{
  double wanted = (double) n * percent / 100;
  guint64 seen = 0;
  guint i = 0;

  for (; i < CF_STATS_BUCKETS - 1; i++)
    {
      seen += buckets[i];
      if (seen > 0 && (double) seen >= wanted)
        break;
    }
  return cf_stats_bucket_limit_ns (i);
}

static void
write_latency (Info *info,
               const CfCommandInfo *command,
               const CfCommandStats *stats)
{
  guint64 buckets[CF_STATS_BUCKETS], n = 0;
  gsize n_percentiles;
  g_autofree double *percentiles =
      cf_config_get_percentiles (info->engine->config, &n_percentiles);

  cf_stats_sum_buckets (info->engine->stats, command->id, buckets);
  for (guint i = 0; i < CF_STATS_BUCKETS; i++)
    n += buckets[i];
  if (n == 0)
    return;
  g_string_append_printf (info->text,
                          "latency_percentiles_usec_%s:", command->full_name);
  for (gsize i = 0; i < n_percentiles; i++)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (number, sizeof number, "%.6g", percentiles[i]);
      g_string_append_printf (
          info->text, "%sp%s=%.3f", i > 0 ? "," : "", number,
          (double) percentile_ns (buckets, n, percentiles[i]) / 1000);
    }
  g_string_append (info->text, "\r\n");
}

static void
write_latencystats (Info *info)
{
  if (cf_config_get_int (info->engine->config, CF_SETTING_LATENCY_TRACKING))
    each_used_command (info, write_latency);
}

static void
write_cluster (Info *info)
{
  line_number (info, "cluster_enabled", 0);
}

static void
write_keyspace (Info *info)
{
  CfKeyspace *keyspace = info->engine->keyspace;

  for (guint db = 0; db < cf_keyspace_n_databases (keyspace); db++)
    {
      gsize n_keys, n_volatile;
      gint64 average_ttl_ms;

      if (cf_keyspace_size (keyspace, db) == 0)
        continue;
      cf_keyspace_count (keyspace, db, &n_keys, &n_volatile, &average_ttl_ms,
                         info->now_ms);
      if (n_keys == 0)
        continue;
      g_string_append_printf (info->text,
                              "db%u:keys=%" G_GSIZE_FORMAT
                              ",expires=%" G_GSIZE_FORMAT
                              ",avg_ttl=%" G_GINT64_FORMAT "\r\n",
                              db, n_keys, n_volatile, average_ttl_ms);
    }
}

/* In the order in which they are shown. */
static const Section sections[] = {
  { "server", "Server", BY_DEFAULT | IN_ALL, write_server },
  { "clients", "Clients", BY_DEFAULT | IN_ALL, write_clients },
  { "memory", "Memory", BY_DEFAULT | IN_ALL, write_memory },
  { "persistence", "Persistence", BY_DEFAULT | IN_ALL, write_persistence },
  { "stats", "Stats", BY_DEFAULT | IN_ALL, write_stats },
  { "replication", "Replication", BY_DEFAULT | IN_ALL, write_replication },
  { "cpu", "CPU", BY_DEFAULT | IN_ALL, write_cpu },
  { "modules", "Modules", BY_DEFAULT | IN_ALL, write_modules },
  { "commandstats", "Commandstats", IN_ALL, write_commandstats },
  { "errorstats", "Errorstats", BY_DEFAULT | IN_ALL, write_errorstats },
  { "latencystats", "Latencystats", IN_ALL, write_latencystats },
  { "cluster", "Cluster", BY_DEFAULT | IN_ALL, write_cluster },
  { "keyspace", "Keyspace", BY_DEFAULT | IN_ALL, write_keyspace },
};

G_STATIC_ASSERT (G_N_ELEMENTS (sections) <= 32);

static guint
sections_shown (guint shown)
{
  guint chosen = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    if (sections[i].shown & shown)
      chosen |= 1u << i;
  return chosen;
}

/* The sections that a word asks for; unknown ones, none. */
static guint
sections_named (const CfCall *call, guint argument)
{
  guint chosen = 0;

  if (cf_call_is (call, argument, "all") ||
      cf_call_is (call, argument, "everything"))
    return sections_shown (IN_ALL);
  if (cf_call_is (call, argument, "default"))
    return sections_shown (BY_DEFAULT);
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    if (cf_call_is (call, argument, sections[i].name))
      chosen |= 1u << i;
  return chosen;
}

static gboolean
run_info (CfCall *call, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Info info = { call->engine, call->now_ms, text };
  guint chosen = call->argc == 1 ? sections_shown (BY_DEFAULT) : 0;

  for (guint i = 1; i < call->argc; i++)
    chosen |= sections_named (call, i);
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      if (!(chosen >> i & 1))
        continue;
      if (text->len > 0)
        g_string_append (text, "\r\n");
      g_string_append_printf (text, "# %s\r\n", sections[i].title);
      sections[i].write (&info);
    }
  cf_reply_verbatim (&call->reply, "txt", cf_slice (text->str, text->len));
  return TRUE;
}

static const CfCommand commands[] = {
  {
      .name = "INFO",
      .usage = "[section ...]",
      .summary = "Tells of the server, section by section.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .tips = "nondeterministic_output request_policy:all_shards "
              "response_policy:special",
      .run = run_info,
      .arity = -1,
      .flags = CF_COMMAND_LOADING | CF_COMMAND_STALE | CF_COMMAND_WALKS,
      .categories = CF_ACL_DANGEROUS,
  },
};

const CfFamily cf_info_family = {
  .group = "server",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
