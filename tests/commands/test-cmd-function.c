/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#define LOAD                                                                   \
  "FUNCTION LOAD \"#!lua name=lib\\n"                                          \
  "redis.register_function ('echo', function (k, a) return {k[1], a[1]} end) " \
  "redis.register_function ('set', function (k, a) return redis.call ('SET', " \
  "k[1], a[1]) end) "                                                          \
  "redis.register_function { function_name = 'get', callback = function (k) "  \
  "return redis.call ('GET', k[1]) end, flags = { 'no-writes' }, "             \
  "description = 'reads' } "                                                   \
  "redis.register_function ('boo', function () error ('boo') end)\""

static void
test_function_call (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "FCALL echo 0", "-ERR Function not found\r\n" },
    { LOAD, "$3\r\nlib\r\n" },
    { "FCALL echo 1 k a", "*2\r\n$1\r\nk\r\n$1\r\na\r\n" },
    { "FCALL ECHO 1 k a", "*2\r\n$1\r\nk\r\n$1\r\na\r\n" },
    { "FCALL set 1 k v", "+OK\r\n" },
    { "FCALL get 1 k", "$1\r\nv\r\n" },
    { "FCALL_RO get 1 k", "$1\r\nv\r\n" },
    { "FCALL_RO set 1 k w",
      "-ERR Can not execute a script with write flag using *_ro command.\r\n" },
    { "FCALL boo 0",
      "-ERR user_function:2: boo script: boo, on @user_function:2.\r\n" },
    { "FCALL echo x", "-ERR Bad number of keys provided\r\n" },
    { "FCALL echo -1", "-ERR Number of keys can't be negative\r\n" },
    { "FCALL echo 2 a",
      "-ERR Number of keys can't be greater than number of args\r\n" },
    { "MULTI", "+OK\r\n" },
    { "FCALL set 1 k x", "+QUEUED\r\n" },
    { "FCALL get 1 k", "+QUEUED\r\n" },
    { "EXEC", "*2\r\n+OK\r\n$1\r\nx\r\n" },
    { "FUNCTION DELETE lib", "+OK\r\n" },
    { "FUNCTION DELETE lib", "-ERR Library not found\r\n" },
    { "FCALL get 1 k", "-ERR Function not found\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_function_load (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { LOAD, "$3\r\nlib\r\n" },
    { LOAD, "-ERR Library 'lib' already exists\r\n" },
    { "FUNCTION LOAD \"#!lua name=lib\\nno Lua\"",
      "-ERR Library 'lib' already exists\r\n" },
    { "FUNCTION LOAD \"#!lua name=lib3\\nredis.register_function {"
      "function_name = 'x', callback = function () end, flags = {'y'}, z = "
      "1}\"",
      "-ERR Error registering functions: ERR unknown flag given\r\n" },
    { "FUNCTION LOAD REPLACE \"#!lua name=lib\\n"
      "redis.register_function ('f', function () return 1 end)\"",
      "$3\r\nlib\r\n" },
    { "FCALL get 1 k", "-ERR Function not found\r\n" },
    { "FCALL f 0", ":1\r\n" },
    { "FUNCTION LOAD \"#!lua name=lib2\\n"
      "redis.register_function ('F', function () return 1 end)\"",
      "-ERR Function F already exists\r\n" },
    { "FUNCTION LOAD x y", "-ERR Unknown option given: x\r\n" },
    { "FUNCTION LOAD x", "-ERR Missing library metadata\r\n" },
    { "FUNCTION FLUSH x",
      "-ERR FUNCTION FLUSH only supports SYNC|ASYNC option\r\n" },
    { "FUNCTION FLUSH ASYNC", "+OK\r\n" },
    { "FCALL f 0", "-ERR Function not found\r\n" },
    { "FUNCTION KILL", "-NOTBUSY No scripts in execution right now.\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

#define PROGRAM                                                                \
  "#!lua name=lib\\nredis.register_function { function_name = 'f', callback "  \
  "= function () return 1 end, flags = { 'no-writes' } }"

static void
test_function_list (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "FUNCTION LIST", "*0\r\n" },
    { "FUNCTION LOAD \"" PROGRAM "\"", "$3\r\nlib\r\n" },
    { "FUNCTION LIST",
      "*1\r\n*6\r\n$12\r\nlibrary_name\r\n$3\r\nlib\r\n$6\r\nengine\r\n$3\r\n"
      "LUA\r\n$9\r\nfunctions\r\n*1\r\n*6\r\n$4\r\nname\r\n$1\r\nf\r\n$11\r\n"
      "description\r\n$-1\r\n$5\r\nflags\r\n*1\r\n+no-writes\r\n" },
    { "FUNCTION LIST LIBRARYNAME x*", "*0\r\n" },
    { "FUNCTION LIST LIBRARYNAME",
      "-ERR library name argument was not given\r\n" },
    { "FUNCTION LIST WITHCODE WITHCODE", "-ERR Unknown argument WITHCODE\r\n" },
    { "FUNCTION STATS",
      "*4\r\n$14\r\nrunning_script\r\n$-1\r\n$7\r\nengines\r\n*2\r\n$3\r\nLUA"
      "\r\n*4\r\n$15\r\nlibraries_count\r\n:1\r\n$15\r\nfunctions_count\r\n"
      ":1\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_function_restore (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "FUNCTION RESTORE x",
      "-ERR DUMP payload version or checksum are wrong\r\n" },
    { "FUNCTION RESTORE x y",
      "-ERR Wrong restore policy given, value should be either FLUSH, APPEND "
      "or REPLACE.\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-function/call", test_function_call);
  fixture_add ("/commands/cmd-function/list", test_function_list);
  fixture_add ("/commands/cmd-function/load", test_function_load);
  fixture_add ("/commands/cmd-function/restore", test_function_restore);
  return g_test_run ();
}
