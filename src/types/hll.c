/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "types/hll.h"

#define INDEX_BITS 14
#define COUNT_BITS (64 - INDEX_BITS) /* of a hash, for the count */
#define REGISTER_BITS 6
#define REGISTER_MAX ((1 << REGISTER_BITS) - 1)
#define HASH_SEED 0xadc83b19u

#define ENCODING_AT 4
#define CARDINALITY_AT 8
#define ENCODING_DENSE 0
#define ENCODING_SPARSE 1
#define OUT_OF_DATE 0x80 /* in the last byte of the cardinality */

#define ZERO_MAX 64     /* registers in a run of one byte */
#define XZERO_MAX 16384 /* in one of two bytes */
#define VALUE_MAX 32    /* that a run can tell */
#define VALUE_RUN_MAX 4

/* -- Elements ------------------------------------------------------------- */

/* MurmurHash2, the 64-bit version for 64-bit processors, by Austin Appleby
 * (public domain), reading little-endian everywhere. */
static guint64
murmur_hash (CfSlice bytes, guint64 seed)
{
  const guint64 multiplier = G_GUINT64_CONSTANT (0xc6a4a7935bd1e995);
  guint64 hash = seed ^ (bytes.size * multiplier), word = 0;
  const char *at = bytes.data;
  gsize left = bytes.size;

  for (; left >= 8; at += 8, left -= 8)
    {
      memcpy (&word, at, 8);
      word = GUINT64_FROM_LE (word) * multiplier;
      word = (word ^ word >> 47) * multiplier;
      hash = (hash ^ word) * multiplier;
    }
  if (left > 0)
    {
      word = 0;
      memcpy (&word, at, left);
      hash = (hash ^ GUINT64_FROM_LE (word)) * multiplier;
    }
  hash = (hash ^ hash >> 47) * multiplier;
  return hash ^ hash >> 47;
}

/**
 * cf_hll_mark:
 * @element: any bytes
 *
 * Returns: the register that the low bits of its hash pick, and how many of
 *   the others are zero before the first that is not, plus one
 */
CfHllMark
cf_hll_mark (CfSlice element)
{
  guint64 hash = murmur_hash (element, HASH_SEED);
  guint64 rest = hash >> INDEX_BITS | G_GUINT64_CONSTANT (1) << COUNT_BITS;

  return (CfHllMark){
    .index = (guint16) (hash % CF_HLL_REGISTERS),
    .count = (guint8) (__builtin_ctzll (rest) + 1),
  };
}

/* -- The header ------------------------------------------------------------ */

/**
 * cf_hll_looks_right:
 * @bytes: any bytes
 *
 * Returns: whether they may be a HyperLogLog
 */
gboolean
cf_hll_looks_right (CfSlice bytes)
{
  if (bytes.size < CF_HLL_HEADER_SIZE || memcmp (bytes.data, "HYLL", 4) != 0)
    return FALSE;
  if (bytes.data[ENCODING_AT] == ENCODING_DENSE)
    return bytes.size == CF_HLL_DENSE_SIZE;
  return bytes.data[ENCODING_AT] == ENCODING_SPARSE;
}

/**
 * cf_hll_is_dense:
 * @bytes: a HyperLogLog
 *
 * Returns: whether it is dense, otherwise it is sparse
 */
gboolean
cf_hll_is_dense (CfSlice bytes)
{
  return bytes.data[ENCODING_AT] == ENCODING_DENSE;
}

/**
 * cf_hll_has_cardinality:
 * @bytes: a HyperLogLog
 * @cardinality: (out): what was worked out before
 *
 * Returns: whether it is still true
 */
gboolean
cf_hll_has_cardinality (CfSlice bytes, guint64 *cardinality)
{
  if ((guint8) bytes.data[CARDINALITY_AT + 7] & OUT_OF_DATE)
    return FALSE;
  memcpy (cardinality, bytes.data + CARDINALITY_AT, sizeof *cardinality);
  *cardinality = GUINT64_FROM_LE (*cardinality);
  return TRUE;
}

/**
 * cf_hll_set_cardinality:
 * @data: a HyperLogLog
 * @cardinality: its cardinality, to be kept with it
 */
void
cf_hll_set_cardinality (char *data, guint64 cardinality)
{
  cardinality = GUINT64_TO_LE (cardinality);
  memcpy (data + CARDINALITY_AT, &cardinality, sizeof cardinality);
}

/**
 * cf_hll_forget_cardinality:
 * @data: a HyperLogLog
 *
 * Says that the cardinality it has is out of date.
 */
void
cf_hll_forget_cardinality (char *data)
{
  data[CARDINALITY_AT + 7] =
      (char) ((guint8) data[CARDINALITY_AT + 7] | OUT_OF_DATE);
}

/* -- Dense ----------------------------------------------------------------- */

/* Where the bits of a register begin.  Its last bits may be in the next byte;
 * those of the last register are not. */
static gsize
register_at (guint index, guint *shift)
{
  *shift = index * REGISTER_BITS % 8;
  return CF_HLL_HEADER_SIZE + index * REGISTER_BITS / 8;
}

/**
 * cf_hll_dense_get:
 * @data: a dense HyperLogLog
 * @index: the number of a register
 *
 * Returns: its value
 */
guint
cf_hll_dense_get (const char *data, guint index)
{
  guint shift;
  gsize at = register_at (index, &shift);
  guint bits = (guint8) data[at];

  if (shift + REGISTER_BITS > 8)
    bits |= (guint) (guint8) data[at + 1] << 8;
  return bits >> shift & REGISTER_MAX;
}

/**
 * cf_hll_dense_set:
 * @data: a dense HyperLogLog
 * @mark: what an element says
 *
 * Raises the register of @mark to its count.
 *
 * Returns: %FALSE if it is as high
 */
gboolean
cf_hll_dense_set (char *data, CfHllMark mark)
{
  guint shift, bits;
  gsize at = register_at (mark.index, &shift);

  if (cf_hll_dense_get (data, mark.index) >= mark.count)
    return FALSE;
  bits = (guint8) data[at];
  if (shift + REGISTER_BITS > 8)
    bits |= (guint) (guint8) data[at + 1] << 8;
  bits &= ~((guint) REGISTER_MAX << shift);
  bits |= (guint) mark.count << shift;
  data[at] = (char) bits;
  if (shift + REGISTER_BITS > 8)
    data[at + 1] = (char) (bits >> 8);
  return TRUE;
}

/* -- Sparse: runs ---------------------------------------------------------- */

typedef struct
{
  gsize at;    /* offset */
  guint bytes; /* it takes */
  guint value; /* of its registers */
  guint n;     /* registers */
} Run;

/* FALSE: there is none at @at, or half of one. */
static gboolean
read_run (const char *data, gsize size, gsize at, Run *run)
{
  guint8 first;

  if (at >= size)
    return FALSE;
  first = (guint8) data[at];
  *run = (Run){ .at = at, .bytes = 1 };
  if (first & 0x80)
    {
      run->value = (first >> 2 & 31u) + 1;
      run->n = (first & 3u) + 1;
    }
  else if (first & 0x40)
    {
      if (at + 1 >= size)
        return FALSE;
      run->n = ((first & 63u) << 8 | (guint8) data[at + 1]) + 1;
      run->bytes = 2;
    }
  else
    run->n = (first & 63u) + 1;
  return TRUE;
}

static guint
write_value (char *at, guint value, guint n)
{
  *at = (char) (0x80 | (value - 1) << 2 | (n - 1));
  return 1;
}

/* The shortest run of @n registers of @value. */
static guint
write_run (char *at, guint value, guint n)
{
  if (n == 0)
    return 0;
  if (value > 0)
    return write_value (at, value, n);
  if (n <= ZERO_MAX)
    {
      at[0] = (char) (n - 1);
      return 1;
    }
  at[0] = (char) (0x40 | (n - 1) >> 8);
  at[1] = (char) (n - 1);
  return 2;
}

/**
 * cf_hll_try_new:
 *
 * Returns: (transfer full) (nullable): one that saw nothing
 */
CfBlob *
cf_hll_try_new (void)
{
  CfBlob *self = cf_blob_try_new_zeroed (64);

  if (self == NULL)
    return NULL;
  memcpy (self->data, "HYLL", 4);
  self->data[ENCODING_AT] = ENCODING_SPARSE;
  self->size = CF_HLL_HEADER_SIZE;
  self->size += write_run (self->data + self->size, 0, XZERO_MAX);
  return self;
}

/**
 * cf_hll_try_copy:
 * @bytes: a HyperLogLog
 *
 * Returns: (transfer full) (nullable): one that may be changed
 */
CfBlob *
cf_hll_try_copy (CfSlice bytes)
{
  CfBlob *self = cf_blob_try_new (bytes.size + 16);

  if (self == NULL)
    return NULL;
  memcpy (self->data, bytes.data, bytes.size);
  self->size = bytes.size;
  return self;
}

/* Where the register @index is.  @before: the run before that run, or it. */
static gboolean
find_run (
    const CfBlob *self, guint index, Run *run, gsize *before, guint *first)
{
  gsize at = CF_HLL_HEADER_SIZE;

  *first = 0;
  *before = at;
  while (read_run (self->data, self->size, at, run))
    {
      if (index < *first + run->n)
        return TRUE;
      *before = at;
      at += run->bytes;
      *first += run->n;
    }
  return FALSE;
}

/* Joins runs of one value that have become neighbours.  No more than five
 * steps from the run before the change are taken, as in Redis: so the bytes
 * are the same. */
static void
join_runs (CfBlob *self, gsize at)
{
  Run run, next;

  for (guint step = 0; step < 5; step++)
    {
      if (!read_run (self->data, self->size, at, &run))
        return;
      if (run.value > 0 && read_run (self->data, self->size, at + 1, &next) &&
          next.value == run.value && run.n + next.n <= VALUE_RUN_MAX)
        {
          memmove (self->data + at, self->data + at + 1, self->size - at - 1);
          self->size--;
          write_value (self->data + at, run.value, run.n + next.n);
        }
      else
        at += run.bytes;
    }
}

static CfHllResult
set_dense (CfBlob **self, CfHllMark mark)
{
  CfHllResult result = cf_hll_make_dense (self);

  if (result == CF_HLL_DAMAGED || result == CF_HLL_NO_MEMORY)
    return result;
  (void) cf_hll_dense_set ((*self)->data, mark);
  cf_hll_forget_cardinality ((*self)->data);
  return CF_HLL_CHANGED;
}

/* Puts @parts in the place of @run. */
static gboolean
replace_run (CfBlob **self, const Run *run, const char *parts, guint size)
{
  gsize after = (*self)->size - run->at - run->bytes;
  gsize new_size = run->at + size + after;

  if (new_size > (*self)->capacity)
    {
      CfBlob *grown = cf_blob_try_grow (*self, new_size + new_size / 4 + 64);

      if (grown == NULL)
        return FALSE;
      *self = grown;
    }
  memmove ((*self)->data + run->at + size, (*self)->data + run->at + run->bytes,
           after);
  memcpy ((*self)->data + run->at, parts, size);
  (*self)->size = new_size;
  return TRUE;
}

static CfHllResult
set_sparse (CfBlob **self, CfHllMark mark, gsize sparse_max)
{
  char parts[5];
  guint first, size = 0;
  gsize before;
  Run run;

  if (mark.count > VALUE_MAX)
    return set_dense (self, mark);
  if (!find_run (*self, mark.index, &run, &before, &first))
    return CF_HLL_DAMAGED;
  if (run.value >= mark.count)
    return CF_HLL_SAME;
  size += write_run (parts + size, run.value, mark.index - first);
  size += write_value (parts + size, mark.count, 1);
  size += write_run (parts + size, run.value, first + run.n - 1 - mark.index);
  if (size > run.bytes && (*self)->size + size - run.bytes > sparse_max)
    return set_dense (self, mark);
  if (!replace_run (self, &run, parts, size))
    return CF_HLL_NO_MEMORY;
  join_runs (*self, before);
  cf_hll_forget_cardinality ((*self)->data);
  return CF_HLL_CHANGED;
}

/**
 * cf_hll_set:
 * @self: (inout): a HyperLogLog that looks right
 * @mark: what an element says
 * @sparse_max: the most bytes that a sparse one may grow to
 *
 * Raises the register of @mark to its count.
 *
 * Returns: what became of it
 */
CfHllResult
cf_hll_set (CfBlob **self, CfHllMark mark, gsize sparse_max)
{
  if (!cf_hll_is_dense (cf_blob_slice (*self)))
    return set_sparse (self, mark, sparse_max);
  if (!cf_hll_dense_set ((*self)->data, mark))
    return CF_HLL_SAME;
  cf_hll_forget_cardinality ((*self)->data);
  return CF_HLL_CHANGED;
}

/* -- All registers -------------------------------------------------------- */

typedef void (*RegisterFunc) (gpointer data, guint index, guint value);

/* Calls @func for each register that is not 0.  FALSE: there are not as many
 * registers as there must be. */
static gboolean
each_register (CfSlice bytes, RegisterFunc func, gpointer data)
{
  gsize at = CF_HLL_HEADER_SIZE;
  guint index = 0;
  Run run;

  if (bytes.size > CF_HLL_SPARSE_SIZE_MAX)
    return FALSE;
  while (read_run (bytes.data, bytes.size, at, &run))
    {
      if (index + run.n > CF_HLL_REGISTERS)
        return FALSE;
      for (guint i = 0; run.value > 0 && i < run.n; i++)
        func (data, index + i, run.value);
      index += run.n;
      at += run.bytes;
    }
  return index == CF_HLL_REGISTERS && at == bytes.size;
}

static void
set_register (gpointer data, guint index, guint value)
{
  (void) cf_hll_dense_set (data,
                           (CfHllMark){ (guint16) index, (guint8) value });
}

/**
 * cf_hll_make_dense:
 * @self: (inout): a HyperLogLog that looks right
 *
 * Returns: what became of it
 */
CfHllResult
cf_hll_make_dense (CfBlob **self)
{
  CfSlice bytes = cf_blob_slice (*self);
  CfBlob *dense;

  if (cf_hll_is_dense (bytes))
    return CF_HLL_SAME;
  dense = cf_blob_try_new_zeroed (CF_HLL_DENSE_SIZE);
  if (dense == NULL)
    return CF_HLL_NO_MEMORY;
  memcpy (dense->data, bytes.data, CF_HLL_HEADER_SIZE);
  dense->data[ENCODING_AT] = ENCODING_DENSE;
  dense->size = CF_HLL_DENSE_SIZE;
  if (!each_register (bytes, set_register, dense->data))
    {
      cf_blob_unref (dense);
      return CF_HLL_DAMAGED;
    }
  cf_blob_unref (*self);
  *self = dense;
  return CF_HLL_CHANGED;
}

static void
raise_register (gpointer data, guint index, guint value)
{
  guint8 *registers = data;

  registers[index] = (guint8) MAX (registers[index], value);
}

/**
 * cf_hll_merge:
 * @bytes: a HyperLogLog that looks right
 * @registers: (inout): registers, of which the greater are kept
 *
 * Returns: %FALSE if it is damaged; @registers may have been changed
 */
gboolean
cf_hll_merge (CfSlice bytes, guint8 registers[CF_HLL_REGISTERS])
{
  if (!cf_hll_is_dense (bytes))
    return each_register (bytes, raise_register, registers);
  for (guint i = 0; i < CF_HLL_REGISTERS; i++)
    raise_register (registers, i, cf_hll_dense_get (bytes.data, i));
  return TRUE;
}

/* -- The estimate --------------------------------------------------------- */

/* x + sum of 2^(k-1) x^(2^k); Ertl, section 2 */
static double
sigma (double x)
{
  double power = x, factor = 1, sum = x, before;

  if (x >= 1)
    return INFINITY;
  do
    {
      power *= power;
      before = sum;
      sum += power * factor;
      factor += factor;
    }
  while (sum > before);
  return sum;
}

/* (1 - x - sum of 2^-k (1 - x^(2^-k))^2) / 3; likewise */
static double
tau (double x)
{
  double root = x, factor = 1, sum = 1 - x, before;

  if (x <= 0 || x >= 1)
    return 0;
  do
    {
      root = sqrt (root);
      before = sum;
      factor *= 0.5;
      sum -= pow (1 - root, 2) * factor;
    }
  while (sum < before);
  return sum / 3;
}

/**
 * cf_hll_estimate:
 * @registers: all registers
 *
 * Returns: how many different elements they saw, about
 */
guint64
cf_hll_estimate (const guint8 registers[CF_HLL_REGISTERS])
{
  const double alpha = 0.721347520444481703680; /* 1 / (2 ln 2) */
  const double m = CF_HLL_REGISTERS;
  guint counts[REGISTER_MAX + 1] = { 0 };
  double z;

  for (guint i = 0; i < CF_HLL_REGISTERS; i++)
    counts[registers[i] & REGISTER_MAX]++;
  z = m * tau ((m - counts[COUNT_BITS + 1]) / m);
  for (guint count = COUNT_BITS; count >= 1; count--)
    z = (z + counts[count]) * 0.5;
  z += m * sigma (counts[0] / m);
  return (guint64) llroundl ((long double) (alpha * m * m / z));
}

/**
 * cf_hll_describe:
 * @bytes: a sparse HyperLogLog
 *
 * Returns: (transfer full): its runs: z and Z for zeros, of one byte or two,
 *   v for a value; no more than there are registers
 */
GString *
cf_hll_describe (CfSlice bytes)
{
  GString *text = g_string_new (NULL);
  gsize at = CF_HLL_HEADER_SIZE;
  guint n = 0;
  Run run;

  for (; n < CF_HLL_REGISTERS && read_run (bytes.data, bytes.size, at, &run);
       at += run.bytes, n++)
    {
      if (text->len > 0)
        g_string_append_c (text, ' ');
      if (run.value > 0)
        g_string_append_printf (text, "v:%u,%u", run.value, run.n);
      else
        g_string_append_printf (text, "%c:%u", run.bytes == 2 ? 'Z' : 'z',
                                run.n);
    }
  /* The second byte of the last may be missing. */
  if (n < CF_HLL_REGISTERS && at < bytes.size)
    g_string_append_printf (text, "%sZ:%u", text->len > 0 ? " " : "",
                            (((guint8) bytes.data[at] & 63u) << 8) + 1);
  return text;
}
