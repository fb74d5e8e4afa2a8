/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-cost.h"

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
  g_test_add_func ("/script/lua-cost/sorting", test_lua_cost_sorting);
  return g_test_run ();
}
