/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/cmd-string.h"

#include "types/lcs.h"

typedef struct
{
  gboolean length;         /* LEN */
  gboolean ranges;         /* IDX */
  gboolean range_lengths;  /* WITHMATCHLEN */
  gint64 min_range_length; /* MINMATCHLEN */
} Options;

static gboolean
parse_options (CfCall *call, Options *options, GError **error)
{
  for (guint i = 3; i < call->argc; i++)
    if (cf_call_is (call, i, "IDX"))
      options->ranges = TRUE;
    else if (cf_call_is (call, i, "LEN"))
      options->length = TRUE;
    else if (cf_call_is (call, i, "WITHMATCHLEN"))
      options->range_lengths = TRUE;
    else if (cf_call_is (call, i, "MINMATCHLEN") && i + 1 < call->argc)
      {
        if (!cf_call_get_int (call, ++i, &options->min_range_length, error))
          return FALSE;
      }
    else
      return cf_call_syntax_error (error);
  if (options->ranges && options->length)
    return cf_throw (
        error, CF_ERROR_FAILED,
        "If you want both the length and indexes, please just use IDX.");
  return TRUE;
}

static gboolean
get_strings (CfCall *call,
             CfSlice strings[2],
             char scratches[2][32],
             GError **error)
{
  CfEntry *entries[2];

  for (guint i = 0; i < 2; i++)
    entries[i] = cf_call_read (call, i + 1);
  for (guint i = 0; i < 2; i++)
    {
      const CfEntry *entry = entries[i];

      if (entry != NULL && cf_entry_type (entry) != CF_TYPE_STRING)
        return cf_throw (error, CF_ERROR_FAILED,
                         "The specified keys must contain string values");
      strings[i] = entry != NULL ? cf_entry_string (entry, scratches[i])
                                 : cf_slice ("", 0);
    }
  return TRUE;
}

/* The limits are those of a table with four bytes for each pair of bytes. */
static gboolean
check_sizes (CfCall *call, const CfSlice strings[2], GError **error)
{
  guint64 most = (guint64) cf_config_get_int (call->engine->config,
                                              CF_SETTING_PROTO_MAX_BULK_LEN);
  guint64 rows = strings[0].size + 1, columns = strings[1].size + 1;

  if (rows >= G_MAXUINT32 || columns >= G_MAXUINT32)
    return cf_throw (error, CF_ERROR_FAILED, "String too long for LCS");
  if (rows * columns > most / sizeof (guint32))
    return cf_throw (error, CF_ERROR_FAILED,
                     "Insufficient memory, transient memory for LCS exceeds "
                     "proto-max-bulk-len");
  return TRUE;
}

static void
reply_span (CfReply *reply, gsize first, gsize size)
{
  cf_reply_array (reply, 2);
  cf_reply_int (reply, (gint64) first);
  cf_reply_int (reply, (gint64) (first + size - 1));
}

static void
reply_ranges (CfReply *reply, CfLcs *lcs, const Options *options)
{
  CfOutChunk *hole;
  gsize n = 0;
  CfLcsRange range;

  cf_reply_map (reply, 2);
  cf_reply_bulk_string (reply, "matches");
  hole = cf_reply_deferred (reply);
  while (cf_lcs_next (lcs, &range))
    {
      if ((gint64) range.size < options->min_range_length)
        continue;
      cf_reply_array (reply, options->range_lengths ? 3 : 2);
      reply_span (reply, range.a_first, range.size);
      reply_span (reply, range.b_first, range.size);
      if (options->range_lengths)
        cf_reply_int (reply, (gint64) range.size);
      n++;
    }
  cf_reply_deferred_array (reply, hole, n);
  cf_reply_bulk_string (reply, "len");
  cf_reply_int (reply, (gint64) cf_lcs_length (lcs));
}

static gboolean
reply_string (CfReply *reply, CfLcs *lcs, CfSlice a, GError **error)
{
  gsize left = cf_lcs_length (lcs);
  g_autoptr (CfBlob) blob = cf_blob_try_new (left);
  CfLcsRange range;

  if (blob == NULL)
    return cf_call_out_of_memory (error);
  blob->size = left;
  while (cf_lcs_next (lcs, &range))
    {
      left -= range.size;
      memcpy (blob->data + left, a.data + range.a_first, range.size);
    }
  cf_reply_bulk_blob (reply, blob, 0, blob->size);
  return TRUE;
}

gboolean
cf_string_lcs (CfCall *call, GError **error)
{
  Options options = { 0 };
  CfSlice strings[2];
  char scratches[2][32];
  g_autoptr (CfLcs) lcs = NULL;

  if (!get_strings (call, strings, scratches, error) ||
      !parse_options (call, &options, error) ||
      !check_sizes (call, strings, error))
    return FALSE;
  lcs = cf_lcs_try_new (strings[0], strings[1], !options.length);
  if (lcs == NULL)
    return cf_throw (
        error, CF_ERROR_FAILED,
        "Insufficient memory, failed allocating transient memory for LCS");
  if (options.length)
    cf_reply_int (&call->reply, (gint64) cf_lcs_length (lcs));
  else if (options.ranges)
    reply_ranges (&call->reply, lcs, &options);
  else
    return reply_string (&call->reply, lcs, strings[0], error);
  return TRUE;
}
