/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/slice.h"
#include "client/eval-args.h"

static void
test_eval_args_make (void)
{
  static const struct
  {
    const char *words[5], *wanted;
  } lines[] = {
    { { NULL }, "EVAL|return 1\n|0" },
    { { "," }, "EVAL|return 1\n|0" },
    { { "k", "l" }, "EVAL|return 1\n|2|k|l" },
    { { "k", ",", "a", "b" }, "EVAL|return 1\n|1|k|a|b" },
    { { ",", ",", "b" }, "EVAL|return 1\n|0|,|b" },
    { { "k,", "a" }, "EVAL|return 1\n|2|k,|a" },
  };
  g_autofree char *path = g_strdup ("/tmp/coffer-eval-XXXXXX");
  int fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (g_close (fd, NULL));
  g_assert_true (g_file_set_contents (path, "return 1\n", -1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GString) held = g_string_new (NULL);
      g_autoptr (GString) got = g_string_new (NULL);
      g_autoptr (GArray) args = g_array_new (FALSE, FALSE, sizeof (CfSlice));
      g_autoptr (GError) error = NULL;
      int argc = (int) g_strv_length ((char **) lines[i].words);

      cf_eval_args_make (path, (char **) lines[i].words, argc, held, args,
                         &error);
      g_assert_no_error (error);
      for (guint j = 0; j < args->len; j++)
        {
          CfSlice arg = g_array_index (args, CfSlice, j);

          g_string_append_printf (got, "%s%.*s", j > 0 ? "|" : "",
                                  (int) arg.size, arg.data);
        }
      g_assert_cmpstr (got->str, ==, lines[i].wanted);
    }
  g_unlink (path);
}

static void
test_eval_args_no_file (void)
{
  g_autoptr (GString) held = g_string_new (NULL);
  g_autoptr (GArray) args = g_array_new (FALSE, FALSE, sizeof (CfSlice));
  g_autoptr (GError) error = NULL;

  g_assert_false (
      cf_eval_args_make ("/nowhere/x.lua", NULL, 0, held, args, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_FAILED);
  g_assert_cmpstr (
      error->message, ==,
      "Can't open file '/nowhere/x.lua': No such file or directory");
  g_assert_cmpuint (args->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/eval-args/make", test_eval_args_make);
  g_test_add_func ("/client/eval-args/no-file", test_eval_args_no_file);
  return g_test_run ();
}
