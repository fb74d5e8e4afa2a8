/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/memory.h"
#include "fixture.h"
#include "store/deadlines.h"

static CfEntry *
make (gint64 deadline_ms)
{
  CfValue value = cf_value_int (1);

  return cf_entry_try_new (CF_SLICE ("k"), &value, deadline_ms);
}

static void
test_deadlines_few (void)
{
  g_autoptr (CfDeadlines) deadlines = cf_deadlines_new ();
  CfEntry *due[CF_DEADLINES_CHUNK];
  CfEntry *early = make (10), *late = make (20);

  g_assert_cmpint (cf_deadlines_first (deadlines), ==, G_MAXINT64);
  g_assert_cmpuint (cf_deadlines_due (deadlines, 100, due), ==, 0);
  cf_deadlines_insert (deadlines, late);
  cf_deadlines_insert (deadlines, early);
  g_assert_cmpuint (cf_deadlines_size (deadlines), ==, 2);
  g_assert_cmpint (cf_deadlines_first (deadlines), ==, 10);
  g_assert_cmpint (cf_deadlines_average (deadlines), ==, 15);
  g_assert_cmpuint (cf_deadlines_due (deadlines, 10, due), ==, 0);
  g_assert_cmpuint (cf_deadlines_due (deadlines, 11, due), ==, 1);
  g_assert_true (due[0] == early);
  cf_deadlines_remove (deadlines, early);
  g_assert_cmpint (cf_deadlines_first (deadlines), ==, 20);
  cf_deadlines_remove (deadlines, late);
  g_assert_cmpint (cf_deadlines_first (deadlines), ==, G_MAXINT64);
  cf_entry_free (early);
  cf_entry_free (late);
}

/* Random insertions and removals of @n entries with @n_values different
 * deadlines; then all in order. */
static void
run_model (guint n, guint n_values)
{
  g_autoptr (CfDeadlines) deadlines = cf_deadlines_new ();
  g_autoptr (GPtrArray) inside =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_entry_free);
  CfEntry *due[CF_DEADLINES_CHUNK];
  gint64 last = G_MININT64;

  for (guint i = 0; i < 2 * n; i++)
    if (inside->len == 0 || g_test_rand_int_range (0, 4) != 0)
      {
        g_ptr_array_add (inside,
                         make (g_test_rand_int_range (0, (gint32) n_values)));
        cf_deadlines_insert (deadlines, inside->pdata[inside->len - 1]);
      }
    else
      {
        guint at = (guint) g_test_rand_int_range (0, (gint32) inside->len);

        cf_deadlines_remove (deadlines, inside->pdata[at]);
        g_ptr_array_remove_index_fast (inside, at);
      }
  g_assert_cmpuint (cf_deadlines_size (deadlines), ==, inside->len);
  while (cf_deadlines_size (deadlines) > 0)
    {
      gint64 first = cf_deadlines_first (deadlines);
      guint n_due = cf_deadlines_due (deadlines, first + 1, due);

      g_assert_cmpint (first, >=, last);
      g_assert_cmpuint (n_due, >, 0);
      for (guint i = 0; i < n_due; i++)
        {
          g_assert_cmpint (cf_entry_deadline (due[i]), ==, first);
          cf_deadlines_remove (deadlines, due[i]);
        }
      last = first;
    }
}

static void
test_deadlines_model (void)
{
  run_model (100, 10);
  run_model (10000, 1000000);
  run_model (10000, 100);
}

/* A million equal ones are no worse than a million different ones. */
static void
test_deadlines_equal (void)
{
  run_model (g_test_quick () ? 20000 : 1000000, 1);
}

static void
test_deadlines_random (void)
{
  g_autoptr (CfDeadlines) deadlines = cf_deadlines_new ();
  CfEntry *entries[200];
  guint seen[200] = { 0 };

  for (guint i = 0; i < 200; i++)
    cf_deadlines_insert (deadlines, entries[i] = make (i));
  for (guint i = 0; i < 20000; i++)
    seen[cf_entry_deadline (cf_deadlines_random (deadlines))]++;
  for (guint i = 0; i < 200; i++)
    {
      g_assert_cmpuint (seen[i], >, 20);
      cf_entry_free (entries[i]);
    }
}

/* Bytes an entry, with deadlines in ascending and in random order. */
static void
test_deadlines_cost (void)
{
  const guint n = 100000;

  for (int in_order = 0; in_order < 2; in_order++)
    {
      g_autoptr (GPtrArray) entries =
          g_ptr_array_new_full (n, (GDestroyNotify) cf_entry_free);
      g_autoptr (CfDeadlines) deadlines = NULL;
      gint64 before;
      double cost;

      for (guint i = 0; i < n; i++)
        g_ptr_array_add (
            entries,
            make (in_order ? (gint64) i : g_test_rand_int_range (0, 1 << 30)));
      before = cf_memory_thread_balance ();
      deadlines = cf_deadlines_new ();
      for (guint i = 0; i < n; i++)
        cf_deadlines_insert (deadlines, entries->pdata[i]);
      cost = (double) (cf_memory_thread_balance () - before) / n;
      g_test_message ("%.1f bytes an entry", cost);
      if (cost == 0)
        g_test_message ("the allocator does not tell");
      g_assert_cmpfloat (cost, <, 12);
    }
}

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
  g_test_add_func ("/store/deadlines/few", test_deadlines_few);
  g_test_add_func ("/store/deadlines/model", test_deadlines_model);
  g_test_add_func ("/store/deadlines/equal", test_deadlines_equal);
  g_test_add_func ("/store/deadlines/random", test_deadlines_random);
  g_test_add_func ("/store/deadlines/cost", test_deadlines_cost);
  return g_test_run ();
}
