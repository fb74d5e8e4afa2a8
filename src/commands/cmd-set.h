/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-set.h -- what the files cmd-set-*.c share, and the functions of their
 * commands, for the table in cmd-set.c.
 *
 * Thread safety: as for a call.
 */
#pragma once

#include "engine/call.h"
#include "types/set.h"

G_BEGIN_DECLS

/* How many members an intset may have. */
gsize cf_set_max_intset (const CfCall *call);
/* The set at the key of argument @i, or NULL; FALSE: it is something else. */
gboolean cf_set_read (CfCall *call, guint i, const CfSet **set, GError **error);
gboolean cf_set_write (CfCall *call, guint i, CfSet **set, GError **error);
void cf_set_reply (CfCall *call, const CfSet *set); /* all members */
/* A member was taken out: removes the key when that was the last one. */
void cf_set_remove_empty (CfCall *call, guint i, const CfSet *set);

gboolean cf_set_sdiff (CfCall *call, GError **error);
gboolean cf_set_sdiffstore (CfCall *call, GError **error);
gboolean cf_set_sinter (CfCall *call, GError **error);
gboolean cf_set_sintercard (CfCall *call, GError **error);
gboolean cf_set_sinterstore (CfCall *call, GError **error);
gboolean cf_set_sunion (CfCall *call, GError **error);
gboolean cf_set_sunionstore (CfCall *call, GError **error);

gboolean cf_set_spop (CfCall *call, GError **error);
gboolean cf_set_srandmember (CfCall *call, GError **error);
/* Whether SPOP, SRANDMEMBER or HRANDFIELD ask for many. */
gboolean cf_set_takes_long (const CfSlice *argv, guint argc);

G_END_DECLS
