/* SPDX-License-Identifier: GPL-3.0-or-later */
/* executor-inside.h -- what the files of the executor share.
 *
 * Only src/engine/executor*.c include this.
 *
 * Thread safety: as executor.h says.
 */
#pragma once

#include "engine/call.h"
#include "engine/executor.h"

G_BEGIN_DECLS

/* executor.c */
void cf_executor_reject_block (CfCall *call, const char *reason);
CfOutcome cf_executor_park (CfCall *call, CfParkKind kind, gint64 deadline_ms);
CfOutcome cf_executor_park_blocked (CfCall *call);

/* executor-run.c */
void cf_executor_reply_error (CfCall *call, const char *message);
void cf_executor_reply_failure (CfCall *call, const GError *error);
void cf_executor_feed_monitors (CfCall *call);
CfOutcome cf_executor_hold_and_run (CfCall *call, CfCommandFlags flags);

G_END_DECLS
