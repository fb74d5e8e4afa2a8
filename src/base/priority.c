/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/priority.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define LOWERED 5 /* about a third of the usual share of a busy processor */
#define LOWEST 19

/* Set by cf_priority_init() and only read after. */
static gint usual;
static gboolean may_restore;

static gboolean
set_nice (gint thread, gint nice)
{
  return setpriority (PRIO_PROCESS, (id_t) thread, MIN (nice, LOWEST)) == 0;
}

/* Goes down and up again, in a thread that it does not matter for. */
static gpointer
try_both_ways (gpointer data)
{
  gint self = cf_priority_self ();

  return GINT_TO_POINTER (usual < LOWEST && set_nice (self, usual + 1) &&
                          set_nice (self, usual));
}

/**
 * cf_priority_init:
 *
 * Finds out what the process may do.
 */
void
cf_priority_init (void)
{
  usual = getpriority (PRIO_PROCESS, 0);
  may_restore = GPOINTER_TO_INT (
      g_thread_join (g_thread_new ("priority", try_both_ways, NULL)));
}

/**
 * cf_priority_self:
 *
 * Returns: the system's number of the calling thread
 */
gint
cf_priority_self (void)
{
  return gettid ();
}

/**
 * cf_priority_lower:
 * @thread: a thread of this process
 *
 * Has the thread run when others need not, until cf_priority_restore().
 */
void
cf_priority_lower (gint thread)
{
  if (may_restore)
    set_nice (thread, usual + LOWERED);
}

/**
 * cf_priority_restore:
 * @thread: a thread of this process
 *
 * Undoes cf_priority_lower().
 */
void
cf_priority_restore (gint thread)
{
  if (may_restore)
    set_nice (thread, usual);
}

/**
 * cf_priority_lower_self:
 *
 * Has the calling thread, and those it starts from now on, run when others
 * need not.
 */
void
cf_priority_lower_self (void)
{
  set_nice (cf_priority_self (), usual + LOWERED);
}

/**
 * cf_priority_sleep_exactly:
 *
 * Has the calling thread wake on time, which is otherwise up to 50
 * microseconds later, so that several wake at once.
 */
void
cf_priority_sleep_exactly (void)
{
  prctl (PR_SET_TIMERSLACK, 1UL);
}
