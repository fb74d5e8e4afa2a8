/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/slot.h"

struct _CfWatch
{
  CfObserved *observed; /* (not owned) the key this is on */
  guint16 slot;
  /* When the watch began. */
  gboolean existed; /* there was such a key */
  gint64 deadline_ms;
  CfUpheavals upheavals; /* of its database */
  gint *dirty;           /* (not owned) (atomic) */

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

/**
 * cf_keyspace_watch:
 * @self: the keyspace
 * @db: a database
 * @key: a key
 * @dirty: (transfer none): what to set to 1 when the key changes
 * @now_ms: the time
 *
 * No slot may be locked by the caller, nor the key be held.
 *
 * Returns: (transfer full) (nullable): a watch, for cf_keyspace_unwatch();
 * %NULL if there is no memory for a key as long as this
 */
CfWatch *
cf_keyspace_watch (
    CfKeyspace *self, guint db, const CfKey *key, gint *dirty, gint64 now_ms)
{
  CfKey only_read = *key;
  CfSlot *slot = cf_slot_lock (self, key->slot);
  CfObserved *observed;
  const CfEntry *entry;
  CfWatch *watch;

  only_read.reading = TRUE;
  entry = cf_slot_look_up (self, slot, db, &only_read, now_ms);
  observed = cf_slot_observe (slot, db, key);
  if (observed == NULL)
    {
      cf_slot_unlock (slot);
      return NULL;
    }
  watch = g_new0 (CfWatch, 1);
  watch->slot = key->slot;
  watch->deadline_ms =
      entry != NULL ? cf_entry_deadline (entry) : CF_NO_DEADLINE;
  watch->existed = entry != NULL;
  watch->upheavals = self->upheavals[db];
  watch->dirty = dirty;
  watch->observed = observed;
  watch->next = watch->observed->watches;
  if (watch->next != NULL)
    watch->next->link = &watch->next;
  watch->link = &watch->observed->watches;
  watch->observed->watches = watch;
  cf_slot_unlock (slot);
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

/* A database was swapped since it was found that it did not have the key.  If
 * it has it now and nobody touched it, it came by that. */
static gboolean
has_come (CfKeyspace *self, CfHold *hold, const CfWatch *watch, gint64 now_ms)
{
  const CfObserved *observed = watch->observed;
  const CfKey key = { .bytes = observed->key,
                      .hash = observed->hash,
                      .slot = watch->slot };
  guint n_swapped = self->upheavals[observed->db].n_swapped;

  /* It may have come with one and gone with the next. */
  return n_swapped - watch->upheavals.n_swapped > 1 ||
         cf_keyspace_find (self, hold, observed->db, &key, now_ms) != NULL;
}

/**
 * cf_keyspace_watch_is_stale:
 * @self: the keyspace
 * @hold: what holds the key
 * @watch: a watch whose key nobody touched yet
 * @now_ms: the time
 *
 * Returns: whether the key, live when the watch began, is past its deadline,
 *   or was in, or came into, a database that was flushed or swapped since then
 */
gboolean
cf_keyspace_watch_is_stale (CfKeyspace *self,
                            CfHold *hold,
                            const CfWatch *watch,
                            gint64 now_ms)
{
  const CfUpheavals *now = &self->upheavals[watch->observed->db];
  gboolean swapped = now->n_swapped != watch->upheavals.n_swapped;

  if (watch->deadline_ms != CF_NO_DEADLINE && watch->deadline_ms < now_ms)
    return TRUE;
  if (watch->existed)
    return swapped || now->n_flushed != watch->upheavals.n_flushed;
  return swapped && has_come (self, hold, watch, now_ms);
}
