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

static inline void
cf_loop_make_ready (CfLoop *self, CfConnection *connection)
{
  if (connection->is_ready || connection->is_due || connection->is_away)
    return;
  connection->is_ready = TRUE;
  g_queue_push_tail_link (&self->ready, &connection->ready_link);
}

static inline void
cf_loop_make_unready (CfLoop *self, CfConnection *connection)
{
  if (!connection->is_ready)
    return;
  connection->is_ready = FALSE;
  g_queue_unlink (&self->ready, &connection->ready_link);
}

static inline void
cf_loop_make_due (CfLoop *self, CfConnection *connection)
{
  if (connection->is_due)
    return;
  connection->is_due = TRUE;
  g_queue_push_tail_link (&self->due, &connection->due_link);
}

static inline void
cf_loop_make_undue (CfLoop *self, CfConnection *connection)
{
  if (!connection->is_due)
    return;
  connection->is_due = FALSE;
  g_queue_unlink (&self->due, &connection->due_link);
}

static inline void
cf_loop_make_told (CfLoop *self, CfConnection *connection)
{
  if (connection->is_told)
    return;
  connection->is_told = TRUE;
  g_queue_push_tail_link (&self->told, &connection->told_link);
}

static inline void
cf_loop_make_untold (CfLoop *self, CfConnection *connection)
{
  if (!connection->is_told)
    return;
  connection->is_told = FALSE;
  g_queue_unlink (&self->told, &connection->told_link);
}

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

static inline void
cf_loop_take_in (CfLoop *self, CfConnection *connection)
{
  g_queue_push_tail_link (&self->connections, &connection->link);
  cf_loop_count_memory (self, connection,
                        cf_session_memory (&connection->session));
}

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

/* A command that waits, for a client that is gone.  One that was only put off
 * would have run before the end of the client was seen, so it still runs. */
static inline gboolean
cf_connection_waits_in_vain (const CfConnection *connection)
{
  return connection->hung_up && connection->session.park.kind == CF_PARK_BLOCK;
}

G_END_DECLS
