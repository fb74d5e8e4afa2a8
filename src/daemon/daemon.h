/* SPDX-License-Identifier: GPL-3.0-or-later */
/* daemon.h -- the server as a whole: how it starts, reloads and ends.
 *
 *   new: engine, loops, sockets that listen
 *   run: threads, signals, READY; the main loop accepts until the end begins
 *
 * The graceful end, by SIGINT, SIGTERM or SHUTDOWN: accept no more, begin no
 * more requests, cancel the shared GCancellable; the loops finish what runs,
 * send what is due, close their connections and end.  When they have not by
 * shutdown-timeout, the process ends nevertheless.  A second SIGINT ends it at
 * once.  SIGHUP reloads the configuration.
 *
 * Thread safety: all functions are for the main thread.
 */
#pragma once

#include "config/settings.h"

G_BEGIN_DECLS

typedef struct _CfDaemon CfDaemon;

gboolean cf_daemon_check (CfConfig *config, GError **error);
CfDaemon *cf_daemon_new (CfConfig *config, GError **error);
void cf_daemon_free (CfDaemon *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfDaemon, cf_daemon_free)

gboolean cf_daemon_run (CfDaemon *self, GError **error);
void cf_daemon_reload (CfDaemon *self);
void cf_daemon_stop (CfDaemon *self);

G_END_DECLS
