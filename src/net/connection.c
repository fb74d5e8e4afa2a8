/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "config/settings.h"
#include "engine/acl.h"
#include "engine/pubsub.h"
#include "engine/push.h"
#include "engine/transaction.h"
#include "net/address.h"

/* Bytes of subscriptions that take no time to end. */
#define SUBSCRIPTIONS_AT_ONCE 4096
/* The loop is told anew when so many more bytes wait for a client. */
#define NEWS_BYTES (1024 * 1024)

/* -- Inbox --------------------------------------------------------------- */

static void
post_mail_locked (CfConnection *self, gboolean *post)
{
  *post = !self->inbox.notified;
  self->inbox.notified = TRUE;
}

static void
post_mail (CfConnection *self, CfMessageKind kind)
{
  CfMessage message = { .kind = kind, .subject = self };
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
    post_mail (self, CF_MESSAGE_MAIL);
}

/* The loop is told even if it was before: it leaves the inbox of one that is
 * away closed. */
static void
on_session_close (CfSession *session)
{
  CfConnection *self = (CfConnection *) session;
  gboolean post;

  cf_mutex_lock (&self->inbox_lock);
  post = !self->inbox.close;
  self->inbox.close = self->inbox.notified = TRUE;
  cf_mutex_unlock (&self->inbox_lock);
  if (post)
    post_mail (self, CF_MESSAGE_MAIL);
}

static CfOutputLimit
output_limit (const CfConnection *self, guint flags)
{
  guint64 most =
      __atomic_load_n (&self->session.max_output_bytes, __ATOMIC_RELAXED);
  CfOutputLimit limit;

  cf_config_get_output_limit (
      self->engine->config,
      flags & CF_SESSION_PUBSUB ? CF_CLIENT_PUBSUB : CF_CLIENT_NORMAL, &limit);
  if (G_UNLIKELY (most != 0) &&
      (limit.hard_bytes == 0 || most < limit.hard_bytes))
    limit.hard_bytes = most;
  return limit;
}

/* A client whose own command takes long gets nothing meanwhile, so what waits
 * for it counts already here, beside what it was not sent before. */
static gboolean
is_flooded_locked (CfConnection *self)
{
  const CfSession *session = &self->session;
  guint flags = __atomic_load_n (&session->shown_flags, __ATOMIC_RELAXED);
  gsize bytes =
      self->inbox.bytes +
      __atomic_load_n (&session->shown.reply_memory, __ATOMIC_RELAXED);
  CfOutputLimit limit = output_limit (self, flags);
  gint64 now_ms;

  if (limit.hard_bytes != 0 && bytes >= limit.hard_bytes)
    return TRUE;
  if (limit.soft_bytes == 0 || bytes < limit.soft_bytes)
    {
      self->inbox.soft_since_ms = 0;
      return FALSE;
    }
  now_ms = cf_clock_wall_ms ();
  if (self->inbox.soft_since_ms == 0)
    self->inbox.soft_since_ms = now_ms;
  return now_ms > self->inbox.soft_since_ms + limit.soft_s * 1000;
}

/* 0 if and only if there are no blobs. */
static void
set_waiting_locked (CfConnection *self, gsize bytes)
{
  self->inbox.bytes = bytes;
  __atomic_store_n (&self->session.shown.inbox_memory, bytes, __ATOMIC_RELAXED);
}

/* Returns whether the loop is to be told: the first time, and then of each
 * further NEWS_BYTES, since it sums up what its clients take. */
static gboolean
add_blob_locked (CfConnection *self, CfBlob *blob)
{
  gsize before = self->inbox.bytes;
  gboolean post = !self->inbox.told;

  self->inbox.told = TRUE;

  if (self->inbox.blobs == NULL)
    self->inbox.blobs =
        g_ptr_array_new_with_free_func ((GDestroyNotify) cf_blob_unref);
  g_ptr_array_add (self->inbox.blobs, cf_blob_ref (blob));
  set_waiting_locked (self, before + blob->size + sizeof blob);
  if (is_flooded_locked (self))
    self->inbox.close = self->inbox.flooded = TRUE;
  return post || self->inbox.close ||
         self->inbox.bytes / NEWS_BYTES != before / NEWS_BYTES;
}

static void
on_session_send (CfSession *session, CfBlob *bytes)
{
  CfConnection *self = (CfConnection *) session;
  g_autoptr (GPtrArray) dropped = NULL;
  CfMessageKind kind = CF_MESSAGE_TOLD;
  gboolean post = FALSE;

  cf_mutex_lock (&self->inbox_lock);
  if (!self->inbox.close)
    post = add_blob_locked (self, bytes);
  if (self->inbox.close)
    {
      kind = CF_MESSAGE_MAIL;
      dropped = g_steal_pointer (&self->inbox.blobs);
      set_waiting_locked (self, 0);
    }
  cf_mutex_unlock (&self->inbox_lock);
  if (post)
    post_mail (self, kind);
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

/* A push may have been made for the other protocol. */
static void
append_blob (CfSession *session, CfBlob *blob)
{
  CfOut *out = &session->out;
  char sign = blob->data[0], own = cf_push_sign (session->resp);
  gsize start = 0;

  if (sign != own && (sign == CF_PUSH_SIGN || sign == CF_PUSH_SIGN_RESP2))
    {
      cf_out_append (out, &own, 1);
      start = 1;
    }
  if (blob->size < CF_PUSH_BY_REFERENCE)
    cf_out_append (out, blob->data + start, blob->size - start);
  else
    cf_out_append_blob (out, blob, start, blob->size - start);
}

/* Sends what came out of turn, unless the client is to get no more. */
static void
append_blobs (CfConnection *self, GPtrArray *blobs)
{
  if (self->stage == CF_STAGE_OPEN && self->turn == CF_TURN_GO_ON &&
      !(self->session.flags & CF_SESSION_CLOSE_AFTER_REPLY))
    for (guint i = 0; i < blobs->len; i++)
      append_blob (&self->session, (CfBlob *) blobs->pdata[i]);
  g_ptr_array_unref (blobs);
}

/* Within a turn, whose handler has lent the output a pool. */
static void
on_session_collect (CfSession *session)
{
  CfConnection *self = (CfConnection *) session;
  GPtrArray *blobs;

  if (__atomic_load_n (&session->shown.inbox_memory, __ATOMIC_RELAXED) == 0)
    return;
  cf_mutex_lock (&self->inbox_lock);
  blobs = g_steal_pointer (&self->inbox.blobs);
  set_waiting_locked (self, 0);
  cf_mutex_unlock (&self->inbox_lock);
  if (blobs != NULL)
    append_blobs (self, blobs);
}

static const CfSessionOps session_ops = {
  .wake = on_session_wake,
  .close = on_session_close,
  .send = on_session_send,
  .collect = on_session_collect,
  .free = on_session_free,
};

/* Whether a command that waited is about to go on: what was sent meanwhile,
 * maybe because of what it did, comes behind its reply. */
static gboolean
will_resume_locked (const CfConnection *self)
{
  const CfInbox *inbox = &self->inbox;

  return cf_connection_is_parked (self) &&
         (self->wake != CF_WAKE_NONE || inbox->wake_any != CF_WAKE_NONE ||
          (inbox->wake != CF_WAKE_NONE &&
           inbox->wake_serial == self->session.park.serial));
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
  CfInbox inbox, kept = { 0 };

  cf_mutex_lock (&self->inbox_lock);
  inbox = self->inbox;
  if (will_resume_locked (self))
    {
      kept.blobs = g_steal_pointer (&inbox.blobs);
      kept.bytes = inbox.bytes;
    }
  self->inbox = kept;
  set_waiting_locked (self, kept.bytes);
  cf_mutex_unlock (&self->inbox_lock);

  if (inbox.close)
    self->turn = CF_TURN_GONE;
  if (self->soft_since_ms == 0)
    self->soft_since_ms = inbox.soft_since_ms;
  if (inbox.flooded)
    {
      cf_stats_count (worker->stats, CF_STAT_OUTPUT_LIMIT, 1);
      g_info ("closing client %s: over its output buffer limit",
              self->session.address);
    }
  if (cf_connection_is_parked (self))
    {
      if (inbox.wake != CF_WAKE_NONE && inbox.wake_serial == park->serial)
        self->wake = inbox.wake;
      self->wake = MAX (self->wake, inbox.wake_any);
    }
  if (inbox.blobs == NULL)
    return;
  self->session.out.pool = &worker->chunks;
  append_blobs (self, inbox.blobs);
  self->session.out.pool = NULL;
  /* Nothing will be sent that would show it. */
  if (!self->writable)
    cf_connection_publish (self);
}

/**
 * cf_connection_look_into_inbox:
 * @self: a connection that is away, by the handler that has its loop
 *
 * Ends the socket of a client that is to be closed; the handler that has the
 * connection finds that out, and its inbox is opened when it comes back.
 */
void
cf_connection_look_into_inbox (CfConnection *self)
{
  gboolean close;

  cf_mutex_lock (&self->inbox_lock);
  close = self->inbox.close;
  cf_mutex_unlock (&self->inbox_lock);
  if (close)
    shutdown (self->fd, SHUT_RDWR);
}

/* -- For its loop --------------------------------------------------------- */

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
         (cf_session_n_watches (session) > 0 || session->transaction != NULL ||
          cf_connection_is_parked (self) ||
          cf_subscriptions_memory (session) > SUBSCRIPTIONS_AT_ONCE ||
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
             (cf_connection_may_run (self) &&
              (self->readable || self->has_kept));
    case CF_STAGE_FLUSHING:
      return self->writable;
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
  CfOutputLimit limit = output_limit (self, self->session.flags);

  *again_ms = G_MAXINT64;
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

static void
set_addresses (CfConnection *self)
{
  g_autoptr (GSocketAddress) local =
      g_socket_connection_get_local_address (self->socket, NULL);
  g_autoptr (GSocketAddress) remote =
      g_socket_connection_get_remote_address (self->socket, NULL);
  gboolean is_unix = (self->session.flags & CF_SESSION_UNIX) != 0;

  self->session.local_address = cf_address_describe (local);
  self->session.address = cf_address_describe (is_unix ? local : remote);
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
  (void) cf_acl_enter (engine->acl, &self->session);
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
  self->told_link.data = self;
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
