/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script-api.h -- the table "redis" of scripts.
 *
 * Thread safety: as for a state.
 */
#pragma once

#include <lua.h>

#include "engine/script-run.h"

G_BEGIN_DECLS

/* Makes "redis" a global; where errors are caught.  Whoever adds to it does so
 * by cf_script_api_push() before, and seals it. */
void cf_script_api_open (lua_State *L);
/* The same for functions, which have less. */
void cf_script_api_open_for_functions (lua_State *L);
/* Pushes a new table with the functions. */
void cf_script_api_push (lua_State *L);

/* script-call.c */
int cf_script_api_call (lua_State *L);
int cf_script_api_pcall (lua_State *L);
/* Pushes { err = "ERR @message" }, or without the prefix if the message begins
 * with "-"; raises it if @raise, or returns 1. */
int cf_script_api_error (lua_State *L, const char *message, gboolean raise);
/* The arguments on the stack as words of a command; FALSE: an error was pushed.
 * They are good as long as they stay on the stack. */
gboolean cf_script_api_words (lua_State *L, CfScriptRun *run);

G_END_DECLS
