/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/loop-inside.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/priority.h"

/* Replies are sent when so many connections wait for theirs. */
#ifndef DUE_MAX
#define DUE_MAX 64
#endif
/* In a round, what was told is sent to a part of the connections that wait for
 * it, within these bounds. */
#define TOLD_PART 4
#define TOLD_LEAST 16
#define TOLD_MOST 256

/* -- Turns --------------------------------------------------------------- */

static void
give_back (CfConnection *connection)
{
  CfMessage message = { .kind = CF_MESSAGE_RETURN, .subject = connection };
  CfMailbox *mailbox = __atomic_load_n (&connection->mailbox, __ATOMIC_RELAXED);

  cf_mailbox_post (mailbox, &message);
}

/* When more than the turn is to be done, as far as the loop knows. */
static gint64
get_wanted_ms (const CfLoop *self)
{
  if (self->ready.length > 0 || self->due.length > 0 || self->told.length > 0 ||
      self->dead.length > 0)
    return 0;
  return cf_timers_next_ms (&self->timers);
}

/* FALSE: the loop was given to another handler meanwhile. */
static gboolean
run_claimed (CfLoop *self,
             CfConnection *connection,
             void (*run) (CfConnection *connection, CfWorker *worker))
{
  CfWorker *worker = self->worker;
  guint64 claim = ++self->sequence * 2 + 1;

  self->current = connection;
  __atomic_store_n (&worker->since_ticks, 0, __ATOMIC_RELAXED);
  __atomic_store_n (&self->wanted_ms, get_wanted_ms (self), __ATOMIC_RELAXED);
  __atomic_store_n (&self->claim, claim, __ATOMIC_RELEASE);
  run (connection, worker);
  if (!cf_loop_relieve (self, claim))
    {
      cf_priority_restore (cf_priority_self ());
      if (connection->session.out.size > 0)
        cf_connection_send (connection, worker);
      give_back (connection);
      return FALSE;
    }
  if (G_UNLIKELY (__atomic_load_n (&self->lowered, __ATOMIC_SEQ_CST) == claim))
    cf_priority_restore (cf_priority_self ());
  self->sequence++;
  self->current = NULL;
  return TRUE;
}

/* -- Rounds -------------------------------------------------------------- */

static void
run_timers (CfLoop *self)
{
  CfTimer *timer;

  while ((timer = cf_timers_pop_due (&self->timers, self->now_ms)) != NULL)
    {
      CfConnection *connection = cf_connection_of_timer (timer);

      /* One that is away is settled when it comes back. */
      if (!connection->is_away)
        cf_loop_watch_clock (self, connection);
    }
}

/* FALSE: the loop was given to another handler meanwhile. */
static gboolean
send_due (CfLoop *self)
{
  GList *link;

  while ((link = g_queue_pop_head_link (&self->due)) != NULL)
    {
      CfConnection *connection = (CfConnection *) link->data;

      connection->is_due = FALSE;
      if (!run_claimed (self, connection, cf_connection_send))
        return FALSE;
      cf_loop_settle (self, connection);
    }
  return TRUE;
}

/* FALSE: the loop was given to another handler meanwhile. */
static gboolean
send_told (CfLoop *self)
{
  guint part = self->told.length / TOLD_PART;
  GList *link;

  for (guint n = CLAMP (part, TOLD_LEAST, TOLD_MOST); n > 0; n--)
    {
      CfConnection *connection;

      link = g_queue_pop_head_link (&self->told);
      if (link == NULL)
        break;
      connection = (CfConnection *) link->data;
      connection->is_told = FALSE;
      if (!cf_loop_open_told (self, connection))
        continue;
      if (!run_claimed (self, connection, cf_connection_send))
        return FALSE;
      cf_loop_settle (self, connection);
    }
  return TRUE;
}

static gboolean
run_ready (CfLoop *self)
{
  GList *link;

  for (guint n = self->ready.length; n > 0; n--)
    {
      CfConnection *connection;

      link = g_queue_pop_head_link (&self->ready);
      if (link == NULL)
        break;
      connection = (CfConnection *) link->data;
      connection->is_ready = FALSE;
      cf_gather_meet (&self->gather, &connection->window);
      if (!run_claimed (self, connection, cf_connection_take_turn))
        return FALSE;
      if (connection->session.out.size > 0)
        cf_loop_make_due (self, connection);
      else
        cf_loop_settle (self, connection);
      if (cf_mailbox_has_mail (&self->mailbox))
        cf_loop_read_mail (self);
      if (self->due.length >= DUE_MAX && !send_due (self))
        return FALSE;
    }
  return send_due (self);
}

static void
note_events (CfLoop *self, CfConnection *connection, guint events)
{
  gboolean hung_up = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  gboolean readable = hung_up || (events & EPOLLIN) != 0;
  gboolean writable = (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;

  if (connection->is_away)
    {
      connection->missed_readable |= readable;
      connection->missed_writable |= writable;
      connection->missed_hang_up |= hung_up;
      return;
    }
  connection->readable |= readable;
  connection->writable |= writable;
  connection->hung_up |= hung_up;
  if (G_UNLIKELY (connection->tls != NULL)) /* see tls-stream.h */
    connection->readable = connection->writable = TRUE;
  if (cf_connection_waits_in_vain (connection))
    cf_loop_drop (self, connection);
  else if (cf_connection_wants_turn (connection))
    cf_loop_make_ready (self, connection);
}

static void
stop (CfLoop *self)
{
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, self->group->cancel_fd, NULL);
  self->stopping = TRUE;
  cf_loop_review (self);
}

static void
wake_watchdog (CfLoopGroup *group)
{
  if (__atomic_load_n (&group->watch_asleep, __ATOMIC_SEQ_CST) &&
      __atomic_exchange_n (&group->watch_asleep, FALSE, __ATOMIC_SEQ_CST))
    (void) !eventfd_write (group->watch_fd, 1);
}

static int
milliseconds_to_wait (const CfLoop *self)
{
  gint64 next_ms = cf_timers_next_ms (&self->timers);

  if (next_ms == G_MAXINT64)
    return -1;
  return (int) CLAMP (next_ms - cf_clock_wall_ms (), 0, G_MAXINT);
}

static int
look_for_events (CfLoop *self)
{
  return epoll_wait (self->epoll_fd, self->events, CF_LOOP_EVENTS, 0);
}

/* Returns for how many ticks the loop has been idle. */
static guint64
count_idle (CfLoop *self, guint64 start)
{
  guint64 ticks = cf_clock_ticks () - start;

  __atomic_store_n (&self->idle_ticks, self->idle_ticks + ticks,
                    __ATOMIC_RELAXED);
  return ticks;
}

/* Sleeps for a moment, unless there is something by now.  Who writes to the
 * mailbox need not wake the loop for that. */
static int
let_gather (CfLoop *self, guint us)
{
  int n = look_for_events (self);
  guint64 start = cf_clock_ticks ();

  if (n != 0 || cf_mailbox_has_mail (&self->mailbox))
    return n;
  g_usleep (us);
  count_idle (self, start);
  n = look_for_events (self);
  cf_gather_brought (&self->gather, (guint) MAX (n, 0));
  return n;
}

static int
sleep_for_events (CfLoop *self, int wait_ms)
{
  guint64 start = cf_clock_ticks ();
  int n = epoll_wait (self->epoll_fd, self->events, CF_LOOP_EVENTS, wait_ms);

  __atomic_store_n (&self->mailbox.asleep, FALSE, __ATOMIC_SEQ_CST);
  cf_gather_slept (&self->gather,
                   cf_clock_ticks_to_us (count_idle (self, start)));
  wake_watchdog (self->group);
  return n;
}

/* Waits for events, or only looks whether there are any. */
static int
wait_for_events (CfLoop *self)
{
  gboolean has_work = self->ready.length > 0 || self->told.length > 0;
  int wait_ms = has_work ? 0 : milliseconds_to_wait (self);
  guint moment_us = cf_gather_moment_us (&self->gather);

  if (wait_ms != 0 && moment_us > 0)
    {
      int n = let_gather (self, moment_us);

      if (n != 0 || cf_mailbox_has_mail (&self->mailbox))
        return n;
    }
  if (wait_ms == 0 || !cf_mailbox_doze (&self->mailbox))
    return look_for_events (self);
  return sleep_for_events (self, wait_ms);
}

static void
collect_events (CfLoop *self)
{
  int n = wait_for_events (self);

  self->now_ms = cf_clock_wall_ms ();
  cf_gather_begin_round (&self->gather, self->now_ms);
  for (int i = 0; i < n; i++)
    {
      gpointer subject = self->events[i].data.ptr;

      if (subject == self->group)
        stop (self);
      else if (subject != self)
        note_events (self, (CfConnection *) subject, self->events[i].events);
    }
}

static gboolean
is_over (const CfLoop *self)
{
  return self->stopping &&
         (self->connections.length == 0 ||
          __atomic_load_n (&self->group->abandoned, __ATOMIC_ACQUIRE)) &&
         !cf_mailbox_has_mail (&self->mailbox);
}

/* Why a round ended. */
typedef enum
{
  ROUND_DONE,
  ROUND_RELIEVED, /* the loop has another handler */
  ROUND_LAST,     /* there is no more to do */
} RoundEnd;

static RoundEnd
run_round (CfLoop *self)
{
  /* The handler before may have left some. */
  if (!send_due (self))
    return ROUND_RELIEVED;
  if (cf_mailbox_has_mail (&self->mailbox))
    cf_loop_read_mail (self);
  run_timers (self);
  if (!run_ready (self) || !send_told (self))
    return ROUND_RELIEVED;
  cf_loop_bury (self);
  if (is_over (self))
    return ROUND_LAST;
  collect_events (self);
  return ROUND_DONE;
}

/* The connection whose turn the handler before is still busy with. */
static void
take_over (CfLoop *self)
{
  self->sequence = cf_loop_get_claim (self) / 2;
  if (self->current == NULL)
    return;
  self->current->is_away = TRUE;
  self->current = NULL;
  __atomic_store_n (&self->n_away, self->n_away + 1, __ATOMIC_RELAXED);
  cf_stats_count (self->worker->stats, CF_STAT_RELIEVED, 1);
}

static void
end (CfLoop *self)
{
  CfLoopGroup *group = self->group;

  if (__atomic_sub_fetch (&group->n_live_loops, 1, __ATOMIC_ACQ_REL) == 0)
    group->ended (group->data);
}

/**
 * cf_loop_handle:
 * @self: a loop that has no handler
 * @worker: the calling thread's
 *
 * Runs the loop until all is to end or another handler takes it over.
 */
void
cf_loop_handle (CfLoop *self, CfWorker *worker)
{
  RoundEnd round;

  __atomic_store_n (&self->worker, worker, __ATOMIC_RELAXED);
  __atomic_store_n (&self->thread, cf_priority_self (), __ATOMIC_RELAXED);
  self->now_ms = cf_clock_wall_ms ();
  cf_priority_sleep_exactly ();
  take_over (self);
  do
    round = run_round (self);
  while (round == ROUND_DONE);
  if (round == ROUND_LAST)
    end (self);
}

static gboolean
poll_fd (CfLoop *self, int fd, guint events, gpointer subject, GError **error)
{
  struct epoll_event event = { .events = events, .data.ptr = subject };

  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0)
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED, "cannot poll: %s",
                   g_strerror (errno));
}

/**
 * cf_loop_new:
 * @group: (transfer none): what it shares with others
 * @number: its place among them
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable): a loop without a handler
 */
CfLoop *
cf_loop_new (CfLoopGroup *group, guint number, GError **error)
{
  g_autoptr (CfLoop) self = g_new0 (CfLoop, 1);

  self->group = group;
  self->number = number;
  cf_timers_init (&self->timers);
  self->messages = g_array_new (FALSE, FALSE, sizeof (CfMessage));
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0)
    {
      cf_throw (error, CF_ERROR_FAILED, "cannot make an epoll set: %s",
                g_strerror (errno));
      return NULL;
    }
  if (!cf_mailbox_init (&self->mailbox, number, error) ||
      !poll_fd (self, self->mailbox.fd, EPOLLIN | EPOLLET, self, error) ||
      !poll_fd (self, group->cancel_fd, EPOLLIN, group, error))
    return NULL;
  return g_steal_pointer (&self);
}

static void
drop_all (CfLoop *self)
{
  cf_loop_drop_mail (self);
  while (self->connections.head != NULL)
    {
      CfConnection *connection = (CfConnection *) self->connections.head->data;

      cf_connection_forget (connection);
      cf_loop_drop (self, connection);
    }
  cf_loop_bury (self);
}

/**
 * cf_loop_free:
 * @self: (nullable) (transfer full): a loop without a handler
 *
 * Closes what connections are left.
 */
void
cf_loop_free (CfLoop *self)
{
  if (self == NULL)
    return;
  drop_all (self);
  cf_mailbox_clear (&self->mailbox);
  cf_timers_clear (&self->timers);
  g_array_unref (self->messages);
  if (self->epoll_fd >= 0)
    close (self->epoll_fd);
  g_free (self);
}
