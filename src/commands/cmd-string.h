/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-string.h -- the functions of the string commands, which stand in the
 * files cmd-string-*.c, for the table in cmd-string.c.
 *
 * Thread safety: as for a call.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

gboolean cf_string_getset (CfCall *call, GError **error);
gboolean cf_string_getex (CfCall *call, GError **error);
gboolean cf_string_psetex (CfCall *call, GError **error);
gboolean cf_string_set (CfCall *call, GError **error);
gboolean cf_string_setex (CfCall *call, GError **error);
gboolean cf_string_setnx (CfCall *call, GError **error);
const char *cf_string_set_key_flags (const CfSlice *argv, guint argc);

gboolean cf_string_plain_get (CfCall *call, GError **error);
gboolean cf_string_plain_set (CfCall *call, GError **error);

gboolean cf_string_decr (CfCall *call, GError **error);
gboolean cf_string_decrby (CfCall *call, GError **error);
gboolean cf_string_incr (CfCall *call, GError **error);
gboolean cf_string_incrby (CfCall *call, GError **error);
gboolean cf_string_incrbyfloat (CfCall *call, GError **error);

gboolean cf_string_append (CfCall *call, GError **error);
gboolean cf_string_getrange (CfCall *call, GError **error);
gboolean cf_string_setrange (CfCall *call, GError **error);

gboolean cf_string_lcs (CfCall *call, GError **error);

G_END_DECLS
