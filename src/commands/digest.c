/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/digest.h"

#include "base/number.h"
#include "types/hashmap.h"
#include "types/list.h"
#include "types/set.h"
#include "types/stream.h"
#include "types/zset.h"

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

/* -- Values ---------------------------------------------------------------- */

static void
mix_string (CfDigest *self, const CfEntry *entry)
{
  char scratch[32];

  cf_digest_mix (self, cf_entry_string (entry, scratch));
}

static void
mix_list (CfDigest *self, const CfObject *object)
{
  char scratch[CF_LIST_SCRATCH];
  CfListCursor cursor;

  if (!cf_list_seek ((const CfList *) object, 0, &cursor))
    return;
  do
    cf_digest_mix (self, cf_list_get (&cursor, scratch).bytes);
  while (cf_list_next (&cursor));
}

static void
add_set (CfDigest *self, const CfObject *object)
{
  CfSetIter iter;
  CfSlice member;

  cf_set_iter_init (&iter, (const CfSet *) object);
  while (cf_set_iter_next (&iter, &member))
    cf_digest_add (self, member);
}

/* Two texts that belong together, in any order among others. */
static void
add_pair (CfDigest *self, CfSlice first, CfSlice second)
{
  CfDigest pair = { { 0 } };

  cf_digest_mix (&pair, first);
  cf_digest_mix (&pair, second);
  cf_digest_add (self, cf_slice ((const char *) pair.bytes, CF_DIGEST_SIZE));
}

static void
add_zset (CfDigest *self, const CfObject *object)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  CfZsetIter iter;
  CfSlice member;
  double score;

  cf_zset_iter_init (&iter, cf_zset_of (object), 0, FALSE);
  while (cf_zset_iter_next (&iter, &member, &score))
    {
      g_ascii_formatd (text, sizeof text, "%.17g", score);
      add_pair (self, member, cf_slice_of_string (text));
    }
}

static void
add_hashmap (CfDigest *self, const CfObject *object)
{
  CfHashmapIter iter;
  CfSlice field, value;

  cf_hashmap_iter_init (&iter, (const CfHashmap *) object);
  while (cf_hashmap_iter_next (&iter, &field, &value))
    add_pair (self, field, value);
}

static void
mix_stream (CfDigest *self, const CfObject *object)
{
  const CfStreamEntry *entry;
  CfStreamIter iter;

  cf_stream_iter_init (&iter, (const CfStream *) object, CF_STREAM_ID_MIN,
                       CF_STREAM_ID_MAX, FALSE);
  while ((entry = cf_stream_iter_next (&iter)) != NULL)
    {
      g_autofree char *id =
          g_strdup_printf ("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT,
                           entry->id.ms, entry->id.seq);
      CfStreamFields fields;
      CfSlice field, value;

      cf_digest_mix (self, cf_slice_of_string (id));
      cf_stream_fields_init (&fields, entry);
      while (cf_stream_fields_next (&fields, &field, &value))
        {
          cf_digest_mix (self, field);
          cf_digest_mix (self, value);
        }
    }
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

  cf_digest_mix (self, cf_slice ((const char *) &type, sizeof type));
  switch (cf_entry_type (entry))
    {
    case CF_TYPE_LIST:
      mix_list (self, cf_entry_object (entry));
      break;
    case CF_TYPE_SET:
      add_set (self, cf_entry_object (entry));
      break;
    case CF_TYPE_ZSET:
      add_zset (self, cf_entry_object (entry));
      break;
    case CF_TYPE_HASH:
      add_hashmap (self, cf_entry_object (entry));
      break;
    case CF_TYPE_STREAM:
      mix_stream (self, cf_entry_object (entry));
      break;
    default:
      mix_string (self, entry);
      break;
    }
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
