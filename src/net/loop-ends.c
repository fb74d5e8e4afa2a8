/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of a connection after a turn or news, and how it ends. */
#include "config.h"

#include "net/loop-inside.h"

#include <sys/socket.h>

#include "config/settings.h"
#include "net/evict-clients.h"

/* How long a peer may take to read what is due to it before it is closed. */
#define FLUSH_MS 10000
/* How long the peer's end is waited for after ours was announced. */
#define LINGER_MS 1000
#define LINGER_STOPPING_MS 200

/* -- The end of a connection --------------------------------------------- */

/* The engine is not to know of it any longer: at once, or after a turn.  What
 * it still takes is as good as given back, and nobody else is closed for it
 * (see cf_evict_clients()). */
static void
end_session (CfLoop *self, CfConnection *connection)
{
  cf_loop_count_memory (self, connection, 0);
  cf_sessions_remove (self->group->engine->sessions, &connection->session);
  if (!cf_connection_leaves_much (connection))
    cf_connection_forget (connection);
}

static void
finish (CfLoop *self, CfConnection *connection)
{
  connection->stage = CF_STAGE_DEAD;
  cf_loop_let_go (self, connection);
  g_queue_push_tail_link (&self->dead, &connection->link);
}

/**
 * cf_loop_drop:
 * @self: a loop
 * @connection: one of its connections
 *
 * Ends it without sending anything more.
 */
void
cf_loop_drop (CfLoop *self, CfConnection *connection)
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
      cf_loop_make_undue (self, connection);
      cf_loop_make_ready (self, connection);
    }
}

/**
 * cf_loop_bury:
 * @self: a loop
 *
 * Closes and frees the connections that are dead.  That is put off to the end
 * of a round, so that a file descriptor that is used again is never taken for
 * the one before.
 */
void
cf_loop_bury (CfLoop *self)
{
  GList *link;

  while ((link = g_queue_pop_head_link (&self->dead)) != NULL)
    {
      CfConnection *connection = (CfConnection *) link->data;

      g_clear_pointer (&connection->tls, cf_tls_stream_free);
      /* Whoever accepted it may have a reference for a moment longer. */
      g_socket_close (g_socket_connection_get_socket (connection->socket),
                      NULL);
      g_clear_object (&connection->socket);
      cf_session_unref (&connection->session);
    }
}

/* Says by TLS that no more is sent.  FALSE: not before the socket takes it. */
static gboolean
say_end (CfConnection *connection)
{
  if (connection->tls == NULL || cf_tls_stream_end (connection->tls))
    return TRUE;
  connection->writable = FALSE;
  return FALSE;
}

/* All that was due is sent: says so to the peer, and waits for its end. */
static void
linger (CfLoop *self, CfConnection *connection)
{
  gint64 patience_ms = self->stopping ? LINGER_STOPPING_MS : LINGER_MS;

  if (connection->has_ended || shutdown (connection->fd, SHUT_WR) != 0)
    {
      cf_loop_drop (self, connection);
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
  connection->close_by_ms = self->now_ms + FLUSH_MS;
  connection->turn = CF_TURN_GO_ON;
}

static void
note_memory (CfLoop *self, CfConnection *connection)
{
  const CfConfig *config = self->group->engine->config;
  gsize before = connection->counted_memory;

  cf_loop_count_memory (self, connection,
                        cf_session_memory (&connection->session));
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

  if (left == 0 && say_end (connection))
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
      (connection->session.flags & (CF_SESSION_MONITOR | CF_SESSION_PUBSUB)) !=
          0)
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

/**
 * cf_loop_watch_clock:
 * @self: a loop
 * @connection: one of its connections
 *
 * Does what is due by now, and sees to it that it is looked at again in time.
 */
void
cf_loop_watch_clock (CfLoop *self, CfConnection *connection)
{
  gint64 due_ms;

  if (!look_at_clock (self, connection, &due_ms))
    {
      cf_loop_drop (self, connection);
      return;
    }
  if (due_ms != G_MAXINT64 &&
      (connection->timer.place == 0 || due_ms < connection->timer.due_ms))
    cf_timers_set (&self->timers, &connection->timer, due_ms);
  if (cf_connection_wants_turn (connection))
    cf_loop_make_ready (self, connection);
}

/**
 * cf_loop_settle:
 * @self: a loop
 * @connection: one of its connections, not away
 *
 * Brings all that the loop knows of a connection in line with what the
 * connection says.
 */
void
cf_loop_settle (CfLoop *self, CfConnection *connection)
{
  if (connection->stage == CF_STAGE_ENDING ||
      connection->turn == CF_TURN_GONE ||
      cf_connection_waits_in_vain (connection))
    {
      cf_loop_drop (self, connection);
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
      cf_loop_drop (self, connection);
      return;
    }
  if (connection->stage < CF_STAGE_LINGERING)
    note_memory (self, connection);
  cf_loop_watch_clock (self, connection);
}
