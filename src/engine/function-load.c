/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/function-load.h"

#include "base/clock.h"
#include "base/error.h"
#include "engine/script-api.h"
#include "script/lua-front.h"

/* Their addresses are keys of Lua's registry. */
static const char loading_key, functions_key;

/* A program that runs. */
typedef struct
{
  CfLua *lua;
  CfLibrary *library;
  GPtrArray *functions; /* (element-type CfFunction) what it has registered */
  gint64 deadline_us;   /* steady clock */
  gboolean timed_out;
  GString *message; /* what went wrong */
} Loading;

static void
set_loading (lua_State *L, Loading *loading)
{
  lua_pushlightuserdata (L, (void *) &loading_key);
  lua_pushlightuserdata (L, loading);
  lua_rawset (L, LUA_REGISTRYINDEX);
}

static Loading *
get_loading (lua_State *L)
{
  Loading *loading;

  lua_pushlightuserdata (L, (void *) &loading_key);
  lua_rawget (L, LUA_REGISTRYINDEX);
  loading = lua_touserdata (L, -1);
  lua_pop (L, 1);
  return loading;
}

/* The table of functions by their names in lower case. */
static void
push_functions (lua_State *L)
{
  lua_pushlightuserdata (L, (void *) &functions_key);
  lua_rawget (L, LUA_REGISTRYINDEX);
  if (!lua_isnil (L, -1))
    return;
  lua_pop (L, 1);
  lua_newtable (L);
  lua_pushlightuserdata (L, (void *) &functions_key);
  lua_pushvalue (L, -2);
  lua_rawset (L, LUA_REGISTRYINDEX);
}

/* -- redis.register_function ----------------------------------------------
 * Where the arguments are on Lua's stack, after they were sorted out: */

enum
{
  NAME = 1,
  CALLBACK,
  DESCRIPTION,
  FLAGS,
};

static int
refuse (lua_State *L, const char *message)
{
  return cf_script_api_error (L, message, TRUE);
}

/* The names in the table on top.  FALSE: one is unknown. */
static gboolean
read_flags (lua_State *L, CfScriptFlags *flags)
{
  gboolean known = TRUE, more = TRUE;

  *flags = 0;
  for (int i = 1; known && more; i++)
    {
      CfSlice word;

      lua_rawgeti (L, -1, i);
      more = !lua_isnil (L, -1);
      word.data = lua_tolstring (L, -1, &word.size);
      if (more)
        known = word.data != NULL && cf_script_flags_add (flags, word);
      lua_pop (L, 1);
    }
  return known;
}

/* What is wrong with the value on top as the argument @name, which goes to its
 * place; NULL: nothing. */
static const char *
take_named (lua_State *L, const char *name)
{
  CfScriptFlags flags;

  if (strcmp (name, "function_name") == 0)
    {
      if (!lua_isstring (L, -1))
        return "function_name argument given to redis.register_function must "
               "be a string";
      lua_replace (L, NAME);
    }
  else if (strcmp (name, "description") == 0)
    {
      if (!lua_isstring (L, -1))
        return "description argument given to redis.register_function must be "
               "a string";
      lua_replace (L, DESCRIPTION);
    }
  else if (strcmp (name, "callback") == 0)
    {
      if (!lua_isfunction (L, -1))
        return "callback argument given to redis.register_function must be a "
               "function";
      lua_replace (L, CALLBACK);
    }
  else if (strcmp (name, "flags") == 0)
    {
      if (!lua_istable (L, -1))
        return "flags argument to redis.register_function must be a table "
               "representing function flags";
      if (!read_flags (L, &flags))
        return "unknown flag given";
      lua_replace (L, FLAGS);
    }
  else
    return "unknown argument given to redis.register_function";
  return NULL;
}

/* One table of named arguments. */
static void
sort_named (lua_State *L)
{
  if (!lua_istable (L, 1))
    refuse (L, "calling redis.register_function with a single argument is only "
               "applicable to Lua table (representing named arguments).");
  lua_settop (L, 1);
  for (int i = NAME; i <= FLAGS; i++)
    lua_pushnil (L);
  lua_pushvalue (L, 1);
  lua_remove (L, 1);
  for (lua_pushnil (L); lua_next (L, FLAGS + 1) != 0;)
    {
      const char *wrong = "named argument key given to redis.register_function "
                          "is not a string";

      if (lua_type (L, -2) == LUA_TSTRING)
        wrong = take_named (L, lua_tostring (L, -2));
      else if (lua_type (L, -2) == LUA_TNUMBER)
        wrong = "unknown argument given to redis.register_function";
      if (wrong != NULL)
        refuse (L, wrong);
    }
  lua_settop (L, FLAGS);
  if (lua_isnil (L, NAME))
    refuse (L, "redis.register_function must get a function name argument");
  if (lua_isnil (L, CALLBACK))
    refuse (L, "redis.register_function must get a callback argument");
}

static void
sort_arguments (lua_State *L)
{
  int n = lua_gettop (L);

  if (n < 1 || n > 2)
    refuse (L, "wrong number of arguments to redis.register_function");
  if (n == 1)
    {
      sort_named (L);
      return;
    }
  if (!lua_isstring (L, NAME))
    refuse (L, "first argument to redis.register_function must be a string");
  if (!lua_isfunction (L, CALLBACK))
    refuse (L, "second argument to redis.register_function must be a function");
  lua_settop (L, FLAGS);
}

static gboolean
is_registered (const Loading *loading, const char *name)
{
  for (guint i = 0; i < loading->functions->len; i++)
    {
      const CfFunction *other = g_ptr_array_index (loading->functions, i);

      if (strcmp (other->name, name) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
add_function (lua_State *L, Loading *loading, CfSlice name, CfScriptFlags flags)
{
  CfFunction *function = cf_function_new (name, flags);
  const char *description;

  g_ptr_array_add (loading->functions, function);
  description = lua_tolstring (L, DESCRIPTION, &function->description_size);
  if (description != NULL)
    function->description =
        g_memdup2 (description, function->description_size + 1);
  else
    function->description_size = 0;
}

/* Notes the callback under the name in lower case. */
static void
add_callback (lua_State *L, CfSlice name)
{
  luaL_Buffer lower;

  push_functions (L);
  luaL_buffinit (L, &lower);
  for (gsize i = 0; i < name.size; i++)
    luaL_addchar (&lower, g_ascii_tolower (name.data[i]));
  luaL_pushresult (&lower);
  lua_pushvalue (L, CALLBACK);
  lua_rawset (L, -3);
}

static int
on_register_function (lua_State *L)
{
  Loading *loading = get_loading (L);
  CfScriptFlags flags = 0;
  CfSlice name;

  if (loading == NULL)
    return refuse (L, "redis.register_function can only be called on FUNCTION "
                      "LOAD command");
  sort_arguments (L);
  if (!lua_isnil (L, FLAGS))
    (void) read_flags (L, &flags);
  name.data = lua_tolstring (L, NAME, &name.size);
  if (!cf_library_check_name (name, NULL))
    return refuse (L, "Library names can only contain letters, numbers, or "
                      "underscores(_) and must be at least one character long");
  if (is_registered (loading, name.data))
    return refuse (L, "Function already exists in the library");
  add_callback (L, name);
  add_function (L, loading, name, flags);
  return 0;
}

/* -- What a program sees while it loads ----------------------------------- */

static int
on_missing (lua_State *L)
{
  return luaL_error (
      L, "Script attempted to access nonexistent global variable '%s'",
      luaL_checkstring (L, 2));
}

/* Makes reading what the table on top does not have an error. */
static void
refuse_missing (lua_State *L)
{
  lua_createtable (L, 0, 1);
  lua_pushcfunction (L, on_missing);
  lua_setfield (L, -2, "__index");
  lua_setmetatable (L, -2);
}

/* Pushes the table of globals of libraries. */
static void
push_environment (lua_State *L)
{
  static const char *const kept[] = {
    "LOG_DEBUG",     "LOG_NOTICE",        "LOG_VERBOSE", "LOG_WARNING",
    "REDIS_VERSION", "REDIS_VERSION_NUM", "log",
  };

  lua_createtable (L, 0, 1);
  lua_createtable (L, 0, G_N_ELEMENTS (kept) + 1);
  cf_script_api_push (L);
  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      lua_getfield (L, -1, kept[i]);
      lua_setfield (L, -3, kept[i]);
    }
  lua_pop (L, 1);
  lua_pushcfunction (L, on_register_function);
  lua_setfield (L, -2, "register_function");
  refuse_missing (L);
  cf_lua_front_seal (L);
  lua_setfield (L, -2, "redis");
  refuse_missing (L);
  cf_lua_front_seal (L);
}

/* From now on functions whose globals are on top see those of scripts. */
static void
open_environment (lua_State *L)
{
  lua_getmetatable (L, -1);
  lua_pushvalue (L, LUA_GLOBALSINDEX);
  lua_setfield (L, -2, "__index");
  lua_pop (L, 1);
}

/* -- Loading -------------------------------------------------------------- */

static void
on_tick (CfLua *lua, gpointer data)
{
  Loading *loading = get_loading (lua->L);

  if (loading == NULL || cf_clock_mono_us () < loading->deadline_us)
    return;
  loading->timed_out = TRUE;
  lua->unwinding = TRUE;
}

/* Words the error on top. */
static void
explain (lua_State *L, Loading *loading)
{
  static const char prefix[] = "Error registering functions: ";
  const char *message;

  if (loading->timed_out)
    {
      g_string_printf (loading->message, "%sERR FUNCTION LOAD timeout", prefix);
      return;
    }
  if (lua_istable (L, -1))
    {
      lua_pushliteral (L, "err");
      lua_rawget (L, -2);
      message = lua_tostring (L, -1);
      g_string_printf (loading->message, "%s%s", prefix,
                       message != NULL ? message : "ERR unknown error");
      return;
    }
  message = lua_tostring (L, -1);
  g_string_printf (loading->message, "%sERR %s", prefix,
                   message != NULL ? message : "unknown error");
}

/* The same, of a program that could not be compiled. */
static void
explain_source (lua_State *L, Loading *loading)
{
  const char *message = lua_tostring (L, -1);

  if (loading->timed_out)
    explain (L, loading);
  else
    g_string_printf (loading->message, "Error compiling function: %s",
                     message != NULL ? message : "?");
}

/* Runs the program, where errors are caught. */
static int
run_program (lua_State *L)
{
  Loading *loading = lua_touserdata (L, 1);
  CfSlice code = cf_library_code (loading->library);

  set_loading (L, loading);
  code = cf_slice (code.data + loading->library->skip,
                   code.size - loading->library->skip);
  if (cf_lua_load (L, code, "@user_function") != 0)
    {
      explain_source (L, loading);
      return 0;
    }
  push_environment (L);
  lua_pushvalue (L, -1);
  lua_setfenv (L, -3);
  lua_insert (L, -2);
  if (lua_pcall (L, 0, 0, 0) != 0)
    explain (L, loading);
  else
    open_environment (L);
  return 0;
}

static int
end_loading (lua_State *L)
{
  set_loading (L, NULL);
  return 0;
}

/* Runs the program of @library; gives its functions to @functions. */
static gboolean
load (CfLua *lua, CfLibrary *library, GPtrArray *functions, GError **error)
{
  g_autoptr (GString) message = g_string_new (NULL);
  Loading loading = {
    .lua = lua,
    .library = library,
    .functions = functions,
    .deadline_us = cf_clock_mono_us () + CF_FUNCTION_LOAD_MS * 1000,
    .message = message,
  };

  lua->tick = on_tick;
  lua->tick_data = NULL;
  lua->unwinding = FALSE;
  if (cf_lua_protect (lua, run_program, &loading) != 0)
    g_string_assign (message, "Error registering functions: ERR not enough "
                              "memory");
  lua->tick = NULL;
  lua->unwinding = FALSE;
  lua_settop (lua->L, 0);
  if (cf_lua_protect (lua, end_loading, NULL) != 0 && message->len == 0)
    g_string_assign (message, "not enough memory");
  lua_settop (lua->L, 0);
  if (message->len > 0)
    return cf_throw (error, CF_ERROR_FAILED, "%s", message->str);
  return functions->len > 0 ||
         cf_throw (error, CF_ERROR_FAILED, "No functions registered");
}

static int
open_api (lua_State *L)
{
  cf_script_api_open_for_functions (L);
  return 0;
}

/**
 * cf_function_load:
 * @code: the program of a library
 * @memory_limit: bytes it may take, or 0
 * @error: return location for an error, or %NULL
 *
 * Runs the program in a state of its own.
 *
 * Returns: (transfer full) (nullable): the library, with its functions; %NULL
 *   if it is no good
 */
CfLibrary *
cf_function_load (CfSlice code, gsize memory_limit, GError **error)
{
  g_autoptr (CfLibrary) library = cf_library_new (code, error);
  g_autoptr (CfLua) lua = NULL;

  if (library == NULL)
    return NULL;
  lua = cf_lua_new (memory_limit);
  if (lua == NULL || cf_lua_protect (lua, open_api, NULL) != 0)
    {
      cf_throw (error, CF_ERROR_OOM, CF_NO_MEMORY);
      return NULL;
    }
  if (!load (lua, library, library->functions, error))
    return NULL;
  return g_steal_pointer (&library);
}

/**
 * cf_function_install:
 * @lua: a state with nothing but what all scripts have
 * @set: libraries
 * @error: return location for an error, or %NULL
 *
 * Runs the programs of the libraries.
 *
 * Returns: whether that worked; else the state is of no use
 */
gboolean
cf_function_install (CfLua *lua, const CfFunctionSet *set, GError **error)
{
  for (guint i = 0; i < set->libraries->len; i++)
    {
      g_autoptr (GPtrArray) functions =
          g_ptr_array_new_with_free_func ((GDestroyNotify) cf_function_unref);

      if (!load (lua, g_ptr_array_index (set->libraries, i), functions, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * cf_function_push:
 * @L: a state with functions, where errors are caught
 * @function: one of them
 *
 * Pushes what Lua is to call.
 */
void
cf_function_push (lua_State *L, const CfFunction *function)
{
  push_functions (L);
  lua_pushstring (L, function->lower);
  lua_rawget (L, -2);
  lua_replace (L, -2);
}
