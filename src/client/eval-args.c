/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <glib/gi18n.h>

#include "base/error.h"
#include "base/slice.h"
#include "client/eval-args.h"

static int
count_keys (char **argv, int argc)
{
  int n = 0;

  while (n < argc && strcmp (argv[n], ",") != 0)
    n++;
  return n;
}

static gboolean
read_script (const char *path, GString *script, GError **error)
{
  FILE *file = fopen (path, "re");
  char chunk[16 * 1024];
  gsize size;
  gboolean is_read;

  if (file != NULL)
    {
      while ((size = fread (chunk, 1, sizeof chunk, file)) > 0)
        g_string_append_len (script, chunk, (gssize) size);
      is_read = !ferror (file);
      fclose (file);
      if (is_read)
        return TRUE;
    }
  return cf_throw (error, CF_ERROR_FAILED, _ ("Can't open file '%s': %s"), path,
                   g_strerror (errno));
}

static void
add_arg (GArray *args, CfSlice arg)
{
  g_array_append_val (args, arg);
}

/**
 * cf_eval_args_make:
 * @path: the file with the script
 * @argv: (array length=argc): its keys, and after a comma its arguments
 * @argc: how many they are
 * @held: what some of @args will be in
 * @args: (element-type CfSlice): where to append EVAL and its arguments
 * @error: return location for an error, or %NULL
 *
 * Makes the command that runs a script.
 *
 * Returns: %FALSE if the file cannot be read
 */
gboolean
cf_eval_args_make (const char *path,
                   char **argv,
                   int argc,
                   GString *held,
                   GArray *args,
                   GError **error)
{
  int n_keys = count_keys (argv, argc);
  gsize digits;

  g_string_printf (held, "%d", n_keys);
  digits = held->len;
  if (!read_script (path, held, error))
    return FALSE;
  add_arg (args, CF_SLICE ("EVAL"));
  add_arg (args, cf_slice (held->str + digits, held->len - digits));
  add_arg (args, cf_slice (held->str, digits));
  for (int i = 0; i < argc; i++)
    if (i != n_keys)
      add_arg (args, cf_slice_of_string (argv[i]));
  return TRUE;
}
