/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-scan.c -- the commands that go over the keys of a database: they lock
 * one slot at a time, so they hold up nobody. */
#include "config.h"

#include "base/glob.h"
#include "commands/commands.h"
#include "commands/cursor.h"
#include "commands/key-value.h"

typedef struct
{
  CfCall *call;
  CfSlice pattern; /* empty: all keys */
  gsize n;         /* keys replied */
} Walk;

static gboolean
reply_matching (const CfEntry *entry, gpointer data)
{
  Walk *walk = data;
  CfSlice key = cf_entry_key (entry);

  if (walk->pattern.data != NULL && !cf_glob_match (walk->pattern, key))
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
reply_scanned (const CfEntry *entry, gpointer data)
{
  CfCursor *cursor = data;
  CfSlice key = cf_entry_key (entry);

  if (!cf_cursor_matches (cursor, key))
    return TRUE;
  if (cursor->type.data != NULL &&
      !cf_slice_is (cursor->type, cf_type_name (cf_entry_type (entry))))
    return TRUE;
  cf_reply_bulk (&cursor->call->reply, key);
  cursor->n++;
  return TRUE;
}

static gboolean
run_scan (CfCall *call, GError **error)
{
  CfCursor cursor;
  guint64 next;

  if (!cf_cursor_init (&cursor, call, 1, error) ||
      !cf_cursor_parse_options (&cursor, 2, TRUE, error))
    return FALSE;
  cf_cursor_begin (&cursor);
  next = cf_keyspace_scan (call->keyspace, call->db, cursor.cursor,
                           cursor.count, call->now_ms, reply_scanned, &cursor);
  cf_cursor_end (&cursor, next);
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
