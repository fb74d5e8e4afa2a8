/* SPDX-License-Identifier: GPL-3.0-or-later */
/* client-tracking.h -- those subcommands of CLIENT that are for clients which
 * cache keys.
 *
 * Thread safety: for the worker of the call.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

gboolean cf_client_tracking_run (CfCall *call, GError **error);
gboolean cf_client_tracking_run_caching (CfCall *call, GError **error);
gboolean cf_client_tracking_run_getredir (CfCall *call, GError **error);
gboolean cf_client_tracking_run_info (CfCall *call, GError **error);

G_END_DECLS
