/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/tls-stream.h"

#include <errno.h>
#include <string.h>

#include <openssl/err.h>

#include "base/error.h"
#include "base/tls-socket.h"
#include "net/tls-inside.h"

/* The most that a record carries. */
#define RECORD_BYTES (16 * 1024)
/* How often the socket is read for a record of data.  A peer may send others
 * without end, such as those that change keys. */
#define READS_A_RECORD 2

struct _CfTlsStream
{
  SSL *ssl; /* (owned) */
  CfTlsSocket socket;
  gboolean has_shaken;
  gboolean has_failed;
  gboolean has_said_end;
};

/**
 * cf_tls_stream_new:
 * @context: how to meet clients
 * @fd: a connected socket, which outlives the stream
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable): a server's end, before the handshake
 */
CfTlsStream *
cf_tls_stream_new (SSL_CTX *context, int fd, GError **error)
{
  g_autoptr (CfTlsStream) self = g_new0 (CfTlsStream, 1);

  self->socket.fd = fd;
  self->ssl = SSL_new (context);
  if (self->ssl == NULL || !cf_tls_socket_set (&self->socket, self->ssl))
    {
      cf_throw (error, CF_ERROR_FAILED, "OpenSSL gives no connection");
      return NULL;
    }
  SSL_set_accept_state (self->ssl);
  return g_steal_pointer (&self);
}

/**
 * cf_tls_stream_free:
 * @self: (nullable) (transfer full): a stream
 *
 * Says its end, unless that was said or cannot be.
 */
void
cf_tls_stream_free (CfTlsStream *self)
{
  if (self == NULL)
    return;
  (void) cf_tls_stream_end (self);
  SSL_free (self->ssl);
  g_free (self);
}

/* What it means that OpenSSL returned @result, which is no success. */
static CfTlsState
explain (CfTlsStream *self, int result)
{
  switch (SSL_get_error (self->ssl, result))
    {
    case SSL_ERROR_WANT_READ:
      return CF_TLS_WANTS_READ;
    case SSL_ERROR_WANT_WRITE:
      return CF_TLS_WANTS_WRITE;
    default:
      self->has_failed = TRUE;
      return CF_TLS_FAILED;
    }
}

/**
 * cf_tls_stream_shake_hands:
 * @self: a stream
 * @error: return location for an error, or %NULL
 *
 * Takes the handshake as far as it can go now.  That may take a millisecond
 * of a processor, since it proves who we are.
 *
 * Returns: whether it is done, or what it waits for
 */
CfTlsState
cf_tls_stream_shake_hands (CfTlsStream *self, GError **error)
{
  g_autofree char *reason = NULL;
  CfTlsState state;
  int result;

  ERR_clear_error ();
  result = SSL_do_handshake (self->ssl);
  if (result == 1)
    {
      self->has_shaken = TRUE;
      self->socket.reads_max = READS_A_RECORD;
      return CF_TLS_DONE;
    }
  state = explain (self, result);
  if (state != CF_TLS_FAILED)
    return state;
  reason = cf_tls_describe_error (self->ssl, &self->socket);
  cf_throw (error, CF_ERROR_FAILED, "%s", reason);
  return state;
}

/* Receives from one record.  Like recv(). */
static gssize
receive_once (CfTlsStream *self, char *data, gsize size)
{
  gsize received;
  int result;

  ERR_clear_error ();
  self->socket.reads = 0;
  result = SSL_read_ex (self->ssl, data, size, &received);
  if (result == 1)
    return (gssize) received;
  if (SSL_get_error (self->ssl, result) == SSL_ERROR_ZERO_RETURN)
    return 0;
  if (explain (self, result) != CF_TLS_FAILED)
    {
      errno = EAGAIN;
      return -1;
    }
  ERR_clear_error ();
  errno = self->socket.error != 0 ? self->socket.error : EPROTO;
  return -1;
}

/* Whether there is nothing to be done before an event, once a receive said
 * EAGAIN: it may just have been enough. */
static gboolean
has_to_wait (const CfTlsStream *self)
{
  return self->socket.drained || SSL_want_write (self->ssl);
}

/**
 * cf_tls_stream_receive:
 * @self: a stream that has shaken hands
 * @data: (out) (array length=size): where to put what comes
 * @size: how much there is room for
 * @drained: (out): whether there is no more now: wait for an event
 *
 * Receives all there is, as recv() does, but for what comes after very many
 * records without data.  What ends the stream is told by itself, behind what
 * came before it.
 *
 * Returns: how many bytes; 0 at the end; -1 and errno if there are none, with
 *   EAGAIN if there may be some later
 */
gssize
cf_tls_stream_receive (CfTlsStream *self,
                       char *data,
                       gsize size,
                       gboolean *drained)
{
  gsize total = 0;
  gssize received;

  *drained = FALSE;
  while (total < size)
    {
      received = receive_once (self, data + total, size - total);
      if (received <= 0)
        {
          *drained = received < 0 && errno == EAGAIN && has_to_wait (self);
          return total > 0 ? (gssize) total : received;
        }
      total += (gsize) received;
      if (total == size)
        break;
      *drained = self->socket.drained && !self->socket.has_ended &&
                 !SSL_has_pending (self->ssl);
      if (*drained)
        break;
    }
  return (gssize) total;
}

/* Copies the first bytes of @vectors into @record.  Returns how many. */
static gsize
fill_record (char *record, const struct iovec *vectors, gsize n_vectors)
{
  gsize size = 0, part;

  for (gsize i = 0; i < n_vectors && size < RECORD_BYTES; i++)
    {
      part = MIN (vectors[i].iov_len, RECORD_BYTES - size);
      memcpy (record + size, vectors[i].iov_base, part);
      size += part;
    }
  return size;
}

/* Sends one record, like send(). */
static gssize
send_once (CfTlsStream *self, const char *data, gsize size)
{
  gsize sent;
  int result;

  ERR_clear_error ();
  result = SSL_write_ex (self->ssl, data, size, &sent);
  if (result == 1)
    return (gssize) sent;
  if (explain (self, result) != CF_TLS_FAILED)
    errno = EAGAIN;
  else
    errno = self->socket.error != 0 ? self->socket.error : EPIPE;
  ERR_clear_error ();
  return -1;
}

/**
 * cf_tls_stream_send:
 * @self: a stream that has shaken hands
 * @vectors: (array length=n_vectors): what to send; after a send that did not
 *   take all, the same bytes first
 * @n_vectors: how many they are, at least one
 *
 * Sends a record.  Short pieces share one; what fills a record is sent from
 * where it is.
 *
 * Returns: how many bytes were sent, or -1 and errno, with EAGAIN if some may
 *   be later
 */
gssize
cf_tls_stream_send (CfTlsStream *self,
                    const struct iovec *vectors,
                    gsize n_vectors)
{
  char record[RECORD_BYTES];
  gsize size;

  if (self->has_failed)
    {
      errno = EPIPE;
      return -1;
    }
  if (n_vectors == 1 || vectors[0].iov_len >= RECORD_BYTES)
    return send_once (self, vectors[0].iov_base, vectors[0].iov_len);
  size = fill_record (record, vectors, n_vectors);
  return send_once (self, record, size);
}

/**
 * cf_tls_stream_end:
 * @self: a stream
 *
 * Says that nothing more will be sent, if that can be said at all.
 *
 * Returns: %FALSE if it cannot be said before the socket takes more
 */
gboolean
cf_tls_stream_end (CfTlsStream *self)
{
  int result;

  if (!self->has_shaken || self->has_failed || self->has_said_end)
    return TRUE;
  ERR_clear_error ();
  result = SSL_shutdown (self->ssl);
  self->has_said_end =
      result >= 0 || SSL_get_error (self->ssl, result) != SSL_ERROR_WANT_WRITE;
  ERR_clear_error ();
  return self->has_said_end;
}
