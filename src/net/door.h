/* SPDX-License-Identifier: GPL-3.0-or-later */
/* door.h -- a socket that is listened on, and the service that accepts there.
 *
 * Each has a GSocketService of its own: GIO loses a connection and accepts no
 * more when two sockets of one service are ready at once.  It lives as long as
 * the door, since a connection may be on its way through it at any time.
 *
 * Thread safety: for the main thread only, in whose main loop it accepts.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CfDoor CfDoor;

/* A client has come by a door whose sessions have @flags. */
typedef void (*CfDoorFunc) (gpointer data,
                            GSocketConnection *connection,
                            guint flags);

CfDoor *cf_door_open_host (
    const char *host, guint16 port, guint flags, int backlog, GError **error);
CfDoor *
cf_door_open_path (const char *path, int mode, int backlog, GError **error);
CfDoor *cf_door_inherit (int fd, GError **error);
void cf_door_free (CfDoor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfDoor, cf_door_free)

gboolean cf_door_is_at (const CfDoor *self,
                        const char *where,
                        guint16 port,
                        guint flags);
gboolean cf_door_is_inherited (const CfDoor *self);
guint16 cf_door_port (const CfDoor *self);
char *cf_door_describe (const CfDoor *self);
void cf_door_set_func (CfDoor *self, CfDoorFunc func, gpointer data);
void cf_door_set_accepting (CfDoor *self, gboolean on);

G_END_DECLS
