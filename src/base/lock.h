/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lock.h -- a GMutex that knows its place in the lock order.
 *
 * In a release build CfMutex is a GMutex and nothing more.  With
 * --enable-debug it dies on a wrong order, a double lock or a foreign unlock.
 * Clang checks CF_REQUIRES and CF_EXCLUDES as it compiles (make analyze), and
 * the thread sanitizer, which cannot see into a GMutex, is told of each lock.
 *
 * Thread safety: all functions may be called from any thread.
 */
#pragma once

#include <glib.h>

#ifdef __clang__
#define CF_TSA(x) __attribute__ ((x))
#else
#define CF_TSA(x)
#endif
#define CF_CAPABILITY(name) CF_TSA (capability (name))
#define CF_ACQUIRE(lock) CF_TSA (acquire_capability (lock))
#define CF_TRY_ACQUIRE(lock) CF_TSA (try_acquire_capability (TRUE, lock))
#define CF_RELEASE(lock) CF_TSA (release_capability (lock))
#define CF_REQUIRES(lock) CF_TSA (requires_capability (lock))
#define CF_EXCLUDES(lock) CF_TSA (locks_excluded (lock))
#define CF_ASSERTS(lock) CF_TSA (assert_capability (lock))
#define CF_NO_ANALYSIS CF_TSA (no_thread_safety_analysis)

G_BEGIN_DECLS

typedef enum
{
#define CF_LOCK(kind, place, protects) CF_LOCK_##kind,
#include "base/locks.def"
} CfLockKind;

typedef struct CF_CAPABILITY ("mutex") _CfMutex
{
  GMutex mutex;
#ifdef CF_DEBUG_LOCKS
  CfLockKind kind;
  guint number;   /* orders the locks of one kind */
  GThread *owner; /* (nullable) (atomic) */
#endif
} CfMutex;

void cf_mutex_init (CfMutex *self, CfLockKind kind, guint number);
void cf_mutex_clear (CfMutex *self);
void cf_mutex_lock (CfMutex *self) CF_ACQUIRE (self);
gboolean cf_mutex_trylock (CfMutex *self) CF_TRY_ACQUIRE (self);
void cf_mutex_unlock (CfMutex *self) CF_RELEASE (self);
void cf_mutex_assert_held (CfMutex *self) CF_ASSERTS (self);

/* A GCond that goes with a CfMutex. */
typedef struct
{
  GCond cond;
} CfCond;

void cf_cond_init (CfCond *self);
void cf_cond_clear (CfCond *self);
void cf_cond_wait (CfCond *self, CfMutex *lock) CF_REQUIRES (lock);
gboolean cf_cond_wait_until (CfCond *self, CfMutex *lock, gint64 end_us)
    CF_REQUIRES (lock);
void cf_cond_signal (CfCond *self);
void cf_cond_broadcast (CfCond *self);

G_END_DECLS
