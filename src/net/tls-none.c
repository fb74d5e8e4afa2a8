/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TLS where there is no OpenSSL: nobody comes by it. */
#include "config.h"

#include <errno.h>

#include "base/error.h"
#include "net/tls.h"

/* -- In place of tls.c, where these functions are described -------------- */

/**
 * cf_tls_new:
 *
 * There is no OpenSSL here.
 */
CfTls *
cf_tls_new (void)
{
  return NULL;
}

/**
 * cf_tls_free:
 *
 * There is no OpenSSL here.
 */
void
cf_tls_free (CfTls *self)
{
}

/**
 * cf_tls_configure:
 *
 * There is no OpenSSL here.
 */
gboolean
cf_tls_configure (CfTls *self, CfConfig *config, GError **error)
{
  return cf_throw (error, CF_ERROR_FAILED, "cofferd was built without TLS");
}

/**
 * cf_tls_accept:
 *
 * There is no OpenSSL here.
 */
CfTlsStream *
cf_tls_accept (CfTls *self, int fd, GError **error)
{
  cf_tls_configure (self, NULL, error);
  return NULL;
}

/* -- In place of tls-stream.c -------------------------------------------- */

/**
 * cf_tls_stream_free:
 *
 * There is no OpenSSL here.
 */
void
cf_tls_stream_free (CfTlsStream *self)
{
  g_assert (self == NULL);
}

/**
 * cf_tls_stream_shake_hands:
 *
 * There is no OpenSSL here.
 */
CfTlsState
cf_tls_stream_shake_hands (CfTlsStream *self, GError **error)
{
  cf_tls_configure (NULL, NULL, error);
  return CF_TLS_FAILED;
}

/**
 * cf_tls_stream_receive:
 *
 * There is no OpenSSL here.
 */
gssize
cf_tls_stream_receive (CfTlsStream *self,
                       char *data,
                       gsize size,
                       gboolean *drained)
{
  *drained = FALSE;
  errno = EPROTO;
  return -1;
}

/**
 * cf_tls_stream_send:
 *
 * There is no OpenSSL here.
 */
gssize
cf_tls_stream_send (CfTlsStream *self,
                    const struct iovec *vectors,
                    gsize n_vectors)
{
  errno = EPROTO;
  return -1;
}

/**
 * cf_tls_stream_end:
 *
 * There is no OpenSSL here.
 */
gboolean
cf_tls_stream_end (CfTlsStream *self)
{
  return TRUE;
}
