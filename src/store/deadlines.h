/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deadlines.h -- the volatile entries of a shard, in order of their deadlines.
 *
 * A sorted array of chunks, each with up to CF_DEADLINES_CHUNK pointers that
 * are in no order among themselves:
 *
 *   lower bound   -inf        (1700, 0x80)   (1950, 0x10)
 *   entries       1200 1650   1700 1949      2100 1950 1990
 *
 * Entries are ordered by deadline and then by address, so that a million
 * equal deadlines make a million different places.  A chunk that is full is
 * split at its median; one that is nearly empty is joined to the next.  An
 * entry costs its pointer, some slack and its share of a chunk: about ten
 * bytes.
 *
 * Invariants: a chunk has at least one entry; the first chunk's bound is below
 * everything; bounds ascend; an entry is in the last chunk whose bound is not
 * above it; a deadline does not change while its entry is here.
 * Thread safety: none of its own.
 */
#pragma once

#include "store/entry.h"

G_BEGIN_DECLS

#define CF_DEADLINES_CHUNK 64

typedef struct _CfDeadlines CfDeadlines;

CfDeadlines *cf_deadlines_new (void);
void cf_deadlines_free (CfDeadlines *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfDeadlines, cf_deadlines_free)

void cf_deadlines_insert (CfDeadlines *self, CfEntry *entry);
void cf_deadlines_remove (CfDeadlines *self, const CfEntry *entry);
gsize cf_deadlines_size (const CfDeadlines *self);
gint64 cf_deadlines_first (const CfDeadlines *self);
gint64 cf_deadlines_average (const CfDeadlines *self);
guint cf_deadlines_due (const CfDeadlines *self,
                        gint64 now_ms,
                        CfEntry *due[CF_DEADLINES_CHUNK]);
CfEntry *cf_deadlines_random (const CfDeadlines *self);

G_END_DECLS
