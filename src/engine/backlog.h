/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backlog.h -- commands that are known to take long, and must not begin now.
 *
 * There are two reasons for that:
 *
 *  - Somebody has waited for a while to close the gate (gate.h).  Long
 *    commands that overlap without a pause would keep it open for ever.
 *  - As many handlers are busy as there may be but for a reserve.  A long
 *    command would then keep its loop, and with it all the clients of the
 *    loop, since nobody could relieve its handler (net/loops.h).
 *
 * Whoever joins the backlog is woken when neither is so any more, and then
 * tries again.  Short commands do not ask.
 *
 * Thread safety: all functions may be called from any thread.
 */
#pragma once

#include "store/hold.h"

G_BEGIN_DECLS

typedef struct _CfBacklog CfBacklog;

CfBacklog *cf_backlog_new (void);
void cf_backlog_free (CfBacklog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfBacklog, cf_backlog_free)

/* One more, or one less, has waited for long to close the gate. */
void cf_backlog_press (CfBacklog *self, gint change);
/* So many handlers more or less are busy, of @most; 0: there is no limit. */
void cf_backlog_count_handlers (CfBacklog *self, gint change, guint most);
gboolean cf_backlog_is_on (const CfBacklog *self); /* they must not begin */
/* FALSE: a long command may begin.  TRUE: @waiter is woken when it may. */
gboolean cf_backlog_join (CfBacklog *self, const CfWaiter *waiter);

G_END_DECLS
