/* SPDX-License-Identifier: GPL-3.0-or-later */
/* broadcast.h -- who is told of changed keys by prefixes: the broadcasting
 * mode of CLIENT TRACKING.
 *
 * For tracking.c.  What a change costs grows with the length of its key and
 * with those who are told, and not with the prefixes that there are; prefixes
 * that come or go let changes pass now and then.
 *
 * Thread safety: all functions but init and clear, any thread; a tracker
 * joins and leaves by its handler.
 */
#pragma once

#include "base/stripes.h"
#include "engine/prefixes.h"
#include "engine/tracker.h"

G_BEGIN_DECLS

typedef struct
{
  CfStripes stripes;
  CfPrefixes *prefixes; /* (owned) of GPtrArray (owned) of CfTracker (not
                           owned); protected by @stripes */
} CfBroadcast;

void cf_broadcast_init (CfBroadcast *self);
void cf_broadcast_clear (CfBroadcast *self); /* nobody is in it */

/* Adds to the prefixes of @tracker, none of which is there yet; 0: the empty
 * one. */
void cf_broadcast_join (CfBroadcast *self,
                        CfTracker *tracker,
                        const CfSlice *prefixes,
                        gsize n);
void cf_broadcast_leave (CfBroadcast *self, CfTracker *tracker);
/* Keys have changed; @by (nullable) did it.  Sorts @keys. */
void cf_broadcast_tell (CfBroadcast *self,
                        CfSession *by,
                        CfSlice *keys,
                        gsize n_keys);
gsize cf_broadcast_n_prefixes (CfBroadcast *self);

G_END_DECLS
