/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "persist/rdb-value.h"

#include "base/crc.h"
#include "persist/rdb-types.h"

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
  switch (cf_entry_type (entry))
    {
    case CF_TYPE_LIST:
      return CF_RDB_LIST_QUICKLIST_2;
    case CF_TYPE_SET:
      return cf_rdb_set_type (cf_entry_object (entry));
    case CF_TYPE_ZSET:
      return cf_rdb_zset_type (cf_entry_object (entry));
    case CF_TYPE_HASH:
      return cf_rdb_hashmap_type (cf_entry_object (entry));
    case CF_TYPE_STREAM:
      return CF_RDB_STREAM_LISTPACKS_2;
    default:
      return CF_RDB_STRING;
    }
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
  switch (cf_entry_type (entry))
    {
    case CF_TYPE_LIST:
      cf_rdb_put_list (self, cf_entry_object (entry));
      break;
    case CF_TYPE_SET:
      cf_rdb_put_set (self, cf_entry_object (entry));
      break;
    case CF_TYPE_ZSET:
      cf_rdb_put_zset (self, cf_entry_object (entry));
      break;
    case CF_TYPE_HASH:
      cf_rdb_put_hashmap (self, cf_entry_object (entry));
      break;
    case CF_TYPE_STREAM:
      cf_rdb_put_stream (self, cf_entry_object (entry));
      break;
    default:
      put_string (self, entry);
      break;
    }
}

/* An object of any type; NULL as in rdb-types.h, or for a type that is none. */
static CfObject *
get_object (CfRdbReader *self, guint8 type, CfConfig *config)
{
  switch (type)
    {
    case CF_RDB_LIST:
    case CF_RDB_LIST_ZIPLIST:
    case CF_RDB_LIST_QUICKLIST:
    case CF_RDB_LIST_QUICKLIST_2:
      return cf_rdb_get_list (self, type, config);
    case CF_RDB_SET:
    case CF_RDB_SET_INTSET:
    case CF_RDB_SET_LISTPACK:
      return cf_rdb_get_set (self, type, config);
    case CF_RDB_ZSET:
    case CF_RDB_ZSET_2:
    case CF_RDB_ZSET_ZIPLIST:
    case CF_RDB_ZSET_LISTPACK:
      return cf_rdb_get_zset (self, type, config);
    case CF_RDB_HASH:
    case CF_RDB_HASH_ZIPMAP:
    case CF_RDB_HASH_ZIPLIST:
    case CF_RDB_HASH_LISTPACK:
      return cf_rdb_get_hashmap (self, type, config);
    case CF_RDB_STREAM_LISTPACKS:
    case CF_RDB_STREAM_LISTPACKS_2:
    case CF_RDB_STREAM_LISTPACKS_3:
      return cf_rdb_get_stream (self, type);
    default:
      return NULL;
    }
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
  CfObject *object;

  if (type == CF_RDB_STRING)
    return get_string (self, string, value);
  object = get_object (self, type, config);
  if (object == NULL)
    return FALSE;
  *value = cf_value_object (object);
  return TRUE;
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
