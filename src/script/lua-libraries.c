/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-libraries.h"

#include "script/lua-bit.h"
#include "script/lua-json.h"
#include "script/lua-msgpack.h"
#include "script/lua-struct.h"

static CfLuaJsonSettings json_settings = CF_LUA_JSON_SETTINGS;

/**
 * cf_lua_open_libraries:
 * @lua: a Lua state
 *
 * Makes the libraries and puts each into its global variable.  May raise an
 * error of Lua's when memory is short.
 */
void
cf_lua_open_libraries (lua_State *lua)
{
  (void) cf_lua_open_json (lua, &json_settings);
  (void) cf_lua_open_msgpack (lua);
  (void) cf_lua_open_struct (lua);
  (void) cf_lua_open_bit (lua);
  lua_pop (lua, 4);
}

/**
 * cf_lua_reset_libraries:
 *
 * Takes back what scripts have set, in all states.
 */
void
cf_lua_reset_libraries (void)
{
  cf_lua_json_settings_reset (&json_settings);
}
