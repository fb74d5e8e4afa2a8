/* SPDX-License-Identifier: GPL-3.0-or-later */
/* latency.h -- the latency monitor: spikes by event, for LATENCY.
 *
 * For each event a ring of 160 samples, at most one a second (the worst).
 *
 * Thread safety: all functions may be called from any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CF_LATENCY_SAMPLES 160
#define CF_LATENCY_EVENTS_MAX 64

typedef struct
{
  gint64 time_s;
  guint32 latency_ms;
} CfLatencySample;

typedef struct
{
  char event[32];
  CfLatencySample latest;
  guint32 max_ms;
} CfLatencyEvent;

typedef struct _CfLatency CfLatency;

CfLatency *cf_latency_new (void);
void cf_latency_free (CfLatency *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfLatency, cf_latency_free)

/* @latency_ms is at least the threshold, the caller has looked. */
void cf_latency_add (CfLatency *self,
                     const char *event,
                     gint64 latency_ms,
                     gint64 now_ms);
GArray *
cf_latency_latest (CfLatency *self); /* (transfer full) of CfLatencyEvent */
GArray *cf_latency_history (CfLatency *self,
                            const char *event);              /* (transfer full)
                                          of CfLatencySample, oldest first */
guint cf_latency_reset (CfLatency *self, const char *event); /* NULL: all */

G_END_DECLS
