/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/clock.h"
#include "engine/acl.h"
#include "engine/admission.h"
#include "engine/executor-inside.h"
#include "engine/monitor.h"
#include "engine/pause.h"
#include "engine/pubsub.h"
#include "engine/tracking.h"
#include "engine/transaction.h"
#include "engine/waiting.h"

/* -- Refusing it ----------------------------------------------------------- */

static void
drop_transaction (CfCall *call)
{
  CfSession *session = call->session;

  g_clear_pointer (&session->transaction, cf_transaction_free);
  session->flags &= ~(guint) CF_SESSION_MULTI;
  cf_session_unwatch_all (session, call->keyspace);
}

/**
 * cf_executor_reject_block:
 * @call: a call of EXEC that will not run
 * @reason: why, without the prefix ERR
 *
 * Takes its transaction away.  Monitors, who saw MULTI, see it end.
 */
void
cf_executor_reject_block (CfCall *call, const char *reason)
{
  g_autofree char *message = g_strconcat (
      "EXECABORT Transaction discarded because of: ", reason, NULL);

  drop_transaction (call);
  cf_executor_reply_error (call, message);
  cf_executor_feed_monitors (call);
}

static void
reject_block (CfCall *call, const GError *error)
{
  const char *prefix = cf_error_prefix (error);
  g_autofree char *reason =
      strcmp (prefix, "ERR") == 0
          ? g_strdup (error->message)
          : g_strconcat (prefix, " ", error->message, NULL);

  cf_executor_reject_block (call, reason);
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
  cf_executor_reply_failure (call, error);
}

/* -- Putting it off ------------------------------------------------------- */

/**
 * cf_executor_park:
 * @call: a call that cannot run now
 * @kind: what it waits for
 * @deadline_ms: until when, wall-clock milliseconds, or %G_MAXINT64
 *
 * Returns: what to do with the session next
 */
CfOutcome
cf_executor_park (CfCall *call, CfParkKind kind, gint64 deadline_ms)
{
  CfArgs *args = cf_call_keep_args (call);

  if (args == NULL)
    {
      cf_executor_reply_error (call, "OOM " CF_NO_MEMORY);
      return CF_OUTCOME_DONE;
    }
  args->shown |= call->alone;
  if (kind != CF_PARK_CLAIM)
    g_atomic_int_inc (&call->engine->blocked_clients);
  else
    cf_stats_count (call->worker->stats, CF_STAT_PARKED, 1);
  cf_session_park (call->session, kind, deadline_ms, args);
  return CF_OUTCOME_PARKED;
}

/**
 * cf_executor_park_blocked:
 * @call: a call that waits for something: keys, or what it knows itself
 *
 * Returns: what to do with the session next
 */
CfOutcome
cf_executor_park_blocked (CfCall *call)
{
  CfEngine *engine = call->engine;

  cf_executor_feed_monitors (call);
  if (call->waiting == NULL)
    return cf_executor_park (call, CF_PARK_BLOCK, call->park_deadline_ms);
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
  CfOutcome outcome =
      cf_executor_park (call, CF_PARK_PAUSE, cf_pause_deadline (pause));

  /* Whoever ended it meanwhile may not have seen that this one waits. */
  if (outcome == CF_OUTCOME_PARKED &&
      !cf_pause_applies (pause, writes, call->now_ms))
    cf_session_wake (session, session->park.serial, CF_WAKE_RETRY);
  return outcome;
}

static void
queue (CfCall *call, CfCommandFlags flags)
{
  CfTransaction *transaction = call->session->transaction;

  if (!cf_transaction_is_aborted (transaction))
    {
      CfArgs *args = cf_call_keep_args (call);

      if (args == NULL)
        {
          cf_transaction_abort (transaction);
          cf_executor_reply_error (call, "OOM " CF_NO_MEMORY);
          return;
        }
      cf_transaction_queue (transaction, call->info, args, flags);
    }
  cf_reply_status (&call->reply, "QUEUED");
}

/* -- Running it ----------------------------------------------------------- */

static void
start_clock (CfCall *call)
{
  CfWorker *worker = call->worker;

  if (worker->told_ticks != worker->now_ticks)
    {
      guint64 since =
          cf_clock_ticks_to_us (worker->now_ticks - worker->batch_ticks);

      worker->told_ticks = worker->now_ticks;
      worker->now_us = worker->batch_us + (gint64) since;
      worker->now_ms = worker->now_us / 1000;
    }
  call->now_ms = worker->now_ms;
  worker->hold.now_ms = call->now_ms;
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

/* Most clients send the same command many times. */
static const CfCommandInfo *
find_command (const CfCall *call)
{
  CfWorker *worker = call->worker;
  const CfCommandInfo *last = worker->found;

  if (worker->like_last && last != NULL && last->parent == NULL &&
      !last->is_container)
    return last;
  worker->found =
      cf_command_table_find (call->engine->commands, call->argv, call->argc);
  return worker->found;
}

/* What a session may be, in whatever combination, for nothing to be in the way
 * of its commands. */
#define SMOOTH_SESSION                                                         \
  (CF_SESSION_AUTHORIZED | CF_SESSION_NO_EVICT | CF_SESSION_NO_TOUCH |         \
   CF_SESSION_UNIX | CF_SESSION_TLS | CF_SESSION_COUNTED)

/* Whether the request is as the one before it, which ran, and nothing has come
 * up since: what was looked at then need not be looked at again. */
static gboolean
goes_on (const CfCall *call)
{
  const CfWorker *worker = call->worker;
  const CfSession *session = call->session;
  const CfConfig *config = call->engine->config;

  return worker->like_last && worker->again != NULL &&
         worker->again_argc == call->argc &&
         (session->flags & ~(guint) SMOOTH_SESSION) == 0 &&
         !cf_acl_is_stale (call->engine->acl, session) &&
         cf_config_get_int (config, CF_SETTING_MAXMEMORY) == 0 &&
         !cf_config_get_bool (config, CF_SETTING_MIN_REPLICAS_TO_WRITE) &&
         !cf_pause_applies (call->engine->pause, TRUE, worker->now_ms);
}

static CfOutcome
go_on (CfCall *call)
{
  call->info = call->worker->again;
  call->worker->again = NULL;
  start_clock (call);
  return cf_executor_hold_and_run (call, call->info->command->flags);
}

static CfOutcome
dispatch (CfCall *call)
{
  g_autoptr (GError) error = NULL;
  CfSession *session = call->session;
  CfCommandFlags flags;
  gboolean writes;

  if (goes_on (call))
    return go_on (call);
  cf_hold_let_go (call->hold);
  call->worker->again = NULL;
  call->info = find_command (call);
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
      queue (call, flags);
      return CF_OUTCOME_DONE;
    }
  return cf_executor_hold_and_run (call, flags);
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
  if (session->flags & CF_SESSION_MONITOR)
    cf_session_publish (session);
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
    apply_reply_mode (session, call->is_push || call->in_parts, call->before);
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
