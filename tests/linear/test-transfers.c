/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold over several keys at every instant, however many clients
 * change them: sums are kept, and what is written at once is read at once. */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>

#include "linear/link.h"

#define N_ACCOUNTS 8
#define N_WRITERS 3
#define N_READERS 2
#define EACH 100 /* in an account, to begin with */
#define ENOUGH_US (G_USEC_PER_SEC)

typedef struct _Play Play;
typedef void (*ActFunc) (Play *play, CfLink *link, GRand *chance);
struct _Play
{
  const CfHarness *harness;
  ActFunc write;
  ActFunc read;
  atomic_int over;
  atomic_int n_written; /* changes made */
  atomic_int n_read;    /* times it was looked at */
};

typedef struct
{
  Play *play;
  ActFunc act;
  guint32 seed;
} Actor;

static gpointer
act (gpointer data)
{
  Actor *self = data;
  g_autoptr (CfLink) link = cf_link_new (self->play->harness);
  g_autoptr (GRand) chance = g_rand_new_with_seed (self->seed);

  while (!atomic_load (&self->play->over))
    self->act (self->play, link, chance);
  return NULL;
}

static GString *
line_of_accounts (const char *command, int value)
{
  GString *line = g_string_new (command);

  for (guint i = 0; i < N_ACCOUNTS; i++)
    {
      g_string_append_printf (line, " account:%u", i);
      if (value >= 0)
        g_string_append_printf (line, " %d", value);
    }
  return line;
}

/* Writers and readers at once, for a while. */
static void
play (ActFunc write, ActFunc read)
{
  g_autoptr (CfHarness) harness = cf_harness_start ("--io-threads", "4", NULL);
  g_autoptr (CfLink) link = cf_link_new (harness);
  g_autoptr (GString) open = line_of_accounts ("MSET", EACH);
  GThread *threads[N_WRITERS + N_READERS];
  Actor actors[N_WRITERS + N_READERS];
  Play play = { .harness = harness, .write = write, .read = read };
  gint64 end;

  cf_reply_tree_free (cf_link_ask (link, open->str));
  end = g_get_monotonic_time () + ENOUGH_US;
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      actors[i] = (Actor){ &play, i < N_WRITERS ? write : read, i };
      threads[i] = g_thread_new ("actor", act, &actors[i]);
    }
  while (g_get_monotonic_time () < end || atomic_load (&play.n_read) < 10 ||
         atomic_load (&play.n_written) < 10)
    g_usleep (1000);
  atomic_store (&play.over, 1);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_test_message ("%d changes, %d looks", atomic_load (&play.n_written),
                  atomic_load (&play.n_read));
}

static gint64
balance (const CfReplyTree *reply)
{
  g_assert_cmpint (reply->kind, ==, CF_REPLY_TREE_STRING);
  return g_ascii_strtoll (reply->text, NULL, 10);
}

/* ---- Sums --------------------------------------------------------------- */

static void
check_sum (const CfReplyTree *reply)
{
  gint64 sum = 0;

  g_assert_cmpint (reply->kind, ==, CF_REPLY_TREE_ARRAY);
  g_assert_cmpuint (reply->size, ==, N_ACCOUNTS);
  for (gsize i = 0; i < reply->size; i++)
    sum += balance (&reply->children[i]);
  g_assert_cmpint (sum, ==, N_ACCOUNTS * EACH);
}

static void
read_sum (Play *play, CfLink *link, GRand *chance)
{
  g_autoptr (GString) line = line_of_accounts ("MGET", -1);
  g_autoptr (CfReplyTree) reply = cf_link_ask (link, line->str);

  check_sum (reply);
  atomic_fetch_add (&play->n_read, 1);
}

/* The same, one GET for each account, in a block. */
static void
read_sum_in_block (Play *play, CfLink *link, GRand *chance)
{
  g_autoptr (CfReplyTree) reply = NULL;

  cf_link_add (link, "MULTI");
  for (guint i = 0; i < N_ACCOUNTS; i++)
    {
      g_autofree char *line = g_strdup_printf ("GET account:%u", i);

      cf_link_add (link, line);
    }
  cf_link_add (link, "EXEC");
  cf_link_send (link);
  for (guint i = 0; i < N_ACCOUNTS + 1; i++)
    cf_reply_tree_free (cf_link_read (link));
  reply = cf_link_read (link);
  check_sum (reply);
  atomic_fetch_add (&play->n_read, 1);
}

static void
pick_two (GRand *chance, int *from, int *to)
{
  *from = g_rand_int_range (chance, 0, N_ACCOUNTS);
  *to = (*from + g_rand_int_range (chance, 1, N_ACCOUNTS)) % N_ACCOUNTS;
}

static void
transfer_in_block (Play *play, CfLink *link, GRand *chance)
{
  int from, to, amount = g_rand_int_range (chance, 1, 10);
  g_autofree char *take = NULL, *give = NULL;

  pick_two (chance, &from, &to);
  take = g_strdup_printf ("DECRBY account:%d %d", from, amount);
  give = g_strdup_printf ("INCRBY account:%d %d", to, amount);
  cf_link_add (link, "MULTI");
  cf_link_add (link, take);
  cf_link_add (link, give);
  cf_link_add (link, "EXEC");
  cf_link_send (link);
  for (guint i = 0; i < 4; i++)
    cf_reply_tree_free (cf_link_read (link));
  atomic_fetch_add (&play->n_written, 1);
}

/* Sets both balances to what follows from those that it read. */
static void
set_watched (Play *play,
             CfLink *link,
             const int accounts[2],
             const gint64 balances[2])
{
  g_autoptr (CfReplyTree) result = NULL;

  cf_link_add (link, "MULTI");
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *line = g_strdup_printf (
          "SET account:%d %" G_GINT64_FORMAT, accounts[i], balances[i]);

      cf_link_add (link, line);
    }
  cf_link_add (link, "EXEC");
  cf_link_send (link);
  for (guint i = 0; i < 3; i++)
    cf_reply_tree_free (cf_link_read (link));
  result = cf_link_read (link);
  if (result->kind == CF_REPLY_TREE_ARRAY)
    atomic_fetch_add (&play->n_written, 1);
}

static void
transfer_watching (Play *play, CfLink *link, GRand *chance)
{
  int accounts[2], amount = g_rand_int_range (chance, 1, 10);
  g_autofree char *watch = NULL, *look = NULL;
  g_autoptr (CfReplyTree) watched = NULL, reply = NULL;
  gint64 balances[2];

  pick_two (chance, &accounts[0], &accounts[1]);
  watch =
      g_strdup_printf ("WATCH account:%d account:%d", accounts[0], accounts[1]);
  look =
      g_strdup_printf ("MGET account:%d account:%d", accounts[0], accounts[1]);
  watched = cf_link_ask (link, watch);
  reply = cf_link_ask (link, look);
  balances[0] = balance (&reply->children[0]) - amount;
  balances[1] = balance (&reply->children[1]) + amount;
  set_watched (play, link, accounts, balances);
}

static void
test_blocks (void)
{
  play (transfer_in_block, read_sum);
}

static void
test_blocks_read_in_blocks (void)
{
  play (transfer_in_block, read_sum_in_block);
}

static void
test_watch (void)
{
  play (transfer_watching, read_sum);
}

/* ---- All or nothing ----------------------------------------------------- */

static void
write_all (Play *play, CfLink *link, GRand *chance)
{
  g_autoptr (GString) line =
      line_of_accounts ("MSET", g_rand_int_range (chance, 0, 1000000));

  cf_reply_tree_free (cf_link_ask (link, line->str));
  atomic_fetch_add (&play->n_written, 1);
}

static void
read_all (Play *play, CfLink *link, GRand *chance)
{
  g_autoptr (GString) line = line_of_accounts ("MGET", -1);
  g_autoptr (CfReplyTree) reply = cf_link_ask (link, line->str);

  for (gsize i = 1; i < reply->size; i++)
    g_assert_cmpint (balance (&reply->children[i]), ==,
                     balance (&reply->children[0]));
  atomic_fetch_add (&play->n_read, 1);
}

static void
test_all_or_nothing (void)
{
  play (write_all, read_all);
}

/* ---- One place or the other --------------------------------------------- */

static void
move_one (Play *play, CfLink *link, GRand *chance)
{
  gboolean back = g_rand_boolean (chance);

  cf_reply_tree_free (
      cf_link_ask (link, back ? "RENAME there here" : "RENAME here there"));
  cf_reply_tree_free (cf_link_ask (link, "SET here x NX"));
  cf_reply_tree_free (cf_link_ask (link, "DEL there"));
  atomic_fetch_add (&play->n_written, 1);
}

/* All commands of a block see one state. */
static void
read_one (Play *play, CfLink *link, GRand *chance)
{
  g_autoptr (CfReplyTree) reply = NULL;

  cf_link_add (link, "MULTI");
  cf_link_add (link, "EXISTS here there");
  cf_link_add (link, "MGET here there");
  cf_link_add (link, "EXISTS here");
  cf_link_add (link, "EXISTS there");
  cf_link_add (link, "EXEC");
  cf_link_send (link);
  for (guint i = 0; i < 5; i++)
    cf_reply_tree_free (cf_link_read (link));
  reply = cf_link_read (link);
  g_assert_cmpint (reply->children[0].integer, ==,
                   reply->children[2].integer + reply->children[3].integer);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (reply->children[1].children[i].kind ==
                         CF_REPLY_TREE_STRING,
                     ==, reply->children[2 + i].integer);
  atomic_fetch_add (&play->n_read, 1);
}

static void
test_block_sees_one_state (void)
{
  play (move_one, read_one);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/linear/transfers/blocks", test_blocks);
  g_test_add_func ("/linear/transfers/blocks-read-in-blocks",
                   test_blocks_read_in_blocks);
  g_test_add_func ("/linear/transfers/watch", test_watch);
  g_test_add_func ("/linear/transfers/all-or-nothing", test_all_or_nothing);
  g_test_add_func ("/linear/transfers/block-sees-one-state",
                   test_block_sees_one_state);
  return g_test_run ();
}
