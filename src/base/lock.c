/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/lock.h"

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#define TELL_TSAN(call) call
#else
#define TELL_TSAN(call)
#endif

#ifdef CF_DEBUG_LOCKS

#define HELD_MAX 2048

typedef struct
{
  CfMutex *locks[HELD_MAX];
  guint n_locks;
} HeldLocks;

static GPrivate held_locks = G_PRIVATE_INIT (g_free);

static HeldLocks *
get_held_locks (void)
{
  HeldLocks *held = g_private_get (&held_locks);

  if (held == NULL)
    {
      held = g_new0 (HeldLocks, 1);
      g_private_set (&held_locks, held);
    }
  return held;
}

static gboolean
lock_precedes (const CfMutex *outer, const CfMutex *inner)
{
  if (outer->kind != inner->kind)
    return outer->kind < inner->kind;
  return outer->number < inner->number;
}

static void
check_order (const CfMutex *self)
{
  static const char *const places[] = {
#define CF_LOCK(kind, place, protects) [CF_LOCK_##kind] = place,
#include "base/locks.def"
  };
  const HeldLocks *held = get_held_locks ();

  for (guint i = 0; i < held->n_locks; i++)
    if (!lock_precedes (held->locks[i], self))
      g_error ("lock order: %s #%u taken while holding %s #%u",
               places[self->kind], self->number, places[held->locks[i]->kind],
               held->locks[i]->number);
}

static void
note_locked (CfMutex *self)
{
  HeldLocks *held = get_held_locks ();

  g_assert (held->n_locks < HELD_MAX);
  held->locks[held->n_locks++] = self;
  g_atomic_pointer_set (&self->owner, g_thread_self ());
}

static void
note_unlocked (CfMutex *self)
{
  HeldLocks *held = get_held_locks ();
  guint i = held->n_locks;

  cf_mutex_assert_held (self);
  while (held->locks[--i] != self)
    g_assert (i > 0);
  held->locks[i] = held->locks[--held->n_locks];
  g_atomic_pointer_set (&self->owner, NULL);
}

#else

static void
check_order (const CfMutex *self)
{
}

static void
note_locked (CfMutex *self)
{
}

static void
note_unlocked (CfMutex *self)
{
}

#endif

/**
 * cf_mutex_init:
 * @self: the lock to set up
 * @kind: its place in locks.def
 * @number: its place among the locks of @kind
 */
void
cf_mutex_init (CfMutex *self, CfLockKind kind, guint number)
{
  g_mutex_init (&self->mutex);
#ifdef CF_DEBUG_LOCKS
  self->kind = kind;
  self->number = number;
  self->owner = NULL;
#endif
}

/**
 * cf_mutex_clear:
 * @self: a lock that nobody holds
 *
 * Frees what the lock takes.
 */
void
cf_mutex_clear (CfMutex *self)
{
  g_mutex_clear (&self->mutex);
}

/**
 * cf_mutex_lock:
 * @self: a lock
 *
 * Waits for the lock and takes it.
 */
CF_NO_ANALYSIS void
cf_mutex_lock (CfMutex *self)
{
  check_order (self);
  TELL_TSAN (__tsan_mutex_pre_lock (self, 0));
  g_mutex_lock (&self->mutex);
  TELL_TSAN (__tsan_mutex_post_lock (self, 0, 0));
  note_locked (self);
}

/**
 * cf_mutex_trylock:
 * @self: a lock
 *
 * Returns: whether the lock was free, and is now held
 */
CF_NO_ANALYSIS gboolean
cf_mutex_trylock (CfMutex *self)
{
  check_order (self);
  if (!g_mutex_trylock (&self->mutex))
    return FALSE;
  TELL_TSAN (__tsan_mutex_pre_lock (self, __tsan_mutex_try_lock));
  TELL_TSAN (__tsan_mutex_post_lock (self, __tsan_mutex_try_lock, 0));
  note_locked (self);
  return TRUE;
}

/**
 * cf_mutex_unlock:
 * @self: a lock that this thread holds
 *
 * Releases the lock.
 */
CF_NO_ANALYSIS void
cf_mutex_unlock (CfMutex *self)
{
  note_unlocked (self);
  TELL_TSAN (__tsan_mutex_pre_unlock (self, 0));
  g_mutex_unlock (&self->mutex);
  TELL_TSAN (__tsan_mutex_post_unlock (self, 0));
}

/**
 * cf_mutex_assert_held:
 * @self: a lock that the calling thread holds
 *
 * Documents, and with --enable-debug checks, that @self is held.
 */
void
cf_mutex_assert_held (CfMutex *self)
{
#ifdef CF_DEBUG_LOCKS
  g_assert (g_atomic_pointer_get (&self->owner) == g_thread_self ());
#endif
}

/**
 * cf_cond_init:
 * @self: the condition to set up
 */
void
cf_cond_init (CfCond *self)
{
  g_cond_init (&self->cond);
}

/**
 * cf_cond_clear:
 * @self: a condition that nobody waits for
 *
 * Frees what the condition takes.
 */
void
cf_cond_clear (CfCond *self)
{
  g_cond_clear (&self->cond);
}

static void
before_wait (CfMutex *lock)
{
  note_unlocked (lock);
  TELL_TSAN (__tsan_mutex_pre_unlock (lock, 0));
  TELL_TSAN (__tsan_mutex_post_unlock (lock, 0));
}

static void
after_wait (CfMutex *lock)
{
  TELL_TSAN (__tsan_mutex_pre_lock (lock, 0));
  TELL_TSAN (__tsan_mutex_post_lock (lock, 0, 0));
  note_locked (lock);
}

/**
 * cf_cond_wait:
 * @self: a condition
 * @lock: a lock that is held; others are not to be
 *
 * Gives @lock back until @self is signalled, or for no reason at all.
 */
void
cf_cond_wait (CfCond *self, CfMutex *lock)
{
  before_wait (lock);
  g_cond_wait (&self->cond, &lock->mutex);
  after_wait (lock);
}

/**
 * cf_cond_wait_until:
 * @self: a condition
 * @lock: a lock that is held; others are not to be
 * @end_us: when to stop waiting, by g_get_monotonic_time()
 *
 * Returns: %FALSE if the time came first
 */
gboolean
cf_cond_wait_until (CfCond *self, CfMutex *lock, gint64 end_us)
{
  gboolean in_time;

  before_wait (lock);
  in_time = g_cond_wait_until (&self->cond, &lock->mutex, end_us);
  after_wait (lock);
  return in_time;
}

/**
 * cf_cond_signal:
 * @self: a condition
 *
 * Wakes one of those who wait.
 */
void
cf_cond_signal (CfCond *self)
{
  g_cond_signal (&self->cond);
}

/**
 * cf_cond_broadcast:
 * @self: a condition
 *
 * Wakes all who wait.
 */
void
cf_cond_broadcast (CfCond *self)
{
  g_cond_broadcast (&self->cond);
}
