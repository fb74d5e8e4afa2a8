/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-cost.h"

static gboolean
is_long (gsize text_size, const char *pattern)
{
  return cf_lua_cost_of_matching (text_size, cf_slice_of_string (pattern),
                                  FALSE) > CF_LUA_COST_LONG;
}

static void
test_lua_cost_matching (void)
{
  g_assert_false (is_long (0, ".-.-.-b"));
  g_assert_false (is_long (40, "^(%d+):(%d+)$"));
  g_assert_false (is_long (300, "%d+"));
  g_assert_false (is_long (10000, "needle"));
  g_assert_true (is_long (100, ".-.-b"));
  g_assert_true (is_long (1000, ".*b"));
  g_assert_true (is_long (1000, "%b()"));
  /* What is escaped is no choice. */
  g_assert_false (is_long (1000, "%*%+%-%%"));
  g_assert_false (is_long (1000, "%"));
  g_assert_true (is_long (1000000, "x"));
}

static void
test_lua_cost_plain (void)
{
  const CfSlice pattern = CF_SLICE ("****");

  g_assert_cmpfloat (cf_lua_cost_of_matching (1000, pattern, TRUE), <,
                     CF_LUA_COST_LONG);
  g_assert_cmpfloat (cf_lua_cost_of_matching (1000, pattern, FALSE), >,
                     CF_LUA_COST_LONG);
  g_assert_cmpfloat (cf_lua_cost_of_matching (100000, pattern, TRUE), >,
                     CF_LUA_COST_LONG);
}

static void
test_lua_cost_sorting (void)
{
  g_assert_cmpfloat (cf_lua_cost_of_sorting (0), ==, 0);
  g_assert_cmpfloat (cf_lua_cost_of_sorting (1), ==, 0);
  g_assert_cmpfloat (cf_lua_cost_of_sorting (1000), <, CF_LUA_COST_LONG);
  g_assert_cmpfloat (cf_lua_cost_of_sorting (10000), >, CF_LUA_COST_LONG);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/script/lua-cost/matching", test_lua_cost_matching);
  g_test_add_func ("/script/lua-cost/plain", test_lua_cost_plain);
  g_test_add_func ("/script/lua-cost/sorting", test_lua_cost_sorting);
  return g_test_run ();
}
