/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lua-json-inside.h -- what the files of the Lua library "cjson" share.
 *
 * Their functions are registered with two upvalues: the settings, and a place
 * for the bytes that they collect.
 *
 * Thread safety: that of the Lua state.
 */
#pragma once

#include "script/lua-json.h"

/* A copy of the settings of the function that runs. */
CfLuaJsonSettings cf_lua_json_settings (lua_State *lua);

int cf_lua_json_encode (lua_State *lua);
int cf_lua_json_decode (lua_State *lua);
