/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alone.h -- commands that run with the gate closed, and what those are told
 * who have waited too long for a script.
 *
 * A script that is alone may go on for ever.  So after a while it claims every
 * key there is, and opens the gate: others then find it as they find any
 * script that has the keys they want, and all that needs no key goes on.  The
 * gate stays reserved meanwhile, so that it can be closed again for a command
 * of the script that needs that:
 *
 *   begin                yield                  widen         yield
 *     | gate closed, ALL   | gate open, of_all    | closed, ALL  | ...  end
 *
 * Whoever wants to be alone does not wait for a script that has run for longer
 * than busy-reply-threshold, but gives up; nor for one that has claimed
 * everything: it waits like others who meet a claim.
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

/* Between the two the call may hold claims, and close the gate with them.
 * FALSE: a script is in the way; the session is to be parked. */
gboolean cf_alone_reserve (CfCall *call);
void cf_alone_unreserve (CfCall *call);
/* In between, with claims held: closes the gate, and opens it. */
void cf_alone_widen (CfCall *call);
void cf_alone_narrow (CfCall *call);
/* Between the two nobody else is inside the gate, and all is held.  FALSE: as
 * above. */
gboolean cf_alone_begin (CfCall *call);
/* In between: lets in those who do not want what is held, which is all.  To be
 * called with the gate closed; cf_alone_widen() closes it again. */
void cf_alone_yield (CfCall *call, gint64 since_ms);
void cf_alone_end (CfCall *call);
/* When a call that could not hold its keys waits no longer, wall-clock
 * milliseconds. */
gint64 cf_alone_busy_at (const CfCall *call);
/* Whether a script has run for so long that others are told. */
gboolean cf_alone_is_busy (CfEngine *engine);
/* What they are told, with its prefix. */
const char *cf_alone_busy_message (CfEngine *engine);

G_END_DECLS
