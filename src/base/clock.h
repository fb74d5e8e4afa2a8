/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.h -- the clocks of the daemon.
 *
 * Deadlines are wall-clock milliseconds since the epoch, as in Redis; spans
 * are measured in ticks, the cheapest steady counter the machine has, and in
 * microseconds of the monotonic clock.  Ticks are the processor's time stamp
 * counter where it runs at one rate in all states, and nanoseconds elsewhere.
 *
 * Thread safety: all functions may be called from any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether ticks are the time stamp counter's; set by cf_clock_init() and only
 * read after. */
extern gboolean cf_clock_counts_cycles;
/* Nanoseconds a tick, times 2^32; set with it. */
extern guint64 cf_clock_ns_per_tick;

void cf_clock_init (void);      /* once, before threads: calibrates the ticks */
gint64 cf_clock_wall_us (void); /* microseconds since the epoch */
gint64 cf_clock_wall_ms (void); /* milliseconds since the epoch */
gint64 cf_clock_mono_us (void); /* microseconds, never set back */
guint64 cf_clock_mono_ns (void);

/**
 * cf_clock_ticks:
 *
 * Takes some nanoseconds.  Any thread.
 *
 * Returns: the time in ticks of unknown length, only good for differences
 */
static inline guint64
cf_clock_ticks (void)
{
#ifdef __x86_64__
  if (G_LIKELY (cf_clock_counts_cycles))
    return __builtin_ia32_rdtsc ();
#endif
  return cf_clock_mono_ns ();
}

/**
 * cf_clock_ticks_to_ns:
 * @ticks: the difference of two cf_clock_ticks()
 *
 * Returns: the same span in nanoseconds
 */
static inline guint64
cf_clock_ticks_to_ns (guint64 ticks)
{
  return (guint64) (((unsigned __int128) ticks * cf_clock_ns_per_tick) >> 32);
}

/**
 * cf_clock_ticks_to_us:
 * @ticks: the difference of two cf_clock_ticks()
 *
 * Returns: the same span in microseconds, rounded down
 */
static inline guint64
cf_clock_ticks_to_us (guint64 ticks)
{
  return cf_clock_ticks_to_ns (ticks) / 1000;
}

G_END_DECLS
