/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-pubsub.c -- channels: subscribing, publishing, and asking about them. */
#include "config.h"

#include "commands/commands.h"
#include "commands/help.h"
#include "engine/acl-revoke.h"
#include "engine/pubsub.h"

/* Steps of a long walk between two looks at the gate. */
#define STEPS_A_BREATH 256
/* Of a channel or pattern that somebody subscribes to. */
#define NAME_MAX_BYTES (1024 * 1024)

/* What the replies of each kind are called. */
static const struct
{
  const char *subscribe, *unsubscribe;
} verbs[CF_N_PUBSUB_KINDS] = {
  [CF_PUBSUB_CHANNEL] = { "subscribe", "unsubscribe" },
  [CF_PUBSUB_PATTERN] = { "psubscribe", "punsubscribe" },
  [CF_PUBSUB_SHARD] = { "ssubscribe", "sunsubscribe" },
};

/* -- Subscribing ---------------------------------------------------------- */

/* What is counted in the replies: shard channels on their own. */
static guint
count_like (const CfSession *session, CfPubsubKind kind)
{
  if (kind == CF_PUBSUB_SHARD)
    return cf_subscriptions_n (session, CF_PUBSUB_SHARD);
  return cf_subscriptions_n (session, CF_PUBSUB_CHANNEL) +
         cf_subscriptions_n (session, CF_PUBSUB_PATTERN);
}

/* @name: (nullable) */
static void
confirm (CfCall *call, CfPubsubKind kind, const char *verb, const CfSlice *name)
{
  CfReply *reply = &call->reply;

  cf_reply_push (reply, 3);
  cf_reply_bulk_string (reply, verb);
  if (name != NULL)
    cf_reply_bulk (reply, *name);
  else
    cf_reply_null (reply);
  cf_reply_int (reply, count_like (call->session, kind));
}

/* Lets others see at once, before the reply is read. */
static void
show (CfCall *call)
{
  CfSession *session = call->session;
  guint n = 0;

  for (guint kind = 0; kind < CF_N_PUBSUB_KINDS; kind++)
    n += cf_subscriptions_n (session, kind);
  session->flags &= ~(guint) CF_SESSION_PUBSUB;
  if (n > 0)
    session->flags |= CF_SESSION_PUBSUB;
  cf_session_publish (session);
}

static void
breathe (CfCall *call, guint step)
{
  if (step % STEPS_A_BREATH == 0 && !call->in_transaction)
    cf_worker_breathe (call->worker);
}

static gboolean
subscribe (CfCall *call, CfPubsubKind kind, GError **error)
{
  for (guint i = 1; i < call->argc; i++)
    if (call->argv[i].size > NAME_MAX_BYTES)
      return cf_call_out_of_memory (error);
  call->is_push = TRUE;
  for (guint i = 1; i < call->argc; i++)
    {
      cf_pubsub_subscribe (call->engine->pubsub, call->session, kind,
                           call->argv[i]);
      confirm (call, kind, verbs[kind].subscribe, &call->argv[i]);
      breathe (call, i);
    }
  show (call);
  cf_acl_recheck (call);
  return TRUE;
}

/* What was published until now comes before the reply. */
static void
unsubscribe_one (CfCall *call, CfPubsubKind kind, CfSlice name)
{
  if (cf_pubsub_unsubscribe (call->engine->pubsub, call->session, kind, name) &&
      !call->in_transaction)
    cf_session_collect (call->session);
  confirm (call, kind, verbs[kind].unsubscribe, &name);
}

static void
unsubscribe_all (CfCall *call, CfPubsubKind kind)
{
  g_autoptr (GPtrArray) names = cf_subscriptions_names (call->session, kind);

  for (guint i = 0; i < names->len; i++)
    {
      gsize size;
      const char *name = g_bytes_get_data (names->pdata[i], &size);

      unsubscribe_one (call, kind, cf_slice (name, size));
      breathe (call, i);
    }
  if (names->len == 0)
    confirm (call, kind, verbs[kind].unsubscribe, NULL);
}

static gboolean
unsubscribe (CfCall *call, CfPubsubKind kind)
{
  call->is_push = TRUE;
  for (guint i = 1; i < call->argc; i++)
    {
      unsubscribe_one (call, kind, call->argv[i]);
      breathe (call, i);
    }
  if (call->argc == 1)
    unsubscribe_all (call, kind);
  show (call);
  return TRUE;
}

static gboolean
run_subscribe (CfCall *call, GError **error)
{
  return subscribe (call, CF_PUBSUB_CHANNEL, error);
}

static gboolean
run_unsubscribe (CfCall *call, GError **error)
{
  return unsubscribe (call, CF_PUBSUB_CHANNEL);
}

static gboolean
run_psubscribe (CfCall *call, GError **error)
{
  return subscribe (call, CF_PUBSUB_PATTERN, error);
}

static gboolean
run_punsubscribe (CfCall *call, GError **error)
{
  return unsubscribe (call, CF_PUBSUB_PATTERN);
}

static gboolean
run_ssubscribe (CfCall *call, GError **error)
{
  /* Unlike the others, which older clients sent in blocks. */
  if (call->in_transaction)
    return cf_throw (error, CF_ERROR_FAILED,
                     "SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
  return subscribe (call, CF_PUBSUB_SHARD, error);
}

static gboolean
run_sunsubscribe (CfCall *call, GError **error)
{
  return unsubscribe (call, CF_PUBSUB_SHARD);
}

/* -- Publishing ----------------------------------------------------------- */

static gboolean
reply_receivers (CfCall *call, gint64 n, GError **error)
{
  if (n < 0)
    return cf_call_out_of_memory (error);
  cf_reply_int (&call->reply, n);
  return TRUE;
}

static gboolean
run_publish (CfCall *call, GError **error)
{
  gint64 n =
      cf_pubsub_publish (call->engine->pubsub, call->argv[1], call->argv[2]);

  return reply_receivers (call, n, error);
}

static gboolean
run_spublish (CfCall *call, GError **error)
{
  gint64 n = cf_pubsub_publish_shard (call->engine->pubsub, call->argv[1],
                                      call->argv[2]);

  return reply_receivers (call, n, error);
}

/* -- Asking --------------------------------------------------------------- */

static gboolean
list (CfCall *call, CfPubsubKind kind, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;

  if (call->argc > 3)
    return cf_call_usage_error (call, error);
  names = cf_pubsub_list (call->engine->pubsub, kind,
                          call->argc == 3 ? &call->argv[2] : NULL);
  cf_reply_array (&call->reply, names->len);
  for (guint i = 0; i < names->len; i++)
    {
      gsize size;
      const char *name = g_bytes_get_data (names->pdata[i], &size);

      cf_reply_bulk (&call->reply, cf_slice (name, size));
    }
  return TRUE;
}

static gboolean
run_channels (CfCall *call, GError **error)
{
  return list (call, CF_PUBSUB_CHANNEL, error);
}

static gboolean
run_shard_channels (CfCall *call, GError **error)
{
  return list (call, CF_PUBSUB_SHARD, error);
}

static gboolean
run_numpat (CfCall *call, GError **error)
{
  cf_reply_int (&call->reply,
                cf_pubsub_n_topics (call->engine->pubsub, CF_PUBSUB_PATTERN));
  return TRUE;
}

static gboolean
count_each (CfCall *call, CfPubsubKind kind)
{
  cf_reply_array (&call->reply, (call->argc - 2) * 2);
  for (guint i = 2; i < call->argc; i++)
    {
      cf_reply_bulk (&call->reply, call->argv[i]);
      cf_reply_int (
          &call->reply,
          cf_pubsub_n_subscribers (call->engine->pubsub, kind, call->argv[i]));
    }
  return TRUE;
}

static gboolean
run_numsub (CfCall *call, GError **error)
{
  return count_each (call, CF_PUBSUB_CHANNEL);
}

static gboolean
run_shard_numsub (CfCall *call, GError **error)
{
  return count_each (call, CF_PUBSUB_SHARD);
}

/* -- The table ------------------------------------------------------------ */

#define COMMON (CF_COMMAND_PUBSUB | CF_COMMAND_LOADING | CF_COMMAND_STALE)
#define SUBSCRIBING (COMMON | CF_COMMAND_NOSCRIPT | CF_COMMAND_SUBSCRIBER)
#define PUBLISHING (COMMON | CF_COMMAND_FAST | CF_COMMAND_MAY_REPLICATE)

#define SUBCOMMAND(NAME, USAGE, SUMMARY, SINCE, COMPLEXITY, ARITY, RUN)        \
  {                                                                            \
    .name = NAME, .usage = USAGE, .summary = SUMMARY, .since = SINCE,          \
    .complexity = COMPLEXITY, .run = RUN, .arity = ARITY, .flags = COMMON,     \
  }

static const CfCommand subcommands[] = {
  SUBCOMMAND ("CHANNELS",
              "[pattern:pattern]",
              "Returns the channels that somebody listens to.",
              "2.8.0",
              "O(N) where N is the number of active channels, and assuming "
              "constant time pattern matching (relatively short channels and "
              "patterns)",
              -2,
              run_channels),
  CF_HELP_COMMAND ("6.2.0", 0),
  SUBCOMMAND ("NUMPAT",
              NULL,
              "Returns how many patterns somebody listens to.",
              "2.8.0",
              "O(1)",
              2,
              run_numpat),
  SUBCOMMAND ("NUMSUB",
              "[channel ...]",
              "Returns how many listen to each channel.",
              "2.8.0",
              "O(N) for the NUMSUB subcommand, where N is the number of "
              "requested channels",
              -2,
              run_numsub),
  SUBCOMMAND ("SHARDCHANNELS",
              "[pattern:pattern]",
              "Returns the shard channels that somebody listens to.",
              "7.0.0",
              "O(N) where N is the number of active shard channels, and "
              "assuming constant time pattern matching (relatively short shard "
              "channels).",
              -2,
              run_shard_channels),
  SUBCOMMAND ("SHARDNUMSUB",
              "[shardchannel ...]",
              "Returns how many listen to each shard channel.",
              "7.0.0",
              "O(N) for the SHARDNUMSUB subcommand, where N is the number of "
              "requested shard channels",
              -2,
              run_shard_numsub),
};

/* A shard channel picks a slot as a key does, but is none. */
static gboolean
get_no_keys (const CfSlice *argv, guint argc, GArray *positions)
{
  return TRUE;
}

static const CfCommand commands[] = {
  {
      .name = "PSUBSCRIBE",
      .usage = "(pattern:pattern) ...",
      .summary = "Listens to the channels that match patterns.",
      .since = "2.0.0",
      .complexity = "O(N) where N is the number of patterns the client is "
                    "already subscribed to.",
      .run = run_psubscribe,
      .arity = -2,
      .flags = SUBSCRIBING,
      .channels = CF_CHANNELS_PATTERNS,
  },
  {
      .name = "PUBLISH",
      .usage = "channel message",
      .summary = "Sends a message to all who listen to a channel.",
      .since = "2.0.0",
      .complexity = "O(N+M) where N is the number of clients subscribed to "
                    "the receiving channel and M is the total number of "
                    "subscribed patterns (by any client).",
      .run = run_publish,
      .arity = 3,
      .flags = PUBLISHING,
      .channels = CF_CHANNELS_FIRST,
  },
  {
      .name = "PUBSUB",
      .summary = "Tells of channels and who listens to them.",
      .since = "2.8.0",
      .complexity = "Depends on subcommand.",
      .arity = -2,
      .subcommands = subcommands,
      .n_subcommands = G_N_ELEMENTS (subcommands),
  },
  {
      .name = "PUNSUBSCRIBE",
      .usage = "[pattern:pattern ...]",
      .summary = "Stops listening to patterns, or to all of them.",
      .since = "2.0.0",
      .complexity = "O(N+M) where N is the number of patterns the client is "
                    "already subscribed and M is the number of total patterns "
                    "subscribed in the system (by any client).",
      .run = run_punsubscribe,
      .arity = -1,
      .flags = SUBSCRIBING,
  },
  {
      .name = "SPUBLISH",
      .usage = "shardchannel message",
      .summary = "Sends a message to all who listen to a shard channel.",
      .since = "7.0.0",
      .complexity = "O(N) where N is the number of clients subscribed to the "
                    "receiving shard channel.",
      .run = run_spublish,
      .arity = 3,
      .flags = PUBLISHING,
      .channels = CF_CHANNELS_FIRST,
      .keys = { CF_ONE_KEY ("not_key") },
      .get_keys = get_no_keys,
  },
  {
      .name = "SSUBSCRIBE",
      .usage = "shardchannel ...",
      .summary = "Listens to shard channels.",
      .since = "7.0.0",
      .complexity = "O(N) where N is the number of shard channels to subscribe "
                    "to.",
      .run = run_ssubscribe,
      .arity = -2,
      .flags = SUBSCRIBING,
      .channels = CF_CHANNELS_ALL,
      .keys = { CF_ALL_KEYS ("not_key") },
      .get_keys = get_no_keys,
  },
  {
      .name = "SUBSCRIBE",
      .usage = "channel ...",
      .summary = "Listens to channels.",
      .since = "2.0.0",
      .complexity = "O(N) where N is the number of channels to subscribe to.",
      .run = run_subscribe,
      .arity = -2,
      .flags = SUBSCRIBING,
      .channels = CF_CHANNELS_ALL,
  },
  {
      .name = "SUNSUBSCRIBE",
      .usage = "[shardchannel ...]",
      .summary = "Stops listening to shard channels, or to all of them.",
      .since = "7.0.0",
      .complexity = "O(N) where N is the number of clients already subscribed "
                    "to a shard channel.",
      .run = run_sunsubscribe,
      .arity = -1,
      .flags = SUBSCRIBING,
      .keys = { CF_ALL_KEYS ("not_key") },
      .get_keys = get_no_keys,
  },
  {
      .name = "UNSUBSCRIBE",
      .usage = "[channel ...]",
      .summary = "Stops listening to channels, or to all of them.",
      .since = "2.0.0",
      .complexity = "O(N) where N is the number of clients already subscribed "
                    "to a channel.",
      .run = run_unsubscribe,
      .arity = -1,
      .flags = SUBSCRIBING,
  },
};

const CfFamily cf_pubsub_family = {
  .group = "pubsub",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
