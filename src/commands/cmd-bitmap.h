/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-bitmap.h -- what the files of the bitmap commands share.
 *
 * Thread safety: as for a call.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

gboolean cf_bitmap_get_offset (
    CfCall *call, guint i, guint scale, guint64 *offset, GError **error);

gboolean cf_bitmap_bitfield (CfCall *call, GError **error);
gboolean cf_bitmap_bitfield_ro (CfCall *call, GError **error);
const char *cf_bitmap_bitfield_key_flags (const CfSlice *argv, guint argc);

G_END_DECLS
