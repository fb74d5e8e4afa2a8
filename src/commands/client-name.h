/* SPDX-License-Identifier: GPL-3.0-or-later */
/* client-name.h -- what a client may call itself.
 *
 * Thread safety: for the handler of the session.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

/* Bytes: each CLIENT LIST shows all names. */
#define CF_CLIENT_NAME_MAX (64 * 1024)

gboolean cf_client_name_check (CfSlice name, GError **error);
void cf_client_name_set (CfSession *session, CfSlice name);

G_END_DECLS
