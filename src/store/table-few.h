/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table-few.h -- the entries of a table that has only a few.
 *
 * With up to a million keys most slots have a few keys or one, and a hash
 * table would take more than the keys.  A CfTableFew is, by the number of its
 * entries, which the table knows:
 *
 *   0    NULL
 *   1    the entry itself
 *   2..  hash | hash | ... | entry | entry | ...
 *
 * with room for an even number of entries, no more than that takes.
 *
 * Thread safety: none of its own.
 */
#pragma once

#include "store/entry.h"

G_BEGIN_DECLS

#define CF_TABLE_FEW_MAX 16 /* whose hashes are one line of the cache */

typedef void CfTableFew; /* (opaque) */

/**
 * cf_table_few_entry:
 * @self: a table
 * @n: how many entries it has
 * @i: which, from 0 on
 *
 * Returns: (transfer none): an entry
 */
static inline CfEntry *
cf_table_few_entry (const CfTableFew *self, guint n, guint i)
{
  guint capacity = (n + 1) & ~1u;

  if (n == 1)
    return (CfEntry *) self;
  return ((CfEntry *const *) ((const guint32 *) self + capacity))[i];
}

/* The number of the entry with this key; @n: there is none. */
guint
cf_table_few_find (const CfTableFew *self, guint n, CfSlice key, guint32 hash);
/* For the processor to fetch the entry with this hash. */
void cf_table_few_fetch (const CfTableFew *self, guint n, guint32 hash);

/* These return what it is from then on. */
CfTableFew *cf_table_few_add (CfTableFew *self,
                              guint n,
                              CfEntry *entry,
                              guint32 hash); /* less than the most */
CfTableFew *
cf_table_few_replace (CfTableFew *self, guint n, guint i, CfEntry *entry);
CfTableFew *cf_table_few_remove (CfTableFew *self, guint n, guint i);
void cf_table_few_free (CfTableFew *self, guint n); /* not the entries */

G_END_DECLS
