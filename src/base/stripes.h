/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stripes.h -- a lock for what many threads read and few ever change.
 *
 * It is made of several: a reader takes one of them, so that readers seldom
 * meet; who changes something takes all.
 *
 * Thread safety: all functions but init and clear, any thread.
 */
#pragma once

#include "base/lock.h"

G_BEGIN_DECLS

#define CF_N_STRIPES 16

typedef struct
{
  /* Each in a cache line of its own. */
  union
  {
    CfMutex lock;
    char space[64];
  } stripes[CF_N_STRIPES];
} CfStripes;

void cf_stripes_init (CfStripes *self, CfLockKind kind);
void cf_stripes_clear (CfStripes *self);

/* To read: @hint picks the stripe; give the result to cf_stripes_leave(). */
CfMutex *cf_stripes_enter (CfStripes *self, guint hint);
void cf_stripes_leave (CfMutex *stripe);
/* To change. */
void cf_stripes_close (CfStripes *self);
void cf_stripes_open (CfStripes *self);

G_END_DECLS
