/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/log-limit.h"

/**
 * cf_log_limit_admit:
 * @self: a limit
 * @now_ms: a steady clock
 * @n_unsaid: (out): how many lines there would have been, before this one,
 *   since the last that was admitted
 *
 * Returns: whether one more line may be logged
 */
gboolean
cf_log_limit_admit (CfLogLimit *self, gint64 now_ms, guint *n_unsaid)
{
  gint64 second = now_ms / 1000;

  if (second != self->second)
    self->n_lines = 0;
  self->second = second;
  *n_unsaid = self->n_unsaid;
  if (self->n_lines >= CF_LOG_LIMIT_LINES)
    {
      self->n_unsaid++;
      return FALSE;
    }
  self->n_lines++;
  self->n_unsaid = 0;
  return TRUE;
}
