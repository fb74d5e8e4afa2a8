/* SPDX-License-Identifier: GPL-3.0-or-later */
/* priority.h -- threads that let others have the processor first.
 *
 * On Linux each thread has a nice value of its own.  Anybody may raise one,
 * but few may lower it again (root, CAP_SYS_NICE, RLIMIT_NICE), so a thread
 * that is to come back is only lowered where that was tried and works.
 *
 * Thread safety: all functions may be called from any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void cf_priority_init (void); /* once, before threads */
gint cf_priority_self (void); /* the calling thread, for those below */

/* Until cf_priority_restore(); does nothing where there is no way back. */
void cf_priority_lower (gint thread);
void cf_priority_restore (gint thread);
/* For good. */
void cf_priority_lower_self (void);
void cf_priority_sleep_exactly (void);

G_END_DECLS
