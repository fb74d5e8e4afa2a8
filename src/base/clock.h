/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.h -- the clocks of the daemon.
 *
 * Deadlines are wall-clock milliseconds since the epoch, as in Redis; spans
 * are measured in ticks, the cheapest steady counter the machine has, and in
 * microseconds of the monotonic clock.
 *
 * Thread safety: all functions may be called from any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void cf_clock_init (void);        /* once, before threads: calibrates the ticks */
gint64 cf_clock_wall_us (void);   /* microseconds since the epoch */
gint64 cf_clock_wall_ms (void);   /* milliseconds since the epoch */
gint64 cf_clock_mono_us (void);   /* microseconds, never set back */
guint64 cf_clock_ticks (void);    /* a few ns a call */
guint64 cf_clock_ticks_to_us (guint64 ticks);
guint64 cf_clock_ticks_to_ns (guint64 ticks);

G_END_DECLS
