/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sandbox.h -- what scripts find in a state, and what they cannot get at.
 *
 * The globals and libraries are those that Redis 7.0 gives to scripts.
 * Tables that all scripts share are read-only (lua-front.h), and some of Lua's
 * functions are replaced (lua-base.h).
 *
 *   _G (front) --__index--> globals --__index--> error: no such global
 *                            redis (front) --__index--> call, pcall, ...
 *
 * Thread safety: as for a state.
 */
#pragma once

#include <lua.h>

#include <glib.h>

G_BEGIN_DECLS

void cf_sandbox_open (lua_State *L);

/* Makes the value on top of the stack, which it pops, a global. */
void cf_sandbox_set_global (lua_State *L, const char *name);
/* Likewise the table there, sealed. */
void cf_sandbox_add_library (lua_State *L, const char *name);

G_END_DECLS
