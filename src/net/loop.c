/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/loop.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "config/settings.h"
#include "net/evict-clients.h"

/* How long a peer may take to read what is due to it before it is closed. */
#define FLUSH_MS 10000
/* How long the peer's end is waited for after ours was announced. */
#define LINGER_MS 1000
#define LINGER_STOPPING_MS 200
/* Replies are sent when so many connections wait for theirs. */
#ifndef DUE_MAX
#define DUE_MAX 64
#endif

/* -- The sets a connection is in ----------------------------------------- */

static void
make_ready (CfLoop *self, CfConnection *connection)
{
  if (connection->is_ready || connection->is_due || connection->is_away)
    return;
  connection->is_ready = TRUE;
  g_queue_push_tail_link (&self->ready, &connection->ready_link);
}

static void
make_unready (CfLoop *self, CfConnection *connection)
{
  if (!connection->is_ready)
    return;
  connection->is_ready = FALSE;
  g_queue_unlink (&self->ready, &connection->ready_link);
}

static void
make_due (CfLoop *self, CfConnection *connection)
{
  if (connection->is_due)
    return;
  connection->is_due = TRUE;
  g_queue_push_tail_link (&self->due, &connection->due_link);
}

static void
make_undue (CfLoop *self, CfConnection *connection)
{
  if (!connection->is_due)
    return;
  connection->is_due = FALSE;
  g_queue_unlink (&self->due, &connection->due_link);
}

static void
count_memory (CfLoop *self, CfConnection *connection, gsize memory)
{
  if (memory == connection->counted_memory)
    return;
  __atomic_store_n (&self->memory,
                    self->memory + memory - connection->counted_memory,
                    __ATOMIC_RELAXED);
  connection->counted_memory = memory;
}

static void
take_in (CfLoop *self, CfConnection *connection)
{
  g_queue_push_tail_link (&self->connections, &connection->link);
  count_memory (self, connection, cf_session_memory (&connection->session));
}

static void
let_go (CfLoop *self, CfConnection *connection)
{
  make_unready (self, connection);
  make_undue (self, connection);
  cf_timers_unset (&self->timers, &connection->timer);
  count_memory (self, connection, 0);
  g_queue_unlink (&self->connections, &connection->link);
  __atomic_sub_fetch (&self->n_connections, 1, __ATOMIC_RELAXED);
}

/* -- The end of a connection --------------------------------------------- */

/* The engine is not to know of it any longer: at once, or after a turn. */
static void
end_session (CfLoop *self, CfConnection *connection)
{
  cf_sessions_remove (self->group->engine->sessions, &connection->session);
  if (!cf_connection_leaves_much (connection))
    cf_connection_forget (connection);
}

static void
finish (CfLoop *self, CfConnection *connection)
{
  connection->stage = CF_STAGE_DEAD;
  let_go (self, connection);
  g_queue_push_tail_link (&self->dead, &connection->link);
}

static void
drop (CfLoop *self, CfConnection *connection)
{
  if (connection->stage == CF_STAGE_DEAD)
    return;
  if (connection->stage < CF_STAGE_LINGERING)
    end_session (self, connection);
  if (connection->is_forgotten)
    finish (self, connection);
  else if (connection->stage != CF_STAGE_ENDING)
    {
      connection->stage = CF_STAGE_ENDING;
      cf_timers_unset (&self->timers, &connection->timer);
      make_undue (self, connection);
      make_ready (self, connection);
    }
}

/* Closing is put off to the end of a round, so that a file descriptor that is
 * used again is never taken for the one before. */
static void
bury (CfLoop *self)
{
  GList *link;

  while ((link = g_queue_pop_head_link (&self->dead)) != NULL)
    {
      CfConnection *connection = (CfConnection *) link->data;

      g_clear_object (&connection->socket);
      cf_session_unref (&connection->session);
    }
}

/* All that was due is sent: says so to the peer, and waits for its end. */
static void
linger (CfLoop *self, CfConnection *connection)
{
  gint64 patience_ms = self->stopping ? LINGER_STOPPING_MS : LINGER_MS;

  if (connection->has_ended || shutdown (connection->fd, SHUT_WR) != 0)
    {
      drop (self, connection);
      return;
    }
  end_session (self, connection);
  connection->stage = CF_STAGE_LINGERING;
  connection->readable = TRUE;
  connection->close_by_ms = self->now_ms + patience_ms;
}

static void
begin_closing (CfLoop *self, CfConnection *connection)
{
  connection->stage = CF_STAGE_FLUSHING;
  connection->turn = CF_TURN_GO_ON;
}

static void
note_memory (CfLoop *self, CfConnection *connection)
{
  const CfConfig *config = self->group->engine->config;
  gsize before = connection->counted_memory;

  count_memory (self, connection, cf_session_memory (&connection->session));
  if (G_UNLIKELY (cf_config_get_int (config, CF_SETTING_MAXMEMORY_CLIENTS) !=
                  0) &&
      connection->counted_memory > before)
    cf_evict_clients (self->group, self->worker->stats);
}

/* Sees to one that is closed when all is sent; each part of it that is sent
 * prolongs its time. */
static void
flush (CfLoop *self, CfConnection *connection)
{
  gsize left = connection->session.out.size;

  if (left == 0)
    linger (self, connection);
  else if (left != connection->flush_left)
    connection->close_by_ms = self->now_ms + FLUSH_MS;
  connection->flush_left = left;
}

/* -- After a turn, or after news ----------------------------------------- */

static gboolean
is_idle_too_long (CfLoop *self, CfConnection *connection, gint64 *due_ms)
{
  gint64 timeout_s =
      cf_config_get_int (self->group->engine->config, CF_SETTING_TIMEOUT);

  if (timeout_s == 0 || cf_connection_is_parked (connection) ||
      (connection->session.flags & CF_SESSION_MONITOR) != 0)
    return FALSE;
  *due_ms = MIN (*due_ms, connection->active_ms + timeout_s * 1000 + 1);
  return self->now_ms > connection->active_ms + timeout_s * 1000;
}

static gboolean
owes_too_much (CfLoop *self, CfConnection *connection, gint64 *due_ms)
{
  gint64 again_ms;

  if (connection->session.out.size == 0)
    {
      connection->soft_since_ms = 0;
      return FALSE;
    }
  if (cf_connection_is_over_limit (connection, self->now_ms, &again_ms))
    return TRUE;
  *due_ms = MIN (*due_ms, again_ms);
  return FALSE;
}

/* Looks what time asks for.  Returns when to look again; FALSE: it is over. */
static gboolean
look_at_clock (CfLoop *self, CfConnection *connection, gint64 *due_ms)
{
  *due_ms = G_MAXINT64;
  if (connection->stage != CF_STAGE_OPEN)
    {
      *due_ms = connection->close_by_ms;
      return self->now_ms < connection->close_by_ms;
    }
  if (owes_too_much (self, connection, due_ms))
    {
      cf_stats_count (self->worker->stats, CF_STAT_OUTPUT_LIMIT, 1);
      g_info ("closing client %s: over its output buffer limit",
              connection->session.address);
      return FALSE;
    }
  if (is_idle_too_long (self, connection, due_ms))
    return FALSE;
  if (cf_connection_is_parked (connection))
    {
      if (connection->session.park.deadline_ms <= self->now_ms)
        connection->wake = MAX (connection->wake, CF_WAKE_TIMEOUT);
      else
        *due_ms = MIN (*due_ms, connection->session.park.deadline_ms);
    }
  if (connection->is_warm &&
      self->now_ms >= connection->active_ms + CF_CONNECTION_WARM_MS)
    cf_connection_cool (connection);
  if (connection->is_warm)
    *due_ms = MIN (*due_ms, connection->active_ms + CF_CONNECTION_WARM_MS);
  return TRUE;
}

static void
watch_clock (CfLoop *self, CfConnection *connection)
{
  gint64 due_ms;

  if (!look_at_clock (self, connection, &due_ms))
    {
      drop (self, connection);
      return;
    }
  if (due_ms != G_MAXINT64 &&
      (connection->timer.place == 0 || due_ms < connection->timer.due_ms))
    cf_timers_set (&self->timers, &connection->timer, due_ms);
  if (cf_connection_wants_turn (connection))
    make_ready (self, connection);
}

/* A command that waits, for a client that is gone.  One that was only put off
 * would have run before the end of the client was seen, so it still runs. */
static gboolean
waits_in_vain (const CfConnection *connection)
{
  return connection->hung_up && connection->session.park.kind == CF_PARK_BLOCK;
}

/* Brings all that the loop knows of a connection in line with what the
 * connection says. */
static void
settle (CfLoop *self, CfConnection *connection)
{
  if (connection->stage == CF_STAGE_ENDING ||
      connection->turn == CF_TURN_GONE || waits_in_vain (connection))
    {
      drop (self, connection);
      return;
    }
  if (connection->stage == CF_STAGE_OPEN &&
      (connection->turn == CF_TURN_CLOSE || self->stopping))
    begin_closing (self, connection);
  if (connection->stage == CF_STAGE_FLUSHING)
    flush (self, connection);
  if (connection->stage >= CF_STAGE_ENDING)
    return;
  if (self->stopping && connection->stage == CF_STAGE_LINGERING &&
      !connection->readable && !connection->is_warm)
    {
      drop (self, connection);
      return;
    }
  note_memory (self, connection);
  watch_clock (self, connection);
}

/* -- Turns --------------------------------------------------------------- */

static void
give_back (CfConnection *connection)
{
  CfMessage message = { .kind = CF_MESSAGE_RETURN, .subject = connection };
  CfMailbox *mailbox = __atomic_load_n (&connection->mailbox, __ATOMIC_RELAXED);

  cf_mailbox_post (mailbox, &message);
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
  __atomic_store_n (&self->claim, claim, __ATOMIC_RELEASE);
  run (connection, worker);
  if (!cf_loop_relieve (self, claim))
    {
      if (connection->session.out.size > 0)
        cf_connection_send (connection, worker);
      give_back (connection);
      return FALSE;
    }
  self->sequence++;
  self->current = NULL;
  return TRUE;
}

/* -- Mail ---------------------------------------------------------------- */

static gboolean
poll_connection (CfLoop *self, CfConnection *connection)
{
  struct epoll_event event = {
    .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
    .data.ptr = connection,
  };

  return epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, connection->fd, &event) == 0;
}

static void
adopt (CfLoop *self, CfConnection *connection)
{
  take_in (self, connection);
  if (!poll_connection (self, connection))
    {
      g_warning ("cannot poll a connection: %s", g_strerror (errno));
      connection->turn = CF_TURN_GONE;
    }
  settle (self, connection);
}

static void
welcome (CfLoop *self, CfConnection *connection)
{
  cf_sessions_add (self->group->engine->sessions, &connection->session);
  cf_stats_count (self->worker->stats, CF_STAT_CONNECTIONS, 1);
  adopt (self, connection);
}

static void
take_back (CfLoop *self, CfConnection *connection)
{
  connection->is_away = FALSE;
  connection->readable |= connection->missed_readable;
  connection->writable |= connection->missed_writable;
  connection->hung_up |= connection->missed_hang_up;
  connection->missed_readable = FALSE;
  connection->missed_writable = FALSE;
  connection->missed_hang_up = FALSE;
  if (connection->missed_mail)
    {
      connection->missed_mail = FALSE;
      cf_connection_open_inbox (connection, self->worker);
    }
  settle (self, connection);
}

static void
open_inbox (CfLoop *self, const CfMessage *message)
{
  CfConnection *connection = (CfConnection *) message->subject;
  CfMailbox *mailbox = __atomic_load_n (&connection->mailbox, __ATOMIC_ACQUIRE);

  if (mailbox != &self->mailbox)
    {
      cf_mailbox_post (mailbox, message); /* it has moved: send it after */
      return;
    }
  if (connection->is_away)
    connection->missed_mail = TRUE;
  else if (connection->stage != CF_STAGE_DEAD)
    {
      cf_connection_open_inbox (connection, self->worker);
      settle (self, connection);
    }
  cf_session_unref (&connection->session);
}

static void
move (CfLoop *self, CfConnection *connection, CfLoop *to)
{
  CfMessage message = {
    .kind = CF_MESSAGE_ADOPT,
    .subject = connection,
    .owner_at = (gpointer *) &connection->mailbox,
    .owner = &to->mailbox,
  };

  let_go (self, connection);
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, connection->fd, NULL);
  __atomic_add_fetch (&to->n_connections, 1, __ATOMIC_RELAXED);
  cf_mailbox_post (&to->mailbox, &message);
}

static void
shed (CfLoop *self, CfLoop *to, guint amount)
{
  GList *link = self->connections.tail, *previous;

  for (; link != NULL && amount > 0; link = previous)
    {
      CfConnection *connection = (CfConnection *) link->data;

      previous = link->prev;
      if (connection->stage != CF_STAGE_OPEN || connection->is_away)
        continue;
      move (self, connection, to);
      amount--;
    }
}

static void
review (CfLoop *self)
{
  GList *next;

  for (GList *link = self->connections.head; link != NULL; link = next)
    {
      CfConnection *connection = (CfConnection *) link->data;

      next = link->next;
      if (!connection->is_away)
        settle (self, connection);
    }
}

static void
read_message (CfLoop *self, const CfMessage *message)
{
  switch (message->kind)
    {
    case CF_MESSAGE_NEW:
      welcome (self, (CfConnection *) message->subject);
      break;
    case CF_MESSAGE_ADOPT:
      adopt (self, (CfConnection *) message->subject);
      break;
    case CF_MESSAGE_RETURN:
      take_back (self, (CfConnection *) message->subject);
      break;
    case CF_MESSAGE_MAIL:
      open_inbox (self, message);
      break;
    case CF_MESSAGE_SHED:
      shed (self, (CfLoop *) message->subject, message->amount);
      break;
    case CF_MESSAGE_REVIEW:
      review (self);
      break;
    }
}

static void
read_mail (CfLoop *self)
{
  GArray *messages = cf_mailbox_take (&self->mailbox, self->messages);

  for (guint i = 0; i < messages->len; i++)
    read_message (self, &g_array_index (messages, CfMessage, i));
  g_array_set_size (messages, 0);
  self->messages = messages;
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
        watch_clock (self, connection);
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
      settle (self, connection);
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
      if (!run_claimed (self, connection, cf_connection_take_turn))
        return FALSE;
      if (connection->session.out.size > 0)
        make_due (self, connection);
      else
        settle (self, connection);
      if (cf_mailbox_has_mail (&self->mailbox))
        read_mail (self);
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
  if (waits_in_vain (connection))
    drop (self, connection);
  else if (cf_connection_wants_turn (connection))
    make_ready (self, connection);
}

static void
stop (CfLoop *self)
{
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, self->group->cancel_fd, NULL);
  self->stopping = TRUE;
  review (self);
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

/* Waits for events, or only looks whether there are any. */
static int
wait_for_events (CfLoop *self)
{
  int wait_ms = self->ready.length > 0 ? 0 : milliseconds_to_wait (self);
  guint64 start;
  int n;

  if (wait_ms == 0 || !cf_mailbox_doze (&self->mailbox))
    return epoll_wait (self->epoll_fd, self->events, CF_LOOP_EVENTS, 0);
  start = cf_clock_ticks ();
  n = epoll_wait (self->epoll_fd, self->events, CF_LOOP_EVENTS, wait_ms);
  __atomic_store_n (&self->mailbox.asleep, FALSE, __ATOMIC_SEQ_CST);
  __atomic_store_n (&self->idle_ticks,
                    self->idle_ticks + (cf_clock_ticks () - start),
                    __ATOMIC_RELAXED);
  wake_watchdog (self->group);
  return n;
}

static void
collect_events (CfLoop *self)
{
  int n = wait_for_events (self);

  self->now_ms = cf_clock_wall_ms ();
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
    read_mail (self);
  run_timers (self);
  if (!run_ready (self))
    return ROUND_RELIEVED;
  bury (self);
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
  self->now_ms = cf_clock_wall_ms ();
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

/* Takes in what is still on its way to a loop that has ended. */
static void
drop_message (CfLoop *self, const CfMessage *message)
{
  CfConnection *connection = (CfConnection *) message->subject;

  if (message->kind == CF_MESSAGE_NEW)
    cf_sessions_add (self->group->engine->sessions, &connection->session);
  if (message->kind == CF_MESSAGE_NEW || message->kind == CF_MESSAGE_ADOPT)
    take_in (self, connection);
  else if (message->kind == CF_MESSAGE_MAIL)
    cf_session_unref (&connection->session);
}

static void
drop_all (CfLoop *self)
{
  g_autoptr (GArray) messages = NULL;

  if (self->mailbox.messages != NULL)
    messages = cf_mailbox_take (&self->mailbox,
                                g_array_new (FALSE, FALSE, sizeof (CfMessage)));
  for (guint i = 0; messages != NULL && i < messages->len; i++)
    drop_message (self, &g_array_index (messages, CfMessage, i));
  while (self->connections.head != NULL)
    {
      CfConnection *connection = (CfConnection *) self->connections.head->data;

      cf_connection_forget (connection);
      drop (self, connection);
    }
  bury (self);
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
