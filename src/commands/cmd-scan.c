/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-scan.c -- the commands that go over the keys of a database: they lock
 * one slot at a time, so they hold up nobody. */
#include "config.h"

#include "base/glob.h"
#include "base/number.h"
#include "commands/commands.h"
#include "commands/key-value.h"

typedef struct
{
  CfCall *call;
  CfSlice pattern; /* empty: all keys */
  CfSlice type;    /* empty: all types */
  gsize n;         /* keys replied */
} Walk;

static gboolean
reply_matching (const CfEntry *entry, gpointer data)
{
  Walk *walk = data;
  CfSlice key = cf_entry_key (entry);

  if (walk->pattern.data != NULL && !cf_glob_match (walk->pattern, key))
    return TRUE;
  if (walk->type.data != NULL &&
      !cf_slice_is (walk->type, cf_type_name (cf_entry_type (entry))))
    return TRUE;
  cf_reply_bulk (&walk->call->reply, key);
  walk->n++;
  return TRUE;
}

static gboolean
run_keys (CfCall *call, GError **error)
{
  Walk walk = { .call = call, .pattern = call->argv[1] };
  CfOutChunk *hole = cf_reply_deferred (&call->reply);

  if (cf_slice_equal (walk.pattern, CF_SLICE ("*")))
    walk.pattern = cf_slice (NULL, 0);
  for (guint slot = 0; slot < CF_N_SLOTS; slot++)
    {
      cf_keyspace_walk_slot (call->keyspace, call->db, slot, call->now_ms,
                             reply_matching, &walk);
      if (!call->in_transaction)
        cf_worker_breathe (call->worker);
    }
  cf_reply_deferred_array (&call->reply, hole, walk.n);
  return TRUE;
}

static gboolean
parse_scan (const CfCall *call, Walk *walk, gint64 *count, GError **error)
{
  *count = 10;
  for (guint i = 2; i < call->argc; i += 2)
    {
      if (i + 1 == call->argc)
        return cf_call_syntax_error (error);
      if (cf_call_is (call, i, "COUNT"))
        {
          if (!cf_call_get_int (call, i + 1, count, error))
            return FALSE;
          if (*count < 1)
            return cf_call_syntax_error (error);
        }
      else if (cf_call_is (call, i, "MATCH"))
        walk->pattern = call->argv[i + 1];
      else if (cf_call_is (call, i, "TYPE"))
        walk->type = call->argv[i + 1];
      else
        return cf_call_syntax_error (error);
    }
  return TRUE;
}

/* Reads a cursor as Redis does, by the rules of strtoul(): it may be empty or
 * have a sign. */
static gboolean
parse_cursor (CfSlice text, guint64 *cursor)
{
  gboolean negative = text.size > 0 && text.data[0] == '-';
  guint64 value = 0;

  for (gsize i = negative || (text.size > 0 && text.data[0] == '+');
       i < text.size; i++)
    if (!g_ascii_isdigit (text.data[i]) ||
        __builtin_mul_overflow (value, 10, &value) ||
        __builtin_add_overflow (value, (guint64) (text.data[i] - '0'), &value))
      return FALSE;
  *cursor = negative ? -value : value;
  return TRUE;
}

static gboolean
run_scan (CfCall *call, GError **error)
{
  Walk walk = { .call = call };
  char digits[CF_INT64_SIZE];
  guint64 cursor;
  CfOutChunk *hole, *keys;
  gint64 count;

  if (!parse_cursor (call->argv[1], &cursor))
    return cf_throw (error, CF_ERROR_FAILED, "invalid cursor");
  if (!parse_scan (call, &walk, &count, error))
    return FALSE;
  /* The cursor stands before the keys but is known only after them. */
  cf_reply_array (&call->reply, 2);
  hole = cf_out_hole (call->reply.out);
  keys = cf_reply_deferred (&call->reply);
  cursor = cf_keyspace_scan (call->keyspace, call->db, cursor, (gsize) count,
                             call->now_ms, reply_matching, &walk);
  cf_reply_deferred_array (&call->reply, keys, walk.n);
  {
    gsize size = cf_format_uint64 (digits, cursor);
    char text[32];
    int length =
        g_snprintf (text, sizeof text, "$%" G_GSIZE_FORMAT "\r\n%.*s\r\n", size,
                    (int) size, digits);

    cf_out_fill_hole (call->reply.out, hole, text, (gsize) length);
  }
  return TRUE;
}

static gboolean
run_randomkey (CfCall *call, GError **error)
{
  g_autoptr (GString) key = g_string_new (NULL);

  if (cf_keyspace_random (call->keyspace, call->db, call->now_ms, key))
    cf_reply_bulk (&call->reply, cf_slice (key->str, key->len));
  else
    cf_reply_null (&call->reply);
  return TRUE;
}

static gboolean
run_dbsize (CfCall *call, GError **error)
{
  cf_reply_int (&call->reply,
                (gint64) cf_keyspace_size (call->keyspace, call->db));
  return TRUE;
}

static const CfCommand commands[] = {
  {
      .name = "DBSIZE",
      .summary = "Counts the keys of the database.",
      .since = "1.0.0",
      .group = "server",
      .complexity = "O(1)",
      .tips = "request_policy:all_shards response_policy:agg_sum",
      .run = run_dbsize,
      .arity = 1,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST | CF_COMMAND_WALKS,
      .categories = CF_ACL_KEYSPACE,
  },
  {
      .name = "KEYS",
      .usage = "pattern:pattern",
      .summary = "Returns the keys that match a pattern.",
      .since = "1.0.0",
      .complexity = "O(N), N being the number of keys in the database",
      .tips = "request_policy:all_shards nondeterministic_output_order",
      .run = run_keys,
      .arity = 2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_WALKS,
      .categories = CF_ACL_KEYSPACE | CF_ACL_DANGEROUS,
  },
  {
      .name = "RANDOMKEY",
      .summary = "Returns a key chosen at random.",
      .since = "1.0.0",
      .complexity = "O(1)",
      .tips = "request_policy:all_shards nondeterministic_output",
      .run = run_randomkey,
      .arity = 1,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_WALKS | CF_COMMAND_NO_TOUCH,
      .categories = CF_ACL_KEYSPACE,
  },
  {
      .name = "SCAN",
      .usage = "cursor:integer [MATCH pattern:pattern] [COUNT count:integer] "
               "[TYPE type]",
      .summary = "Returns some keys, and where to go on.",
      .since = "2.8.0",
      .complexity = "O(1) for every call, O(N) for all keys",
      .tips = "nondeterministic_output request_policy:special",
      .run = run_scan,
      .arity = -2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_WALKS,
      .categories = CF_ACL_KEYSPACE,
  },
};

const CfFamily cf_scan_family = {
  .group = "generic",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
