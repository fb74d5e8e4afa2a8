/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fixture.h"

#include "engine/scripts.h"

#define SHA_OF_RETURN_1 "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"

static void
test_script_eval (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "EVAL 'return {KEYS[1],ARGV[1],ARGV[2]}' 1 k a b",
      "*3\r\n$1\r\nk\r\n$1\r\na\r\n$1\r\nb\r\n" },
    { "EVAL 'return redis.call(\"SET\",KEYS[1],ARGV[1])' 1 k v", "+OK\r\n" },
    { "EVAL 'return redis.call(\"GET\",KEYS[1])' 1 k", "$1\r\nv\r\n" },
    { "EVAL_RO 'return redis.call(\"GET\",KEYS[1])' 1 k", "$1\r\nv\r\n" },
    { "EVAL 'return redis.call(\"GET\",\"k\")' 0", "$1\r\nv\r\n" },
    { "EVAL 'redis.call(\"SELECT\",1) return redis.call(\"GET\",\"k\")' 0",
      "$-1\r\n" },
    { "GET k", "$1\r\nv\r\n" },
    { "EVAL 'redis.call(\"SET\",\"a\",1) redis.call(\"SET\",\"b\",2) return "
      "redis.call(\"MGET\",\"a\",\"b\",\"k\")' 1 a",
      "*3\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\nv\r\n" },
    { "EVAL 'return redis.call(\"FLUSHALL\")' 0", "+OK\r\n" },
    { "EVAL 'redis.call(\"SET\",\"a\",1) return redis.call(\"FLUSHALL\")' 0",
      "-ERR This command needs that nothing else runs, but the script has "
      "written before it: run the script again script: "
      "44d8c7f6be82e597f3de93ad9346e33f6dbcc8dd, on @user_script:1.\r\n" },
    { "EVAL 'redis.call(\"SET\",\"a\",1) return redis.call(\"FLUSHALL\")' 0",
      "+OK\r\n" },
    { "EXISTS a", ":0\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_script_refused (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "EVAL x a", "-ERR value is not an integer or out of range\r\n" },
    { "EVAL x -1", "-ERR Number of keys can't be negative\r\n" },
    { "EVAL x 2 a",
      "-ERR Number of keys can't be greater than number of args\r\n" },
    { "EVAL 'return (' 0",
      "-ERR Error compiling script (new function): user_script:1: unexpected "
      "symbol near '<eof>'\r\n" },
    { "EVALSHA " SHA_OF_RETURN_1 " 0",
      "-NOSCRIPT No matching script. Please use EVAL.\r\n" },
    { "EVALSHA x 0", "-NOSCRIPT No matching script. Please use EVAL.\r\n" },
    { "EVAL_RO 'redis.call(\"SET\",KEYS[1],1)' 1 k",
      "-ERR Write commands are not allowed from read-only scripts. script: "
      "94cb315f1b6e232908094143417d255bd54a0229, on @user_script:1.\r\n" },
    { "EVAL 'error({})' 0",
      "-ERR unknown error script: 367bf7fe449ba40e54d99d9086aa3c2164008136, on "
      "@user_script:1.\r\n" },
    { "EVAL \"#!lua\" 0", "-ERR Invalid script shebang\r\n" },
    { "EVAL \"#!js\\nreturn 1\" 0",
      "-ERR Unexpected engine in script shebang: #!js\r\n" },
    { "EVAL \"#!lua flags=x\\nreturn 1\" 0",
      "-ERR Unexpected flag in script shebang: x\r\n" },
    { "EVAL \"#!lua x=y\\nreturn 1\" 0",
      "-ERR Unknown lua shebang option: x=y\r\n" },
    { "EVAL_RO \"#!lua\\nreturn 1\" 0",
      "-ERR Can not execute a script with write flag using *_ro command.\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

/* What a command does only in a script. */
static void
test_script_commands (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "EVAL 'local a = {} for i = 1,7999 do a[i] = i end return "
      "redis.call(\"RPUSH\",KEYS[1],unpack(a))' 1 l",
      ":7999\r\n" },
    { "LINDEX l -1", "$4\r\n7999\r\n" },
    { "XGROUP CREATE s g $ MKSTREAM", "+OK\r\n" },
    { "EVAL 'return redis.pcall(\"XREAD\",\"STREAMS\",KEYS[1],\"$\")' 1 s",
      "$-1\r\n" },
    { "EVAL 'return redis.pcall(\"xread\",\"BLOCK\",0,\"STREAMS\",KEYS[1],"
      "\"$\")' 1 s",
      "-ERR xread command is not allowed with BLOCK option from scripts\r\n" },
    { "EVAL 'return redis.pcall(\"XREADGROUP\",\"GROUP\",\"g\",\"c\","
      "\"BLOCK\",0,\"STREAMS\",KEYS[1],\">\")' 1 s",
      "-ERR XREADGROUP command is not allowed with BLOCK option from "
      "scripts\r\n" },
    { "SADD set d c b a", ":4\r\n" },
    { "EVAL 'return redis.call(\"SORT\",KEYS[1],\"BY\",\"_\")' 1 set",
      "*4\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n" },
    { "SCRIPT FLUSH", "+OK\r\n" },
    { "EVAL 'return 1' x", "-ERR value is not an integer or out of range\r\n" },
    { "SCRIPT EXISTS " SHA_OF_RETURN_1, "*1\r\n:0\r\n" },
    { "DEBUG SET-DISABLE-DENY-SCRIPTS 1", "+OK\r\n" },
    { "EVAL 'return redis.pcall(\"DEBUG\",\"PROTOCOL\",\"bignum\")' 0",
      "$37\r\n1234567999999999999999999999999999999\r\n" },
    { "EVAL 'return redis.pcall(\"DEBUG\",\"RELOAD\")' 0",
      "-ERR This Redis command is not allowed from script\r\n" },
    { "DEBUG SET-DISABLE-DENY-SCRIPTS 0", "+OK\r\n" },
    { "EVAL 'return redis.pcall(\"DEBUG\",\"PROTOCOL\",\"bignum\")' 0",
      "-ERR This Redis command is not allowed from script\r\n" },
  };

  g_assert_true (cf_config_set (fixture->config,
                                CF_SETTING_ENABLE_DEBUG_COMMAND, "yes", NULL));
  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
assert_failed (Fixture *fixture, const char *line, const char *figures)
{
  g_autofree char *reset = fixture_run (fixture, 0, "CONFIG RESETSTAT");
  g_autofree char *reply = fixture_run (fixture, 0, line);
  g_autofree char *info = fixture_run (fixture, 0, "INFO commandstats");
  char *eval = strstr (info, "cmdstat_eval:");

  g_assert_nonnull (eval);
  *strchr (eval, '\r') = '\0';
  g_assert_nonnull (strstr (eval, figures));
}

/* A script whose reply is an error has failed, however it came to it. */
static void
test_script_failed (Fixture *fixture, gconstpointer data)
{
  assert_failed (fixture, "EVAL 'return redis.call(\"SELECT\",99)' 0",
                 "rejected_calls=0,failed_calls=1");
  assert_failed (fixture, "EVAL 'return redis.pcall(\"SELECT\",99)' 0",
                 "rejected_calls=0,failed_calls=1");
  assert_failed (fixture, "EVAL 'return redis.error_reply(\"x\")' 0",
                 "rejected_calls=0,failed_calls=1");
  assert_failed (fixture, "EVAL 'error(\"x\")' 0",
                 "rejected_calls=0,failed_calls=1");
  assert_failed (fixture, "EVAL 'redis.pcall(\"SELECT\",99) return 1' 0",
                 "rejected_calls=0,failed_calls=0");
}

static void
test_script_cache (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "SCRIPT LOAD 'return 1'", "$40\r\n" SHA_OF_RETURN_1 "\r\n" },
    { "SCRIPT EXISTS " SHA_OF_RETURN_1 " x", "*2\r\n:1\r\n:0\r\n" },
    { "SCRIPT EXISTS E0E1F9FABFC9D4800C877A703B823AC0578FF8DB",
      "*1\r\n:1\r\n" },
    { "EVALSHA " SHA_OF_RETURN_1 " 0", ":1\r\n" },
    { "EVALSHA_RO " SHA_OF_RETURN_1 " 0", ":1\r\n" },
    { "SCRIPT FLUSH X",
      "-ERR SCRIPT FLUSH only support SYNC|ASYNC option\r\n" },
    { "SCRIPT FLUSH SYNC", "+OK\r\n" },
    { "EVALSHA " SHA_OF_RETURN_1 " 0",
      "-NOSCRIPT No matching script. Please use EVAL.\r\n" },
    { "EVAL 'return 1' 0", ":1\r\n" },
    { "EVALSHA " SHA_OF_RETURN_1 " 0", ":1\r\n" },
    { "SCRIPT KILL", "-NOTBUSY No scripts in execution right now.\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  g_assert_cmpuint (cf_scripts_n (fixture->engine->scripts), ==, 1);
  g_assert_cmpuint (cf_scripts_memory (fixture->engine->scripts), >, 0);
  g_assert_cmpuint (
      cf_scripts_vm_memory (fixture->engine->scripts, CF_SCRIPT_EVAL), >, 0);
}

/* EVAL keeps the latest ones only. */
static void
test_script_evicted (Fixture *fixture, gconstpointer data)
{
  CfScripts *scripts = fixture->engine->scripts;

  assert_reply (fixture, "SCRIPT LOAD 'return 1'",
                "$40\r\n" SHA_OF_RETURN_1 "\r\n");
  for (guint i = 0; i < CF_SCRIPTS_OF_EVAL_MAX + 10; i++)
    {
      g_autofree char *eval = g_strdup_printf ("EVAL 'return 1 --%u' 0", i);

      assert_reply (fixture, eval, ":1\r\n");
    }
  g_assert_cmpuint (cf_scripts_n (scripts), ==, CF_SCRIPTS_OF_EVAL_MAX + 1);
  g_assert_cmpuint (cf_scripts_n_evicted (scripts), ==, 10);
  assert_reply (fixture, "SCRIPT EXISTS " SHA_OF_RETURN_1, "*1\r\n:1\r\n");
}

static void
test_script_block (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "MULTI", "+OK\r\n" },
    { "SET k 1", "+QUEUED\r\n" },
    { "EVAL 'redis.call(\"INCR\",\"other\") return "
      "redis.call(\"INCR\",KEYS[1])' 1 k",
      "+QUEUED\r\n" },
    { "EVAL 'return redis.call(\"NOPE\")' 0", "+QUEUED\r\n" },
    { "INCR k", "+QUEUED\r\n" },
    { "EXEC", "*4\r\n+OK\r\n:2\r\n-ERR Unknown Redis command called from "
              "script script: bbef5c1f469d8ec64dce4b99d2519183dc19ae88, on "
              "@user_script:1.\r\n:3\r\n" },
    { "GET other", "$1\r\n1\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_script_undeclared_refused (Fixture *fixture, gconstpointer data)
{
  g_assert_true (cf_config_set (
      fixture->config, CF_SETTING_SCRIPT_UNDECLARED_KEYS, "refuse", NULL));
  assert_reply (fixture, "EVAL 'return redis.pcall(\"GET\",\"k\")' 1 k",
                "$-1\r\n");
  assert_reply (fixture, "EVAL 'return redis.call(\"GET\",\"l\")' 1 k",
                "-ERR Script attempted to access a key that is not among its "
                "arguments (script-undeclared-keys) script: "
                "d88c8c33e5365f1385e6952e933dc00596d9fc60, on "
                "@user_script:1.\r\n");
}

static void
test_script_memory (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (700000, 'x');
  g_autofree char *long_script =
      g_strdup_printf ("EVAL 'return #\"%s\"' 0", text);

  g_assert_true (cf_config_set (fixture->config, CF_SETTING_LUA_MEMORY_LIMIT,
                                "4mb", NULL));
  assert_reply (fixture, "EVAL 'local t = {} while true do t[#t+1] = {} end' 0",
                "-ERR Error running script "
                "9ecb588e21b1b9444b94e69b9469456971177bc8, not enough "
                "memory\r\n");
  /* That state is gone. */
  assert_reply (fixture, "EVAL 'return 1' 0", ":1\r\n");
  /* So is one that is full of what nobody needs. */
  assert_reply (
      fixture,
      "EVAL 'local t = {} for i = 1, 40000 do t[i] = {} end return 2' "
      "0",
      ":2\r\n");
  assert_reply (fixture, long_script, ":700000\r\n");
  if (g_getenv ("TEST_WRAPPER") != NULL)
    {
      g_test_skip ("valgrind's allocator does not count");
      return;
    }
  g_assert_true (
      cf_config_set (fixture->config, CF_SETTING_MAXMEMORY, "1", NULL));
  assert_reply (fixture, "EVAL 'return redis.pcall(\"SET\",KEYS[1],1)' 1 k",
                "-OOM command not allowed when used memory > "
                "'maxmemory'.\r\n");
  assert_reply (fixture, "EVAL \"#!lua\\nreturn 1\" 0",
                "-OOM command not allowed when used memory > "
                "'maxmemory'.\r\n");
  assert_reply (fixture,
                "EVAL \"#!lua flags=allow-oom\\nreturn "
                "redis.call('SET',KEYS[1],1)\" 1 k",
                "+OK\r\n");
}

/* Another holds a key that the script has not declared. */
static void
test_script_alone (Fixture *fixture, gconstpointer data)
{
  CfKey key = cf_key (CF_SLICE ("b"));
  CfHold hold = { 0 };
  guint64 closed = cf_stats_sum (fixture->engine->stats, CF_STAT_GATE_CLOSED);

  cf_hold_init (&hold, fixture->engine->keyspace);
  g_assert_true (cf_hold_claims (&hold, &key, 1, NULL));
  assert_reply (fixture,
                "EVAL 'redis.call(\"GET\",\"a\") return "
                "redis.call(\"GET\",\"b\")' 0",
                "$-1\r\n");
  g_assert_cmpuint (cf_stats_sum (fixture->engine->stats, CF_STAT_GATE_CLOSED),
                    ==, closed + 1);
  cf_hold_release (&hold);
  cf_hold_clear (&hold);
  /* It is known now. */
  assert_reply (fixture,
                "EVAL 'redis.call(\"GET\",\"a\") return "
                "redis.call(\"GET\",\"b\")' 0",
                "$-1\r\n");
  g_assert_cmpuint (cf_stats_sum (fixture->engine->stats, CF_STAT_GATE_CLOSED),
                    ==, closed + 2);
  /* It is tried again how it goes, now and then. */
  for (guint i = 0; i < CF_SCRIPT_RUNS_ALONE; i++)
    assert_reply (fixture,
                  "EVAL 'redis.call(\"GET\",\"a\") return "
                  "redis.call(\"GET\",\"b\")' 0",
                  "$-1\r\n");
  g_assert_cmpuint (cf_stats_sum (fixture->engine->stats, CF_STAT_GATE_CLOSED),
                    ==, closed + 1 + CF_SCRIPT_RUNS_ALONE);
}

/* What is for nobody is not recorded; the flags are the run's. */
static void
test_script_set_repl (Fixture *fixture, gconstpointer data)
{
  assert_records (fixture, "");
  assert_reply (fixture,
                "EVAL 'redis.call(\"SET\",KEYS[1],1) "
                "redis.set_repl(redis.REPL_NONE) redis.call(\"SET\",KEYS[1],2) "
                "redis.call(\"SPOP\",KEYS[2]) "
                "redis.set_repl(redis.REPL_AOF) redis.call(\"INCR\",KEYS[1]) "
                "redis.set_repl(0) return redis.call(\"GET\",KEYS[1])' 2 k s",
                "$1\r\n3\r\n");
  assert_records (fixture, "MULTI\nSET k 1\nINCR k\nEXEC\n");
  assert_reply (fixture, "EVAL 'return redis.call(\"INCR\",KEYS[1])' 1 k",
                ":4\r\n");
  assert_records (fixture, "INCR k\n");
  assert_reply (fixture,
                "EVAL 'redis.set_repl(redis.REPL_NONE) return "
                "redis.call(\"INCR\",KEYS[1])' 1 k",
                ":5\r\n");
  assert_records (fixture, "");
  assert_reply (
      fixture, "EVAL 'redis.set_repl(4)' 0",
      "-ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, "
      "REPL_ALL or REPL_NONE. script: "
      "4b0d676cbb3ad7b26a76c3abadb705825525eedf, on @user_script:1.\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-script/alone", test_script_alone);
  fixture_add ("/commands/cmd-script/block", test_script_block);
  fixture_add ("/commands/cmd-script/cache", test_script_cache);
  fixture_add ("/commands/cmd-script/commands", test_script_commands);
  fixture_add ("/commands/cmd-script/eval", test_script_eval);
  fixture_add ("/commands/cmd-script/evicted", test_script_evicted);
  fixture_add ("/commands/cmd-script/failed", test_script_failed);
  fixture_add ("/commands/cmd-script/memory", test_script_memory);
  fixture_add ("/commands/cmd-script/refused", test_script_refused);
  fixture_add ("/commands/cmd-script/set-repl", test_script_set_repl);
  fixture_add ("/commands/cmd-script/undeclared-refused",
               test_script_undeclared_refused);
  return g_test_run ();
}
