/* SPDX-License-Identifier: GPL-3.0-or-later */
/* timers.h -- what a loop has to do at a certain time: a binary heap.
 *
 * A timer is a member of what it is for.  To put one off costs nothing: it
 * stays where it is, and who is called looks whether it is really time.
 *
 * Invariants: a timer's @place is its position in the heap plus one, or 0
 * when it is not set; no timer is due before its parent.
 * Thread safety: timers belong to the handler that has their loop.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 due_ms; /* wall clock */
  guint place;
} CfTimer;

typedef struct
{
  GPtrArray *heap; /* (owned) (element-type CfTimer) not owning them */
} CfTimers;

void cf_timers_init (CfTimers *self);
void cf_timers_clear (CfTimers *self);
void cf_timers_set (CfTimers *self, CfTimer *timer, gint64 due_ms);
void cf_timers_unset (CfTimers *self, CfTimer *timer);
CfTimer *cf_timers_pop_due (CfTimers *self, gint64 now_ms);

/**
 * cf_timers_next_ms:
 * @self: timers
 *
 * Returns: when the first one is due, or %G_MAXINT64
 */
static inline gint64
cf_timers_next_ms (const CfTimers *self)
{
  const CfTimer *first;

  if (self->heap->len == 0)
    return G_MAXINT64;
  first = (const CfTimer *) self->heap->pdata[0];
  return first->due_ms;
}

G_END_DECLS
