/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.h -- where GLib's messages go.
 *
 * The settings loglevel, logfile and syslog-* say which messages and where:
 * a file, the journal, standard error, and syslog beside it.  A message is
 * one line, written in one piece.
 *
 * loglevel    lets pass
 * debug       g_debug() and more
 * verbose     g_info() and more
 * notice      g_message() and more
 * warning     g_warning() and more
 *
 * Thread safety: cf_log_open() and cf_log_close() while there is one thread;
 * cf_log_reopen() and messages from any.
 */
#pragma once

#include "config/settings.h"

G_BEGIN_DECLS

gboolean cf_log_open (CfConfig *config, GError **error);
gboolean cf_log_reopen (GError **error);
void cf_log_close (void);

G_END_DECLS
