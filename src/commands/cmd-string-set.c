/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SET and all that is like it: a value, on conditions, with a deadline. */
#include "config.h"

#include "commands/cmd-string.h"

#include "base/number.h"

typedef enum
{
  NX = 1 << 0,
  XX = 1 << 1,
  GET = 1 << 2,
  KEEPTTL = 1 << 3,
  PERSIST = 1 << 4,
  EX = 1 << 5,
  PX = 1 << 6,
  EXAT = 1 << 7,
  PXAT = 1 << 8,
  FOR_SET = 1 << 9,
  FOR_GETEX = 1 << 10,
} Flags;

#define DEADLINES (EX | PX | EXAT | PXAT)

typedef struct
{
  Flags flags;
  guint time; /* number of the argument that says when; 0: none */
} Options;

static const struct
{
  const char *word;
  Flags flag;
  Flags excludes;
  Flags commands;
} words[] = {
  { "NX", NX, XX, FOR_SET },
  { "XX", XX, NX, FOR_SET },
  { "GET", GET, 0, FOR_SET },
  { "KEEPTTL", KEEPTTL, PERSIST | DEADLINES, FOR_SET },
  { "PERSIST", PERSIST, KEEPTTL | DEADLINES, FOR_GETEX },
  { "EX", EX, KEEPTTL | PERSIST | (DEADLINES & ~EX), FOR_SET | FOR_GETEX },
  { "PX", PX, KEEPTTL | PERSIST | (DEADLINES & ~PX), FOR_SET | FOR_GETEX },
  { "EXAT", EXAT, KEEPTTL | PERSIST | (DEADLINES & ~EXAT),
    FOR_SET | FOR_GETEX },
  { "PXAT", PXAT, KEEPTTL | PERSIST | (DEADLINES & ~PXAT),
    FOR_SET | FOR_GETEX },
};

static gboolean
parse_option (CfCall *call, guint *i, Flags command, Options *options)
{
  for (gsize j = 0; j < G_N_ELEMENTS (words); j++)
    {
      if (!cf_call_is (call, *i, words[j].word))
        continue;
      if (!(words[j].commands & command) ||
          (options->flags & words[j].excludes))
        return FALSE;
      options->flags |= words[j].flag;
      if (words[j].flag & DEADLINES)
        options->time = ++*i;
      return *i < call->argc;
    }
  return FALSE;
}

static gboolean
parse_options (
    CfCall *call, guint first, Flags command, Options *options, GError **error)
{
  for (guint i = first; i < call->argc; i++)
    if (!parse_option (call, &i, command, options))
      return cf_call_syntax_error (error);
  return TRUE;
}

static gboolean
bad_time (CfCall *call, GError **error)
{
  return cf_throw (error, CF_ERROR_FAILED,
                   "invalid expire time in '%s' command",
                   call->info->full_name);
}

/* The deadline that @options name, or what stands for none. */
static gboolean
get_deadline (CfCall *call,
              const Options *options,
              gint64 *deadline_ms,
              GError **error)
{
  gint64 time;

  *deadline_ms = options->flags & KEEPTTL ? CF_KEEP_DEADLINE : CF_NO_DEADLINE;
  if (options->time == 0)
    return TRUE;
  if (!cf_call_get_int (call, options->time, &time, error))
    return FALSE;
  if (time <= 0 || ((options->flags & (EX | EXAT)) && time > G_MAXINT64 / 1000))
    return bad_time (call, error);
  if (options->flags & (EX | EXAT))
    time *= 1000;
  if ((options->flags & (EX | PX)) &&
      __builtin_add_overflow (time, call->now_ms, &time))
    return bad_time (call, error);
  *deadline_ms = time;
  return TRUE;
}

/* Records a SET with what is at the key now: the argument may have been taken
 * over as its value. */
static void
record_set (CfCall *call, gint64 deadline_ms)
{
  char scratch[32], digits[CF_INT64_SIZE];
  CfEntry *entry;
  CfSlice effect[] = { CF_SLICE ("SET"),
                       call->argv[1],
                       { NULL, 0 },
                       CF_SLICE ("PXAT"),
                       { digits, 0 } };

  if (!cf_call_wants_effect (call))
    return;
  entry = cf_call_write (call, 1);
  if (entry == NULL)
    return;
  effect[2] = cf_entry_string (entry, scratch);
  if (deadline_ms > 0)
    effect[4].size = cf_format_int64 (digits, deadline_ms);
  cf_call_effect (call, effect, deadline_ms > 0 ? 5 : 3);
}

/* Whether the conditions on what is there are met. */
static gboolean
may_set (CfCall *call, Flags flags)
{
  if (!(flags & (NX | XX)))
    return TRUE;
  return (cf_call_write (call, 1) != NULL) == ((flags & XX) != 0);
}

static gboolean
put (CfCall *call, guint argument, const Options *options, GError **error)
{
  gint64 deadline_ms;

  if (!get_deadline (call, options, &deadline_ms, error) ||
      !cf_call_put_string (call, 1, argument, deadline_ms, error))
    return FALSE;
  cf_call_changed (call, 1, CF_NOTIFY_STRING, "set");
  if (options->time != 0)
    {
      cf_call_event (call, 1, CF_NOTIFY_GENERIC, "expire");
      if (!(options->flags & PXAT))
        record_set (call, deadline_ms);
    }
  return TRUE;
}

/* Replies with the old value, and then puts the new one. */
static gboolean
put_and_get (CfCall *call,
             guint argument,
             const Options *options,
             GError **error)
{
  CfEntry *entry;
  CfOutMark mark = cf_out_mark (call->reply.out);
  gint64 deadline_ms;

  if (!get_deadline (call, options, &deadline_ms, error) ||
      !cf_call_read_string (call, 1, &entry, error))
    return FALSE;
  cf_call_reply_string (call, entry);
  if (!may_set (call, options->flags) || put (call, argument, options, error))
    return TRUE;
  cf_out_rewind (call->reply.out, mark);
  return FALSE;
}

gboolean
cf_string_set (CfCall *call, GError **error)
{
  Options options = { 0 };
  gint64 deadline_ms;

  if (G_UNLIKELY (call->session->flags & CF_SESSION_PLAIN))
    return cf_string_plain_set (call, error);
  if (call->argc > 3 && !parse_options (call, 3, FOR_SET, &options, error))
    return FALSE;
  if (options.flags & GET)
    return put_and_get (call, 2, &options, error);
  if (options.flags & (NX | XX))
    {
      if (!get_deadline (call, &options, &deadline_ms, error))
        return FALSE;
      if (!may_set (call, options.flags))
        {
          cf_reply_null (&call->reply);
          return TRUE;
        }
    }
  if (!put (call, 2, &options, error))
    return FALSE;
  cf_reply_ok (&call->reply);
  return TRUE;
}

const char *
cf_string_set_key_flags (const CfSlice *argv, guint argc)
{
  for (guint i = 3; i < argc; i++)
    if (cf_slice_is (argv[i], "GET"))
      return "RW access update";
  return "OW update";
}

gboolean
cf_string_setnx (CfCall *call, GError **error)
{
  Options options = { NX, 0 };
  gboolean may = may_set (call, options.flags);

  if (may && !put (call, 2, &options, error))
    return FALSE;
  cf_reply_int (&call->reply, may);
  return TRUE;
}

static gboolean
set_for (CfCall *call, Flags unit, GError **error)
{
  Options options = { unit, 2 };

  if (!put (call, 3, &options, error))
    return FALSE;
  cf_reply_ok (&call->reply);
  return TRUE;
}

gboolean
cf_string_setex (CfCall *call, GError **error)
{
  return set_for (call, EX, error);
}

gboolean
cf_string_psetex (CfCall *call, GError **error)
{
  return set_for (call, PX, error);
}

gboolean
cf_string_getset (CfCall *call, GError **error)
{
  Options options = { GET, 0 };

  if (!put_and_get (call, 2, &options, error))
    return FALSE;
  record_set (call, CF_NO_DEADLINE);
  return TRUE;
}

/* Removes the key whose deadline is to be in the past. */
static void
remove_now (CfCall *call)
{
  const CfSlice effect[] = { CF_SLICE ("DEL"), call->argv[1] };

  cf_call_remove (call, 1);
  cf_call_changed (call, 1, CF_NOTIFY_GENERIC, "del");
  if (cf_call_wants_effect (call))
    cf_call_effect (call, effect, G_N_ELEMENTS (effect));
}

static gboolean
set_deadline (CfCall *call, gint64 deadline_ms, GError **error)
{
  char digits[CF_INT64_SIZE];
  CfSlice effect[] = { CF_SLICE ("PEXPIREAT"), call->argv[1], { digits, 0 } };

  if (!cf_call_set_deadline (call, 1, deadline_ms, error))
    return FALSE;
  cf_call_changed (call, 1, CF_NOTIFY_GENERIC, "expire");
  effect[2].size = cf_format_int64 (digits, deadline_ms);
  if (cf_call_wants_effect (call))
    cf_call_effect (call, effect, G_N_ELEMENTS (effect));
  return TRUE;
}

static gboolean
persist (CfCall *call, GError **error)
{
  const CfSlice effect[] = { CF_SLICE ("PERSIST"), call->argv[1] };

  if (!cf_call_set_deadline (call, 1, CF_NO_DEADLINE, error))
    return FALSE;
  cf_call_changed (call, 1, CF_NOTIFY_GENERIC, "persist");
  if (cf_call_wants_effect (call))
    cf_call_effect (call, effect, G_N_ELEMENTS (effect));
  return TRUE;
}

gboolean
cf_string_getex (CfCall *call, GError **error)
{
  Options options = { 0 };
  CfOutMark mark = cf_out_mark (call->reply.out);
  CfEntry *entry;
  gint64 deadline_ms;
  gboolean done = TRUE;

  if (!parse_options (call, 2, FOR_GETEX, &options, error) ||
      !cf_call_read_string (call, 1, &entry, error))
    return FALSE;
  if (entry != NULL && !get_deadline (call, &options, &deadline_ms, error))
    return FALSE;
  cf_call_reply_string (call, entry);
  if (entry == NULL)
    return TRUE;
  if ((options.flags & (EXAT | PXAT)) && deadline_ms <= call->now_ms)
    remove_now (call);
  else if (options.time != 0)
    done = set_deadline (call, deadline_ms, error);
  else if ((options.flags & PERSIST) && cf_entry_is_volatile (entry))
    done = persist (call, error);
  if (!done)
    cf_out_rewind (call->reply.out, mark);
  return done;
}
