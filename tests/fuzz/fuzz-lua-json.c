/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-lua-json.c -- any bytes as JSON: what a script can read of them it can
 * write, and what it wrote it can read. */
#include "config.h"

#include "fuzz/lua-fuzz.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gsize used = 0;
  lua_State *lua = cf_lua_fuzz_state (&used);

  lua_pushlstring (lua, (const char *) data, size);
  if (cf_lua_fuzz_call (lua, "cjson", "decode", 1))
    {
      g_assert_cmpint (lua_gettop (lua), ==, 1);
      if (cf_lua_fuzz_call (lua, "cjson", "encode", 1))
        {
          g_assert_true (lua_isstring (lua, -1));
          g_assert_true (cf_lua_fuzz_call (lua, "cjson", "decode", 1));
        }
    }
  lua_close (lua);
  g_assert_cmpuint (used, ==, 0);
  return 0;
}
