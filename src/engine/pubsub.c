/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/pubsub.h"

#include "base/glob.h"
#include "base/hash.h"
#include "base/stripes.h"
#include "engine/push.h"

#define N_SHARDS 64

/* A name with its hash: the key of all tables here. */
typedef struct
{
  CfSlice bytes;
  guint hash;
} Name;

typedef struct
{
  Name name;     /* (owned) only read */
  guint n_users; /* subscriptions and publishers; the table's lock's */
  guint place;   /* of a pattern: in the list of them */
  guint n;       /* (atomic) the length of @subscriptions */
  guint resp;    /* (atomic) the protocol of who subscribed last */
  CfMutex lock;
  GPtrArray *subscriptions; /* (owned) of Subscription, protected by @lock */
} Topic;

typedef struct
{
  Topic *topic;       /* (not owned) */
  CfSession *session; /* (not owned) which forgets it before it ends */
  guint place;        /* protected by the topic's lock */
} Subscription;

struct _CfSubscriptions
{
  GHashTable *by_name[CF_N_PUBSUB_KINDS]; /* (owned) (nullable) Name in topic,
                                             Subscription (owned) */
  gsize memory;
};

typedef struct
{
  CfMutex lock;
  GHashTable *topics; /* (owned) Name in topic, Topic (owned); protected by
                         @lock */
} Shard;

struct _CfPubsub
{
  Shard channels[N_SHARDS];
  Shard shard_channels[N_SHARDS];
  guint n_topics[CF_N_PUBSUB_KINDS]; /* (atomic) */

  CfStripes stripes;
  /* Protected by @stripes. */
  GHashTable *patterns;    /* (owned) Name in topic, Topic (owned) */
  GPtrArray *pattern_list; /* (owned) of Topic (not owned) */
};

/* -- Names and topics ----------------------------------------------------- */

static Name
make_name (CfSlice bytes)
{
  return (Name){ bytes, (guint) cf_hash64 (bytes) };
}

static guint
hash_name (gconstpointer data)
{
  const Name *name = data;

  return name->hash;
}

static gboolean
names_equal (gconstpointer a, gconstpointer b)
{
  const Name *one = a, *other = b;

  return one->hash == other->hash && cf_slice_equal (one->bytes, other->bytes);
}

static Topic *
topic_new (const Name *name)
{
  Topic *topic = g_new0 (Topic, 1);

  topic->name = *name;
  topic->name.bytes.data = g_memdup2 (name->bytes.data, name->bytes.size);
  topic->subscriptions = g_ptr_array_new ();
  cf_mutex_init (&topic->lock, CF_LOCK_TOPIC, 0);
  return topic;
}

static void
topic_free (gpointer data)
{
  Topic *topic = data;

  g_assert (topic->subscriptions->len == 0);
  g_ptr_array_unref (topic->subscriptions);
  cf_mutex_clear (&topic->lock);
  g_free ((char *) topic->name.bytes.data);
  g_free (topic);
}

static void
show_length_locked (Topic *topic)
{
  __atomic_store_n (&topic->n, topic->subscriptions->len, __ATOMIC_RELAXED);
}

static void
topic_add (Topic *topic, Subscription *subscription)
{
  cf_mutex_lock (&topic->lock);
  subscription->place = topic->subscriptions->len;
  g_ptr_array_add (topic->subscriptions, subscription);
  show_length_locked (topic);
  __atomic_store_n (&topic->resp, subscription->session->resp,
                    __ATOMIC_RELAXED);
  cf_mutex_unlock (&topic->lock);
}

static void
topic_drop (Topic *topic, const Subscription *subscription)
{
  Subscription *last;

  cf_mutex_lock (&topic->lock);
  last = g_ptr_array_steal_index_fast (topic->subscriptions,
                                       topic->subscriptions->len - 1);
  if (last != subscription)
    {
      last->place = subscription->place;
      topic->subscriptions->pdata[last->place] = last;
    }
  show_length_locked (topic);
  cf_mutex_unlock (&topic->lock);
}

/* Posts @push, which nobody has yet, to all who subscribed; returns how
 * many. */
static guint
topic_send (Topic *topic, CfBlob *push)
{
  guint n;

  if (push->size >= CF_PUSH_BY_REFERENCE)
    push->data[0] =
        cf_push_sign (__atomic_load_n (&topic->resp, __ATOMIC_RELAXED));
  cf_mutex_lock (&topic->lock);
  n = topic->subscriptions->len;
  for (guint i = 0; i < n; i++)
    {
      const Subscription *to = topic->subscriptions->pdata[i];

      to->session->ops->send (to->session, push);
    }
  cf_mutex_unlock (&topic->lock);
  return n;
}

static guint
topic_n (const Topic *topic)
{
  return __atomic_load_n (&topic->n, __ATOMIC_RELAXED);
}

/* -- The tables ----------------------------------------------------------- */

static void
count_topics (CfPubsub *self, CfPubsubKind kind, gint change)
{
  __atomic_add_fetch (&self->n_topics[kind], (guint) change, __ATOMIC_RELAXED);
}

static Shard *
find_shard (CfPubsub *self, CfPubsubKind kind, const Name *name)
{
  Shard *shards =
      kind == CF_PUBSUB_CHANNEL ? self->channels : self->shard_channels;

  return &shards[name->hash / 7 % N_SHARDS];
}

/* Uses the topic of a channel, if there is one. */
static Topic *
use_topic (Shard *shard, const Name *name)
{
  Topic *topic;

  cf_mutex_lock (&shard->lock);
  topic = g_hash_table_lookup (shard->topics, name);
  if (topic != NULL)
    topic->n_users++;
  cf_mutex_unlock (&shard->lock);
  return topic;
}

static void
leave_topic (CfPubsub *self, CfPubsubKind kind, Shard *shard, Topic *topic)
{
  cf_mutex_lock (&shard->lock);
  if (--topic->n_users > 0)
    topic = NULL;
  else
    g_hash_table_remove (shard->topics, &topic->name);
  cf_mutex_unlock (&shard->lock);
  if (topic == NULL)
    return;
  count_topics (self, kind, -1);
  topic_free (topic);
}

static Topic *
need_channel (CfPubsub *self, CfPubsubKind kind, const Name *name)
{
  Shard *shard = find_shard (self, kind, name);
  Topic *topic;

  cf_mutex_lock (&shard->lock);
  topic = g_hash_table_lookup (shard->topics, name);
  if (topic == NULL)
    {
      topic = topic_new (name);
      g_hash_table_insert (shard->topics, &topic->name, topic);
      count_topics (self, kind, 1);
    }
  topic->n_users++;
  cf_mutex_unlock (&shard->lock);
  return topic;
}

static Topic *
need_pattern_closed (CfPubsub *self, const Name *name)
{
  Topic *topic = g_hash_table_lookup (self->patterns, name);

  if (topic != NULL)
    return topic;
  topic = topic_new (name);
  topic->place = self->pattern_list->len;
  g_ptr_array_add (self->pattern_list, topic);
  g_hash_table_insert (self->patterns, &topic->name, topic);
  count_topics (self, CF_PUBSUB_PATTERN, 1);
  return topic;
}

static void
drop_pattern_closed (CfPubsub *self, Topic *topic)
{
  Topic *last = g_ptr_array_steal_index_fast (self->pattern_list,
                                              self->pattern_list->len - 1);

  if (last != topic)
    {
      last->place = topic->place;
      self->pattern_list->pdata[last->place] = last;
    }
  g_hash_table_remove (self->patterns, &topic->name);
  count_topics (self, CF_PUBSUB_PATTERN, -1);
  topic_free (topic);
}

/* -- Subscribing ---------------------------------------------------------- */

/* What a subscription takes of memory, about. */
static gsize
memory_of (const Topic *topic)
{
  return sizeof (Subscription) + 4 * sizeof (gpointer) + topic->name.bytes.size;
}

static CfSubscriptions *
need_subscriptions (CfSession *session)
{
  if (session->subscriptions == NULL)
    session->subscriptions = g_new0 (CfSubscriptions, 1);
  return session->subscriptions;
}

static Subscription *
find_subscription (const CfSession *session,
                   CfPubsubKind kind,
                   const Name *name)
{
  const CfSubscriptions *subscriptions = session->subscriptions;

  if (subscriptions == NULL || subscriptions->by_name[kind] == NULL)
    return NULL;
  return g_hash_table_lookup (subscriptions->by_name[kind], name);
}

/**
 * cf_pubsub_subscribe:
 * @self: the channels
 * @session: a session, by its handler
 * @kind: what @name is
 * @name: a channel or a pattern
 *
 * From now on the session gets what is published there.
 *
 * Returns: %FALSE if it did already
 */
gboolean
cf_pubsub_subscribe (CfPubsub *self,
                     CfSession *session,
                     CfPubsubKind kind,
                     CfSlice name)
{
  Name full = make_name (name);
  CfSubscriptions *subscriptions = need_subscriptions (session);
  Subscription *added;

  if (subscriptions->by_name[kind] == NULL)
    subscriptions->by_name[kind] = g_hash_table_new (hash_name, names_equal);
  if (find_subscription (session, kind, &full) != NULL)
    return FALSE;
  added = g_new0 (Subscription, 1);
  added->session = session;
  if (kind == CF_PUBSUB_PATTERN)
    {
      cf_stripes_close (&self->stripes);
      added->topic = need_pattern_closed (self, &full);
      topic_add (added->topic, added);
      cf_stripes_open (&self->stripes);
    }
  else
    {
      added->topic = need_channel (self, kind, &full);
      topic_add (added->topic, added);
    }
  g_hash_table_insert (subscriptions->by_name[kind], &added->topic->name,
                       added);
  subscriptions->memory += memory_of (added->topic);
  return TRUE;
}

static void
end_subscription (CfPubsub *self, CfPubsubKind kind, Subscription *subscription)
{
  Topic *topic = subscription->topic;

  if (kind == CF_PUBSUB_PATTERN)
    {
      cf_stripes_close (&self->stripes);
      topic_drop (topic, subscription);
      if (topic->subscriptions->len == 0)
        drop_pattern_closed (self, topic);
      cf_stripes_open (&self->stripes);
    }
  else
    {
      topic_drop (topic, subscription);
      leave_topic (self, kind, find_shard (self, kind, &topic->name), topic);
    }
  g_free (subscription);
}

/**
 * cf_pubsub_unsubscribe:
 * @self: the channels
 * @session: a session, by its handler
 * @kind: what @name is
 * @name: a channel or a pattern
 *
 * When it returns, all that the session will get has been sent to it; see
 * cf_session_collect().
 *
 * Returns: %FALSE if the session had not subscribed to it
 */
gboolean
cf_pubsub_unsubscribe (CfPubsub *self,
                       CfSession *session,
                       CfPubsubKind kind,
                       CfSlice name)
{
  Name full = make_name (name);
  Subscription *found = find_subscription (session, kind, &full);

  if (found == NULL)
    return FALSE;
  session->subscriptions->memory -= memory_of (found->topic);
  g_hash_table_remove (session->subscriptions->by_name[kind], &full);
  end_subscription (self, kind, found);
  return TRUE;
}

static void
forget_kind (CfPubsub *self, CfPubsubKind kind, GHashTable *by_name)
{
  GHashTableIter iter;
  gpointer subscription;

  if (by_name == NULL)
    return;
  g_hash_table_iter_init (&iter, by_name);
  while (g_hash_table_iter_next (&iter, NULL, &subscription))
    {
      g_hash_table_iter_steal (&iter);
      end_subscription (self, kind, subscription);
    }
  g_hash_table_unref (by_name);
}

/**
 * cf_pubsub_forget:
 * @self: the channels
 * @session: a session, by its handler
 *
 * Ends all its subscriptions.
 */
void
cf_pubsub_forget (CfPubsub *self, CfSession *session)
{
  CfSubscriptions *subscriptions = g_steal_pointer (&session->subscriptions);

  if (subscriptions == NULL)
    return;
  for (guint kind = 0; kind < CF_N_PUBSUB_KINDS; kind++)
    forget_kind (self, kind, subscriptions->by_name[kind]);
  g_free (subscriptions);
  session->flags &= ~(guint) CF_SESSION_PUBSUB;
}

/**
 * cf_subscriptions_n:
 * @session: a session, by its handler
 * @kind: of what
 *
 * Returns: how many names it has subscribed to
 */
guint
cf_subscriptions_n (const CfSession *session, CfPubsubKind kind)
{
  const CfSubscriptions *subscriptions = session->subscriptions;

  if (subscriptions == NULL || subscriptions->by_name[kind] == NULL)
    return 0;
  return g_hash_table_size (subscriptions->by_name[kind]);
}

/**
 * cf_subscriptions_memory:
 * @session: a session, by its handler
 *
 * Returns: the bytes that its subscriptions take
 */
gsize
cf_subscriptions_memory (const CfSession *session)
{
  return session->subscriptions != NULL ? session->subscriptions->memory : 0;
}

static void
add_name (GPtrArray *names, CfSlice name)
{
  g_ptr_array_add (names, g_bytes_new (name.data, name.size));
}

/**
 * cf_subscriptions_names:
 * @session: a session, by its handler
 * @kind: of what
 *
 * Returns: (transfer full) (element-type GBytes): what it has subscribed to,
 *   in no order
 */
GPtrArray *
cf_subscriptions_names (const CfSession *session, CfPubsubKind kind)
{
  GPtrArray *names =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  GHashTableIter iter;
  gpointer name;

  if (cf_subscriptions_n (session, kind) == 0)
    return names;
  g_hash_table_iter_init (&iter, session->subscriptions->by_name[kind]);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    add_name (names, ((const Name *) name)->bytes);
  return names;
}

/* -- Publishing ----------------------------------------------------------- */

/* Returns how many got it, or -1. */
static gint64
publish_to_channel (CfPubsub *self,
                    CfPubsubKind kind,
                    const Name *channel,
                    CfSlice payload)
{
  Shard *shard = find_shard (self, kind, channel);
  Topic *topic = use_topic (shard, channel);
  g_autoptr (CfBlob) push = NULL;
  gint64 n = -1;

  if (topic == NULL)
    return 0;
  push = cf_push_message (kind == CF_PUBSUB_SHARD ? CF_SLICE ("smessage")
                                                  : CF_SLICE ("message"),
                          channel->bytes, payload);
  if (push != NULL)
    n = topic_send (topic, push);
  leave_topic (self, kind, shard, topic);
  return n;
}

static gint64
publish_to_patterns (CfPubsub *self, const Name *channel, CfSlice payload)
{
  CfMutex *stripe = cf_stripes_enter (&self->stripes, channel->hash);
  gint64 n = 0;

  for (guint i = 0; i < self->pattern_list->len && n >= 0; i++)
    {
      Topic *topic = self->pattern_list->pdata[i];
      g_autoptr (CfBlob) push = NULL;

      if (!cf_glob_match (topic->name.bytes, channel->bytes))
        continue;
      push = cf_push_pmessage (topic->name.bytes, channel->bytes, payload);
      n = push != NULL ? n + topic_send (topic, push) : -1;
    }
  cf_stripes_leave (stripe);
  return n;
}

/**
 * cf_pubsub_publish:
 * @self: the channels
 * @channel: a channel
 * @payload: what to tell those who listen to it
 *
 * Returns: how many subscriptions to the channel or a pattern that it matches
 *   there are; -1 if there was no memory for the message
 */
gint64
cf_pubsub_publish (CfPubsub *self, CfSlice channel, CfSlice payload)
{
  Name name = make_name (channel);
  gint64 n = 0, more = 0;

  if (cf_pubsub_n_topics (self, CF_PUBSUB_CHANNEL) > 0)
    n = publish_to_channel (self, CF_PUBSUB_CHANNEL, &name, payload);
  if (n >= 0 && cf_pubsub_n_topics (self, CF_PUBSUB_PATTERN) > 0)
    more = publish_to_patterns (self, &name, payload);
  return n < 0 || more < 0 ? -1 : n + more;
}

/**
 * cf_pubsub_publish_shard:
 * @self: the channels
 * @channel: a shard channel
 * @payload: what to tell those who listen to it
 *
 * Returns: how many get it; -1 if there was no memory for the message
 */
gint64
cf_pubsub_publish_shard (CfPubsub *self, CfSlice channel, CfSlice payload)
{
  Name name = make_name (channel);

  if (cf_pubsub_n_topics (self, CF_PUBSUB_SHARD) == 0)
    return 0;
  return publish_to_channel (self, CF_PUBSUB_SHARD, &name, payload);
}

/**
 * cf_pubsub_any:
 * @self: the channels
 *
 * Returns: whether there is a subscription to a channel or a pattern
 */
gboolean
cf_pubsub_any (const CfPubsub *self)
{
  return cf_pubsub_n_topics (self, CF_PUBSUB_CHANNEL) > 0 ||
         cf_pubsub_n_topics (self, CF_PUBSUB_PATTERN) > 0;
}

/* -- Asking --------------------------------------------------------------- */

/**
 * cf_pubsub_n_topics:
 * @self: the channels
 * @kind: of what
 *
 * Returns: how many names somebody has subscribed to
 */
guint
cf_pubsub_n_topics (const CfPubsub *self, CfPubsubKind kind)
{
  return __atomic_load_n (&self->n_topics[kind], __ATOMIC_RELAXED);
}

/**
 * cf_pubsub_n_subscribers:
 * @self: the channels
 * @kind: channels or shard channels
 * @name: one of them
 *
 * Returns: how many have subscribed to it
 */
guint
cf_pubsub_n_subscribers (CfPubsub *self, CfPubsubKind kind, CfSlice name)
{
  Name full = make_name (name);
  Shard *shard = find_shard (self, kind, &full);
  const Topic *topic;
  guint n = 0;

  cf_mutex_lock (&shard->lock);
  topic = g_hash_table_lookup (shard->topics, &full);
  if (topic != NULL)
    n = topic_n (topic);
  cf_mutex_unlock (&shard->lock);
  return n;
}

static void
list_shard (Shard *shard, const CfSlice *pattern, GPtrArray *names)
{
  GHashTableIter iter;
  gpointer value;

  cf_mutex_lock (&shard->lock);
  g_hash_table_iter_init (&iter, shard->topics);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Topic *topic = value;

      if (topic_n (topic) > 0 &&
          (pattern == NULL || cf_glob_match (*pattern, topic->name.bytes)))
        add_name (names, topic->name.bytes);
    }
  cf_mutex_unlock (&shard->lock);
}

/**
 * cf_pubsub_list:
 * @self: the channels
 * @kind: channels or shard channels
 * @pattern: (nullable): what they have to match
 *
 * Returns: (transfer full) (element-type GBytes): those that somebody has
 *   subscribed to, in no order
 */
GPtrArray *
cf_pubsub_list (CfPubsub *self, CfPubsubKind kind, const CfSlice *pattern)
{
  GPtrArray *names =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  Shard *shards =
      kind == CF_PUBSUB_CHANNEL ? self->channels : self->shard_channels;

  for (guint i = 0; i < N_SHARDS; i++)
    list_shard (&shards[i], pattern, names);
  return names;
}

static void
add_sessions (Topic *topic, GPtrArray *sessions)
{
  cf_mutex_lock (&topic->lock);
  for (guint i = 0; i < topic->subscriptions->len; i++)
    {
      const Subscription *subscription = topic->subscriptions->pdata[i];

      g_ptr_array_add (sessions, cf_session_ref (subscription->session));
    }
  cf_mutex_unlock (&topic->lock);
}

static void
find_in_shard (Shard *shard,
               CfPubsubNameFunc func,
               gpointer data,
               GPtrArray *sessions)
{
  GHashTableIter iter;
  gpointer topic;

  cf_mutex_lock (&shard->lock);
  g_hash_table_iter_init (&iter, shard->topics);
  while (g_hash_table_iter_next (&iter, NULL, &topic))
    if (func (((Topic *) topic)->name.bytes, data))
      add_sessions (topic, sessions);
  cf_mutex_unlock (&shard->lock);
}

/**
 * cf_pubsub_find_sessions:
 * @self: the channels
 * @kind: of what
 * @func: says which names are meant
 * @data: for @func
 *
 * Returns: (transfer full) (element-type CfSession): those that have
 *   subscribed to such a name, as often as they have
 */
GPtrArray *
cf_pubsub_find_sessions (CfPubsub *self,
                         CfPubsubKind kind,
                         CfPubsubNameFunc func,
                         gpointer data)
{
  GPtrArray *sessions =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_session_unref);
  Shard *shards =
      kind == CF_PUBSUB_CHANNEL ? self->channels : self->shard_channels;
  CfMutex *stripe;

  for (guint i = 0; kind != CF_PUBSUB_PATTERN && i < N_SHARDS; i++)
    find_in_shard (&shards[i], func, data, sessions);
  if (kind != CF_PUBSUB_PATTERN)
    return sessions;
  stripe = cf_stripes_enter (&self->stripes, 0);
  for (guint i = 0; i < self->pattern_list->len; i++)
    {
      Topic *topic = self->pattern_list->pdata[i];

      if (func (topic->name.bytes, data))
        add_sessions (topic, sessions);
    }
  cf_stripes_leave (stripe);
  return sessions;
}

/* -- Making it ------------------------------------------------------------ */

static void
init_shards (Shard *shards, guint first_number)
{
  for (guint i = 0; i < N_SHARDS; i++)
    {
      cf_mutex_init (&shards[i].lock, CF_LOCK_CHANNELS, first_number + i);
      shards[i].topics = g_hash_table_new (hash_name, names_equal);
    }
}

static void
clear_shards (Shard *shards)
{
  for (guint i = 0; i < N_SHARDS; i++)
    {
      g_assert (g_hash_table_size (shards[i].topics) == 0);
      g_hash_table_unref (shards[i].topics);
      cf_mutex_clear (&shards[i].lock);
    }
}

/**
 * cf_pubsub_new:
 *
 * Returns: (transfer full): channels without subscribers
 */
CfPubsub *
cf_pubsub_new (void)
{
  CfPubsub *self = g_new0 (CfPubsub, 1);

  init_shards (self->channels, 0);
  init_shards (self->shard_channels, N_SHARDS);
  cf_stripes_init (&self->stripes, CF_LOCK_PATTERNS);
  self->patterns = g_hash_table_new (hash_name, names_equal);
  self->pattern_list = g_ptr_array_new ();
  return self;
}

/**
 * cf_pubsub_free:
 * @self: (nullable) (transfer full): channels that nobody listens to
 */
void
cf_pubsub_free (CfPubsub *self)
{
  if (self == NULL)
    return;
  clear_shards (self->channels);
  clear_shards (self->shard_channels);
  cf_stripes_clear (&self->stripes);
  g_assert (self->pattern_list->len == 0);
  g_hash_table_unref (self->patterns);
  g_ptr_array_unref (self->pattern_list);
  g_free (self);
}
