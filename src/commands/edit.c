/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/edit.h"

/**
 * cf_edit_check_size:
 * @call: a call
 * @start: bytes a string has before
 * @size: bytes that are to come after them
 * @error: return location for an error, or %NULL
 *
 * Returns: whether a string may be as long as that
 */
gboolean
cf_edit_check_size (CfCall *call, gsize start, gsize size, GError **error)
{
  gsize most = (gsize) cf_config_get_int (call->engine->config,
                                          CF_SETTING_PROTO_MAX_BULK_LEN);

  if (start <= most && size <= most - start)
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED,
                   "string exceeds maximum allowed size (proto-max-bulk-len)");
}

/* Room for a string of @size bytes that has begun to grow: so much more that
 * growing byte by byte takes linear time. */
static gsize
room_for (gsize size)
{
  return size + (size < (1 << 20) ? size : size / 8);
}

/* Puts @size bytes at the key: @bytes, then zeros. */
static CfEntry *
put_short (CfCall *call, guint i, CfSlice bytes, gsize size, GError **error)
{
  char buffer[CF_ENTRY_INLINE_MAX];
  CfValue value = cf_value_raw (cf_slice (buffer, size));
  CfEntry *entry;

  if (bytes.size > 0)
    memcpy (buffer, bytes.data, bytes.size);
  memset (buffer + bytes.size, 0, size - bytes.size);
  if (!cf_call_put (call, i, &value, CF_KEEP_DEADLINE, &entry, error))
    return NULL;
  return entry;
}

static CfEntry *
put_long (CfCall *call, guint i, CfSlice bytes, gsize size, GError **error)
{
  gsize capacity = bytes.size > 0 ? room_for (size) : size;
  g_autoptr (CfBlob) blob = cf_blob_try_new_zeroed (capacity);
  CfValue value;
  CfEntry *entry;

  if (blob == NULL)
    {
      cf_call_out_of_memory (error);
      return NULL;
    }
  if (bytes.size > 0)
    memcpy (blob->data, bytes.data, bytes.size);
  blob->size = size;
  value = cf_value_blob (blob);
  if (!cf_call_put (call, i, &value, CF_KEEP_DEADLINE, &entry, error))
    return NULL;
  g_steal_pointer (&blob);
  return entry;
}

static gboolean
grow_blob (CfEntry *entry, gsize size, GError **error)
{
  CfBlob *blob = cf_entry_blob (entry);

  blob = cf_entry_try_own_blob (entry,
                                size > blob->capacity ? room_for (size) : size);
  if (blob == NULL)
    return cf_call_out_of_memory (error);
  memset (blob->data + blob->size, 0, size - blob->size);
  blob->size = size;
  return TRUE;
}

static char *
writable (CfEntry *entry, GError **error)
{
  char *data = cf_entry_writable (entry);

  if (data == NULL)
    cf_call_out_of_memory (error);
  return data;
}

/**
 * cf_edit_string:
 * @call: a call
 * @i: the number of an argument that is a key
 * @entry: (nullable): the string at the key
 * @size: how many bytes it must have at least
 * @error: return location for an error, or %NULL
 *
 * Makes the string one that may be changed in place: its encoding is RAW from
 * then on.  It is made, or grows by zeros, where it is too short.
 *
 * Returns: (transfer none) (nullable): its bytes; %NULL when there is no
 *   memory
 */
char *
cf_edit_string (
    CfCall *call, guint i, CfEntry *entry, gsize size, GError **error)
{
  char scratch[32];
  CfSlice bytes = cf_slice (NULL, 0);

  if (entry != NULL)
    bytes = cf_entry_string (entry, scratch);
  size = MAX (size, bytes.size);
  /* To grow by far is to begin anew: fresh memory is zero without writing it,
   * which would take long with a slot locked. */
  if (entry != NULL && (entry->flags & CF_ENTRY_BLOB) != 0 &&
      size / 4 <= bytes.size)
    {
      if (size > bytes.size && !grow_blob (entry, size, error))
        return NULL;
    }
  else if (size > CF_ENTRY_INLINE_MAX)
    entry = put_long (call, i, bytes, size, error);
  else if (entry == NULL || size > bytes.size ||
           cf_entry_encoding (entry) == CF_ENCODING_INT)
    entry = put_short (call, i, bytes, size, error);
  return entry != NULL ? writable (entry, error) : NULL;
}
