/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/claims.h"

typedef struct
{
  gpointer waiter; /* (owned) given to @wake */
  CfWaiterFunc wake;
} Waiter;

struct _CfClaims
{
  CfClaimedKey *keys;   /* (owned) sorted; set by _new() and only read after */
  CfClaimGroup *groups; /* (owned) each protected by its slot's lock */
  guint n_groups;
  gboolean shared; /* only read after _new() */
  gint wanted;     /* (atomic) a writer waits for its end */
  CfMutex lock;
  GArray *waiters; /* (owned) (element-type Waiter) protected by @lock */
};

static int
compare_keys (const void *a, const void *b)
{
  const CfClaimedKey *one = a, *other = b;

  if (one->slot != other->slot)
    return one->slot < other->slot ? -1 : 1;
  if (one->hash != other->hash)
    return one->hash < other->hash ? -1 : 1;
  return cf_slice_compare (one->key, other->key);
}

/* Sorts @keys and drops those named before; returns how many are left. */
static gsize
sort_keys (CfClaimedKey *keys, gsize n_keys)
{
  gsize n_kept = 0;

  if (n_keys > 1)
    qsort (keys, n_keys, sizeof *keys, compare_keys);
  for (gsize i = 0; i < n_keys; i++)
    if (i == 0 || compare_keys (&keys[i], &keys[n_kept - 1]) != 0)
      keys[n_kept++] = keys[i];
  return n_kept;
}

static guint
count_slots (const CfClaimedKey *keys, gsize n_keys)
{
  guint n_slots = 0;

  for (gsize i = 0; i < n_keys; i++)
    if (i == 0 || keys[i].slot != keys[i - 1].slot)
      n_slots++;
  return n_slots;
}

/**
 * cf_claims_new:
 * @keys: (array length=n_keys): the keys, whose bytes must outlive the claims
 * @n_keys: how many there are
 * @shared: whether other readers may claim them, too
 *
 * Returns: (transfer full): a set of claims that is in no slot yet
 */
CfClaims *
cf_claims_new (const CfKey *keys, gsize n_keys, gboolean shared)
{
  CfClaims *self = g_new0 (CfClaims, 1);

  self->shared = shared;
  self->keys = g_new (CfClaimedKey, n_keys);
  for (gsize i = 0; i < n_keys; i++)
    self->keys[i] = (CfClaimedKey){
      .key = keys[i].bytes,
      .hash = keys[i].hash,
      .slot = keys[i].slot,
    };
  n_keys = sort_keys (self->keys, n_keys);
  self->groups =
      g_new0 (CfClaimGroup, MAX (1, count_slots (self->keys, n_keys)));
  for (gsize i = 0; i < n_keys; i++)
    {
      CfClaimGroup *group;

      if (i == 0 || self->keys[i].slot != self->keys[i - 1].slot)
        self->groups[self->n_groups++] =
            (CfClaimGroup){ .claims = self, .keys = &self->keys[i] };
      group = &self->groups[self->n_groups - 1];
      group->n_keys++;
    }
  cf_mutex_init (&self->lock, CF_LOCK_CLAIM, 0);
  self->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  return self;
}

/**
 * cf_claims_free:
 * @self: (nullable) (transfer full): claims that are in no slot any more
 *
 * Wakes those who waited for them to end.  No lock may be held.
 */
void
cf_claims_free (CfClaims *self)
{
  if (self == NULL)
    return;
  /* The last to register did so before the claims left the last slot. */
  cf_mutex_lock (&self->lock);
  cf_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->waiters->len; i++)
    {
      Waiter *waiter = &g_array_index (self->waiters, Waiter, i);

      waiter->wake (waiter->waiter);
    }
  g_array_unref (self->waiters);
  cf_mutex_clear (&self->lock);
  g_free (self->groups);
  g_free (self->keys);
  g_free (self);
}

/**
 * cf_claims_n_groups:
 * @self: claims
 *
 * Returns: how many slots they are spread over
 */
guint
cf_claims_n_groups (const CfClaims *self)
{
  return self->n_groups;
}

/**
 * cf_claims_group:
 * @self: claims
 * @i: a number below cf_claims_n_groups()
 *
 * Returns: (transfer none): the claims on one slot's keys; slots ascend
 */
CfClaimGroup *
cf_claims_group (CfClaims *self, guint i)
{
  return &self->groups[i];
}

static gboolean
group_has (const CfClaimGroup *self, const CfClaimedKey *key)
{
  return bsearch (key, self->keys, self->n_keys, sizeof *key, compare_keys) !=
         NULL;
}

/**
 * cf_claims_on:
 * @list: (nullable): the groups of the key's slot, which is locked
 * @key: a key
 * @hash: its hash
 *
 * Returns: (transfer none) (nullable): the claims that @key is among
 */
CfClaims *
cf_claims_on (const CfClaimGroup *list, CfSlice key, guint32 hash)
{
  CfClaimedKey wanted = { .key = key, .hash = hash };

  for (; list != NULL; list = list->next)
    {
      wanted.slot = list->keys[0].slot;
      if (group_has (list, &wanted))
        return list->claims;
    }
  return NULL;
}

/* Whether @self lets nobody else in who comes to read or write. */
static gboolean
keeps_out (CfClaims *self, gboolean reading)
{
  if (!self->shared)
    return TRUE;
  if (!reading)
    g_atomic_int_set (&self->wanted, 1);
  return !reading || g_atomic_int_get (&self->wanted) != 0;
}

/**
 * cf_claims_against_key:
 * @list: (nullable): the groups of the key's slot, which is locked
 * @key: a key
 * @hash: its hash
 * @reading: whether it is only to be read
 *
 * A writer has all shared claims on the key let nobody else in.
 *
 * Returns: (transfer none) (nullable): claims that must end first
 */
CfClaims *
cf_claims_against_key (const CfClaimGroup *list,
                       CfSlice key,
                       guint32 hash,
                       gboolean reading)
{
  CfClaimedKey wanted = { .key = key, .hash = hash };
  CfClaims *against = NULL;

  for (; list != NULL; list = list->next)
    {
      wanted.slot = list->keys[0].slot;
      if (group_has (list, &wanted) && keeps_out (list->claims, reading))
        against = list->claims;
    }
  return against;
}

static gboolean
have_common_key (const CfClaimGroup *one, const CfClaimGroup *other)
{
  const CfClaimGroup *few = one->n_keys < other->n_keys ? one : other;
  const CfClaimGroup *many = few == one ? other : one;

  for (guint i = 0; i < few->n_keys; i++)
    if (group_has (many, &few->keys[i]))
      return TRUE;
  return FALSE;
}

/**
 * cf_claims_against:
 * @list: (nullable): the groups of a slot, which is locked
 * @group: claims on keys of the same slot, not in @list
 *
 * Like cf_claims_against_key(), of all keys of a group.
 *
 * Returns: (transfer none) (nullable): claims that must end first
 */
CfClaims *
cf_claims_against (const CfClaimGroup *list, const CfClaimGroup *group)
{
  CfClaims *against = NULL;

  for (; list != NULL; list = list->next)
    if (have_common_key (list, group) &&
        keeps_out (list->claims, group->claims->shared))
      against = list->claims;
  return against;
}

/**
 * cf_claims_add_waiter:
 * @self: claims
 * @waiter: whom to wake when they end; a reference is made
 */
void
cf_claims_add_waiter (CfClaims *self, const CfWaiter *waiter)
{
  Waiter added = { waiter->ref (waiter->waiter), waiter->wake };

  cf_mutex_lock (&self->lock);
  g_array_append_val (self->waiters, added);
  cf_mutex_unlock (&self->lock);
}
