/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target.h -- a connection to another server that is waited for: each
 * look-up, connect, write and read takes no longer than the timeout.
 *
 * The server's end ends every wait, too.
 *
 * Thread safety: a target belongs to one thread.
 */
#pragma once

#include <gio/gio.h>

#include "base/slice.h"

G_BEGIN_DECLS

typedef struct _CfTarget CfTarget;

#define CF_TARGET_LINE_MAX 1024 /* bytes of a reply; more are dropped */

/* @stop: (atomic) becomes TRUE when nothing is to be waited for any more.
 * NULL: there is no connection. */
CfTarget *cf_target_connect (const char *host,
                             guint16 port,
                             gint64 timeout_ms,
                             const gint *stop,
                             gboolean *refused);
void cf_target_free (CfTarget *self); /* closes it */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfTarget, cf_target_free)

/* FALSE: an error, or it took too long. */
gboolean cf_target_write (CfTarget *self, CfSlice bytes);
/* One line, without its end. */
gboolean cf_target_read_line (CfTarget *self, GString *line);

G_END_DECLS
