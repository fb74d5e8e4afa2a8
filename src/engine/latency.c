/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/lock.h"
#include "engine/latency.h"

typedef struct
{
  char event[32];
  CfLatencySample samples[CF_LATENCY_SAMPLES]; /* a ring */
  guint next;                                  /* where the next sample goes */
  guint n;                                     /* how many there are */
  guint32 max_ms;
} Ring;

struct _CfLatency
{
  CfMutex lock;
  GPtrArray *rings; /* (owned) (element-type Ring) protected by @lock */
};

/**
 * cf_latency_new:
 *
 * Makes a monitor without events.
 *
 * Returns: (transfer full): the monitor
 */
CfLatency *
cf_latency_new (void)
{
  CfLatency *self = g_new0 (CfLatency, 1);

  cf_mutex_init (&self->lock, CF_LOCK_LOG, 1);
  self->rings = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * cf_latency_free:
 * @self: (nullable) (transfer full): a monitor
 *
 * Frees the monitor.
 */
void
cf_latency_free (CfLatency *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->rings);
  cf_mutex_clear (&self->lock);
  g_free (self);
}

static Ring *
find_ring_locked (CfLatency *self, const char *event)
{
  for (guint i = 0; i < self->rings->len; i++)
    {
      Ring *ring = g_ptr_array_index (self->rings, i);

      if (strcmp (ring->event, event) == 0)
        return ring;
    }
  return NULL;
}

static void
add_sample (Ring *ring, gint64 time_s, guint32 latency_ms)
{
  CfLatencySample *last = &ring->samples[(ring->next + CF_LATENCY_SAMPLES - 1) %
                                         CF_LATENCY_SAMPLES];

  ring->max_ms = MAX (ring->max_ms, latency_ms);
  if (ring->n > 0 && last->time_s == time_s)
    {
      last->latency_ms = MAX (last->latency_ms, latency_ms);
      return;
    }
  ring->samples[ring->next] = (CfLatencySample){ time_s, latency_ms };
  ring->next = (ring->next + 1) % CF_LATENCY_SAMPLES;
  ring->n = MIN (ring->n + 1, CF_LATENCY_SAMPLES);
}

/**
 * cf_latency_add:
 * @self: the monitor
 * @event: what took long, a short name
 * @latency_ms: how long, in milliseconds
 * @now_ms: wall-clock milliseconds
 */
void
cf_latency_add (CfLatency *self,
                const char *event,
                gint64 latency_ms,
                gint64 now_ms)
{
  Ring *ring;

  cf_mutex_lock (&self->lock);
  ring = find_ring_locked (self, event);
  if (ring == NULL && self->rings->len < CF_LATENCY_EVENTS_MAX)
    {
      ring = g_new0 (Ring, 1);
      g_strlcpy (ring->event, event, sizeof ring->event);
      g_ptr_array_add (self->rings, ring);
    }
  if (ring != NULL)
    add_sample (ring, now_ms / 1000, (guint32) MIN (latency_ms, G_MAXUINT32));
  cf_mutex_unlock (&self->lock);
}

/**
 * cf_latency_latest:
 * @self: the monitor
 *
 * Returns: (transfer full) (element-type CfLatencyEvent): each event with its
 *   latest and its worst sample
 */
GArray *
cf_latency_latest (CfLatency *self)
{
  GArray *events = g_array_new (FALSE, TRUE, sizeof (CfLatencyEvent));

  cf_mutex_lock (&self->lock);
  for (guint i = 0; i < self->rings->len; i++)
    {
      const Ring *ring = g_ptr_array_index (self->rings, i);
      CfLatencyEvent event = { .max_ms = ring->max_ms };

      g_strlcpy (event.event, ring->event, sizeof event.event);
      event.latest = ring->samples[(ring->next + CF_LATENCY_SAMPLES - 1) %
                                   CF_LATENCY_SAMPLES];
      g_array_append_val (events, event);
    }
  cf_mutex_unlock (&self->lock);
  return events;
}

/**
 * cf_latency_history:
 * @self: a monitor
 * @event: the name of an event
 *
 * Copies the samples of an event, the oldest first.
 *
 * Returns: (transfer full) (element-type CfLatencySample): the samples
 */
GArray *
cf_latency_history (CfLatency *self, const char *event)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (CfLatencySample));
  const Ring *ring;

  cf_mutex_lock (&self->lock);
  ring = find_ring_locked (self, event);
  for (guint i = 0; ring != NULL && i < ring->n; i++)
    g_array_append_val (
        samples, ring->samples[(ring->next + CF_LATENCY_SAMPLES - ring->n + i) %
                               CF_LATENCY_SAMPLES]);
  cf_mutex_unlock (&self->lock);
  return samples;
}

/**
 * cf_latency_reset:
 * @self: the monitor
 * @event: (nullable): what to forget, or %NULL for everything
 *
 * Returns: how many events were forgotten
 */
guint
cf_latency_reset (CfLatency *self, const char *event)
{
  guint n = 0;

  cf_mutex_lock (&self->lock);
  for (guint i = self->rings->len; i-- > 0;)
    {
      const Ring *ring = g_ptr_array_index (self->rings, i);

      if (event != NULL && strcmp (ring->event, event) != 0)
        continue;
      g_ptr_array_remove_index (self->rings, i);
      n++;
    }
  cf_mutex_unlock (&self->lock);
  return n;
}
