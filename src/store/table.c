/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/table.h"

#include "base/hash.h"
#include "store/table-few.h"

/* Two neighbours with fewer entries than this are made one. */
#define PART_MIN (CF_TABLE_PART_MAX / 4)
#define CACHE_LINE 64

/* A key that is looked for.  It starts as an entry does, with the flag
 * CF_ENTRY_PROBE, so that it can be told from one. */
typedef struct
{
  guint8 kind;
  guint8 flags;
  guint32 hash;
  CfSlice key;
} Probe;

G_STATIC_ASSERT (offsetof (Probe, flags) == offsetof (CfEntry, flags));

/* The entry that this thread inserts, and its hash, to be computed once. */
static _Thread_local struct
{
  const CfEntry *entry;
  guint32 hash;
} inserted;

static inline CfSlice
key_of (gconstpointer item)
{
  const Probe *probe = item;

  return (probe->flags & CF_ENTRY_PROBE) != 0 ? probe->key
                                              : cf_entry_key (item);
}

static guint
hash_item (gconstpointer item)
{
  const Probe *probe = item;

  if ((probe->flags & CF_ENTRY_PROBE) != 0)
    return probe->hash;
  if (item == inserted.entry)
    return inserted.hash;
  return cf_table_hash (cf_entry_key (item));
}

/* A probe that only fetches takes the first entry of its hash for its own. */
static gboolean
items_equal (gconstpointer item, gconstpointer sought)
{
  const Probe *probe = sought;

  if ((probe->flags & CF_ENTRY_FETCH) != 0)
    {
      __builtin_prefetch (item);
      __builtin_prefetch ((const char *) item + CACHE_LINE);
      return TRUE;
    }
  return cf_slice_equal (key_of (item), key_of (sought));
}

static GHashTable *
new_part (void)
{
  return g_hash_table_new (hash_item, items_equal);
}

static guint32
place_of (const CfTable *self, guint32 hash)
{
  return self->depth == 0 ? 0 : hash >> (32 - self->depth);
}

static GHashTable *
part_at (const CfTable *self, guint32 place)
{
  return self->depth == 0 ? self->parts : ((GHashTable **) self->parts)[place];
}

/* How many places of the directory the part at @place has, and the first. */
static guint32
run_of (const CfTable *self, guint32 place, guint32 *first)
{
  const GHashTable *part = part_at (self, place);
  guint32 length = 1, whole = 1u << self->depth;

  /* Runs are aligned to their length, so this looks at each size once. */
  while (length < whole && part_at (self, place & ~(2 * length - 1)) == part &&
         part_at (self, place | (2 * length - 1)) == part)
    length *= 2;
  *first = place & ~(length - 1);
  return length;
}

static void
add_to_part (GHashTable *part, CfEntry *entry, guint32 hash)
{
  inserted.entry = entry;
  inserted.hash = hash;
  g_hash_table_add (part, entry);
  inserted.entry = NULL;
}

static void
set_run (CfTable *self, guint32 first, guint32 length, GHashTable *part)
{
  for (guint32 i = 0; i < length; i++)
    ((GHashTable **) self->parts)[first + i] = part;
}

/* Makes the directory twice as long; every part keeps its hashes. */
static void
deepen (CfTable *self)
{
  guint32 n_places = 1u << self->depth;
  GHashTable **longer = g_new (GHashTable *, 2 * (gsize) n_places);

  for (guint32 i = 0; i < n_places; i++)
    longer[2 * i] = longer[2 * i + 1] = part_at (self, i);
  if (self->depth > 0)
    g_free (self->parts);
  self->parts = longer;
  self->depth++;
}

/* Moves the upper half of a full part's hashes to a part of their own. */
static void
split (CfTable *self, guint32 hash)
{
  guint32 first, length = run_of (self, place_of (self, hash), &first);
  GHashTable *lower = part_at (self, first), *upper;
  GHashTableIter iter;
  gpointer entry;

  if (length == 1)
    {
      if (self->depth == CF_TABLE_DEPTH_MAX)
        return;
      deepen (self);
      first *= 2;
      length = 2;
    }
  upper = new_part ();
  g_hash_table_iter_init (&iter, lower);
  while (g_hash_table_iter_next (&iter, &entry, NULL))
    {
      guint32 entry_hash = cf_table_hash (cf_entry_key (entry));

      if (place_of (self, entry_hash) < first + length / 2)
        continue;
      add_to_part (upper, entry, entry_hash);
      g_hash_table_iter_steal (&iter);
    }
  set_run (self, first + length / 2, length / 2, upper);
}

/* A few entries too many become a part. */
static void
become_hashed (CfTable *self)
{
  GHashTable *part = new_part ();
  guint n = self->n_entries;

  for (guint i = 0; i < n; i++)
    {
      CfEntry *entry = cf_table_few_entry (self->parts, n, i);

      add_to_part (part, entry, cf_table_hash (cf_entry_key (entry)));
    }
  cf_table_few_free (self->parts, n);
  self->parts = part;
  self->is_hashed = TRUE;
}

/* The entries of the only part are few again. */
static void
become_few (CfTable *self)
{
  CfTableFew *few = NULL;
  GHashTableIter iter;
  gpointer entry;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->parts);
  for (; g_hash_table_iter_next (&iter, &entry, NULL); n++)
    few =
        cf_table_few_add (few, n, entry, cf_table_hash (cf_entry_key (entry)));
  g_hash_table_unref (self->parts);
  self->parts = few;
  self->is_hashed = FALSE;
}

/* Makes a part and its neighbour one, if both have become small. */
static void
merge (CfTable *self, guint32 place)
{
  guint32 first, other, length = run_of (self, place, &first);
  guint32 other_first = first ^ length;
  GHashTable *part = part_at (self, place), *neighbour;
  GHashTableIter iter;
  gpointer entry;

  if (length == 1u << self->depth)
    return;
  other = run_of (self, other_first, &other_first);
  neighbour = part_at (self, other_first);
  if (other != length ||
      g_hash_table_size (part) + g_hash_table_size (neighbour) >= PART_MIN)
    return;
  g_hash_table_iter_init (&iter, neighbour);
  while (g_hash_table_iter_next (&iter, &entry, NULL))
    add_to_part (part, entry, cf_table_hash (cf_entry_key (entry)));
  g_hash_table_unref (neighbour);
  if (2 * length < 1u << self->depth)
    {
      set_run (self, other_first, length, part);
      return;
    }
  g_free (self->parts);
  self->parts = part;
  self->depth = 0;
}

/**
 * cf_table_clear:
 * @self: a table
 *
 * Makes it empty, without freeing the entries.
 */
void
cf_table_clear (CfTable *self)
{
  guint32 first;

  if (!self->is_hashed)
    cf_table_few_free (self->parts, self->n_entries);
  for (guint32 place = 0; self->is_hashed && place < 1u << self->depth;)
    {
      guint32 length = run_of (self, place, &first);

      g_hash_table_unref (part_at (self, place));
      place += length;
    }
  if (self->depth > 0)
    g_free (self->parts);
  *self = (CfTable){ 0 };
}

/**
 * cf_table_hash:
 * @key: a key
 *
 * Returns: its hash, for the functions below
 */
guint32
cf_table_hash (CfSlice key)
{
  return (guint32) cf_hash64 (key);
}

/**
 * cf_table_find:
 * @self: a table
 * @key: the key to look for
 * @hash: its hash
 *
 * Returns: (transfer none) (nullable): the entry with this key
 */
CfEntry *
cf_table_find (const CfTable *self, CfSlice key, guint32 hash)
{
  const Probe probe = { .flags = CF_ENTRY_PROBE, .hash = hash, .key = key };
  guint n = self->n_entries, i;

  if (!self->is_hashed)
    {
      i = cf_table_few_find (self->parts, n, key, hash);
      return i < n ? cf_table_few_entry (self->parts, n, i) : NULL;
    }
  return g_hash_table_lookup (part_at (self, place_of (self, hash)), &probe);
}

/**
 * cf_table_fetch:
 * @self: a table
 * @hash: the hash of a key that is about to be looked up
 *
 * Has the processor fetch the entry with this hash, if there is one, without
 * waiting for it.
 */
void
cf_table_fetch (const CfTable *self, guint32 hash)
{
  const Probe probe = {
    .flags = CF_ENTRY_PROBE | CF_ENTRY_FETCH,
    .hash = hash,
  };

  if (!self->is_hashed)
    cf_table_few_fetch (self->parts, self->n_entries, hash);
  else
    g_hash_table_contains (part_at (self, place_of (self, hash)), &probe);
}

/* TRUE: it is in. */
static gboolean
insert_in_few (CfTable *self, CfEntry *entry, guint32 hash)
{
  guint n = self->n_entries;
  guint i = cf_table_few_find (self->parts, n, cf_entry_key (entry), hash);

  if (i < n)
    self->parts = cf_table_few_replace (self->parts, n, i, entry);
  else if (n < CF_TABLE_FEW_MAX)
    {
      self->parts = cf_table_few_add (self->parts, n, entry, hash);
      self->n_entries++;
    }
  else
    return FALSE;
  return TRUE;
}

/**
 * cf_table_insert:
 * @self: a table
 * @entry: (transfer full): what to put in
 * @hash: the hash of its key
 *
 * An entry of the same key that is there already is replaced; it is the
 * caller's then.
 */
void
cf_table_insert (CfTable *self, CfEntry *entry, guint32 hash)
{
  GHashTable *part;
  guint size;

  if (!self->is_hashed)
    {
      if (insert_in_few (self, entry, hash))
        return;
      become_hashed (self);
    }
  part = part_at (self, place_of (self, hash));
  size = g_hash_table_size (part);
  add_to_part (part, entry, hash);
  if (g_hash_table_size (part) == size)
    return;
  self->n_entries++;
  if (size + 1 > CF_TABLE_PART_MAX)
    split (self, hash);
}

static CfEntry *
steal_from_few (CfTable *self, CfSlice key, guint32 hash)
{
  guint n = self->n_entries;
  guint i = cf_table_few_find (self->parts, n, key, hash);
  CfEntry *entry;

  if (i == n)
    return NULL;
  entry = cf_table_few_entry (self->parts, n, i);
  self->parts = cf_table_few_remove (self->parts, n, i);
  self->n_entries--;
  return entry;
}

/**
 * cf_table_steal:
 * @self: a table
 * @key: a key
 * @hash: its hash
 *
 * Takes an entry out of the table.
 *
 * Returns: (transfer full) (nullable): the entry with this key
 */
CfEntry *
cf_table_steal (CfTable *self, CfSlice key, guint32 hash)
{
  const Probe probe = { .flags = CF_ENTRY_PROBE, .hash = hash, .key = key };
  guint32 place = place_of (self, hash);
  gpointer entry;

  if (!self->is_hashed)
    return steal_from_few (self, key, hash);
  if (!g_hash_table_steal_extended (part_at (self, place), &probe, &entry,
                                    NULL))
    return NULL;
  self->n_entries--;
  if (self->depth > 0 &&
      g_hash_table_size (part_at (self, place)) < PART_MIN / 2)
    merge (self, place);
  if (self->depth == 0 && self->n_entries <= CF_TABLE_FEW_MAX / 2)
    become_few (self);
  return entry;
}

static GHashTable *
part_of (const CfTable *self, guint32 position, guint64 *end)
{
  guint32 place = place_of (self, position);
  guint32 first, length;

  *end = (guint64) 1 << 32;
  if (self->depth == 0)
    return self->parts;
  length = run_of (self, place, &first);
  *end = (guint64) (first + length) << (32 - self->depth);
  return part_at (self, place);
}

/**
 * cf_table_iter_init:
 * @self: an iterator
 * @table: a table
 * @position: a hash
 * @end: (out): one past the last hash that the part is for; 2^32 at the end
 *
 * Makes it stand before the first of the entries with hashes around
 * @position, up to @end.
 *
 * Returns: how many entries these are
 */
guint
cf_table_iter_init (CfTableIter *self,
                    const CfTable *table,
                    guint32 position,
                    guint64 *end)
{
  GHashTable *part = part_of (table, position, end);

  self->is_hashed = table->is_hashed;
  if (!self->is_hashed)
    {
      self->few = part;
      self->n = table->n_entries;
      self->i = 0;
      return self->n;
    }
  g_hash_table_iter_init (&self->hashed, part);
  return g_hash_table_size (part);
}

/**
 * cf_table_iter_next:
 * @self: an iterator
 *
 * Returns: (transfer none) (nullable): the next entry, %NULL after the last
 */
CfEntry *
cf_table_iter_next (CfTableIter *self)
{
  gpointer entry = NULL;

  if (self->is_hashed)
    g_hash_table_iter_next (&self->hashed, &entry, NULL);
  else if (self->i < self->n)
    entry = cf_table_few_entry (self->few, self->n, self->i++);
  return entry;
}
