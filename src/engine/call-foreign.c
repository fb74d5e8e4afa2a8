/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/call.h"

/**
 * cf_call_claim_foreign:
 * @self: a call that claims its keys, or runs alone
 * @keys: (array length=n_keys) (inout): keys that are no arguments; what is in
 *   the array afterwards is of no use
 * @n_keys: how many there are
 * @names: (transfer full): what the bytes of the keys are in
 *
 * Claims keys that follow from data, until the command ends.
 *
 * Returns: %FALSE if one is not free; the session will be woken when it is
 */
gboolean
cf_call_claim_foreign (CfCall *self, CfKey *keys, gsize n_keys, CfBlob *names)
{
  CfWaiter waiter = cf_session_waiter (self->session);

  if (self->hold->mode == CF_HOLD_ALL)
    {
      cf_blob_unref (names);
      return TRUE;
    }
  if (self->foreign == NULL)
    self->foreign =
        g_ptr_array_new_with_free_func ((GDestroyNotify) cf_blob_unref);
  g_ptr_array_add (self->foreign, names);
  self->retry = !cf_hold_more (self->hold, keys, n_keys, &waiter);
  return !self->retry;
}

/**
 * cf_call_read_foreign:
 * @self: a call
 * @key: a key that was claimed by cf_call_claim_foreign()
 *
 * Counts a hit or a miss, which is an event as well.
 *
 * Returns: (transfer none) (nullable): the live entry at the key
 */
const CfEntry *
cf_call_read_foreign (CfCall *self, CfSlice key)
{
  CfKey wanted = cf_key (key);
  const CfEntry *entry;

  wanted.reading = TRUE;
  entry = cf_keyspace_find (self->keyspace, self->hold, self->db, &wanted,
                            self->now_ms);
  cf_stats_count (self->worker->stats,
                  entry != NULL ? CF_STAT_HITS : CF_STAT_MISSES, 1);
  if (entry == NULL)
    cf_call_missed (self, key);
  return entry;
}
