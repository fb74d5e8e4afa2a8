/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/slot.h"

/* Looks at a slot without its lock: what it finds is used as an address to
 * fetch from, never to read. */
__attribute__ ((no_sanitize ("thread"))) static void
prefetch_table (const CfSlot *slot)
{
  const char *parts =
      __atomic_load_n (&slot->shard.table.parts, __ATOMIC_RELAXED);

  __builtin_prefetch (parts);
  __builtin_prefetch (parts + 64);
}

/* Under the slot's lock the entry itself is found, but not waited for. */
CF_NO_ANALYSIS static void
fetch_entry (CfSlot *slot, guint32 hash)
{
  if (!cf_mutex_trylock (&slot->lock))
    return;
  cf_table_fetch (&slot->shard.table, hash);
  cf_mutex_unlock (&slot->lock);
}

/**
 * cf_keyspace_prefetch:
 * @self: a keyspace
 * @words: (array length=n): keys that are about to be looked up
 * @keys: (out) (array length=n): the same, with what is derived from them
 * @n: how many there are, at most %CF_PREFETCH_MAX
 *
 * Keys in memory are far apart, so that each look-up waits for memory several
 * times.  When more than one is known beforehand, they can wait together.
 * Changes nothing but the time it takes.
 */
void
cf_keyspace_prefetch (CfKeyspace *self,
                      const CfSlice *words,
                      CfKey *keys,
                      guint n)
{
  gboolean is_one = TRUE;

  for (guint i = 0; i < n; i++)
    {
      if (i > 0 && cf_slice_equal (words[i], words[i - 1]))
        {
          keys[i] = keys[i - 1];
          keys[i].bytes = words[i];
          continue;
        }
      keys[i] = cf_key (words[i]);
      __builtin_prefetch (&self->slots[keys[i].slot]);
      is_one &= keys[i].slot == keys[0].slot;
    }
  if (is_one)
    return; /* nothing to wait for twice */
  for (guint i = 0; i < n; i++)
    prefetch_table (&self->slots[keys[i].slot]);
  for (guint i = 0; i < n; i++)
    fetch_entry (&self->slots[keys[i].slot], keys[i].hash);
}
