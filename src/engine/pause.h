/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pause.h -- CLIENT PAUSE: commands that wait until it is over.
 *
 * Thread safety: all functions may be called from any thread; asking whether
 * there is a pause costs one load of memory that is seldom written.
 */
#pragma once

#include "engine/session.h"

G_BEGIN_DECLS

typedef enum
{
  CF_PAUSE_NONE,
  CF_PAUSE_WRITE, /* only what changes keys */
  CF_PAUSE_ALL,
} CfPauseMode;

typedef struct _CfPause CfPause;

CfPause *cf_pause_new (void);
void cf_pause_free (CfPause *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfPause, cf_pause_free)

void cf_pause_start (CfPause *self, CfPauseMode mode, gint64 end_ms);
void cf_pause_end (CfPause *self, CfSessions *sessions);
gboolean cf_pause_applies (CfPause *self, gboolean writes, gint64 now_ms);
gint64 cf_pause_deadline (CfPause *self); /* ms, wall clock */
CfPauseMode cf_pause_mode (CfPause *self, gint64 now_ms);

G_END_DECLS
