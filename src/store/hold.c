/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/hold.h"

#include "base/crc.h"
#include "store/slot.h"

/* Up to this many keys are sorted by insertion, without the bitmap. */
#define FEW_KEYS 16

#define BITMAP_WORDS (CF_N_SLOTS / 64)

/**
 * cf_key_slot:
 * @bytes: a key
 *
 * Returns: the slot of its bytes, or of what stands between the first "{" and
 *   the first "}" after it, if that is not empty
 */
guint16
cf_key_slot (CfSlice bytes)
{
  const char *open, *close;

  if (bytes.size > 0 && (open = memchr (bytes.data, '{', bytes.size)) != NULL)
    {
      gsize left = bytes.size - (gsize) (open + 1 - bytes.data);

      close = memchr (open + 1, '}', left);
      if (close != NULL && close != open + 1)
        bytes = cf_slice (open + 1, (gsize) (close - open - 1));
    }
  return cf_crc16 (bytes) % CF_N_SLOTS;
}

/**
 * cf_key:
 * @bytes: a key, not copied
 *
 * Returns: the key with its hash and its slot
 */
CfKey
cf_key (CfSlice bytes)
{
  return (CfKey){
    .bytes = bytes,
    .hash = cf_table_hash (bytes),
    .slot = cf_key_slot (bytes),
  };
}

/**
 * cf_hold_init:
 * @self: what to set up
 * @keyspace: (transfer none): the keyspace it is for
 *
 * Makes a hold that holds nothing, with scratch space of its own.
 */
void
cf_hold_init (CfHold *self, CfKeyspace *keyspace)
{
  *self = (CfHold){
    .keyspace = keyspace,
    .slots = g_new (guint16, CF_N_SLOTS),
    .seen = g_new0 (guint64, BITMAP_WORDS),
    .kept = CF_NO_SLOT,
  };
}

/**
 * cf_hold_clear:
 * @self: a hold that holds nothing
 *
 * Frees what the hold takes.
 */
void
cf_hold_clear (CfHold *self)
{
  g_assert (self->mode == CF_HOLD_NONE);
  g_clear_pointer (&self->slots, g_free);
  g_clear_pointer (&self->seen, g_free);
}

static void
empty_trash (CfHold *self)
{
  for (guint i = 0; i < self->n_trash; i++)
    cf_keyspace_discard (self->keyspace, self->trash[i]);
  self->n_trash = 0;
}

/**
 * cf_hold_discard:
 * @self: a hold
 * @entry: (transfer full): an entry that is in no table any more
 *
 * Frees the entry when nothing is locked any more, if there is room to note
 * it.
 */
void
cf_hold_discard (CfHold *self, CfEntry *entry)
{
  if (self->n_trash == CF_HOLD_TRASH)
    empty_trash (self);
  self->trash[self->n_trash++] = entry;
}

static void
collect_few (CfHold *self, const CfKey *keys, gsize n_keys)
{
  self->n_slots = 0;
  for (gsize i = 0; i < n_keys; i++)
    {
      guint16 slot = keys[i].slot;
      guint at = self->n_slots;

      while (at > 0 && self->slots[at - 1] > slot)
        at--;
      if (at > 0 && self->slots[at - 1] == slot)
        continue;
      memmove (&self->slots[at + 1], &self->slots[at],
               (self->n_slots - at) * sizeof *self->slots);
      self->slots[at] = slot;
      self->n_slots++;
    }
}

static void
collect_many (CfHold *self, const CfKey *keys, gsize n_keys)
{
  for (gsize i = 0; i < n_keys; i++)
    self->seen[keys[i].slot / 64] |= (guint64) 1 << keys[i].slot % 64;
  self->n_slots = 0;
  for (guint word = 0; word < BITMAP_WORDS; word++)
    {
      for (guint64 bits = self->seen[word]; bits != 0; bits &= bits - 1)
        self->slots[self->n_slots++] =
            (guint16) (word * 64 + (guint) __builtin_ctzll (bits));
      self->seen[word] = 0;
    }
}

/* Whose claim is in the way on one of the keys, all of whose slots are locked.
 */
static CfClaims *
find_claims (const CfHold *self, const CfKey *keys, gsize n_keys)
{
  CfClaims *claims = NULL;

  for (gsize i = 0; i < n_keys && claims == NULL; i++)
    claims = cf_claims_against_key (self->keyspace->slots[keys[i].slot].claims,
                                    &keys[i]);
  return claims;
}

/* Locks all slots; returns whether there are claims in one. */
static gboolean
lock_slots (CfHold *self)
{
  gboolean any_claims = FALSE;

  if (self->kept != CF_NO_SLOT && self->n_slots == 1 &&
      self->slots[0] == self->kept)
    {
      self->kept = CF_NO_SLOT;
      self->mode = CF_HOLD_SLOTS;
      return self->keyspace->slots[self->slots[0]].claims != NULL;
    }
  cf_hold_let_go (self);
  for (guint i = 0; i < self->n_slots; i++)
    any_claims |= cf_slot_lock (self->keyspace, self->slots[i])->claims != NULL;
  self->mode = CF_HOLD_SLOTS;
  return any_claims;
}

static void
unlock_slots (CfHold *self)
{
  for (guint i = self->n_slots; i-- > 0;)
    cf_slot_unlock (&self->keyspace->slots[self->slots[i]]);
  self->n_slots = 0;
  self->mode = CF_HOLD_NONE;
}

/* @other is in the way; the slot where it was met is locked. */
static void
meet (CfHold *self, CfClaims *other, const CfWaiter *waiter)
{
  self->busy_since_ms = cf_claims_since (other);
  if (waiter != NULL)
    cf_claims_add_waiter (other, waiter);
}

/**
 * cf_hold_slots:
 * @self: a hold that holds nothing
 * @keys: (array length=n_keys): keys of short commands
 * @n_keys: how many there are
 * @waiter: (nullable): whom to wake if it is to be tried again
 *
 * Locks the slots of @keys until cf_hold_release().
 *
 * Returns: %FALSE if a key is claimed; nothing is held then
 */
gboolean
cf_hold_slots (CfHold *self,
               const CfKey *keys,
               gsize n_keys,
               const CfWaiter *waiter)
{
  CfClaims *claims;

  g_assert (self->mode == CF_HOLD_NONE);
  if (G_LIKELY (n_keys == 1))
    {
      self->slots[0] = keys[0].slot;
      self->n_slots = 1;
    }
  else if (n_keys <= FEW_KEYS)
    collect_few (self, keys, n_keys);
  else
    collect_many (self, keys, n_keys);
  if (G_LIKELY (!lock_slots (self)))
    return TRUE;
  claims = find_claims (self, keys, n_keys);
  if (claims == NULL)
    return TRUE;
  meet (self, claims, waiter);
  unlock_slots (self);
  return FALSE;
}

/* Lists the claims on one slot's keys, unless another has one of them. */
static gboolean
publish_group (CfHold *self, CfClaimGroup *group, const CfWaiter *waiter)
{
  CfSlot *slot = cf_slot_lock (self->keyspace, group->keys[0].slot);
  CfClaims *other = cf_claims_against (slot->claims, group);

  if (other == NULL)
    {
      group->next = slot->claims;
      slot->claims = group;
    }
  else
    meet (self, other, waiter);
  cf_slot_unlock (slot);
  return other == NULL;
}

/* Takes the first @n_groups claims out of their slots, and frees all. */
static void
end_claims (CfHold *self, CfClaims *claims, guint n_groups)
{
  for (guint i = 0; i < n_groups; i++)
    {
      CfClaimGroup *group = cf_claims_group (claims, i);
      CfSlot *slot = cf_slot_lock (self->keyspace, group->keys[0].slot);
      CfClaimGroup **link = &slot->claims;

      while (*link != group)
        link = &(*link)->next;
      *link = group->next;
      cf_slot_unlock (slot);
    }
  cf_claims_free (claims);
}

/* (transfer full) NULL: a key is claimed by another, or there is no memory,
 * and nothing is held */
static CfClaims *
publish_claims (CfHold *self,
                const CfKey *keys,
                gsize n_keys,
                const CfWaiter *waiter)
{
  CfClaims *claims = cf_claims_new (keys, n_keys);

  self->no_memory = claims == NULL;
  if (claims == NULL)
    return NULL;
  for (guint i = 0; i < cf_claims_n_groups (claims); i++)
    if (!publish_group (self, cf_claims_group (claims, i), waiter))
      {
        end_claims (self, claims, i);
        return NULL;
      }
  return claims;
}

static void
end_all_claims (CfHold *self)
{
  for (guint i = 0; i < CF_HOLD_MORE; i++)
    {
      CfClaims *more = g_steal_pointer (&self->more[i]);

      if (more != NULL)
        end_claims (self, more, cf_claims_n_groups (more));
    }
  for (guint i = 0; self->grown != NULL && i < self->grown->len; i++)
    {
      CfClaims *grown = g_ptr_array_index (self->grown, i);

      end_claims (self, grown, cf_claims_n_groups (grown));
    }
  g_clear_pointer (&self->grown, g_ptr_array_unref);
  self->mode = CF_HOLD_NONE;
  if (self->claims != NULL)
    end_claims (self, self->claims, cf_claims_n_groups (self->claims));
  self->claims = NULL;
  if (self->of_all == NULL)
    return;
  g_atomic_int_set (&self->keyspace->is_claimed, FALSE);
  end_claims (self, self->of_all, CF_N_SLOTS);
  self->of_all = NULL;
}

/**
 * cf_hold_claims:
 * @self: a hold that holds nothing
 * @keys: (array length=n_keys): keys of a long command or block
 * @n_keys: how many there are
 * @waiter: (nullable): whom to wake if it is to be tried again
 *
 * Claims @keys until cf_hold_release().  Claims are made slot by slot in
 * ascending order; who meets another's gives all back.  So whoever gets the
 * first slot that both want meets nothing of the other further on, and one of
 * two always succeeds.
 *
 * Returns: %FALSE if a key is claimed by another, or @no_memory is set; nothing
 *   is held then
 */
gboolean
cf_hold_claims (CfHold *self,
                const CfKey *keys,
                gsize n_keys,
                const CfWaiter *waiter)
{
  g_assert (self->mode == CF_HOLD_NONE);
  cf_hold_let_go (self);
  self->claims = publish_claims (self, keys, n_keys, waiter);
  if (self->claims == NULL)
    return FALSE;
  self->mode = CF_HOLD_CLAIMS;
  return TRUE;
}

/**
 * cf_hold_more:
 * @self: a hold of claims, or of all
 * @keys: (array length=n_keys) (inout): more keys, which are only read; what
 *   is in the array afterwards is of no use
 * @n_keys: how many there are
 * @waiter: (nullable): whom to wake if it is to be tried again
 *
 * Claims keys that are known only now, also until cf_hold_release().  This
 * does not wait, and who gets %FALSE gives all back before it waits: so
 * claims that are made in no order cannot wait for each other.
 *
 * Returns: %FALSE if a key is claimed by another, to be changed, or @no_memory
 *   is set
 */
gboolean
cf_hold_more (CfHold *self, CfKey *keys, gsize n_keys, const CfWaiter *waiter)
{
  guint place = 0;
  gsize n = 0;

  if (cf_hold_has_all (self))
    return TRUE;
  g_assert (self->mode == CF_HOLD_CLAIMS);
  while (place < CF_HOLD_MORE && self->more[place] != NULL)
    place++;
  g_assert (place < CF_HOLD_MORE);
  /* What is to be changed is claimed already, and by no other. */
  for (gsize i = 0; i < n_keys; i++)
    if (!cf_claims_have (self->claims, &keys[i]))
      {
        keys[n] = keys[i];
        keys[n++].reading = TRUE;
      }
  self->more[place] = publish_claims (self, keys, n, waiter);
  return self->more[place] != NULL;
}

/**
 * cf_hold_to_claims:
 * @self: a hold of slots
 * @keys: (array length=n_keys): keys in these slots, claimed by nobody
 * @n_keys: how many there are
 *
 * Claims the keys and gives the slots back.
 *
 * Returns: %FALSE if there is no memory for it; the slots stay locked then
 */
gboolean
cf_hold_to_claims (CfHold *self, const CfKey *keys, gsize n_keys)
{
  CfClaims *claims = cf_claims_new (keys, n_keys);

  g_assert (self->mode == CF_HOLD_SLOTS);
  if (claims == NULL)
    return FALSE;
  for (guint i = 0; i < cf_claims_n_groups (claims); i++)
    {
      CfClaimGroup *group = cf_claims_group (claims, i);
      CfSlot *slot = &self->keyspace->slots[group->keys[0].slot];

      group->next = slot->claims;
      slot->claims = group;
    }
  unlock_slots (self);
  self->claims = claims;
  self->mode = CF_HOLD_CLAIMS;
  return TRUE;
}

/**
 * cf_hold_grow:
 * @self: a hold of claims
 * @key: a key that it does not hold, whose bytes stay until the release
 * @waiter: (nullable): whom to wake if it is to be tried again
 *
 * Claims a key that is known only now.  This does not wait; see
 * cf_hold_more().
 *
 * Returns: %FALSE if the key is claimed by another
 */
gboolean
cf_hold_grow (CfHold *self, const CfKey *key, const CfWaiter *waiter)
{
  CfClaims *claims;

  g_assert (self->mode == CF_HOLD_CLAIMS);
  claims = publish_claims (self, key, 1, waiter);
  if (claims == NULL)
    return FALSE;
  cf_claims_mark (claims, cf_claims_since (self->claims));
  if (self->grown == NULL)
    self->grown = g_ptr_array_new ();
  g_ptr_array_add (self->grown, claims);
  return TRUE;
}

/**
 * cf_hold_mark:
 * @self: a hold of claims
 * @since_ms: wall-clock milliseconds
 *
 * Says since when a script runs, to those who meet its claims.
 */
void
cf_hold_mark (CfHold *self, gint64 since_ms)
{
  if (self->claims != NULL)
    cf_claims_mark (self->claims, since_ms);
  if (self->of_all != NULL)
    cf_claims_mark (self->of_all, since_ms);
  for (guint i = 0; self->grown != NULL && i < self->grown->len; i++)
    cf_claims_mark (g_ptr_array_index (self->grown, i), since_ms);
}

/**
 * cf_hold_all:
 * @self: a hold that holds nothing
 *
 * Says that the caller has closed the gate and is alone.
 */
void
cf_hold_all (CfHold *self)
{
  g_assert (self->mode == CF_HOLD_NONE && self->kept == CF_NO_SLOT);
  self->mode = CF_HOLD_ALL;
}

/**
 * cf_hold_claim_all:
 * @self: a hold of all, of nothing else or widened
 * @since_ms: wall-clock milliseconds: since when the script runs
 *
 * Claims everything, so that the gate may be opened; it may be closed, and the
 * hold widened, again.  Others may have claims still, if they left the gate
 * with them: they do not come in before this hold ends.
 */
void
cf_hold_claim_all (CfHold *self, gint64 since_ms)
{
  g_assert (self->mode == CF_HOLD_ALL && self->of_all == NULL);
  self->of_all = cf_claims_new_of_all ();
  cf_claims_mark (self->of_all, since_ms);
  for (guint i = 0; i < CF_N_SLOTS; i++)
    {
      CfClaimGroup *group = cf_claims_group (self->of_all, i);
      CfSlot *slot = &self->keyspace->slots[i];

      group->next = slot->claims;
      slot->claims = group;
    }
  g_atomic_int_set (&self->keyspace->is_claimed, TRUE);
  self->mode = CF_HOLD_CLAIMS;
}

/**
 * cf_hold_has_all:
 * @self: a hold
 *
 * Returns: whether everything is held
 */
gboolean
cf_hold_has_all (const CfHold *self)
{
  return self->mode == CF_HOLD_ALL || self->of_all != NULL;
}

/**
 * cf_hold_is_barred:
 * @self: a hold, of a caller inside the gate
 *
 * Returns: whether somebody else has claimed everything
 */
gboolean
cf_hold_is_barred (const CfHold *self)
{
  return g_atomic_int_get (&self->keyspace->is_claimed) && self->of_all == NULL;
}

/**
 * cf_hold_meet_all:
 * @self: a hold that holds nothing, of a caller inside the gate
 * @waiter: (nullable): whom to wake if it is to be tried again
 *
 * Looks whether somebody else has claimed everything.
 *
 * Returns: %TRUE if so
 */
gboolean
cf_hold_meet_all (CfHold *self, const CfWaiter *waiter)
{
  const CfKey any = cf_key (CF_SLICE (""));
  gboolean meets = FALSE;
  CfSlot *slot;

  cf_hold_let_go (self);
  self->busy_since_ms = 0;
  if (G_LIKELY (!cf_hold_is_barred (self)))
    return FALSE;
  slot = cf_slot_lock (self->keyspace, any.slot);
  for (CfClaimGroup *group = slot->claims; group != NULL && !meets;
       group = group->next)
    {
      meets = group->n_keys == 0;
      if (meets)
        meet (self, group->claims, waiter);
    }
  cf_slot_unlock (slot);
  return meets;
}

/**
 * cf_hold_widen:
 * @self: a hold of claims
 *
 * Says that the caller has closed the gate and is alone for a while.
 */
void
cf_hold_widen (CfHold *self)
{
  g_assert (self->mode == CF_HOLD_CLAIMS);
  self->mode = CF_HOLD_ALL;
}

/**
 * cf_hold_narrow:
 * @self: a hold after cf_hold_widen()
 *
 * Says that the gate is about to be opened; the claims are still held.
 */
void
cf_hold_narrow (CfHold *self)
{
  g_assert (self->mode == CF_HOLD_ALL &&
            (self->claims != NULL || self->of_all != NULL));
  self->mode = CF_HOLD_CLAIMS;
}

/* The slots are in ascending order. */
static gboolean
has_slot (const CfHold *self, guint16 slot)
{
  guint low = 0, high = self->n_slots;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (self->slots[middle] == slot)
        return TRUE;
      if (self->slots[middle] < slot)
        low = middle + 1;
      else
        high = middle;
    }
  return FALSE;
}

static gboolean
has_grown (const CfHold *self, const CfKey *key)
{
  gboolean has = FALSE;

  for (guint i = 0; self->grown != NULL && i < self->grown->len && !has; i++)
    has = cf_claims_have (g_ptr_array_index (self->grown, i), key);
  return has;
}

/**
 * cf_hold_covers:
 * @self: a hold
 * @key: a key, which need not be one that was asked for
 *
 * Returns: whether the key is held, so that it may be changed
 */
gboolean
cf_hold_covers (const CfHold *self, const CfKey *key)
{
  switch (self->mode)
    {
    case CF_HOLD_ALL:
      return TRUE;
    case CF_HOLD_SLOTS:
      return has_slot (self, key->slot) &&
             cf_claims_on (self->keyspace->slots[key->slot].claims, key->bytes,
                           key->hash) == NULL;
    case CF_HOLD_CLAIMS:
      return self->of_all != NULL || cf_claims_have (self->claims, key) ||
             has_grown (self, key);
    case CF_HOLD_NONE:
    default:
      return FALSE;
    }
}

/**
 * cf_hold_release:
 * @self: a hold
 *
 * Gives back what is held, wakes those who waited for it, and frees what was
 * removed meanwhile.
 */
void
cf_hold_release (CfHold *self)
{
  switch (self->mode)
    {
    case CF_HOLD_SLOTS:
      unlock_slots (self);
      break;
    case CF_HOLD_CLAIMS:
      end_all_claims (self);
      break;
    case CF_HOLD_ALL:
    case CF_HOLD_NONE:
      g_assert (self->claims == NULL && self->of_all == NULL);
      self->mode = CF_HOLD_NONE;
      break;
    }
  self->now_ms = 0;
  if (self->n_trash > 0)
    empty_trash (self);
}

/**
 * cf_hold_keep:
 * @self: a hold of one slot, whose owner is about to want the same slot again
 *
 * Gives back what is held, but for the slot's lock, if nobody waits for that of
 * any slot and nothing is to be freed.
 */
void
cf_hold_keep (CfHold *self)
{
  g_assert (self->mode == CF_HOLD_SLOTS && self->n_slots == 1);
  if (self->n_trash > 0 || cf_slot_is_waited_for (self->keyspace))
    {
      cf_hold_release (self);
      return;
    }
  self->kept = self->slots[0];
  self->n_slots = 0;
  self->mode = CF_HOLD_NONE;
  self->now_ms = 0;
}

/**
 * cf_hold_unlock_kept:
 * @self: a hold after cf_hold_keep() that has kept a lock
 *
 * Unlocks it.
 */
void
cf_hold_unlock_kept (CfHold *self)
{
  cf_slot_unlock (&self->keyspace->slots[self->kept]);
  self->kept = CF_NO_SLOT;
}
