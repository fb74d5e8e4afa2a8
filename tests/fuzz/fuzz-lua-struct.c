/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-lua-struct.c -- any bytes as a format, a NUL, and data: what a script
 * unpacks by it can be packed by it. */
#include "config.h"

#include "fuzz/lua-fuzz.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_position (lua_State *lua, gsize size)
{
  double position = lua_tonumber (lua, -1);

  g_assert_cmpfloat (position, >=, 1);
  g_assert_cmpfloat (position, <=, (double) size + 1);
  lua_pop (lua, 1);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const guint8 *nul = memchr (data, '\0', size);
  gsize used = 0;
  lua_State *lua;
  const char *bytes;

  if (nul == NULL)
    return 0;
  lua = cf_lua_fuzz_state (&used);
  bytes = (const char *) nul + 1;
  size -= (gsize) (bytes - (const char *) data);
  lua_pushstring (lua, (const char *) data);
  (void) cf_lua_fuzz_call (lua, "struct", "size", 1);
  lua_settop (lua, 0);
  lua_pushstring (lua, (const char *) data);
  lua_pushstring (lua, (const char *) data);
  lua_pushlstring (lua, bytes, size);
  if (cf_lua_fuzz_call (lua, "struct", "unpack", 2))
    {
      check_position (lua, size);
      (void) cf_lua_fuzz_call (lua, "struct", "pack", lua_gettop (lua));
    }
  lua_close (lua);
  g_assert_cmpuint (used, ==, 0);
  return 0;
}
