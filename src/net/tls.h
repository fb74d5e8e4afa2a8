/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls.h -- certificates and the rest of what clients by TLS are met with.
 *
 * When a setting or a file has changed, new clients are met with what there
 * is then, while those that are connected go on as they were.  What cannot be
 * used is refused, and the old stays.
 *
 * Without OpenSSL there is tls-none.c, where nothing can be configured.
 *
 * Thread safety: all functions may be called in any thread.
 */
#pragma once

#include "config/settings.h"
#include "net/tls-stream.h"

G_BEGIN_DECLS

typedef struct _CfTls CfTls;

CfTls *cf_tls_new (void);
void cf_tls_free (CfTls *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfTls, cf_tls_free)

gboolean cf_tls_configure (CfTls *self, CfConfig *config, GError **error);
CfTlsStream *cf_tls_accept (CfTls *self, int fd, GError **error);

G_END_DECLS
