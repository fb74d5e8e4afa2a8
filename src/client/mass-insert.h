/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mass-insert.h -- commands in the form of the protocol, from standard input
 * straight to the server.
 *
 * Thread safety: for the main thread, which reads standard input.
 */
#pragma once

#include "client/client-options.h"
#include "client/remote.h"

G_BEGIN_DECLS

gboolean cf_mass_insert (CfRemote *remote,
                         const CfClientOptions *options,
                         int input_fd,
                         GError **error);

G_END_DECLS
