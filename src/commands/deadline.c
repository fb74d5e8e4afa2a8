/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/deadline.h"

/**
 * cf_deadline_parse:
 * @call: a call
 * @i: the number of the argument that tells the time
 * @in_seconds: whether it counts seconds, or milliseconds
 * @from_now: whether it counts from now, or from the epoch
 * @past_is_fine: whether it may be 0 or less
 * @deadline_ms: (out): the deadline, wall-clock milliseconds
 * @error: return location for an error, or %NULL
 *
 * Returns: %TRUE if the argument is a time that can be told in milliseconds
 */
gboolean
cf_deadline_parse (const CfCall *call,
                   guint i,
                   gboolean in_seconds,
                   gboolean from_now,
                   gboolean past_is_fine,
                   gint64 *deadline_ms,
                   GError **error)
{
  gint64 value;

  if (!cf_call_get_int (call, i, &value, error))
    return FALSE;
  if ((!past_is_fine && value <= 0) ||
      (in_seconds && __builtin_mul_overflow (value, 1000, &value)) ||
      (from_now && __builtin_add_overflow (value, call->now_ms, &value)))
    return cf_throw (error, CF_ERROR_FAILED,
                     "invalid expire time in '%s' command",
                     call->info->full_name);
  *deadline_ms = value;
  return TRUE;
}
