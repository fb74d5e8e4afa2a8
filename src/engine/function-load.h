/* SPDX-License-Identifier: GPL-3.0-or-later */
/* function-load.h -- running a library's program, which registers functions.
 *
 * While it loads, a program sees nothing but a table "redis" with
 * register_function and log; its functions see what scripts see.  So what it
 * registers follows from its text alone, and is the same in each thread.
 *
 * Thread safety: as for the state.
 */
#pragma once

#include "engine/function.h"
#include "script/lua-state.h"

G_BEGIN_DECLS

#define CF_FUNCTION_LOAD_MS 500 /* a program may take so long */

/* The library of a program, tried in a state of its own with @memory_limit
 * bytes; NULL: it is no good. */
CfLibrary *cf_function_load (CfSlice code, gsize memory_limit, GError **error);
/* Makes the functions of @set callable in a state that has none. */
gboolean
cf_function_install (CfLua *lua, const CfFunctionSet *set, GError **error);
/* Pushes the Lua function of @function, or nil; where errors are caught. */
void cf_function_push (lua_State *L, const CfFunction *function);

G_END_DECLS
