/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-database.c -- the commands on whole databases, which run alone for the
 * moment they need; what they remove is freed after that. */
#include "config.h"

#include "commands/commands.h"

static gboolean
parse_flush (const CfCall *call, gboolean *here, GError **error)
{
  if (call->argc == 1)
    {
      *here = cf_config_get_int (call->engine->config,
                                 CF_SETTING_LAZYFREE_LAZY_USER_FLUSH) == 0;
      return TRUE;
    }
  *here = cf_call_is (call, 1, "SYNC");
  if (call->argc > 2 || (!*here && !cf_call_is (call, 1, "ASYNC")))
    return cf_call_syntax_error (error);
  return TRUE;
}

static gboolean
flush (CfCall *call, gint db, GError **error)
{
  gboolean here;
  gsize n;

  if (!parse_flush (call, &here, error))
    return FALSE;
  cf_call_discard (call, cf_keyspace_flush (call->keyspace, db, &n), here);
  cf_call_changed_all (call, n);
  cf_call_ready_all (call, db);
  cf_call_flushed (call);
  cf_call_effect (call, call->argv, 1);
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_flushall (CfCall *call, GError **error)
{
  return flush (call, -1, error);
}

static gboolean
run_flushdb (CfCall *call, GError **error)
{
  return flush (call, (gint) call->db, error);
}

static gboolean
get_database (
    const CfCall *call, guint i, const char *which, gint64 *db, GError **error)
{
  if (cf_call_get_int_in (call, i, G_MININT32, G_MAXINT32, db, NULL))
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED, "invalid %s DB index", which);
}

static gboolean
run_swapdb (CfCall *call, GError **error)
{
  gint64 a, b, n = cf_keyspace_n_databases (call->keyspace);

  if (!get_database (call, 1, "first", &a, error) ||
      !get_database (call, 2, "second", &b, error))
    return FALSE;
  if (a < 0 || a >= n || b < 0 || b >= n)
    return cf_throw (error, CF_ERROR_FAILED, "DB index is out of range");
  if (a != b)
    cf_keyspace_swap (call->keyspace, (guint) a, (guint) b);
  cf_call_ready_all (call, (gint) a);
  cf_call_ready_all (call, (gint) b);
  cf_call_changed_all (call, 1);
  cf_reply_ok (&call->reply);
  return TRUE;
}

#define FLUSH(NAME, SUMMARY, RUN)                                              \
  {                                                                            \
    .name = NAME, .usage = "[ASYNC | SYNC]", .summary = SUMMARY,               \
    .since = "1.0.0",                                                          \
    .complexity = "O(N), N being the number of keys removed",                  \
    .tips = "request_policy:all_shards response_policy:all_succeeded",         \
    .run = RUN, .arity = -1, .flags = CF_COMMAND_WRITE | CF_COMMAND_EXCLUSIVE, \
    .categories = CF_ACL_KEYSPACE | CF_ACL_DANGEROUS,                          \
  }

static const CfCommand commands[] = {
  FLUSH ("FLUSHALL", "Removes all keys of all databases.", run_flushall),
  FLUSH ("FLUSHDB", "Removes all keys of the database.", run_flushdb),
  {
      .name = "SWAPDB",
      .usage = "index1:integer index2:integer",
      .summary = "Makes two databases change places.",
      .since = "4.0.0",
      .complexity = "O(N), N being the number of clients that watch keys",
      .run = run_swapdb,
      .arity = 3,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST | CF_COMMAND_EXCLUSIVE,
      .categories = CF_ACL_KEYSPACE | CF_ACL_DANGEROUS,
  },
};

const CfFamily cf_database_family = {
  .group = "server",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
