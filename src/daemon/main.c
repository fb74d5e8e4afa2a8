/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c -- the cofferd program: options in, exit status out. */
#include "config.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/memory.h"
#include "config/describe.h"
#include "config/loader.h"
#include "configmake.h"
#include "daemon/daemon.h"
#include "daemon/log.h"
#include "daemon/options.h"

#define DEFAULT_CONFIG PKGSYSCONFDIR "/cofferd.conf"

/* The exit status. */
typedef enum
{
  STATUS_OK = EXIT_SUCCESS,
  STATUS_FAILED = EXIT_FAILURE,
  STATUS_USAGE = 2,
  STATUS_CONFIG = 78,
} Status;

/* One line, as the GNU standards have it: no blank before a file's name. */
static Status
fail (Status status, const char *message, gboolean names_file)
{
  g_printerr ("cofferd:%s%s\n", names_file ? "" : " ", message);
  if (status == STATUS_USAGE)
    g_printerr (_ ("Try 'cofferd --help' for more information.\n"));
  return status;
}

/* Prints to standard output, where a full disk is a failure too. */
static Status
print (const char *text)
{
  if (fputs (text, stdout) >= 0 && fflush (stdout) == 0)
    return STATUS_OK;
  return fail (STATUS_FAILED, g_strerror (errno), FALSE);
}

static Status
print_version (void)
{
  return print ("cofferd (" PACKAGE_NAME ") " PACKAGE_VERSION "\n"
                "Copyright (C) 2026 The Coffer authors\n"
                "License GPLv3+: GNU GPL version 3 or later "
                "<https://gnu.org/licenses/gpl.html>\n"
                "This is free software: you are free to change and "
                "redistribute it.\n"
                "There is NO WARRANTY, to the extent permitted by law.\n");
}

/* The file that is named, or the usual one if there is one. */
static gboolean
load (CfConfig *config, const char *path, GError **error)
{
  if (path != NULL)
    return cf_config_load (config, path, error);
  if (g_access (DEFAULT_CONFIG, F_OK) != 0 && errno == ENOENT)
    return TRUE;
  return cf_config_load (config, DEFAULT_CONFIG, error);
}

/* Whoever sets something that does nothing is told. */
static void
warn_of_settings (CfConfig *config)
{
  for (int id = 0; id < CF_N_SETTINGS; id++)
    if ((cf_settings[id].flags & CF_CONFIG_ACCEPTED) &&
        !cf_config_is_initial (config, (CfSettingId) id))
      g_warning ("'%s' has no effect in this version", cf_settings[id].name);
}

static gboolean
enter_directory (CfConfig *config, GError **error)
{
  g_autofree char *dir = cf_config_get_string (config, CF_SETTING_DIR);

  return g_chdir (dir) == 0 ||
         cf_throw (error, CF_ERROR_FAILED, "cannot enter '%s': %s", dir,
                   g_strerror (errno));
}

static gboolean
write_pid (const char *path, GError **error)
{
  g_autofree char *pid = g_strdup_printf ("%d\n", (int) getpid ());
  g_autoptr (GError) cause = NULL;

  if (*path == '\0' ||
      g_file_set_contents_full (path, pid, -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                0644, &cause))
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED, "cannot write the PID file %s: %s",
                   path, cause->message);
}

static gboolean
serve (CfConfig *config, GError **error)
{
  g_autofree char *pidfile = cf_config_get_string (config, CF_SETTING_PIDFILE);
  g_autoptr (CfDaemon) daemon = NULL;
  gboolean done;

  daemon = cf_daemon_new (config, error);
  if (daemon == NULL || !write_pid (pidfile, error))
    return FALSE;
  done = cf_daemon_run (daemon, error);
  if (*pidfile != '\0')
    g_unlink (pidfile);
  return done;
}

static Status
run (CfConfig *config)
{
  g_autoptr (GError) error = NULL;
  gboolean done;

  if (!cf_log_open (config, &error))
    return fail (STATUS_FAILED, error->message, FALSE);
  warn_of_settings (config);
  done = serve (config, &error);
  cf_log_close ();
  return done ? STATUS_OK : fail (STATUS_FAILED, error->message, FALSE);
}

static Status
obey (const CfOptions *options, CfConfig *config)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (options->version)
    return print_version ();
  if (options->print_config || options->print_manual)
    {
      text =
          options->print_config ? cf_describe_sample () : cf_describe_manual ();
      return print (text);
    }
  if (!load (config, options->config, &error))
    return fail (STATUS_CONFIG, error->message, TRUE);
  if (!enter_directory (config, &error))
    return fail (STATUS_FAILED, error->message, FALSE);
  if (!cf_daemon_check (config, &error))
    return fail (STATUS_CONFIG, error->message, TRUE);
  if (options->check_config)
    return print (_ ("The configuration is valid.\n"));
  return run (config);
}

int
main (int argc, char **argv)
{
  g_autoptr (CfConfig) config = NULL;
  g_auto (CfOptions) options = { NULL };
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (PACKAGE, "UTF-8");
  textdomain (PACKAGE);
  g_set_prgname ("cofferd");
  signal (SIGPIPE, SIG_IGN);
  cf_memory_init ();
  config = cf_config_new ();
  if (!cf_options_parse (&options, config, &argc, &argv, &error))
    return fail (STATUS_USAGE, error->message, FALSE);
  return obey (&options, config);
}
