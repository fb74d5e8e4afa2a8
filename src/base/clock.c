/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/clock.h"

#include <time.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif

#define CALIBRATION_US 5000

gboolean cf_clock_counts_cycles = FALSE;
guint64 cf_clock_ns_per_tick = (guint64) 1 << 32;

/* Whether the time stamp counter runs at one rate, whatever the processor's
 * frequency and sleep ("invariant TSC"). */
static gboolean
has_steady_counter (void)
{
#ifdef __x86_64__
  guint a, b, c, d;

  return __get_cpuid (0x80000007, &a, &b, &c, &d) != 0 && (d & 1 << 8) != 0;
#else
  return FALSE;
#endif
}

/**
 * cf_clock_init:
 *
 * Finds out how long a tick is, which takes some milliseconds.  Before it was
 * called a tick is a nanosecond.
 */
void
cf_clock_init (void)
{
  guint64 ticks, ns;

  if (cf_clock_counts_cycles || !has_steady_counter ())
    return;
  cf_clock_counts_cycles = TRUE;
  ns = cf_clock_mono_ns ();
  ticks = cf_clock_ticks ();
  g_usleep (CALIBRATION_US);
  ns = cf_clock_mono_ns () - ns;
  ticks = cf_clock_ticks () - ticks;
  if (ticks == 0)
    cf_clock_counts_cycles = FALSE;
  else
    cf_clock_ns_per_tick = (ns << 32) / ticks;
}

static guint64
read_clock_ns (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (guint64) now.tv_sec * 1000000000 + (guint64) now.tv_nsec;
}

/**
 * cf_clock_wall_us:
 *
 * Returns: microseconds since the epoch
 */
gint64
cf_clock_wall_us (void)
{
  return (gint64) (read_clock_ns (CLOCK_REALTIME) / 1000);
}

/**
 * cf_clock_wall_ms:
 *
 * Returns: milliseconds since the epoch
 */
gint64
cf_clock_wall_ms (void)
{
  return (gint64) (read_clock_ns (CLOCK_REALTIME) / 1000000);
}

/**
 * cf_clock_mono_us:
 *
 * Returns: microseconds of a clock that is never set
 */
gint64
cf_clock_mono_us (void)
{
  return (gint64) (read_clock_ns (CLOCK_MONOTONIC) / 1000);
}

/**
 * cf_clock_mono_ns:
 *
 * Returns: nanoseconds of a clock that is never set
 */
guint64
cf_clock_mono_ns (void)
{
  return read_clock_ns (CLOCK_MONOTONIC);
}
