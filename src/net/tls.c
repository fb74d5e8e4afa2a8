/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/tls.h"

#include "base/error.h"
#include "base/lock.h"
#include "net/tls-context.h"
#include "net/tls-inside.h"

struct _CfTls
{
  CfMutex lock;
  SSL_CTX *context; /* (owned) (nullable) protected by @lock */
};

/**
 * cf_tls_new:
 *
 * Returns: (transfer full): without a certificate, so far
 */
CfTls *
cf_tls_new (void)
{
  CfTls *self = g_new0 (CfTls, 1);

  cf_mutex_init (&self->lock, CF_LOCK_TLS, 0);
  return self;
}

/**
 * cf_tls_free:
 * @self: (nullable) (transfer full): what nobody uses any more
 */
void
cf_tls_free (CfTls *self)
{
  if (self == NULL)
    return;
  cf_mutex_clear (&self->lock);
  SSL_CTX_free (self->context);
  g_free (self);
}

/**
 * cf_tls_configure:
 * @self: what clients are met with
 * @config: the settings
 * @error: return location for an error, or %NULL
 *
 * Reads the settings and the files they name.
 *
 * Returns: %FALSE if they cannot be used; then all is as it was
 */
gboolean
cf_tls_configure (CfTls *self, CfConfig *config, GError **error)
{
  SSL_CTX *context = cf_tls_context_new (config, error), *old;

  if (context == NULL)
    return FALSE;
  cf_mutex_lock (&self->lock);
  old = self->context;
  self->context = context;
  cf_mutex_unlock (&self->lock);
  SSL_CTX_free (old);
  return TRUE;
}

static SSL_CTX *
ref_context (CfTls *self)
{
  SSL_CTX *context;

  cf_mutex_lock (&self->lock);
  context = self->context;
  if (context != NULL)
    SSL_CTX_up_ref (context);
  cf_mutex_unlock (&self->lock);
  return context;
}

/**
 * cf_tls_accept:
 * @self: what clients are met with
 * @fd: a connected socket, which outlives the stream
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable): the connection, before its handshake
 */
CfTlsStream *
cf_tls_accept (CfTls *self, int fd, GError **error)
{
  SSL_CTX *context = ref_context (self);
  CfTlsStream *stream;

  if (context == NULL)
    {
      cf_throw (error, CF_ERROR_FAILED, "there is no certificate");
      return NULL;
    }
  stream = cf_tls_stream_new (context, fd, error);
  SSL_CTX_free (context); /* the stream has its own reference */
  return stream;
}
