/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-json.h"

#include <lauxlib.h>
#include <limits.h>

#include "script/lua-json-inside.h"

#define SETTINGS_UPVALUE 1
#define PRECISION_MAX 14 /* digits */

static CfLuaJsonSettings *
get_settings (lua_State *lua)
{
  return lua_touserdata (lua, lua_upvalueindex (SETTINGS_UPVALUE));
}

/**
 * cf_lua_json_settings:
 * @lua: the Lua state, inside a function of the library
 *
 * Returns: a copy of the function's settings
 */
CfLuaJsonSettings
cf_lua_json_settings (lua_State *lua)
{
  CfLuaJsonSettings *self = get_settings (lua);

  return (CfLuaJsonSettings){
    .sparse_convert = g_atomic_int_get (&self->sparse_convert),
    .sparse_ratio = g_atomic_int_get (&self->sparse_ratio),
    .sparse_safe = g_atomic_int_get (&self->sparse_safe),
    .encode_max_depth = g_atomic_int_get (&self->encode_max_depth),
    .encode_precision = g_atomic_int_get (&self->encode_precision),
    .encode_invalid_numbers = g_atomic_int_get (&self->encode_invalid_numbers),
    .decode_max_depth = g_atomic_int_get (&self->decode_max_depth),
    .decode_invalid_numbers = g_atomic_int_get (&self->decode_invalid_numbers),
  };
}

/**
 * cf_lua_json_settings_reset:
 * @settings: settings of the library
 *
 * Sets them to what they are before a script changes them.
 */
void
cf_lua_json_settings_reset (CfLuaJsonSettings *settings)
{
  static const CfLuaJsonSettings first = CF_LUA_JSON_SETTINGS;

#define RESET(member) g_atomic_int_set (&settings->member, first.member)
  RESET (sparse_convert);
  RESET (sparse_ratio);
  RESET (sparse_safe);
  RESET (encode_max_depth);
  RESET (encode_precision);
  RESET (encode_keep_buffer);
  RESET (encode_invalid_numbers);
  RESET (decode_max_depth);
  RESET (decode_invalid_numbers);
#undef RESET
}

/* -- Functions that set ---------------------------------------------------- */

/* The settings, when no more than @n_arguments were given; fills them up. */
static CfLuaJsonSettings *
take_arguments (lua_State *lua, int n_arguments)
{
  luaL_argcheck (lua, lua_gettop (lua) <= n_arguments, n_arguments + 1,
                 "found too many arguments");
  lua_settop (lua, n_arguments);
  return get_settings (lua);
}

/* Sets what argument @i says, if it is there, and pushes what is set. */
static void
set_integer (lua_State *lua, int i, int *setting, int min, int max)
{
  if (!lua_isnil (lua, i))
    {
      int value = (int) luaL_checkinteger (lua, i);

      if (value < min || value > max)
        luaL_argerror (lua, 1,
                       lua_pushfstring (lua,
                                        "expected integer between %d and %d",
                                        min, max));
      g_atomic_int_set (setting, value);
    }
  lua_pushinteger (lua, g_atomic_int_get (setting));
}

/* Likewise; @words is "off", "on", and more words that are no booleans. */
static void
set_choice (lua_State *lua, int i, int *setting, const char *const *words)
{
  int value;

  if (lua_isboolean (lua, i))
    g_atomic_int_set (setting, lua_toboolean (lua, i));
  else if (!lua_isnil (lua, i))
    g_atomic_int_set (setting, luaL_checkoption (lua, i, NULL, words));
  value = g_atomic_int_get (setting);
  if (value <= 1)
    lua_pushboolean (lua, value);
  else
    lua_pushstring (lua, words[value]);
}

static const char *const booleans[] = { "off", "on", NULL };

static int
json_encode_sparse_array (lua_State *lua)
{
  CfLuaJsonSettings *settings = take_arguments (lua, 3);

  set_choice (lua, 1, &settings->sparse_convert, booleans);
  set_integer (lua, 2, &settings->sparse_ratio, 0, INT_MAX);
  set_integer (lua, 3, &settings->sparse_safe, 0, INT_MAX);
  return 3;
}

/* A function whose one argument sets an integer. */
static int
set_lone_integer (lua_State *lua, int *setting, int min, int max)
{
  (void) take_arguments (lua, 1);
  set_integer (lua, 1, setting, min, max);
  return 1;
}

static int
json_encode_max_depth (lua_State *lua)
{
  return set_lone_integer (lua, &get_settings (lua)->encode_max_depth, 1,
                           INT_MAX);
}

static int
json_decode_max_depth (lua_State *lua)
{
  return set_lone_integer (lua, &get_settings (lua)->decode_max_depth, 1,
                           INT_MAX);
}

static int
json_encode_number_precision (lua_State *lua)
{
  return set_lone_integer (lua, &get_settings (lua)->encode_precision, 1,
                           PRECISION_MAX);
}

/* Likewise a choice. */
static int
set_lone_choice (lua_State *lua, int *setting, const char *const *words)
{
  (void) take_arguments (lua, 1);
  set_choice (lua, 1, setting, words);
  return 1;
}

static int
json_encode_keep_buffer (lua_State *lua)
{
  return set_lone_choice (lua, &get_settings (lua)->encode_keep_buffer,
                          booleans);
}

static int
json_encode_invalid_numbers (lua_State *lua)
{
  static const char *const modes[] = { "off", "on", "null", NULL };

  return set_lone_choice (lua, &get_settings (lua)->encode_invalid_numbers,
                          modes);
}

static int
json_decode_invalid_numbers (lua_State *lua)
{
  return set_lone_choice (lua, &get_settings (lua)->decode_invalid_numbers,
                          booleans);
}

/* -- The library ----------------------------------------------------------- */

static int json_new (lua_State *lua);

/* Pushes a library whose settings are on top, and takes them away. */
static void
push_library (lua_State *lua)
{
  static const luaL_Reg functions[] = {
    { "encode", cf_lua_json_encode },
    { "decode", cf_lua_json_decode },
    { "encode_sparse_array", json_encode_sparse_array },
    { "encode_max_depth", json_encode_max_depth },
    { "decode_max_depth", json_decode_max_depth },
    { "encode_number_precision", json_encode_number_precision },
    { "encode_keep_buffer", json_encode_keep_buffer },
    { "encode_invalid_numbers", json_encode_invalid_numbers },
    { "decode_invalid_numbers", json_decode_invalid_numbers },
    { "new", json_new },
  };

  lua_newtable (lua);
  for (gsize i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      lua_pushvalue (lua, -2);
      lua_pushnil (lua);
      lua_pushcclosure (lua, functions[i].func, 2);
      lua_setfield (lua, -2, functions[i].name);
    }
  lua_pushlightuserdata (lua, NULL);
  lua_setfield (lua, -2, "null");
  lua_pushliteral (lua, "cjson");
  lua_setfield (lua, -2, "_NAME");
  lua_pushliteral (lua, "2.1.0");
  lua_setfield (lua, -2, "_VERSION");
  lua_remove (lua, -2);
}

static int
json_new (lua_State *lua)
{
  cf_lua_json_settings_reset (
      lua_newuserdata (lua, sizeof (CfLuaJsonSettings)));
  push_library (lua);
  return 1;
}

/**
 * cf_lua_open_json:
 * @lua: a Lua state
 * @settings: (nullable): settings to share, which outlive @lua; %NULL: the
 *   state has its own
 *
 * Makes the library.
 *
 * Returns: 1, the number of values left on the stack
 */
int
cf_lua_open_json (lua_State *lua, CfLuaJsonSettings *settings)
{
  if (settings != NULL)
    {
      lua_pushlightuserdata (lua, settings);
      push_library (lua);
    }
  else
    (void) json_new (lua);
  lua_pushvalue (lua, -1);
  lua_setglobal (lua, "cjson");
  return 1;
}
