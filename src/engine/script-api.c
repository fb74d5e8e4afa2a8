/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/script-api.h"

#include "engine/acl-check.h"
#include "script/lua-cost.h"
#include "script/sandbox.h"

#define REDIS_VERSION "7.0.15"
#define REDIS_VERSION_NUMBER 0x0007000f
#define LOGGED_BYTES 1024

enum
{
  LOG_DEBUG,
  LOG_VERBOSE,
  LOG_NOTICE,
  LOG_WARNING,
};

/* -- Replies -------------------------------------------------------------- */

static int
return_field (lua_State *L, const char *field)
{
  if (lua_gettop (L) != 1 || lua_type (L, 1) != LUA_TSTRING)
    return cf_script_api_error (L, "wrong number or type of arguments", FALSE);
  lua_createtable (L, 0, 1);
  lua_pushvalue (L, 1);
  lua_setfield (L, -2, field);
  return 1;
}

static int
on_status_reply (lua_State *L)
{
  return return_field (L, "ok");
}

/* Pushes @text without line ends at its ends. */
static void
push_trimmed (lua_State *L, const char *text)
{
  size_t size;

  text += strspn (text, "\r\n");
  for (size = strlen (text); size > 0 && strchr ("\r\n", text[size - 1]);)
    size--;
  lua_pushlstring (L, text, size);
}

/* A message of one word gets a prefix. */
static int
on_error_reply (lua_State *L)
{
  const char *message, *space;

  if (lua_gettop (L) != 1 || lua_type (L, 1) != LUA_TSTRING)
    return cf_script_api_error (L, "wrong number or type of arguments", FALSE);
  message = lua_tostring (L, 1);
  message += *message == '-';
  space = strchr (message, ' ');
  if (space != NULL)
    lua_pushlstring (L, message, (size_t) (space - message));
  else
    lua_pushliteral (L, "ERR");
  lua_pushliteral (L, " ");
  push_trimmed (L, space != NULL ? space + 1 : message);
  lua_concat (L, 3);
  lua_remove (L, 1);
  return return_field (L, "err");
}

/* -- Others --------------------------------------------------------------- */

static int
on_sha1hex (lua_State *L)
{
  char sha[CF_SCRIPT_SHA_SIZE + 1];
  CfSlice text;

  if (lua_gettop (L) != 1)
    return cf_script_api_error (L, "wrong number of arguments", TRUE);
  text.data = lua_tolstring (L, 1, &text.size);
  if (text.data == NULL)
    text = CF_SLICE ("");
  cf_lua_cost_announce (L, text.size);
  cf_script_sha (text, sha);
  lua_pushlstring (L, sha, CF_SCRIPT_SHA_SIZE);
  return 1;
}

static void
write_log (lua_Number level, const char *text)
{
  if (level == LOG_WARNING)
    g_warning ("script: %s", text);
  else if (level == LOG_NOTICE)
    g_message ("script: %s", text);
  else if (level == LOG_VERBOSE)
    g_info ("script: %s", text);
  else
    g_debug ("script: %s", text);
}

static int
on_log (lua_State *L)
{
  int n = lua_gettop (L);
  lua_Number level;
  char text[LOGGED_BYTES] = "";

  if (n < 2)
    return cf_script_api_error (
        L, "redis.log() requires two arguments or more.", TRUE);
  if (!lua_isnumber (L, 1))
    return cf_script_api_error (
        L, "First argument must be a number (log level).", TRUE);
  level = lua_tonumber (L, 1);
  if (!(level >= LOG_DEBUG && level <= LOG_WARNING))
    return cf_script_api_error (L, "Invalid debug level.", TRUE);
  for (int i = 2; i <= n; i++)
    {
      const char *word = lua_tostring (L, i);

      if (word == NULL)
        continue;
      if (*text != '\0')
        g_strlcat (text, " ", sizeof text);
      g_strlcat (text, word, sizeof text);
    }
  for (char *c = text; *c != '\0'; c++)
    if (!g_ascii_isprint (*c))
      *c = '?';
  write_log (level, text);
  return 0;
}

static int
on_setresp (lua_State *L)
{
  CfScriptRun *run = cf_script_run_of (L);
  lua_Number resp;

  if (lua_gettop (L) != 1)
    return cf_script_api_error (L, "redis.setresp() requires one argument.",
                                TRUE);
  resp = lua_tonumber (L, 1);
  if ((int) resp != 2 && (int) resp != 3)
    return cf_script_api_error (L, "RESP version must be 2 or 3.", TRUE);
  if (run != NULL)
    run->resp = (guint8) resp;
  return 0;
}

/* The change feed has all that is for anybody, since its readers get the same:
 * what is for the append-only file alone, or for replicas alone, is for both.
 */
static int
on_set_repl (lua_State *L)
{
  CfScriptRun *run = cf_script_run_of (L);
  int repl;

  if (lua_gettop (L) != 1)
    return cf_script_api_error (L, "redis.set_repl() requires two arguments.",
                                TRUE);
  repl = (int) lua_tonumber (L, 1);
  if (repl & ~CF_SCRIPT_REPL_ALL)
    return cf_script_api_error (L,
                                "Invalid replication flags. Use REPL_AOF, "
                                "REPL_REPLICA, REPL_ALL or REPL_NONE.",
                                TRUE);
  if (run != NULL)
    run->repl = (guint8) repl;
  return 0;
}

static int
on_replicate_commands (lua_State *L)
{
  lua_pushboolean (L, TRUE);
  return 1;
}

/* There is no debugger. */
static int
on_breakpoint (lua_State *L)
{
  lua_pushboolean (L, FALSE);
  return 1;
}

static int
on_debug (lua_State *L)
{
  return 0;
}

static int
on_acl_check_cmd (lua_State *L)
{
  CfScriptRun *run = cf_script_run_of (L);
  const CfCommandInfo *info;

  if (run == NULL)
    return cf_script_api_error (
        L, "redis.acl_check_cmd can only be called inside a script invocation",
        TRUE);
  if (!cf_script_api_words (L, run))
    return lua_error (L);
  info = cf_command_table_find (run->call->engine->commands, run->args->argv,
                                run->args->argc);
  if (info == NULL || (info->is_container && run->args->argc > 1))
    return cf_script_api_error (
        L, "Invalid command passed to redis.acl_check_cmd()", TRUE);
  lua_pushboolean (L, cf_acl_may_run (run->call->session->user, info,
                                      run->args->argv, run->args->argc));
  return 1;
}

static const luaL_Reg functions[] = {
  { "acl_check_cmd", on_acl_check_cmd },
  { "breakpoint", on_breakpoint },
  { "call", cf_script_api_call },
  { "debug", on_debug },
  { "error_reply", on_error_reply },
  { "log", on_log },
  { "pcall", cf_script_api_pcall },
  { "replicate_commands", on_replicate_commands },
  { "set_repl", on_set_repl },
  { "setresp", on_setresp },
  { "sha1hex", on_sha1hex },
  { "status_reply", on_status_reply },
};

static const struct
{
  const char *name;
  int value;
} numbers[] = {
  { "LOG_DEBUG", LOG_DEBUG },
  { "LOG_NOTICE", LOG_NOTICE },
  { "LOG_VERBOSE", LOG_VERBOSE },
  { "LOG_WARNING", LOG_WARNING },
  { "REDIS_VERSION_NUM", REDIS_VERSION_NUMBER },
  { "REPL_ALL", CF_SCRIPT_REPL_ALL },
  { "REPL_AOF", CF_SCRIPT_REPL_AOF },
  { "REPL_NONE", CF_SCRIPT_REPL_NONE },
  { "REPL_REPLICA", CF_SCRIPT_REPL_REPLICA },
  { "REPL_SLAVE", CF_SCRIPT_REPL_REPLICA },
};

/**
 * cf_script_api_push:
 * @L: a state, where errors are caught
 *
 * Pushes a table of the functions.
 */
void
cf_script_api_push (lua_State *L)
{
  lua_newtable (L);
  for (gsize i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      lua_pushcfunction (L, functions[i].func);
      lua_setfield (L, -2, functions[i].name);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      lua_pushnumber (L, numbers[i].value);
      lua_setfield (L, -2, numbers[i].name);
    }
  lua_pushliteral (L, REDIS_VERSION);
  lua_setfield (L, -2, "REDIS_VERSION");
}

/**
 * cf_script_api_open:
 * @L: a state, where errors are caught
 *
 * Gives scripts the table "redis".
 */
void
cf_script_api_open (lua_State *L)
{
  cf_script_api_push (L);
  cf_sandbox_add_library (L, "redis");
}

/**
 * cf_script_api_open_for_functions:
 * @L: a state, where errors are caught
 *
 * Gives functions the table "redis", without what is only for scripts.
 */
void
cf_script_api_open_for_functions (lua_State *L)
{
  static const char *const names[] = { "breakpoint", "debug",
                                       "replicate_commands" };

  cf_script_api_push (L);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      lua_pushnil (L);
      lua_setfield (L, -2, names[i]);
    }
  cf_sandbox_add_library (L, "redis");
}
