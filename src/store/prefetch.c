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

/**
 * cf_keyspace_prefetch:
 * @self: a keyspace
 * @keys: (array length=n): keys that are about to be looked up
 * @n: how many there are, at most %CF_PREFETCH_MAX
 *
 * Keys in memory are far apart, so that each look-up waits for memory several
 * times.  When more than one is known beforehand, they can wait together.
 * Changes nothing but the time it takes.
 */
void
cf_keyspace_prefetch (const CfKeyspace *self, const CfSlice *keys, guint n)
{
  const CfSlot *slots[CF_PREFETCH_MAX];

  n = MIN (n, CF_PREFETCH_MAX);
  for (guint i = 0; i < n; i++)
    {
      slots[i] = &self->slots[cf_key_slot (keys[i])];
      __builtin_prefetch (slots[i]);
    }
  for (guint i = 0; i < n; i++)
    prefetch_table (slots[i]);
}
