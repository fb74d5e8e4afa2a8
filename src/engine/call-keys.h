/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call-keys.h -- finds the keys of a command and holds them.
 *
 * Thread safety: for the worker of the call.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

gboolean cf_call_keys_collect (CfCall *call);
gboolean cf_call_keys_collect_block (CfCall *call);
gboolean cf_call_keys_claim (CfCall *call);
gboolean cf_call_keys_hold (CfCall *call, CfCommandFlags flags);
gboolean cf_call_keys_need_claims (CfCall *call, CfCommandFlags flags);
void cf_call_keys_trim (CfWorker *worker);

G_END_DECLS
