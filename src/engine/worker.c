/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/clock.h"
#include "base/memory.h"
#include "engine/engine.h"
#include "engine/script-host.h"
#include "engine/worker.h"

static CfWorker *
worker_new (CfEngine *engine)
{
  CfWorker *self = g_new0 (CfWorker, 1);

  self->engine = engine;
  self->stats = cf_stats_add_shard (engine->stats);
  self->scratch = g_malloc (CF_WORKER_SCRATCH);
  cf_hold_init (&self->hold, engine->keyspace);
  self->next_slot = CF_NO_SLOT;
  self->positions = g_array_new (FALSE, FALSE, sizeof (guint));
  return self;
}

/**
 * cf_worker_free:
 * @self: (nullable): a worker that no thread uses
 */
void
cf_worker_free (CfWorker *self)
{
  if (self == NULL)
    return;
  cf_script_host_free (self->scripts);
  cf_out_pool_clear (&self->chunks);
  g_free (self->scratch);
  cf_hold_clear (&self->hold);
  g_free (self->keys);
  g_free (self->key_arguments);
  g_array_unref (self->positions);
  g_free (self);
}

/**
 * cf_worker_acquire:
 * @engine: the engine
 *
 * Returns: (transfer none) (nullable): a worker for the calling thread, until
 *   cf_worker_release(); %NULL if too many are in use
 */
CfWorker *
cf_worker_acquire (CfEngine *engine)
{
  CfGateKeeper *keeper = cf_gate_register (engine->gate);
  CfWorker *self = NULL;

  if (keeper == NULL)
    return NULL;
  cf_mutex_lock (&engine->workers_lock);
  if (engine->free_workers->len > 0)
    /* The one whose memory was in use last. */
    self = g_ptr_array_steal_index_fast (engine->free_workers,
                                         engine->free_workers->len - 1);
  cf_mutex_unlock (&engine->workers_lock);
  if (self == NULL)
    {
      self = worker_new (engine);
      cf_mutex_lock (&engine->workers_lock);
      g_ptr_array_add (engine->workers, self);
      cf_mutex_unlock (&engine->workers_lock);
    }
  self->keeper = keeper;
  cf_memory_thread_balance (); /* so that what the thread allocates counts */
  cf_worker_tick (self);
  return self;
}

/**
 * cf_worker_release:
 * @self: a worker, not inside the gate
 */
void
cf_worker_release (CfWorker *self)
{
  CfEngine *engine = self->engine;

  g_assert (!self->inside && self->hold.mode == CF_HOLD_NONE &&
            self->hold.kept == CF_NO_SLOT);
  cf_gate_unregister (engine->gate, g_steal_pointer (&self->keeper));
  cf_mutex_lock (&engine->workers_lock);
  g_ptr_array_add (engine->free_workers, self);
  cf_mutex_unlock (&engine->workers_lock);
}

/* How often one that may not come in yet tries again. */
#define BARRED_US 1000

/**
 * cf_worker_enter:
 * @self: a worker outside the gate
 *
 * Begins a batch; may wait for an exclusive operation to end.
 */
void
cf_worker_enter (CfWorker *self)
{
  cf_gate_enter (self->keeper);
  self->inside = TRUE;
  cf_worker_tick (self);
  __atomic_store_n (&self->since_ticks, self->batch_ticks, __ATOMIC_RELAXED);
}

/* Counts what ran but was not measured yet. */
static void
settle (CfWorker *self)
{
  guint64 start = self->now_ticks;

  if (self->stats->runs.n == 0)
    return;
  self->now_ticks = cf_clock_ticks ();
  self->stats->runs.ticks += self->now_ticks - start;
  cf_stats_settle (self->stats);
}

/**
 * cf_worker_leave:
 * @self: a worker that is inside the gate
 *
 * Leaves the gate.
 */
void
cf_worker_leave (CfWorker *self)
{
  cf_hold_let_go (&self->hold);
  settle (self);
  self->inside = FALSE;
  cf_gate_leave (self->keeper);
}

/**
 * cf_worker_return:
 * @self: a worker that is outside the gate
 *
 * Enters the gate again, waiting while it is closed.
 */
void
cf_worker_return (CfWorker *self)
{
  cf_gate_enter (self->keeper);
  while (G_UNLIKELY (self->hold.mode == CF_HOLD_CLAIMS) &&
         cf_hold_is_barred (&self->hold))
    {
      cf_gate_leave (self->keeper);
      g_usleep (BARRED_US);
      cf_gate_enter (self->keeper);
    }
  self->inside = TRUE;
}

/**
 * cf_worker_tick:
 * @self: a worker
 *
 * Reads the clocks for a batch.
 */
void
cf_worker_tick (CfWorker *self)
{
  self->batch_us = self->now_us = cf_clock_wall_us ();
  self->now_ms = self->now_us / 1000;
  self->batch_ticks = self->now_ticks = self->told_ticks = cf_clock_ticks ();
}

/**
 * cf_worker_breathe:
 * @self: a worker that holds no slot
 *
 * Lets an exclusive operation pass, if one waits.
 */
void
cf_worker_breathe (CfWorker *self)
{
  if (!self->inside || !cf_gate_is_wanted (self->keeper))
    return;
  cf_hold_let_go (&self->hold);
  g_assert (self->hold.mode == CF_HOLD_NONE);
  cf_gate_leave (self->keeper);
  cf_gate_enter (self->keeper);
}
