/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "../commands/fixture.h"

static void
test_worker_reused (Fixture *fixture, gconstpointer data)
{
  CfWorker *worker = cf_worker_acquire (fixture->engine);

  g_assert_true (worker != fixture->worker);
  g_assert_true (worker->keeper != fixture->worker->keeper);
  cf_worker_release (worker);
  g_assert_true (cf_worker_acquire (fixture->engine) == worker);
  cf_worker_release (worker);
}

static void
test_worker_clocks (Fixture *fixture, gconstpointer data)
{
  CfWorker *worker = fixture->worker;
  gint64 before = g_get_real_time ();

  cf_worker_enter (worker);
  g_assert_true (worker->inside);
  g_assert_cmpint (worker->now_us, >=, before);
  g_assert_cmpint (worker->now_us, ==, worker->batch_us);
  cf_worker_leave (worker);
  g_assert_false (worker->inside);
}

static gpointer
close_and_open (gpointer data)
{
  g_assert_true (cf_gate_close (data, NULL, NULL));
  cf_gate_open (data);
  return NULL;
}

/* A long walk lets an exclusive operation pass. */
static void
test_worker_breathes (Fixture *fixture, gconstpointer data)
{
  CfWorker *worker = fixture->worker;
  GThread *closer;

  cf_worker_breathe (worker);
  cf_worker_enter (worker);
  closer = g_thread_new ("closer", close_and_open, fixture->engine->gate);
  /* It has tried for a while, and waits for this worker by now. */
  while (g_atomic_int_get (&worker->keeper->n_awaiting) == 0)
    g_thread_yield ();
  g_assert_true (cf_gate_is_wanted (worker->keeper));
  while (cf_gate_is_wanted (worker->keeper))
    cf_worker_breathe (worker);
  g_assert_true (worker->inside);
  cf_worker_leave (worker);
  g_thread_join (closer);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/engine/worker/reused", test_worker_reused);
  fixture_add ("/engine/worker/clocks", test_worker_clocks);
  fixture_add ("/engine/worker/breathes", test_worker_breathes);
  return g_test_run ();
}
