/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script-hold.h -- what a run of a script holds of the keyspace; see
 * script-run.h for the rules.
 *
 * Thread safety: as for the run.
 */
#pragma once

#include "engine/script-run.h"

G_BEGIN_DECLS

/* So long a script may hold the slots of its keys. */
#define CF_SCRIPT_SHORT_US 200
/* So long it may keep the gate closed. */
#define CF_SCRIPT_ALONE_US 4000

void cf_script_hold_begin (CfScriptRun *self);
void cf_script_hold_end (CfScriptRun *self);
/* @for_long: it is not asked again for a while. */
void
cf_script_hold_time (CfScriptRun *self, guint64 elapsed_us, gboolean for_long);

G_END_DECLS
