/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lua-random.h -- random and randomseed of Lua's library "math".
 *
 * After a randomseed scripts get the numbers that they get from Redis: those of
 * lrand48().
 *
 * Source: drand48(3) of POSIX.
 *
 * Thread safety: that of the Lua state, which must be a CfLua's.
 */
#pragma once

#include <lua.h>

int cf_lua_random (lua_State *L);
int cf_lua_random_seed (lua_State *L);
