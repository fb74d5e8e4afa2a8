/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gather.h -- when a loop lets requests gather before it looks at them.
 *
 * To wake a thread costs whoever wakes it, and the thread, about as much as a
 * short request.  Where many connections send one request at a time, a loop
 * that sleeps as soon as it has nothing to do is woken for nearly each of
 * them, and the clients, who share the machine with it, pay.  Such a loop
 * sleeps for a moment by the clock instead, unless it is known that this costs
 * more than it saves: the clients must be many, so that they have more to do
 * meanwhile, and the moment must bring several requests.  It is what network
 * cards do under the name of interrupt coalescing.
 *
 * A connection is counted once in a window, by a mark that it keeps.
 *
 * Thread safety: belongs to the handler of one loop.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CF_GATHER_MOST_US 40 /* the longest moment */

typedef struct
{
  guint window;      /* the number of this one, never 0 */
  guint n_met;       /* connections that had a turn in this window */
  guint n_busy;      /* those that had one in the window before */
  guint n_to_wait;   /* sleeps until a moment is tried again */
  guint patience;    /* what @n_to_wait is set to next */
  gboolean was_soon; /* the last sleep ended within a moment */
} CfGather;

void cf_gather_begin_round (CfGather *self, gint64 now_ms);
void cf_gather_slept (CfGather *self, guint64 us);
void cf_gather_brought (CfGather *self, guint n);
guint cf_gather_moment_us (const CfGather *self);

/**
 * cf_gather_meet:
 * @self: a loop's
 * @window: (inout): the mark of a connection that has a turn, 0 at first
 */
static inline void
cf_gather_meet (CfGather *self, guint *window)
{
  self->n_met += *window != self->window;
  *window = self->window;
}

G_END_DECLS
