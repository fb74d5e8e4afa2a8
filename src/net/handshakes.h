/* SPDX-License-Identifier: GPL-3.0-or-later */
/* handshakes.h -- clients by TLS, until they have shaken hands.
 *
 * A handshake costs a millisecond of a processor and waits for the client
 * twice or more, so none is made by a loop.  A few threads of lower priority
 * take each as far as it goes whenever its client has sent something; then
 * the connection goes to a loop, as if it had only just been accepted.
 *
 *   WAITING -- first bytes --> BEGUN -- and on and on --> done: to a loop
 *      ^                         |
 *      '--- too many are begun --'   failed, too late: closed
 *
 * Whoever takes longer than tls-handshake-timeout is closed.  No more than
 * tls-max-handshakes are begun at a time; while others wait for their turn,
 * those begun that take longer than CF_HANDSHAKES_GRACE_MS are closed, oldest
 * first.  Nor are more than half of maxclients here: beyond that the oldest
 * goes.  So who connects and falls silent, or sends a byte now and then, keeps
 * nobody out.
 *
 * Thread safety: cf_handshakes_add(), cf_handshakes_new() and
 * cf_handshakes_free() are for the main thread.
 */
#pragma once

#include <gio/gio.h>

#include "net/loops.h"
#include "net/tls.h"

G_BEGIN_DECLS

#define CF_HANDSHAKES_GRACE_MS 1000

typedef struct _CfHandshakes CfHandshakes;

CfHandshakes *cf_handshakes_new (CfEngine *engine,
                                 CfLoops *loops,
                                 CfTls *tls,
                                 GError **error);
void cf_handshakes_free (CfHandshakes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfHandshakes, cf_handshakes_free)

void cf_handshakes_add (CfHandshakes *self,
                        GSocketConnection *socket,
                        guint flags,
                        const char *refusal);
guint cf_handshakes_count (CfHandshakes *self);

G_END_DECLS
