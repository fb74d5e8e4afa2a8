/* SPDX-License-Identifier: GPL-3.0-or-later */
/* digest.h -- a digest of keys and values that does not depend on where they
 * are or in which order: what DEBUG DIGEST compares servers by.
 *
 * Source: the digests that redis-server prints; SHA-1 sums mixed by XOR.
 *
 * Thread safety: pure; entries must be held.
 */
#pragma once

#include "store/entry.h"

G_BEGIN_DECLS

#define CF_DIGEST_SIZE 20
#define CF_DIGEST_HEX_SIZE (2 * CF_DIGEST_SIZE + 1)

typedef struct
{
  guint8 bytes[CF_DIGEST_SIZE];
} CfDigest;

void cf_digest_add (CfDigest *self, CfSlice bytes); /* in any order */
void cf_digest_mix (CfDigest *self, CfSlice bytes); /* in this order */
void cf_digest_mix_value (CfDigest *self, const CfEntry *entry);
void cf_digest_format (const CfDigest *self, char text[CF_DIGEST_HEX_SIZE]);

G_END_DECLS
