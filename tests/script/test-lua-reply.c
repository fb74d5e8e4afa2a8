/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-reply.h"

#include "script/lua-state.h"
#include "script/sandbox.h"

static int
push_reply (lua_State *L)
{
  const char *reply = lua_touserdata (L, 1);

  cf_lua_push_reply (L, cf_slice_of_string (reply));
  cf_sandbox_set_global (L, "reply");
  return 0;
}

typedef struct
{
  CfLuaWriter writer;
  gboolean whole;
} Writing;

static int
write_reply (lua_State *L)
{
  Writing *self = lua_touserdata (L, 1);

  lua_getglobal (L, "rawget");
  lua_getglobal (L, "_G");
  lua_pushliteral (L, "result");
  lua_call (L, 2, 1);
  self->whole = cf_lua_write_reply (L, &self->writer);
  return 0;
}

/* The reply that @program, which may use "reply", makes; NULL: too long. */
static char *
convert (const char *reply, const char *program, guint8 resp, gsize limit)
{
  g_autoptr (CfLua) lua = cf_lua_new (64 << 20);
  CfOutPool pool = { 0 };
  CfOut out;
  CfReply to = { &out, resp };
  Writing writing = { { .reply = &to, .resp = resp, .limit = limit } };
  int reference;
  gsize size;
  char *text = NULL;

  cf_out_init (&out, &pool);
  g_assert_cmpint (cf_lua_protect (lua, push_reply, (gpointer) reply), ==, 0);
  g_assert_cmpint (
      cf_lua_compile (lua, cf_slice_of_string (program), "@p", &reference), ==,
      0);
  cf_lua_push (lua, reference);
  g_assert_cmpint (lua_pcall (lua->L, 0, 1, 0), ==, 0);
  cf_sandbox_set_global (lua->L, "result");
  g_assert_cmpint (cf_lua_protect (lua, write_reply, &writing), ==, 0);
  if (writing.whole)
    text = cf_out_to_string (&out, &size);
  cf_out_clear (&out);
  cf_out_pool_clear (&pool);
  return text;
}

/* What comes as a reply goes as the same. */
static void
test_lua_reply_round (void)
{
  static const char *const replies[] = {
    ":1\r\n",
    "$3\r\nabc\r\n",
    "$0\r\n\r\n",
    "+OK\r\n",
    "-ERR x\r\n",
    "*3\r\n:1\r\n$1\r\na\r\n*0\r\n",
    "_\r\n",
    "#t\r\n",
    "#f\r\n",
    ",1.5\r\n",
    ",inf\r\n",
    "(12345678901234567890\r\n",
    "=5\r\ntxt:a\r\n",
    "%1\r\n$1\r\na\r\n:1\r\n",
    "~1\r\n$1\r\na\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      g_autofree char *text =
          convert (replies[i], "return rawget (_G, 'reply')", 3, G_MAXSIZE);

      g_assert_cmpstr (text, ==, replies[i]);
    }
}

static void
test_lua_reply_resp2 (void)
{
  static const struct
  {
    const char *reply, *program, *result;
  } cases[] = {
    { "$-1\r\n", "return reply", "$-1\r\n" },
    { "$-1\r\n", "return { reply == false }", "*1\r\n:1\r\n" },
    { "*-1\r\n", "return reply", "$-1\r\n" },
    { ":1\r\n", "return { 1.9, true, false, nil, 5 }",
      "*3\r\n:1\r\n:1\r\n$-1\r\n" },
    { ":1\r\n", "return 1e100", ":-9223372036854775808\r\n" },
    { ":1\r\n", "return { err = 'a\\nb' }", "-a b\r\n" },
    { ":1\r\n", "return { ok = 'a\\nb' }", "+a b\r\n" },
    { ":1\r\n", "return { ok = 'a\\0b' }", "+a\r\n" },
    { ":1\r\n", "return { { big_number = '1\\r\\n2' }, { ok = '' } }",
      "*2\r\n$4\r\n1  2\r\n+\r\n" },
    { ":1\r\n", "return { map = { a = 1 } }", "*2\r\n$1\r\na\r\n:1\r\n" },
    { ":1\r\n", "return { verbatim_string = { string = 'x' } }", "*0\r\n" },
    { ":1\r\n", "return math", "*0\r\n" },
    { ":1\r\n", "return error", "$-1\r\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text =
          convert (cases[i].reply, cases[i].program, 2, G_MAXSIZE);

      g_assert_cmpstr (text, ==, cases[i].result);
    }
}

static void
test_lua_reply_deep (void)
{
  g_autofree char *text =
      convert (":1\r\n", "local t = {} t[1] = t return t", 2, G_MAXSIZE);

  g_assert_true (g_str_has_suffix (text, "*1\r\n-ERR reached lua stack "
                                         "limit\r\n"));
}

static void
test_lua_reply_too_long (void)
{
  g_assert_null (convert (":1\r\n",
                          "local t = { 1 } for i = 1, 60 do t = { t, t } end "
                          "return t",
                          2, 1 << 20));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/script/lua-reply/round", test_lua_reply_round);
  g_test_add_func ("/script/lua-reply/resp2", test_lua_reply_resp2);
  g_test_add_func ("/script/lua-reply/deep", test_lua_reply_deep);
  g_test_add_func ("/script/lua-reply/too-long", test_lua_reply_too_long);
  return g_test_run ();
}
