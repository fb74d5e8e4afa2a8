/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/loops.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/handoff.h"
#include "base/priority.h"
#include "config/settings.h"
#include "net/balance.h"
#include "net/evict-clients.h"
#include "net/watchdog.h"

/* Threads that wait for the next loop to be handed over. */
#define SPARE_THREADS 8

struct _CfLoops
{
  CfLoopGroup group;

  /* Set up before there is a handler, and only read after. */
  GCancellable *cancellable; /* (owned) */
  GThreadPool *pool;         /* (owned) of handle() */
  CfWatchdog *watchdog;      /* (owned) (nullable) until it is started */
  gboolean is_fixed;         /* the number of active loops */
  CfLoopsFunc ended;
  gpointer data;

  /* The watchdog's. */
  CfBalance balance;
  guint64 *idle_ticks; /* (owned) (array) of each loop, at the last sample */
  guint64 *away_ticks; /* (owned) (array) likewise */
  guint64 sample_ticks;
  gint64 sample_us;
  guint64 n_commands;
  guint64 n_relieved;
  gint64 stat_us;
  guint64 stat_idle;
  guint n_settled; /* active loops, as @balance knows */
};

/* -- Handlers ------------------------------------------------------------ */

/* There is always room to relieve each loop once, and for one more. */
static guint
get_most_handlers (CfLoops *self)
{
  gint64 most =
      cf_config_get_int (self->group.engine->config, CF_SETTING_MAX_HANDLERS);

  return MAX ((guint) most, 2 * self->group.n_loops + 1);
}

/* With the last ones relieved, each loop must still be: so no long command
 * begins as soon as so many are left. */
static void
count_handlers (CfLoops *self, gint change)
{
  __atomic_add_fetch (&self->group.n_handlers, (guint) change,
                      __ATOMIC_RELAXED);
  cf_backlog_count_handlers (self->group.engine->backlog, change,
                             get_most_handlers (self) - self->group.n_loops);
}

static CfWorker *
acquire_worker (CfEngine *engine)
{
  CfWorker *worker;

  /* There are as many as handlers may be, but for those on their way out. */
  while ((worker = cf_worker_acquire (engine)) == NULL)
    g_usleep (1000);
  return worker;
}

/* Runs in a thread of the pool. */
static void
handle (gpointer data, gpointer user_data)
{
  CfLoop *loop = data;
  CfLoops *self = user_data;
  CfWorker *worker = acquire_worker (self->group.engine);

  CF_TAKE (loop);
  cf_loop_handle (loop, worker);
  cf_worker_release (worker);
  count_handlers (self, -1);
  CF_GIVE (self);
}

static gboolean
hire (CfLoops *self, CfLoop *loop, GError **error)
{
  count_handlers (self, 1);
  CF_GIVE (loop);
  return g_thread_pool_push (self->pool, loop, error);
}

static void
on_relieve (gpointer data, CfLoop *loop, guint64 claim)
{
  CfLoops *self = data;
  gint thread = __atomic_load_n (&loop->thread, __ATOMIC_RELAXED);

  if (__atomic_load_n (&self->group.n_handlers, __ATOMIC_RELAXED) >=
      get_most_handlers (self))
    return;
  /* Whoever takes long lets the others go first.  The handler puts its
   * priority right once it has found out that it was relieved. */
  cf_priority_lower (thread);
  /* When no thread can be had now, the next that is free takes the loop. */
  if (cf_loop_relieve (loop, claim))
    hire (self, loop, NULL);
  else
    cf_priority_restore (thread);
}

static void
on_ended (gpointer data)
{
  CfLoops *self = data;

  self->ended (self->data);
}

/* -- How many loops are active ------------------------------------------- */

static guint
get_n_connections (const CfLoop *loop)
{
  return __atomic_load_n (&loop->n_connections, __ATOMIC_RELAXED);
}

static guint
get_n_active (CfLoops *self)
{
  return __atomic_load_n (&self->group.n_active, __ATOMIC_RELAXED);
}

static void
shed (CfLoop *from, CfLoop *to, guint amount)
{
  CfMessage message = {
    .kind = CF_MESSAGE_SHED,
    .amount = amount,
    .subject = to,
  };

  if (amount > 0)
    cf_mailbox_post (&from->mailbox, &message);
}

/**
 * cf_loops_n_connections:
 * @self: the loops
 *
 * Returns: how many connections they serve
 */
guint
cf_loops_n_connections (CfLoops *self)
{
  guint n = 0;

  for (guint i = 0; i < self->group.n_loops; i++)
    n += get_n_connections (self->group.loops[i]);
  return n;
}

/* Makes one more loop active, and gives it its share. */
static void
add_loop (CfLoops *self)
{
  guint n = get_n_active (self);
  CfLoop **loops = self->group.loops;

  for (guint i = 0; i < n; i++)
    shed (loops[i], loops[n], get_n_connections (loops[i]) / (n + 1));
  __atomic_store_n (&self->group.n_active, n + 1, __ATOMIC_RELAXED);
}

/* Gives what the last active loop has to the others. */
static void
remove_loop (CfLoops *self)
{
  guint n = get_n_active (self) - 1;
  CfLoop **loops = self->group.loops;
  guint share = get_n_connections (loops[n]) / n + 1;

  __atomic_store_n (&self->group.n_active, n, __ATOMIC_RELAXED);
  for (guint i = 0; i < n; i++)
    shed (loops[n], loops[i], i + 1 < n ? share : G_MAXUINT);
}

/* The share of @elapsed that a loop ran, and relieved handlers for it. */
static double
measure_loop (CfLoops *self, guint i, guint64 elapsed)
{
  const CfLoop *loop = self->group.loops[i];
  guint64 idle = __atomic_load_n (&loop->idle_ticks, __ATOMIC_RELAXED);
  double waited = (double) (idle - self->idle_ticks[i]) / (double) elapsed;
  double away =
      (double) (loop->away_ticks - self->away_ticks[i]) / (double) elapsed;

  self->idle_ticks[i] = idle;
  self->away_ticks[i] = loop->away_ticks;
  return MAX (1 - waited, 0) + away;
}

static void
measure_loops (CfLoops *self, CfBalanceSample *sample)
{
  guint64 now = cf_clock_ticks (), elapsed = now - self->sample_ticks;

  sample->least_busy = G_MAXDOUBLE;
  for (guint i = 0; i < self->group.n_loops; i++)
    {
      double busy = measure_loop (self, i, elapsed);

      if (i >= sample->n_active)
        continue;
      sample->all_busy += busy;
      sample->least_busy = MIN (sample->least_busy, busy);
    }
  self->sample_ticks = now;
}

static void
measure_work (CfLoops *self, CfBalanceSample *sample)
{
  CfStats *stats = self->group.engine->stats;
  guint64 n_commands = cf_stats_sum (stats, CF_STAT_COMMANDS);
  guint64 n_relieved = cf_stats_sum (stats, CF_STAT_RELIEVED);
  double seconds =
      (double) (sample->now_us - self->sample_us + 1) / G_USEC_PER_SEC;

  sample->rate = (double) (gint64) (n_commands - self->n_commands) / seconds;
  sample->hand_overs =
      (double) (gint64) (n_relieved - self->n_relieved) / seconds;
  self->n_commands = n_commands;
  self->n_relieved = n_relieved;
  self->sample_us = sample->now_us;
}

static void
on_sample (gpointer data, gint64 now_us)
{
  CfLoops *self = data;
  CfBalanceSample sample = { .now_us = now_us };
  gint change;

  if (self->is_fixed)
    return;
  sample.n_active = get_n_active (self);
  if (sample.n_active != self->n_settled) /* begun anew: see pick_loop() */
    cf_balance_init (&self->balance, self->group.n_loops);
  sample.n_connections = cf_loops_n_connections (self);
  measure_loops (self, &sample);
  sample.idle_cores =
      cf_balance_read_idle (now_us, &self->stat_us, &self->stat_idle);
  measure_work (self, &sample);
  change = cf_balance_decide (&self->balance, &sample);
  if (change > 0)
    add_loop (self);
  else if (change < 0)
    remove_loop (self);
  self->n_settled = (guint) ((gint) sample.n_active + change);
}

/* -- For the daemon ------------------------------------------------------ */

static gboolean
make_loops (CfLoops *self, guint n, GError **error)
{
  CfLoopGroup *group = &self->group;

  group->loops = g_new0 (CfLoop *, n);
  for (; group->n_loops < n; group->n_loops++)
    {
      group->loops[group->n_loops] = cf_loop_new (group, group->n_loops, error);
      if (group->loops[group->n_loops] == NULL)
        return FALSE;
    }
  group->n_live_loops = n;
  return TRUE;
}

/**
 * cf_loops_new:
 * @engine: (transfer none): runs the requests
 * @cancellable: (transfer none): cancelled when all is to end
 * @ended: called, in some thread, when all has ended
 * @data: for @ended
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable): loops that do not run yet
 */
CfLoops *
cf_loops_new (CfEngine *engine,
              GCancellable *cancellable,
              CfLoopsFunc ended,
              gpointer data,
              GError **error)
{
  g_autoptr (CfLoops) self = g_new0 (CfLoops, 1);
  guint n = (guint) cf_config_get_int (engine->config, CF_SETTING_IO_THREADS);

  self->is_fixed = n > 0;
  if (n == 0)
    n = MIN (g_get_num_processors (), 128);
  self->cancellable = g_object_ref (cancellable);
  self->ended = ended;
  self->data = data;
  self->idle_ticks = g_new0 (guint64, n);
  self->away_ticks = g_new0 (guint64, n);
  self->group.engine = engine;
  self->group.relieve = on_relieve;
  self->group.ended = on_ended;
  self->group.data = self;
  self->group.n_active = self->is_fixed ? n : 1;
  self->group.cancel_fd = g_cancellable_get_fd (cancellable);
  self->group.watch_fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  self->n_settled = self->group.n_active;
  cf_balance_init (&self->balance, n);
  if (self->group.watch_fd < 0 || self->group.cancel_fd < 0)
    {
      cf_throw (error, CF_ERROR_FAILED, "cannot make an eventfd: %s",
                g_strerror (errno));
      return NULL;
    }
  if (!make_loops (self, n, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * cf_loops_start:
 * @self: loops
 * @error: return location for an error, or %NULL
 *
 * Gives each loop a handler.
 *
 * Returns: %FALSE if no thread can be had
 */
gboolean
cf_loops_start (CfLoops *self, GError **error)
{
  g_thread_pool_set_max_unused_threads (SPARE_THREADS);
  self->pool = g_thread_pool_new (handle, self, -1, FALSE, error);
  if (self->pool == NULL)
    return FALSE;
  for (guint i = 0; i < self->group.n_loops; i++)
    if (!hire (self, self->group.loops[i], error))
      return FALSE;
  self->watchdog = cf_watchdog_new (&self->group, on_sample, self);
  return TRUE;
}

/**
 * cf_loops_free:
 * @self: (nullable) (transfer full): loops that have ended, or were never
 *   started
 *
 * Waits for the last handler.
 */
void
cf_loops_free (CfLoops *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->watchdog, cf_watchdog_free);
  if (self->pool != NULL)
    g_thread_pool_free (self->pool, FALSE, TRUE);
  CF_TAKE (self);
  for (guint i = 0; i < self->group.n_loops; i++)
    cf_loop_free (self->group.loops[i]);
  g_free (self->group.loops);
  g_free (self->idle_ticks);
  g_free (self->away_ticks);
  if (self->group.watch_fd >= 0)
    close (self->group.watch_fd);
  if (self->group.cancel_fd >= 0)
    g_cancellable_release_fd (self->cancellable);
  g_clear_object (&self->cancellable);
  g_free (self);
}

/* The active loop with the fewest connections.  After there were none, one
 * loop is active, as in the beginning: what comes may be quite different. */
static CfLoop *
pick_loop (CfLoops *self)
{
  guint n_active = get_n_active (self);
  CfLoop *best = self->group.loops[0];

  if (n_active > 1 && !self->is_fixed && cf_loops_n_connections (self) == 0)
    __atomic_store_n (&self->group.n_active, 1, __ATOMIC_RELAXED);
  for (guint i = 1; i < n_active; i++)
    if (get_n_connections (self->group.loops[i]) < get_n_connections (best))
      best = self->group.loops[i];
  return best;
}

/**
 * cf_loops_add:
 * @self: loops that run
 * @socket: (transfer none): a connection that was accepted
 * @flags: of its session
 * @tls: (transfer full) (nullable): what it speaks by, its handshake done
 *
 * Has it served.  May be called in any thread.
 */
void
cf_loops_add (CfLoops *self,
              GSocketConnection *socket,
              guint flags,
              CfTlsStream *tls)
{
  CfLoop *loop = pick_loop (self);
  CfConnection *connection = cf_connection_new (self->group.engine, socket,
                                                flags, &self->group.stopping);
  CfMessage message = { .kind = CF_MESSAGE_NEW, .subject = connection };

  cf_connection_set_options (connection);
  connection->tls = tls;
  connection->readable = tls != NULL; /* it may have received more already */
  cf_connection_publish (connection);
  connection->mailbox = &loop->mailbox;
  __atomic_add_fetch (&loop->n_connections, 1, __ATOMIC_RELAXED);
  cf_mailbox_post (&loop->mailbox, &message);
}

/**
 * cf_loops_describe:
 * @self: loops
 * @n_loops: (out): how many are active
 * @n_handlers: (out): how many handlers run
 *
 * May be called in any thread.
 */
void
cf_loops_describe (CfLoops *self, guint *n_loops, guint *n_handlers)
{
  *n_loops = get_n_active (self);
  *n_handlers = __atomic_load_n (&self->group.n_handlers, __ATOMIC_RELAXED);
}

/**
 * cf_loops_review:
 * @self: loops
 *
 * Has every connection looked at, as after the change of a setting.  May be
 * called in any thread.
 */
void
cf_loops_review (CfLoops *self)
{
  CfMessage message = { .kind = CF_MESSAGE_REVIEW };

  for (guint i = 0; i < self->group.n_loops; i++)
    cf_mailbox_post (&self->group.loops[i]->mailbox, &message);
}

/**
 * cf_loops_set_stopping:
 * @self: loops
 *
 * No request is begun from now on.  The loops end when the cancellable is
 * cancelled.
 */
void
cf_loops_set_stopping (CfLoops *self)
{
  __atomic_store_n (&self->group.stopping, TRUE, __ATOMIC_RELEASE);
}

/**
 * cf_loops_abandon:
 * @self: loops that are to end, but do not
 * @patience_ms: how long to wait for the handlers
 *
 * Has the loops end whatever they still have to do.
 *
 * Returns: whether all handlers have ended, so that all may be freed
 */
gboolean
cf_loops_abandon (CfLoops *self, guint patience_ms)
{
  CfMessage message = { .kind = CF_MESSAGE_REVIEW };

  __atomic_store_n (&self->group.abandoned, TRUE, __ATOMIC_RELEASE);
  for (guint i = 0; i < self->group.n_loops; i++)
    cf_mailbox_post (&self->group.loops[i]->mailbox, &message);
  for (guint i = 0; i < patience_ms; i++)
    {
      if (__atomic_load_n (&self->group.n_handlers, __ATOMIC_ACQUIRE) == 0)
        return TRUE;
      g_usleep (1000);
    }
  return FALSE;
}
