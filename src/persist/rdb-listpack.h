/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rdb-listpack.h -- the compact blocks in which Redis writes small values,
 * those of its older versions included, as listpacks.
 *
 *   ziplist:  bytes: 4 | offset of the last entry: 4 | entries: 2 | entry ...
 *             | 0xFF; an entry is the size of the one before, its encoding,
 *             its data
 *   zipmap:   entries: 1 | size | field | size | unused: 1 | value | unused
 *             bytes ... | 0xFF
 *
 * All numbers little-endian, but for sizes in the encodings of a ziplist.
 *
 * Source: the formats as redis-server 2.6 to 7.0 writes them.
 *
 * Thread safety: the functions touch nothing but their arguments.
 */
#pragma once

#include "persist/rdb-reader.h"
#include "types/listpack.h"

G_BEGIN_DECLS

typedef enum
{
  CF_RDB_BLOCK_LISTPACK,
  CF_RDB_BLOCK_ZIPLIST,
  CF_RDB_BLOCK_ZIPMAP,
} CfRdbBlock;

/* Reads a string that is such a block.  NULL: damaged, or no memory. */
CfListpack *cf_rdb_get_listpack (CfRdbReader *reader, CfRdbBlock kind);
CfListpack *cf_rdb_listpack_of (CfSlice bytes, CfRdbBlock kind);
/* Whether of its elements each @step-th, from the first on, is another one,
 * and their number is a multiple of @step. */
gboolean cf_rdb_listpack_is_unique (const CfListpack *listpack, guint step);

G_END_DECLS
