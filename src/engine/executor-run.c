/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a command that may run now runs, and what it brings with it. */
#include "config.h"

#include "base/clock.h"
#include "engine/alone.h"
#include "engine/call-keys.h"
#include "engine/executor-inside.h"
#include "engine/latency.h"
#include "engine/monitor.h"
#include "engine/slowlog.h"
#include "engine/tracking.h"
#include "engine/transaction.h"
#include "engine/waiting.h"
#include "proto/plain.h"
#include "store/reaper.h"

/* Only what runs as long as this may be too slow, as settings commonly are. */
#define LONG_US 1000
#define LONG_NS (LONG_US * 1000)

/* -- Replies -------------------------------------------------------------- */

/**
 * cf_executor_reply_error:
 * @call: a call that wrote no reply
 * @message: what is wrong
 *
 * Replies with an error and counts it.
 */
void
cf_executor_reply_error (CfCall *call, const char *message)
{
  cf_stats_count (call->worker->stats, CF_STAT_ERRORS, 1);
  cf_stats_error (call->engine->stats, message);
  if (G_UNLIKELY (call->session->flags & CF_SESSION_PLAIN))
    {
      cf_out_append (call->reply.out, CF_PLAIN_INVALID_COMMAND,
                     strlen (CF_PLAIN_INVALID_COMMAND));
      call->session->flags |= CF_SESSION_CLOSE_AFTER_REPLY;
      return;
    }
  cf_reply_error (&call->reply, message);
}

/**
 * cf_executor_reply_failure:
 * @call: a call that wrote no reply
 * @error: why it failed
 *
 * Replies with an error and counts it.
 */
void
cf_executor_reply_failure (CfCall *call, const GError *error)
{
  const char *prefix = cf_error_prefix (error);
  g_autofree char *message =
      *prefix != '\0' ? g_strconcat (prefix, " ", error->message, NULL)
                      : g_strdup (error->message);

  cf_executor_reply_error (call, message);
}

/**
 * cf_executor_feed_monitors:
 * @call: a call that runs now
 *
 * Shows it to those who want to see all.
 */
void
cf_executor_feed_monitors (CfCall *call)
{
  CfEngine *engine = call->engine;

  if (cf_monitors_any (engine->monitors) &&
      !(call->info->command->flags &
        (CF_COMMAND_SKIP_MONITOR | CF_COMMAND_ADMIN)))
    cf_monitors_feed (engine->monitors, call->session, call->session->db,
                      call->argv, call->argc, call->redacted,
                      call->worker->now_us);
}

/* -- Running -------------------------------------------------------------- */

/* The command was slow, or somebody wants to be shown all of them. */
static void
log_run (CfCall *call, gint64 elapsed_us)
{
  CfEngine *engine = call->engine;
  CfCommandFlags flags = call->info->command->flags;
  gint64 slow_us =
      cf_config_get_int (engine->config, CF_SETTING_SLOWLOG_LOG_SLOWER_THAN);
  gint64 threshold_ms =
      cf_config_get_int (engine->config, CF_SETTING_LATENCY_MONITOR_THRESHOLD);

  cf_hold_let_go (call->hold);
  if (slow_us >= 0 && elapsed_us >= slow_us &&
      !(flags & CF_COMMAND_SKIP_SLOWLOG))
    cf_slowlog_add (
        engine->slowlog, call->session, call->argv, call->argc, call->redacted,
        elapsed_us, call->now_ms,
        (gsize) cf_config_get_int (engine->config, CF_SETTING_SLOWLOG_MAX_LEN));
  if (threshold_ms > 0 && elapsed_us / 1000 >= threshold_ms)
    cf_latency_add (engine->latency,
                    flags & CF_COMMAND_FAST ? "fast-command" : "command",
                    elapsed_us / 1000, call->now_ms);
}

/* Whether the run may be counted together with the next.  A command that shows
 * the counters is none of these. */
static gboolean
is_of_many (const CfCall *call)
{
  CfCommandFlags flags = call->info->command->flags;

  return call->worker->like_next && call->request != NULL &&
         (flags & (CF_COMMAND_READONLY | CF_COMMAND_WRITE)) != 0 &&
         !(flags & CF_COMMAND_SCRIPT);
}

/* Whether it may be measured together with the next, too: it takes less than
 * it costs to read the clock a few times.  If a few of them take long together,
 * something has held up one, and the last is blamed. */
static gboolean
is_quick (const CfCall *call, gint64 slow_us)
{
  const CfCommandInfo *info = call->info;

  return (slow_us < 0 || slow_us >= LONG_US) && info->simple &&
         !(info->command->flags &
           (CF_COMMAND_LONG | CF_COMMAND_BIG | CF_COMMAND_WALKS |
            CF_COMMAND_EXCLUSIVE | CF_COMMAND_BLOCKING));
}

static void
count_measured (CfCall *call, guint64 start_ticks, gboolean failed)
{
  CfEngine *engine = call->engine;
  CfWorker *worker = call->worker;
  guint64 now = cf_clock_ticks (), elapsed = now - start_ticks;
  gint64 elapsed_ns = (gint64) cf_clock_ticks_to_ns (elapsed);
  gint64 slow_us =
      cf_config_get_int (engine->config, CF_SETTING_SLOWLOG_LOG_SLOWER_THAN);
  gboolean with_histogram =
      cf_config_get_int (engine->config, CF_SETTING_LATENCY_TRACKING) != 0;

  worker->now_ticks = now;
  if (is_of_many (call) && !failed)
    cf_stats_command_of_many (worker->stats, call->info->id, elapsed,
                              with_histogram);
  else
    cf_stats_command (worker->stats, call->info->id, elapsed,
                      failed || call->failed, with_histogram);
  if (G_UNLIKELY (elapsed_ns >= LONG_NS || (slow_us >= 0 && slow_us < LONG_US)))
    log_run (call, elapsed_ns / 1000);
}

static void
count_run (CfCall *call, guint64 start_ticks, gboolean failed)
{
  CfWorker *worker = call->worker;
  const CfConfig *config = call->engine->config;
  gint64 slow_us =
      cf_config_get_int (config, CF_SETTING_SLOWLOG_LOG_SLOWER_THAN);

  if (failed || call->failed || !is_of_many (call) || !is_quick (call, slow_us))
    {
      count_measured (call, start_ticks, failed);
      return;
    }
  cf_stats_command_of_many (
      worker->stats, call->info->id, 0,
      cf_config_get_int (config, CF_SETTING_LATENCY_TRACKING) != 0);
  if (call->info->parent != NULL || call->info->is_container)
    return;
  worker->again = call->info;
  worker->again_argc = call->argc;
}

/* Puts the effects of a command that ran into the change feed; its keys are
 * still held. */
static void
record_effects (CfCall *call)
{
  CfFeedBlock *effects = g_steal_pointer (&call->effects);

  if (call->n_changes > 0)
    cf_stats_count (call->worker->stats, CF_STAT_DIRTY, call->n_changes);
  if (effects != NULL)
    cf_feed_append_block (call->engine->feed, effects);
  else if (call->n_changes > 0 && !call->has_effect)
    cf_feed_append (call->engine->feed, call->db, call->argv, call->argc);
}

/* The watched keys are held: does the block still have to run? */
static gboolean
is_block_stale (CfCall *call)
{
  CfSession *session = call->session;
  GHashTableIter iter;
  gpointer watch;

  if (g_atomic_int_get (&session->dirty))
    return TRUE;
  if (session->watches == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, session->watches);
  while (g_hash_table_iter_next (&iter, &watch, NULL))
    if (cf_keyspace_watch_is_stale (call->keyspace, call->hold, watch,
                                    call->now_ms))
      return TRUE;
  return FALSE;
}

static gboolean
run_block (CfCall *call, GError **error)
{
  CfSession *session = call->session;
  CfTransaction *transaction = session->transaction;
  gboolean stale;

  if (transaction == NULL)
    return cf_throw (error, CF_ERROR_FAILED, "EXEC without MULTI");
  stale = is_block_stale (call);
  session->transaction = NULL;
  call->transaction = transaction;
  session->flags &= ~(guint) CF_SESSION_MULTI;
  if (cf_transaction_is_aborted (transaction))
    return cf_throw (error, CF_ERROR_EXEC_ABORT,
                     "Transaction discarded because of previous errors.");
  if (stale)
    {
      cf_reply_null_array (&call->reply);
      return TRUE;
    }
  if (cf_call_wants_effect (call))
    call->effects = cf_feed_block_new ();
  call->has_effect = TRUE;
  session->running = transaction;
  cf_transaction_run (transaction, call);
  session->running = NULL;
  return TRUE;
}

/**
 * cf_executor_remember:
 * @call: a call that has read
 * @keys: (array length=n_keys): keys it holds
 * @n_keys: how many there are
 *
 * Notes that the client, if it tracks, wants to know when they change.
 */
void
cf_executor_remember (CfCall *call, const CfKey *keys, gsize n_keys)
{
  guint options;
  gboolean caching = (call->session->flags & CF_SESSION_CACHING) != 0;

  if (!(call->session->flags & CF_SESSION_TRACKING))
    return;
  options = cf_tracker_options (call->session);
  if ((options & CF_TRACK_BCAST) || ((options & CF_TRACK_OPTIN) && !caching) ||
      ((options & CF_TRACK_OPTOUT) && caching))
    return;
  cf_tracking_remember (call->engine->tracking, call->session, keys, n_keys);
}

/* EVAL_RO and its like have no keys left. */
static inline void
see_to_trackers (CfCall *call)
{
  if (G_UNLIKELY (call->session->flags & CF_SESSION_TRACKING) &&
      (call->info->command->flags & CF_COMMAND_READONLY))
    cf_executor_remember (call, call->keys, call->n_keys);
  if (G_UNLIKELY (call->changed != NULL))
    cf_call_broadcast (call);
}

static gboolean
run_held (CfCall *call, GError **error)
{
  gboolean ok;

  if (call->info->command->flags & CF_COMMAND_BLOCK)
    ok = run_block (call, error);
  else
    ok = call->info->command->run (call, error);
  if (ok || call->n_changes > 0 || call->effects != NULL)
    record_effects (call);
  if (G_UNLIKELY (call->ready != NULL))
    {
      if (call->in_sections && !cf_hold_has_all (call->hold))
        cf_alone_widen (call);
      cf_waiting_serve (call);
    }
  see_to_trackers (call);
  return ok;
}

/* Runs with nobody else inside the gate.  FALSE: a script is in the way. */
static gboolean
run_alone (CfCall *call, gboolean *ok, GError **error)
{
  if (!cf_alone_begin (call))
    return FALSE;
  *ok = run_held (call, error);
  cf_alone_end (call);
  return TRUE;
}

/* Whether others would wait for more than what must run alone. */
static gboolean
wants_sections (const CfCall *call)
{
  const CfTransaction *transaction = call->session->transaction;

  return transaction != NULL &&
         (cf_transaction_n (transaction) > CF_EXECUTOR_MANY_COMMANDS ||
          call->worker->n_keys > CF_EXECUTOR_MANY_KEYS ||
          (cf_transaction_flags (transaction) &
           (CF_COMMAND_LONG | CF_COMMAND_BIG)));
}

/* Runs a block of which only some must run alone (see alone.h).  FALSE: a key
 * is claimed by another, or a script is in the way. */
static gboolean
run_in_sections (CfCall *call, gboolean *ok, GError **error)
{
  gboolean held;

  if (!cf_alone_reserve (call))
    return FALSE;
  held = cf_call_keys_claim (call);
  if (held)
    {
      call->in_sections = TRUE;
      *ok = run_held (call, error);
      if (call->hold->mode == CF_HOLD_ALL)
        cf_alone_narrow (call);
      cf_hold_release (call->hold);
    }
  cf_alone_unreserve (call);
  return held;
}

/* What holds nothing will not run; a block is over then. */
static CfOutcome
turn_away (CfCall *call, const char *message)
{
  cf_call_keys_trim (call->worker);
  cf_stats_rejected (call->worker->stats, call->info->id);
  if (call->info->command->flags & CF_COMMAND_BLOCK)
    cf_executor_reject_block (call, message);
  else
    cf_executor_reply_error (call, message);
  return CF_OUTCOME_DONE;
}

/* There is no memory to hold so many keys; or one is claimed by another, who
 * wakes the session; or by a script that has run for so long that the client
 * is told. */
static CfOutcome
wait_for_keys (CfCall *call)
{
  gint64 busy_ms;

  if (call->hold->no_memory)
    return turn_away (call, "OOM " CF_NO_MEMORY);
  busy_ms = cf_alone_busy_at (call);
  if (busy_ms == G_MAXINT64 || cf_clock_wall_us () / 1000 < busy_ms)
    return cf_executor_park (call, CF_PARK_CLAIM, busy_ms);
  return turn_away (call, cf_alone_busy_message (call->engine));
}

/* One that waited was shown before. */
static void
show_run (CfCall *call)
{
  if (G_LIKELY (!cf_monitors_any (call->engine->monitors)) ||
      call->session->park.reason != CF_WAKE_NONE)
    return;
  cf_hold_let_go (call->hold);
  cf_executor_feed_monitors (call);
}

static gboolean
collect_keys (CfCall *call)
{
  return (call->info->command->flags & CF_COMMAND_BLOCK) != 0
             ? cf_call_keys_collect_block (call)
             : cf_call_keys_collect (call);
}

/* Gives back what the command held, unless the next request wants the same,
 * and nothing is done in between for which it must not be held. */
static void
release (CfCall *call, gboolean ok)
{
  const CfHold *hold = call->hold;

  if (hold->mode == CF_HOLD_SLOTS && hold->n_slots == 1 &&
      hold->slots[0] == call->worker->next_slot && ok && !call->parked &&
      !call->retry && !call->alone && call->deferred == NULL &&
      call->info->simple &&
      !(call->info->command->flags & (CF_COMMAND_LONG | CF_COMMAND_BIG)))
    cf_hold_keep (call->hold);
  else
    cf_hold_release (call->hold);
}

/* Runs a command that others may run beside.  FALSE: as below. */
static gboolean
run_beside (CfCall *call, CfCommandFlags flags, gboolean *ok, GError **error)
{
  if ((call->worker->n_keys > 0 || (flags & CF_COMMAND_LONG)) &&
      !(flags & CF_COMMAND_OBSERVES) && !cf_call_keys_hold (call, flags))
    return FALSE;
  *ok = run_held (call, error);
  release (call, *ok);
  g_clear_pointer (&call->foreign, g_ptr_array_unref);
  if (G_UNLIKELY (call->retry))
    return FALSE;
  if (G_UNLIKELY (call->alone) && !run_alone (call, ok, error))
    return FALSE;
  if (G_UNLIKELY (call->deferred != NULL))
    cf_waiting_serve_deferred (call);
  return TRUE;
}

/* Runs a command in the way that its flags ask for.  FALSE: a key is claimed
 * by another, a script is in the way, or the hold lacks memory. */
static inline gboolean
run_as_flagged (CfCall *call,
                CfCommandFlags flags,
                gboolean *ok,
                GError **error)
{
  if (G_LIKELY (!(flags & CF_COMMAND_EXCLUSIVE)))
    return run_beside (call, flags, ok, error);
  if (wants_sections (call))
    return run_in_sections (call, ok, error);
  return run_alone (call, ok, error);
}

/**
 * cf_executor_hold_and_run:
 * @call: a call that may run now
 * @flags: of the command, or of all of the block
 *
 * Holds the keys, runs the command and sees to its effects.
 *
 * Returns: what to do with the session next
 */
CfOutcome
cf_executor_hold_and_run (CfCall *call, CfCommandFlags flags)
{
  CfWorker *worker = call->worker;
  g_autoptr (GError) error = NULL;
  guint64 start_ticks = worker->now_ticks;
  /* EXEC without MULTI leaves the watches as they are. */
  gboolean had_block = (call->info->command->flags & CF_COMMAND_BLOCK) != 0 &&
                       call->session->transaction != NULL;
  gboolean ok = FALSE;

  call->hold->no_memory = FALSE;
  if (G_UNLIKELY (!collect_keys (call)))
    return turn_away (call, "OOM " CF_NO_MEMORY);
  if (!run_as_flagged (call, flags, &ok, &error))
    return wait_for_keys (call);
  g_clear_pointer (&call->transaction, cf_transaction_free);
  if (had_block)
    cf_session_unwatch_all (call->session, call->keyspace);
  cf_call_keys_trim (worker);
  if (call->parked)
    {
      worker->now_ticks = cf_clock_ticks ();
      return cf_executor_park_blocked (call);
    }
  if (G_UNLIKELY (!ok))
    cf_executor_reply_failure (call, error);
  count_run (call, start_ticks, !ok);
  show_run (call);
  g_clear_pointer (&call->taken, g_ptr_array_unref);
  return CF_OUTCOME_DONE;
}

/**
 * cf_executor_run_within:
 * @block: the call of EXEC, which holds the keys
 * @info: the command to run
 * @args: its arguments, whose blobs it may take
 *
 * Runs one command of a block and writes exactly one reply.
 */
void
cf_executor_run_within (CfCall *block, const CfCommandInfo *info, CfArgs *args)
{
  CfWorker *worker = block->worker;
  guint64 start_ticks = worker->now_ticks;
  g_autoptr (GError) error = NULL;
  CfCall call = {
    .argv = args->argv,
    .argc = args->argc,
    .info = info,
    .engine = block->engine,
    .worker = worker,
    .session = block->session,
    .keyspace = block->keyspace,
    .db = block->session->db,
    .hold = block->hold,
    .reply = { block->reply.out, block->session->resp },
    .now_ms = block->now_ms,
    .in_transaction = TRUE,
    .args = args,
    .block = block,
    .effects = block->effects,
  };
  gboolean ok;

  ok = cf_call_keys_collect (&call) ? info->command->run (&call, &error)
                                    : cf_call_out_of_memory (&error);
  if (!ok)
    cf_executor_reply_failure (&call, error);
  if (call.n_changes > 0 && !call.has_effect && block->effects != NULL)
    cf_feed_block_add (block->effects, call.db, call.argv, call.argc);
  see_to_trackers (&call);
  block->n_changes += call.n_changes;
  block->is_push = call.is_push;
  count_run (&call, start_ticks, !ok);
  cf_executor_feed_monitors (&call);
  g_clear_pointer (&call.taken, g_ptr_array_unref);
}

/**
 * cf_executor_serve:
 * @served: a call whose keys are held, with a stand-in for the session
 * @session: the session that waits for its reply; only to be named in logs
 *
 * Runs a command on behalf of a client that waits.
 */
void
cf_executor_serve (CfCall *served, CfSession *session)
{
  guint64 start_ticks = cf_clock_ticks ();
  g_autoptr (GError) error = NULL;
  gboolean ok = served->info->command->run (served, &error);

  if (!ok)
    cf_executor_reply_failure (served, error);
  if (ok || served->n_changes > 0)
    record_effects (served);
  served->session = session;
  count_run (served, start_ticks, !ok);
}
