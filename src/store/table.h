/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.h -- a set of entries that never grows all at once.
 *
 * A few entries stand in a CfTableFew.  More are a GHashTable, used as a set,
 * until it has CF_TABLE_PART_MAX entries.  Then it is split in two by the top
 * bit of the hash, and so on: a directory of 2^depth pointers maps the top bits
 * of a hash to the part that holds it (Fagin et al., "Extendible hashing",
 * 1979).  So whatever one does with a part is brief, and a walk can stop
 * between two parts and go on later.
 *
 *   depth 2   directory [00 01 10 11]
 *                         \  /   |  |
 *                         part  part part
 *
 * A *position* is a hash: a walk visits parts in ascending order of the hashes
 * they are for, and the position it has come to stays valid whatever happens
 * to the table, since an entry's hash never changes.
 *
 * Invariants: an empty table has no memory of its own.  A part stands in a
 * run of 2^k directory places, aligned to its length.
 * Thread safety: none of its own.
 */
#pragma once

#include "store/entry.h"

G_BEGIN_DECLS

#define CF_TABLE_PART_MAX 1800
#define CF_TABLE_DEPTH_MAX 20

typedef struct
{
  gpointer parts; /* (owned) (nullable) a CfTableFew; a GHashTable if
                     @is_hashed; an array of 2^depth of these if @depth > 0 */
  guint32 n_entries;
  guint16 depth;
  guint16 is_hashed;
} CfTable;

/* Over a part of a table, which must not change meanwhile. */
typedef struct
{
  gboolean is_hashed;
  GHashTableIter hashed;
  gconstpointer few; /* (nullable) a CfTableFew */
  guint n;
  guint i;
} CfTableIter;

void cf_table_clear (CfTable *self);

CfEntry *cf_table_find (const CfTable *self, CfSlice key, guint32 hash);
void cf_table_fetch (const CfTable *self, guint32 hash);
void cf_table_insert (CfTable *self, CfEntry *entry, guint32 hash);
CfEntry *cf_table_steal (CfTable *self, CfSlice key, guint32 hash);

/* Over the part for the hash @position; @end: one past the last hash it is
 * for.  How many entries it has. */
guint cf_table_iter_init (CfTableIter *self,
                          const CfTable *table,
                          guint32 position,
                          guint64 *end);
CfEntry *cf_table_iter_next (CfTableIter *self); /* (nullable) */

guint32 cf_table_hash (CfSlice key);

G_END_DECLS
