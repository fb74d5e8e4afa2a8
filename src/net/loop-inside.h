/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop-inside.h -- a loop from inside: what the files of the loop share.
 *
 * Only src/net/loop*.c include this.
 *
 * Thread safety: all is the handler's, between turns.
 */
#pragma once

#include "net/loop.h"

G_BEGIN_DECLS

/* loop-ends.c: what a connection needs after a turn or news, and its end. */
void cf_loop_settle (CfLoop *self, CfConnection *connection);
void cf_loop_watch_clock (CfLoop *self, CfConnection *connection);
void cf_loop_drop (CfLoop *self, CfConnection *connection);
void cf_loop_bury (CfLoop *self);

/* loop-mail.c */
void cf_loop_read_mail (CfLoop *self);
gboolean cf_loop_open_told (CfLoop *self, CfConnection *connection);
void cf_loop_review (CfLoop *self);
void cf_loop_drop_mail (CfLoop *self);

/* -- The sets a connection is in ----------------------------------------- */

/**
 * cf_loop_make_ready:
 * @self: a loop
 * @connection: one of its connections
 *
 * Has it get a turn, unless one is due to it, or a relieved handler has it.
 */
static inline void
cf_loop_make_ready (CfLoop *self, CfConnection *connection)
{
  if (connection->is_ready || connection->is_due || connection->is_away)
    return;
  connection->is_ready = TRUE;
  g_queue_push_tail_link (&self->ready, &connection->ready_link);
}

/**
 * cf_loop_make_unready:
 * @self: a loop
 * @connection: one of its connections
 *
 * Has it get no turn for now.
 */
static inline void
cf_loop_make_unready (CfLoop *self, CfConnection *connection)
{
  if (!connection->is_ready)
    return;
  connection->is_ready = FALSE;
  g_queue_unlink (&self->ready, &connection->ready_link);
}

/**
 * cf_loop_make_due:
 * @self: a loop
 * @connection: one of its connections, which has output
 *
 * Has its output sent at the end of the round.
 */
static inline void
cf_loop_make_due (CfLoop *self, CfConnection *connection)
{
  if (connection->is_due)
    return;
  connection->is_due = TRUE;
  g_queue_push_tail_link (&self->due, &connection->due_link);
}

/**
 * cf_loop_make_undue:
 * @self: a loop
 * @connection: one of its connections
 *
 * Has nothing sent at the end of the round.
 */
static inline void
cf_loop_make_undue (CfLoop *self, CfConnection *connection)
{
  if (!connection->is_due)
    return;
  connection->is_due = FALSE;
  g_queue_unlink (&self->due, &connection->due_link);
}

/**
 * cf_loop_make_told:
 * @self: a loop
 * @connection: one of its connections, whose inbox has output
 *
 * Has its inbox looked into when others had their turns.
 */
static inline void
cf_loop_make_told (CfLoop *self, CfConnection *connection)
{
  if (connection->is_told)
    return;
  connection->is_told = TRUE;
  g_queue_push_tail_link (&self->told, &connection->told_link);
}

/**
 * cf_loop_make_untold:
 * @self: a loop
 * @connection: one of its connections
 *
 * Has its inbox not looked into any more.
 */
static inline void
cf_loop_make_untold (CfLoop *self, CfConnection *connection)
{
  if (!connection->is_told)
    return;
  connection->is_told = FALSE;
  g_queue_unlink (&self->told, &connection->told_link);
}

/**
 * cf_loop_count_memory:
 * @self: a loop
 * @connection: one of its connections
 * @memory: the bytes that it takes now
 *
 * Counts them in place of what was counted before.
 */
static inline void
cf_loop_count_memory (CfLoop *self, CfConnection *connection, gsize memory)
{
  if (memory == connection->counted_memory)
    return;
  __atomic_store_n (&self->memory,
                    self->memory + memory - connection->counted_memory,
                    __ATOMIC_RELAXED);
  connection->counted_memory = memory;
}

/**
 * cf_loop_take_in:
 * @self: a loop
 * @connection: one that is in no loop
 *
 * Has it be among the loop's; it was counted when it was sent here.
 */
static inline void
cf_loop_take_in (CfLoop *self, CfConnection *connection)
{
  g_queue_push_tail_link (&self->connections, &connection->link);
  cf_loop_count_memory (self, connection,
                        cf_session_memory (&connection->session));
}

/**
 * cf_loop_let_go:
 * @self: a loop
 * @connection: one of its connections
 *
 * Has it be in no loop, and in none of its sets.
 */
static inline void
cf_loop_let_go (CfLoop *self, CfConnection *connection)
{
  cf_loop_make_unready (self, connection);
  cf_loop_make_undue (self, connection);
  cf_loop_make_untold (self, connection);
  cf_timers_unset (&self->timers, &connection->timer);
  cf_loop_count_memory (self, connection, 0);
  g_queue_unlink (&self->connections, &connection->link);
  __atomic_sub_fetch (&self->n_connections, 1, __ATOMIC_RELAXED);
}

/**
 * cf_connection_waits_in_vain:
 * @connection: a connection
 *
 * A command that was only put off would have run before the end of the client
 * was seen, so it still runs.
 *
 * Returns: whether it has a command that waits, for a client that is gone
 */
static inline gboolean
cf_connection_waits_in_vain (const CfConnection *connection)
{
  return connection->hung_up && connection->session.park.kind == CF_PARK_BLOCK;
}

G_END_DECLS
