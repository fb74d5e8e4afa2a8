/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "repl/lookup.h"
#include "repl/target.h"

#define STEP_US 50000 /* of a wait, between two looks at @stop */
#define BUFFER_SIZE 4096

struct _CfTarget
{
  GSocket *socket; /* (owned) */
  gint64 timeout_us;
  const gint *stop; /* (atomic) (not owned) */
  char buffer[BUFFER_SIZE];
  gsize start, end; /* of what was read and not used */
};

/* Until @condition, @deadline_us (steady clock), or the stop. */
static gboolean
wait_until (CfTarget *self, GIOCondition condition, gint64 deadline_us)
{
  while (!g_atomic_int_get (self->stop))
    {
      gint64 left_us = deadline_us - g_get_monotonic_time ();

      if (left_us <= 0)
        return FALSE;
      if (g_socket_condition_timed_wait (self->socket, condition,
                                         MIN (left_us, STEP_US), NULL, NULL))
        return TRUE;
    }
  return FALSE;
}

static gint64
deadline_of (const CfTarget *self)
{
  return g_get_monotonic_time () + self->timeout_us;
}

/* @refused is set if there is a machine, but nobody listens there. */
static gboolean
connect_to (CfTarget *self, GSocketAddress *address, gboolean *refused)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->socket);
  self->socket =
      g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                    G_SOCKET_PROTOCOL_TCP, NULL);
  if (self->socket == NULL)
    return FALSE;
  g_socket_set_blocking (self->socket, FALSE);
  if (!g_socket_connect (self->socket, address, NULL, &error) &&
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PENDING) &&
      wait_until (self, G_IO_OUT, deadline_of (self)))
    {
      g_clear_error (&error);
      g_socket_check_connect_result (self->socket, &error);
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    *refused = TRUE;
  return error == NULL;
}

/**
 * cf_target_connect:
 * @host: a name or an address
 * @port: a port
 * @timeout_ms: the longest wait, greater than 0
 * @stop: becomes %TRUE when nothing is to be waited for
 * @refused: (out): whether somebody is there who refused
 *
 * Returns: (transfer full) (nullable): a connection
 */
CfTarget *
cf_target_connect (const char *host,
                   guint16 port,
                   gint64 timeout_ms,
                   const gint *stop,
                   gboolean *refused)
{
  g_autoptr (CfTarget) self = g_new0 (CfTarget, 1);
  g_autoptr (GPtrArray) addresses = NULL;
  guint i = 0;

  self->timeout_us = MIN (timeout_ms, G_MAXINT64 / 2000) * 1000;
  self->stop = stop;
  addresses = cf_lookup (host, port, self->timeout_us, stop);
  *refused = FALSE;
  while (i < addresses->len && !connect_to (self, addresses->pdata[i], refused))
    i++;
  if (i == addresses->len)
    return NULL;
  g_socket_set_option (self->socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  return g_steal_pointer (&self);
}

/**
 * cf_target_free:
 * @self: (nullable) (transfer full): a target
 */
void
cf_target_free (CfTarget *self)
{
  if (self == NULL)
    return;
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
  g_free (self);
}

/**
 * cf_target_write:
 * @self: a target
 * @bytes: what to send
 *
 * Returns: %FALSE if not all of it could be sent
 */
gboolean
cf_target_write (CfTarget *self, CfSlice bytes)
{
  while (bytes.size > 0)
    {
      g_autoptr (GError) error = NULL;
      gssize n =
          g_socket_send (self->socket, bytes.data, bytes.size, NULL, &error);

      if (n < 0 && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return FALSE;
      if (n < 0 && !wait_until (self, G_IO_OUT, deadline_of (self)))
        return FALSE;
      if (n > 0)
        bytes = cf_slice (bytes.data + n, bytes.size - (gsize) n);
    }
  return TRUE;
}

/* Reads more into the buffer, which is empty. */
static gboolean
fill (CfTarget *self, gint64 deadline_us)
{
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      gssize n = g_socket_receive (self->socket, self->buffer, BUFFER_SIZE,
                                   NULL, &error);

      if (n > 0)
        {
          self->start = 0;
          self->end = (gsize) n;
          return TRUE;
        }
      if (n == 0 ||
          !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return FALSE;
      if (!wait_until (self, G_IO_IN, deadline_us))
        return FALSE;
    }
}

/**
 * cf_target_read_line:
 * @self: a target
 * @line: (inout): the line, without its end
 *
 * Returns: %FALSE if there was none in time
 */
gboolean
cf_target_read_line (CfTarget *self, GString *line)
{
  gint64 deadline_us = deadline_of (self);

  g_string_truncate (line, 0);
  for (;;)
    {
      char byte;

      if (self->start == self->end && !fill (self, deadline_us))
        return FALSE;
      byte = self->buffer[self->start++];
      if (byte == '\n')
        return TRUE;
      if (byte != '\r' && line->len < CF_TARGET_LINE_MAX)
        g_string_append_c (line, byte);
    }
}
