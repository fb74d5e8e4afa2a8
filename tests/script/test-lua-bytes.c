/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-bytes.h"

#include "script/fixture.h"

/* add (string, n): the string n times. */
static int
add (lua_State *lua)
{
  CfLuaBytes bytes;
  size_t size;
  const char *string = luaL_checklstring (lua, 1, &size);

  cf_lua_bytes_init (&bytes, lua);
  for (lua_Integer n = luaL_checkinteger (lua, 2); n > 0; n--)
    cf_lua_bytes_add (&bytes, string, size);
  cf_lua_bytes_push (&bytes);
  return 1;
}

static lua_State *
new_state (CfLuaMemory *memory)
{
  lua_State *lua = cf_lua_new_state (memory);

  lua_pushnil (lua);
  lua_pushnil (lua);
  lua_pushcclosure (lua, add, CF_LUA_BYTES_UPVALUE);
  lua_setglobal (lua, "add");
  return lua;
}

static void
check (lua_State *lua, const char *script, const char *results)
{
  g_autofree char *shown = cf_lua_show (lua, script);

  g_assert_cmpstr (shown, ==, results);
}

static void
test_grow (void)
{
  CfLuaMemory memory = { 0, 64 * 1024 * 1024 };
  lua_State *lua = new_state (&memory);

  check (lua, "add ('abc', 0)", "true \"\"");
  check (lua, "add ('abc', 2)", "true \"abcabc\"");
  check (lua, "add ('abc', 1e5) == ('abc'):rep (1e5)", "true true");
  check (lua, "add (('x'):rep (5000), 2) == ('x'):rep (10000)", "true true");
  check (lua, "add ('a', 1)", "true \"a\"");
  lua_close (lua);
}

/* More than there is room for is an error, and what was taken comes back. */
static void
test_limit (void)
{
  CfLuaMemory memory = { 0, 4 * 1024 * 1024 };
  lua_State *lua = new_state (&memory);

  check (lua, "add ('abc', 1e9)", "false \"not enough memory\"");
  check (lua, "#add ('abc', 1e5)", "true 300000");
  (void) lua_gc (lua, LUA_GCCOLLECT, 0);
  g_assert_cmpuint (memory.used, <, 512 * 1024);
  lua_close (lua);
  g_assert_cmpuint (memory.used, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/script/lua-bytes/grow", test_grow);
  g_test_add_func ("/script/lua-bytes/limit", test_limit);
  return g_test_run ();
}
