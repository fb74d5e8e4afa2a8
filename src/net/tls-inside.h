/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls-inside.h -- what the files of TLS share.
 *
 * Only what is built with OpenSSL includes this.
 *
 * Thread safety: may be called in any thread.
 */
#pragma once

#include <openssl/ssl.h>

#include "net/tls-stream.h"

G_BEGIN_DECLS

CfTlsStream *cf_tls_stream_new (SSL_CTX *context, int fd, GError **error);

G_END_DECLS
