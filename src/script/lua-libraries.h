/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lua-libraries.h -- the libraries that scripts have beside Lua's own: cjson,
 * cmsgpack, struct and bit.
 *
 * What a script sets in cjson holds for all later scripts, as in Redis; and
 * so, as there is one Lua state a thread, in all states of the process.
 *
 * Thread safety: opening, that of the Lua state; cf_lua_reset_libraries() may
 * be called from any thread.
 */
#pragma once

#include <lua.h>

#include <glib.h>

G_BEGIN_DECLS

void cf_lua_open_libraries (lua_State *lua);
void cf_lua_reset_libraries (void);

G_END_DECLS
