/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/slot.h"

/**
 * cf_keyspace_wait:
 * @self: the keyspace
 * @hold: what holds @key
 * @db: a database
 * @key: a key
 * @link: (transfer none): a link that is not linked, with its class, waiter and
 *   argument
 *
 * Puts the link at the end of the key's queue, unless the last one there is of
 * the same waiter.
 *
 * Returns: %FALSE if there is no memory for a key as long as this
 */
gboolean
cf_keyspace_wait (CfKeyspace *self,
                  CfHold *hold,
                  guint db,
                  const CfKey *key,
                  CfWaitLink *link)
{
  CfSlot *slot = cf_slot_enter (self, hold, key->slot);
  CfObserved *observed = cf_slot_observe (slot, db, key);
  CfWaitLink *last;

  if (observed == NULL)
    {
      cf_slot_leave (slot, hold);
      return FALSE;
    }
  last = observed->last_wait;
  if (last == NULL || last->waiter != link->waiter)
    {
      link->observed = observed;
      link->slot = key->slot;
      link->previous = last;
      link->next = NULL;
      link->round = observed->round;
      if (last == NULL)
        self->n_waited[key->slot]++;
      *(last != NULL ? &last->next : &observed->first_wait) = link;
      observed->last_wait = link;
      if (link->even_gone)
        observed->n_even_gone++;
    }
  cf_slot_leave (slot, hold);
  return TRUE;
}

static void
take_out (CfKeyspace *self, CfSlot *slot, CfWaitLink *link)
{
  CfObserved *observed = link->observed;

  if (observed == NULL)
    return;
  *(link->previous != NULL ? &link->previous->next : &observed->first_wait) =
      link->next;
  *(link->next != NULL ? &link->next->previous : &observed->last_wait) =
      link->previous;
  if (observed->first_wait == NULL)
    self->n_waited[link->slot]--;
  if (link->even_gone)
    observed->n_even_gone--;
  link->observed = NULL;
  cf_slot_tidy_observed (slot, observed);
}

/**
 * cf_keyspace_unwait:
 * @self: the keyspace
 * @link: a link that was given to cf_keyspace_wait()
 *
 * Takes the link out of its queue, if it still is in it.  No slot may be
 * locked by the caller, which must be inside the gate.
 */
void
cf_keyspace_unwait (CfKeyspace *self, CfWaitLink *link)
{
  CfSlot *slot = cf_slot_lock (self, link->slot);

  take_out (self, slot, link);
  cf_slot_unlock (slot);
}

/**
 * cf_keyspace_unwait_held:
 * @self: the keyspace
 * @hold: what holds the key
 * @link: a link on it
 *
 * The same, by the holder of the key.
 */
void
cf_keyspace_unwait_held (CfKeyspace *self, CfHold *hold, CfWaitLink *link)
{
  CfSlot *slot = cf_slot_enter (self, hold, link->slot);

  take_out (self, slot, link);
  cf_slot_leave (slot, hold);
}

/**
 * cf_keyspace_mark_ready:
 * @self: the keyspace
 * @hold: what holds @key
 * @db: a database
 * @key: a key that was changed
 * @gone: it has no value that anybody waits for: only those count who want to
 *   know that, too
 *
 * Returns: whether the key must be served, and nobody has said so before
 */
CfReadiness
cf_keyspace_mark_ready (
    CfKeyspace *self, CfHold *hold, guint db, const CfKey *key, gboolean gone)
{
  CfSlot *slot = cf_slot_enter (self, hold, key->slot);
  CfObserved *observed = cf_slot_observed (slot, db, key->bytes, key->hash);
  CfReadiness readiness = CF_READY_NOBODY;

  if (observed != NULL &&
      (gone ? observed->n_even_gone > 0 : observed->first_wait != NULL))
    {
      readiness = observed->ready ? CF_READY_ALREADY : CF_READY_NEWLY;
      observed->ready = TRUE;
    }
  cf_slot_leave (slot, hold);
  return readiness;
}

/**
 * cf_keyspace_begin_serving:
 * @self: the keyspace
 * @hold: what holds @key
 * @db: a database
 * @key: a key that is ready
 *
 * Returns: the number of a new round, for cf_keyspace_next_waiter()
 */
guint
cf_keyspace_begin_serving (CfKeyspace *self,
                           CfHold *hold,
                           guint db,
                           const CfKey *key)
{
  CfSlot *slot = cf_slot_enter (self, hold, key->slot);
  CfObserved *observed = cf_slot_observed (slot, db, key->bytes, key->hash);
  guint round = 0;

  if (observed != NULL)
    {
      observed->ready = FALSE;
      round = ++observed->round;
    }
  cf_slot_leave (slot, hold);
  return round;
}

/**
 * cf_keyspace_next_waiter:
 * @self: the keyspace
 * @hold: what holds @key
 * @db: a database
 * @key: a key
 * @round: what cf_keyspace_begin_serving() gave
 * @gone: only those count that want to know that the key is gone
 * @last: (nullable): the link before, whose waiter the caller still refers to
 *
 * Returns: (transfer none) (nullable): the next link of the queue, a reference
 *   to whose waiter is given with it
 */
CfWaitLink *
cf_keyspace_next_waiter (CfKeyspace *self,
                         CfHold *hold,
                         guint db,
                         const CfKey *key,
                         guint round,
                         gboolean gone,
                         CfWaitLink *last)
{
  CfSlot *slot = cf_slot_enter (self, hold, key->slot);
  CfObserved *observed = cf_slot_observed (slot, db, key->bytes, key->hash);
  CfWaitLink *link = NULL;

  if (observed == NULL || (gone && observed->n_even_gone == 0))
    link = NULL;
  else if (last != NULL && last->observed != NULL)
    link = last->next;
  else
    link = observed->first_wait;
  /* If the one before was taken out: leave out those that had their turn. */
  while (link != NULL && (link->round == round || (gone && !link->even_gone)))
    link = link->next;
  if (link != NULL)
    {
      link->round = round;
      link->class->ref (link->waiter);
    }
  cf_slot_leave (slot, hold);
  return link;
}

static void
nudge (const CfObserved *observed, gboolean gone)
{
  for (CfWaitLink *link = observed->first_wait; link != NULL; link = link->next)
    if (!gone || link->even_gone)
      link->class->nudge (link->waiter);
}

/**
 * cf_slot_nudge:
 * @self: the key's slot, locked
 * @db: a database
 * @key: a key that the keyspace removes by itself
 * @hash: its hash
 *
 * Nudges those who wait and want to know that the key is gone.
 */
void
cf_slot_nudge (CfSlot *self, guint db, CfSlice key, guint32 hash)
{
  const CfObserved *observed;

  if (G_LIKELY (self->observed == NULL))
    return;
  observed = cf_slot_observed (self, db, key, hash);
  if (observed != NULL && observed->n_even_gone > 0)
    nudge (observed, TRUE);
}

/**
 * cf_keyspace_nudge:
 * @self: the keyspace
 * @db: a database
 * @key: a key
 *
 * Nudges all who wait for the key, so that they look at it for themselves.
 */
void
cf_keyspace_nudge (CfKeyspace *self, guint db, const CfKey *key)
{
  CfSlot *slot = cf_slot_lock (self, key->slot);
  const CfObserved *observed =
      cf_slot_observed (slot, db, key->bytes, key->hash);

  if (observed != NULL)
    nudge (observed, FALSE);
  cf_slot_unlock (slot);
}

/**
 * cf_keyspace_each_waited:
 * @self: the keyspace; the gate is closed
 * @db: a database, or -1: all of them
 * @func: what to call
 * @data: what to call it with
 *
 * Goes through the keys that somebody waits for.
 */
void
cf_keyspace_each_waited (CfKeyspace *self,
                         gint db,
                         CfWaitedFunc func,
                         gpointer data)
{
  for (guint i = 0; i < CF_N_SLOTS; i++)
    {
      const CfSlot *slot = &self->slots[i];
      GHashTableIter iter;
      gpointer item;

      /* Those that are only watched may be very many. */
      if (G_LIKELY (self->n_waited[i] == 0))
        continue;
      g_hash_table_iter_init (&iter, slot->observed);
      while (g_hash_table_iter_next (&iter, &item, NULL))
        {
          const CfObserved *observed = item;
          CfKey key = { observed->key, observed->hash, (guint16) i };

          if (observed->first_wait != NULL &&
              (db < 0 || (guint) db == observed->db))
            func (observed->db, &key, data);
        }
    }
}
