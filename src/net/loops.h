/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loops.h -- all loops, the pool of threads that run them, the watchdog.
 *
 * Thread safety: unless said otherwise for the thread that made it.
 */
#pragma once

#include "net/loop.h"

G_BEGIN_DECLS

typedef struct _CfLoops CfLoops;

/* Called in some thread when all loops have ended. */
typedef void (*CfLoopsFunc) (gpointer data);

CfLoops *cf_loops_new (CfEngine *engine,
                       GCancellable *cancellable,
                       CfLoopsFunc ended,
                       gpointer data,
                       GError **error);
gboolean cf_loops_start (CfLoops *self, GError **error);
void cf_loops_free (CfLoops *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfLoops, cf_loops_free)

void cf_loops_add (CfLoops *self,
                   GSocketConnection *socket,
                   guint flags,
                   CfTlsStream *tls);
guint cf_loops_n_connections (CfLoops *self);
void cf_loops_describe (CfLoops *self, guint *n_loops, guint *n_handlers);
void cf_loops_review (CfLoops *self);
void cf_loops_set_stopping (CfLoops *self);
gboolean cf_loops_abandon (CfLoops *self, guint patience_ms);

G_END_DECLS
