/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reaper.h -- a thread that frees what would take too long elsewhere.
 *
 * What it gets is linked to nothing any more: large values, and the contents
 * of flushed databases.
 *
 * Thread safety: all functions may be called from any thread; cf_reaper_free()
 * when nobody else uses it.
 */
#pragma once

#include <glib.h>

#include "store/entry.h"

G_BEGIN_DECLS

typedef struct _CfReaper CfReaper;
typedef struct _CfTrash CfTrash;

CfReaper *cf_reaper_new (void);
void cf_reaper_free (CfReaper *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfReaper, cf_reaper_free)

void cf_reaper_free_entry (CfReaper *self, CfEntry *entry);
void cf_reaper_free_blob (CfReaper *self, CfBlob *blob);
void cf_reaper_free_trash (CfReaper *self, CfTrash *trash);

gsize cf_reaper_n_pending (CfReaper *self);
gsize cf_reaper_bytes_pending (CfReaper *self);
gboolean cf_reaper_has_trash (CfReaper *self);
gsize cf_reaper_n_freed (CfReaper *self);
void cf_reaper_reset_freed (CfReaper *self);
void cf_reaper_drain (CfReaper *self);

G_END_DECLS
