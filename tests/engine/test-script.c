/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
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
assert_not_killed (CfScripts *scripts, CfScriptKind kind, const char *prefix)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (cf_scripts_kill (scripts, kind, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_VERBATIM);
  g_assert_true (g_str_has_prefix (error->message, prefix));
}

static void
test_script_kill (void)
{
  g_autoptr (CfScripts) scripts = cf_scripts_new ();
  CfScriptProgress clean = { .kind = CF_SCRIPT_EVAL },
                   wrote = { .kind = CF_SCRIPT_EVAL, .state = CF_SCRIPT_WROTE };

  assert_not_killed (scripts, CF_SCRIPT_EVAL, "NOTBUSY ");
  cf_scripts_list (scripts, &wrote);
  assert_not_killed (scripts, CF_SCRIPT_EVAL, "UNKILLABLE ");
  assert_not_killed (
      scripts, CF_SCRIPT_FUNCTION,
      "BUSY Redis is busy running a script. You can only call SCRIPT KILL ");
  cf_scripts_list (scripts, &clean);
  g_assert_true (cf_scripts_kill (scripts, CF_SCRIPT_EVAL, NULL));
  g_assert_cmpint (clean.state, ==, CF_SCRIPT_KILLED);
  g_assert_cmpint (wrote.state, ==, CF_SCRIPT_WROTE);
  /* It has not ended yet. */
  g_assert_true (cf_scripts_kill (scripts, CF_SCRIPT_EVAL, NULL));
  cf_scripts_unlist (scripts, &clean);
  assert_not_killed (scripts, CF_SCRIPT_EVAL, "UNKILLABLE ");
  cf_scripts_unlist (scripts, &wrote);
  assert_not_killed (scripts, CF_SCRIPT_EVAL, "NOTBUSY ");
}

static void
test_script_oldest (void)
{
  g_autoptr (CfScripts) scripts = cf_scripts_new ();
  g_autoptr (GPtrArray) command =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  CfScriptProgress young = { .kind = CF_SCRIPT_EVAL,
                             .since_us = 20,
                             .name = "young" },
                   old = { .kind = CF_SCRIPT_FUNCTION, .since_us = 10 };
  g_autofree char *name = NULL;
  CfScriptKind kind;
  gint64 since_us;

  g_assert_false (cf_scripts_oldest (scripts, &kind, &since_us));
  cf_scripts_list (scripts, &young);
  cf_scripts_list (scripts, &old);
  g_assert_true (cf_scripts_oldest (scripts, &kind, &since_us));
  g_assert_cmpint (kind, ==, CF_SCRIPT_FUNCTION);
  g_assert_cmpint (since_us, ==, 10);
  g_assert_true (
      cf_scripts_longest (scripts, CF_SCRIPT_EVAL, &since_us, &name, command));
  g_assert_cmpint (since_us, ==, 20);
  g_assert_cmpstr (name, ==, "young");
  cf_scripts_unlist (scripts, &old);
  cf_scripts_unlist (scripts, &young);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/script/needs-gate", test_script_needs_gate);
  g_test_add_func ("/engine/script/kill", test_script_kill);
  g_test_add_func ("/engine/script/oldest", test_script_oldest);
  return g_test_run ();
}
