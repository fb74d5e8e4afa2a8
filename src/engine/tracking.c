/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tracking.h"

#include "engine/broadcast.h"
#include "engine/tracker.h"

#define N_SHARDS 256
/* Keys that go at once when the table holds too many. */
#define EVICTED_AT_ONCE 100

/* A key in the table. */
typedef struct
{
  CfKey key; /* (owned) */
  GList link;
  guint n, capacity;
  CfTracker **trackers; /* (owned) sorted by address */
} TrackedKey;

typedef struct
{
  CfMutex lock;
  /* Protected by @lock. */
  GHashTable *keys; /* (owned) (nullable) set of TrackedKey (owned) */
  GQueue ages;      /* of TrackedKey by link, oldest first */
  gsize n_items;
} Shard;

typedef struct _CfTrackingRest
{
  CfConfig *config; /* (not owned) */
  Shard shards[N_SHARDS];
  gsize n_keys;       /* (atomic) */
  gsize n_items;      /* (atomic) */
  guint n_clients;    /* (atomic) */
  guint evict_cursor; /* (atomic) the shard to evict from next */

  CfBroadcast broadcast;
  /* Protected by the stripes of @broadcast. */
  GPtrArray *trackers; /* (owned) of CfTracker (not owned) that are on */

  CfMutex sweep_lock;
  GPtrArray *swept; /* (owned) of GHashTable (owned); protected by
                       @sweep_lock */
} Rest;

/* -- The table ------------------------------------------------------------ */

static guint
hash_key (gconstpointer data)
{
  const CfKey *key = data;

  return key->hash;
}

static gboolean
keys_equal (gconstpointer a, gconstpointer b)
{
  const CfKey *one = a, *other = b;

  return one->hash == other->hash && cf_slice_equal (one->bytes, other->bytes);
}

static void
tracked_free (gpointer data)
{
  TrackedKey *tracked = data;

  for (guint i = 0; i < tracked->n; i++)
    cf_tracker_unref (tracked->trackers[i]);
  g_free (tracked->trackers);
  g_free ((char *) tracked->key.bytes.data);
  g_free (tracked);
}

static void
count_locked (CfTracking *self, Shard *shard, gsize n_keys, gsize n_items)
{
  Rest *rest = self->rest;

  shard->n_items += n_items;
  __atomic_add_fetch (&rest->n_keys, n_keys, __ATOMIC_RELAXED);
  __atomic_add_fetch (&rest->n_items, n_items, __ATOMIC_RELAXED);
  __atomic_add_fetch (&self->n_active, n_keys, __ATOMIC_RELAXED);
}

/* NULL: there is no memory for a key as long as this. */
static TrackedKey *
need_tracked_locked (CfTracking *self, Shard *shard, const CfKey *key)
{
  TrackedKey *tracked = NULL;
  char *copy;

  if (shard->keys == NULL)
    shard->keys =
        g_hash_table_new_full (hash_key, keys_equal, NULL, tracked_free);
  else
    tracked = g_hash_table_lookup (shard->keys, key);
  if (tracked != NULL)
    return tracked;
  copy = cf_slice_try_dup (key->bytes);
  if (copy == NULL)
    return NULL;
  tracked = g_new0 (TrackedKey, 1);
  tracked->key = *key;
  tracked->key.bytes.data = copy;
  tracked->link.data = tracked;
  g_queue_push_tail_link (&shard->ages, &tracked->link);
  g_hash_table_insert (shard->keys, &tracked->key, tracked);
  count_locked (self, shard, 1, 0);
  return tracked;
}

static void
add_tracker_locked (CfTracking *self,
                    Shard *shard,
                    TrackedKey *tracked,
                    CfTracker *tracker)
{
  guint low = 0, high = tracked->n;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (tracked->trackers[middle] < tracker)
        low = middle + 1;
      else
        high = middle;
    }
  if (low < tracked->n && tracked->trackers[low] == tracker)
    return;
  if (tracked->n == tracked->capacity)
    {
      tracked->capacity = MAX (1, tracked->capacity * 2);
      tracked->trackers =
          g_renew (CfTracker *, tracked->trackers, tracked->capacity);
    }
  memmove (&tracked->trackers[low + 1], &tracked->trackers[low],
           (tracked->n - low) * sizeof tracked->trackers[0]);
  tracked->trackers[low] = cf_tracker_ref (tracker);
  tracked->n++;
  count_locked (self, shard, 0, 1);
}

static void
forget_locked (CfTracking *self, Shard *shard, TrackedKey *tracked)
{
  g_queue_unlink (&shard->ages, &tracked->link);
  g_hash_table_steal (shard->keys, &tracked->key);
  count_locked (self, shard, -(gsize) 1, -(gsize) tracked->n);
}

/* Tells all who read the key, which is in no table any more. */
static void
tell_readers (TrackedKey *tracked, CfSession *by)
{
  CfNews news = { .keys = &tracked->key.bytes, .n_keys = 1 };

  for (guint i = 0; i < tracked->n; i++)
    cf_tracker_tell (tracked->trackers[i], by, CF_TRACK_BCAST, &news);
  cf_news_clear (&news);
  tracked_free (tracked);
}

/* Drops the oldest key of some shard.  FALSE: it has none. */
static gboolean
evict_one (CfTracking *self)
{
  Rest *rest = self->rest;
  guint at = __atomic_fetch_add (&rest->evict_cursor, 1, __ATOMIC_RELAXED);
  Shard *shard = &rest->shards[at % N_SHARDS];
  TrackedKey *tracked = NULL;

  cf_mutex_lock (&shard->lock);
  if (shard->ages.head != NULL)
    {
      tracked = shard->ages.head->data;
      forget_locked (self, shard, tracked);
    }
  cf_mutex_unlock (&shard->lock);
  if (tracked == NULL)
    return FALSE;
  tell_readers (tracked, NULL);
  return TRUE;
}

/**
 * cf_tracking_keep_limit:
 * @self: who tracks what
 * @most_evicted: how many keys may go at once
 *
 * Drops the oldest keys beyond tracking-table-max-keys, as if they had
 * changed.
 */
void
cf_tracking_keep_limit (CfTracking *self, gsize most_evicted)
{
  gint64 most = cf_config_get_int (self->rest->config,
                                   CF_SETTING_TRACKING_TABLE_MAX_KEYS);
  gsize n_evicted = 0;
  guint n_missed = 0;

  while (most > 0 && n_evicted < most_evicted && n_missed < N_SHARDS &&
         (gint64) cf_tracking_n_keys (self) > most)
    if (evict_one (self))
      {
        n_evicted++;
        n_missed = 0;
      }
    else
      n_missed++;
}

/* FALSE: there is no memory for a key as long as this. */
static gboolean
remember (CfTracking *self, CfTracker *tracker, const CfKey *key)
{
  Shard *shard = &self->rest->shards[key->slot % N_SHARDS];
  TrackedKey *tracked;

  cf_mutex_lock (&shard->lock);
  tracked = need_tracked_locked (self, shard, key);
  if (tracked != NULL)
    add_tracker_locked (self, shard, tracked, tracker);
  cf_mutex_unlock (&shard->lock);
  return tracked != NULL;
}

/**
 * cf_tracking_remember:
 * @self: who tracks what
 * @session: a session that tracks, by its handler
 * @keys: (array length=n_keys): keys that it read, held
 * @n_keys: how many
 *
 * Notes that it is to be told when they change.  Of a key that there is no
 * memory for it is told at once, as if it had changed.
 */
void
cf_tracking_remember (CfTracking *self,
                      CfSession *session,
                      const CfKey *keys,
                      gsize n_keys)
{
  for (gsize i = 0; i < n_keys; i++)
    if (!remember (self, session->tracker, &keys[i]))
      {
        CfNews news = { .keys = &keys[i].bytes, .n_keys = 1 };

        cf_tracker_tell (session->tracker, NULL, CF_TRACK_BCAST, &news);
        cf_news_clear (&news);
      }
  /* As many go as have come, and those that were too many before. */
  cf_tracking_keep_limit (self, n_keys + EVICTED_AT_ONCE);
}

/**
 * cf_tracking_invalidate:
 * @self: who tracks what
 * @by: (nullable): whose command changed the key
 * @key: a key that changed, held
 *
 * Tells those who read it.
 */
void
cf_tracking_invalidate (CfTracking *self, CfSession *by, const CfKey *key)
{
  Shard *shard = &self->rest->shards[key->slot % N_SHARDS];
  TrackedKey *tracked = NULL;

  cf_mutex_lock (&shard->lock);
  if (shard->keys != NULL)
    tracked = g_hash_table_lookup (shard->keys, key);
  if (tracked != NULL)
    forget_locked (self, shard, tracked);
  cf_mutex_unlock (&shard->lock);
  if (tracked != NULL)
    tell_readers (tracked, by);
}

/* -- Broadcasting --------------------------------------------------------- */

/**
 * cf_tracking_broadcast:
 * @self: who tracks what
 * @by: (nullable): whose command changed the keys
 * @keys: (array length=n_keys): keys that changed, held; they are sorted
 * @n_keys: how many
 *
 * Tells those who broadcasting mode tells, each once.
 */
void
cf_tracking_broadcast (CfTracking *self,
                       CfSession *by,
                       CfSlice *keys,
                       gsize n_keys)
{
  cf_broadcast_tell (&self->rest->broadcast, by, keys, n_keys);
}

/* -- On and off ----------------------------------------------------------- */

static void
list_tracker (CfTracking *self, CfTracker *tracker)
{
  Rest *rest = self->rest;

  cf_stripes_close (&rest->broadcast.stripes);
  tracker->place = rest->trackers->len;
  g_ptr_array_add (rest->trackers, tracker);
  cf_stripes_open (&rest->broadcast.stripes);
  __atomic_add_fetch (&rest->n_clients, 1, __ATOMIC_RELAXED);
  __atomic_add_fetch (&self->n_active, 1, __ATOMIC_SEQ_CST);
}

static void
unlist_tracker (CfTracking *self, CfTracker *tracker)
{
  Rest *rest = self->rest;
  CfTracker *last;

  cf_stripes_close (&rest->broadcast.stripes);
  last = g_ptr_array_steal_index_fast (rest->trackers, rest->trackers->len - 1);
  if (last != tracker)
    {
      last->place = tracker->place;
      rest->trackers->pdata[last->place] = last;
    }
  cf_stripes_open (&rest->broadcast.stripes);
  __atomic_sub_fetch (&rest->n_clients, 1, __ATOMIC_RELAXED);
  __atomic_sub_fetch (&self->n_active, 1, __ATOMIC_RELAXED);
}

/* Takes over @target. */
static void
set_options (CfTracker *tracker,
             gboolean is_on,
             guint options,
             CfSession *target)
{
  CfSession *session = tracker->session;
  CfSession *old;

  cf_mutex_lock (&tracker->lock);
  old = tracker->target;
  tracker->is_on = is_on;
  tracker->options = options;
  tracker->target = target;
  tracker->redirect = target != NULL ? (gint64) target->id : 0;
  cf_mutex_unlock (&tracker->lock);
  cf_session_unref (old);
  session->flags &= ~(guint) (CF_SESSION_TRACKING | CF_SESSION_TRACKING_BCAST |
                              CF_SESSION_CACHING);
  if (is_on)
    session->flags |= CF_SESSION_TRACKING;
  if (options & CF_TRACK_BCAST)
    session->flags |= CF_SESSION_TRACKING_BCAST;
  __atomic_store_n (&session->shown.broken, FALSE, __ATOMIC_RELAXED);
  __atomic_store_n (&session->shown.redirect, is_on ? tracker->redirect : -1,
                    __ATOMIC_RELAXED);
  cf_session_publish (session);
}

/**
 * cf_tracking_enable:
 * @self: who tracks what
 * @session: a session, by its handler; not in the other of the two modes
 * @options: CfTrackOptions
 * @target: (nullable) (transfer full): who is to be told instead of it
 * @prefixes: (array length=n_prefixes): to add to those it has, if it is to be
 *   in broadcasting mode; none is there already, or twice
 * @n_prefixes: how many; 0 for the empty one
 *
 * From now on the session is told of changes.
 */
void
cf_tracking_enable (CfTracking *self,
                    CfSession *session,
                    guint options,
                    CfSession *target,
                    const CfSlice *prefixes,
                    gsize n_prefixes)
{
  gboolean was_on = (session->flags & CF_SESSION_TRACKING) != 0;
  CfTracker *tracker = cf_tracker_need (session);

  set_options (tracker, TRUE, options, target);
  if (!was_on)
    list_tracker (self, tracker);
  if (!(options & CF_TRACK_BCAST))
    return;
  if (!was_on)
    __atomic_add_fetch (&self->n_broadcasts, 1, __ATOMIC_SEQ_CST);
  cf_broadcast_join (&self->rest->broadcast, tracker, prefixes, n_prefixes);
}

/**
 * cf_tracking_disable:
 * @self: who tracks what
 * @session: a session, by its handler
 *
 * It is told no more; what it has read stays noted, should it track again.
 */
void
cf_tracking_disable (CfTracking *self, CfSession *session)
{
  CfTracker *tracker = session->tracker;
  gboolean was_bcast = (session->flags & CF_SESSION_TRACKING_BCAST) != 0;

  if (!(session->flags & CF_SESSION_TRACKING))
    return;
  set_options (tracker, FALSE, 0, NULL);
  cf_broadcast_leave (&self->rest->broadcast, tracker);
  unlist_tracker (self, tracker);
  if (was_bcast)
    __atomic_sub_fetch (&self->n_broadcasts, 1, __ATOMIC_RELAXED);
}

/**
 * cf_tracking_forget:
 * @self: who tracks what
 * @session: a session that ends, by its handler
 */
void
cf_tracking_forget (CfTracking *self, CfSession *session)
{
  CfTracker *tracker;

  if (session->tracker == NULL)
    return;
  cf_tracking_disable (self, session);
  tracker = g_steal_pointer (&session->tracker);
  cf_mutex_lock (&tracker->lock);
  tracker->session = NULL;
  cf_mutex_unlock (&tracker->lock);
  cf_tracker_unref (tracker);
}

/**
 * cf_tracker_options:
 * @session: a session, by its handler
 *
 * Returns: how it tracks
 */
guint
cf_tracker_options (const CfSession *session)
{
  return session->tracker != NULL ? session->tracker->options : 0;
}

/**
 * cf_tracker_memory:
 * @session: a session, by its handler
 *
 * Returns: the bytes that its prefixes take, about
 */
gsize
cf_tracker_memory (const CfSession *session)
{
  return session->tracker != NULL ? session->tracker->prefix_memory : 0;
}

/**
 * cf_tracker_prefixes:
 * @session: a session, by its handler
 *
 * Returns: (transfer none) (nullable) (element-type GBytes): its prefixes, in
 *   their order
 */
const GPtrArray *
cf_tracker_prefixes (const CfSession *session)
{
  return session->tracker != NULL ? session->tracker->prefixes : NULL;
}

/* -- All at once ---------------------------------------------------------- */

static void
empty_shard (CfTracking *self, Shard *shard)
{
  Rest *rest = self->rest;
  GHashTable *keys;

  cf_mutex_lock (&shard->lock);
  keys = g_steal_pointer (&shard->keys);
  g_queue_init (&shard->ages);
  if (keys != NULL)
    count_locked (self, shard, -(gsize) g_hash_table_size (keys),
                  -shard->n_items);
  cf_mutex_unlock (&shard->lock);
  if (keys == NULL)
    return;
  cf_mutex_lock (&rest->sweep_lock);
  g_ptr_array_add (rest->swept, keys);
  cf_mutex_unlock (&rest->sweep_lock);
}

/**
 * cf_tracking_flush:
 * @self: who tracks what
 *
 * Tells all who track that no key is as it was.
 */
void
cf_tracking_flush (CfTracking *self)
{
  Rest *rest = self->rest;
  CfNews news = { 0 };
  CfMutex *stripe;

  if (!cf_tracking_any (self))
    return;
  for (guint i = 0; i < N_SHARDS; i++)
    empty_shard (self, &rest->shards[i]);
  stripe = cf_stripes_enter (&rest->broadcast.stripes, 0);
  for (guint i = 0; i < rest->trackers->len; i++)
    {
      CfTracker *tracker = rest->trackers->pdata[i];

      cf_mutex_lock (&tracker->lock);
      if (tracker->session != NULL && tracker->is_on)
        cf_tracker_tell_locked (tracker, &news);
      cf_mutex_unlock (&tracker->lock);
    }
  cf_stripes_leave (stripe);
  cf_news_clear (&news);
}

/**
 * cf_tracking_sweep:
 * @self: who tracks what
 *
 * Frees what cf_tracking_flush() left, which may take long.
 */
void
cf_tracking_sweep (CfTracking *self)
{
  Rest *rest = self->rest;
  g_autoptr (GPtrArray) swept = NULL;

  cf_mutex_lock (&rest->sweep_lock);
  if (rest->swept->len > 0)
    {
      swept = rest->swept;
      rest->swept =
          g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);
    }
  cf_mutex_unlock (&rest->sweep_lock);
}

/* -- Asking --------------------------------------------------------------- */

/**
 * cf_tracking_n_clients:
 * @self: who tracks what
 *
 * Returns: how many clients track
 */
guint
cf_tracking_n_clients (CfTracking *self)
{
  return __atomic_load_n (&self->rest->n_clients, __ATOMIC_RELAXED);
}

/**
 * cf_tracking_n_keys:
 * @self: who tracks what
 *
 * Returns: how many keys there are in the table
 */
gsize
cf_tracking_n_keys (CfTracking *self)
{
  return __atomic_load_n (&self->rest->n_keys, __ATOMIC_RELAXED);
}

/**
 * cf_tracking_n_items:
 * @self: who tracks what
 *
 * Returns: how many pairs of a key and a client there are in the table
 */
gsize
cf_tracking_n_items (CfTracking *self)
{
  return __atomic_load_n (&self->rest->n_items, __ATOMIC_RELAXED);
}

/**
 * cf_tracking_n_prefixes:
 * @self: who tracks what
 *
 * Returns: how many prefixes broadcasting mode looks for
 */
gsize
cf_tracking_n_prefixes (CfTracking *self)
{
  return cf_broadcast_n_prefixes (&self->rest->broadcast);
}

/**
 * cf_tracking_new:
 * @config: (transfer none): the settings
 *
 * Returns: (transfer full): a table of no keys
 */
CfTracking *
cf_tracking_new (CfConfig *config)
{
  CfTracking *self = g_new0 (CfTracking, 1);
  Rest *rest = g_new0 (Rest, 1);

  self->rest = rest;
  rest->config = config;
  for (guint i = 0; i < N_SHARDS; i++)
    {
      cf_mutex_init (&rest->shards[i].lock, CF_LOCK_TRACKED, i);
      g_queue_init (&rest->shards[i].ages);
    }
  cf_broadcast_init (&rest->broadcast);
  rest->trackers = g_ptr_array_new ();
  cf_mutex_init (&rest->sweep_lock, CF_LOCK_TRACKED, N_SHARDS);
  rest->swept =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);
  return self;
}

/**
 * cf_tracking_free:
 * @self: (nullable) (transfer full): a table; nobody tracks
 */
void
cf_tracking_free (CfTracking *self)
{
  Rest *rest;

  if (self == NULL)
    return;
  rest = self->rest;
  for (guint i = 0; i < N_SHARDS; i++)
    {
      g_clear_pointer (&rest->shards[i].keys, g_hash_table_unref);
      cf_mutex_clear (&rest->shards[i].lock);
    }
  g_assert (rest->trackers->len == 0);
  g_ptr_array_unref (rest->trackers);
  g_ptr_array_unref (rest->swept);
  cf_mutex_clear (&rest->sweep_lock);
  cf_broadcast_clear (&rest->broadcast);
  g_free (rest);
  g_free (self);
}
