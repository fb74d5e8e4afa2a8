/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/alone.h"

#include "base/clock.h"
#include "engine/scripts.h"
#include "engine/tracking.h"
#include "store/reaper.h"

/* Who waits for a key reckons in whole milliseconds of the wall clock.  When
 * somebody has been told that a script is busy, it is so for everybody. */
#define ROUNDING_US 2000

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

/* -- Scripts that are in the way ------------------------------------------ */

static gint64
threshold_ms (CfEngine *engine)
{
  return cf_config_get_int (engine->config, CF_SETTING_BUSY_REPLY_THRESHOLD);
}

/**
 * cf_alone_is_busy:
 * @engine: the engine
 *
 * Returns: whether a script has run for longer than busy-reply-threshold
 */
gboolean
cf_alone_is_busy (CfEngine *engine)
{
  gint64 wait_ms = threshold_ms (engine), since_us;
  CfScriptKind kind;

  return wait_ms > 0 && cf_scripts_oldest (engine->scripts, &kind, &since_us) &&
         (cf_clock_mono_us () - since_us + ROUNDING_US) / 1000 >= wait_ms;
}

/**
 * cf_alone_busy_message:
 * @engine: the engine
 *
 * Returns: (transfer none): what somebody is told who has waited too long for
 *   a script
 */
const char *
cf_alone_busy_message (CfEngine *engine)
{
  CfScriptKind kind = CF_SCRIPT_EVAL;
  gint64 since_us;

  (void) cf_scripts_oldest (engine->scripts, &kind, &since_us);
  return cf_script_busy_message (kind);
}

/**
 * cf_alone_busy_at:
 * @call: a call that could not hold its keys
 *
 * Returns: when it is to be told that a script is busy, if one has the keys,
 *   or else to look again; %G_MAXINT64: never
 */
gint64
cf_alone_busy_at (const CfCall *call)
{
  gint64 since_ms = call->hold->busy_since_ms;
  gint64 wait_ms = threshold_ms (call->engine);

  if (wait_ms == 0 || (call->info->command->flags & CF_COMMAND_ALLOW_BUSY) != 0)
    return G_MAXINT64;
  /* What begins with claims says only later that it is a script. */
  if (since_ms == 0)
    since_ms = cf_clock_wall_us () / 1000;
  return wait_ms > G_MAXINT64 - since_ms ? G_MAXINT64 : since_ms + wait_ms;
}

/* Since when a script has run, wall-clock milliseconds; 0: none does. */
static gint64
script_since_ms (CfEngine *engine)
{
  CfScriptKind kind;
  gint64 since_us;

  if (!cf_scripts_oldest (engine->scripts, &kind, &since_us))
    return 0;
  return (cf_clock_wall_us () - (cf_clock_mono_us () - since_us)) / 1000;
}

static gboolean
on_ask_closing (gpointer data)
{
  const CfCall *call = data;

  return cf_alone_is_busy (call->engine);
}

static gboolean
on_ask_reserving (gpointer data)
{
  const CfCall *call = data;

  return cf_hold_is_barred (call->hold) ||
         cf_backlog_is_on (call->engine->backlog) || on_ask_closing (data);
}

/* It holds claims, and cannot give up; those who want them are told. */
static gboolean
on_ask_widening (gpointer data)
{
  const CfCall *call = data;

  cf_hold_mark (call->hold, script_since_ms (call->engine));
  return FALSE;
}

/* -- The gate -------------------------------------------------------------- */

/* Whether the client is to be told now. */
static gboolean
gives_up (CfCall *call)
{
  gint64 wait_ms = threshold_ms (call->engine);
  gint64 since_ms = script_since_ms (call->engine);

  if (wait_ms == 0 || since_ms == 0 ||
      cf_clock_wall_us () / 1000 - since_ms < wait_ms)
    return FALSE;
  call->hold->busy_since_ms = since_ms;
  return TRUE;
}

/* Goes out and reserves the gate.  FALSE: it is inside still, and the session
 * will be woken, or is to be told. */
static gboolean
reserve (CfCall *call)
{
  CfWaiter waiter = cf_session_waiter (call->session);

  while (!cf_hold_meet_all (call->hold, &waiter) &&
         !cf_backlog_join (call->engine->backlog, &waiter) && !gives_up (call))
    {
      cf_worker_leave (call->worker);
      if (cf_gate_reserve (call->engine->gate, on_ask_reserving, call))
        return TRUE;
      cf_worker_return (call->worker);
    }
  return FALSE;
}

/* Closes the gate that is reserved. */
static gboolean
close_gate (CfCall *call, CfGateGiveUp give_up)
{
  if (!cf_gate_close (call->engine->gate, give_up, call))
    return FALSE;
  cf_stats_count (call->worker->stats, CF_STAT_GATE_CLOSED, 1);
  return TRUE;
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
 *
 * Returns: %FALSE if a script may keep it waiting for long: the session must
 *   be parked or told, see cf_alone_busy_at()
 */
gboolean
cf_alone_reserve (CfCall *call)
{
  if (!reserve (call))
    return FALSE;
  cf_worker_return (call->worker);
  return TRUE;
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
  (void) close_gate (call, on_ask_widening);
  cf_hold_mark (call->hold, 0);
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
 *
 * Returns: %FALSE if a script may keep it waiting for long: the session must
 *   be parked or told, see cf_alone_busy_at()
 */
gboolean
cf_alone_begin (CfCall *call)
{
  while (reserve (call))
    {
      if (close_gate (call, on_ask_closing))
        {
          cf_hold_all (call->hold);
          return TRUE;
        }
      cf_gate_unreserve (call->engine->gate);
      cf_worker_return (call->worker);
    }
  return FALSE;
}

/**
 * cf_alone_yield:
 * @call: a call of a script, alone and with the gate closed
 * @since_ms: since when it runs, wall-clock milliseconds
 *
 * Claims everything and opens the gate.
 */
void
cf_alone_yield (CfCall *call, gint64 since_ms)
{
  if (call->hold->of_all != NULL)
    {
      cf_alone_narrow (call);
      return;
    }
  cf_hold_claim_all (call->hold, since_ms);
  cf_gate_open (call->engine->gate);
  cf_worker_return (call->worker);
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
  gboolean was_closed = call->hold->mode == CF_HOLD_ALL;

  if (was_closed && call->hold->of_all != NULL)
    {
      cf_alone_narrow (call);
      was_closed = FALSE;
    }
  cf_hold_release (call->hold);
  if (was_closed)
    cf_gate_open (call->engine->gate);
  else
    cf_worker_leave (call->worker);
  clean_up (call);
}
