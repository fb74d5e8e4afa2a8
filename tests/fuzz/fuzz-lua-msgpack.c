/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-lua-msgpack.c -- any bytes as MessagePack: what a script can read of
 * them it can write. */
#include "config.h"

#include "fuzz/lua-fuzz.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gsize used = 0;
  lua_State *lua = cf_lua_fuzz_state (&used);

  lua_pushlstring (lua, (const char *) data, size);
  (void) cf_lua_fuzz_call (lua, "cmsgpack", "unpack", 1);
  lua_settop (lua, 0);
  lua_pushlstring (lua, (const char *) data, size);
  if (cf_lua_fuzz_call (lua, "cmsgpack", "unpack_one", 1) &&
      lua_gettop (lua) == 2)
    {
      g_assert_true (lua_isnumber (lua, 1));
      g_assert_cmpfloat (lua_tonumber (lua, 1), <=, (double) size);
      if (cf_lua_fuzz_call (lua, "cmsgpack", "pack", 1))
        {
          g_assert_true (lua_isstring (lua, -1));
          /* What was nested too deeply became nil, which is no key. */
          (void) cf_lua_fuzz_call (lua, "cmsgpack", "unpack", 1);
        }
    }
  lua_close (lua);
  g_assert_cmpuint (used, ==, 0);
  return 0;
}
