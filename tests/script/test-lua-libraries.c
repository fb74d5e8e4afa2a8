/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-libraries.h"

#include "script/fixture.h"

static void
check (lua_State *lua, const char *script, const char *results)
{
  g_autofree char *shown = cf_lua_show (lua, script);

  g_assert_cmpstr (shown, ==, results);
}

static void
test_members (void)
{
  static const CfLuaCase cases[] = {
    { "bit", "true {\"arshift\"=f,\"band\"=f,\"bnot\"=f,\"bor\"=f,\"bswap\"=f,"
             "\"bxor\"=f,\"lshift\"=f,\"rol\"=f,\"ror\"=f,\"rshift\"=f,"
             "\"tobit\"=f,\"tohex\"=f}" },
    { "cjson", "true {\"_NAME\"=\"cjson\",\"_VERSION\"=\"2.1.0\",\"decode\"=f,"
               "\"decode_invalid_numbers\"=f,\"decode_max_depth\"=f,"
               "\"encode\"=f,\"encode_invalid_numbers\"=f,"
               "\"encode_keep_buffer\"=f,\"encode_max_depth\"=f,"
               "\"encode_number_precision\"=f,\"encode_sparse_array\"=f,"
               "\"new\"=f,\"null\"=userdata: (nil)}" },
    { "cmsgpack",
      "true {\"_COPYRIGHT\"=\"Copyright (C) 2012, Salvatore Sanfilippo\","
      "\"_DESCRIPTION\"=\"MessagePack C implementation for Lua\","
      "\"_NAME\"=\"cmsgpack\",\"_VERSION\"=\"lua-cmsgpack 0.4.0\",\"pack\"=f,"
      "\"unpack\"=f,\"unpack_limit\"=f,\"unpack_one\"=f}" },
    { "struct", "true {\"pack\"=f,\"size\"=f,\"unpack\"=f}" },
  };

  cf_lua_check_cases (cases, G_N_ELEMENTS (cases));
}

/* Settings hold in every state, until they are reset. */
static void
test_settings (void)
{
  CfLuaMemory memory = { 0, G_MAXSIZE };
  lua_State *one = cf_lua_new_state (&memory);
  lua_State *other = cf_lua_new_state (&memory);

  check (one, "cjson.encode_number_precision (3)", "true 3");
  check (one, "cjson.new ().encode (1 / 3)", "true \"0.33333333333333\"");
  check (one, "cjson.encode (1 / 3)", "true \"0.333\"");
  check (other, "cjson.encode (1 / 3)", "true \"0.333\"");
  cf_lua_reset_libraries ();
  check (one, "cjson.encode (1 / 3)", "true \"0.33333333333333\"");
  lua_close (one);
  lua_close (other);
}

/* What a script packs and encodes is bounded by the memory of its state. */
static void
test_limit (void)
{
  CfLuaMemory memory = { 0, 16 * 1024 * 1024 };
  lua_State *lua = cf_lua_new_state (&memory);

  check (lua,
         "local t, s = {}, ('x'):rep (1e6) for i = 1, 100 do t[i] = s end "
         "return cjson.encode (t)",
         "false \"not enough memory\"");
  check (lua,
         "local t, s = {}, ('x'):rep (1e6) for i = 1, 100 do t[i] = s end "
         "return cmsgpack.pack (t)",
         "false \"not enough memory\"");
  check (lua, "struct.pack ('c1000000' .. ('c0'):rep (50), ('x'):rep (1e6))",
         "false \"user_script:1: bad argument #3 to 'pack' (string expected, "
         "got nil)\"");
  check (lua, "cjson.encode ({})", "true \"{}\"");
  lua_close (lua);
  g_assert_cmpuint (memory.used, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/script/lua-libraries/members", test_members);
  g_test_add_func ("/script/lua-libraries/settings", test_settings);
  g_test_add_func ("/script/lua-libraries/limit", test_limit);
  return g_test_run ();
}
