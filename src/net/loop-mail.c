/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What other threads say to a loop. */
#include "config.h"

#include "net/loop-inside.h"

#include <errno.h>

#include "net/evict-clients.h"

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
  cf_loop_take_in (self, connection);
  if (!poll_connection (self, connection))
    {
      g_warning ("cannot poll a connection: %s", g_strerror (errno));
      connection->turn = CF_TURN_GONE;
    }
  cf_loop_settle (self, connection);
}

static void
welcome (CfLoop *self, CfConnection *connection)
{
  cf_sessions_add (self->group->engine->sessions, &connection->session);
  cf_stats_count (self->worker->stats, CF_STAT_CONNECTIONS, 1);
  adopt (self, connection);
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

  if (connection->is_told)
    cf_connection_open_inbox (connection, self->worker);
  cf_loop_let_go (self, connection);
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, connection->fd, NULL);
  __atomic_add_fetch (&to->n_connections, 1, __ATOMIC_RELAXED);
  cf_mailbox_post (&to->mailbox, &message);
}

/* Sends it where it was to go when it was away. */
static void
move_late (CfLoop *self, CfConnection *connection)
{
  CfLoop *to = connection->move_to;

  connection->move_to = NULL;
  if (connection->stage == CF_STAGE_OPEN &&
      to->number < __atomic_load_n (&self->group->n_active, __ATOMIC_RELAXED))
    move (self, connection, to);
}

static void
take_back (CfLoop *self, CfConnection *connection)
{
  connection->is_away = FALSE;
  __atomic_store_n (&self->n_away, self->n_away - 1, __ATOMIC_RELAXED);
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
  cf_loop_settle (self, connection);
  if (G_UNLIKELY (connection->move_to != NULL))
    move_late (self, connection);
}

/* What comes meanwhile for a client whose command takes long is bounded. */
static void
look_into_inbox (CfLoop *self, CfConnection *connection)
{
  cf_connection_look_into_inbox (connection);
  connection->missed_mail = TRUE;
  cf_loop_count_memory (self, connection,
                        cf_session_memory (&connection->session));
  cf_evict_clients (self->group, self->worker->stats);
}

/* Output alone can wait for cf_loop_open_told(), unless it is much. */
static void
take_mail (CfLoop *self, CfConnection *connection, CfMessageKind kind)
{
  if (kind == CF_MESSAGE_TOLD && !connection->is_told)
    {
      cf_loop_make_told (self, connection);
      return;
    }
  cf_connection_open_inbox (connection, self->worker);
  cf_loop_settle (self, connection);
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
    look_into_inbox (self, connection);
  else if (connection->stage != CF_STAGE_DEAD)
    take_mail (self, connection, message->kind);
  cf_session_unref (&connection->session);
}

/**
 * cf_loop_open_told:
 * @self: a loop
 * @connection: one that was told something, out of the set of those
 *
 * Opens its inbox.
 *
 * Returns: whether there is something to be sent to it now
 */
gboolean
cf_loop_open_told (CfLoop *self, CfConnection *connection)
{
  if (connection->is_away)
    {
      look_into_inbox (self, connection);
      return FALSE;
    }
  cf_connection_open_inbox (connection, self->worker);
  if (connection->is_ready || connection->is_due)
    return FALSE; /* it is sent with the rest */
  if (connection->stage == CF_STAGE_OPEN && connection->turn == CF_TURN_GO_ON &&
      connection->session.out.size > 0 && connection->writable)
    return TRUE;
  cf_loop_settle (self, connection);
  return FALSE;
}

/* Moves those that are here, or has those that are away moved when they come
 * back.  Returns how many could not be. */
static guint
shed_some (CfLoop *self, CfLoop *to, guint amount, gboolean are_away)
{
  GList *link = self->connections.tail, *previous;

  for (; link != NULL && amount > 0; link = previous)
    {
      CfConnection *connection = (CfConnection *) link->data;

      previous = link->prev;
      if (connection->stage != CF_STAGE_OPEN ||
          connection->is_away != are_away || connection->move_to != NULL)
        continue;
      if (are_away)
        connection->move_to = to;
      else
        move (self, connection, to);
      amount--;
    }
  return amount;
}

static void
shed (CfLoop *self, CfLoop *to, guint amount)
{
  shed_some (self, to, shed_some (self, to, amount, FALSE), TRUE);
}

/**
 * cf_loop_review:
 * @self: a loop
 *
 * Looks at every connection anew, as after the change of a setting.
 */
void
cf_loop_review (CfLoop *self)
{
  GList *next;

  for (GList *link = self->connections.head; link != NULL; link = next)
    {
      CfConnection *connection = (CfConnection *) link->data;

      next = link->next;
      if (!connection->is_away)
        cf_loop_settle (self, connection);
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
    case CF_MESSAGE_TOLD:
      open_inbox (self, message);
      break;
    case CF_MESSAGE_SHED:
      shed (self, (CfLoop *) message->subject, message->amount);
      break;
    case CF_MESSAGE_REVIEW:
      cf_loop_review (self);
      cf_evict_clients (self->group, self->worker->stats);
      break;
    }
}

/**
 * cf_loop_read_mail:
 * @self: a loop
 *
 * Does what other threads asked for, in the order in which they did.
 */
void
cf_loop_read_mail (CfLoop *self)
{
  GArray *messages = cf_mailbox_take (&self->mailbox, self->messages);

  for (guint i = 0; i < messages->len; i++)
    read_message (self, &g_array_index (messages, CfMessage, i));
  g_array_set_size (messages, 0);
  self->messages = messages;
}

/* Takes in what is still on its way to a loop that has ended. */
static void
drop_message (CfLoop *self, const CfMessage *message)
{
  CfConnection *connection = (CfConnection *) message->subject;

  if (message->kind == CF_MESSAGE_NEW)
    cf_sessions_add (self->group->engine->sessions, &connection->session);
  if (message->kind == CF_MESSAGE_NEW || message->kind == CF_MESSAGE_ADOPT)
    cf_loop_take_in (self, connection);
  else if (message->kind == CF_MESSAGE_MAIL || message->kind == CF_MESSAGE_TOLD)
    cf_session_unref (&connection->session);
}

/**
 * cf_loop_drop_mail:
 * @self: a loop that has ended
 *
 * Takes in what is still on its way.
 */
void
cf_loop_drop_mail (CfLoop *self)
{
  g_autoptr (GArray) messages = NULL;

  if (self->mailbox.messages == NULL)
    return;
  messages = cf_mailbox_take (&self->mailbox,
                              g_array_new (FALSE, FALSE, sizeof (CfMessage)));
  for (guint i = 0; i < messages->len; i++)
    drop_message (self, &g_array_index (messages, CfMessage, i));
}
