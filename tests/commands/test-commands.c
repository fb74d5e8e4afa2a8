/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/commands.h"

#include <string.h>

/* Those of which Redis does not say how their time grows. */
static gboolean
is_timeless (const CfCommand *command)
{
  return g_str_equal (command->name, "LOLWUT") ||
         g_str_equal (command->name, "MONITOR");
}

/* What COMMAND DOCS, ACL and the manual need is said of every command. */
static void
check_command (const CfCommand *command)
{
  g_autofree char *upper = g_ascii_strup (command->name, -1);
  const CfCommandFlags keyed = CF_COMMAND_WRITE | CF_COMMAND_READONLY;

  g_test_message ("%s", command->name);
  g_assert_cmpstr (command->name, ==, upper);
  g_assert_nonnull (command->summary);
  g_assert_true (g_str_has_suffix (command->summary, "."));
  g_assert_nonnull (command->since);
  g_assert_cmpint (command->arity, !=, 0);
  if (command->run != NULL)
    g_assert_true ((command->complexity != NULL) != is_timeless (command));
  else
    g_assert_cmpuint (command->n_subcommands, >, 0);
  g_assert_cmpuint (command->flags & keyed, !=, keyed);
  if (command->keys[0].flags != NULL)
    g_assert_cmpint (command->keys[0].first, !=, 0);
}

static void
check_commands (const CfCommand *commands, gsize n_commands)
{
  for (gsize i = 0; i < n_commands; i++)
    {
      check_command (&commands[i]);
      if (i > 0)
        g_assert_cmpstr (commands[i - 1].name, <, commands[i].name);
      check_commands (commands[i].subcommands, commands[i].n_subcommands);
    }
}

static void
test_commands_complete (void)
{
  for (gsize i = 0; cf_families[i] != NULL; i++)
    {
      g_assert_nonnull (cf_families[i]->group);
      check_commands (cf_families[i]->commands, cf_families[i]->n_commands);
    }
}

/* No two families have a command of one name. */
static void
test_commands_unique (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; cf_families[i] != NULL; i++)
    for (gsize j = 0; j < cf_families[i]->n_commands; j++)
      g_assert_true (g_hash_table_add (
          names, (gpointer) cf_families[i]->commands[j].name));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/commands/commands/complete", test_commands_complete);
  g_test_add_func ("/commands/commands/unique", test_commands_unique);
  return g_test_run ();
}
