/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tracker.h"

#include "engine/pubsub.h"
#include "engine/push.h"

/* -- Trackers ------------------------------------------------------------- */

/**
 * cf_tracker_ref:
 * @self: a tracker
 *
 * Returns: (transfer full): @self
 */
CfTracker *
cf_tracker_ref (CfTracker *self)
{
  __atomic_add_fetch (&self->refs, 1, __ATOMIC_RELAXED);
  return self;
}

/**
 * cf_tracker_unref:
 * @self: (transfer full): a tracker
 *
 * Gives a reference back; the last one frees it.
 */
void
cf_tracker_unref (CfTracker *self)
{
  if (__atomic_sub_fetch (&self->refs, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  g_assert (self->target == NULL);
  g_clear_pointer (&self->prefixes, g_ptr_array_unref);
  cf_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * cf_tracker_need:
 * @session: a session, by its handler
 *
 * Returns: (transfer none): its tracker, made if it has none
 */
CfTracker *
cf_tracker_need (CfSession *session)
{
  CfTracker *tracker = session->tracker;

  if (tracker != NULL)
    return tracker;
  tracker = g_new0 (CfTracker, 1);
  tracker->refs = 1;
  tracker->session = session;
  cf_mutex_init (&tracker->lock, CF_LOCK_TRACKER, 0);
  session->tracker = tracker;
  return tracker;
}

/* -- Telling them --------------------------------------------------------- */

/**
 * cf_news_clear:
 * @self: what was told
 *
 * Frees what was made to tell it.
 */
void
cf_news_clear (CfNews *self)
{
  g_clear_pointer (&self->push, cf_blob_unref);
  g_clear_pointer (&self->message, cf_blob_unref);
}

static void
send_push (CfSession *to, CfNews *news)
{
  if (news->push == NULL)
    news->push = cf_push_invalidate (news->keys, news->n_keys);
  if (news->push != NULL)
    to->ops->send (to, news->push);
}

static void
send_message (CfSession *to, CfNews *news)
{
  if (news->message == NULL)
    news->message = cf_push_invalidate_message (news->keys, news->n_keys);
  if (news->message != NULL)
    to->ops->send (to, news->message);
}

static gboolean
speaks_resp3 (const CfSession *session)
{
  return __atomic_load_n (&session->shown.resp, __ATOMIC_RELAXED) >= 3;
}

static gboolean
is_subscribed (const CfSession *session)
{
  return (__atomic_load_n (&session->shown_flags, __ATOMIC_RELAXED) &
          CF_SESSION_PUBSUB) != 0;
}

static void
break_redirection_locked (CfTracker *self)
{
  g_autoptr (CfBlob) push = NULL;

  __atomic_store_n (&self->session->shown.broken, TRUE, __ATOMIC_RELAXED);
  if (!speaks_resp3 (self->session))
    return;
  push = cf_push_broken_redirect (self->redirect);
  self->session->ops->send (self->session, push);
}

/**
 * cf_tracker_tell_locked:
 * @self: a tracker of a session that tracks, locked
 * @news: what to tell
 *
 * Sends it to the session, or to where that has it sent.
 */
void
cf_tracker_tell_locked (CfTracker *self, CfNews *news)
{
  CfSession *target = self->target;

  if (self->redirect == 0)
    {
      if (speaks_resp3 (self->session))
        send_push (self->session, news);
    }
  else if (target == NULL || g_atomic_int_get (&target->ended))
    break_redirection_locked (self);
  else if (speaks_resp3 (target))
    send_push (target, news);
  else if (is_subscribed (target))
    send_message (target, news);
}

/**
 * cf_tracker_tell:
 * @self: a tracker
 * @by: (nullable): whose command changed the keys
 * @unwanted: CfTrackOptions with which it is not to be told
 * @news: what to tell
 *
 * Tells it, if it wants to know.
 */
void
cf_tracker_tell (CfTracker *self,
                 const CfSession *by,
                 guint unwanted,
                 CfNews *news)
{
  cf_mutex_lock (&self->lock);
  if (self->session != NULL && self->is_on && !(self->options & unwanted) &&
      !((self->options & CF_TRACK_NOLOOP) && by != NULL &&
        by->id == self->session->id))
    cf_tracker_tell_locked (self, news);
  cf_mutex_unlock (&self->lock);
}
