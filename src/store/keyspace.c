/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyspace.h"

#include "base/clock.h"
#include "store/reaper.h"
#include "store/slot.h"

/**
 * cf_keyspace_new:
 * @n_databases: how many databases there are, at most CF_DATABASES_MAX
 * @hooks: (nullable): whom to tell of removals
 *
 * Returns: (transfer full): an empty keyspace
 */
CfKeyspace *
cf_keyspace_new (guint n_databases, const CfKeyspaceHooks *hooks)
{
  CfKeyspace *self = g_new0 (CfKeyspace, 1);

  g_assert (n_databases > 0 && n_databases <= CF_DATABASES_MAX);
  self->n_databases = n_databases;
  if (hooks != NULL)
    self->hooks = *hooks;
  self->slots = g_aligned_alloc0 (CF_N_SLOTS, sizeof (CfSlot), 64);
  self->next_deadlines = g_new (gint64, CF_N_SLOTS);
  self->counts = g_new0 (guint32 *, n_databases);
  self->used = g_new0 (guint, n_databases);
  self->upheavals = g_new0 (CfUpheavals, n_databases);
  self->n_waited = g_new0 (guint32, CF_N_SLOTS);
  for (guint i = 0; i < CF_N_SLOTS; i++)
    {
      cf_mutex_init (&self->slots[i].lock, CF_LOCK_SLOT, i);
      self->next_deadlines[i] = G_MAXINT64;
    }
  cf_keyspace_set_access_kind (self, CF_ACCESS_LRU, 10, 1);
  return self;
}

/**
 * cf_keyspace_free:
 * @self: (nullable) (transfer full): a keyspace that nobody uses or watches
 */
void
cf_keyspace_free (CfKeyspace *self)
{
  if (self == NULL)
    return;
  cf_trash_free (cf_keyspace_flush (self, -1, NULL));
  for (guint i = 0; i < CF_N_SLOTS; i++)
    {
      g_assert (self->slots[i].claims == NULL);
      g_assert (self->slots[i].observed == NULL);
      cf_mutex_clear (&self->slots[i].lock);
    }
  for (guint db = 0; db < self->n_databases; db++)
    g_free (self->counts[db]);
  g_free (self->counts);
  g_free (self->used);
  g_free (self->upheavals);
  g_free (self->n_waited);
  g_free (self->next_deadlines);
  g_aligned_free (self->slots);
  g_free (self);
}

/**
 * cf_keyspace_n_databases:
 * @self: a keyspace
 *
 * Returns: how many databases there are
 */
guint
cf_keyspace_n_databases (const CfKeyspace *self)
{
  return self->n_databases;
}

/**
 * cf_keyspace_set_reaper:
 * @self: a keyspace that no other thread uses yet
 * @reaper: (nullable) (transfer none): who frees large values; %NULL: nobody
 *   else does
 */
void
cf_keyspace_set_reaper (CfKeyspace *self, CfReaper *reaper)
{
  self->reaper = reaper;
}

/**
 * cf_keyspace_freeze:
 * @self: the keyspace
 * @until_ms: until when nothing expires, wall-clock milliseconds; 0 ends it
 */
void
cf_keyspace_freeze (CfKeyspace *self, gint64 until_ms)
{
  __atomic_store_n (&self->frozen_until_ms, until_ms, __ATOMIC_RELAXED);
}

/**
 * cf_keyspace_is_frozen:
 * @self: a keyspace
 * @now_ms: the time now
 *
 * Returns: %TRUE while nothing expires
 */
gboolean
cf_keyspace_is_frozen (CfKeyspace *self, gint64 now_ms)
{
  return now_ms < __atomic_load_n (&self->frozen_until_ms, __ATOMIC_RELAXED);
}

/**
 * cf_keyspace_discard:
 * @self: a keyspace
 * @entry: (transfer full): an entry that is in no table any more
 *
 * Frees the entry: here if that is quick, else in the reaper's thread.
 */
void
cf_keyspace_discard (CfKeyspace *self, CfEntry *entry)
{
  if (self->reaper != NULL && cf_entry_is_bulky (entry))
    cf_reaper_free_entry (self->reaper, entry);
  else
    cf_entry_free (entry);
}

/**
 * cf_entry_is_past:
 * @self: an entry
 * @now_ms: the time now
 *
 * Returns: %TRUE if its deadline is before @now_ms
 */
gboolean
cf_entry_is_past (const CfEntry *self, gint64 now_ms)
{
  return cf_entry_is_volatile (self) && cf_entry_deadline (self) < now_ms;
}

static gint64
hold_now (const CfHold *hold)
{
  return hold->now_ms != 0 ? hold->now_ms : cf_clock_wall_ms ();
}

static CfEntry *
look_up (CfSlot *slot, guint db, const CfKey *key)
{
  const CfShard *shard = cf_slot_shard (slot, db);

  return shard != NULL ? cf_table_find (&shard->table, key->bytes, key->hash)
                       : NULL;
}

/**
 * cf_slot_look_up:
 * @self: the keyspace
 * @slot: the slot of @key, locked
 * @db: a database
 * @key: a key; if it is not held, as one that is only read
 * @now_ms: the time of the command
 *
 * Removes the entry that is past its deadline.
 *
 * Returns: (transfer none) (nullable): the live entry at the key
 */
CfEntry *
cf_slot_look_up (
    CfKeyspace *self, CfSlot *slot, guint db, const CfKey *key, gint64 now_ms)
{
  CfEntry *entry = look_up (slot, db, key);

  if (entry == NULL || !cf_entry_is_past (entry, now_ms))
    return entry;
  /* Other readers may have it still. */
  if (key->reading && cf_claims_on (slot->claims, key->bytes, key->hash))
    return NULL;
  if (!cf_keyspace_is_frozen (self, now_ms))
    cf_slot_drop (self, slot, db, key->bytes, key->hash, CF_REMOVED_EXPIRED);
  return NULL;
}

/**
 * cf_keyspace_find:
 * @self: the keyspace
 * @hold: what holds @key
 * @db: a database
 * @key: a key
 * @now_ms: the time of the command
 *
 * Returns: (transfer none) (nullable): the entry at @key
 */
CfEntry *
cf_keyspace_find (
    CfKeyspace *self, CfHold *hold, guint db, const CfKey *key, gint64 now_ms)
{
  CfSlot *slot = cf_slot_enter (self, hold, key->slot);
  CfEntry *entry = cf_slot_look_up (self, slot, db, key, now_ms);

  cf_slot_leave (slot, hold);
  return entry;
}

/* Puts an entry in the place of @old, which may be NULL. */
static void
replace (CfKeyspace *self,
         CfHold *hold,
         CfSlot *slot,
         guint db,
         const CfKey *key,
         CfEntry *old,
         CfEntry *entry)
{
  CfShard *shard = cf_slot_need_shard (slot, db);

  if (old != NULL)
    cf_shard_unindex (shard, old);
  cf_table_insert (&shard->table, entry, key->hash);
  cf_shard_index (shard, entry);
  if (old == NULL || cf_entry_is_volatile (old) || cf_entry_is_volatile (entry))
    cf_slot_settle (self, slot, db);
  if (old != NULL)
    cf_hold_discard (hold, old);
}

/* Changes the deadline of an entry that has one and keeps one. */
static void
move_deadline (CfKeyspace *self,
               CfSlot *slot,
               guint db,
               CfEntry *entry,
               gint64 deadline_ms)
{
  CfShard *shard = cf_slot_shard (slot, db);

  if (deadline_ms == cf_entry_deadline (entry))
    return;
  cf_deadlines_remove (shard->deadlines, entry);
  cf_entry_set_deadline (entry, deadline_ms);
  cf_deadlines_insert (shard->deadlines, entry);
  cf_slot_settle (self, slot, db);
}

/* Overwrites a value where it is, which costs no allocation. */
static gboolean
assign (CfKeyspace *self,
        CfSlot *slot,
        guint db,
        CfEntry *entry,
        const CfValue *value,
        gint64 deadline_ms)
{
  /* Nothing large is to be freed under the lock. */
  if ((entry->flags & (CF_ENTRY_BLOB | CF_ENTRY_OBJECT)) != 0 ||
      cf_entry_is_volatile (entry) != (deadline_ms != CF_NO_DEADLINE) ||
      !cf_entry_assign (entry, value))
    return FALSE;
  if (cf_entry_is_volatile (entry))
    move_deadline (self, slot, db, entry, deadline_ms);
  return TRUE;
}

/* The access field of what comes in the place of @live, which may be NULL. */
static guint32
next_access (CfKeyspace *self, const CfEntry *live, gint64 now_ms)
{
  if (live != NULL && g_atomic_int_get (&self->access_kind) == CF_ACCESS_LFU)
    return cf_entry_access (live);
  return cf_access_initial (self, now_ms);
}

static CfEntry *
put_locked (CfKeyspace *self,
            CfHold *hold,
            CfSlot *slot,
            guint db,
            const CfKey *key,
            const CfValue *value,
            gint64 deadline_ms)
{
  gint64 now_ms = hold_now (hold);
  CfEntry *live = cf_slot_look_up (self, slot, db, key, now_ms);
  CfEntry *old = live != NULL ? live : look_up (slot, db, key); /* frozen */
  guint32 access = next_access (self, live, now_ms);
  CfEntry *entry;

  if (deadline_ms == CF_KEEP_DEADLINE)
    deadline_ms = live != NULL ? cf_entry_deadline (live) : CF_NO_DEADLINE;
  if (old == NULL || !assign (self, slot, db, old, value, deadline_ms))
    {
      entry = cf_entry_try_new (key->bytes, value, deadline_ms);
      if (entry == NULL)
        return NULL;
      replace (self, hold, slot, db, key, old, entry);
    }
  else
    entry = old;
  cf_entry_set_access (entry, access);
  return entry;
}

/**
 * cf_keyspace_put:
 * @self: the keyspace
 * @hold: what holds @key
 * @db: a database
 * @key: a key
 * @value: what to put there, in place of what there is; its blob or object is
 *   taken
 * @deadline_ms: when it expires, CF_NO_DEADLINE or CF_KEEP_DEADLINE
 *
 * Returns: (transfer none) (nullable): the entry that is there now; %NULL if
 *   there is no memory, and nothing was changed
 */
CfEntry *
cf_keyspace_put (CfKeyspace *self,
                 CfHold *hold,
                 guint db,
                 const CfKey *key,
                 const CfValue *value,
                 gint64 deadline_ms)
{
  CfSlot *slot = cf_slot_enter (self, hold, key->slot);
  CfEntry *entry = put_locked (self, hold, slot, db, key, value, deadline_ms);

  cf_slot_leave (slot, hold);
  return entry;
}

/**
 * cf_keyspace_put_entry:
 * @self: the keyspace
 * @hold: what holds @key
 * @db: a database
 * @key: a key
 * @entry: (transfer full): an entry of that key that is in no table
 *
 * Puts it there, in place of what there is.
 */
void
cf_keyspace_put_entry (
    CfKeyspace *self, CfHold *hold, guint db, const CfKey *key, CfEntry *entry)
{
  gint64 now_ms = hold_now (hold);
  CfSlot *slot = cf_slot_enter (self, hold, key->slot);
  CfEntry *live = cf_slot_look_up (self, slot, db, key, now_ms);

  cf_entry_set_access (entry, next_access (self, live, now_ms));
  replace (self, hold, slot, db, key,
           live != NULL ? live : look_up (slot, db, key), entry);
  cf_slot_leave (slot, hold);
}

/**
 * cf_keyspace_set_deadline:
 * @self: the keyspace
 * @hold: what holds @key
 * @db: a database
 * @key: a key
 * @deadline_ms: when it expires, or CF_NO_DEADLINE
 *
 * Returns: (transfer none) (nullable): the entry that is there now, maybe
 *   another; %NULL if there is no key or no memory
 */
CfEntry *
cf_keyspace_set_deadline (CfKeyspace *self,
                          CfHold *hold,
                          guint db,
                          const CfKey *key,
                          gint64 deadline_ms)
{
  CfSlot *slot = cf_slot_enter (self, hold, key->slot);
  CfEntry *old = cf_slot_look_up (self, slot, db, key, hold_now (hold));
  CfEntry *entry = old;

  if (old != NULL &&
      cf_entry_is_volatile (old) != (deadline_ms != CF_NO_DEADLINE))
    {
      entry = cf_entry_try_remake (old, key->bytes, deadline_ms);
      if (entry != NULL)
        replace (self, hold, slot, db, key, old, entry);
    }
  else if (old != NULL && cf_entry_is_volatile (old))
    move_deadline (self, slot, db, old, deadline_ms);
  cf_slot_leave (slot, hold);
  return entry;
}

/**
 * cf_keyspace_steal:
 * @self: the keyspace
 * @hold: what holds @key
 * @db: a database
 * @key: a key
 *
 * Returns: (transfer full) (nullable): the entry at @key, where there is none
 *   any more
 */
CfEntry *
cf_keyspace_steal (CfKeyspace *self, CfHold *hold, guint db, const CfKey *key)
{
  CfSlot *slot = cf_slot_enter (self, hold, key->slot);
  CfEntry *entry = cf_slot_look_up (self, slot, db, key, hold_now (hold));

  if (entry != NULL)
    {
      CfShard *shard = cf_slot_shard (slot, db);

      cf_table_steal (&shard->table, key->bytes, key->hash);
      cf_shard_unindex (shard, entry);
      cf_slot_settle (self, slot, db);
      cf_slot_touch (slot, db, key->bytes);
    }
  cf_slot_leave (slot, hold);
  return entry;
}

/**
 * cf_keyspace_remove:
 * @self: the keyspace
 * @hold: what holds @key
 * @db: a database
 * @key: a key
 *
 * Returns: whether there was an entry to remove
 */
gboolean
cf_keyspace_remove (CfKeyspace *self, CfHold *hold, guint db, const CfKey *key)
{
  CfEntry *entry = cf_keyspace_steal (self, hold, db, key);

  if (entry == NULL)
    return FALSE;
  cf_hold_discard (hold, entry);
  return TRUE;
}

/**
 * cf_keyspace_adopt:
 * @self: the keyspace
 * @hold: what holds @key
 * @db: a database
 * @key: a key
 * @stolen: (transfer full): an entry of whatever key that is in no table
 *
 * Puts the value and the deadline of @stolen at @key, in place of what is
 * there.
 *
 * Returns: (transfer none) (nullable): the entry that is there now; %NULL if
 *   there is no memory, and @stolen is still the caller's
 */
CfEntry *
cf_keyspace_adopt (
    CfKeyspace *self, CfHold *hold, guint db, const CfKey *key, CfEntry *stolen)
{
  CfEntry *entry =
      cf_entry_try_remake (stolen, key->bytes, cf_entry_deadline (stolen));
  CfSlot *slot;

  if (entry == NULL)
    return NULL;
  cf_entry_free (stolen);
  slot = cf_slot_enter (self, hold, key->slot);
  replace (self, hold, slot, db, key, look_up (slot, db, key), entry);
  cf_slot_leave (slot, hold);
  return entry;
}

/**
 * cf_keyspace_touch:
 * @self: the keyspace
 * @hold: what holds @key
 * @db: a database
 * @key: a key whose value changed
 *
 * Tells those who watch the key.
 *
 * Returns: whether somebody waits for it
 */
gboolean
cf_keyspace_touch (CfKeyspace *self, CfHold *hold, guint db, const CfKey *key)
{
  CfSlot *slot = cf_slot_enter (self, hold, key->slot);
  gboolean is_waited_for = cf_slot_touch (slot, db, key->bytes);

  cf_slot_leave (slot, hold);
  return is_waited_for;
}

/**
 * cf_keyspace_n_expired:
 * @self: a keyspace
 *
 * Returns: how many entries have expired since the start
 */
gsize
cf_keyspace_n_expired (CfKeyspace *self)
{
  return __atomic_load_n (&self->n_expired, __ATOMIC_RELAXED);
}

/**
 * cf_keyspace_n_evicted:
 * @self: a keyspace
 *
 * Returns: how many entries were evicted since the start
 */
gsize
cf_keyspace_n_evicted (CfKeyspace *self)
{
  return __atomic_load_n (&self->n_evicted, __ATOMIC_RELAXED);
}
