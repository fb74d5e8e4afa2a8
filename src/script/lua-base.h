/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lua-base.h -- what stands in place of functions of Lua's own libraries.
 *
 * Lua's functions that could not be stopped, or that need a stack without
 * bound, are replaced by ones that can, or that refuse; those that look past
 * metatables mind fronts (lua-front.h); those that catch errors let a script
 * end that is to; and some, as in Redis, are not there.
 *
 * Thread safety: that of the Lua state, which must be a CfLua's.
 */
#pragma once

#include <lua.h>

/* How far before the first element of a table another may be inserted. */
#define CF_LUA_BASE_BELOW_MAX 1000000

void cf_lua_base_replace (lua_State *L);
