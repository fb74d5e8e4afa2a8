/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/slot.h"

struct _CfTrash
{
  GArray *shards; /* (owned) (element-type CfShard) */
  gsize n_entries;
};

static void
unlink_shard (CfKeyspace *self, CfSlot *slot, guint db, CfTrash *trash)
{
  CfShard shard = cf_slot_take_shard (slot, db);

  if (shard.table.n_entries == 0)
    return;
  trash->n_entries += shard.table.n_entries;
  g_array_append_val (trash->shards, shard);
  cf_slot_settle (self, slot, db);
}

/**
 * cf_keyspace_flush:
 * @self: the keyspace; the gate is closed
 * @db: a database, or -1: all of them
 * @n_removed: (out) (optional): how many entries there were
 *
 * Empties databases.  What was in them is only unlinked: to free it is to
 * take long, and can be done when the gate is open again.
 *
 * Returns: (transfer full): what was in them
 */
CfTrash *
cf_keyspace_flush (CfKeyspace *self, gint db, gsize *n_removed)
{
  CfTrash *trash = g_new0 (CfTrash, 1);

  for (guint i = 0; i < self->n_databases; i++)
    if (db < 0 || i == (guint) db)
      self->upheavals[i].n_flushed++;
  trash->shards = g_array_new (FALSE, FALSE, sizeof (CfShard));
  for (guint i = 0; i < CF_N_SLOTS; i++)
    {
      CfSlot *slot = &self->slots[i];

      if (db >= 0)
        unlink_shard (self, slot, (guint) db, trash);
      else
        {
          unlink_shard (self, slot, 0, trash);
          while (slot->others != NULL)
            unlink_shard (self, slot, slot->others->items[0].db, trash);
        }
    }
  if (n_removed != NULL)
    *n_removed = trash->n_entries;
  return trash;
}

/**
 * cf_trash_size:
 * @self: trash
 *
 * Returns: how many entries there are
 */
gsize
cf_trash_size (const CfTrash *self)
{
  return self->n_entries;
}

static void
free_shard (CfShard *shard)
{
  guint64 position = 0;

  while (position <= G_MAXUINT32)
    {
      CfTableIter iter;
      CfEntry *entry;

      cf_table_iter_init (&iter, &shard->table, (guint32) position, &position);
      while ((entry = cf_table_iter_next (&iter)) != NULL)
        cf_entry_free (entry);
    }
  cf_shard_clear (shard);
}

/**
 * cf_trash_free:
 * @self: (transfer full): what was in flushed databases
 *
 * Returns: how many entries there were
 */
gsize
cf_trash_free (CfTrash *self)
{
  gsize n_entries = self->n_entries;

  for (guint i = 0; i < self->shards->len; i++)
    free_shard (&g_array_index (self->shards, CfShard, i));
  g_array_unref (self->shards);
  g_free (self);
  return n_entries;
}

/**
 * cf_keyspace_swap:
 * @self: the keyspace; the gate is closed
 * @a: a database
 * @b: another
 *
 * Each gets the contents of the other.
 */
void
cf_keyspace_swap (CfKeyspace *self, guint a, guint b)
{
  if (a == b)
    return;
  self->upheavals[a].n_swapped++;
  self->upheavals[b].n_swapped++;
  for (guint i = 0; i < CF_N_SLOTS; i++)
    {
      CfSlot *slot = &self->slots[i];
      CfShard of_a, of_b;

      of_a = cf_slot_take_shard (slot, a);
      of_b = cf_slot_take_shard (slot, b);
      if (of_a.table.n_entries == 0 && of_b.table.n_entries == 0)
        continue;
      cf_slot_put_shard (slot, a, of_b);
      cf_slot_put_shard (slot, b, of_a);
      cf_slot_settle (self, slot, a);
      cf_slot_settle (self, slot, b);
    }
}
