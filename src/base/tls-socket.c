/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/tls-socket.h"

#include <errno.h>
#include <sys/socket.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

static int
note_failure (CfTlsSocket *self, BIO *bio, int retry)
{
  if (errno == EAGAIN)
    BIO_set_flags (bio, retry | BIO_FLAGS_SHOULD_RETRY);
  else
    self->error = errno;
  return -1;
}

static int
on_read (BIO *bio, char *data, int size)
{
  CfTlsSocket *self = BIO_get_data (bio);
  gssize received;

  BIO_clear_retry_flags (bio);
  if (self->reads_max > 0 && self->reads == self->reads_max)
    {
      BIO_set_retry_read (bio);
      return -1;
    }
  self->reads++;
  do
    received = recv (self->fd, data, (gsize) size, MSG_DONTWAIT);
  while (received < 0 && errno == EINTR);
  self->drained = received < size;
  if (received < 0)
    return note_failure (self, bio, BIO_FLAGS_READ);
  if (received == 0)
    self->has_ended = TRUE;
  return (int) received;
}

static int
on_write (BIO *bio, const char *data, int size)
{
  CfTlsSocket *self = BIO_get_data (bio);
  gssize sent;

  BIO_clear_retry_flags (bio);
  do
    sent = send (self->fd, data, (gsize) size, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent < 0)
    return note_failure (self, bio, BIO_FLAGS_WRITE);
  return (int) sent;
}

static long
on_control (BIO *bio, int command, long number, void *pointer)
{
  const CfTlsSocket *self = BIO_get_data (bio);

  switch (command)
    {
    case BIO_CTRL_EOF:
      return self->has_ended;
    case BIO_CTRL_FLUSH:
      return 1;
    default:
      return 0;
    }
}

static int
on_create (BIO *bio)
{
  BIO_set_init (bio, 1);
  return 1;
}

static BIO_METHOD *
make_method (void)
{
  BIO_METHOD *method =
      BIO_meth_new (BIO_get_new_index () | BIO_TYPE_SOURCE_SINK, "coffer");

  g_assert (method != NULL && BIO_meth_set_read (method, on_read) &&
            BIO_meth_set_write (method, on_write) &&
            BIO_meth_set_ctrl (method, on_control) &&
            BIO_meth_set_create (method, on_create));
  return method;
}

static BIO_METHOD *
get_method (void)
{
  static gsize method;

  if (g_once_init_enter (&method))
    g_once_init_leave (&method, (gsize) make_method ());
  return (BIO_METHOD *) method;
}

/**
 * cf_tls_socket_set:
 * @self: a socket, which outlives @ssl
 * @ssl: a TLS connection
 *
 * Has the connection use the socket, which is never waited for.
 *
 * Returns: %FALSE if there is no memory
 */
gboolean
cf_tls_socket_set (CfTlsSocket *self, SSL *ssl)
{
  BIO *bio = BIO_new (get_method ());

  if (bio == NULL)
    return FALSE;
  BIO_set_data (bio, self);
  SSL_set_bio (ssl, bio, bio);
  return TRUE;
}

static const char *
find_reason (unsigned long code)
{
  const char *reason;

  if (ERR_SYSTEM_ERROR (code))
    return g_strerror (ERR_GET_REASON (code));
  reason = ERR_reason_error_string (code);
  return reason != NULL ? reason : "unknown error";
}

/**
 * cf_tls_describe_error:
 * @ssl: (nullable): the connection that failed
 * @socket: (nullable): its socket
 *
 * Says in a few words why OpenSSL failed, and forgets that it did.
 *
 * Returns: (transfer full): the reason, without the end of a sentence
 */
char *
cf_tls_describe_error (const SSL *ssl, const CfTlsSocket *socket)
{
  /* Who does not look at a certificate fails for other reasons. */
  long verified = ssl != NULL && SSL_get_verify_mode (ssl) != SSL_VERIFY_NONE
                      ? SSL_get_verify_result (ssl)
                      : X509_V_OK;
  unsigned long code = ERR_peek_error (); /* the first is the cause */
  const char *cause = NULL;

  if (code != 0)
    cause = find_reason (code);
  else if (socket != NULL && socket->error != 0)
    cause = g_strerror (socket->error);
  else
    cause = "the connection was closed";
  ERR_clear_error ();
  if (verified == X509_V_OK)
    return g_strdup (cause);
  return g_strdup_printf ("%s: %s", cause,
                          X509_verify_cert_error_string (verified));
}
