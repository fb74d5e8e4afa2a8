/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lua-bytes.h -- bytes that a library of Lua's collects.
 *
 * They lie in memory of the Lua state, so that its limit bounds them, running
 * out is an error of Lua's ("not enough memory"), and an error on the way
 * loses none.  The state holds them at upvalue CF_LUA_BYTES_UPVALUE of the C
 * function that runs, which keeps a small buffer for its next call.
 *
 * Invariants: @size <= @room; @data is what the upvalue holds.
 * Thread safety: that of the Lua state.
 */
#pragma once

#include <lua.h>
#include <string.h>

#include <glib.h>

G_BEGIN_DECLS

/* The function is registered with two upvalues; the first is its own. */
#define CF_LUA_BYTES_UPVALUE 2

typedef struct
{
  lua_State *lua; /* (not owned) */
  char *data;     /* (owned) by @lua */
  gsize size;     /* bytes collected */
  gsize room;     /* bytes allocated */
} CfLuaBytes;

void cf_lua_bytes_init (CfLuaBytes *self, lua_State *lua);
void cf_lua_bytes_grow (CfLuaBytes *self, gsize size);
void cf_lua_bytes_push (CfLuaBytes *self);

/**
 * cf_lua_bytes_reserve:
 * @self: bytes
 * @size: how many more there are to be
 *
 * Raises an error of Lua without memory.
 *
 * Returns: (transfer none): room for them, which the caller writes, and counts
 *   in @size
 */
static inline char *
cf_lua_bytes_reserve (CfLuaBytes *self, gsize size)
{
  if (G_UNLIKELY (size > self->room - self->size))
    cf_lua_bytes_grow (self, size);
  return self->data + self->size;
}

/**
 * cf_lua_bytes_add:
 * @self: bytes
 * @data: (nullable): what to append
 * @size: how many bytes that is
 *
 * Raises an error of Lua without memory.
 */
static inline void
cf_lua_bytes_add (CfLuaBytes *self, gconstpointer data, gsize size)
{
  if (size != 0)
    memcpy (cf_lua_bytes_reserve (self, size), data, size);
  self->size += size;
}

/**
 * cf_lua_bytes_add_char:
 * @self: bytes
 * @c: what to append
 *
 * Raises an error of Lua without memory.
 */
static inline void
cf_lua_bytes_add_char (CfLuaBytes *self, char c)
{
  *cf_lua_bytes_reserve (self, 1) = c;
  self->size++;
}

G_END_DECLS
