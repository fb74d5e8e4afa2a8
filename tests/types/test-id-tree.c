/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/id-tree.h"

/* The model: IDs in an array, in their order. */
typedef struct
{
  CfIdTree tree;
  GArray *ids;
} Pair;

static void
set_up (Pair *self, gconstpointer data)
{
  self->tree = (CfIdTree){ 0 };
  self->ids = g_array_new (FALSE, FALSE, sizeof (CfStreamId));
}

static void
tear_down (Pair *self, gconstpointer data)
{
  cf_id_tree_clear (&self->tree, g_free);
  g_assert_null (self->tree.root);
  g_array_free (self->ids, TRUE);
}

static CfStreamId
id_at (const Pair *self, guint i)
{
  return g_array_index (self->ids, CfStreamId, i);
}

/* How many IDs are below @id. */
static guint
n_below (const Pair *self, CfStreamId id)
{
  guint low = 0, high = self->ids->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (cf_stream_id_compare (id_at (self, middle), id) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static gboolean
has (const Pair *self, guint i, CfStreamId id)
{
  return i < self->ids->len && cf_stream_id_compare (id_at (self, i), id) == 0;
}

static gpointer
new_value (CfStreamId id)
{
  return g_memdup2 (&id, sizeof id);
}

static void
add (Pair *self, CfStreamId id)
{
  guint i = n_below (self, id);
  gpointer value = new_value (id);
  gboolean is_new = !has (self, i, id);

  g_assert_cmpint (cf_id_tree_insert (&self->tree, id, value), ==, is_new);
  if (is_new)
    g_array_insert_val (self->ids, i, id);
  else
    g_free (value);
}

static void
take (Pair *self, CfStreamId id)
{
  guint i = n_below (self, id);
  g_autofree CfStreamId *value = cf_id_tree_steal (&self->tree, id);

  g_assert_cmpint (value != NULL, ==, has (self, i, id));
  if (value == NULL)
    return;
  g_assert_cmpint (cf_stream_id_compare (*value, id), ==, 0);
  g_array_remove_index (self->ids, i);
}

static void
assert_at (const Pair *self, CfIdTreeAt at, guint i)
{
  const CfStreamId *value;

  g_assert_cmpint (at.page != NULL, ==, i < self->ids->len);
  if (at.page == NULL)
    return;
  value = cf_id_tree_value (at);
  g_assert_cmpint (cf_stream_id_compare (cf_id_tree_id (at), id_at (self, i)),
                   ==, 0);
  g_assert_cmpint (cf_stream_id_compare (*value, id_at (self, i)), ==, 0);
}

/* Looks for @id, which may be there or not. */
static void
check_seek (const Pair *self, CfStreamId id)
{
  guint i = n_below (self, id);
  gboolean found = has (self, i, id);

  g_assert_cmpint (cf_id_tree_find (&self->tree, id) != NULL, ==, found);
  assert_at (self, cf_id_tree_seek (&self->tree, id), i);
  /* G_MAXUINT is beyond any array: nothing is before the first. */
  assert_at (self, cf_id_tree_seek_back (&self->tree, id), i + found - 1);
}

static void
check_all (const Pair *self)
{
  CfIdTreeAt at = cf_id_tree_first (&self->tree);

  g_assert_cmpuint (self->tree.n, ==, self->ids->len);
  for (guint i = 0; i < self->ids->len; i++)
    {
      assert_at (self, at, i);
      at = cf_id_tree_next (at);
    }
  g_assert_null (at.page);
  at = cf_id_tree_last (&self->tree);
  for (guint i = self->ids->len; i-- > 0;)
    {
      assert_at (self, at, i);
      at = cf_id_tree_prev (at);
    }
  g_assert_null (at.page);
}

static CfStreamId
random_id (guint32 range)
{
  guint32 number = (guint32) g_test_rand_int () % range;

  return (CfStreamId){ number / 8, number % 8 };
}

/* @growth of 100 steps add, the others take. */
static void
churn (Pair *self, guint n_steps, guint growth, guint32 range)
{
  for (guint i = 0; i < n_steps; i++)
    {
      if ((guint) g_test_rand_int_range (0, 100) < growth)
        add (self, random_id (range));
      else
        take (self, random_id (range));
      check_seek (self, random_id (range));
      if (i % 512 == 0)
        check_all (self);
    }
  check_all (self);
}

static void
test_random (Pair *self, gconstpointer data)
{
  static const guint32 ranges[] = { 8, 200, 5000, 40000 };

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      churn (self, 6000, 80, ranges[i]);
      churn (self, 6000, 50, ranges[i]);
      churn (self, 6000, 20, ranges[i]);
    }
}

/* Full pages but for the last one; then from the front, as trimming goes. */
static void
test_append (Pair *self, gconstpointer data)
{
  for (guint i = 1; i <= 20000; i++)
    add (self, (CfStreamId){ i, 0 });
  check_all (self);
  g_assert_cmpuint (self->tree.height, ==, 3);
  g_assert_cmpuint (cf_id_tree_memory (&self->tree), <, 20000 * 25);
  while (self->ids->len > 1)
    take (self, id_at (self, 0));
  check_all (self);
  g_assert_cmpuint (self->tree.n_pages, ==, 1);
  take (self, id_at (self, 0));
  g_assert_null (self->tree.root);
  g_assert_cmpuint (cf_id_tree_memory (&self->tree), ==, 0);
}

static void
test_prepend (Pair *self, gconstpointer data)
{
  for (guint i = 5000; i > 0; i--)
    add (self, (CfStreamId){ i, 0 });
  check_all (self);
  while (self->ids->len > 0)
    take (self, id_at (self, self->ids->len - 1));
  check_all (self);
}

static void
test_edges (Pair *self, gconstpointer data)
{
  check_seek (self, CF_STREAM_ID_MIN);
  add (self, CF_STREAM_ID_MAX);
  add (self, CF_STREAM_ID_MIN);
  add (self, CF_STREAM_ID_MIN);
  check_seek (self, CF_STREAM_ID_MIN);
  check_seek (self, CF_STREAM_ID_MAX);
  g_assert_cmpuint (cf_id_tree_memory (&self->tree), <, 256);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/types/id-tree/append", Pair, NULL, set_up, test_append,
              tear_down);
  g_test_add ("/types/id-tree/edges", Pair, NULL, set_up, test_edges,
              tear_down);
  g_test_add ("/types/id-tree/prepend", Pair, NULL, set_up, test_prepend,
              tear_down);
  g_test_add ("/types/id-tree/random", Pair, NULL, set_up, test_random,
              tear_down);
  return g_test_run ();
}
