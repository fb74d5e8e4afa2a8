/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slice.h -- bytes that somebody else owns.
 *
 * A slice is good for as long as its owner says; it may hold NUL bytes and
 * is not terminated.
 *
 * Thread safety: plain values.
 */
#pragma once

#include <string.h>

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *data; /* (not owned) (nullable) if @size is 0 */
  gsize size;       /* bytes */
} CfSlice;

/* A slice of the string constant LITERAL, without its final NUL. */
#define CF_SLICE(literal) ((CfSlice){ "" literal, sizeof (literal) - 1 })

/**
 * cf_slice:
 * @data: (nullable): where the bytes are; they stay the owner's
 * @size: how many there are
 *
 * Returns: a slice of them
 */
static inline CfSlice
cf_slice (const char *data, gsize size)
{
  return (CfSlice){ data, size };
}

/**
 * cf_slice_of_string:
 * @string: a string with a final NUL, which stays the owner's
 *
 * Returns: a slice of it, without the NUL
 */
static inline CfSlice
cf_slice_of_string (const char *string)
{
  return (CfSlice){ string, strlen (string) };
}

/**
 * cf_slice_equal:
 * @a: a slice
 * @b: another
 *
 * Returns: whether they have the same bytes
 */
static inline gboolean
cf_slice_equal (CfSlice a, CfSlice b)
{
  return a.size == b.size &&
         (a.size == 0 || memcmp (a.data, b.data, a.size) == 0);
}

/**
 * cf_slice_try_dup:
 * @self: a slice
 *
 * Returns: (transfer full) (nullable): a copy of the bytes and a final NUL;
 *   %NULL without memory
 */
static inline char *
cf_slice_try_dup (CfSlice self)
{
  char *copy = self.size < G_MAXSIZE ? g_try_malloc (self.size + 1) : NULL;

  if (copy == NULL)
    return NULL;
  if (self.size > 0)
    memcpy (copy, self.data, self.size);
  copy[self.size] = '\0';
  return copy;
}

/**
 * cf_slice_is:
 * @self: a slice
 * @word: an ASCII word
 *
 * Returns: whether @self is @word, in whatever case
 */
static inline gboolean
cf_slice_is (CfSlice self, const char *word)
{
  return strlen (word) == self.size &&
         g_ascii_strncasecmp (self.data, word, self.size) == 0;
}

/**
 * cf_slice_compare:
 * @a: a slice
 * @b: another
 *
 * Returns: less than, equal to or greater than 0 as @a is before, equal to or
 *   after @b in the order of their bytes
 */
static inline int
cf_slice_compare (CfSlice a, CfSlice b)
{
  int order = a.size != 0 && b.size != 0
                  ? memcmp (a.data, b.data, MIN (a.size, b.size))
                  : 0;

  if (order != 0)
    return order;
  return (a.size > b.size) - (a.size < b.size);
}

G_END_DECLS
