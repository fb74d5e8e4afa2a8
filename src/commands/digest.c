/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/digest.h"

static void
sha1 (CfSlice bytes, guint8 sum[CF_DIGEST_SIZE])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  gsize size = CF_DIGEST_SIZE;

  g_checksum_update (checksum, (const guchar *) bytes.data,
                     (gssize) bytes.size);
  g_checksum_get_digest (checksum, sum, &size);
}

/**
 * cf_digest_add:
 * @self: a digest, all zero at first
 * @bytes: what to add; adding the same twice takes it out again
 */
void
cf_digest_add (CfDigest *self, CfSlice bytes)
{
  guint8 sum[CF_DIGEST_SIZE];

  sha1 (bytes, sum);
  for (gsize i = 0; i < CF_DIGEST_SIZE; i++)
    self->bytes[i] ^= sum[i];
}

/**
 * cf_digest_mix:
 * @self: a digest
 * @bytes: what to mix in, after what was mixed in before
 */
void
cf_digest_mix (CfDigest *self, CfSlice bytes)
{
  CfDigest mixed = *self;

  cf_digest_add (&mixed, bytes);
  sha1 (cf_slice ((const char *) mixed.bytes, CF_DIGEST_SIZE), self->bytes);
}

/**
 * cf_digest_mix_value:
 * @self: a digest
 * @entry: an entry
 *
 * Mixes the type, the value, and whether there is a deadline into the digest.
 */
void
cf_digest_mix_value (CfDigest *self, const CfEntry *entry)
{
  guint32 type = GUINT32_TO_BE ((guint32) cf_entry_type (entry));
  char scratch[32];

  cf_digest_mix (self, cf_slice ((const char *) &type, sizeof type));
  cf_digest_mix (self, cf_entry_string (entry, scratch));
  if (cf_entry_is_volatile (entry))
    cf_digest_add (self, CF_SLICE ("!!expire!!"));
}

/**
 * cf_digest_format:
 * @self: a digest
 * @text: (out): where to put it
 *
 * Writes the digest in hexadecimal.
 */
void
cf_digest_format (const CfDigest *self, char text[CF_DIGEST_HEX_SIZE])
{
  for (gsize i = 0; i < CF_DIGEST_SIZE; i++)
    g_snprintf (text + 2 * i, 3, "%02x", self->bytes[i]);
}
