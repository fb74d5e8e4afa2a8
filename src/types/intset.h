/* SPDX-License-Identifier: GPL-3.0-or-later */
/* intset.h -- integers in ascending order in one block, in Redis's layout.
 *
 *   bytes an integer (2, 4 or 8): 4 | how many: 4 | integers ...
 *
 * All little-endian.  The width grows with the first integer that needs it
 * and never shrinks.
 *
 * Thread safety: none; readers may be many.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

/* As many integers as fit what sizes in 32 bits can tell. */
#define CF_INTSET_MAX (1u << 28)

typedef struct _CfIntset CfIntset; /* (opaque) g_free() frees it */

CfIntset *cf_intset_new (void);
CfIntset *cf_intset_try_copy (const CfIntset *self); /* (nullable) */
CfIntset *cf_intset_try_parse (CfSlice bytes);  /* NULL: damaged or no memory */
CfSlice cf_intset_bytes (const CfIntset *self); /* the whole block */
gsize cf_intset_n (const CfIntset *self);
gint64 cf_intset_get (const CfIntset *self, gsize i);
gboolean cf_intset_has (const CfIntset *self, gint64 value);
/* FALSE: no memory, or there are CF_INTSET_MAX already. */
gboolean cf_intset_add (CfIntset **self, gint64 value, gboolean *added);
gboolean cf_intset_remove (CfIntset **self, gint64 value); /* FALSE: not in */

G_END_DECLS
