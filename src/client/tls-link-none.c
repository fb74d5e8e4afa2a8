/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TLS where there is no OpenSSL: no link is ever made.  The functions are
 * described in tls-link.c. */
#include "config.h"

#include <glib/gi18n.h>

#include "base/error.h"
#include "client/tls-link.h"

/**
 * cf_tls_link_new:
 *
 * There is no OpenSSL here.
 */
CfTlsLink *
cf_tls_link_new (const CfTlsLinkOptions *options,
                 GSocket *socket,
                 GError **error)
{
  cf_throw (error, CF_ERROR_FAILED, _ ("coffer was built without TLS"));
  return NULL;
}

/**
 * cf_tls_link_free:
 *
 * There is no OpenSSL here.
 */
void
cf_tls_link_free (CfTlsLink *self)
{
  g_assert (self == NULL);
}

/**
 * cf_tls_link_has_pending:
 *
 * There is no OpenSSL here.
 */
gboolean
cf_tls_link_has_pending (const CfTlsLink *self)
{
  g_assert_not_reached ();
}

/**
 * cf_tls_link_receive:
 *
 * There is no OpenSSL here.
 */
gssize
cf_tls_link_receive (
    CfTlsLink *self, char *data, gsize size, gboolean wait, GError **error)
{
  g_assert_not_reached ();
}

/**
 * cf_tls_link_send:
 *
 * There is no OpenSSL here.
 */
gssize
cf_tls_link_send (CfTlsLink *self,
                  const char *data,
                  gsize size,
                  gboolean wait,
                  GError **error)
{
  g_assert_not_reached ();
}

/**
 * cf_tls_link_end:
 *
 * There is no OpenSSL here.
 */
gboolean
cf_tls_link_end (CfTlsLink *self, GError **error)
{
  g_assert_not_reached ();
}
