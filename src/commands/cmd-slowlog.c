/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-slowlog.c -- SLOWLOG and LATENCY: what took long. */
#include "config.h"

#include "base/clock.h"
#include "base/number.h"
#include "commands/commands.h"
#include "commands/help.h"
#include "engine/latency.h"
#include "engine/slowlog.h"

#define EVENT_MAX 1024 /* bytes of the name of an event */

/* -- SLOWLOG -------------------------------------------------------------- */

static void
reply_entry (CfReply *reply, const CfSlowlogEntry *entry)
{
  cf_reply_array (reply, 6);
  cf_reply_int (reply, entry->id);
  cf_reply_int (reply, entry->time_s);
  cf_reply_int (reply, entry->duration_us);
  cf_reply_array (reply, entry->args->len);
  for (guint i = 0; i < entry->args->len; i++)
    {
      gsize size;
      const char *data =
          g_bytes_get_data (g_ptr_array_index (entry->args, i), &size);

      cf_reply_bulk (reply, cf_slice (data, size));
    }
  cf_reply_bulk_string (reply, entry->address);
  cf_reply_bulk_string (reply, entry->name);
}

static gboolean
run_slowlog_get (CfCall *call, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;
  gint64 n = 10;

  if (call->argc > 3)
    return cf_call_usage_error (call, error);
  if (call->argc == 3 &&
      (!cf_parse_int64 (call->argv[2].data, call->argv[2].size, &n) || n < -1))
    return cf_throw (error, CF_ERROR_FAILED,
                     "count should be greater than or equal to -1");
  entries = cf_slowlog_get (call->engine->slowlog, n);
  cf_reply_array (&call->reply, entries->len);
  for (guint i = 0; i < entries->len; i++)
    reply_entry (&call->reply, g_ptr_array_index (entries, i));
  return TRUE;
}

static gboolean
run_slowlog_len (CfCall *call, GError **error)
{
  cf_reply_int (&call->reply, cf_slowlog_n (call->engine->slowlog));
  return TRUE;
}

static gboolean
run_slowlog_reset (CfCall *call, GError **error)
{
  cf_slowlog_reset (call->engine->slowlog);
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* -- LATENCY -------------------------------------------------------------- */

/* No event has a longer name than is copied. */
static char *
dup_event (const CfCall *call, guint i)
{
  return g_strndup (call->argv[i].data, MIN (call->argv[i].size, EVENT_MAX));
}

static gboolean
run_latency_latest (CfCall *call, GError **error)
{
  g_autoptr (GArray) events = cf_latency_latest (call->engine->latency);

  cf_reply_array (&call->reply, events->len);
  for (guint i = 0; i < events->len; i++)
    {
      const CfLatencyEvent *event = &g_array_index (events, CfLatencyEvent, i);

      cf_reply_array (&call->reply, 4);
      cf_reply_bulk_string (&call->reply, event->event);
      cf_reply_int (&call->reply, event->latest.time_s);
      cf_reply_int (&call->reply, event->latest.latency_ms);
      cf_reply_int (&call->reply, event->max_ms);
    }
  return TRUE;
}

static gboolean
run_latency_history (CfCall *call, GError **error)
{
  g_autofree char *event = dup_event (call, 2);
  g_autoptr (GArray) samples =
      cf_latency_history (call->engine->latency, event);

  cf_reply_array (&call->reply, samples->len);
  for (guint i = 0; i < samples->len; i++)
    {
      const CfLatencySample *sample =
          &g_array_index (samples, CfLatencySample, i);

      cf_reply_array (&call->reply, 2);
      cf_reply_int (&call->reply, sample->time_s);
      cf_reply_int (&call->reply, sample->latency_ms);
    }
  return TRUE;
}

static gboolean
run_latency_reset (CfCall *call, GError **error)
{
  gint64 n = 0;

  if (call->argc == 2)
    n = cf_latency_reset (call->engine->latency, NULL);
  for (guint i = 2; i < call->argc; i++)
    {
      g_autofree char *event = dup_event (call, i);

      n += cf_latency_reset (call->engine->latency, event);
    }
  cf_reply_int (&call->reply, n);
  return TRUE;
}

static gboolean
run_latency_graph (CfCall *call, GError **error)
{
  static const char bars[] = "_.-=oO#";
  g_autofree char *event = dup_event (call, 2);
  g_autoptr (GArray) samples =
      cf_latency_history (call->engine->latency, event);
  g_autoptr (GString) text = g_string_new (NULL);
  guint32 low = G_MAXUINT32, high = 0;

  if (samples->len == 0)
    return cf_throw (error, CF_ERROR_FAILED,
                     "No samples available for event '%s'", event);
  for (guint i = 0; i < samples->len; i++)
    {
      guint32 ms = g_array_index (samples, CfLatencySample, i).latency_ms;

      low = MIN (low, ms);
      high = MAX (high, ms);
    }
  g_string_append_printf (text,
                          "%s - high %u ms, low %u ms (all time high %u "
                          "ms)\n",
                          event, high, low, high);
  for (guint i = 0; i < samples->len; i++)
    {
      guint32 ms = g_array_index (samples, CfLatencySample, i).latency_ms;
      guint32 range = MAX (high - low, 1);

      g_string_append_c (text, bars[(ms - low) * (sizeof bars - 2) / range]);
    }
  g_string_append_c (text, '\n');
  cf_reply_verbatim (&call->reply, "txt", cf_slice (text->str, text->len));
  return TRUE;
}

static gboolean
run_latency_doctor (CfCall *call, GError **error)
{
  g_autoptr (GArray) events = cf_latency_latest (call->engine->latency);
  g_autoptr (GString) text = g_string_new (NULL);
  gint64 threshold_ms = cf_config_get_int (
      call->engine->config, CF_SETTING_LATENCY_MONITOR_THRESHOLD);

  if (threshold_ms == 0)
    g_string_append (
        text, "Latency monitoring is disabled in this instance. \"CONFIG "
              "SET latency-monitor-threshold <milliseconds>\" enables "
              "it.\n");
  else if (events->len == 0)
    g_string_append_printf (text,
                            "No latency spike of %" G_GINT64_FORMAT
                            " ms or more was observed.\n",
                            threshold_ms);
  for (guint i = 0; i < events->len; i++)
    {
      const CfLatencyEvent *event = &g_array_index (events, CfLatencyEvent, i);

      g_string_append_printf (text,
                              "%u. %s: the latest spike took %u ms, the "
                              "worst %u ms.\n",
                              i + 1, event->event, event->latest.latency_ms,
                              event->max_ms);
    }
  cf_reply_verbatim (&call->reply, "txt", cf_slice (text->str, text->len));
  return TRUE;
}

/* The histogram as Redis shows it: cumulative counts at powers of two. */
static void
reply_histogram (CfCall *call, const CfCommandInfo *info)
{
  guint64 buckets[CF_STATS_BUCKETS], calls = 0, so_far = 0, limit_us = 1;
  CfOutChunk *hole;
  gsize n_pairs = 0;
  guint i = 0;

  cf_stats_sum_buckets (call->engine->stats, info->id, buckets);
  for (guint j = 0; j < CF_STATS_BUCKETS; j++)
    calls += buckets[j];
  cf_reply_bulk_string (&call->reply, info->full_name);
  cf_reply_map (&call->reply, 2);
  cf_reply_bulk_string (&call->reply, "calls");
  cf_reply_int (&call->reply, (gint64) calls);
  cf_reply_bulk_string (&call->reply, "histogram_usec");
  hole = cf_reply_deferred (&call->reply);
  for (; so_far < calls; limit_us *= 2)
    {
      guint64 before = so_far;

      while (i < CF_STATS_BUCKETS &&
             cf_stats_bucket_limit_ns (i) <= limit_us * 1024)
        so_far += buckets[i++];
      if (so_far == before)
        continue;
      cf_reply_int (&call->reply, (gint64) limit_us);
      cf_reply_int (&call->reply, (gint64) so_far);
      n_pairs++;
    }
  cf_reply_deferred_map (&call->reply, hole, n_pairs);
}

static gsize
reply_histogram_of (CfCall *call, const CfCommandInfo *info)
{
  gsize n = 0;

  if (cf_stats_sum_command (call->engine->stats, info->id).calls > 0)
    {
      reply_histogram (call, info);
      n++;
    }
  for (const CfCommandInfo **sub = info->subcommands;
       sub != NULL && *sub != NULL; sub++)
    n += reply_histogram_of (call, *sub);
  return n;
}

static gboolean
run_latency_histogram (CfCall *call, GError **error)
{
  const CfCommandTable *table = call->engine->commands;
  CfOutChunk *hole = cf_reply_deferred (&call->reply);
  gsize n = 0;
  guint n_all;
  const CfCommandInfo *const *all = cf_command_table_all (table, &n_all);

  for (guint i = 0; call->argc == 2 && i < n_all; i++)
    n += reply_histogram_of (call, all[i]);
  for (guint i = 2; i < call->argc; i++)
    {
      const CfCommandInfo *info =
          cf_command_table_find_name (table, call->argv[i]);

      if (info != NULL)
        n += reply_histogram_of (call, info);
    }
  cf_reply_deferred_map (&call->reply, hole, n);
  return TRUE;
}

/* -- The tables ----------------------------------------------------------- */

#define QUIET (CF_COMMAND_ADMIN | CF_COMMAND_LOADING | CF_COMMAND_STALE)
#define ALL_NODES "request_policy:all_nodes "

#define SUBCOMMAND(NAME, USAGE, SUMMARY, SINCE, COMPLEXITY, TIPS, ARITY,       \
                   FLAGS, RUN)                                                 \
  {                                                                            \
    .name = NAME, .usage = USAGE, .summary = SUMMARY, .since = SINCE,          \
    .complexity = COMPLEXITY, .tips = TIPS, .run = RUN, .arity = ARITY,        \
    .flags = FLAGS,                                                            \
  }

static const CfCommand slowlog_commands[] = {
  SUBCOMMAND ("GET",
              "[count:integer]",
              "Returns the newest entries of the slow log.",
              "2.2.12",
              "O(N) where N is the number of entries returned",
              ALL_NODES "nondeterministic_output",
              -2,
              QUIET,
              run_slowlog_get),
  CF_HELP_COMMAND ("6.2.0", 0),
  SUBCOMMAND ("LEN",
              NULL,
              "Counts the entries of the slow log.",
              "2.2.12",
              "O(1)",
              ALL_NODES "response_policy:agg_sum nondeterministic_output",
              2,
              QUIET,
              run_slowlog_len),
  SUBCOMMAND ("RESET",
              NULL,
              "Empties the slow log.",
              "2.2.12",
              "O(N) where N is the number of entries in the slowlog",
              ALL_NODES "response_policy:all_succeeded",
              2,
              QUIET,
              run_slowlog_reset),
};

#define LATENCY(NAME, USAGE, SUMMARY, SINCE, ARITY, RUN)                       \
  SUBCOMMAND (NAME, USAGE, SUMMARY, SINCE, "O(1)",                             \
              "nondeterministic_output " ALL_NODES "response_policy:special",  \
              ARITY, QUIET | CF_COMMAND_NOSCRIPT, RUN)

static const CfCommand latency_commands[] = {
  LATENCY ("DOCTOR",
           NULL,
           "Tells in words what took long.",
           "2.8.13",
           2,
           run_latency_doctor),
  LATENCY ("GRAPH",
           "event",
           "Draws the spikes of an event.",
           "2.8.13",
           3,
           run_latency_graph),
  CF_HELP_COMMAND ("2.8.13", 0),
  LATENCY ("HISTOGRAM",
           "[command ...]",
           "Returns how long commands took, counted by time.",
           "7.0.0",
           -2,
           run_latency_histogram),
  LATENCY ("HISTORY",
           "event",
           "Returns the spikes of an event.",
           "2.8.13",
           3,
           run_latency_history),
  LATENCY ("LATEST",
           NULL,
           "Returns the latest spike of every event.",
           "2.8.13",
           2,
           run_latency_latest),
  SUBCOMMAND ("RESET",
              "[event ...]",
              "Forgets the spikes of events.",
              "2.8.13",
              "O(1)",
              ALL_NODES "response_policy:all_succeeded",
              -2,
              QUIET | CF_COMMAND_NOSCRIPT,
              run_latency_reset),
};

#define CONTAINER(NAME, SUMMARY, SINCE, SUBCOMMANDS)                           \
  {                                                                            \
    .name = NAME, .summary = SUMMARY, .since = SINCE,                          \
    .complexity = "Depends on subcommand.", .arity = -2,                       \
    .subcommands = SUBCOMMANDS, .n_subcommands = G_N_ELEMENTS (SUBCOMMANDS),   \
  }

static const CfCommand commands[] = {
  CONTAINER ("LATENCY",
             "Tells of spikes in how long things take.",
             "2.8.13",
             latency_commands),
  CONTAINER (
      "SLOWLOG", "Tells which commands took long.", "2.2.12", slowlog_commands),
};

const CfFamily cf_slowlog_family = {
  .group = "server",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
