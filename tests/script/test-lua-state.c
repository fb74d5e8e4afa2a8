/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-state.h"

/* Runs @program; returns what lua_pcall() does. */
static int
run (CfLua *lua, const char *program)
{
  int reference, status;

  status = cf_lua_compile (lua, cf_slice_of_string (program), "@user_script",
                           &reference);
  g_assert_cmpint (status, ==, 0);
  cf_lua_push (lua, reference);
  status = lua_pcall (lua->L, 0, 1, 0);
  return status;
}

static void
test_lua_state_memory (void)
{
  g_autoptr (CfLua) lua = cf_lua_new (4 << 20);
  gsize used = cf_lua_used (lua);

  g_assert_cmpuint (used, >, 1000);
  g_assert_cmpint (run (lua, "return #string.rep ('x', 1000000)"), ==, 0);
  g_assert_cmpint ((int) lua_tonumber (lua->L, -1), ==, 1000000);
  g_assert_cmpuint (cf_lua_used (lua), >, used + 1000000);
  g_assert_cmpint (run (lua, "return ('x'):rep (1e9)"), ==, LUA_ERRRUN);
  g_assert_cmpint (run (lua, "local t = {} while true do t[#t + 1] = {} end"),
                   ==, LUA_ERRMEM);
  g_assert_cmpuint (cf_lua_used (lua), <=, 4 << 20);
  g_assert_null (cf_lua_new (1000));
}

static void
test_lua_state_compile (void)
{
  g_autoptr (CfLua) lua = cf_lua_new (0);
  int reference;

  g_assert_cmpint (
      cf_lua_compile (lua, CF_SLICE ("return ("), "@user_script", &reference),
      !=, 0);
  g_assert_cmpstr (lua_tostring (lua->L, -1), ==,
                   "user_script:1: unexpected symbol near '<eof>'");
  g_assert_cmpint (
      cf_lua_compile (lua, CF_SLICE ("\033Lua"), "@user_script", &reference),
      !=, 0);
  g_assert_cmpstr (lua_tostring (lua->L, -1), ==,
                   "user_script:1: unexpected symbol near 'char(27)'");
}

static void
on_tick (CfLua *self, gpointer data)
{
  int *left = data;

  if (--*left == 0)
    self->unwinding = TRUE;
}

/* However it tries to hold on. */
static void
test_lua_state_unwind (void)
{
  static const char *const programs[] = {
    "while true do end",
    "while true do pcall (function () while true do end end) end",
    "local function f () while true do end end "
    "while true do xpcall (f, f) end",
    "while true do coroutine.resume (coroutine.create (function () "
    "  while true do end end)) end",
    "while true do load (function () while true do end end) end",
    "while true do string.gsub (('x'):rep (100), '.', function () "
    "  pcall (function () while true do end end) end) end",
    "loadstring (('x=1 '):rep (100000))",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autoptr (CfLua) lua = cf_lua_new (0);
      int left = 3;

      lua->tick = on_tick;
      lua->tick_data = &left;
      g_assert_cmpint (run (lua, programs[i]), !=, 0);
      g_assert_true (lua->unwinding);
    }
}

/* Who compiles can end, too. */
static void
test_lua_state_compile_ends (void)
{
  g_autoptr (CfLua) lua = cf_lua_new (0);
  g_autoptr (GString) program = g_string_new (NULL);
  int left = 3, reference;

  for (guint i = 0; i < 10000; i++)
    g_string_append (program, "x = 1 ");
  lua->tick = on_tick;
  lua->tick_data = &left;
  g_assert_cmpint (cf_lua_compile (lua, cf_slice (program->str, program->len),
                                   "@long", &reference),
                   !=, 0);
  g_assert_cmpint (left, ==, 0);
}

static void
on_long (CfLua *lua, gpointer data)
{
  (*(guint *) data)++;
}

/* Whoever has the state is told before what takes long, and only then. */
static void
test_lua_state_long (void)
{
  static const struct
  {
    const char *program;
    gboolean is_long;
  } cases[] = {
    { "cjson.decode ('[1,2,3]')", FALSE },
    { "cjson.decode ('[' .. ('1,'):rep (49000) .. '1]')", FALSE },
    { "local s = ('1,'):rep (40000) cjson.decode ('[' .. s .. s .. '1]')",
      TRUE },
    { "cjson.encode (('x'):rep (10000))", FALSE },
    { "local t = {} for i = 1,90000 do t[i] = i end cjson.encode (t)", TRUE },
    { "cmsgpack.unpack (('x'):rep (3))", FALSE },
    { "local s = ('x'):rep (90000) cmsgpack.unpack (s .. s)", TRUE },
    { "local t = {} for i = 1,200000 do t[i] = 1 end cmsgpack.pack (t)", TRUE },
    { "loadstring (('x=1 '):rep (4000))", FALSE },
    { "loadstring (('x=1 '):rep (6000))", TRUE },
    { "local s = ('x=1 '):rep (6000) load (function () local t = s s = nil "
      "return t end)",
      TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CfLua) lua = cf_lua_new (0);
      guint n = 0;

      lua->before_long = on_long;
      lua->tick_data = &n;
      (void) run (lua, cases[i].program);
      g_test_message ("%s", cases[i].program);
      g_assert_cmpint (n > 0, ==, cases[i].is_long);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/script/lua-state/memory", test_lua_state_memory);
  g_test_add_func ("/script/lua-state/compile", test_lua_state_compile);
  g_test_add_func ("/script/lua-state/compile-ends",
                   test_lua_state_compile_ends);
  g_test_add_func ("/script/lua-state/long", test_lua_state_long);
  g_test_add_func ("/script/lua-state/unwind", test_lua_state_unwind);
  return g_test_run ();
}
