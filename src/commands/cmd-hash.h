/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-hash.h -- what the files cmd-hash-*.c share, and the functions of their
 * commands, for the table in cmd-hash.c.
 *
 * Thread safety: as for a call.
 */
#pragma once

#include "engine/call.h"
#include "types/hashmap.h"

G_BEGIN_DECLS

/* The hash at the key of the first argument, or NULL; FALSE: it is something
 * else. */
gboolean cf_hash_read (CfCall *call, const CfHashmap **hash, GError **error);
gboolean cf_hash_write (CfCall *call, CfHashmap **hash, GError **error);
/* Sets fields of @hash, or of a new one at the key if that is NULL: @pairs are
 * @n fields, each followed by its value.  FALSE: no memory. */
gboolean cf_hash_put (CfCall *call,
                      CfHashmap *hash,
                      const CfSlice *pairs,
                      guint n,
                      gint64 *n_added,
                      GError **error);

gboolean cf_hash_hincrby (CfCall *call, GError **error);
gboolean cf_hash_hincrbyfloat (CfCall *call, GError **error);
gboolean cf_hash_hrandfield (CfCall *call, GError **error);

G_END_DECLS
