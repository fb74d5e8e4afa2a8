/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/session.h"

static gint n_freed;
static guint woken_serial;
static CfWakeReason woken_reason;

static void
on_free (CfSession *session)
{
  n_freed++;
}

static void
on_wake (CfSession *session, guint serial, CfWakeReason reason)
{
  woken_serial = serial;
  woken_reason = reason;
}

static const CfSessionOps ops = { .wake = on_wake, .free = on_free };

static CfArgs *
some_args (void)
{
  const CfSlice word = CF_SLICE ("PING");

  return cf_args_try_new (&word, 1, NULL);
}

static void
test_session_park (void)
{
  CfSession session = { 0 };
  guint serial;
  CfArgs *args;

  cf_session_init (&session, &ops);
  serial = session.park.serial;
  cf_session_park (&session, CF_PARK_BLOCK, 1234, some_args ());
  g_assert_cmpint (session.park.deadline_ms, ==, 1234);
  g_assert_true (session.shown_flags & CF_SESSION_BLOCKED);
  args = cf_session_unpark (&session, CF_WAKE_TIMEOUT);
  g_assert_true (cf_slice_equal (args->argv[0], CF_SLICE ("PING")));
  g_assert_cmpuint (session.park.serial, ==, serial + 1);
  g_assert_cmpint (session.park.reason, ==, CF_WAKE_TIMEOUT);
  g_assert_cmpint (session.park.kind, ==, CF_PARK_NONE);
  g_assert_false (session.flags & CF_SESSION_BLOCKED);
  cf_args_free (args);
  cf_session_clear (&session);
}

/* A waiter remembers which parking it is for, and holds a reference. */
static void
test_session_waiter (void)
{
  CfSession session = { 0 };
  CfWaiter waiter;
  gpointer wait;

  cf_session_init (&session, &ops);
  session.park.serial = 7;
  waiter = cf_session_waiter (&session);
  wait = waiter.ref (waiter.waiter);
  g_assert_cmpuint (session.refs, ==, 2);
  waiter.wake (wait);
  g_assert_cmpuint (session.refs, ==, 1);
  g_assert_cmpuint (woken_serial, ==, 7);
  g_assert_cmpint (woken_reason, ==, CF_WAKE_RETRY);
  cf_session_clear (&session);
}

/* CLIENT UNBLOCK ends the wait that it met, and no later one. */
static void
test_session_unblock (void)
{
  CfSession session = { 0 };

  cf_session_init (&session, &ops);
  g_assert_false (cf_session_unblock (&session, FALSE));
  session.park.serial = CF_PARK_ANY - 1;
  for (guint i = 0; i < 2; i++)
    {
      guint serial = session.park.serial;

      /* No parking is numbered as any of them. */
      g_assert_cmpuint (serial, !=, CF_PARK_ANY);
      cf_session_park (&session, CF_PARK_BLOCK, G_MAXINT64, NULL);
      g_assert_true (cf_session_unblock (&session, TRUE));
      g_assert_cmpuint (woken_serial, ==, serial);
      g_assert_cmpint (woken_reason, ==, CF_WAKE_ERROR);
      g_assert_null (cf_session_unpark (&session, CF_WAKE_ERROR));
      g_assert_cmpuint (session.park.serial, !=, serial);
      g_assert_false (cf_session_unblock (&session, TRUE));
    }
  cf_session_clear (&session);
}

static void
test_session_references (void)
{
  CfSession session = { 0 };

  cf_session_init (&session, &ops);
  n_freed = 0;
  cf_session_unref (cf_session_ref (&session));
  g_assert_cmpint (n_freed, ==, 0);
  cf_session_unref (&session);
  g_assert_cmpint (n_freed, ==, 1);
  cf_session_unref (NULL);
  cf_session_clear (&session);
}

static void
test_session_name (void)
{
  g_autofree char *name = NULL;
  CfSession session = { 0 };

  cf_session_init (&session, &ops);
  g_assert_null (cf_session_dup_name (&session));
  cf_session_set_name (&session, "me");
  name = cf_session_dup_name (&session);
  g_assert_cmpstr (name, ==, "me");
  cf_session_set_name (&session, NULL);
  g_assert_null (cf_session_dup_name (&session));
  cf_session_clear (&session);
}

static void
test_session_table (void)
{
  g_autoptr (CfSessions) table = cf_sessions_new ();
  CfSession sessions[3] = { { 0 } };
  g_autoptr (GPtrArray) all = NULL;
  CfSession *found;

  for (gsize i = 0; i < G_N_ELEMENTS (sessions); i++)
    {
      cf_session_init (&sessions[i], &ops);
      cf_sessions_add (table, &sessions[i]);
    }
  g_assert_cmpuint (cf_sessions_n (table), ==, 3);
  all = cf_sessions_list (table);
  g_assert_cmpuint (all->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_true (g_ptr_array_index (all, i) == &sessions[i]);
  found = cf_sessions_find (table, sessions[1].id);
  g_assert_true (found == &sessions[1]);
  cf_session_unref (found);
  g_assert_null (cf_sessions_find (table, 99));
  g_ptr_array_set_size (all, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (sessions); i++)
    {
      cf_sessions_remove (table, &sessions[i]);
      cf_session_clear (&sessions[i]);
    }
  g_assert_cmpuint (cf_sessions_n (table), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/session/park", test_session_park);
  g_test_add_func ("/engine/session/waiter", test_session_waiter);
  g_test_add_func ("/engine/session/unblock", test_session_unblock);
  g_test_add_func ("/engine/session/references", test_session_references);
  g_test_add_func ("/engine/session/name", test_session_name);
  g_test_add_func ("/engine/session/table", test_session_table);
  return g_test_run ();
}
