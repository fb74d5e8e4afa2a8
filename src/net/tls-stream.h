/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls-stream.h -- a connection by TLS, in place of a bare socket.
 *
 * To whoever receives and sends it behaves like a socket that does not block,
 * read and written through epoll's edges.  What it holds besides are bytes
 * that were received but not asked for yet; so there may be more to receive
 * until a receive says that it has @drained the stream.  A record that could
 * not be sent in full is kept, and goes on with the next send, which has to
 * give the same bytes again, be it from another place, and may give more.
 *
 * To receive it may have to send, and the other way round; therefore either
 * kind of event is a reason to try both again.
 *
 * Invariants: 1. An idle stream holds no buffers.  2. After a failure nothing
 * more is sent.  Renegotiation is refused, so a stream that has shaken hands
 * never does so again.
 *
 * Thread safety: a stream belongs to one thread at a time.
 */
#pragma once

#include <sys/uio.h>

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CfTlsStream CfTlsStream;

typedef enum
{
  CF_TLS_DONE,
  CF_TLS_WANTS_READ,
  CF_TLS_WANTS_WRITE,
  CF_TLS_FAILED,
} CfTlsState;

/* What a stream takes of memory while it is idle, about, in bytes. */
#define CF_TLS_STREAM_BYTES (16 * 1024)

void cf_tls_stream_free (CfTlsStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfTlsStream, cf_tls_stream_free)

CfTlsState cf_tls_stream_shake_hands (CfTlsStream *self, GError **error);
gssize cf_tls_stream_receive (CfTlsStream *self,
                              char *data,
                              gsize size,
                              gboolean *drained);
gssize cf_tls_stream_send (CfTlsStream *self,
                           const struct iovec *vectors,
                           gsize n_vectors);
gboolean cf_tls_stream_end (CfTlsStream *self);

G_END_DECLS
