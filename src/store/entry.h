/* SPDX-License-Identifier: GPL-3.0-or-later */
/* entry.h -- a key and its value, in one allocation.
 *
 *   +------+-------+----------+---------+------------+ 8 bytes
 *   | kind | flags | key size | access  | value size |
 *   |  1   |   1   |    1     |    3    |     2      |
 *   +------+-------+----------+---------+------------+
 *   | deadline: 8 bytes, wall-clock ms; only with CF_ENTRY_VOLATILE          |
 *   | long key size: 4 bytes; only with CF_ENTRY_LONG_KEY (key size is 255)  |
 *   | key bytes                                                              |
 *   | value: a short string's bytes, an int64, or a pointer to a CfBlob or   |
 *   |        to the object of another type; not aligned                      |
 *   +-----------------------------------------------------------------------+
 *
 * A string of up to CF_ENTRY_INLINE_MAX bytes stands in the entry; a longer
 * one is a CfBlob.  A string that is the canonical text of an int64 is kept
 * as one (encoding INT).  EMBSTR and RAW differ in name only, as OBJECT
 * ENCODING reports them.
 *
 * Changing the deadline's presence or the value's size makes another entry;
 * the keyspace then puts it in the place of the old one.  So code here never
 * changes which entry a table holds: cf_keyspace_*() does.
 *
 * Thread safety: none of its own; see hold.h for who may touch an entry.
 */
#pragma once

#include <glib.h>

#include "base/blob.h"

G_BEGIN_DECLS

#define CF_ENTRY_INLINE_MAX 1024 /* bytes of a string kept in the entry */
#define CF_ENTRY_EMBSTR_MAX 44   /* bytes; longer is reported as raw */
#define CF_KEY_MAX (512u * 1024 * 1024) /* bytes */
#define CF_NO_DEADLINE (-1)

/* Numbered as Redis numbers them. */
typedef enum
{
  CF_TYPE_STRING,
  CF_TYPE_LIST,
  CF_TYPE_SET,
  CF_TYPE_ZSET,
  CF_TYPE_HASH,
  CF_TYPE_MODULE,
  CF_TYPE_STREAM,
} CfType;

typedef enum
{
  CF_ENCODING_RAW,
  CF_ENCODING_INT,
  CF_ENCODING_EMBSTR,
} CfEncoding;

typedef enum
{
  CF_ENTRY_VOLATILE = 1 << 0, /* has a deadline */
  CF_ENTRY_LONG_KEY = 1 << 1, /* key of 255 bytes or more */
  CF_ENTRY_BLOB = 1 << 2,     /* string in a CfBlob */
  CF_ENTRY_PROBE = 1 << 7,    /* not an entry but a key looked for */
} CfEntryFlags;

typedef struct
{
  guint8 kind;       /* type in the low, encoding in the high four bits */
  guint8 flags;      /* CfEntryFlags */
  guint8 key_size;   /* bytes, or 255 */
  guint8 access[3];  /* LRU clock or LFU counter, little-endian */
  guint16 value_size; /* bytes of an inline string */
  char rest[];
} CfEntry;

static inline CfType
cf_entry_type (const CfEntry *self)
{
  return (CfType) (self->kind & 15);
}

static inline CfEncoding
cf_entry_encoding (const CfEntry *self)
{
  return (CfEncoding) (self->kind >> 4);
}

static inline gboolean
cf_entry_is_volatile (const CfEntry *self)
{
  return (self->flags & CF_ENTRY_VOLATILE) != 0;
}

CfSlice cf_entry_key (const CfEntry *self);
gint64 cf_entry_deadline (const CfEntry *self); /* ms, or CF_NO_DEADLINE */
guint32 cf_entry_access (const CfEntry *self);
void cf_entry_set_access (CfEntry *self, guint32 access);
gsize cf_entry_memory (const CfEntry *self); /* bytes, value included */

/* A value to be stored.  Exactly one of the forms below. */
typedef struct
{
  CfType type;
  CfEncoding encoding;
  CfSlice bytes;  /* a string, copied; unless @blob */
  gint64 number;  /* encoding INT */
  CfBlob *blob;   /* (nullable) (transfer full) a string of its own */
  gpointer object; /* (nullable) (transfer full) another type's object */
} CfValue;

CfValue cf_value_string (CfSlice bytes); /* picks INT, EMBSTR or RAW */
CfValue cf_value_raw (CfSlice bytes);    /* RAW, whatever it says */
CfValue cf_value_int (gint64 number);
CfValue cf_value_blob (CfBlob *blob);    /* (transfer full), RAW */

/* Makes an entry; NULL when there is no memory (@value then is not taken). */
CfEntry *cf_entry_try_new (CfSlice key, const CfValue *value, gint64 deadline_ms);
/* Puts a value into @self if it fits the block it is; FALSE: it does not. */
gboolean cf_entry_assign (CfEntry *self, const CfValue *value);
void cf_entry_free (CfEntry *self);

/* The bytes of a string; @scratch (32 bytes) is used for encoding INT.  Good
 * as long as the entry is and @scratch stays. */
CfSlice cf_entry_string (const CfEntry *self, char scratch[32]);
gsize cf_entry_string_size (const CfEntry *self);
gint64 cf_entry_int (const CfEntry *self);       /* encoding INT only */
CfBlob *cf_entry_blob (const CfEntry *self);     /* (transfer none) CF_ENTRY_BLOB only */
/* Takes the blob out, to be changed and given back by cf_entry_assign() before
 * anybody else may look.  (transfer full) CF_ENTRY_BLOB only */
CfBlob *cf_entry_steal_blob (CfEntry *self);
gpointer cf_entry_object (const CfEntry *self);  /* other types only */
/* The bytes of a RAW or EMBSTR string, to be changed in place (same size);
 * copies a shared blob first.  NULL: no memory. */
char *cf_entry_writable (CfEntry *self);

G_END_DECLS
