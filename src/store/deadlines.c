/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/deadlines.h"

#include "base/random.h"

/* Arrays grow by this many pointers, so that little is unused. */
#define STEP 8
/* A chunk with fewer entries is joined to its neighbour, if that is small. */
#define FEW (CF_DEADLINES_CHUNK / 8)

typedef struct
{
  gint64 deadline_ms; /* the bound: no entry is before it and @address */
  guintptr address;
  CfEntry **entries; /* (owned) not sorted */
  guint16 n_entries;
  guint16 capacity;
} Chunk;

struct _CfDeadlines
{
  Chunk *chunks;  /* (owned) */
  guint first;    /* those before are unused */
  guint n_chunks; /* those after @first in use */
  guint capacity;
  gsize n_entries;
  gint64 first_ms; /* the least deadline */
  double sum_ms;   /* of all deadlines */
};

/* Whether (@deadline_ms, @address) is before the bound of @chunk. */
static gboolean
is_before (gint64 deadline_ms, guintptr address, const Chunk *chunk)
{
  if (deadline_ms != chunk->deadline_ms)
    return deadline_ms < chunk->deadline_ms;
  return address < chunk->address;
}

/* The last chunk whose bound is not above @entry. */
static guint
find_chunk (const CfDeadlines *self, const CfEntry *entry)
{
  gint64 deadline_ms = cf_entry_deadline (entry);
  guint low = self->first, high = self->first + self->n_chunks;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (is_before (deadline_ms, (guintptr) entry, &self->chunks[middle]))
        high = middle;
      else
        low = middle;
    }
  return low;
}

static void
resize_chunk (Chunk *chunk, guint capacity)
{
  chunk->capacity = (guint16) ((capacity + STEP - 1) / STEP * STEP);
  chunk->entries = g_renew (CfEntry *, chunk->entries, chunk->capacity);
}

static void
append (Chunk *chunk, CfEntry *entry)
{
  if (chunk->n_entries == chunk->capacity)
    resize_chunk (chunk, chunk->n_entries + 1u);
  chunk->entries[chunk->n_entries++] = entry;
}

/* Makes room for a chunk at place @at, which is returned. */
static guint
open_place (CfDeadlines *self, guint at)
{
  if (self->first + self->n_chunks == self->capacity)
    {
      /* Forget the unused ones in front, then grow by an eighth. */
      if (self->n_chunks > 0)
        memmove (self->chunks, self->chunks + self->first,
                 self->n_chunks * sizeof (Chunk));
      at -= self->first;
      self->first = 0;
      self->capacity = self->n_chunks + MAX (1, self->n_chunks / 8);
      self->chunks = g_renew (Chunk, self->chunks, self->capacity);
    }
  memmove (self->chunks + at + 1, self->chunks + at,
           (self->first + self->n_chunks - at) * sizeof (Chunk));
  self->n_chunks++;
  return at;
}

static void
close_place (CfDeadlines *self, guint at)
{
  g_free (self->chunks[at].entries);
  if (at == self->first)
    self->first++;
  else
    memmove (self->chunks + at, self->chunks + at + 1,
             (self->first + self->n_chunks - at - 1) * sizeof (Chunk));
  if (--self->n_chunks == 0)
    return;
  self->chunks[self->first].deadline_ms = G_MININT64;
  self->chunks[self->first].address = 0;
}

typedef struct
{
  gint64 deadline_ms;
  CfEntry *entry;
} Place;

static int
compare_places (const void *a, const void *b)
{
  const Place *one = a, *other = b;

  if (one->deadline_ms != other->deadline_ms)
    return one->deadline_ms < other->deadline_ms ? -1 : 1;
  return (one->entry > other->entry) - (one->entry < other->entry);
}

/* Moves the later half of a full chunk to one of its own. */
static void
split (CfDeadlines *self, guint at)
{
  Place places[CF_DEADLINES_CHUNK];
  guint half = CF_DEADLINES_CHUNK / 2;
  Chunk *lower, upper = { 0 };

  lower = &self->chunks[at];
  for (guint i = 0; i < CF_DEADLINES_CHUNK; i++)
    places[i] =
        (Place){ cf_entry_deadline (lower->entries[i]), lower->entries[i] };
  qsort (places, CF_DEADLINES_CHUNK, sizeof (Place), compare_places);
  upper.deadline_ms = places[half].deadline_ms;
  upper.address = (guintptr) places[half].entry;
  resize_chunk (&upper, half + 1);
  for (guint i = 0; i < half; i++)
    {
      lower->entries[i] = places[i].entry;
      upper.entries[i] = places[half + i].entry;
    }
  lower->n_entries = upper.n_entries = (guint16) half;
  resize_chunk (lower, half);
  at = open_place (self, at + 1);
  self->chunks[at] = upper;
}

/* Joins the chunk after @at to it, if there is one and both are small. */
static void
join (CfDeadlines *self, guint at)
{
  Chunk *chunk = &self->chunks[at];

  if (at + 1 >= self->first + self->n_chunks ||
      chunk->n_entries + chunk[1].n_entries > CF_DEADLINES_CHUNK / 2)
    return;
  for (guint i = 0; i < chunk[1].n_entries; i++)
    append (chunk, chunk[1].entries[i]);
  close_place (self, at + 1);
}

/* Finds the least deadline again; @known is a bound below which none is. */
static void
find_first (CfDeadlines *self, gint64 known)
{
  const Chunk *chunk;

  self->first_ms = G_MAXINT64;
  if (self->n_entries == 0)
    return;
  chunk = &self->chunks[self->first];
  for (guint i = 0; i < chunk->n_entries && self->first_ms > known; i++)
    self->first_ms =
        MIN (self->first_ms, cf_entry_deadline (chunk->entries[i]));
}

/**
 * cf_deadlines_new:
 *
 * Makes an empty index.
 *
 * Returns: (transfer full): the index
 */
CfDeadlines *
cf_deadlines_new (void)
{
  CfDeadlines *self = g_new0 (CfDeadlines, 1);

  self->first_ms = G_MAXINT64;
  return self;
}

/**
 * cf_deadlines_free:
 * @self: (nullable) (transfer full): an index
 *
 * Frees the index; the entries are not its own.
 */
void
cf_deadlines_free (CfDeadlines *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_chunks; i++)
    g_free (self->chunks[self->first + i].entries);
  g_free (self->chunks);
  g_free (self);
}

/**
 * cf_deadlines_insert:
 * @self: deadlines
 * @entry: a volatile entry that is not in @self; not owned
 */
void
cf_deadlines_insert (CfDeadlines *self, CfEntry *entry)
{
  gint64 deadline_ms = cf_entry_deadline (entry);
  guint at;

  if (self->n_chunks == 0)
    {
      at = open_place (self, self->first);
      self->chunks[at] = (Chunk){ .deadline_ms = G_MININT64 };
    }
  at = find_chunk (self, entry);
  if (self->chunks[at].n_entries == CF_DEADLINES_CHUNK)
    {
      split (self, at);
      at = find_chunk (self, entry);
    }
  append (&self->chunks[at], entry);
  self->n_entries++;
  self->sum_ms += (double) deadline_ms;
  self->first_ms = MIN (self->first_ms, deadline_ms);
}

/**
 * cf_deadlines_remove:
 * @self: deadlines
 * @entry: an entry that is in @self, with the deadline it had when inserted
 */
void
cf_deadlines_remove (CfDeadlines *self, const CfEntry *entry)
{
  gint64 deadline_ms = cf_entry_deadline (entry);
  guint at = find_chunk (self, entry);
  Chunk *chunk = &self->chunks[at];
  guint i = 0;

  while (chunk->entries[i] != entry)
    g_assert (++i < chunk->n_entries);
  chunk->entries[i] = chunk->entries[--chunk->n_entries];
  self->n_entries--;
  self->sum_ms = self->n_entries > 0 ? self->sum_ms - (double) deadline_ms : 0;
  if (chunk->n_entries == 0)
    close_place (self, at);
  else
    {
      if (chunk->capacity - chunk->n_entries > 2 * STEP)
        resize_chunk (chunk, chunk->n_entries);
      if (chunk->n_entries < FEW)
        join (self, at);
    }
  if (deadline_ms == self->first_ms)
    find_first (self, deadline_ms);
}

/**
 * cf_deadlines_size:
 * @self: an index
 *
 * Returns: how many entries there are
 */
gsize
cf_deadlines_size (const CfDeadlines *self)
{
  return self->n_entries;
}

/**
 * cf_deadlines_first:
 * @self: deadlines
 *
 * Returns: the least deadline; %G_MAXINT64 if there is none
 */
gint64
cf_deadlines_first (const CfDeadlines *self)
{
  return self->first_ms;
}

/**
 * cf_deadlines_average:
 * @self: deadlines, at least one
 *
 * Returns: their mean
 */
gint64
cf_deadlines_average (const CfDeadlines *self)
{
  return (gint64) (self->sum_ms / (double) self->n_entries);
}

/**
 * cf_deadlines_due:
 * @self: deadlines
 * @now_ms: the present
 * @due: (out): entries whose deadline is before @now_ms
 *
 * Looks no further than the first chunk.
 *
 * Returns: how many are in @due; 0 only if nothing is due
 */
guint
cf_deadlines_due (const CfDeadlines *self,
                  gint64 now_ms,
                  CfEntry *due[CF_DEADLINES_CHUNK])
{
  const Chunk *chunk;
  guint n_due = 0;

  if (self->first_ms >= now_ms)
    return 0;
  chunk = &self->chunks[self->first];
  for (guint i = 0; i < chunk->n_entries; i++)
    if (cf_entry_deadline (chunk->entries[i]) < now_ms)
      due[n_due++] = chunk->entries[i];
  return n_due;
}

/**
 * cf_deadlines_random:
 * @self: deadlines, at least one
 *
 * Returns: (transfer none): some entry, each with a chance that is the same
 *   to within the filling of the chunks
 */
CfEntry *
cf_deadlines_random (const CfDeadlines *self)
{
  const Chunk *chunk =
      &self->chunks[self->first + cf_random_below (self->n_chunks)];

  return chunk->entries[cf_random_below (chunk->n_entries)];
}
