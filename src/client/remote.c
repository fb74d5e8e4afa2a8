/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n.h>

#include "base/error.h"
#include "client/remote.h"
#include "proto/reply-reader.h"

#define RECEIVE_SIZE (64 * 1024)
#define REPLY_SIZE_MAX ((gsize) 64 * 1024 * 1024 * 1024)

struct _CfRemote
{
  char *name;                    /* (owned) for messages and the prompt */
  GSocketConnectable *address;   /* (owned) */
  const CfTlsLinkOptions *tls;   /* (not owned) (nullable) */
  GSocketConnection *connection; /* (owned) (nullable) */
  CfTlsLink *link;               /* (owned) (nullable) over it, with TLS */
  CfReplyReader *reader;         /* (owned) (nullable) of this connection */
  char received[RECEIVE_SIZE];
};

static char *
make_name (const char *host, guint16 port, const char *socket)
{
  if (socket != NULL)
    return g_strdup (socket);
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u",
                          host, port);
}

/**
 * cf_remote_new:
 * @host: a name or an address
 * @port: a TCP port
 * @socket: (nullable): the path of a Unix socket, used instead
 *
 * Returns: (transfer full): the remote, not connected
 */
CfRemote *
cf_remote_new (const char *host, guint16 port, const char *socket)
{
  CfRemote *self = g_new0 (CfRemote, 1);

  self->name = make_name (host, port, socket);
  if (socket != NULL)
    self->address = G_SOCKET_CONNECTABLE (g_unix_socket_address_new (socket));
  else
    self->address = g_network_address_new (host, port);
  return self;
}

/**
 * cf_remote_set_tls:
 * @self: a remote, not connected
 * @options: (transfer none): whether and how to speak by TLS; must outlive
 *   the remote
 */
void
cf_remote_set_tls (CfRemote *self, const CfTlsLinkOptions *options)
{
  self->tls = options->is_on ? options : NULL;
}

/**
 * cf_remote_free:
 * @self: (nullable) (transfer full): a remote
 *
 * Closes the connection and frees the remote.
 */
void
cf_remote_free (CfRemote *self)
{
  if (self == NULL)
    return;
  cf_remote_close (self);
  g_object_unref (self->address);
  g_free (self->name);
  g_free (self);
}

/**
 * cf_remote_get_name:
 * @self: a remote
 *
 * Returns: (transfer none): where it is, as people write it
 */
const char *
cf_remote_get_name (const CfRemote *self)
{
  return self->name;
}

/**
 * cf_remote_close:
 * @self: a remote, connected or not
 */
void
cf_remote_close (CfRemote *self)
{
  g_clear_pointer (&self->link, cf_tls_link_free);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->reader, cf_reply_reader_free);
}

/**
 * cf_remote_is_connected:
 * @self: a remote
 *
 * Returns: %TRUE if there is a connection
 */
gboolean
cf_remote_is_connected (const CfRemote *self)
{
  return self->connection != NULL;
}

/**
 * cf_remote_get_fd:
 * @self: a remote
 *
 * Returns: the socket of the connection, which stays the remote's; -1 if there
 *   is none
 */
int
cf_remote_get_fd (const CfRemote *self)
{
  if (self->connection == NULL)
    return -1;
  return g_socket_get_fd (g_socket_connection_get_socket (self->connection));
}

/* GIO says what it tried before it says why it failed, and so do we. */
static const char *
find_reason (const char *message)
{
  const char *colon = strrchr (message, ':');

  return colon != NULL && colon[1] == ' ' ? colon + 2 : message;
}

static GSocket *
get_socket (CfRemote *self)
{
  return g_socket_connection_get_socket (self->connection);
}

static gboolean
throw_unreachable (CfRemote *self, const char *reason, GError **error)
{
  cf_remote_close (self);
  return cf_throw (error, CF_ERROR_FAILED, _ ("Could not connect to %s: %s"),
                   self->name, reason);
}

/**
 * cf_remote_connect:
 * @self: a remote; an old connection is closed
 * @error: return location for an error, or %NULL
 *
 * Returns: %TRUE if there is a connection now
 */
gboolean
cf_remote_connect (CfRemote *self, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) trouble = NULL;

  cf_remote_close (self);
  g_socket_client_set_enable_proxy (client, FALSE);
  self->connection =
      g_socket_client_connect (client, self->address, NULL, &trouble);
  if (self->connection == NULL)
    return throw_unreachable (self, find_reason (trouble->message), error);
  if (g_socket_get_family (get_socket (self)) != G_SOCKET_FAMILY_UNIX)
    g_socket_set_option (get_socket (self), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  if (self->tls != NULL)
    {
      self->link = cf_tls_link_new (self->tls, get_socket (self), &trouble);
      if (self->link == NULL)
        return throw_unreachable (self, trouble->message, error);
    }
  self->reader = cf_reply_reader_new (REPLY_SIZE_MAX);
  return TRUE;
}

static gboolean
fail (CfRemote *self, GError **error, const char *message)
{
  cf_remote_close (self);
  return cf_throw (error, CF_ERROR_FAILED, "%s", message);
}

/* Sends all of @data by TLS. */
static gboolean
send_by_link (CfRemote *self, const char *data, gsize size, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  gssize sent;

  while (size > 0)
    {
      sent = cf_tls_link_send (self->link, data, size, TRUE, &trouble);
      if (sent < 0)
        return fail (self, error, trouble->message);
      data += sent;
      size -= (gsize) sent;
    }
  return TRUE;
}

/**
 * cf_remote_send_bytes:
 * @self: a remote
 * @data: (array length=size): bytes
 * @size: the size of @data
 * @error: return location for an error, or %NULL
 *
 * Sends @data as it is.
 *
 * Returns: %FALSE if there is no connection any more
 */
gboolean
cf_remote_send_bytes (CfRemote *self,
                      const char *data,
                      gsize size,
                      GError **error)
{
  g_autoptr (GError) trouble = NULL;
  GOutputStream *stream;

  if (self->connection == NULL)
    return fail (self, error, _ ("Not connected"));
  if (self->link != NULL)
    return send_by_link (self, data, size, error);
  stream = g_io_stream_get_output_stream (G_IO_STREAM (self->connection));
  if (!g_output_stream_write_all (stream, data, size, NULL, NULL, &trouble))
    return fail (self, error, find_reason (trouble->message));
  return TRUE;
}

/**
 * cf_remote_send:
 * @self: a remote
 * @argv: (array length=argc): a command and its arguments
 * @argc: how many they are
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if there is no connection any more
 */
gboolean
cf_remote_send (CfRemote *self, const CfSlice *argv, gsize argc, GError **error)
{
  g_autoptr (GString) request = g_string_new (NULL);

  g_string_append_printf (request, "*%" G_GSIZE_FORMAT "\r\n", argc);
  for (gsize i = 0; i < argc; i++)
    {
      g_string_append_printf (request, "$%" G_GSIZE_FORMAT "\r\n",
                              argv[i].size);
      g_string_append_len (request, argv[i].data, (gssize) argv[i].size);
      g_string_append (request, "\r\n");
    }
  return cf_remote_send_bytes (self, request->str, request->len, error);
}

/* @size is negative if nothing has come yet, which is so only with TLS and
 * if not to @wait. */
static gboolean
receive_more (CfRemote *self, gboolean wait, gssize *size, GError **error)
{
  g_autoptr (GError) trouble = NULL;

  if (self->link != NULL)
    *size = cf_tls_link_receive (self->link, self->received, RECEIVE_SIZE, wait,
                                 &trouble);
  else
    *size = g_socket_receive (get_socket (self), self->received, RECEIVE_SIZE,
                              NULL, &trouble);
  if (trouble != NULL)
    return fail (self, error, find_reason (trouble->message));
  return TRUE;
}

static gboolean
feed_more (CfRemote *self, gboolean wait, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  gssize size;

  if (!receive_more (self, wait, &size, error))
    return FALSE;
  if (size < 0)
    return TRUE;
  if (size == 0)
    return fail (self, error, _ ("Server closed the connection"));
  if (!cf_reply_reader_feed (self->reader, self->received, (gsize) size,
                             &trouble))
    return fail (self, error, trouble->message);
  return TRUE;
}

/**
 * cf_remote_receive:
 * @self: a remote
 * @error: return location for an error, or %NULL
 *
 * Waits for the next reply or push.
 *
 * Returns: (transfer full) (nullable): the reply, or %NULL if there is no
 *   connection any more
 */
CfReplyTree *
cf_remote_receive (CfRemote *self, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  CfReplyTree *reply;

  if (self->connection == NULL)
    fail (self, error, _ ("Not connected"));
  while (self->connection != NULL)
    if (!cf_reply_reader_next (self->reader, &reply, &trouble))
      fail (self, error, trouble->message);
    else if (reply != NULL)
      return reply;
    else if (!feed_more (self, TRUE, error))
      break;
  return NULL;
}

/**
 * cf_remote_call:
 * @self: a remote
 * @error: return location for an error, or %NULL
 * @...: a command and its arguments, strings, then %NULL
 *
 * Runs a command; pushes that come before its reply are dropped.
 *
 * Returns: (transfer full) (nullable): the reply, or %NULL if there is no
 *   connection any more
 */
CfReplyTree *
cf_remote_call (CfRemote *self, GError **error, ...)
{
  CfSlice argv[8];
  gsize argc = 0;
  const char *word;
  CfReplyTree *reply;
  va_list words;

  va_start (words, error);
  while ((word = va_arg (words, const char *)) != NULL)
    {
      g_assert (argc < G_N_ELEMENTS (argv));
      argv[argc++] = cf_slice_of_string (word);
    }
  va_end (words);

  if (!cf_remote_send (self, argv, argc, error))
    return NULL;
  while ((reply = cf_remote_receive (self, error)) != NULL &&
         reply->kind == CF_REPLY_TREE_PUSH)
    cf_reply_tree_free (reply);
  return reply;
}

static gboolean
send_some (
    CfRemote *self, const char *data, gsize size, gsize *sent, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  gssize n;

  if (self->link != NULL)
    n = cf_tls_link_send (self->link, data, size, FALSE, &trouble);
  else
    n = g_socket_send_with_blocking (get_socket (self), data, size, FALSE, NULL,
                                     &trouble);
  if (n < 0 && !g_error_matches (trouble, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return fail (self, error, find_reason (trouble->message));
  *sent = n > 0 ? (gsize) n : 0;
  return TRUE;
}

/* What can be done without waiting; waits for it, but not for longer than
 * @timeout_us.  0: nothing. */
static GIOCondition
wait_for (CfRemote *self, GIOCondition wanted, gint64 timeout_us)
{
  if (self->link != NULL && cf_tls_link_has_pending (self->link))
    return G_IO_IN;
  if (!g_socket_condition_timed_wait (get_socket (self), wanted, timeout_us,
                                      NULL, NULL))
    return 0;
  return g_socket_condition_check (get_socket (self), wanted);
}

/**
 * cf_remote_exchange:
 * @self: a remote
 * @data: (array length=size): bytes to send as they are
 * @size: how many they are, or 0
 * @sent: (out): how many of them were sent
 * @timeout_us: how long to wait, in microseconds; negative: for ever
 * @reply: (out) (transfer full) (nullable): a reply or push that came
 * @error: return location for an error, or %NULL
 *
 * Waits until some bytes could be sent or a reply is there, which goes before.
 * Neither is so when the time is up.
 *
 * Returns: %FALSE if there is no connection any more
 */
gboolean
cf_remote_exchange (CfRemote *self,
                    const char *data,
                    gsize size,
                    gsize *sent,
                    gint64 timeout_us,
                    CfReplyTree **reply,
                    GError **error)
{
  GIOCondition wanted = size > 0 ? G_IO_IN | G_IO_OUT : G_IO_IN;

  *sent = 0;
  for (;;)
    {
      g_autoptr (GError) trouble = NULL;
      GIOCondition met;

      if (self->connection == NULL)
        return fail (self, error, _ ("Not connected"));
      if (!cf_reply_reader_next (self->reader, reply, &trouble))
        return fail (self, error, trouble->message);
      met = *reply == NULL ? wait_for (self, wanted, timeout_us) : 0;
      if (met == 0)
        return TRUE;
      if (!(met & ~G_IO_OUT))
        return send_some (self, data, size, sent, error);
      if (!feed_more (self, FALSE, error))
        return FALSE;
    }
}

/**
 * cf_remote_receive_bytes:
 * @self: a remote, which owes no reply
 * @data: (out) (transfer none) (array length=size): what came, good until
 *   something else is received
 * @size: (out): how much that is
 * @error: return location for an error, or %NULL
 *
 * Waits for bytes that are in no form of the protocol.
 *
 * Returns: %FALSE if there is no connection any more
 */
gboolean
cf_remote_receive_bytes (CfRemote *self,
                         const char **data,
                         gsize *size,
                         GError **error)
{
  gssize n;

  if (self->connection == NULL)
    return fail (self, error, _ ("Not connected"));
  if (!receive_more (self, TRUE, &n, error))
    return FALSE;
  if (n == 0)
    return fail (self, error, _ ("Server closed the connection"));
  *data = self->received;
  *size = (gsize) n;
  return TRUE;
}

/**
 * cf_remote_finish:
 * @self: a remote
 * @answer: where to append what comes
 * @error: return location for an error, or %NULL
 *
 * Says that nothing more will be sent, and reads until the server closes.
 *
 * Returns: %FALSE if the connection failed before
 */
gboolean
cf_remote_finish (CfRemote *self, GString *answer, GError **error)
{
  gssize size;

  if (self->connection == NULL)
    return fail (self, error, _ ("Not connected"));
  if (self->link != NULL
          ? !cf_tls_link_end (self->link, error)
          : !g_socket_shutdown (get_socket (self), FALSE, TRUE, error))
    return FALSE;
  do
    {
      if (!receive_more (self, TRUE, &size, error))
        return FALSE;
      g_string_append_len (answer, self->received, size);
    }
  while (size > 0);
  cf_remote_close (self);
  return TRUE;
}
