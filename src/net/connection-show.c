/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What CLIENT LIST and the like see of a connection. */
#include "config.h"

#include "net/connection.h"

/* What CLIENT LIST shows of the room to receive into, and of that for replies.
 * Both are the handler's, and lent to a connection while it is active. */
#define SHOWN_QUERY_ROOM (16 * 1024)
#define SHOWN_REPLY_LEAST 1024
/* What GIO and the C library allocate for a socket, about. */
#define SOCKET_BYTES 1024

#define SHOW(field, value)                                                     \
  __atomic_store_n (&self->session.shown.field, (value), __ATOMIC_RELAXED)

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
  SHOW (total_memory, sizeof *self + SOCKET_BYTES +
                          (self->tls != NULL ? CF_TLS_STREAM_BYTES : 0) +
                          memory + self->session.out.memory +
                          __atomic_load_n (&self->session.shown.multi_memory,
                                           __ATOMIC_RELAXED) +
                          __atomic_load_n (&self->session.shown.pubsub_memory,
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
