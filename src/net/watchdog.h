/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watchdog.h -- sees to it that no loop waits for one command.
 *
 * A thread that looks at each loop every other millisecond while there is
 * traffic, and sleeps while there is none.  A loop that is still in the same
 * turn as when it looked before, or in one that has run commands for a
 * millisecond, gets a fresh handler if there is more for it to do; if not, the
 * watchdog waits for its events, too, and hands it over as soon as one comes.
 * Where one command is long, others are: for a while it then looks every
 * millisecond.  (To wake up takes some 10 us of a core, so looking twice as
 * often costs busy loops half a percent.)  Now and then it also looks how busy
 * the loops are, and has their number changed.
 *
 * Going to sleep: it stores that it sleeps and then looks once more whether
 * every loop sleeps; a loop that wakes stores that first and then looks
 * whether the watchdog sleeps.
 *
 * Thread safety: to be made and freed by one thread.
 */
#pragma once

#include "net/loop.h"

G_BEGIN_DECLS

#define CF_WATCHDOG_TICK_MS 2
#define CF_WATCHDOG_ALERT_TICK_MS 1
/* How long a turn may run commands. */
#define CF_WATCHDOG_PATIENCE_US 1000

typedef struct _CfWatchdog CfWatchdog;

/* Called every CF_WATCHDOG_SAMPLE_MS while there is traffic. */
#define CF_WATCHDOG_SAMPLE_MS 250
typedef void (*CfWatchdogFunc) (gpointer data, gint64 now_us);

CfWatchdog *
cf_watchdog_new (CfLoopGroup *group, CfWatchdogFunc sample, gpointer data);
void cf_watchdog_free (CfWatchdog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfWatchdog, cf_watchdog_free)

G_END_DECLS
