/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lua-pattern.h -- find, match, gmatch and gsub of Lua's library "string".
 *
 * They do what Lua's own do, in the same words, but call the state's tick now
 * and then: a pattern may take for ever, and Lua's own cannot be stopped.  The
 * depth of what calls itself is bounded by the length of the pattern, and that
 * by CF_LUA_PATTERN_MAX.
 *
 * Thread safety: that of the Lua state, which must be a CfLua's.
 */
#pragma once

#include <lua.h>

/* Bytes of a pattern with specials; more would be too much for the stack. */
#define CF_LUA_PATTERN_MAX 10000

int cf_lua_pattern_find (lua_State *L);
int cf_lua_pattern_match (lua_State *L);
int cf_lua_pattern_gmatch (lua_State *L);
int cf_lua_pattern_gsub (lua_State *L);
