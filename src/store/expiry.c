/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/slot.h"

/**
 * cf_keyspace_next_deadline:
 * @self: the keyspace
 *
 * Returns: the least deadline of all keys, in ms; %G_MAXINT64 if there is none
 */
gint64
cf_keyspace_next_deadline (CfKeyspace *self)
{
  gint64 next = G_MAXINT64;

  for (guint i = 0; i < CF_N_SLOTS; i++)
    {
      gint64 deadline_ms =
          __atomic_load_n (&self->next_deadlines[i], __ATOMIC_SEQ_CST);

      next = MIN (next, deadline_ms);
    }
  return next;
}

/* Removes what is due and not claimed in the first chunk of a shard. */
static gsize
expire_shard (CfKeyspace *self, CfSlot *slot, guint db, gint64 now_ms)
{
  const CfShard *shard = cf_slot_shard (slot, db);
  CfEntry *due[CF_DEADLINES_CHUNK];
  guint n_due;
  gsize n_removed = 0;

  if (shard == NULL || shard->deadlines == NULL)
    return 0;
  n_due = cf_deadlines_due (shard->deadlines, now_ms, due);
  for (guint i = 0; i < n_due; i++)
    {
      CfSlice key = cf_entry_key (due[i]);
      guint32 hash = cf_table_hash (key);

      if (cf_claims_on (slot->claims, key, hash) != NULL)
        continue;
      cf_slot_drop (self, slot, db, key, hash, CF_REMOVED_EXPIRED);
      n_removed++;
    }
  return n_removed;
}

/* The same for the databases of a slot; the lock is given back in between. */
static gsize
expire_slot (CfKeyspace *self, guint slot_number, gint64 now_ms, gsize most)
{
  gsize n_removed = 0, n;

  do
    {
      CfSlot *slot = cf_slot_lock (self, slot_number);

      n = expire_shard (self, slot, 0, now_ms);
      for (guint i = 0; slot->others != NULL && i < slot->others->n_shards;)
        {
          guint db = slot->others->items[i].db;

          n += expire_shard (self, slot, db, now_ms);
          /* The shard goes with its last entry, and the next comes here. */
          if (slot->others != NULL && i < slot->others->n_shards &&
              slot->others->items[i].db == db)
            i++;
        }
      cf_slot_unlock (slot);
      n_removed += n;
    }
  while (n > 0 && n_removed < most);
  return n_removed;
}

/**
 * cf_keyspace_expire_due:
 * @self: the keyspace
 * @now_ms: the time
 * @most: about how many to remove at most
 *
 * Removes entries whose deadline is past, slot by slot, each locked briefly.
 * The next call goes on where this one stopped.
 *
 * Returns: how many were removed; 0 if none is due, or all are claimed
 */
gsize
cf_keyspace_expire_due (CfKeyspace *self, gint64 now_ms, gsize most)
{
  guint first = (guint) g_atomic_int_get (&self->expire_cursor);
  gsize n_removed = 0;
  guint i;

  if (cf_keyspace_is_frozen (self, now_ms))
    return 0;
  for (i = 0; i < CF_N_SLOTS && n_removed < most; i++)
    {
      guint slot = (first + i) % CF_N_SLOTS;

      if (__atomic_load_n (&self->next_deadlines[slot], __ATOMIC_SEQ_CST) <
          now_ms)
        n_removed += expire_slot (self, slot, now_ms, most - n_removed);
    }
  g_atomic_int_set (&self->expire_cursor, (gint) ((first + i) % CF_N_SLOTS));
  return n_removed;
}

/**
 * cf_keyspace_set_alarm:
 * @self: a keyspace that no other thread uses yet
 * @alarm: (nullable): what to call, in any thread, maybe with a slot locked,
 *   when a deadline is set that is earlier than the alarm's time
 * @data: for @alarm
 */
void
cf_keyspace_set_alarm (CfKeyspace *self,
                       void (*alarm) (gpointer data),
                       gpointer data)
{
  self->alarm = alarm;
  self->alarm_data = data;
}

/**
 * cf_keyspace_set_alarm_time:
 * @self: a keyspace
 * @wake_ms: when the expirer will look again
 *
 * Says before which deadline a new one has to raise the alarm.
 */
void
cf_keyspace_set_alarm_time (CfKeyspace *self, gint64 wake_ms)
{
  __atomic_store_n (&self->alarm_ms, wake_ms, __ATOMIC_SEQ_CST);
}

/**
 * cf_keyspace_evict:
 * @self: the keyspace
 * @db: a database
 * @key: a key
 *
 * Removes the entry at @key, if there still is one and it is not claimed.
 *
 * Returns: the bytes it took; 0 if nothing was removed
 */
gsize
cf_keyspace_evict (CfKeyspace *self, guint db, CfSlice key)
{
  CfKey full = cf_key (key);
  CfSlot *slot = cf_slot_lock (self, full.slot);
  const CfShard *shard = cf_slot_shard (slot, db);
  const CfEntry *entry = NULL;
  gsize bytes = 0;

  if (shard != NULL && cf_claims_on (slot->claims, key, full.hash) == NULL)
    entry = cf_table_find (&shard->table, key, full.hash);
  if (entry != NULL)
    {
      bytes = cf_entry_memory (entry, CF_OBJECT_SAMPLES);
      cf_slot_drop (self, slot, db, key, full.hash, CF_REMOVED_EVICTED);
    }
  cf_slot_unlock (slot);
  return bytes;
}
