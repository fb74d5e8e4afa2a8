/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-transaction.c -- MULTI and what belongs to it.  The executor runs EXEC
 * itself, since it must hold the keys of the whole block. */
#include "config.h"

#include "commands/commands.h"
#include "engine/transaction.h"

static gboolean
run_multi (CfCall *call, GError **error)
{
  if (call->session->transaction != NULL)
    return cf_throw (error, CF_ERROR_FAILED, "MULTI calls can not be nested");
  call->session->transaction = cf_transaction_new ();
  call->session->flags |= CF_SESSION_MULTI;
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_discard (CfCall *call, GError **error)
{
  CfSession *session = call->session;

  if (session->transaction == NULL)
    return cf_throw (error, CF_ERROR_FAILED, "DISCARD without MULTI");
  g_clear_pointer (&session->transaction, cf_transaction_free);
  session->flags &= ~(guint) CF_SESSION_MULTI;
  cf_session_unwatch_all (session, call->keyspace);
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* What a watch takes beside the key's name: itself, its place in the tables of
 * the session and of the slot, and the slot's note of the key. */
#define WATCH_BYTES 192

static gboolean
run_watch (CfCall *call, GError **error)
{
  CfSession *session = call->session;

  if (session->transaction != NULL)
    return cf_throw (error, CF_ERROR_FAILED,
                     "WATCH inside MULTI is not allowed");
  if (session->watches == NULL)
    session->watches = cf_watches_new ();
  for (guint i = 1; i < call->argc; i++)
    {
      const CfKey *key = cf_call_key (call, i);
      CfWatch *watch;

      if (cf_watches_have (session->watches, call->db, key))
        continue;
      watch = cf_keyspace_watch (call->keyspace, call->db, key, &session->dirty,
                                 call->now_ms);
      if (watch == NULL)
        return cf_call_out_of_memory (error);
      g_hash_table_add (session->watches, watch);
      session->watch_memory += WATCH_BYTES + key->bytes.size;
    }
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* Within a block it is too late: EXEC has looked, holds the watched keys and
 * forgets them at its end. */
static gboolean
run_unwatch (CfCall *call, GError **error)
{
  if (!call->in_transaction)
    cf_session_unwatch_all (call->session, call->keyspace);
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_exec (CfCall *call, GError **error)
{
  g_assert_not_reached (); /* see CF_COMMAND_BLOCK */
}

#define COMMON (CF_COMMAND_NOSCRIPT | CF_COMMAND_LOADING | CF_COMMAND_STALE)
#define AT_ONCE                                                                \
  (COMMON | CF_COMMAND_FAST | CF_COMMAND_ALLOW_BUSY | CF_COMMAND_IN_MULTI)

static const CfCommand commands[] = {
  {
      .name = "DISCARD",
      .summary = "Forgets the commands that were queued.",
      .since = "2.0.0",
      .complexity = "O(N), when N is the number of queued commands",
      .run = run_discard,
      .arity = 1,
      .flags = AT_ONCE,
      .categories = CF_ACL_TRANSACTION,
  },
  {
      .name = "EXEC",
      .summary = "Runs the commands that were queued, as one.",
      .since = "1.2.0",
      .complexity = "Depends on the commands in the transaction",
      .run = run_exec,
      .arity = 1,
      .flags = COMMON | CF_COMMAND_SKIP_SLOWLOG | CF_COMMAND_IN_MULTI |
               CF_COMMAND_BLOCK,
      .categories = CF_ACL_TRANSACTION,
  },
  {
      .name = "MULTI",
      .summary = "Starts to queue commands, for EXEC to run.",
      .since = "1.2.0",
      .complexity = "O(1)",
      .run = run_multi,
      .arity = 1,
      .flags = AT_ONCE,
      .categories = CF_ACL_TRANSACTION,
  },
  {
      .name = "UNWATCH",
      .summary = "Forgets the keys that are watched.",
      .since = "2.2.0",
      .complexity = "O(1)",
      .run = run_unwatch,
      .arity = 1,
      .flags = COMMON | CF_COMMAND_FAST | CF_COMMAND_ALLOW_BUSY,
      .categories = CF_ACL_TRANSACTION,
  },
  {
      .name = "WATCH",
      .usage = "key ...",
      .summary = "Makes EXEC fail if one of the keys is changed before it.",
      .since = "2.2.0",
      .complexity = "O(1) for every key",
      .run = run_watch,
      .arity = -2,
      .flags = AT_ONCE | CF_COMMAND_OBSERVES,
      .categories = CF_ACL_TRANSACTION,
      .keys = { CF_ALL_KEYS ("RO") },
  },
};

const CfFamily cf_transaction_family = {
  .group = "transactions",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
