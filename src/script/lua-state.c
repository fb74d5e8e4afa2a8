/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-state.h"

#include <stdlib.h>

#include "base/random.h"
#include "script/sandbox.h"

/* Bytes of a program that are compiled between two ticks. */
#define SOURCE_PIECE 4096

/* Source: lua_Alloc of the Lua manual. */
static void *
on_alloc (void *data, void *block, size_t old_size, size_t new_size)
{
  CfLua *self = data;
  gsize used = self->used - old_size;
  void *moved;

  if (new_size == 0)
    {
      free (block);
      __atomic_store_n (&self->used, used, __ATOMIC_RELAXED);
      return NULL;
    }
  if (new_size > old_size && self->limit > 0 &&
      (new_size > self->limit || used > self->limit - new_size))
    return NULL;
  moved = realloc (block, new_size);
  if (moved != NULL)
    __atomic_store_n (&self->used, used + new_size, __ATOMIC_RELAXED);
  else if (new_size <= old_size)
    return block; /* Lua takes for granted that shrinking does not fail. */
  return moved;
}

static void
on_count (lua_State *L, lua_Debug *record)
{
  cf_lua_tick (L);
}

static int
set_up (lua_State *L)
{
  lua_gc (L, LUA_GCSTOP, 0);
  cf_sandbox_open (L);
  lua_gc (L, LUA_GCRESTART, 0);
  return 0;
}

/**
 * cf_lua_new:
 * @limit: how many bytes it may allocate, 0 for any number
 *
 * Makes a state with a sandbox, in which nothing runs yet.
 *
 * Returns: (transfer full) (nullable): the state; %NULL: no memory
 */
CfLua *
cf_lua_new (gsize limit)
{
  CfLua *self = g_new0 (CfLua, 1);

  self->limit = limit;
  cf_random_bytes (&self->random, sizeof self->random);
  self->L = lua_newstate (on_alloc, self);
  if (self->L == NULL || cf_lua_protect (self, set_up, NULL) != 0)
    {
      cf_lua_free (self);
      return NULL;
    }
  /* Coroutines have the hook of the state that makes them. */
  lua_sethook (self->L, on_count, LUA_MASKCOUNT, CF_LUA_TICK_STEPS);
  return self;
}

/**
 * cf_lua_free:
 * @self: (nullable) (transfer full): a state
 *
 * Frees the state and all that is in it.
 */
void
cf_lua_free (CfLua *self)
{
  if (self == NULL)
    return;
  if (self->L != NULL)
    lua_close (self->L);
  g_free (self);
}

/**
 * cf_lua_of:
 * @L: Lua's view of a state, or of a coroutine in one
 *
 * Returns: (transfer none): the state
 */
CfLua *
cf_lua_of (lua_State *L)
{
  void *data;

  lua_getallocf (L, &data);
  return data;
}

/**
 * cf_lua_used:
 * @self: a state
 *
 * Returns: how many bytes it has allocated
 */
gsize
cf_lua_used (const CfLua *self)
{
  return __atomic_load_n (&self->used, __ATOMIC_RELAXED);
}

/**
 * cf_lua_protect:
 * @self: a state
 * @func: what to call
 * @data: what to call it with
 *
 * Calls @func so that its errors come back.
 *
 * Returns: 0, or Lua's number of an error, whose object is on the stack then
 */
int
cf_lua_protect (CfLua *self, lua_CFunction func, gpointer data)
{
  return lua_cpcall (self->L, func, data);
}

/**
 * cf_lua_tick:
 * @L: a state, in a C function
 *
 * Lets the owner of the state see to what has to be done; it may end the
 * script, with an error.
 */
void
cf_lua_tick (lua_State *L)
{
  CfLua *self = cf_lua_of (L);

  if (self->tick != NULL && !self->unwinding)
    self->tick (self, self->tick_data);
  cf_lua_pass_on (L);
}

/**
 * cf_lua_take_long:
 * @L: a state, in a C function
 *
 * Lets the owner of the state prepare for a while without a tick; it may end
 * the script, with an error.
 */
void
cf_lua_take_long (lua_State *L)
{
  CfLua *self = cf_lua_of (L);

  if (self->before_long != NULL && !self->unwinding)
    self->before_long (self, self->tick_data);
  cf_lua_pass_on (L);
}

/**
 * cf_lua_unwind:
 * @L: a state
 *
 * Ends the script that runs in it, with an error that it cannot catch.
 *
 * Returns: nothing
 */
int
cf_lua_unwind (lua_State *L)
{
  cf_lua_of (L)->unwinding = TRUE;
  /* No error that was made before tells of this one. */
  lua_pushnil (L);
  return lua_error (L);
}

/**
 * cf_lua_pass_on:
 * @L: a state
 *
 * Raises the error again that cf_lua_unwind() raised, if it did.
 */
void
cf_lua_pass_on (lua_State *L)
{
  if (G_UNLIKELY (cf_lua_of (L)->unwinding))
    cf_lua_unwind (L);
}

typedef struct
{
  CfSlice rest;
  gboolean begun;
} Source;

static const char *
read_source (lua_State *L, void *data, size_t *size)
{
  Source *self = data;
  const char *piece = self->rest.data;

  if (self->begun)
    cf_lua_tick (L);
  self->begun = TRUE;
  *size = MIN (self->rest.size, SOURCE_PIECE);
  self->rest = cf_slice (piece + *size, self->rest.size - *size);
  return piece;
}

/**
 * cf_lua_load:
 * @L: a state
 * @program: a program, no bytecode
 * @name: what its errors call it, with Lua's mark before it
 *
 * Compiles a program, and calls the tick meanwhile: the time that Lua takes
 * may grow with the square of the size.
 *
 * Returns: what lua_load() does: 0, with a function on the stack, or another
 *   number, with a message
 */
int
cf_lua_load (lua_State *L, CfSlice program, const char *name)
{
  Source source = { .rest = program };

  return lua_load (L, read_source, &source, name);
}

typedef struct
{
  CfSlice body;
  const char *chunk_name;
  int status;
  int reference;
} Compile;

/* With the data alone on the stack; leaves a message there on failure. */
static int
compile (lua_State *L)
{
  Compile *self = lua_touserdata (L, 1);

  self->status = LUA_ERRSYNTAX;
  if (cf_lua_is_bytecode (self->body))
    lua_pushfstring (L, "%s:1: unexpected symbol near 'char(27)'",
                     self->chunk_name + 1);
  else
    self->status = cf_lua_load (L, self->body, self->chunk_name);
  if (self->status == 0)
    {
      self->reference = luaL_ref (L, LUA_REGISTRYINDEX);
      return 0;
    }
  return lua_error (L);
}

/**
 * cf_lua_is_bytecode:
 * @program: a program
 *
 * Returns: whether Lua would take it for bytecode, which it does not check
 */
gboolean
cf_lua_is_bytecode (CfSlice program)
{
  return program.size > 0 && program.data[0] == LUA_SIGNATURE[0];
}

/**
 * cf_lua_compile:
 * @self: a state
 * @body: a program
 * @chunk_name: what its errors call it, after a "@"
 * @reference: (out): its function, as long as the state
 *
 * Returns: 0; or not, when a message is on the stack
 */
int
cf_lua_compile (CfLua *self,
                CfSlice body,
                const char *chunk_name,
                int *reference)
{
  Compile data = { .body = body, .chunk_name = chunk_name };
  int status = cf_lua_protect (self, compile, &data);

  *reference = data.reference;
  return data.status != 0 && status == LUA_ERRRUN ? data.status : status;
}

/**
 * cf_lua_push:
 * @self: a state
 * @reference: a reference to a value
 *
 * Pushes the value; there must be room for it.
 */
void
cf_lua_push (CfLua *self, int reference)
{
  lua_rawgeti (self->L, LUA_REGISTRYINDEX, reference);
}
