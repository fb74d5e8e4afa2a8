/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alone.h -- commands that run with the gate closed, and what those are told
 * who have waited too long for a script.
 *
 * Thread safety: for the worker of the call.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

#define CF_ALONE_BUSY                                                          \
  "BUSY Redis is busy running a script. You can only call SCRIPT KILL or "     \
  "SHUTDOWN NOSAVE."

/* Between the two nobody else is inside the gate, and all is held. */
void cf_alone_begin (CfCall *call);
void cf_alone_end (CfCall *call);
/* When a call that could not hold its keys waits no longer, wall-clock
 * milliseconds. */
gint64 cf_alone_busy_at (const CfCall *call);

G_END_DECLS
