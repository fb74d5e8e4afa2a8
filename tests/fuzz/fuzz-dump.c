/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-dump.c -- any bytes as a value in the RDB format, with its type in
 * front, as RESTORE gets it: what is accepted can be gone over, copied and
 * written, and is accepted again. */
#include "config.h"

#include "../persist/payload.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static CfConfig *config;

static void
check_copy (const CfEntry *entry)
{
  g_autoptr (CfObject) copy = NULL;

  if (cf_entry_type (entry) == CF_TYPE_STRING)
    return;
  copy = cf_object_try_copy (cf_entry_object (entry));
  g_assert_nonnull (copy);
  g_assert_cmpuint (cf_object_n_elements (copy), ==,
                    cf_object_n_elements (cf_entry_object (entry)));
  g_assert_cmpuint (cf_object_memory (copy, 0), >, 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const guint8 seed[16] = "a constant seed";
  g_auto (CfRdbWriter) writer = { NULL };
  g_autoptr (CfBlob) blob = NULL;
  CfEntry *entry;

  if (config == NULL)
    {
      cf_hash_init (seed);
      config = cf_config_new ();
    }
  entry = read_entry_as (config, cf_slice ((const char *) data, size));
  if (entry == NULL)
    return 0;
  check_copy (entry);
  cf_rdb_writer_init (&writer, size);
  cf_rdb_put_byte (&writer, (guint8) cf_rdb_type (entry));
  cf_rdb_put_value (&writer, entry);
  blob = cf_rdb_writer_end (&writer);
  cf_entry_free (entry);
  g_assert_nonnull (blob);
  entry = read_entry_as (config, cf_blob_slice (blob));
  g_assert_nonnull (entry);
  cf_entry_free (entry);
  return 0;
}
