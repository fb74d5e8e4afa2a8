/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keyspace.h -- all keys: 16,384 slots, each a lock and a table a database.
 *
 * A key lives in the slot that CRC-16 of it picks, as in Redis Cluster.  A
 * slot has, for each database in use, a shard: a GHashTable used as a set of
 * entries (several, if a {tag} makes the slot huge: see table.h), and the
 * deadlines of the volatile ones in order.
 *
 *   keyspace -> slot[16384] -> lock
 *                              claims, watchers (NULL when there are none)
 *                              shard[db] -> CfTable: GHashTables of CfEntry
 *                                           CfDeadlines
 *
 * Values that are replaced or removed are not freed under the lock: they go
 * to the hold's trash and from there, when big, to the reaper's thread.
 *
 * What walkers and eviction need to find their way (how many keys a slot has,
 * when its next one is due) stands in dense arrays that are read without
 * locks; so a look over all slots costs some ten microseconds.
 *
 * Invariants: an entry is in the one shard its key picks; an entry is in the
 * shard's deadlines if and only if it is volatile; next_deadline[slot] is
 * the least deadline of the slot's shards.
 * Thread safety: functions with a CfHold need the key held (see hold.h);
 * walks lock by themselves.
 */
#pragma once

#include <glib.h>

#include "store/entry.h"
#include "store/hold.h"

G_BEGIN_DECLS

#define CF_DATABASES_MAX 16384

/* Why a key went or changed without a command of its own. */
typedef enum
{
  CF_REMOVED_EXPIRED,
  CF_REMOVED_EVICTED,
} CfRemoval;

typedef struct
{
  /* A key was removed for a reason of the keyspace's own.  Called with the
   * key held (slot locked); must only note it: no other lock above SLOT. */
  void (*removed) (gpointer data, guint db, CfSlice key, CfRemoval why);
  gpointer data;
} CfKeyspaceHooks;

CfKeyspace *cf_keyspace_new (guint n_databases,
                             const CfKeyspaceHooks *hooks /* (nullable) */);
void cf_keyspace_free (CfKeyspace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfKeyspace, cf_keyspace_free)
guint cf_keyspace_n_databases (const CfKeyspace *self);
/* Whoever frees large values in the background; before threads start. */
void cf_keyspace_set_reaper (CfKeyspace *self, CfReaper *reaper);
/* While frozen (CLIENT PAUSE), what is past its deadline is not seen, but not
 * removed either. */
void cf_keyspace_freeze (CfKeyspace *self, gint64 until_ms);

/* Has the processor fetch what looking up @words of database 0 will need. */
void cf_keyspace_prefetch (CfKeyspace *self,
                           const CfSlice *words,
                           CfKey *keys,
                           guint n);
#define CF_PREFETCH_MAX 16 /* keys */

/* -- Keys that are held ---------------------------------------------------- */

/* The entry at @key, or NULL.  One past its deadline at @now_ms is removed on
 * the spot (hook: EXPIRED) and never returned. */
CfEntry *cf_keyspace_find (
    CfKeyspace *self, CfHold *hold, guint db, const CfKey *key, gint64 now_ms);

/* Puts @value at @key.  @deadline_ms: CF_NO_DEADLINE, a deadline, or
 * CF_KEEP_DEADLINE for that of the entry replaced.  NULL: no memory, nothing
 * was changed and @value not taken. */
#define CF_KEEP_DEADLINE (-2)
CfEntry *cf_keyspace_put (CfKeyspace *self,
                          CfHold *hold,
                          guint db,
                          const CfKey *key,
                          const CfValue *value,
                          gint64 deadline_ms);

/* Puts an entry that was made for @key there, which needs no memory. */
void cf_keyspace_put_entry (CfKeyspace *self,
                            CfHold *hold,
                            guint db,
                            const CfKey *key,
                            CfEntry *entry); /* (transfer full) */

/* Sets or, with CF_NO_DEADLINE, removes the deadline.  Returns the entry that
 * is there now (another block, maybe); NULL: no key or no memory. */
CfEntry *cf_keyspace_set_deadline (CfKeyspace *self,
                                   CfHold *hold,
                                   guint db,
                                   const CfKey *key,
                                   gint64 deadline_ms);

gboolean
cf_keyspace_remove (CfKeyspace *self, CfHold *hold, guint db, const CfKey *key);
/* Takes the entry out of its table without freeing it. */
CfEntry *cf_keyspace_steal (CfKeyspace *self,
                            CfHold *hold,
                            guint db,
                            const CfKey *key); /* (transfer full) (nullable) */
/* Puts a stolen entry's value under another key, in the place of what is
 * there; keeps its deadline.  NULL: no memory, and @stolen is not taken. */
CfEntry *cf_keyspace_adopt (CfKeyspace *self,
                            CfHold *hold,
                            guint db,
                            const CfKey *key,
                            CfEntry *stolen); /* (transfer full) */

/* To be called when a command changed the value at @key: wakes WATCH.  TRUE:
 * somebody waits for the key (see waiters.h). */
gboolean
cf_keyspace_touch (CfKeyspace *self, CfHold *hold, guint db, const CfKey *key);

/* -- WATCH ------------------------------------------------------------------
 */

/* @dirty is set (atomically) to 1 when the key is touched or removed, or
 * expires.  What happens to the whole database is seen when it is asked.  The
 * key need not be held, and its slot is not: watching locks it. */
typedef struct _CfWatch CfWatch;
CfWatch *cf_keyspace_watch (
    CfKeyspace *self, guint db, const CfKey *key, gint *dirty, gint64 now_ms);
void cf_keyspace_unwatch (CfKeyspace *self,
                          CfWatch *watch); /* locks the slot */
/* A set of watches (owned by whoever adds them), to find that of a key. */
GHashTable *cf_watches_new (void); /* (transfer full) */
gboolean cf_watches_have (GHashTable *watches, guint db, const CfKey *key);
CfSlice cf_watch_key (const CfWatch *watch);
/* Whether the key, which is held, is no longer as it was though nobody touched
 * it: it expired, or the database was flushed or swapped. */
gboolean cf_keyspace_watch_is_stale (CfKeyspace *self,
                                     CfHold *hold,
                                     const CfWatch *watch,
                                     gint64 now_ms);

/* -- Walks: one slot at a time, locking it briefly --------------------------
 */

gsize cf_keyspace_size (CfKeyspace *self, guint db); /* keys */
void cf_keyspace_count (CfKeyspace *self,
                        guint db,
                        gsize *n_keys,
                        gsize *n_volatile,
                        gint64 *average_ttl_ms,
                        gint64 now_ms);

/* Calls @func for each live entry of @slot with the slot locked; it must not
 * keep the entry.  FALSE ends the walk. */
typedef gboolean (*CfEntryFunc) (const CfEntry *entry, gpointer data);
void cf_keyspace_walk_slot (CfKeyspace *self,
                            guint db,
                            guint slot,
                            gint64 now_ms,
                            CfEntryFunc func,
                            gpointer data);

/* SCAN: calls @func for some entries, at least @count where there are as
 * many, and returns the next cursor, 0 at the end. */
guint64 cf_keyspace_scan (CfKeyspace *self,
                          guint db,
                          guint64 cursor,
                          gsize count,
                          gint64 now_ms,
                          CfEntryFunc func,
                          gpointer data);

/* A key picked at random, each with about the same chance.  FALSE: none; TRUE
 * and *@key NULL: there is no memory for it. */
gboolean cf_keyspace_random (
    CfKeyspace *self, guint db, gint64 now_ms, char **key, gsize *size);

/* -- All at once: the gate must be closed (CF_HOLD_ALL) ----------------------
 */

/* The contents of a database or all, unlinked; freed by cf_trash_free(). */

CfTrash *
cf_keyspace_flush (CfKeyspace *self, gint db /* -1: all */, gsize *n_removed);
gsize cf_trash_free (CfTrash *self); /* returns how many entries there were */
gsize cf_trash_size (const CfTrash *self);
void cf_keyspace_swap (CfKeyspace *self, guint a, guint b);

/* -- Expiry and eviction ------------------------------------------------------
 */

/* The least deadline of all keys, in ms; G_MAXINT64: none.  ~10 us. */
gint64 cf_keyspace_next_deadline (CfKeyspace *self);
/* Removes what is due at @now_ms, slot by slot; returns how many. */
gsize cf_keyspace_expire_due (CfKeyspace *self, gint64 now_ms, gsize most);
/* Called (any thread) when a deadline earlier than all known to the expirer
 * was set; see expirer.h. */
void cf_keyspace_set_alarm (CfKeyspace *self,
                            void (*alarm) (gpointer data),
                            gpointer data);
/* From now on deadlines before @wake_ms raise the alarm; only once each time
 * they come down, since each then sets the time to itself. */
void cf_keyspace_set_alarm_time (CfKeyspace *self, gint64 wake_ms);

/* For eviction: calls @func for at most @n entries chosen at random (volatile
 * ones only, if asked), most of them of one slot; returns how many. */
typedef void (*CfSampleFunc) (const CfEntry *entry, guint db, gpointer data);
guint cf_keyspace_sample (CfKeyspace *self,
                          gboolean only_volatile,
                          guint n,
                          CfSampleFunc func,
                          gpointer data);
/* Removes @key if it is still there and not claimed (hook: EVICTED); returns
 * the bytes it took, or 0. */
gsize cf_keyspace_evict (CfKeyspace *self, guint db, CfSlice key);

/* Turns the access field's upkeep on or off, and says how it is kept. */
typedef enum
{
  CF_ACCESS_LRU, /* seconds, mod 2^24 */
  CF_ACCESS_LFU, /* 16 bits minutes, 8 bits logarithmic counter */
} CfAccessKind;
void cf_keyspace_set_access_kind (CfKeyspace *self,
                                  CfAccessKind kind,
                                  guint lfu_log_factor,
                                  guint lfu_decay_min);
void cf_keyspace_accessed (CfKeyspace *self, CfEntry *entry, gint64 now_ms);
guint64
cf_keyspace_idle_ms (CfKeyspace *self, const CfEntry *entry, gint64 now_ms);
guint
cf_keyspace_frequency (CfKeyspace *self, const CfEntry *entry, gint64 now_ms);
void cf_keyspace_set_idle (CfKeyspace *self,
                           CfEntry *entry,
                           guint64 idle_s,
                           gint64 now_ms);
void cf_keyspace_set_frequency (CfKeyspace *self,
                                CfEntry *entry,
                                guint frequency,
                                gint64 now_ms);

/* Key-space statistics (sums; atomic reads). */
gsize cf_keyspace_n_expired (CfKeyspace *self);
gsize cf_keyspace_n_evicted (CfKeyspace *self);

G_END_DECLS
