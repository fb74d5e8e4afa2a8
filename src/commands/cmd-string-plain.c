/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SET and GET of a client that speaks the plain dialect: the same changes,
 * answered without framing. */
#include "config.h"

#include "commands/cmd-string.h"
#include "proto/plain.h"

gboolean
cf_string_plain_get (CfCall *call, GError **error)
{
  CfEntry *entry = cf_call_read (call, 1);
  CfOut *out = call->reply.out;
  char scratch[32];

  /* What is no string has no bytes to show. */
  if (entry == NULL || !cf_call_check_type (entry, CF_TYPE_STRING, NULL))
    return TRUE;
  if ((entry->flags & CF_ENTRY_BLOB) &&
      cf_entry_blob (entry)->size >= CF_REPLY_BY_REFERENCE)
    {
      CfBlob *blob = cf_entry_blob (entry);

      cf_out_append_blob (out, blob, 0, blob->size);
    }
  else
    {
      CfSlice value = cf_entry_string (entry, scratch);

      cf_out_append (out, value.data, value.size);
    }
  return TRUE;
}

gboolean
cf_string_plain_set (CfCall *call, GError **error)
{
  gboolean is_there = cf_call_write (call, 1) != NULL;
  const char *answer = is_there ? CF_PLAIN_REPLACED : CF_PLAIN_ADDED;

  if (!cf_call_put_string (call, 1, 2, CF_NO_DEADLINE, error))
    return FALSE;
  cf_call_changed (call, 1, CF_NOTIFY_STRING, "set");
  cf_out_append (call->reply.out, answer, strlen (answer));
  return TRUE;
}
