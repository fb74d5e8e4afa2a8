/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listpack-element.h -- the bytes of one element of a listpack.
 *
 * For listpack*.c alone.  An element is a head, which says its encoding, the
 * bytes of a string if it is one, and the size of both backwards.  Those that
 * read want a sound element, unless they say how much they look at.
 *
 * Thread safety: the functions touch nothing but their arguments.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

/* The first byte of an element says what it is:
 *
 *   0xxxxxxx  an integer from 0 to 127
 *   10xxxxxx  a string of up to 63 bytes
 *   110xxxxx  13 bits of an integer, with the next byte
 *   1110xxxx  12 bits of the size of a string, with the next byte
 *   11110000  a string; its size follows in 4 bytes
 *   11110001 to 11110100  an integer of 2, 3, 4, 8 bytes that follow
 *   11111111  the end
 */
#define CF_LISTPACK_STRING_6 0x80
#define CF_LISTPACK_INTEGER_13 0xc0
#define CF_LISTPACK_STRING_12 0xe0
#define CF_LISTPACK_STRING_32 0xf0
#define CF_LISTPACK_INTEGER_16 0xf1
#define CF_LISTPACK_INTEGER_24 0xf2
#define CF_LISTPACK_INTEGER_32 0xf3
#define CF_LISTPACK_INTEGER_64 0xf4
#define CF_LISTPACK_END 0xff
#define CF_LISTPACK_HEAD_MAX 9 /* bytes of an element before its string's */
#define CF_LISTPACK_BACK_MAX 5 /* bytes of a size backwards */

/* An element that is to be written: what comes before a string's bytes, the
 * string, and the size of both backwards. */
typedef struct
{
  guint8 head[CF_LISTPACK_HEAD_MAX];
  guint8 back[CF_LISTPACK_BACK_MAX];
  guint n_head;
  guint n_back;
  CfSlice string; /* empty for an integer */
} CfListpackDraft;

gboolean cf_listpack_draft (CfListpackDraft *self, CfSlice element);
void cf_listpack_draft_int (CfListpackDraft *self, gint64 value);
void cf_listpack_write_draft (const CfListpackDraft *self, guint8 *at);

/**
 * cf_listpack_load:
 * @at: where it is
 * @n_bytes: how many bytes it has, up to 4
 *
 * Returns: a little-endian number
 */
static inline guint32
cf_listpack_load (const guint8 *at, guint n_bytes)
{
  guint32 word = 0;

  memcpy (&word, at, n_bytes);
  return GUINT32_FROM_LE (word);
}

/**
 * cf_listpack_load64:
 * @at: where it is
 *
 * Returns: a little-endian number of 8 bytes
 */
static inline guint64
cf_listpack_load64 (const guint8 *at)
{
  guint64 word;

  memcpy (&word, at, sizeof word);
  return GUINT64_FROM_LE (word);
}

/**
 * cf_listpack_store:
 * @at: where it is to be
 * @word: a number
 * @n_bytes: how many bytes of it, up to 8
 *
 * Writes the number, little-endian.
 */
static inline void
cf_listpack_store (guint8 *at, guint64 word, guint n_bytes)
{
  word = GUINT64_TO_LE (word);
  memcpy (at, &word, n_bytes);
}

/**
 * cf_listpack_head_size:
 * @first: the first byte of an element
 *
 * Returns: the bytes of its head, without a string's
 */
static inline guint
cf_listpack_head_size (guint8 first)
{
  static const guint8 sizes[16] = { 5, 3, 4, 5, 9, 0 };

  if (first < CF_LISTPACK_STRING_6 || (first & 0xc0) == CF_LISTPACK_STRING_6)
    return 1;
  return first < CF_LISTPACK_STRING_32 ? 2 : sizes[first & 15];
}

/**
 * cf_listpack_string_size:
 * @at: an element whose head is whole
 *
 * Returns: the bytes of its string; 0 if it is an integer
 */
static inline gsize
cf_listpack_string_size (const guint8 *at)
{
  if ((*at & 0xc0) == CF_LISTPACK_STRING_6)
    return *at & 0x3f;
  if ((*at & 0xf0) == CF_LISTPACK_STRING_12)
    return (gsize) (*at & 0x0f) << 8 | at[1];
  return *at == CF_LISTPACK_STRING_32 ? cf_listpack_load (at + 1, 4) : 0;
}

/**
 * cf_listpack_is_string:
 * @first: the first byte of an element
 *
 * Returns: whether it is a string
 */
static inline gboolean
cf_listpack_is_string (guint8 first)
{
  return (first & 0xc0) == CF_LISTPACK_STRING_6 ||
         (first & 0xf0) == CF_LISTPACK_STRING_12 ||
         first == CF_LISTPACK_STRING_32;
}

/**
 * cf_listpack_body_size:
 * @at: an element whose head is whole
 *
 * Returns: its bytes, without its own size
 */
static inline gsize
cf_listpack_body_size (const guint8 *at)
{
  return cf_listpack_head_size (*at) + cf_listpack_string_size (at);
}

/**
 * cf_listpack_back_size:
 * @size: of an element's body
 *
 * The limits are Redis's.
 *
 * Returns: how many bytes @size takes backwards
 */
static inline guint
cf_listpack_back_size (gsize size)
{
  return size <= 127        ? 1
         : size < 16383     ? 2
         : size < 2097151   ? 3
         : size < 268435455 ? 4
                            : 5;
}

/**
 * cf_listpack_whole_size:
 * @at: an element whose head is whole
 *
 * Returns: all of its bytes
 */
static inline gsize
cf_listpack_whole_size (const guint8 *at)
{
  gsize body = cf_listpack_body_size (at);

  return body + cf_listpack_back_size (body);
}

/**
 * cf_listpack_read_back:
 * @end: behind an element; at most %CF_LISTPACK_BACK_MAX bytes before it are
 *   read
 *
 * Returns: the size of its body, which is written there backwards
 */
static inline gsize
cf_listpack_read_back (const guint8 *end)
{
  gsize size = 0;

  for (guint shift = 0; shift < 7 * CF_LISTPACK_BACK_MAX; shift += 7)
    {
      end--;
      size |= (gsize) (*end & 0x7f) << shift;
      if ((*end & 0x80) == 0)
        break;
    }
  return size;
}

/**
 * cf_listpack_read_int:
 * @at: an element that is an integer
 *
 * Returns: its value
 */
static inline gint64
cf_listpack_read_int (const guint8 *at)
{
  if (*at < CF_LISTPACK_STRING_6)
    return *at;
  if ((*at & 0xe0) == CF_LISTPACK_INTEGER_13)
    return (gint64) ((guint64) (*at & 0x1f) << 59 | (guint64) at[1] << 51) >>
           51;
  switch (*at)
    {
    case CF_LISTPACK_INTEGER_16:
      return (gint16) cf_listpack_load (at + 1, 2);
    case CF_LISTPACK_INTEGER_24:
      return (gint32) (cf_listpack_load (at + 1, 3) << 8) >> 8;
    case CF_LISTPACK_INTEGER_32:
      return (gint32) cf_listpack_load (at + 1, 4);
    default:
      return (gint64) cf_listpack_load64 (at + 1);
    }
}

/**
 * cf_listpack_draft_size:
 * @self: a draft
 *
 * Returns: the bytes of the element that is to be written
 */
static inline gsize
cf_listpack_draft_size (const CfListpackDraft *self)
{
  return self->n_head + self->string.size + self->n_back;
}

G_END_DECLS
