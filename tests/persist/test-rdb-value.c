/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hash.h"
#include "persist/rdb-value.h"

/* An entry without key that has @value (transfer full). */
static CfEntry *
entry_of (CfValue value)
{
  CfEntry *entry = cf_entry_try_new (CF_SLICE ("k"), &value, CF_NO_DEADLINE);

  g_assert_nonnull (entry);
  return entry;
}

/* The entry that a payload makes; NULL: it is damaged. */
static CfEntry *
restore (CfSlice payload)
{
  g_autoptr (CfConfig) config = cf_config_new ();
  g_auto (CfRdbString) string = CF_RDB_STRING_INIT;
  CfRdbReader reader;
  CfValue value;
  guint8 type;

  if (!cf_rdb_payload_open (payload, &reader) ||
      !cf_rdb_get_byte (&reader, &type) ||
      !cf_rdb_get_value (&reader, type, config, &string, &value))
    return NULL;
  return entry_of (value);
}

/* What redis-server 7.0.15 returns for SET k hello; DUMP k. */
static void
test_known (void)
{
  static const char payload[] = "\x00\x05hello"
                                "\x0a\x00\x63\x72\xdf\x76\x65\x34\x20\x0a";
  CfEntry *entry = entry_of (cf_value_string (CF_SLICE ("hello")));
  g_autoptr (CfBlob) blob = cf_rdb_payload_new (entry);

  g_assert_cmpmem (blob->data, blob->size, payload, sizeof payload - 1);
  cf_entry_free (entry);
}

static void
test_strings (void)
{
  g_autofree char *long_text = g_strnfill (100000, 'x');
  const char *texts[] = { "", "a", "12345", "123456789012", long_text };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      CfSlice text = cf_slice_of_string (texts[i]);
      CfEntry *entry = entry_of (cf_value_string (text)), *restored;
      g_autoptr (CfBlob) blob = cf_rdb_payload_new (entry);
      char scratch[32];
      CfSlice got;

      restored = restore (cf_blob_slice (blob));
      g_assert_nonnull (restored);
      got = cf_entry_string (restored, scratch);
      g_assert_cmpmem (got.data, got.size, text.data, text.size);
      g_assert_cmpint (cf_entry_encoding (restored), ==,
                       cf_entry_encoding (entry));
      cf_entry_free (restored);
      cf_entry_free (entry);
    }
}

/* Any bit that is wrong is found by the checksum. */
static void
test_footer (void)
{
  CfEntry *entry = entry_of (cf_value_string (CF_SLICE ("hello world")));
  g_autoptr (CfBlob) blob = cf_rdb_payload_new (entry);
  CfRdbReader reader;

  g_assert_true (cf_rdb_payload_open (cf_blob_slice (blob), &reader));
  for (gsize i = 0; i < blob->size * 8; i++)
    {
      blob->data[i / 8] = (char) (blob->data[i / 8] ^ 1 << i % 8);
      g_assert_false (cf_rdb_payload_open (cf_blob_slice (blob), &reader));
      blob->data[i / 8] = (char) (blob->data[i / 8] ^ 1 << i % 8);
    }
  for (gsize size = 0; size < blob->size; size++)
    g_assert_false (cf_rdb_payload_open (cf_slice (blob->data, size), &reader));
  cf_entry_free (entry);
}

int
main (int argc, char **argv)
{
  static const guint8 seed[16] = "a constant seed";

  g_test_init (&argc, &argv, NULL);
  cf_hash_init (seed);
  g_test_add_func ("/persist/rdb-value/known", test_known);
  g_test_add_func ("/persist/rdb-value/strings", test_strings);
  g_test_add_func ("/persist/rdb-value/footer", test_footer);
  return g_test_run ();
}
