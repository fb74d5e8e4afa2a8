/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/claims.h"

typedef struct
{
  gpointer waiter; /* (owned) given to @wake */
  CfWaiterFunc wake;
} Waiter;

/* So many keys, and their groups, stand in the claims themselves. */
#define INSIDE 4

/* What others look at comes first, with the first group. */
struct _CfClaims
{
  gint wanted; /* (atomic) a writer waits for a key that is shared */
  guint n_groups;
  gint64 since_ms;      /* (atomic) see cf_claims_mark() */
  CfClaimedKey *keys;   /* (owned) sorted; set by _new() and only read after */
  CfClaimGroup *groups; /* (owned) each protected by its slot's lock */
  CfClaimGroup groups_inside[INSIDE];
  CfClaimedKey keys_inside[INSIDE];
  gboolean of_all; /* set when it is made and only read after */
  CfMutex lock;
  GArray *waiters; /* (owned) (nullable) (element-type Waiter) protected by
                      @lock */
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

/* Sorts @keys and drops those named before, whose one use may be to be read
 * and the other not; returns how many are left. */
static gsize
sort_keys (CfClaimedKey *keys, gsize n_keys)
{
  gsize n_kept = 0;

  if (n_keys > 1)
    qsort (keys, n_keys, sizeof *keys, compare_keys);
  for (gsize i = 0; i < n_keys; i++)
    if (i == 0 || compare_keys (&keys[i], &keys[n_kept - 1]) != 0)
      keys[n_kept++] = keys[i];
    else
      keys[n_kept - 1].shared &= keys[i].shared;
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

/* (nullable) (transfer full): zeroed room for @n things; never %NULL for few.
 */
static gpointer
make_room (gsize n, gsize size)
{
  return n <= CF_CLAIMS_FEW ? g_malloc0_n (MAX (n, 1), size)
                            : g_try_malloc0_n (n, size);
}

/* With room for keys, and no groups.  NULL: there is no memory for so many. */
static CfClaims *
claims_new (gsize n_keys)
{
  CfClaimedKey *keys = NULL;
  CfClaims *self;

  if (n_keys > INSIDE && (keys = make_room (n_keys, sizeof *keys)) == NULL)
    return NULL;
  self = g_new0 (CfClaims, 1);
  self->keys = keys != NULL ? keys : self->keys_inside;
  cf_mutex_init (&self->lock, CF_LOCK_CLAIM, 0);
  return self;
}

/* Makes a group of the keys of each slot; they are sorted.  FALSE: there is no
 * memory for so many. */
static gboolean
group_keys (CfClaims *self, gsize n_keys)
{
  self->groups = n_keys <= INSIDE ? self->groups_inside
                                  : make_room (count_slots (self->keys, n_keys),
                                               sizeof (CfClaimGroup));
  if (self->groups == NULL)
    return FALSE;
  for (gsize i = 0; i < n_keys; i++)
    {
      if (i == 0 || self->keys[i].slot != self->keys[i - 1].slot)
        self->groups[self->n_groups++] = (CfClaimGroup){ .claims = self,
                                                         .keys = &self->keys[i],
                                                         .only_read = TRUE };
      self->groups[self->n_groups - 1].n_keys++;
      self->groups[self->n_groups - 1].only_read &= self->keys[i].shared;
    }
  return TRUE;
}

/**
 * cf_claims_new:
 * @keys: (array length=n_keys): the keys, whose bytes must outlive the claims
 * @n_keys: how many there are
 *
 * Returns: (transfer full) (nullable): a set of claims that is in no slot yet;
 *   %NULL if there is no memory, which is not so for CF_CLAIMS_FEW keys
 */
CfClaims *
cf_claims_new (const CfKey *keys, gsize n_keys)
{
  CfClaims *self = claims_new (n_keys);

  if (self == NULL)
    return NULL;
  for (gsize i = 0; i < n_keys; i++)
    self->keys[i] = (CfClaimedKey){
      .key = keys[i].bytes,
      .hash = keys[i].hash,
      .slot = keys[i].slot,
      .shared = keys[i].reading,
    };
  if (group_keys (self, sort_keys (self->keys, n_keys)))
    return self;
  cf_claims_free (self);
  return NULL;
}

/**
 * cf_claims_new_of_all:
 *
 * Returns: (transfer full): claims on all keys, that are in no slot yet
 */
CfClaims *
cf_claims_new_of_all (void)
{
  CfClaims *self = claims_new (CF_N_SLOTS);

  g_assert (self != NULL); /* less than a megabyte, and of our own choice */
  self->groups = g_new0 (CfClaimGroup, CF_N_SLOTS);
  for (guint i = 0; i < CF_N_SLOTS; i++)
    {
      self->keys[i].slot = (guint16) i;
      self->groups[i] =
          (CfClaimGroup){ .claims = self, .keys = &self->keys[i] };
    }
  self->n_groups = CF_N_SLOTS;
  self->of_all = TRUE;
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
  /* The last to register did so before the claims left the last slot, with
   * that slot's lock. */
  for (guint i = 0; self->waiters != NULL && i < self->waiters->len; i++)
    {
      Waiter *waiter = &g_array_index (self->waiters, Waiter, i);

      waiter->wake (waiter->waiter);
    }
  g_clear_pointer (&self->waiters, g_array_unref);
  cf_mutex_clear (&self->lock);
  if (self->groups != self->groups_inside)
    g_free (self->groups);
  if (self->keys != self->keys_inside)
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

static const CfClaimedKey *
find_key (const CfClaimGroup *self, const CfClaimedKey *key)
{
  return bsearch (key, self->keys, self->n_keys, sizeof *key, compare_keys);
}

/**
 * cf_claims_have:
 * @self: claims
 * @key: a key
 *
 * Returns: whether it is one of those that are claimed to be changed
 */
gboolean
cf_claims_have (const CfClaims *self, const CfKey *key)
{
  const CfClaimedKey wanted = { .key = key->bytes,
                                .hash = key->hash,
                                .slot = key->slot };
  const CfClaimedKey *found = NULL;

  if (self->of_all)
    return TRUE;
  for (guint i = 0; i < self->n_groups && found == NULL; i++)
    if (self->groups[i].keys[0].slot == key->slot)
      found = find_key (&self->groups[i], &wanted);
  return found != NULL && !found->shared;
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
      if (list->n_keys == 0 || find_key (list, &wanted) != NULL)
        return list->claims;
    }
  return NULL;
}

/* Whether all who only read may have any of its keys. */
static inline gboolean
lets_readers_in (const CfClaimGroup *self)
{
  return self->only_read && g_atomic_int_get (&self->claims->wanted) == 0;
}

/* Whether the claim on @key keeps one out who comes to read or to write. */
static gboolean
keeps_out (CfClaims *self, const CfClaimedKey *key, gboolean reading)
{
  if (!key->shared)
    return TRUE;
  if (!reading)
    g_atomic_int_set (&self->wanted, 1);
  return !reading || g_atomic_int_get (&self->wanted) != 0;
}

/**
 * cf_claims_against_key:
 * @list: (nullable): the groups of the key's slot, which is locked
 * @key: a key
 *
 * If it is not only to be read, those who share it let no more readers in.
 *
 * Returns: (transfer none) (nullable): claims that must end first
 */
CfClaims *
cf_claims_against_key (const CfClaimGroup *list, const CfKey *key)
{
  CfClaimedKey wanted = { .key = key->bytes, .hash = key->hash };
  CfClaims *against = NULL;

  wanted.slot = key->slot;
  for (; list != NULL; list = list->next)
    {
      const CfClaimedKey *found;

      if (key->reading && lets_readers_in (list))
        continue;
      found = find_key (list, &wanted);
      if (list->n_keys == 0 ||
          (found != NULL && keeps_out (list->claims, found, key->reading)))
        against = list->claims;
    }
  return against;
}

/* Whether @theirs, which are listed, keep @ours out. */
static gboolean
group_keeps_out (const CfClaimGroup *theirs, const CfClaimGroup *ours)
{
  const CfClaimGroup *few = theirs->n_keys < ours->n_keys ? theirs : ours;
  const CfClaimGroup *many = few == theirs ? ours : theirs;

  if (theirs->n_keys == 0)
    return TRUE;
  if (ours->only_read && lets_readers_in (theirs))
    return FALSE;
  for (guint i = 0; i < few->n_keys; i++)
    {
      const CfClaimedKey *one = &few->keys[i], *other = find_key (many, one);

      if (other != NULL &&
          keeps_out (theirs->claims, few == theirs ? one : other,
                     few == theirs ? other->shared : one->shared))
        return TRUE;
    }
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
    if (group_keeps_out (list, group))
      against = list->claims;
  return against;
}

/**
 * cf_claims_mark:
 * @self: claims
 * @since_ms: wall-clock milliseconds
 *
 * Says since when a script has run, to those who meet its claims.
 */
void
cf_claims_mark (CfClaims *self, gint64 since_ms)
{
  __atomic_store_n (&self->since_ms, since_ms, __ATOMIC_RELAXED);
}

/**
 * cf_claims_since:
 * @self: claims
 *
 * Returns: what cf_claims_mark() has said, or 0
 */
gint64
cf_claims_since (const CfClaims *self)
{
  return __atomic_load_n (&self->since_ms, __ATOMIC_RELAXED);
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
  if (self->waiters == NULL)
    self->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  g_array_append_val (self->waiters, added);
  cf_mutex_unlock (&self->lock);
}
