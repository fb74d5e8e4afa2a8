/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#include "commands/usage.h"

static void
test_command (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "COMMAND INFO nope", "*1\r\n$-1\r\n" },
    { "COMMAND INFO get",
      "*1\r\n*10\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n"
      ":1\r\n*3\r\n+@read\r\n+@string\r\n+@fast\r\n*0\r\n*1\r\n*6\r\n$5\r\n"
      "flags\r\n*2\r\n+RO\r\n+access\r\n$12\r\nbegin_search\r\n*4\r\n$4\r\ntype"
      "\r\n$5\r\nindex\r\n$4\r\nspec\r\n*2\r\n$5\r\nindex\r\n:1\r\n$9\r\n"
      "find_keys\r\n*4\r\n$4\r\ntype\r\n$5\r\nrange\r\n$4\r\nspec\r\n*6\r\n$7"
      "\r\nlastkey\r\n:0\r\n$7\r\nkeystep\r\n:1\r\n$5\r\nlimit\r\n:0\r\n*0"
      "\r\n" },
    { "COMMAND GETKEYS mset a 1 b 2", "*2\r\n$1\r\na\r\n$1\r\nb\r\n" },
    { "COMMAND GETKEYS nope a", "-ERR Invalid command specified\r\n" },
    { "COMMAND GETKEYS object nope a", "-ERR Invalid command specified\r\n" },
    { "COMMAND GETKEYS ping a", "-ERR The command has no key arguments\r\n" },
    { "COMMAND GETKEYS set a",
      "-ERR Invalid number of arguments specified for command\r\n" },
    { "COMMAND GETKEYSANDFLAGS rename a b",
      "*2\r\n*2\r\n$1\r\na\r\n*3\r\n+RW\r\n+access\r\n+delete\r\n*2\r\n$1\r\nb"
      "\r\n*2\r\n+OW\r\n+update\r\n" },
    { "COMMAND LIST FILTERBY PATTERN *RANDOM*", "*1\r\n$9\r\nrandomkey\r\n" },
    { "COMMAND LIST FILTERBY PATTERN nope", "*0\r\n" },
    { "COMMAND LIST FILTERBY MODULE x", "*0\r\n" },
    { "COMMAND LIST FILTERBY ACLCAT nope", "*0\r\n" },
    { "COMMAND LIST FILTERBY NOPE x", "-ERR syntax error\r\n" },
    { "COMMAND LIST NOPE", "-ERR syntax error\r\n" },
    { "COMMAND DOCS nope", "*0\r\n" },
    { "COMMAND NOPE", "-ERR unknown subcommand 'NOPE'. Try COMMAND HELP.\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

/* What goes for the whole table: counts agree, and every usage is sound. */
static void
test_command_whole_table (Fixture *fixture, gconstpointer data)
{
  const CfCommandTable *table = fixture->engine->commands;
  g_autofree char *all = fixture_run (fixture, 0, "COMMAND");
  g_autofree char *info = fixture_run (fixture, 0, "COMMAND INFO");
  g_autofree char *docs = fixture_run (fixture, 0, "COMMAND DOCS");
  g_autofree char *list = fixture_run (fixture, 0, "COMMAND LIST");
  g_autofree char *head = NULL, *count = NULL;
  guint n;

  cf_command_table_all (table, &n);
  head = g_strdup_printf ("*%u\r\n", n);
  count = g_strdup_printf (":%u\r\n", n);
  assert_reply (fixture, "COMMAND COUNT", count);
  g_assert_true (g_str_has_prefix (all, head));
  g_assert_cmpstr (all, ==, info);
  g_assert_cmpint (atoi (docs + 1), ==, (int) n * 2);
  g_assert_cmpint (atoi (list + 1), ==, (int) cf_command_table_n_ids (table));
  for (guint id = 0; id < cf_command_table_n_ids (table); id++)
    {
      const CfCommand *command = cf_command_table_by_id (table, id)->command;
      g_autoptr (GPtrArray) usages = cf_usage_parse (command->usage);

      g_assert_true ((usages->len > 0) == (command->usage != NULL));
    }
}

static void
test_command_docs (Fixture *fixture, gconstpointer data)
{
  g_autofree char *reply =
      fixture_run (fixture, 0, "COMMAND DOCS getex client");

  g_assert_nonnull (strstr (reply, "$7\r\nsummary\r\n"));
  g_assert_nonnull (strstr (reply, "$5\r\ngroup\r\n$6\r\nstring\r\n"));
  g_assert_nonnull (strstr (reply, "$9\r\nclient|id\r\n"));
  g_assert_nonnull (strstr (reply, "$5\r\ntoken\r\n$2\r\nPX\r\n"));
}

static void
test_help (Fixture *fixture, gconstpointer data)
{
  g_autofree char *reply = fixture_run (fixture, 0, "OBJECT HELP");

  g_assert_true (g_str_has_prefix (
      reply, "*11\r\n+OBJECT <subcommand> [<arg> [value] [opt] ...]. "
             "Subcommands are:\r\n+ENCODING <key>\r\n+    "));
  g_assert_true (
      g_str_has_suffix (reply, "+HELP\r\n+    Prints this help.\r\n"));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/command/command", test_command);
  fixture_add ("/commands/command/whole-table", test_command_whole_table);
  fixture_add ("/commands/command/docs", test_command_docs);
  fixture_add ("/commands/command/help", test_help);
  return g_test_run ();
}
