/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rdb-writer.h -- the pieces of Redis's RDB format, written to a blob.
 *
 *   length  00nnnnnn                              up to 63
 *           01nnnnnn nnnnnnnn                     up to 16383
 *           10000000 + 4 bytes, 10000001 + 8      more; big-endian
 *   string  length, bytes
 *           110000xx + 1, 2 or 4 bytes            an integer, little-endian
 *           11000011 length length bytes          compressed by LZF: what it
 *                                                 takes, what it was
 *
 * A write that finds no memory makes the writer fail for good; so only the
 * end need be checked.
 *
 * Source: what redis-server 7.0 writes (RDB version 10).
 *
 * Thread safety: a writer belongs to one thread.
 */
#pragma once

#include "base/blob.h"

G_BEGIN_DECLS

/* How a string that is no plain one begins. */
typedef enum
{
  CF_RDB_STRING_INT8,
  CF_RDB_STRING_INT16,
  CF_RDB_STRING_INT32,
  CF_RDB_STRING_LZF,
} CfRdbStringKind;

typedef struct
{
  CfBlob *blob; /* (owned) (nullable) what was written */
  gboolean failed;
  gboolean compress; /* strings, where that is of use */
} CfRdbWriter;

void cf_rdb_writer_init (CfRdbWriter *self, gsize expected_bytes);
void cf_rdb_writer_clear (CfRdbWriter *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CfRdbWriter, cf_rdb_writer_clear)
/* What was written; NULL: there was not enough memory.  The writer is empty
 * then. */
CfBlob *cf_rdb_writer_end (CfRdbWriter *self); /* (transfer full) (nullable) */

void cf_rdb_put_byte (CfRdbWriter *self, guint8 byte);
void cf_rdb_put_bytes (CfRdbWriter *self, CfSlice bytes);
void cf_rdb_put_le16 (CfRdbWriter *self, guint16 value);
void cf_rdb_put_le64 (CfRdbWriter *self, guint64 value);
void cf_rdb_put_double (CfRdbWriter *self, double value);
void cf_rdb_put_length (CfRdbWriter *self, guint64 length);
void cf_rdb_put_string (CfRdbWriter *self, CfSlice string);
void cf_rdb_put_int_string (CfRdbWriter *self, gint64 number);

G_END_DECLS
