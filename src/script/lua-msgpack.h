/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lua-msgpack.h -- the Lua library "cmsgpack": values to and from
 * MessagePack.
 *
 *   pack (value, ...) -> bytes
 *   unpack (bytes) -> value, ...
 *   unpack_one (bytes [, offset]) -> next offset or -1, value
 *   unpack_limit (bytes, limit [, offset]) -> next offset or -1, value, ...
 *
 * A table whose keys are 1 to n is an array, any other a map.  What nests
 * deeper than CF_LUA_MSGPACK_DEPTH is packed as nil.
 *
 * Source of the format: the MessagePack specification (msgpack.org); what the
 * functions are called is as in Redis.
 * Thread safety: that of the Lua state.
 */
#pragma once

#include <lua.h>

#define CF_LUA_MSGPACK_DEPTH 16

int cf_lua_open_msgpack (lua_State *lua); /* leaves the library on the stack */
