/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/broadcast.h"

/* Prefixes of a client that come or go while all others wait. */
#define PREFIXES_AT_ONCE 64

/* -- Telling -------------------------------------------------------------- */

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return cf_slice_compare (*(const CfSlice *) a, *(const CfSlice *) b);
}

/* Keys that begin with a prefix; sorted, they stand together. */
typedef struct
{
  GPtrArray *trackers; /* (not owned) of the prefix */
  gsize first, n;
} Run;

typedef struct
{
  GArray *runs; /* (owned) (nullable) of Run, until there is one */
  GArray *open; /* (owned) (nullable) of guint: the runs of the last key, that
                   of the shortest prefix first */
  gsize at;     /* the key */
  guint n;      /* prefixes it was found to have */
} Matches;

static void
begin_run (Matches *self, GPtrArray *trackers)
{
  Run run = { trackers, self->at, 1 };

  if (self->runs == NULL)
    {
      self->runs = g_array_new (FALSE, FALSE, sizeof (Run));
      self->open = g_array_new (FALSE, FALSE, sizeof (guint));
    }
  g_array_set_size (self->open, self->n);
  g_array_append_val (self->open, self->runs->len);
  g_array_append_val (self->runs, run);
}

/* The key has one more prefix, which may be one of the key before. */
static void
on_match (gpointer value, gpointer data)
{
  Matches *self = data;
  Run *run = NULL;

  if (self->open != NULL && self->n < self->open->len)
    run = &g_array_index (self->runs, Run,
                          g_array_index (self->open, guint, self->n));
  if (run != NULL && run->trackers == value)
    run->n++;
  else
    begin_run (self, value);
  self->n++;
}

static void
tell_run (const Run *run, CfSession *by, const CfSlice *keys)
{
  CfNews news = { .keys = keys + run->first, .n_keys = run->n };

  for (guint i = 0; i < run->trackers->len; i++)
    cf_tracker_tell (run->trackers->pdata[i], by, 0, &news);
  cf_news_clear (&news);
}

/* @keys are sorted. */
static void
tell_prefixes (const CfPrefixes *prefixes,
               CfSession *by,
               const CfSlice *keys,
               gsize n_keys)
{
  Matches matches = { 0 };

  for (; matches.at < n_keys; matches.at++)
    {
      matches.n = 0;
      cf_prefixes_each (prefixes, keys[matches.at], on_match, &matches);
      if (matches.open != NULL)
        g_array_set_size (matches.open, matches.n);
    }
  if (matches.runs == NULL)
    return;
  for (guint i = 0; i < matches.runs->len; i++)
    tell_run (&g_array_index (matches.runs, Run, i), by, keys);
  g_array_unref (matches.runs);
  g_array_unref (matches.open);
}

/**
 * cf_broadcast_tell:
 * @self: who is told by prefixes
 * @by: (nullable): whose command changed the keys
 * @keys: (array length=n_keys): keys that changed; they are sorted
 * @n_keys: how many
 *
 * Tells those who have prefixes of them, once for each prefix.
 */
void
cf_broadcast_tell (CfBroadcast *self,
                   CfSession *by,
                   CfSlice *keys,
                   gsize n_keys)
{
  gsize n = 0;
  CfMutex *stripe;

  qsort (keys, n_keys, sizeof keys[0], compare_keys);
  for (gsize i = 0; i < n_keys; i++)
    if (n == 0 || !cf_slice_equal (keys[n - 1], keys[i]))
      keys[n++] = keys[i];
  stripe = cf_stripes_enter (&self->stripes, n > 0 ? cf_key_slot (keys[0]) : 0);
  tell_prefixes (self->prefixes, by, keys, n);
  cf_stripes_leave (stripe);
}

/* -- Prefixes ------------------------------------------------------------- */

/* Of GBytes in an array. */
static int
compare_prefixes (gconstpointer a, gconstpointer b)
{
  return g_bytes_compare (*(GBytes *const *) a, *(GBytes *const *) b);
}

static CfSlice
prefix_bytes (const GPtrArray *prefixes, guint i)
{
  gsize size;
  const char *data = g_bytes_get_data (prefixes->pdata[i], &size);

  return cf_slice (data, size);
}

/* What a prefix takes beside its bytes, for the client and in the tree. */
#define PREFIX_BYTES 128

static void
add_prefix_closed (CfBroadcast *self, CfTracker *tracker, CfSlice bytes)
{
  GPtrArray *trackers = cf_prefixes_find (self->prefixes, bytes);

  if (trackers == NULL)
    {
      trackers = g_ptr_array_new ();
      cf_prefixes_add (self->prefixes, bytes, trackers);
    }
  g_ptr_array_add (trackers, tracker);
  tracker->prefix_memory += PREFIX_BYTES + 2 * bytes.size;
}

static void
drop_prefix_closed (CfBroadcast *self, CfTracker *tracker, CfSlice bytes)
{
  GPtrArray *trackers = cf_prefixes_find (self->prefixes, bytes);

  g_ptr_array_remove_fast (trackers, tracker);
  if (trackers->len > 0)
    return;
  (void) cf_prefixes_steal (self->prefixes, bytes);
  g_ptr_array_unref (trackers);
}

/* Does so for the prefixes of @tracker from @first on. */
static void
each_prefix (CfBroadcast *self,
             CfTracker *tracker,
             guint first,
             void (*func) (CfBroadcast *self,
                           CfTracker *tracker,
                           CfSlice bytes))
{
  guint n = tracker->prefixes->len;

  while (first < n)
    {
      guint behind = first + MIN (n - first, PREFIXES_AT_ONCE);

      cf_stripes_close (&self->stripes);
      for (; first < behind; first++)
        func (self, tracker, prefix_bytes (tracker->prefixes, first));
      cf_stripes_open (&self->stripes);
    }
}

/**
 * cf_broadcast_join:
 * @self: who is told by prefixes
 * @tracker: a tracker, by its handler
 * @prefixes: (array length=n): to add to those it has; none is there already,
 *   or twice
 * @n: how many; 0: the empty one, unless it is there
 *
 * From now on it is told of keys that begin with them.
 */
void
cf_broadcast_join (CfBroadcast *self,
                   CfTracker *tracker,
                   const CfSlice *prefixes,
                   gsize n)
{
  GPtrArray *has = tracker->prefixes;
  guint n_had = has != NULL ? has->len : 0;

  if (has == NULL)
    has = tracker->prefixes =
        g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (has, g_bytes_new (prefixes[i].data, prefixes[i].size));
  if (n == 0 && (n_had == 0 || prefix_bytes (has, 0).size > 0))
    g_ptr_array_add (has, g_bytes_new (NULL, 0));
  each_prefix (self, tracker, n_had, add_prefix_closed);
  g_ptr_array_sort (has, compare_prefixes);
}

/**
 * cf_broadcast_leave:
 * @self: who is told by prefixes
 * @tracker: a tracker, by its handler
 *
 * It has no prefixes any more.
 */
void
cf_broadcast_leave (CfBroadcast *self, CfTracker *tracker)
{
  if (tracker->prefixes == NULL)
    return;
  each_prefix (self, tracker, 0, drop_prefix_closed);
  g_clear_pointer (&tracker->prefixes, g_ptr_array_unref);
  tracker->prefix_memory = 0;
}

/**
 * cf_broadcast_n_prefixes:
 * @self: who is told by prefixes
 *
 * Returns: how many prefixes there are
 */
gsize
cf_broadcast_n_prefixes (CfBroadcast *self)
{
  CfMutex *stripe = cf_stripes_enter (&self->stripes, 0);
  gsize n = cf_prefixes_n (self->prefixes);

  cf_stripes_leave (stripe);
  return n;
}

/**
 * cf_broadcast_init:
 * @self: (out): who is told by prefixes: nobody
 */
void
cf_broadcast_init (CfBroadcast *self)
{
  cf_stripes_init (&self->stripes, CF_LOCK_TRACKERS);
  self->prefixes = cf_prefixes_new ();
}

/**
 * cf_broadcast_clear:
 * @self: what nobody is in any more
 */
void
cf_broadcast_clear (CfBroadcast *self)
{
  cf_prefixes_free (self->prefixes);
  cf_stripes_clear (&self->stripes);
}
