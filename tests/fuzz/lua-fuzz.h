/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lua-fuzz.h -- a Lua state whose memory is bounded, and one call in it. */
#pragma once

#include <lauxlib.h>
#include <stdlib.h>

#include "script/lua-libraries.h"

#define CF_LUA_FUZZ_MEMORY (64 * 1024 * 1024)

static void *
cf_lua_fuzz_allocate (void *user, void *block, size_t old_size, size_t size)
{
  gsize *used = user;
  gsize before = block != NULL ? old_size : 0;
  void *moved;

  if (size == 0)
    {
      *used -= before;
      free (block);
      return NULL;
    }
  if (*used - before + size > CF_LUA_FUZZ_MEMORY)
    return NULL;
  moved = realloc (block, size);
  if (moved != NULL)
    *used += size - before;
  return moved;
}

static lua_State *
cf_lua_fuzz_state (gsize *used)
{
  lua_State *lua;

  *used = 0;
  lua = lua_newstate (cf_lua_fuzz_allocate, used);
  g_assert_nonnull (lua);
  cf_lua_open_libraries (lua);
  return lua;
}

/* Calls @library.@name with the @n values on top; whether it returned. */
static gboolean
cf_lua_fuzz_call (lua_State *lua, const char *library, const char *name, int n)
{
  lua_getglobal (lua, library);
  lua_getfield (lua, -1, name);
  lua_remove (lua, -2);
  lua_insert (lua, -n - 1);
  return lua_pcall (lua, n, LUA_MULTRET, 0) == 0;
}
