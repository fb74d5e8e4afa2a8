/* SPDX-License-Identifier: GPL-3.0-or-later */
/* remote.h -- the server at the other end: one connection, commands out,
 * replies in.
 *
 * By TCP or a Unix socket, and by TLS over it if so told.  Everything blocks.
 * A connection that failed is closed; connect again to go on.
 *
 * Thread safety: a remote belongs to one thread at a time.
 */
#pragma once

#include <gio/gio.h>

#include "base/slice.h"
#include "client/tls-link.h"
#include "proto/reply-tree.h"

G_BEGIN_DECLS

typedef struct _CfRemote CfRemote;

CfRemote *cf_remote_new (const char *host, guint16 port, const char *socket);
void cf_remote_set_tls (CfRemote *self, const CfTlsLinkOptions *options);
void cf_remote_free (CfRemote *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfRemote, cf_remote_free)

const char *cf_remote_get_name (const CfRemote *self);
gboolean cf_remote_connect (CfRemote *self, GError **error);
void cf_remote_close (CfRemote *self);
gboolean cf_remote_is_connected (const CfRemote *self);
int cf_remote_get_fd (const CfRemote *self);

gboolean cf_remote_send (CfRemote *self,
                         const CfSlice *argv,
                         gsize argc,
                         GError **error);
CfReplyTree *cf_remote_receive (CfRemote *self, GError **error);
CfReplyTree *
cf_remote_call (CfRemote *self, GError **error, ...) G_GNUC_NULL_TERMINATED;

gboolean cf_remote_send_bytes (CfRemote *self,
                               const char *data,
                               gsize size,
                               GError **error);
gboolean cf_remote_exchange (CfRemote *self,
                             const char *data,
                             gsize size,
                             gsize *sent,
                             gint64 timeout_us,
                             CfReplyTree **reply,
                             GError **error);
gboolean cf_remote_receive_bytes (CfRemote *self,
                                  const char **data,
                                  gsize *size,
                                  GError **error);
gboolean cf_remote_finish (CfRemote *self, GString *answer, GError **error);

G_END_DECLS
