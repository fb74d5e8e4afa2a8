/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lua-front.h -- tables that scripts can read, but not change.
 *
 * Lua 5.1 knows no such tables, so a script is given an empty one in place of
 * each (a "front"), whose metatable leads to the true one; and those functions
 * of Lua's own that look past metatables look behind a front for reading and
 * refuse to write (lua-base.h).  No script can reach a true table.
 *
 * Thread safety: as for a state.
 */
#pragma once

#include <lua.h>

#include <glib.h>

G_BEGIN_DECLS

void cf_lua_front_seal (lua_State *L);
gboolean cf_lua_front_is (lua_State *L, int index);

void cf_lua_front_refuse (lua_State *L);
void cf_lua_front_look_behind (lua_State *L);

void cf_lua_front_show_metatable (lua_State *L);
void cf_lua_front_push_metatable (lua_State *L, int index);

G_END_DECLS
