/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/slot.h"

struct _CfWatch
{
  CfObserved *observed; /* (not owned) the key this is on */
  guint16 slot;
  gint64 deadline_ms; /* of the key when the watch began */
  gint *dirty;        /* (not owned) (atomic) */

  /* Protected by the slot's lock. */
  CfWatch *next;  /* (nullable) on the same key */
  CfWatch **link; /* what points here */
};

static void
mark_dirty (const CfObserved *observed)
{
  for (CfWatch *watch = observed->watches; watch != NULL; watch = watch->next)
    g_atomic_int_set (watch->dirty, 1);
}

/**
 * cf_slot_touch:
 * @self: the key's slot, locked
 * @db: a database
 * @key: a key whose value changed
 *
 * Tells those who watch @key.
 *
 * Returns: whether somebody waits for it
 */
gboolean
cf_slot_touch (CfSlot *self, guint db, CfSlice key)
{
  const CfObserved *observed;

  if (G_LIKELY (self->observed == NULL))
    return FALSE;
  observed = cf_slot_observed (self, db, key, cf_table_hash (key));
  if (observed == NULL)
    return FALSE;
  mark_dirty (observed);
  return observed->first_wait != NULL;
}

static gboolean
is_live (CfSlot *slot, guint db, const CfObserved *observed, gint64 now_ms)
{
  const CfShard *shard = cf_slot_shard (slot, db);
  const CfEntry *entry;

  if (shard == NULL)
    return FALSE;
  entry = cf_table_find (&shard->table, observed->key, observed->hash);
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

  if (G_LIKELY (self->observed == NULL))
    return;
  g_hash_table_iter_init (&iter, self->observed);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    {
      const CfObserved *observed = item;
      gint db = (gint) observed->db, other = db == a ? b : a;

      if (a != -1 && db != a && db != b)
        continue;
      if (is_live (self, observed->db, observed, now_ms) ||
          (a != b && is_live (self, (guint) other, observed, now_ms)))
        mark_dirty (observed);
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
  watch->observed = cf_slot_observe (slot, db, key);
  watch->next = watch->observed->watches;
  if (watch->next != NULL)
    watch->next->link = &watch->next;
  watch->link = &watch->observed->watches;
  watch->observed->watches = watch;
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
  cf_slot_tidy_observed (slot, watch->observed);
  cf_slot_unlock (slot);
  g_free (watch);
}

static guint
hash_watch (gconstpointer data)
{
  const CfWatch *watch = data;

  return watch->observed->hash ^ watch->observed->db;
}

static gboolean
equal_watches (gconstpointer a, gconstpointer b)
{
  const CfObserved *one = ((const CfWatch *) a)->observed;
  const CfObserved *other = ((const CfWatch *) b)->observed;

  return one->db == other->db && cf_slice_equal (one->key, other->key);
}

/**
 * cf_watches_new:
 *
 * Returns: (transfer full) (element-type CfWatch): an empty set of watches
 */
GHashTable *
cf_watches_new (void)
{
  return g_hash_table_new (hash_watch, equal_watches);
}

/**
 * cf_watches_have:
 * @watches: a set of watches
 * @db: the number of a database
 * @key: a key
 *
 * Returns: %TRUE if that key is watched by one of them
 */
gboolean
cf_watches_have (GHashTable *watches, guint db, const CfKey *key)
{
  CfObserved observed = { .key = key->bytes, .hash = key->hash, .db = db };
  CfWatch watch = { .observed = &observed };

  return g_hash_table_contains (watches, &watch);
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
  return watch->observed->key;
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
