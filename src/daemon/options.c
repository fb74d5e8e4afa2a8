/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "daemon/options.h"

#include <string.h>

#include <glib/gi18n.h>

#include "base/error.h"
#include "config/loader.h"

/* What the callback of a setting's option is given. */
typedef struct _Parse
{
  CfConfig *config; /* (not owned) */
} Parse;

static gboolean
on_setting (const char *option,
            const char *value,
            gpointer data,
            GError **error)
{
  Parse *parse = data;
  const char *name = strcmp (option, "-p") == 0 ? "port" : option + 2;
  int id = cf_setting_find (name, strlen (name));
  g_autoptr (GError) cause = NULL;

  g_assert (id >= 0);
  if (cf_config_pin (parse->config, (CfSettingId) id, value, &cause))
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED, "%s: %s", option, cause->message);
}

static gboolean
on_user (const char *option, const char *value, gpointer data, GError **error)
{
  Parse *parse = data;
  g_autoptr (GError) cause = NULL;

  return cf_config_add_user (parse->config, value, &cause) ||
         cf_throw (error, CF_ERROR_FAILED, "%s: %s", option, cause->message);
}

/* The gist of the help, up to a ";" or the end of its first sentence (a full
 * stop may as well be in a number), and the default if it is short. */
static char *
describe (const CfSetting *setting)
{
  gsize size = 0;

  while (setting->help[size] != '\0' && setting->help[size] != ';' &&
         !g_str_has_prefix (setting->help + size, ". "))
    size++;

  if (*setting->initial == '\0' || strlen (setting->initial) > 20)
    return g_strdup_printf ("%.*s", (int) size, setting->help);
  return g_strdup_printf ("%.*s [%s]", (int) size, setting->help,
                          setting->initial);
}

/* @texts owns what @entries point to. */
static void
add_setting (GArray *entries, GPtrArray *texts, const CfSetting *setting)
{
  GOptionEntry entry = {
    .long_name = setting->name,
    .short_name = strcmp (setting->name, "port") == 0 ? 'p' : '\0',
    .flags = G_OPTION_FLAG_FILENAME, /* bytes, in no particular charset */
    .arg = G_OPTION_ARG_CALLBACK,
    .arg_data = (gpointer) on_setting,
    .description = describe (setting),
    .arg_description = setting->unit != NULL ? setting->unit : "yes|no",
  };

  g_ptr_array_add (texts, (gpointer) entry.description);
  if (setting->flags & (CF_CONFIG_HIDDEN | CF_CONFIG_ACCEPTED))
    entry.flags |= G_OPTION_FLAG_HIDDEN;
  g_array_append_val (entries, entry);
  if (setting->alias == NULL)
    return;
  entry.long_name = setting->alias;
  entry.flags |= G_OPTION_FLAG_HIDDEN;
  g_array_append_val (entries, entry);
}

static GOptionContext *
make_context (CfOptions *self, Parse *parse, GPtrArray *texts)
{
  const GOptionEntry own[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &self->config,
      N_ ("Read settings from FILE"), N_ ("FILE") },
    { "check-config", 0, 0, G_OPTION_ARG_NONE, &self->check_config,
      N_ ("Check the settings and exit"), NULL },
    { "print-config", 0, 0, G_OPTION_ARG_NONE, &self->print_config,
      N_ ("Print a configuration file with all defaults and exit"), NULL },
    { "print-manual", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE,
      &self->print_manual, NULL, NULL },
    { "user", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK,
      (gpointer) on_user, N_ ("A user with rules as in ACL SETUSER"),
      N_ ("'NAME RULES'") },
    { "version", 'V', 0, G_OPTION_ARG_NONE, &self->version,
      N_ ("Print the version and exit"), NULL },
  };
  GOptionContext *context = g_option_context_new (NULL);
  GOptionGroup *group = g_option_group_new (PACKAGE, "", "", parse, NULL);
  g_autoptr (GArray) entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));

  g_array_append_vals (entries, own, G_N_ELEMENTS (own));
  for (int id = 0; id < CF_N_SETTINGS; id++)
    add_setting (entries, texts, &cf_settings[id]);
  g_option_group_add_entries (group, (GOptionEntry *) (void *) entries->data);
  g_option_group_set_translation_domain (group, PACKAGE);
  g_option_context_set_main_group (context, group);
  g_option_context_set_translation_domain (context, PACKAGE);
  return context;
}

static void
set_texts (GOptionContext *context)
{
  g_autofree char *end = g_strdup_printf (
      _ ("Each setting of cofferd.conf(5) is an option, and its default "
         "stands in brackets.\n"
         "Some more, which Redis knows and this version only accepts, are "
         "in the manual.\n\n"
         "Exit status: 0 on success, 1 on a failure at run time, 2 on wrong "
         "usage,\n78 on an error in the configuration.\n\n"
         "Report bugs to: %s\n"
         "%s home page: <%s>"),
      PACKAGE_BUGREPORT, "Coffer", PACKAGE_URL);

  g_option_context_set_summary (
      context, _ ("Keep data in memory and serve it over the Redis protocol, "
                  "on every core."));
  g_option_context_set_description (context, end);
}

/**
 * cf_options_parse:
 * @self: (out caller-allocates): the options
 * @config: where to set settings
 * @argc: (inout): how many arguments
 * @argv: (inout) (array length=argc): the arguments
 * @error: return location for an error, or %NULL
 *
 * Parses the command line.  --help prints and exits.
 *
 * Returns: %FALSE if it is wrong
 */
gboolean
cf_options_parse (
    CfOptions *self, CfConfig *config, int *argc, char ***argv, GError **error)
{
  Parse parse = { config };
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GOptionContext) context = NULL;

  memset (self, 0, sizeof *self);
  context = make_context (self, &parse, texts);
  set_texts (context);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    return cf_throw (error, CF_ERROR_FAILED, _ ("unexpected argument '%s'"),
                     (*argv)[1]);
  return TRUE;
}

/**
 * cf_options_clear:
 * @self: parsed options
 *
 * Frees what @self owns.
 */
void
cf_options_clear (CfOptions *self)
{
  g_clear_pointer (&self->config, g_free);
}
