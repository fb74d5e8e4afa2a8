/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alone.h -- commands that run with the gate closed, and what those are told
 * who have waited too long for a script.
 *
 * A block with such a command may have others that take long, for which
 * nobody else is to wait.  It claims its keys, and closes the gate, with the
 * claims held, only for the commands from the first that must be alone to the
 * last such or walk behind it:
 *
 *   SORT a | FLUSHALL, SET b, DBSIZE | LCS c d
 *   claims | claims and gate closed  | claims
 *
 * That is as if all happened while the gate was closed: others reach the
 * claimed keys only before or after the whole block, and everything else only
 * before or after it was closed, once.  (With two times there would be
 * something in between to be seen.)  Claims are never waited for inside the
 * gate, so it can be closed; and since the gate is reserved first, nobody else
 * who holds claims waits for it to close.
 *
 * Two things still keep it closed to the end of the block: that it closes
 * again to serve clients that wait for keys it does not hold; and a reader of
 * the change feed: the block's records stand together at its end, and what
 * others do after the flush must not stand before them.
 *
 * Thread safety: for the worker of the call.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

#define CF_ALONE_BUSY                                                          \
  "BUSY Redis is busy running a script. You can only call SCRIPT KILL or "     \
  "SHUTDOWN NOSAVE."

/* Between the two the call may hold claims, and close the gate with them. */
void cf_alone_reserve (CfCall *call);
void cf_alone_unreserve (CfCall *call);
/* In between, with claims held: closes the gate, and opens it. */
void cf_alone_widen (CfCall *call);
void cf_alone_narrow (CfCall *call);
/* Between the two nobody else is inside the gate, and all is held. */
void cf_alone_begin (CfCall *call);
void cf_alone_end (CfCall *call);
/* When a call that could not hold its keys waits no longer, wall-clock
 * milliseconds. */
gint64 cf_alone_busy_at (const CfCall *call);

G_END_DECLS
