/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/clock.h"
#include "engine/stats.h"

static void
test_stats_sums (void)
{
  g_autoptr (CfStats) stats = cf_stats_new (3);
  CfStatsShard *a = cf_stats_add_shard (stats), *b = cf_stats_add_shard (stats);

  cf_stats_count (a, CF_STAT_HITS, 2);
  cf_stats_count (b, CF_STAT_HITS, 5);
  g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_HITS), ==, 7);
  g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_MISSES), ==, 0);
  cf_stats_reset (stats);
  g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_HITS), ==, 0);
  cf_stats_count (b, CF_STAT_HITS, 1);
  g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_HITS), ==, 1);
}

static void
test_stats_commands (void)
{
  g_autoptr (CfStats) stats = cf_stats_new (3);
  CfStatsShard *a = cf_stats_add_shard (stats), *b = cf_stats_add_shard (stats);
  CfCommandStats sum;

  cf_stats_command (a, 1, 100, FALSE, FALSE);
  cf_stats_command (b, 1, 50, TRUE, FALSE);
  cf_stats_rejected (b, 1);
  sum = cf_stats_sum_command (stats, 1);
  g_assert_cmpuint (sum.calls, ==, 2);
  g_assert_cmpuint (sum.ticks, ==, 150);
  g_assert_cmpuint (sum.failed, ==, 1);
  g_assert_cmpuint (sum.rejected, ==, 1);
  g_assert_cmpuint (cf_stats_sum_command (stats, 0).calls, ==, 0);
  g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_COMMANDS), ==, 2);
  cf_stats_reset (stats);
  g_assert_cmpuint (cf_stats_sum_command (stats, 1).calls, ==, 0);
}

static guint64
total (const guint64 *buckets)
{
  guint64 sum = 0;

  for (guint i = 0; i < CF_STATS_BUCKETS; i++)
    sum += buckets[i];
  return sum;
}

static void
test_stats_histogram (void)
{
  g_autoptr (CfStats) stats = cf_stats_new (2);
  CfStatsShard *shard = cf_stats_add_shard (stats);
  guint64 buckets[CF_STATS_BUCKETS];

  cf_stats_command (shard, 0, 1, FALSE, TRUE);
  cf_stats_command (shard, 0, G_MAXUINT32, FALSE, TRUE);
  cf_stats_command (shard, 0, 1, FALSE, FALSE);
  cf_stats_sum_buckets (stats, 0, buckets);
  g_assert_cmpuint (total (buckets), ==, 2);
  cf_stats_sum_buckets (stats, 1, buckets);
  g_assert_cmpuint (total (buckets), ==, 0);
  cf_stats_reset_buckets (stats, 0);
  cf_stats_command (shard, 0, 1, FALSE, TRUE);
  cf_stats_sum_buckets (stats, 0, buckets);
  g_assert_cmpuint (total (buckets), ==, 1);
}

/* Runs of one command in a row are counted together, as if each had taken as
 * long; what another command does counts them first. */
static void
test_stats_many (void)
{
  g_autoptr (CfStats) stats = cf_stats_new (2);
  CfStatsShard *shard = cf_stats_add_shard (stats);
  guint64 buckets[CF_STATS_BUCKETS];

  for (guint i = 0; i < 3; i++)
    cf_stats_command_of_many (shard, 0, 100, TRUE);
  g_assert_cmpuint (cf_stats_sum_command (stats, 0).calls, ==, 0);
  cf_stats_command (shard, 0, 500, TRUE, TRUE);
  g_assert_cmpuint (cf_stats_sum_command (stats, 0).calls, ==, 4);
  g_assert_cmpuint (cf_stats_sum_command (stats, 0).ticks, ==, 800);
  g_assert_cmpuint (cf_stats_sum_command (stats, 0).failed, ==, 1);
  cf_stats_sum_buckets (stats, 0, buckets);
  g_assert_cmpuint (total (buckets), ==, 4);

  cf_stats_command_of_many (shard, 0, 100, FALSE);
  cf_stats_command (shard, 1, 7, FALSE, FALSE);
  g_assert_cmpuint (cf_stats_sum_command (stats, 0).calls, ==, 5);
  g_assert_cmpuint (cf_stats_sum_command (stats, 0).ticks, ==, 900);
  g_assert_cmpuint (cf_stats_sum_command (stats, 1).ticks, ==, 7);

  cf_stats_command_of_many (shard, 1, 3, FALSE);
  cf_stats_settle (shard);
  cf_stats_settle (shard);
  g_assert_cmpuint (cf_stats_sum_command (stats, 1).ticks, ==, 10);
  g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_COMMANDS), ==, 7);
}

/* The buckets follow each other, and each is at most a fourth of its limit. */
static void
test_stats_bucket_limits (void)
{
  for (guint i = 9; i < CF_STATS_BUCKETS; i++)
    {
      guint64 before = cf_stats_bucket_limit_ns (i - 1);
      guint64 limit = cf_stats_bucket_limit_ns (i);

      g_assert_cmpuint (limit, >, before);
      g_assert_cmpuint (limit - before, <=, limit / 4 + 1);
    }
}

static void
collect (const char *prefix, guint64 count, gpointer data)
{
  g_string_append_printf (data, "%s=%" G_GUINT64_FORMAT " ", prefix, count);
}

static void
test_stats_errors (void)
{
  g_autoptr (CfStats) stats = cf_stats_new (1);
  g_autoptr (GString) text = g_string_new (NULL);

  cf_stats_error (stats, "ERR syntax error");
  cf_stats_error (stats, "WRONGTYPE no");
  cf_stats_error (stats, "ERR other");
  cf_stats_error (stats, "E");
  cf_stats_each_error (stats, collect, text);
  g_assert_cmpstr (text->str, ==, "ERR=2 WRONGTYPE=1 E=1 ");
  for (guint i = 0; i < 2 * CF_STATS_ERRORS_MAX; i++)
    {
      g_autofree char *message = g_strdup_printf ("E%u x", i);

      cf_stats_error (stats, message);
    }
  g_string_truncate (text, 0);
  cf_stats_each_error (stats, collect, text);
  g_assert_nonnull (strstr (text->str, "E100=1 "));
  g_assert_null (strstr (text->str, "E200="));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cf_clock_init ();
  g_test_add_func ("/engine/stats/sums", test_stats_sums);
  g_test_add_func ("/engine/stats/commands", test_stats_commands);
  g_test_add_func ("/engine/stats/histogram", test_stats_histogram);
  g_test_add_func ("/engine/stats/many", test_stats_many);
  g_test_add_func ("/engine/stats/bucket-limits", test_stats_bucket_limits);
  g_test_add_func ("/engine/stats/errors", test_stats_errors);
  return g_test_run ();
}
