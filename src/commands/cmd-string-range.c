/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/cmd-string.h"

#include "commands/edit.h"

/* Writes @bytes into the string at argument 1, from @start. */
static gboolean
write_at (
    CfCall *call, CfEntry *entry, gsize start, CfSlice bytes, GError **error)
{
  char *data = cf_edit_string (call, 1, entry, start + bytes.size, error);

  if (data == NULL)
    return FALSE;
  if (bytes.size > 0)
    memcpy (data + start, bytes.data, bytes.size);
  return TRUE;
}

gboolean
cf_string_append (CfCall *call, GError **error)
{
  CfSlice bytes = call->argv[2];
  gsize size = 0;
  CfEntry *entry;

  if (!cf_call_write_string (call, 1, &entry, error))
    return FALSE;
  if (entry == NULL)
    {
      if (!cf_call_put_string (call, 1, 2, CF_NO_DEADLINE, error))
        return FALSE;
    }
  else
    {
      size = cf_entry_string_size (entry);
      if (!cf_edit_check_size (call, size, bytes.size, error) ||
          !write_at (call, entry, size, bytes, error))
        return FALSE;
    }
  cf_call_changed (call, 1, CF_NOTIFY_STRING, "append");
  cf_reply_int (&call->reply, (gint64) (size + bytes.size));
  return TRUE;
}

gboolean
cf_string_setrange (CfCall *call, GError **error)
{
  CfSlice bytes = call->argv[3];
  CfEntry *entry;
  gint64 start;
  gsize size;

  if (!cf_call_get_int (call, 2, &start, error))
    return FALSE;
  if (start < 0)
    return cf_throw (error, CF_ERROR_FAILED, "offset is out of range");
  if (!cf_call_write_string (call, 1, &entry, error))
    return FALSE;
  size = entry != NULL ? cf_entry_string_size (entry) : 0;
  if (bytes.size > 0)
    {
      if (!cf_edit_check_size (call, (gsize) start, bytes.size, error) ||
          !write_at (call, entry, (gsize) start, bytes, error))
        return FALSE;
      cf_call_changed (call, 1, CF_NOTIFY_STRING, "setrange");
      size = MAX (size, (gsize) start + bytes.size);
    }
  cf_reply_int (&call->reply, (gint64) size);
  return TRUE;
}

/* Numbers of bytes counted from the end, to those counted from the start. */
static gboolean
resolve_range (gint64 *start, gint64 *end, gint64 size)
{
  if (*start < 0 && *end < 0 && *start > *end)
    return FALSE;
  if (*start < 0)
    *start = MAX (*start + size, 0);
  if (*end < 0)
    *end = MAX (*end + size, 0);
  *end = MIN (*end, size - 1);
  return *start <= *end && size > 0;
}

gboolean
cf_string_getrange (CfCall *call, GError **error)
{
  char scratch[32];
  CfEntry *entry;
  CfSlice bytes = cf_slice (NULL, 0);
  gint64 start, end;

  if (!cf_call_get_int (call, 2, &start, error) ||
      !cf_call_get_int (call, 3, &end, error) ||
      !cf_call_read_string (call, 1, &entry, error))
    return FALSE;
  if (entry != NULL)
    bytes = cf_entry_string (entry, scratch);
  if (!resolve_range (&start, &end, (gint64) bytes.size))
    cf_reply_bulk (&call->reply, cf_slice (NULL, 0));
  else if ((entry->flags & CF_ENTRY_BLOB) != 0)
    cf_reply_bulk_blob (&call->reply, cf_entry_blob (entry), (gsize) start,
                        (gsize) (end - start + 1));
  else
    cf_reply_bulk (&call->reply,
                   cf_slice (bytes.data + start, (gsize) (end - start + 1)));
  return TRUE;
}
