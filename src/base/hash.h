/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash.h -- a keyed hash that resists flooding: SipHash-1-3.
 *
 * Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012).
 *
 * Thread safety: cf_hash_init() once before threads; the rest from any.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

void cf_hash_init (const guint8 seed[16]);
guint64 cf_hash64 (CfSlice bytes); /* under the seed of cf_hash_init() */
guint64 cf_siphash13 (const guint8 seed[16], CfSlice bytes);

G_END_DECLS
