/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A turn of a connection: what came in is received and run. */
#include "config.h"

#include "net/connection.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "config/settings.h"
#include "engine/pubsub.h"
#include "engine/transaction.h"

/* A turn that received so much lets others have theirs. */
#define RECEIVE_BYTES_A_TURN CF_WORKER_SCRATCH
/* The most that one receive takes from the socket, into a big value. */
#define RECEIVE_BYTES_MAX (1024 * 1024)
/* How often a turn receives what is to be dropped. */
#define DROPS_A_TURN 4
/* A turn breathes (see cf_worker_breathe()) after so many requests. */
#define REQUESTS_A_BREATH 32

/* The C library's recv() is a point where a thread may be cancelled, which
 * takes two atomic operations a call.  None of ours is. */
static gssize
receive_bytes (int fd, char *data, gsize size)
{
  return syscall (SYS_recvfrom, fd, data, size, MSG_DONTWAIT, NULL, NULL);
}

/* -- Requests ------------------------------------------------------------ */

static void
reply_protocol_error (CfConnection *self, CfWorker *worker)
{
  CfReply reply = { .out = &self->session.out, .resp = self->session.resp };
  const char *message = cf_request_error (self->request);

  if (message == NULL)
    cf_stats_count (worker->stats, CF_STAT_QUERY_LIMIT, 1);
  else if ((self->session.flags & CF_SESSION_REPLY_OFF) == 0)
    cf_reply_error (&reply, message);
  self->turn = message == NULL ? CF_TURN_GONE : CF_TURN_CLOSE;
}

/* Notes how a command ended.  FALSE: no other is to be run now. */
static gboolean
note_outcome (CfConnection *self, CfOutcome outcome)
{
  switch (outcome)
    {
    case CF_OUTCOME_DONE:
      break;
    case CF_OUTCOME_PARKED:
      self->has_kept = TRUE;
      return FALSE;
    case CF_OUTCOME_CLOSE:
      self->turn = (self->session.flags & CF_SESSION_CLOSE_NOW) != 0
                       ? CF_TURN_GONE
                       : CF_TURN_CLOSE;
      return FALSE;
    }
  if (self->session.out.size < CF_CONNECTION_FLUSH_BYTES &&
      !__atomic_load_n (self->stopping, __ATOMIC_RELAXED))
    return TRUE;
  self->has_kept = TRUE;
  return FALSE;
}

/* What is queued for EXEC counts as part of what was received. */
static gboolean
has_queued_too_much (CfConnection *self, gint64 most)
{
  const CfTransaction *transaction = self->session.transaction;

  return G_UNLIKELY (transaction != NULL) &&
         (gint64) (cf_transaction_memory (transaction) +
                   cf_request_pending (self->request)) > most;
}

static void
enter (CfConnection *self, CfWorker *worker)
{
  if (worker->inside)
    return;
  cf_worker_enter (worker);
  self->active_ms = worker->now_us / 1000;
  self->is_warm = TRUE;
}

/* The requests that are next, as far as they are short and simple. */
typedef struct
{
  CfRequestAhead requests[CF_PREFETCH_MAX];
  CfKey keys[CF_PREFETCH_MAX];         /* of each, if there are several */
  gboolean alike[CF_PREFETCH_MAX + 1]; /* its command to the one before it */
  guint n;
  guint at;
} Ahead;

/* What is known of a request before it runs. */
typedef struct
{
  const CfKey *key; /* (nullable) its key */
  gboolean like_last;
  gboolean like_next;
  guint16 next_slot; /* of the next one's key, or CF_NO_SLOT */
} Known;

/* Reads them, and has their keys fetched together: inside the gate, since who
 * has closed it locks no slot. */
static void
look_ahead (CfConnection *self, CfWorker *worker, Ahead *ahead)
{
  CfSlice words[CF_PREFETCH_MAX];

  ahead->n =
      cf_request_read_ahead (self->request, ahead->requests, CF_PREFETCH_MAX);
  ahead->at = 0;
  if (ahead->n < 2)
    return;
  for (guint i = 0; i < ahead->n; i++)
    {
      words[i] = ahead->requests[i].argv[1];
      ahead->alike[i] =
          i > 0 && cf_slice_equal (ahead->requests[i].argv[0],
                                   ahead->requests[i - 1].argv[0]);
    }
  ahead->alike[ahead->n] = FALSE;
  enter (self, worker);
  cf_keyspace_prefetch (self->engine->keyspace, words, ahead->keys, ahead->n);
}

/* Makes the next request READY. */
static CfRequestState
next_request (CfConnection *self,
              CfWorker *worker,
              CfRequestLimits *limits,
              Ahead *ahead,
              Known *known)
{
  *known = (Known){ .next_slot = CF_NO_SLOT };
  limits->stranger = (self->session.flags & CF_SESSION_AUTHORIZED) == 0;
  if (G_UNLIKELY (limits->stranger))
    ahead->n = ahead->at = 0;
  else if (ahead->at == ahead->n)
    look_ahead (self, worker, ahead);
  if (ahead->at == ahead->n)
    return cf_request_next (self->request, limits);
  cf_request_take_ahead (self->request, &ahead->requests[ahead->at]);
  if (ahead->n > 1)
    {
      known->key = &ahead->keys[ahead->at];
      known->like_last = ahead->alike[ahead->at];
      known->like_next = ahead->alike[ahead->at + 1];
      if (known->like_next)
        known->next_slot = ahead->keys[ahead->at + 1].slot;
    }
  ahead->at++;
  return CF_REQUEST_READY;
}

/* Runs the request that is READY. */
static CfOutcome
run_request (CfConnection *self, CfWorker *worker, const Known *known)
{
  CfOutcome outcome;

  enter (self, worker);
  worker->ahead = known->key;
  worker->like_last = known->like_last;
  worker->like_next = known->like_next;
  worker->next_slot = known->next_slot;
  outcome =
      cf_executor_run (self->engine, worker, &self->session, self->request);
  worker->ahead = NULL;
  worker->like_last = worker->like_next = FALSE;
  worker->next_slot = CF_NO_SLOT;
  return outcome;
}

/* Runs the requests that are whole.  FALSE: receive no more in this turn. */
static gboolean
run_requests (CfConnection *self, CfWorker *worker)
{
  const CfConfig *config = self->engine->config;
  CfRequestLimits limits = {
    .max_bulk = cf_config_get_int (config, CF_SETTING_PROTO_MAX_BULK_LEN),
    .max_buffer =
        cf_config_get_int (config, CF_SETTING_CLIENT_QUERY_BUFFER_LIMIT),
  };
  Ahead ahead;
  Known known;
  CfRequestState state;

  ahead.n = ahead.at = 0;
  self->has_kept = FALSE;
  for (guint n = 1; TRUE; n++)
    {
      state = next_request (self, worker, &limits, &ahead, &known);
      if (state == CF_REQUEST_MORE)
        return TRUE;
      if (state == CF_REQUEST_ERROR)
        {
          reply_protocol_error (self, worker);
          return FALSE;
        }
      if (cf_request_argc (self->request) == 0)
        continue;
      if (!note_outcome (self, run_request (self, worker, &known)))
        return FALSE;
      if (has_queued_too_much (self, limits.max_buffer))
        {
          cf_stats_count (worker->stats, CF_STAT_QUERY_LIMIT, 1);
          self->turn = CF_TURN_GONE;
          return FALSE;
        }
      if (n % REQUESTS_A_BREATH == 0 && cf_gate_is_wanted (worker->keeper))
        cf_worker_breathe (worker);
    }
}

/* Like recv().  @drained: there is no more now, but for an end. */
static gssize
receive_once (CfConnection *self, char *data, gsize size, gboolean *drained)
{
  gssize received;

  if (G_UNLIKELY (self->tls != NULL))
    return cf_tls_stream_receive (self->tls, data, size, drained);
  do
    received = receive_bytes (self->fd, data, size);
  while (received < 0 && errno == EINTR);
  *drained = received < (gssize) size;
  return received;
}

/* Receives once.  Returns the number of bytes, and 0 when there are none. */
static gsize
receive_into (CfConnection *self, CfWorker *worker, char *data, gsize size)
{
  gboolean drained;
  gssize received = receive_once (self, data, size, &drained);

  if (drained && !self->hung_up)
    self->readable = FALSE;
  if (received > 0)
    {
      cf_stats_count (worker->stats, CF_STAT_NET_INPUT, (guint64) received);
      cf_stats_count (worker->stats, CF_STAT_READS, 1);
      return (gsize) received;
    }
  if (received == 0)
    {
      self->has_ended = TRUE;
      self->turn = CF_TURN_CLOSE;
    }
  else if (errno != EAGAIN)
    self->turn = CF_TURN_GONE;
  return 0;
}

static gsize
receive (CfConnection *self, CfWorker *worker)
{
  char *data;
  gsize size, received;

  if (!cf_request_space (self->request, &data, &size))
    {
      self->turn = CF_TURN_GONE;
      return 0;
    }
  received = receive_into (self, worker, data, MIN (size, RECEIVE_BYTES_MAX));
  if (received > 0)
    cf_request_received (self->request, received);
  return received;
}

static void
resume (CfConnection *self, CfWorker *worker)
{
  CfWakeReason reason = self->wake;

  self->wake = CF_WAKE_NONE;
  if (!cf_connection_is_parked (self))
    return;
  enter (self, worker);
  (void) note_outcome (
      self, cf_executor_resume (self->engine, worker, &self->session, reason));
  cf_session_collect (&self->session);
}

static void
run (CfConnection *self, CfWorker *worker)
{
  gsize received, total = 0;
  gboolean go_on = TRUE;

  cf_request_begin (self->request, worker->scratch, CF_WORKER_SCRATCH);
  if (self->has_kept)
    go_on = run_requests (self, worker);
  while (go_on && self->readable && total < RECEIVE_BYTES_A_TURN)
    {
      received = receive (self, worker);
      if (received == 0)
        break;
      total += received;
      __atomic_store_n (&self->session.shown.query_bytes,
                        cf_request_pending (self->request), __ATOMIC_RELAXED);
      go_on = run_requests (self, worker);
    }
  self->query_peak = MAX (total, self->query_peak - self->query_peak / 8);
  if (!cf_request_end (self->request))
    self->turn = CF_TURN_GONE;
}

/* -- The plain dialect --------------------------------------------------- */

static CfOutcome
run_plain_request (CfConnection *self,
                   CfWorker *worker,
                   CfPlainKind kind,
                   const CfPlainRequest *request)
{
  gboolean is_set = kind == CF_PLAIN_SET;
  const CfSlice argv[] = { is_set ? CF_SLICE ("SET") : CF_SLICE ("GET"),
                           request->key, request->value };

  enter (self, worker);
  return cf_executor_run_argv (self->engine, worker, &self->session, argv,
                               is_set ? 3 : 2);
}

/* Like run_requests(). */
static gboolean
run_plain_requests (CfConnection *self, CfWorker *worker)
{
  CfPlainRequest request;
  CfPlainKind kind;

  self->has_kept = FALSE;
  while ((kind = cf_plain_next (self->plain, &request)) != CF_PLAIN_MORE)
    {
      if (kind == CF_PLAIN_INVALID)
        {
          cf_out_append (&self->session.out, CF_PLAIN_INVALID_COMMAND,
                         strlen (CF_PLAIN_INVALID_COMMAND));
          self->turn = CF_TURN_CLOSE;
          return FALSE;
        }
      if (!note_outcome (self,
                         run_plain_request (self, worker, kind, &request)))
        return FALSE;
      if (cf_gate_is_wanted (worker->keeper))
        cf_worker_breathe (worker);
    }
  return TRUE;
}

/* Like run().  A read that leaves nothing to be read ends a request. */
static void
run_plain (CfConnection *self, CfWorker *worker)
{
  gboolean go_on = !self->has_kept || run_plain_requests (self, worker);
  gsize received = 0;

  if (go_on && self->readable)
    {
      received =
          receive_into (self, worker, worker->scratch, CF_WORKER_SCRATCH);
      if (!cf_plain_begin (self->plain, worker->scratch, received,
                           received < CF_WORKER_SCRATCH))
        self->turn = CF_TURN_GONE;
      else
        run_plain_requests (self, worker);
    }
  self->query_peak = MAX (received, self->query_peak - self->query_peak / 8);
  if (!cf_plain_end (self->plain))
    self->turn = CF_TURN_GONE;
}

/* -- The turn ------------------------------------------------------------ */

/* Reads and drops what a client sends that is no longer served. */
static void
drop_input (CfConnection *self, CfWorker *worker)
{
  gssize size = 0;

  for (guint i = 0; i < DROPS_A_TURN && self->readable; i++)
    {
      size = receive_bytes (self->fd, worker->scratch, CF_WORKER_SCRATCH);
      if (size < CF_WORKER_SCRATCH)
        self->readable = FALSE;
      if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR))
        self->turn = CF_TURN_GONE;
    }
}

/**
 * cf_connection_take_turn:
 * @self: a connection
 * @worker: of the handler that runs it
 *
 * Resumes a parked command if @wake says so, and runs requests.  Touches
 * nothing that is the loop's.
 */
void
cf_connection_take_turn (CfConnection *self, CfWorker *worker)
{
  if (self->stage == CF_STAGE_LINGERING || self->stage == CF_STAGE_ENDING)
    {
      /* These may be very many, and need no gate. */
      cf_pubsub_forget (self->engine->pubsub, &self->session);
      /* Watched keys are touched only inside the gate. */
      cf_worker_enter (worker);
      cf_connection_forget (self);
      cf_worker_leave (worker);
    }
  if (self->stage == CF_STAGE_LINGERING)
    drop_input (self, worker);
  if (self->stage != CF_STAGE_OPEN)
    return;
  self->session.out.pool = &worker->chunks;
  if (self->wake != CF_WAKE_NONE)
    resume (self, worker);
  if (cf_connection_may_run (self) && (self->has_kept || self->readable))
    {
      if (G_UNLIKELY (self->plain != NULL))
        run_plain (self, worker);
      else
        run (self, worker);
    }
  if (worker->inside)
    cf_worker_leave (worker);
  self->session.out.pool = NULL;
  if (self->session.out.size == 0)
    cf_connection_publish (self);
}
