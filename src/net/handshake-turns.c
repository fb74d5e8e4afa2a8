/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/handshake-turns.h"

/**
 * cf_handshake_turns_init:
 * @self: uninitialised turns
 * @serial: the serials that are given are above that
 */
void
cf_handshake_turns_init (CfHandshakeTurns *self, guint64 serial)
{
  *self = (CfHandshakeTurns){
    .table = g_hash_table_new (g_int64_hash, g_int64_equal),
    .serial = serial,
  };
}

/**
 * cf_handshake_turns_clear:
 * @self: turns; nobody is there
 */
void
cf_handshake_turns_clear (CfHandshakeTurns *self)
{
  g_hash_table_unref (self->table);
}

/**
 * cf_handshake_turns_add:
 * @self: turns
 * @turn: (transfer none): zeroes; not moved until it is removed
 * @now_ms: when it comes, by a clock that never goes back
 */
void
cf_handshake_turns_add (CfHandshakeTurns *self,
                        CfHandshakeTurn *turn,
                        gint64 now_ms)
{
  turn->serial = ++self->serial;
  turn->start_ms = now_ms;
  turn->link.data = turn;
  turn->turn_link.data = turn;
  g_hash_table_insert (self->table, &turn->serial, turn);
  g_queue_push_tail_link (&self->all, &turn->link);
}

/**
 * cf_handshake_turns_find:
 * @self: turns
 * @serial: what cf_handshake_turns_add() gave
 *
 * Returns: (transfer none) (nullable): whose it is, if it is still there
 */
CfHandshakeTurn *
cf_handshake_turns_find (const CfHandshakeTurns *self, guint64 serial)
{
  return g_hash_table_lookup (self->table, &serial);
}

/**
 * cf_handshake_turns_begin:
 * @self: turns
 * @turn: one that is there, and does not wait
 * @most: how many may have begun at a time
 *
 * Has it begin, if it has not.
 *
 * Returns: %FALSE if it waits now, until cf_handshake_turns_remove() returns it
 */
gboolean
cf_handshake_turns_begin (CfHandshakeTurns *self,
                          CfHandshakeTurn *turn,
                          guint most)
{
  if (turn->has_begun)
    return TRUE;
  if (self->begun.length >= most)
    {
      turn->is_waiting = TRUE;
      g_queue_push_tail_link (&self->waiting, &turn->turn_link);
      return FALSE;
    }
  turn->has_begun = TRUE;
  g_queue_push_tail_link (&self->begun, &turn->turn_link);
  return TRUE;
}

/* Returns: (nullable): who has waited longest, and does no longer. */
static CfHandshakeTurn *
call_next (CfHandshakeTurns *self)
{
  GList *link = g_queue_pop_head_link (&self->waiting);
  CfHandshakeTurn *next;

  if (link == NULL)
    return NULL;
  next = link->data;
  next->is_waiting = FALSE;
  return next;
}

/**
 * cf_handshake_turns_remove:
 * @self: turns
 * @turn: one that is there
 *
 * Returns: (transfer none) (nullable): who may try to begin in its place
 */
CfHandshakeTurn *
cf_handshake_turns_remove (CfHandshakeTurns *self, CfHandshakeTurn *turn)
{
  g_hash_table_remove (self->table, &turn->serial);
  g_queue_unlink (&self->all, &turn->link);
  if (turn->is_waiting)
    g_queue_unlink (&self->waiting, &turn->turn_link);
  if (!turn->has_begun)
    return NULL;
  g_queue_unlink (&self->begun, &turn->turn_link);
  return call_next (self);
}

/**
 * cf_handshake_turns_oldest:
 * @queue: @all or @begun of turns
 * @by_ms: by when it must have come
 *
 * Few are busy at a time, so that the first that is not is soon found.
 *
 * Returns: (transfer none) (nullable): the first in @queue that is not busy,
 *   if it and all before it had come by then
 */
CfHandshakeTurn *
cf_handshake_turns_oldest (const GQueue *queue, gint64 by_ms)
{
  for (const GList *link = queue->head; link != NULL; link = link->next)
    {
      CfHandshakeTurn *turn = link->data;

      if (turn->start_ms > by_ms)
        return NULL;
      if (!turn->is_busy)
        return turn;
    }
  return NULL;
}
