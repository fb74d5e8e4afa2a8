/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-key.c -- the commands on keys, whatever their values are. */
#include "config.h"

#include "base/number.h"
#include "commands/commands.h"
#include "commands/help.h"
#include "commands/key-value.h"

/* -- Removing and looking ------------------------------------------------- */

static gboolean
run_del (CfCall *call, GError **error)
{
  gint64 n = 0;

  for (guint i = 1; i < call->argc; i++)
    if (cf_call_remove (call, i))
      {
        cf_call_changed (call, i, CF_NOTIFY_GENERIC, "del");
        n++;
      }
  cf_reply_int (&call->reply, n);
  return TRUE;
}

static gboolean
run_exists (CfCall *call, GError **error)
{
  gint64 n = 0;

  for (guint i = 1; i < call->argc; i++)
    n += cf_call_read (call, i) != NULL;
  cf_reply_int (&call->reply, n);
  return TRUE;
}

static gboolean
run_type (CfCall *call, GError **error)
{
  const CfEntry *entry = cf_call_read (call, 1);

  cf_reply_status (&call->reply, entry != NULL
                                     ? cf_type_name (cf_entry_type (entry))
                                     : "none");
  return TRUE;
}

/* -- RENAME, COPY, MOVE --------------------------------------------------- */

/* Puts @stolen under another name; gives it back to @from when there is no
 * memory for that, which takes none. */
static gboolean
adopt (CfCall *call,
       CfEntry *stolen,
       const CfKey *from,
       guint db,
       const CfKey *to,
       GError **error)
{
  if (cf_keyspace_adopt (call->keyspace, call->hold, db, to, stolen) != NULL)
    {
      cf_call_added (call, db, to->bytes);
      return TRUE;
    }
  if (cf_keyspace_adopt (call->keyspace, call->hold, call->db, from, stolen) ==
      NULL)
    cf_entry_free (stolen);
  return cf_call_out_of_memory (error);
}

static gboolean
rename_key (CfCall *call, gboolean replace, gboolean *done, GError **error)
{
  const CfKey *from = cf_call_key (call, 1), *to = cf_call_key (call, 2);
  CfEntry *stolen;

  *done = FALSE;
  if (cf_call_write (call, 1) == NULL)
    return cf_throw (error, CF_ERROR_FAILED, "no such key");
  if (cf_slice_equal (from->bytes, to->bytes))
    {
      *done = replace;
      return TRUE;
    }
  if (cf_call_write (call, 2) != NULL && !replace)
    return TRUE;
  stolen = cf_keyspace_steal (call->keyspace, call->hold, call->db, from);
  if (!adopt (call, stolen, from, call->db, to, error))
    return FALSE;
  cf_call_changed (call, 1, CF_NOTIFY_GENERIC, "rename_from");
  cf_call_changed (call, 2, CF_NOTIFY_GENERIC, "rename_to");
  *done = TRUE;
  return TRUE;
}

static gboolean
run_rename (CfCall *call, GError **error)
{
  gboolean done;

  if (!rename_key (call, TRUE, &done, error))
    return FALSE;
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_renamenx (CfCall *call, GError **error)
{
  gboolean done;

  if (!rename_key (call, FALSE, &done, error))
    return FALSE;
  cf_reply_int (&call->reply, done);
  return TRUE;
}

static gboolean
get_database (const CfCall *call, guint i, guint *db, GError **error)
{
  gint64 number;

  if (!cf_call_get_int_in (call, i, G_MININT32, G_MAXINT32, &number, error))
    return FALSE;
  if (number < 0 || number >= cf_keyspace_n_databases (call->keyspace))
    return cf_throw (error, CF_ERROR_FAILED, "DB index is out of range");
  *db = (guint) number;
  return TRUE;
}

static gboolean
throw_same_object (GError **error)
{
  return cf_throw (error, CF_ERROR_FAILED,
                   "source and destination objects are the same");
}

static gboolean
run_move (CfCall *call, GError **error)
{
  const CfKey *key = cf_call_key (call, 1);
  CfEntry *stolen;
  guint db;

  if (!get_database (call, 2, &db, error))
    return FALSE;
  if (db == call->db)
    return throw_same_object (error);
  if (cf_call_write (call, 1) == NULL ||
      cf_keyspace_find (call->keyspace, call->hold, db, key, call->now_ms) !=
          NULL)
    {
      cf_reply_int (&call->reply, 0);
      return TRUE;
    }
  stolen = cf_keyspace_steal (call->keyspace, call->hold, call->db, key);
  if (!adopt (call, stolen, key, db, key, error))
    return FALSE;
  cf_call_changed (call, 1, CF_NOTIFY_GENERIC, "move_from");
  cf_call_changed_key (call, db, key, CF_NOTIFY_GENERIC, "move_to");
  cf_reply_int (&call->reply, 1);
  return TRUE;
}

typedef struct
{
  guint db;
  gboolean replace;
} CopyOptions;

static gboolean
parse_copy (const CfCall *call, CopyOptions *options, GError **error)
{
  options->db = call->db;
  for (guint i = 3; i < call->argc; i++)
    {
      if (cf_call_is (call, i, "REPLACE"))
        options->replace = TRUE;
      else if (cf_call_is (call, i, "DB") && i + 1 < call->argc)
        {
          if (!get_database (call, ++i, &options->db, error))
            return FALSE;
        }
      else
        return cf_call_syntax_error (error);
    }
  return TRUE;
}

static gboolean
copy_entry (CfCall *call,
            const CfEntry *entry,
            guint db,
            const CfKey *to,
            GError **error)
{
  CfValue value;

  if (!cf_entry_try_copy_value (entry, &value))
    return cf_call_out_of_memory (error);
  if (cf_keyspace_put (call->keyspace, call->hold, db, to, &value,
                       cf_entry_deadline (entry)) != NULL)
    {
      cf_call_added (call, db, to->bytes);
      return TRUE;
    }
  cf_value_drop (&value);
  return cf_call_out_of_memory (error);
}

static gboolean
run_copy (CfCall *call, GError **error)
{
  const CfKey *from = cf_call_key (call, 1), *to = cf_call_key (call, 2);
  CopyOptions options = { 0 };
  const CfEntry *entry;

  if (!parse_copy (call, &options, error))
    return FALSE;
  if (options.db == call->db && cf_slice_equal (from->bytes, to->bytes))
    return throw_same_object (error);
  entry = cf_call_read (call, 1);
  if (entry == NULL ||
      (!options.replace &&
       cf_keyspace_find (call->keyspace, call->hold, options.db, to,
                         call->now_ms) != NULL))
    {
      cf_reply_int (&call->reply, 0);
      return TRUE;
    }
  if (!copy_entry (call, entry, options.db, to, error))
    return FALSE;
  cf_call_changed_key (call, options.db, to, CF_NOTIFY_GENERIC, "copy_to");
  cf_reply_int (&call->reply, 1);
  return TRUE;
}

/* -- OBJECT --------------------------------------------------------------- */

#define MAY_TAKE_TIME                                                          \
  "Please note that when switching between policies at runtime LRU and LFU "   \
  "data will take some time to adjust."

static gboolean
is_lfu (const CfCall *call)
{
  gint64 policy =
      cf_config_get_int (call->engine->config, CF_SETTING_MAXMEMORY_POLICY);

  return policy == CF_POLICY_ALLKEYS_LFU || policy == CF_POLICY_VOLATILE_LFU;
}

static gboolean
run_object_encoding (CfCall *call, GError **error)
{
  const CfEntry *entry = cf_call_write (call, 2);

  if (entry == NULL)
    cf_reply_null (&call->reply);
  else
    cf_reply_bulk_string (&call->reply, cf_encoding_name (entry));
  return TRUE;
}

static gboolean
run_object_freq (CfCall *call, GError **error)
{
  const CfEntry *entry = cf_call_write (call, 2);

  if (entry == NULL)
    {
      cf_reply_null (&call->reply);
      return TRUE;
    }
  if (!is_lfu (call))
    return cf_throw (error, CF_ERROR_FAILED,
                     "An LFU maxmemory policy is not selected, access "
                     "frequency not tracked. " MAY_TAKE_TIME);
  cf_reply_int (&call->reply,
                cf_keyspace_frequency (call->keyspace, entry, call->now_ms));
  return TRUE;
}

static gboolean
run_object_idletime (CfCall *call, GError **error)
{
  const CfEntry *entry = cf_call_write (call, 2);

  if (entry == NULL)
    {
      cf_reply_null (&call->reply);
      return TRUE;
    }
  if (is_lfu (call))
    return cf_throw (error, CF_ERROR_FAILED,
                     "An LFU maxmemory policy is selected, idle time not "
                     "tracked. " MAY_TAKE_TIME);
  cf_reply_int (&call->reply, (gint64) cf_keyspace_idle_ms (
                                  call->keyspace, entry, call->now_ms) /
                                  1000);
  return TRUE;
}

static gboolean
run_object_refcount (CfCall *call, GError **error)
{
  const CfEntry *entry = cf_call_write (call, 2);

  if (entry == NULL)
    cf_reply_null (&call->reply);
  else
    cf_reply_int (&call->reply,
                  cf_shown_refcount (entry, call->engine->config));
  return TRUE;
}

#define OBJECT_SUBCOMMAND(NAME, SUMMARY, SINCE, RUN)                           \
  {                                                                            \
    .name = NAME, .usage = "key", .summary = SUMMARY, .since = SINCE,          \
    .complexity = "O(1)", .tips = "nondeterministic_output", .run = RUN,       \
    .arity = 3, .flags = CF_COMMAND_READONLY | CF_COMMAND_NO_TOUCH,            \
    .categories = CF_ACL_KEYSPACE, .keys = { CF_KEY_AT ("RO", 2) },            \
  }

static const CfCommand object_commands[] = {
  OBJECT_SUBCOMMAND ("ENCODING",
                     "Returns how the value of a key is kept.",
                     "2.2.3",
                     run_object_encoding),
  OBJECT_SUBCOMMAND ("FREQ",
                     "Returns the logarithm of how often a key is used.",
                     "4.0.0",
                     run_object_freq),
  CF_HELP_COMMAND ("6.2.0", CF_ACL_KEYSPACE),
  OBJECT_SUBCOMMAND ("IDLETIME",
                     "Returns for how many seconds a key was not used.",
                     "2.2.3",
                     run_object_idletime),
  OBJECT_SUBCOMMAND ("REFCOUNT",
                     "Returns how many share the value of a key.",
                     "2.2.3",
                     run_object_refcount),
};

/* -- The table ------------------------------------------------------------ */

#define SUM_OF_SHARDS "request_policy:multi_shard response_policy:agg_sum"

#define KEYS_COMMAND(NAME, SUMMARY, SINCE, COMPLEXITY, RUN, FLAGS, KEYS)       \
  {                                                                            \
    .name = NAME, .usage = "key ...", .summary = SUMMARY, .since = SINCE,      \
    .complexity = COMPLEXITY, .tips = SUM_OF_SHARDS, .run = RUN, .arity = -2,  \
    .flags = FLAGS, .categories = CF_ACL_KEYSPACE,                             \
    .keys = { CF_ALL_KEYS (KEYS) },                                            \
  }

static const CfCommand commands[] = {
  {
      .name = "COPY",
      .usage = "source:key destination:key [DB destination-db:integer] "
               "[REPLACE]",
      .summary = "Copies a key with its value and deadline.",
      .since = "6.2.0",
      .complexity = "O(N) worst case for collections, where N is the number "
                    "of nested items. O(1) for string values.",
      .run = run_copy,
      .arity = -3,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_BIG,
      .categories = CF_ACL_KEYSPACE,
      .keys = { CF_KEY_AT ("RO access", 1), CF_KEY_AT ("OW update", 2) },
  },
  KEYS_COMMAND ("DEL",
                "Removes keys.",
                "1.0.0",
                "O(N), N being the number of keys; large values are freed in "
                "the background",
                run_del,
                CF_COMMAND_WRITE,
                "RM delete"),
  KEYS_COMMAND ("EXISTS",
                "Counts how many of the keys there are.",
                "1.0.0",
                "O(N), N being the number of keys",
                run_exists,
                CF_COMMAND_READONLY | CF_COMMAND_FAST | CF_COMMAND_NO_TOUCH,
                "RO"),
  {
      .name = "MOVE",
      .usage = "key db:integer",
      .summary = "Moves a key to another database.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = run_move,
      .arity = 3,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_KEYSPACE,
      .keys = { CF_ONE_KEY ("RW access update") },
  },
  {
      .name = "OBJECT",
      .summary = "Looks into how values are kept.",
      .since = "2.2.3",
      .complexity = "Depends on subcommand.",
      .arity = -2,
      .subcommands = object_commands,
      .n_subcommands = G_N_ELEMENTS (object_commands),
  },
  {
      .name = "RENAME",
      .usage = "key newkey:key",
      .summary = "Gives a key another name, in place of whatever has it.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = run_rename,
      .arity = 3,
      .flags = CF_COMMAND_WRITE,
      .categories = CF_ACL_KEYSPACE,
      .keys = { CF_KEY_AT ("RW access delete", 1), CF_KEY_AT ("OW update", 2) },
  },
  {
      .name = "RENAMENX",
      .usage = "key newkey:key",
      .summary = "Gives a key another name, if no key has that.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = run_renamenx,
      .arity = 3,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_KEYSPACE,
      .keys = { CF_KEY_AT ("RW access delete", 1), CF_KEY_AT ("OW insert", 2) },
  },
  KEYS_COMMAND ("TOUCH",
                "Counts the keys there are, as if they were used.",
                "3.2.1",
                "O(N), N being the number of keys",
                run_exists,
                CF_COMMAND_READONLY | CF_COMMAND_FAST,
                "RO"),
  {
      .name = "TYPE",
      .usage = "key",
      .summary = "Returns the type of the value at a key.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .run = run_type,
      .arity = 2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST | CF_COMMAND_NO_TOUCH,
      .categories = CF_ACL_KEYSPACE,
      .keys = { CF_ONE_KEY ("RO") },
  },
  KEYS_COMMAND ("UNLINK",
                "Removes keys.",
                "4.0.0",
                "O(N), N being the number of keys; large values are freed in "
                "the background",
                run_del,
                CF_COMMAND_WRITE | CF_COMMAND_FAST,
                "RM delete"),
};

const CfFamily cf_key_family = {
  .group = "generic",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
