/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe-latency.h -- how long the server takes to answer, again and again.
 *
 * Thread safety: the functions touch nothing but their arguments.
 */
#pragma once

#include "client/client-options.h"
#include "client/remote.h"

G_BEGIN_DECLS

gboolean cf_probe_latency (CfRemote *remote,
                           const CfClientOptions *options,
                           GError **error);

G_END_DECLS
