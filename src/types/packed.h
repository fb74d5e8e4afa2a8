/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packed.h -- a size in front of the bytes that it counts: one byte up to
 * 254, else 255 and four more.
 *
 * Thread safety: the functions touch nothing but their arguments.
 */
#pragma once

#include <string.h>

#include <glib.h>

G_BEGIN_DECLS

#define CF_PACKED_MAX G_MAXUINT32

/**
 * cf_packed_width:
 * @size: a size, up to %CF_PACKED_MAX
 *
 * Returns: how many bytes it takes packed
 */
static inline gsize
cf_packed_width (gsize size)
{
  return size < 255 ? 1 : 1 + sizeof (guint32);
}

/**
 * cf_packed_put:
 * @at: where it is to be
 * @size: a size, up to %CF_PACKED_MAX
 *
 * Returns: (transfer none): where to go on
 */
static inline guint8 *
cf_packed_put (guint8 *at, gsize size)
{
  guint32 word = (guint32) size;

  at[0] = (guint8) MIN (size, 255);
  if (G_LIKELY (size < 255))
    return at + 1;
  memcpy (at + 1, &word, sizeof word);
  return at + 1 + sizeof word;
}

/**
 * cf_packed_get:
 * @at: where it is
 * @size: (out): a size
 *
 * Returns: (transfer none): where to go on
 */
static inline const guint8 *
cf_packed_get (const guint8 *at, gsize *size)
{
  guint32 word;

  *size = at[0];
  if (G_LIKELY (*size < 255))
    return at + 1;
  memcpy (&word, at + 1, sizeof word);
  *size = word;
  return at + 1 + sizeof word;
}

G_END_DECLS
