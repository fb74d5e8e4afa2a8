/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands on hashes. */
#include "config.h"

#include "commands/cmd-hash.h"

#include "commands/cmd-set.h"
#include "commands/commands.h"
#include "commands/cursor.h"

/**
 * cf_hash_read:
 * @call: a call
 * @hash: (out) (nullable) (transfer none): the hash at its first argument
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if there is something else
 */
gboolean
cf_hash_read (CfCall *call, const CfHashmap **hash, GError **error)
{
  CfObject *object;
  gboolean fits = cf_call_read_object (call, 1, CF_TYPE_HASH, &object, error);

  *hash = (const CfHashmap *) object;
  return fits;
}

/**
 * cf_hash_write:
 * @call: a call
 * @hash: (out) (nullable) (transfer none): the hash at its first argument, to
 *   be changed
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if there is something else
 */
gboolean
cf_hash_write (CfCall *call, CfHashmap **hash, GError **error)
{
  CfObject *object;
  gboolean fits = cf_call_write_object (call, 1, CF_TYPE_HASH, &object, error);

  *hash = (CfHashmap *) object;
  return fits;
}

static CfHashmapLimits
limits_of (const CfCall *call)
{
  const CfConfig *config = call->engine->config;

  return (CfHashmapLimits){
    (gsize) cf_config_get_int (config, CF_SETTING_HASH_MAX_LISTPACK_ENTRIES),
    (gsize) cf_config_get_int (config, CF_SETTING_HASH_MAX_LISTPACK_VALUE),
  };
}

/**
 * cf_hash_put:
 * @call: a call
 * @hash: (nullable): the hash at its first argument, or %NULL to make one
 * @pairs: (array): fields, each followed by its value
 * @n: how many fields
 * @n_added: (out): how many of them are new
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE without memory
 */
gboolean
cf_hash_put (CfCall *call,
             CfHashmap *hash,
             const CfSlice *pairs,
             guint n,
             gint64 *n_added,
             GError **error)
{
  CfHashmapLimits limits = limits_of (call);
  g_autoptr (CfHashmap) new = NULL;

  *n_added = 0;
  if (hash == NULL)
    hash = new = cf_hashmap_new ();
  for (guint i = 0; i < n; i++)
    {
      gboolean added;

      if (!cf_hashmap_set (hash, pairs[2 * i], pairs[2 * i + 1], &limits,
                           &added))
        {
          /* What was set stays, and is to be known. */
          if (i > 0 && new == NULL)
            cf_call_changed (call, 1, CF_NOTIFY_HASH, "hset");
          return cf_call_out_of_memory (error);
        }
      *n_added += added;
    }
  return new == NULL ||
         cf_call_put_object (call, 1, (CfObject *) g_steal_pointer (&new),
                             CF_NO_DEADLINE, error);
}

/* -- Writing -------------------------------------------------------------- */

/* Sets the fields that the arguments name. */
static gboolean
set_fields (CfCall *call, gint64 *n_added, GError **error)
{
  CfHashmap *hash;

  if (call->argc % 2 != 0)
    return cf_throw (error, CF_ERROR_FAILED,
                     "wrong number of arguments for '%s' command",
                     call->info->full_name);
  if (!cf_hash_write (call, &hash, error) ||
      !cf_hash_put (call, hash, call->argv + 2, (call->argc - 2) / 2, n_added,
                    error))
    return FALSE;
  cf_call_changed (call, 1, CF_NOTIFY_HASH, "hset");
  return TRUE;
}

static gboolean
run_hset (CfCall *call, GError **error)
{
  gint64 n_added;

  if (!set_fields (call, &n_added, error))
    return FALSE;
  cf_reply_int (&call->reply, n_added);
  return TRUE;
}

static gboolean
run_hmset (CfCall *call, GError **error)
{
  gint64 n_added;

  if (!set_fields (call, &n_added, error))
    return FALSE;
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_hsetnx (CfCall *call, GError **error)
{
  CfHashmap *hash;
  gint64 n_added;

  if (!cf_hash_write (call, &hash, error))
    return FALSE;
  if (hash != NULL && cf_hashmap_has (hash, call->argv[2]))
    {
      cf_reply_int (&call->reply, 0);
      return TRUE;
    }
  if (!cf_hash_put (call, hash, call->argv + 2, 1, &n_added, error))
    return FALSE;
  cf_call_changed (call, 1, CF_NOTIFY_HASH, "hset");
  cf_reply_int (&call->reply, 1);
  return TRUE;
}

static gboolean
run_hdel (CfCall *call, GError **error)
{
  CfHashmap *hash;
  gint64 n = 0;

  if (!cf_hash_write (call, &hash, error))
    return FALSE;
  for (guint i = 2; hash != NULL && i < call->argc; i++)
    {
      n += cf_hashmap_remove (hash, call->argv[i]);
      if (cf_hashmap_n (hash) == 0)
        break;
    }
  if (n > 0)
    {
      cf_call_changed (call, 1, CF_NOTIFY_HASH, "hdel");
      if (cf_hashmap_n (hash) == 0 && cf_call_remove (call, 1))
        cf_call_event (call, 1, CF_NOTIFY_GENERIC, "del");
    }
  cf_reply_int (&call->reply, n);
  return TRUE;
}

/* -- Reading -------------------------------------------------------------- */

static void
reply_value (CfCall *call, const CfHashmap *hash, CfSlice field)
{
  char scratch[CF_HASHMAP_SCRATCH];
  CfSlice value;

  if (hash != NULL && cf_hashmap_get (hash, field, scratch, &value))
    cf_reply_bulk (&call->reply, value);
  else
    cf_reply_null (&call->reply);
}

static gboolean
run_hget (CfCall *call, GError **error)
{
  const CfHashmap *hash;

  if (!cf_hash_read (call, &hash, error))
    return FALSE;
  reply_value (call, hash, call->argv[2]);
  return TRUE;
}

static gboolean
run_hmget (CfCall *call, GError **error)
{
  const CfHashmap *hash;

  if (!cf_hash_read (call, &hash, error))
    return FALSE;
  cf_reply_array (&call->reply, call->argc - 2);
  for (guint i = 2; i < call->argc; i++)
    reply_value (call, hash, call->argv[i]);
  return TRUE;
}

static gboolean
run_hexists (CfCall *call, GError **error)
{
  const CfHashmap *hash;

  if (!cf_hash_read (call, &hash, error))
    return FALSE;
  cf_reply_int (&call->reply,
                hash != NULL && cf_hashmap_has (hash, call->argv[2]));
  return TRUE;
}

static gboolean
run_hlen (CfCall *call, GError **error)
{
  const CfHashmap *hash;

  if (!cf_hash_read (call, &hash, error))
    return FALSE;
  cf_reply_int (&call->reply, hash == NULL ? 0 : (gint64) cf_hashmap_n (hash));
  return TRUE;
}

static gboolean
run_hstrlen (CfCall *call, GError **error)
{
  char scratch[CF_HASHMAP_SCRATCH];
  CfSlice value = { NULL, 0 };
  const CfHashmap *hash;

  if (!cf_hash_read (call, &hash, error))
    return FALSE;
  if (hash != NULL)
    (void) cf_hashmap_get (hash, call->argv[2], scratch, &value);
  cf_reply_int (&call->reply, (gint64) value.size);
  return TRUE;
}

static gboolean
run_hgetall (CfCall *call, GError **error)
{
  const CfHashmap *hash;
  CfSlice field, value;
  CfHashmapIter iter;

  if (!cf_hash_read (call, &hash, error))
    return FALSE;
  cf_reply_map (&call->reply, hash == NULL ? 0 : cf_hashmap_n (hash));
  if (hash == NULL)
    return TRUE;
  cf_hashmap_iter_init (&iter, hash);
  while (cf_hashmap_iter_next (&iter, &field, &value))
    {
      cf_reply_bulk (&call->reply, field);
      cf_reply_bulk (&call->reply, value);
    }
  return TRUE;
}

/* Of each field, itself or its value. */
static gboolean
reply_halves (CfCall *call, gboolean fields, GError **error)
{
  const CfHashmap *hash;
  CfSlice field, value;
  CfHashmapIter iter;

  if (!cf_hash_read (call, &hash, error))
    return FALSE;
  cf_reply_array (&call->reply, hash == NULL ? 0 : cf_hashmap_n (hash));
  if (hash == NULL)
    return TRUE;
  cf_hashmap_iter_init (&iter, hash);
  while (cf_hashmap_iter_next (&iter, &field, &value))
    cf_reply_bulk (&call->reply, fields ? field : value);
  return TRUE;
}

static gboolean
run_hkeys (CfCall *call, GError **error)
{
  return reply_halves (call, TRUE, error);
}

static gboolean
run_hvals (CfCall *call, GError **error)
{
  return reply_halves (call, FALSE, error);
}

static void
scan_field (CfSlice field, CfSlice value, gpointer data)
{
  CfCursor *cursor = data;

  cursor->seen++;
  if (!cf_cursor_matches (cursor, field))
    return;
  cf_reply_bulk (&cursor->call->reply, field);
  cf_reply_bulk (&cursor->call->reply, value);
  cursor->n += 2;
}

static guint64
scan_step (gconstpointer hash, guint64 at, CfCursor *cursor)
{
  return cf_hashmap_scan (hash, at, scan_field, cursor);
}

static gboolean
run_hscan (CfCall *call, GError **error)
{
  const CfHashmap *hash;
  CfCursor cursor;

  if (!cf_cursor_init (&cursor, call, 2, error) ||
      !cf_hash_read (call, &hash, error))
    return FALSE;
  if (hash == NULL)
    {
      cf_cursor_reply_nothing (call);
      return TRUE;
    }
  if (!cf_cursor_parse_options (&cursor, 3, FALSE, error))
    return FALSE;
  cf_cursor_run (&cursor, hash, scan_step);
  return TRUE;
}

#define WRITE (CF_COMMAND_WRITE | CF_COMMAND_DENYOOM)

static const CfCommand commands[] = {
  {
      .name = "HDEL",
      .usage = "key field ...",
      .summary = "Removes fields of a hash; without the last one, the key is "
                 "gone.",
      .since = "2.0.0",
      .complexity = "O(N), N being the number of fields to remove.",
      .run = run_hdel,
      .arity = -3,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_HASH,
      .keys = { CF_ONE_KEY ("RW delete") },
  },
  {
      .name = "HEXISTS",
      .usage = "key field",
      .summary = "Tells whether a hash has a field.",
      .since = "2.0.0",
      .complexity = "O(1)",
      .run = run_hexists,
      .arity = 3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_HASH,
      .keys = { CF_ONE_KEY ("RO") },
  },
  {
      .name = "HGET",
      .usage = "key field",
      .summary = "Returns the value of a field of a hash.",
      .since = "2.0.0",
      .complexity = "O(1)",
      .run = run_hget,
      .arity = 3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_HASH,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "HGETALL",
      .usage = "key",
      .summary = "Returns all fields of a hash and their values.",
      .since = "2.0.0",
      .complexity = "O(N), N being the number of fields.",
      .tips = "nondeterministic_output_order",
      .run = run_hgetall,
      .arity = 2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_HASH,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "HINCRBY",
      .usage = "key field increment:integer",
      .summary = "Adds a number to the integer at a field of a hash; no field "
                 "counts as 0.",
      .since = "2.0.0",
      .complexity = "O(1)",
      .run = cf_hash_hincrby,
      .arity = 4,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_HASH,
      .keys = { CF_ONE_KEY ("RW access update") },
  },
  {
      .name = "HINCRBYFLOAT",
      .usage = "key field increment:double",
      .summary = "Adds to the decimal number at a field of a hash; no field "
                 "counts as 0.",
      .since = "2.6.0",
      .complexity = "O(1)",
      .run = cf_hash_hincrbyfloat,
      .arity = 4,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_HASH,
      .keys = { CF_ONE_KEY ("RW access update") },
  },
  {
      .name = "HKEYS",
      .usage = "key",
      .summary = "Returns all fields of a hash.",
      .since = "2.0.0",
      .complexity = "O(N), N being the number of fields.",
      .tips = "nondeterministic_output_order",
      .run = run_hkeys,
      .arity = 2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_HASH,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "HLEN",
      .usage = "key",
      .summary = "Returns how many fields a hash has.",
      .since = "2.0.0",
      .complexity = "O(1)",
      .run = run_hlen,
      .arity = 2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_HASH,
      .keys = { CF_ONE_KEY ("RO") },
  },
  {
      .name = "HMGET",
      .usage = "key field ...",
      .summary = "Returns the values of several fields of a hash.",
      .since = "2.0.0",
      .complexity = "O(N), N being the number of fields asked for.",
      .run = run_hmget,
      .arity = -3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_HASH,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "HMSET",
      .usage = "key (field value) ...",
      .summary = "Sets several fields of a hash, as HSET does.",
      .since = "2.0.0",
      .complexity = "O(N), N being the number of fields to set.",
      .run = run_hmset,
      .arity = -4,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_HASH,
      .keys = { CF_ONE_KEY ("RW update") },
  },
  {
      .name = "HRANDFIELD",
      .usage = "key [count:integer [WITHVALUES]]",
      .summary = "Returns fields chosen at random: one, or as many different "
                 "ones as told; with a negative count, each may come again.",
      .since = "6.2.0",
      .complexity = "O(N), N being the number of fields returned.",
      .tips = "nondeterministic_output",
      .run = cf_hash_hrandfield,
      .arity = -2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_HASH,
      .takes_long = cf_set_takes_long,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "HSCAN",
      .usage = "key cursor:integer [MATCH pattern:pattern] "
               "[COUNT count:integer]",
      .summary = "Returns some fields of a hash with their values, and where "
                 "to go on.",
      .since = "2.8.0",
      .complexity = "O(1) for every call, O(N) for all fields",
      .tips = "nondeterministic_output",
      .run = run_hscan,
      .arity = -3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_HASH,
      .takes_long = cf_cursor_takes_long,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "HSET",
      .usage = "key (field value) ...",
      .summary = "Sets fields of a hash, and returns how many are new.",
      .since = "2.0.0",
      .complexity = "O(N), N being the number of fields to set.",
      .run = run_hset,
      .arity = -4,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_HASH,
      .keys = { CF_ONE_KEY ("RW update") },
  },
  {
      .name = "HSETNX",
      .usage = "key field value",
      .summary = "Sets a field of a hash, if it has no such field yet.",
      .since = "2.0.0",
      .complexity = "O(1)",
      .run = run_hsetnx,
      .arity = 4,
      .flags = WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_HASH,
      .keys = { CF_ONE_KEY ("RW insert") },
  },
  {
      .name = "HSTRLEN",
      .usage = "key field",
      .summary = "Returns the length of the value of a field of a hash.",
      .since = "3.2.0",
      .complexity = "O(1)",
      .run = run_hstrlen,
      .arity = 3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_HASH,
      .keys = { CF_ONE_KEY ("RO") },
  },
  {
      .name = "HVALS",
      .usage = "key",
      .summary = "Returns the values of all fields of a hash.",
      .since = "2.0.0",
      .complexity = "O(N), N being the number of fields.",
      .tips = "nondeterministic_output_order",
      .run = run_hvals,
      .arity = 2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_HASH,
      .keys = { CF_ONE_KEY ("RO access") },
  },
};

const CfFamily cf_hash_family = {
  .group = "hash",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
