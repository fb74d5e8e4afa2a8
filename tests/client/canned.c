/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "client/canned.h"

struct _CfCanned
{
  const CfCannedAnswer *answers; /* (not owned) */
  gsize n_answers;
  GSocketListener *listener; /* (owned) */
  guint16 port;
  GThread *thread;               /* (owned) */
  GSocketConnection *connection; /* (owned) (nullable) the thread's */
  GString *received;             /* (owned) the thread's until it ends */
};

static void
serve (CfCanned *self, const CfCannedAnswer *answer)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket;
  gsize start = self->received->len;
  char buffer[4096];
  gssize size;

  if (self->connection == NULL)
    self->connection =
        g_socket_listener_accept (self->listener, NULL, NULL, &error);
  g_assert_no_error (error);
  socket = g_socket_connection_get_socket (self->connection);
  while (answer->until == NULL ||
         strstr (self->received->str + start, answer->until) == NULL)
    {
      size = g_socket_receive (socket, buffer, sizeof buffer, NULL, &error);
      g_assert_no_error (error);
      if (size == 0)
        break;
      g_string_append_len (self->received, buffer, size);
    }
  size = g_socket_send (socket, answer->answer, strlen (answer->answer), NULL,
                        NULL);
  g_assert_cmpint (size, ==, (gssize) strlen (answer->answer));
  if (!answer->goes_on)
    g_clear_object (&self->connection);
}

static gpointer
serve_all (gpointer data)
{
  CfCanned *self = data;

  for (gsize i = 0; i < self->n_answers; i++)
    serve (self, &self->answers[i]);
  return NULL;
}

/**
 * cf_canned_start:
 * @answers: (array length=n_answers): what to say, kept by the caller
 * @n_answers: how many connections to take
 *
 * Returns: (transfer full): the server, for cf_canned_finish()
 */
CfCanned *
cf_canned_start (const CfCannedAnswer *answers, gsize n_answers)
{
  CfCanned *self = g_new0 (CfCanned, 1);
  g_autoptr (GInetAddress) loopback =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  self->answers = answers;
  self->n_answers = n_answers;
  self->received = g_string_new (NULL);
  self->listener = g_socket_listener_new ();
  g_socket_listener_add_address (self->listener, any, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->thread = g_thread_new ("canned", serve_all, self);
  return self;
}

guint16
cf_canned_get_port (const CfCanned *self)
{
  return self->port;
}

/**
 * cf_canned_finish:
 * @self: (transfer full): a server whose answers were all asked for
 *
 * Returns: (transfer full): all that it received
 */
char *
cf_canned_finish (CfCanned *self)
{
  char *received;

  g_thread_join (self->thread);
  received = g_string_free (self->received, FALSE);
  g_object_unref (self->listener);
  g_free (self);
  return received;
}
