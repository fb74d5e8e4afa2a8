/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/pause.h"

static void
test_pause_modes (void)
{
  g_autoptr (CfPause) pause = cf_pause_new ();

  g_assert_false (cf_pause_applies (pause, TRUE, 0));
  cf_pause_start (pause, CF_PAUSE_WRITE, 1000);
  g_assert_true (cf_pause_applies (pause, TRUE, 999));
  g_assert_false (cf_pause_applies (pause, FALSE, 999));
  cf_pause_start (pause, CF_PAUSE_ALL, 500);
  g_assert_true (cf_pause_applies (pause, FALSE, 999));
  g_assert_cmpint (cf_pause_deadline (pause), ==, 1000);
}

/* Whoever asks after its end finds that it is over, and a new one may be
 * shorter and laxer. */
static void
test_pause_ends_by_itself (void)
{
  g_autoptr (CfPause) pause = cf_pause_new ();

  cf_pause_start (pause, CF_PAUSE_ALL, 1000);
  g_assert_false (cf_pause_applies (pause, TRUE, 1000));
  cf_pause_start (pause, CF_PAUSE_WRITE, 900);
  g_assert_cmpint (cf_pause_deadline (pause), ==, 900);
  g_assert_false (cf_pause_applies (pause, FALSE, 0));
  g_assert_true (cf_pause_applies (pause, TRUE, 0));
}

static gint n_woken;

static void
on_wake (CfSession *session, guint serial, CfWakeReason reason)
{
  g_assert_cmpuint (serial, ==, CF_PARK_ANY);
  g_assert_cmpint (reason, ==, CF_WAKE_RETRY);
  n_woken++;
}

static void
on_free (CfSession *session)
{
}

static void
test_pause_wakes (void)
{
  static const CfSessionOps ops = { .wake = on_wake, .free = on_free };
  const CfSlice word = CF_SLICE ("SET");
  g_autoptr (CfPause) pause = cf_pause_new ();
  g_autoptr (CfSessions) sessions = cf_sessions_new ();
  CfSession waiting = { 0 }, other = { 0 };

  cf_session_init (&waiting, &ops);
  cf_session_init (&other, &ops);
  cf_sessions_add (sessions, &waiting);
  cf_sessions_add (sessions, &other);
  cf_session_park (&waiting, CF_PARK_PAUSE, 1000,
                   cf_args_try_new (&word, 1, NULL));
  cf_pause_start (pause, CF_PAUSE_ALL, 1000);
  cf_pause_end (pause, sessions);
  g_assert_cmpint (n_woken, ==, 1);
  g_assert_false (cf_pause_applies (pause, TRUE, 0));
  cf_sessions_remove (sessions, &waiting);
  cf_sessions_remove (sessions, &other);
  cf_session_clear (&waiting);
  cf_session_clear (&other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/pause/modes", test_pause_modes);
  g_test_add_func ("/engine/pause/ends-by-itself", test_pause_ends_by_itself);
  g_test_add_func ("/engine/pause/wakes", test_pause_wakes);
  return g_test_run ();
}
