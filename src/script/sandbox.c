/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/sandbox.h"

#include <lualib.h>
#include <string.h>

#include "script/lua-base.h"
#include "script/lua-cost.h"
#include "script/lua-front.h"
#include "script/lua-libraries.h"
#include "script/lua-state.h"

/**
 * cf_sandbox_set_global:
 * @L: a state with a value on top, which is popped
 * @name: a name
 *
 * Makes the value a global, which scripts can read.
 */
void
cf_sandbox_set_global (lua_State *L, const char *name)
{
  lua_rawgeti (L, LUA_REGISTRYINDEX, cf_lua_of (L)->globals);
  lua_insert (L, -2);
  lua_pushstring (L, name);
  lua_insert (L, -2);
  lua_rawset (L, -3);
  lua_pop (L, 1);
}

/**
 * cf_sandbox_add_library:
 * @L: a state with a table on top, which is popped
 * @name: what scripts call it
 *
 * Makes the table a read-only global.
 */
void
cf_sandbox_add_library (lua_State *L, const char *name)
{
  cf_lua_front_seal (L);
  cf_sandbox_set_global (L, name);
}

/* -- Errors --------------------------------------------------------------- */

static int
on_missing (lua_State *L)
{
  if (lua_gettop (L) != 2 || !lua_isstring (L, 2))
    return luaL_error (L, "Script attempted to access a nonexistent global");
  return luaL_error (
      L, "Script attempted to access nonexistent global variable '%s'",
      lua_tostring (L, 2));
}

/* Pushes the text of the value at 1, which is no table. */
static void
push_text (lua_State *L)
{
  switch (lua_type (L, 1))
    {
    case LUA_TSTRING:
    case LUA_TNUMBER:
      lua_pushvalue (L, 1);
      (void) lua_tostring (L, -1);
      break;
    case LUA_TBOOLEAN:
      lua_pushstring (L, lua_toboolean (L, 1) ? "true" : "false");
      break;
    case LUA_TNIL:
      lua_pushliteral (L, "nil");
      break;
    default:
      lua_pushfstring (L, "%s: %p", luaL_typename (L, 1), lua_topointer (L, 1));
      break;
    }
}

/* Makes of any error a table that also says where it was raised. */
static int
on_error (lua_State *L)
{
  lua_Debug place;
  gboolean known;

  lua_settop (L, 1);
  known = lua_getstack (L, 1, &place) && lua_getinfo (L, "nSl", &place);
  if (known && *place.what == 'C')
    known = lua_getstack (L, 2, &place) && lua_getinfo (L, "nSl", &place);
  if (!lua_istable (L, 1) || cf_lua_front_is (L, 1))
    {
      lua_createtable (L, 0, 3);
      lua_pushliteral (L, "ERR ");
      push_text (L);
      lua_concat (L, 2);
      lua_setfield (L, -2, "err");
    }
  if (!known)
    return 1;
  lua_pushliteral (L, "source");
  lua_pushstring (L, place.source);
  lua_rawset (L, -3);
  lua_pushliteral (L, "line");
  lua_pushnumber (L, place.currentline);
  lua_rawset (L, -3);
  return 1;
}

/* -- Opening -------------------------------------------------------------- */

static int
on_long (lua_State *L)
{
  cf_lua_take_long (L);
  return 0;
}

static void
open_libraries (lua_State *L)
{
  static const luaL_Reg libraries[] = {
    { "", luaopen_base },
    { LUA_TABLIBNAME, luaopen_table },
    { LUA_STRLIBNAME, luaopen_string },
    { LUA_MATHLIBNAME, luaopen_math },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (libraries); i++)
    {
      lua_pushcfunction (L, libraries[i].func);
      lua_pushstring (L, libraries[i].name);
      lua_call (L, 1, 0);
    }
  cf_lua_open_libraries (L);
}

/* What getmetatable ("") gives, with the sealed library of strings on top. */
static void
hide_string_metatable (lua_State *L)
{
  lua_pushliteral (L, "");
  lua_getmetatable (L, -1);
  lua_createtable (L, 0, 1);
  lua_pushvalue (L, -4);
  lua_setfield (L, -2, "__index");
  cf_lua_front_seal (L);
  lua_setfield (L, -2, "__metatable");
  lua_pop (L, 2);
}

static void
seal_libraries (lua_State *L)
{
  static const char *const names[] = { "bit",       "cjson", "cmsgpack",
                                       "coroutine", "math",  "string",
                                       "struct",    "table" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      lua_getglobal (L, names[i]);
      cf_lua_front_seal (L);
      if (strcmp (names[i], "string") == 0)
        hide_string_metatable (L);
      lua_setglobal (L, names[i]);
    }
}

/* From here on, whoever asks for the globals gets a front of them. */
static void
seal_globals (lua_State *L)
{
  lua_pushvalue (L, LUA_GLOBALSINDEX);
  lua_createtable (L, 0, 1);
  lua_pushcfunction (L, on_missing);
  lua_setfield (L, -2, "__index");
  lua_pushvalue (L, -1);
  lua_setmetatable (L, -3);
  /* The metatable is shown, as a front of its own, of the front. */
  cf_lua_front_seal (L);
  lua_insert (L, -2);
  cf_lua_front_seal (L);
  lua_insert (L, -2);
  cf_lua_front_show_metatable (L);
  lua_pushvalue (L, -1);
  cf_sandbox_set_global (L, "_G");
  lua_replace (L, LUA_GLOBALSINDEX);
}

/**
 * cf_sandbox_open:
 * @L: a new state
 *
 * Fills the state with what scripts find there.
 */
void
cf_sandbox_open (lua_State *L)
{
  CfLua *lua = cf_lua_of (L);

  lua_pushvalue (L, LUA_GLOBALSINDEX);
  lua->globals = luaL_ref (L, LUA_REGISTRYINDEX);
  open_libraries (L);
  cf_lua_base_replace (L);
  cf_lua_cost_set_hook (L, on_long);
  lua_pushcfunction (L, on_error);
  lua_pushvalue (L, -1);
  lua->handler = luaL_ref (L, LUA_REGISTRYINDEX);
  lua_setglobal (L, "__redis__err__handler");
  seal_libraries (L);
  seal_globals (L);
}
