/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rdb-reader.h -- the pieces of Redis's RDB format, read from bytes of
 * others: see rdb-writer.h.
 *
 * Whatever the bytes are, nothing is read beyond their end, and nothing is
 * allocated that they do not justify: a string is at most as long as what is
 * left of them, a compressed one as LZF can make of that.
 *
 * The functions return FALSE when the bytes are damaged, or end too early; the
 * reader is of no use then.
 *
 * Thread safety: a reader belongs to one thread.
 */
#pragma once

#include "base/slice.h"

G_BEGIN_DECLS

typedef struct
{
  const char *at;  /* (not owned) */
  const char *end; /* (not owned) */
} CfRdbReader;

#define CF_RDB_DIGITS 24 /* bytes: room for an integer's text */

/* A string that was read: its bytes are in those of the reader, or here; so it
 * must stay where it is. */
typedef struct
{
  CfSlice bytes;
  char digits[CF_RDB_DIGITS];
  char *owned; /* (owned) (nullable) */
} CfRdbString;

#define CF_RDB_STRING_INIT                                                     \
  {                                                                            \
    .owned = NULL                                                              \
  }

/**
 * cf_rdb_reader:
 * @bytes: what to read; they stay the owner's
 *
 * Returns: a reader that stands before the first of them
 */
static inline CfRdbReader
cf_rdb_reader (CfSlice bytes)
{
  return (CfRdbReader){ bytes.data, bytes.data + bytes.size };
}

/**
 * cf_rdb_left:
 * @self: a reader
 *
 * Returns: how many bytes it has not read yet
 */
static inline gsize
cf_rdb_left (const CfRdbReader *self)
{
  return (gsize) (self->end - self->at);
}

gboolean cf_rdb_get_byte (CfRdbReader *self, guint8 *byte);
gboolean cf_rdb_get_bytes (CfRdbReader *self, gsize size, CfSlice *bytes);
gboolean cf_rdb_get_le64 (CfRdbReader *self, guint64 *value);
gboolean cf_rdb_get_double (CfRdbReader *self, double *value);
gboolean cf_rdb_get_text_double (CfRdbReader *self, double *value);
gboolean cf_rdb_get_length (CfRdbReader *self, guint64 *length);
/* A length of things that take a byte each at least. */
gboolean cf_rdb_get_count (CfRdbReader *self, gsize *count);
/* What @string had before is freed. */
gboolean cf_rdb_get_string (CfRdbReader *self, CfRdbString *string);
void cf_rdb_string_clear (CfRdbString *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CfRdbString, cf_rdb_string_clear)

G_END_DECLS
