/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/script.h"

/* It begins alone for a while, and then is tried again. */
static void
test_script_needs_gate (void)
{
  gint runs = 0;

  g_assert_false (cf_script_begins_alone (&runs));
  for (guint round = 0; round < 2; round++)
    {
      cf_script_need_gate (&runs);
      for (guint i = 0; i < CF_SCRIPT_RUNS_ALONE; i++)
        g_assert_true (cf_script_begins_alone (&runs));
      g_assert_false (cf_script_begins_alone (&runs));
    }
}

static void
test_script_head (void)
{
  static const struct
  {
    const char *program;
    CfScriptFlags flags;
    const char *error; /* (nullable) */
  } heads[] = {
    { "return 1", CF_SCRIPT_WITHOUT_FLAGS, NULL },
    { "#!lua\nreturn 1", 0, NULL },
    { "#!lua flags=\nreturn 1", 0, NULL },
    { "#!lua flags=no-writes,allow-oom\nreturn 1",
      CF_SCRIPT_NO_WRITES | CF_SCRIPT_ALLOW_OOM, NULL },
    { "#!lua", 0, "Invalid script shebang" },
    { "#!perl\nreturn 1", 0, "Unexpected engine in script shebang: #!perl" },
    { "#!lua name=x\nreturn 1", 0, "Unknown lua shebang option: name=x" },
    { "#!lua flags=x\nreturn 1", 0, "Unexpected flag in script shebang: x" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CfScript) script =
          cf_script_new (cf_slice_of_string (heads[i].program), &error);

      g_assert_cmpstr (error != NULL ? error->message : NULL, ==,
                       heads[i].error);
      if (script != NULL)
        g_assert_cmphex (script->flags, ==, heads[i].flags);
    }
}

static void
test_script_sha (void)
{
  g_autoptr (CfScript) script = cf_script_new (CF_SLICE ("return 1"), NULL);

  g_assert_cmpstr (script->sha, ==, "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/script/needs-gate", test_script_needs_gate);
  g_test_add_func ("/engine/script/head", test_script_head);
  g_test_add_func ("/engine/script/sha", test_script_sha);
  return g_test_run ();
}
