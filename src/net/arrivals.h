/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arrivals.h -- what becomes of a connection that has just been accepted.
 *
 * It goes to a loop at once, or, by TLS, when it has shaken hands.  Before
 * that it is counted against maxclients, and checked against protected-mode
 * and what users may have; whom it is refused is told so, and closed.
 *
 * Thread safety: unless said otherwise, functions are for the main thread.
 */
#pragma once

#include "net/loops.h"

G_BEGIN_DECLS

typedef struct _CfArrivals CfArrivals;

CfArrivals *cf_arrivals_new (CfEngine *engine, CfLoops *loops);
void cf_arrivals_free (CfArrivals *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfArrivals, cf_arrivals_free)

gboolean cf_arrivals_prepare_tls (CfArrivals *self, GError **error);
gboolean cf_arrivals_reload_tls (CfArrivals *self, GError **error);
void
cf_arrivals_add (CfArrivals *self, GSocketConnection *connection, guint flags);

G_END_DECLS
