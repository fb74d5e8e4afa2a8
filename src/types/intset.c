/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/intset.h"

#define HEADER_SIZE 8

struct _CfIntset
{
  guint32 width; /* of an integer, in bytes: 2, 4, 8; little-endian */
  guint32 n;     /* little-endian */
  guint8 integers[];
};

static inline guint
width_of (const CfIntset *self)
{
  return GUINT32_FROM_LE (self->width);
}

static inline gsize
total_of (gsize n, guint width)
{
  return HEADER_SIZE + n * width;
}

static inline guint
width_for (gint64 value)
{
  return value == (gint16) value ? 2 : value == (gint32) value ? 4 : 8;
}

static inline gint64
load (const guint8 *integers, guint width, gsize i)
{
  guint64 word = 0;

  memcpy (&word, integers + i * width, width);
  word = GUINT64_FROM_LE (word);
  return width == 2   ? (gint16) word
         : width == 4 ? (gint32) word
                      : (gint64) word;
}

static inline void
store (CfIntset *self, guint width, gsize i, gint64 value)
{
  guint64 word = GUINT64_TO_LE ((guint64) value);

  memcpy (self->integers + i * width, &word, width);
}

/* Whether @value is there, and its index, or where it would be. */
static gboolean
search (const CfIntset *self, gint64 value, gsize *index)
{
  guint width = width_of (self);
  gsize first = 0, end = cf_intset_n (self);

  /* Many come in ascending order. */
  if (end > 0 && load (self->integers, width, end - 1) < value)
    first = end;
  while (first < end)
    {
      gsize middle = (first + end) / 2;
      gint64 found = load (self->integers, width, middle);

      if (found == value)
        {
          *index = middle;
          return TRUE;
        }
      if (found < value)
        first = middle + 1;
      else
        end = middle;
    }
  *index = first;
  return FALSE;
}

/* Makes all integers as wide as @value needs, and adds it: it is less than
 * all or greater than all, else it would not need that. */
static void
widen (CfIntset *self, gint64 value)
{
  guint old_width = width_of (self), width = width_for (value);
  gsize n = cf_intset_n (self), shift = value < 0 ? 1 : 0;

  for (gsize i = n; i-- > 0;)
    store (self, width, i + shift, load (self->integers, old_width, i));
  store (self, width, value < 0 ? 0 : n, value);
  self->width = GUINT32_TO_LE (width);
}

static CfIntset *
try_copy (gconstpointer bytes, gsize size)
{
  CfIntset *copy = g_try_malloc (size);

  if (copy != NULL)
    memcpy (copy, bytes, size);
  return copy;
}

/**
 * cf_intset_new:
 *
 * Returns: (transfer full): one without integers
 */
CfIntset *
cf_intset_new (void)
{
  CfIntset *self = g_malloc (HEADER_SIZE);

  self->width = GUINT32_TO_LE (2);
  self->n = 0;
  return self;
}

/**
 * cf_intset_try_copy:
 * @self: an intset
 *
 * Returns: (transfer full) (nullable): another like it, %NULL without memory
 */
CfIntset *
cf_intset_try_copy (const CfIntset *self)
{
  return try_copy (self, cf_intset_bytes (self).size);
}

/**
 * cf_intset_try_parse:
 * @bytes: what may be an intset
 *
 * Checks that there is at least one integer, and that they ascend.
 *
 * Returns: (transfer full) (nullable): an intset of the same bytes; %NULL if
 *   they are none, or without memory
 */
CfIntset *
cf_intset_try_parse (CfSlice bytes)
{
  const guint8 *integers;
  CfIntset header;
  guint width;
  gsize n;

  if (bytes.size < HEADER_SIZE)
    return NULL;
  memcpy (&header, bytes.data, HEADER_SIZE);
  integers = (const guint8 *) bytes.data + HEADER_SIZE;
  width = width_of (&header);
  n = cf_intset_n (&header);
  if ((width != 2 && width != 4 && width != 8) || n == 0 ||
      total_of (n, width) != bytes.size)
    return NULL;
  for (gsize i = 1; i < n; i++)
    if (load (integers, width, i - 1) >= load (integers, width, i))
      return NULL;
  return try_copy (bytes.data, bytes.size);
}

/**
 * cf_intset_bytes:
 * @self: an intset
 *
 * Returns: (transfer none): the block, good until the next change
 */
CfSlice
cf_intset_bytes (const CfIntset *self)
{
  return cf_slice ((const char *) self,
                   total_of (cf_intset_n (self), width_of (self)));
}

/**
 * cf_intset_n:
 * @self: an intset
 *
 * Returns: how many integers there are
 */
gsize
cf_intset_n (const CfIntset *self)
{
  return GUINT32_FROM_LE (self->n);
}

/**
 * cf_intset_get:
 * @self: an intset
 * @i: an index, less than their number
 *
 * Returns: the integer there; they ascend
 */
gint64
cf_intset_get (const CfIntset *self, gsize i)
{
  return load (self->integers, width_of (self), i);
}

/**
 * cf_intset_has:
 * @self: an intset
 * @value: an integer
 *
 * Returns: whether it is there
 */
gboolean
cf_intset_has (const CfIntset *self, gint64 value)
{
  gsize index;

  return width_for (value) <= width_of (self) && search (self, value, &index);
}

/**
 * cf_intset_add:
 * @self: an intset
 * @value: an integer
 * @added: (out): whether it was not there yet
 *
 * Returns: %FALSE without memory, or when there are too many; nothing has
 *   changed then
 */
gboolean
cf_intset_add (CfIntset **self, gint64 value, gboolean *added)
{
  guint width = width_of (*self), needed = width_for (value);
  gsize n = cf_intset_n (*self), index = 0;
  CfIntset *larger;

  *added = FALSE;
  if (needed <= width && search (*self, value, &index))
    return TRUE;
  if (n >= CF_INTSET_MAX)
    return FALSE;
  larger = g_try_realloc (*self, total_of (n + 1, MAX (width, needed)));
  if (larger == NULL)
    return FALSE;
  *self = larger;
  if (needed > width)
    widen (larger, value);
  else
    {
      memmove (larger->integers + (index + 1) * width,
               larger->integers + index * width, (n - index) * width);
      store (larger, width, index, value);
    }
  larger->n = GUINT32_TO_LE ((guint32) n + 1);
  *added = TRUE;
  return TRUE;
}

/**
 * cf_intset_remove:
 * @self: an intset
 * @value: an integer
 *
 * Returns: %FALSE if it was not there
 */
gboolean
cf_intset_remove (CfIntset **self, gint64 value)
{
  guint width = width_of (*self);
  gsize n = cf_intset_n (*self), index;
  CfIntset *smaller;

  if (width_for (value) > width || !search (*self, value, &index))
    return FALSE;
  memmove ((*self)->integers + index * width,
           (*self)->integers + (index + 1) * width, (n - index - 1) * width);
  (*self)->n = GUINT32_TO_LE ((guint32) n - 1);
  smaller = g_try_realloc (*self, total_of (n - 1, width));
  if (smaller != NULL)
    *self = smaller;
  return TRUE;
}

G_STATIC_ASSERT (offsetof (CfIntset, integers) == HEADER_SIZE);
