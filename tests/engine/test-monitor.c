/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/monitor.h"

static GString *sent;

static void
on_send (CfSession *session, CfBlob *bytes)
{
  g_string_append_len (sent, bytes->data, (gssize) bytes->size);
}

static void
on_free (CfSession *session)
{
}

static const CfSessionOps ops = { .send = on_send, .free = on_free };

static void
test_monitor_lines (void)
{
  g_autoptr (CfMonitors) monitors = cf_monitors_new ();
  const CfSlice words[] = { CF_SLICE ("AUTH"),
                            CF_SLICE ("a\"\\\n\r\t\a\b\x01\xff"),
                            CF_SLICE ("secret"), CF_SLICE ("") };
  CfSession session = { 0 }, from = { 0 };

  sent = g_string_new (NULL);
  cf_session_init (&session, &ops);
  cf_session_init (&from, &ops);
  from.address = g_strdup ("127.0.0.1:7");
  g_assert_false (cf_monitors_any (monitors));
  cf_monitors_add (monitors, &session);
  cf_monitors_add (monitors, &session);
  g_assert_true (cf_monitors_any (monitors));
  cf_monitors_feed (monitors, &from, 3, words, G_N_ELEMENTS (words), 1 << 2,
                    1234567890);
  g_assert_cmpstr (sent->str, ==,
                   "+1234.567890 [3 127.0.0.1:7] \"AUTH\" "
                   "\"a\\\"\\\\\\n\\r\\t\\a\\b\\x01\\xff\" \"(redacted)\" "
                   "\"\"\r\n");
  cf_monitors_remove (monitors, &from);
  g_assert_true (cf_monitors_any (monitors));
  cf_monitors_remove (monitors, &session);
  g_assert_false (cf_monitors_any (monitors));
  cf_session_clear (&session);
  cf_session_clear (&from);
  g_string_free (sent, TRUE);
}

static void
feed (CfMonitors *monitors, CfSession *from)
{
  const CfSlice word = CF_SLICE ("PING");

  g_string_truncate (sent, 0);
  cf_monitors_feed (monitors, from, 0, &word, 1, 0, 0);
}

/* CLIENT REPLY OFF is for what a monitor is shown, too; its own commands find
 * that at once, those of others as it is published. */
static void
test_monitor_muted (void)
{
  g_autoptr (CfMonitors) monitors = cf_monitors_new ();
  CfSession session = { 0 }, from = { 0 };

  sent = g_string_new (NULL);
  cf_session_init (&session, &ops);
  cf_session_init (&from, &ops);
  cf_monitors_add (monitors, &session);
  session.flags |= CF_SESSION_REPLY_OFF;
  feed (monitors, &session);
  g_assert_cmpstr (sent->str, ==, "");
  cf_session_publish (&session);
  feed (monitors, &from);
  g_assert_cmpstr (sent->str, ==, "");
  session.flags = 0;
  cf_session_publish (&session);
  feed (monitors, &from);
  g_assert_cmpstr (sent->str, ==, "+0.000000 [0 internal] \"PING\"\r\n");
  cf_monitors_remove (monitors, &session);
  cf_session_clear (&session);
  cf_session_clear (&from);
  g_string_free (sent, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/monitor/lines", test_monitor_lines);
  g_test_add_func ("/engine/monitor/muted", test_monitor_muted);
  return g_test_run ();
}
