/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "../commands/fixture.h"

#include "base/clock.h"
#include "engine/acl.h"
#include "engine/pause.h"

static CfArgs *
args_of (const CfSlice *words, guint n)
{
  return cf_args_try_new (words, n, NULL);
}

static CfOutcome
run (Fixture *fixture, guint client, const CfSlice *words, guint n)
{
  CfOutcome outcome;

  cf_worker_enter (fixture->worker);
  outcome =
      cf_executor_run_args (fixture->engine, fixture->worker,
                            &fixture->clients[client], args_of (words, n));
  cf_worker_leave (fixture->worker);
  return outcome;
}

static CfOutcome
resume (Fixture *fixture, guint client, CfWakeReason reason)
{
  CfOutcome outcome;

  cf_worker_enter (fixture->worker);
  outcome = cf_executor_resume (fixture->engine, fixture->worker,
                                &fixture->clients[client], reason);
  cf_worker_leave (fixture->worker);
  return outcome;
}

static void
assert_sent (Fixture *fixture, guint client, const char *reply)
{
  gsize size;
  g_autofree char *bytes =
      cf_out_to_string (&fixture->clients[client].out, &size);

  g_assert_cmpmem (bytes, size, reply, strlen (reply));
  cf_out_clear (&fixture->clients[client].out);
}

static void
test_executor_refuses (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "NOPE a 'b c'", "-ERR unknown command 'NOPE', with args beginning with: "
                      "'a' 'b c' \r\n" },
    { "GET", "-ERR wrong number of arguments for 'get' command\r\n" },
    { "CONFIG NOPE", "-ERR unknown subcommand 'NOPE'. Try CONFIG HELP.\r\n" },
    { "CONFIG", "-ERR wrong number of arguments for 'config' command\r\n" },
    { "config get",
      "-ERR wrong number of arguments for 'config|get' command\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  g_assert_cmpuint (cf_stats_sum (fixture->engine->stats, CF_STAT_ERRORS), ==,
                    G_N_ELEMENTS (exchanges));
}

static void
test_executor_login (Fixture *fixture, gconstpointer data)
{
  cf_acl_require_pass (fixture->engine->acl, "any");
  fixture->clients[0].flags &= ~(guint) CF_SESSION_AUTHORIZED;
  assert_reply (fixture, "GET k", "-NOAUTH Authentication required.\r\n");
  assert_reply (fixture, "PING", "-NOAUTH Authentication required.\r\n");
  assert_reply (fixture, "NOPE",
                "-ERR unknown command 'NOPE', with args "
                "beginning with: \r\n");
  assert_reply (fixture, "AUTH default any", "+OK\r\n");
  assert_reply (fixture, "PING", "+PONG\r\n");
}

static void
test_executor_out_of_memory (Fixture *fixture, gconstpointer data)
{
  g_autofree char *shown = NULL;

  assert_reply (fixture, "SET k v", "+OK\r\n");
  assert_reply_to (fixture, 2, "MONITOR", "+OK\r\n");
  assert_reply_to (fixture, 1, "MULTI", "+OK\r\n");
  assert_reply_to (fixture, 1, "SET k w", "+QUEUED\r\n");
  g_assert_true (
      cf_config_set (fixture->config, CF_SETTING_MAXMEMORY, "1", NULL));
  assert_reply (fixture, "SET k w",
                "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
  assert_reply (fixture, "GET k", "$1\r\nv\r\n");
  assert_reply (fixture, "DEL k", ":1\r\n");
  assert_reply_to (fixture, 1, "EXEC",
                   "-EXECABORT Transaction discarded because of: OOM command "
                   "not allowed when used memory > 'maxmemory'.\r\n");
  shown = fixture_receive (fixture, 2);
  g_assert_true (g_str_has_suffix (shown, "] \"EXEC\"\r\n"));
  /* What is queued takes memory, too. */
  assert_reply_to (fixture, 1, "MULTI", "+OK\r\n");
  assert_reply_to (fixture, 1, "GET k",
                   "-OOM command not allowed when used memory > "
                   "'maxmemory'.\r\n");
  assert_reply_to (fixture, 1, "DISCARD", "+OK\r\n");
}

static void
test_executor_waits_for_claims (Fixture *fixture, gconstpointer data)
{
  const CfSlice set[] = { CF_SLICE ("SET"), CF_SLICE ("k"), CF_SLICE ("v") };
  CfKey key = cf_key (CF_SLICE ("k"));
  CfHold hold = { 0 };

  cf_hold_init (&hold, fixture->engine->keyspace);
  g_assert_true (cf_hold_claims (&hold, &key, 1, NULL));
  g_assert_cmpint (run (fixture, 0, set, 3), ==, CF_OUTCOME_PARKED);
  assert_sent (fixture, 0, "");
  g_assert_cmpint (fixture->engine->blocked_clients, ==, 0);
  /* Woken too early, it waits again. */
  g_assert_cmpint (resume (fixture, 0, CF_WAKE_RETRY), ==, CF_OUTCOME_PARKED);
  cf_hold_release (&hold);
  g_assert_cmpint (resume (fixture, 0, CF_WAKE_RETRY), ==, CF_OUTCOME_DONE);
  assert_sent (fixture, 0, "+OK\r\n");
  cf_hold_clear (&hold);
  assert_reply (fixture, "GET k", "$1\r\nv\r\n");
}

static void
test_executor_pause (Fixture *fixture, gconstpointer data)
{
  const CfSlice set[] = { CF_SLICE ("SET"), CF_SLICE ("k"), CF_SLICE ("v") };

  cf_pause_start (fixture->engine->pause, CF_PAUSE_WRITE, G_MAXINT64);
  assert_reply (fixture, "GET k", "$-1\r\n");
  g_assert_cmpint (run (fixture, 0, set, 3), ==, CF_OUTCOME_PARKED);
  g_assert_cmpint (fixture->engine->blocked_clients, ==, 1);
  cf_pause_end (fixture->engine->pause, fixture->engine->sessions);
  g_assert_cmpint (resume (fixture, 0, CF_WAKE_RETRY), ==, CF_OUTCOME_DONE);
  assert_sent (fixture, 0, "+OK\r\n");
  g_assert_cmpint (fixture->engine->blocked_clients, ==, 0);
}

static void
test_executor_blocks (Fixture *fixture, gconstpointer data)
{
  const CfSlice wait[] = { CF_SLICE ("WAIT"), CF_SLICE ("1"), CF_SLICE ("0") };

  g_assert_cmpint (run (fixture, 0, wait, 3), ==, CF_OUTCOME_PARKED);
  g_assert_cmpint (resume (fixture, 0, CF_WAKE_TIMEOUT), ==, CF_OUTCOME_DONE);
  assert_sent (fixture, 0, ":0\r\n");
  g_assert_cmpint (run (fixture, 0, wait, 3), ==, CF_OUTCOME_PARKED);
  g_assert_cmpint (resume (fixture, 0, CF_WAKE_ERROR), ==, CF_OUTCOME_DONE);
  assert_sent (fixture, 0,
               "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
  g_assert_cmpint (run (fixture, 0, wait, 3), ==, CF_OUTCOME_PARKED);
  cf_executor_forget (fixture->engine, &fixture->clients[0]);
  g_assert_cmpint (fixture->engine->blocked_clients, ==, 0);
}

static void
test_executor_reply_mode (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "CLIENT REPLY SKIP", "" },
    { "PING", "" },
    { "PING", "+PONG\r\n" },
    { "CLIENT REPLY OFF", "" },
    { "PING", "" },
    { "NOPE", "" },
    { "CLIENT REPLY SKIP", "" },
    { "CLIENT REPLY ON", "+OK\r\n" },
    { "PING", "+PONG\r\n" },
    /* In a block it counts for each part. */
    { "MULTI", "+OK\r\n" },
    { "PING a", "+QUEUED\r\n" },
    { "CLIENT REPLY OFF", "+QUEUED\r\n" },
    { "PING b", "+QUEUED\r\n" },
    { "EXEC", "*3\r\n$1\r\na\r\n" },
    { "MULTI", "" },
    { "PING a", "" },
    { "CLIENT REPLY ON", "" },
    { "PING b", "" },
    { "EXEC", "+OK\r\n$1\r\nb\r\n" },
    { "EVAL \"return redis.call('PING')\" 0", "+PONG\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

/* DEBUG is refused for being off before anybody asks who wants it. */
static void
test_executor_protected (Fixture *fixture, gconstpointer data)
{
  g_autofree char *reply = NULL, *queued = NULL;

  cf_acl_require_pass (fixture->engine->acl, "any");
  fixture->clients[0].flags &= ~(guint) CF_SESSION_AUTHORIZED;
  reply = fixture_run (fixture, 0, "DEBUG SLEEP 0");
  g_assert_true (g_str_has_prefix (reply, "-ERR DEBUG command not allowed."));
  assert_reply (fixture, "AUTH default any", "+OK\r\n");
  assert_reply (fixture, "MULTI", "+OK\r\n");
  queued = fixture_run (fixture, 0, "DEBUG SLEEP 0");
  g_assert_cmpstr (queued, ==, reply);
  assert_reply (fixture, "EXEC",
                "-EXECABORT Transaction discarded because of previous "
                "errors.\r\n");
}

/* Runs a command of @n keys and one that reads the last of them. */
static void
set_many (Fixture *fixture, guint n)
{
  g_autoptr (GString) line = g_string_new ("MSET");
  g_autofree char *get = g_strdup_printf ("GET k%u", n - 1);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (line, " k%u v", i);
  assert_reply (fixture, line->str, "+OK\r\n");
  assert_reply (fixture, get, "$1\r\nv\r\n");
}

static void
test_executor_claims_many_keys (Fixture *fixture, gconstpointer data)
{
  CfStats *stats = fixture->engine->stats;

  set_many (fixture, CF_EXECUTOR_MANY_KEYS);
  g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_CLAIMED), ==, 0);
  set_many (fixture, CF_EXECUTOR_MANY_KEYS + 1);
  g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_CLAIMED), ==, 1);
  assert_reply (fixture, "DEL k0 k0 k1", ":2\r\n");
}

/* What takes long runs with its keys claimed, and all is as if it were run at
 * once. */
static void
test_executor_sections (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "MSET a abc b abd c x", "+OK\r\n" },
    { "WATCH a", "+OK\r\n" },
    { "MULTI", "+OK\r\n" },
    { "LCS a b", "+QUEUED\r\n" },
    { "FLUSHALL", "+QUEUED\r\n" },
    { "SET b y", "+QUEUED\r\n" },
    { "DBSIZE", "+QUEUED\r\n" },
    { "LCS a b", "+QUEUED\r\n" },
    { "SWAPDB 0 1", "+QUEUED\r\n" },
    { "EXISTS b", "+QUEUED\r\n" },
    { "LCS a b", "+QUEUED\r\n" },
    { "EXEC", "*8\r\n$2\r\nab\r\n+OK\r\n+OK\r\n:1\r\n$0\r\n\r\n+OK\r\n:0"
              "\r\n$0\r\n\r\n" },
    { "SELECT 1", "+OK\r\n" },
    { "MGET a b c", "*3\r\n$-1\r\n$1\r\ny\r\n$-1\r\n" },
  };
  CfStats *stats = fixture->engine->stats;

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_GATE_CLOSED), ==, 1);
  g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_CLAIMED), >=, 1);
}

/* It does not run before its keys can be claimed. */
static void
test_executor_sections_wait (Fixture *fixture, gconstpointer data)
{
  const CfSlice exec[] = { CF_SLICE ("EXEC") };
  CfKey key = cf_key (CF_SLICE ("b"));
  CfHold hold = { 0 };

  assert_reply (fixture, "SET b 1", "+OK\r\n");
  assert_reply (fixture, "MULTI", "+OK\r\n");
  assert_reply (fixture, "LCS a b", "+QUEUED\r\n");
  assert_reply (fixture, "FLUSHALL", "+QUEUED\r\n");
  cf_hold_init (&hold, fixture->engine->keyspace);
  g_assert_true (cf_hold_claims (&hold, &key, 1, NULL));
  g_assert_cmpint (run (fixture, 0, exec, 1), ==, CF_OUTCOME_PARKED);
  cf_hold_release (&hold);
  g_assert_cmpint (resume (fixture, 0, CF_WAKE_RETRY), ==, CF_OUTCOME_DONE);
  assert_sent (fixture, 0, "*2\r\n$0\r\n\r\n+OK\r\n");
  cf_hold_clear (&hold);
  assert_reply (fixture, "DBSIZE", ":0\r\n");
}

static void
test_executor_claims_large_values (Fixture *fixture, gconstpointer data)
{
  CfStats *stats = fixture->engine->stats;

  assert_reply (fixture, "BITCOUNT k", ":0\r\n");
  g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_CLAIMED), ==, 0);
  assert_reply (fixture, "SETRANGE k 1000000 x", ":1000001\r\n");
  assert_reply (fixture, "BITCOUNT k", ":4\r\n");
  g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_CLAIMED), ==, 1);
}

/* What is known to take long waits while there are too few handlers. */
static void
test_executor_backlog (Fixture *fixture, gconstpointer data)
{
  CfBacklog *backlog = fixture->engine->backlog;
  const CfSlice exec[] = { CF_SLICE ("EXEC") };
  const CfSlice sleep[] = { CF_SLICE ("DEBUG"), CF_SLICE ("SLEEP"),
                            CF_SLICE ("0") };

  g_assert_true (cf_config_set (fixture->config,
                                CF_SETTING_ENABLE_DEBUG_COMMAND, "yes", NULL));
  assert_reply (fixture, "SETRANGE k 1000000 x", ":1000001\r\n");
  assert_reply (fixture, "MULTI", "+OK\r\n");
  assert_reply (fixture, "BITCOUNT small", "+QUEUED\r\n");
  cf_backlog_count_handlers (backlog, 1, 1);
  assert_reply (fixture, "EXEC", "*1\r\n:0\r\n");
  assert_reply (fixture, "MULTI", "+OK\r\n");
  assert_reply (fixture, "BITCOUNT k", "+QUEUED\r\n");
  g_assert_cmpint (run (fixture, 0, exec, 1), ==, CF_OUTCOME_PARKED);
  cf_backlog_count_handlers (backlog, -1, 1);
  g_assert_cmpint (resume (fixture, 0, CF_WAKE_RETRY), ==, CF_OUTCOME_DONE);
  assert_sent (fixture, 0, "*1\r\n:4\r\n");
  cf_backlog_count_handlers (backlog, 1, 1);
  g_assert_cmpint (run (fixture, 0, sleep, 3), ==, CF_OUTCOME_PARKED);
  cf_backlog_count_handlers (backlog, -1, 1);
  g_assert_cmpint (resume (fixture, 0, CF_WAKE_RETRY), ==, CF_OUTCOME_DONE);
  assert_sent (fixture, 0, "+OK\r\n");
}

/* A walk within a block must not meet the block's own slot locks. */
static void
test_executor_walks_in_blocks (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "WATCH w", "+OK\r\n" },
    { "MULTI", "+OK\r\n" },
    { "SET k v", "+QUEUED\r\n" },
    { "DBSIZE", "+QUEUED\r\n" },
    { "KEYS *", "+QUEUED\r\n" },
    { "UNWATCH", "+QUEUED\r\n" },
    { "EXEC", "*4\r\n+OK\r\n:1\r\n*1\r\n$1\r\nk\r\n+OK\r\n" },
    { "MULTI", "+OK\r\n" },
    { "SET k v", "+QUEUED\r\n" },
    { "FLUSHALL", "+QUEUED\r\n" },
    { "SET l v", "+QUEUED\r\n" },
    { "DBSIZE", "+QUEUED\r\n" },
    { "EXEC", "*4\r\n+OK\r\n+OK\r\n+OK\r\n:1\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  g_assert_cmpuint (cf_stats_sum (fixture->engine->stats, CF_STAT_GATE_CLOSED),
                    ==, 1);
}

static void
test_executor_http (Fixture *fixture, gconstpointer data)
{
  const CfSlice host[] = { CF_SLICE ("Host:"), CF_SLICE ("localhost") };

  g_assert_cmpint (run (fixture, 0, host, 2), ==, CF_OUTCOME_CLOSE);
  assert_sent (fixture, 0, "");
}

static void
test_executor_logs_slow_ones (Fixture *fixture, gconstpointer data)
{
  g_assert_true (cf_config_set (fixture->config,
                                CF_SETTING_SLOWLOG_LOG_SLOWER_THAN, "0", NULL));
  assert_reply (fixture, "SET k v", "+OK\r\n");
  assert_reply (fixture, "SLOWLOG LEN", ":1\r\n");
  g_assert_true (cf_config_set (
      fixture->config, CF_SETTING_SLOWLOG_LOG_SLOWER_THAN, "-1", NULL));
  assert_reply (fixture, "SLOWLOG RESET", "+OK\r\n");
  assert_reply (fixture, "SET k v", "+OK\r\n");
  assert_reply (fixture, "SLOWLOG LEN", ":0\r\n");
}

/* A batch of requests that are alike, as a connection runs it. */
typedef struct
{
  Fixture *fixture;
  CfRequest *request;
  char scratch[256];
} Batch;

static void
begin_batch (Batch *self, const char *bytes)
{
  char *space;
  gsize size;

  self->request = cf_request_new ();
  cf_request_begin (self->request, self->scratch, sizeof self->scratch);
  g_assert_true (cf_request_space (self->request, &space, &size));
  g_assert_cmpuint (size, >=, strlen (bytes));
  memcpy (space, bytes, strlen (bytes));
  cf_request_received (self->request, strlen (bytes));
  cf_worker_enter (self->fixture->worker);
}

static CfOutcome
run_next (Batch *self, gboolean like_last, gboolean like_next)
{
  CfWorker *worker = self->fixture->worker;
  const CfRequestLimits limits = { .max_bulk = 100, .max_buffer = 1000 };
  CfOutcome outcome;

  g_assert_cmpint (cf_request_next (self->request, &limits), ==,
                   CF_REQUEST_READY);
  worker->like_last = like_last;
  worker->like_next = like_next;
  worker->next_slot = like_next ? cf_key_slot (CF_SLICE ("k")) : CF_NO_SLOT;
  outcome = cf_executor_run (self->fixture->engine, worker,
                             &self->fixture->clients[0], self->request);
  worker->like_last = worker->like_next = FALSE;
  worker->next_slot = CF_NO_SLOT;
  return outcome;
}

static void
end_batch (Batch *self)
{
  cf_worker_leave (self->fixture->worker);
  g_assert_cmpuint (self->fixture->worker->hold.kept, ==, CF_NO_SLOT);
  g_assert_true (cf_request_end (self->request));
  cf_request_free (self->request);
}

/* Between them the slot stays locked, and no more is counted or measured than
 * must be; the end of the batch ends that, whenever it comes. */
static void
test_executor_goes_on (Fixture *fixture, gconstpointer data)
{
  Batch batch = { .fixture = fixture };
  guint16 slot = cf_key_slot (CF_SLICE ("k"));
  CfStats *stats = fixture->engine->stats;
  guint64 n;

  assert_reply (fixture, "SET k v", "+OK\r\n");
  n = cf_stats_sum (stats, CF_STAT_COMMANDS);
  begin_batch (&batch, "GET k\r\nGET k\r\nGET k\r\nGET k\r\n");
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (run_next (&batch, i > 0, TRUE), ==, CF_OUTCOME_DONE);
      g_assert_cmpuint (fixture->worker->hold.kept, ==, slot);
      g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_COMMANDS), ==, n);
    }
  g_assert_cmpint (run_next (&batch, TRUE, FALSE), ==, CF_OUTCOME_DONE);
  g_assert_cmpuint (fixture->worker->hold.kept, ==, CF_NO_SLOT);
  g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_COMMANDS), ==, n + 3);
  g_assert_cmpint (run_next (&batch, TRUE, TRUE), ==, CF_OUTCOME_DONE);
  g_assert_cmpuint (fixture->worker->hold.kept, ==, slot);
  end_batch (&batch);
  g_assert_cmpuint (cf_stats_sum (stats, CF_STAT_COMMANDS), ==, n + 4);
  assert_sent (fixture, 0, "$1\r\nv\r\n$1\r\nv\r\n$1\r\nv\r\n$1\r\nv\r\n");
}

static gpointer
limit_memory (gpointer data)
{
  g_assert_true (cf_config_set (data, CF_SETTING_MAXMEMORY, "1", NULL));
  return NULL;
}

static gpointer
pause_all (gpointer data)
{
  cf_pause_start (data, CF_PAUSE_ALL, cf_clock_wall_ms () + 3600 * 1000);
  return NULL;
}

/* What another thread does meanwhile is seen by the next one. */
static void
test_executor_goes_on_no_more (Fixture *fixture, gconstpointer data)
{
  Batch batch = { .fixture = fixture };

  begin_batch (&batch, "SET k v\r\nSET k w\r\nSET k x\r\nSET k\r\n"
                       "GET k\r\nGET k\r\n");
  g_assert_cmpint (run_next (&batch, FALSE, TRUE), ==, CF_OUTCOME_DONE);
  g_assert_cmpint (run_next (&batch, TRUE, TRUE), ==, CF_OUTCOME_DONE);
  g_assert_cmpuint (fixture->worker->hold.kept, !=, CF_NO_SLOT);
  g_thread_join (g_thread_new ("admin", limit_memory, fixture->config));
  g_assert_cmpint (run_next (&batch, TRUE, TRUE), ==, CF_OUTCOME_DONE);
  g_assert_cmpuint (fixture->worker->hold.kept, ==, CF_NO_SLOT);
  g_assert_true (
      cf_config_set (fixture->config, CF_SETTING_MAXMEMORY, "0", NULL));
  /* Of another length. */
  g_assert_cmpint (run_next (&batch, TRUE, FALSE), ==, CF_OUTCOME_DONE);
  assert_sent (fixture, 0,
               "+OK\r\n+OK\r\n"
               "-OOM command not allowed when used memory > 'maxmemory'.\r\n"
               "-ERR wrong number of arguments for 'set' command\r\n");
  g_assert_cmpint (run_next (&batch, FALSE, TRUE), ==, CF_OUTCOME_DONE);
  g_assert_cmpuint (fixture->worker->hold.kept, !=, CF_NO_SLOT);
  g_thread_join (g_thread_new ("admin", pause_all, fixture->engine->pause));
  g_assert_cmpint (run_next (&batch, TRUE, FALSE), ==, CF_OUTCOME_PARKED);
  g_assert_cmpuint (fixture->worker->hold.kept, ==, CF_NO_SLOT);
  end_batch (&batch);
  cf_pause_end (fixture->engine->pause, fixture->engine->sessions);
  g_assert_cmpint (resume (fixture, 0, CF_WAKE_RETRY), ==, CF_OUTCOME_DONE);
  assert_sent (fixture, 0, "$1\r\nw\r\n$1\r\nw\r\n");
}

/* Each run is shown in the slow log, if it shows all. */
static void
test_executor_goes_on_logged (Fixture *fixture, gconstpointer data)
{
  Batch batch = { .fixture = fixture };

  g_assert_true (cf_config_set (fixture->config,
                                CF_SETTING_SLOWLOG_LOG_SLOWER_THAN, "0", NULL));
  begin_batch (&batch, "GET k\r\nGET k\r\nGET k\r\n");
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (run_next (&batch, i > 0, i < 2), ==, CF_OUTCOME_DONE);
  end_batch (&batch);
  assert_sent (fixture, 0, "$-1\r\n$-1\r\n$-1\r\n");
  assert_reply (fixture, "SLOWLOG LEN", ":3\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/engine/executor/refuses", test_executor_refuses);
  fixture_add ("/engine/executor/login", test_executor_login);
  fixture_add ("/engine/executor/out-of-memory", test_executor_out_of_memory);
  fixture_add ("/engine/executor/waits-for-claims",
               test_executor_waits_for_claims);
  fixture_add ("/engine/executor/pause", test_executor_pause);
  fixture_add ("/engine/executor/blocks", test_executor_blocks);
  fixture_add ("/engine/executor/reply-mode", test_executor_reply_mode);
  fixture_add ("/engine/executor/protected", test_executor_protected);
  fixture_add ("/engine/executor/claims-many-keys",
               test_executor_claims_many_keys);
  fixture_add ("/engine/executor/claims-large-values",
               test_executor_claims_large_values);
  fixture_add ("/engine/executor/backlog", test_executor_backlog);
  fixture_add ("/engine/executor/walks-in-blocks",
               test_executor_walks_in_blocks);
  fixture_add ("/engine/executor/sections", test_executor_sections);
  fixture_add ("/engine/executor/sections-wait", test_executor_sections_wait);
  fixture_add ("/engine/executor/http", test_executor_http);
  fixture_add ("/engine/executor/logs-slow-ones", test_executor_logs_slow_ones);
  fixture_add ("/engine/executor/goes-on", test_executor_goes_on);
  fixture_add ("/engine/executor/goes-on-no-more",
               test_executor_goes_on_no_more);
  fixture_add ("/engine/executor/goes-on-logged", test_executor_goes_on_logged);
  return g_test_run ();
}
