/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tsan-glib.c -- tells the thread sanitizer what GLib's locks order.
 *
 * GLib takes its locks with futexes and is not built for the sanitizer, so
 * without this every variable that a GMutex protects is reported.  Only in a
 * build with --enable-sanitizers=thread: each function here takes the place of
 * GLib's of the same name, calls it, and tells the sanitizer of the edge.
 */
#include "config.h"

#include <dlfcn.h>
#include <glib.h>
#include <sanitizer/tsan_interface.h>

/* CfMutex checks the order of locks by itself, and the sanitizer's detector of
 * deadlocks gives up when a thread holds 64. */
const char *__tsan_default_options (void);

const char *
__tsan_default_options (void)
{
  return "detect_deadlocks=0";
}

/* GLib's own function of that name, looked up once.  */
#define REAL(name)                                                             \
  ({                                                                           \
    static __typeof__ (&name) real_;                                           \
    __typeof__ (&name) found_ = __atomic_load_n (&real_, __ATOMIC_RELAXED);    \
    if (found_ == NULL)                                                        \
      {                                                                        \
        found_ = (__typeof__ (&name)) dlsym (RTLD_NEXT, #name);                \
        __atomic_store_n (&real_, found_, __ATOMIC_RELAXED);                   \
      }                                                                        \
    found_;                                                                    \
  })

#define WRAP_LOCK(name, type)                                                  \
  void name (type *lock)                                                       \
  {                                                                            \
    REAL (name) (lock);                                                        \
    __tsan_acquire (lock);                                                     \
  }

#define WRAP_TRYLOCK(name, type)                                               \
  gboolean name (type *lock)                                                   \
  {                                                                            \
    gboolean taken = REAL (name) (lock);                                       \
    if (taken)                                                                 \
      __tsan_acquire (lock);                                                   \
    return taken;                                                              \
  }

#define WRAP_UNLOCK(name, type)                                                \
  void name (type *lock)                                                       \
  {                                                                            \
    __tsan_release (lock);                                                     \
    REAL (name) (lock);                                                        \
  }

#define WRAP_POP(name)                                                         \
  gpointer name (GAsyncQueue *queue)                                           \
  {                                                                            \
    gpointer data = REAL (name) (queue);                                       \
    if (data != NULL)                                                          \
      __tsan_acquire (data);                                                   \
    return data;                                                               \
  }

WRAP_LOCK (g_mutex_lock, GMutex);
WRAP_TRYLOCK (g_mutex_trylock, GMutex);
WRAP_UNLOCK (g_mutex_unlock, GMutex);

WRAP_LOCK (g_rec_mutex_lock, GRecMutex);
WRAP_TRYLOCK (g_rec_mutex_trylock, GRecMutex);
WRAP_UNLOCK (g_rec_mutex_unlock, GRecMutex);

WRAP_LOCK (g_rw_lock_reader_lock, GRWLock);
WRAP_TRYLOCK (g_rw_lock_reader_trylock, GRWLock);
WRAP_UNLOCK (g_rw_lock_reader_unlock, GRWLock);
WRAP_LOCK (g_rw_lock_writer_lock, GRWLock);
WRAP_TRYLOCK (g_rw_lock_writer_trylock, GRWLock);
WRAP_UNLOCK (g_rw_lock_writer_unlock, GRWLock);

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_cond_wait) (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  __tsan_release (mutex);
  gboolean woken = REAL (g_cond_wait_until) (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return woken;
}

void
g_bit_lock (volatile gint *address, gint bit)
{
  REAL (g_bit_lock) (address, bit);
  __tsan_acquire ((gpointer) (gsize) address);
}

void
g_bit_unlock (volatile gint *address, gint bit)
{
  __tsan_release ((gpointer) (gsize) address);
  REAL (g_bit_unlock) (address, bit);
}

gboolean (g_once_init_enter) (volatile void *location)
{
  gboolean first = REAL (g_once_init_enter) (location);
  if (!first)
    __tsan_acquire ((gpointer) (gsize) location);
  return first;
}

void (g_once_init_leave) (volatile void *location, gsize result)
{
  __tsan_release ((gpointer) (gsize) location);
  REAL (g_once_init_leave) (location, result);
}

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  __tsan_release (data);
  REAL (g_async_queue_push) (queue, data);
}

WRAP_POP (g_async_queue_pop);
WRAP_POP (g_async_queue_try_pop);

gpointer
g_async_queue_timeout_pop (GAsyncQueue *queue, guint64 timeout_us)
{
  gpointer data = REAL (g_async_queue_timeout_pop) (queue, timeout_us);
  if (data != NULL)
    __tsan_acquire (data);
  return data;
}

/* What a pool's threads are to call, in place of PoolTask.func.  */
typedef struct
{
  GFunc func;
  gpointer user_data;
} PoolTask;

static void
run_pool_task (gpointer data, gpointer user_data)
{
  const PoolTask *task = user_data;

  __tsan_acquire (data);
  task->func (data, task->user_data);
  __tsan_release (user_data);
}

GThreadPool *
g_thread_pool_new (GFunc func,
                   gpointer user_data,
                   gint max_threads,
                   gboolean exclusive,
                   GError **error)
{
  PoolTask *task = g_new (PoolTask, 1);

  task->func = func;
  task->user_data = user_data;
  return REAL (g_thread_pool_new) (run_pool_task, task, max_threads, exclusive,
                                   error);
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  __tsan_release (data);
  return REAL (g_thread_pool_push) (pool, data, error);
}

/* What the main thread is to call, in place of Invocation.func.  */
typedef struct
{
  GSourceFunc func;
  gpointer data;
} Invocation;

static gboolean
run_invocation (gpointer data)
{
  Invocation *invocation = data;
  gboolean again;

  __tsan_acquire (invocation);
  again = invocation->func (invocation->data);
  if (again == G_SOURCE_REMOVE)
    g_free (invocation);
  return again;
}

void
g_main_context_invoke (GMainContext *context, GSourceFunc func, gpointer data)
{
  Invocation *invocation = g_new (Invocation, 1);

  invocation->func = func;
  invocation->data = data;
  __tsan_release (invocation);
  REAL (g_main_context_invoke) (context, run_invocation, invocation);
}
