/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tracker.h -- a client that is told when keys change: how, and where to.
 *
 * For tracking.c, which says who is told of what.
 *
 * Thread safety: references, any thread; see the fields.
 */
#pragma once

#include "engine/tracking.h"

G_BEGIN_DECLS

struct _CfTracker
{
  guint refs;  /* (atomic) */
  guint place; /* in the list of trackers; that of CfTracking's stripes */

  CfMutex lock;
  /* Protected by @lock. */
  CfSession *session; /* (not owned) (nullable) NULL: it is gone */
  gboolean is_on;
  guint options;     /* CfTrackOptions */
  CfSession *target; /* (owned) (nullable) who is told instead */
  gint64 redirect;   /* its number, or 0 */

  GPtrArray *prefixes; /* (owned) (nullable) of GBytes; the handler's */
  gsize prefix_memory; /* what they take, about; likewise */
};

/* What is to be told, made when the first one needs it. */
typedef struct
{
  const CfSlice *keys; /* (not owned) */
  gsize n_keys;        /* 0: all keys */
  CfBlob *push;        /* (owned) (nullable) for RESP3 */
  CfBlob *message;     /* (owned) (nullable) for RESP2 */
} CfNews;

void cf_news_clear (CfNews *self);

CfTracker *cf_tracker_need (CfSession *session);
CfTracker *cf_tracker_ref (CfTracker *self);
void cf_tracker_unref (CfTracker *self);
/* @unwanted: CfTrackOptions with which it is not to be told. */
void cf_tracker_tell (CfTracker *self,
                      const CfSession *by,
                      guint unwanted,
                      CfNews *news);
void cf_tracker_tell_locked (CfTracker *self, CfNews *news);

G_END_DECLS
