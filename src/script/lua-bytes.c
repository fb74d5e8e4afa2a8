/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-bytes.h"

#include <lauxlib.h>

#include "script/lua-cost.h"

#define ROOM_MIN 1024         /* bytes */
#define ROOM_KEPT (64 * 1024) /* bytes that a function may keep */

#define PLACE (lua_upvalueindex (CF_LUA_BYTES_UPVALUE))

/**
 * cf_lua_bytes_init:
 * @self: (out caller-allocates): what to start
 * @lua: the Lua state, inside a C function with a place for bytes
 *
 * Starts to collect.  What an earlier call of the function left is used again.
 */
void
cf_lua_bytes_init (CfLuaBytes *self, lua_State *lua)
{
  *self = (CfLuaBytes){ .lua = lua };
  if (lua_type (lua, PLACE) != LUA_TUSERDATA ||
      lua_objlen (lua, PLACE) > ROOM_KEPT)
    {
      (void) lua_newuserdata (lua, ROOM_MIN);
      lua_replace (lua, PLACE);
    }
  self->data = lua_touserdata (lua, PLACE);
  self->room = lua_objlen (lua, PLACE);
}

/**
 * cf_lua_bytes_grow:
 * @self: bytes
 * @size: how many more must fit
 *
 * Makes room; raises an error of Lua's when there is none.
 */
void
cf_lua_bytes_grow (CfLuaBytes *self, gsize size)
{
  gsize room = self->room * 2;
  char *data;

  if (size > G_MAXSIZE / 4 - self->size)
    luaL_error (self->lua, "not enough memory");
  room = MAX (room, self->size + size);
  cf_lua_cost_announce (self->lua, room);
  data = lua_newuserdata (self->lua, room);
  memcpy (data, self->data, self->size);
  lua_replace (self->lua, PLACE);
  self->data = data;
  self->room = room;
}

/**
 * cf_lua_bytes_push:
 * @self: bytes
 *
 * Pushes what was collected, as a string, and ends the collecting.
 */
void
cf_lua_bytes_push (CfLuaBytes *self)
{
  lua_pushlstring (self->lua, self->data, self->size);
  if (self->room <= ROOM_KEPT)
    return;
  lua_pushnil (self->lua);
  lua_replace (self->lua, PLACE);
}
