/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/zset.h"

#include <math.h>

#define MEMBERS 400 /* that there may be */

static const CfZsetLimits small_limits = { 128, 64 };
static const CfZsetLimits huge_limits = { 100000, 100000 };
static const CfZsetLimits no_limits = { 0, 0 };

/* What should be in the set: a score a member, or NaN. */
typedef struct
{
  CfZset *zset; /* (owned) */
  double scores[MEMBERS];
  gsize n;
} Pair;

static CfSlice
member_of (guint i, char text[32])
{
  /* Some are integers to a listpack, of several widths. */
  static const char *const before[] = { "", "m", "", "-" };
  static const char *const behind[] = { "", "", "00000", "0" };

  g_snprintf (text, 32, "%s%u%s", before[i % 4], i + 1, behind[i % 4]);
  return cf_slice_of_string (text);
}

static void
pair_init (Pair *self)
{
  self->zset = cf_zset_new ();
  self->n = 0;
  for (guint i = 0; i < MEMBERS; i++)
    self->scores[i] = NAN;
}

static void
pair_clear (Pair *self)
{
  cf_object_free ((CfObject *) self->zset);
}

static double
any_score (void)
{
  static const double some[] = { 0,
                                 -0.0,
                                 1,
                                 -1,
                                 1e15,
                                 1e17,
                                 1e300,
                                 0.1,
                                 HUGE_VAL,
                                 -HUGE_VAL,
                                 4503599627370497.0 };

  if (g_test_rand_bit ())
    return g_test_rand_int_range (-5, 5);
  return some[g_test_rand_int_range (0, G_N_ELEMENTS (some))];
}

static CfZsetOutcome
expected_outcome (double old, CfZsetFlags flags, double *score)
{
  if (isnan (old))
    return flags & CF_ZSET_XX ? CF_ZSET_REFUSED : CF_ZSET_ADDED;
  if (flags & CF_ZSET_NX)
    return CF_ZSET_REFUSED;
  if (flags & CF_ZSET_INCR)
    *score += old;
  if (isnan (*score))
    return CF_ZSET_NAN;
  if (((flags & CF_ZSET_GT) && *score <= old) ||
      ((flags & CF_ZSET_LT) && *score >= old))
    return CF_ZSET_REFUSED;
  return *score == old ? CF_ZSET_SAME : CF_ZSET_UPDATED;
}

static void
pair_add (Pair *self, const CfZsetLimits *limits)
{
  static const CfZsetFlags flags_of[] = {
    0,
    0,
    0,
    CF_ZSET_NX,
    CF_ZSET_XX,
    CF_ZSET_GT,
    CF_ZSET_LT,
    CF_ZSET_INCR,
    CF_ZSET_INCR | CF_ZSET_GT,
    CF_ZSET_XX | CF_ZSET_LT,
  };
  CfZsetFlags flags =
      flags_of[g_test_rand_int_range (0, G_N_ELEMENTS (flags_of))];
  guint i = (guint) g_test_rand_int_range (0, MEMBERS);
  double score = any_score (), expected = score, got = score;
  CfZsetOutcome outcome = expected_outcome (self->scores[i], flags, &expected);
  char text[32];

  g_assert_cmpint (
      cf_zset_add (self->zset, member_of (i, text), flags, limits, &got), ==,
      outcome);
  if (outcome != CF_ZSET_ADDED && outcome != CF_ZSET_UPDATED)
    return;
  g_assert_cmpfloat (got, ==, expected);
  self->n += outcome == CF_ZSET_ADDED;
  self->scores[i] = expected;
}

static void
pair_remove (Pair *self)
{
  guint i = (guint) g_test_rand_int_range (0, MEMBERS);
  char text[32];

  g_assert_cmpint (cf_zset_remove (self->zset, member_of (i, text)), ==,
                   !isnan (self->scores[i]));
  self->n -= !isnan (self->scores[i]);
  self->scores[i] = NAN;
}

static guint
number_of (CfSlice member)
{
  char text[32];

  for (guint i = 0; i < MEMBERS; i++)
    if (cf_slice_equal (member, member_of (i, text)))
      return i;
  g_assert_not_reached ();
}

static void
pair_remove_ranks (Pair *self)
{
  gsize first =
      self->n > 0 ? (gsize) g_test_rand_int_range (0, (gint) self->n) : 0;
  gsize n = (gsize) g_test_rand_int_range (0, 20);
  CfZsetIter iter;
  CfSlice member;
  double score;

  n = MIN (n, self->n - first);
  cf_zset_iter_init (&iter, self->zset, first, FALSE);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_true (cf_zset_iter_next (&iter, &member, &score));
      self->scores[number_of (member)] = NAN;
    }
  self->n -= n;
  cf_zset_remove_ranks (self->zset, first, n);
}

/* Each member is there once, with its score, in order, both ways. */
static void
check_all (const Pair *self)
{
  gsize n_seen[2] = { 0, 0 };

  g_assert_cmpuint (cf_zset_n (self->zset), ==, self->n);
  for (int backwards = 0; backwards < 2; backwards++)
    {
      double last_score = backwards ? HUGE_VAL : -HUGE_VAL, score, got;
      char last[32] = "", text[32];
      gsize rank;
      CfZsetIter iter;
      CfSlice member;

      cf_zset_iter_init (&iter, self->zset,
                         backwards && self->n > 0 ? self->n - 1 : 0, backwards);
      for (; cf_zset_iter_next (&iter, &member, &score); n_seen[backwards]++)
        {
          int order = cf_slice_compare (cf_slice_of_string (last), member);

          g_assert_cmpfloat (score, ==, self->scores[number_of (member)]);
          if (backwards)
            g_assert_true (score < last_score || last[0] == '\0' || order > 0);
          else
            g_assert_true (score > last_score || order < 0);
          last_score = score;
          memcpy (last, member.data, member.size);
          last[member.size] = '\0';
          g_assert_true (cf_zset_rank (self->zset, member, &rank, &got));
          g_assert_cmpuint (rank, ==,
                            backwards ? self->n - 1 - n_seen[1] : n_seen[0]);
          g_assert_cmpfloat (got, ==, score);
        }
      for (guint i = 0; i < MEMBERS; i++)
        g_assert_cmpint (cf_zset_get (self->zset, member_of (i, text), &score),
                         ==, !isnan (self->scores[i]));
      g_assert_cmpuint (n_seen[backwards], ==, self->n);
    }
}

static void
check_scores (const Pair *self)
{
  CfScoreRange range = { any_score (), any_score (), g_test_rand_bit (),
                         g_test_rand_bit () };
  gsize first, n, n_before = 0, n_in = 0;

  for (guint i = 0; i < MEMBERS; i++)
    if (cf_score_range_is_before (&range, self->scores[i]))
      n_before++;
    else if (!isnan (self->scores[i]) &&
             !cf_score_range_is_after (&range, self->scores[i]))
      n_in++;
  cf_zset_find_scores (self->zset, &range, &first, &n);
  g_assert_cmpuint (n, ==, n_in);
  if (n > 0)
    g_assert_cmpuint (first, ==, n_before);
}

static void
run_model (const CfZsetLimits *limits, const char *encoding)
{
  Pair pair;

  pair_init (&pair);
  for (int step = 0; step < 6000; step++)
    {
      gboolean grows = step % 2000 < 1500;
      int what = g_test_rand_int_range (0, 200);

      if (what < (grows ? 160 : 60))
        pair_add (&pair, limits);
      else if (what < 199)
        pair_remove (&pair);
      else
        pair_remove_ranks (&pair);
      g_assert_cmpuint (cf_zset_n (pair.zset), ==, pair.n);
      check_scores (&pair);
      if (step % 100 == 0)
        check_all (&pair);
    }
  g_assert_cmpstr (cf_object_encoding ((CfObject *) pair.zset), ==, encoding);
  pair_clear (&pair);
}

static void
test_zset_small (void)
{
  run_model (&huge_limits, "listpack");
}

static void
test_zset_large (void)
{
  run_model (&no_limits, "skiplist");
}

/* It is small at first, then becomes large. */
static void
test_zset_conversion (void)
{
  run_model (&small_limits, "skiplist");
}

static void
test_zset_limits (void)
{
  g_autofree char *bytes = g_strnfill (65, 'x');
  CfZset *zset = cf_zset_new ();
  double score = 1;
  char text[32];

  for (guint i = 0; i < 128; i++)
    cf_zset_add (zset, member_of (i, text), 0, &small_limits, &score);
  g_assert_nonnull (cf_zset_listpack (zset));
  cf_zset_add (zset, member_of (128, text), 0, &small_limits, &score);
  g_assert_null (cf_zset_listpack (zset));
  cf_object_free ((CfObject *) zset);

  zset = cf_zset_new ();
  cf_zset_add (zset, cf_slice (bytes, 64), 0, &small_limits, &score);
  g_assert_nonnull (cf_zset_listpack (zset));
  cf_zset_add (zset, cf_slice (bytes, 65), CF_ZSET_XX, &small_limits, &score);
  g_assert_nonnull (cf_zset_listpack (zset));
  cf_zset_add (zset, cf_slice (bytes, 65), 0, &small_limits, &score);
  g_assert_cmpstr (cf_object_encoding ((CfObject *) zset), ==, "skiplist");
  g_assert_cmpuint (cf_zset_n (zset), ==, 2);
  cf_object_free ((CfObject *) zset);
}

/* What redis-server 7.0.15 keeps for these members. */
static void
test_zset_layout (void)
{
  static const guint8 expected[] = {
    0x2b, 0x00, 0x00, 0x00, 0x0a, 0x00, 0x81, 0x62, 0x02, 0x84, 0x2d,
    0x69, 0x6e, 0x66, 0x05, 0x07, 0x01, 0xdf, 0xff, 0x02, 0x81, 0x63,
    0x02, 0x83, 0x31, 0x2e, 0x35, 0x04, 0x81, 0x61, 0x02, 0xc3, 0xe8,
    0x02, 0x81, 0x64, 0x02, 0x83, 0x69, 0x6e, 0x66, 0x04, 0xff
  };
  static const struct
  {
    const char *member;
    double score;
  } members[] = {
    { "a", 1000 }, { "b", -HUGE_VAL }, { "7", -1 },
    { "c", 1.5 },  { "d", HUGE_VAL },
  };
  CfZset *zset = cf_zset_new ();
  CfSlice bytes;

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      double score = members[i].score;

      cf_zset_add (zset, cf_slice_of_string (members[i].member), 0,
                   &small_limits, &score);
    }
  bytes = cf_listpack_bytes (cf_zset_listpack (zset));
  g_assert_cmpmem (bytes.data, bytes.size, expected, sizeof expected);
  cf_object_free ((CfObject *) zset);
}

static gsize
count_lex (const CfZset *zset, const char *min, const char *max, gsize *first)
{
  CfLexRange range;
  gsize n;

  g_assert_true (cf_lex_range_parse (&range, cf_slice_of_string (min),
                                     cf_slice_of_string (max)));
  cf_zset_find_lex (zset, &range, first, &n);
  return n;
}

static void
test_zset_lex (void)
{
  const CfZsetLimits *limits[] = { &small_limits, &no_limits };

  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      CfZset *zset = cf_zset_new ();
      gsize first;

      for (char c = 'b'; c <= 'f'; c++)
        {
          double score = 0;

          cf_zset_add (zset, cf_slice (&c, 1), 0, limits[i], &score);
        }
      g_assert_cmpuint (count_lex (zset, "-", "+", &first), ==, 5);
      g_assert_cmpuint (first, ==, 0);
      g_assert_cmpuint (count_lex (zset, "[c", "(e", &first), ==, 2);
      g_assert_cmpuint (first, ==, 1);
      g_assert_cmpuint (count_lex (zset, "(c", "[e", &first), ==, 2);
      g_assert_cmpuint (first, ==, 2);
      g_assert_cmpuint (count_lex (zset, "[a", "[b", &first), ==, 1);
      g_assert_cmpuint (count_lex (zset, "[bb", "+", &first), ==, 4);
      g_assert_cmpuint (count_lex (zset, "+", "-", &first), ==, 0);
      g_assert_cmpuint (count_lex (zset, "-", "-", &first), ==, 0);
      g_assert_cmpuint (count_lex (zset, "[e", "[c", &first), ==, 0);
      g_assert_cmpuint (count_lex (zset, "(c", "(c", &first), ==, 0);
      g_assert_cmpuint (count_lex (zset, "[x", "+", &first), ==, 0);
      cf_object_free ((CfObject *) zset);
    }
}

static void
on_scanned (CfSlice member, double score, gpointer data)
{
  gboolean *seen = data;

  seen[number_of (member)] = TRUE;
}

static void
test_zset_scan_copy (void)
{
  const CfZsetLimits *limits[] = { &huge_limits, &no_limits };

  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      gboolean seen[MEMBERS] = { FALSE };
      CfZset *copy;
      guint64 cursor = 0;
      Pair pair;

      pair_init (&pair);
      while (pair.n < 300)
        pair_add (&pair, limits[i]);
      do
        cursor = cf_zset_scan (pair.zset, cursor, on_scanned, seen);
      while (cursor != 0);
      for (guint j = 0; j < MEMBERS; j++)
        g_assert_cmpint (seen[j], ==, !isnan (pair.scores[j]));

      copy = cf_zset_of (cf_object_try_copy ((CfObject *) pair.zset));
      cf_zset_remove_ranks (pair.zset, 0, cf_zset_n (pair.zset));
      g_assert_cmpuint (cf_zset_n (pair.zset), ==, 0);
      cf_object_free ((CfObject *) pair.zset);
      pair.zset = copy;
      check_all (&pair);
      g_assert_cmpuint (cf_object_memory ((CfObject *) copy, 0), >, 300 * 4);
      g_assert_cmpuint (cf_object_memory ((CfObject *) copy, 5), >, 300 * 4);
      g_assert_cmpuint (cf_object_n_elements ((CfObject *) copy), ==, 300);
      g_assert_cmpuint (cf_object_n_blocks ((CfObject *) copy), >=,
                        i == 0 ? 2 : 300);
      pair_clear (&pair);
    }
}

int
main (int argc, char **argv)
{
  static const guint8 seed[16] = "a constant seed";

  g_test_init (&argc, &argv, NULL);
  cf_hash_init (seed);
  g_test_add_func ("/types/zset/small", test_zset_small);
  g_test_add_func ("/types/zset/large", test_zset_large);
  g_test_add_func ("/types/zset/conversion", test_zset_conversion);
  g_test_add_func ("/types/zset/limits", test_zset_limits);
  g_test_add_func ("/types/zset/layout", test_zset_layout);
  g_test_add_func ("/types/zset/lex", test_zset_lex);
  g_test_add_func ("/types/zset/scan-copy", test_zset_scan_copy);
  return g_test_run ();
}
