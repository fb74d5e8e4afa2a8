/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-expire.c -- the commands on the deadlines of keys. */
#include "config.h"

#include "base/number.h"
#include "commands/commands.h"
#include "commands/deadline.h"

typedef enum
{
  ONLY_WITHOUT = 1 << 0, /* NX */
  ONLY_WITH = 1 << 1,    /* XX */
  ONLY_LATER = 1 << 2,   /* GT */
  ONLY_EARLIER = 1 << 3, /* LT */
} Condition;

static gboolean
parse_conditions (const CfCall *call, guint *conditions, GError **error)
{
  static const char *const words[] = { "NX", "XX", "GT", "LT" };

  for (guint i = 3; i < call->argc; i++)
    {
      guint j = 0;

      while (j < G_N_ELEMENTS (words) && !cf_call_is (call, i, words[j]))
        j++;
      if (j == G_N_ELEMENTS (words))
        return cf_throw (error, CF_ERROR_FAILED, "Unsupported option %.*s",
                         (int) MIN (call->argv[i].size, CF_CALL_TEXT_MAX),
                         call->argv[i].data);
      *conditions |= 1u << j;
    }
  if ((*conditions & ONLY_WITHOUT) && (*conditions & ~(guint) ONLY_WITHOUT))
    return cf_throw (error, CF_ERROR_FAILED,
                     "NX and XX, GT or LT options at the same time are not "
                     "compatible");
  if ((*conditions & ONLY_LATER) && (*conditions & ONLY_EARLIER))
    return cf_throw (error, CF_ERROR_FAILED,
                     "GT and LT options at the same time are not compatible");
  return TRUE;
}

/* A key without a deadline counts as one that expires never. */
static gboolean
conditions_hold (guint conditions, gint64 old_ms, gint64 new_ms)
{
  gboolean has_old = old_ms != CF_NO_DEADLINE;

  if ((conditions & ONLY_WITHOUT) && has_old)
    return FALSE;
  if ((conditions & ONLY_WITH) && !has_old)
    return FALSE;
  if ((conditions & ONLY_LATER) && (!has_old || new_ms <= old_ms))
    return FALSE;
  return !(conditions & ONLY_EARLIER) || !has_old || new_ms < old_ms;
}

static void
record_deadline (CfCall *call, gint64 deadline_ms)
{
  char digits[CF_INT64_SIZE];
  const CfSlice words[] = {
    CF_SLICE ("PEXPIREAT"),
    call->argv[1],
    cf_slice (digits, cf_format_int64 (digits, deadline_ms)),
  };

  cf_call_effect (call, words, G_N_ELEMENTS (words));
}

static void
expire_now (CfCall *call)
{
  const CfSlice words[] = { CF_SLICE ("DEL"), call->argv[1] };

  cf_call_remove (call, 1);
  cf_call_effect (call, words, G_N_ELEMENTS (words));
  cf_call_changed (call, 1, CF_NOTIFY_GENERIC, "del");
}

static gboolean
set_deadline (CfCall *call,
              gboolean in_seconds,
              gboolean from_now,
              GError **error)
{
  guint conditions = 0;
  gint64 deadline_ms = 0;
  const CfEntry *entry;

  if (!parse_conditions (call, &conditions, error) ||
      !cf_deadline_parse (call, 2, in_seconds, from_now, TRUE, &deadline_ms,
                          error))
    return FALSE;
  entry = cf_call_write (call, 1);
  if (entry == NULL ||
      !conditions_hold (conditions, cf_entry_deadline (entry), deadline_ms))
    {
      cf_reply_int (&call->reply, 0);
      return TRUE;
    }
  if (deadline_ms <= call->now_ms)
    expire_now (call);
  else
    {
      if (!cf_call_set_deadline (call, 1, deadline_ms, error))
        return FALSE;
      record_deadline (call, deadline_ms);
      cf_call_changed (call, 1, CF_NOTIFY_GENERIC, "expire");
    }
  cf_reply_int (&call->reply, 1);
  return TRUE;
}

static gboolean
run_expire (CfCall *call, GError **error)
{
  return set_deadline (call, TRUE, TRUE, error);
}

static gboolean
run_pexpire (CfCall *call, GError **error)
{
  return set_deadline (call, FALSE, TRUE, error);
}

static gboolean
run_expireat (CfCall *call, GError **error)
{
  return set_deadline (call, TRUE, FALSE, error);
}

static gboolean
run_pexpireat (CfCall *call, GError **error)
{
  return set_deadline (call, FALSE, FALSE, error);
}

static gboolean
run_persist (CfCall *call, GError **error)
{
  const CfEntry *entry = cf_call_write (call, 1);

  if (entry == NULL || !cf_entry_is_volatile (entry))
    {
      cf_reply_int (&call->reply, 0);
      return TRUE;
    }
  if (!cf_call_set_deadline (call, 1, CF_NO_DEADLINE, error))
    return FALSE;
  cf_call_changed (call, 1, CF_NOTIFY_GENERIC, "persist");
  cf_reply_int (&call->reply, 1);
  return TRUE;
}

/* @origin_ms: what the deadline is told relative to. */
static gboolean
reply_deadline (CfCall *call, gint64 origin_ms, gboolean in_seconds)
{
  const CfEntry *entry = cf_call_read (call, 1);
  gint64 left_ms;

  if (entry == NULL || !cf_entry_is_volatile (entry))
    {
      cf_reply_int (&call->reply, entry == NULL ? -2 : -1);
      return TRUE;
    }
  left_ms = MAX (cf_entry_deadline (entry) - origin_ms, 0);
  cf_reply_int (&call->reply, in_seconds
                                  ? left_ms / 1000 + (left_ms % 1000 >= 500)
                                  : left_ms);
  return TRUE;
}

static gboolean
run_ttl (CfCall *call, GError **error)
{
  return reply_deadline (call, call->now_ms, TRUE);
}

static gboolean
run_pttl (CfCall *call, GError **error)
{
  return reply_deadline (call, call->now_ms, FALSE);
}

static gboolean
run_expiretime (CfCall *call, GError **error)
{
  return reply_deadline (call, 0, TRUE);
}

static gboolean
run_pexpiretime (CfCall *call, GError **error)
{
  return reply_deadline (call, 0, FALSE);
}

#define SETTER(NAME, USAGE, SUMMARY, SINCE, RUN)                               \
  {                                                                            \
    .name = NAME, .usage = "key " USAGE " [NX | XX | GT | LT]",                \
    .summary = SUMMARY, .since = SINCE, .complexity = "O(1)", .run = RUN,      \
    .arity = -3, .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST,                  \
    .categories = CF_ACL_KEYSPACE, .keys = { CF_ONE_KEY ("RW update") },       \
  }

#define GETTER(NAME, SUMMARY, SINCE, TIPS, RUN)                                \
  {                                                                            \
    .name = NAME, .usage = "key", .summary = SUMMARY, .since = SINCE,          \
    .complexity = "O(1)", .tips = TIPS, .run = RUN, .arity = 2,                \
    .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST | CF_COMMAND_NO_TOUCH,      \
    .categories = CF_ACL_KEYSPACE, .keys = { CF_ONE_KEY ("RO access") },       \
  }

static const CfCommand commands[] = {
  SETTER ("EXPIRE",
          "seconds:integer",
          "Sets how many seconds a key lives on.",
          "1.0.0",
          run_expire),
  SETTER ("EXPIREAT",
          "unix-time-seconds:unix-time",
          "Sets the second at which a key expires.",
          "1.2.0",
          run_expireat),
  GETTER ("EXPIRETIME",
          "Returns the second at which a key expires.",
          "7.0.0",
          NULL,
          run_expiretime),
  {
      .name = "PERSIST",
      .usage = "key",
      .summary = "Takes the deadline of a key away.",
      .since = "2.2.0",
      .complexity = "O(1)",
      .run = run_persist,
      .arity = 2,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_FAST,
      .categories = CF_ACL_KEYSPACE,
      .keys = { CF_ONE_KEY ("RW update") },
  },
  SETTER ("PEXPIRE",
          "milliseconds:integer",
          "Sets how many milliseconds a key lives on.",
          "2.6.0",
          run_pexpire),
  SETTER ("PEXPIREAT",
          "unix-time-milliseconds:unix-time",
          "Sets the millisecond at which a key expires.",
          "2.6.0",
          run_pexpireat),
  GETTER ("PEXPIRETIME",
          "Returns the millisecond at which a key expires.",
          "7.0.0",
          NULL,
          run_pexpiretime),
  GETTER ("PTTL",
          "Returns how many milliseconds a key lives on.",
          "2.6.0",
          "nondeterministic_output",
          run_pttl),
  GETTER ("TTL",
          "Returns how many seconds a key lives on.",
          "1.0.0",
          "nondeterministic_output",
          run_ttl),
};

const CfFamily cf_expire_family = {
  .group = "generic",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
