/* SPDX-License-Identifier: GPL-3.0-or-later */
/* events.h -- key-space events: what happened to which key, as messages.
 *
 * An event is published on __keyspace@DB__:KEY and __keyevent@DB__:EVENT, as
 * notify-keyspace-events asks for, while the key is held: so those who listen
 * learn of the changes of a key in their order, and find each made.
 *
 * Thread safety: any thread that holds the key.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

void cf_events_tell (CfEngine *engine,
                     guint db,
                     CfSlice key,
                     CfNotifyClass class,
                     const char *event);

/**
 * cf_events_want:
 * @engine: the engine
 * @class: a kind of events
 *
 * Any thread.
 *
 * Returns: whether events of @class are asked for
 */
static inline gboolean
cf_events_want (const CfEngine *engine, CfEventClass class)
{
  return (cf_config_get_int (engine->config,
                             CF_SETTING_NOTIFY_KEYSPACE_EVENTS) &
          (gint64) class) != 0;
}

G_END_DECLS
