/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "client/completion.h"
#include "daemon/harness.h"

#define HERE "here/{1}"
#define SHARD "shard"

static const struct
{
  const char *before, *start, *wanted;
} words[] = {
  { "", "expiret", "expiretime" },
  { "", "EXPIRET", "EXPIRETIME" },
  { "  ", "hel", "hello help" },
  { "3 ", "expiret", "expiretime" },
  { "help ", "expiret", "expiretime" },
  { "", "qui", "quit" },
  { "", "no-such", "" },
  { "config ", "re", "resetstat rewrite" },
  { "CONFIG ", "RE", "RESETSTAT REWRITE" },
  { "help config ", "set", "set" },
  { "config get ", "", "" },
  { "get ", "", "" },
  { "conf ", "", "" },
  { "get \"a ", "", "" },
  { "publish ", "", HERE },
  { "PUBLISH ", "her", HERE },
  { "publish ", "Her", "" },
  { "publish ", "h*", "" },
  { "publish " HERE " ", "", "" },
  { "subscribe other ", "h", HERE },
  { "pubsub ", "shardn", "shardnumsub" },
  { "pubsub numsub ", "", HERE },
  { "pubsub shardnumsub x ", "", SHARD },
  { "spublish ", "s", SHARD },
  { "ssubscribe ", "", SHARD },
};

static const struct
{
  const char *before, *start, *wanted;
} functions[] = {
  { "fcall ", "", "first second" },    { "FCALL ", "f", "first" },
  { "fcall_ro ", "s", "second" },      { "fcall first ", "", "" },
  { "function delete ", "", "mylib" }, { "function d", "", "" },
};

static int
compare_words (gconstpointer a, gconstpointer b, gpointer data)
{
  (void) data;
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
check (CfCompletion *completion,
       const char *before,
       const char *start,
       const char *wanted)
{
  g_auto (GStrv) found = cf_completion_find (completion, before, start);
  g_autofree char *got = NULL;

  g_qsort_with_data (found, (int) g_strv_length (found), sizeof *found,
                     compare_words, NULL);
  got = g_strjoinv (" ", found);
  g_test_message ("'%s' '%s'", before, start);
  g_assert_cmpstr (got, ==, wanted);
}

static CfRunner *
connect_to (const CfHarness *server, CfClientOptions *options)
{
  CfRunner *runner;
  g_autoptr (GError) error = NULL;

  options->host = (char *) "127.0.0.1";
  options->port = cf_harness_get_port (server);
  options->show_pushes = TRUE;
  runner = cf_runner_new (options);
  cf_runner_connect (runner, &error);
  g_assert_no_error (error);
  return runner;
}

static void
test_completion_words (void)
{
  g_autoptr (CfHarness) server = cf_harness_start (NULL, NULL);
  g_autoptr (CfWire) wire = cf_wire_open (server);
  CfClientOptions options = { NULL };
  g_autoptr (CfRunner) runner = connect_to (server, &options);
  g_autoptr (CfCompletion) completion = cf_completion_new (runner);

  cf_wire_exchange (wire, "SUBSCRIBE " HERE "\r\n",
                    "*3\r\n$9\r\nsubscribe\r\n$8\r\n" HERE "\r\n:1\r\n");
  cf_wire_exchange (wire, "SUBSCRIBE \"a b\"\r\n",
                    "*3\r\n$9\r\nsubscribe\r\n$3\r\na b\r\n:2\r\n");
  cf_wire_exchange (wire, "SSUBSCRIBE " SHARD "\r\n",
                    "*3\r\n$10\r\nssubscribe\r\n$5\r\n" SHARD "\r\n:1\r\n");
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    check (completion, words[i].before, words[i].start, words[i].wanted);
}

static void
test_completion_functions (void)
{
  static const char *const load[] = {
    "FUNCTION", "LOAD",
    "#!lua name=mylib\n"
    "redis.register_function('first', function() return 1 end)\n"
    "redis.register_function('second', function() return 2 end)\n",
    NULL
  };
  g_autoptr (CfHarness) redis = cf_harness_start_redis ();
  CfClientOptions options = { NULL };
  g_autoptr (CfRunner) runner = NULL;
  g_autoptr (CfCompletion) completion = NULL;
  g_autoptr (CfReplyTree) reply = NULL;

  if (redis == NULL)
    {
      g_test_skip ("redis-server is not installed");
      return;
    }
  runner = connect_to (redis, &options);
  reply = cf_runner_ask (runner, load);
  g_assert_true (cf_reply_tree_is (reply, "mylib"));
  completion = cf_completion_new (runner);
  for (gsize i = 0; i < G_N_ELEMENTS (functions); i++)
    check (completion, functions[i].before, functions[i].start,
           functions[i].wanted);
}

/* The server would queue a question, and EXEC would reply to it. */
static void
test_completion_transaction (void)
{
  const CfSlice multi = CF_SLICE ("multi");
  g_autoptr (CfHarness) server = cf_harness_start (NULL, NULL);
  CfClientOptions options = { .style = { .format = CF_FORMAT_HUMAN } };
  g_autoptr (CfRunner) runner = connect_to (server, &options);
  g_autoptr (CfCompletion) completion = cf_completion_new (runner);
  g_autoptr (CfReplyTree) reply = NULL;

  g_assert_cmpint (cf_runner_run (runner, &multi, 1, 1, NULL), ==, CF_RUN_DONE);
  check (completion, "", "qui", "quit");
  check (completion, "", "expiret", "");
  check (completion, "publish ", "", "");
  reply = cf_remote_call (cf_runner_get_remote (runner), NULL, "EXEC", NULL);
  g_assert_cmpint (reply->kind, ==, CF_REPLY_TREE_ARRAY);
  g_assert_cmpuint (reply->size, ==, 0);
}

/* What is pushed before the answer is not lost. */
static void
test_completion_pushes (void)
{
  g_autoptr (CfHarness) server = cf_harness_start (NULL, NULL);
  g_autoptr (CfWire) wire = cf_wire_open (server);
  CfClientOptions options = { .style = { .format = CF_FORMAT_HUMAN },
                              .resp = 3 };
  g_autoptr (CfRunner) runner = connect_to (server, &options);
  g_autoptr (CfCompletion) completion = cf_completion_new (runner);
  CfRemote *remote = cf_runner_get_remote (runner);
  g_autoptr (CfReplyTree) on =
      cf_remote_call (remote, NULL, "CLIENT", "TRACKING", "ON", NULL);
  g_autoptr (CfReplyTree) got = cf_remote_call (remote, NULL, "GET", "k", NULL);
  g_autofree char *news = NULL;

  g_assert_cmpint (on->kind, ==, CF_REPLY_TREE_STATUS);
  g_assert_cmpint (got->kind, ==, CF_REPLY_TREE_NIL);
  cf_wire_exchange (wire, "SET k v\r\n", "+OK\r\n");
  check (completion, "", "expiret", "expiretime");
  while (news == NULL)
    news = cf_runner_take_pushes (runner);
  g_assert_cmpstr (news, ==, "-> invalidate: 'k'\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/completion/words", test_completion_words);
  g_test_add_func ("/client/completion/functions", test_completion_functions);
  g_test_add_func ("/client/completion/transaction",
                   test_completion_transaction);
  g_test_add_func ("/client/completion/pushes", test_completion_pushes);
  return g_test_run ();
}
