/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/evict-clients.h"

#include "config/settings.h"

static int
compare_memory (gconstpointer a, gconstpointer b)
{
  gsize memory_a = cf_session_memory (*(CfSession *const *) a);
  gsize memory_b = cf_session_memory (*(CfSession *const *) b);

  return (memory_a < memory_b) - (memory_a > memory_b);
}

static gboolean
may_evict (CfSession *session)
{
  guint flags = __atomic_load_n (&session->shown_flags, __ATOMIC_RELAXED);

  return (flags & CF_SESSION_NO_EVICT) == 0;
}

/* Closes @session, and returns the bytes that this will give back. */
static gsize
evict (CfSession *session, CfStatsShard *stats)
{
  CfConnection *connection = (CfConnection *) session;

  if (!__atomic_exchange_n (&connection->evicted, TRUE, __ATOMIC_RELAXED))
    {
      cf_stats_count (stats, CF_STAT_EVICTED_CLIENTS, 1);
      g_info ("closing client %s for its memory", session->address);
      session->ops->close (session);
    }
  return cf_session_memory (session);
}

/**
 * cf_evict_clients_memory:
 * @group: all loops
 *
 * Returns: the bytes that all connections take
 */
gsize
cf_evict_clients_memory (const CfLoopGroup *group)
{
  gsize memory = 0;

  for (guint i = 0; i < group->n_loops; i++)
    memory += __atomic_load_n (&group->loops[i]->memory, __ATOMIC_RELAXED);
  return memory;
}

/**
 * cf_evict_clients:
 * @group: all loops
 * @stats: where to count
 *
 * Closes those that take most until maxmemory-clients is kept.
 */
void
cf_evict_clients (CfLoopGroup *group, CfStatsShard *stats)
{
  CfEngine *engine = group->engine;
  gint64 limit = cf_config_get_maxmemory_clients (engine->config);
  g_autoptr (GPtrArray) sessions = NULL;
  gsize memory;

  if (limit <= 0 || cf_evict_clients_memory (group) <= (gsize) limit)
    return;
  sessions = cf_sessions_list (engine->sessions);
  /* Who is no longer among them is no longer counted, either. */
  memory = cf_evict_clients_memory (group);
  g_ptr_array_sort (sessions, compare_memory);
  for (guint i = 0; i < sessions->len && memory > (gsize) limit; i++)
    {
      CfSession *session = (CfSession *) sessions->pdata[i];

      if (may_evict (session))
        memory -= MIN (memory, evict (session, stats));
    }
}
