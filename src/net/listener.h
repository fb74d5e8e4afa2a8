/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listener.h -- where clients arrive: TCP, TLS, a Unix socket, inherited
 * sockets.
 *
 * It has a door (door.h) for each address that the settings name, and passes
 * who comes by one on to the arrivals (arrivals.h).  When addresses change,
 * all new doors are opened first, so that if one cannot be nothing changes;
 * doors that are still wanted are kept, and no client is lost at them.
 *
 * Thread safety: unless said otherwise, functions are for the main thread.
 */
#pragma once

#include <gio/gio.h>

#include "net/loops.h"

G_BEGIN_DECLS

typedef struct _CfListener CfListener;

CfListener *cf_listener_new (CfEngine *engine, CfLoops *loops);
void cf_listener_free (CfListener *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfListener, cf_listener_free)

gboolean
cf_listener_inherit (CfListener *self, int first_fd, guint n, GError **error);
gboolean cf_listener_open (CfListener *self, GError **error);
gboolean cf_listener_reload_tls (CfListener *self, GError **error);
void cf_listener_start (CfListener *self);
void cf_listener_stop (CfListener *self);

G_END_DECLS
