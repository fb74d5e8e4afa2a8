/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-memory.c -- MEMORY: what takes how much. */
#include "config.h"

#include "base/memory.h"
#include "base/number.h"
#include "commands/commands.h"
#include "commands/help.h"
#include "commands/memory-figures.h"
#include "engine/function.h"
#include "engine/scripts.h"

static gboolean
run_usage (CfCall *call, GError **error)
{
  gint64 samples = CF_OBJECT_SAMPLES;
  const CfEntry *entry;

  for (guint i = 3; i < call->argc; i++)
    {
      if (!cf_call_is (call, i, "SAMPLES") || i + 1 == call->argc)
        return cf_call_syntax_error (error);
      if (!cf_call_get_int (call, ++i, &samples, error))
        return FALSE;
      if (samples < 0)
        return cf_call_syntax_error (error);
    }
  entry = cf_call_write (call, 2);
  if (entry == NULL)
    cf_reply_null (&call->reply);
  else
    cf_reply_int (&call->reply,
                  (gint64) cf_entry_memory (entry, (gsize) samples));
  return TRUE;
}

static gboolean
run_purge (CfCall *call, GError **error)
{
  cf_memory_purge ();
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_malloc_stats (CfCall *call, GError **error)
{
  g_autofree char *text = cf_memory_describe ();

  cf_reply_verbatim (&call->reply, "txt", cf_slice_of_string (text));
  return TRUE;
}

static gboolean
run_doctor (CfCall *call, GError **error)
{
  CfMemoryFigures figures = cf_memory_figures (call->engine);
  g_autoptr (GString) text = g_string_new (NULL);

  if (figures.used < 5 * 1024 * 1024)
    g_string_append (text, "There is too little data to tell anything.\n");
  else
    {
      if (figures.rss > figures.used * 7 / 5)
        g_string_append (text, "More than 1.4 times of what is used is "
                               "resident: MEMORY PURGE may give some back.\n");
      if (figures.peak > figures.used * 3 / 2)
        g_string_append (text, "There once was 1.5 times as much in use as "
                               "now, so much of what is resident is free.\n");
      if (text->len == 0)
        g_string_append (text, "No trouble was found.\n");
    }
  cf_reply_verbatim (&call->reply, "txt", cf_slice (text->str, text->len));
  return TRUE;
}

static void
reply_figure (CfReply *reply, const char *name, gsize value)
{
  cf_reply_bulk_string (reply, name);
  cf_reply_int (reply, (gint64) value);
}

static void
reply_ratio (CfReply *reply, const char *name, double value)
{
  cf_reply_bulk_string (reply, name);
  cf_reply_double (reply, value);
}

static double
ratio (gsize part, gsize whole)
{
  return whole != 0 ? (double) part / (double) whole : 0;
}

/* How much more @whole is than @part. */
static void
reply_excess (CfReply *reply,
              const char *name,
              const char *bytes_name,
              gsize whole,
              gsize part)
{
  reply_ratio (reply, name, ratio (whole, part));
  cf_reply_bulk_string (reply, bytes_name);
  cf_reply_int (reply, (gint64) whole - (gint64) part);
}

static gboolean
run_stats (CfCall *call, GError **error)
{
  CfReply *reply = &call->reply;
  CfMemoryFigures figures = cf_memory_figures (call->engine);
  gsize dataset = figures.used - MIN (figures.used, figures.overhead);
  g_autoptr (CfFunctionSet) functions =
      cf_functions_get (call->engine->functions);

  cf_reply_map (reply, 27);
  reply_figure (reply, "peak.allocated", figures.peak);
  reply_figure (reply, "total.allocated", figures.used);
  reply_figure (reply, "startup.allocated", figures.startup);
  reply_figure (reply, "replication.backlog", 0);
  reply_figure (reply, "clients.slaves", 0);
  reply_figure (reply, "clients.normal", figures.clients);
  reply_figure (reply, "cluster.links", 0);
  reply_figure (reply, "aof.buffer", 0);
  reply_figure (reply, "lua.caches", cf_scripts_memory (call->engine->scripts));
  reply_figure (reply, "functions.caches", cf_function_set_memory (functions));
  reply_figure (reply, "overhead.total", figures.overhead);
  reply_figure (reply, "keys.count", figures.n_keys);
  reply_figure (reply, "keys.bytes-per-key",
                figures.n_keys != 0
                    ? (figures.used - MIN (figures.used, figures.startup)) /
                          figures.n_keys
                    : 0);
  reply_figure (reply, "dataset.bytes", dataset);
  reply_ratio (reply, "dataset.percentage",
               100 * ratio (dataset, figures.used -
                                         MIN (figures.used, figures.startup)));
  reply_ratio (reply, "peak.percentage",
               100 * ratio (figures.used, figures.peak));
  reply_figure (reply, "allocator.allocated", figures.used);
  reply_figure (reply, "allocator.active", figures.active);
  reply_figure (reply, "allocator.resident", figures.resident);
  reply_excess (reply, "allocator-fragmentation.ratio",
                "allocator-fragmentation.bytes", figures.active, figures.used);
  reply_excess (reply, "allocator-rss.ratio", "allocator-rss.bytes",
                figures.resident, figures.active);
  reply_excess (reply, "rss-overhead.ratio", "rss-overhead.bytes", figures.rss,
                figures.resident);
  reply_excess (reply, "fragmentation", "fragmentation.bytes", figures.rss,
                figures.used);
  return TRUE;
}

#define SHARDS "request_policy:all_shards response_policy:"

#define SUBCOMMAND(NAME, SUMMARY, COMPLEXITY, TIPS, FLAGS, RUN)                \
  {                                                                            \
    .name = NAME, .summary = SUMMARY, .since = "4.0.0",                        \
    .complexity = COMPLEXITY, .tips = TIPS, .run = RUN, .arity = 2,            \
    .flags = FLAGS,                                                            \
  }

static const CfCommand subcommands[] = {
  SUBCOMMAND ("DOCTOR",
              "Tells in words what is wrong with memory.",
              "O(1)",
              "nondeterministic_output " SHARDS "special",
              CF_COMMAND_WALKS,
              run_doctor),
  CF_HELP_COMMAND ("4.0.0", 0),
  SUBCOMMAND ("MALLOC-STATS",
              "Returns what the allocator tells of itself.",
              "Depends on how much memory is allocated, could be slow",
              "nondeterministic_output " SHARDS "special",
              0,
              run_malloc_stats),
  SUBCOMMAND ("PURGE",
              "Gives free memory back to the system.",
              "Depends on how much memory is allocated, could be slow",
              SHARDS "all_succeeded",
              0,
              run_purge),
  SUBCOMMAND ("STATS",
              "Returns what takes how much memory.",
              "O(1)",
              "nondeterministic_output " SHARDS "special",
              CF_COMMAND_WALKS,
              run_stats),
  {
      .name = "USAGE",
      .usage = "key [SAMPLES count:integer]",
      .summary = "Returns how many bytes a key and its value take.",
      .since = "4.0.0",
      .complexity = "O(N) where N is the number of samples.",
      .run = run_usage,
      .arity = -3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_NO_TOUCH | CF_COMMAND_BIG,
      .categories = CF_ACL_READ,
      .keys = { CF_KEY_AT ("RO", 2) },
  },
};

static const CfCommand commands[] = {
  {
      .name = "MEMORY",
      .summary = "Tells what takes how much memory.",
      .since = "4.0.0",
      .complexity = "Depends on subcommand.",
      .arity = -2,
      .subcommands = subcommands,
      .n_subcommands = G_N_ELEMENTS (subcommands),
  },
};

const CfFamily cf_memory_family = {
  .group = "server",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
