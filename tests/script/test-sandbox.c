/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/sandbox.h"

#include "script/lua-state.h"

typedef struct
{
  const char *program;
  const char *result; /* as tostring() shows it, or the text of the error */
} Case;

static const Case cases[] = {
  { "return x", "user_script:1: Script attempted to access nonexistent global "
                "variable 'x'" },
  { "return _G[{}]",
    "user_script:1: Script attempted to access a nonexistent global" },
  { "x = 1", "user_script:1: Attempt to modify a readonly table" },
  { "_G.x = 1", "user_script:1: Attempt to modify a readonly table" },
  { "string.x = 1", "user_script:1: Attempt to modify a readonly table" },
  { "string.len = 1", "user_script:1: Attempt to modify a readonly table" },
  { "rawset (_G, 'x', 1)", "Attempt to modify a readonly table" },
  { "setmetatable (math, {})", "Attempt to modify a readonly table" },
  { "table.insert (math, 1)", "Attempt to modify a readonly table" },
  { "getmetatable ('').__index = 1",
    "user_script:1: Attempt to modify a readonly table" },
  { "getmetatable (_G).__index = 1",
    "user_script:1: Attempt to modify a readonly table" },
  { "return getmetatable ('').__index == string", "true" },
  { "return getmetatable (math)", "nil" },
  { "return _G._G == _G", "true" },
  { "return rawget (_G, 'math') == math", "true" },
  { "return rawget (math, 'abs') == math.abs", "true" },
  { "for k, v in pairs (math) do if k == 'pi' then return v > 3 end end",
    "true" },
  { "return next (math) ~= nil", "true" },
  /* What pairs() hands out is no way to the true table. */
  { "local n, t = pairs (math) t.x = 1",
    "user_script:1: Attempt to modify a readonly table" },
  { "local n, t = pairs (math) return t == math", "true" },
  { "local n = 0 table.foreach (coroutine, function () n = n + 1 end) return n",
    "6" },
  { "return print", "user_script:1: Script attempted to access nonexistent "
                    "global variable 'print'" },
  { "return ('ab'):rep (3)", "ababab" },
  { "return ('ab'):rep (-1) .. (''):rep (2147483647)", "" },
  { "local a, b = pcall (error, { err = 'e' }) return b", "e" },
  { "local a, b = pcall (error) return b", "nil" },
  { "return select (2, loadstring (string.dump (function () end)))",
    "[string \"\033LuaQ\"]:1: unexpected symbol near 'char(27)'" },
  { "local n = 0 local d = string.dump (function () end) "
    "return select (2, load (function () n = n + 1 "
    "  if n < 2 then return '' elseif n < 3 then return d end end))",
    "(load):1: unexpected symbol near 'char(27)'" },
  { "return load (function () end) ()", "nil" },
  /* The chunk's name outlives collections. */
  { "local n, t = 0, {} "
    "local f = load (function () n = n + 1 collectgarbage () "
    "  for i = 1, 100 do t[i] = 'b' .. n .. i end "
    "  return ({ '', 'error (7)' })[n] end, '=a1\\0b') "
    "return select (2, pcall (f))",
    "a1:1: 7" },
  { "table.insert ({}, -2147483648, 1)",
    "user_script:1: bad argument #2 to 'insert' (position out of bounds)" },
  { "local t = { 1 } table.insert (t, -1, 9) return t[-1] .. t[2]", "91" },
  { "return string.find ()", "user_script:1: bad argument #1 to 'find' (string "
                             "expected, got no value)" },
  { "return table.maxn (5)",
    "user_script:1: bad argument #1 to 'maxn' (table expected, got number)" },
  { "return table.sort (5)",
    "user_script:1: bad argument #1 to 'sort' (table expected, got number)" },
  { "table.insert ({}, 'x', 1)", "user_script:1: bad argument #2 to 'insert' "
                                 "(number expected, got string)" },
  { "return table.sort ({}, 1)", "user_script:1: bad argument #2 to 'sort' "
                                 "(function expected, got number)" },
  { "local t = {} for i = 1, 9000 do t[i] = -i end table.sort (t) "
    "for i = 2, 9000 do if t[i - 1] > t[i] then return i end end",
    "nil" },
  { "local t = { {} } for i = 2, 9000 do t[i] = {} end table.sort (t)",
    "attempt to compare two table values" },
  { "return unpack ({ 3, 4 }, 2)", "4" },
  { "return unpack ({ 5 }, -2147483648, -2147483648)", "nil" },
  { "return unpack ({}, 0, 2147483647)",
    "user_script:1: too many results to unpack" },
  { "return unpack ({}, -2147483648, 2147483647)",
    "user_script:1: too many results to unpack" },
  { "return unpack ({}, -2147483648)",
    "user_script:1: too many results to unpack" },
  { "return unpack ({}, -1000000000, 1200000000)",
    "user_script:1: too many results to unpack" },
  { "return unpack ({}, 1, 2147483647)",
    "user_script:1: too many results to unpack" },
  { "return loadstring ('return 1 + 1') ()", "2" },
  { "return collectgarbage ('stop')", "0" },
  { "return collectgarbage ('count') > 0", "true" },
  { "math.randomseed (7) return math.random (1, 100) .. ' ' .. "
    "math.random (1, 100) .. ' ' .. math.random (1, 100)",
    "27 69 27" },
  { "return math.random (2, 1)", "user_script:1: bad argument #2 to 'random' "
                                 "(interval is empty)" },
  { "return ('x'):find (('a?'):rep (100000))",
    "user_script:1: pattern too complex" },
  { "return ('x'):find (('a?'):rep (100000), 1, true)", "nil" },
  { "local function f () return f () + 1 end return f ()",
    "user_script:1: stack overflow" },
};

static void
test_sandbox_cases (void)
{
  g_autoptr (CfLua) lua = cf_lua_new (64 << 20);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *one = &cases[i];
      int reference;

      g_assert_cmpint (cf_lua_compile (lua, cf_slice_of_string (one->program),
                                       "@user_script", &reference),
                       ==, 0);
      lua_getglobal (lua->L, "tostring");
      cf_lua_push (lua, reference);
      if (lua_pcall (lua->L, 0, 1, 0) == 0)
        lua_call (lua->L, 1, 1);
      if (!g_str_equal (lua_tostring (lua->L, -1), one->result) &&
          !g_str_has_prefix (lua_tostring (lua->L, -1), one->result))
        g_error ("%s: %s", one->program, lua_tostring (lua->L, -1));
      lua_settop (lua->L, 0);
    }
}

/* What the handler of errors makes of them. */
static void
test_sandbox_errors (void)
{
  static const Case errors[] = {
    { "error ('x')", "ERR user_script:1: x" },
    { "error ()", "ERR nil" },
    { "error (true)", "ERR true" },
    { "error ({ err = 'My x' })", "My x" },
  };
  g_autoptr (CfLua) lua = cf_lua_new (0);

  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      int reference;

      cf_lua_push (lua, lua->handler);
      g_assert_cmpint (cf_lua_compile (lua,
                                       cf_slice_of_string (errors[i].program),
                                       "@user_script", &reference),
                       ==, 0);
      cf_lua_push (lua, reference);
      g_assert_cmpint (lua_pcall (lua->L, 0, 1, 1), ==, LUA_ERRRUN);
      lua_getfield (lua->L, -1, "err");
      g_assert_cmpstr (lua_tostring (lua->L, -1), ==, errors[i].result);
      lua_getfield (lua->L, -2, "source");
      g_assert_cmpstr (lua_tostring (lua->L, -1), ==, "@user_script");
      lua_getfield (lua->L, -3, "line");
      g_assert_cmpint ((int) lua_tonumber (lua->L, -1), ==, 1);
      lua_settop (lua->L, 0);
    }
}

static void
end_script (CfLua *self, gpointer data)
{
  self->unwinding = TRUE;
}

/* One that sorts can be ended. */
static void
test_sandbox_sort (void)
{
  g_autoptr (CfLua) lua = cf_lua_new (0);
  int reference;

  lua_newtable (lua->L);
  for (int i = 1; i <= 20000; i++)
    {
      lua_pushinteger (lua->L, -i);
      lua_rawseti (lua->L, -2, i);
    }
  cf_sandbox_set_global (lua->L, "numbers");
  g_assert_cmpint (cf_lua_compile (lua,
                                   CF_SLICE ("pcall (table.sort, numbers)"),
                                   "@user_script", &reference),
                   ==, 0);
  lua->tick = end_script;
  cf_lua_push (lua, reference);
  g_assert_cmpint (lua_pcall (lua->L, 0, 0, 0), ==, LUA_ERRRUN);
  g_assert_true (lua->unwinding);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/script/sandbox/cases", test_sandbox_cases);
  g_test_add_func ("/script/sandbox/errors", test_sandbox_errors);
  g_test_add_func ("/script/sandbox/sort", test_sandbox_sort);
  return g_test_run ();
}
