/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coffer.c -- the client program: options in, exit status out. */
#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <glib/gi18n.h>

#include "base/error.h"
#include "client/client-options.h"
#include "client/eval-args.h"
#include "client/fetch-rdb.h"
#include "client/mass-insert.h"
#include "client/plain-client.h"
#include "client/probe-latency.h"
#include "client/prompt.h"
#include "client/runner.h"
#include "client/scan-keys.h"
#include "configmake.h"
#include "proto/split.h"

#define EXIT_USAGE 2

static int
fail (int status, const char *message)
{
  fprintf (stderr, "%s: %s\n", PACKAGE, message);
  if (status == EXIT_USAGE)
    fprintf (stderr, _ ("Try '%s --help' for more information.\n"), PACKAGE);
  return status;
}

static int
show_version (void)
{
  printf ("%s %s\n", PACKAGE, PACKAGE_VERSION);
  printf ("%s", _ ("Copyright (C) 2026 The Coffer authors\n"
                   "License GPLv3+: GNU GPL version 3 or later "
                   "<https://gnu.org/licenses/gpl.html>.\n"
                   "This is free software: you are free to change and "
                   "redistribute it.\n"
                   "There is NO WARRANTY, to the extent permitted by law.\n"));
  return EXIT_SUCCESS;
}

static gboolean
read_stdin (GString *data, GError **error)
{
  char buffer[16 * 1024];
  gsize size;

  while ((size = fread (buffer, 1, sizeof buffer, stdin)) > 0)
    g_string_append_len (data, buffer, (gssize) size);
  if (ferror (stdin))
    return cf_throw (error, CF_ERROR_FAILED, "%s",
                     _ ("Cannot read standard input"));
  return TRUE;
}

/* Takes the quotes off @arg, in place. */
static gboolean
unquote (CfSlice *arg, char *text, GError **error)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CfSpan));
  const CfSpan *span;

  if (!cf_split_args (text, arg->size, spans) || spans->len != 1)
    return cf_throw (error, CF_ERROR_SYNTAX, "%s", _ ("Invalid quoted string"));
  span = &g_array_index (spans, CfSpan, 0);
  *arg = cf_slice (text + span->offset, span->size);
  return TRUE;
}

static gboolean
make_args (const CfClientOptions *options,
           char **argv,
           int argc,
           GArray *args,
           GString *input,
           GError **error)
{
  gboolean wants_input = options->stdin_is_last || options->stdin_tag != NULL;

  if (options->script_path != NULL)
    return cf_eval_args_make (options->script_path, argv, argc, input, args,
                              error);
  if (wants_input && !read_stdin (input, error))
    return FALSE;
  for (int i = 0; i < argc; i++)
    {
      CfSlice arg = cf_slice_of_string (argv[i]);

      if (g_strcmp0 (argv[i], options->stdin_tag) == 0)
        arg = cf_slice (input->str, input->len);
      else if (options->quoted_input && !unquote (&arg, argv[i], error))
        return FALSE;
      g_array_append_val (args, arg);
    }
  if (options->stdin_is_last)
    {
      CfSlice arg = cf_slice (input->str, input->len);

      g_array_append_val (args, arg);
    }
  return TRUE;
}

static int
run_plain (const CfClientOptions *options, const CfSlice *argv, gsize argc)
{
  g_autoptr (CfRemote) remote =
      cf_remote_new (options->host, (guint16) options->port, options->socket);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  cf_remote_set_tls (remote, &options->tls);
  if (!cf_plain_client_run (remote, argv, argc, out, &error))
    return fail (g_error_matches (error, CF_ERROR, CF_ERROR_SYNTAX)
                     ? EXIT_USAGE
                     : EXIT_FAILURE,
                 error->message);
  fwrite (out->str, 1, out->len, stdout);
  return EXIT_SUCCESS;
}

static int
run_command (CfRunner *runner,
             const CfClientOptions *options,
             const CfSlice *argv,
             gsize argc)
{
  g_autoptr (GError) error = NULL;
  CfRunOutcome outcome = CF_RUN_LOST;

  if (cf_runner_connect (runner, &error))
    outcome = cf_runner_run (runner, argv, argc, options->repeat, &error);
  if (outcome == CF_RUN_LOST)
    return fail (EXIT_FAILURE, error->message);
  return outcome == CF_RUN_DONE ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int
run_mode (CfRunner *runner, const CfClientOptions *options)
{
  CfRemote *remote = cf_runner_get_remote (runner);
  g_autoptr (GError) error = NULL;
  gboolean is_done = FALSE;

  if (!cf_runner_connect (runner, &error))
    return fail (EXIT_FAILURE, error->message);
  if (options->mode == CF_CLIENT_FUNCTIONS_RDB)
    is_done = cf_fetch_rdb (remote, options->rdb_path, &error);
  else if (options->mode == CF_CLIENT_SCAN)
    is_done = cf_scan_keys (remote, options, &error);
  else if (options->mode == CF_CLIENT_PIPE)
    is_done = cf_mass_insert (remote, options, STDIN_FILENO, &error);
  else
    is_done = cf_probe_latency (remote, options, &error);
  if (error != NULL)
    return fail (EXIT_FAILURE, error->message);
  return is_done ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int
run (CfClientOptions *options, char **argv, int argc)
{
  g_autoptr (GArray) args = g_array_new (FALSE, FALSE, sizeof (CfSlice));
  g_autoptr (GString) input = g_string_new (NULL);
  g_autoptr (CfRunner) runner = NULL;
  g_autoptr (GError) error = NULL;
  const CfSlice *slices;

  if (!make_args (options, argv, argc, args, input, &error))
    return fail (EXIT_FAILURE, error->message);
  slices = (const CfSlice *) (void *) args->data;
  if (options->plain)
    return run_plain (options, slices, args->len);
  if (args->len == 0)
    options->fail_on_error = FALSE;
  runner = cf_runner_new (options);
  if (options->mode != CF_CLIENT_COMMANDS)
    return run_mode (runner, options);
  if (args->len > 0)
    return run_command (runner, options, slices, args->len);
  cf_prompt_run (runner, options);
  return EXIT_SUCCESS;
}

int
main (int argc, char **argv)
{
  g_auto (CfClientOptions) options = { NULL };
  g_autoptr (GError) error = NULL;
  int status;

  setlocale (LC_ALL, "");
  bindtextdomain (PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (PACKAGE, "UTF-8");
  textdomain (PACKAGE);
  g_set_prgname (PACKAGE);
  if (!cf_client_options_parse (&options, &argc, &argv, &error))
    return fail (EXIT_USAGE, error->message);
  status = options.show_version ? show_version ()
                                : run (&options, argv + 1, argc - 1);
  if (fflush (stdout) != 0)
    return fail (EXIT_FAILURE, _ ("Cannot write the output"));
  return status;
}
