/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/gate.h"

#define WORKERS 3
#define ROUNDS 300

typedef struct
{
  CfGate *gate;
  gint inside;    /* (atomic) workers in a batch */
  gint exclusive; /* (atomic) whether one has closed the gate */
  gint faults;    /* (atomic) */
  gint over;      /* (atomic) */
} Stage;

typedef struct
{
  CfBacklog *backlog;
  CfGate *gate;
  gint n_begun;   /* (atomic) */
  gint n_waiting; /* (atomic) that joined the backlog */
  gint n_woken;   /* (atomic) */
} Overlap;

static gpointer
on_ref (gpointer waiter)
{
  g_atomic_int_inc (&((Overlap *) waiter)->n_waiting);
  return waiter;
}

static void
on_wake (gpointer waiter)
{
  g_atomic_int_inc (&((Overlap *) waiter)->n_woken);
}

/* Goes in and out, and looks that nobody has closed the gate meanwhile. */
static gpointer
work (gpointer data)
{
  Stage *stage = data;
  CfGateKeeper *keeper = cf_gate_register (stage->gate);

  while (!g_atomic_int_get (&stage->over))
    {
      cf_gate_enter (keeper);
      g_atomic_int_inc (&stage->inside);
      if (g_atomic_int_get (&stage->exclusive))
        g_atomic_int_inc (&stage->faults);
      g_atomic_int_add (&stage->inside, -1);
      cf_gate_leave (keeper);
    }
  cf_gate_unregister (stage->gate, keeper);
  return NULL;
}

static void
test_gate_excludes (void)
{
  Stage stage = { .gate = cf_gate_new (NULL) };
  GThread *threads[WORKERS];

  for (gsize i = 0; i < WORKERS; i++)
    threads[i] = g_thread_new ("worker", work, &stage);
  for (guint i = 0; i < ROUNDS; i++)
    {
      g_assert_true (cf_gate_close (stage.gate, NULL, NULL));
      g_atomic_int_set (&stage.exclusive, 1);
      g_assert_cmpint (g_atomic_int_get (&stage.inside), ==, 0);
      g_atomic_int_set (&stage.exclusive, 0);
      cf_gate_open (stage.gate);
    }
  g_atomic_int_set (&stage.over, 1);
  for (gsize i = 0; i < WORKERS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (stage.faults, ==, 0);
  cf_gate_free (stage.gate);
}

/* Keeps the gate from being closed until it is told to go. */
static gpointer
dawdle (gpointer data)
{
  Stage *stage = data;
  CfGateKeeper *keeper = cf_gate_register (stage->gate);

  cf_gate_enter (keeper);
  g_atomic_int_set (&stage->inside, 1);
  while (!g_atomic_int_get (&stage->over))
    g_thread_yield ();
  g_atomic_int_set (&stage->inside, 0);
  cf_gate_leave (keeper);
  cf_gate_unregister (stage->gate, keeper);
  return NULL;
}

static gpointer
close_and_open (gpointer data)
{
  Stage *stage = data;

  g_assert_true (cf_gate_close (stage->gate, NULL, NULL));
  g_atomic_int_set (&stage->exclusive, 1 + g_atomic_int_get (&stage->inside));
  cf_gate_open (stage->gate);
  return NULL;
}

/* While one long batch keeps an exclusive operation waiting, others pass. */
static void
test_gate_does_not_stall (void)
{
  Stage stage = { .gate = cf_gate_new (NULL) };
  CfGateKeeper *keeper = cf_gate_register (stage.gate);
  GThread *slow = g_thread_new ("slow", dawdle, &stage);
  GThread *closer;

  while (!g_atomic_int_get (&stage.inside))
    g_thread_yield ();
  closer = g_thread_new ("closer", close_and_open, &stage);
  for (guint i = 0; i < ROUNDS; i++)
    {
      cf_gate_enter (keeper);
      cf_gate_leave (keeper);
    }
  g_assert_cmpint (g_atomic_int_get (&stage.exclusive), ==, 0);
  g_atomic_int_set (&stage.over, 1);
  g_thread_join (closer);
  g_thread_join (slow);
  g_assert_cmpint (stage.exclusive, ==, 1);
  cf_gate_unregister (stage.gate, keeper);
  cf_gate_free (stage.gate);
}

/* Stays inside for long, and goes in again unless it has to wait for others.
 * At least one of two of these is always inside. */
static gpointer
overlap (gpointer data)
{
  Overlap *self = data;
  CfGateKeeper *keeper = cf_gate_register (self->gate);
  CfWaiter waiter = { self, on_wake, on_ref };

  while (!cf_backlog_join (self->backlog, &waiter))
    {
      gint n;

      cf_gate_enter (keeper);
      n = g_atomic_int_add (&self->n_begun, 1) + 1;
      while (g_atomic_int_get (&self->n_begun) == n &&
             !g_atomic_int_get (&self->n_waiting))
        g_thread_yield ();
      cf_gate_leave (keeper);
    }
  cf_gate_unregister (self->gate, keeper);
  return NULL;
}

/* Long commands that overlap for ever let an exclusive operation through. */
static void
test_gate_presses (void)
{
  Overlap overlaps = { .backlog = cf_backlog_new () };
  GThread *threads[2];

  overlaps.gate = cf_gate_new (overlaps.backlog);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("long", overlap, &overlaps);
  while (g_atomic_int_get (&overlaps.n_begun) < 100)
    g_thread_yield ();
  g_assert_true (cf_gate_close (overlaps.gate, NULL, NULL));
  g_assert_cmpint (g_atomic_int_get (&overlaps.n_waiting), >, 0);
  g_assert_cmpint (g_atomic_int_get (&overlaps.n_woken), ==, 0);
  cf_gate_open (overlaps.gate);
  g_assert_cmpint (overlaps.n_woken, ==, overlaps.n_waiting);
  g_atomic_int_set (&overlaps.n_waiting, 1);
  cf_backlog_press (overlaps.backlog, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  cf_gate_free (overlaps.gate);
  cf_backlog_free (overlaps.backlog);
}

static void
test_gate_wanted (void)
{
  CfGate *gate = cf_gate_new (NULL);
  CfGateKeeper *keeper = cf_gate_register (gate);

  g_assert_false (cf_gate_is_wanted (keeper));
  g_assert_true (cf_gate_close (gate, NULL, NULL));
  g_assert_true (cf_gate_is_wanted (keeper));
  cf_gate_open (gate);
  g_assert_false (cf_gate_is_wanted (keeper));
  cf_gate_unregister (gate, keeper);
  cf_gate_free (gate);
}

static void
test_gate_keepers_are_reused (void)
{
  CfGate *gate = cf_gate_new (NULL);
  CfGateKeeper *keepers[CF_GATE_KEEPERS_MAX];

  for (gsize i = 0; i < G_N_ELEMENTS (keepers); i++)
    keepers[i] = cf_gate_register (gate);
  g_assert_null (cf_gate_register (gate));
  cf_gate_unregister (gate, keepers[7]);
  g_assert_true (cf_gate_register (gate) == keepers[7]);
  g_assert_true (cf_gate_close (gate, NULL, NULL));
  cf_gate_open (gate);
  for (gsize i = 0; i < G_N_ELEMENTS (keepers); i++)
    cf_gate_unregister (gate, keepers[i]);
  cf_gate_free (gate);
}

/* Asked for the third time, it gives up. */
static gboolean
on_ask (gpointer data)
{
  return ++*(guint *) data == 3;
}

static void
test_gate_gives_up (void)
{
  Stage stage = { .gate = cf_gate_new (NULL) };
  GThread *slow = g_thread_new ("slow", dawdle, &stage);
  guint n_asked = 0;

  while (!g_atomic_int_get (&stage.inside))
    g_thread_yield ();
  g_assert_true (cf_gate_reserve (stage.gate, on_ask, &n_asked));
  g_assert_cmpuint (n_asked, ==, 0);
  g_assert_false (cf_gate_close (stage.gate, on_ask, &n_asked));
  g_assert_cmpuint (n_asked, ==, 3);
  n_asked = 0;
  g_assert_false (cf_gate_reserve (stage.gate, on_ask, &n_asked));
  g_assert_cmpuint (n_asked, ==, 3);
  cf_gate_unreserve (stage.gate);
  g_atomic_int_set (&stage.over, 1);
  g_thread_join (slow);
  g_assert_true (cf_gate_reserve (stage.gate, NULL, NULL));
  g_assert_true (cf_gate_close (stage.gate, on_ask, &n_asked));
  cf_gate_open (stage.gate);
  cf_gate_unreserve (stage.gate);
  cf_gate_free (stage.gate);
}

typedef struct
{
  CfGate *gate;
  guint n; /* protected by the reservation */
} Turns;

static gpointer
take_turns (gpointer data)
{
  Turns *turns = data;

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_assert_true (cf_gate_reserve (turns->gate, NULL, NULL));
      turns->n++;
      cf_gate_unreserve (turns->gate);
    }
  return NULL;
}

/* One at a time has it reserved. */
static void
test_gate_reserves (void)
{
  Turns turns = { cf_gate_new (NULL), 0 };
  GThread *threads[WORKERS];

  for (gsize i = 0; i < WORKERS; i++)
    threads[i] = g_thread_new ("turns", take_turns, &turns);
  for (gsize i = 0; i < WORKERS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (turns.n, ==, WORKERS * ROUNDS);
  cf_gate_free (turns.gate);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/gate/excludes", test_gate_excludes);
  g_test_add_func ("/engine/gate/does-not-stall", test_gate_does_not_stall);
  g_test_add_func ("/engine/gate/presses", test_gate_presses);
  g_test_add_func ("/engine/gate/wanted", test_gate_wanted);
  g_test_add_func ("/engine/gate/gives-up", test_gate_gives_up);
  g_test_add_func ("/engine/gate/reserves", test_gate_reserves);
  g_test_add_func ("/engine/gate/keepers-are-reused",
                   test_gate_keepers_are_reused);
  return g_test_run ();
}
