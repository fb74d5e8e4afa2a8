/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "config/settings.h"

#include <string.h>

#include "base/error.h"

#define FAILED(name)                                                           \
  "CONFIG SET failed (possibly related to argument '" name "') - "

static void
assert_text (CfConfig *config, CfSettingId id, const char *expected)
{
  g_autofree char *text = cf_config_get_string (config, id);

  g_assert_cmpstr (text, ==, expected);
}

/* Sets "name value name value ..." given as a list that ends with NULL. */
static gboolean
set_many (CfConfig *config, const char *const *words, GError **error)
{
  CfConfigChange changes[16];
  gsize n = 0;

  for (; words[2 * n] != NULL; n++)
    changes[n] =
        (CfConfigChange){ words[2 * n], strlen (words[2 * n]), words[2 * n + 1],
                          strlen (words[2 * n + 1]) };
  return cf_config_set_many (config, changes, n, error);
}
#define SET(config, error, ...)                                                \
  set_many (config, (const char *const[]){ __VA_ARGS__, NULL }, error)

/* The table says for each setting what it has to, and says it consistently. */
static void
test_settings_table (void)
{
  g_autoptr (CfConfig) config = cf_config_new ();
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (int id = 0; id < CF_N_SETTINGS; id++)
    {
      const CfSetting *setting = &cf_settings[id];

      g_test_message ("%s", setting->name);
      g_assert_true (g_hash_table_add (names, (gpointer) setting->name));
      if (setting->alias != NULL)
        g_assert_true (g_hash_table_add (names, (gpointer) setting->alias));
      g_assert_cmpint (cf_setting_find (setting->name, strlen (setting->name)),
                       ==, id);
      g_assert_nonnull (setting->group);
      g_assert_nonnull (setting->help);
      g_assert_false (g_str_has_suffix (setting->help, "."));
      g_assert_cmpint (setting->kind == CF_CONFIG_ENUM, ==,
                       setting->choices != NULL);
      g_assert_cmpint (setting->kind == CF_CONFIG_BOOL, ==,
                       setting->unit == NULL);
      g_assert_true (cf_config_is_initial (config, id));
    }
}

/* Tools set what CONFIG GET * lists to its own value; only these names are
 * known to them as immutable. */
static void
test_settings_immutable_names (void)
{
  static const char *const known[] = {
    "tcp-backlog",     "unixsocket",
    "unixsocketperm",  "databases",
    "io-threads",      "logfile",
    "pidfile",         "dir",
    "daemonize",       "syslog-enabled",
    "syslog-ident",    "syslog-facility",
    "replicaof",       "slaveof",
    "cluster-enabled", "enable-debug-command",
    "aclfile",         NULL,
  };
  g_autoptr (CfConfig) config = cf_config_new ();

  for (int id = 0; id < CF_N_SETTINGS; id++)
    {
      const CfSetting *setting = &cf_settings[id];
      g_autofree char *text = cf_config_get_string (config, id);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", setting->name);
      if (setting->flags & CF_CONFIG_RUNTIME)
        {
          g_assert_true (SET (config, &error, setting->name, text));
          assert_text (config, id, text);
          continue;
        }
      g_assert_true (g_strv_contains (known, setting->name));
      if (setting->alias != NULL)
        g_assert_true (g_strv_contains (known, setting->alias));
      g_assert_false (SET (config, &error, setting->name, text));
      g_assert_true (
          g_str_has_suffix (error->message, "') - can't set immutable config"));
    }
}

static void
test_settings_find (void)
{
  g_assert_cmpint (cf_setting_find ("Max", 3), ==, -1);
  g_assert_cmpint (cf_setting_find ("", 0), ==, -1);
  g_assert_cmpint (cf_setting_find ("MAXMEMORY", 9), ==, CF_SETTING_MAXMEMORY);
  g_assert_cmpint (cf_setting_find ("maxmemory-xyz", 9), ==,
                   CF_SETTING_MAXMEMORY);
  g_assert_cmpint (cf_setting_find ("maxmemory\0", 10), ==, -1);
  g_assert_cmpint (cf_setting_find ("slaveof", 7), ==, CF_SETTING_REPLICAOF);
}

static void
test_settings_get (void)
{
  g_autoptr (CfConfig) config = cf_config_new ();
  g_autofree double *percentiles = NULL;
  CfOutputLimit limit;
  gsize n;

  g_assert_cmpint (cf_config_get_int (config, CF_SETTING_PORT), ==, 6379);
  g_assert_true (cf_config_get_bool (config, CF_SETTING_PROTECTED_MODE));
  g_assert_false (cf_config_get_bool (config, CF_SETTING_REQUIREPASS));
  assert_text (config, CF_SETTING_PROTO_MAX_BULK_LEN, "536870912");

  cf_config_get_output_limit (config, CF_CLIENT_PUBSUB, &limit);
  g_assert_cmpuint (limit.hard_bytes, ==, 32 << 20);
  g_assert_cmpuint (limit.soft_bytes, ==, 8 << 20);
  g_assert_cmpint (limit.soft_s, ==, 60);

  percentiles = cf_config_get_percentiles (config, &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpfloat (percentiles[2], ==, 99.9);
}

static void
test_settings_set (void)
{
  g_autoptr (CfConfig) config = cf_config_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (cf_config_set (config, CF_SETTING_PORT, "7001", &error));
  g_assert_cmpint (cf_config_get_int (config, CF_SETTING_PORT), ==, 7001);
  g_assert_false (cf_config_is_initial (config, CF_SETTING_PORT));
  g_assert_true (cf_config_set (config, CF_SETTING_TCP_BACKLOG, "1", &error));
  g_assert_no_error (error);
  g_assert_false (cf_config_set (config, CF_SETTING_PORT, "65536", &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==,
                   "argument must be between 0 and 65535 inclusive");
  g_assert_cmpint (cf_config_get_int (config, CF_SETTING_PORT), ==, 7001);
}

static void
test_settings_limits_merge (void)
{
  g_autoptr (CfConfig) config = cf_config_new ();
  CfOutputLimit limit;

  g_assert_true (
      SET (config, NULL, "client-output-buffer-limit", "normal 1mb 2kb 3"));
  cf_config_get_output_limit (config, CF_CLIENT_NORMAL, &limit);
  g_assert_cmpuint (limit.hard_bytes, ==, 1 << 20);
  g_assert_cmpint (limit.soft_s, ==, 3);
  cf_config_get_output_limit (config, CF_CLIENT_REPLICA, &limit);
  g_assert_cmpuint (limit.hard_bytes, ==, 256 << 20);
}

static void
test_settings_maxmemory_clients (void)
{
  g_autoptr (CfConfig) config = cf_config_new ();

  g_assert_cmpint (cf_config_get_maxmemory_clients (config), ==, 0);
  g_assert_true (
      SET (config, NULL, "maxmemory", "1000", "maxmemory-clients", "5%"));
  g_assert_cmpint (cf_config_get_maxmemory_clients (config), ==, 50);
  g_assert_true (SET (config, NULL, "maxmemory-clients", "1kb"));
  g_assert_cmpint (cf_config_get_maxmemory_clients (config), ==, 1024);
}

/* Word for word what redis-server 7.0.15 answers after "ERR ". */
static void
test_settings_errors (void)
{
  static const struct
  {
    const char *words[8];
    const char *message;
  } cases[] = {
    { { "nosuch", "1" },
      "Unknown option or number of arguments for CONFIG SET - 'nosuch'" },
    { { "maxmemory", "1", "nosuch", "2", "daemonize", "yes" },
      "Unknown option or number of arguments for CONFIG SET - 'nosuch'" },
    { { "daemonize", "yes", "nosuch", "1" },
      FAILED ("daemonize") "can't set immutable config" },
    { { "maxmemory", "1", "MAXMEMORY", "2" },
      FAILED ("MAXMEMORY") "duplicate parameter" },
    { { "MAXMEMORY", "bla" },
      FAILED ("maxmemory") "argument must be a memory value" },
    { { "hash-max-ziplist-entries", "x" },
      FAILED ("hash-max-ziplist-entries") "argument couldn't be parsed into "
                                          "an integer" },
    { { "maxmemory", "1", "maxmemory-clients", "200%", "timeout", "x" },
      FAILED ("maxmemory-clients") "percentage argument must be less or equal "
                                   "to 100" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CfConfig) config = cf_config_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (set_many (config, cases[i].words, &error));
      g_assert_cmpstr (error->message, ==, cases[i].message);
      g_assert_cmpstr (cf_error_prefix (error), ==, "ERR");
      g_assert_cmpint (cf_config_get_int (config, CF_SETTING_MAXMEMORY), ==, 0);
    }
}

static void
test_settings_too_many (void)
{
  g_autoptr (CfConfig) config = cf_config_new ();
  g_autoptr (GError) error = NULL;
  g_autofree CfConfigChange *changes = g_new (CfConfigChange, 1000);

  for (gsize i = 0; i < 1000; i++)
    changes[i] = (CfConfigChange){ "timeout", 7, "1", 1 };
  g_assert_false (cf_config_set_many (config, changes, 1000, &error));
  g_assert_cmpstr (error->message, ==,
                   FAILED ("timeout") "duplicate parameter");
}

typedef struct
{
  int calls;
  gint64 seen; /* timeout in the last call */
  gint64 veto; /* the timeout to object to */
} Watcher;

static gboolean
on_change (CfConfig *config, CfSettingId id, gpointer data, GError **error)
{
  Watcher *watcher = data;

  watcher->calls++;
  watcher->seen = cf_config_get_int (config, CF_SETTING_TIMEOUT);
  if (watcher->seen == watcher->veto)
    return cf_throw (error, CF_ERROR_FAILED, "not %s", cf_settings[id].name);
  return TRUE;
}

static void
test_settings_hook (void)
{
  g_autoptr (CfConfig) config = cf_config_new ();
  Watcher watcher = { .veto = -1 };

  cf_config_set_hook (config, CF_SETTING_TIMEOUT, on_change, &watcher);
  cf_config_set_hook (config, CF_SETTING_TCP_KEEPALIVE, on_change, &watcher);
  g_assert_true (SET (config, NULL, "timeout", "5", "tcp-keepalive", "6"));
  g_assert_cmpint (watcher.calls, ==, 1);
  g_assert_cmpint (watcher.seen, ==, 5);
  /* The same value again is no change. */
  g_assert_true (SET (config, NULL, "timeout", "5"));
  g_assert_cmpint (watcher.calls, ==, 1);
}

static void
test_settings_veto (void)
{
  g_autoptr (CfConfig) config = cf_config_new ();
  g_autoptr (GError) error = NULL;
  Watcher first = { .veto = -1 }, second = { .veto = 13 };

  cf_config_set_hook (config, CF_SETTING_MAXMEMORY, on_change, &first);
  cf_config_set_hook (config, CF_SETTING_TIMEOUT, on_change, &second);
  g_assert_false (
      SET (config, &error, "maxmemory", "1mb", "timeout", "13", "hz", "11"));
  g_assert_cmpstr (error->message, ==, FAILED ("timeout") "not timeout");
  assert_text (config, CF_SETTING_MAXMEMORY, "0");
  assert_text (config, CF_SETTING_TIMEOUT, "0");
  assert_text (config, CF_SETTING_HZ, "10");
  g_assert_cmpint (cf_config_get_int (config, CF_SETTING_MAXMEMORY), ==, 0);
  /* The first was told twice, and saw the old value at last. */
  g_assert_cmpint (first.calls, ==, 2);
  g_assert_cmpint (first.seen, ==, 0);
  g_assert_cmpint (second.calls, ==, 1);
}

typedef struct
{
  CfConfig *config;
  int stop; /* (atomic) */
} Race;

static gpointer
change_often (gpointer data)
{
  Race *race = data;

  for (int i = 0; i < 500; i++)
    {
      const char *value = i % 2 != 0 ? "4mb" : "2mb";

      g_assert_true (SET (race->config, NULL, "proto-max-bulk-len", value,
                          "requirepass", value));
    }
  return NULL;
}

static gpointer
read_often (gpointer data)
{
  Race *race = data;

  while (!g_atomic_int_get (&race->stop))
    {
      g_autofree char *text =
          cf_config_get_string (race->config, CF_SETTING_REQUIREPASS);
      gint64 number =
          cf_config_get_int (race->config, CF_SETTING_PROTO_MAX_BULK_LEN);

      g_assert_true (*text == '\0' || strcmp (text + 1, "mb") == 0);
      g_assert_cmpint (number % (2 << 20), ==, 0);
    }
  return NULL;
}

static void
test_settings_threads (void)
{
  g_autoptr (CfConfig) config = cf_config_new ();
  Race race = { .config = config };
  GThread *writers[2], *reader = g_thread_new ("read", read_often, &race);

  for (gsize i = 0; i < G_N_ELEMENTS (writers); i++)
    writers[i] = g_thread_new ("change", change_often, &race);
  for (gsize i = 0; i < G_N_ELEMENTS (writers); i++)
    g_thread_join (writers[i]);
  g_atomic_int_set (&race.stop, TRUE);
  g_thread_join (reader);
  assert_text (config, CF_SETTING_PROTO_MAX_BULK_LEN, "4194304");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/settings/table", test_settings_table);
  g_test_add_func ("/config/settings/immutable-names",
                   test_settings_immutable_names);
  g_test_add_func ("/config/settings/find", test_settings_find);
  g_test_add_func ("/config/settings/get", test_settings_get);
  g_test_add_func ("/config/settings/set", test_settings_set);
  g_test_add_func ("/config/settings/limits-merge", test_settings_limits_merge);
  g_test_add_func ("/config/settings/maxmemory-clients",
                   test_settings_maxmemory_clients);
  g_test_add_func ("/config/settings/errors", test_settings_errors);
  g_test_add_func ("/config/settings/too-many", test_settings_too_many);
  g_test_add_func ("/config/settings/hook", test_settings_hook);
  g_test_add_func ("/config/settings/veto", test_settings_veto);
  g_test_add_func ("/config/settings/threads", test_settings_threads);
  return g_test_run ();
}
