/* SPDX-License-Identifier: GPL-3.0-or-later */
/* edit.h -- changing the bytes of a string where they stand.
 *
 * Thread safety: as for a call.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

gboolean
cf_edit_check_size (CfCall *call, gsize start, gsize size, GError **error);
char *cf_edit_string (
    CfCall *call, guint i, CfEntry *entry, gsize size, GError **error);

G_END_DECLS
