/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Row i of the table stands for the first i bytes of @a, column j for the
 * first j of @b.  Bit j - 1 of row i is 0 where L[i][j] = L[i][j - 1] + 1, and
 * 1 where the two are equal.  So
 *  - L[i][j] is the number of 0 bits among the first j of row i;
 *  - where the bytes differ, L[i - 1][j] > L[i][j - 1] just when that bit is
 *    0: L[i][j] is the greater of the two then.
 */
#include "config.h"

#include "types/lcs.h"

struct _CfLcs
{
  CfSlice a, b;   /* (not owned) */
  gsize length;   /* of the subsequence */
  gsize row_size; /* bytes kept of each row */
  guint8 *rows;   /* (owned) (nullable) row i at (i - 1) * row_size */
  gsize a_left;   /* where the way back has come to */
  gsize b_left;
};

/* For each byte that @a has, the bits of @b's places that hold it. */
typedef struct
{
  gsize n_words;
  guint64 *words;     /* (owned) n_words for each such byte */
  guint16 place[256]; /* which of them a byte has */
} Places;

static gboolean
places_init (Places *self, CfSlice a, CfSlice b)
{
  guint16 n = 0;

  self->n_words = b.size / 64 + 1;
  memset (self->place, 0xff, sizeof self->place);
  for (gsize i = 0; i < a.size && n < 256; i++)
    if (self->place[(guchar) a.data[i]] == G_MAXUINT16)
      self->place[(guchar) a.data[i]] = n++;
  self->words = g_try_new0 (guint64, MAX (n, 1) * self->n_words);
  if (self->words == NULL)
    return FALSE;
  for (gsize j = 0; j < b.size; j++)
    {
      guint16 place = self->place[(guchar) b.data[j]];

      if (place != G_MAXUINT16)
        self->words[place * self->n_words + j / 64] |= (guint64) 1 << j % 64;
    }
  return TRUE;
}

/* Turns a row into the next, for a byte of @a found at @places. */
static void
next_row (guint64 *row, const guint64 *places, gsize n_words)
{
  guint carry = 0;

  for (gsize i = 0; i < n_words; i++)
    {
      guint64 both = row[i] & places[i];
      guint64 sum = row[i] + both;
      guint over = sum < both;

      over |= __builtin_add_overflow (sum, carry, &sum);
      row[i] = sum | (row[i] & ~places[i]);
      carry = over;
    }
}

static void
keep_row (CfLcs *self, gsize i, const guint64 *row)
{
  guint8 *kept = self->rows + i * self->row_size;

  for (gsize j = 0; j < self->row_size; j += 8)
    {
      guint64 word = GUINT64_TO_LE (row[j / 8]);

      memcpy (kept + j, &word, MIN (8, self->row_size - j));
    }
}

static gsize
count_zeros (const guint64 *row, gsize n_bits)
{
  gsize n_zeros = n_bits;

  for (gsize i = 0; i < n_bits / 64; i++)
    n_zeros -= (gsize) __builtin_popcountll (row[i]);
  if (n_bits % 64 != 0)
    n_zeros -= (gsize) __builtin_popcountll (
        row[n_bits / 64] & (((guint64) 1 << n_bits % 64) - 1));
  return n_zeros;
}

static gboolean
fill (CfLcs *self)
{
  Places places;
  g_autofree guint64 *words = NULL;
  g_autofree guint64 *row = NULL;

  if (!places_init (&places, self->a, self->b))
    return FALSE;
  words = places.words;
  row = g_try_new (guint64, places.n_words);
  if (row == NULL)
    return FALSE;
  memset (row, 0xff, places.n_words * sizeof *row);
  for (gsize i = 0; i < self->a.size; i++)
    {
      gsize place = places.place[(guchar) self->a.data[i]];

      next_row (row, words + place * places.n_words, places.n_words);
      if (self->rows != NULL)
        keep_row (self, i, row);
    }
  self->length = count_zeros (row, self->b.size);
  return TRUE;
}

/**
 * cf_lcs_try_new:
 * @a: a string, which must stay as long as the result
 * @b: another
 * @with_ranges: whether cf_lcs_next() will be called, too
 *
 * Takes memory for a bit (with @with_ranges) for each pair of bytes of @a and
 * @b, or a byte where @b is very short, and time for a 64th of the pairs.
 *
 * Returns: (transfer full) (nullable): their longest common subsequence; %NULL
 *   if there is no memory
 */
CfLcs *
cf_lcs_try_new (CfSlice a, CfSlice b, gboolean with_ranges)
{
  g_autoptr (CfLcs) self = g_new0 (CfLcs, 1);

  self->a = a;
  self->b = b;
  self->a_left = a.size;
  self->b_left = b.size;
  self->row_size = (b.size + 7) / 8;
  if (a.size == 0 || b.size == 0)
    return g_steal_pointer (&self);
  if (with_ranges)
    {
      if (a.size > G_MAXSIZE / self->row_size)
        return NULL;
      self->rows = g_try_malloc (a.size * self->row_size);
      if (self->rows == NULL)
        return NULL;
    }
  return fill (self) ? g_steal_pointer (&self) : NULL;
}

/**
 * cf_lcs_free:
 * @self: (transfer full) (nullable): what cf_lcs_try_new() returned
 */
void
cf_lcs_free (CfLcs *self)
{
  if (self == NULL)
    return;
  g_free (self->rows);
  g_free (self);
}

/**
 * cf_lcs_length:
 * @self: a longest common subsequence
 *
 * Returns: how many bytes it has
 */
gsize
cf_lcs_length (const CfLcs *self)
{
  return self->length;
}

static gboolean
ends_equal (const CfLcs *self)
{
  return self->a.data[self->a_left - 1] == self->b.data[self->b_left - 1];
}

/* Whether the way back drops a byte of @a rather than of @b. */
static gboolean
drops_a (const CfLcs *self)
{
  gsize j = self->b_left - 1;
  const guint8 *row = self->rows + (self->a_left - 1) * self->row_size;

  return (row[j / 8] >> j % 8 & 1) == 0;
}

/**
 * cf_lcs_next:
 * @self: a longest common subsequence, made with ranges
 * @range: (out): the next range on the way back, so from the strings' ends
 *
 * Returns: %FALSE if there are no more
 */
gboolean
cf_lcs_next (CfLcs *self, CfLcsRange *range)
{
  gsize size = 0;

  while (self->a_left > 0 && self->b_left > 0)
    {
      if (ends_equal (self))
        {
          self->a_left--;
          self->b_left--;
          size++;
        }
      else if (size > 0)
        break;
      else if (drops_a (self))
        self->a_left--;
      else
        self->b_left--;
    }
  *range = (CfLcsRange){ self->a_left, self->b_left, size };
  return size > 0;
}
