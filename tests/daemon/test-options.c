/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "daemon/options.h"

#include <string.h>

#include "config/loader.h"

/* Parses a command line, given as words after the program's name. */
static gboolean
parse (CfOptions *options, CfConfig *config, const char *line, char **message)
{
  g_autofree char *whole = g_strconcat ("cofferd ", line, NULL);
  g_auto (GStrv) words = NULL;
  g_autofree char **argv = NULL;
  g_autoptr (GError) error = NULL;
  char **rest;
  gboolean done;
  int argc;

  g_assert_true (g_shell_parse_argv (whole, &argc, &words, NULL));
  argv = g_memdup2 (words, ((gsize) argc + 1) * sizeof *words);
  rest = argv;
  done = cf_options_parse (options, config, &argc, &rest, &error);
  g_assert_cmpint (done, ==, error == NULL);
  if (message != NULL)
    *message = error != NULL ? g_strdup (error->message) : NULL;
  return done;
}

static void
test_options_none (void)
{
  g_autoptr (CfConfig) config = cf_config_new ();
  g_auto (CfOptions) options = { 0 };

  g_assert_true (parse (&options, config, "", NULL));
  g_assert_null (options.config);
  g_assert_false (options.check_config || options.version ||
                  options.print_config || options.print_manual);
  for (int id = 0; id < CF_N_SETTINGS; id++)
    g_assert_true (cf_config_is_initial (config, (CfSettingId) id));
}

static void
test_options_own (void)
{
  g_autoptr (CfConfig) config = cf_config_new ();
  g_auto (CfOptions) options = { 0 };

  g_assert_true (parse (&options, config,
                        "--config x.conf --check-config --version", NULL));
  g_assert_cmpstr (options.config, ==, "x.conf");
  g_assert_true (options.check_config);
  g_assert_true (options.version);
}

static void
test_options_settings (void)
{
  g_autoptr (CfConfig) config = cf_config_new ();
  g_auto (CfOptions) options = { 0 };
  g_autofree char *save = NULL, *bind = NULL, *password = NULL;

  g_assert_true (parse (&options, config,
                        "--port=7001 --maxmemory 64mb --save '' "
                        "--slowlog-log-slower-than -1 --bind '* -::*' "
                        "--requirepass '\xff x' --hash-max-ziplist-value 7",
                        NULL));
  g_assert_cmpint (cf_config_get_int (config, CF_SETTING_PORT), ==, 7001);
  g_assert_cmpint (cf_config_get_int (config, CF_SETTING_MAXMEMORY), ==,
                   64 << 20);
  g_assert_cmpint (
      cf_config_get_int (config, CF_SETTING_SLOWLOG_LOG_SLOWER_THAN), ==, -1);
  g_assert_cmpint (
      cf_config_get_int (config, CF_SETTING_HASH_MAX_LISTPACK_VALUE), ==, 7);
  save = cf_config_get_string (config, CF_SETTING_SAVE);
  g_assert_cmpstr (save, ==, "");
  bind = cf_config_get_string (config, CF_SETTING_BIND);
  g_assert_cmpstr (bind, ==, "* -::*");
  password = cf_config_get_string (config, CF_SETTING_REQUIREPASS);
  g_assert_cmpstr (password, ==, "\xff x");
}

/* There is an option for each setting, and each outdoes the file. */
static void
test_options_every_setting (void)
{
  for (int id = 0; id < CF_N_SETTINGS; id++)
    {
      g_autoptr (CfConfig) config = cf_config_new ();
      g_auto (CfOptions) options = { 0 };
      g_autofree char *text = cf_config_get_string (config, (CfSettingId) id);
      g_autofree char *line =
          g_strdup_printf ("--%s '%s'", cf_settings[id].name, text);

      g_assert_true (parse (&options, config, line, NULL));
    }
}

static void
test_options_outdo_file (void)
{
  static const char file[] = "[network]\nport = 1\ntcp-backlog = 2\n";
  g_autoptr (CfConfig) config = cf_config_new ();
  g_auto (CfOptions) options = { 0 };

  g_assert_true (parse (&options, config, "-p 7002", NULL));
  g_assert_true (cf_config_load_data (config, "f", file, strlen (file), NULL));
  g_assert_cmpint (cf_config_get_int (config, CF_SETTING_PORT), ==, 7002);
  g_assert_cmpint (cf_config_get_int (config, CF_SETTING_TCP_BACKLOG), ==, 2);
}

static void
test_options_errors (void)
{
  static const struct
  {
    const char *line;
    const char *message;
  } cases[] = {
    { "--nosuch", "Unknown option --nosuch" },
    { "--port", "Missing argument for --port" },
    { "--port=x", "--port: argument couldn't be parsed into an integer" },
    { "-p 65536", "-p: argument must be between 0 and 65535 inclusive" },
    { "--appendonly yes", "--appendonly: this version keeps nothing on disk" },
    { "--port 1 file.conf", "unexpected argument 'file.conf'" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CfConfig) config = cf_config_new ();
      g_auto (CfOptions) options = { 0 };
      g_autofree char *message = NULL;

      g_assert_false (parse (&options, config, cases[i].line, &message));
      g_assert_cmpstr (message, ==, cases[i].message);
    }
}

static void
test_options_help (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (CfConfig) config = cf_config_new ();
      g_auto (CfOptions) options = { 0 };

      parse (&options, config, "--help", NULL);
      g_assert_not_reached (); /* it exits */
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("Usage:*--config=FILE*--port=PORT*[6379]*"
                             "--tls-protocols=VERSIONS*TLSv1, TLSv1.1, "
                             "TLSv1.2, and TLSv1.3 to speak\n*"
                             "--latency-tracking=yes|no*"
                             "Report bugs to: *home page: <*>*");
  g_test_trap_assert_stdout_unmatched ("*--tls-port=*It needs*");
  g_test_trap_assert_stdout_unmatched ("*--rdb-key-save-delay*");
  g_test_trap_assert_stdout_unmatched ("*--appendonly*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/options/none", test_options_none);
  g_test_add_func ("/daemon/options/own", test_options_own);
  g_test_add_func ("/daemon/options/settings", test_options_settings);
  g_test_add_func ("/daemon/options/every-setting", test_options_every_setting);
  g_test_add_func ("/daemon/options/outdo-file", test_options_outdo_file);
  g_test_add_func ("/daemon/options/errors", test_options_errors);
  g_test_add_func ("/daemon/options/help", test_options_help);
  return g_test_run ();
}
