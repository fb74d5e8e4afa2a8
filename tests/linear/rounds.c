/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>

#include "linear/rounds.h"

typedef struct
{
  const CfRounds *rounds;
  CfPerformFunc perform;
  gpointer target;
  CfOperation *history;      /* of all threads, one after the other */
  atomic_llong clock;        /* counts begins and ends */
  pthread_barrier_t barrier; /* all begin at once */
} Round;

typedef struct
{
  Round *round;
  guint thread;
  guint32 seed;
} Player;

static gpointer
play (gpointer data)
{
  Player *self = data;
  Round *round = self->round;
  guint n_operations = round->rounds->n_operations;
  CfOperation *mine = round->history + self->thread * n_operations;
  g_autoptr (GRand) chance = g_rand_new_with_seed (self->seed);

  for (guint i = 0; i < n_operations; i++)
    cf_operation_random (&mine[i], chance, round->rounds->n_keys);
  pthread_barrier_wait (&round->barrier);
  for (guint done = 0, n; done < n_operations; done += n)
    {
      n = (guint) g_rand_int_range (chance, 1, (gint) round->rounds->depth + 1);
      n = MIN (n, n_operations - done);
      for (guint i = 0; i < n; i++)
        mine[done + i].invoked = atomic_fetch_add (&round->clock, 1);
      round->perform (round->target, self->thread, mine + done, n);
      for (guint i = 0; i < n; i++)
        mine[done + i].returned = atomic_fetch_add (&round->clock, 1);
    }
  return NULL;
}

/**
 * cf_rounds_play:
 * @self: how many threads and operations
 * @perform: performs them
 * @target: what it performs them on; no key is there yet
 * @seed: what the choice of operations follows from
 *
 * Returns: (transfer full) (element-type CfOperation): what was done, and when
 */
GArray *
cf_rounds_play (const CfRounds *self,
                CfPerformFunc perform,
                gpointer target,
                guint32 seed)
{
  GArray *history = g_array_new (FALSE, TRUE, sizeof (CfOperation));
  GThread *threads[CF_ROUNDS_THREADS_MAX];
  Player players[CF_ROUNDS_THREADS_MAX];
  Round round = { .rounds = self, .perform = perform, .target = target };

  g_array_set_size (history, self->n_threads * self->n_operations);
  round.history = (CfOperation *) history->data;
  pthread_barrier_init (&round.barrier, NULL, self->n_threads);
  for (guint i = 0; i < self->n_threads; i++)
    {
      players[i] = (Player){ &round, i, seed * CF_ROUNDS_THREADS_MAX + i };
      threads[i] = g_thread_new ("player", play, &players[i]);
    }
  for (guint i = 0; i < self->n_threads; i++)
    g_thread_join (threads[i]);
  pthread_barrier_destroy (&round.barrier);
  return history;
}
