/* SPDX-License-Identifier: GPL-3.0-or-later
   Tell ThreadSanitizer what GLib's locks order.  GLib takes its locks with
   futexes and is not built for the sanitizer, so without this every variable
   that a GMutex protects is reported.  Linked into programs that are built
   with --enable-sanitizers=thread; wraps GLib's functions of the same name.  */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <glib.h>
#include <sanitizer/tsan_interface.h>

#define REAL(name)                                                             \
  ({                                                                           \
    static __typeof__ (&name) real_;                                           \
    __typeof__ (&name) f_ = __atomic_load_n (&real_, __ATOMIC_RELAXED);        \
    if (f_ == NULL)                                                            \
      {                                                                        \
        f_ = (__typeof__ (&name)) dlsym (RTLD_NEXT, #name);                    \
        __atomic_store_n (&real_, f_, __ATOMIC_RELAXED);                       \
      }                                                                        \
    f_;                                                                        \
  })
#define LOCK(name, type)                                                       \
  void name (type *m)                                                          \
  {                                                                            \
    REAL (name) (m);                                                           \
    __tsan_acquire (m);                                                        \
  }
#define TRYLOCK(name, type)                                                    \
  gboolean name (type *m)                                                      \
  {                                                                            \
    gboolean ok = REAL (name) (m);                                             \
    if (ok)                                                                    \
      __tsan_acquire (m);                                                      \
    return ok;                                                                 \
  }
#define UNLOCK(name, type)                                                     \
  void name (type *m)                                                          \
  {                                                                            \
    __tsan_release (m);                                                        \
    REAL (name) (m);                                                           \
  }

LOCK (g_mutex_lock, GMutex)
TRYLOCK (g_mutex_trylock, GMutex) UNLOCK (g_mutex_unlock, GMutex)
    LOCK (g_rec_mutex_lock, GRecMutex) TRYLOCK (g_rec_mutex_trylock, GRecMutex)
        UNLOCK (g_rec_mutex_unlock, GRecMutex)
            LOCK (g_rw_lock_writer_lock, GRWLock)
                TRYLOCK (g_rw_lock_writer_trylock, GRWLock)
                    UNLOCK (g_rw_lock_writer_unlock, GRWLock)
                        LOCK (g_rw_lock_reader_lock, GRWLock)
                            TRYLOCK (g_rw_lock_reader_trylock, GRWLock)
                                UNLOCK (g_rw_lock_reader_unlock, GRWLock)

                                    void g_cond_wait (GCond *c, GMutex *m)
{
  __tsan_release (m);
  REAL (g_cond_wait) (c, m);
  __tsan_acquire (m);
}
gboolean
g_cond_wait_until (GCond *c, GMutex *m, gint64 end)
{
  __tsan_release (m);
  gboolean ok = REAL (g_cond_wait_until) (c, m, end);
  __tsan_acquire (m);
  return ok;
}
void
g_bit_lock (volatile gint *a, gint bit)
{
  REAL (g_bit_lock) (a, bit);
  __tsan_acquire ((gpointer) (gsize) a);
}
void
g_bit_unlock (volatile gint *a, gint bit)
{
  __tsan_release ((gpointer) (gsize) a);
  REAL (g_bit_unlock) (a, bit);
}
gboolean (g_once_init_enter) (volatile void *l)
{
  gboolean first = REAL (g_once_init_enter) (l);
  if (!first)
    __tsan_acquire ((gpointer) (gsize) l);
  return first;
}
void (g_once_init_leave) (volatile void *l, gsize result)
{
  __tsan_release ((gpointer) (gsize) l);
  REAL (g_once_init_leave) (l, result);
}
void
g_async_queue_push (GAsyncQueue *q, gpointer data)
{
  __tsan_release (data);
  REAL (g_async_queue_push) (q, data);
}
#define POP(name)                                                              \
  gpointer name (GAsyncQueue *q)                                               \
  {                                                                            \
    gpointer p = REAL (name) (q);                                              \
    if (p != NULL)                                                             \
      __tsan_acquire (p);                                                      \
    return p;                                                                  \
  }
POP (g_async_queue_pop)
POP (g_async_queue_try_pop) gpointer
    g_async_queue_timeout_pop (GAsyncQueue *q, guint64 t)
{
  gpointer p = REAL (g_async_queue_timeout_pop) (q, t);
  if (p != NULL)
    __tsan_acquire (p);
  return p;
}
/* The functions that GLib calls in another thread.  */
typedef struct
{
  GFunc f;
  gpointer user;
} Tramp;
static void
tramp_pool (gpointer data, gpointer t)
{
  __tsan_acquire (data);
  ((Tramp *) t)->f (data, ((Tramp *) t)->user);
  __tsan_release (t);
}
GThreadPool *
g_thread_pool_new (
    GFunc f, gpointer user, gint max, gboolean excl, GError **error)
{
  Tramp *t = g_new (Tramp, 1);
  *t = (Tramp){ f, user };
  return REAL (g_thread_pool_new) (tramp_pool, t, max, excl, error);
}
gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  __tsan_release (data);
  return REAL (g_thread_pool_push) (pool, data, error);
}
