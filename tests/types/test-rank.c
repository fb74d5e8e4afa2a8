/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/rank.h"

#define MEMBER_MAX 32

/* The index, and what should be in it: an array in order. */
typedef struct
{
  CfRank rank;
  GPtrArray *model; /* (owned) (element-type CfRanked) */
  guint serial;
} Pair;

static gint
compare (gconstpointer a, gconstpointer b)
{
  const CfRanked *one = a, *other = b;

  if (one->score != other->score)
    return one->score < other->score ? -1 : 1;
  return cf_slice_compare (cf_ranked_member (one), cf_ranked_member (other));
}

/* How many of the model stand before @member. */
static guint
model_rank (const Pair *self, const CfRanked *member)
{
  guint low = 0, high = self->model->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (compare (g_ptr_array_index (self->model, middle), member) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
pair_init (Pair *self)
{
  cf_rank_init (&self->rank);
  self->model = g_ptr_array_new_with_free_func (g_free);
  self->serial = 0;
}

static void
pair_clear (Pair *self)
{
  cf_rank_clear (&self->rank);
  g_assert_cmpuint (cf_rank_memory (&self->rank), ==, 0);
  g_ptr_array_unref (self->model);
}

static void
pair_add (Pair *self, double score)
{
  char text[MEMBER_MAX];
  int size = g_snprintf (text, sizeof text, "m%u", self->serial++);
  CfRanked *member = cf_ranked_try_new (cf_slice (text, (gsize) size), score);

  g_ptr_array_insert (self->model, (gint) model_rank (self, member), member);
  cf_rank_insert (&self->rank, member);
}

static CfRanked *
pair_any (const Pair *self)
{
  return g_ptr_array_index (
      self->model, g_test_rand_int_range (0, (gint32) self->model->len));
}

static void
pair_remove (Pair *self)
{
  CfRanked *member = pair_any (self);

  cf_rank_remove (&self->rank, member);
  g_ptr_array_remove_index (self->model, model_rank (self, member));
}

static void
pair_move (Pair *self, double score)
{
  CfRanked *member = pair_any (self);
  gpointer taken =
      g_ptr_array_steal_index (self->model, model_rank (self, member));

  g_assert_true (taken == member);
  cf_rank_move (&self->rank, member, score);
  g_assert_cmpfloat (member->score, ==, score);
  g_ptr_array_insert (self->model, (gint) model_rank (self, member), member);
}

static void
on_removed (CfRanked *member, gpointer data)
{
  Pair *self = data;

  g_ptr_array_remove_index (self->model, model_rank (self, member));
}

static void
pair_remove_range (Pair *self, gsize most)
{
  gsize first = (gsize) g_test_rand_int_range (0, (gint) self->model->len);
  gsize n = (gsize) g_test_rand_int_range (0, (gint) most);

  n = MIN (n, self->model->len - first);
  cf_rank_remove_range (&self->rank, first, n, on_removed, self);
}

static void
check_order (const Pair *self)
{
  CfRankIter iter;

  cf_rank_iter_init (&iter, &self->rank, 0);
  for (guint i = 0; i < self->model->len; i++)
    g_assert_true (cf_rank_iter_next (&iter) ==
                   g_ptr_array_index (self->model, i));
  g_assert_null (cf_rank_iter_next (&iter));
  cf_rank_iter_init (&iter, &self->rank, self->model->len - 1);
  for (guint i = self->model->len; i-- > 0;)
    g_assert_true (cf_rank_iter_prev (&iter) ==
                   g_ptr_array_index (self->model, i));
  g_assert_null (cf_rank_iter_prev (&iter));
}

static gboolean
scores_less (double score, const CfRanked *member, gconstpointer place)
{
  g_assert_cmpfloat (score, ==, member->score);
  return score < *(const double *) place;
}

static void
check_some (const Pair *self)
{
  g_assert_cmpuint (self->rank.n, ==, self->model->len);
  for (guint i = 0; i < 20 && self->model->len > 0; i++)
    {
      CfRanked *member = pair_any (self);
      guint rank = model_rank (self, member);
      CfRankIter iter;

      g_assert_cmpuint (cf_rank_of (&self->rank, member), ==, rank);
      cf_rank_iter_init (&iter, &self->rank, rank);
      g_assert_true (cf_rank_iter_next (&iter) == member);
      g_assert_cmpuint (
          cf_rank_count (&self->rank, scores_less, &member->score), <=, rank);
    }
}

/* A rank by score: all with less are before it, and none other. */
static void
check_count (const Pair *self)
{
  for (double score = -2; score < 12; score += 0.5)
    {
      guint n = 0;

      while (n < self->model->len &&
             ((CfRanked *) g_ptr_array_index (self->model, n))->score < score)
        n++;
      g_assert_cmpuint (cf_rank_count (&self->rank, scores_less, &score), ==,
                        n);
    }
}

static double
any_score (int like)
{
  switch (like)
    {
    case 0:
      return 0;
    case 1:
      return g_test_rand_int_range (0, 10);
    default:
      return g_test_rand_double ();
    }
}

static void
test_rank_model (void)
{
  for (int like = 0; like < 3; like++)
    {
      Pair pair;

      pair_init (&pair);
      check_some (&pair);
      for (int step = 0; step < 30000; step++)
        {
          /* It grows to thousands, and shrinks to a few again. */
          gboolean grows = step % 10000 < 6000;
          int what = g_test_rand_int_range (0, 10);

          if (pair.model->len == 0 || what < (grows ? 6 : 2))
            pair_add (&pair, any_score (like));
          else if (what < 8)
            pair_move (&pair, any_score (like));
          else
            pair_remove (&pair);
          if (!grows && step % 50 == 0 && pair.model->len > 0)
            pair_remove_range (&pair, 200);
          if (step % 500 == 0)
            {
              check_order (&pair);
              check_some (&pair);
              check_count (&pair);
            }
        }
      pair_clear (&pair);
    }
}

/* What comes in order fills the leaves, from either end. */
static void
test_rank_in_order (void)
{
  for (int direction = -1; direction <= 1; direction += 2)
    {
      Pair pair;

      pair_init (&pair);
      for (int i = 0; i < 20000; i++)
        pair_add (&pair, direction * i);
      check_order (&pair);
      check_some (&pair);
      g_assert_cmpuint (cf_rank_memory (&pair.rank), <, 20000 * 10);
      while (pair.model->len > 0)
        cf_rank_remove_range (&pair.rank, 0, MIN (7, pair.model->len),
                              on_removed, &pair);
      check_some (&pair);
      g_assert_cmpuint (cf_rank_memory (&pair.rank), <=, 512);
      pair_add (&pair, 1);
      check_order (&pair);
      pair_clear (&pair);
    }
}

/* However they are removed, what is left does not keep the room of all. */
static void
test_rank_shrinks (void)
{
  Pair pair;

  pair_init (&pair);
  for (int i = 0; i < 20000; i++)
    pair_add (&pair, g_test_rand_double ());
  for (int i = 0; i < 19000; i++)
    pair_remove (&pair);
  check_order (&pair);
  g_assert_cmpuint (cf_rank_memory (&pair.rank), <, 1000 * 60);
  pair_clear (&pair);
}

/* Members of every size stand in the order of their bytes. */
static void
test_rank_members (void)
{
  static const gsize sizes[] = { 0, 1, 253, 254, 255, 256, 1000, 70000 };
  g_autofree char *bytes = g_malloc (70000);
  CfRanked *members[G_N_ELEMENTS (sizes)];
  CfRank rank;

  memset (bytes, 0xff, 70000);
  cf_rank_init (&rank);
  for (gsize i = G_N_ELEMENTS (sizes); i-- > 0;)
    {
      CfSlice member = cf_slice (bytes, sizes[i]);

      members[i] = cf_ranked_try_new (member, -0.0);
      g_assert_true (cf_slice_equal (cf_ranked_member (members[i]), member));
      g_assert_cmpuint (cf_ranked_memory (members[i]), >, 16 + sizes[i]);
      cf_rank_insert (&rank, members[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_assert_cmpuint (cf_rank_of (&rank, members[i]), ==, i);
  cf_rank_clear (&rank);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_free (members[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/rank/model", test_rank_model);
  g_test_add_func ("/types/rank/in-order", test_rank_in_order);
  g_test_add_func ("/types/rank/shrinks", test_rank_shrinks);
  g_test_add_func ("/types/rank/members", test_rank_members);
  return g_test_run ();
}
