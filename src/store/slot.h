/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slot.h -- a slot from inside: what the files of the keyspace share.
 *
 * Only src/store includes this.
 *
 * Thread safety: what is in a slot is protected by its lock; in ALL mode (the
 * gate is closed) nobody locks.
 */
#pragma once

#include "store/claims.h"
#include "store/deadlines.h"
#include "store/keyspace.h"
#include "store/table.h"
#include "store/waiters.h"

G_BEGIN_DECLS

/* A key that somebody watches or waits for, in its slot's set of them.  Its
 * name and place are set when it is made and only read after. */
struct _CfObserved
{
  CfSlice key; /* (owned) */
  guint32 hash;
  guint db;
  CfWatch *watches;       /* (nullable) */
  CfWaitLink *first_wait; /* (nullable) who waits, first come first */
  CfWaitLink *last_wait;
  guint n_even_gone; /* of those, who are woken when the key is removed */
  guint round;       /* counts cf_keyspace_begin_serving() */
  gboolean ready;    /* since it was last served */
};

/* The keys of one slot in one database. */
typedef struct
{
  CfTable table;
  CfDeadlines *deadlines; /* (owned) NULL if no entry is volatile */
} CfShard;

typedef struct
{
  guint n_shards;
  struct
  {
    guint db;
    CfShard shard;
  } items[]; /* in order of @db */
} CfShards;

/* One cache line, unless locks are checked. */
typedef struct
{
  CfMutex lock;
  CfClaimGroup *claims; /* (not owned) (nullable) */
  GHashTable *observed; /* (owned) (nullable) of CfObserved */
  CfShard shard;        /* of database 0 */
  CfShards *others;     /* (owned) NULL if empty */
} __attribute__ ((aligned (64))) CfSlot;

/* What was done to a database as a whole: how often. */
typedef struct
{
  guint n_flushed;
  guint n_swapped;
} CfUpheavals;

struct _CfKeyspace
{
  CfSlot *slots;          /* (owned) CF_N_SLOTS */
  gint64 *next_deadlines; /* (owned) CF_N_SLOTS, (atomic) */
  guint32 **counts;       /* (owned) for each database, (atomic) NULL or the
                             number of keys in each slot, (atomic) */
  CfUpheavals *upheavals; /* (owned) of each database; written with the gate
                             closed, and read inside it */
  guint32 *n_waited;      /* (owned) CF_N_SLOTS: keys somebody waits for;
                             protected by the slot's lock */
  guint n_databases;
  guint *used;              /* (owned) databases that have counts, (atomic) */
  guint n_used;             /* (atomic) how many */
  gint64 frozen_until_ms;   /* (atomic) nothing expires before */
  CfAccessKind access_kind; /* (atomic) */
  guint lfu_log_factor;     /* (atomic) */
  guint lfu_decay_min;      /* (atomic) */
  gint is_claimed;          /* (atomic) all of it: cf_hold_claim_all(); set with
                               the gate closed */
  gint64 alarm_ms;          /* (atomic) when the expirer will look */
  void (*alarm) (gpointer); /* (nullable) set before threads start */
  gpointer alarm_data;      /* (not owned) likewise */
  CfReaper *reaper;         /* (not owned) (nullable) likewise */
  CfKeyspaceHooks hooks;
  guint expire_cursor; /* (atomic) the slot to look at first */
  gsize n_expired;     /* (atomic) */
  gsize n_evicted;     /* (atomic) */
  guint n_waiting;     /* (atomic) threads that wait for a slot's lock */
};

void cf_slot_wait (CfKeyspace *keyspace, guint slot);

/* Which lock these take and release is beyond clang's analysis. */
CF_NO_ANALYSIS static inline CfSlot *
cf_slot_lock (CfKeyspace *keyspace, guint slot)
{
  if (G_UNLIKELY (!cf_mutex_trylock (&keyspace->slots[slot].lock)))
    cf_slot_wait (keyspace, slot);
  return &keyspace->slots[slot];
}

/**
 * cf_slot_is_waited_for:
 * @keyspace: a keyspace
 *
 * Returns: whether a thread waits for the lock of whichever slot
 */
static inline gboolean
cf_slot_is_waited_for (const CfKeyspace *keyspace)
{
  return __atomic_load_n (&keyspace->n_waiting, __ATOMIC_RELAXED) > 0;
}

CF_NO_ANALYSIS static inline void
cf_slot_unlock (CfSlot *self)
{
  cf_mutex_unlock (&self->lock);
}

/* For the moment of a look-up or change: locks if @hold does not yet. */
CfSlot *cf_slot_enter (CfKeyspace *keyspace, const CfHold *hold, guint slot);
void cf_slot_leave (CfSlot *self, const CfHold *hold);

CfShard *cf_slot_shard (CfSlot *self, guint db); /* (nullable) */
CfEntry *cf_slot_look_up (CfKeyspace *keyspace,
                          CfSlot *self,
                          guint db,
                          const CfKey *key,
                          gint64 now_ms);
CfShard *cf_slot_need_shard (CfSlot *self, guint db); /* made if missing */
void cf_slot_settle (CfKeyspace *keyspace, CfSlot *self, guint db);
CfShard cf_slot_take_shard (CfSlot *self, guint db);
void cf_slot_put_shard (CfSlot *self, guint db, CfShard shard);
/* (nullable) */
CfObserved *
cf_slot_observed (const CfSlot *self, guint db, CfSlice key, guint32 hash);
CfObserved *cf_slot_observe (CfSlot *self, guint db, const CfKey *key);
void cf_slot_tidy_observed (CfSlot *self, CfObserved *observed);
gboolean cf_slot_touch (CfSlot *self, guint db, CfSlice key);
void cf_slot_nudge (CfSlot *self, guint db, CfSlice key, guint32 hash);

void cf_shard_index (CfShard *self, CfEntry *entry);
void cf_shard_unindex (CfShard *self, const CfEntry *entry);
void cf_shard_clear (CfShard *self); /* does not free the entries */

/* Takes out an entry that expired or is evicted and tells of it. */
void cf_slot_drop (CfKeyspace *keyspace,
                   CfSlot *self,
                   guint db,
                   CfSlice key,
                   guint32 hash,
                   CfRemoval why);

/* The number of keys of @db in @slot, without its lock. */
guint32 cf_keyspace_count_in (CfKeyspace *self, guint db, guint slot);

gboolean cf_keyspace_is_frozen (CfKeyspace *self, gint64 now_ms);
gboolean cf_entry_is_past (const CfEntry *self,
                           gint64 now_ms); /* its deadline */
guint32 cf_access_initial (CfKeyspace *keyspace, gint64 now_ms);

/* Frees an entry, here if that is quick, else in the reaper's thread. */
void cf_keyspace_discard (CfKeyspace *self, CfEntry *entry);
/* Does so when the hold ends. */
void cf_hold_discard (CfHold *self, CfEntry *entry);

G_END_DECLS
