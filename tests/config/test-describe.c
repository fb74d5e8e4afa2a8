/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "config/describe.h"

#include <string.h>

#include "config/loader.h"

static char *
read_data (const char *name)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "..", "data", name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* "cofferd --print-config >data/cofferd.conf" makes it anew. */
static void
test_describe_sample_file (void)
{
  g_autofree char *expected = cf_describe_sample ();
  g_autofree char *text = read_data ("cofferd.conf");

  g_assert_cmpstr (text, ==, expected);
}

/* "cofferd --print-manual" prints the section that goes into it. */
static void
test_describe_manual_file (void)
{
  g_autofree char *expected = cf_describe_manual ();
  g_autofree char *text = read_data ("man/cofferd.conf.5.in");
  const char *settings = strstr (text, ".SH SETTINGS\n");
  g_autofree char *section = NULL;

  g_assert_nonnull (settings);
  section = g_strndup (settings, strlen (expected));
  g_assert_cmpstr (section, ==, expected);
  g_assert_true (g_str_has_prefix (settings + strlen (expected), ".SH "));
}

/* The sample sets nothing, and so it does with all the "#" taken away. */
static void
test_describe_sample_loads (void)
{
  g_autoptr (CfConfig) config = cf_config_new ();
  g_autofree char *sample = cf_describe_sample ();
  g_auto (GStrv) lines = g_strsplit (sample, "\n", -1);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  for (char **line = lines; *line != NULL; line++)
    {
      g_assert_cmpuint (strlen (*line), <=, 110);
      if (**line != '#' || (*line)[1] == ' ' || (*line)[1] == '\0')
        continue;
      **line = ' ';
      n++;
    }
  g_assert_cmpuint (n, >, 50);
  cf_config_load_data (config, "sample", sample, strlen (sample), &error);
  g_assert_no_error (error);
  g_free (sample);
  sample = g_strjoinv ("\n", lines);
  cf_config_load_data (config, "sample", sample, strlen (sample), &error);
  g_assert_no_error (error);
  for (int id = 0; id < CF_N_SETTINGS; id++)
    g_assert_true (cf_config_is_initial (config, (CfSettingId) id));
}

/* Whoever reads about a setting also reads when it does nothing. */
static void
test_describe_honest (void)
{
  g_autofree char *sample = cf_describe_sample ();
  g_autofree char *manual = cf_describe_manual ();
  guint expected = 0;
  gsize n_sample = 0, n_manual = 0;

  for (int id = 0; id < CF_N_SETTINGS; id++)
    expected += (cf_settings[id].flags & CF_CONFIG_ACCEPTED) &&
                !(cf_settings[id].flags & CF_CONFIG_HIDDEN) &&
                cf_settings[id].only == NULL;
  g_strdelimit (sample, "\n", '#');
  for (const char *at = sample; (at = strstr (at, "without")) != NULL; at++)
    n_sample++;
  for (const char *at = manual; (at = strstr (at, "without effect")) != NULL;
       at++)
    n_manual++;
  g_assert_cmpuint (n_manual, ==, expected);
  g_assert_cmpuint (n_sample, >=, expected);
}

/* A number of seconds or bytes is called so in the sample. */
static void
test_describe_units (void)
{
  g_autofree char *sample = cf_describe_sample ();
  g_auto (GStrv) settings = g_strsplit (sample, "\n\n", -1);

  for (char **setting = settings; *setting != NULL; setting++)
    {
      if (strstr (*setting, "#timeout =") != NULL)
        g_assert_nonnull (strstr (*setting, " In seconds."));
      if (strstr (*setting, "#maxmemory =") != NULL)
        g_assert_null (strstr (*setting, " In bytes."));
      if (strstr (*setting, "#hll-sparse-max-bytes =") != NULL)
        g_assert_nonnull (strstr (*setting, " In bytes."));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/describe/sample-file", test_describe_sample_file);
  g_test_add_func ("/config/describe/manual-file", test_describe_manual_file);
  g_test_add_func ("/config/describe/sample-loads", test_describe_sample_loads);
  g_test_add_func ("/config/describe/honest", test_describe_honest);
  g_test_add_func ("/config/describe/units", test_describe_units);
  return g_test_run ();
}
