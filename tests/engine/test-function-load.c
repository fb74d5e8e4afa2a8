/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What redis-server 7.0.15 says of each program is what is expected here. */
#include "config.h"

#include "engine/function-load.h"

#include "engine/script-api.h"

#define LIMIT (16 * 1024 * 1024) /* bytes */
#define FAILED "Error registering functions: ERR "

static CfLibrary *
load (const char *program, GError **error)
{
  g_autofree char *code = g_strconcat ("#!lua name=a\n", program, NULL);

  return cf_function_load (cf_slice_of_string (code), LIMIT, error);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *program;
    const char *message;
  } cases[] = {
    { "", "No functions registered" },
    { "return (",
      "Error compiling function: user_function:2: unexpected symbol near "
      "'<eof>'" },
    { "redis.call ('get', 'x')",
      FAILED "user_function:2: Script attempted to access nonexistent global "
             "variable 'call'" },
    { "pcall (1)",
      FAILED "user_function:2: Script attempted to access nonexistent global "
             "variable 'pcall'" },
    { "x = 1", FAILED "user_function:2: Attempt to modify a readonly table" },
    { "redis.x = 1",
      FAILED "user_function:2: Attempt to modify a readonly table" },
    { "redis.register_function ()",
      FAILED "wrong number of arguments to redis.register_function" },
    { "redis.register_function ('f', 1)",
      FAILED "second argument to redis.register_function must be a function" },
    { "redis.register_function ({}, function () end)",
      FAILED "first argument to redis.register_function must be a string" },
    { "redis.register_function ('f')",
      FAILED "calling redis.register_function with a single argument is only "
             "applicable to Lua table (representing named arguments)." },
    { "redis.register_function {}",
      FAILED "redis.register_function must get a function name argument" },
    { "redis.register_function { function_name = 'f' }",
      FAILED "redis.register_function must get a callback argument" },
    { "redis.register_function { function_name = {} }",
      FAILED "function_name argument given to redis.register_function must be "
             "a string" },
    { "redis.register_function { callback = 1 }",
      FAILED "callback argument given to redis.register_function must be a "
             "function" },
    { "redis.register_function { description = {} }",
      FAILED "description argument given to redis.register_function must be a "
             "string" },
    { "redis.register_function { flags = 1 }",
      FAILED "flags argument to redis.register_function must be a table "
             "representing function flags" },
    { "redis.register_function { x = 1 }",
      FAILED "unknown argument given to redis.register_function" },
    { "redis.register_function { [{}] = 1 }",
      FAILED "named argument key given to redis.register_function is not a "
             "string" },
    { "redis.register_function { function_name = 'f', callback = function () "
      "end, flags = { 'x' } }",
      FAILED "unknown flag given" },
    { "redis.register_function ('a-b', function () end)",
      FAILED "Library names can only contain letters, numbers, or "
             "underscores(_) and must be at least one character long" },
    { "local f = function () end redis.register_function ('f', f) "
      "redis.register_function ('f', f)",
      FAILED "Function already exists in the library" },
    { "while true do end", FAILED "FUNCTION LOAD timeout" },
    { "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep (1e6) .. i end",
      FAILED "not enough memory" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CfLibrary) library = load (cases[i].program, &error);

      g_test_message ("%s", cases[i].program);
      g_assert_null (library);
      g_assert_nonnull (error);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

static int
call_function (lua_State *L)
{
  cf_function_push (L, lua_touserdata (L, 1));
  lua_pushinteger (L, 20);
  lua_call (L, 1, 1);
  g_assert_cmpint ((int) lua_tointeger (L, -1), ==, 41);
  return 0;
}

/* A library, installed in a state of another thread's, say. */
static void
test_install (void)
{
  g_autoptr (CfFunctions) functions = cf_functions_new ();
  g_autoptr (GPtrArray) libraries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_library_unref);
  g_autoptr (CfLua) lua = cf_lua_new (LIMIT);
  g_autoptr (CfFunctionSet) set = NULL;
  g_autoptr (GError) error = NULL;
  const CfFunction *function;

  g_ptr_array_add (
      libraries,
      load ("local one = 1 redis.register_function { function_name = 'Sum', "
            "callback = function (n) return math.floor (2 * n + one) end, "
            "description = 'adds', flags = { 'no-writes', 'allow-oom' } }",
            &error));
  g_assert_no_error (error);
  g_assert_true (
      cf_functions_add (functions, libraries, CF_FUNCTIONS_APPEND, "", &error));
  set = cf_functions_get (functions);
  function = cf_function_set_find (set, CF_SLICE ("sUM"));
  g_assert_nonnull (function);
  g_assert_cmpstr (function->name, ==, "Sum");
  g_assert_cmpstr (function->description, ==, "adds");
  g_assert_cmpint (function->flags, ==,
                   CF_SCRIPT_NO_WRITES | CF_SCRIPT_ALLOW_OOM);
  g_assert_true (cf_function_install (lua, set, &error));
  g_assert_no_error (error);
  g_assert_cmpint (cf_lua_protect (lua, call_function, (gpointer) function), ==,
                   0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/function-load/install", test_install);
  g_test_add_func ("/engine/function-load/refused", test_refused);
  return g_test_run ();
}
