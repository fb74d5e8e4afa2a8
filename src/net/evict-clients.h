/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evict-clients.h -- maxmemory-clients: who uses most is closed first.
 *
 * Thread safety: any thread, with no lock below SESSIONS held.
 */
#pragma once

#include "net/loop.h"

G_BEGIN_DECLS

void cf_evict_clients (CfLoopGroup *group, CfStatsShard *stats);
gsize cf_evict_clients_memory (const CfLoopGroup *group);

G_END_DECLS
