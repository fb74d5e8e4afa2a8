/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scan-keys.h -- prints the names of all keys, or of those a pattern fits.
 *
 * Thread safety: the functions touch nothing but their arguments.
 */
#pragma once

#include "client/client-options.h"
#include "client/remote.h"

G_BEGIN_DECLS

gboolean
cf_scan_keys (CfRemote *remote, const CfClientOptions *options, GError **error);

G_END_DECLS
