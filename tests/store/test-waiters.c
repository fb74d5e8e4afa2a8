/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"
#include "store/waiters.h"

#define N_WAITERS 5

typedef struct
{
  guint refs;
  guint n_nudges;
  CfWaitLink links[2];
} Waiter;

typedef struct
{
  CfKeyspace *keyspace;
  CfHold hold;
  Waiter waiters[N_WAITERS];
} Fixture;

static void
on_ref (gpointer waiter)
{
  ((Waiter *) waiter)->refs++;
}

static void
on_nudge (gpointer waiter)
{
  ((Waiter *) waiter)->n_nudges++;
}

static const CfWaiterClass waiter_class = { on_ref, on_nudge };

static void
set_up (Fixture *self, gconstpointer data)
{
  self->keyspace = cf_keyspace_new (16, NULL);
  cf_hold_init (&self->hold, self->keyspace);
  for (guint i = 0; i < N_WAITERS; i++)
    for (guint j = 0; j < 2; j++)
      self->waiters[i].links[j] =
          (CfWaitLink){ .class = &waiter_class, .waiter = &self->waiters[i] };
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < N_WAITERS; i++)
    for (guint j = 0; j < 2; j++)
      cf_keyspace_unwait (self->keyspace, &self->waiters[i].links[j]);
  cf_hold_clear (&self->hold);
  cf_keyspace_free (self->keyspace);
}

static void
hold_key (Fixture *self, const CfKey *key, gboolean claim)
{
  gboolean held = claim ? cf_hold_claims (&self->hold, key, 1, NULL)
                        : cf_hold_slots (&self->hold, key, 1, NULL);

  g_assert_true (held);
}

static void
await (Fixture *self, guint i, guint j, guint db, const char *name)
{
  CfKey key = key_of_string (name);

  hold_key (self, &key, FALSE);
  cf_keyspace_wait (self->keyspace, &self->hold, db, &key,
                    &self->waiters[i].links[j]);
  cf_hold_release (&self->hold);
}

static CfReadiness
mark (Fixture *self, guint db, const char *name, gboolean gone)
{
  CfKey key = key_of_string (name);
  CfReadiness readiness;

  hold_key (self, &key, FALSE);
  readiness =
      cf_keyspace_mark_ready (self->keyspace, &self->hold, db, &key, gone);
  cf_hold_release (&self->hold);
  return readiness;
}

/* Goes through a queue; takes out the @drop-th, and with it the next, while it
 * is looked at.  Returns who had a turn, as letters. */
static char *
serve (Fixture *self, const char *name, gboolean claim, gboolean gone, int drop)
{
  GString *seen = g_string_new (NULL);
  CfKey key = key_of_string (name);
  CfWaitLink *link = NULL;
  guint round;

  hold_key (self, &key, claim);
  round = cf_keyspace_begin_serving (self->keyspace, &self->hold, 0, &key);
  while ((link = cf_keyspace_next_waiter (self->keyspace, &self->hold, 0, &key,
                                          round, gone, link)) != NULL)
    {
      gsize i = (gsize) ((Waiter *) link->waiter - self->waiters);

      g_string_append_c (seen, (char) ('a' + i));
      g_assert_cmpuint (self->waiters[i].refs--, ==, 1);
      if (drop-- != 0)
        continue;
      cf_keyspace_unwait_held (self->keyspace, &self->hold, link);
      if (i + 1 < N_WAITERS)
        cf_keyspace_unwait_held (self->keyspace, &self->hold,
                                 &self->waiters[i + 1].links[0]);
    }
  cf_hold_release (&self->hold);
  return g_string_free (seen, FALSE);
}

static void
test_waiters_order (Fixture *self, gconstpointer data)
{
  gboolean claim = data != NULL;
  g_autofree char *all = NULL, *while_dropping = NULL, *rest = NULL;

  for (guint i = 0; i < N_WAITERS; i++)
    await (self, i, 0, 0, "k");
  all = serve (self, "k", claim, FALSE, -1);
  g_assert_cmpstr (all, ==, "abcde");
  while_dropping = serve (self, "k", claim, FALSE, 1);
  g_assert_cmpstr (while_dropping, ==, "abde");
  rest = serve (self, "k", claim, FALSE, -1);
  g_assert_cmpstr (rest, ==, "ade");
}

static void
test_waiters_keys (Fixture *self, gconstpointer data)
{
  g_autofree char *of_k = NULL, *of_z = NULL, *left = NULL;

  await (self, 0, 0, 0, "{t}k");
  await (self, 0, 1, 0, "{t}z");
  await (self, 1, 0, 0, "{t}z");
  await (self, 2, 0, 5, "{t}z");
  of_k = serve (self, "{t}k", FALSE, FALSE, -1);
  of_z = serve (self, "{t}z", FALSE, FALSE, -1);
  g_assert_cmpstr (of_k, ==, "a");
  g_assert_cmpstr (of_z, ==, "ab");
  cf_keyspace_unwait (self->keyspace, &self->waiters[0].links[1]);
  left = serve (self, "{t}z", FALSE, FALSE, -1);
  g_assert_cmpstr (left, ==, "b");
}

/* Whoever names a key twice waits for it once. */
static void
test_waiters_twice (Fixture *self, gconstpointer data)
{
  g_autofree char *seen = NULL;

  await (self, 0, 0, 0, "k");
  await (self, 0, 1, 0, "k");
  seen = serve (self, "k", FALSE, FALSE, -1);
  g_assert_cmpstr (seen, ==, "a");
}

static void
test_waiters_ready (Fixture *self, gconstpointer data)
{
  g_autofree char *seen = NULL;

  g_assert_cmpint (mark (self, 0, "k", FALSE), ==, CF_READY_NOBODY);
  await (self, 0, 0, 0, "k");
  g_assert_cmpint (mark (self, 1, "k", FALSE), ==, CF_READY_NOBODY);
  g_assert_cmpint (mark (self, 0, "k", TRUE), ==, CF_READY_NOBODY);
  g_assert_cmpint (mark (self, 0, "k", FALSE), ==, CF_READY_NEWLY);
  g_assert_cmpint (mark (self, 0, "k", FALSE), ==, CF_READY_ALREADY);
  seen = serve (self, "k", FALSE, FALSE, -1);
  g_assert_cmpint (mark (self, 0, "k", FALSE), ==, CF_READY_NEWLY);
}

static void
test_waiters_gone (Fixture *self, gconstpointer data)
{
  CfKey key = key_of_string ("k");
  g_autofree char *all = NULL, *some = NULL;

  self->waiters[1].links[0].even_gone = TRUE;
  put (&self->hold, 0, "k", "v", NOW + 10);
  for (guint i = 0; i < 3; i++)
    await (self, i, 0, 0, "k");
  g_assert_cmpint (mark (self, 0, "k", TRUE), ==, CF_READY_NEWLY);
  all = serve (self, "k", FALSE, FALSE, -1);
  some = serve (self, "k", FALSE, TRUE, -1);
  g_assert_cmpstr (all, ==, "abc");
  g_assert_cmpstr (some, ==, "b");

  g_assert_cmpuint (cf_keyspace_expire_due (self->keyspace, NOW + 20, 10), ==,
                    1);
  g_assert_cmpuint (self->waiters[0].n_nudges, ==, 0);
  g_assert_cmpuint (self->waiters[1].n_nudges, ==, 1);
  cf_keyspace_nudge (self->keyspace, 0, &key);
  g_assert_cmpuint (self->waiters[0].n_nudges, ==, 1);
  g_assert_cmpuint (self->waiters[1].n_nudges, ==, 2);
}

static void
note (guint db, const CfKey *key, gpointer data)
{
  g_string_append_printf (data, "%u %.*s;", db, (int) key->bytes.size,
                          key->bytes.data);
}

static void
test_waiters_each (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) of_all = g_string_new (NULL);
  g_autoptr (GString) of_five = g_string_new (NULL);

  await (self, 0, 0, 3, "a");
  await (self, 1, 0, 5, "b");
  cf_keyspace_each_waited (self->keyspace, 5, note, of_five);
  cf_keyspace_each_waited (self->keyspace, -1, note, of_all);
  g_assert_cmpstr (of_five->str, ==, "5 b;");
  g_assert_nonnull (strstr (of_all->str, "3 a;"));
  g_assert_cmpuint (of_all->len, ==, 8);
}

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
#define ADD(name, data, function)                                              \
  g_test_add ("/store/waiters/" name, Fixture, data, set_up, function,         \
              tear_down)
  ADD ("order/slots", NULL, test_waiters_order);
  ADD ("order/claims", "claims", test_waiters_order);
  ADD ("keys", NULL, test_waiters_keys);
  ADD ("twice", NULL, test_waiters_twice);
  ADD ("ready", NULL, test_waiters_ready);
  ADD ("gone", NULL, test_waiters_gone);
  ADD ("each", NULL, test_waiters_each);
#undef ADD
  return g_test_run ();
}
