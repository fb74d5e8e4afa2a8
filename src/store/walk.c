/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/random.h"
#include "store/slot.h"

/* After so many picks of keys past their deadlines any key will do. */
#define PICKS_MAX 100

/* A walk goes slot by slot and, in a slot, part by part of the table; the
 * lock is held for one part.  The slot and the position in it make a cursor:
 *
 *   63      46 45     32 31              0
 *   |   zero  |  slot   |  position      |
 */

#define POSITION_END ((guint64) 1 << 32)

/**
 * cf_keyspace_count_in:
 * @self: a keyspace
 * @db: the number of a database
 * @slot: the number of a slot
 *
 * Returns: how many keys there are in the slot, read without its lock
 */
guint32
cf_keyspace_count_in (CfKeyspace *self, guint db, guint slot)
{
  const guint32 *counts = g_atomic_pointer_get (&self->counts[db]);

  return counts != NULL ? __atomic_load_n (&counts[slot], __ATOMIC_RELAXED) : 0;
}

/**
 * cf_keyspace_size:
 * @self: the keyspace
 * @db: a database
 *
 * Returns: how many keys it has
 */
gsize
cf_keyspace_size (CfKeyspace *self, guint db)
{
  const guint32 *counts = g_atomic_pointer_get (&self->counts[db]);
  gsize n_keys = 0;

  for (guint slot = 0; counts != NULL && slot < CF_N_SLOTS; slot++)
    n_keys += __atomic_load_n (&counts[slot], __ATOMIC_RELAXED);
  return n_keys;
}

/**
 * cf_keyspace_count:
 * @self: the keyspace
 * @db: a database
 * @n_keys: (out): how many keys it has
 * @n_volatile: (out): how many have a deadline
 * @average_ttl_ms: (out): how long these still have, in the mean; 0 if none
 * @now_ms: the time
 */
void
cf_keyspace_count (CfKeyspace *self,
                   guint db,
                   gsize *n_keys,
                   gsize *n_volatile,
                   gint64 *average_ttl_ms,
                   gint64 now_ms)
{
  double sum_ms = 0;

  *n_keys = *n_volatile = 0;
  for (guint i = 0; i < CF_N_SLOTS; i++)
    {
      CfSlot *slot;
      const CfShard *shard;

      if (cf_keyspace_count_in (self, db, i) == 0)
        continue;
      slot = cf_slot_lock (self, i);
      shard = cf_slot_shard (slot, db);
      if (shard != NULL)
        *n_keys += shard->table.n_entries;
      if (shard != NULL && shard->deadlines != NULL)
        {
          gsize n = cf_deadlines_size (shard->deadlines);

          *n_volatile += n;
          sum_ms += (double) n *
                    (double) (cf_deadlines_average (shard->deadlines) - now_ms);
        }
      cf_slot_unlock (slot);
    }
  *average_ttl_ms =
      *n_volatile > 0 ? MAX ((gint64) (sum_ms / (double) *n_volatile), 0) : 0;
}

/* Calls @func for the live entries of one part of a slot. */
static gsize
walk_part (CfKeyspace *self,
           guint db,
           guint slot_number,
           guint64 *position,
           gint64 now_ms,
           CfEntryFunc func,
           gpointer data,
           gboolean *is_over)
{
  CfSlot *slot = cf_slot_lock (self, slot_number);
  const CfShard *shard = cf_slot_shard (slot, db);
  CfTableIter iter;
  CfEntry *entry;
  gsize n_seen = 0;

  if (shard == NULL)
    {
      cf_slot_unlock (slot);
      *position = POSITION_END;
      return 0;
    }
  cf_table_iter_init (&iter, &shard->table, (guint32) *position, position);
  while (!*is_over && (entry = cf_table_iter_next (&iter)) != NULL)
    {
      n_seen++;
      if (!cf_entry_is_past (entry, now_ms))
        *is_over = !func (entry, data);
    }
  cf_slot_unlock (slot);
  return n_seen;
}

/**
 * cf_keyspace_walk_slot:
 * @self: the keyspace
 * @db: a database
 * @slot: the number of a slot
 * @now_ms: the time
 * @func: what to call for each live entry, with the slot locked
 * @data: for @func
 *
 * An entry that is there all the while is visited once.
 */
void
cf_keyspace_walk_slot (CfKeyspace *self,
                       guint db,
                       guint slot,
                       gint64 now_ms,
                       CfEntryFunc func,
                       gpointer data)
{
  gboolean is_over = FALSE;
  guint64 position = 0;

  if (cf_keyspace_count_in (self, db, slot) == 0)
    return;
  while (position < POSITION_END && !is_over)
    walk_part (self, db, slot, &position, now_ms, func, data, &is_over);
}

/**
 * cf_keyspace_scan:
 * @self: the keyspace
 * @db: a database
 * @cursor: 0 to begin, or what the last call returned; anything is harmless
 * @count: how many entries to visit at least, if there are as many
 * @now_ms: the time
 * @func: what to call for each live entry, with its slot locked; what it
 *   returns does not matter
 * @data: for @func
 *
 * An entry that is there from the first call to the last is visited.
 *
 * Returns: where to go on, 0 at the end
 */
guint64
cf_keyspace_scan (CfKeyspace *self,
                  guint db,
                  guint64 cursor,
                  gsize count,
                  gint64 now_ms,
                  CfEntryFunc func,
                  gpointer data)
{
  guint64 slot = cursor >> 32;
  guint64 position = cursor & G_MAXUINT32;
  gsize n_seen = 0;

  for (; slot < CF_N_SLOTS; slot++, position = 0)
    {
      if (cf_keyspace_count_in (self, db, (guint) slot) == 0)
        continue;
      while (position < POSITION_END)
        {
          gboolean is_over = FALSE;

          if (n_seen >= count)
            return slot << 32 | position;
          n_seen += walk_part (self, db, (guint) slot, &position, now_ms, func,
                               data, &is_over);
        }
    }
  return 0;
}

/* The slot of the @n-th key, as counted without locks. */
static gboolean
find_nth (CfKeyspace *self, guint db, guint64 n, guint *slot)
{
  for (*slot = 0; *slot < CF_N_SLOTS; ++*slot)
    {
      guint32 count = cf_keyspace_count_in (self, db, *slot);

      if (n < count)
        return TRUE;
      n -= count;
    }
  return FALSE;
}

/* A place in a table from which to go on; each entry has about the same
 * chance to be the first. */
static gboolean
start_anywhere (const CfTable *table, CfTableIter *iter, guint n_after)
{
  guint64 end;
  guint n_entries =
      cf_table_iter_init (iter, table, (guint32) cf_random_u64 (), &end);

  if (n_entries > n_after)
    for (guint64 n = cf_random_below (n_entries - n_after + 1); n > 0; n--)
      (void) cf_table_iter_next (iter);
  return n_entries > 0;
}

static void
copy_key (CfSlice name, char **key, gsize *size)
{
  *key = cf_slice_try_dup (name);
  *size = name.size;
}

/* Picks an entry of a slot; if it is past its deadline it goes instead. */
static gboolean
pick (CfKeyspace *self,
      guint db,
      guint slot_number,
      gint64 now_ms,
      char **key,
      gsize *size)
{
  CfSlot *slot = cf_slot_lock (self, slot_number);
  const CfShard *shard = cf_slot_shard (slot, db);
  const CfEntry *entry;
  CfTableIter iter;
  gboolean is_live = FALSE;

  if (shard != NULL && start_anywhere (&shard->table, &iter, 1) &&
      (entry = cf_table_iter_next (&iter)) != NULL)
    {
      CfSlice name = cf_entry_key (entry);
      guint32 hash = cf_table_hash (name);

      is_live = !cf_entry_is_past (entry, now_ms);
      if (is_live)
        copy_key (name, key, size);
      else if (!cf_keyspace_is_frozen (self, now_ms) &&
               cf_claims_on (slot->claims, name, hash) == NULL)
        cf_slot_drop (self, slot, db, name, hash, CF_REMOVED_EXPIRED);
    }
  cf_slot_unlock (slot);
  return is_live;
}

typedef struct
{
  char **key;
  gsize *size;
  gboolean is_found;
} Finding;

static gboolean
take_key (const CfEntry *entry, gpointer data)
{
  Finding *self = data;

  copy_key (cf_entry_key (entry), self->key, self->size);
  self->is_found = TRUE;
  return FALSE;
}

/* The first live key from a random slot on. */
static gboolean
find_any (CfKeyspace *self, guint db, gint64 now_ms, char **key, gsize *size)
{
  guint first = (guint) cf_random_below (CF_N_SLOTS);
  Finding finding = { key, size, FALSE };

  for (guint i = 0; i < CF_N_SLOTS && !finding.is_found; i++)
    cf_keyspace_walk_slot (self, db, (first + i) % CF_N_SLOTS, now_ms, take_key,
                           &finding);
  return finding.is_found;
}

/**
 * cf_keyspace_random:
 * @self: the keyspace
 * @db: a database
 * @now_ms: the time
 * @key: (out) (transfer full) (nullable): the key and a final NUL; %NULL: there
 *   is no key, or no memory for it
 * @size: (out): bytes of it
 *
 * While the keyspace is frozen, a key past its deadline is better than none.
 *
 * Returns: %FALSE if there is no key
 */
gboolean
cf_keyspace_random (
    CfKeyspace *self, guint db, gint64 now_ms, char **key, gsize *size)
{
  gsize n = 0;

  *key = NULL;
  *size = 0;
  for (guint i = 0; i < PICKS_MAX && (n = cf_keyspace_size (self, db)) > 0; i++)
    {
      guint slot;

      if (find_nth (self, db, cf_random_below (n), &slot) &&
          pick (self, db, slot, now_ms, key, size))
        return TRUE;
    }
  if (n == 0)
    return FALSE;
  return find_any (self, db, now_ms, key, size) ||
         (cf_keyspace_is_frozen (self, now_ms) &&
          find_any (self, db, G_MININT64, key, size));
}

typedef struct
{
  CfSlot *slot;
  gboolean only_volatile;
  guint n_left;
  CfSampleFunc func;
  gpointer data;
} Sampler;

static void
sample_entry (Sampler *self, guint db, const CfEntry *entry)
{
  CfSlice key = cf_entry_key (entry);

  if (self->slot->claims != NULL &&
      cf_claims_on (self->slot->claims, key, cf_table_hash (key)) != NULL)
    return;
  self->n_left--;
  self->func (entry, db, self->data);
}

static void
sample_shard (Sampler *self, guint db, const CfShard *shard)
{
  const CfEntry *entry;
  CfTableIter iter;

  if (self->only_volatile)
    {
      gsize n =
          shard->deadlines != NULL ? cf_deadlines_size (shard->deadlines) : 0;

      for (gsize i = MIN (n, self->n_left); i > 0; i--)
        sample_entry (self, db, cf_deadlines_random (shard->deadlines));
      return;
    }
  if (!start_anywhere (&shard->table, &iter, self->n_left))
    return;
  while (self->n_left > 0 && (entry = cf_table_iter_next (&iter)) != NULL)
    sample_entry (self, db, entry);
}

/* Samples the databases of one slot, from a random one on. */
static void
sample_slot (Sampler *self)
{
  const CfShards *others = self->slot->others;
  guint n_shards = 1 + (others != NULL ? others->n_shards : 0);
  guint first = (guint) cf_random_below (n_shards);

  for (guint i = 0; i < n_shards && self->n_left > 0; i++)
    {
      guint at = (first + i) % n_shards;

      if (at == 0)
        sample_shard (self, 0, &self->slot->shard);
      else
        sample_shard (self, others->items[at - 1].db,
                      &others->items[at - 1].shard);
    }
}

static gboolean
has_any (CfKeyspace *self, guint slot, gboolean only_volatile)
{
  if (only_volatile)
    return __atomic_load_n (&self->next_deadlines[slot], __ATOMIC_RELAXED) !=
           G_MAXINT64;
  for (gint i = 0; i < g_atomic_int_get (&self->n_used); i++)
    if (cf_keyspace_count_in (self, (guint) g_atomic_int_get (&self->used[i]),
                              slot) > 0)
      return TRUE;
  return FALSE;
}

/**
 * cf_keyspace_sample:
 * @self: the keyspace
 * @only_volatile: whether to choose among entries with a deadline only
 * @n: how many to choose
 * @func: what to call for each, with its slot locked; no lock above that
 * @data: for @func
 *
 * Begins at a random slot, and goes on to the next if it has too few.  The
 * same volatile entry may be chosen twice.  Claimed keys are left out.
 *
 * Returns: how many were chosen
 */
guint
cf_keyspace_sample (CfKeyspace *self,
                    gboolean only_volatile,
                    guint n,
                    CfSampleFunc func,
                    gpointer data)
{
  Sampler sampler = { NULL, only_volatile, n, func, data };
  guint first = (guint) cf_random_below (CF_N_SLOTS);

  for (guint i = 0; i < CF_N_SLOTS && sampler.n_left > 0; i++)
    {
      guint slot = (first + i) % CF_N_SLOTS;

      if (!has_any (self, slot, only_volatile))
        continue;
      sampler.slot = cf_slot_lock (self, slot);
      sample_slot (&sampler);
      cf_slot_unlock (sampler.slot);
    }
  return n - sampler.n_left;
}
