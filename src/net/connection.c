/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "config/settings.h"
#include "engine/transaction.h"

/* A turn that received so much lets others have theirs. */
#define RECEIVE_BYTES_A_TURN CF_WORKER_SCRATCH
/* The most that one receive takes from the socket, into a big value. */
#define RECEIVE_BYTES_MAX (1024 * 1024)
/* How often a turn receives what is to be dropped. */
#define DROPS_A_TURN 4
#define SEND_VECTORS 64
/* A turn that sent so much lets others have theirs. */
#define SEND_BYTES_A_TURN (4 * 1024 * 1024)
/* A turn breathes (see cf_worker_breathe()) after so many requests. */
#define REQUESTS_A_BREATH 32
/* What CLIENT LIST shows of the room to receive into, and of that for replies.
 * Both are the handler's, and lent to a connection while it is active. */
#define SHOWN_QUERY_ROOM (16 * 1024)
#define SHOWN_REPLY_LEAST 1024
/* What GIO and the C library allocate for a socket, about. */
#define SOCKET_BYTES 1024

#define SHOW(field, value)                                                     \
  __atomic_store_n (&self->session.shown.field, (value), __ATOMIC_RELAXED)

/* -- System calls -------------------------------------------------------- */

/* recv() and send() of the C library are points where a thread may be
 * cancelled, which takes two atomic operations a call.  None of ours is. */

static gssize
receive_bytes (int fd, char *data, gsize size)
{
  return syscall (SYS_recvfrom, fd, data, size, MSG_DONTWAIT, NULL, NULL);
}

static gssize
send_bytes (int fd, const struct iovec *bytes)
{
  return syscall (SYS_sendto, fd, bytes->iov_base, bytes->iov_len,
                  MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
}

/* -- Inbox --------------------------------------------------------------- */

static void
post_mail_locked (CfConnection *self, gboolean *post)
{
  *post = !self->inbox.notified;
  self->inbox.notified = TRUE;
}

static void
post_mail (CfConnection *self)
{
  CfMessage message = { .kind = CF_MESSAGE_MAIL, .subject = self };
  CfMailbox *mailbox = __atomic_load_n (&self->mailbox, __ATOMIC_ACQUIRE);

  cf_session_ref (&self->session);
  cf_mailbox_post (mailbox, &message);
}

static gboolean
is_stronger (CfWakeReason a, CfWakeReason b)
{
  return a > b; /* the reasons are listed in that order */
}

static void
on_session_wake (CfSession *session, guint serial, CfWakeReason reason)
{
  CfConnection *self = (CfConnection *) session;
  gboolean post;

  cf_mutex_lock (&self->inbox_lock);
  if (serial == CF_PARK_ANY)
    self->inbox.wake_any = MAX (self->inbox.wake_any, reason);
  else if (self->inbox.wake == CF_WAKE_NONE ||
           (gint) (serial - self->inbox.wake_serial) > 0 ||
           (serial == self->inbox.wake_serial &&
            is_stronger (reason, self->inbox.wake)))
    {
      self->inbox.wake = reason;
      self->inbox.wake_serial = serial;
    }
  post_mail_locked (self, &post);
  cf_mutex_unlock (&self->inbox_lock);
  if (post)
    post_mail (self);
}

static void
on_session_close (CfSession *session)
{
  CfConnection *self = (CfConnection *) session;
  gboolean post;

  cf_mutex_lock (&self->inbox_lock);
  self->inbox.close = TRUE;
  post_mail_locked (self, &post);
  cf_mutex_unlock (&self->inbox_lock);
  if (post)
    post_mail (self);
}

static void
on_session_send (CfSession *session, CfBlob *bytes)
{
  CfConnection *self = (CfConnection *) session;
  gboolean post;

  cf_mutex_lock (&self->inbox_lock);
  if (self->inbox.blobs == NULL)
    self->inbox.blobs =
        g_ptr_array_new_with_free_func ((GDestroyNotify) cf_blob_unref);
  g_ptr_array_add (self->inbox.blobs, cf_blob_ref (bytes));
  post_mail_locked (self, &post);
  cf_mutex_unlock (&self->inbox_lock);
  if (post)
    post_mail (self);
}

static void
on_session_free (CfSession *session)
{
  CfConnection *self = (CfConnection *) session;

  g_assert (self->socket == NULL);
  g_clear_pointer (&self->inbox.blobs, g_ptr_array_unref);
  cf_mutex_clear (&self->inbox_lock);
  cf_request_free (self->request);
  cf_plain_free (self->plain);
  cf_session_clear (session);
  g_free (self);
}

static const CfSessionOps session_ops = {
  .wake = on_session_wake,
  .close = on_session_close,
  .send = on_session_send,
  .free = on_session_free,
};

static void
append_blob (CfOut *out, CfBlob *blob)
{
  if (blob->size < CF_REPLY_BY_REFERENCE)
    cf_out_append (out, blob->data, blob->size);
  else
    cf_out_append_blob (out, blob, 0, blob->size);
}

/**
 * cf_connection_open_inbox:
 * @self: a connection that its loop has
 * @worker: the handler's
 *
 * Does what other threads asked for: notes why a parked command is to be
 * resumed, that the connection is to be closed, and appends to what is to be
 * sent.
 */
void
cf_connection_open_inbox (CfConnection *self, CfWorker *worker)
{
  const CfPark *park = &self->session.park;
  CfInbox inbox;

  cf_mutex_lock (&self->inbox_lock);
  inbox = self->inbox;
  self->inbox = (CfInbox){ 0 };
  cf_mutex_unlock (&self->inbox_lock);

  if (inbox.close)
    self->turn = CF_TURN_GONE;
  if (cf_connection_is_parked (self))
    {
      if (inbox.wake != CF_WAKE_NONE && inbox.wake_serial == park->serial)
        self->wake = inbox.wake;
      self->wake = MAX (self->wake, inbox.wake_any);
    }
  if (inbox.blobs == NULL)
    return;
  self->session.out.pool = &worker->chunks;
  for (guint i = 0; i < inbox.blobs->len; i++)
    append_blob (&self->session.out, (CfBlob *) inbox.blobs->pdata[i]);
  self->session.out.pool = NULL;
  g_ptr_array_unref (inbox.blobs);
}

/* -- What others see of it ----------------------------------------------- */

/* Takes over what the replies not yet sent say of a connection. */
static void
publish_output (CfConnection *self)
{
  const CfOut *out = &self->session.out;
  gsize chunks = (out->memory + CF_OUT_CHUNK_BYTES - 1) / CF_OUT_CHUNK_BYTES;

  SHOW (reply_bytes, chunks == 1 ? out->size : 0);
  SHOW (reply_chunks, chunks > 1 ? (guint) chunks : 0);
  SHOW (reply_memory, chunks > 1 ? out->memory : 0);
}

/**
 * cf_connection_publish:
 * @self: a connection whose turn has ended
 *
 * Makes what CLIENT LIST shows true again.
 */
void
cf_connection_publish (CfConnection *self)
{
  gsize room = self->is_warm ? SHOWN_QUERY_ROOM : 0;
  gsize pending = cf_request_pending (self->request);
  gsize memory = cf_request_memory (self->request) +
                 (self->plain != NULL ? cf_plain_memory (self->plain) : 0);

  if (self->query_peak > CF_REQUEST_BIG)
    room += self->query_peak;
  cf_session_publish (&self->session);
  publish_output (self);
  SHOW (active_ms, self->active_ms);
  SHOW (query_bytes, pending);
  room = MAX (room, memory - self->reader_bytes);
  SHOW (query_free, room - MIN (pending, room));
  SHOW (reply_peak, self->reply_peak);
  SHOW (reply_size,
        CLAMP (self->reply_peak, SHOWN_REPLY_LEAST, CF_OUT_CHUNK_BYTES));
  SHOW (total_memory, sizeof *self + SOCKET_BYTES + memory +
                          self->session.out.memory +
                          __atomic_load_n (&self->session.shown.multi_memory,
                                           __ATOMIC_RELAXED));
}

/**
 * cf_connection_cool:
 * @self: a connection that was idle for a while
 *
 * Forgets how much room it used lately.
 */
void
cf_connection_cool (CfConnection *self)
{
  self->is_warm = FALSE;
  self->query_peak = 0;
  self->reply_peak = 0;
  cf_connection_publish (self);
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

/* Has @keys, those of the next requests, fetched together.  Returns for how
 * many requests that was worth it. */
static guint
look_ahead (CfConnection *self, CfKey *keys)
{
  CfSlice words[CF_PREFETCH_MAX];
  guint n = cf_request_peek (self->request, words, CF_PREFETCH_MAX);

  if (n < 2)
    return 0;
  cf_keyspace_prefetch (self->engine->keyspace, words, keys, n);
  return n;
}

/* Runs the request that is READY; @key: what is known of it already. */
static CfOutcome
run_request (CfConnection *self, CfWorker *worker, const CfKey *key)
{
  CfOutcome outcome;

  enter (self, worker);
  worker->ahead = key;
  outcome =
      cf_executor_run (self->engine, worker, &self->session, self->request);
  worker->ahead = NULL;
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
  CfKey ahead[CF_PREFETCH_MAX];
  const CfKey *key;
  CfRequestState state;
  guint n_ahead = 0, at_ahead = 0;

  self->has_kept = FALSE;
  for (guint n = 1; TRUE; n++)
    {
      if (at_ahead == n_ahead)
        {
          n_ahead = look_ahead (self, ahead);
          at_ahead = 0;
        }
      key = at_ahead < n_ahead ? &ahead[at_ahead++] : NULL;
      limits.stranger = (self->session.flags & CF_SESSION_AUTHORIZED) == 0;
      state = cf_request_next (self->request, &limits);
      if (state == CF_REQUEST_MORE)
        return TRUE;
      if (state == CF_REQUEST_ERROR)
        {
          reply_protocol_error (self, worker);
          return FALSE;
        }
      if (cf_request_argc (self->request) == 0)
        continue;
      if (!note_outcome (self, run_request (self, worker, key)))
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

/* Receives once.  Returns the number of bytes, and 0 when there are none. */
static gsize
receive_into (CfConnection *self, CfWorker *worker, char *data, gsize size)
{
  gssize received;

  do
    received = receive_bytes (self->fd, data, size);
  while (received < 0 && errno == EINTR);

  /* A short one says that there is no more: but for an end. */
  if (received < (gssize) size && !self->hung_up)
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
}

static gboolean
may_run (const CfConnection *self)
{
  return self->turn == CF_TURN_GO_ON && !cf_connection_is_parked (self) &&
         self->session.out.memory < CF_CONNECTION_THROTTLE_BYTES &&
         !__atomic_load_n (self->stopping, __ATOMIC_RELAXED);
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
      SHOW (query_bytes, cf_request_pending (self->request));
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

/* -- Sending ------------------------------------------------------------- */

/* Sends once.  FALSE: no more can be sent now. */
static gboolean
send_some (CfConnection *self, CfWorker *worker, gsize *sent)
{
  struct iovec vectors[SEND_VECTORS];
  struct msghdr message = { .msg_iov = vectors };
  gssize size;

  message.msg_iovlen =
      cf_out_gather (&self->session.out, vectors, SEND_VECTORS);
  do
    size = message.msg_iovlen == 1
               ? send_bytes (self->fd, &vectors[0])
               : sendmsg (self->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (size < 0 && errno == EINTR);

  if (size < 0 && errno == EAGAIN)
    self->writable = FALSE;
  else if (size < 0)
    self->turn = CF_TURN_GONE;
  if (size <= 0)
    return FALSE;
  cf_out_consume (&self->session.out, (gsize) size);
  cf_stats_count (worker->stats, CF_STAT_NET_OUTPUT, (guint64) size);
  cf_stats_count (worker->stats, CF_STAT_WRITES, 1);
  *sent += (gsize) size;
  return TRUE;
}

static void
send_due (CfConnection *self, CfWorker *worker)
{
  gsize sent = 0;

  self->reply_peak =
      MAX (self->session.out.size, self->reply_peak - self->reply_peak / 8);
  while (self->session.out.size > 0 && self->writable &&
         self->turn != CF_TURN_GONE && sent < SEND_BYTES_A_TURN)
    if (!send_some (self, worker, &sent))
      return;
}

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
 * cf_connection_leaves_much:
 * @self: a connection that ends
 *
 * Returns: whether cf_connection_forget() may take long or has to be done
 *   inside the gate: that is for a turn
 */
gboolean
cf_connection_leaves_much (const CfConnection *self)
{
  const CfSession *session = &self->session;

  return !self->is_forgotten &&
         ((session->watches != NULL && session->watches->len > 0) ||
          session->transaction != NULL || cf_connection_is_parked (self) ||
          session->out.memory > CF_OUT_CHUNK_BYTES);
}

/**
 * cf_connection_forget:
 * @self: a connection that ends
 *
 * Undoes what the engine knows of it and frees what may be much.
 */
void
cf_connection_forget (CfConnection *self)
{
  if (self->is_forgotten)
    return;
  self->is_forgotten = TRUE;
  cf_executor_forget (self->engine, &self->session);
  g_clear_pointer (&self->session.transaction, cf_transaction_free);
  cf_out_clear (&self->session.out);
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
  if (may_run (self) && (self->has_kept || self->readable))
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

/**
 * cf_connection_send:
 * @self: a connection that owes replies
 * @worker: of the handler that runs it
 *
 * Sends what it can.  Touches nothing that is the loop's.
 */
void
cf_connection_send (CfConnection *self, CfWorker *worker)
{
  self->session.out.pool = &worker->chunks;
  send_due (self, worker);
  self->session.out.pool = NULL;
  if (self->stage == CF_STAGE_OPEN)
    cf_connection_publish (self);
}

/**
 * cf_connection_wants_turn:
 * @self: a connection
 *
 * Returns: whether a turn would find something to do
 */
gboolean
cf_connection_wants_turn (const CfConnection *self)
{
  gboolean can_send = self->session.out.size > 0 && self->writable;

  switch (self->stage)
    {
    case CF_STAGE_OPEN:
      return can_send || self->wake != CF_WAKE_NONE ||
             (may_run (self) && (self->readable || self->has_kept));
    case CF_STAGE_FLUSHING:
      return can_send;
    case CF_STAGE_LINGERING:
      return self->readable;
    case CF_STAGE_ENDING:
      return !self->is_forgotten;
    case CF_STAGE_DEAD:
    default:
      return FALSE;
    }
}

/**
 * cf_connection_is_over_limit:
 * @self: a connection
 * @now_ms: the wall clock
 * @again_ms: (out): when to ask again, at the latest, or %G_MAXINT64
 *
 * Returns: whether it owes more output than client-output-buffer-limit lets
 *   it, or has for too long
 */
gboolean
cf_connection_is_over_limit (CfConnection *self,
                             gint64 now_ms,
                             gint64 *again_ms)
{
  gsize memory = self->session.out.memory;
  CfOutputLimit limit;

  *again_ms = G_MAXINT64;
  cf_config_get_output_limit (self->engine->config, CF_CLIENT_NORMAL, &limit);
  if (limit.hard_bytes != 0 && memory >= limit.hard_bytes)
    return TRUE;
  if (limit.soft_bytes == 0 || memory < limit.soft_bytes)
    {
      self->soft_since_ms = 0;
      return FALSE;
    }
  if (self->soft_since_ms == 0)
    self->soft_since_ms = now_ms;
  *again_ms = self->soft_since_ms + limit.soft_s * 1000 + 1;
  return now_ms >= *again_ms;
}

/* -- Making one ---------------------------------------------------------- */

static char *
describe_address (GSocketAddress *address)
{
  if (address != NULL && G_IS_INET_SOCKET_ADDRESS (address))
    {
      GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);
      GInetAddress *host = g_inet_socket_address_get_address (inet);
      g_autofree char *name = g_inet_address_to_string (host);
      guint port = g_inet_socket_address_get_port (inet);

      if (g_inet_address_get_family (host) == G_SOCKET_FAMILY_IPV6)
        return g_strdup_printf ("[%s]:%u", name, port);
      return g_strdup_printf ("%s:%u", name, port);
    }
  if (address != NULL && G_IS_UNIX_SOCKET_ADDRESS (address))
    return g_strdup_printf ("%s:0", g_unix_socket_address_get_path (
                                        G_UNIX_SOCKET_ADDRESS (address)));
  return g_strdup ("?:0");
}

static void
set_addresses (CfConnection *self)
{
  g_autoptr (GSocketAddress) local =
      g_socket_connection_get_local_address (self->socket, NULL);
  g_autoptr (GSocketAddress) remote =
      g_socket_connection_get_remote_address (self->socket, NULL);
  gboolean is_unix = (self->session.flags & CF_SESSION_UNIX) != 0;

  self->session.local_address = describe_address (local);
  self->session.address = describe_address (is_unix ? local : remote);
}

/**
 * cf_connection_new:
 * @engine: runs its requests
 * @socket: (transfer none): a connected socket
 * @flags: of its session
 * @stopping: (transfer none): set when no more requests are to be run
 *
 * Returns: (transfer full): a connection in no loop and no table yet
 */
CfConnection *
cf_connection_new (CfEngine *engine,
                   GSocketConnection *socket,
                   guint flags,
                   const gint *stopping)
{
  CfConnection *self = g_new0 (CfConnection, 1);

  cf_session_init (&self->session, &session_ops);
  self->session.flags |= flags;
  self->engine = engine;
  self->socket = g_object_ref (socket);
  self->fd = g_socket_get_fd (g_socket_connection_get_socket (socket));
  self->session.fd = self->fd;
  self->stopping = stopping;
  cf_mutex_init (&self->inbox_lock, CF_LOCK_INBOX, 0);
  self->request = cf_request_new ();
  self->reader_bytes = cf_request_memory (self->request);
  if ((flags & CF_SESSION_PLAIN) != 0)
    self->plain = cf_plain_new ((gsize) cf_config_get_int (
        engine->config, CF_SETTING_PROTO_MAX_BULK_LEN));
  self->writable = TRUE;
  self->active_ms = cf_clock_wall_ms ();
  self->session.created_ms = self->active_ms;
  self->link.data = self;
  self->ready_link.data = self;
  self->due_link.data = self;
  set_addresses (self);
  cf_connection_publish (self);
  return self;
}

static void
set_option (CfConnection *self, int level, int option, int value)
{
  /* What cannot be set is missed, not needed. */
  (void) !setsockopt (self->fd, level, option, &value, sizeof value);
}

/**
 * cf_connection_set_options:
 * @self: a connection
 *
 * Sets the options that a client's TCP socket should have.
 */
void
cf_connection_set_options (CfConnection *self)
{
  int interval =
      (int) cf_config_get_int (self->engine->config, CF_SETTING_TCP_KEEPALIVE);

  if ((self->session.flags & CF_SESSION_UNIX) != 0)
    return;
  set_option (self, IPPROTO_TCP, TCP_NODELAY, 1);
  if (interval == 0)
    return;
  set_option (self, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option (self, IPPROTO_TCP, TCP_KEEPIDLE, interval);
  set_option (self, IPPROTO_TCP, TCP_KEEPINTVL, MAX (1, interval / 3));
  set_option (self, IPPROTO_TCP, TCP_KEEPCNT, 3);
}
