/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/cmd-bitmap.h"

#include "commands/edit.h"
#include "types/bitfield.h"

typedef enum
{
  GET,
  SET,
  INCRBY,
} Action;

typedef struct
{
  Action action;
  CfBitfieldType type;
  CfBitfieldOverflow overflow;
  guint64 offset; /* bits */
  gint64 operand; /* of SET and INCRBY */
} Step;

typedef struct
{
  Step *steps; /* (owned) */
  gsize n_steps;
  gboolean writes;
  guint64 end; /* bytes that the writing steps need */
} Plan;

static gboolean
parse_overflow (CfCall *call,
                guint i,
                CfBitfieldOverflow *overflow,
                GError **error)
{
  if (cf_call_is (call, i, "WRAP"))
    *overflow = CF_BITFIELD_WRAP;
  else if (cf_call_is (call, i, "SAT"))
    *overflow = CF_BITFIELD_SAT;
  else if (cf_call_is (call, i, "FAIL"))
    *overflow = CF_BITFIELD_FAIL;
  else
    return cf_throw (error, CF_ERROR_FAILED, "Invalid OVERFLOW type specified");
  return TRUE;
}

static gboolean
parse_action (CfCall *call, guint i, Action *action, GError **error)
{
  guint n_left = call->argc - i - 1;

  if (cf_call_is (call, i, "GET") && n_left >= 2)
    *action = GET;
  else if (cf_call_is (call, i, "SET") && n_left >= 3)
    *action = SET;
  else if (cf_call_is (call, i, "INCRBY") && n_left >= 3)
    *action = INCRBY;
  else
    return cf_call_syntax_error (error);
  return TRUE;
}

/* The step whose words begin at argument @i. */
static gboolean
parse_step (CfCall *call, guint i, Step *step, Plan *plan, GError **error)
{
  if (!parse_action (call, i, &step->action, error))
    return FALSE;
  if (!cf_bitfield_parse_type (call->argv[i + 1], &step->type))
    return cf_throw (error, CF_ERROR_FAILED,
                     "Invalid bitfield type. Use something like i16 u8. Note "
                     "that u64 is not supported but i64 is.");
  if (!cf_bitmap_get_offset (call, i + 2, step->type.bits, &step->offset,
                             error))
    return FALSE;
  if (step->action == GET)
    return TRUE;
  plan->writes = TRUE;
  plan->end = MAX (plan->end, (step->offset + step->type.bits - 1) / 8 + 1);
  return cf_call_get_int (call, i + 3, &step->operand, error);
}

static gboolean
parse_steps (CfCall *call, Plan *plan, GError **error)
{
  CfBitfieldOverflow overflow = CF_BITFIELD_WRAP;

  for (guint i = 2; i < call->argc;)
    {
      Step *step = &plan->steps[plan->n_steps];

      if (cf_call_is (call, i, "OVERFLOW") && i + 1 < call->argc)
        {
          if (!parse_overflow (call, i + 1, &overflow, error))
            return FALSE;
          i += 2;
          continue;
        }
      step->overflow = overflow;
      if (!parse_step (call, i, step, plan, error))
        return FALSE;
      i += step->action == GET ? 3 : 4;
      plan->n_steps++;
    }
  return TRUE;
}

static void
reply_reads (CfCall *call, const Plan *plan, CfSlice bytes)
{
  cf_reply_array (&call->reply, plan->n_steps);
  for (gsize i = 0; i < plan->n_steps; i++)
    cf_reply_int (&call->reply, cf_bitfield_get (bytes, plan->steps[i].offset,
                                                 &plan->steps[i].type));
}

static gboolean
run_reads (CfCall *call, const Plan *plan, GError **error)
{
  char scratch[32];
  CfEntry *entry;

  if (!cf_call_read_string (call, 1, &entry, error))
    return FALSE;
  reply_reads (call, plan,
               entry != NULL ? cf_entry_string (entry, scratch)
                             : cf_slice (NULL, 0));
  return TRUE;
}

/* Returns whether a bit was changed, or one of a string that @grew was set. */
static gboolean
run_step (CfCall *call, const Step *step, char *data, gsize size, gboolean grew)
{
  gint64 before =
      cf_bitfield_get (cf_slice (data, size), step->offset, &step->type);
  gint64 after = before;
  gboolean fits = step->action == GET ||
                  (step->action == SET
                       ? cf_bitfield_add (&step->type, step->operand, 0,
                                          step->overflow, &after)
                       : cf_bitfield_add (&step->type, before, step->operand,
                                          step->overflow, &after));

  if (!fits)
    cf_reply_null (&call->reply);
  else
    cf_reply_int (&call->reply, step->action == INCRBY ? after : before);
  if (!fits || step->action == GET)
    return FALSE;
  cf_bitfield_set (data, step->offset, step->type.bits, (guint64) after);
  return grew || after != before;
}

static gboolean
run_steps (CfCall *call, const Plan *plan, GError **error)
{
  CfEntry *entry;
  gsize size;
  gboolean grew, changed = FALSE;
  char *data;

  if (!cf_call_write_string (call, 1, &entry, error))
    return FALSE;
  size = entry != NULL ? cf_entry_string_size (entry) : 0;
  grew = size < plan->end;
  size = MAX (size, plan->end);
  data = cf_edit_string (call, 1, entry, size, error);
  if (data == NULL)
    return FALSE;
  cf_reply_array (&call->reply, plan->n_steps);
  for (gsize i = 0; i < plan->n_steps; i++)
    changed |= run_step (call, &plan->steps[i], data, size, grew);
  if (changed)
    cf_call_changed (call, 1, CF_NOTIFY_STRING, "setbit");
  else if (grew)
    cf_call_changed_silently (call, call->db, cf_call_key (call, 1));
  return TRUE;
}

static gboolean
run (CfCall *call, gboolean read_only, GError **error)
{
  g_autofree Step *steps = g_try_new0 (Step, call->argc);
  Plan plan = { .steps = steps };

  if (steps == NULL)
    return cf_call_out_of_memory (error);
  if (!parse_steps (call, &plan, error))
    return FALSE;
  if (!plan.writes)
    return run_reads (call, &plan, error);
  if (read_only)
    return cf_throw (error, CF_ERROR_FAILED,
                     "BITFIELD_RO only supports the GET subcommand");
  return run_steps (call, &plan, error);
}

gboolean
cf_bitmap_bitfield (CfCall *call, GError **error)
{
  return run (call, FALSE, error);
}

gboolean
cf_bitmap_bitfield_ro (CfCall *call, GError **error)
{
  return run (call, TRUE, error);
}

/* One that only reads has but GET and OVERFLOW. */
const char *
cf_bitmap_bitfield_key_flags (const CfSlice *argv, guint argc)
{
  for (guint i = 2; i < argc;)
    if (cf_slice_is (argv[i], "GET"))
      i += 3;
    else if (cf_slice_is (argv[i], "OVERFLOW"))
      i += 2;
    else
      return "RW access update";
  return "RO access";
}
