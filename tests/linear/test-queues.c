/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queues, and many who wait at them: whatever clients do besides, every
 * element comes out once, and nobody waits while there is something for it. */
#include "config.h"

#include <stdatomic.h>
#include <string.h>

#include "linear/link.h"

#define N_QUEUES 5
#define N_SHELVES 3 /* where elements are moved to */
#define N_PRODUCERS 3
#define N_CONSUMERS 6
#define N_VICTIMS 2
#define N_ELEMENTS 6000 /* each producer's */
#define LONG_US (60 * G_USEC_PER_SEC)

typedef struct
{
  const CfHarness *harness;
  atomic_int next_producer;
  atomic_int n_producing;
  atomic_int n_taken;
  atomic_int over;                           /* for those who disturb */
  atomic_int seen[N_PRODUCERS * N_ELEMENTS]; /* how often each came out */
} Play;

typedef struct
{
  Play *play;
  guint32 seed;
} Actor;

/* -- Producers ------------------------------------------------------------ */

static void
add_push (CfLink *link, GRand *chance, int *next, int end)
{
  int n = MIN (g_rand_int_range (chance, 1, 4), end - *next);
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_append_printf (line, "%s q:%d",
                          g_rand_boolean (chance) ? "RPUSH" : "LPUSH",
                          g_rand_int_range (chance, 0, N_QUEUES));
  for (; n > 0; n--)
    g_string_append_printf (line, " %d", (*next)++);
  cf_link_add (link, line->str);
}

/* A few pushes, sometimes as a block; returns how many replies there will be.
 */
static guint
add_pushes (CfLink *link, GRand *chance, int *next, int end)
{
  gboolean block = g_rand_int_range (chance, 0, 3) == 0;
  guint n = 0;

  if (block)
    cf_link_add (link, "MULTI");
  for (int i = g_rand_int_range (chance, 1, 5); i > 0 && *next < end; i--, n++)
    add_push (link, chance, next, end);
  if (block)
    cf_link_add (link, "EXEC");
  return block ? n + 2 : n;
}

static gpointer
produce (gpointer data)
{
  Actor *self = data;
  Play *play = self->play;
  g_autoptr (CfLink) link = cf_link_new (play->harness);
  g_autoptr (GRand) chance = g_rand_new_with_seed (self->seed);
  int next = atomic_fetch_add (&play->next_producer, 1) * N_ELEMENTS;
  int end = next + N_ELEMENTS;

  while (next < end)
    {
      guint n = add_pushes (link, chance, &next, end);

      cf_link_send (link);
      while (n-- > 0)
        {
          g_autoptr (CfReplyTree) reply = cf_link_read (link);

          g_assert_cmpint (reply->kind, !=, CF_REPLY_TREE_ERROR);
        }
    }
  atomic_fetch_sub (&play->n_producing, 1);
  return NULL;
}

/* -- Consumers ------------------------------------------------------------ */

static void
take (Play *play, const CfReplyTree *element)
{
  gint64 i = g_ascii_strtoll (element->text, NULL, 10);

  g_assert_cmpint (element->kind, ==, CF_REPLY_TREE_STRING);
  g_assert_cmpint (i, >=, 0);
  g_assert_cmpint (i, <, N_PRODUCERS * N_ELEMENTS);
  g_assert_cmpint (atomic_fetch_add (&play->seen[i], 1), ==, 0);
  atomic_fetch_add (&play->n_taken, 1);
}

/* [key, element] or [key, [element ...]] or nothing. */
static void
take_popped (Play *play, const CfReplyTree *reply)
{
  const CfReplyTree *what;

  if (reply->kind == CF_REPLY_TREE_NIL)
    return;
  if (reply->kind == CF_REPLY_TREE_ERROR)
    {
      g_assert_true (g_str_has_prefix (reply->text, "UNBLOCKED"));
      return;
    }
  g_assert_cmpint (reply->kind, ==, CF_REPLY_TREE_ARRAY);
  what = &reply->children[1];
  if (what->kind == CF_REPLY_TREE_STRING)
    take (play, what);
  else
    for (gsize i = 0; i < what->size; i++)
      take (play, &what->children[i]);
}

/* In these, Q is any queue and S any shelf. */
static const char *const waits[] = {
  "BLPOP Q 0.02",
  "BRPOP Q 0.02",
  "BLPOP Q S 0.05",
  "BLPOP Q Q S Q 0.03",
  "BRPOP S S S 0.01",
  "BLMPOP 0.02 2 Q Q LEFT COUNT 3",
  "BLMPOP 0.01 2 S Q RIGHT",
  "LMPOP 3 Q S Q RIGHT COUNT 2",
};

static const char *const moves[] = {
  "BLMOVE Q S LEFT RIGHT 0.02",
  "BLMOVE Q Q RIGHT LEFT 0.02",
  "BRPOPLPUSH Q S 0.01",
  "LMOVE S Q LEFT LEFT",
};

static char *
fill_in (const char *form, GRand *chance)
{
  GString *line = g_string_new (NULL);
  g_auto (GStrv) words = g_strsplit (form, " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (line, ' ');
      if (strcmp (words[i], "Q") == 0)
        g_string_append_printf (line, "q:%d",
                                g_rand_int_range (chance, 0, N_QUEUES));
      else if (strcmp (words[i], "S") == 0)
        g_string_append_printf (line, "s:%d",
                                g_rand_int_range (chance, 0, N_SHELVES));
      else
        g_string_append (line, words[i]);
    }
  return g_string_free (line, FALSE);
}

static void
consume_once (Play *play, CfLink *link, GRand *chance)
{
  gboolean moves_it = g_rand_int_range (chance, 0, 3) == 0;
  guint i = (guint) g_rand_int (chance);
  g_autofree char *line =
      moves_it ? fill_in (moves[i % G_N_ELEMENTS (moves)], chance)
               : fill_in (waits[i % G_N_ELEMENTS (waits)], chance);
  g_autoptr (CfReplyTree) reply = cf_link_ask (link, line);

  if (!moves_it)
    take_popped (play, reply);
  else if (reply->kind == CF_REPLY_TREE_ERROR)
    g_assert_true (g_str_has_prefix (reply->text, "UNBLOCKED"));
}

static gboolean
is_all_taken (Play *play)
{
  return atomic_load (&play->n_taken) == N_PRODUCERS * N_ELEMENTS;
}

static gpointer
consume (gpointer data)
{
  Actor *self = data;
  g_autoptr (CfLink) link = cf_link_new (self->play->harness);
  g_autoptr (GRand) chance = g_rand_new_with_seed (self->seed);

  while (!is_all_taken (self->play))
    consume_once (self->play, link, chance);
  return NULL;
}

/* -- Those who disturb ---------------------------------------------------- */

/* Waits, and is killed or goes away while it does, or while it is served. */
static void
be_a_victim (Play *play, CfLink *killer, GRand *chance)
{
  g_autofree char *line = fill_in ("BLMOVE Q S LEFT RIGHT 0", chance);
  CfLink *victim = cf_link_new (play->harness);
  g_autoptr (CfReplyTree) id = cf_link_ask (victim, "CLIENT ID");
  g_autofree char *end = g_strdup_printf (
      g_rand_boolean (chance) ? "CLIENT KILL ID %" G_GINT64_FORMAT
                              : "CLIENT UNBLOCK %" G_GINT64_FORMAT " ERROR",
      id->integer);

  cf_link_add (victim, line);
  cf_link_send (victim);
  if (g_rand_boolean (chance))
    cf_reply_tree_free (cf_link_ask (killer, end));
  cf_link_free (victim);
}

static gpointer
disturb (gpointer data)
{
  Actor *self = data;
  g_autoptr (CfLink) killer = cf_link_new (self->play->harness);
  g_autoptr (GRand) chance = g_rand_new_with_seed (self->seed);

  while (!atomic_load (&self->play->over))
    {
      g_autofree char *unblock = g_strdup_printf (
          "CLIENT UNBLOCK %d%s", g_rand_int_range (chance, 1, 30),
          g_rand_boolean (chance) ? " ERROR" : "");

      be_a_victim (self->play, killer, chance);
      cf_reply_tree_free (cf_link_ask (killer, unblock));
      /* A long command on some of the keys. */
      cf_reply_tree_free (
          cf_link_ask (killer, "LPOS s:0 none RANK -1 MAXLEN 10"));
    }
  return NULL;
}

/* -- The play ------------------------------------------------------------- */

static void
test_queues_once (void)
{
  static GThreadFunc const funcs[] = { produce, consume, disturb };
  static const guint counts[] = { N_PRODUCERS, N_CONSUMERS, N_VICTIMS };
  g_autoptr (CfHarness) harness = cf_harness_start ("--io-threads", "4", NULL);
  g_autofree Play *play = g_new0 (Play, 1);
  GThread *threads[N_PRODUCERS + N_CONSUMERS + N_VICTIMS];
  Actor actors[G_N_ELEMENTS (threads)];
  g_autoptr (CfLink) link = cf_link_new (harness);
  g_autoptr (CfReplyTree) size = NULL;
  guint n = 0;

  play->harness = harness;
  atomic_store (&play->n_producing, N_PRODUCERS);
  for (guint i = 0; i < G_N_ELEMENTS (funcs); i++)
    for (guint j = 0; j < counts[i]; j++, n++)
      {
        actors[n] = (Actor){ play, n };
        threads[n] = g_thread_new ("actor", funcs[i], &actors[n]);
      }
  for (n = 0; n < N_PRODUCERS + N_CONSUMERS; n++)
    g_thread_join (threads[n]);
  atomic_store (&play->over, 1);
  for (; n < G_N_ELEMENTS (threads); n++)
    g_thread_join (threads[n]);
  size = cf_link_ask (link, "DBSIZE");
  g_assert_cmpint (size->integer, ==, 0);
}

/* -- A ring of movers, who wait without an end ---------------------------- */

#define N_RING 7
#define N_TOKENS 3
#define N_MOVES 15000

typedef struct
{
  const CfHarness *harness;
  atomic_int next;
  atomic_int n_moves;
  atomic_int n_left;
  gint64 ids[N_RING];
} Ring;

static gpointer
pass_on (gpointer data)
{
  Ring *ring = data;
  g_autoptr (CfLink) link = cf_link_new (ring->harness);
  g_autoptr (CfReplyTree) id = cf_link_ask (link, "CLIENT ID");
  int place = atomic_fetch_add (&ring->next, 1);
  g_autofree char *line = g_strdup_printf ("BLMOVE r:%d r:%d LEFT RIGHT 0",
                                           place, (place + 1) % N_RING);

  __atomic_store_n (&ring->ids[place], id->integer, __ATOMIC_SEQ_CST);
  while (atomic_load (&ring->n_moves) < N_MOVES)
    {
      g_autoptr (CfReplyTree) reply = cf_link_ask (link, line);

      if (reply->kind == CF_REPLY_TREE_STRING)
        atomic_fetch_add (&ring->n_moves, 1);
    }
  atomic_fetch_sub (&ring->n_left, 1);
  return NULL;
}

static void
wait_for_moves (Ring *ring)
{
  gint64 end = g_get_monotonic_time () + LONG_US;

  while (atomic_load (&ring->n_moves) < N_MOVES)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (1000);
    }
}

/* Those that still wait are let go. */
static void
let_go (Ring *ring, CfLink *link)
{
  while (atomic_load (&ring->n_left) > 0)
    for (guint i = 0; i < N_RING; i++)
      {
        g_autofree char *line =
            g_strdup_printf ("CLIENT UNBLOCK %" G_GINT64_FORMAT,
                             __atomic_load_n (&ring->ids[i], __ATOMIC_SEQ_CST));

        cf_reply_tree_free (cf_link_ask (link, line));
      }
}

static void
test_queues_ring (void)
{
  g_autoptr (CfHarness) harness = cf_harness_start ("--io-threads", "4", NULL);
  g_autoptr (CfLink) link = cf_link_new (harness);
  Ring ring = { .harness = harness };
  GThread *threads[N_RING];
  gint64 n_tokens = 0;

  atomic_store (&ring.n_left, N_RING);
  for (guint i = 0; i < N_RING; i++)
    threads[i] = g_thread_new ("actor", pass_on, &ring);
  for (guint i = 0; i < N_TOKENS; i++)
    cf_reply_tree_free (cf_link_ask (link, "RPUSH r:0 token"));
  wait_for_moves (&ring);
  let_go (&ring, link);
  for (guint i = 0; i < N_RING; i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < N_RING; i++)
    {
      g_autofree char *line = g_strdup_printf ("LLEN r:%u", i);
      g_autoptr (CfReplyTree) n = cf_link_ask (link, line);

      n_tokens += n->integer;
    }
  g_assert_cmpint (n_tokens, ==, N_TOKENS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/linear/queues/once", test_queues_once);
  g_test_add_func ("/linear/queues/ring", test_queues_ring);
  return g_test_run ();
}
