/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fetch-rdb.h -- what the server sends to replicas, into a file.
 *
 * The client asks as a replica does that wants the functions alone, and takes
 * the file as it comes: so many bytes, or all before a mark that the server
 * has told.  Of a server that knows no replicas it takes the payload of
 * FUNCTION DUMP and puts around it what makes it a file.
 *
 * Thread safety: for the thread that the remote belongs to.
 */
#pragma once

#include "client/remote.h"

G_BEGIN_DECLS

gboolean cf_fetch_rdb (CfRemote *remote, const char *path, GError **error);

G_END_DECLS
