/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/slot.h"

static guint
hash_observed (gconstpointer item)
{
  const CfObserved *observed = item;

  return observed->hash ^ observed->db;
}

static gboolean
observed_equal (gconstpointer a, gconstpointer b)
{
  const CfObserved *one = a, *other = b;

  return one->db == other->db && cf_slice_equal (one->key, other->key);
}

/**
 * cf_slot_observed:
 * @self: the key's slot, locked
 * @db: a database
 * @key: a key
 * @hash: its hash
 *
 * Returns: (transfer none) (nullable): what is known of the key, if somebody
 *   watches it or waits for it
 */
CfObserved *
cf_slot_observed (const CfSlot *self, guint db, CfSlice key, guint32 hash)
{
  const CfObserved wanted = { .key = key, .hash = hash, .db = db };

  if (self->observed == NULL)
    return NULL;
  return g_hash_table_lookup (self->observed, &wanted);
}

/**
 * cf_slot_observe:
 * @self: the key's slot, locked
 * @db: a database
 * @key: a key
 *
 * Returns: (transfer none) (nullable): the same, made if there is none; %NULL
 *   if there is no memory for a key as long as this
 */
CfObserved *
cf_slot_observe (CfSlot *self, guint db, const CfKey *key)
{
  CfObserved *observed = cf_slot_observed (self, db, key->bytes, key->hash);

  char *copy;

  if (observed != NULL)
    return observed;
  copy = cf_slice_try_dup (key->bytes);
  if (copy == NULL)
    return NULL;
  observed = g_new0 (CfObserved, 1);
  observed->key = cf_slice (copy, key->bytes.size);
  observed->hash = key->hash;
  observed->db = db;
  if (self->observed == NULL)
    self->observed = g_hash_table_new (hash_observed, observed_equal);
  g_hash_table_add (self->observed, observed);
  return observed;
}

/**
 * cf_slot_tidy_observed:
 * @self: a slot, locked
 * @observed: (transfer full): a key in it
 *
 * Forgets the key if nobody watches it or waits for it any more.
 */
void
cf_slot_tidy_observed (CfSlot *self, CfObserved *observed)
{
  if (observed->watches != NULL || observed->first_wait != NULL)
    return;
  g_hash_table_remove (self->observed, observed);
  if (g_hash_table_size (self->observed) == 0)
    g_clear_pointer (&self->observed, g_hash_table_unref);
  g_free ((char *) observed->key.data);
  g_free (observed);
}
