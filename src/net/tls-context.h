/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls-context.h -- what the tls-* settings say, as OpenSSL wants it.
 *
 * Only what is built with OpenSSL includes this.
 *
 * Thread safety: may be called in any thread.
 */
#pragma once

#include <openssl/ssl.h>

#include "config/settings.h"

G_BEGIN_DECLS

SSL_CTX *cf_tls_context_new (CfConfig *config, GError **error);

G_END_DECLS
