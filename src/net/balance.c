/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/balance.h"

#include <stdio.h>
#include <unistd.h>

#define SATURATED 0.85      /* share of its time that a loop runs */
#define SATURATED_SAMPLES 4 /* in a row, before a loop is added */
#define SPARE_CORES 0.5     /* idle, before a loop is added */
#define DEAR_US 50          /* a command that takes so long is work enough */
#define DEAR_SAMPLES 2      /* in a row, before a loop is added for such */
#define HAND_OVERS 20       /* a second, before a loop is added */
#define PRESSED_SAMPLES 2   /* in a row, before a loop is added for them */
#define TRIAL_SAMPLES 4     /* until a change is judged */
#define TRIAL_GAIN 1.05     /* times the commands, or a new loop goes again */
#define TRIAL_LOSS 0.98     /* times the commands, or the old one comes back */
#define CHANGED_SAMPLES 2   /* in a row, before one less is tried */
#define CHANGED_COST 1.5    /* times the time of a command, or a part of it */
#define SLACK 0.6           /* share of the time of the loops that stay */
#define SLACK_SAMPLES 12    /* in a row, before a loop is taken away */
#define PATIENCE_US (10 * G_USEC_PER_SEC)
#define PATIENCE_MOST_US (320 * G_USEC_PER_SEC)

/**
 * cf_balance_init:
 * @self: (out caller-allocates): a balance
 * @n_most: how many loops there are
 *
 * Begins without a past.
 */
void
cf_balance_init (CfBalance *self, guint n_most)
{
  *self = (CfBalance){ .n_most = n_most, .patience_us = PATIENCE_US };
}

/* Loop seconds that a command takes. */
static double
cost_of (const CfBalanceSample *sample)
{
  return sample->rate > 0 ? sample->all_busy / sample->rate : 0;
}

static gint
begin_trial (CfBalance *self, const CfBalanceSample *sample, gint change)
{
  self->n_saturated = self->n_pressed = self->n_changed = self->n_slack = 0;
  self->n_trial = TRIAL_SAMPLES;
  self->trial = change;
  self->trial_rate = sample->rate;
  return change;
}

/* Returns what is to be done about the change: 0, or its opposite. */
static gint
judge_trial (CfBalance *self, const CfBalanceSample *sample)
{
  if (--self->n_trial > 0)
    return 0;
  self->judged_cost = cost_of (sample);
  if (self->trial < 0)
    return sample->rate < self->trial_rate * TRIAL_LOSS &&
                   sample->n_active < self->n_most
               ? 1
               : 0;
  if (sample->rate >= self->trial_rate * TRIAL_GAIN)
    {
      self->patience_us = PATIENCE_US;
      return 0;
    }
  self->not_until_us = sample->now_us + self->patience_us;
  self->patience_us = MIN (self->patience_us * 2, PATIENCE_MOST_US);
  return sample->n_active > 1 ? -1 : 0;
}

/* Whether more than one loop run another load than was judged last. */
static gboolean
has_changed (const CfBalance *self, const CfBalanceSample *sample)
{
  double cost = cost_of (sample);

  return sample->n_active > 1 && cost > 0 && self->judged_cost > 0 &&
         (cost > self->judged_cost * CHANGED_COST ||
          cost * CHANGED_COST < self->judged_cost);
}

static gboolean
may_add (const CfBalance *self, const CfBalanceSample *sample)
{
  return sample->n_active < self->n_most &&
         sample->n_connections > sample->n_active &&
         sample->now_us >= self->not_until_us;
}

static gboolean
is_saturated (const CfBalance *self, const CfBalanceSample *sample)
{
  return may_add (self, sample) && sample->least_busy > SATURATED &&
         sample->idle_cores >= SPARE_CORES;
}

static gboolean
is_pressed (const CfBalance *self, const CfBalanceSample *sample)
{
  return may_add (self, sample) && sample->hand_overs >= HAND_OVERS;
}

/* After how many samples of saturation there is to be one more loop: where a
 * command takes long, to go to another core costs it nothing. */
static guint
saturated_samples (const CfBalanceSample *sample)
{
  return cost_of (sample) * G_USEC_PER_SEC >= DEAR_US ? DEAR_SAMPLES
                                                      : SATURATED_SAMPLES;
}

/**
 * cf_balance_decide:
 * @self: what it remembers
 * @sample: how the loops did since it was asked last
 *
 * Returns: 1 for one loop more, -1 for one less, 0 to leave it
 */
gint
cf_balance_decide (CfBalance *self, const CfBalanceSample *sample)
{
  gboolean is_slack =
      sample->n_active > 1 &&
      sample->all_busy < SLACK * (double) (sample->n_active - 1);

  if (self->n_trial > 0)
    return judge_trial (self, sample);
  self->n_saturated = is_saturated (self, sample) ? self->n_saturated + 1 : 0;
  self->n_pressed = is_pressed (self, sample) ? self->n_pressed + 1 : 0;
  self->n_slack = is_slack ? self->n_slack + 1 : 0;
  self->n_changed = has_changed (self, sample) ? self->n_changed + 1 : 0;
  if (self->n_saturated >= saturated_samples (sample) ||
      self->n_pressed >= PRESSED_SAMPLES)
    return begin_trial (self, sample, 1);
  if (self->n_changed >= CHANGED_SAMPLES)
    return begin_trial (self, sample, -1);
  if (self->n_slack < SLACK_SAMPLES)
    return 0;
  self->n_slack = 0;
  return -1;
}

/**
 * cf_balance_read_idle:
 * @now_us: the monotonic clock
 * @last_us: (inout): when it was read last, 0 at first
 * @last_idle: (inout): what was read then
 *
 * Returns: how many cores of the machine were idle since then, or -1 if the
 *   system does not tell
 */
double
cf_balance_read_idle (gint64 now_us, gint64 *last_us, guint64 *last_idle)
{
  unsigned long long user, nice, system, idle, waiting;
  FILE *file = fopen ("/proc/stat", "re");
  double cores = -1;
  int n;

  if (file == NULL)
    return -1;
  n = fscanf (file, "cpu %llu %llu %llu %llu %llu", &user, &nice, &system,
              &idle, &waiting);
  fclose (file);
  if (n != 5)
    return -1;
  if (*last_us != 0 && now_us > *last_us)
    cores = (double) (idle + waiting - *last_idle) * G_USEC_PER_SEC /
            (double) sysconf (_SC_CLK_TCK) / (double) (now_us - *last_us);
  *last_us = now_us;
  *last_idle = idle + waiting;
  return cores;
}
