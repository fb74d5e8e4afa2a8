/* SPDX-License-Identifier: GPL-3.0-or-later */
/* logins.h -- logins that failed, and what becomes of those that try.
 *
 * An address that has failed login-failures times waits before each further
 * login, rightful or not, and twice as long after each that fails; nobody else
 * waits.  It is forgotten when it has not failed for login-window.  Addresses
 * of IPv6 count by their network of 64 bits, and all clients of a Unix socket
 * as one.
 *
 * A failure makes a line for the log,
 *
 *   login failed: address=192.0.2.1 user="alice" failures=1
 *
 * but for an address at most CF_LOGINS_LINES at once and one a second then,
 * and for all together CF_LOGINS_LINES_ALL a second; "failures" tells how many
 * there were since the last line of that address.  data/fail2ban reads these
 * lines.
 *
 * Invariant: at most CF_LOGINS_MAX addresses are known; the one that has not
 * failed for longest makes room.
 * Thread safety: all functions may be called from any thread.
 */
#pragma once

#include "base/slice.h"
#include "config/settings.h"

G_BEGIN_DECLS

#define CF_LOGINS_MAX 4096
#define CF_LOGINS_LINES 5
#define CF_LOGINS_LINES_ALL 20

typedef struct _CfLogins CfLogins;

CfLogins *cf_logins_new (CfConfig *config);
void cf_logins_free (CfLogins *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfLogins, cf_logins_free)

/* How long a client has to wait before it may log in, in milliseconds;
 * @address with its port, as CLIENT LIST shows it. */
gint64 cf_logins_delay (CfLogins *self, const char *address, gint64 now_ms);
/* A login has failed.  Returns the line to be logged, or NULL.
 * (transfer full) (nullable) */
char *cf_logins_failed (CfLogins *self,
                        const char *address,
                        CfSlice user,
                        gint64 now_ms);

G_END_DECLS
