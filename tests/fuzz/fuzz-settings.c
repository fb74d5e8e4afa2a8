/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-settings.c -- any bytes as a configuration file: it is refused with the
 * line of the error, or loads; then every value is one that can be set again,
 * and the file that is written for it loads to the same values. */
#include "config.h"

#include <string.h>

#include "config/keyfile.h"
#include "config/loader.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_values (CfConfig *config)
{
  for (int id = 0; id < CF_N_SETTINGS; id++)
    {
      g_autofree char *text = cf_config_get_string (config, (CfSettingId) id);
      g_autofree char *again = NULL;
      gint64 number = cf_config_get_int (config, (CfSettingId) id);

      g_assert_true (cf_config_set (config, (CfSettingId) id, text, NULL));
      again = cf_config_get_string (config, (CfSettingId) id);
      g_assert_cmpstr (again, ==, text);
      g_assert_cmpint (cf_config_get_int (config, (CfSettingId) id), ==,
                       number);
    }
}

/* Writes all values of @config over @file, and loads what comes of it. */
static void
check_edit (CfConfig *config, const char *file)
{
  g_autoptr (CfConfig) other = cf_config_new ();
  g_autoptr (GPtrArray) users = cf_config_get_users (config);
  g_autoptr (GPtrArray) after = NULL;
  char *texts[CF_N_SETTINGS];
  g_autofree char *edited = NULL;
  g_autoptr (GError) error = NULL;

  for (int id = 0; id < CF_N_SETTINGS; id++)
    {
      g_autofree char *text = cf_config_get_string (config, (CfSettingId) id);

      texts[id] = cf_keyfile_escape (text);
      g_assert_nonnull (texts[id]);
    }
  edited = cf_keyfile_edit (file, (const char *const *) texts, users);
  cf_config_load_data (other, "edited", edited, strlen (edited), &error);
  g_assert_no_error (error);
  after = cf_config_get_users (other);
  g_assert_true (cf_user_lines_equal (users, after));
  for (int id = 0; id < CF_N_SETTINGS; id++)
    {
      g_autofree char *a = cf_config_get_string (config, (CfSettingId) id);
      g_autofree char *b = cf_config_get_string (other, (CfSettingId) id);

      g_assert_cmpstr (a, ==, b);
      g_free (texts[id]);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (CfConfig) config = cf_config_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_strndup ((const char *) data, size);

  if (!cf_config_load_data (config, "file", (const char *) data, size, &error))
    {
      g_assert_true (g_str_has_prefix (error->message, "file:"));
      return 0;
    }
  check_values (config);
  check_edit (config, file);
  return 0;
}
