/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/logins.h"

typedef struct
{
  CfConfig *config; /* (owned) */
  CfLogins *logins; /* (owned) */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->config = cf_config_new ();
  self->logins = cf_logins_new (self->config);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  cf_logins_free (self->logins);
  cf_config_free (self->config);
}

static void
fail_times (Fixture *self, const char *address, guint n, gint64 now_ms)
{
  while (n-- > 0)
    g_free (cf_logins_failed (self->logins, address, CF_SLICE ("bob"), now_ms));
}

static gint64
delay (Fixture *self, const char *address, gint64 now_ms)
{
  return cf_logins_delay (self->logins, address, now_ms);
}

/* 10 are free; 100 ms then, twice as long each time, 5 s at most. */
static void
test_delay (Fixture *self, gconstpointer data)
{
  fail_times (self, "192.0.2.1:1000", 9, 1000);
  g_assert_cmpint (delay (self, "192.0.2.1:1000", 1000), ==, 0);
  fail_times (self, "192.0.2.1:2000", 1, 1000);
  g_assert_cmpint (delay (self, "192.0.2.1:3000", 1000), ==, 100);
  fail_times (self, "192.0.2.1:2000", 2, 1000);
  g_assert_cmpint (delay (self, "192.0.2.1:3000", 1000), ==, 400);
  fail_times (self, "192.0.2.1:2000", 1000, 1000);
  g_assert_cmpint (delay (self, "192.0.2.1:3000", 1000), ==, 5000);
  g_assert_cmpint (delay (self, "192.0.2.2:3000", 1000), ==, 0);
  g_assert_cmpint (delay (self, "192.0.2.1:1", 61000), ==, 5000);
  g_assert_cmpint (delay (self, "192.0.2.1:1", 61001), ==, 0);
  g_assert_true (
      cf_config_set (self->config, CF_SETTING_LOGIN_FAILURES, "0", NULL));
  fail_times (self, "192.0.2.1:1000", 100, 62000);
  g_assert_cmpint (delay (self, "192.0.2.1:1", 62000), ==, 0);
}

static void
test_addresses (Fixture *self, gconstpointer data)
{
  fail_times (self, "[2001:db8::1]:1000", 10, 1000);
  g_assert_cmpint (delay (self, "[2001:db8::ffff:2]:5", 1000), ==, 100);
  g_assert_cmpint (delay (self, "[2001:db8:0:1::1]:5", 1000), ==, 0);
  fail_times (self, "[::ffff:192.0.2.1]:1000", 10, 1000);
  g_assert_cmpint (delay (self, "192.0.2.1:5", 1000), ==, 100);
  g_assert_cmpint (delay (self, "[::ffff:192.0.2.2]:5", 1000), ==, 0);
  g_assert_cmpint (delay (self, "[::1]:5", 1000), ==, 0);
  fail_times (self, "/run/socket:0", 10, 1000);
  g_assert_cmpint (delay (self, "/run/socket:0", 1000), ==, 100);
  fail_times (self, NULL, 10, 1000);
  g_assert_cmpint (delay (self, NULL, 1000), ==, 100);
}

/* Whoever has failed last is known for longest. */
static void
test_bounded (Fixture *self, gconstpointer data)
{
  fail_times (self, "192.0.2.1:1", 10, 1000);
  fail_times (self, "192.0.2.2:1", 10, 1000);
  for (guint i = 0; i < CF_LOGINS_MAX - 1; i++)
    {
      g_autofree char *address =
          g_strdup_printf ("10.0.%u.%u:1", i / 256, i % 256);

      fail_times (self, address, 1, 1000);
    }
  g_assert_cmpint (delay (self, "192.0.2.1:1", 1000), ==, 0);
  g_assert_cmpint (delay (self, "192.0.2.2:1", 1000), ==, 100);
}

static void
assert_line (Fixture *self, CfSlice user, gint64 now_ms, const char *wanted)
{
  g_autofree char *line =
      cf_logins_failed (self->logins, "192.0.2.1:1", user, now_ms);

  g_assert_cmpstr (line, ==, wanted);
}

static void
test_lines (Fixture *self, gconstpointer data)
{
  assert_line (self, CF_SLICE ("a\"\n"), 1000,
               "login failed: address=192.0.2.1 user=\"a\\\"\\n\" failures=1");
  fail_times (self, "192.0.2.1:1", CF_LOGINS_LINES - 1, 1000);
  for (guint i = 0; i < 1000; i++)
    assert_line (self, CF_SLICE ("a"), 1000 + i % 1000, NULL);
  assert_line (self, CF_SLICE ("a"), 2000,
               "login failed: address=192.0.2.1 user=\"a\" failures=1001");
  assert_line (self, CF_SLICE ("a"), 2000, NULL);
}

/* Neither a line nor a login waits until it is that late again. */
static void
test_clock_set_back (Fixture *self, gconstpointer data)
{
  fail_times (self, "192.0.2.1:1", 10, 9000000);
  g_assert_cmpint (delay (self, "192.0.2.1:1", 9000000), ==, 100);
  g_assert_cmpint (delay (self, "192.0.2.1:1", 1000), ==, 0);
  fail_times (self, "192.0.2.1:1", 10, 9000000);
  assert_line (self, CF_SLICE ("a"), 1000, NULL);
  assert_line (self, CF_SLICE ("a"), 2000,
               "login failed: address=192.0.2.1 user=\"a\" failures=7");
}

/* From however many addresses. */
static void
test_all_lines (Fixture *self, gconstpointer data)
{
  guint n = 0;

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *address =
          g_strdup_printf ("10.0.%u.%u:1", i / 256, i % 256);
      g_autofree char *line =
          cf_logins_failed (self->logins, address, CF_SLICE ("a"), 5000);

      n += line != NULL;
    }
  g_assert_cmpuint (n, ==, CF_LOGINS_LINES_ALL);
}

#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/engine/logins/delay", test_delay);
  ADD ("/engine/logins/addresses", test_addresses);
  ADD ("/engine/logins/bounded", test_bounded);
  ADD ("/engine/logins/lines", test_lines);
  ADD ("/engine/logins/clock-set-back", test_clock_set_back);
  ADD ("/engine/logins/all-lines", test_all_lines);
  return g_test_run ();
}
