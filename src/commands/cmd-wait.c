/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-wait.c -- WAIT.  There are no replicas that could confirm anything, so
 * whoever waits for some waits until the timeout. */
#include "config.h"

#include "commands/commands.h"

static gboolean
run_wait (CfCall *call, GError **error)
{
  gint64 n_replicas, deadline_ms;

  if (!cf_call_get_int (call, 1, &n_replicas, error) ||
      !cf_call_get_timeout_ms (call, 2, &deadline_ms, error))
    return FALSE;
  if (n_replicas > 0 && !call->in_transaction &&
      cf_call_wake_reason (call) == CF_WAKE_NONE)
    cf_call_park (call, deadline_ms);
  else
    cf_reply_int (&call->reply, 0);
  return TRUE;
}

static const CfCommand commands[] = {
  {
      .name = "WAIT",
      .usage = "numreplicas:integer timeout:integer",
      .summary = "Waits until replicas have confirmed what was written.",
      .since = "3.0.0",
      .complexity = "O(1)",
      .tips = "request_policy:all_shards response_policy:agg_min",
      .run = run_wait,
      .arity = 3,
      .flags = CF_COMMAND_NOSCRIPT,
      .categories = CF_ACL_CONNECTION,
  },
};

const CfFamily cf_wait_family = {
  .group = "generic",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
