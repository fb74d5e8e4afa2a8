/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/usage.h"

static void
append (const GPtrArray *usages, GString *text)
{
  static const char *const kinds[] = { "", "token", "oneof", "block" };

  for (guint i = 0; i < usages->len; i++)
    {
      const CfUsage *usage = g_ptr_array_index (usages, i);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                              usage->token != NULL ? usage->token : "");
      if (usage->kind == CF_USAGE_ARGUMENT)
        g_string_append_printf (text, "<%s:%s>", usage->name, usage->type);
      else
        g_string_append_printf (text, "<%s>", kinds[usage->kind]);
      g_string_append (text, usage->optional ? "?" : "");
      g_string_append (text, usage->multiple ? "*" : "");
      if (usage->members != NULL)
        {
          g_string_append_c (text, '{');
          append (usage->members, text);
          g_string_append_c (text, '}');
        }
    }
}

static void
test_usage_parse (void)
{
  static const char *const cases[][2] = {
    { NULL, "" },
    { "", "" },
    { "key", "<key:key>" },
    { "key ...", "<key:key>*" },
    { "source:key n:integer", "<source:key> <n:integer>" },
    { "[message]", "<message:string>?" },
    { "TOKEN", "TOKEN<token>" },
    { "[TOKEN]", "TOKEN<token>?" },
    { "EX seconds:integer", "EX<seconds:integer>" },
    { "[A | B]", "<oneof>?{A<token> B<token>}" },
    { "a [NX | XX] [GET]", "<a:string> <oneof>?{NX<token> XX<token>} "
                           "GET<token>?" },
    { "(key value) ...", "<block>*{<key:key> <value:string>}" },
    { "[BY (M x | P y)]", "BY<oneof>?{M<x:string> P<y:string>}" },
    { "(* | id) [(= | ~)]",
      "<oneof>{*<token> <id:string>} <oneof>?{=<token> ~<token>}" },
    { "[a | (b c)]", "<oneof>?{<a:string> <block>{<b:string> <c:string>}}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) usages = cf_usage_parse (cases[i][0]);
      g_autoptr (GString) text = g_string_new (NULL);

      append (usages, text);
      g_assert_cmpstr (text->str, ==, cases[i][1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/commands/usage/parse", test_usage_parse);
  return g_test_run ();
}
