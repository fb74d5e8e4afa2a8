/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/handshake-turns.h"

#define FIRST 7

/* Those there are came a millisecond apart, from 0 on. */
typedef struct
{
  CfHandshakeTurns turns;
  CfHandshakeTurn turn[5];
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  cf_handshake_turns_init (&self->turns, FIRST - 1);
  for (guint i = 0; i < G_N_ELEMENTS (self->turn); i++)
    cf_handshake_turns_add (&self->turns, &self->turn[i], i);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  cf_handshake_turns_clear (&self->turns);
}

static void
test_find (Fixture *self, gconstpointer data)
{
  g_assert_cmpuint (self->turns.all.length, ==, G_N_ELEMENTS (self->turn));
  for (guint i = 0; i < G_N_ELEMENTS (self->turn); i++)
    g_assert_true (cf_handshake_turns_find (&self->turns, FIRST + i) ==
                   &self->turn[i]);
  g_assert_null (cf_handshake_turns_find (&self->turns, FIRST - 1));
  g_assert_null (cf_handshake_turns_remove (&self->turns, &self->turn[1]));
  g_assert_null (cf_handshake_turns_find (&self->turns, FIRST + 1));
  g_assert_cmpuint (self->turns.all.length, ==, 4);
}

/* Who comes when too many have begun waits, and is called when one goes. */
static void
test_begin (Fixture *self, gconstpointer data)
{
  CfHandshakeTurn *turn = self->turn;

  g_assert_true (cf_handshake_turns_begin (&self->turns, &turn[0], 2));
  g_assert_true (cf_handshake_turns_begin (&self->turns, &turn[1], 2));
  g_assert_false (cf_handshake_turns_begin (&self->turns, &turn[3], 2));
  g_assert_false (cf_handshake_turns_begin (&self->turns, &turn[2], 2));
  g_assert_true (cf_handshake_turns_begin (&self->turns, &turn[0], 2));
  g_assert_cmpuint (self->turns.waiting.length, ==, 2);

  g_assert_true (cf_handshake_turns_remove (&self->turns, &turn[0]) ==
                 &turn[3]);
  g_assert_false (turn[3].is_waiting);
  g_assert_true (cf_handshake_turns_begin (&self->turns, &turn[3], 2));
  g_assert_true (cf_handshake_turns_remove (&self->turns, &turn[1]) ==
                 &turn[2]);
  g_assert_null (cf_handshake_turns_remove (&self->turns, &turn[3]));
}

/* Who waits may go as well; nobody is called in its place. */
static void
test_remove_waiting (Fixture *self, gconstpointer data)
{
  CfHandshakeTurn *turn = self->turn;

  g_assert_true (cf_handshake_turns_begin (&self->turns, &turn[0], 1));
  g_assert_false (cf_handshake_turns_begin (&self->turns, &turn[1], 1));
  g_assert_null (cf_handshake_turns_remove (&self->turns, &turn[1]));
  g_assert_cmpuint (self->turns.waiting.length, ==, 0);
  g_assert_null (cf_handshake_turns_remove (&self->turns, &turn[0]));
}

static void
test_oldest (Fixture *self, gconstpointer data)
{
  const GQueue *all = &self->turns.all;
  CfHandshakeTurn *turn = self->turn;

  g_assert_null (cf_handshake_turns_oldest (all, -1));
  g_assert_true (cf_handshake_turns_oldest (all, 0) == &turn[0]);
  turn[0].is_busy = turn[1].is_busy = TRUE;
  g_assert_null (cf_handshake_turns_oldest (all, 1));
  g_assert_true (cf_handshake_turns_oldest (all, 2) == &turn[2]);

  g_assert_null (cf_handshake_turns_oldest (&self->turns.begun, G_MAXINT64));
  g_assert_true (cf_handshake_turns_begin (&self->turns, &turn[4], 2));
  g_assert_true (cf_handshake_turns_begin (&self->turns, &turn[3], 2));
  g_assert_true (cf_handshake_turns_oldest (&self->turns.begun, 4) == &turn[4]);
  g_assert_null (cf_handshake_turns_oldest (&self->turns.begun, 3));
}

#define ADD(path, function)                                                    \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/net/handshake-turns/find", test_find);
  ADD ("/net/handshake-turns/begin", test_begin);
  ADD ("/net/handshake-turns/remove-waiting", test_remove_waiting);
  ADD ("/net/handshake-turns/oldest", test_oldest);
  return g_test_run ();
}
