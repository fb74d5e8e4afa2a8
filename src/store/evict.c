/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/evict.h"

#include <math.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/reaper.h"
#include "store/slot.h"

#define POOL_SIZE 16
#define N_POOLS 8
/* So many samplings without a key that can go mean that none can. */
#define TRIES_MAX 16

typedef struct
{
  guint64 score; /* the higher, the sooner it goes */
  guint db;
  CfSlice key; /* (owned) */
} Candidate;

typedef struct
{
  gint is_taken;        /* (atomic) by a thread; the rest is that thread's */
  gint64 policy;        /* that the scores are for */
  gint64 now_ms;        /* of the sampling that goes on */
  CfKeyspace *keyspace; /* (not owned) */
  Candidate candidates[POOL_SIZE]; /* in ascending order */
  guint n_candidates;
} Pool;

struct _CfEvict
{
  CfKeyspace *keyspace; /* (not owned) */
  CfConfig *config;     /* (not owned) */
  Pool pools[N_POOLS];
};

/**
 * cf_evict_new:
 * @keyspace: (transfer none): where keys are to go from
 * @config: (transfer none): the settings
 *
 * Returns: (transfer full): an evictor
 */
CfEvict *
cf_evict_new (CfKeyspace *keyspace, CfConfig *config)
{
  CfEvict *self = g_new0 (CfEvict, 1);

  self->keyspace = keyspace;
  self->config = config;
  for (guint i = 0; i < N_POOLS; i++)
    self->pools[i].keyspace = keyspace;
  return self;
}

static void
empty_pool (Pool *pool)
{
  for (guint i = 0; i < pool->n_candidates; i++)
    g_free ((char *) pool->candidates[i].key.data);
  pool->n_candidates = 0;
}

/**
 * cf_evict_free:
 * @self: (nullable) (transfer full): an evictor
 *
 * Frees the evictor.
 */
void
cf_evict_free (CfEvict *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < N_POOLS; i++)
    empty_pool (&self->pools[i]);
  g_free (self);
}

static gboolean
is_only_volatile (gint64 policy)
{
  return policy == CF_POLICY_VOLATILE_LRU || policy == CF_POLICY_VOLATILE_LFU ||
         policy == CF_POLICY_VOLATILE_RANDOM ||
         policy == CF_POLICY_VOLATILE_TTL;
}

static gboolean
is_random (gint64 policy)
{
  return policy == CF_POLICY_ALLKEYS_RANDOM ||
         policy == CF_POLICY_VOLATILE_RANDOM;
}

static guint64
score (const Pool *pool, const CfEntry *entry)
{
  switch (pool->policy)
    {
    case CF_POLICY_ALLKEYS_LRU:
    case CF_POLICY_VOLATILE_LRU:
      return cf_keyspace_idle_ms (pool->keyspace, entry, pool->now_ms);
    case CF_POLICY_ALLKEYS_LFU:
    case CF_POLICY_VOLATILE_LFU:
      return 255 - cf_keyspace_frequency (pool->keyspace, entry, pool->now_ms);
    case CF_POLICY_VOLATILE_TTL:
      return (guint64) (G_MAXINT64 - cf_entry_deadline (entry));
    default:
      return 0;
    }
}

static gboolean
is_in_pool (const Pool *pool, guint db, CfSlice key)
{
  for (guint i = 0; i < pool->n_candidates; i++)
    if (pool->candidates[i].db == db &&
        cf_slice_equal (pool->candidates[i].key, key))
      return TRUE;
  return FALSE;
}

/* A sampled entry gets into the pool if there is room or it is better than
 * the worst one there. */
static void
consider (const CfEntry *entry, guint db, gpointer data)
{
  Pool *pool = data;
  Candidate added = { score (pool, entry), db, cf_entry_key (entry) };
  guint at = 0;

  if (is_in_pool (pool, db, added.key) ||
      (pool->n_candidates == POOL_SIZE &&
       added.score <= pool->candidates[0].score))
    return;
  added.key.data = cf_slice_try_dup (added.key);
  if (added.key.data == NULL)
    return;
  if (pool->n_candidates == POOL_SIZE)
    {
      g_free ((char *) pool->candidates[0].key.data);
      memmove (&pool->candidates[0], &pool->candidates[1],
               --pool->n_candidates * sizeof (Candidate));
    }
  while (at < pool->n_candidates && pool->candidates[at].score < added.score)
    at++;
  memmove (&pool->candidates[at + 1], &pool->candidates[at],
           (pool->n_candidates - at) * sizeof (Candidate));
  pool->candidates[at] = added;
  pool->n_candidates++;
}

/* Removes the best candidate that is still there; returns its bytes. */
static gsize
evict_best (Pool *pool)
{
  gsize bytes = 0;

  while (bytes == 0 && pool->n_candidates > 0)
    {
      Candidate best = pool->candidates[--pool->n_candidates];

      bytes = cf_keyspace_evict (pool->keyspace, best.db, best.key);
      g_free ((char *) best.key.data);
    }
  return bytes;
}

static gsize
evict_one (Pool *pool, guint n_samples)
{
  gsize bytes = 0;

  for (guint i = 0; i < TRIES_MAX && bytes == 0; i++)
    {
      guint n = cf_keyspace_sample (
          pool->keyspace, is_only_volatile (pool->policy),
          is_random (pool->policy) ? 1 : n_samples, consider, pool);

      bytes = evict_best (pool);
      if (n == 0)
        break;
    }
  return bytes;
}

/* How long one call may take: as Redis reads maxmemory-eviction-tenacity. */
static gint64
time_limit_us (gint64 tenacity)
{
  if (tenacity <= 10)
    return 50 * tenacity;
  if (tenacity < 100)
    return (gint64) (500 * pow (1.15, (double) tenacity - 10));
  return G_MAXINT64 / 2;
}

/* What is in use, less what is about to be freed. */
static gsize
used (const CfEvict *self)
{
  gsize bytes = cf_memory_used ();
  gsize pending = self->keyspace->reaper != NULL
                      ? cf_reaper_bytes_pending (self->keyspace->reaper)
                      : 0;

  return bytes - MIN (bytes, pending);
}

static gboolean
evict_down (CfEvict *self, Pool *pool, gsize limit)
{
  gint64 end_us = cf_clock_mono_us () +
                  time_limit_us (cf_config_get_int (
                      self->config, CF_SETTING_MAXMEMORY_EVICTION_TENACITY));
  guint n_samples =
      (guint) cf_config_get_int (self->config, CF_SETTING_MAXMEMORY_SAMPLES);

  for (;;)
    {
      gsize now = used (self), freed = 0;

      if (now <= limit)
        return TRUE;
      while (freed < now - limit)
        {
          gsize bytes = evict_one (pool, n_samples);

          if (bytes == 0)
            return FALSE;
          freed += bytes;
          /* The next command goes on with it. */
          if (cf_clock_mono_us () >= end_us)
            return TRUE;
        }
    }
}

static Pool *
take_pool (CfEvict *self)
{
  for (guint i = 0; i < N_POOLS; i++)
    if (g_atomic_int_compare_and_exchange (&self->pools[i].is_taken, 0, 1))
      return &self->pools[i];
  return NULL;
}

/**
 * cf_evict_make_room:
 * @self: an evictor
 * @limit: the bytes that may be in use
 * @now_ms: the time
 *
 * Evicts keys until no more than @limit bytes are in use, or for some time.
 *
 * Returns: %FALSE if nothing can be evicted and too much is in use
 */
gboolean
cf_evict_make_room (CfEvict *self, gsize limit, gint64 now_ms)
{
  gint64 policy = cf_config_get_int (self->config, CF_SETTING_MAXMEMORY_POLICY);
  gboolean ok;
  Pool *pool;

  if (used (self) <= limit)
    return TRUE;
  /* A flushed database is on its way out: that will do. */
  if (self->keyspace->reaper != NULL &&
      cf_reaper_has_trash (self->keyspace->reaper))
    return TRUE;
  if (policy == CF_POLICY_NOEVICTION)
    return FALSE;
  pool = take_pool (self);
  if (pool == NULL) /* so many threads make room already */
    return TRUE;
  if (pool->policy != policy)
    empty_pool (pool);
  pool->policy = policy;
  pool->now_ms = now_ms;
  ok = evict_down (self, pool, limit);
  g_atomic_int_set (&pool->is_taken, 0);
  return ok;
}
