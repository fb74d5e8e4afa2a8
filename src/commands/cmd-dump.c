/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-dump.c -- DUMP and RESTORE. */
#include "config.h"

#include "base/number.h"
#include "commands/commands.h"
#include "persist/rdb-value.h"

static gboolean
run_dump (CfCall *call, GError **error)
{
  const CfEntry *entry = cf_call_read (call, 1);
  g_autoptr (CfBlob) payload = NULL;

  if (entry == NULL)
    {
      cf_reply_null (&call->reply);
      return TRUE;
    }
  payload = cf_rdb_payload_new (entry);
  if (payload == NULL)
    return cf_call_out_of_memory (error);
  cf_reply_bulk_blob (&call->reply, payload, 0, payload->size);
  return TRUE;
}

/* -- RESTORE -------------------------------------------------------------- */

#define NEW_FREQUENCY 5 /* of a key that is new, as an LFU counter */

typedef struct
{
  gint64 deadline_ms; /* or 0 */
  gint64 idle_s;      /* or -1 */
  gint64 frequency;   /* or -1 */
  gboolean replace;
  gboolean absolute; /* the deadline was given as such */
} Options;

static gboolean
parse_idle (CfCall *call, guint i, Options *options, GError **error)
{
  if (!cf_call_get_int (call, i, &options->idle_s, error))
    return FALSE;
  return options->idle_s >= 0 ||
         cf_throw (error, CF_ERROR_FAILED,
                   "Invalid IDLETIME value, must be >= 0");
}

static gboolean
parse_frequency (CfCall *call, guint i, Options *options, GError **error)
{
  if (!cf_call_get_int (call, i, &options->frequency, error))
    return FALSE;
  return (options->frequency >= 0 && options->frequency <= 255) ||
         cf_throw (error, CF_ERROR_FAILED,
                   "Invalid FREQ value, must be >= 0 and <= 255");
}

static gboolean
parse_options (CfCall *call, Options *options, GError **error)
{
  *options = (Options){ .idle_s = -1, .frequency = -1 };
  for (guint i = 4; i < call->argc; i++)
    {
      gboolean has_next = i + 1 < call->argc;

      if (cf_call_is (call, i, "REPLACE"))
        options->replace = TRUE;
      else if (cf_call_is (call, i, "ABSTTL"))
        options->absolute = TRUE;
      else if (cf_call_is (call, i, "IDLETIME") && has_next &&
               options->frequency == -1)
        {
          if (!parse_idle (call, ++i, options, error))
            return FALSE;
        }
      else if (cf_call_is (call, i, "FREQ") && has_next &&
               options->idle_s == -1)
        {
          if (!parse_frequency (call, ++i, options, error))
            return FALSE;
        }
      else
        return cf_call_syntax_error (error);
    }
  return TRUE;
}

static gboolean
parse_deadline (CfCall *call, Options *options, GError **error)
{
  gint64 ttl_ms;

  if (!cf_call_get_int (call, 2, &ttl_ms, error))
    return FALSE;
  if (ttl_ms < 0)
    return cf_throw (error, CF_ERROR_FAILED, "Invalid TTL value, must be >= 0");
  options->deadline_ms = ttl_ms;
  /* One beyond all time is in the past, as it is in Redis. */
  if (ttl_ms > 0 && !options->absolute &&
      __builtin_add_overflow (ttl_ms, call->now_ms, &options->deadline_ms))
    options->deadline_ms = G_MININT64;
  return TRUE;
}

static gboolean
get_value (CfCall *call, CfRdbString *string, CfValue *value, GError **error)
{
  CfRdbReader reader;
  guint8 type;

  if (!cf_rdb_payload_open (call->argv[3], &reader))
    return cf_throw (error, CF_ERROR_FAILED,
                     "DUMP payload version or checksum are wrong");
  if (!cf_rdb_get_byte (&reader, &type) ||
      !cf_rdb_get_value (&reader, type, call->engine->config, string, value))
    return cf_throw (error, CF_ERROR_FAILED, "Bad data format");
  return TRUE;
}

/* The deadline is past: the value is not even put. */
static void
restore_nothing (CfCall *call, CfValue *value)
{
  const CfSlice effect[] = { CF_SLICE ("DEL"), call->argv[1] };

  cf_value_drop (value);
  if (!cf_call_remove (call, 1))
    return;
  cf_call_changed (call, 1, CF_NOTIFY_GENERIC, "del");
  cf_call_effect (call, effect, G_N_ELEMENTS (effect));
}

/* Records the command with the time at which the key expires. */
static void
record_restore (CfCall *call, gint64 deadline_ms)
{
  char digits[CF_INT64_SIZE];
  g_autofree CfSlice *words = g_new (CfSlice, call->argc + 1);

  memcpy (words, call->argv, call->argc * sizeof *words);
  words[2] = cf_slice (digits, cf_format_int64 (digits, deadline_ms));
  words[call->argc] = CF_SLICE ("ABSTTL");
  cf_call_effect (call, words, call->argc + 1);
}

static gboolean
restore_value (CfCall *call,
               CfValue *value,
               const Options *options,
               GError **error)
{
  gint64 deadline_ms =
      options->deadline_ms > 0 ? options->deadline_ms : CF_NO_DEADLINE;
  gboolean replaces = cf_call_write (call, 1) != NULL;
  CfEntry *entry;

  if (!cf_call_put (call, 1, value, deadline_ms, &entry, error))
    {
      cf_value_drop (value);
      return FALSE;
    }
  /* The old key is removed first. */
  if (replaces)
    cf_call_added (call, call->db, call->argv[1]);
  /* One of these takes effect, as the policy has it. */
  cf_keyspace_set_frequency (
      call->keyspace, entry,
      options->frequency >= 0 ? (guint) options->frequency : NEW_FREQUENCY,
      call->now_ms);
  cf_keyspace_set_idle (call->keyspace, entry,
                        options->idle_s > 0 ? (guint64) options->idle_s : 0,
                        call->now_ms);
  cf_call_changed (call, 1, CF_NOTIFY_GENERIC, "restore");
  if (deadline_ms > 0 && !options->absolute && cf_call_wants_effect (call))
    record_restore (call, deadline_ms);
  return TRUE;
}

static gboolean
run_restore (CfCall *call, GError **error)
{
  g_auto (CfRdbString) string = CF_RDB_STRING_INIT;
  Options options;
  CfValue value;

  if (!parse_options (call, &options, error))
    return FALSE;
  if (!options.replace && cf_call_write (call, 1) != NULL)
    return cf_throw (error, CF_ERROR_BUSY_KEY,
                     "Target key name already exists.");
  if (!parse_deadline (call, &options, error) ||
      !get_value (call, &string, &value, error))
    return FALSE;
  if (options.deadline_ms != 0 && options.deadline_ms <= call->now_ms)
    restore_nothing (call, &value);
  else if (!restore_value (call, &value, &options, error))
    return FALSE;
  cf_reply_ok (&call->reply);
  return TRUE;
}

static const CfCommand commands[] = {
  {
      .name = "DUMP",
      .usage = "key",
      .summary = "Returns the value of a key in a form that RESTORE takes.",
      .since = "2.6.0",
      .complexity = "O(N), N being the bytes and elements of the value.",
      .tips = "nondeterministic_output",
      .run = run_dump,
      .arity = 2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_KEYSPACE,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "RESTORE",
      .usage = "key ttl:integer serialized-value [REPLACE] [ABSTTL] [IDLETIME "
               "seconds:integer] [FREQ frequency:integer]",
      .summary = "Makes a key of what DUMP returned.",
      .since = "2.6.0",
      .complexity = "O(N), N being the bytes and elements of the value; O(N "
                    "log(N)) for sorted sets.",
      .run = run_restore,
      .arity = -4,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_LONG,
      .categories = CF_ACL_KEYSPACE | CF_ACL_DANGEROUS,
      .keys = { CF_ONE_KEY ("OW update") },
  },
};

const CfFamily cf_dump_family = {
  .group = "generic",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
