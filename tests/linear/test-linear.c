/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether what many clients do at once could have happened one by one: on a
 * real server, and, to prove that the question is asked well, on stores and a
 * server that were broken on purpose. */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>

#include "daemon/harness.h"
#include "linear/checker.h"
#include "linear/remote-store.h"
#include "linear/rounds.h"

#define ENOUGH_US (2 * G_USEC_PER_SEC)
#define ROUNDS_MIN 3
#define ROUNDS_BROKEN_MAX 5000

/* Several loops are fixed, so that the players meet in the server. */
static const CfRounds one_key = { 4, 1, 100, 3 };
static const CfRounds several_keys = { 4, 4, 12, 2 };

/* ---- The checker -------------------------------------------------------- */

#define STEP(verb, ...)                                                        \
  .n_steps = 1, .steps[0] = { CF_VERB_##verb, __VA_ARGS__ }
#define NONE CF_MODEL_ABSENT

typedef struct
{
  const char *name;
  gboolean legal;
  CfOperation history[8]; /* ends where there are no steps */
} Case;

static const Case cases[] = {
  { "empty", TRUE, { { .n_steps = 0 } } },
  { "in-order",
    TRUE,
    {
        { STEP (SET, 0, 0, 5, 1), .invoked = 0, .returned = 1 },
        { STEP (GET, 0, 0, 0, 5), .invoked = 2, .returned = 3 },
        { STEP (DEL, 0, 0, 0, 1), .invoked = 4, .returned = 5 },
        { STEP (GET, 0, 0, 0, NONE), .invoked = 6, .returned = 7 },
    } },
  { "stale-read",
    FALSE,
    {
        { STEP (SET, 0, 0, 5, 1), .invoked = 0, .returned = 1 },
        { STEP (GET, 0, 0, 0, NONE), .invoked = 2, .returned = 3 },
    } },
  { "either-way-while-it-runs",
    TRUE,
    {
        { STEP (SET, 0, 0, 5, 1), .invoked = 0, .returned = 9 },
        { STEP (GET, 0, 0, 0, NONE), .invoked = 1, .returned = 2 },
        { STEP (GET, 0, 0, 0, 5), .invoked = 3, .returned = 4 },
    } },
  { "not-back-again",
    FALSE,
    {
        { STEP (SET, 0, 0, 5, 1), .invoked = 0, .returned = 9 },
        { STEP (GET, 0, 0, 0, 5), .invoked = 1, .returned = 2 },
        { STEP (GET, 0, 0, 0, NONE), .invoked = 3, .returned = 4 },
    } },
  { "lost-update",
    FALSE,
    {
        { STEP (INCRBY, 0, 0, 1, 1), .invoked = 0, .returned = 3 },
        { STEP (INCRBY, 0, 0, 1, 1), .invoked = 1, .returned = 2 },
    } },
  { "only-the-other-order",
    TRUE,
    {
        { STEP (INCRBY, 0, 0, 1, 2), .invoked = 0, .returned = 3 },
        { STEP (INCRBY, 0, 0, 1, 1), .invoked = 1, .returned = 2 },
    } },
  { "torn",
    FALSE,
    {
        { CF_FORM_MSET,
          2,
          { { CF_VERB_SET, 0, 0, 5, 1 }, { CF_VERB_SET, 1, 0, 6, 1 } },
          .invoked = 0,
          .returned = 9 },
        { CF_FORM_MGET,
          2,
          { { CF_VERB_GET, 0, 0, 0, 5 }, { CF_VERB_GET, 1, 0, 0, NONE } },
          .invoked = 1,
          .returned = 2 },
    } },
  { "moved",
    TRUE,
    {
        { STEP (SET, 0, 0, 5, 1), .invoked = 0, .returned = 1 },
        { STEP (RENAME, 0, 1, 0, 1), .invoked = 2, .returned = 3 },
        { CF_FORM_MGET,
          2,
          { { CF_VERB_GET, 0, 0, 0, NONE }, { CF_VERB_GET, 1, 0, 0, 5 } },
          .invoked = 4,
          .returned = 5 },
        { STEP (RENAME, 0, 1, 0, CF_MODEL_ERROR), .invoked = 6, .returned = 7 },
    } },
  { "twice-taken",
    FALSE,
    {
        { STEP (SET, 0, 0, 5, 1), .invoked = 0, .returned = 1 },
        { STEP (GETDEL, 0, 0, 0, 5), .invoked = 2, .returned = 5 },
        { STEP (GETDEL, 0, 0, 0, 5), .invoked = 3, .returned = 4 },
    } },
};

static void
test_checker (gconstpointer data)
{
  const Case *self = data;
  guint n = 0;

  while (self->history[n].n_steps > 0)
    n++;
  g_assert_cmpint (cf_checker_is_linearizable (self->history, n), ==,
                   self->legal);
}

/* ---- A store in this process, with a lock or without ------------------- */

typedef struct
{
  pthread_mutex_t lock;
  gboolean locks;
  atomic_llong values[CF_MODEL_KEYS];
} LocalStore;

static void
local_init (LocalStore *self, gboolean locks)
{
  pthread_mutex_init (&self->lock, NULL);
  self->locks = locks;
}

static void
local_forget (LocalStore *self)
{
  for (guint i = 0; i < CF_MODEL_KEYS; i++)
    atomic_store (&self->values[i], CF_MODEL_ABSENT);
}

/* Reads, thinks, and writes: what others wrote meanwhile is lost. */
static void
local_step (LocalStore *self, CfStep *step)
{
  CfModel seen;

  for (guint i = 0; i < CF_MODEL_KEYS; i++)
    seen.values[i] = atomic_load (&self->values[i]);
  step->result = cf_model_run (&seen, step);
  g_thread_yield ();
  atomic_store (&self->values[step->key], seen.values[step->key]);
  if (step->verb >= CF_VERB_RENAME)
    atomic_store (&self->values[step->other], seen.values[step->other]);
}

static void
local_perform (gpointer target,
               guint thread,
               CfOperation *operations,
               guint n_operations)
{
  LocalStore *self = target;

  for (guint i = 0; i < n_operations; i++)
    {
      if (self->locks)
        pthread_mutex_lock (&self->lock);
      for (guint j = 0; j < operations[i].n_steps; j++)
        local_step (self, &operations[i].steps[j]);
      if (self->locks)
        pthread_mutex_unlock (&self->lock);
    }
}

static void
print_history (GArray *history)
{
  for (guint i = 0; i < history->len; i++)
    {
      g_autofree char *line =
          cf_operation_print (&g_array_index (history, CfOperation, i));

      g_test_message ("%s", line);
    }
}

static gboolean
is_legal (GArray *history)
{
  return cf_checker_is_linearizable ((CfOperation *) history->data,
                                     history->len);
}

static gboolean
local_round_is_legal (LocalStore *store, const CfRounds *rounds, guint32 seed)
{
  g_autoptr (GArray) history = NULL;

  local_forget (store);
  history = cf_rounds_play (rounds, local_perform, store, seed);
  return is_legal (history);
}

static void
test_with_lock (gconstpointer rounds)
{
  LocalStore store;

  local_init (&store, TRUE);
  for (guint seed = 0; seed < 20; seed++)
    g_assert_true (local_round_is_legal (&store, rounds, seed));
  pthread_mutex_destroy (&store.lock);
}

static void
test_without_lock (gconstpointer rounds)
{
  LocalStore store;
  guint32 seed = 0;

  local_init (&store, FALSE);
  while (local_round_is_legal (&store, rounds, seed))
    g_assert_cmpuint (++seed, <, ROUNDS_BROKEN_MAX);
  pthread_mutex_destroy (&store.lock);
}

/* ---- A server ----------------------------------------------------------- */

/* Plays until there is something illegal, or it has been enough. */
static gboolean
server_is_legal (const CfHarness *harness,
                 const CfRounds *rounds,
                 guint rounds_max)
{
  g_autoptr (CfRemoteStore) store =
      cf_remote_store_new (harness, rounds->n_threads);
  gint64 end = g_get_monotonic_time () + ENOUGH_US;

  for (guint seed = 0; seed < rounds_max; seed++)
    {
      g_autoptr (GArray) history =
          cf_rounds_play (rounds, cf_remote_store_perform, store, seed);

      if (!is_legal (history))
        {
          if (rounds_max != ROUNDS_BROKEN_MAX)
            print_history (history);
          return FALSE;
        }
      cf_remote_store_forget (store);
      if (rounds_max != ROUNDS_BROKEN_MAX && seed >= ROUNDS_MIN &&
          g_get_monotonic_time () > end)
        break;
    }
  return TRUE;
}

static void
test_server (gconstpointer rounds)
{
  g_autoptr (CfHarness) harness = cf_harness_start ("--io-threads", "4", NULL);

  g_assert_true (server_is_legal (harness, rounds, G_MAXUINT));
}

/* The server whose blocks do not keep their locks. */
static void
test_racy_server (void)
{
  const char *racy = g_getenv ("COFFERD_RACY");
  g_autofree char *sound = g_strdup (g_getenv ("COFFERD"));
  g_autoptr (CfHarness) harness = NULL;

  if (racy == NULL || sound == NULL)
    {
      g_test_skip ("COFFERD_RACY and COFFERD name no programs");
      return;
    }
  g_setenv ("COFFERD", racy, TRUE);
  harness = cf_harness_start ("--io-threads", "4", NULL);
  g_setenv ("COFFERD", sound, TRUE);
  g_assert_false (server_is_legal (harness, &several_keys, ROUNDS_BROKEN_MAX));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path =
          g_strconcat ("/linear/checker/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_checker);
    }
  g_test_add_data_func ("/linear/with-lock/one-key", &one_key, test_with_lock);
  g_test_add_data_func ("/linear/with-lock/several-keys", &several_keys,
                        test_with_lock);
  g_test_add_data_func ("/linear/without-lock/one-key", &one_key,
                        test_without_lock);
  g_test_add_data_func ("/linear/without-lock/several-keys", &several_keys,
                        test_without_lock);
  g_test_add_data_func ("/linear/server/one-key", &one_key, test_server);
  g_test_add_data_func ("/linear/server/several-keys", &several_keys,
                        test_server);
  g_test_add_func ("/linear/server/racy", test_racy_server);
  return g_test_run ();
}
