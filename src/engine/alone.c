/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/alone.h"

#include "engine/tracking.h"
#include "store/reaper.h"

static void
free_trash (CfCall *call)
{
  g_autoptr (GPtrArray) trash = g_steal_pointer (&call->trash);

  for (guint i = 0; trash != NULL && i < trash->len; i++)
    {
      if (call->free_trash_here)
        cf_trash_free (g_ptr_array_index (trash, i));
      else
        cf_reaper_free_trash (call->engine->reaper,
                              g_ptr_array_index (trash, i));
    }
}

/* Closes the gate that is reserved. */
static void
close_gate (CfCall *call)
{
  cf_gate_close (call->engine->gate);
  cf_stats_count (call->worker->stats, CF_STAT_GATE_CLOSED, 1);
}

/* Nothing is held any more, and the caller is outside the gate. */
static void
clean_up (CfCall *call)
{
  cf_gate_unreserve (call->engine->gate);
  free_trash (call);
  cf_tracking_sweep (call->engine->tracking);
  cf_worker_return (call->worker);
}

/**
 * cf_alone_reserve:
 * @call: a call that holds nothing, inside the gate
 *
 * Waits until nobody else runs alone, or is about to.
 */
void
cf_alone_reserve (CfCall *call)
{
  cf_worker_leave (call->worker);
  cf_gate_reserve (call->engine->gate);
  cf_worker_return (call->worker);
}

/**
 * cf_alone_unreserve:
 * @call: a call after cf_alone_reserve() that holds nothing any more
 *
 * Lets others run alone, and frees what was removed.
 */
void
cf_alone_unreserve (CfCall *call)
{
  cf_worker_leave (call->worker);
  clean_up (call);
}

/**
 * cf_alone_widen:
 * @call: a call after cf_alone_reserve() that holds claims
 *
 * Waits until nobody else is inside, and holds everything.
 */
void
cf_alone_widen (CfCall *call)
{
  cf_worker_leave (call->worker);
  close_gate (call);
  cf_hold_widen (call->hold);
}

/**
 * cf_alone_narrow:
 * @call: a call after cf_alone_widen()
 *
 * Lets the others in again; what was claimed still is.
 */
void
cf_alone_narrow (CfCall *call)
{
  cf_hold_narrow (call->hold);
  cf_gate_open (call->engine->gate);
  cf_worker_return (call->worker);
}

/**
 * cf_alone_begin:
 * @call: a call that holds nothing, inside the gate
 *
 * Waits until nobody else is inside, and holds everything.
 */
void
cf_alone_begin (CfCall *call)
{
  cf_worker_leave (call->worker);
  cf_gate_reserve (call->engine->gate);
  close_gate (call);
  cf_hold_all (call->hold);
}

/**
 * cf_alone_end:
 * @call: a call after cf_alone_begin()
 *
 * Lets the others in again, and frees what was removed.
 */
void
cf_alone_end (CfCall *call)
{
  cf_hold_release (call->hold);
  cf_gate_open (call->engine->gate);
  clean_up (call);
}

/**
 * cf_alone_busy_at:
 * @call: a call that could not hold its keys
 *
 * Returns: when it is to be told that a script is busy; %G_MAXINT64 if it is
 *   none that has the keys
 */
gint64
cf_alone_busy_at (const CfCall *call)
{
  gint64 since_ms = call->hold->busy_since_ms;
  gint64 threshold_ms =
      cf_config_get_int (call->engine->config, CF_SETTING_BUSY_REPLY_THRESHOLD);

  if (since_ms == 0 || threshold_ms == 0 ||
      (call->info->command->flags & CF_COMMAND_ALLOW_BUSY) ||
      threshold_ms > G_MAXINT64 - since_ms)
    return G_MAXINT64;
  return since_ms + threshold_ms;
}
