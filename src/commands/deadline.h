/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deadline.h -- reads the times that commands such as EXPIRE and SET take.
 *
 * Thread safety: pure, but for the call's error.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

gboolean cf_deadline_parse (const CfCall *call,
                            guint i,
                            gboolean in_seconds,
                            gboolean from_now,
                            gboolean past_is_fine,
                            gint64 *deadline_ms,
                            GError **error);

G_END_DECLS
