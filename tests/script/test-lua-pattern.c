/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-pattern.h"

#include <lauxlib.h>
#include <lualib.h>

#include "script/lua-state.h"

/* An error leaves the thread sanitizer with calls that it takes for open, of
 * which it follows 65,536. */
#ifdef __SANITIZE_THREAD__
#define N_RANDOM 2000
#else
#define N_RANDOM 20000
#endif

/* What all four functions make of a text, a pattern and a replacement. */
static const char program[] =
    "local text, pattern, by = ... "
    "local function show (...) "
    "  local all = {} "
    "  for i = 1, select ('#', ...) do "
    "    all[i] = tostring ((select (i, ...))) "
    "  end "
    "  return table.concat (all, '|') "
    "end "
    "local function each (make) "
    "  local all = {} "
    "  for a, b, c in make (text, pattern) do "
    "    all[#all + 1] = show (a, b, c) "
    "  end "
    "  return table.concat (all, '&') "
    "end "
    "return table.concat ({ "
    "  show (pcall (string.find, text, pattern)), "
    "  show (pcall (string.find, text, pattern, -2)), "
    "  show (pcall (string.find, text, pattern, 2, true)), "
    "  show (pcall (string.match, text, pattern)), "
    "  show (pcall (string.match, text, pattern, 3)), "
    "  show (pcall (each, string.gmatch)), "
    "  show (pcall (each, string.gfind)), "
    "  show (pcall (string.gsub, text, pattern, by)), "
    "  show (pcall (string.gsub, text, pattern, by, 2)), "
    "  show (pcall (string.gsub, text, pattern, { a = 'x', b = 1, ab = {} })), "
    "  show (pcall (string.gsub, text, pattern, function (a, b) "
    "    if a == 'b' then return a end return b end)) "
    "}, ';')";

static char *
run (lua_State *L, const char *text, const char *pattern, const char *by)
{
  char *result;

  g_assert_cmpint (luaL_loadstring (L, program), ==, 0);
  lua_pushstring (L, text);
  lua_pushstring (L, pattern);
  lua_pushstring (L, by);
  g_assert_cmpint (lua_pcall (L, 3, 1, 0), ==, 0);
  result = g_strdup (lua_tostring (L, -1));
  lua_settop (L, 0);
  return result;
}

typedef struct
{
  CfLua *lua;       /* (owned) */
  lua_State *plain; /* (owned) with Lua's own functions */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->lua = cf_lua_new (0);
  self->plain = luaL_newstate ();
  luaL_openlibs (self->plain);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  cf_lua_free (self->lua);
  lua_close (self->plain);
}

static void
assert_same (Fixture *self,
             const char *text,
             const char *pattern,
             const char *by)
{
  g_autofree char *ours = run (self->lua->L, text, pattern, by);
  g_autofree char *theirs = run (self->plain, text, pattern, by);

  if (strcmp (ours, theirs) != 0)
    g_test_message ("text '%s' pattern '%s' by '%s'", text, pattern, by);
  g_assert_cmpstr (ours, ==, theirs);
}

static void
test_lua_pattern_cases (Fixture *self, gconstpointer data)
{
  static const char *const patterns[] = {
    "",      "^",     "$",        "%",         "a%",          "[",
    "[]",    "[]]",   "[^]]",     "[a",        "[%",          "[%]",
    "[a-]",  "[a-c]", "[^a-c]",   "[%a-c]",    "[c-a]",       "(",
    ")",     "()",    "(a",       "a)",        "(()",         "(a)(b)",
    "%1",    "%0",    "(a)%1",    "(a)%2",     "(a%1)",       "()%1",
    "%b",    "%bx",   "%b()",     "%b((",      "%f",          "%f[%w]%w+",
    "%fa",   "%f[",   "a*",       "a+",        "a-",          "a?",
    "a-b",   "a*b",   "(a-)b",    "(a*)(b?)",  ".-",          "^.-$",
    "^a*",   "a^",    "$a",       "a$b",       "%$",          "%a%d",
    "%A%D",  "%c",    "%p%s",     "%u%l",      "%x+",         "%z",
    "%w*$",  "a-$",   "(.-)(.-)", "(a*(.)%w)", "%%",          "%.",
    "[^%s]", "%S",    "[%w_]+",   "(%a+)=(.)", "(((((a)))))", "%g",
  };
  static const char *const texts[] = {
    "", "a", "ab", "aab b", "(a(b)c)", "k=v, b=c", "a\tB\v9.$%^", "\x80\xff-",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (patterns); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (texts); j++)
      {
        assert_same (self, texts[j], patterns[i], "<%0>");
        assert_same (self, texts[j], patterns[i], "%1%");
        assert_same (self, texts[j], patterns[i], "%2%x");
      }
}

static char *
make_word (const char *alphabet, gint longest)
{
  gint size = g_test_rand_int_range (0, longest + 1);
  GString *word = g_string_new (NULL);

  for (gint i = 0; i < size; i++)
    g_string_append_c (
        word, alphabet[g_test_rand_int_range (0, (gint) strlen (alphabet))]);
  return g_string_free (word, FALSE);
}

static void
test_lua_pattern_random (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < N_RANDOM; i++)
    {
      g_autofree char *text = make_word ("aab(b)1 ", 10);
      g_autofree char *pattern = make_word ("ab.%%*+-?[]^$()1bfw", 8);
      g_autofree char *by = make_word ("x%%012", 4);

      assert_same (self, text, pattern, by);
    }
}

static void
on_tick (CfLua *lua, gpointer data)
{
  gint *left = data;

  if (--*left == 0)
    lua->unwinding = TRUE;
}

/* What would take longer than anybody lives ends when it has to. */
static void
test_lua_pattern_ends (Fixture *self, gconstpointer data)
{
  static const char *const programs[] = {
    "string.find (('a'):rep (1000), ('a-'):rep (50) .. 'b')",
    "string.match (('a'):rep (1000), ('a?'):rep (1000) .. ('a'):rep (1001))",
    "string.find (('('):rep (1000000), '%b()')",
    "string.gsub (('a'):rep (1000), ('(.-)'):rep (30) .. 'b', '')",
    "string.gmatch (('a'):rep (1000), ('.*'):rep (30) .. 'b') ()",
    "string.gfind (('a'):rep (1000), ('[ab]*'):rep (30) .. 'c') ()",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autoptr (CfLua) lua = cf_lua_new (0);
      gint left = 3;

      lua->tick = on_tick;
      lua->tick_data = &left;
      g_assert_cmpint (luaL_loadstring (lua->L, programs[i]), ==, 0);
      g_assert_cmpint (lua_pcall (lua->L, 0, 0, 0), !=, 0);
      g_assert_true (lua->unwinding);
    }
}

/* Each function recurses for the items of a pattern. */
static void
test_lua_pattern_long (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "find", "gfind", "gmatch", "gsub",
                                       "match" };
  lua_State *L = self->lua->L;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *text = g_strdup_printf (
          "return string.%s (('a'):rep (1000000), ('a?'):rep (1000000), 1)",
          names[i]);

      g_assert_cmpint (luaL_loadstring (L, text), ==, 0);
      g_assert_cmpint (lua_pcall (L, 0, 0, 0), ==, LUA_ERRRUN);
      g_assert_nonnull (strstr (lua_tostring (L, -1), "pattern too complex"));
      lua_settop (L, 0);
    }
  g_assert_cmpint (
      luaL_loadstring (L, "return (('a'):rep (5000)):find (('a?'):rep (5000))"),
      ==, 0);
  g_assert_cmpint (lua_pcall (L, 0, 2, 0), ==, 0);
  g_assert_cmpint ((int) lua_tonumber (L, -1), ==, 5000);
}

#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/script/lua-pattern/cases", test_lua_pattern_cases);
  ADD ("/script/lua-pattern/ends", test_lua_pattern_ends);
  ADD ("/script/lua-pattern/long", test_lua_pattern_long);
  ADD ("/script/lua-pattern/random", test_lua_pattern_random);
  return g_test_run ();
}
