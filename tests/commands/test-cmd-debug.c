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

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/debug/off", test_debug_off);
  fixture_add ("/commands/debug/debug", test_debug);
  fixture_add ("/commands/debug/protocol", test_debug_protocol);
  return g_test_run ();
}
