/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands on sets. */
#include "config.h"

#include "commands/cmd-set.h"

#include "commands/commands.h"
#include "commands/cursor.h"

/**
 * cf_set_max_intset:
 * @call: a call
 *
 * Returns: how many members an intset may have
 */
gsize
cf_set_max_intset (const CfCall *call)
{
  return (gsize) cf_config_get_int (call->engine->config,
                                    CF_SETTING_SET_MAX_INTSET_ENTRIES);
}

/**
 * cf_set_read:
 * @call: a call
 * @i: the number of an argument that is a key
 * @set: (out) (nullable) (transfer none): the set there
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if there is something else
 */
gboolean
cf_set_read (CfCall *call, guint i, const CfSet **set, GError **error)
{
  CfObject *object;
  gboolean fits = cf_call_read_object (call, i, CF_TYPE_SET, &object, error);

  *set = (const CfSet *) object;
  return fits;
}

/**
 * cf_set_write:
 * @call: a call
 * @i: the number of an argument that is a key
 * @set: (out) (nullable) (transfer none): the set there, to be changed
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if there is something else
 */
gboolean
cf_set_write (CfCall *call, guint i, CfSet **set, GError **error)
{
  CfObject *object;
  gboolean fits = cf_call_write_object (call, i, CF_TYPE_SET, &object, error);

  *set = (CfSet *) object;
  return fits;
}

/**
 * cf_set_reply:
 * @call: a call
 * @set: a set
 *
 * Replies with all of its members.
 */
void
cf_set_reply (CfCall *call, const CfSet *set)
{
  CfSetIter iter;
  CfSlice member;

  cf_reply_set (&call->reply, cf_set_n (set));
  cf_set_iter_init (&iter, set);
  while (cf_set_iter_next (&iter, &member))
    cf_reply_bulk (&call->reply, member);
}

/**
 * cf_set_remove_empty:
 * @call: a call
 * @i: the number of the argument that is the key of @set
 * @set: a set that has lost members
 *
 * Removes the key if no member is left.
 */
void
cf_set_remove_empty (CfCall *call, guint i, const CfSet *set)
{
  if (cf_set_n (set) > 0)
    return;
  cf_call_remove (call, i);
  cf_call_event (call, i, CF_NOTIFY_GENERIC, "del");
}

/* Adds the arguments; FALSE: no memory. */
static gboolean
add_members (CfCall *call, CfSet *set, gint64 *n, GError **error)
{
  gsize max_intset = cf_set_max_intset (call);

  *n = 0;
  for (guint i = 2; i < call->argc; i++)
    {
      gboolean added;

      if (!cf_set_add (set, call->argv[i], max_intset, &added))
        return cf_call_out_of_memory (error);
      *n += added;
    }
  return TRUE;
}

static gboolean
run_sadd (CfCall *call, GError **error)
{
  g_autoptr (CfSet) new = NULL;
  gboolean ok;
  CfSet *set;
  gint64 n;

  if (!cf_set_write (call, 1, &set, error))
    return FALSE;
  if (set == NULL)
    set = new = cf_set_new ();
  ok = add_members (call, set, &n, error);
  if (new != NULL &&
      (!ok || !cf_call_put_object (call, 1, (CfObject *) g_steal_pointer (&new),
                                   CF_NO_DEADLINE, error)))
    return FALSE;
  /* Without memory for all of them, those that were added stay. */
  if (n > 0)
    cf_call_changed (call, 1, CF_NOTIFY_SET, "sadd");
  if (ok)
    cf_reply_int (&call->reply, n);
  return ok;
}

static gboolean
run_srem (CfCall *call, GError **error)
{
  gint64 n = 0;
  CfSet *set;

  if (!cf_set_write (call, 1, &set, error))
    return FALSE;
  for (guint i = 2; set != NULL && i < call->argc && cf_set_n (set) > 0; i++)
    n += cf_set_remove (set, call->argv[i]);
  if (n > 0)
    {
      cf_call_changed (call, 1, CF_NOTIFY_SET, "srem");
      cf_set_remove_empty (call, 1, set);
    }
  cf_reply_int (&call->reply, n);
  return TRUE;
}

/* Adds the member to the destination, which may not be there yet; no event
 * tells so before that of the source. */
static gboolean
move_to (CfCall *call, CfSet *set, gboolean *added, GError **error)
{
  g_autoptr (CfSet) new = NULL;
  CfValue value;

  if (set == NULL)
    set = new = cf_set_new ();
  if (!cf_set_add (set, call->argv[3], cf_set_max_intset (call), added))
    return cf_call_out_of_memory (error);
  if (new == NULL)
    return TRUE;
  value = cf_value_object ((CfObject *) new);
  if (cf_keyspace_put (call->keyspace, call->hold, call->db,
                       cf_call_key (call, 2), &value, CF_NO_DEADLINE) == NULL)
    return cf_call_out_of_memory (error);
  g_steal_pointer (&new);
  return TRUE;
}

static gboolean
run_smove (CfCall *call, GError **error)
{
  CfSet *from, *to;
  gboolean added;

  if (!cf_set_write (call, 1, &from, error))
    return FALSE;
  if (from == NULL)
    {
      cf_reply_int (&call->reply, 0);
      return TRUE;
    }
  if (!cf_set_write (call, 2, &to, error))
    return FALSE;
  if (from == to || !cf_set_has (from, call->argv[3]))
    {
      cf_reply_int (&call->reply, cf_set_has (from, call->argv[3]));
      return TRUE;
    }
  /* First what may fail. */
  if (!move_to (call, to, &added, error))
    return FALSE;
  (void) cf_set_remove (from, call->argv[3]);
  cf_call_changed (call, 1, CF_NOTIFY_SET, "srem");
  cf_set_remove_empty (call, 1, from);
  if (to == NULL)
    cf_call_added (call, call->db, call->argv[2]);
  if (added)
    cf_call_changed (call, 2, CF_NOTIFY_SET, "sadd");
  cf_reply_int (&call->reply, 1);
  return TRUE;
}

static gboolean
run_scard (CfCall *call, GError **error)
{
  const CfSet *set;

  if (!cf_set_read (call, 1, &set, error))
    return FALSE;
  cf_reply_int (&call->reply, set == NULL ? 0 : (gint64) cf_set_n (set));
  return TRUE;
}

static gboolean
run_sismember (CfCall *call, GError **error)
{
  const CfSet *set;

  if (!cf_set_read (call, 1, &set, error))
    return FALSE;
  cf_reply_int (&call->reply, set != NULL && cf_set_has (set, call->argv[2]));
  return TRUE;
}

static gboolean
run_smismember (CfCall *call, GError **error)
{
  const CfSet *set;

  if (!cf_set_read (call, 1, &set, error))
    return FALSE;
  cf_reply_array (&call->reply, call->argc - 2);
  for (guint i = 2; i < call->argc; i++)
    cf_reply_int (&call->reply, set != NULL && cf_set_has (set, call->argv[i]));
  return TRUE;
}

static void
scan_member (CfSlice member, gpointer data)
{
  CfCursor *cursor = data;

  cursor->seen++;
  if (!cf_cursor_matches (cursor, member))
    return;
  cf_reply_bulk (&cursor->call->reply, member);
  cursor->n++;
}

static guint64
scan_step (gconstpointer set, guint64 at, CfCursor *cursor)
{
  return cf_set_scan (set, at, scan_member, cursor);
}

static gboolean
run_sscan (CfCall *call, GError **error)
{
  const CfSet *set;
  CfCursor cursor;

  if (!cf_cursor_init (&cursor, call, 2, error) ||
      !cf_set_read (call, 1, &set, error))
    return FALSE;
  if (set == NULL)
    {
      cf_cursor_reply_nothing (call);
      return TRUE;
    }
  if (!cf_cursor_parse_options (&cursor, 3, FALSE, error))
    return FALSE;
  cf_cursor_run (&cursor, set, scan_step);
  return TRUE;
}

#define WRITE (CF_COMMAND_WRITE | CF_COMMAND_DENYOOM)
#define STORES                                                                 \
  {                                                                            \
    CF_KEY_AT ("OW update", 1),                                                \
    {                                                                          \
      .flags = "RO access", .first = 2, .last = -1, .step = 1                  \
    }                                                                          \
  }

static const CfCommand commands[] = {
  {
      .name = "SADD",
      .usage = "key member ...",
      .summary = "Adds members to a set; no key counts as an empty one.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of members to add.",
      .run = run_sadd,
      .arity = -3,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_SET,
      .keys = { CF_ONE_KEY ("RW insert") },
  },
  {
      .name = "SCARD",
      .usage = "key",
      .summary = "Returns how many members a set has.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = run_scard,
      .arity = 2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_SET,
      .keys = { CF_ONE_KEY ("RO") },
  },
  {
      .name = "SDIFF",
      .usage = "key ...",
      .summary = "Returns the members of the first set that are in none of "
                 "the others.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of members of all sets.",
      .tips = "nondeterministic_output_order",
      .run = cf_set_sdiff,
      .arity = -2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_SET,
      .keys = { CF_ALL_KEYS ("RO access") },
  },
  {
      .name = "SDIFFSTORE",
      .usage = "destination:key key ...",
      .summary = "Stores the members of the first set that are in none of the "
                 "others, as a set.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of members of all sets.",
      .run = cf_set_sdiffstore,
      .arity = -3,
      .flags = WRITE | CF_COMMAND_BIG,
      .categories = CF_ACL_SET,
      .keys = STORES,
  },
  {
      .name = "SINTER",
      .usage = "key ...",
      .summary = "Returns the members that all of the sets have.",
      .since = "1.0.0",
      .complexity = "O(N*M), N being the size of the smallest set and M the "
                    "number of sets.",
      .tips = "nondeterministic_output_order",
      .run = cf_set_sinter,
      .arity = -2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_SET,
      .keys = { CF_ALL_KEYS ("RO access") },
  },
  {
      .name = "SINTERCARD",
      .usage = "numkeys:integer key ... [LIMIT limit:integer]",
      .summary = "Counts the members that all of the sets have, up to a limit "
                 "if there is one.",
      .since = "7.0.0",
      .complexity = "O(N*M), N being the size of the smallest set and M the "
                    "number of sets.",
      .run = cf_set_sintercard,
      .arity = -3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_SET,
      .keys = { { .flags = "RO access",
                  .first = 1,
                  .step = 1,
                  .keynum = 1,
                  .keynum_first = 1 } },
  },
  {
      .name = "SINTERSTORE",
      .usage = "destination:key key ...",
      .summary = "Stores the members that all of the sets have, as a set.",
      .since = "1.0.0",
      .complexity = "O(N*M), N being the size of the smallest set and M the "
                    "number of sets.",
      .run = cf_set_sinterstore,
      .arity = -3,
      .flags = WRITE | CF_COMMAND_BIG,
      .categories = CF_ACL_SET,
      .keys = { CF_KEY_AT ("RW update", 1),
                { .flags = "RO access", .first = 2, .last = -1, .step = 1 } },
  },
  {
      .name = "SISMEMBER",
      .usage = "key member",
      .summary = "Tells whether a set has a member.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = run_sismember,
      .arity = 3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_SET,
      .keys = { CF_ONE_KEY ("RO") },
  },
  {
      .name = "SMEMBERS",
      .usage = "key",
      .summary = "Returns all members of a set.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of members.",
      .tips = "nondeterministic_output_order",
      .run = cf_set_sinter,
      .arity = 2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_SET,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "SMISMEMBER",
      .usage = "key member ...",
      .summary = "Tells of several members whether a set has them.",
      .since = "6.2.0",
      .complexity = "O(N), N being the number of members asked for.",
      .run = run_smismember,
      .arity = -3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_SET,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "SMOVE",
      .usage = "source:key destination:key member",
      .summary = "Moves a member from one set to another.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = run_smove,
      .arity = 4,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_SET,
      .keys = { CF_ONE_KEY ("RW access delete"), CF_KEY_AT ("RW insert", 2) },
  },
  {
      .name = "SPOP",
      .usage = "key [count:integer]",
      .summary = "Removes members chosen at random and returns them; one "
                 "unless told how many.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of members removed.",
      .tips = "nondeterministic_output",
      .run = cf_set_spop,
      .arity = -2,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST | CF_COMMAND_BIG,
      .categories = CF_ACL_SET,
      .takes_long = cf_set_takes_long,
      .keys = { CF_ONE_KEY ("RW access delete") },
  },
  {
      .name = "SRANDMEMBER",
      .usage = "key [count:integer]",
      .summary = "Returns members chosen at random: one, or as many different "
                 "ones as told; with a negative count, each may come again.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of members returned.",
      .tips = "nondeterministic_output",
      .run = cf_set_srandmember,
      .arity = -2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_SET,
      .takes_long = cf_set_takes_long,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "SREM",
      .usage = "key member ...",
      .summary = "Removes members of a set; without the last one, the key is "
                 "gone.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of members to remove.",
      .run = run_srem,
      .arity = -3,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_SET,
      .keys = { CF_ONE_KEY ("RW delete") },
  },
  {
      .name = "SSCAN",
      .usage = "key cursor:integer [MATCH pattern:pattern] "
               "[COUNT count:integer]",
      .summary = "Returns some members of a set, and where to go on.",
      .since = "2.8.0",
      .complexity = "O(1) for every call, O(N) for all members",
      .tips = "nondeterministic_output",
      .run = run_sscan,
      .arity = -3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_SET,
      .takes_long = cf_cursor_takes_long,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "SUNION",
      .usage = "key ...",
      .summary = "Returns the members that any of the sets has.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of members of all sets.",
      .tips = "nondeterministic_output_order",
      .run = cf_set_sunion,
      .arity = -2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_SET,
      .keys = { CF_ALL_KEYS ("RO access") },
  },
  {
      .name = "SUNIONSTORE",
      .usage = "destination:key key ...",
      .summary = "Stores the members that any of the sets has, as a set.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of members of all sets.",
      .run = cf_set_sunionstore,
      .arity = -3,
      .flags = WRITE | CF_COMMAND_BIG,
      .categories = CF_ACL_SET,
      .keys = STORES,
  },
};

const CfFamily cf_set_family = {
  .group = "set",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
