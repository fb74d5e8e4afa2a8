/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/slot.h"

/**
 * cf_slot_wait:
 * @keyspace: a keyspace
 * @slot: the number of a slot, whose lock another thread has
 *
 * Takes the lock of the slot, and lets be seen that somebody waits for it.
 */
CF_NO_ANALYSIS void
cf_slot_wait (CfKeyspace *keyspace, guint slot)
{
  __atomic_add_fetch (&keyspace->n_waiting, 1, __ATOMIC_RELAXED);
  cf_mutex_lock (&keyspace->slots[slot].lock);
  __atomic_sub_fetch (&keyspace->n_waiting, 1, __ATOMIC_RELAXED);
}

/**
 * cf_slot_enter:
 * @keyspace: a keyspace
 * @hold: a hold
 * @slot: the number of a slot
 *
 * Takes the lock of the slot, unless the hold has it already.
 *
 * Returns: (transfer none): the slot
 */
/* No analysis: whether it locks depends on the hold. */
CF_NO_ANALYSIS CfSlot *
cf_slot_enter (CfKeyspace *keyspace, const CfHold *hold, guint slot)
{
  if (G_UNLIKELY (hold->mode == CF_HOLD_CLAIMS))
    return cf_slot_lock (keyspace, slot);
  return &keyspace->slots[slot];
}

/**
 * cf_slot_leave:
 * @self: what cf_slot_enter() gave
 * @hold: the same hold
 *
 * Releases the lock that cf_slot_enter() took.
 */
CF_NO_ANALYSIS void
cf_slot_leave (CfSlot *self, const CfHold *hold)
{
  if (G_UNLIKELY (hold->mode == CF_HOLD_CLAIMS))
    cf_slot_unlock (self);
}

/* Where database @db is among the others, or would be. */
static guint
find_other (const CfSlot *self, guint db)
{
  guint i = 0;

  while (self->others != NULL && i < self->others->n_shards &&
         self->others->items[i].db < db)
    i++;
  return i;
}

static gboolean
has_other (const CfSlot *self, guint i, guint db)
{
  return self->others != NULL && i < self->others->n_shards &&
         self->others->items[i].db == db;
}

/**
 * cf_slot_shard:
 * @self: a slot
 * @db: a database
 *
 * Returns: (transfer none) (nullable): its keys of that database
 */
CfShard *
cf_slot_shard (CfSlot *self, guint db)
{
  guint i;

  if (G_LIKELY (db == 0))
    return &self->shard;
  i = find_other (self, db);
  return has_other (self, i, db) ? &self->others->items[i].shard : NULL;
}

/**
 * cf_slot_need_shard:
 * @self: a slot
 * @db: a database
 *
 * Other databases' shards may move.
 *
 * Returns: (transfer none): its keys of that database
 */
CfShard *
cf_slot_need_shard (CfSlot *self, guint db)
{
  CfShard *shard = cf_slot_shard (self, db);
  CfShards *others = self->others;
  guint n_shards, i;

  if (shard != NULL)
    return shard;
  n_shards = others != NULL ? others->n_shards : 0;
  i = find_other (self, db);
  others = g_realloc (others, sizeof *others +
                                  (n_shards + 1) * sizeof others->items[0]);
  memmove (&others->items[i + 1], &others->items[i],
           (n_shards - i) * sizeof others->items[0]);
  memset (&others->items[i], 0, sizeof others->items[i]);
  others->items[i].db = db;
  others->n_shards = n_shards + 1;
  self->others = others;
  return &others->items[i].shard;
}

/* Forgets the shard of a database that has no keys in this slot. */
static void
drop_other (CfSlot *self, guint db)
{
  guint i = find_other (self, db);
  CfShards *others = self->others;

  if (!has_other (self, i, db))
    return;
  others->n_shards--;
  memmove (&others->items[i], &others->items[i + 1],
           (others->n_shards - i) * sizeof others->items[0]);
  if (others->n_shards == 0)
    g_clear_pointer (&self->others, g_free);
}

/**
 * cf_slot_take_shard:
 * @self: a slot
 * @db: a database
 *
 * Returns: (transfer full): its keys of that database, of which it then has
 *   none
 */
CfShard
cf_slot_take_shard (CfSlot *self, guint db)
{
  CfShard *shard = cf_slot_shard (self, db);
  CfShard taken = { 0 };

  if (shard == NULL)
    return taken;
  taken = *shard;
  memset (shard, 0, sizeof *shard);
  if (db != 0)
    drop_other (self, db);
  return taken;
}

/**
 * cf_slot_put_shard:
 * @self: a slot that has no keys of database @db
 * @db: a database
 * @shard: (transfer full): the keys it shall have
 */
void
cf_slot_put_shard (CfSlot *self, guint db, CfShard shard)
{
  if (shard.table.n_entries > 0)
    *cf_slot_need_shard (self, db) = shard;
}

static gint64
shard_first (const CfShard *self)
{
  return self->deadlines != NULL ? cf_deadlines_first (self->deadlines)
                                 : G_MAXINT64;
}

/* Tells the expirer if it would come too late. */
static void
raise_alarm (CfKeyspace *keyspace, gint64 deadline_ms)
{
  gint64 planned = __atomic_load_n (&keyspace->alarm_ms, __ATOMIC_SEQ_CST);

  while (deadline_ms < planned)
    if (__atomic_compare_exchange_n (&keyspace->alarm_ms, &planned, deadline_ms,
                                     FALSE, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
      {
        if (keyspace->alarm != NULL)
          keyspace->alarm (keyspace->alarm_data);
        return;
      }
}

static void
publish_deadline (CfKeyspace *keyspace, const CfSlot *self)
{
  gint64 *published = &keyspace->next_deadlines[self - keyspace->slots];
  gint64 first = shard_first (&self->shard);

  if (self->others != NULL)
    for (guint i = 0; i < self->others->n_shards; i++)
      first = MIN (first, shard_first (&self->others->items[i].shard));
  if (first == __atomic_load_n (published, __ATOMIC_RELAXED))
    return;
  __atomic_store_n (published, first, __ATOMIC_SEQ_CST);
  raise_alarm (keyspace, first);
}

static guint32 *
need_counts (CfKeyspace *keyspace, guint db)
{
  guint32 *counts = g_atomic_pointer_get (&keyspace->counts[db]);
  guint32 *made;

  if (G_LIKELY (counts != NULL))
    return counts;
  made = g_new0 (guint32, CF_N_SLOTS);
  if (g_atomic_pointer_compare_and_exchange (&keyspace->counts[db], NULL, made))
    {
      guint at = (guint) g_atomic_int_add (&keyspace->n_used, 1);

      /* Who reads this too early takes it for database 0. */
      g_atomic_int_set (&keyspace->used[at], db);
      return made;
    }
  g_free (made);
  return g_atomic_pointer_get (&keyspace->counts[db]);
}

/**
 * cf_slot_settle:
 * @keyspace: the keyspace
 * @self: a slot, locked
 * @db: a database whose entries in the slot were changed
 *
 * Makes what others read without the lock agree with the slot.
 */
void
cf_slot_settle (CfKeyspace *keyspace, CfSlot *self, guint db)
{
  const CfShard *shard = cf_slot_shard (self, db);
  guint32 n_entries = shard != NULL ? shard->table.n_entries : 0;
  guint32 *count = need_counts (keyspace, db) + (self - keyspace->slots);

  if (n_entries != __atomic_load_n (count, __ATOMIC_RELAXED))
    __atomic_store_n (count, n_entries, __ATOMIC_RELAXED);
  if (db != 0 && n_entries == 0)
    drop_other (self, db);
  publish_deadline (keyspace, self);
}

/**
 * cf_shard_index:
 * @self: a shard
 * @entry: one of its entries
 *
 * Puts the entry into the index of deadlines, if it has one.
 */
void
cf_shard_index (CfShard *self, CfEntry *entry)
{
  if (!cf_entry_is_volatile (entry))
    return;
  if (self->deadlines == NULL)
    self->deadlines = cf_deadlines_new ();
  cf_deadlines_insert (self->deadlines, entry);
}

/**
 * cf_shard_unindex:
 * @self: a shard
 * @entry: one of its entries
 *
 * Takes the entry out of the index of deadlines, if it has one.
 */
void
cf_shard_unindex (CfShard *self, const CfEntry *entry)
{
  if (!cf_entry_is_volatile (entry))
    return;
  cf_deadlines_remove (self->deadlines, entry);
  if (cf_deadlines_size (self->deadlines) == 0)
    g_clear_pointer (&self->deadlines, cf_deadlines_free);
}

/**
 * cf_shard_clear:
 * @self: a shard
 *
 * Frees what the shard takes, but not its entries.
 */
void
cf_shard_clear (CfShard *self)
{
  cf_table_clear (&self->table);
  g_clear_pointer (&self->deadlines, cf_deadlines_free);
}

/**
 * cf_slot_drop:
 * @keyspace: the keyspace
 * @self: a slot, locked
 * @db: the database of the key
 * @key: a key that is there
 * @hash: its hash
 * @why: expired or evicted
 *
 * Removes an entry for a reason of the keyspace's own, and tells of it.
 */
void
cf_slot_drop (CfKeyspace *keyspace,
              CfSlot *self,
              guint db,
              CfSlice key,
              guint32 hash,
              CfRemoval why)
{
  CfShard *shard = cf_slot_shard (self, db);
  CfEntry *entry = cf_table_steal (&shard->table, key, hash);
  CfSlice own_key = cf_entry_key (entry);

  cf_shard_unindex (shard, entry);
  cf_slot_settle (keyspace, self, db);
  cf_slot_touch (self, db, own_key);
  cf_slot_nudge (self, db, own_key, hash);
  __atomic_add_fetch (why == CF_REMOVED_EXPIRED ? &keyspace->n_expired
                                                : &keyspace->n_evicted,
                      1, __ATOMIC_RELAXED);
  if (keyspace->hooks.removed != NULL)
    keyspace->hooks.removed (keyspace->hooks.data, db, own_key, why);
  cf_keyspace_discard (keyspace, entry);
}
