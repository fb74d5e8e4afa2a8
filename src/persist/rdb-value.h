/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rdb-value.h -- a value of any type in Redis's RDB format, and as the payload
 * of DUMP and RESTORE.
 *
 *   payload:  type: 1 | value ... | RDB version: 2 | CRC-64 of all before: 8
 *
 * Written is what redis-server 7.0 writes, RDB version 10.  Read is also what
 * versions from 2.6 to 7.2 wrote.  What is read may be of anybody: all of it
 * is checked, down to the last element, before it becomes a value.
 *
 * Thread safety: the functions touch nothing but their arguments.
 */
#pragma once

#include "config/settings.h"
#include "persist/rdb-reader.h"
#include "persist/rdb-writer.h"
#include "store/entry.h"

G_BEGIN_DECLS

#define CF_RDB_VERSION 10          /* that is written */
#define CF_RDB_VERSION_NEWEST 11   /* that is read */
#define CF_RDB_FOOTER_SIZE (2 + 8) /* bytes, of a payload */

/* The type of a value, its first byte. */
typedef enum
{
  CF_RDB_STRING = 0,
  CF_RDB_LIST = 1,
  CF_RDB_SET = 2,
  CF_RDB_ZSET = 3,
  CF_RDB_HASH = 4,
  CF_RDB_ZSET_2 = 5, /* scores in binary */
  CF_RDB_MODULE = 6,
  CF_RDB_MODULE_2 = 7,
  CF_RDB_HASH_ZIPMAP = 9,
  CF_RDB_LIST_ZIPLIST = 10,
  CF_RDB_SET_INTSET = 11,
  CF_RDB_ZSET_ZIPLIST = 12,
  CF_RDB_HASH_ZIPLIST = 13,
  CF_RDB_LIST_QUICKLIST = 14,
  CF_RDB_STREAM_LISTPACKS = 15,
  CF_RDB_HASH_LISTPACK = 16,
  CF_RDB_ZSET_LISTPACK = 17,
  CF_RDB_LIST_QUICKLIST_2 = 18, /* listpacks */
  CF_RDB_STREAM_LISTPACKS_2 = 19,
  CF_RDB_SET_LISTPACK = 20,
  CF_RDB_STREAM_LISTPACKS_3 = 21,
} CfRdbType;

CfRdbType cf_rdb_type (const CfEntry *entry);
void cf_rdb_put_value (CfRdbWriter *self, const CfEntry *entry);
/* FALSE: damaged, or no memory.  @value is to be put somewhere, or dropped;
 * bytes of its own are in those of the reader or in @string. */
gboolean cf_rdb_get_value (CfRdbReader *self,
                           guint8 type,
                           CfConfig *config,
                           CfRdbString *string,
                           CfValue *value);

/* (transfer full) NULL: no memory. */
CfBlob *cf_rdb_payload_new (const CfEntry *entry);
/* The value in a payload whose footer is right; FALSE: it is not. */
gboolean cf_rdb_payload_open (CfSlice payload, CfRdbReader *reader);

G_END_DECLS
