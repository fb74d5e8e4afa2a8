/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/clock.h"
#include "engine/admission.h"
#include "engine/call-keys.h"
#include "engine/executor.h"
#include "engine/latency.h"
#include "engine/monitor.h"
#include "engine/pause.h"
#include "engine/pubsub.h"
#include "engine/slowlog.h"
#include "engine/tracking.h"
#include "engine/transaction.h"
#include "engine/waiting.h"
#include "proto/plain.h"
#include "store/reaper.h"

/* -- Errors --------------------------------------------------------------- */

static void
reply_error (CfCall *call, const char *message)
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

static void
reply_failure (CfCall *call, const GError *error)
{
  const char *prefix = cf_error_prefix (error);
  g_autofree char *message =
      *prefix != '\0' ? g_strconcat (prefix, " ", error->message, NULL)
                      : g_strdup (error->message);

  reply_error (call, message);
}

static void
drop_transaction (CfCall *call)
{
  CfSession *session = call->session;

  g_clear_pointer (&session->transaction, cf_transaction_free);
  session->flags &= ~(guint) CF_SESSION_MULTI;
  cf_session_unwatch_all (session, call->keyspace);
}

/* A refused EXEC takes its transaction with it. */
static void
reject_block (CfCall *call, const GError *error)
{
  const char *prefix = cf_error_prefix (error);
  g_autofree char *message = g_strconcat (
      "EXECABORT Transaction discarded because of: ",
      strcmp (prefix, "ERR") != 0 ? prefix : "",
      strcmp (prefix, "ERR") != 0 ? " " : "", error->message, NULL);

  drop_transaction (call);
  reply_error (call, message);
}

/* The command will not run. */
static void
reject (CfCall *call, const GError *error)
{
  CfTransaction *transaction = call->session->transaction;

  if (call->info != NULL)
    cf_stats_rejected (call->worker->stats, call->info->id);
  if (call->info != NULL && (call->info->command->flags & CF_COMMAND_BLOCK))
    {
      reject_block (call, error);
      return;
    }
  if (transaction != NULL)
    cf_transaction_abort (transaction);
  reply_failure (call, error);
}

static void
feed_monitors (CfCall *call)
{
  CfEngine *engine = call->engine;

  if (cf_monitors_any (engine->monitors) &&
      !(call->info->command->flags &
        (CF_COMMAND_SKIP_MONITOR | CF_COMMAND_ADMIN)))
    cf_monitors_feed (engine->monitors, call->session, call->session->db,
                      call->argv, call->argc, call->redacted,
                      call->worker->now_us);
}

/* -- Putting it off ------------------------------------------------------- */

static CfOutcome
park (CfCall *call, CfParkKind kind, gint64 deadline_ms)
{
  CfArgs *args = cf_call_keep_args (call);

  if (args == NULL)
    {
      reply_error (call, "OOM there is not enough memory for this");
      return CF_OUTCOME_DONE;
    }
  if (kind != CF_PARK_CLAIM)
    g_atomic_int_inc (&call->engine->blocked_clients);
  else
    cf_stats_count (call->worker->stats, CF_STAT_PARKED, 1);
  cf_session_park (call->session, kind, deadline_ms, args);
  return CF_OUTCOME_PARKED;
}

/* The command waits for something: keys, or what it knows itself. */
static CfOutcome
park_blocked (CfCall *call)
{
  CfEngine *engine = call->engine;

  feed_monitors (call);
  if (call->waiting == NULL)
    return park (call, CF_PARK_BLOCK, call->park_deadline_ms);
  g_atomic_int_inc (&engine->blocked_clients);
  cf_session_block (call->session, call->park_deadline_ms,
                    g_steal_pointer (&call->waiting));
  return CF_OUTCOME_PARKED;
}

/* CLIENT PAUSE lets only some run. */
static CfOutcome
park_for_pause (CfCall *call, gboolean writes)
{
  CfPause *pause = call->engine->pause;
  CfSession *session = call->session;
  CfOutcome outcome = park (call, CF_PARK_PAUSE, cf_pause_deadline (pause));

  /* Whoever ended it meanwhile may not have seen that this one waits. */
  if (outcome == CF_OUTCOME_PARKED &&
      !cf_pause_applies (pause, writes, call->now_ms))
    cf_session_wake (session, session->park.serial, CF_WAKE_RETRY);
  return outcome;
}

static void
queue (CfCall *call)
{
  CfTransaction *transaction = call->session->transaction;

  if (!cf_transaction_is_aborted (transaction))
    {
      CfArgs *args = cf_call_keep_args (call);

      if (args == NULL)
        {
          cf_transaction_abort (transaction);
          reply_error (call, "OOM there is not enough memory for this");
          return;
        }
      cf_transaction_queue (transaction, call->info, args);
    }
  cf_reply_status (&call->reply, "QUEUED");
}

/* -- Running -------------------------------------------------------------- */

static void
start_clock (CfCall *call)
{
  CfWorker *worker = call->worker;
  guint64 since =
      cf_clock_ticks_to_us (worker->now_ticks - worker->batch_ticks);

  worker->now_us = worker->batch_us + (gint64) since;
  call->now_ms = worker->now_us / 1000;
  worker->hold.now_ms = call->now_ms;
}

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

static void
count_run (CfCall *call, guint64 start_ticks, gboolean failed)
{
  CfEngine *engine = call->engine;
  CfWorker *worker = call->worker;
  guint64 now = cf_clock_ticks (), elapsed = now - start_ticks;
  gint64 elapsed_us = (gint64) cf_clock_ticks_to_us (elapsed);
  gint64 slow_us =
      cf_config_get_int (engine->config, CF_SETTING_SLOWLOG_LOG_SLOWER_THAN);

  worker->now_ticks = now;
  cf_stats_command (
      worker->stats, call->info->id, elapsed, failed,
      cf_config_get_int (engine->config, CF_SETTING_LATENCY_TRACKING) != 0);
  if (G_UNLIKELY ((slow_us >= 0 && elapsed_us >= slow_us) ||
                  elapsed_us >= 1000))
    log_run (call, elapsed_us);
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

  if (g_atomic_int_get (&session->dirty))
    return TRUE;
  for (guint i = 0; session->watches != NULL && i < session->watches->len; i++)
    if (cf_watch_has_expired (g_ptr_array_index (session->watches, i),
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
  cf_transaction_run (transaction, call);
  return TRUE;
}

/* The client wants to know when what it has just read changes. */
static void
remember_reads (CfCall *call)
{
  guint options = cf_tracker_options (call->session);
  gboolean caching = (call->session->flags & CF_SESSION_CACHING) != 0;

  if (!cf_command_reads (call->info->command->flags) ||
      (options & CF_TRACK_BCAST) || ((options & CF_TRACK_OPTIN) && !caching) ||
      ((options & CF_TRACK_OPTOUT) && caching))
    return;
  cf_tracking_remember (call->engine->tracking, call->session, call->keys,
                        call->n_keys);
}

static inline void
see_to_trackers (CfCall *call)
{
  if (G_UNLIKELY (call->session->flags & CF_SESSION_TRACKING))
    remember_reads (call);
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
  if (ok || call->n_changes > 0)
    record_effects (call);
  if (G_UNLIKELY (call->ready != NULL))
    cf_waiting_serve (call);
  see_to_trackers (call);
  return ok;
}

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

/* Runs with nobody else inside the gate. */
static gboolean
run_alone (CfCall *call, GError **error)
{
  CfWorker *worker = call->worker;
  CfGate *gate = call->engine->gate;
  gboolean ok;

  cf_worker_leave (worker);
  cf_gate_close (gate);
  cf_stats_count (worker->stats, CF_STAT_GATE_CLOSED, 1);
  cf_hold_all (call->hold);
  ok = run_held (call, error);
  cf_hold_release (call->hold);
  cf_gate_open (gate);
  free_trash (call);
  cf_tracking_sweep (call->engine->tracking);
  cf_worker_return (worker);
  return ok;
}

/* One that waited was shown before. */
static void
show_run (CfCall *call)
{
  if (call->session->park.reason == CF_WAKE_NONE)
    feed_monitors (call);
}

static CfOutcome
hold_and_run (CfCall *call, CfCommandFlags flags)
{
  CfWorker *worker = call->worker;
  g_autoptr (GError) error = NULL;
  guint64 start_ticks = worker->now_ticks;
  gboolean is_block = (call->info->command->flags & CF_COMMAND_BLOCK) != 0;
  /* EXEC without MULTI leaves the watches as they are. */
  gboolean had_block = is_block && call->session->transaction != NULL;
  gboolean ok;

  if (is_block)
    cf_call_keys_collect_block (call);
  else
    cf_call_keys_collect (call);
  if (G_UNLIKELY (flags & CF_COMMAND_EXCLUSIVE))
    ok = run_alone (call, &error);
  else if (worker->n_keys > 0 && !cf_call_keys_hold (call, flags))
    return park (call, CF_PARK_CLAIM, G_MAXINT64);
  else
    {
      ok = run_held (call, &error);
      cf_hold_release (call->hold);
      g_clear_pointer (&call->foreign, g_ptr_array_unref);
      if (G_UNLIKELY (call->retry))
        return park (call, CF_PARK_CLAIM, G_MAXINT64);
      if (G_UNLIKELY (call->deferred != NULL))
        cf_waiting_serve_deferred (call);
    }
  g_clear_pointer (&call->transaction, cf_transaction_free);
  if (had_block)
    cf_session_unwatch_all (call->session, call->keyspace);
  cf_call_keys_trim (worker);
  if (call->parked)
    {
      worker->now_ticks = cf_clock_ticks ();
      return park_blocked (call);
    }
  if (G_UNLIKELY (!ok))
    reply_failure (call, error);
  count_run (call, start_ticks, !ok);
  show_run (call);
  g_clear_pointer (&call->taken, g_ptr_array_unref);
  return CF_OUTCOME_DONE;
}

/* The header lines of an HTTP request, which a browser that was tricked into
 * talking to the server sends: what follows must not run. */
static gboolean
is_foreign (const CfCall *call)
{
  if (!cf_call_is (call, 0, "host:") && !cf_call_is (call, 0, "post"))
    return FALSE;
  g_message ("closing the connection of %s, which speaks HTTP",
             call->session->address != NULL ? call->session->address : "?");
  return TRUE;
}

static CfOutcome
dispatch (CfCall *call)
{
  g_autoptr (GError) error = NULL;
  CfSession *session = call->session;
  CfCommandFlags flags;
  gboolean writes;

  call->info =
      cf_command_table_find (call->engine->commands, call->argv, call->argc);
  start_clock (call);
  if (G_UNLIKELY (call->info == NULL) && is_foreign (call))
    return CF_OUTCOME_CLOSE;
  if (G_UNLIKELY (!cf_admission_check_form (call, &error) ||
                  !cf_admission_check_rights (call, &error)))
    {
      reject (call, error);
      return CF_OUTCOME_DONE;
    }
  session->last_command = call->info;
  flags = cf_admission_flags (call);
  if (G_UNLIKELY (!cf_admission_check_state (call, flags, &error)))
    {
      reject (call, error);
      return CF_OUTCOME_DONE;
    }
  if (G_UNLIKELY (session->flags & (CF_SESSION_PUBSUB | CF_SESSION_TRACKING)))
    {
      /* What it was sent until now, maybe of keys that had to go just now. */
      cf_session_collect (session);
      call->before = cf_out_mark (&session->out);
    }
  writes = (flags & (CF_COMMAND_WRITE | CF_COMMAND_MAY_REPLICATE)) != 0;
  if (G_UNLIKELY (cf_pause_applies (call->engine->pause, writes, call->now_ms)))
    return park_for_pause (call, writes);
  if (session->transaction != NULL && !(flags & CF_COMMAND_IN_MULTI))
    {
      queue (call);
      return CF_OUTCOME_DONE;
    }
  return hold_and_run (call, flags);
}

/* What CLIENT REPLY has asked for. */
static void
apply_reply_mode (CfSession *session, gboolean is_push, CfOutMark before)
{
  if ((session->flags & (CF_SESSION_REPLY_OFF | CF_SESSION_REPLY_SKIP)) &&
      !is_push)
    cf_out_rewind (&session->out, before);
  session->flags &= ~(guint) CF_SESSION_REPLY_SKIP;
  if (session->flags & CF_SESSION_REPLY_SKIP_NEXT)
    session->flags ^= CF_SESSION_REPLY_SKIP_NEXT | CF_SESSION_REPLY_SKIP;
}

static gboolean
is_of_client (const CfCommandInfo *info)
{
  return info != NULL && info->parent != NULL &&
         strcmp (info->parent->command->name, "CLIENT") == 0;
}

/* A command of a client that is sent more than replies has ended: CLIENT
 * CACHING was for it, and what it made others send comes behind its reply. */
static void
see_to_pushes (CfCall *call)
{
  CfSession *session = call->session;

  if ((session->flags & (CF_SESSION_CACHING | CF_SESSION_MULTI)) ==
          CF_SESSION_CACHING &&
      !is_of_client (call->info))
    session->flags &= ~(guint) CF_SESSION_CACHING;
  cf_session_collect (session);
}

static CfOutcome
execute (CfCall *call)
{
  CfSession *session = call->session;
  CfOutcome outcome;

  call->keyspace = call->engine->keyspace;
  call->db = session->db;
  call->hold = &call->worker->hold;
  call->reply = (CfReply){ &session->out, session->resp };
  call->before = cf_out_mark (&session->out);
  outcome = dispatch (call);
  if (G_UNLIKELY (outcome != CF_OUTCOME_PARKED &&
                  session->flags &
                      (CF_SESSION_REPLY_OFF | CF_SESSION_REPLY_SKIP |
                       CF_SESSION_REPLY_SKIP_NEXT)))
    apply_reply_mode (session, call->is_push, call->before);
  if (G_UNLIKELY (session->flags & (CF_SESSION_PUBSUB | CF_SESSION_TRACKING)) &&
      outcome != CF_OUTCOME_PARKED)
    see_to_pushes (call);
  if (G_UNLIKELY (session->flags &
                  (CF_SESSION_CLOSE_AFTER_REPLY | CF_SESSION_CLOSE_NOW)))
    return CF_OUTCOME_CLOSE;
  return outcome;
}

/**
 * cf_executor_run:
 * @engine: the engine
 * @worker: the calling thread's worker, inside the gate
 * @session: the client's session
 * @request: a request that is READY
 *
 * Runs the request and writes its reply to the session's output.
 *
 * Returns: what to do with the session next
 */
CfOutcome
cf_executor_run (CfEngine *engine,
                 CfWorker *worker,
                 CfSession *session,
                 CfRequest *request)
{
  CfCall call = {
    .argv = cf_request_argv (request),
    .argc = cf_request_argc (request),
    .engine = engine,
    .worker = worker,
    .session = session,
    .request = request,
  };

  return execute (&call);
}

/**
 * cf_executor_run_argv:
 * @engine: the engine
 * @worker: the calling thread's worker, inside the gate
 * @session: the client's session
 * @argv: (array length=argc): the command; copied if it has to wait
 * @argc: how many words it has, at least one
 *
 * Like cf_executor_run(), of a request in another dialect.
 *
 * Returns: what to do with the session next
 */
CfOutcome
cf_executor_run_argv (CfEngine *engine,
                      CfWorker *worker,
                      CfSession *session,
                      const CfSlice *argv,
                      guint argc)
{
  CfCall call = {
    .argv = argv,
    .argc = argc,
    .engine = engine,
    .worker = worker,
    .session = session,
  };

  return execute (&call);
}

static CfOutcome
run_args (CfEngine *engine, CfWorker *worker, CfSession *session, CfArgs **args)
{
  CfCall call = {
    .argv = (*args)->argv,
    .argc = (*args)->argc,
    .engine = engine,
    .worker = worker,
    .session = session,
    .args = *args,
    .kept_args = args,
  };

  return execute (&call);
}

/**
 * cf_executor_run_args:
 * @engine: the engine
 * @worker: the calling thread's worker, inside the gate
 * @session: the client's session
 * @args: (transfer full): the command, of at least one word
 *
 * Like cf_executor_run(), of arguments that were kept.
 *
 * Returns: what to do with the session next
 */
CfOutcome
cf_executor_run_args (CfEngine *engine,
                      CfWorker *worker,
                      CfSession *session,
                      CfArgs *args)
{
  g_autoptr (CfArgs) kept = args;

  return run_args (engine, worker, session, &kept);
}

/* A command that waits for keys. */
static CfOutcome
resume_waiting (CfEngine *engine,
                CfWorker *worker,
                CfSession *session,
                CfWakeReason reason)
{
  g_autoptr (CfWaiting) waiting = cf_waiting_ref (session->park.waiting);
  CfOutMark before = cf_out_mark (&session->out);
  CfReply reply = { &session->out, session->resp };

  if (reason != CF_WAKE_RETRY)
    (void) cf_waiting_cancel (waiting, reason == CF_WAKE_ERROR);
  else if (!cf_waiting_is_over (waiting))
    cf_waiting_retry (waiting, worker);
  if (!cf_waiting_is_over (waiting))
    {
      /* It is too late for a timeout if somebody serves it right now. */
      if (reason != CF_WAKE_RETRY)
        session->park.deadline_ms = G_MAXINT64;
      return CF_OUTCOME_PARKED;
    }
  (void) g_atomic_int_dec_and_test (&engine->blocked_clients);
  (void) cf_session_unpark (session, CF_WAKE_NONE);
  cf_waiting_finish (waiting, &reply);
  apply_reply_mode (session, FALSE, before);
  return CF_OUTCOME_DONE;
}

/**
 * cf_executor_resume:
 * @engine: the engine
 * @worker: the calling thread's worker, inside the gate
 * @session: a parked session
 * @reason: why it need not wait any longer
 *
 * Runs the command that waited again.
 *
 * Returns: what to do with the session next
 */
CfOutcome
cf_executor_resume (CfEngine *engine,
                    CfWorker *worker,
                    CfSession *session,
                    CfWakeReason reason)
{
  gboolean was_claim = session->park.kind == CF_PARK_CLAIM;
  gboolean was_pause = session->park.kind == CF_PARK_PAUSE;
  g_autoptr (CfArgs) args = NULL;
  CfOutcome outcome;

  if (session->park.waiting != NULL)
    return resume_waiting (engine, worker, session, reason);
  /* A late end of a pause is none of this. */
  if (reason == CF_WAKE_RETRY && !was_claim && !was_pause)
    return CF_OUTCOME_PARKED;
  args = cf_session_unpark (session, reason);
  if (!was_claim)
    (void) g_atomic_int_dec_and_test (&engine->blocked_clients);
  /* It has not begun to run, so it need not know that it waited. */
  if (was_claim || was_pause)
    session->park.reason = CF_WAKE_NONE;
  if (reason == CF_WAKE_ERROR && !was_claim && !was_pause)
    {
      CfReply reply = { &session->out, session->resp };

      cf_stats_count (worker->stats, CF_STAT_ERRORS, 1);
      cf_stats_error (engine->stats, "UNBLOCKED");
      cf_reply_error (&reply, "UNBLOCKED client unblocked via CLIENT UNBLOCK");
      outcome = CF_OUTCOME_DONE;
    }
  else
    outcome = run_args (engine, worker, session, &args);
  session->park.reason = CF_WAKE_NONE;
  return outcome;
}

/**
 * cf_executor_forget:
 * @engine: the engine
 * @session: a session that goes away, parked or not
 *
 * Undoes what the engine knows of it: parking, watches, MONITOR,
 * subscriptions, tracking.
 */
void
cf_executor_forget (CfEngine *engine, CfSession *session)
{
  if (session->park.waiting != NULL)
    {
      (void) cf_waiting_cancel (session->park.waiting, FALSE);
      cf_waiting_leave (session->park.waiting);
    }
  if (session->park.kind != CF_PARK_NONE)
    {
      if (session->park.kind != CF_PARK_CLAIM)
        (void) g_atomic_int_dec_and_test (&engine->blocked_clients);
      cf_args_free (cf_session_unpark (session, CF_WAKE_NONE));
    }
  g_atomic_int_set (&session->ended, TRUE);
  cf_session_unwatch_all (session, engine->keyspace);
  cf_monitors_remove (engine->monitors, session);
  cf_pubsub_forget (engine->pubsub, session);
  cf_tracking_forget (engine->tracking, session);
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

  cf_call_keys_collect (&call);
  ok = info->command->run (&call, &error);
  if (!ok)
    reply_failure (&call, error);
  if (call.n_changes > 0 && !call.has_effect && block->effects != NULL)
    cf_feed_block_add (block->effects, call.db, call.argv, call.argc);
  see_to_trackers (&call);
  block->n_changes += call.n_changes;
  count_run (&call, start_ticks, !ok);
  feed_monitors (&call);
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
    reply_failure (served, error);
  if (ok || served->n_changes > 0)
    record_effects (served);
  served->session = session;
  count_run (served, start_ticks, !ok);
}
