/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-front.h"

#include <lauxlib.h>

#define READ_ONLY "Attempt to modify a readonly table"

/* Keys in the metatable of a front, which no script can make. */
static const char true_table, shown_metatable;

/* Pushes what @key of the metatable at the value's is; FALSE, and nothing is
 * pushed: the value is no front, or has no such thing. */
static gboolean
push_hidden (lua_State *L, int index, const char *key)
{
  if (lua_type (L, index) != LUA_TTABLE || !lua_getmetatable (L, index))
    return FALSE;
  lua_pushlightuserdata (L, (void *) key);
  lua_rawget (L, -2);
  lua_remove (L, -2);
  if (!lua_isnil (L, -1))
    return TRUE;
  lua_pop (L, 1);
  return FALSE;
}

/**
 * cf_lua_front_is:
 * @L: a state
 * @index: where a value is on the stack, counted from the bottom
 *
 * Returns: whether the value is a front
 */
gboolean
cf_lua_front_is (lua_State *L, int index)
{
  if (!push_hidden (L, index, &true_table))
    return FALSE;
  lua_pop (L, 1);
  return TRUE;
}

static int
on_write (lua_State *L)
{
  return luaL_error (L, READ_ONLY);
}

/**
 * cf_lua_front_refuse:
 * @L: a state, within a function
 *
 * Raises an error if the function's first argument is a front; without the
 * place, as Lua's own functions fail.
 */
void
cf_lua_front_refuse (lua_State *L)
{
  if (!cf_lua_front_is (L, 1))
    return;
  lua_pushliteral (L, READ_ONLY);
  lua_error (L);
}

/**
 * cf_lua_front_look_behind:
 * @L: a state, within a function
 *
 * Puts the true table in the place of the function's first argument, if that
 * is a front.
 */
void
cf_lua_front_look_behind (lua_State *L)
{
  if (push_hidden (L, 1, &true_table))
    lua_replace (L, 1);
}

/**
 * cf_lua_front_seal:
 * @L: a state with a table on top
 *
 * Puts a front of the table in its place: to be read, but not changed.
 */
void
cf_lua_front_seal (lua_State *L)
{
  lua_newtable (L);
  lua_createtable (L, 0, 4);
  lua_pushvalue (L, -3);
  lua_setfield (L, -2, "__index");
  lua_pushcfunction (L, on_write);
  lua_setfield (L, -2, "__newindex");
  lua_pushlightuserdata (L, (void *) &true_table);
  lua_pushvalue (L, -4);
  lua_rawset (L, -3);
  lua_setmetatable (L, -2);
  lua_remove (L, -2);
}

/**
 * cf_lua_front_show_metatable:
 * @L: a state with a front, and a table above it, which is popped
 *
 * Makes the table what getmetatable() shows of the front.
 */
void
cf_lua_front_show_metatable (lua_State *L)
{
  lua_getmetatable (L, -2);
  lua_pushlightuserdata (L, (void *) &shown_metatable);
  lua_pushvalue (L, -3);
  lua_rawset (L, -3);
  lua_pop (L, 2);
}

/**
 * cf_lua_front_push_metatable:
 * @L: a state
 * @index: where a front is on the stack, counted from the bottom
 *
 * Pushes what getmetatable() is to show of the front, which may be nil.
 */
void
cf_lua_front_push_metatable (lua_State *L, int index)
{
  if (!push_hidden (L, index, &shown_metatable))
    lua_pushnil (L);
}
