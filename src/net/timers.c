/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/timers.h"

/**
 * cf_timers_init:
 * @self: (out caller-allocates): timers
 *
 * Begins without a timer.
 */
void
cf_timers_init (CfTimers *self)
{
  self->heap = g_ptr_array_new ();
}

/**
 * cf_timers_clear:
 * @self: timers
 *
 * Frees what @self takes; the timers are their owners'.
 */
void
cf_timers_clear (CfTimers *self)
{
  g_clear_pointer (&self->heap, g_ptr_array_unref);
}

static gboolean
is_earlier (const CfTimers *self, guint a, guint b)
{
  const CfTimer *timer_a = (const CfTimer *) self->heap->pdata[a];
  const CfTimer *timer_b = (const CfTimer *) self->heap->pdata[b];

  return timer_a->due_ms < timer_b->due_ms;
}

static void
put (CfTimers *self, guint at, CfTimer *timer)
{
  self->heap->pdata[at] = timer;
  timer->place = at + 1;
}

static void
swap (CfTimers *self, guint a, guint b)
{
  CfTimer *timer = (CfTimer *) self->heap->pdata[a];

  put (self, a, (CfTimer *) self->heap->pdata[b]);
  put (self, b, timer);
}

static void
sift (CfTimers *self, guint at)
{
  guint least;

  while (at > 0 && is_earlier (self, at, (at - 1) / 2))
    {
      swap (self, at, (at - 1) / 2);
      at = (at - 1) / 2;
    }
  while (TRUE)
    {
      least = at;
      for (guint child = 2 * at + 1; child <= 2 * at + 2; child++)
        if (child < self->heap->len && is_earlier (self, child, least))
          least = child;
      if (least == at)
        return;
      swap (self, at, least);
      at = least;
    }
}

/**
 * cf_timers_set:
 * @self: the timers of a loop
 * @timer: (transfer none): one that outlives its being set
 * @due_ms: when it is to be popped
 *
 * Sets @timer, or sets it anew.
 */
void
cf_timers_set (CfTimers *self, CfTimer *timer, gint64 due_ms)
{
  timer->due_ms = due_ms;
  if (timer->place == 0)
    {
      g_ptr_array_add (self->heap, timer);
      timer->place = self->heap->len;
    }
  sift (self, timer->place - 1);
}

/**
 * cf_timers_unset:
 * @self: timers
 * @timer: a timer, set or not
 *
 * Has a timer not go off.
 */
void
cf_timers_unset (CfTimers *self, CfTimer *timer)
{
  guint at = timer->place - 1;
  CfTimer *last;

  if (timer->place == 0)
    return;
  timer->place = 0;
  last = (CfTimer *) g_ptr_array_steal_index_fast (self->heap,
                                                   self->heap->len - 1);
  if (last == timer)
    return;
  put (self, at, last);
  sift (self, at);
}

/**
 * cf_timers_pop_due:
 * @self: the timers of a loop
 * @now_ms: the wall clock
 *
 * Returns: (transfer none) (nullable): a timer that was due and now is unset
 */
CfTimer *
cf_timers_pop_due (CfTimers *self, gint64 now_ms)
{
  CfTimer *first;

  if (cf_timers_next_ms (self) > now_ms)
    return NULL;
  first = (CfTimer *) self->heap->pdata[0];
  cf_timers_unset (self, first);
  return first;
}
