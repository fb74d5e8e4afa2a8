/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "linear/checker.h"

/* The search is that of J. M. Wing and C. Gong, "Testing and Verifying
 * Concurrent Objects", Journal of Parallel and Distributed Computing 17
 * (1993), with the memory of G. Lowe, "Testing for linearizability",
 * Concurrency and Computation: Practice and Experience 29 (2017): operations
 * are given their instants one after the other; what was tried once, the same
 * operations done and the same state, is not tried again. */

#define N_WORDS (CF_CHECKER_OPERATIONS_MAX / 64)

/* A begin or an end in the list of what is not in order yet. */
typedef struct _Event Event;
struct _Event
{
  gint64 at;
  guint operation;
  Event *end; /* of a begin: its end; NULL for an end */
  Event *previous;
  Event *next;
};

/* Operations done and what they led to. */
typedef struct
{
  guint64 done[N_WORDS];
  CfModel model;
} Situation;

typedef struct
{
  Event *begin;
  CfModel before;
} Choice;

static guint
situation_hash (gconstpointer data)
{
  const guint64 *words = data;
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (gsize i = 0; i < sizeof (Situation) / sizeof *words; i++)
    hash = (hash ^ words[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return (guint) (hash ^ hash >> 32);
}

static gboolean
situation_equal (gconstpointer one, gconstpointer other)
{
  return memcmp (one, other, sizeof (Situation)) == 0;
}

static int
compare_events (gconstpointer one, gconstpointer other)
{
  const Event *a = one, *b = other;

  return (a->at > b->at) - (a->at < b->at);
}

static void
link_events (Event *head, Event *events, guint n_events)
{
  Event *last = head;

  for (guint i = 0; i < n_events; i++)
    {
      last->next = &events[i];
      events[i].previous = last;
      last = &events[i];
    }
}

/* The begins and ends of a history, in their order, behind a head. */
static Event *
make_events (const CfOperation *operations, guint n_operations)
{
  Event *events = g_new0 (Event, 2 * n_operations + 1);
  g_autofree Event **begins = g_new0 (Event *, n_operations);

  for (guint i = 0; i < n_operations; i++)
    {
      events[2 * i + 1] = (Event){ operations[i].invoked, i };
      events[2 * i + 2] = (Event){ operations[i].returned, i };
    }
  if (n_operations > 0)
    qsort (events + 1, 2 * n_operations, sizeof *events, compare_events);
  link_events (events, events + 1, 2 * n_operations);
  for (Event *event = events->next; event != NULL; event = event->next)
    if (begins[event->operation] == NULL)
      begins[event->operation] = event;
    else
      begins[event->operation]->end = event;
  return events;
}

static void
unlink_event (Event *event)
{
  event->previous->next = event->next;
  if (event->next != NULL)
    event->next->previous = event->previous;
}

static void
relink_event (Event *event)
{
  event->previous->next = event;
  if (event->next != NULL)
    event->next->previous = event;
}

static void
mark (Situation *self, guint operation)
{
  self->done[operation / 64] ^= G_GUINT64_CONSTANT (1) << operation % 64;
}

/* Lets an operation happen next, if its results allow that and it leads to
 * something new. */
static gboolean
choose (Situation *now,
        const CfOperation *operation,
        guint index,
        GHashTable *seen)
{
  Situation *then = g_memdup2 (now, sizeof *now);

  mark (then, index);
  if (!cf_model_agrees (&then->model, operation) ||
      g_hash_table_contains (seen, then))
    {
      g_free (then);
      return FALSE;
    }
  *now = *then;
  g_hash_table_add (seen, then);
  return TRUE;
}

static Event *
take_back (Situation *now, GArray *choices)
{
  Choice *last = &g_array_index (choices, Choice, choices->len - 1);
  Event *begin = last->begin;

  mark (now, begin->operation);
  now->model = last->before;
  relink_event (begin->end);
  relink_event (begin);
  g_array_set_size (choices, choices->len - 1);
  return begin->next;
}

static gboolean
search (Event *head, const CfOperation *operations)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (situation_hash, situation_equal, g_free, NULL);
  g_autoptr (GArray) choices = g_array_new (FALSE, FALSE, sizeof (Choice));
  Situation now = { 0 };
  Event *event = head->next;

  cf_model_init (&now.model);
  while (head->next != NULL)
    {
      Choice choice = { event, now.model };

      if (event->end == NULL)
        {
          /* It ended before anything else could happen. */
          if (choices->len == 0)
            return FALSE;
          event = take_back (&now, choices);
        }
      else if (choose (&now, &operations[event->operation], event->operation,
                       seen))
        {
          g_array_append_val (choices, choice);
          unlink_event (event);
          unlink_event (event->end);
          event = head->next;
        }
      else
        event = event->next;
    }
  return TRUE;
}

/**
 * cf_checker_is_linearizable:
 * @operations: (array length=n_operations): a history, in any order
 * @n_operations: how many, at most %CF_CHECKER_OPERATIONS_MAX
 *
 * All keys are absent before it.
 *
 * Returns: whether there is a legal order
 */
gboolean
cf_checker_is_linearizable (const CfOperation *operations, guint n_operations)
{
  g_autofree Event *events = NULL;

  g_assert_cmpuint (n_operations, <=, CF_CHECKER_OPERATIONS_MAX);
  events = make_events (operations, n_operations);
  return search (events, operations);
}
