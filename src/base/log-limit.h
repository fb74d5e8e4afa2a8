/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log-limit.h -- how many lines of a kind the log gets in a second.
 *
 * For what clients can cause as often as they like.  Zeroes are a limit that
 * has admitted nothing yet.
 *
 * Thread safety: its owner's lock protects it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CF_LOG_LIMIT_LINES 10

typedef struct
{
  gint64 second;  /* in which lines were admitted last */
  guint n_lines;  /* in it */
  guint n_unsaid; /* were not admitted since the last that was */
} CfLogLimit;

gboolean cf_log_limit_admit (CfLogLimit *self, gint64 now_ms, guint *n_unsaid);

G_END_DECLS
