/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "persist/rdb-value.h"

#include "base/crc.h"

/* -- Strings -------------------------------------------------------------- */

static void
put_string (CfRdbWriter *self, const CfEntry *entry)
{
  char scratch[32];

  if (cf_entry_encoding (entry) == CF_ENCODING_INT)
    cf_rdb_put_int_string (self, cf_entry_int (entry));
  else
    cf_rdb_put_string (self, cf_entry_string (entry, scratch));
}

static gboolean
get_string (CfRdbReader *self, CfRdbString *string, CfValue *value)
{
  if (!cf_rdb_get_string (self, string))
    return FALSE;
  *value = cf_value_string (string->bytes);
  return TRUE;
}

/* -- Any value ------------------------------------------------------------ */

/**
 * cf_rdb_type:
 * @entry: an entry that is held
 *
 * Returns: how its value is written
 */
CfRdbType
cf_rdb_type (const CfEntry *entry)
{
  return CF_RDB_STRING;
}

/**
 * cf_rdb_put_value:
 * @self: a writer
 * @entry: an entry that is held
 *
 * Writes its value, without its type.
 */
void
cf_rdb_put_value (CfRdbWriter *self, const CfEntry *entry)
{
  put_string (self, entry);
}

/**
 * cf_rdb_get_value:
 * @self: a reader
 * @type: the type that was before the value
 * @config: the thresholds of the encodings
 * @string: (inout): where to put bytes of the value that are not in the reader
 * @value: (out): the value
 *
 * Returns: %FALSE if it is damaged, or there is no memory for it
 */
gboolean
cf_rdb_get_value (CfRdbReader *self,
                  guint8 type,
                  CfConfig *config,
                  CfRdbString *string,
                  CfValue *value)
{
  switch (type)
    {
    case CF_RDB_STRING:
      return get_string (self, string, value);
    default:
      return FALSE;
    }
}

/* -- Payloads ------------------------------------------------------------- */

/**
 * cf_rdb_payload_new:
 * @entry: an entry that is held
 *
 * Returns: (transfer full) (nullable): its value as a payload; %NULL if there
 *   is no memory
 */
CfBlob *
cf_rdb_payload_new (const CfEntry *entry)
{
  g_auto (CfRdbWriter) writer = { NULL };

  cf_rdb_writer_init (&writer, 64);
  cf_rdb_put_byte (&writer, (guint8) cf_rdb_type (entry));
  cf_rdb_put_value (&writer, entry);
  cf_rdb_put_le16 (&writer, CF_RDB_VERSION);
  if (!writer.failed)
    cf_rdb_put_le64 (&writer, cf_crc64 (0, cf_blob_slice (writer.blob)));
  return cf_rdb_writer_end (&writer);
}

/**
 * cf_rdb_payload_open:
 * @payload: any bytes
 * @reader: (out): of the type and the value in them
 *
 * Returns: %FALSE if they do not end as a payload must, or are of a version
 *   that is too new
 */
gboolean
cf_rdb_payload_open (CfSlice payload, CfRdbReader *reader)
{
  CfRdbReader footer;
  gsize size = payload.size - CF_RDB_FOOTER_SIZE;
  guint8 low, high;
  guint64 crc;

  if (payload.size < CF_RDB_FOOTER_SIZE)
    return FALSE;
  footer = cf_rdb_reader (cf_slice (payload.data + size, CF_RDB_FOOTER_SIZE));
  if (!cf_rdb_get_byte (&footer, &low) || !cf_rdb_get_byte (&footer, &high) ||
      (low | high << 8) > CF_RDB_VERSION_NEWEST ||
      !cf_rdb_get_le64 (&footer, &crc) ||
      crc != cf_crc64 (0, cf_slice (payload.data, size + 2)))
    return FALSE;
  *reader = cf_rdb_reader (cf_slice (payload.data, size));
  return TRUE;
}
