/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a connection's replies are sent. */
#include "config.h"

#include "net/connection.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SEND_VECTORS 64
/* The most that one send gives to the socket.  What it takes is copied at once,
 * and on the loopback even delivered: 256 KiB take some 0.1 ms. */
#define SEND_BYTES_MAX (256 * 1024)
/* A turn that sent so much lets others have theirs. */
#define SEND_BYTES_A_TURN (2 * SEND_BYTES_MAX)

/* The C library's send() is a point where a thread may be cancelled, which
 * takes two atomic operations a call.  None of ours is. */
static gssize
send_bytes (int fd, const struct iovec *bytes)
{
  return syscall (SYS_sendto, fd, bytes->iov_base, bytes->iov_len,
                  MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
}

/* Keeps what one send may give.  Returns how many vectors that is. */
static guint
limit_vectors (struct iovec *vectors, guint n)
{
  gsize left = SEND_BYTES_MAX;

  for (guint i = 0; i < n; i++)
    {
      if (vectors[i].iov_len >= left)
        {
          vectors[i].iov_len = left;
          return i + 1;
        }
      left -= vectors[i].iov_len;
    }
  return n;
}

/* Sends once, like sendmsg(). */
static gssize
send_once (CfConnection *self)
{
  struct iovec vectors[SEND_VECTORS];
  struct msghdr message = { .msg_iov = vectors };
  gssize size;

  message.msg_iovlen = limit_vectors (
      vectors, cf_out_gather (&self->session.out, vectors, SEND_VECTORS));
  if (G_UNLIKELY (self->tls != NULL))
    return cf_tls_stream_send (self->tls, vectors, message.msg_iovlen);
  do
    size = message.msg_iovlen == 1
               ? send_bytes (self->fd, &vectors[0])
               : sendmsg (self->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (size < 0 && errno == EINTR);
  return size;
}

/* Sends once.  FALSE: no more can be sent now. */
static gboolean
send_some (CfConnection *self, CfWorker *worker, gsize *sent)
{
  gssize size = send_once (self);

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

/* A reply counts when it is whole, whether or not all of it could be sent at
 * once. */
static gboolean
owes_too_much (CfConnection *self, CfWorker *worker)
{
  gint64 again_ms;

  if (G_LIKELY (self->session.out.memory <= CF_OUT_CHUNK_BYTES) ||
      self->stage != CF_STAGE_OPEN || self->turn == CF_TURN_GONE ||
      !cf_connection_is_over_limit (self, worker->now_us / 1000, &again_ms))
    return FALSE;
  cf_stats_count (worker->stats, CF_STAT_OUTPUT_LIMIT, 1);
  g_info ("closing client %s: over its output buffer limit",
          self->session.address);
  return TRUE;
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
  if (owes_too_much (self, worker))
    self->turn = CF_TURN_GONE;
  send_due (self, worker);
  self->session.out.pool = NULL;
  if (self->stage == CF_STAGE_OPEN)
    cf_connection_publish (self);
}
