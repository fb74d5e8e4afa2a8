/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HRANDFIELD: fields by chance. */
#include "config.h"

#include "commands/cmd-hash.h"

static void
reply_field (CfSlice field, CfSlice value, gpointer data)
{
  CfCall *call = data;

  (void) value;
  cf_reply_bulk (&call->reply, field);
}

/* In RESP3 a pair is an array of its own. */
static void
reply_pair (CfSlice field, CfSlice value, gpointer data)
{
  CfCall *call = data;

  if (call->reply.resp > 2)
    cf_reply_array (&call->reply, 2);
  cf_reply_bulk (&call->reply, field);
  cf_reply_bulk (&call->reply, value);
}

static gboolean
reply_some (CfCall *call, gint64 count, gboolean with_values, GError **error)
{
  CfHashmapFunc func = with_values ? reply_pair : reply_field;
  guint width = with_values && call->reply.resp == 2 ? 2 : 1;
  const CfHashmap *hash;
  gsize n = count < 0 ? (gsize) -count : (gsize) count;

  if (!cf_hash_read (call, &hash, error))
    return FALSE;
  if (hash == NULL)
    n = 0;
  else if (count > 0)
    n = MIN (n, cf_hashmap_n (hash));
  else if (!cf_call_may_reply (call, n, error))
    return FALSE;
  cf_reply_array (&call->reply, n * width);
  if (n > 0 && count > 0)
    cf_hashmap_sample (hash, n, func, call);
  else if (n > 0)
    cf_hashmap_draw (hash, n, func, call);
  return TRUE;
}

gboolean
cf_hash_hrandfield (CfCall *call, GError **error)
{
  const CfHashmap *hash;
  gint64 count;

  if (call->argc == 2)
    {
      if (!cf_hash_read (call, &hash, error))
        return FALSE;
      if (hash == NULL)
        cf_reply_null (&call->reply);
      else
        cf_hashmap_draw (hash, 1, reply_field, call);
      return TRUE;
    }
  if (!cf_call_get_int_in (call, 2, -G_MAXINT64, G_MAXINT64, &count, error))
    return FALSE;
  if (call->argc > 4 ||
      (call->argc == 4 && !cf_call_is (call, 3, "WITHVALUES")))
    return cf_call_syntax_error (error);
  if (call->argc == 4 && (count < -G_MAXINT64 / 2 || count > G_MAXINT64 / 2))
    return cf_throw (error, CF_ERROR_FAILED, "value is out of range");
  return reply_some (call, count, call->argc == 4, error);
}
