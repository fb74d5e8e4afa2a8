/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/watchdog.h"

#include <poll.h>
#include <sys/eventfd.h>

#include "base/clock.h"
#include "base/priority.h"

/* It goes to sleep when nothing has happened for so long. */
#define QUIET_TICKS 20
/* It stays alert for so many ticks after a loop was handed over. */
#define ALERT_TICKS 1000

struct _CfWatchdog
{
  /* Set by cf_watchdog_new() and only read after. */
  CfLoopGroup *group; /* (not owned) */
  CfWatchdogFunc sample;
  gpointer data;
  GThread *thread; /* (owned) */

  gboolean stopping; /* (atomic) */

  /* The thread's. */
  guint64 *seen; /* (owned) (array) the claims of the last tick */
  /* (owned) (array) the group's @watch_fd, and then that of each loop that is
   * in a long turn, but has nothing else to do; or -1 */
  struct pollfd *fds;
  guint64 tick_ticks; /* steady clock at the last tick */
  guint n_quiet;      /* ticks in a row in which all loops slept */
  guint n_alert;      /* ticks to go at the quicker pace */
  gint64 sample_us;
};

static gboolean
all_asleep (const CfLoopGroup *group)
{
  for (guint i = 0; i < group->n_loops; i++)
    if (!cf_mailbox_is_asleep (&group->loops[i]->mailbox))
      return FALSE;
  return TRUE;
}

/* Waits for a tick, or, when all is quiet, until a loop wakes.  FALSE: it is
 * too early, but a loop in a long turn has got events. */
static gboolean
wait_for_tick (CfWatchdog *self)
{
  CfLoopGroup *group = self->group;
  eventfd_t count;

  if (self->n_quiet < QUIET_TICKS)
    {
      int n = poll (self->fds, group->n_loops + 1,
                    self->n_alert > 0 ? CF_WATCHDOG_ALERT_TICK_MS
                                      : CF_WATCHDOG_TICK_MS);

      /* What was meant to wake it may come when it is awake. */
      if (n > 0 && self->fds[0].revents != 0)
        return eventfd_read (group->watch_fd, &count) == 0;
      return n <= 0;
    }
  __atomic_store_n (&group->watch_asleep, TRUE, __ATOMIC_SEQ_CST);
  if (all_asleep (group) &&
      !__atomic_load_n (&self->stopping, __ATOMIC_ACQUIRE))
    poll (self->fds, 1, -1);
  __atomic_store_n (&group->watch_asleep, FALSE, __ATOMIC_SEQ_CST);
  (void) !eventfd_read (group->watch_fd, &count);
  self->n_quiet = 0;
  return TRUE;
}

/* Whether the turn in which the loop's claim was read takes too long.  If it
 * is over by now, the claim is another, too. */
static gboolean
takes_long (const CfLoop *loop)
{
  const CfWorker *worker = __atomic_load_n (&loop->worker, __ATOMIC_RELAXED);
  guint64 since = __atomic_load_n (&worker->since_ticks, __ATOMIC_RELAXED);
  gint64 elapsed = (gint64) (cf_clock_ticks () - since);

  return since != 0 && elapsed > 0 &&
         cf_clock_ticks_to_us ((guint64) elapsed) >= CF_WATCHDOG_PATIENCE_US;
}

/* Whether a loop has more to do than the turn that its handler is in. */
static gboolean
is_wanted (const CfLoop *loop)
{
  struct pollfd events = { .fd = loop->epoll_fd, .events = POLLIN };

  return cf_mailbox_has_mail (&loop->mailbox) ||
         __atomic_load_n (&loop->wanted_ms, __ATOMIC_RELAXED) <=
             cf_clock_wall_ms () ||
         poll (&events, 1, 0) != 0;
}

/* Has others go before the handler that is in a long turn. */
static void
lower (CfLoop *loop, guint64 claim)
{
  gint thread = __atomic_load_n (&loop->thread, __ATOMIC_RELAXED);

  if (__atomic_load_n (&loop->lowered, __ATOMIC_RELAXED) == claim)
    return;
  cf_priority_lower (thread);
  __atomic_store_n (&loop->lowered, claim, __ATOMIC_SEQ_CST);
  if (__atomic_load_n (&loop->claim, __ATOMIC_SEQ_CST) != claim)
    cf_priority_restore (thread);
}

/* The loop's handler was in one turn for long. */
static void
see_to (CfWatchdog *self, CfLoop *loop, guint64 claim, struct pollfd *fd)
{
  self->n_alert = ALERT_TICKS;
  if (is_wanted (loop))
    self->group->relieve (self->group->data, loop, claim);
  else
    {
      lower (loop, claim);
      fd->fd = loop->epoll_fd;
    }
}

static void
look_at_loop (CfWatchdog *self, guint i, guint64 elapsed)
{
  CfLoop *loop = self->group->loops[i];
  guint64 claim = cf_loop_get_claim (loop);
  guint n_away = __atomic_load_n (&loop->n_away, __ATOMIC_RELAXED);

  loop->away_ticks += n_away * elapsed;
  self->fds[i + 1].fd = -1;
  if ((claim & 1) != 0 && (claim == self->seen[i] || takes_long (loop)))
    see_to (self, loop, claim, &self->fds[i + 1]);
  self->seen[i] = claim;
}

static void
tick (CfWatchdog *self)
{
  CfLoopGroup *group = self->group;
  guint64 now = cf_clock_ticks (), elapsed = now - self->tick_ticks;

  self->tick_ticks = now;
  self->n_alert -= self->n_alert > 0;
  self->n_quiet = all_asleep (group) ? self->n_quiet + 1 : 0;
  for (guint i = 0; i < group->n_loops; i++)
    look_at_loop (self, i, elapsed);
}

/* Looks only at the loops in long turns, and once at each. */
static void
look_early (CfWatchdog *self)
{
  for (guint i = 0; i < self->group->n_loops; i++)
    {
      struct pollfd *fd = &self->fds[i + 1];
      CfLoop *loop = self->group->loops[i];

      if (fd->fd < 0 || fd->revents == 0)
        continue;
      fd->fd = -1;
      if (cf_loop_get_claim (loop) == self->seen[i])
        self->group->relieve (self->group->data, loop, self->seen[i]);
    }
}

static gpointer
watch (gpointer data)
{
  CfWatchdog *self = data;

  while (!__atomic_load_n (&self->stopping, __ATOMIC_ACQUIRE))
    {
      gint64 now_us;

      if (!wait_for_tick (self))
        {
          look_early (self);
          continue;
        }
      tick (self);
      now_us = cf_clock_mono_us ();
      if (now_us < self->sample_us)
        continue;
      self->sample_us = now_us + CF_WATCHDOG_SAMPLE_MS * 1000;
      self->sample (self->data, now_us);
    }
  return NULL;
}

/**
 * cf_watchdog_new:
 * @group: (transfer none): the loops, which outlive it
 * @sample: called in its thread now and then
 * @data: for @sample
 *
 * Returns: (transfer full): a watchdog that runs
 */
CfWatchdog *
cf_watchdog_new (CfLoopGroup *group, CfWatchdogFunc sample, gpointer data)
{
  CfWatchdog *self = g_new0 (CfWatchdog, 1);

  self->group = group;
  self->sample = sample;
  self->data = data;
  self->seen = g_new0 (guint64, group->n_loops);
  self->fds = g_new0 (struct pollfd, group->n_loops + 1);
  for (guint i = 0; i <= group->n_loops; i++)
    self->fds[i] = (struct pollfd){ .fd = i == 0 ? group->watch_fd : -1,
                                    .events = POLLIN };
  self->tick_ticks = cf_clock_ticks ();
  self->thread = g_thread_new ("watchdog", watch, self);
  return self;
}

/**
 * cf_watchdog_free:
 * @self: (nullable) (transfer full): a watchdog
 *
 * Ends its thread.
 */
void
cf_watchdog_free (CfWatchdog *self)
{
  if (self == NULL)
    return;
  __atomic_store_n (&self->stopping, TRUE, __ATOMIC_RELEASE);
  (void) !eventfd_write (self->group->watch_fd, 1);
  g_thread_join (self->thread);
  g_free (self->seen);
  g_free (self->fds);
  g_free (self);
}
