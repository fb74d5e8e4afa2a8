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
 *   | value: a short string's bytes, an int64, or a pointer to a CfBlob or  |
 *   |        a CfObject; not aligned                                          |
 *   +-----------------------------------------------------------------------+
 *
 * A string of up to CF_ENTRY_INLINE_MAX bytes stands in the entry; a longer
 * one is a CfBlob.  A string that is the canonical text of an int64 is kept
 * as one (encoding INT).  EMBSTR and RAW differ in name only, as OBJECT
 * ENCODING reports them.  What is no string is a CfObject.
 *
 * Changing the deadline's presence or outgrowing the block makes another
 * entry; the keyspace then puts it in the place of the old one.  So code here
 * never changes which entry a table holds: cf_keyspace_*() does.
 *
 * Thread safety: none of its own; see hold.h for who may touch an entry.  The
 * kind and the access field are read and written atomically, since walkers
 * read them while a claimant writes them.
 */
#pragma once

#include <glib.h>

#include "base/blob.h"
#include "types/object.h"

G_BEGIN_DECLS

#define CF_ENTRY_INLINE_MAX 1024 /* bytes of a string kept in the entry */
#define CF_ENTRY_EMBSTR_MAX 44   /* bytes; longer is reported as raw */
#define CF_KEY_MAX (512u * 1024 * 1024) /* bytes */
#define CF_NO_DEADLINE (-1)
/* A string of more bytes than this is large. */
#define CF_ENTRY_LARGE_STRING (64 * 1024)

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
  CF_ENTRY_OBJECT = 1 << 3,   /* a CfObject; its encoding is RAW here */
  CF_ENTRY_FETCH = 1 << 6,    /* of a probe: what it finds is not needed yet */
  CF_ENTRY_PROBE = 1 << 7,    /* not an entry but a key looked for */
} CfEntryFlags;

typedef struct _CfEntry
{
  guint8 kind;        /* (atomic) type in the low, encoding in the high bits */
  guint8 flags;       /* CfEntryFlags */
  guint8 key_size;    /* bytes, or 255 */
  guint8 access[3];   /* (atomic) LRU clock or LFU counter, little-endian */
  guint16 value_size; /* bytes of an inline string */
  char rest[];
} CfEntry;

/**
 * cf_entry_type:
 * @self: an entry
 *
 * Returns: what kind of value it has
 */
static inline CfType
cf_entry_type (const CfEntry *self)
{
  return (CfType) (__atomic_load_n (&self->kind, __ATOMIC_RELAXED) & 15);
}

/**
 * cf_entry_encoding:
 * @self: an entry
 *
 * Returns: how its string is kept
 */
static inline CfEncoding
cf_entry_encoding (const CfEntry *self)
{
  return (CfEncoding) (__atomic_load_n (&self->kind, __ATOMIC_RELAXED) >> 4);
}

/**
 * cf_entry_is_volatile:
 * @self: an entry
 *
 * Returns: whether it has a deadline
 */
static inline gboolean
cf_entry_is_volatile (const CfEntry *self)
{
  return (self->flags & CF_ENTRY_VOLATILE) != 0;
}

CfSlice cf_entry_key (const CfEntry *self);
gint64 cf_entry_deadline (const CfEntry *self); /* ms, or CF_NO_DEADLINE */
guint32 cf_entry_access (const CfEntry *self);
void cf_entry_set_access (CfEntry *self, guint32 access);
gsize cf_entry_memory (const CfEntry *self,
                       gsize samples);            /* bytes, value included */
gboolean cf_entry_is_large (const CfEntry *self); /* to go over */
gboolean cf_entry_is_bulky (const CfEntry *self); /* to free */

/* A value to be stored: @object or @blob if there is one, @number if the
 * encoding is INT, else @bytes. */
typedef struct
{
  CfType type;
  CfEncoding encoding;
  CfSlice bytes;    /* a string, copied */
  gint64 number;    /* encoding INT */
  CfBlob *blob;     /* (nullable) (transfer full) a string of its own */
  CfObject *object; /* (nullable) (transfer full) what is no string */
} CfValue;

CfValue cf_value_string (CfSlice bytes); /* picks INT, EMBSTR or RAW */
CfValue cf_value_raw (CfSlice bytes);    /* RAW, whatever it says */
CfValue cf_value_int (gint64 number);
CfValue cf_value_blob (CfBlob *blob);       /* (transfer full), RAW */
CfValue cf_value_object (CfObject *object); /* (transfer full) */
void cf_value_drop (CfValue *self);         /* one that was not taken */

CfEntry *
cf_entry_try_new (CfSlice key, const CfValue *value, gint64 deadline_ms);
gboolean cf_entry_assign (CfEntry *self, const CfValue *value);
CfEntry *cf_entry_try_remake (CfEntry *self, CfSlice key, gint64 deadline_ms);
void cf_entry_set_deadline (CfEntry *self, gint64 deadline_ms);
void cf_entry_free (CfEntry *self);

CfSlice cf_entry_string (const CfEntry *self, char scratch[32]);
gsize cf_entry_string_size (const CfEntry *self);
gint64 cf_entry_int (const CfEntry *self);
void cf_entry_set_int (CfEntry *self, gint64 number);
CfBlob *cf_entry_blob (const CfEntry *self);
CfObject *cf_entry_object (const CfEntry *self); /* of any type but string */
char *cf_entry_writable (CfEntry *self);
gboolean cf_entry_try_copy_value (const CfEntry *self, CfValue *value);
CfBlob *cf_entry_try_own_blob (CfEntry *self, gsize capacity);

G_END_DECLS
