/* SPDX-License-Identifier: GPL-3.0-or-later */
/* balance.h -- how many loops should be active.
 *
 * Where clients share the cores with the server, fewer loops do more: each
 * finds more to do at once.  So there is one more loop only when those there
 * are have been busy for a while, the machine has a core to spare, and it
 * then proves to help; and one less when the others could do its work.  What
 * helps one kind of load harms another, so when the time that a command takes
 * has become quite different, one loop less is tried, too.
 *
 * Where commands take long, a loop is handed over from thread to thread for
 * the sake of those that wait, and these have waited for a millisecond or two
 * each time.  Many hand-overs are a reason for one more loop, too, even if no
 * core is idle: it is the work of the server that keeps them busy.
 *
 * Thread safety: belongs to one thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 now_us;  /* monotonic */
  guint n_active; /* loops */
  guint n_connections;
  double least_busy; /* share of its time that the idlest active loop ran */
  double all_busy;   /* the same, summed over the active loops; with the turns
                        of handlers that were relieved, both may be above 1 */
  double idle_cores; /* of the machine; negative: not known */
  double rate;       /* commands a second */
  double hand_overs; /* a second */
} CfBalanceSample;

typedef struct
{
  guint n_most;        /* loops */
  guint n_saturated;   /* samples in a row */
  guint n_pressed;     /* samples in a row with many hand-overs */
  guint n_slack;       /* samples in a row */
  guint n_changed;     /* samples in a row in which commands were different */
  guint n_trial;       /* samples to go until a change is judged */
  gint trial;          /* the change: 1 or -1 */
  double trial_rate;   /* commands a second before it */
  double judged_cost;  /* time of a command, when the last one was judged */
  gint64 not_until_us; /* no new loop before */
  gint64 patience_us;  /* how long the next refusal lasts */
} CfBalance;

void cf_balance_init (CfBalance *self, guint n_most);
gint cf_balance_decide (CfBalance *self, const CfBalanceSample *sample);
double
cf_balance_read_idle (gint64 now_us, gint64 *last_us, guint64 *last_idle);

G_END_DECLS
