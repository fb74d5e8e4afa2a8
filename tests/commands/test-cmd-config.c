/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#include <string.h>

#include <glib/gstdio.h>

#include "config/loader.h"

#define FAILED(name)                                                           \
  "-ERR CONFIG SET failed (possibly related to argument '" name "') - "

static void
test_get (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "CONFIG GET timeout", "*2\r\n$7\r\ntimeout\r\n$1\r\n0\r\n" },
    { "CONFIG GET TimeOut timeout 'timeou?'",
      "*2\r\n$7\r\nTimeOut\r\n$1\r\n0\r\n" },
    { "CONFIG GET nosuch no*such", "*0\r\n" },
    { "CONFIG GET ''", "*0\r\n" },
    { "CONFIG GET slaveof", "*2\r\n$7\r\nslaveof\r\n$0\r\n\r\n" },
    { "CONFIG GET '*laveof' replicaof",
      "*4\r\n$7\r\nslaveof\r\n$0\r\n\r\n$9\r\nreplicaof\r\n$0\r\n\r\n" },
    { "CONFIG GET 'lfu-*' lfu-decay-time",
      "*4\r\n$14\r\nlfu-log-factor\r\n$2\r\n10\r\n"
      "$14\r\nlfu-decay-time\r\n$1\r\n1\r\n" },
    /* Hidden ones have to be called by their names. */
    { "CONFIG GET 'key-load*'", "*0\r\n" },
    { "CONFIG GET key-load-delay",
      "*2\r\n$14\r\nkey-load-delay\r\n$1\r\n0\r\n" },
    { "CONFIG GET maxmemory-policy",
      "*2\r\n$16\r\nmaxmemory-policy\r\n$10\r\nnoeviction\r\n" },
    { "CONFIG GET proto-max-bulk-len",
      "*2\r\n$18\r\nproto-max-bulk-len\r\n$9\r\n536870912\r\n" },
    { "CONFIG GET",
      "-ERR wrong number of arguments for 'config|get' command\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_get_resp3 (Fixture *fixture, gconstpointer data)
{
  g_autofree char *hello = fixture_run (fixture, 0, "HELLO 3");

  g_assert_cmpint (*hello, ==, '%');
  assert_reply (fixture, "CONFIG GET timeout hz",
                "%2\r\n$7\r\ntimeout\r\n$1\r\n0\r\n$2\r\nhz\r\n$2\r\n10\r\n");
}

static void
test_get_dir (Fixture *fixture, gconstpointer data)
{
  g_autofree char *dir = g_get_current_dir ();
  g_autofree char *expected =
      g_strdup_printf ("*2\r\n$3\r\ndir\r\n$%zu\r\n%s\r\n", strlen (dir), dir);

  assert_reply (fixture, "CONFIG GET dir", expected);
}

/* Every setting that is listed can be set to what is listed. */
static void
test_sanity (Fixture *fixture, gconstpointer data)
{
  g_autofree char *all = fixture_run (fixture, 0, "CONFIG GET *");
  g_auto (GStrv) lines = g_strsplit (all, "\r\n", -1);
  guint n = 0;

  for (guint i = 2; lines[i - 1] != NULL && lines[i] != NULL; i += 4)
    {
      const char *name = lines[i], *value = lines[i + 2];
      int id = cf_setting_find (name, strlen (name));
      g_autofree char *line =
          g_strdup_printf ("CONFIG SET %s '%s'", name, value);

      g_assert_cmpint (id, >=, 0);
      n++;
      if (cf_settings[id].flags & CF_CONFIG_RUNTIME)
        assert_reply (fixture, line, "+OK\r\n");
    }
  g_assert_cmpuint (n, >, 80);
}

static void
test_set (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "CONFIG SET timeout 5", "+OK\r\n" },
    { "CONFIG GET timeout", "*2\r\n$7\r\ntimeout\r\n$1\r\n5\r\n" },
    { "config set TIMEOUT 6 maxmemory-policy ALLKEYS-LRU", "+OK\r\n" },
    { "CONFIG GET timeout maxmemory-policy",
      "*4\r\n$7\r\ntimeout\r\n$1\r\n6\r\n"
      "$16\r\nmaxmemory-policy\r\n$11\r\nallkeys-lru\r\n" },
    { "CONFIG SET hash-max-ziplist-entries 17", "+OK\r\n" },
    { "CONFIG GET hash-max-listpack-entries",
      "*2\r\n$25\r\nhash-max-listpack-entries\r\n$2\r\n17\r\n" },
    { "CONFIG SET maxmemory 1 timeout", "-ERR syntax error\r\n" },
    { "CONFIG SET timeout",
      "-ERR wrong number of arguments for 'config|set' command\r\n" },
    { "CONFIG SET nosuch 1",
      "-ERR Unknown option or number of arguments for CONFIG SET - "
      "'nosuch'\r\n" },
    { "CONFIG SET timeout 7 maxmemory-clients 200%",
      FAILED ("maxmemory-clients") "percentage argument must be less or "
                                   "equal to 100\r\n" },
    { "CONFIG GET timeout", "*2\r\n$7\r\ntimeout\r\n$1\r\n6\r\n" },
    { "CONFIG SET daemonize yes",
      FAILED ("daemonize") "can't set immutable config\r\n" },
    { "CONFIG SET timeout 1 timeout 2",
      FAILED ("timeout") "duplicate parameter\r\n" },
    { "CONFIG SET appendonly yes",
      FAILED ("appendonly") "this version keeps nothing on disk\r\n" },
    { "CONFIG SET appendonly no", "+OK\r\n" },
    { "CONFIG SET save '3600 1'", "+OK\r\n" },
    { "CONFIG GET save", "*2\r\n$4\r\nsave\r\n$6\r\n3600 1\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

/* Inside MULTI, with keys held around it. */
static void
test_set_in_multi (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "MULTI", "+OK\r\n" },
    { "SET k v", "+QUEUED\r\n" },
    { "CONFIG SET maxmemory bla", "+QUEUED\r\n" },
    { "CONFIG SET timeout 3", "+QUEUED\r\n" },
    { "GET k", "+QUEUED\r\n" },
    { "EXEC",
      "*4\r\n+OK\r\n" FAILED ("maxmemory") "argument must be a memory "
                                           "value\r\n+OK\r\n$1\r\nv\r\n" },
    { "CONFIG GET timeout", "*2\r\n$7\r\ntimeout\r\n$1\r\n3\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

/* Who asks for replicas is not served writes that have none. */
static void
test_min_replicas (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "CONFIG SET min-replicas-to-write 1", "+OK\r\n" },
    { "SET k v", "-NOREPLICAS Not enough good replicas to write.\r\n" },
    { "GET k", "$-1\r\n" },
    { "MULTI", "+OK\r\n" },
    { "GET k", "+QUEUED\r\n" },
    { "SET k v", "-NOREPLICAS Not enough good replicas to write.\r\n" },
    { "EXEC", "-EXECABORT Transaction discarded because of previous "
              "errors.\r\n" },
    { "CONFIG SET min-slaves-to-write 0", "+OK\r\n" },
    { "SET k v", "+OK\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_resetstat (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "GET k", "$-1\r\n");
  g_assert_cmpuint (cf_stats_sum (fixture->engine->stats, CF_STAT_MISSES), ==,
                    1);
  assert_reply (fixture, "CONFIG RESETSTAT", "+OK\r\n");
  g_assert_cmpuint (cf_stats_sum (fixture->engine->stats, CF_STAT_MISSES), ==,
                    0);
}

static void
test_rewrite (Fixture *fixture, gconstpointer data)
{
  g_autofree char *dir = g_dir_make_tmp ("cf-cmd-config-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "cofferd.conf", NULL);
  g_autofree char *text = NULL, *reply = NULL;

  assert_reply (fixture, "CONFIG REWRITE",
                "-ERR The server is running without a config file\r\n");
  g_assert_true (
      g_file_set_contents (path, "# Mine\n[clients]\ntimeout = 1\n", -1, NULL));
  g_assert_true (cf_config_load (fixture->config, path, NULL));
  assert_reply (fixture, "CONFIG SET timeout 2", "+OK\r\n");
  assert_reply (fixture, "CONFIG REWRITE", "+OK\r\n");
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "# Mine\n[clients]\ntimeout = 2\n");
  g_remove (path);
  g_rmdir (dir);
}

static void
test_help (Fixture *fixture, gconstpointer data)
{
  g_autofree char *help = fixture_run (fixture, 0, "CONFIG HELP");

  g_assert_true (g_str_has_prefix (
      help, "*11\r\n+CONFIG <subcommand> [<arg> [value] [opt] ...]. "
            "Subcommands are:\r\n"));
  assert_reply (fixture, "CONFIG nosuch",
                "-ERR unknown subcommand 'nosuch'. Try CONFIG HELP.\r\n");
  assert_reply (fixture, "CONFIG",
                "-ERR wrong number of arguments for 'config' command\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-config/get", test_get);
  fixture_add ("/commands/cmd-config/get-resp3", test_get_resp3);
  fixture_add ("/commands/cmd-config/get-dir", test_get_dir);
  fixture_add ("/commands/cmd-config/sanity", test_sanity);
  fixture_add ("/commands/cmd-config/set", test_set);
  fixture_add ("/commands/cmd-config/set-in-multi", test_set_in_multi);
  fixture_add ("/commands/cmd-config/min-replicas", test_min_replicas);
  fixture_add ("/commands/cmd-config/resetstat", test_resetstat);
  fixture_add ("/commands/cmd-config/rewrite", test_rewrite);
  fixture_add ("/commands/cmd-config/help", test_help);
  return g_test_run ();
}
