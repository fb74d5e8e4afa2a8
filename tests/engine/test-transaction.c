/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "../commands/fixture.h"

#include "engine/transaction.h"

static void
queue (Fixture *fixture,
       CfTransaction *transaction,
       const CfSlice *words,
       guint n)
{
  cf_transaction_queue (
      transaction, cf_command_table_find (fixture->engine->commands, words, n),
      cf_args_try_new (words, n, NULL), 0);
}

static void
append_key (CfSlice key, gpointer data)
{
  g_string_append_printf (data, "%.*s ", (int) key.size, key.data);
}

static void
test_transaction_queue (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CfTransaction) transaction = cf_transaction_new ();
  g_autoptr (GString) keys = g_string_new (NULL);
  const CfSlice get[] = { CF_SLICE ("GET"), CF_SLICE ("a") };
  const CfSlice del[] = { CF_SLICE ("DEL"), CF_SLICE ("b"), CF_SLICE ("c") };
  const CfSlice ping[] = { CF_SLICE ("PING") };
  CfCommandFlags flags;

  g_assert_cmpuint (cf_transaction_n (transaction), ==, 0);
  queue (fixture, transaction, get, 2);
  queue (fixture, transaction, del, 3);
  queue (fixture, transaction, ping, 1);
  g_assert_cmpuint (cf_transaction_n (transaction), ==, 3);
  g_assert_cmpuint (cf_transaction_memory (transaction), >, 0);
  flags = cf_transaction_flags (transaction);
  g_assert_true ((flags & CF_COMMAND_WRITE) && (flags & CF_COMMAND_READONLY));
  cf_transaction_each_key (transaction, append_key, keys);
  g_assert_cmpstr (keys->str, ==, "a b c ");
  g_assert_false (cf_transaction_is_aborted (transaction));
  cf_transaction_abort (transaction);
  g_assert_true (cf_transaction_is_aborted (transaction));
}

/* The records of a block stand together; one that only reads leaves none. */
static void
test_transaction_records (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "MULTI", "+OK\r\n");
  assert_reply (fixture, "SET a 1", "+QUEUED\r\n");
  assert_reply (fixture, "GET a", "+QUEUED\r\n");
  assert_reply (fixture, "INCR a", "+QUEUED\r\n");
  assert_reply (fixture, "EXEC", "*3\r\n+OK\r\n$1\r\n1\r\n:2\r\n");
  assert_records (fixture, "MULTI\nSET a 1\nINCR a\nEXEC\n");
  assert_reply (fixture, "MULTI", "+OK\r\n");
  assert_reply (fixture, "GET a", "+QUEUED\r\n");
  assert_reply (fixture, "EXEC", "*1\r\n$1\r\n2\r\n");
  assert_records (fixture, "");
}

/* Who looks from within sees the block that runs. */
static void
test_transaction_shown (Fixture *fixture, gconstpointer data)
{
  g_autofree char *inside = NULL, *after = NULL;

  assert_reply (fixture, "MULTI", "+OK\r\n");
  assert_reply (fixture, "PING", "+QUEUED\r\n");
  assert_reply (fixture, "CLIENT INFO", "+QUEUED\r\n");
  inside = fixture_run (fixture, 0, "EXEC");
  g_assert_nonnull (strstr (inside, " flags=x "));
  g_assert_nonnull (strstr (inside, " multi=2 "));
  after = fixture_run (fixture, 0, "CLIENT INFO");
  g_assert_nonnull (strstr (after, " flags=N "));
  g_assert_nonnull (strstr (after, " multi=-1 "));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/engine/transaction/queue", test_transaction_queue);
  fixture_add ("/engine/transaction/records", test_transaction_records);
  fixture_add ("/engine/transaction/shown", test_transaction_shown);
  return g_test_run ();
}
