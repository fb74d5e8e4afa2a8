/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/cmd-string.h"

#include "commands/commands.h"

static gboolean
get (CfCall *call, GError **error)
{
  CfEntry *entry;

  if (G_UNLIKELY (call->session->flags & CF_SESSION_PLAIN))
    return cf_string_plain_get (call, error);
  if (!cf_call_read_string (call, 1, &entry, error))
    return FALSE;
  cf_call_reply_string (call, entry);
  return TRUE;
}

#define MUCH (1024 * 1024) /* bytes of MSET */

static gboolean
getdel (CfCall *call, GError **error)
{
  const CfSlice effect[] = { CF_SLICE ("DEL"), call->argv[1] };
  CfEntry *entry;

  if (!cf_call_read_string (call, 1, &entry, error))
    return FALSE;
  cf_call_reply_string (call, entry);
  if (entry == NULL)
    return TRUE;
  cf_call_remove (call, 1);
  cf_call_changed (call, 1, CF_NOTIFY_GENERIC, "del");
  if (cf_call_wants_effect (call))
    cf_call_effect (call, effect, G_N_ELEMENTS (effect));
  return TRUE;
}

static gboolean
mget (CfCall *call, GError **error)
{
  cf_reply_array (&call->reply, call->argc - 1);
  for (guint i = 1; i < call->argc; i++)
    {
      CfEntry *entry = cf_call_read (call, i);

      if (entry != NULL && cf_entry_type (entry) != CF_TYPE_STRING)
        entry = NULL;
      cf_call_reply_string (call, entry);
    }
  return TRUE;
}

static gboolean
check_pairs (CfCall *call, GError **error)
{
  if (call->argc % 2 == 1)
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED,
                   "wrong number of arguments for '%s' command",
                   call->info->full_name);
}

static CfEntry *
try_make_entry (CfCall *call, guint i)
{
  g_autoptr (CfBlob) blob = cf_call_take_blob (call, i + 1);
  CfValue value =
      blob != NULL ? cf_value_blob (blob) : cf_value_string (call->argv[i + 1]);
  CfEntry *entry = cf_entry_try_new (call->argv[i], &value, CF_NO_DEADLINE);

  if (entry != NULL)
    g_steal_pointer (&blob);
  return entry;
}

/* All entries are made before one is put: there may be no memory for the
 * last.  (Without as much as less than MUCH nothing else could go on.) */
static gboolean
put_much (CfCall *call, GError **error)
{
  guint n = call->argc / 2;
  g_autofree CfEntry **entries = g_try_new0 (CfEntry *, n);
  gboolean fits = entries != NULL;

  for (guint i = 0; i < n && fits; i++)
    {
      entries[i] = try_make_entry (call, 2 * i + 1);
      fits = entries[i] != NULL;
    }
  for (guint i = 0; i < n && entries != NULL; i++)
    if (fits)
      {
        cf_call_put_entry (call, 2 * i + 1, entries[i]);
        cf_call_changed (call, 2 * i + 1, CF_NOTIFY_STRING, "set");
      }
    else
      cf_entry_free (entries[i]);
  return fits || cf_call_out_of_memory (error);
}

static gboolean
put_pairs (CfCall *call, GError **error)
{
  gsize bytes = 0;

  for (guint i = 1; i < call->argc; i++)
    bytes += call->argv[i].size;
  if (bytes >= MUCH)
    return put_much (call, error);
  for (guint i = 1; i < call->argc; i += 2)
    {
      if (!cf_call_put_string (call, i, i + 1, CF_NO_DEADLINE, error))
        return FALSE;
      cf_call_changed (call, i, CF_NOTIFY_STRING, "set");
    }
  return TRUE;
}

static gboolean
mset (CfCall *call, GError **error)
{
  if (!check_pairs (call, error) || !put_pairs (call, error))
    return FALSE;
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
msetnx (CfCall *call, GError **error)
{
  gboolean is_new = TRUE;

  if (!check_pairs (call, error))
    return FALSE;
  for (guint i = 1; i < call->argc && is_new; i += 2)
    is_new = cf_call_write (call, i) == NULL;
  if (is_new && !put_pairs (call, error))
    return FALSE;
  cf_reply_int (&call->reply, is_new);
  return TRUE;
}

static gboolean
strlen_ (CfCall *call, GError **error)
{
  CfEntry *entry;

  if (!cf_call_read_string (call, 1, &entry, error))
    return FALSE;
  cf_reply_int (&call->reply,
                entry != NULL ? (gint64) cf_entry_string_size (entry) : 0);
  return TRUE;
}

#define WRITE (CF_COMMAND_WRITE | CF_COMMAND_DENYOOM)

static const CfCommand commands[] = {
  {
      .name = "APPEND",
      .usage = "key value",
      .summary = "Adds bytes to the end of a string; makes the key if there "
                 "is none.",
      .since = "2.0.0",
      .complexity = "O(1) on average, as the room for a string at least "
                    "doubles or grows by an eighth when it has to.",
      .run = cf_string_append,
      .arity = 3,
      .flags = WRITE | CF_COMMAND_FAST | CF_COMMAND_BIG,
      .categories = CF_ACL_STRING,
      .keys = { CF_ONE_KEY ("RW insert") },
  },
  {
      .name = "DECR",
      .usage = "key",
      .summary = "Takes one from the integer at a key; no key counts as 0.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = cf_string_decr,
      .arity = 2,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_STRING,
      .keys = { CF_ONE_KEY ("RW access update") },
  },
  {
      .name = "DECRBY",
      .usage = "key decrement:integer",
      .summary = "Takes a number from the integer at a key; no key counts as "
                 "0.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = cf_string_decrby,
      .arity = 3,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_STRING,
      .keys = { CF_ONE_KEY ("RW access update") },
  },
  {
      .name = "GET",
      .usage = "key",
      .summary = "Returns the string at a key.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = get,
      .arity = 2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_STRING,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "GETDEL",
      .usage = "key",
      .summary = "Returns the string at a key and removes the key.",
      .since = "6.2.0",
      .complexity = "O(1)",
      .run = getdel,
      .arity = 2,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_STRING,
      .keys = { CF_ONE_KEY ("RW access delete") },
  },
  {
      .name = "GETEX",
      .usage = "key [EX seconds:integer | PX milliseconds:integer | "
               "EXAT unix-time-seconds:unix-time | "
               "PXAT unix-time-milliseconds:unix-time | PERSIST]",
      .summary = "Returns the string at a key and sets or removes the key's "
                 "deadline.",
      .since = "6.2.0",
      .complexity = "O(1)",
      .run = cf_string_getex,
      .arity = -2,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_STRING,
      .keys = { { .flags = "RW access update",
                  .first = 1,
                  .step = 1,
                  .notes = "A new deadline counts as an update" } },
  },
  {
      .name = "GETRANGE",
      .usage = "key start:integer end:integer",
      .summary = "Returns a part of the string at a key.",
      .since = "2.4.0",
      .complexity = "O(N), N being the length of the part; O(1) for a part of "
                    "a long string that is sent as it stands.",
      .run = cf_string_getrange,
      .arity = 4,
      .flags = CF_COMMAND_READONLY,
      .categories = CF_ACL_STRING,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "GETSET",
      .usage = "key value",
      .summary = "Sets the string at a key and returns the one before.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = cf_string_getset,
      .arity = 3,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_STRING,
      .keys = { CF_ONE_KEY ("RW access update") },
  },
  {
      .name = "INCR",
      .usage = "key",
      .summary = "Adds one to the integer at a key; no key counts as 0.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = cf_string_incr,
      .arity = 2,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_STRING,
      .keys = { CF_ONE_KEY ("RW access update") },
  },
  {
      .name = "INCRBY",
      .usage = "key increment:integer",
      .summary = "Adds a number to the integer at a key; no key counts as 0.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = cf_string_incrby,
      .arity = 3,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_STRING,
      .keys = { CF_ONE_KEY ("RW access update") },
  },
  {
      .name = "INCRBYFLOAT",
      .usage = "key increment:double",
      .summary = "Adds to the decimal number at a key; no key counts as 0.",
      .since = "2.6.0",
      .complexity = "O(1)",
      .run = cf_string_incrbyfloat,
      .arity = 3,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_STRING,
      .keys = { CF_ONE_KEY ("RW access update") },
  },
  {
      .name = "LCS",
      .usage = "key1:key key2:key [LEN] [IDX] "
               "[MINMATCHLEN min-match-len:integer] [WITHMATCHLEN]",
      .summary = "Finds the longest common subsequence of two strings.",
      .since = "7.0.0",
      .complexity = "O(N*M), N and M being the lengths of the strings.",
      .run = cf_string_lcs,
      .arity = -3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_LONG,
      .categories = CF_ACL_STRING,
      .keys = { { .flags = "RO access", .first = 1, .last = 1, .step = 1 } },
  },
  {
      .name = "MGET",
      .usage = "key ...",
      .summary = "Returns the strings at several keys, as they are at one "
                 "moment.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of keys.",
      .tips = "request_policy:multi_shard",
      .run = mget,
      .arity = -2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_STRING,
      .keys = { CF_ALL_KEYS ("RO access") },
  },
  {
      .name = "MSET",
      .usage = "(key value) ...",
      .summary = "Sets the strings at several keys at once.",
      .since = "1.0.1",
      .complexity = "O(N), N being the number of keys.",
      .tips = "request_policy:multi_shard response_policy:all_succeeded",
      .run = mset,
      .arity = -3,
      .flags = WRITE,
      .categories = CF_ACL_STRING,
      .keys = { { .flags = "OW update", .first = 1, .last = -1, .step = 2 } },
  },
  {
      .name = "MSETNX",
      .usage = "(key value) ...",
      .summary = "Sets the strings at several keys at once, if none of the "
                 "keys exists.",
      .since = "1.0.1",
      .complexity = "O(N), N being the number of keys.",
      .tips = "request_policy:multi_shard response_policy:agg_min",
      .run = msetnx,
      .arity = -3,
      .flags = WRITE,
      .categories = CF_ACL_STRING,
      .keys = { { .flags = "OW insert", .first = 1, .last = -1, .step = 2 } },
  },
  {
      .name = "PSETEX",
      .usage = "key milliseconds:integer value",
      .summary = "Sets the string at a key, to expire after so many "
                 "milliseconds.",
      .since = "2.6.0",
      .complexity = "O(1)",
      .run = cf_string_psetex,
      .arity = 4,
      .flags = WRITE,
      .categories = CF_ACL_STRING,
      .keys = { CF_ONE_KEY ("OW update") },
  },
  {
      .name = "SET",
      .usage = "key value [NX | XX] [GET] [EX seconds:integer | "
               "PX milliseconds:integer | EXAT unix-time-seconds:unix-time | "
               "PXAT unix-time-milliseconds:unix-time | KEEPTTL]",
      .summary = "Sets the string at a key, whatever was there; on a "
                 "condition and with a deadline if wanted.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = cf_string_set,
      .arity = -3,
      .flags = WRITE,
      .categories = CF_ACL_STRING,
      .keys = { { .flags = "RW access update variable_flags",
                  .first = 1,
                  .step = 1,
                  .notes = "Reads the key only when told to GET" } },
      .key_flags = cf_string_set_key_flags,
  },
  {
      .name = "SETEX",
      .usage = "key seconds:integer value",
      .summary = "Sets the string at a key, to expire after so many seconds.",
      .since = "2.0.0",
      .complexity = "O(1)",
      .run = cf_string_setex,
      .arity = 4,
      .flags = WRITE,
      .categories = CF_ACL_STRING,
      .keys = { CF_ONE_KEY ("OW update") },
  },
  {
      .name = "SETNX",
      .usage = "key value",
      .summary = "Sets the string at a key, if the key does not exist.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = cf_string_setnx,
      .arity = 3,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_STRING,
      .keys = { CF_ONE_KEY ("OW insert") },
  },
  {
      .name = "SETRANGE",
      .usage = "key offset:integer value",
      .summary = "Overwrites a part of the string at a key, which grows by "
                 "zero bytes where it is too short.",
      .since = "2.2.0",
      .complexity = "O(N), N being the length of the part; more where the "
                    "string has to grow.",
      .run = cf_string_setrange,
      .arity = 4,
      .flags = WRITE | CF_COMMAND_BIG,
      .categories = CF_ACL_STRING,
      .keys = { CF_ONE_KEY ("RW update") },
  },
  {
      .name = "STRLEN",
      .usage = "key",
      .summary = "Returns the length of the string at a key.",
      .since = "2.2.0",
      .complexity = "O(1)",
      .run = strlen_,
      .arity = 2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_STRING,
      .keys = { CF_ONE_KEY ("RO") },
  },
  {
      .name = "SUBSTR",
      .usage = "key start:integer end:integer",
      .summary = "The old name of GETRANGE.",
      .since = "1.0.0",
      .complexity = "O(N), N being the length of the part; O(1) for a part of "
                    "a long string that is sent as it stands.",
      .run = cf_string_getrange,
      .arity = 4,
      .flags = CF_COMMAND_READONLY,
      .categories = CF_ACL_STRING,
      .keys = { CF_ONE_KEY ("RO access") },
  },
};

const CfFamily cf_string_family = {
  .group = "string",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
