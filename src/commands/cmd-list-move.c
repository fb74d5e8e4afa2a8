/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-list-move.c -- the commands that take an element from a list and put it
 * into another, or the same. */
#include "config.h"

#include "commands/cmd-list.h"

typedef struct
{
  CfListEnd from;
  CfListEnd to;
} Way;

/* Takes the element out of @source, or nothing if there is no memory. */
static gboolean
move_element (CfCall *call, CfList *source, const Way *way, GError **error)
{
  char scratch[CF_LIST_SCRATCH];
  CfListElement element = cf_list_peek (source, way->from, scratch);
  g_autofree char *copy = NULL;
  g_autoptr (CfBlob) blob = NULL;
  CfList *to;

  if (!cf_cmd_list_add (call, 2, &to, error))
    return FALSE;
  if (element.blob != NULL)
    blob = cf_blob_ref (element.blob);
  /* It is not to be moved while it is read. */
  else if (to == source)
    {
      copy = cf_slice_try_dup (element.bytes);
      if (copy == NULL)
        return cf_call_out_of_memory (error);
      element.bytes.data = copy;
    }
  if (!cf_list_push (to, way->to, &element, cf_cmd_list_limit (call)))
    {
      if (cf_list_n (to) == 0)
        cf_call_remove (call, 2);
      return cf_call_out_of_memory (error);
    }
  cf_cmd_list_reply (call, &element);
  if (to == source && way->from == way->to)
    {
      /* It was pushed on top of the one that is to go. */
      cf_list_drop (source, way->to);
      return TRUE;
    }
  cf_list_drop (source, way->from);
  return TRUE;
}

static void
record_move (CfCall *call, const Way *way)
{
  static const CfSlice names[] = { CF_SLICE ("LEFT"), CF_SLICE ("RIGHT") };
  const CfSlice words[] = { CF_SLICE ("LMOVE"), call->argv[1], call->argv[2],
                            names[way->from], names[way->to] };

  cf_call_effect (call, words, G_N_ELEMENTS (words));
}

/* FALSE with @found: it went wrong. */
static gboolean
move (CfCall *call, const Way *way, gboolean *found, GError **error)
{
  CfList *source, *to;

  if (!cf_cmd_list_write (call, 1, &source, error))
    return FALSE;
  *found = source != NULL;
  if (source == NULL)
    return TRUE;
  if (!cf_cmd_list_write (call, 2, &to, error) ||
      !move_element (call, source, way, error))
    return FALSE;
  cf_call_changed (call, 2, CF_NOTIFY_LIST,
                   way->to == CF_LIST_HEAD ? "lpush" : "rpush");
  cf_cmd_list_removed (call, 1, source,
                       way->from == CF_LIST_HEAD ? "lpop" : "rpop");
  if (call->info->command->flags & CF_COMMAND_BLOCKING)
    record_move (call, way);
  return TRUE;
}

static gboolean
move_now (CfCall *call, const Way *way, GError **error)
{
  gboolean found;

  if (!move (call, way, &found, error))
    return FALSE;
  if (!found)
    cf_reply_null (&call->reply);
  return TRUE;
}

static gboolean
move_or_block (CfCall *call, const Way *way, guint timeout, GError **error)
{
  gint64 deadline_ms;
  gboolean found;

  if (!cf_call_get_timeout (call, timeout, &deadline_ms, error) ||
      !move (call, way, &found, error))
    return FALSE;
  return found || cf_call_block (call, 1, 1, deadline_ms, error);
}

static gboolean
get_way (const CfCall *call, Way *way, GError **error)
{
  return cf_cmd_list_get_end (call, 3, &way->from, error) &&
         cf_cmd_list_get_end (call, 4, &way->to, error);
}

gboolean
cf_cmd_list_lmove (CfCall *call, GError **error)
{
  Way way;

  return get_way (call, &way, error) && move_now (call, &way, error);
}

gboolean
cf_cmd_list_blmove (CfCall *call, GError **error)
{
  Way way;

  return get_way (call, &way, error) && move_or_block (call, &way, 5, error);
}

static const Way tail_to_head = { CF_LIST_TAIL, CF_LIST_HEAD };

gboolean
cf_cmd_list_rpoplpush (CfCall *call, GError **error)
{
  return move_now (call, &tail_to_head, error);
}

gboolean
cf_cmd_list_brpoplpush (CfCall *call, GError **error)
{
  return move_or_block (call, &tail_to_head, 3, error);
}
