/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evict.h -- makes room when maxmemory is reached.
 *
 * As in Redis: some keys are chosen at random (maxmemory-samples), the best
 * candidates among all seen are kept in a pool, and the best of the pool
 * goes.  Which is best depends on the policy: the longest unused, the least
 * often used, the next to expire, or just any.
 *
 * Several threads may make room at once; each then has a pool of its own.
 *
 * Thread safety: cf_evict_make_room() from any thread that holds no key.
 */
#pragma once

#include "config/settings.h"
#include "store/keyspace.h"

G_BEGIN_DECLS

typedef struct _CfEvict CfEvict;

CfEvict *cf_evict_new (CfKeyspace *keyspace, CfConfig *config);
void cf_evict_free (CfEvict *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfEvict, cf_evict_free)

gboolean cf_evict_make_room (CfEvict *self, gsize limit, gint64 now_ms);

G_END_DECLS
