/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup.h -- the addresses of a host, asked for in a limited time.
 *
 * The system's resolver may take as long as it likes, and cannot be stopped.
 * So a thread of its own asks it; whoever waits may go before it is done.  No
 * more than CF_LOOKUPS_MAX ask at a time; beyond that a host is not found.
 *
 * Thread safety: may be called in any thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CF_LOOKUPS_MAX 16

GPtrArray *
cf_lookup (const char *host, guint16 port, gint64 timeout_us, const gint *stop);

G_END_DECLS
