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

typedef struct
{
  CfWorker *worker;
  gint is_back; /* (atomic) */
} Comeback;

static gpointer
come_back (gpointer data)
{
  Comeback *self = data;

  cf_worker_return (self->worker);
  g_atomic_int_set (&self->is_back, 1);
  cf_hold_release (&self->worker->hold);
  cf_worker_leave (self->worker);
  return NULL;
}

/* One that left with claims does not come in while another holds everything,
 * though the gate is open. */
static void
test_worker_barred (Fixture *fixture, gconstpointer data)
{
  CfGate *gate = fixture->engine->gate;
  CfKey key = cf_key (CF_SLICE ("k"));
  Comeback comeback = { .worker = fixture->worker };
  CfHold all;
  GThread *thread;

  cf_hold_init (&all, fixture->engine->keyspace);
  cf_worker_enter (fixture->worker);
  g_assert_true (cf_hold_claims (&fixture->worker->hold, &key, 1, NULL));
  cf_worker_leave (fixture->worker);
  g_assert_true (cf_gate_close (gate, NULL, NULL));
  cf_hold_all (&all);
  cf_hold_claim_all (&all, 1);
  cf_gate_open (gate);
  thread = g_thread_new ("comeback", come_back, &comeback);
  for (guint i = 0; i < 100; i++)
    {
      g_assert_true (cf_gate_close (gate, NULL, NULL));
      g_assert_cmpint (g_atomic_int_get (&comeback.is_back), ==, 0);
      cf_gate_open (gate);
    }
  cf_hold_release (&all);
  g_thread_join (thread);
  g_assert_cmpint (comeback.is_back, ==, 1);
  cf_hold_clear (&all);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/engine/worker/reused", test_worker_reused);
  fixture_add ("/engine/worker/clocks", test_worker_clocks);
  fixture_add ("/engine/worker/breathes", test_worker_breathes);
  fixture_add ("/engine/worker/barred", test_worker_barred);
  return g_test_run ();
}
