/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "client/probe-latency.h"

#define PAUSE_US (10 * 1000)
#define ONCE_US G_USEC_PER_SEC /* where the output goes to a program */
#define HISTORY_US (15 * G_USEC_PER_SEC) /* a line of the history */

typedef struct
{
  gint64 min_ms, max_ms, sum_ms, count;
} Samples;

static gboolean
take_sample (Samples *self, CfRemote *remote, GError **error)
{
  gint64 start_us = g_get_monotonic_time ();
  g_autoptr (CfReplyTree) reply = cf_remote_call (remote, error, "PING", NULL);
  gint64 ms;

  if (reply == NULL)
    return FALSE;
  ms = g_get_monotonic_time () / 1000 - start_us / 1000;
  self->min_ms = self->count == 0 ? ms : MIN (self->min_ms, ms);
  self->max_ms = MAX (self->max_ms, ms);
  self->sum_ms += ms;
  self->count++;
  return TRUE;
}

static void
print_samples (const Samples *self, CfFormat format)
{
  char average[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (average, sizeof average, "%.2f",
                   (double) self->sum_ms / (double) self->count);
  switch (format)
    {
    case CF_FORMAT_HUMAN:
      printf ("\033[0G\033[2Kmin: %" PRId64 ", max: %" PRId64
              ", avg: %s (%" PRId64 " samples)",
              self->min_ms, self->max_ms, average, self->count);
      break;
    case CF_FORMAT_RAW:
      printf ("%" PRId64 " %" PRId64 " %s %" PRId64 "\n", self->min_ms,
              self->max_ms, average, self->count);
      break;
    case CF_FORMAT_CSV:
      printf ("%" PRId64 ",%" PRId64 ",%s,%" PRId64 "\n", self->min_ms,
              self->max_ms, average, self->count);
      break;
    default:
      printf ("{\"min\": %" PRId64 ", \"max\": %" PRId64
              ", \"avg\": %s, \"count\": %" PRId64 "}\n",
              self->min_ms, self->max_ms, average, self->count);
    }
  fflush (stdout);
}

/**
 * cf_probe_latency:
 * @remote: the server, connected
 * @options: how to print, how long it takes, whether to keep a history
 * @error: return location for an error, or %NULL
 *
 * Pings every 10 ms.  To people it shows the least, the greatest and the mean
 * time in milliseconds all the while, for ever; to programs once, after a
 * second or what @options say.
 *
 * Returns: %FALSE if the connection was lost
 */
gboolean
cf_probe_latency (CfRemote *remote,
                  const CfClientOptions *options,
                  GError **error)
{
  CfFormat format = options->style.format;
  gboolean is_history = options->mode == CF_CLIENT_LATENCY_HISTORY;
  gint64 period_us = options->interval_us > 0 ? options->interval_us
                     : is_history             ? HISTORY_US
                                              : ONCE_US;
  gint64 start_us = g_get_monotonic_time ();
  Samples samples = { 0 };

  while (take_sample (&samples, remote, error))
    {
      gboolean is_over = g_get_monotonic_time () - start_us > period_us;

      if (format == CF_FORMAT_HUMAN || is_over)
        print_samples (&samples, format);
      if (is_over && format != CF_FORMAT_HUMAN)
        return TRUE;
      if (is_over && is_history)
        {
          puts ("");
          samples = (Samples){ 0 };
          start_us = g_get_monotonic_time ();
        }
      g_usleep (PAUSE_US);
    }
  return FALSE;
}
