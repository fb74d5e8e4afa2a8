/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-list-pop.c -- the commands that take elements from the ends of lists. */
#include "config.h"

#include "base/number.h"
#include "commands/cmd-list.h"

static const char *
pop_event (CfListEnd end)
{
  return end == CF_LIST_HEAD ? "lpop" : "rpop";
}

/* Records what a command did that did not say so itself; @n is 0 if it is to
 * have no count. */
static void
record_pop (CfCall *call, guint i, CfListEnd end, gsize n)
{
  char digits[CF_INT64_SIZE];
  CfSlice words[3] = { end == CF_LIST_HEAD ? CF_SLICE ("LPOP")
                                           : CF_SLICE ("RPOP"),
                       call->argv[i] };

  words[2] = cf_slice (digits, cf_format_uint64 (digits, n));
  cf_call_effect (call, words, n > 0 ? 3 : 2);
}

static void
pop_one (CfCall *call, guint i, CfList *list, CfListEnd end)
{
  char scratch[CF_LIST_SCRATCH];
  CfListElement element = cf_list_peek (list, end, scratch);

  cf_cmd_list_reply (call, &element);
  cf_list_drop (list, end);
  cf_cmd_list_removed (call, i, list, pop_event (end));
}

/* Replies with an array of up to @n elements, and removes them. */
static gsize
pop_many (CfCall *call, guint i, CfList *list, CfListEnd end, gsize n)
{
  gboolean head = end == CF_LIST_HEAD;

  n = MIN (n, cf_list_n (list));
  cf_cmd_list_reply_range (call, list, head ? 0 : -1, n, !head);
  cf_cmd_list_cut (call, list, end, n);
  cf_cmd_list_removed (call, i, list, pop_event (end));
  return n;
}

static gboolean
pop (CfCall *call, CfListEnd end, GError **error)
{
  gboolean has_count = call->argc == 3;
  gint64 n = 0;
  CfList *list;

  if (call->argc > 3)
    return cf_throw (error, CF_ERROR_FAILED,
                     "wrong number of arguments for '%s' command",
                     call->info->full_name);
  if (has_count && !cf_call_get_int_in (call, 2, 0, G_MAXINT64, &n, error))
    return FALSE;
  if (!cf_cmd_list_write (call, 1, &list, error))
    return FALSE;
  if (list == NULL && has_count)
    cf_reply_null_array (&call->reply);
  else if (list == NULL)
    cf_reply_null (&call->reply);
  else if (!has_count)
    pop_one (call, 1, list, end);
  else if (n == 0)
    cf_reply_array (&call->reply, 0);
  else
    pop_many (call, 1, list, end, (gsize) n);
  return TRUE;
}

gboolean
cf_cmd_list_lpop (CfCall *call, GError **error)
{
  return pop (call, CF_LIST_HEAD, error);
}

gboolean
cf_cmd_list_rpop (CfCall *call, GError **error)
{
  return pop (call, CF_LIST_TAIL, error);
}

/* -- The first of several lists that is not empty ------------------------- */

/* What is wanted of which lists. */
typedef struct
{
  guint first;
  guint n_keys;
  CfListEnd end;
  gsize count; /* 0: one element, and no array of them */
} Wish;

static void
pop_from (CfCall *call, guint i, CfList *list, const Wish *wish)
{
  gsize n = 0;

  cf_reply_array (&call->reply, 2);
  cf_reply_bulk (&call->reply, call->argv[i]);
  if (wish->count > 0)
    n = pop_many (call, i, list, wish->end, wish->count);
  else
    pop_one (call, i, list, wish->end);
  record_pop (call, i, wish->end, n);
}

static gboolean
pop_first (CfCall *call, const Wish *wish, gboolean *done, GError **error)
{
  guint only = cf_call_ready_key (call);
  CfList *list;

  *done = FALSE;
  for (guint i = wish->first; i < wish->first + wish->n_keys && !*done; i++)
    {
      if (only != 0 && i != only)
        continue;
      if (!cf_cmd_list_write (call, i, &list, error))
        return FALSE;
      if (list == NULL)
        continue;
      pop_from (call, i, list, wish);
      *done = TRUE;
    }
  return TRUE;
}

static gboolean
pop_or_block (CfCall *call,
              const Wish *wish,
              gint64 deadline_ms,
              GError **error)
{
  gboolean done;

  if (!pop_first (call, wish, &done, error))
    return FALSE;
  return done ||
         cf_call_block (call, wish->first, wish->n_keys, deadline_ms, error);
}

static gboolean
block_pop (CfCall *call, CfListEnd end, GError **error)
{
  const Wish wish = { .first = 1, .n_keys = call->argc - 2, .end = end };
  gint64 deadline_ms;

  return cf_call_get_timeout (call, call->argc - 1, &deadline_ms, error) &&
         pop_or_block (call, &wish, deadline_ms, error);
}

gboolean
cf_cmd_list_blpop (CfCall *call, GError **error)
{
  return block_pop (call, CF_LIST_HEAD, error);
}

gboolean
cf_cmd_list_brpop (CfCall *call, GError **error)
{
  return block_pop (call, CF_LIST_TAIL, error);
}

static gboolean
parse_count (CfCall *call, guint i, Wish *wish, GError **error)
{
  gint64 count;

  if (!cf_call_is (call, i, "COUNT") || i + 1 == call->argc)
    return cf_call_syntax_error (error);
  if (!cf_call_get_int_in (call, i + 1, 1, G_MAXINT64, &count, NULL))
    return cf_throw (error, CF_ERROR_FAILED, "count should be greater than 0");
  if (i + 2 != call->argc)
    return cf_call_syntax_error (error);
  wish->count = (gsize) count;
  return TRUE;
}

/* numkeys key ... LEFT|RIGHT [COUNT count], from argument @i on. */
static gboolean
parse_wish (CfCall *call, guint i, Wish *wish, GError **error)
{
  gint64 n_keys;
  guint where;

  *wish = (Wish){ .first = i + 1 };
  if (!cf_call_get_int_in (call, i, 1, G_MAXINT64, &n_keys, NULL))
    return cf_throw (error, CF_ERROR_FAILED,
                     "numkeys should be greater than 0");
  if (n_keys >= (gint64) (call->argc - wish->first))
    return cf_call_syntax_error (error);
  wish->n_keys = (guint) n_keys;
  where = wish->first + wish->n_keys;
  if (!cf_cmd_list_get_end (call, where, &wish->end, error) ||
      (call->argc > where + 1 && !parse_count (call, where + 1, wish, error)))
    return FALSE;
  if (wish->count == 0)
    wish->count = 1;
  return TRUE;
}

gboolean
cf_cmd_list_lmpop (CfCall *call, GError **error)
{
  gboolean done;
  Wish wish;

  if (!parse_wish (call, 1, &wish, error) ||
      !pop_first (call, &wish, &done, error))
    return FALSE;
  if (!done)
    cf_reply_null_array (&call->reply);
  return TRUE;
}

gboolean
cf_cmd_list_blmpop (CfCall *call, GError **error)
{
  gint64 deadline_ms;
  Wish wish;

  return parse_wish (call, 2, &wish, error) &&
         cf_call_get_timeout (call, 1, &deadline_ms, error) &&
         pop_or_block (call, &wish, deadline_ms, error);
}
