/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "config/describe.h"

#include <string.h>

#include "config/users.h"

#define WIDTH 78 /* of the lines of the sample */
#define USERS_EXAMPLE "alice = on >secret ~app:* &app:* +@read +@connection"

static const char users_help[] =
    "Users, a line each, with the rules of ACL SETUSER. A password may be "
    "given by its SHA-256, behind a \"#\" in place of the \">\", as CONFIG "
    "REWRITE writes it; a backslash is written twice. Without a line of its "
    "own the user default may do everything, with the password that "
    "requirepass says. Users are either here or in an aclfile. The option "
    "--user 'NAME RULES' gives one as well. Takes effect at the next start.";

static void
add_range (GString *text, const CfSetting *setting)
{
  const gint64 most = setting->max;

  if (setting->kind == CF_CONFIG_OCTAL)
    g_string_append_printf (text, " An octal number up to %o.", (guint) most);
  else if (most == G_MAXINT64 || most == G_MAXINT32 || most == G_MAXUINT32)
    {
      if (setting->min > G_MININT32 && setting->min != 0)
        g_string_append_printf (text, " At least %d.", (int) setting->min);
    }
  else
    g_string_append_printf (
        text, " From %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ".",
        setting->min, most);
}

static void
add_memory_range (GString *text, const CfSetting *setting)
{
  if (setting->min > 1)
    g_string_append_printf (text, " At least %" G_GINT64_FORMAT "mb.",
                            setting->min >> 20);
}

/* What a bare number means: a sample has no place to say it but here. */
static void
add_unit (GString *text, const CfSetting *setting)
{
  static const char *const units[] = { "BYTES", "MICROSECONDS", "MILLISECONDS",
                                       "MINUTES", "SECONDS" };

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_autofree char *unit = g_ascii_strdown (units[i], -1);

      if (g_strcmp0 (setting->unit, units[i]) == 0 &&
          strstr (setting->help, unit) == NULL)
        g_string_append_printf (text, " In %s.", unit);
    }
}

/* Which values there are. */
static void
add_values (GString *text, const CfSetting *setting)
{
  g_auto (GStrv) choices = NULL;
  g_autofree char *list = NULL;

  switch (setting->kind)
    {
    case CF_CONFIG_BOOL:
      g_string_append (text, " Either yes or no.");
      break;
    case CF_CONFIG_INT:
    case CF_CONFIG_OCTAL:
      add_range (text, setting);
      break;
    case CF_CONFIG_MEMORY:
      add_memory_range (text, setting);
      break;
    case CF_CONFIG_ENUM:
      choices = g_strsplit (setting->choices, " ", -1);
      list = g_strjoinv (", ", choices);
      g_string_append_printf (text, " One of %s.", list);
      break;
    default:
      break;
    }
}

static void
add_remarks (GString *text, const CfSetting *setting)
{
  if (setting->only != NULL)
    g_string_append_printf (text, " No other value is accepted: %s.",
                            setting->only);
  else if (setting->flags & CF_CONFIG_ACCEPTED)
    g_string_append (text, " Accepted, but without effect in this version.");
  else if (!(setting->flags & CF_CONFIG_RUNTIME))
    g_string_append (text, " Takes effect at the next start.");
}

static char *
make_paragraph (const CfSetting *setting)
{
  GString *text = g_string_new (setting->help);

  g_string_append_c (text, '.');
  add_unit (text, setting);
  add_values (text, setting);
  add_remarks (text, setting);
  return g_string_free (text, FALSE);
}

/* Adds @text as a comment, in lines that are not too long. */
static void
add_comment (GString *sample, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  gsize column = 0;

  for (char **word = words; *word != NULL; word++)
    {
      gsize size = strlen (*word);

      if (column == 0 || column + 1 + size > WIDTH)
        {
          g_string_append (sample, column == 0 ? "#" : "\n#");
          column = 1;
        }
      g_string_append_printf (sample, " %s", *word);
      column += 1 + size;
    }
  g_string_append_c (sample, '\n');
}

/**
 * cf_describe_sample:
 *
 * Returns: (transfer full): a configuration file that sets nothing, and shows
 *   each setting with its default
 */
char *
cf_describe_sample (void)
{
  GString *sample = g_string_new (
      "# cofferd.conf - the configuration of cofferd; see cofferd.conf(5).\n"
      "#\n"
      "# Each setting is shown with its default; take the \"#\" before it "
      "away to\n"
      "# change it. Sizes may have a unit: k, m, g for powers of 1000, and "
      "kb, mb, gb\n"
      "# for powers of 1024. This file is read at start and on SIGHUP.\n");
  const char *group = NULL;

  for (int id = 0; id < CF_N_SETTINGS; id++)
    {
      const CfSetting *setting = &cf_settings[id];
      g_autofree char *paragraph = make_paragraph (setting);

      if (setting->flags & CF_CONFIG_HIDDEN)
        continue;
      if (g_strcmp0 (group, setting->group) != 0)
        g_string_append_printf (sample, "\n[%s]\n", setting->group);
      group = setting->group;
      g_string_append_c (sample, '\n');
      add_comment (sample, paragraph);
      g_string_append_printf (sample, "#%s =%s%s\n", setting->name,
                              *setting->initial != '\0' ? " " : "",
                              setting->initial);
    }
  g_string_append (sample, "\n[" CF_USERS_GROUP "]\n\n");
  add_comment (sample, users_help);
  g_string_append (sample, "#" USERS_EXAMPLE "\n");
  return g_string_free (sample, FALSE);
}

/* Adds @text so that troff prints it as it is. */
static void
add_roff (GString *manual, const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (*c == '-')
      g_string_append (manual, "\\-");
    else if (*c == '\\')
      g_string_append (manual, "\\e");
    else
      g_string_append_c (manual, *c);
}

static void
add_manual_setting (GString *manual, const CfSetting *setting)
{
  g_autofree char *paragraph = make_paragraph (setting);

  g_string_append (manual, ".TP\n.BI ");
  add_roff (manual, setting->name);
  g_string_append_printf (manual, "= %s\n",
                          setting->unit != NULL ? setting->unit : "yes|no");
  add_roff (manual, paragraph);
  if (*setting->initial != '\0')
    {
      g_string_append (manual, "\nThe default is \"");
      add_roff (manual, setting->initial);
      g_string_append (manual, "\".");
    }
  if (setting->alias != NULL)
    {
      g_string_append (manual, "\nIts old name is ");
      add_roff (manual, setting->alias);
      g_string_append_c (manual, '.');
    }
  g_string_append_c (manual, '\n');
}

/**
 * cf_describe_manual:
 *
 * Returns: (transfer full): the section of the manual on settings, in the
 *   language of man(7)
 */
char *
cf_describe_manual (void)
{
  GString *manual = g_string_new (".SH SETTINGS\n");
  const char *group = NULL;

  for (int id = 0; id < CF_N_SETTINGS; id++)
    {
      const CfSetting *setting = &cf_settings[id];

      if (setting->flags & CF_CONFIG_HIDDEN)
        continue;
      if (g_strcmp0 (group, setting->group) != 0)
        g_string_append_printf (manual, ".SS [%s]\n", setting->group);
      group = setting->group;
      add_manual_setting (manual, setting);
    }
  g_string_append (manual, ".SS [" CF_USERS_GROUP "]\n.TP\n"
                           ".IB NAME = RULES\n");
  add_roff (manual, users_help);
  g_string_append (manual, "\nFor example:\n.PP\n.RS\n");
  add_roff (manual, USERS_EXAMPLE);
  g_string_append (manual, "\n.RE\n");
  return g_string_free (manual, FALSE);
}
