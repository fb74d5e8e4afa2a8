/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/events.h"

#include "base/number.h"
#include "engine/pubsub.h"

#define SHORT_NAME 256

static CfEventClass
class_of (CfNotifyClass class)
{
  static const struct
  {
    CfNotifyClass letter;
    CfEventClass class;
  } classes[] = {
    { CF_NOTIFY_GENERIC, CF_EVENT_GENERIC },
    { CF_NOTIFY_STRING, CF_EVENT_STRING },
    { CF_NOTIFY_LIST, CF_EVENT_LIST },
    { CF_NOTIFY_SET, CF_EVENT_SET },
    { CF_NOTIFY_HASH, CF_EVENT_HASH },
    { CF_NOTIFY_ZSET, CF_EVENT_ZSET },
    { CF_NOTIFY_EXPIRED, CF_EVENT_EXPIRED },
    { CF_NOTIFY_EVICTED, CF_EVENT_EVICTED },
    { CF_NOTIFY_STREAM, CF_EVENT_STREAM },
    { CF_NOTIFY_KEY_MISS, CF_EVENT_KEY_MISS },
    { CF_NOTIFY_NEW, CF_EVENT_NEW },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    if (classes[i].letter == class)
      return classes[i].class;
  g_assert_not_reached ();
}

static gsize
put (char *to, CfSlice bytes)
{
  if (bytes.size > 0)
    memcpy (to, bytes.data, bytes.size);
  return bytes.size;
}

/* Publishes @payload on "__@space@DB__:@name".  An event for which there is no
 * memory is lost, as one is that nobody listens to. */
static void
publish (
    CfEngine *engine, CfSlice space, guint db, CfSlice name, CfSlice payload)
{
  char room[SHORT_NAME];
  g_autofree char *long_room = NULL;
  char *channel = room;
  gsize size = 0;

  if (name.size > SHORT_NAME - 64)
    channel = long_room = g_try_malloc (name.size + 64);
  if (channel == NULL)
    return;
  size += put (channel, CF_SLICE ("__"));
  size += put (channel + size, space);
  channel[size++] = '@';
  size += cf_format_uint64 (channel + size, db);
  size += put (channel + size, CF_SLICE ("__:"));
  size += put (channel + size, name);
  cf_pubsub_publish (engine->pubsub, cf_slice (channel, size), payload);
}

/**
 * cf_events_tell:
 * @engine: the engine
 * @db: the number of a database
 * @key: a key in it, which is held
 * @class: the class of the event
 * @event: its name
 *
 * Tells those who listen what happened to the key.
 */
void
cf_events_tell (CfEngine *engine,
                guint db,
                CfSlice key,
                CfNotifyClass class,
                const char *event)
{
  const CfEngineHooks *hooks = &engine->hooks;
  gint64 wanted =
      cf_config_get_int (engine->config, CF_SETTING_NOTIFY_KEYSPACE_EVENTS);
  CfSlice name = cf_slice_of_string (event);

  if (G_UNLIKELY (hooks->event != NULL))
    hooks->event (hooks->data, db, key, (char) class, event);
  if (G_LIKELY (wanted == 0) || !cf_pubsub_any (engine->pubsub) ||
      !(wanted & (gint64) class_of (class)))
    return;
  if (wanted & CF_EVENT_KEYSPACE)
    publish (engine, CF_SLICE ("keyspace"), db, key, name);
  if (wanted & CF_EVENT_KEYEVENT)
    publish (engine, CF_SLICE ("keyevent"), db, name, key);
}
