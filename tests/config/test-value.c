/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "config/value.h"

#include <string.h>

#include "base/memory.h"

typedef struct
{
  CfSettingId id;
  const char *given;
  const char *text; /* (nullable) when @given is refused */
  gint64 number;
  const char *error; /* (nullable) a part of the message */
} Case;

#define RANGE "argument must be between "
#define NOT_INT "argument couldn't be parsed into an integer"
#define NOT_MEMORY "argument must be a memory value"
#define NOT_PERCENT "argument must be a memory or percent value"

/* As redis-server 7.0.15 takes and words them. */
static const Case cases[] = {
  { CF_SETTING_LATENCY_TRACKING, "YES", "yes", 1, NULL },
  { CF_SETTING_LATENCY_TRACKING, "no", "no", 0, NULL },
  { CF_SETTING_LATENCY_TRACKING, "maybe", NULL, 0,
    "argument must be 'yes' or 'no'" },
  { CF_SETTING_LATENCY_TRACKING, "", NULL, 0,
    "argument must be 'yes' or 'no'" },
  { CF_SETTING_TIMEOUT, "17", "17", 17, NULL },
  { CF_SETTING_TIMEOUT, "-1", NULL, 0, RANGE "0 and 2147483647 inclusive" },
  { CF_SETTING_TIMEOUT, "2147483648", NULL, 0,
    RANGE "0 and 2147483647 inclusive" },
  { CF_SETTING_TIMEOUT, "01", NULL, 0, NOT_INT },
  { CF_SETTING_TIMEOUT, "", NULL, 0, NOT_INT },
  { CF_SETTING_TIMEOUT, "1 ", NULL, 0, NOT_INT },
  { CF_SETTING_SLOWLOG_LOG_SLOWER_THAN, "-1", "-1", -1, NULL },
  { CF_SETTING_SLOWLOG_LOG_SLOWER_THAN, "-2", NULL, 0,
    RANGE "-1 and 9223372036854775807 inclusive" },
  { CF_SETTING_LIST_MAX_LISTPACK_SIZE, "99999999999", NULL, 0,
    RANGE "-2147483648 and 2147483647 inclusive" },
  { CF_SETTING_UNIXSOCKETPERM, "0700", "700", 0700, NULL },
  { CF_SETTING_UNIXSOCKETPERM, "1000", NULL, 0, RANGE "0 and 777 inclusive" },
  { CF_SETTING_UNIXSOCKETPERM, "8", NULL, 0, "parsed as an octal number" },
  { CF_SETTING_UNIXSOCKETPERM, "", NULL, 0, "parsed as an octal number" },
  { CF_SETTING_UNIXSOCKETPERM, "777777777777777777777777", NULL, 0,
    "parsed as an octal number" },
  { CF_SETTING_PROTO_MAX_BULK_LEN, "1Mb", "1048576", 1 << 20, NULL },
  { CF_SETTING_PROTO_MAX_BULK_LEN, "5", NULL, 0,
    RANGE "1048576 and 9223372036854775807 inclusive" },
  { CF_SETTING_MAXMEMORY, "1g", "1000000000", 1000000000, NULL },
  { CF_SETTING_MAXMEMORY, "0%", "0", 0, NULL },
  { CF_SETTING_MAXMEMORY, "", "0", 0, NULL },
  { CF_SETTING_MAXMEMORY, "bla", NULL, 0, NOT_MEMORY },
  { CF_SETTING_MAXMEMORY, "-1", NULL, 0, NOT_MEMORY },
  { CF_SETTING_MAXMEMORY, "101%", NULL, 0, "must be less or equal to 100" },
  { CF_SETTING_MAXMEMORY, "9223372036854775808", NULL, 0, RANGE },
  { CF_SETTING_MAXMEMORY, "18446744073709551615", NULL, 0, RANGE },
  { CF_SETTING_MAXMEMORY_CLIENTS, "5%", "5%", -5, NULL },
  { CF_SETTING_MAXMEMORY_CLIENTS, "0%", "0", 0, NULL },
  { CF_SETTING_MAXMEMORY_CLIENTS, "2kb", "2048", 2048, NULL },
  { CF_SETTING_MAXMEMORY_CLIENTS, "200%", NULL, 0,
    "percentage argument must be less or equal to 100" },
  { CF_SETTING_MAXMEMORY_CLIENTS, "-5", NULL, 0, NOT_PERCENT },
  { CF_SETTING_MAXMEMORY_CLIENTS, "-5%", NULL, 0, NOT_PERCENT },
  { CF_SETTING_MAXMEMORY_CLIENTS, "05%", NULL, 0, NOT_PERCENT },
  { CF_SETTING_MAXMEMORY_CLIENTS, "%", NULL, 0, NOT_PERCENT },
  { CF_SETTING_MAXMEMORY_POLICY, "AllKeys-LRU", "allkeys-lru",
    CF_POLICY_ALLKEYS_LRU, NULL },
  { CF_SETTING_MAXMEMORY_POLICY, "noeviction", "noeviction",
    CF_POLICY_NOEVICTION, NULL },
  { CF_SETTING_MAXMEMORY_POLICY, "lru", NULL, 0,
    "argument(s) must be one of the following: volatile-lru, volatile-lfu, "
    "volatile-random, volatile-ttl, allkeys-lru, allkeys-lfu, "
    "allkeys-random, noeviction" },
  { CF_SETTING_LOGLEVEL, "warning", "warning", CF_LOGLEVEL_WARNING, NULL },
  { CF_SETTING_ENABLE_DEBUG_COMMAND, "local", "local", CF_DEBUG_COMMAND_LOCAL,
    NULL },
  { CF_SETTING_REQUIREPASS, "", "", 0, NULL },
  { CF_SETTING_REQUIREPASS, " a b ", " a b ", 5, NULL },
  { CF_SETTING_BIND, " *   -::* ", "* -::*", 6, NULL },
  { CF_SETTING_BIND, "", "", 0, NULL },
  { CF_SETTING_BIND, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", NULL, 0,
    "Too many bind addresses specified." },
  { CF_SETTING_SAVE, "3600 1 300 100", "3600 1 300 100", 14, NULL },
  { CF_SETTING_SAVE, "900  0", "900 0", 5, NULL },
  { CF_SETTING_SAVE, "", "", 0, NULL },
  { CF_SETTING_SAVE, "900", NULL, 0, "Invalid save parameters" },
  { CF_SETTING_SAVE, "0 1", NULL, 0, "Invalid save parameters" },
  { CF_SETTING_SAVE, "1 -1", NULL, 0, "Invalid save parameters" },
  { CF_SETTING_SAVE, "a b", NULL, 0, "Invalid save parameters" },
  { CF_SETTING_CLIENT_OUTPUT_BUFFER_LIMIT, "replica 1mb 2k 3",
    "normal 0 0 0 slave 1048576 2000 3 pubsub 7 8 9", 46, NULL },
  { CF_SETTING_CLIENT_OUTPUT_BUFFER_LIMIT, "pubsub 1 2 3 Normal 4 5 6",
    "normal 4 5 6 slave 0 0 0 pubsub 1 2 3", 37, NULL },
  { CF_SETTING_CLIENT_OUTPUT_BUFFER_LIMIT, "",
    "normal 0 0 0 slave 0 0 0 pubsub 7 8 9", 37, NULL },
  { CF_SETTING_CLIENT_OUTPUT_BUFFER_LIMIT, "normal 1 2", NULL, 0,
    "Wrong number of arguments in buffer limit configuration." },
  { CF_SETTING_CLIENT_OUTPUT_BUFFER_LIMIT, "master 1 2 3", NULL, 0,
    "Invalid client class specified in buffer limit configuration." },
  { CF_SETTING_CLIENT_OUTPUT_BUFFER_LIMIT, "normal x 2 3", NULL, 0,
    "Error in hard, soft or soft_seconds setting" },
  { CF_SETTING_CLIENT_OUTPUT_BUFFER_LIMIT, "normal 1 2 -3", NULL, 0,
    "Error in hard, soft or soft_seconds setting" },
  { CF_SETTING_LATENCY_TRACKING_INFO_PERCENTILES, "0.1 99.9 50", "0.1 99.9 50",
    11, NULL },
  { CF_SETTING_LATENCY_TRACKING_INFO_PERCENTILES, "1 x", NULL, 0,
    "Invalid latency-tracking-info-percentiles parameters" },
  { CF_SETTING_LATENCY_TRACKING_INFO_PERCENTILES, "101", NULL, 0,
    "should sit between [0.0,100.0]" },
  { CF_SETTING_NOTIFY_KEYSPACE_EVENTS, "AKE", "AKE", 0xfff, NULL },
  { CF_SETTING_NOTIFY_KEYSPACE_EVENTS, "KEg", "gKE",
    CF_EVENT_KEYSPACE | CF_EVENT_KEYEVENT | CF_EVENT_GENERIC, NULL },
  { CF_SETTING_NOTIFY_KEYSPACE_EVENTS, "$lshzxetdg", "A", 0xffc, NULL },
  { CF_SETTING_NOTIFY_KEYSPACE_EVENTS, "mxKn", "xnKm",
    CF_EVENT_KEYSPACE | CF_EVENT_EXPIRED | CF_EVENT_NEW | CF_EVENT_KEY_MISS,
    NULL },
  { CF_SETTING_NOTIFY_KEYSPACE_EVENTS, "KQ", NULL, 0,
    "Invalid event class character. Use 'Ag$lshzxeKEtmdn'." },
  { CF_SETTING_APPENDONLY, "no", "no", 0, NULL },
  { CF_SETTING_APPENDONLY, "yes", NULL, 0, "keeps nothing on disk" },
  { CF_SETTING_REPLICAOF, "host 1", NULL, 0, "does not replicate" },
};

static void
test_value_parse (void)
{
  static const char limits[] = "pubsub 7 8 9";

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      const CfSetting *setting = &cf_settings[c->id];
      g_autoptr (GError) error = NULL;
      CfSettingValue value = { 0 };
      gboolean valid = cf_setting_value_parse (
          &value, setting, c->given, strlen (c->given), limits, &error);

      g_test_message ("%s = '%s'", setting->name, c->given);
      g_assert_cmpstr (value.text, ==, c->text);
      g_assert_cmpint (value.number, ==, c->number);
      g_assert_cmpint (valid, ==, c->text != NULL);
      g_assert_cmpint (valid, ==, error == NULL);
      if (!valid)
        g_assert_nonnull (strstr (error->message, c->error));
      cf_setting_value_clear (&value);
    }
}

static void
test_value_nul (void)
{
  g_autoptr (GError) error = NULL;
  CfSettingValue value = { 0 };

  g_assert_false (cf_setting_value_parse (
      &value, &cf_settings[CF_SETTING_REQUIREPASS], "a\0b", 3, NULL, &error));
  g_assert_cmpstr (error->message, ==, "argument must not contain a NUL byte");
  g_assert_true (cf_setting_value_parse (
      &value, &cf_settings[CF_SETTING_REQUIREPASS], NULL, 0, NULL, NULL));
  g_assert_cmpstr (value.text, ==, "");
  cf_setting_value_clear (&value);
}

static void
test_value_size (void)
{
  const CfSetting *setting = &cf_settings[CF_SETTING_REQUIREPASS];
  g_autofree char *long_text = g_strnfill (64 * 1024 + 1, 'x');
  g_autoptr (GError) error = NULL;
  CfSettingValue value = { 0 };

  g_assert_false (cf_setting_value_parse (&value, setting, long_text,
                                          64 * 1024 + 1, NULL, &error));
  g_assert_cmpstr (error->message, ==, "argument is too long");
  g_assert_true (cf_setting_value_parse (&value, setting, long_text, 64 * 1024,
                                         NULL, NULL));
  g_assert_cmpint (value.number, ==, 64 * 1024);
  cf_setting_value_clear (&value);
}

/* A share of the machine is bytes to read, and a percentage to write. */
static void
test_value_machine (void)
{
  CfSettingValue value = { 0 };
  gint64 machine = (gint64) cf_memory_machine ();

  g_assert_true (cf_setting_value_parse (
      &value, &cf_settings[CF_SETTING_MAXMEMORY], "50%", 3, NULL, NULL));
  g_assert_cmpint (value.number, >, machine / 2 - 100);
  g_assert_cmpint (value.number, <=, machine / 2);
  g_assert_cmpint (g_ascii_strtoll (value.text, NULL, 10), ==, value.number);
  g_assert_cmpstr (value.written, ==, "50%");
  cf_setting_value_clear (&value);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/value/parse", test_value_parse);
  g_test_add_func ("/config/value/nul", test_value_nul);
  g_test_add_func ("/config/value/size", test_value_size);
  g_test_add_func ("/config/value/machine", test_value_machine);
  return g_test_run ();
}
