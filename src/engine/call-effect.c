/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command says of its effects. */
#include "config.h"

#include "engine/call.h"
#include "engine/events.h"
#include "engine/feed.h"
#include "engine/tracking.h"
#include "engine/waiting.h"
#include "store/reaper.h"

/**
 * cf_call_free_object:
 * @self: a call
 * @object: (transfer full) (nullable): a collection that no entry holds
 *
 * Frees it, in the background if it is large.
 */
void
cf_call_free_object (CfCall *self, CfObject *object)
{
  CfValue value;
  CfEntry *entry;

  if (object == NULL)
    return;
  value = cf_value_object (object);
  entry = cf_object_n_blocks (object) > CF_OBJECT_LARGE_BLOCKS
              ? cf_entry_try_new (CF_SLICE (""), &value, CF_NO_DEADLINE)
              : NULL;
  if (entry != NULL)
    cf_reaper_free_entry (self->engine->reaper, entry);
  else
    cf_object_free (object);
}

/* Notes @key for those who track in broadcasting mode; they are told once, at
 * the end of the command or block; or now, if there is no memory to note it. */
static void
note_changed (CfCall *self, const CfKey *key)
{
  CfCall *owner = self->block != NULL ? self->block : self;
  CfSlice copy = cf_slice (cf_slice_try_dup (key->bytes), key->bytes.size);

  if (copy.data == NULL)
    {
      CfSlice only = key->bytes;

      cf_tracking_broadcast (self->engine->tracking, self->session, &only, 1);
      return;
    }
  if (owner->changed == NULL)
    owner->changed = g_array_new (FALSE, FALSE, sizeof (CfSlice));
  g_array_append_val (owner->changed, copy);
}

static void
tell_trackers (CfCall *self, const CfKey *key)
{
  CfTracking *tracking = self->engine->tracking;

  cf_tracking_invalidate (tracking, self->session, key);
  if (cf_tracking_broadcasts (tracking))
    note_changed (self, key);
}

/**
 * cf_call_event:
 * @self: a call
 * @i: the number of an argument that is a key
 * @class: the class of the event
 * @event: its name
 *
 * Tells of one more event of a change that cf_call_changed() was told of.
 */
void
cf_call_event (CfCall *self, guint i, CfNotifyClass class, const char *event)
{
  cf_events_tell (self->engine, self->db, cf_call_key (self, i)->bytes, class,
                  event);
}

/**
 * cf_call_changed_silently:
 * @self: a call
 * @db: the number of a database
 * @key: a key in it
 *
 * Tells who watches the key, or has it cached, of a change without an event.
 */
void
cf_call_changed_silently (CfCall *self, guint db, const CfKey *key)
{
  if (G_UNLIKELY (cf_keyspace_touch (self->keyspace, self->hold, db, key)))
    cf_waiting_note (self, db, key);
  self->n_changes++;
  if (G_UNLIKELY (cf_tracking_any (self->engine->tracking)))
    tell_trackers (self, key);
}

/**
 * cf_call_changed:
 * @self: a call
 * @i: the number of the argument that is the key
 * @class: the class of the event
 * @event: the name of the event
 *
 * Tells who watches the key, or is notified of the event, of a change.
 */
void
cf_call_changed (CfCall *self, guint i, CfNotifyClass class, const char *event)
{
  cf_call_changed_key (self, self->db, cf_call_key (self, i), class, event);
}

/**
 * cf_call_changed_key:
 * @self: a call
 * @db: the number of a database
 * @key: a key in it
 * @class: the class of the event
 * @event: the name of the event
 *
 * Like cf_call_changed(), for a key that is no argument.
 */
void
cf_call_changed_key (CfCall *self,
                     guint db,
                     const CfKey *key,
                     CfNotifyClass class,
                     const char *event)
{
  cf_call_changed_silently (self, db, key);
  cf_events_tell (self->engine, db, key->bytes, class, event);
}

/**
 * cf_call_added:
 * @self: a call
 * @db: the number of a database
 * @key: a key that was put where none was; cf_call_put() tells by itself
 */
void
cf_call_added (CfCall *self, guint db, CfSlice key)
{
  if (G_UNLIKELY (cf_events_want (self->engine, CF_EVENT_NEW)))
    cf_events_tell (self->engine, db, key, CF_NOTIFY_NEW, "new");
}

/**
 * cf_call_broadcast:
 * @self: a call that still holds the keys it changed
 *
 * Tells those who track in broadcasting mode of the keys that the command, or
 * the block, changed.
 */
void
cf_call_broadcast (CfCall *self)
{
  GArray *changed = g_steal_pointer (&self->changed);
  g_autofree CfSlice *keys = NULL;

  if (changed == NULL)
    return;
  keys = g_memdup2 (changed->data, changed->len * sizeof (CfSlice));
  cf_tracking_broadcast (self->engine->tracking, self->session, keys,
                         changed->len);
  for (guint i = 0; i < changed->len; i++)
    g_free ((char *) g_array_index (changed, CfSlice, i).data);
  g_array_unref (changed);
}

/**
 * cf_call_flushed:
 * @self: a call that runs with the gate closed
 *
 * Tells those who cache keys that none is as it was.
 */
void
cf_call_flushed (CfCall *self)
{
  cf_tracking_flush (self->engine->tracking);
}

/**
 * cf_call_changed_all:
 * @self: a call
 * @n: how many changes
 *
 * Counts changes of which nobody is told one by one.
 */
void
cf_call_changed_all (CfCall *self, gsize n)
{
  self->n_changes += n;
}

/**
 * cf_call_discard:
 * @self: a call that runs with the gate closed
 * @trash: (transfer full): what was in a database
 * @here: whether it is to be freed before the reply is sent
 *
 * Frees @trash when the gate is open again, else in the background.
 */
void
cf_call_discard (CfCall *self, CfTrash *trash, gboolean here)
{
  CfCall *owner = self->block != NULL ? self->block : self;

  if (owner->trash == NULL)
    owner->trash = g_ptr_array_new ();
  g_ptr_array_add (owner->trash, trash);
  owner->free_trash_here |= here;
}

/**
 * cf_call_discard_object:
 * @self: a call
 * @object: (transfer full): an object that is in no entry, and large
 *
 * Frees @object in the background.
 */
void
cf_call_discard_object (CfCall *self, CfObject *object)
{
  CfValue value = cf_value_object (object);
  CfEntry *entry = cf_entry_try_new (CF_SLICE (""), &value, CF_NO_DEADLINE);

  if (entry != NULL)
    cf_reaper_free_entry (self->engine->reaper, entry);
  else
    cf_object_free (object);
}

/* -- Effects -------------------------------------------------------------- */

/**
 * cf_call_wants_effect:
 * @self: a call
 *
 * Returns: %TRUE if anybody reads the change feed, so that effects need be
 *   made
 */
gboolean
cf_call_wants_effect (const CfCall *self)
{
  return cf_feed_is_active (self->engine->feed);
}

/**
 * cf_call_effect:
 * @self: a call
 * @words: (array length=n_words): a command that has this call's effect
 * @n_words: how many words it has
 *
 * Records @words in the change feed in place of the command itself; called
 * more than once, all of them.  With no words the command has no effect that
 * needs a record.
 */
void
cf_call_effect (CfCall *self, const CfSlice *words, guint n_words)
{
  self->has_effect = TRUE;
  if (!cf_call_wants_effect (self) || n_words == 0)
    return;
  if (self->effects == NULL)
    self->effects = cf_feed_block_new ();
  cf_feed_block_add (self->effects, self->db, words, n_words);
}
