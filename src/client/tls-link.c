/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "client/tls-link.h"

#include <openssl/err.h>
#include <glib/gi18n.h>

#include "base/error.h"
#include "base/tls-socket.h"

struct _CfTlsLink
{
  GSocket *socket;  /* (owned) */
  SSL_CTX *context; /* (owned) */
  SSL *ssl;         /* (owned) */
  CfTlsSocket below;
  gboolean has_shaken;
  gboolean has_failed;
};

/* -- Setting up ----------------------------------------------------------- */

static gboolean
throw_reason (CfTlsLink *self, GError **error)
{
  g_autofree char *reason = cf_tls_describe_error (self->ssl, &self->below);

  self->has_failed = TRUE;
  return cf_throw (error, CF_ERROR_FAILED, "%s", reason);
}

/* Tells that what @option says cannot be used. */
static gboolean
throw_option (const char *option, const char *value, GError **error)
{
  g_autofree char *reason = cf_tls_describe_error (NULL, NULL);

  return cf_throw (error, CF_ERROR_FAILED, _ ("cannot use --%s %s (%s)"),
                   option, value, reason);
}

static gboolean
set_authorities (CfTlsLink *self,
                 const CfTlsLinkOptions *options,
                 GError **error)
{
  const char *file = options->authority, *folder = options->authority_dir;

  if (options->is_insecure)
    return TRUE;
  SSL_CTX_set_verify (self->context, SSL_VERIFY_PEER, NULL);
  if (file != NULL && SSL_CTX_load_verify_file (self->context, file) != 1)
    return throw_option ("cacert", file, error);
  if (folder != NULL && SSL_CTX_load_verify_dir (self->context, folder) != 1)
    return throw_option ("cacertdir", folder, error);
  if (file == NULL && folder == NULL)
    SSL_CTX_set_default_verify_paths (self->context);
  return TRUE;
}

static gboolean
set_certificate (CfTlsLink *self,
                 const CfTlsLinkOptions *options,
                 GError **error)
{
  if (options->certificate != NULL &&
      SSL_CTX_use_certificate_chain_file (self->context,
                                          options->certificate) != 1)
    return throw_option ("cert", options->certificate, error);
  if (options->key != NULL &&
      SSL_CTX_use_PrivateKey_file (self->context, options->key,
                                   SSL_FILETYPE_PEM) != 1)
    return throw_option ("key", options->key, error);
  return TRUE;
}

static gboolean
set_ciphers (CfTlsLink *self, const CfTlsLinkOptions *options, GError **error)
{
  if (options->ciphers != NULL &&
      SSL_CTX_set_cipher_list (self->context, options->ciphers) != 1)
    return throw_option ("tls-ciphers", options->ciphers, error);
  if (options->suites != NULL &&
      SSL_CTX_set_ciphersuites (self->context, options->suites) != 1)
    return throw_option ("tls-ciphersuites", options->suites, error);
  return TRUE;
}

static gboolean
set_up (CfTlsLink *self, const CfTlsLinkOptions *options, GError **error)
{
  ERR_clear_error ();
  self->context = SSL_CTX_new (TLS_client_method ());
  if (self->context == NULL)
    return throw_reason (self, error);
  SSL_CTX_set_options (self->context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode (self->context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_min_proto_version (self->context, TLS1_2_VERSION);
  if (!set_authorities (self, options, error) ||
      !set_certificate (self, options, error) ||
      !set_ciphers (self, options, error))
    return FALSE;
  self->ssl = SSL_new (self->context);
  if (self->ssl == NULL || !cf_tls_socket_set (&self->below, self->ssl))
    return throw_reason (self, error);
  SSL_set_connect_state (self->ssl);
  /* The name that is asked for is the one to be shown. */
  if (options->sni != NULL &&
      (SSL_set_tlsext_host_name (self->ssl, options->sni) != 1 ||
       SSL_set1_host (self->ssl, options->sni) != 1))
    return throw_option ("sni", options->sni, error);
  return TRUE;
}

/* -- Waiting -------------------------------------------------------------- */

/* What became of a step of OpenSSL's that returned no success. */
typedef enum
{
  STEP_AGAIN, /* try again */
  STEP_LATER, /* it had to wait, and may not */
  STEP_ENDED, /* the peer says no more */
  STEP_FAILED,
} Step;

static Step
wait_for (CfTlsLink *self,
          GIOCondition condition,
          gboolean wait,
          GError **error)
{
  g_autoptr (GError) trouble = NULL;

  if (!wait)
    return STEP_LATER;
  if (g_socket_condition_wait (self->socket, condition, NULL, &trouble))
    return STEP_AGAIN;
  self->has_failed = TRUE;
  g_propagate_error (error, g_steal_pointer (&trouble));
  return STEP_FAILED;
}

static Step
go_on (CfTlsLink *self, int result, gboolean wait, GError **error)
{
  switch (SSL_get_error (self->ssl, result))
    {
    case SSL_ERROR_WANT_READ:
      return wait_for (self, G_IO_IN, wait, error);
    case SSL_ERROR_WANT_WRITE:
      return wait_for (self, G_IO_OUT, wait, error);
    case SSL_ERROR_ZERO_RETURN:
      return STEP_ENDED;
    default:
      throw_reason (self, error);
      return STEP_FAILED;
    }
}

static gboolean
shake_hands (CfTlsLink *self, GError **error)
{
  Step step = STEP_AGAIN;
  int result;

  while (step == STEP_AGAIN)
    {
      ERR_clear_error ();
      result = SSL_do_handshake (self->ssl);
      if (result == 1)
        {
          self->has_shaken = TRUE;
          return TRUE;
        }
      step = go_on (self, result, TRUE, error);
    }
  return step == STEP_FAILED ? FALSE : throw_reason (self, error);
}

/* -- For the remote ------------------------------------------------------- */

/**
 * cf_tls_link_new:
 * @options: how to meet the server
 * @socket: (transfer none): a connected socket
 * @error: return location for an error, or %NULL
 *
 * Shakes hands, however long that takes.
 *
 * Returns: (transfer full) (nullable): the link
 */
CfTlsLink *
cf_tls_link_new (const CfTlsLinkOptions *options,
                 GSocket *socket,
                 GError **error)
{
  g_autoptr (CfTlsLink) self = g_new0 (CfTlsLink, 1);

  self->socket = g_object_ref (socket);
  self->below.fd = g_socket_get_fd (socket);
  if (!set_up (self, options, error) || !shake_hands (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * cf_tls_link_free:
 * @self: (nullable) (transfer full): a link
 *
 * Says the end, if that needs no waiting.
 */
void
cf_tls_link_free (CfTlsLink *self)
{
  if (self == NULL)
    return;
  if (self->has_shaken && !self->has_failed)
    (void) !SSL_shutdown (self->ssl);
  ERR_clear_error ();
  SSL_free (self->ssl);
  SSL_CTX_free (self->context);
  g_object_unref (self->socket);
  g_free (self);
}

/**
 * cf_tls_link_has_pending:
 * @self: a link
 *
 * Returns: whether there is something to receive that the socket does not
 *   know of
 */
gboolean
cf_tls_link_has_pending (const CfTlsLink *self)
{
  return SSL_has_pending (self->ssl) == 1;
}

/**
 * cf_tls_link_receive:
 * @self: a link
 * @data: (out) (array length=size): where to put what comes
 * @size: how much there is room for
 * @wait: whether to wait until something comes
 * @error: return location for an error, or %NULL
 *
 * Returns: how many bytes came, 0 at the end, -1 and an error, or -1 without
 *   one if nothing has come
 */
gssize
cf_tls_link_receive (
    CfTlsLink *self, char *data, gsize size, gboolean wait, GError **error)
{
  gsize received;
  Step step;
  int result;

  do
    {
      ERR_clear_error ();
      result = SSL_read_ex (self->ssl, data, size, &received);
      if (result == 1)
        return (gssize) received;
      step = go_on (self, result, wait, error);
    }
  while (step == STEP_AGAIN);
  return step == STEP_ENDED ? 0 : -1;
}

/**
 * cf_tls_link_send:
 * @self: a link
 * @data: (array length=size): what to send; after 0 was returned, the same
 * @size: its size, not 0
 * @wait: whether to wait until some can be sent
 * @error: return location for an error, or %NULL
 *
 * Returns: how many bytes were sent, 0 if none could be, or -1
 */
gssize
cf_tls_link_send (CfTlsLink *self,
                  const char *data,
                  gsize size,
                  gboolean wait,
                  GError **error)
{
  gsize sent;
  Step step;
  int result;

  do
    {
      ERR_clear_error ();
      result = SSL_write_ex (self->ssl, data, size, &sent);
      if (result == 1)
        return (gssize) sent;
      step = go_on (self, result, wait, error);
    }
  while (step == STEP_AGAIN);
  if (step == STEP_ENDED)
    throw_reason (self, error);
  return step == STEP_LATER ? 0 : -1;
}

/**
 * cf_tls_link_end:
 * @self: a link
 * @error: return location for an error, or %NULL
 *
 * Says that nothing more will be sent.
 *
 * Returns: %FALSE if that failed
 */
gboolean
cf_tls_link_end (CfTlsLink *self, GError **error)
{
  Step step;
  int result;

  do
    {
      ERR_clear_error ();
      result = SSL_shutdown (self->ssl);
      if (result >= 0)
        return TRUE;
      step = go_on (self, result, TRUE, error);
    }
  while (step == STEP_AGAIN);
  return step == STEP_ENDED;
}
