/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_info_sections (Fixture *fixture, gconstpointer data)
{
  assert_has (fixture, "INFO", "# Server\r\nredis_version:7.0.15\r\n");
  assert_has (fixture, "INFO", "\r\n\r\n# Keyspace\r\n");
  assert_has (fixture, "INFO server", "\r\nexecutable:/");
  assert_has (fixture, "INFO server", "\r\nconfig_file:\r\n");
  assert_has (fixture, "INFO memory", "\r\nmem_replication_backlog:0\r\n");
  assert_has (fixture, "INFO stats", "\r\nexpired_stale_perc:0.00\r\n");
  assert_lacks (fixture, "INFO", "# Commandstats");
  assert_has (fixture, "INFO all", "# Commandstats");
  assert_has (fixture, "INFO all", "# Modules");
  assert_has (fixture, "INFO server", "\r\nio_threads_active:0\r\n");
  assert_has (fixture, "INFO persistence", "\r\nrdb_saves:0\r\n");
  assert_has (fixture, "INFO everything", "# Modules");
  assert_lacks (fixture, "INFO cpu Stats", "# Server");
  assert_has (fixture, "INFO cpu Stats", "used_cpu_user:");
  assert_has (fixture, "INFO cpu Stats", "# Stats");
  assert_reply (fixture, "INFO nope", "$0\r\n\r\n");
}

static void
test_info_figures (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SET k v EX 100", "+OK\r\n");
  assert_reply (fixture, "SET l v", "+OK\r\n");
  assert_reply (fixture, "GET nope", "$-1\r\n");
  assert_reply (fixture, "INCR k",
                "-ERR value is not an integer or out of range\r\n");
  assert_reply (fixture, "GET",
                "-ERR wrong number of arguments for 'get' "
                "command\r\n");
  assert_has (fixture, "INFO keyspace", "db0:keys=2,expires=1,avg_ttl=");
  assert_has (fixture, "INFO stats", "keyspace_misses:1\r\n");
  assert_has (fixture, "INFO commandstats", "cmdstat_set:calls=2,usec=");
  assert_has (fixture, "INFO commandstats", "rejected_calls=1,failed_calls=0");
  assert_has (fixture, "INFO commandstats", "rejected_calls=0,failed_calls=1");
  assert_has (fixture, "INFO errorstats", "errorstat_ERR:count=2\r\n");
  assert_has (fixture, "INFO latencystats",
              "latency_percentiles_usec_set:p50=");
  assert_has (fixture, "INFO clients", "connected_clients:4\r\n");
  assert_has (fixture, "INFO persistence", "rdb_changes_since_last_save:2\r\n");
  assert_reply (fixture, "CONFIG RESETSTAT", "+OK\r\n");
  assert_has (fixture, "INFO stats", "keyspace_misses:0\r\n");
  assert_lacks (fixture, "INFO commandstats", "cmdstat_set");
  assert_lacks (fixture, "INFO errorstats", "errorstat_ERR");
}

static gint64
get_figure (Fixture *fixture, const char *section, const char *name)
{
  g_autofree char *line = g_strconcat ("INFO ", section, NULL);
  g_autofree char *text = fixture_run (fixture, 0, line);
  g_autofree char *head = g_strdup_printf ("\r\n%s:", name);
  const char *at = strstr (text, head);

  if (at == NULL)
    g_error ("no %s in %s", name, text);
  return g_ascii_strtoll (at + strlen (head), NULL, 10);
}

static void
test_info_allocator (Fixture *fixture, gconstpointer data)
{
  gint64 active = get_figure (fixture, "memory", "allocator_active");
  gint64 resident = get_figure (fixture, "memory", "allocator_resident");

  g_assert_cmpint (active, >, 0);
  g_assert_cmpint (resident, >=, active);
  (void) get_figure (fixture, "memory", "allocator_frag_bytes");
  (void) get_figure (fixture, "memory", "allocator_rss_ratio");
  (void) get_figure (fixture, "memory", "rss_overhead_bytes");
}

static void
test_info_resp3 (Fixture *fixture, gconstpointer data)
{
  g_free (fixture_run (fixture, 0, "HELLO 3"));
  assert_has (fixture, "INFO cluster",
              "txt:# Cluster\r\ncluster_enabled:0\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/info/sections", test_info_sections);
  fixture_add ("/commands/info/figures", test_info_figures);
  fixture_add ("/commands/info/allocator", test_info_allocator);
  fixture_add ("/commands/info/resp3", test_info_resp3);
  return g_test_run ();
}
