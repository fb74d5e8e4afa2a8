/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hold.h -- what a running command holds of the keyspace.
 *
 * A command finds its keys already held.  There are three ways to hold them:
 *
 *  SLOTS   the locks of the slots of its keys, taken in ascending order and
 *          kept for the whole command.  The common way: short commands on few
 *          keys.
 *  CLAIMS  long commands and blocks (many keys, long values, MULTI with many
 *          commands, scripts) must not keep the other keys of their slots
 *          waiting.  They *claim* their keys: each slot has a set of claimed
 *          keys, NULL when there are none, which everybody who locks the slot
 *          looks at.  A key that is claimed is touched by nobody but the
 *          claimant; whoever wants it gets nothing, registers as a waiter
 *          and tries again from the start when the claimant is done.  While
 *          it runs, the claimant locks a slot only for the moment of a table
 *          look-up or change.  Claims on keys that are only read are
 *          shared among readers, until a writer wants the key.
 *  ALL     the gate is closed (see engine/gate.h): nobody else runs, so no
 *          lock is taken.  Who stays for long claims everything instead: the
 *          gate can be opened then, and others meet a claim on any key.
 *
 * So the rules for touching an entry are:
 *  - whoever holds the slot's lock may look up, and may read the key, type
 *    and deadline of any entry in the slot (walkers do);
 *  - values, and everything of an entry whose key one holds, are the holder's;
 *  - tables, deadlines and headers change only in cf_keyspace_*() functions,
 *    which lock the slot themselves when the hold is CLAIMS.
 *
 * Acquiring never waits while holding anything but lower slot locks: if any
 * key is claimed by another, all is given back.
 *
 * Between two commands of one client's batch that want the same slot its lock
 * may be kept, so that the second finds it taken (cf_hold_keep()).  Nothing
 * that takes an outer lock, waits or takes long may be done meanwhile: whoever
 * leaves that straight path lets it go first.
 *
 * Thread safety: a hold belongs to one thread; a claims set is shared.
 */
#pragma once

#include <glib.h>

#include "base/lock.h"
#include "base/slice.h"

G_BEGIN_DECLS

typedef struct _CfKeyspace CfKeyspace;
typedef struct _CfClaims CfClaims;
typedef struct _CfReaper CfReaper;
typedef struct _CfTrash CfTrash;

#define CF_N_SLOTS 16384
#define CF_NO_SLOT G_MAXUINT16

/* A key, with what is derived from it. */
typedef struct
{
  CfSlice bytes;
  guint32 hash;   /* of the bytes, for tables */
  guint16 slot;   /* CRC-16 of the bytes or their {tag}, mod 16384 */
  guint8 reading; /* it is only read: readers may claim it at once */
} CfKey;

CfKey cf_key (CfSlice bytes);
guint16 cf_key_slot (CfSlice bytes); /* just the slot */

typedef enum
{
  CF_HOLD_NONE,
  CF_HOLD_SLOTS,
  CF_HOLD_CLAIMS,
  CF_HOLD_ALL,
} CfHoldMode;

#define CF_HOLD_TRASH 8
#define CF_HOLD_MORE 2
#define CF_CLAIMS_FEW 64 /* that many keys can always be claimed */

typedef struct
{
  CfHoldMode mode;
  CfKeyspace *keyspace; /* (not owned) */
  gint64 now_ms; /* wall clock of the command, set before or after it is held,
                    reset by the release; 0: read when needed */
  CfClaims *claims;             /* (owned) (nullable) CLAIMS only */
  CfClaims *more[CF_HOLD_MORE]; /* (owned) (nullable) of cf_hold_more() */
  CfClaims *of_all;     /* (owned) (nullable) of cf_hold_claim_all(): beside
                           @claims,     or without them */
  GPtrArray *grown;     /* (owned) (nullable) (element-type CfClaims) (owned) of
                           cf_hold_grow() */
  gboolean no_memory;   /* the last claims were refused for want of memory, so
                           nobody will be woken; cleared as a command begins */
  gint64 busy_since_ms; /* wall clock, or 0: since when a script has run whose
                           claim refused the last hold */
  guint16 *slots;       /* scratch of CF_N_SLOTS: those locked, ascending */
  guint n_slots;
  guint16 kept;  /* a slot that is still locked: see cf_hold_keep() */
  guint64 *seen; /* scratch: bitmap of CF_N_SLOTS, zero between uses */
  guint n_trash;
  struct _CfEntry *trash[CF_HOLD_TRASH]; /* (owned) to be freed at the end */
} CfHold;

void cf_hold_init (CfHold *self, CfKeyspace *keyspace); /* with scratch */
void cf_hold_clear (CfHold *self);

/* Called, in the thread that ends a claim and with no lock held, for each
 * waiter that cf_hold_acquire() registered. */
typedef void (*CfWaiterFunc) (gpointer waiter);

typedef struct
{
  gpointer waiter; /* (transfer full) given to @wake when the claim ends */
  CfWaiterFunc wake;
  gpointer (*ref) (gpointer waiter); /* makes the reference that is given */
} CfWaiter;

/* @keys: names, which are held in every database; their bytes must stay until
 * the release.  A key may be named twice.
 * Returns FALSE if one is claimed by another; @waiter (nullable: try only)
 * is then called when that claim has ended, and nothing is held.  Claims on
 * more than CF_CLAIMS_FEW keys also fail if there is no memory for them, and
 * say so in @no_memory. */
gboolean cf_hold_slots (CfHold *self,
                        const CfKey *keys,
                        gsize n_keys,
                        const CfWaiter *waiter);
gboolean cf_hold_claims (CfHold *self,
                         const CfKey *keys,
                         gsize n_keys,
                         const CfWaiter *waiter);
/* Claims more keys, to be read only, while it holds claims or ALL; twice at
 * most.  @keys is (inout) scratch.  FALSE: as above, but what is held is still
 * held; it must be released without waiting for anything. */
gboolean
cf_hold_more (CfHold *self, CfKey *keys, gsize n_keys, const CfWaiter *waiter);
/* Turns a hold of slots into one of claims, on @keys, all of whose slots are
 * locked.  FALSE: there is no memory for it, and the slots stay locked. */
gboolean cf_hold_to_claims (CfHold *self, const CfKey *keys, gsize n_keys);
/* Claims one more key while it holds claims, as often as is wanted; as for
 * cf_hold_more(). */
gboolean cf_hold_grow (CfHold *self, const CfKey *key, const CfWaiter *waiter);
/* Says since when the script runs that holds claims. */
void cf_hold_mark (CfHold *self, gint64 since_ms);
void cf_hold_all (CfHold *self); /* the gate is closed by the caller */
/* From then on the gate, which is closed, may be opened: the keys are claimed.
 * The caller must be outside of it, and the only one to close it. */
void cf_hold_claim_all (CfHold *self, gint64 since_ms);
/* Everything is held, in whichever way. */
gboolean cf_hold_has_all (const CfHold *self);
/* Somebody else holds everything: whoever holds claims outside the gate must
 * not come in. */
gboolean cf_hold_is_barred (const CfHold *self);
/* Likewise, for one that holds nothing: @waiter (nullable) is called when that
 * has ended. */
gboolean cf_hold_meet_all (CfHold *self, const CfWaiter *waiter);
/* Holds all, the gate being closed, beside its claims; and only these again. */
void cf_hold_widen (CfHold *self);
void cf_hold_narrow (CfHold *self);
void cf_hold_release (CfHold *self);

/* Releases a hold of one slot, but for its lock: the next cf_hold_slots() of
 * the same slot finds it locked.  If anybody waits for a slot, it is as
 * cf_hold_release(). */
void cf_hold_keep (CfHold *self);
void cf_hold_unlock_kept (CfHold *self);

/**
 * cf_hold_let_go:
 * @self: a hold
 *
 * Unlocks what cf_hold_keep() kept; most often there is nothing.
 */
static inline void
cf_hold_let_go (CfHold *self)
{
  if (G_UNLIKELY (self->kept != CF_NO_SLOT))
    cf_hold_unlock_kept (self);
}

/* Whether a key that was perhaps not asked for is held as well, to be changed.
 */
gboolean cf_hold_covers (const CfHold *self, const CfKey *key);

G_END_DECLS
