/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-random.h"

#include "script/lua-state.h"

static double
next_random (CfLua *lua)
{
  lua->random = (lua->random * G_GUINT64_CONSTANT (0x5DEECE66D) + 0xB) &
                G_GUINT64_CONSTANT (0xFFFFFFFFFFFF);
  return (double) ((lua->random >> 17) % G_MAXINT32) / (double) G_MAXINT32;
}

/**
 * cf_lua_random:
 * @L: a state, with no argument, a greatest number, or a least and a greatest
 *
 * Does what math.random() does.
 *
 * Returns: 1, a random number
 */
int
cf_lua_random (lua_State *L)
{
  double unit = next_random (cf_lua_of (L));
  int low = 1, high;

  switch (lua_gettop (L))
    {
    case 0:
      lua_pushnumber (L, unit);
      return 1;
    case 1:
      high = luaL_checkint (L, 1);
      luaL_argcheck (L, low <= high, 1, "interval is empty");
      break;
    case 2:
      low = luaL_checkint (L, 1);
      high = luaL_checkint (L, 2);
      luaL_argcheck (L, low <= high, 2, "interval is empty");
      break;
    default:
      return luaL_error (L, "wrong number of arguments");
    }
  lua_pushnumber (
      L, (double) (gint64) (unit * (double) ((gint64) high - low + 1)) + low);
  return 1;
}

/**
 * cf_lua_random_seed:
 * @L: a state, with a number
 *
 * Does what math.randomseed() does: srand48().
 *
 * Returns: 0
 */
int
cf_lua_random_seed (lua_State *L)
{
  guint32 seed = (guint32) luaL_checkint (L, 1);

  cf_lua_of (L)->random = (guint64) seed << 16 | 0x330E;
  return 0;
}
