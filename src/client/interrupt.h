/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interrupt.h -- Ctrl-C ends what the server was asked for, not the client.
 *
 * While a descriptor is watched, SIGINT shuts that connection down: whoever
 * waits for a reply on it sees its end.  Otherwise SIGINT does what it did.
 *
 * Thread safety: for the main thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void cf_interrupt_watch (int fd);
gboolean cf_interrupt_end (void);

G_END_DECLS
