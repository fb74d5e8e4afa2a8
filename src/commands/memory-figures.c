/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/memory.h"
#include "commands/memory-figures.h"

static gsize
sum_clients (CfEngine *engine)
{
  g_autoptr (GPtrArray) sessions = cf_sessions_list (engine->sessions);
  gsize sum = 0;

  for (guint i = 0; i < sessions->len; i++)
    sum += cf_session_memory (g_ptr_array_index (sessions, i));
  return sum;
}

/**
 * cf_memory_figures:
 * @engine: the engine
 *
 * Returns: how much memory is used now, and for what
 */
CfMemoryFigures
cf_memory_figures (CfEngine *engine)
{
  CfMemoryFigures figures = {
    .used = cf_memory_used (),
    .startup = engine->startup_memory,
    .rss = cf_memory_rss (),
    .clients = sum_clients (engine),
  };

  cf_memory_pages (&figures.active, &figures.resident);
  cf_engine_note_memory (engine, figures.used);
  figures.peak = __atomic_load_n (&engine->peak_memory, __ATOMIC_RELAXED);
  figures.overhead = figures.startup + figures.clients;
  for (guint db = 0; db < cf_keyspace_n_databases (engine->keyspace); db++)
    figures.n_keys += cf_keyspace_size (engine->keyspace, db);
  return figures;
}
