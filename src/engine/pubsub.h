/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pubsub.h -- channels, and who gets what is published there.
 *
 * A topic is a name somebody subscribed to: a channel, a pattern of channels,
 * or a shard channel.  The topics of channels stand in shards by their hash,
 * so that publishers on different channels do not meet; those of patterns,
 * which everybody who publishes has to look through, behind a lock of stripes.
 *
 *   CfPubsub -> shard -> topic -> subscription <- session
 *                         name       |
 *                                session: ops->send()
 *
 * A message is made once and posted to each subscriber's connection with the
 * topic locked.  So all subscribers of a name see its messages in one order,
 * each sees those of one publisher as they were published, and whoever has
 * unsubscribed is sent no more.  Publishing waits for no connection.
 *
 * Invariants: a topic is in its table as long as it has a subscription or a
 * publisher is at it; a subscription is in its topic's list at @place and in
 * its session's table.
 * Thread safety: publishing and asking, any thread, with no lock below
 * CHANNELS held; subscriptions change in the thread that handles the session.
 */
#pragma once

#include "engine/session.h"

G_BEGIN_DECLS

typedef enum
{
  CF_PUBSUB_CHANNEL,
  CF_PUBSUB_PATTERN,
  CF_PUBSUB_SHARD,
  CF_N_PUBSUB_KINDS,
} CfPubsubKind;

typedef struct _CfPubsub CfPubsub;

CfPubsub *cf_pubsub_new (void);
void cf_pubsub_free (CfPubsub *self); /* nobody is subscribed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfPubsub, cf_pubsub_free)

/* FALSE: it was so already. */
gboolean cf_pubsub_subscribe (CfPubsub *self,
                              CfSession *session,
                              CfPubsubKind kind,
                              CfSlice name);
gboolean cf_pubsub_unsubscribe (CfPubsub *self,
                                CfSession *session,
                                CfPubsubKind kind,
                                CfSlice name);
void cf_pubsub_forget (CfPubsub *self, CfSession *session); /* all of them */

/* How many get it; -1: there is no memory for it. */
gint64 cf_pubsub_publish (CfPubsub *self, CfSlice channel, CfSlice payload);
gint64
cf_pubsub_publish_shard (CfPubsub *self, CfSlice channel, CfSlice payload);

guint cf_pubsub_n_topics (const CfPubsub *self, CfPubsubKind kind);
guint cf_pubsub_n_subscribers (CfPubsub *self, CfPubsubKind kind, CfSlice name);
/* Not of patterns.  (transfer full) (element-type GBytes) */
GPtrArray *cf_pubsub_list (CfPubsub *self,
                           CfPubsubKind kind,
                           const CfSlice *pattern /* (nullable) */);

/* Sessions that have subscribed to a name of which @func says TRUE; it only
 * looks at the name.  (transfer full) (element-type CfSession) */
typedef gboolean (*CfPubsubNameFunc) (CfSlice name, gpointer data);
GPtrArray *cf_pubsub_find_sessions (CfPubsub *self,
                                    CfPubsubKind kind,
                                    CfPubsubNameFunc func,
                                    gpointer data);

/* Of a session, by its handler. */
guint cf_subscriptions_n (const CfSession *session, CfPubsubKind kind);
gsize cf_subscriptions_memory (const CfSession *session);
/* (transfer full) (element-type GBytes) */
GPtrArray *cf_subscriptions_names (const CfSession *session, CfPubsubKind kind);

/* Whether anybody may be told what is published on a channel. */
gboolean cf_pubsub_any (const CfPubsub *self);

G_END_DECLS
