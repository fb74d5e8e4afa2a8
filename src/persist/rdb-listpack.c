/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "persist/rdb-listpack.h"

#include "base/hash.h"

/* -- Numbers of a block ---------------------------------------------------- */

static guint64
read_le (const guint8 *at, guint n_bytes)
{
  guint64 value = 0;

  for (guint i = n_bytes; i-- > 0;)
    value = value << 8 | at[i];
  return value;
}

static gint64
read_le_signed (const guint8 *at, guint n_bytes)
{
  guint shift = 64 - 8 * n_bytes;

  return (gint64) (read_le (at, n_bytes) << shift) >> shift;
}

/* -- Ziplists ------------------------------------------------------------- */

#define ZIPLIST_HEADER 10
#define ZIPLIST_MANY 65535 /* entries: count them */
#define BLOCK_END 0xff

typedef struct
{
  guint64 before; /* the size of the entry before, as this one tells it */
  guint64 size;   /* bytes */
  gboolean is_int;
  gint64 number;
  CfSlice string;
} ZipEntry;

/* The size of the entry before: how many bytes tell it, 0: they are cut. */
static guint
read_before (const guint8 *at, gsize left, guint64 *before)
{
  if (left == 0)
    return 0;
  *before = at[0];
  if (at[0] < 254)
    return 1;
  if (at[0] > 254 || left < 5)
    return 0;
  *before = read_le (at + 1, 4);
  return 5;
}

static gboolean
read_zip_int (const guint8 *at, gsize left, ZipEntry *entry, guint64 *size)
{
  guint n_bytes = at[0] == 0xc0   ? 2
                  : at[0] == 0xd0 ? 4
                  : at[0] == 0xe0 ? 8
                  : at[0] == 0xf0 ? 3
                  : at[0] == 0xfe ? 1
                                  : 0;

  if (left < 1 + n_bytes)
    return FALSE;
  entry->is_int = TRUE;
  *size = 1 + n_bytes;
  if (n_bytes > 0)
    entry->number = read_le_signed (at + 1, n_bytes);
  else if (at[0] >= 0xf1 && at[0] <= 0xfd)
    entry->number = (at[0] & 0x0f) - 1;
  else
    return FALSE;
  return TRUE;
}

static gboolean
read_zip_string (const guint8 *at, gsize left, ZipEntry *entry, guint64 *size)
{
  guint head = at[0] >> 6 == 0 ? 1 : at[0] >> 6 == 1 ? 2 : 5;
  guint64 length;

  if (left < head || (head == 5 && at[0] != 0x80))
    return FALSE;
  length = head == 1   ? at[0]
           : head == 2 ? (at[0] & 0x3fu) << 8 | at[1]
                       : (guint64) at[1] << 24 | (guint64) at[2] << 16 |
                             (guint64) at[3] << 8 | at[4];
  if (length > left - head)
    return FALSE;
  entry->string = cf_slice ((const char *) at + head, (gsize) length);
  *size = head + length;
  return TRUE;
}

static gboolean
read_zip_entry (const guint8 *at, gsize left, ZipEntry *entry)
{
  guint head;
  guint64 size;

  *entry = (ZipEntry){ .is_int = FALSE };
  head = read_before (at, left, &entry->before);
  if (head == 0 || left == head)
    return FALSE;
  at += head;
  left -= head;
  if (at[0] >> 6 == 3 ? !read_zip_int (at, left, entry, &size)
                      : !read_zip_string (at, left, entry, &size))
    return FALSE;
  entry->size = head + size;
  return TRUE;
}

static CfListpack *
from_ziplist (CfSlice bytes)
{
  const guint8 *data = (const guint8 *) bytes.data;
  g_autofree CfListpack *listpack = cf_listpack_new ();
  gsize at = ZIPLIST_HEADER, last = ZIPLIST_HEADER, n = 0;
  guint64 before = 0;

  if (bytes.size < ZIPLIST_HEADER + 1 || read_le (data, 4) != bytes.size ||
      data[bytes.size - 1] != BLOCK_END)
    return NULL;
  while (at < bytes.size - 1)
    {
      ZipEntry entry;

      if (!read_zip_entry (data + at, bytes.size - 1 - at, &entry) ||
          entry.before != before)
        return NULL;
      if (entry.is_int ? !cf_listpack_append_int (&listpack, entry.number)
                       : !cf_listpack_append (&listpack, entry.string))
        return NULL;
      before = entry.size;
      last = at;
      at += (gsize) entry.size;
      n++;
    }
  if (read_le (data + 4, 4) != last ||
      (read_le (data + 8, 2) != n && read_le (data + 8, 2) != ZIPLIST_MANY))
    return NULL;
  return g_steal_pointer (&listpack);
}

/* -- Zipmaps -------------------------------------------------------------- */

#define ZIPMAP_MANY 254 /* entries: count them */

/* A size at @at: goes on behind it. */
static gboolean
read_map_size (CfSlice bytes, gsize *at, guint64 *size)
{
  const guint8 *data = (const guint8 *) bytes.data;

  if (*at >= bytes.size - 1)
    return FALSE;
  *size = data[(*at)++];
  if (*size < 254)
    return TRUE;
  if (*size > 254 || bytes.size - 1 - *at < 4)
    return FALSE;
  *size = read_le (data + *at, 4);
  *at += 4;
  return TRUE;
}

static gboolean
read_map_string (CfSlice bytes, gsize *at, gboolean is_value, CfSlice *string)
{
  guint64 size, unused = 0;

  if (!read_map_size (bytes, at, &size))
    return FALSE;
  if (is_value)
    {
      if (*at >= bytes.size - 1)
        return FALSE;
      unused = (guint8) bytes.data[(*at)++];
    }
  if (size + unused > bytes.size - 1 - *at)
    return FALSE;
  *string = cf_slice (bytes.data + *at, (gsize) size);
  *at += (gsize) (size + unused);
  return TRUE;
}

static CfListpack *
from_zipmap (CfSlice bytes)
{
  g_autofree CfListpack *listpack = cf_listpack_new ();
  gsize at = 1, n = 0;

  if (bytes.size < 2 || (guint8) bytes.data[bytes.size - 1] != BLOCK_END)
    return NULL;
  for (; at < bytes.size - 1; n++)
    {
      CfSlice field, value;

      if (!read_map_string (bytes, &at, FALSE, &field) ||
          !read_map_string (bytes, &at, TRUE, &value) ||
          !cf_listpack_append (&listpack, field) ||
          !cf_listpack_append (&listpack, value))
        return NULL;
    }
  if ((guint8) bytes.data[0] < ZIPMAP_MANY && (guint8) bytes.data[0] != n)
    return NULL;
  return g_steal_pointer (&listpack);
}

/* -- Any ------------------------------------------------------------------- */

/**
 * cf_rdb_listpack_of:
 * @bytes: any bytes
 * @kind: what they are to be
 *
 * Returns: (transfer full) (nullable): a listpack with the same elements;
 *   %NULL when they are damaged, or there is no memory
 */
CfListpack *
cf_rdb_listpack_of (CfSlice bytes, CfRdbBlock kind)
{
  switch (kind)
    {
    case CF_RDB_BLOCK_ZIPLIST:
      return from_ziplist (bytes);
    case CF_RDB_BLOCK_ZIPMAP:
      return from_zipmap (bytes);
    case CF_RDB_BLOCK_LISTPACK:
      break;
    }
  return cf_listpack_try_parse (bytes);
}

/**
 * cf_rdb_get_listpack:
 * @reader: a reader
 * @kind: what the next string is to be
 *
 * Returns: (transfer full) (nullable): it as a listpack; %NULL when it is
 *   damaged, or there is no memory
 */
CfListpack *
cf_rdb_get_listpack (CfRdbReader *reader, CfRdbBlock kind)
{
  g_auto (CfRdbString) string = CF_RDB_STRING_INIT;

  if (!cf_rdb_get_string (reader, &string))
    return NULL;
  return cf_rdb_listpack_of (string.bytes, kind);
}

/* -- Twins ---------------------------------------------------------------- */

/* Adds the element at @at to @places, a hash table of 1 << @bits places of
 * elements.  FALSE: there is one like it. */
static gboolean
add_place (CfListpackAt *places,
           guint bits,
           const CfListpack *listpack,
           CfListpackAt at)
{
  char scratch[CF_LISTPACK_SCRATCH];
  CfSlice element = cf_listpack_get (listpack, at, scratch);
  gsize mask = ((gsize) 1 << bits) - 1;
  gsize place = (gsize) cf_hash64 (element) & mask;

  for (; places[place] != 0; place = (place + 1) & mask)
    {
      char other_scratch[CF_LISTPACK_SCRATCH];

      if (cf_slice_equal (element, cf_listpack_get (listpack, places[place],
                                                    other_scratch)))
        return FALSE;
    }
  places[place] = at;
  return TRUE;
}

/**
 * cf_rdb_listpack_is_unique:
 * @listpack: a listpack
 * @step: how many elements belong together
 *
 * Returns: %FALSE if the first elements of two such groups are equal, if the
 *   last group is not whole, or if there is no memory to tell
 */
gboolean
cf_rdb_listpack_is_unique (const CfListpack *listpack, guint step)
{
  gsize n = cf_listpack_n (listpack), i = 0;
  g_autofree CfListpackAt *places = NULL;
  guint bits = 1;

  if (n % step != 0)
    return FALSE;
  while ((gsize) 1 << bits < 2 * (n / step) + 1)
    bits++;
  places = g_try_new0 (CfListpackAt, (gsize) 1 << bits);
  if (places == NULL)
    return FALSE;
  for (CfListpackAt at = cf_listpack_first (listpack); at != 0;
       at = cf_listpack_next (listpack, at), i++)
    if (i % step == 0 && !add_place (places, bits, listpack, at))
      return FALSE;
  return TRUE;
}
