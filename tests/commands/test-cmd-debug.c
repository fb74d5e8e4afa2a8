/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_debug_off (Fixture *fixture, gconstpointer data)
{
  g_autofree char *reply = fixture_run (fixture, 0, "DEBUG SLEEP 0");

  g_assert_true (g_str_has_prefix (reply, "-ERR DEBUG command not allowed."));
}

static void
test_debug (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "DEBUG NOPE", "-ERR unknown subcommand or wrong number of arguments for "
                    "'NOPE'. Try DEBUG HELP.\r\n" },
    { "DEBUG SLEEP", "-ERR unknown subcommand or wrong number of arguments for "
                     "'SLEEP'. Try DEBUG HELP.\r\n" },
    { "DEBUG SLEEP 0", "+OK\r\n" },
    { "DEBUG SLEEP nan", "+OK\r\n" },
    { "DEBUG ERROR 'MY own'", "-MY own\r\n" },
    { "DEBUG PAUSE-CRON 1", "+OK\r\n" },
    { "DEBUG LOG hi", "+OK\r\n" },
    { "DEBUG OBJECT none", "-ERR no such key\r\n" },
    { "DEBUG POPULATE x", "-ERR value is out of range, must be positive\r\n" },
    { "DEBUG POPULATE 3 p 10", "+OK\r\n" },
    { "DBSIZE", ":3\r\n" },
    { "GET p:2", "$10\r\nvalue:2\\0\\0\\0\r\n" },
    { "DEBUG POPULATE 1", "+OK\r\n" },
    { "GET key:0", "$7\r\nvalue:0\r\n" },
    { "FLUSHALL", "+OK\r\n" },
    { "DEBUG DIGEST", "+0000000000000000000000000000000000000000\r\n" },
    { "SET a 1", "+OK\r\n" },
    { "DEBUG DIGEST-VALUE a none",
      "*2\r\n+b4fc66738120fba0b5aa500ab5c2bf89cea1c5da\r\n"
      "+0000000000000000000000000000000000000000\r\n" },
    { "DEBUG SET-ACTIVE-EXPIRE 0", "+OK\r\n" },
    { "DEBUG SET-ACTIVE-EXPIRE 1", "+OK\r\n" },
    { "DEBUG REPLYBUFFER PEAK-RESET-TIME 100", "+OK\r\n" },
    { "DEBUG REPLYBUFFER NOPE 100",
      "-ERR unknown subcommand or wrong number of arguments for "
      "'REPLYBUFFER'. Try DEBUG HELP.\r\n" },
    { "DEBUG PROTOCOL nope",
      "-ERR Wrong protocol type name. Please use one of the following: "
      "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|"
      "true|false\r\n" },
  };
  g_autofree char *object = NULL;

  assert_reply (fixture, "PING", "+PONG\r\n");
  g_assert_true (cf_config_set (
      fixture->config, CF_SETTING_ENABLE_DEBUG_COMMAND, "local", NULL));
  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  object = fixture_run (fixture, 0, "DEBUG OBJECT a");
  g_assert_true (g_regex_match_simple (
      "^\\+Value at:0x[0-9a-f]+ refcount:2147483647 encoding:int "
      "serializedlength:2 lru:\\d+ lru_seconds_idle:\\d+\r\n$",
      object, 0, 0));
}

static void
test_debug_protocol (Fixture *fixture, gconstpointer data)
{
  static const char *const cases[][3] = {
    { "string", "$11\r\nHello World\r\n", "$11\r\nHello World\r\n" },
    { "integer", ":12345\r\n", ":12345\r\n" },
    { "double", "$5\r\n3.141\r\n", ",3.141\r\n" },
    { "null", "$-1\r\n", "_\r\n" },
    { "array", "*3\r\n:0\r\n:1\r\n:2\r\n", "*3\r\n:0\r\n:1\r\n:2\r\n" },
    { "set", "*3\r\n:0\r\n:1\r\n:2\r\n", "~3\r\n:0\r\n:1\r\n:2\r\n" },
    { "true", ":1\r\n", "#t\r\n" },
    { "false", ":0\r\n", "#f\r\n" },
    { "bignum", "$37\r\n1234567999999999999999999999999999999\r\n",
      "(1234567999999999999999999999999999999\r\n" },
    { "verbatim", "$25\r\nThis is a verbatim\nstring\r\n",
      "=29\r\ntxt:This is a verbatim\nstring\r\n" },
    { "push", "-ERR RESP2 is not supported by this command\r\n",
      ">2\r\n$16\r\nserver-cpu-usage\r\n:42\r\n$40\r\nSome real reply "
      "following "
      "the push reply\r\n" },
  };

  g_assert_true (cf_config_set (fixture->config,
                                CF_SETTING_ENABLE_DEBUG_COMMAND, "yes", NULL));
  for (guint resp = 2; resp <= 3; resp++)
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        g_autofree char *line =
            g_strconcat ("DEBUG PROTOCOL ", cases[i][0], NULL);

        fixture->clients[0].resp = (guint8) resp;
        assert_reply (fixture, line, cases[i][resp - 1]);
      }
}

/* The sums are those of redis-server 7.0.15; they stay when values are written
 * and read back. */
static void
test_digest_of_types (Fixture *fixture, gconstpointer data)
{
  static const char *const digests =
      "*5\r\n"
      "+a4b574dfd44a241b7583aa0f4da11ef31ee0b995\r\n"
      "+7904f640014061fb37c6855115964bd3eaaed924\r\n"
      "+6679ee22f89ed8001eeb5309d0900265ea56c03a\r\n"
      "+36f6fc3c70faf89e0fec053b90258ab21d13116c\r\n"
      "+2ed9a7a81688084b1f7eae33456ef7727d357031\r\n";
  static const Exchange exchanges[] = {
    { "RPUSH l a 1", ":2\r\n" },           { "SADD s x 2", ":2\r\n" },
    { "HSET h f v g 1", ":2\r\n" },        { "ZADD z 1.5 a -0 b", ":2\r\n" },
    { "XADD t 1-1 f v", "$3\r\n1-1\r\n" },
  };

  g_assert_true (cf_config_set (fixture->config,
                                CF_SETTING_ENABLE_DEBUG_COMMAND, "yes", NULL));
  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  assert_reply (fixture, "DEBUG DIGEST-VALUE l s h z t", digests);
  assert_reply (fixture, "DEBUG DIGEST",
                "+6737aa51a587aa73dc0a840a3628d4f3696b4703\r\n");
  assert_reply (fixture, "DEBUG RELOAD", "+OK\r\n");
  assert_reply (fixture, "DEBUG DIGEST-VALUE l s h z t", digests);
  assert_reply (fixture, "DEBUG RELOAD NOFLUSH",
                "-ERR Error trying to load the RDB dump, check server "
                "logs.\r\n");
  assert_reply (fixture, "DEBUG RELOAD NOSAVE NOFLUSH MERGE", "+OK\r\n");
  assert_reply (fixture, "DEBUG DIGEST-VALUE l s h z t", digests);
  assert_reply (fixture, "DEBUG LISTPACK h",
                "+Listpack structure printed on stdout\r\n");
  assert_reply (fixture, "DEBUG LISTPACK l",
                "-ERR Not a listpack encoded object.\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/debug/off", test_debug_off);
  fixture_add ("/commands/debug/debug", test_debug);
  fixture_add ("/commands/debug/protocol", test_debug_protocol);
  fixture_add ("/commands/debug/digest-of-types", test_digest_of_types);
  return g_test_run ();
}
