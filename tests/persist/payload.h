/* SPDX-License-Identifier: GPL-3.0-or-later */
/* payload.h -- what the tests of values in the RDB format share.
 *
 * Values are given as redis-server writes them: the type, then the value. */
#pragma once

#include "base/hash.h"
#include "persist/rdb-value.h"

/* Made as @config says.  NULL: damaged, or no memory. */
static inline CfEntry *
read_entry_as (CfConfig *config, CfSlice bytes)
{
  g_auto (CfRdbString) string = CF_RDB_STRING_INIT;
  CfRdbReader reader = cf_rdb_reader (bytes);
  CfEntry *entry;
  CfValue value;
  guint8 type;

  if (!cf_rdb_get_byte (&reader, &type) ||
      !cf_rdb_get_value (&reader, type, config, &string, &value))
    return NULL;
  entry = cf_entry_try_new (CF_SLICE ("k"), &value, CF_NO_DEADLINE);
  if (entry == NULL)
    cf_value_drop (&value);
  return entry;
}

/* NULL: damaged. */
static inline CfEntry *
read_entry (CfSlice bytes)
{
  g_autoptr (CfConfig) config = cf_config_new ();

  return read_entry_as (config, bytes);
}

static inline void
assert_written (const CfEntry *entry, CfSlice expected)
{
  g_auto (CfRdbWriter) writer = { NULL };
  g_autoptr (CfBlob) blob = NULL;

  cf_rdb_writer_init (&writer, 0);
  cf_rdb_put_byte (&writer, (guint8) cf_rdb_type (entry));
  cf_rdb_put_value (&writer, entry);
  blob = cf_rdb_writer_end (&writer);
  g_assert_cmpmem (blob->data, blob->size, expected.data, expected.size);
}

/* That @bytes are read, and then written as @expected. */
static inline void
assert_becomes (CfSlice bytes, CfSlice expected)
{
  CfEntry *entry = read_entry (bytes);

  g_assert_nonnull (entry);
  assert_written (entry, expected);
  cf_entry_free (entry);
}

static inline void
assert_refused (CfSlice bytes)
{
  g_assert_null (read_entry (bytes));
}

/* That @bytes come back as they are; that they are refused when the end is
 * missing; and that no wrong byte does harm. */
static inline void
assert_kept (CfSlice bytes)
{
  g_autofree char *copy = g_malloc (bytes.size);

  assert_becomes (bytes, bytes);
  for (gsize size = 0; size < bytes.size; size++)
    {
      g_autofree char *start = g_memdup2 (bytes.data, size);

      assert_refused (cf_slice (start, size));
    }
  for (gsize i = 0; i < bytes.size * 8; i++)
    {
      CfEntry *entry;

      memcpy (copy, bytes.data, bytes.size);
      copy[i / 8] = (char) (copy[i / 8] ^ 1 << i % 8);
      entry = read_entry (cf_slice (copy, bytes.size));
      if (entry != NULL)
        cf_entry_free (entry);
    }
}

static inline void
persist_test_init (int *argc, char ***argv)
{
  static const guint8 seed[16] = "a constant seed";

  g_test_init (argc, argv, NULL);
  cf_hash_init (seed);
}
