/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands on heaps of stones that wait in every way there is: TAKE a stone,
 * SHIFT one to another heap, LOOK until a heap has so many or is gone. */
#include "config.h"

#include "../commands/fixture.h"
#include "../types/pile.h"

#include "base/clock.h"
#include "base/number.h"
#include "commands/commands.h"
#include "engine/waiting.h"

static gint n_piles;

/* -- The commands --------------------------------------------------------- */

static gboolean
find_pile (CfCall *call, guint i, Pile **pile, GError **error)
{
  CfObject *object;

  if (!cf_call_write_object (call, i, CF_TYPE_LIST, &object, error))
    return FALSE;
  *pile = (Pile *) object;
  return TRUE;
}

static gboolean
add (CfCall *call, guint i, gsize n, GError **error)
{
  Pile *pile;

  if (!find_pile (call, i, &pile, error))
    return FALSE;
  if (pile != NULL)
    pile->n += n;
  else if (!cf_call_put_object (call, i, pile_new (n, &n_piles), CF_NO_DEADLINE,
                                error))
    return FALSE;
  cf_call_changed (call, i, CF_NOTIFY_LIST, "add");
  return TRUE;
}

static void
take (CfCall *call, guint i, Pile *pile)
{
  const CfSlice effect[] = { CF_SLICE ("TOOK"), call->argv[i] };

  if (--pile->n == 0)
    cf_call_remove (call, i);
  cf_call_changed (call, i, CF_NOTIFY_LIST, "take");
  cf_call_effect (call, effect, G_N_ELEMENTS (effect));
}

static gboolean
run_add (CfCall *call, GError **error)
{
  gint64 n;

  if (!cf_call_get_int (call, 2, &n, error) || !add (call, 1, (gsize) n, error))
    return FALSE;
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_take (CfCall *call, GError **error)
{
  guint n_keys = call->argc - 2, only = cf_call_ready_key (call);
  gint64 deadline_ms;

  if (!cf_call_get_timeout (call, call->argc - 1, &deadline_ms, error))
    return FALSE;
  for (guint i = 1; i <= n_keys; i++)
    {
      Pile *pile;

      if (only != 0 && i != only)
        continue;
      if (!find_pile (call, i, &pile, error))
        return FALSE;
      if (pile == NULL)
        continue;
      take (call, i, pile);
      cf_reply_bulk (&call->reply, call->argv[i]);
      return TRUE;
    }
  return cf_call_block (call, 1, n_keys, deadline_ms, error);
}

static gboolean
run_shift (CfCall *call, GError **error)
{
  gint64 deadline_ms;
  Pile *pile, *other;

  if (!cf_call_get_timeout_ms (call, 3, &deadline_ms, error) ||
      !find_pile (call, 1, &pile, error))
    return FALSE;
  if (pile == NULL)
    return cf_call_block (call, 1, 1, deadline_ms, error);
  if (!find_pile (call, 2, &other, error))
    return FALSE;
  take (call, 1, pile);
  if (!add (call, 2, 1, error))
    return FALSE;
  cf_reply_bulk (&call->reply, call->argv[2]);
  return TRUE;
}

static gboolean
is_enough (CfCall *call)
{
  gint64 wanted;
  Pile *pile;

  return cf_call_get_int (call, 2, &wanted, NULL) &&
         find_pile (call, 1, &pile, NULL) && pile != NULL &&
         (gint64) pile->n >= wanted;
}

static gboolean
run_look (CfCall *call, GError **error)
{
  if (is_enough (call))
    cf_reply_ok (&call->reply);
  else if (cf_call_ready_key (call) != 0)
    return cf_throw (error, CF_ERROR_FAILED, "it is gone");
  else
    return cf_call_block (call, 1, 1, G_MAXINT64, error);
  return TRUE;
}

static const CfCommand commands[] = {
  {
      .name = "ADD",
      .summary = "Does so with stones.",
      .run = run_add,
      .arity = 3,
      .flags = CF_COMMAND_WRITE,
      .keys = { CF_ONE_KEY ("RW insert") },
  },
  {
      .name = "ADDLONG",
      .summary = "Does so with stones.",
      .run = run_add,
      .arity = 3,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_LONG,
      .keys = { CF_ONE_KEY ("RW insert") },
  },
  {
      .name = "LOOK",
      .summary = "Does so with stones.",
      .run = run_look,
      .arity = 3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BLOCKING,
      .waits = { .type = CF_TYPE_LIST,
                 .even_gone = TRUE,
                 .is_ready = is_enough },
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "SHIFT",
      .summary = "Does so with stones.",
      .run = run_shift,
      .arity = 4,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_BLOCKING,
      .waits = { .type = CF_TYPE_LIST, .null_string = TRUE },
      .keys = { CF_ONE_KEY ("RW access delete"), CF_KEY_AT ("RW insert", 2) },
  },
  {
      .name = "TAKE",
      .summary = "Does so with stones.",
      .run = run_take,
      .arity = -3,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_BLOCKING,
      .waits = { .type = CF_TYPE_LIST },
      .keys = { { .flags = "RW access delete",
                  .first = 1,
                  .last = -2,
                  .step = 1 } },
  },
};

static const CfFamily stones = { "stones", commands, G_N_ELEMENTS (commands) };

static const CfFamily *const families[] = {
  &cf_client_family, &cf_connection_family,  &cf_database_family,
  &cf_expire_family, &cf_key_family,         &stones,
  &cf_string_family, &cf_transaction_family, NULL,
};

/* -- Tests ---------------------------------------------------------------- */

/* @client waits, and is sent nothing. */
static void
assert_blocks (Fixture *fixture, guint client, const char *line)
{
  guint n = fixture->engine->blocked_clients;

  assert_reply_to (fixture, client, line, "");
  g_assert_cmpuint (fixture->engine->blocked_clients, ==, n + 1);
  g_assert_true (fixture->clients[client].flags & CF_SESSION_BLOCKED);
}

static void
test_waiting_served (Fixture *fixture, gconstpointer data)
{
  const char *add = data;
  g_autofree char *line = g_strconcat (add, " k 2", NULL);
  g_autofree char *records = g_strconcat (line, "\nTOOK k\nTOOK k\n", NULL);

  assert_blocks (fixture, 1, "TAKE a k 0");
  assert_blocks (fixture, 2, "TAKE k k z 0");
  assert_blocks (fixture, 3, "TAKE z k 0");
  assert_reply (fixture, line, "+OK\r\n");
  assert_events (fixture, "add k\ntake k\ntake k\n");
  assert_records (fixture, records);
  assert_reply (fixture, "EXISTS k", ":0\r\n");
  /* Other keys of those who were served are as if they had never waited, even
   * if their loop has not yet come to it. */
  assert_reply (fixture, "ADD a 1", "+OK\r\n");
  assert_reply (fixture, "EXISTS a", ":1\r\n");
  assert_late_reply_to (fixture, 1, "$1\r\nk\r\n");
  assert_late_reply_to (fixture, 2, "$1\r\nk\r\n");
  assert_late_reply_to (fixture, 3, "");
  assert_reply (fixture, "ADD z 1", "+OK\r\n");
  assert_late_reply_to (fixture, 3, "$1\r\nz\r\n");
  g_assert_cmpuint (fixture->engine->blocked_clients, ==, 0);
}

static void
test_waiting_at_once (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "ADD k 2", "+OK\r\n");
  assert_reply (fixture, "TAKE a k 0", "$1\r\nk\r\n");
  assert_reply (fixture, "SET s v", "+OK\r\n");
  assert_reply (fixture, "TAKE s k 0",
                "-WRONGTYPE Operation against a key holding the wrong kind of "
                "value\r\n");
  assert_reply (fixture, "MULTI", "+OK\r\n");
  assert_reply (fixture, "TAKE a 0", "+QUEUED\r\n");
  assert_reply (fixture, "SHIFT a b 0", "+QUEUED\r\n");
  assert_reply (fixture, "TAKE k 0", "+QUEUED\r\n");
  assert_reply (fixture, "EXEC", "*3\r\n*-1\r\n$-1\r\n$1\r\nk\r\n");
}

static void
test_waiting_timeouts (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "TAKE k x", "-ERR timeout is not a float or out of range\r\n" },
    { "TAKE k -1", "-ERR timeout is negative\r\n" },
    { "TAKE k 1e16", "-ERR timeout is negative\r\n" },
    { "TAKE k 9223372036854776", "-ERR timeout is negative\r\n" },
    { "SHIFT k z 1.5", "-ERR timeout is not an integer or out of range\r\n" },
    { "SHIFT k z -1", "-ERR timeout is negative\r\n" },
  };
  gint64 before_ms;

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  before_ms = cf_clock_wall_ms ();
  assert_blocks (fixture, 1, "TAKE k 10.0001");
  g_assert_cmpint (fixture->clients[1].park.deadline_ms, >=, before_ms + 10001);
  g_assert_cmpint (fixture->clients[1].park.deadline_ms, <=,
                   cf_clock_wall_ms () + 10001);
  fixture_resume (fixture, 1, CF_WAKE_TIMEOUT);
  assert_late_reply_to (fixture, 1, "*-1\r\n");
  assert_blocks (fixture, 1, "SHIFT k z 0");
  g_assert_cmpint (fixture->clients[1].park.deadline_ms, ==, G_MAXINT64);
  fixture_resume (fixture, 1, CF_WAKE_TIMEOUT);
  assert_late_reply_to (fixture, 1, "*-1\r\n");
  /* Neither of these times ever comes. */
  assert_blocks (fixture, 1, "SHIFT k z 9223372036854775807");
  g_assert_cmpint (fixture->clients[1].park.deadline_ms, ==, G_MAXINT64);
  fixture_resume (fixture, 1, CF_WAKE_TIMEOUT);
  assert_late_reply_to (fixture, 1, "*-1\r\n");
  assert_blocks (fixture, 1, "TAKE k 9223372036854775");
  g_assert_cmpint (fixture->clients[1].park.deadline_ms, ==, G_MAXINT64);
  fixture_resume (fixture, 1, CF_WAKE_TIMEOUT);
  assert_late_reply_to (fixture, 1, "*-1\r\n");
  assert_reply (fixture, "ADD k 1", "+OK\r\n");
  assert_reply (fixture, "EXISTS k", ":1\r\n");
}

static void
test_waiting_unblock (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "CLIENT UNBLOCK 2", ":0\r\n");
  assert_blocks (fixture, 1, "TAKE k 0");
  assert_reply (fixture, "CLIENT UNBLOCK 2", ":1\r\n");
  assert_reply (fixture, "CLIENT UNBLOCK 2", ":0\r\n");
  assert_reply (fixture, "ADD k 1", "+OK\r\n");
  assert_late_reply_to (fixture, 1, "*-1\r\n");
  assert_reply (fixture, "DEL k", ":1\r\n");

  assert_blocks (fixture, 1, "TAKE k 0");
  assert_reply (fixture, "CLIENT UNBLOCK 2 ERROR", ":1\r\n");
  assert_late_reply_to (fixture, 1,
                        "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
  /* It does not hit the next wait. */
  assert_blocks (fixture, 1, "TAKE k 0");
  assert_late_reply_to (fixture, 1, "");
  assert_reply (fixture, "ADD k 1", "+OK\r\n");
  assert_reply (fixture, "CLIENT UNBLOCK 2", ":0\r\n");
  /* Nor does a timeout, when it is served already. */
  fixture_resume (fixture, 1, CF_WAKE_TIMEOUT);
  assert_late_reply_to (fixture, 1, "$1\r\nk\r\n");
}

static void
test_waiting_gone (Fixture *fixture, gconstpointer data)
{
  assert_blocks (fixture, 1, "TAKE k 0");
  assert_blocks (fixture, 2, "TAKE k 0");
  cf_executor_forget (fixture->engine, &fixture->clients[1]);
  g_assert_cmpuint (fixture->engine->blocked_clients, ==, 1);
  assert_reply (fixture, "ADD k 1", "+OK\r\n");
  assert_late_reply_to (fixture, 2, "$1\r\nk\r\n");
}

/* What counts is what is there when the whole block has run. */
static void
test_waiting_block (Fixture *fixture, gconstpointer data)
{
  assert_blocks (fixture, 1, "TAKE a b 0");
  assert_reply (fixture, "MULTI", "+OK\r\n");
  assert_reply (fixture, "ADD a 1", "+QUEUED\r\n");
  assert_reply (fixture, "DEL a", "+QUEUED\r\n");
  assert_reply (fixture, "SET a v", "+QUEUED\r\n");
  assert_reply (fixture, "EXEC", "*3\r\n+OK\r\n:1\r\n+OK\r\n");
  assert_late_reply_to (fixture, 1, "");
  assert_reply (fixture, "DEL a", ":1\r\n");
  assert_reply (fixture, "MULTI", "+OK\r\n");
  assert_reply (fixture, "ADD b 1", "+QUEUED\r\n");
  assert_reply (fixture, "ADD a 1", "+QUEUED\r\n");
  assert_reply (fixture, "ADD b 1", "+QUEUED\r\n");
  assert_reply (fixture, "EXEC", "*3\r\n+OK\r\n+OK\r\n+OK\r\n");
  assert_late_reply_to (fixture, 1, "$1\r\nb\r\n");
}

/* A key comes to be in other ways, too. */
static void
test_waiting_appears (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "ADD a 1", "+OK\r\n");
  assert_blocks (fixture, 1, "TAKE k 0");
  assert_reply (fixture, "RENAME a k", "+OK\r\n");
  assert_late_reply_to (fixture, 1, "$1\r\nk\r\n");

  assert_reply (fixture, "ADD a 1", "+OK\r\n");
  assert_blocks (fixture, 1, "TAKE k 0");
  assert_reply (fixture, "COPY a k", ":1\r\n");
  assert_late_reply_to (fixture, 1, "$1\r\nk\r\n");

  assert_reply_to (fixture, 1, "SELECT 3", "+OK\r\n");
  assert_blocks (fixture, 1, "TAKE a 0");
  assert_reply (fixture, "MOVE a 3", ":1\r\n");
  assert_late_reply_to (fixture, 1, "$1\r\na\r\n");

  assert_reply (fixture, "ADD a 1", "+OK\r\n");
  assert_blocks (fixture, 1, "TAKE a 0");
  assert_reply (fixture, "SWAPDB 3 0", "+OK\r\n");
  assert_late_reply_to (fixture, 1, "$1\r\na\r\n");
}

static char *
bulk_of (const char *word)
{
  return g_strdup_printf ("$%d\r\n%s\r\n", (int) strlen (word), word);
}

/* One that is served makes another key ready. */
static void
test_waiting_chain (Fixture *fixture, gconstpointer data)
{
  const char *const *keys = data;
  g_autofree char *first = g_strdup_printf ("SHIFT %s %s 0", keys[0], keys[1]);
  g_autofree char *second = g_strdup_printf ("SHIFT %s %s 0", keys[1], keys[2]);
  g_autofree char *third = g_strdup_printf ("TAKE %s 0", keys[2]);
  g_autofree char *add = g_strdup_printf ("ADD %s 1", keys[0]);
  g_autofree char *reply = bulk_of (keys[1]);
  g_autofree char *next = bulk_of (keys[2]);

  assert_blocks (fixture, 1, first);
  assert_blocks (fixture, 2, second);
  assert_blocks (fixture, 3, third);
  assert_reply (fixture, add, "+OK\r\n");
  assert_late_reply_to (fixture, 1, reply);
  assert_late_reply_to (fixture, 2, next);
  assert_late_reply_to (fixture, 3, next);
  g_assert_cmpuint (cf_keyspace_size (fixture->engine->keyspace, 0), ==, 0);
}

/* What one that is served makes ready has its turn when all who wait for the
 * first key have had theirs. */
static void
test_waiting_breadth_first (Fixture *fixture, gconstpointer data)
{
  const char *const *keys = data;
  g_autofree char *first = g_strdup_printf ("SHIFT %s %s 0", keys[0], keys[1]);
  g_autofree char *second = g_strdup_printf ("SHIFT %s %s 0", keys[0], keys[2]);
  g_autofree char *third = g_strdup_printf ("TAKE %s %s 0", keys[0], keys[1]);
  g_autofree char *add = g_strdup_printf ("ADD %s 3", keys[0]);
  g_autofree char *reply = bulk_of (keys[0]);

  assert_blocks (fixture, 1, first);
  assert_blocks (fixture, 2, second);
  assert_blocks (fixture, 3, third);
  assert_reply (fixture, add, "+OK\r\n");
  assert_late_reply_to (fixture, 3, reply);
  g_assert_cmpuint (cf_keyspace_size (fixture->engine->keyspace, 0), ==, 2);
}

static void
test_waiting_wrong_destination (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SET s v", "+OK\r\n");
  assert_blocks (fixture, 1, "SHIFT k s 0");
  assert_blocks (fixture, 2, "TAKE k 0");
  assert_reply (fixture, "ADD k 1", "+OK\r\n");
  assert_late_reply_to (fixture, 1,
                        "-WRONGTYPE Operation against a key holding the wrong "
                        "kind of value\r\n");
  assert_late_reply_to (fixture, 2, "$1\r\nk\r\n");
}

/* The destination is claimed by another: the waiter keeps its place, and those
 * behind it are served meanwhile. */
static void
test_waiting_put_off (Fixture *fixture, gconstpointer data)
{
  CfKey key = cf_key (CF_SLICE ("z"));
  CfHold other;

  cf_hold_init (&other, fixture->engine->keyspace);
  assert_blocks (fixture, 1, "SHIFT k z 0");
  assert_blocks (fixture, 2, "TAKE k 0");
  g_assert_true (cf_hold_claims (&other, &key, 1, NULL));
  assert_reply (fixture, "ADD k 2", "+OK\r\n");
  assert_late_reply_to (fixture, 1, "");
  assert_late_reply_to (fixture, 2, "$1\r\nk\r\n");
  assert_reply (fixture, "EXISTS k", ":1\r\n");
  cf_hold_release (&other);
  assert_late_reply_to (fixture, 1, "$1\r\nz\r\n");
  assert_reply (fixture, "EXISTS k", ":0\r\n");
  cf_hold_clear (&other);
}

static void
test_waiting_look (Fixture *fixture, gconstpointer data)
{
  assert_blocks (fixture, 1, "LOOK k 3");
  assert_blocks (fixture, 2, "LOOK k 2");
  assert_blocks (fixture, 3, "LOOK k 9");
  assert_reply (fixture, "ADD k 1", "+OK\r\n");
  assert_late_reply_to (fixture, 2, "");
  assert_reply (fixture, "ADD k 1", "+OK\r\n");
  assert_late_reply_to (fixture, 1, "");
  assert_late_reply_to (fixture, 2, "+OK\r\n");
  assert_reply (fixture, "ADD k 1", "+OK\r\n");
  assert_late_reply_to (fixture, 1, "+OK\r\n");
  assert_blocks (fixture, 1, "TAKE z 0");
  assert_reply (fixture, "DEL k", ":1\r\n");
  assert_late_reply_to (fixture, 3, "-ERR it is gone\r\n");

  assert_reply (fixture, "ADD k 1", "+OK\r\n");
  assert_blocks (fixture, 2, "LOOK k 5");
  assert_blocks (fixture, 3, "LOOK k 6");
  assert_reply (fixture, "SET k v", "+OK\r\n");
  assert_late_reply_to (fixture, 2, "-ERR it is gone\r\n");
  assert_late_reply_to (fixture, 3, "-ERR it is gone\r\n");
}

static void
test_waiting_vanished (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "ADD k 1", "+OK\r\n");
  assert_blocks (fixture, 2, "LOOK k 5");
  assert_reply (fixture, "FLUSHALL", "+OK\r\n");
  assert_late_reply_to (fixture, 2, "-ERR it is gone\r\n");
  assert_reply (fixture, "ADD k 1", "+OK\r\n");
  assert_blocks (fixture, 2, "LOOK k 5");
  assert_reply (fixture, "PEXPIRE k 1", ":1\r\n");
  while (cf_keyspace_expire_due (fixture->engine->keyspace, cf_clock_wall_ms (),
                                 1) == 0)
    ;
  assert_late_reply_to (fixture, 2, "-ERR it is gone\r\n");
}

static void
test_waiting_reply_mode (Fixture *fixture, gconstpointer data)
{
  assert_reply_to (fixture, 1, "CLIENT REPLY SKIP", "");
  assert_blocks (fixture, 1, "TAKE k 0");
  assert_reply (fixture, "ADD k 2", "+OK\r\n");
  assert_late_reply_to (fixture, 1, "");
  assert_reply_to (fixture, 1, "TAKE k 0", "$1\r\nk\r\n");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fixture_tear_down (fixture, data);
  g_assert_cmpint (g_atomic_int_get (&n_piles), ==, 0);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture_set_up (fixture, families);
}

int
main (int argc, char **argv)
{
  static const char *const in_one_slot[] = { "{t}a", "{t}b", "{t}c" };
  static const char *const ascending[] = { "b", "c", "a" };
  static const char *const descending[] = { "a", "c", "b" };

  fixture_init (&argc, &argv);
#define ADD(name, data, function)                                              \
  g_test_add ("/engine/waiting/" name, Fixture, data, set_up, function,        \
              tear_down)
  ADD ("served/slots", "ADD", test_waiting_served);
  ADD ("served/claims", "ADDLONG", test_waiting_served);
  ADD ("at-once", NULL, test_waiting_at_once);
  ADD ("timeouts", NULL, test_waiting_timeouts);
  ADD ("unblock", NULL, test_waiting_unblock);
  ADD ("gone", NULL, test_waiting_gone);
  ADD ("block", NULL, test_waiting_block);
  ADD ("appears", NULL, test_waiting_appears);
  ADD ("chain/one-slot", in_one_slot, test_waiting_chain);
  ADD ("chain/ascending", ascending, test_waiting_chain);
  ADD ("chain/descending", descending, test_waiting_chain);
  ADD ("breadth-first/one-slot", in_one_slot, test_waiting_breadth_first);
  ADD ("breadth-first/ascending", ascending, test_waiting_breadth_first);
  ADD ("breadth-first/descending", descending, test_waiting_breadth_first);
  ADD ("wrong-destination", NULL, test_waiting_wrong_destination);
  ADD ("put-off", NULL, test_waiting_put_off);
  ADD ("look", NULL, test_waiting_look);
  ADD ("vanished", NULL, test_waiting_vanished);
  ADD ("reply-mode", NULL, test_waiting_reply_mode);
#undef ADD
  return g_test_run ();
}
