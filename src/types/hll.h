/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hll.h -- HyperLogLogs: how many different elements were seen, about, in the
 * bytes that Redis keeps.
 *
 *   "HYLL" | encoding: 1 | 3 unused | cardinality: 8 | registers ...
 *
 * The cardinality is little-endian; its highest bit says that it is out of
 * date.  There are 16,384 registers.  DENSE (encoding 0) has six bits for
 * each, the lowest bits of a byte first.  SPARSE (encoding 1) has runs:
 *
 *   00nnnnnn            n + 1 registers are 0
 *   01nnnnnn nnnnnnnn   n + 1 registers are 0 (high bits first)
 *   1vvvvvnn            n + 1 registers are v + 1
 *
 * Bytes may come from a client, so they are trusted nowhere: what does not
 * have 16,384 registers is damaged.
 *
 * Source: Flajolet et al., "HyperLogLog" (2007); Ertl, "New cardinality
 * estimation algorithms for HyperLogLog sketches" (2017); the layout as
 * redis-server 7.0 writes it.
 *
 * Thread safety: the functions touch nothing but their arguments.
 */
#pragma once

#include <glib.h>

#include "base/blob.h"

G_BEGIN_DECLS

#define CF_HLL_REGISTERS 16384
#define CF_HLL_HEADER_SIZE 16
#define CF_HLL_DENSE_SIZE (CF_HLL_HEADER_SIZE + CF_HLL_REGISTERS * 6 / 8)
/* Each run takes two bytes at most and is of one register at least. */
#define CF_HLL_SPARSE_SIZE_MAX (CF_HLL_HEADER_SIZE + CF_HLL_REGISTERS * 2)

typedef enum
{
  CF_HLL_SAME, /* nothing had to be changed */
  CF_HLL_CHANGED,
  CF_HLL_DAMAGED, /* and nothing was changed */
  CF_HLL_NO_MEMORY,
} CfHllResult;

/* The register an element falls on, and what it says of it. */
typedef struct
{
  guint16 index;
  guint8 count;
} CfHllMark;

CfHllMark cf_hll_mark (CfSlice element);
gboolean cf_hll_looks_right (CfSlice bytes); /* from a look at the header */
gboolean cf_hll_is_dense (CfSlice bytes);    /* one that looks right */
gboolean cf_hll_has_cardinality (CfSlice bytes, guint64 *cardinality);
void cf_hll_set_cardinality (char *data, guint64 cardinality);
void cf_hll_forget_cardinality (char *data);

CfBlob *cf_hll_try_new (void);           /* empty and sparse; (nullable) */
CfBlob *cf_hll_try_copy (CfSlice bytes); /* of at most the greatest size */
/* These change a blob that is not shared, which may move. A sparse one turns
 * dense when it would outgrow @sparse_max bytes or cannot tell a count. */
CfHllResult cf_hll_set (CfBlob **self, CfHllMark mark, gsize sparse_max);
CfHllResult cf_hll_make_dense (CfBlob **self);
/* Of dense ones, in place. */
guint cf_hll_dense_get (const char *data, guint index);
gboolean cf_hll_dense_set (char *data, CfHllMark mark); /* TRUE: changed */

/* FALSE: damaged.  The greater of each two registers is kept. */
gboolean cf_hll_merge (CfSlice bytes, guint8 registers[CF_HLL_REGISTERS]);
guint64 cf_hll_estimate (const guint8 registers[CF_HLL_REGISTERS]);
/* The runs of a sparse one as text: "z:10 v:2,1 Z:16373". */
GString *cf_hll_describe (CfSlice bytes);

G_END_DECLS
