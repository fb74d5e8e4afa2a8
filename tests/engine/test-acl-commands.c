/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "acl-fixture.h"

static void
test_find (AclFixture *fixture, gconstpointer data)
{
  const CfAclCommand *config =
      cf_acl_commands_find (fixture->commands, CF_SLICE ("CONFIG"));
  const CfAclCommand *get =
      cf_acl_commands_find (fixture->commands, CF_SLICE ("config|get"));

  g_assert_cmpstr (config->name, ==, "config");
  g_assert_cmpuint (config->n_subcommands, ==, 2);
  g_assert_true (get == config + 1);
  g_assert_true (get->is_subcommand);
  g_assert_cmpuint (get->number, ==,
                    acl_fixture_find (fixture, "config|get")->id);
  g_assert_null (cf_acl_commands_find (fixture->commands, CF_SLICE ("nope")));
  g_assert_null (cf_acl_commands_find (fixture->commands, CF_SLICE ("")));
  g_assert_null (cf_acl_commands_find (fixture->commands, CF_SLICE ("get\0")));
}

/* Rules may name what only Redis has. */
static void
test_foreign (AclFixture *fixture, gconstpointer data)
{
  const CfAclCommand *cluster =
      cf_acl_commands_find (fixture->commands, CF_SLICE ("cluster"));
  guint n;
  const CfAclCommand *all = cf_acl_commands_all (fixture->commands, &n);

  g_assert_cmpuint (cluster->number, >=,
                    cf_command_table_n_ids (fixture->table));
  g_assert_cmpuint (cluster->n_subcommands, ==, 27);
  for (guint i = 1; i <= cluster->n_subcommands; i++)
    g_assert_true (g_str_has_prefix (cluster[i].name, "cluster|"));
  g_assert_cmpuint (cf_acl_commands_n_words (fixture->commands) * 64, >=, n);
  for (guint i = 0; i < n; i++)
    g_assert_true (cf_acl_commands_find (fixture->commands,
                                         cf_slice_of_string (all[i].name)) ==
                   &all[i]);
}

static void
test_categories (AclFixture *fixture, gconstpointer data)
{
  const CfCommandInfo *get = acl_fixture_find (fixture, "get");

  g_assert_cmpint (cf_acl_category_find (CF_SLICE ("STRING")), ==,
                   CF_ACL_STRING);
  g_assert_cmpint (cf_acl_category_find (CF_SLICE ("strings")), ==, 0);
  for (guint i = 0; cf_acl_category_name (i) != NULL; i++)
    {
      const guint64 *members = cf_acl_commands_in (fixture->commands, i);
      gboolean is_member = (members[get->id / 64] >> get->id % 64 & 1) != 0;

      g_assert_cmpint (is_member, ==,
                       (get->categories & cf_acl_category_bit (i)) != 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  acl_fixture_add ("/engine/acl-commands/find", test_find);
  acl_fixture_add ("/engine/acl-commands/foreign", test_foreign);
  acl_fixture_add ("/engine/acl-commands/categories", test_categories);
  return g_test_run ();
}
