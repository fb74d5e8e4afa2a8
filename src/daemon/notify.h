/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notify.h -- the two small protocols between a daemon and systemd.
 *
 * State goes to the socket that NOTIFY_SOCKET names (sd_notify(3)); sockets
 * that were opened for us come as file descriptors (sd_listen_fds(3)).
 *
 * Thread safety: cf_notify() may be called from any thread;
 * cf_notify_listen_fds() only before there is a second one.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CF_NOTIFY_FIRST_FD 3

gboolean cf_notify (const char *format, ...) G_GNUC_PRINTF (1, 2);
guint cf_notify_listen_fds (void);

G_END_DECLS
