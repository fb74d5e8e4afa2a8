/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tracking.h -- CLIENT TRACKING: who caches which keys, and is to be told when
 * one changes.
 *
 * There are two modes.  By default the keys that a client reads are noted in
 * a table, and when one changes all who read it are told once.  The table is
 * in shards by the slot of a key; what stands in a shard is changed while the
 * key is held, so that no change gets lost between a read and its note.  In
 * broadcasting mode a client names prefixes, and is told of each change to a
 * key with one, by one message for all changes of a command or block.
 *
 *   session --> tracker <-- table: key -> trackers
 *                       <-- prefixes: prefix -> trackers
 *
 * A tracker outlives its session, as long as the table refers to it.
 *
 * Invariants: @n_active is 0 if and only if nobody tracks and the table is
 * empty; then reads and changes cost one relaxed load.
 * Thread safety: see each function; a tracker's options are read and written
 * by the session's handler, and read by others with its lock held.
 */
#pragma once

#include "config/settings.h"
#include "engine/session.h"

G_BEGIN_DECLS

typedef enum
{
  CF_TRACK_BCAST = 1 << 0,
  CF_TRACK_OPTIN = 1 << 1,
  CF_TRACK_OPTOUT = 1 << 2,
  CF_TRACK_NOLOOP = 1 << 3,
} CfTrackOptions;

typedef struct _CfTracking CfTracking;

struct _CfTracking
{
  gsize n_active;     /* (atomic) clients that track, and keys in the table */
  guint n_broadcasts; /* (atomic) clients in broadcasting mode */
  struct _CfTrackingRest *rest; /* (owned) of tracking.c alone */
};

CfTracking *cf_tracking_new (CfConfig *config);
void cf_tracking_free (CfTracking *self); /* nobody tracks */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfTracking, cf_tracking_free)

/* -- By the session's handler ---------------------------------------------- */

void cf_tracking_enable (CfTracking *self,
                         CfSession *session,
                         guint options,     /* CfTrackOptions */
                         CfSession *target, /* (transfer full) (nullable) */
                         const CfSlice *prefixes,
                         gsize n_prefixes);
void cf_tracking_disable (CfTracking *self, CfSession *session);
void cf_tracking_forget (CfTracking *self, CfSession *session); /* it ends */

guint cf_tracker_options (const CfSession *session); /* CfTrackOptions */
gsize cf_tracker_memory (const CfSession *session);  /* of its prefixes */
/* (transfer none) (nullable) (element-type GBytes) of BCAST */
const GPtrArray *cf_tracker_prefixes (const CfSession *session);

/* -- By whoever holds the keys --------------------------------------------- */

/* A client that tracks has read these keys. */
void cf_tracking_remember (CfTracking *self,
                           CfSession *session,
                           const CfKey *keys,
                           gsize n_keys);
void cf_tracking_keep_limit (CfTracking *self, gsize most_evicted);
/* A key has changed; @by (nullable) did it. */
void cf_tracking_invalidate (CfTracking *self, CfSession *by, const CfKey *key);
/* Likewise, to those in broadcasting mode; sorts @keys. */
void cf_tracking_broadcast (CfTracking *self,
                            CfSession *by,
                            CfSlice *keys,
                            gsize n_keys);
/* All keys are gone.  What the table held is freed by cf_tracking_sweep(). */
void cf_tracking_flush (CfTracking *self);
void cf_tracking_sweep (CfTracking *self);

/* -- By anybody ------------------------------------------------------------ */

guint cf_tracking_n_clients (CfTracking *self);
gsize cf_tracking_n_keys (CfTracking *self);
gsize cf_tracking_n_items (CfTracking *self);
gsize cf_tracking_n_prefixes (CfTracking *self);

/**
 * cf_tracking_any:
 * @self: the tracking
 *
 * Any thread.
 *
 * Returns: whether any client tracks keys
 */
static inline gboolean
cf_tracking_any (const CfTracking *self)
{
  return __atomic_load_n (&self->n_active, __ATOMIC_RELAXED) != 0;
}

/**
 * cf_tracking_broadcasts:
 * @self: the tracking
 *
 * Any thread.
 *
 * Returns: whether any client tracks by prefixes
 */
static inline gboolean
cf_tracking_broadcasts (const CfTracking *self)
{
  return __atomic_load_n (&self->n_broadcasts, __ATOMIC_RELAXED) != 0;
}

G_END_DECLS
