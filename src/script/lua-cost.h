/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lua-cost.h -- which calls of Lua's own functions may take long.
 *
 * Such a function cannot be stopped, nor does it tick.  So that nobody has to
 * wait for it who need not, the owner of the state is told before it begins
 * (cf_lua_take_long()).
 *
 * Thread safety: all functions may be called from any thread.
 */
#pragma once

#include <glib.h>
#include <lua.h>

#include "base/slice.h"

G_BEGIN_DECLS

/* Steps, or bytes copied, that take a few hundred microseconds. */
#define CF_LUA_COST_LONG 100000

/* Of sorting so many elements. */
double cf_lua_cost_of_sorting (gsize n);

/* For libraries, which know no more of the state: what is to be called, as a
 * function of Lua's, before one of them takes so many steps. */
void cf_lua_cost_set_hook (lua_State *L, lua_CFunction hook);
void cf_lua_cost_announce (lua_State *L, gsize steps);

G_END_DECLS
