/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/zset-range.h"

#include <math.h>

static void
test_zset_range_scores (void)
{
  static const struct
  {
    const char *text;
    double value;
    gboolean open;
  } good[] = {
    { "1", 1, FALSE },
    { "(1", 1, TRUE },
    { "-1.5e3", -1500, FALSE },
    { "inf", HUGE_VAL, FALSE },
    { "+inf", HUGE_VAL, FALSE },
    { "(-inf", -HUGE_VAL, TRUE },
    { "-Infinity", -HUGE_VAL, FALSE },
    { "", 0, FALSE },
    { "(", 0, TRUE },
    { " 2", 2, FALSE },
    { "( 2", 2, TRUE },
    { "0x10", 16, FALSE },
    { "1e999", HUGE_VAL, FALSE },
    { "1e-999", 0, FALSE },
  };
  static const char *const bad[] = { "x",   "1x",   "((1", "[1",
                                     "nan", "(nan", "1 ",  "--1" };
  CfScoreRange range;

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      CfSlice text = cf_slice_of_string (good[i].text);

      g_assert_true (cf_score_range_parse (&range, text, CF_SLICE ("(7")));
      g_assert_cmpfloat (range.min, ==, good[i].value);
      g_assert_cmpint (range.min_open, ==, good[i].open);
      g_assert_cmpfloat (range.max, ==, 7);
      g_assert_true (range.max_open);
      g_assert_true (cf_score_range_parse (&range, CF_SLICE ("7"), text));
      g_assert_cmpfloat (range.max, ==, good[i].value);
      g_assert_cmpint (range.max_open, ==, good[i].open);
      g_assert_false (range.min_open);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      CfSlice text = cf_slice_of_string (bad[i]);

      g_assert_false (cf_score_range_parse (&range, text, CF_SLICE ("1")));
      g_assert_false (cf_score_range_parse (&range, CF_SLICE ("1"), text));
    }
}

/* However long it is. */
static void
test_zset_range_long (void)
{
  g_autofree char *zeros = g_strnfill (5000, '0');
  CfScoreRange range;

  zeros[4999] = '5';
  g_assert_true (
      cf_score_range_parse (&range, cf_slice (zeros, 5000), CF_SLICE ("5\0x")));
  g_assert_cmpfloat (range.min, ==, 5);
  g_assert_cmpfloat (range.max, ==, 5);
  zeros[10] = 'z';
  g_assert_false (
      cf_score_range_parse (&range, cf_slice (zeros, 5000), CF_SLICE ("1")));
}

static void
test_zset_range_score_places (void)
{
  CfScoreRange closed = { 1, 2, FALSE, FALSE }, open = { 1, 2, TRUE, TRUE };

  g_assert_true (cf_score_range_is_before (&closed, 0.5));
  g_assert_false (cf_score_range_is_before (&closed, 1));
  g_assert_false (cf_score_range_is_after (&closed, 2));
  g_assert_true (cf_score_range_is_after (&closed, 2.5));
  g_assert_true (cf_score_range_is_before (&open, 1));
  g_assert_false (cf_score_range_is_before (&open, 1.5));
  g_assert_false (cf_score_range_is_after (&open, 1.5));
  g_assert_true (cf_score_range_is_after (&open, 2));
}

static void
test_zset_range_lex (void)
{
  static const char *const bad[] = { "", "x", "1", "-x", "+x", "a[" };
  CfLexRange range;

  g_assert_true (cf_lex_range_parse (&range, CF_SLICE ("-"), CF_SLICE ("+")));
  g_assert_false (cf_lex_range_is_before (&range, CF_SLICE ("")));
  g_assert_false (cf_lex_range_is_after (&range, CF_SLICE ("\xff")));
  g_assert_true (cf_lex_range_parse (&range, CF_SLICE ("[b"), CF_SLICE ("(d")));
  g_assert_true (cf_lex_range_is_before (&range, CF_SLICE ("a")));
  g_assert_false (cf_lex_range_is_before (&range, CF_SLICE ("b")));
  g_assert_false (cf_lex_range_is_after (&range, CF_SLICE ("cz")));
  g_assert_true (cf_lex_range_is_after (&range, CF_SLICE ("d")));
  g_assert_true (cf_lex_range_parse (&range, CF_SLICE ("("), CF_SLICE ("[")));
  g_assert_true (cf_lex_range_is_before (&range, CF_SLICE ("")));
  g_assert_false (cf_lex_range_is_after (&range, CF_SLICE ("")));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      CfSlice text = cf_slice_of_string (bad[i]);

      g_assert_false (cf_lex_range_parse (&range, text, CF_SLICE ("+")));
      g_assert_false (cf_lex_range_parse (&range, CF_SLICE ("-"), text));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/zset-range/scores", test_zset_range_scores);
  g_test_add_func ("/types/zset-range/long", test_zset_range_long);
  g_test_add_func ("/types/zset-range/score-places",
                   test_zset_range_score_places);
  g_test_add_func ("/types/zset-range/lex", test_zset_range_lex);
  return g_test_run ();
}
