/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lua-json.h -- the Lua library "cjson": values to and from JSON.
 *
 *   encode (value) -> text
 *   decode (text) -> value
 *   encode_sparse_array ([convert [, ratio [, safe]]])
 *   encode_max_depth ([depth])    decode_max_depth ([depth])
 *   encode_number_precision ([digits])    encode_keep_buffer ([keep])
 *   encode_invalid_numbers ([mode])    decode_invalid_numbers ([accept])
 *   new () -> another such library, with settings of its own
 *   null, _NAME, _VERSION
 *
 * Its functions, errors and limits are those of lua-cjson 2.1.0.  Debian's
 * package of that does not fit: what it collects is neither counted nor
 * bounded, and without memory it ends the process.
 *
 * Settings: as in Redis, what a script sets holds for all later scripts.  As
 * there are many Lua states, these settings are shared by them: who makes the
 * states owns them.  Each call uses the settings as they are when it starts.
 *
 * Thread safety: CfLuaJsonSettings may be used from any thread, all else as
 * the Lua state.
 */
#pragma once

#include <lua.h>

#include <glib.h>

G_BEGIN_DECLS

/* What encode_invalid_numbers says. */
enum
{
  CF_LUA_JSON_REFUSE,
  CF_LUA_JSON_ACCEPT,
  CF_LUA_JSON_NULL,
};

typedef struct
{
  int sparse_convert;         /* (atomic) boolean */
  int sparse_ratio;           /* (atomic) */
  int sparse_safe;            /* (atomic) */
  int encode_max_depth;       /* (atomic) */
  int encode_precision;       /* (atomic) digits */
  int encode_keep_buffer;     /* (atomic) boolean; of no effect */
  int encode_invalid_numbers; /* (atomic) CF_LUA_JSON_REFUSE, ... */
  int decode_max_depth;       /* (atomic) */
  int decode_invalid_numbers; /* (atomic) boolean */
} CfLuaJsonSettings;

/* What they are before a script changes them. */
#define CF_LUA_JSON_SETTINGS                                                   \
  {                                                                            \
    .sparse_ratio = 2, .sparse_safe = 10, .encode_max_depth = 1000,            \
    .encode_precision = 14, .encode_keep_buffer = TRUE,                        \
    .encode_invalid_numbers = CF_LUA_JSON_REFUSE, .decode_max_depth = 1000,    \
    .decode_invalid_numbers = TRUE                                             \
  }

void cf_lua_json_settings_reset (CfLuaJsonSettings *settings);

/* Leaves the library on the stack. */
int cf_lua_open_json (lua_State *lua, CfLuaJsonSettings *settings);

G_END_DECLS
