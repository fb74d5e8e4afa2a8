/* SPDX-License-Identifier: GPL-3.0-or-later */
/* monitor.h -- MONITOR: sessions that are shown every command.
 *
 * Thread safety: all functions may be called from any thread.
 */
#pragma once

#include "engine/session.h"

G_BEGIN_DECLS

typedef struct _CfMonitors CfMonitors;

CfMonitors *cf_monitors_new (void);
void cf_monitors_free (CfMonitors *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfMonitors, cf_monitors_free)

void cf_monitors_add (CfMonitors *self, CfSession *session);
void cf_monitors_remove (CfMonitors *self,
                         CfSession *session);      /* fine if not in */
gboolean cf_monitors_any (const CfMonitors *self); /* one load */
void cf_monitors_feed (CfMonitors *self,
                       CfSession *from,
                       guint db,
                       const CfSlice *argv,
                       guint argc,
                       guint64 redacted,
                       gint64 now_us);

G_END_DECLS
