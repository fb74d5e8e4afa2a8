/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fixture.h -- Lua states for the tests of what scripts see, whose memory is
 * counted and bounded. */
#pragma once

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

#include "script/lua-libraries.h"

/* An expression, or statements that begin with "local"; and the results of
 * calling it, protected, as show() below writes them. */
typedef struct
{
  const char *script;
  const char *results;
} CfLuaCase;

typedef struct
{
  gsize used;  /* bytes */
  gsize limit; /* bytes */
} CfLuaMemory;

static void G_GNUC_UNUSED *
cf_lua_allocate (void *user, void *block, size_t old_size, size_t size)
{
  CfLuaMemory *self = user;
  void *moved;

  if (size == 0)
    {
      self->used -= block != NULL ? old_size : 0;
      g_free (block);
      return NULL;
    }
  if (self->used - (block != NULL ? old_size : 0) + size > self->limit)
    return NULL;
  moved = g_try_realloc (block, size);
  if (moved != NULL)
    self->used += size - (block != NULL ? old_size : 0);
  return moved;
}

static lua_State G_GNUC_UNUSED *
cf_lua_new_state (CfLuaMemory *memory)
{
  lua_State *lua = lua_newstate (cf_lua_allocate, memory);

  g_assert_nonnull (lua);
  cf_lua_reset_libraries ();
  luaL_openlibs (lua);
  cf_lua_open_libraries (lua);
  lua_settop (lua, 0);
  return lua;
}

/* What @script returns, as text. */
static char G_GNUC_UNUSED *
cf_lua_show (lua_State *lua, const char *script)
{
  static const char before[] =
      "local v v = function (x, d) local t = type (x) "
      "if t == 'string' then return '\"' .. x:gsub ('[^%w%p ]', function (c) "
      "return string.format ('\\\\%03d', c:byte ()) end) .. '\"' end "
      "if t == 'number' then return string.format ('%.17g', x) end "
      "if t == 'function' then return 'f' end "
      "if t ~= 'table' then return tostring (x) end "
      "if d > 6 then return '{..}' end local k = {} "
      "for a, b in pairs (x) do k[#k + 1] = v (a, d + 1) .. '=' .. v (b, d + "
      "1) end table.sort (k) return '{' .. table.concat (k, ',') .. '}' end "
      "local function show (...) local r = {} for i = 1, select ('#', ...) do "
      "r[i] = v (select (i, ...), 0) end return table.concat (r, ' ') end "
      "return show (pcall (function () ";
  g_autofree char *whole =
      g_strconcat (before, g_str_has_prefix (script, "local ") ? "" : "return ",
                   script, " end))", NULL);
  int status = luaL_loadbuffer (lua, whole, strlen (whole), "@user_script");
  char *shown;

  if (status == 0)
    status = lua_pcall (lua, 0, 1, 0);
  shown = g_strdup (lua_tostring (lua, -1));
  lua_settop (lua, 0);
  g_assert_cmpint (status, ==, 0);
  return shown;
}

static void G_GNUC_UNUSED
cf_lua_check_cases (const CfLuaCase *cases, gsize n_cases)
{
  for (gsize i = 0; i < n_cases; i++)
    {
      CfLuaMemory memory = { 0, 256 * 1024 * 1024 };
      lua_State *lua = cf_lua_new_state (&memory);
      g_autofree char *shown = cf_lua_show (lua, cases[i].script);

      g_test_message ("%s", cases[i].script);
      g_assert_cmpstr (shown, ==, cases[i].results);
      lua_close (lua);
      g_assert_cmpuint (memory.used, ==, 0);
    }
}

typedef struct
{
  const CfLuaCase *cases; /* (array length=n_cases) */
  gsize n_cases;
} CfLuaTable;

static void G_GNUC_UNUSED
cf_lua_check_table (gconstpointer data)
{
  const CfLuaTable *self = data;

  cf_lua_check_cases (self->cases, self->n_cases);
}

/* The main program of a test that is nothing but one table of cases. */
static int G_GNUC_UNUSED
cf_lua_test_table (int argc,
                   char **argv,
                   const char *path,
                   const CfLuaCase *cases,
                   gsize n_cases)
{
  const CfLuaTable table = { cases, n_cases };

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func (path, &table, cf_lua_check_table);
  return g_test_run ();
}
