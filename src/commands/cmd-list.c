/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-list.c -- the list commands. */
#include "config.h"

#include "commands/cmd-list.h"

#include "base/number.h"
#include "commands/commands.h"

/* Indexes so far inside a list take long, if it is one of large elements. */
#define FAR 100000

/* -- What they share ------------------------------------------------------ */

/**
 * cf_cmd_list_limit:
 * @call: a call
 *
 * Returns: how large a node of a list may become
 */
gint
cf_cmd_list_limit (const CfCall *call)
{
  return (gint) cf_config_get_int (call->engine->config,
                                   CF_SETTING_LIST_MAX_LISTPACK_SIZE);
}

/**
 * cf_cmd_list_read:
 * @call: a call
 * @i: the argument that is the key
 * @list: (out) (nullable): the list there, which is not to be changed
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if it is no list
 */
gboolean
cf_cmd_list_read (CfCall *call, guint i, CfList **list, GError **error)
{
  CfObject *object;

  if (!cf_call_read_object (call, i, CF_TYPE_LIST, &object, error))
    return FALSE;
  *list = cf_list_of_object (object);
  return TRUE;
}

/**
 * cf_cmd_list_write:
 * @call: a call
 * @i: the argument that is the key
 * @list: (out) (nullable): the list there, which may be changed
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if it is no list
 */
gboolean
cf_cmd_list_write (CfCall *call, guint i, CfList **list, GError **error)
{
  CfObject *object;

  if (!cf_call_write_object (call, i, CF_TYPE_LIST, &object, error))
    return FALSE;
  *list = cf_list_of_object (object);
  return TRUE;
}

/**
 * cf_cmd_list_add:
 * @call: a call
 * @i: the argument that is the key
 * @list: (out): the list there, made if there is none
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if it is no list, or without memory
 */
gboolean
cf_cmd_list_add (CfCall *call, guint i, CfList **list, GError **error)
{
  if (!cf_cmd_list_write (call, i, list, error))
    return FALSE;
  if (*list != NULL)
    return TRUE;
  *list = cf_list_new ();
  return cf_call_put_object (call, i, cf_list_object (*list), CF_NO_DEADLINE,
                             error);
}

/**
 * cf_cmd_list_cut:
 * @call: a call
 * @list: a list
 * @end: where
 * @n: how many elements to remove there, at most as many as there are
 *
 * Removes elements; many are freed in the background.
 */
void
cf_cmd_list_cut (CfCall *call, CfList *list, CfListEnd end, gsize n)
{
  CfList *rest = cf_list_cut (list, end, n);

  if (rest != NULL)
    cf_call_discard_object (call, cf_list_object (rest));
}

/**
 * cf_cmd_list_removed:
 * @call: a call
 * @i: the argument that is the key
 * @list: the list there, after elements were removed
 * @event: the event of that
 *
 * Tells of the change, and removes the key with the last element.
 */
void
cf_cmd_list_removed (CfCall *call,
                     guint i,
                     const CfList *list,
                     const char *event)
{
  gboolean was_last = cf_list_n (list) == 0;

  if (was_last)
    cf_call_remove (call, i);
  cf_call_changed (call, i, CF_NOTIFY_LIST, event);
  if (was_last)
    cf_call_event (call, i, CF_NOTIFY_GENERIC, "del");
}

/**
 * cf_cmd_list_get_end:
 * @call: a call
 * @i: the number of an argument
 * @end: (out): LEFT or RIGHT
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if it is neither
 */
gboolean
cf_cmd_list_get_end (const CfCall *call,
                     guint i,
                     CfListEnd *end,
                     GError **error)
{
  if (cf_call_is (call, i, "LEFT"))
    *end = CF_LIST_HEAD;
  else if (cf_call_is (call, i, "RIGHT"))
    *end = CF_LIST_TAIL;
  else
    return cf_call_syntax_error (error);
  return TRUE;
}

/**
 * cf_cmd_list_reply:
 * @call: a call
 * @element: an element
 *
 * Replies with an element; with a large one without a copy.
 */
void
cf_cmd_list_reply (CfCall *call, const CfListElement *element)
{
  if (G_UNLIKELY (element->blob != NULL))
    cf_reply_bulk_blob (&call->reply, element->blob, 0, element->bytes.size);
  else
    cf_reply_bulk (&call->reply, element->bytes);
}

static void
reply_each (const CfListElement *element, gpointer call)
{
  cf_cmd_list_reply (call, element);
}

/**
 * cf_cmd_list_reply_range:
 * @call: a call
 * @list: a list
 * @start: the index of the first element
 * @n: how many; there are as many
 * @backwards: from there back to the head
 *
 * Replies with an array of elements.
 */
void
cf_cmd_list_reply_range (
    CfCall *call, const CfList *list, gint64 start, gsize n, gboolean backwards)
{
  char scratch[CF_LIST_SCRATCH];
  CfListCursor cursor;
  gboolean more = n > 0 && cf_list_seek (list, start, &cursor);

  cf_reply_array (&call->reply, n);
  if (more && !backwards)
    {
      cf_list_each (&cursor, n, reply_each, call);
      return;
    }
  for (; more; n--)
    {
      CfListElement element = cf_list_get (&cursor, scratch);

      cf_cmd_list_reply (call, &element);
      more = n > 1 && cf_list_previous (&cursor);
    }
}

/* -- Pushing -------------------------------------------------------------- */

static gboolean
push_elements (CfCall *call, CfList *list, CfListEnd end, GError **error)
{
  gint limit = cf_cmd_list_limit (call);

  for (guint i = 2; i < call->argc; i++)
    {
      g_autoptr (CfBlob) blob = cf_call_take_blob (call, i);
      CfListElement element = { call->argv[i], blob };

      if (!cf_list_push (list, end, &element, limit))
        {
          if (cf_list_n (list) == 0)
            cf_call_remove (call, 1);
          else if (i > 2)
            cf_call_changed (call, 1, CF_NOTIFY_LIST,
                             end == CF_LIST_HEAD ? "lpush" : "rpush");
          return cf_call_out_of_memory (error);
        }
    }
  return TRUE;
}

static gboolean
push (CfCall *call, CfListEnd end, gboolean always, GError **error)
{
  CfList *list;
  gboolean ok = always ? cf_cmd_list_add (call, 1, &list, error)
                       : cf_cmd_list_write (call, 1, &list, error);

  if (!ok)
    return FALSE;
  if (list != NULL)
    {
      if (!push_elements (call, list, end, error))
        return FALSE;
      cf_call_changed (call, 1, CF_NOTIFY_LIST,
                       end == CF_LIST_HEAD ? "lpush" : "rpush");
    }
  cf_reply_int (&call->reply, list != NULL ? (gint64) cf_list_n (list) : 0);
  return TRUE;
}

static gboolean
run_lpush (CfCall *call, GError **error)
{
  return push (call, CF_LIST_HEAD, TRUE, error);
}

static gboolean
run_lpushx (CfCall *call, GError **error)
{
  return push (call, CF_LIST_HEAD, FALSE, error);
}

static gboolean
run_rpush (CfCall *call, GError **error)
{
  return push (call, CF_LIST_TAIL, TRUE, error);
}

static gboolean
run_rpushx (CfCall *call, GError **error)
{
  return push (call, CF_LIST_TAIL, FALSE, error);
}

/* -- Reading -------------------------------------------------------------- */

static gboolean
run_llen (CfCall *call, GError **error)
{
  CfList *list;

  if (!cf_cmd_list_read (call, 1, &list, error))
    return FALSE;
  cf_reply_int (&call->reply, list != NULL ? (gint64) cf_list_n (list) : 0);
  return TRUE;
}

static gboolean
run_lindex (CfCall *call, GError **error)
{
  char scratch[CF_LIST_SCRATCH];
  CfListElement element;
  CfListCursor cursor;
  CfList *list;
  gint64 index;

  if (!cf_cmd_list_read (call, 1, &list, error))
    return FALSE;
  if (list != NULL && !cf_call_get_int (call, 2, &index, error))
    return FALSE;
  if (list == NULL || !cf_list_seek (list, index, &cursor))
    {
      cf_reply_null (&call->reply);
      return TRUE;
    }
  element = cf_list_get (&cursor, scratch);
  cf_cmd_list_reply (call, &element);
  return TRUE;
}

static gboolean
run_lrange (CfCall *call, GError **error)
{
  gint64 start, stop, n;
  CfList *list;

  if (!cf_call_get_int (call, 2, &start, error) ||
      !cf_call_get_int (call, 3, &stop, error) ||
      !cf_cmd_list_read (call, 1, &list, error))
    return FALSE;
  n = list != NULL ? (gint64) cf_list_n (list) : 0;
  if (start < 0)
    start = MAX (start + n, 0);
  if (stop < 0)
    stop += n;
  stop = MIN (stop, n - 1);
  if (start > stop)
    cf_reply_array (&call->reply, 0);
  else
    cf_cmd_list_reply_range (call, list, start, (gsize) (stop - start + 1),
                             FALSE);
  return TRUE;
}

/* -- What takes long ------------------------------------------------------ */

static gboolean
parse_int (const CfSlice *argv, guint argc, guint i, gint64 *value)
{
  return i < argc && cf_parse_int64 (argv[i].data, argv[i].size, value);
}

static gboolean
is_far (gint64 index)
{
  return index > FAR || index < -FAR;
}

static gboolean
index_takes_long (const CfSlice *argv, guint argc)
{
  gint64 index;

  return parse_int (argv, argc, 2, &index) && is_far (index);
}

static gboolean
range_takes_long (const CfSlice *argv, guint argc)
{
  gint64 start, stop;

  if (!parse_int (argv, argc, 2, &start) || !parse_int (argv, argc, 3, &stop))
    return FALSE;
  if (is_far (start) || (start < 0) != (stop < 0))
    return TRUE;
  /* Both count from the same end. */
  return stop > start &&
         (guint64) stop - (guint64) start >= CF_OBJECT_LARGE_ELEMENTS;
}

static gboolean
count_takes_long (const CfSlice *argv, guint argc)
{
  gint64 n;

  return parse_int (argv, argc, 2, &n) && n > CF_OBJECT_LARGE_ELEMENTS;
}

static gboolean
last_takes_long (const CfSlice *argv, guint argc)
{
  gint64 n;

  return parse_int (argv, argc, argc - 1, &n) && n > CF_OBJECT_LARGE_ELEMENTS;
}

/* -- The table ------------------------------------------------------------ */

#define WRITE (CF_COMMAND_WRITE | CF_COMMAND_DENYOOM)
#define BLOCKING CF_COMMAND_BLOCKING

/* clang-format off */
#define NUMBERED_KEYS(FIRST)                                                   \
  { { .flags = "RW access delete", .first = FIRST, .keynum = 1,                \
      .keynum_first = 1, .step = 1 } }
#define POPPED_KEYS                                                            \
  { { .flags = "RW access delete", .first = 1, .last = -2, .step = 1 } }
#define MOVED_KEYS                                                             \
  { CF_ONE_KEY ("RW access delete"), CF_KEY_AT ("RW insert", 2) }
/* clang-format on */

static const CfCommand commands[] = {
  {
      .name = "BLMOVE",
      .usage = "source:key destination:key (LEFT | RIGHT) (LEFT | RIGHT) "
               "timeout:double",
      .summary = "Moves an element from one list to another and returns it; "
                 "waits until there is one.",
      .since = "6.2.0",
      .complexity = "O(1)",
      .run = cf_cmd_list_blmove,
      .arity = 6,
      .flags = WRITE | CF_COMMAND_NOSCRIPT | BLOCKING,
      .categories = CF_ACL_LIST,
      .waits = { .type = CF_TYPE_LIST, .null_string = TRUE },
      .keys = MOVED_KEYS,
  },
  {
      .name = "BLMPOP",
      .usage = "timeout:double numkeys:integer key ... (LEFT | RIGHT) "
               "[COUNT count:integer]",
      .summary = "Takes elements from the first of several lists that has "
                 "any; waits until one has.",
      .since = "7.0.0",
      .complexity = "O(N+M), N being the number of keys, M that of elements "
                    "returned.",
      .run = cf_cmd_list_blmpop,
      .arity = -5,
      .flags = CF_COMMAND_WRITE | BLOCKING | CF_COMMAND_BIG,
      .categories = CF_ACL_LIST,
      .waits = { .type = CF_TYPE_LIST },
      .takes_long = last_takes_long,
      .keys = NUMBERED_KEYS (2),
  },
  {
      .name = "BLPOP",
      .usage = "key ... timeout:double",
      .summary = "Takes the first element of the first of several lists that "
                 "has any; waits until one has.",
      .since = "2.0.0",
      .complexity = "O(N), N being the number of keys.",
      .run = cf_cmd_list_blpop,
      .arity = -3,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_NOSCRIPT | BLOCKING,
      .categories = CF_ACL_LIST,
      .waits = { .type = CF_TYPE_LIST },
      .keys = POPPED_KEYS,
  },
  {
      .name = "BRPOP",
      .usage = "key ... timeout:double",
      .summary = "Takes the last element of the first of several lists that "
                 "has any; waits until one has.",
      .since = "2.0.0",
      .complexity = "O(N), N being the number of keys.",
      .run = cf_cmd_list_brpop,
      .arity = -3,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_NOSCRIPT | BLOCKING,
      .categories = CF_ACL_LIST,
      .waits = { .type = CF_TYPE_LIST },
      .keys = POPPED_KEYS,
  },
  {
      .name = "BRPOPLPUSH",
      .usage = "source:key destination:key timeout:double",
      .summary = "Moves the last element of a list to the head of another and "
                 "returns it; waits until there is one.",
      .since = "2.2.0",
      .complexity = "O(1)",
      .run = cf_cmd_list_brpoplpush,
      .arity = 4,
      .flags = WRITE | CF_COMMAND_NOSCRIPT | BLOCKING,
      .categories = CF_ACL_LIST,
      .waits = { .type = CF_TYPE_LIST, .null_string = TRUE },
      .keys = MOVED_KEYS,
  },
  {
      .name = "LINDEX",
      .usage = "key index:integer",
      .summary = "Returns the element at an index of a list.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of elements from the nearer end "
                    "on, in steps of thousands.",
      .run = run_lindex,
      .arity = 3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_LIST,
      .takes_long = index_takes_long,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "LINSERT",
      .usage = "key (BEFORE | AFTER) pivot element",
      .summary = "Inserts an element before or after another one of a list.",
      .since = "2.2.0",
      .complexity = "O(N), N being the number of elements before the other "
                    "one.",
      .run = cf_cmd_list_linsert,
      .arity = 5,
      .flags = WRITE | CF_COMMAND_BIG,
      .categories = CF_ACL_LIST,
      .keys = { CF_ONE_KEY ("RW insert") },
  },
  {
      .name = "LLEN",
      .usage = "key",
      .summary = "Returns how many elements a list has.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = run_llen,
      .arity = 2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_LIST,
      .keys = { CF_ONE_KEY ("RO") },
  },
  {
      .name = "LMOVE",
      .usage = "source:key destination:key (LEFT | RIGHT) (LEFT | RIGHT)",
      .summary = "Moves an element from one list to another and returns it.",
      .since = "6.2.0",
      .complexity = "O(1)",
      .run = cf_cmd_list_lmove,
      .arity = 5,
      .flags = WRITE,
      .categories = CF_ACL_LIST,
      .keys = MOVED_KEYS,
  },
  {
      .name = "LMPOP",
      .usage = "numkeys:integer key ... (LEFT | RIGHT) [COUNT count:integer]",
      .summary = "Takes elements from the first of several lists that has any.",
      .since = "7.0.0",
      .complexity = "O(N+M), N being the number of keys, M that of elements "
                    "returned.",
      .run = cf_cmd_list_lmpop,
      .arity = -4,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_BIG,
      .categories = CF_ACL_LIST,
      .takes_long = last_takes_long,
      .keys = NUMBERED_KEYS (1),
  },
  {
      .name = "LPOP",
      .usage = "key [count:integer]",
      .summary = "Takes the first elements of a list.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of elements returned.",
      .run = cf_cmd_list_lpop,
      .arity = -2,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST | CF_COMMAND_BIG,
      .categories = CF_ACL_LIST,
      .takes_long = count_takes_long,
      .keys = { CF_ONE_KEY ("RW access delete") },
  },
  {
      .name = "LPOS",
      .usage = "key element [RANK rank:integer] [COUNT num-matches:integer] "
               "[MAXLEN len:integer]",
      .summary = "Returns the indexes of elements that are equal to one.",
      .since = "6.0.6",
      .complexity = "O(N), N being the number of elements that are looked at.",
      .run = cf_cmd_list_lpos,
      .arity = -3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_LIST,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "LPUSH",
      .usage = "key element ...",
      .summary = "Puts elements before the first one of a list.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of elements.",
      .run = run_lpush,
      .arity = -3,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_LIST,
      .keys = { CF_ONE_KEY ("RW insert") },
  },
  {
      .name = "LPUSHX",
      .usage = "key element ...",
      .summary = "Puts elements before the first one of a list that there is.",
      .since = "2.2.0",
      .complexity = "O(N), N being the number of elements.",
      .run = run_lpushx,
      .arity = -3,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_LIST,
      .keys = { CF_ONE_KEY ("RW insert") },
  },
  {
      .name = "LRANGE",
      .usage = "key start:integer stop:integer",
      .summary = "Returns the elements from one index of a list to another.",
      .since = "1.0.0",
      .complexity = "O(S+N), S being the distance of the first of them from "
                    "the nearer end, in steps of thousands, and N their "
                    "number.",
      .run = run_lrange,
      .arity = 4,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_LIST,
      .takes_long = range_takes_long,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "LREM",
      .usage = "key count:integer element",
      .summary = "Removes elements that are equal to one from a list.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of elements of the list.",
      .run = cf_cmd_list_lrem,
      .arity = 4,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_BIG,
      .categories = CF_ACL_LIST,
      .keys = { CF_ONE_KEY ("RW delete") },
  },
  {
      .name = "LSET",
      .usage = "key index:integer element",
      .summary = "Puts another element at an index of a list.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of elements from the nearer end "
                    "on, in steps of thousands.",
      .run = cf_cmd_list_lset,
      .arity = 4,
      .flags = WRITE | CF_COMMAND_BIG,
      .categories = CF_ACL_LIST,
      .takes_long = index_takes_long,
      .keys = { CF_ONE_KEY ("RW update") },
  },
  {
      .name = "LTRIM",
      .usage = "key start:integer stop:integer",
      .summary = "Removes all elements of a list that are not from one index "
                 "to another.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of elements removed, in steps of "
                    "thousands.",
      .run = cf_cmd_list_ltrim,
      .arity = 4,
      .flags = CF_COMMAND_WRITE,
      .categories = CF_ACL_LIST,
      .keys = { CF_ONE_KEY ("RW delete") },
  },
  {
      .name = "RPOP",
      .usage = "key [count:integer]",
      .summary = "Takes the last elements of a list.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of elements returned.",
      .run = cf_cmd_list_rpop,
      .arity = -2,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST | CF_COMMAND_BIG,
      .categories = CF_ACL_LIST,
      .takes_long = count_takes_long,
      .keys = { CF_ONE_KEY ("RW access delete") },
  },
  {
      .name = "RPOPLPUSH",
      .usage = "source:key destination:key",
      .summary = "Moves the last element of a list to the head of another and "
                 "returns it.",
      .since = "1.2.0",
      .complexity = "O(1)",
      .run = cf_cmd_list_rpoplpush,
      .arity = 3,
      .flags = WRITE,
      .categories = CF_ACL_LIST,
      .keys = MOVED_KEYS,
  },
  {
      .name = "RPUSH",
      .usage = "key element ...",
      .summary = "Puts elements behind the last one of a list.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of elements.",
      .run = run_rpush,
      .arity = -3,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_LIST,
      .keys = { CF_ONE_KEY ("RW insert") },
  },
  {
      .name = "RPUSHX",
      .usage = "key element ...",
      .summary = "Puts elements behind the last one of a list that there is.",
      .since = "2.2.0",
      .complexity = "O(N), N being the number of elements.",
      .run = run_rpushx,
      .arity = -3,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_LIST,
      .keys = { CF_ONE_KEY ("RW insert") },
  },
};

const CfFamily cf_list_family = {
  .group = "list",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
