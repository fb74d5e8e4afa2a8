/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"
#include "store/slot.h"

static CfEntry *
insert (CfKeyspace *keyspace, CfSlot *slot, guint db, gint64 deadline_ms)
{
  CfValue value = cf_value_int (db);
  CfEntry *entry = cf_entry_try_new (CF_SLICE ("k"), &value, deadline_ms);
  CfShard *shard = cf_slot_need_shard (slot, db);

  cf_table_insert (&shard->table, entry, cf_table_hash (CF_SLICE ("k")));
  cf_shard_index (shard, entry);
  cf_slot_settle (keyspace, slot, db);
  return entry;
}

static gint64
next_deadline (CfKeyspace *keyspace, const CfSlot *slot)
{
  return keyspace->next_deadlines[slot - keyspace->slots];
}

#ifndef CF_DEBUG_LOCKS
static void
test_slot_size (void)
{
  g_assert_cmpuint (sizeof (CfSlot), ==, 64);
}
#endif

/* Databases come and go in any order; counts and deadlines follow. */
static void
test_slot_shards (void)
{
  static const guint dbs[] = { 5, 0, 15, 1, 7 };
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (16, NULL);
  CfSlot *slot = cf_slot_lock (keyspace, 99);

  for (guint i = 0; i < G_N_ELEMENTS (dbs); i++)
    {
      if (dbs[i] != 0)
        g_assert_null (cf_slot_shard (slot, dbs[i]));
      insert (keyspace, slot, dbs[i], NOW + dbs[i]);
      g_assert_cmpuint (cf_keyspace_count_in (keyspace, dbs[i], 99), ==, 1);
    }
  g_assert_cmpint (next_deadline (keyspace, slot), ==, NOW);
  for (guint i = 0; i < G_N_ELEMENTS (dbs); i++)
    {
      const CfShard *shard = cf_slot_shard (slot, dbs[i]);
      CfEntry *entry = cf_table_find (&shard->table, CF_SLICE ("k"),
                                      cf_table_hash (CF_SLICE ("k")));

      g_assert_cmpint (cf_entry_int (entry), ==, dbs[i]);
      cf_slot_drop (keyspace, slot, dbs[i], CF_SLICE ("k"),
                    cf_table_hash (CF_SLICE ("k")), CF_REMOVED_EXPIRED);
      g_assert_cmpuint (cf_keyspace_count_in (keyspace, dbs[i], 99), ==, 0);
    }
  g_assert_null (slot->others);
  g_assert_cmpint (next_deadline (keyspace, slot), ==, G_MAXINT64);
  cf_slot_unlock (slot);
}

static void
test_slot_take_shard (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (16, NULL);
  CfSlot *slot = cf_slot_lock (keyspace, 0);
  CfEntry *zero = insert (keyspace, slot, 0, CF_NO_DEADLINE);
  CfEntry *three = insert (keyspace, slot, 3, NOW);
  CfShard of_zero = cf_slot_take_shard (slot, 0);
  CfShard of_three = cf_slot_take_shard (slot, 3);
  CfShard of_four = cf_slot_take_shard (slot, 4);
  guint32 hash = cf_table_hash (CF_SLICE ("k"));

  g_assert_null (slot->others);
  g_assert_cmpuint (of_four.table.n_entries, ==, 0);
  cf_slot_put_shard (slot, 3, of_zero);
  cf_slot_put_shard (slot, 0, of_three);
  cf_slot_put_shard (slot, 4, of_four);
  cf_slot_settle (keyspace, slot, 0);
  cf_slot_settle (keyspace, slot, 3);
  g_assert_true (cf_table_find (&cf_slot_shard (slot, 0)->table, CF_SLICE ("k"),
                                hash) == three);
  g_assert_true (cf_table_find (&cf_slot_shard (slot, 3)->table, CF_SLICE ("k"),
                                hash) == zero);
  g_assert_null (cf_slot_shard (slot, 4));
  g_assert_cmpint (next_deadline (keyspace, slot), ==, NOW);
  cf_slot_unlock (slot);
}

static void
on_alarm (gpointer data)
{
  ++*(guint *) data;
}

/* It rings for what is earlier than planned, and once for each time. */
static void
test_slot_alarm (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (16, NULL);
  CfHold hold;
  guint n_alarms = 0;

  cf_keyspace_set_alarm (keyspace, on_alarm, &n_alarms);
  cf_keyspace_set_alarm_time (keyspace, NOW + 100);
  cf_hold_init (&hold, keyspace);
  put (&hold, 0, "late", "v", NOW + 200);
  put (&hold, 0, "same", "v", NOW + 100);
  g_assert_cmpuint (n_alarms, ==, 0);
  put (&hold, 0, "early", "v", NOW + 50);
  g_assert_cmpuint (n_alarms, ==, 1);
  put (&hold, 1, "later", "v", NOW + 60);
  put (&hold, 1, "as early", "v", NOW + 50);
  g_assert_cmpuint (n_alarms, ==, 1);
  put (&hold, 1, "earlier", "v", NOW + 40);
  g_assert_cmpuint (n_alarms, ==, 2);
  cf_hold_clear (&hold);
}

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
#ifndef CF_DEBUG_LOCKS
  g_test_add_func ("/store/slot/size", test_slot_size);
#endif
  g_test_add_func ("/store/slot/shards", test_slot_shards);
  g_test_add_func ("/store/slot/take-shard", test_slot_take_shard);
  g_test_add_func ("/store/slot/alarm", test_slot_alarm);
  return g_test_run ();
}
