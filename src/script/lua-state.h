/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lua-state.h -- a Lua interpreter of ours: bounded in memory, and one that
 * can be stopped.
 *
 * A state counts what it allocates and refuses what goes beyond its limit; Lua
 * then fails with LUA_ERRMEM, and whoever runs it throws the state away.
 * Every CF_LUA_TICK_STEPS instructions it calls its tick, which may let the
 * script end (cf_lua_unwind()): unlike an error, that cannot be caught by the
 * script, since the pcall, xpcall, load and coroutine.resume of the sandbox
 * pass it on.
 *
 * The libraries add themselves with a function of their own (transfer none):
 *
 *   void cf_lua_open_NAME (lua_State *L);  -- pushes one table, or nothing
 *
 * called within a protected call, so that it may raise errors, and listed in
 * sandbox.c, which makes the table read-only and a global.
 *
 * Thread safety: a state belongs to one thread at a time; cf_lua_used() may
 * be called in any.
 */
#pragma once

#include <lauxlib.h>
#include <lua.h>

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

#define CF_LUA_TICK_STEPS 5000

typedef struct _CfLua CfLua;

/* May call cf_lua_unwind(), and then must return at once. */
typedef void (*CfLuaTickFunc) (CfLua *self, gpointer data);

struct _CfLua
{
  lua_State *L;
  gsize used;                /* (atomic) bytes */
  gsize limit;               /* bytes; 0: none */
  CfLuaTickFunc tick;        /* (nullable) */
  CfLuaTickFunc before_long; /* (nullable) see cf_lua_take_long() */
  gpointer tick_data;        /* of both */
  gboolean unwinding;        /* the script is to end, whatever it catches */
  int globals;               /* reference to the table of true globals */
  int handler;               /* reference to the handler of errors */
  guint64 random;            /* of math.random: 48 bits */
  guint n_compared;          /* by table.sort */
};

CfLua *cf_lua_new (gsize limit); /* (nullable) NULL: no memory */
void cf_lua_free (CfLua *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfLua, cf_lua_free)

CfLua *cf_lua_of (lua_State *L); /* the state that @L is, or is a thread of */
gsize cf_lua_used (const CfLua *self); /* bytes; any thread */
/* Calls @func, which gets nothing but @data as light userdata and leaves
 * nothing, with errors caught.  Returns what lua_pcall() does; not 0: an error
 * object is on the stack. */
int cf_lua_protect (CfLua *self, lua_CFunction func, gpointer data);
/* Calls the tick; for C functions that take long.  May raise an error. */
void cf_lua_tick (lua_State *L);
/* Says that something begins that takes long and does not tick.  May raise an
 * error. */
void cf_lua_take_long (lua_State *L);
/* Has the script end; raises an error. */
int cf_lua_unwind (lua_State *L);
/* Raises the error if the script is to end: after a call that has caught one.
 */
void cf_lua_pass_on (lua_State *L);

/* Compiles @program to a function on the stack, with ticks.  Returns what
 * lua_load() does; not 0: a message is on the stack. */
int cf_lua_load (lua_State *L, CfSlice program, const char *name);
/* Whether Lua would take it for bytecode, which it does not check. */
gboolean cf_lua_is_bytecode (CfSlice program);
/* Compiles @body to a function that stays as long as the state, with the
 * reference @reference.  Returns what cf_lua_load() does. */
int cf_lua_compile (CfLua *self,
                    CfSlice body,
                    const char *chunk_name,
                    int *reference);
/* Pushes the function of a reference, or a value likewise. */
void cf_lua_push (CfLua *self, int reference);

G_END_DECLS
