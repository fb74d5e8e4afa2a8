/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plain-client.h -- the plain dialect, from the side of the client.
 *
 * A connection for each request, which is a line: "set KEY VALUE" or
 * "get KEY".  The answer has no framing: it ends where the server closes.
 *
 * Thread safety: the function touches nothing but its arguments.
 */
#pragma once

#include "client/remote.h"

G_BEGIN_DECLS

gboolean cf_plain_client_run (CfRemote *remote,
                              const CfSlice *argv,
                              gsize argc,
                              GString *out,
                              GError **error);

G_END_DECLS
