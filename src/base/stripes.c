/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/stripes.h"

/**
 * cf_stripes_init:
 * @self: the lock to set up
 * @kind: its place in the order of locks
 */
void
cf_stripes_init (CfStripes *self, CfLockKind kind)
{
  for (guint i = 0; i < CF_N_STRIPES; i++)
    cf_mutex_init (&self->stripes[i].lock, kind, i);
}

/**
 * cf_stripes_clear:
 * @self: a lock that nobody holds
 *
 * Frees what it takes.
 */
void
cf_stripes_clear (CfStripes *self)
{
  for (guint i = 0; i < CF_N_STRIPES; i++)
    cf_mutex_clear (&self->stripes[i].lock);
}

/**
 * cf_stripes_enter:
 * @self: a lock
 * @hint: any number; who gives different ones seldom waits for another
 *
 * Keeps what the lock protects as it is.
 *
 * Returns: (transfer none): what to give to cf_stripes_leave()
 */
CfMutex *
cf_stripes_enter (CfStripes *self, guint hint) CF_NO_ANALYSIS
{
  CfMutex *stripe = &self->stripes[hint % CF_N_STRIPES].lock;

  cf_mutex_lock (stripe);
  return stripe;
}

/**
 * cf_stripes_leave:
 * @stripe: what cf_stripes_enter() returned
 *
 * Lets what the lock protects be changed again.
 */
void
cf_stripes_leave (CfMutex *stripe) CF_NO_ANALYSIS
{
  cf_mutex_unlock (stripe);
}

/**
 * cf_stripes_close:
 * @self: a lock
 *
 * Waits until no other thread has entered, and keeps all out.
 */
void
cf_stripes_close (CfStripes *self) CF_NO_ANALYSIS
{
  for (guint i = 0; i < CF_N_STRIPES; i++)
    cf_mutex_lock (&self->stripes[i].lock);
}

/**
 * cf_stripes_open:
 * @self: a lock that the caller closed
 *
 * Lets others in again.
 */
void
cf_stripes_open (CfStripes *self) CF_NO_ANALYSIS
{
  for (guint i = CF_N_STRIPES; i-- > 0;)
    cf_mutex_unlock (&self->stripes[i].lock);
}
