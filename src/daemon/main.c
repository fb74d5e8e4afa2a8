/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c -- the server program: options in, exit status out. */
#include "config.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <glib/gi18n.h>

#include "base/memory.h"
#include "config/describe.h"
#include "config/loader.h"
#include "configmake.h"
#include "daemon/daemon.h"
#include "daemon/log.h"
#include "daemon/options.h"

#define PROGRAM "cofferd"
#define EXIT_USAGE 2
/* EX_CONFIG of sysexits(3), which the unit file knows as well. */
#define EXIT_CONFIGURATION 78
#define DEFAULT_CONFIG PKGSYSCONFDIR "/cofferd.conf"

static int
fail (int status, const char *message)
{
  fprintf (stderr, "%s: %s\n", PROGRAM, message);
  if (status == EXIT_USAGE)
    fprintf (stderr, _ ("Try '%s --help' for more information.\n"), PROGRAM);
  return status;
}

static int
print (char *text)
{
  fputs (text, stdout);
  g_free (text);
  return EXIT_SUCCESS;
}

static int
print_version (void)
{
  printf ("%s (%s) %s\n", PROGRAM, PACKAGE, PACKAGE_VERSION);
  printf ("%s", _ ("Copyright (C) 2026 The Coffer authors\n"
                   "License GPLv3+: GNU GPL version 3 or later "
                   "<https://gnu.org/licenses/gpl.html>.\n"
                   "This is free software: you are free to change and "
                   "redistribute it.\n"
                   "There is NO WARRANTY, to the extent permitted by law.\n"));
  return EXIT_SUCCESS;
}

/* The file that was named must be there; the usual one may be missing. */
static gboolean
load (CfConfig *config, const char *path, GError **error)
{
  if (path == NULL && !g_file_test (DEFAULT_CONFIG, G_FILE_TEST_EXISTS))
    return TRUE;
  return cf_config_load (config, path != NULL ? path : DEFAULT_CONFIG, error);
}

static int
serve (CfConfig *config)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfDaemon) daemon = NULL;
  gboolean ok;

  if (!cf_log_open (config, &error))
    return fail (EXIT_FAILURE, error->message);
  daemon = cf_daemon_new (config, &error);
  ok = daemon != NULL && cf_daemon_run (daemon, &error);
  g_clear_pointer (&daemon, cf_daemon_free);
  cf_log_close ();
  return ok ? EXIT_SUCCESS : fail (EXIT_FAILURE, error->message);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfConfig) config = NULL;
  g_auto (CfOptions) options = { 0 };

  setlocale (LC_ALL, "");
  bindtextdomain (PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (PACKAGE, "UTF-8");
  textdomain (PACKAGE);
  signal (SIGPIPE, SIG_IGN);
  cf_memory_init ();
  config = cf_config_new ();
  if (!cf_options_parse (&options, config, &argc, &argv, &error))
    return fail (EXIT_USAGE, error->message);
  if (options.version)
    return print_version ();
  if (options.print_config)
    return print (cf_describe_sample ());
  if (options.print_manual)
    return print (cf_describe_manual ());
  if (!load (config, options.config, &error))
    return fail (EXIT_CONFIGURATION, error->message);
  if (options.check_config)
    return EXIT_SUCCESS;
  return serve (config);
}
