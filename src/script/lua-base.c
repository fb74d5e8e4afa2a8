/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-base.h"

#include <lauxlib.h>
#include <string.h>

#include "script/lua-cost.h"
#include "script/lua-front.h"
#include "script/lua-pattern.h"
#include "script/lua-random.h"
#include "script/lua-state.h"

/* Bytes of a program: Lua's compiler goes over long chains of "elseif" again
 * and again. */
#define LONG_PROGRAM (16 * 1024)

/* So often a sort calls the state's tick. */
#define COMPARED_A_TICK 4096

/* The first upvalue of these is Lua's own function, which is called as if it
 * had been called in the first place: so its errors name it. */

static int
call_original (lua_State *L)
{
  return lua_tocfunction (L, lua_upvalueindex (1)) (L);
}

static int
on_writing (lua_State *L)
{
  cf_lua_front_refuse (L);
  return call_original (L);
}

static int
on_reading (lua_State *L)
{
  cf_lua_front_look_behind (L);
  return call_original (L);
}

static int
on_catching (lua_State *L)
{
  int n = call_original (L);

  cf_lua_pass_on (L);
  return n;
}

/* Bytes of a string, elements of a table.  A number is left one. */
static size_t
size_of_first (lua_State *L)
{
  return lua_type (L, 1) == LUA_TNUMBER ? 0 : lua_objlen (L, 1);
}

/* Goes through all elements of a table, or bytes of a string. */
static int
on_list (lua_State *L)
{
  if (size_of_first (L) > CF_LUA_COST_LONG)
    cf_lua_take_long (L);
  return call_original (L);
}

/* Lua's own moves what is behind a place one by one, down to where it is told.
 */
static int
on_insert (lua_State *L)
{
  cf_lua_front_refuse (L);
  if (lua_istable (L, 1) && lua_gettop (L) == 3 &&
      luaL_checkint (L, 2) < -CF_LUA_BASE_BELOW_MAX)
    return luaL_argerror (L, 2, "position out of bounds");
  return on_list (L);
}

static int
on_less (lua_State *L)
{
  CfLua *lua = cf_lua_of (L);

  if (++lua->n_compared % COMPARED_A_TICK == 0)
    cf_lua_tick (L);
  lua_pushboolean (L, lua_lessthan (L, 1, 2));
  return 1;
}

/* Without a function of the script's, a long sort could not be ended. */
static int
on_sort (lua_State *L)
{
  if (cf_lua_cost_of_sorting (size_of_first (L)) > CF_LUA_COST_LONG)
    cf_lua_take_long (L);
  if (lua_isnoneornil (L, 2) && size_of_first (L) > COMPARED_A_TICK)
    {
      lua_settop (L, 1);
      lua_pushcfunction (L, on_less);
    }
  return call_original (L);
}

static int
on_pairs (lua_State *L)
{
  luaL_checktype (L, 1, LUA_TTABLE);
  lua_pushvalue (L, lua_upvalueindex (1));
  lua_pushvalue (L, 1);
  lua_pushnil (L);
  return 3;
}

static int
on_getmetatable (lua_State *L)
{
  if (!cf_lua_front_is (L, 1))
    return call_original (L);
  cf_lua_front_push_metatable (L, 1);
  return 1;
}

/* An error that is a table is given as its text. */
static int
on_pcall (lua_State *L)
{
  luaL_checkany (L, 1);
  lua_pushboolean (L, TRUE);
  lua_insert (L, 1);
  if (lua_pcall (L, lua_gettop (L) - 2, LUA_MULTRET, 0) == 0)
    return lua_gettop (L);
  cf_lua_pass_on (L);
  lua_remove (L, 1);
  if (lua_istable (L, -1))
    {
      lua_getfield (L, -1, "err");
      if (lua_isstring (L, -1))
        lua_replace (L, -2);
    }
  lua_pushboolean (L, FALSE);
  lua_insert (L, 1);
  return lua_gettop (L);
}

/* Lua would call the handler where the error is raised: within the tick, where
 * nothing could stop it. */
static int
on_xpcall (lua_State *L)
{
  luaL_checkany (L, 2);
  lua_settop (L, 2);
  lua_insert (L, 1);
  if (lua_pcall (L, 0, LUA_MULTRET, 0) == 0)
    {
      lua_pushboolean (L, TRUE);
      lua_replace (L, 1);
      return lua_gettop (L);
    }
  cf_lua_pass_on (L);
  if (lua_pcall (L, 1, 1, 0) != 0)
    {
      cf_lua_pass_on (L);
      lua_pushliteral (L, "error in error handling");
    }
  lua_pushboolean (L, FALSE);
  lua_insert (L, -2);
  return 2;
}

/* What lua_load() or the like has returned. */
static int
return_loaded (lua_State *L, int status)
{
  cf_lua_pass_on (L);
  if (status == 0)
    return 1;
  lua_pushnil (L);
  lua_insert (L, -2);
  return 2;
}

/* A program that fails as Redis's Lua, which knows no bytecode, does. */
static const char no_bytecode[] = " \33";

static int
on_loadstring (lua_State *L)
{
  CfSlice program;
  const char *name;

  program.data = luaL_checklstring (L, 1, &program.size);
  name = luaL_optstring (L, 2, program.data);
  if (program.size > LONG_PROGRAM)
    cf_lua_take_long (L);
  if (cf_lua_is_bytecode (program))
    program = cf_slice (no_bytecode, sizeof no_bytecode - 1);
  return return_loaded (L, cf_lua_load (L, program, name));
}

/* Has the function at 1 called; what it returns is kept at 3. */
static const char *
read_piece (lua_State *L, void *data, size_t *size)
{
  gboolean *begun = data;
  const char *piece;

  luaL_checkstack (L, 2, "too many nested functions");
  lua_pushvalue (L, 1);
  lua_call (L, 0, 1);
  *size = 0;
  if (lua_isnil (L, -1))
    return NULL;
  if (!lua_isstring (L, -1))
    luaL_error (L, "reader function must return a string");
  lua_replace (L, 3);
  piece = lua_tolstring (L, 3, size);
  if (!*begun && cf_lua_is_bytecode (cf_slice (piece, *size)))
    {
      piece = no_bytecode;
      *size = sizeof no_bytecode - 1;
    }
  *begun |= *size > 0;
  if (*size > LONG_PROGRAM)
    cf_lua_take_long (L);
  return piece;
}

static int
on_load (lua_State *L)
{
  const char *name = luaL_optstring (L, 2, "=(load)");
  gboolean begun = FALSE;

  luaL_checktype (L, 1, LUA_TFUNCTION);
  lua_settop (L, 3);
  /* Lua makes a string of the name, up to a NUL, and has the function called
   * before it holds that; so it is held here. */
  lua_pushstring (L, name);
  lua_replace (L, 2);
  name = lua_tostring (L, 2);
  return return_loaded (L, lua_load (L, read_piece, &begun, name));
}

/* Lua's own counts with an int, and may be compiled to crash when that is too
 * small. */
static int
on_unpack (lua_State *L)
{
  gint64 first, last;

  luaL_checktype (L, 1, LUA_TTABLE);
  first = luaL_optint (L, 2, 1);
  last = luaL_optint (L, 3, (int) lua_objlen (L, 1));
  if (last - first >= G_MAXINT32)
    return luaL_error (L, "too many results to unpack");
  return call_original (L);
}

/* The state is shared, so how it collects is none of a script's business. */
static int
on_collectgarbage (lua_State *L)
{
  static const char *const options[] = { "stop",       "restart", "collect",
                                         "count",      "step",    "setpause",
                                         "setstepmul", NULL };
  int option = luaL_checkoption (L, 1, "collect", options);
  int argument = luaL_optint (L, 2, 0);

  switch (option)
    {
    case 3:
      lua_pushnumber (L, (lua_Number) cf_lua_used (cf_lua_of (L)) / 1024);
      return 1;
    case 4:
      lua_pushboolean (L, lua_gc (L, LUA_GCSTEP, MIN (argument, 1024)));
      return 1;
    case 5:
    case 6:
      lua_pushnumber (L, 200);
      return 1;
    case 2:
      (void) lua_gc (L, LUA_GCCOLLECT, 0);
      G_GNUC_FALLTHROUGH;
    default:
      lua_pushnumber (L, 0);
      return 1;
    }
}

static int
on_rep (lua_State *L)
{
  size_t size;
  const char *text = luaL_checklstring (L, 1, &size);
  lua_Integer n = luaL_checkinteger (L, 2);
  const CfLua *lua = cf_lua_of (L);
  gsize total;
  char *all;

  if (n <= 0 || size == 0)
    {
      lua_pushliteral (L, "");
      return 1;
    }
  if (__builtin_mul_overflow (size, (gsize) n, &total) || total > G_MAXINT32 ||
      (lua->limit > 0 && total > lua->limit / 2))
    return luaL_error (L, "resulting string too large");
  if (total > CF_LUA_COST_LONG)
    cf_lua_take_long (L);
  all = lua_newuserdata (L, total);
  for (gsize at = 0; at < total; at += size)
    memcpy (all + at, text, size);
  lua_pushlstring (L, all, total);
  return 1;
}

/* -- The table ------------------------------------------------------------ */

typedef struct
{
  const char *library; /* NULL: a global */
  const char *name;
  lua_CFunction func; /* NULL: there is none */
} Replacement;

static const Replacement replacements[] = {
  { NULL, "collectgarbage", on_collectgarbage },
  { NULL, "dofile", NULL },
  { NULL, "getfenv", NULL },
  { NULL, "getmetatable", on_getmetatable },
  { NULL, "load", on_load },
  { NULL, "loadfile", NULL },
  { NULL, "loadstring", on_loadstring },
  { NULL, "newproxy", NULL },
  { NULL, "next", on_reading },
  { NULL, "pcall", on_pcall },
  { NULL, "print", NULL },
  { NULL, "rawget", on_reading },
  { NULL, "rawset", on_writing },
  { NULL, "setfenv", NULL },
  { NULL, "setmetatable", on_writing },
  { NULL, "unpack", on_unpack },
  { NULL, "xpcall", on_xpcall },
  { "coroutine", "resume", on_catching },
  { "math", "random", cf_lua_random },
  { "math", "randomseed", cf_lua_random_seed },
  { "string", "find", cf_lua_pattern_find },
  { "string", "gfind", cf_lua_pattern_gmatch },
  { "string", "gmatch", cf_lua_pattern_gmatch },
  { "string", "gsub", cf_lua_pattern_gsub },
  { "string", "lower", on_list },
  { "string", "match", cf_lua_pattern_match },
  { "string", "rep", on_rep },
  { "string", "reverse", on_list },
  { "string", "upper", on_list },
  { "table", "concat", on_list },
  { "table", "foreach", on_reading },
  { "table", "insert", on_insert },
  { "table", "maxn", on_list },
  { "table", "remove", on_list },
  { "table", "sort", on_sort },
};

/**
 * cf_lua_base_replace:
 * @L: a state with Lua's libraries, none of them sealed yet
 *
 * Puts these functions in the place of Lua's own.
 */
void
cf_lua_base_replace (lua_State *L)
{
  for (gsize i = 0; i < G_N_ELEMENTS (replacements); i++)
    {
      const Replacement *replacement = &replacements[i];

      if (replacement->library != NULL)
        lua_getglobal (L, replacement->library);
      else
        lua_pushvalue (L, LUA_GLOBALSINDEX);
      if (replacement->func != NULL)
        {
          lua_getfield (L, -1, replacement->name);
          lua_pushcclosure (L, replacement->func, 1);
        }
      else
        lua_pushnil (L);
      lua_setfield (L, -2, replacement->name);
      lua_pop (L, 1);
    }
  /* pairs() hands out next(), and it must be the one that is safe. */
  lua_getglobal (L, "next");
  lua_pushcclosure (L, on_pairs, 1);
  lua_setglobal (L, "pairs");
}
