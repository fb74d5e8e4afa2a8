/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/slot.h"

/* A key that is watched, in its slot's set of them.  Its name and place are
 * set when it is made and only read after. */
typedef struct
{
  CfSlice key; /* (owned) */
  guint32 hash;
  guint db;
  CfWatch *watches; /* (owned) at least one */
} WatchedKey;

struct _CfWatch
{
  WatchedKey *watched; /* (not owned) the key this is on */
  guint16 slot;
  gint64 deadline_ms; /* of the key when the watch began */
  gint *dirty;        /* (not owned) (atomic) */

  /* Protected by the slot's lock. */
  CfWatch *next;  /* (nullable) on the same key */
  CfWatch **link; /* what points here */
};

static guint
hash_watched (gconstpointer item)
{
  const WatchedKey *watched = item;

  return watched->hash ^ watched->db;
}

static gboolean
watched_equal (gconstpointer a, gconstpointer b)
{
  const WatchedKey *one = a, *other = b;

  return one->db == other->db && cf_slice_equal (one->key, other->key);
}

static WatchedKey *
find_watched (const CfSlot *slot, guint db, CfSlice key, guint32 hash)
{
  const WatchedKey wanted = { .key = key, .hash = hash, .db = db };

  if (slot->watched == NULL)
    return NULL;
  return g_hash_table_lookup (slot->watched, &wanted);
}

static WatchedKey *
need_watched (CfSlot *slot, guint db, const CfKey *key)
{
  WatchedKey *watched = find_watched (slot, db, key->bytes, key->hash);

  if (watched != NULL)
    return watched;
  watched = g_new0 (WatchedKey, 1);
  watched->key =
      cf_slice (g_memdup2 (key->bytes.data, key->bytes.size), key->bytes.size);
  watched->hash = key->hash;
  watched->db = db;
  if (slot->watched == NULL)
    slot->watched = g_hash_table_new (hash_watched, watched_equal);
  g_hash_table_add (slot->watched, watched);
  return watched;
}

static void
drop_watched (CfSlot *slot, WatchedKey *watched)
{
  g_hash_table_remove (slot->watched, watched);
  if (g_hash_table_size (slot->watched) == 0)
    g_clear_pointer (&slot->watched, g_hash_table_unref);
  g_free ((char *) watched->key.data);
  g_free (watched);
}

static void
mark_dirty (const WatchedKey *watched)
{
  for (CfWatch *watch = watched->watches; watch != NULL; watch = watch->next)
    g_atomic_int_set (watch->dirty, 1);
}

/**
 * cf_slot_touch:
 * @self: the key's slot, locked
 * @db: a database
 * @key: a key whose value changed
 *
 * Tells those who watch @key.
 */
void
cf_slot_touch (CfSlot *self, guint db, CfSlice key)
{
  const WatchedKey *watched;

  if (G_LIKELY (self->watched == NULL))
    return;
  watched = find_watched (self, db, key, cf_table_hash (key));
  if (watched != NULL)
    mark_dirty (watched);
}

static gboolean
is_live (CfSlot *slot, guint db, const WatchedKey *watched, gint64 now_ms)
{
  const CfShard *shard = cf_slot_shard (slot, db);
  const CfEntry *entry;

  if (shard == NULL)
    return FALSE;
  entry = cf_table_find (&shard->table, watched->key, watched->hash);
  return entry != NULL && !cf_entry_is_past (entry, now_ms);
}

/**
 * cf_slot_touch_live:
 * @self: a slot, before its databases @a and @b change places
 * @a: a database, or -1: any
 * @b: another; or the same as @a, which is about to be emptied
 * @now_ms: the time
 *
 * Tells those who watch a key of these databases that is in one of them.
 */
void
cf_slot_touch_live (CfSlot *self, gint a, gint b, gint64 now_ms)
{
  GHashTableIter iter;
  gpointer item;

  if (G_LIKELY (self->watched == NULL))
    return;
  g_hash_table_iter_init (&iter, self->watched);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    {
      const WatchedKey *watched = item;
      gint db = (gint) watched->db, other = db == a ? b : a;

      if (a != -1 && db != a && db != b)
        continue;
      if (is_live (self, watched->db, watched, now_ms) ||
          (a != b && is_live (self, (guint) other, watched, now_ms)))
        mark_dirty (watched);
    }
}

/**
 * cf_keyspace_watch:
 * @self: the keyspace
 * @hold: what holds @key
 * @db: a database
 * @key: a key
 * @dirty: (transfer none): what to set to 1 when the key changes
 * @now_ms: the time
 *
 * Returns: (transfer full): a watch, for cf_keyspace_unwatch()
 */
CfWatch *
cf_keyspace_watch (CfKeyspace *self,
                   CfHold *hold,
                   guint db,
                   const CfKey *key,
                   gint *dirty,
                   gint64 now_ms)
{
  const CfEntry *entry = cf_keyspace_find (self, hold, db, key, now_ms);
  CfWatch *watch = g_new0 (CfWatch, 1);
  CfSlot *slot = cf_slot_enter (self, hold, key->slot);

  watch->slot = key->slot;
  watch->deadline_ms =
      entry != NULL ? cf_entry_deadline (entry) : CF_NO_DEADLINE;
  watch->dirty = dirty;
  watch->watched = need_watched (slot, db, key);
  watch->next = watch->watched->watches;
  if (watch->next != NULL)
    watch->next->link = &watch->next;
  watch->link = &watch->watched->watches;
  watch->watched->watches = watch;
  cf_slot_leave (slot, hold);
  return watch;
}

/**
 * cf_keyspace_unwatch:
 * @self: the keyspace
 * @watch: (transfer full): a watch
 *
 * No slot may be locked by the caller.
 */
void
cf_keyspace_unwatch (CfKeyspace *self, CfWatch *watch)
{
  CfSlot *slot = cf_slot_lock (self, watch->slot);

  *watch->link = watch->next;
  if (watch->next != NULL)
    watch->next->link = watch->link;
  if (watch->watched->watches == NULL)
    drop_watched (slot, watch->watched);
  cf_slot_unlock (slot);
  g_free (watch);
}

/**
 * cf_watch_is_on:
 * @watch: a watch
 * @db: the number of a database
 * @key: a key
 *
 * Returns: %TRUE if it is that key that is watched
 */
gboolean
cf_watch_is_on (const CfWatch *watch, guint db, CfSlice key)
{
  return watch->watched->db == db && cf_slice_equal (watch->watched->key, key);
}

/**
 * cf_watch_key:
 * @watch: a watch
 *
 * Returns: the key it is on, good as long as @watch is
 */
CfSlice
cf_watch_key (const CfWatch *watch)
{
  return watch->watched->key;
}

/**
 * cf_watch_has_expired:
 * @watch: a watch that found no change yet
 * @now_ms: the time
 *
 * Returns: whether the key, live when the watch began, is past its deadline
 */
gboolean
cf_watch_has_expired (const CfWatch *watch, gint64 now_ms)
{
  return watch->deadline_ms != CF_NO_DEADLINE && watch->deadline_ms < now_ms;
}
