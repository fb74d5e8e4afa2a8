/* SPDX-License-Identifier: GPL-3.0-or-later */
/* waiting.h -- commands that wait for a key: BLPOP and its kind.
 *
 * How to write such a command (see also "Waiting" in call.h):
 *
 *  - Its table entry has CF_COMMAND_BLOCKING and .waits: the type of what it
 *    waits for, and so on (CfCommandWaits in command.h).
 *  - Its run() looks for something at its keys.  If cf_call_ready_key() is not
 *    0, it must look at that key alone, since only that one and the keys it
 *    does not wait for are held.  If there is nothing, it ends with
 *      return cf_call_block (call, first, n, deadline_ms, error);
 *    the keys it waits for being arguments @first to @first + @n - 1.  Inside
 *    MULTI that replies at once as if the time were over.
 *  - It is run again, on behalf of the client, by whoever makes one of these
 *    keys ready, and then must reply.  So if more than a value of the type is
 *    needed (XREAD: entries after an ID), .waits.is_ready says whether it is
 *    there; it is called the same way, must change nothing and not reply.
 *  - With .waits.even_gone it is run, too, when the key has been removed or
 *    has a value of another type: to throw its error (XREADGROUP).
 *  - What its arguments mean must not depend on when it is run; where it does
 *    (the "$" of XREAD), others are put into call->again before.
 *  - It records what it did with cf_call_effect() in both cases.
 *  - During such a run cf_call's session is a stand-in: only its db, resp, id
 *    and flags mean anything.
 *
 * Whoever changes a key need not do anything: cf_call_changed() finds out
 * whether anybody waits for it.  Only where something that is waited for
 * changes without that, cf_call_ready() says so.
 *
 * When the command or block that made keys ready has run, and before its keys
 * are released, those who wait are served: the keys in the order in which they
 * became ready, the clients of each in the order in which they came.
 *
 *                 a server, CAS            run(), reply
 *   WAITING ---------------------> SERVING ------------> SERVED
 *      |  timeout, CLIENT UNBLOCK, CAS
 *      +---------------------------------> UNBLOCKED or FAILED
 *
 * Of all who want to end the waiting exactly one succeeds.  Afterwards the
 * session is woken, and its loop sends the reply and takes the waiter out of
 * its queues.
 *
 * A waiter may need keys that are not held (BLMOVE, another destination); or
 * so many are served that the slot is held for too long.  Then the worker gives
 * back what it holds and serves that waiter, and those behind it, with a hold
 * of their own, before it does anything else.  If one of those keys is claimed
 * by another, the waiter is put off: it keeps its place, those behind it are
 * served, and when the claim ends its own loop serves it.
 *
 * Thread safety: a waiting is made and ended by its session's handler;
 * references may be taken and given back, and cf_waiting_cancel() called, in
 * any thread.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

CfWaiting *cf_waiting_try_new (CfCall *call, guint first, guint n);
CfWaiting *cf_waiting_ref (CfWaiting *self);
void cf_waiting_unref (CfWaiting *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfWaiting, cf_waiting_unref)

/* FALSE: it is over already, or somebody serves it right now. */
gboolean cf_waiting_cancel (CfWaiting *self, gboolean with_error);
gboolean cf_waiting_is_over (const CfWaiting *self);
void cf_waiting_leave (CfWaiting *self);
void cf_waiting_finish (CfWaiting *self, CfReply *reply);

void cf_waiting_note (CfCall *call, guint db, const CfKey *key);
void cf_waiting_serve (CfCall *call);
void cf_waiting_serve_deferred (CfCall *call);
void cf_waiting_retry (CfWaiting *self, CfWorker *worker);

G_END_DECLS
