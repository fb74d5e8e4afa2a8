/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "engine/scripts.h"

/* Adds a script that returns @number; its SHA is @sha then. */
static void
add (CfScripts *scripts,
     guint number,
     gboolean loaded,
     char sha[CF_SCRIPT_SHA_SIZE + 1])
{
  g_autofree char *body = g_strdup_printf ("return %u", number);
  g_autoptr (CfScript) script = cf_script_new (cf_slice_of_string (body), NULL);
  g_autoptr (CfScript) added = cf_scripts_add (scripts, script, loaded);

  g_assert_true (added == script);
  memcpy (sha, script->sha, sizeof script->sha);
}

static gboolean
has (CfScripts *scripts, const char *sha)
{
  g_autoptr (CfScript) script = cf_scripts_find (scripts, sha);

  return script != NULL;
}

/* Of those that EVAL brought the oldest goes; what was loaded stays. */
static void
test_scripts_cache (void)
{
  g_autoptr (CfScripts) scripts = cf_scripts_new ();
  char loaded[CF_SCRIPT_SHA_SIZE + 1], first[sizeof loaded];
  char second[sizeof loaded], last[sizeof loaded];
  guint generation = cf_scripts_generation (scripts);

  add (scripts, 0, TRUE, loaded);
  add (scripts, 1, FALSE, first);
  add (scripts, 2, FALSE, second);
  for (guint i = 3; i <= CF_SCRIPTS_OF_EVAL_MAX; i++)
    add (scripts, i, FALSE, last);
  g_assert_true (has (scripts, first));
  g_assert_cmpuint (cf_scripts_n_evicted (scripts), ==, 0);
  add (scripts, CF_SCRIPTS_OF_EVAL_MAX + 1, FALSE, last);
  g_assert_false (has (scripts, first));
  g_assert_true (has (scripts, second));
  g_assert_true (has (scripts, loaded));
  g_assert_true (has (scripts, last));
  g_assert_cmpuint (cf_scripts_n_evicted (scripts), ==, 1);
  g_assert_cmpuint (cf_scripts_n (scripts), ==, CF_SCRIPTS_OF_EVAL_MAX + 1);

  cf_scripts_flush (scripts);
  g_assert_false (has (scripts, loaded));
  g_assert_cmpuint (cf_scripts_n (scripts), ==, 0);
  g_assert_cmpuint (cf_scripts_generation (scripts), !=, generation);
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
test_scripts_kill (void)
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
test_scripts_oldest (void)
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
  g_test_add_func ("/engine/scripts/cache", test_scripts_cache);
  g_test_add_func ("/engine/scripts/kill", test_scripts_kill);
  g_test_add_func ("/engine/scripts/oldest", test_scripts_oldest);
  return g_test_run ();
}
