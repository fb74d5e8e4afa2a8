/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claims.h -- keys that a long command has for itself; see hold.h.
 *
 * A claim is on a name: it covers that key in every database.
 *
 * The claimed keys are sorted by slot, then hash; those of one slot are a
 * group, which is in the slot's list while the claim lasts.
 *
 *   slot 7 -> group of A -> group of B        slot 9 -> group of A
 *              | keys[0..3)    | keys[0..1)              | keys[3..4)
 *
 * A waiter registers under the lock of the slot where it met the claim.  The
 * claimant takes its groups out of all slots before it wakes the waiters: so
 * none is missed, and nobody can reach a claims set that is being freed.
 *
 * A claim on everything has a group without keys in each slot: it covers all
 * keys there are, and those that are not there.
 *
 * A claim on a key that is only read is shared with other readers.  A writer
 * that meets one marks the claims as wanted; from then on readers, too, wait
 * until it has ended, so that writers have their turn.  Readers need not look
 * at each other's keys, then: what they look at is in one line of the cache.
 *
 * Thread safety: groups are protected by their slot's lock; the waiters have
 * a lock of their own.
 */
#pragma once

#include "store/hold.h"

G_BEGIN_DECLS

typedef struct
{
  CfSlice key; /* (not owned) */
  guint32 hash;
  guint16 slot;
  gboolean shared; /* with other readers */
} CfClaimedKey;

typedef struct _CfClaimGroup CfClaimGroup;

struct _CfClaimGroup
{
  CfClaims *claims;         /* (not owned) whose they are */
  const CfClaimedKey *keys; /* (not owned) sorted; the first says the slot */
  guint n_keys;             /* 0: all keys of the slot */
  gboolean only_read;       /* all of @keys are shared */
  CfClaimGroup *next;       /* (nullable) in the slot's list */
};

CfClaims *cf_claims_new (const CfKey *keys, gsize n_keys);
CfClaims *cf_claims_new_of_all (void);
void cf_claims_free (CfClaims *self); /* and wakes the waiters */
guint cf_claims_n_groups (const CfClaims *self);
CfClaimGroup *cf_claims_group (CfClaims *self, guint i);

/* Whose claim on @list the key is in, NULL: nobody's.  Slot locked. */
CfClaims *cf_claims_on (const CfClaimGroup *list, CfSlice key, guint32 hash);
gboolean cf_claims_have (const CfClaims *self, const CfKey *key);
/* Whose claim on @list keeps one who wants the key from it.  Slot locked. */
CfClaims *cf_claims_against_key (const CfClaimGroup *list, const CfKey *key);
/* Whose claims on @list keep @group from being listed, too.  Slot locked. */
CfClaims *cf_claims_against (const CfClaimGroup *list,
                             const CfClaimGroup *group);
/* Since when a script has run whose claims they are; 0: it is none. */
void cf_claims_mark (CfClaims *self, gint64 since_ms);
gint64 cf_claims_since (const CfClaims *self);
/* To be called with the lock of a slot where @self is listed. */
void cf_claims_add_waiter (CfClaims *self, const CfWaiter *waiter);

G_END_DECLS
