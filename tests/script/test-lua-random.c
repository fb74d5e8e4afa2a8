/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-random.h"

#include <stdlib.h>

#include "script/lua-state.h"

#define N_DRAWN 1000

/* What the function returns, or G_MININT with an error. */
static int
draw (lua_State *L, int n, int first, int second)
{
  int number = G_MININT;

  lua_pushcfunction (L, cf_lua_random);
  if (n > 0)
    lua_pushinteger (L, first);
  if (n > 1)
    lua_pushinteger (L, second);
  if (lua_pcall (L, n, 1, 0) == 0)
    number = (int) lua_tointeger (L, -1);
  lua_settop (L, 0);
  return number;
}

static void
seed (lua_State *L, int number)
{
  lua_pushcfunction (L, cf_lua_random_seed);
  lua_pushinteger (L, number);
  g_assert_cmpint (lua_pcall (L, 1, 0, 0), ==, 0);
}

/* The numbers are those of the C library. */
static void
test_lua_random_source (void)
{
  g_autoptr (CfLua) lua = cf_lua_new (0);

  srand48 (7);
  seed (lua->L, 7);
  for (guint i = 0; i < N_DRAWN; i++)
    {
      double unit = (double) (lrand48 () % G_MAXINT32) / (double) G_MAXINT32;

      g_assert_cmpint (draw (lua->L, 2, -500, 499), ==,
                       (int) (gint64) (unit * 1000) - 500);
    }
}

static void
test_lua_random_ranges (void)
{
  g_autoptr (CfLua) lua = cf_lua_new (0);

  seed (lua->L, 1);
  for (guint i = 0; i < N_DRAWN; i++)
    {
      int one = draw (lua->L, 1, 3, 0);

      g_assert_cmpint (one, >=, 1);
      g_assert_cmpint (one, <=, 3);
    }
  g_assert_cmpint (draw (lua->L, 2, 5, 5), ==, 5);
  g_assert_cmpint (draw (lua->L, 1, 0, 0), ==, G_MININT);
  g_assert_cmpint (draw (lua->L, 2, 2, 1), ==, G_MININT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/script/lua-random/source", test_lua_random_source);
  g_test_add_func ("/script/lua-random/ranges", test_lua_random_ranges);
  return g_test_run ();
}
