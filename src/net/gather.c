/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/gather.h"

#define WINDOW_BITS 7     /* 128 ms: a window */
#define CROWD 16          /* connections in a window: many */
#define BROUGHT 2         /* requests, or a moment was not worth it */
#define PATIENCE_MOST 256 /* sleeps after one that was not, again */

/**
 * cf_gather_begin_round:
 * @self: a loop's, all zero at first
 * @now_ms: the wall clock
 *
 * Begins a window when it is time.
 */
void
cf_gather_begin_round (CfGather *self, gint64 now_ms)
{
  guint window = (guint) (now_ms >> WINDOW_BITS) + 1;

  if (window == self->window)
    return;
  self->window = window;
  self->n_busy = self->n_met;
  self->n_met = 0;
}

/**
 * cf_gather_slept:
 * @self: a loop's
 * @us: how long it slept until something came, in microseconds
 */
void
cf_gather_slept (CfGather *self, guint64 us)
{
  self->was_soon = us < CF_GATHER_MOST_US;
  self->n_to_wait -= self->n_to_wait > 0;
}

/**
 * cf_gather_brought:
 * @self: a loop's that has let requests gather
 * @n: on how many connections something came
 */
void
cf_gather_brought (CfGather *self, guint n)
{
  if (n >= BROUGHT)
    {
      self->patience = 1;
      return;
    }
  self->n_to_wait = MAX (self->patience, 1);
  self->patience = MIN (self->n_to_wait * 2, PATIENCE_MOST);
}

/**
 * cf_gather_moment_us:
 * @self: a loop's
 *
 * The more clients there are, the longer they have something else to do.
 *
 * Returns: for how many microseconds the loop, with nothing to do, should
 *   sleep; 0: until something comes
 */
guint
cf_gather_moment_us (const CfGather *self)
{
  if (!self->was_soon || self->n_to_wait > 0 || self->n_busy < CROWD)
    return 0;
  return MIN (self->n_busy * 3 / 4, CF_GATHER_MOST_US);
}
