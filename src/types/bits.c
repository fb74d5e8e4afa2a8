/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/bits.h"

/* Bytes combined at a time, so that the part of the result that each source
 * is worked into stays in the nearest cache. */
#define BLOCK 4096

static inline guint64
load (const char *data)
{
  guint64 word;

  memcpy (&word, data, sizeof word);
  return word;
}

static inline __attribute__ ((always_inline)) guint64
count_words (const char *data, gsize n_words)
{
  guint64 sum = 0;

  for (gsize i = 0; i < n_words; i++)
    sum += (guint64) __builtin_popcountll (load (data + i * 8));
  return sum;
}

static guint64
count_words_anywhere (const char *data, gsize n_words)
{
  return count_words (data, n_words);
}

#ifdef __x86_64__
/* The same, where the processor has an instruction for it. */
__attribute__ ((target ("popcnt"))) static guint64
count_words_fast (const char *data, gsize n_words)
{
  return count_words (data, n_words);
}
#endif

static guint64
count_bytes (const char *data, gsize size)
{
  gsize n_words = size / 8;
  guint64 sum;

#ifdef __x86_64__
  if (__builtin_cpu_supports ("popcnt"))
    sum = count_words_fast (data, n_words);
  else
#endif
    sum = count_words_anywhere (data, n_words);
  for (gsize i = n_words * 8; i < size; i++)
    sum += (guint64) __builtin_popcount ((guchar) data[i]);
  return sum;
}

/**
 * cf_bits_get:
 * @bytes: an array of bits
 * @offset: number of a bit
 *
 * Returns: the bit; 0 beyond the end
 */
gboolean
cf_bits_get (CfSlice bytes, guint64 offset)
{
  if (offset / 8 >= bytes.size)
    return FALSE;
  return (guchar) bytes.data[offset / 8] >> (7 - offset % 8) & 1;
}

/**
 * cf_bits_set:
 * @data: an array of bits, long enough
 * @offset: number of a bit
 * @bit: its new value
 *
 * Returns: the value it had
 */
gboolean
cf_bits_set (char *data, guint64 offset, gboolean bit)
{
  guint mask = 0x80u >> offset % 8;
  guint byte = (guchar) data[offset / 8];

  data[offset / 8] = (char) (bit ? byte | mask : byte & ~mask);
  return (byte & mask) != 0;
}

/**
 * cf_bits_count:
 * @bytes: an array of bits
 * @first: number of the first bit to look at
 * @last: number of the last one, in @bytes; may be less than @first
 *
 * Returns: how many of these bits are set
 */
guint64
cf_bits_count (CfSlice bytes, guint64 first, guint64 last)
{
  guint64 sum;

  if (first > last || bytes.size == 0)
    return 0;
  sum = count_bytes (bytes.data + first / 8, last / 8 - first / 8 + 1);
  for (guint64 i = first / 8 * 8; i < first; i++)
    sum -= cf_bits_get (bytes, i);
  for (guint64 i = last + 1; i % 8 != 0; i++)
    sum -= cf_bits_get (bytes, i);
  return sum;
}

/**
 * cf_bits_find:
 * @bytes: an array of bits
 * @bit: the value to look for
 * @first: number of the first bit to look at
 * @last: number of the last one, in @bytes; may be less than @first
 *
 * Returns: the number of the first bit that is @bit, or -1
 */
gint64
cf_bits_find (CfSlice bytes, gboolean bit, guint64 first, guint64 last)
{
  const guint64 skip = bit ? 0 : G_MAXUINT64;
  guint64 at = first;

  if (bytes.size == 0)
    return -1;
  while (at <= last)
    {
      if (at % 8 == 0 && last - at >= 63 && load (bytes.data + at / 8) == skip)
        at += 64;
      else if (cf_bits_get (bytes, at) == (bit != 0))
        return (gint64) at;
      else
        at++;
    }
  return -1;
}

/* Works the first @size bytes of @source into @result. */
static inline void
apply (CfBitsOp op,
       char *restrict result,
       const char *restrict source,
       gsize size)
{
  gsize i = 0;

  for (; i + 8 <= size; i += 8)
    {
      guint64 a = load (result + i), b = load (source + i);

      a = op == CF_BITS_AND ? a & b : op == CF_BITS_OR ? a | b : a ^ b;
      memcpy (result + i, &a, sizeof a);
    }
  for (; i < size; i++)
    result[i] = (char) (op == CF_BITS_AND  ? result[i] & source[i]
                        : op == CF_BITS_OR ? result[i] | source[i]
                                           : result[i] ^ source[i]);
}

static void
invert (char *data, gsize size)
{
  gsize i = 0;

  for (; i + 8 <= size; i += 8)
    {
      guint64 word = ~load (data + i);

      memcpy (data + i, &word, sizeof word);
    }
  for (; i < size; i++)
    data[i] = (char) ~data[i];
}

/* The bytes of @source from @start, at most @size. */
static CfSlice
part (CfSlice source, gsize start, gsize size)
{
  if (start >= source.size)
    return cf_slice (NULL, 0);
  return cf_slice (source.data + start, MIN (size, source.size - start));
}

static void
combine_block (
    CfBitsOp op, char *result, gsize size, CfSlice source, gsize start)
{
  CfSlice bytes = part (source, start, size);

  switch (op)
    {
    case CF_BITS_AND:
      apply (CF_BITS_AND, result, bytes.data, bytes.size);
      memset (result + bytes.size, 0, size - bytes.size);
      break;
    case CF_BITS_OR:
      apply (CF_BITS_OR, result, bytes.data, bytes.size);
      break;
    case CF_BITS_XOR:
      apply (CF_BITS_XOR, result, bytes.data, bytes.size);
      break;
    case CF_BITS_NOT:
      break;
    }
}

/**
 * cf_bits_combine:
 * @op: what to do with them
 * @result: (out caller-allocates) (array length=size): the combination; not
 *   part of a source
 * @size: its bytes
 * @sources: (array length=n_sources): arrays of bits; one that is shorter
 *   than @size counts as followed by zeros
 * @n_sources: how many, at least one
 */
void
cf_bits_combine (CfBitsOp op,
                 char *result,
                 gsize size,
                 const CfSlice *sources,
                 gsize n_sources)
{
  for (gsize start = 0; start < size; start += BLOCK)
    {
      gsize n = MIN (BLOCK, size - start);
      CfSlice bytes = part (sources[0], start, n);

      if (bytes.size > 0)
        memcpy (result + start, bytes.data, bytes.size);
      memset (result + start + bytes.size, 0, n - bytes.size);
      if (op == CF_BITS_NOT)
        invert (result + start, n);
      for (gsize i = 1; i < n_sources; i++)
        combine_block (op, result + start, n, sources[i], start);
    }
}
