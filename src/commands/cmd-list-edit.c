/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-list-edit.c -- the commands that look for elements inside a list, and
 * change it there. */
#include "config.h"

#include "commands/cmd-list.h"

static CfListElement
take_element (CfCall *call, guint i, CfBlob **blob)
{
  *blob = cf_call_take_blob (call, i);
  return (CfListElement){ call->argv[i], *blob };
}

gboolean
cf_cmd_list_lset (CfCall *call, GError **error)
{
  g_autoptr (CfBlob) blob = NULL;
  CfListElement element;
  CfListCursor cursor;
  CfList *list;
  gint64 index;

  if (!cf_cmd_list_write (call, 1, &list, error))
    return FALSE;
  if (list == NULL)
    return cf_throw (error, CF_ERROR_FAILED, "no such key");
  if (!cf_call_get_int (call, 2, &index, error))
    return FALSE;
  if (!cf_list_seek (list, index, &cursor))
    return cf_throw (error, CF_ERROR_FAILED, "index out of range");
  element = take_element (call, 3, &blob);
  if (!cf_list_replace (list, &cursor, &element, cf_cmd_list_limit (call)))
    return cf_call_out_of_memory (error);
  cf_call_changed (call, 1, CF_NOTIFY_LIST, "lset");
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* -- LINSERT -------------------------------------------------------------- */

static gboolean
find (const CfList *list, CfSlice bytes, CfListCursor *cursor)
{
  CfListWanted wanted = cf_list_wanted (bytes);

  if (!cf_list_seek (list, 0, cursor))
    return FALSE;
  do
    if (cf_list_is (cursor, &wanted))
      return TRUE;
  while (cf_list_next (cursor));
  return FALSE;
}

gboolean
cf_cmd_list_linsert (CfCall *call, GError **error)
{
  gboolean after = cf_call_is (call, 2, "AFTER");
  g_autoptr (CfBlob) blob = NULL;
  CfListElement element;
  CfListCursor cursor;
  CfList *list;

  if (!after && !cf_call_is (call, 2, "BEFORE"))
    return cf_call_syntax_error (error);
  if (!cf_cmd_list_write (call, 1, &list, error))
    return FALSE;
  if (list == NULL || !find (list, call->argv[3], &cursor))
    {
      cf_reply_int (&call->reply, list == NULL ? 0 : -1);
      return TRUE;
    }
  element = take_element (call, 4, &blob);
  if (!cf_list_insert (list, &cursor, after, &element,
                       cf_cmd_list_limit (call)))
    return cf_call_out_of_memory (error);
  cf_call_changed (call, 1, CF_NOTIFY_LIST, "linsert");
  cf_reply_int (&call->reply, (gint64) cf_list_n (list));
  return TRUE;
}

/* -- LREM, LTRIM ---------------------------------------------------------- */

/* Removes up to @most elements; 0: all. */
static gsize
remove_equal (CfList *list, CfSlice bytes, gboolean backwards, guint64 most)
{
  CfListWanted wanted = cf_list_wanted (bytes);
  CfListCursor cursor;
  gsize n = 0;
  gboolean more = cf_list_seek (list, backwards ? -1 : 0, &cursor);

  while (more && (most == 0 || n < most))
    if (cf_list_is (&cursor, &wanted))
      {
        more = cf_list_remove (list, &cursor, backwards);
        n++;
      }
    else
      more = backwards ? cf_list_previous (&cursor) : cf_list_next (&cursor);
  return n;
}

gboolean
cf_cmd_list_lrem (CfCall *call, GError **error)
{
  CfList *list;
  gint64 count;
  gsize n;

  if (!cf_call_get_int (call, 2, &count, error) ||
      !cf_cmd_list_write (call, 1, &list, error))
    return FALSE;
  if (list == NULL)
    {
      cf_reply_int (&call->reply, 0);
      return TRUE;
    }
  n = remove_equal (list, call->argv[3], count < 0,
                    count < 0 ? 0 - (guint64) count : (guint64) count);
  if (n > 0)
    cf_cmd_list_removed (call, 1, list, "lrem");
  cf_reply_int (&call->reply, (gint64) n);
  return TRUE;
}

/* A range as it is asked for, limited to what there is; FALSE: nothing. */
static gboolean
limit_range (gint64 n, gint64 *start, gint64 *stop)
{
  if (*start < 0)
    *start = MAX (*start + n, 0);
  if (*stop < 0)
    *stop += n;
  if (*start > *stop || *start >= n)
    return FALSE;
  *stop = MIN (*stop, n - 1);
  return TRUE;
}

gboolean
cf_cmd_list_ltrim (CfCall *call, GError **error)
{
  gint64 start, stop, n;
  CfList *list;

  if (!cf_call_get_int (call, 2, &start, error) ||
      !cf_call_get_int (call, 3, &stop, error) ||
      !cf_cmd_list_write (call, 1, &list, error))
    return FALSE;
  if (list != NULL)
    {
      n = (gint64) cf_list_n (list);
      if (!limit_range (n, &start, &stop))
        start = n, stop = n - 1;
      cf_cmd_list_cut (call, list, CF_LIST_TAIL, (gsize) (n - 1 - stop));
      cf_cmd_list_cut (call, list, CF_LIST_HEAD, (gsize) start);
      cf_cmd_list_removed (call, 1, list, "ltrim");
    }
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* -- LPOS ----------------------------------------------------------------- */

typedef struct
{
  gint64 rank;
  gint64 count; /* -1: one, and no array */
  gint64 most;  /* elements to look at; 0: all */
} PosOptions;

static gboolean
parse_rank (const CfCall *call, guint i, PosOptions *options, GError **error)
{
  if (!cf_call_get_int (call, i, &options->rank, error))
    return FALSE;
  /* Redis takes the least number for the last match. */
  if (options->rank == G_MININT64)
    options->rank = -1;
  return options->rank != 0 ||
         cf_throw (error, CF_ERROR_FAILED,
                   "RANK can't be zero: use 1 to start from the first match, 2 "
                   "from the second ... or use negative to start from the end "
                   "of the list");
}

static gboolean
parse_amount (const CfCall *call, guint i, gint64 *amount, GError **error)
{
  if (cf_call_get_int_in (call, i, 0, G_MAXINT64, amount, NULL))
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED, "%s can't be negative",
                   cf_call_is (call, i - 1, "COUNT") ? "COUNT" : "MAXLEN");
}

static gboolean
parse_pos (const CfCall *call, PosOptions *options, GError **error)
{
  *options = (PosOptions){ .rank = 1, .count = -1 };
  for (guint i = 3; i < call->argc; i += 2)
    {
      gboolean ok;

      if (i + 1 == call->argc)
        return cf_call_syntax_error (error);
      if (cf_call_is (call, i, "RANK"))
        ok = parse_rank (call, i + 1, options, error);
      else if (cf_call_is (call, i, "COUNT"))
        ok = parse_amount (call, i + 1, &options->count, error);
      else if (cf_call_is (call, i, "MAXLEN"))
        ok = parse_amount (call, i + 1, &options->most, error);
      else
        return cf_call_syntax_error (error);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

/* The next match, the present element included; counts what it looks at. */
static gboolean
find_next (CfListCursor *cursor,
           const CfListWanted *wanted,
           const PosOptions *options,
           gint64 *n_seen)
{
  gboolean more = TRUE;

  while (more && (options->most == 0 || *n_seen < options->most))
    {
      if (cf_list_is (cursor, wanted))
        return TRUE;
      more =
          options->rank < 0 ? cf_list_previous (cursor) : cf_list_next (cursor);
      *n_seen += more;
    }
  return FALSE;
}

/* Replies with the positions, or the only one. */
static void
reply_positions (CfCall *call, const CfList *list, const PosOptions *options)
{
  CfListWanted wanted = cf_list_wanted (call->argv[2]);
  gboolean backwards = options->rank < 0, more;
  gint64 to_skip = (backwards ? -options->rank : options->rank) - 1;
  gint64 n_seen = 0, n_found = 0, last = (gint64) cf_list_n (list) - 1;
  CfOutChunk *hole =
      options->count >= 0 ? cf_reply_deferred (&call->reply) : NULL;
  CfListCursor cursor;

  more = cf_list_seek (list, backwards ? -1 : 0, &cursor);
  while (more && find_next (&cursor, &wanted, options, &n_seen))
    {
      if (to_skip > 0)
        to_skip--;
      else
        {
          cf_reply_int (&call->reply, backwards ? last - n_seen : n_seen);
          n_found++;
          if (options->count < 0 || n_found == options->count)
            break;
        }
      more = backwards ? cf_list_previous (&cursor) : cf_list_next (&cursor);
      n_seen++;
    }
  if (hole != NULL)
    cf_reply_deferred_array (&call->reply, hole, (gsize) n_found);
  else if (n_found == 0)
    cf_reply_null (&call->reply);
}

gboolean
cf_cmd_list_lpos (CfCall *call, GError **error)
{
  PosOptions options;
  CfList *list;

  if (!parse_pos (call, &options, error) ||
      !cf_cmd_list_read (call, 1, &list, error))
    return FALSE;
  if (list != NULL)
    reply_positions (call, list, &options);
  else if (options.count >= 0)
    cf_reply_array (&call->reply, 0);
  else
    cf_reply_null (&call->reply);
  return TRUE;
}
