/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-cost.h"

#include <math.h>

/* Its address is a key of Lua's registry. */
static const char hook_key;

/**
 * cf_lua_cost_of_sorting:
 * @n: how many elements
 *
 * Returns: the steps it takes, commonly
 */
double
cf_lua_cost_of_sorting (gsize n)
{
  return n < 2 ? 0 : 4 * (double) n * log2 ((double) n);
}

/**
 * cf_lua_cost_set_hook:
 * @L: a state
 * @hook: a function without arguments and results, which may raise an error
 *
 * Has cf_lua_cost_announce() call the function.
 */
void
cf_lua_cost_set_hook (lua_State *L, lua_CFunction hook)
{
  lua_pushlightuserdata (L, (void *) &hook_key);
  lua_pushcfunction (L, hook);
  lua_rawset (L, LUA_REGISTRYINDEX);
}

/**
 * cf_lua_cost_announce:
 * @L: a state, in a C function with two places left on the stack
 * @steps: how many steps come, or bytes to copy
 *
 * Tells the owner of the state if that takes long.
 */
void
cf_lua_cost_announce (lua_State *L, gsize steps)
{
  if (G_LIKELY (steps <= CF_LUA_COST_LONG))
    return;
  lua_pushlightuserdata (L, (void *) &hook_key);
  lua_rawget (L, LUA_REGISTRYINDEX);
  if (lua_isnil (L, -1))
    lua_pop (L, 1);
  else
    lua_call (L, 0, 0);
}
