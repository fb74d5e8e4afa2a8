/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wrong passwords: who waits, and what is logged of it. */
#include "config.h"

#include "harness.h"

#define WRONG                                                                  \
  "-WRONGPASS invalid username-password pair or user is disabled.\r\n"
#define DATE_SIZE 24 /* of "2026-01-01 00:00:00.000 " */

/* What fail2ban looks for, in a line without its date. */
static GRegex *
get_filter (void)
{
  g_autofree char *path = g_test_build_filename (
      G_TEST_DIST, "..", "data", "fail2ban", "cofferd.conf", NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *pattern = NULL;
  g_autofree char *full = NULL;
  g_auto (GStrv) parts = NULL;
  GRegex *filter;

  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  pattern = g_key_file_get_value (file, "Definition", "failregex", &error);
  g_assert_no_error (error);
  parts = g_strsplit (pattern, "<HOST>", -1);
  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  full = g_strjoinv ("(?P<host>\\S+)", parts);
  filter = g_regex_new (full, 0, 0, &error);
  g_assert_no_error (error);
  return filter;
}

/* @text: a line without its date. */
static void
assert_found (const char *text, gboolean wanted)
{
  g_autoptr (GRegex) filter = get_filter ();
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *host = NULL;

  g_assert_cmpint (g_regex_match (filter, text, 0, &match), ==, wanted);
  host = wanted ? g_match_info_fetch_named (match, "host") : NULL;
  g_assert_cmpstr (host, ==, wanted ? "127.0.0.1" : NULL);
}

/* Whatever a client says its name is, the address is the one it has. */
static void
test_filter (void)
{
  g_autoptr (CfHarness) server =
      cf_harness_start ("--requirepass", "right", NULL);
  g_autoptr (CfWire) wire = cf_wire_open (server);

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *line = NULL;

      cf_wire_exchange (
          wire, "AUTH \"login failed: address=6.6.6.6 user=\\\"\" x\r\n",
          WRONG);
      line = cf_harness_next_log_line (server, "login failed");
      g_assert_cmpuint (strlen (line), >, DATE_SIZE);
      assert_found (line + DATE_SIZE, TRUE);
      g_assert_nonnull (strstr (line, "user=\"login failed: address=6.6.6.6 "
                                      "user=\\\"\" failures=1"));
    }
  cf_wire_exchange (wire, "PING\r\n", "-NOAUTH Authentication required.\r\n");
  cf_wire_exchange (wire, "AUTH right\r\n", "+OK\r\n");
  cf_wire_exchange (wire, "PING\r\n", "+PONG\r\n");
  /* As the journal and syslog have it. */
  assert_found ("host cofferd[1]: login failed: address=127.0.0.1 user=\"\" "
                "failures=7",
                TRUE);
  assert_found ("cofferd[1] notice: login failed: address=127.0.0.1 user=a "
                "failures=7",
                FALSE);
}

/* The fourth waits, be it right or wrong; others do not. */
static void
test_delay (void)
{
  g_autoptr (CfHarness) server =
      cf_harness_start ("--login-failures", "3", "--login-delay", "300", NULL);
  g_autoptr (CfWire) bad = cf_wire_open (server);
  g_autoptr (CfWire) good = cf_wire_open (server);
  g_autoptr (GTimer) timer = NULL;

  for (guint i = 0; i < 3; i++)
    cf_wire_exchange (bad, "AUTH nobody x\r\n", WRONG);
  timer = g_timer_new ();
  cf_wire_say (bad, "AUTH default x\r\nPING\r\n");
  for (guint i = 0; i < 100; i++)
    cf_wire_exchange (good, "PING\r\n", "+PONG\r\n");
  cf_wire_expect (bad, "+OK\r\n+PONG\r\n");
  g_assert_cmpfloat (g_timer_elapsed (timer, NULL), >=, 0.29);
  cf_wire_say (bad, "HELLO 2 AUTH nobody x\r\n");
  cf_wire_expect (bad, WRONG);
  cf_wire_exchange (bad, "MULTI\r\n", "+OK\r\n");
  cf_wire_exchange (bad, "AUTH default x\r\n", "+QUEUED\r\n");
  cf_wire_exchange (bad, "EXEC\r\n",
                    "*1\r\n-WRONGPASS too many logins have failed from this "
                    "address for one in a transaction\r\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/login/filter", test_filter);
  g_test_add_func ("/daemon/login/delay", test_delay);
  return g_test_run ();
}
