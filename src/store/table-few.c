/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/table-few.h"

#include "store/table.h"

#define CACHE_LINE 64

static guint
capacity_for (guint n)
{
  return (n + 1) & ~1u;
}

static guint32 *
hashes_of (const CfTableFew *self)
{
  return (guint32 *) self;
}

static CfEntry **
entries_of (const CfTableFew *self, guint n)
{
  return (CfEntry **) (hashes_of (self) + capacity_for (n));
}

static CfTableFew *
new_block (guint n)
{
  return g_malloc (capacity_for (n) * (sizeof (guint32) + sizeof (CfEntry *)));
}

/**
 * cf_table_few_find:
 * @self: (nullable): entries
 * @n: how many
 * @key: a key
 * @hash: its hash
 *
 * Returns: the number of the entry with this key; @n if there is none
 */
guint
cf_table_few_find (const CfTableFew *self, guint n, CfSlice key, guint32 hash)
{
  if (n == 1)
    return cf_slice_equal (cf_entry_key (self), key) ? 0 : 1;
  for (guint i = 0; i < n; i++)
    if (hashes_of (self)[i] == hash &&
        cf_slice_equal (cf_entry_key (entries_of (self, n)[i]), key))
      return i;
  return n;
}

static void
fetch (const CfEntry *entry)
{
  __builtin_prefetch (entry);
  __builtin_prefetch ((const char *) entry + CACHE_LINE);
}

/**
 * cf_table_few_fetch:
 * @self: (nullable): entries
 * @n: how many
 * @hash: the hash of a key that is about to be looked up
 *
 * Has the processor fetch the entry with this hash, without waiting for it.
 */
void
cf_table_few_fetch (const CfTableFew *self, guint n, guint32 hash)
{
  if (n == 1)
    fetch (self);
  else
    for (guint i = 0; i < n; i++)
      if (hashes_of (self)[i] == hash)
        fetch (entries_of (self, n)[i]);
}

/* A block with room for @n entries and, in it, the @n_kept first ones. */
static CfTableFew *
resize (CfTableFew *self, guint n_kept, guint old_n, guint n)
{
  CfTableFew *block = new_block (n);

  memcpy (hashes_of (block), hashes_of (self), n_kept * sizeof (guint32));
  memcpy (entries_of (block, n), entries_of (self, old_n),
          n_kept * sizeof (CfEntry *));
  g_free (self);
  return block;
}

/**
 * cf_table_few_add:
 * @self: (nullable) (transfer full): entries
 * @n: how many, less than CF_TABLE_FEW_MAX
 * @entry: one more, of another key
 * @hash: the hash of its key
 *
 * Returns: (transfer full): the entries, @entry the last of them
 */
CfTableFew *
cf_table_few_add (CfTableFew *self, guint n, CfEntry *entry, guint32 hash)
{
  if (n == 0)
    return entry;
  if (n == 1)
    {
      CfTableFew *block = new_block (2);

      hashes_of (block)[0] = cf_table_hash (cf_entry_key (self));
      entries_of (block, 2)[0] = self;
      self = block;
    }
  else if (capacity_for (n + 1) != capacity_for (n))
    self = resize (self, n, n, n + 1);
  hashes_of (self)[n] = hash;
  entries_of (self, n + 1)[n] = entry;
  return self;
}

/**
 * cf_table_few_replace:
 * @self: (transfer full): entries
 * @n: how many
 * @i: the number of one
 * @entry: another one of the same key, to take its place
 *
 * Returns: (transfer full): the entries
 */
CfTableFew *
cf_table_few_replace (CfTableFew *self, guint n, guint i, CfEntry *entry)
{
  if (n == 1)
    return entry;
  entries_of (self, n)[i] = entry;
  return self;
}

/**
 * cf_table_few_remove:
 * @self: (transfer full): entries
 * @n: how many
 * @i: the number of the one to remove
 *
 * Returns: (transfer full) (nullable): the entries that are left
 */
CfTableFew *
cf_table_few_remove (CfTableFew *self, guint n, guint i)
{
  CfEntry **entries = entries_of (self, n), *other;

  if (n == 1)
    return NULL;
  if (n == 2)
    {
      other = entries[1 - i];
      g_free (self);
      return other;
    }
  hashes_of (self)[i] = hashes_of (self)[n - 1];
  entries[i] = entries[n - 1];
  if (capacity_for (n - 1) != capacity_for (n))
    self = resize (self, n - 1, n, n - 1);
  return self;
}

/**
 * cf_table_few_free:
 * @self: (nullable): entries
 * @n: how many
 *
 * Frees what they stand in.
 */
void
cf_table_few_free (CfTableFew *self, guint n)
{
  if (n > 1)
    g_free (self);
}
