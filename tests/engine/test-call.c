/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "../commands/fixture.h"

#include "engine/call.h"

static CfCall
call_of (Fixture *fixture, const CfSlice *words, guint n)
{
  return (CfCall){
    .argv = words,
    .argc = n,
    .info = cf_command_table_find (fixture->engine->commands, words, n),
    .engine = fixture->engine,
    .worker = fixture->worker,
    .session = &fixture->clients[0],
    .keyspace = fixture->engine->keyspace,
  };
}

static void
assert_error (GError **error, const char *message)
{
  g_assert_nonnull (*error);
  g_assert_cmpstr ((*error)->message, ==, message);
  g_clear_error (error);
}

static void
test_call_numbers (Fixture *fixture, gconstpointer data)
{
  const CfSlice words[] = { CF_SLICE ("GET"), CF_SLICE ("12"), CF_SLICE ("x"),
                            CF_SLICE ("-1"), CF_SLICE ("1.5") };
  CfCall call = call_of (fixture, words, G_N_ELEMENTS (words));
  g_autoptr (GError) error = NULL;
  double number;
  gint64 value;

  g_assert_true (cf_call_get_int (&call, 1, &value, &error));
  g_assert_cmpint (value, ==, 12);
  g_assert_false (cf_call_get_int (&call, 2, &value, &error));
  assert_error (&error, "value is not an integer or out of range");
  g_assert_true (cf_call_get_int_in (&call, 1, 0, 12, &value, &error));
  g_assert_false (cf_call_get_int_in (&call, 1, 0, 11, &value, &error));
  assert_error (&error, "value is out of range, value must between 0 and 11");
  g_assert_false (cf_call_get_int_in (&call, 3, 0, G_MAXINT64, &value, &error));
  assert_error (&error, "value is out of range, must be positive");
  g_assert_true (cf_call_get_double (&call, 4, &number, &error));
  g_assert_cmpfloat (number, ==, 1.5);
  g_assert_false (cf_call_get_double (&call, 2, &number, &error));
  assert_error (&error, "value is not a valid float");
}

static void
test_call_words (Fixture *fixture, gconstpointer data)
{
  const CfSlice words[] = { CF_SLICE ("GET"), CF_SLICE ("Nx") };
  CfCall call = call_of (fixture, words, G_N_ELEMENTS (words));

  g_assert_true (cf_call_is (&call, 1, "NX"));
  g_assert_false (cf_call_is (&call, 1, "N"));
  g_assert_false (cf_call_is (&call, 1, "NXX"));
  g_assert_false (cf_call_is (&call, 2, "NX"));
  g_assert_null (cf_call_take_blob (&call, 1));
}

static void
test_call_redacts (Fixture *fixture, gconstpointer data)
{
  const CfSlice words[] = { CF_SLICE ("GET"), CF_SLICE ("k") };
  CfCall call = call_of (fixture, words, G_N_ELEMENTS (words));

  cf_call_redact (&call, 1);
  cf_call_redact (&call, 64);
  g_assert_cmpuint (call.redacted, ==, 2);
}

/* Keys are found in any order, also when two arguments are the same. */
static void
test_call_keys (Fixture *fixture, gconstpointer data)
{
  const CfSlice words[] = { CF_SLICE ("MGET"), CF_SLICE ("a"), CF_SLICE ("b"),
                            CF_SLICE ("a") };
  const guint arguments[] = { 1, 2, 3 };
  CfKey keys[3];
  CfCall call = call_of (fixture, words, G_N_ELEMENTS (words));

  for (guint i = 0; i < 3; i++)
    keys[i] = cf_key (words[i + 1]);
  call.keys = keys;
  call.key_arguments = arguments;
  call.n_keys = 3;
  g_assert_true (cf_call_key (&call, 3) == &keys[2]);
  g_assert_true (cf_call_key (&call, 1) == &keys[0]);
  g_assert_true (cf_call_key (&call, 2) == &keys[1]);
  g_assert_true (cf_call_key (&call, 2) == &keys[1]);
}

static void
test_call_counts_hits (Fixture *fixture, gconstpointer data)
{
  CfStats *stats = fixture->engine->stats;

  assert_reply (fixture, "SET k v", "+OK\r\n");
  assert_reply (fixture, "GET k", "$1\r\nv\r\n");
  assert_reply (fixture, "GET none", "$-1\r\n");
  assert_reply (fixture, "SET k w XX", "+OK\r\n");
  g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_HITS), ==, 1);
  g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_MISSES), ==, 1);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/engine/call/numbers", test_call_numbers);
  fixture_add ("/engine/call/words", test_call_words);
  fixture_add ("/engine/call/redacts", test_call_redacts);
  fixture_add ("/engine/call/keys", test_call_keys);
  fixture_add ("/engine/call/counts-hits", test_call_counts_hits);
  return g_test_run ();
}
