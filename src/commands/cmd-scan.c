/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-scan.c -- the commands that go over the keys of a database: they lock
 * one slot at a time, so they hold up nobody. */
#include "config.h"

#include "base/glob.h"
#include "commands/commands.h"
#include "commands/cursor.h"
#include "commands/key-value.h"

/* Bytes of patterns times bytes of keys: steps that matching may take while a
 * slot is locked.  What may take more is copied, and matched after that. */
#define STEPS_LOCKED ((gsize) 256 * 1024)

typedef struct
{
  CfCall *call;
  CfSlice pattern; /* data NULL: all keys */
  CfSlice type;    /* data NULL: any */
  gsize n;         /* keys replied */
  gsize n_seen;
  gsize n_steps; /* under the present lock, at most */
  GArray *later; /* (owned) (element-type CfSlice) (owned): to be matched */
} Walk;

static void
reply_key (Walk *self, CfSlice key)
{
  cf_reply_bulk (&self->call->reply, key);
  self->n++;
}

/* FALSE: it has to be matched at once. */
static gboolean
put_off (Walk *self, CfSlice key)
{
  char *copy = g_try_malloc (MAX (key.size, 1));
  CfSlice item = cf_slice (copy, key.size);

  if (copy == NULL)
    return FALSE;
  memcpy (copy, key.data, key.size);
  g_array_append_val (self->later, item);
  return TRUE;
}

/* The slot is locked. */
static gboolean
look_at (const CfEntry *entry, gpointer data)
{
  Walk *self = data;
  CfSlice key = cf_entry_key (entry);

  self->n_seen++;
  if (self->type.data != NULL &&
      !cf_slice_is (self->type, cf_type_name (cf_entry_type (entry))))
    return TRUE;
  if (self->pattern.data != NULL)
    {
      self->n_steps += (self->pattern.size + 1) * (key.size + 1);
      if (self->n_steps > STEPS_LOCKED && put_off (self, key))
        return TRUE;
      if (!cf_glob_match (self->pattern, key))
        return TRUE;
    }
  reply_key (self, key);
  return TRUE;
}

/* No slot is locked. */
static void
match_later (Walk *self)
{
  for (guint i = 0; i < self->later->len; i++)
    {
      CfSlice key = g_array_index (self->later, CfSlice, i);

      if (cf_glob_match (self->pattern, key))
        reply_key (self, key);
      g_free ((char *) key.data);
    }
  g_array_set_size (self->later, 0);
  self->n_steps = 0;
}

/* Goes on at @cursor, a lock's time after the other, until @count keys were
 * seen.  Returns where to go on, 0 at the end. */
static guint64
walk (Walk *self, guint64 cursor, gsize count)
{
  CfCall *call = self->call;

  self->later = g_array_new (FALSE, FALSE, sizeof (CfSlice));
  if (cf_slice_equal (self->pattern, CF_SLICE ("*")))
    self->pattern = cf_slice (NULL, 0);
  do
    {
      gsize n_before = self->n_seen;

      cursor = cf_keyspace_scan (call->keyspace, call->db, cursor, 1,
                                 call->now_ms, look_at, self);
      match_later (self);
      /* Those past their deadlines count, too: at least one was seen. */
      self->n_seen = MAX (self->n_seen, n_before + 1);
      if (!call->in_transaction)
        cf_worker_breathe (call->worker);
    }
  while (cursor != 0 && self->n_seen < count);
  g_array_unref (self->later);
  return cursor;
}

static gboolean
run_keys (CfCall *call, GError **error)
{
  Walk keys = { .call = call, .pattern = call->argv[1] };
  CfOutChunk *hole = cf_reply_deferred (&call->reply);

  (void) walk (&keys, 0, G_MAXSIZE);
  cf_reply_deferred_array (&call->reply, hole, keys.n);
  return TRUE;
}

static gboolean
run_scan (CfCall *call, GError **error)
{
  CfCursor cursor;
  Walk keys = { .call = call };
  guint64 next;

  if (!cf_cursor_init (&cursor, call, 1, error) ||
      !cf_cursor_parse_options (&cursor, 2, TRUE, error))
    return FALSE;
  keys.pattern = cursor.pattern;
  keys.type = cursor.type;
  cf_cursor_begin (&cursor);
  next = walk (&keys, cursor.cursor, cursor.count);
  cursor.n = keys.n;
  cf_cursor_end (&cursor, next);
  return TRUE;
}

static gboolean
run_randomkey (CfCall *call, GError **error)
{
  g_autofree char *key = NULL;
  gsize size;

  if (!cf_keyspace_random (call->keyspace, call->db, call->now_ms, &key, &size))
    cf_reply_null (&call->reply);
  else if (key == NULL)
    return cf_call_out_of_memory (error);
  else
    cf_reply_bulk (&call->reply, cf_slice (key, size));
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
      .flags = CF_COMMAND_READONLY | CF_COMMAND_WALKS | CF_COMMAND_LONG,
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
