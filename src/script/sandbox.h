/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sandbox.h -- what scripts find in a state, and what they cannot get at.
 *
 * The globals and libraries are those that Redis 7.0 gives to scripts.
 * Tables that all scripts share are read-only.  Lua 5.1 knows no such tables,
 * so a script is given an empty one in place of each (a "front"), whose
 * metatable leads to the true one; and those functions of Lua's own that look
 * past metatables look behind a front for reading and refuse to write.  No
 * script can reach a true table.
 *
 *   _G (front) --__index--> globals --__index--> error: no such global
 *                            redis (front) --__index--> call, pcall, ...
 *
 * Lua's functions that could not be stopped, or that need a stack without
 * bound, are replaced by ones that can, or that refuse; but for those that
 * match patterns, which may take long with a bad one.
 *
 * Thread safety: as for a state.
 */
#pragma once

#include <lauxlib.h>
#include <lua.h>

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

/* How far before the first element of a table another may be inserted. */
#define CF_SANDBOX_BELOW_MAX 1000000

void cf_sandbox_open (lua_State *L);
gboolean cf_sandbox_is_bytecode (CfSlice program);

/* Replaces the table on top of the stack by a front of it. */
void cf_sandbox_seal (lua_State *L);
/* Makes the value on top of the stack, which it pops, a global. */
void cf_sandbox_set_global (lua_State *L, const char *name);
/* Likewise the table there, sealed. */
void cf_sandbox_add_library (lua_State *L, const char *name);

G_END_DECLS
