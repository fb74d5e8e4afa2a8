/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/pause.h"

struct _CfPause
{
  CfMutex lock;  /* serialises who changes the fields */
  gint64 end_ms; /* (atomic) */
  gint mode;     /* (atomic) CfPauseMode; NONE: @end_ms says nothing */
};

/**
 * cf_pause_new:
 *
 * Makes a pause that is not on.
 *
 * Returns: (transfer full): the pause
 */
CfPause *
cf_pause_new (void)
{
  CfPause *self = g_new0 (CfPause, 1);

  cf_mutex_init (&self->lock, CF_LOCK_PAUSE, 0);
  return self;
}

/**
 * cf_pause_free:
 * @self: (nullable) (transfer full): a pause
 *
 * Frees the pause.
 */
void
cf_pause_free (CfPause *self)
{
  if (self == NULL)
    return;
  cf_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * cf_pause_start:
 * @self: the pause
 * @mode: what is to wait
 * @end_ms: until when, wall-clock milliseconds
 *
 * Starts a pause, or makes the present one longer and stricter, never
 * shorter or laxer.
 */
void
cf_pause_start (CfPause *self, CfPauseMode mode, gint64 end_ms)
{
  cf_mutex_lock (&self->lock);
  if (g_atomic_int_get (&self->mode) == CF_PAUSE_NONE ||
      end_ms > __atomic_load_n (&self->end_ms, __ATOMIC_RELAXED))
    __atomic_store_n (&self->end_ms, end_ms, __ATOMIC_RELAXED);
  if ((gint) mode > g_atomic_int_get (&self->mode))
    g_atomic_int_set (&self->mode, (gint) mode);
  cf_mutex_unlock (&self->lock);
}

/**
 * cf_pause_end:
 * @self: the pause
 * @sessions: those that may be waiting
 *
 * Ends the pause and wakes whoever waits for that.
 */
void
cf_pause_end (CfPause *self, CfSessions *sessions)
{
  g_autoptr (GPtrArray) all = NULL;

  cf_mutex_lock (&self->lock);
  g_atomic_int_set (&self->mode, CF_PAUSE_NONE);
  cf_mutex_unlock (&self->lock);
  all = cf_sessions_list (sessions);
  for (guint i = 0; i < all->len; i++)
    {
      CfSession *session = g_ptr_array_index (all, i);

      if (g_atomic_int_get (&session->shown_flags) & CF_SESSION_PAUSED)
        cf_session_wake (session, CF_PARK_ANY, CF_WAKE_RETRY);
    }
}

/**
 * cf_pause_mode:
 * @self: a pause
 * @now_ms: the time now
 *
 * Returns: which commands must wait now
 */
CfPauseMode
cf_pause_mode (CfPause *self, gint64 now_ms)
{
  CfPauseMode mode = (CfPauseMode) g_atomic_int_get (&self->mode);
  gint64 end_ms;

  if (G_LIKELY (mode == CF_PAUSE_NONE))
    return CF_PAUSE_NONE;
  end_ms = __atomic_load_n (&self->end_ms, __ATOMIC_RELAXED);
  if (now_ms < end_ms)
    return mode;
  cf_mutex_lock (&self->lock);
  if (now_ms >= __atomic_load_n (&self->end_ms, __ATOMIC_RELAXED))
    g_atomic_int_set (&self->mode, CF_PAUSE_NONE);
  cf_mutex_unlock (&self->lock);
  return CF_PAUSE_NONE;
}

/**
 * cf_pause_applies:
 * @self: the pause
 * @writes: whether the command may change keys
 * @now_ms: wall-clock milliseconds
 *
 * Returns: whether the command has to wait
 */
gboolean
cf_pause_applies (CfPause *self, gboolean writes, gint64 now_ms)
{
  CfPauseMode mode = cf_pause_mode (self, now_ms);

  return mode == CF_PAUSE_ALL || (mode == CF_PAUSE_WRITE && writes);
}

/**
 * cf_pause_deadline:
 * @self: a pause
 *
 * Returns: when it ends, in milliseconds since the epoch
 */
gint64
cf_pause_deadline (CfPause *self)
{
  return __atomic_load_n (&self->end_ms, __ATOMIC_RELAXED);
}
