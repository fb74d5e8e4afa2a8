/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/command.h"

static gboolean
run_nothing (CfCall *call, GError **error)
{
  return TRUE;
}

#define COMMON .summary = "Does nothing.", .since = "1.0.0", .run = run_nothing

static const CfCommand subcommands[] = {
  { .name = "GET", COMMON, .arity = 3, .flags = CF_COMMAND_ADMIN },
  { .name = "SET", COMMON, .arity = -4, .keys = { CF_KEY_AT ("RW", 2) } },
};

static const CfCommand commands[] = {
  {
      .name = "ONE",
      COMMON,
      .arity = 2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .keys = { CF_ONE_KEY ("RO") },
  },
  {
      .name = "ALL",
      COMMON,
      .arity = -2,
      .flags = CF_COMMAND_WRITE,
      .keys = { CF_ALL_KEYS ("RM") },
  },
  {
      .name = "PAIRS",
      COMMON,
      .arity = -3,
      .keys = { { .flags = "OW", .first = 1, .last = -1, .step = 2 } },
  },
  {
      .name = "TWO",
      COMMON,
      .arity = 3,
      .keys = { CF_KEY_AT ("RO", 1), CF_KEY_AT ("OW", 2) },
  },
  {
      .name = "COUNTED",
      COMMON,
      .arity = -3,
      .keys = { { .flags = "RO",
                  .first = 1,
                  .step = 1,
                  .keynum = 1,
                  .keynum_first = 1 } },
  },
  {
      .name = "WORD",
      COMMON,
      .arity = -2,
      .keys = { { .flags = "RO",
                  .first = 1,
                  .keyword = "KEYS",
                  .last = -1,
                  .step = 1 } },
  },
  {
      .name = "LAST",
      COMMON,
      .arity = -2,
      .keys = { { .flags = "RO",
                  .first = -2,
                  .keyword = "KEYS",
                  .last = -1,
                  .step = 1 } },
  },
  {
      .name = "HALF",
      COMMON,
      .arity = -2,
      .keys = { { .flags = "RO",
                  .first = 1,
                  .last = -1,
                  .step = 1,
                  .limit = 2 } },
  },
  { .name = "BOX",
    .summary = "Has subcommands.",
    .since = "1.0.0",
    .arity = -2,
    .subcommands = subcommands,
    .n_subcommands = G_N_ELEMENTS (subcommands) },
};

static const CfFamily family = {
  .group = "test",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};

static const CfFamily *const families[] = { &family, NULL };

/* The words of @line; good until the next call. */
static guint
split (const char *line, CfSlice *words)
{
  guint n = 0;

  while (*line != '\0')
    {
      gsize size = strcspn (line, " ");

      words[n++] = cf_slice (line, size);
      line += size;
      line += strspn (line, " ");
    }
  return n;
}

static const CfCommandInfo *
find (const CfCommandTable *table, const char *line)
{
  CfSlice words[16];
  guint n = split (line, words);

  return cf_command_table_find (table, words, n);
}

static void
test_command_find (void)
{
  g_autoptr (CfCommandTable) table = cf_command_table_new (families);
  guint n;

  g_assert_cmpstr (find (table, "one x")->full_name, ==, "one");
  g_assert_cmpstr (find (table, "OnE x")->full_name, ==, "one");
  g_assert_null (find (table, "on x"));
  g_assert_null (find (table, "onee x"));
  g_assert_null (find (table, ""));
  g_assert_cmpstr (find (table, "box get x")->full_name, ==, "box|get");
  g_assert_cmpstr (find (table, "BOX")->full_name, ==, "box");
  g_assert_cmpstr (find (table, "BOX what")->full_name, ==, "box");
  g_assert_true (find (table, "box set")->parent == find (table, "box"));
  cf_command_table_all (table, &n);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (commands));
  g_assert_cmpuint (cf_command_table_n_ids (table), ==, n + 2);
  g_assert_null (cf_command_table_by_id (table, n + 2));
}

static void
test_command_find_name (void)
{
  g_autoptr (CfCommandTable) table = cf_command_table_new (families);
  char long_name[200];

  memset (long_name, 'x', sizeof long_name);
  g_assert_nonnull (cf_command_table_find_name (table, CF_SLICE ("Box|Get")));
  g_assert_nonnull (cf_command_table_find_name (table, CF_SLICE ("box")));
  g_assert_null (cf_command_table_find_name (table, CF_SLICE ("box|what")));
  g_assert_null (cf_command_table_find_name (table, CF_SLICE ("one|get")));
  g_assert_null (cf_command_table_find_name (table, CF_SLICE ("|get")));
  g_assert_null (cf_command_table_find_name (table, CF_SLICE ("box|")));
  g_assert_null (cf_command_table_find_name (
      table, cf_slice (long_name, sizeof long_name)));
}

static void
test_command_arity (void)
{
  g_assert_true (cf_command_arity_fits (&commands[0], 2));
  g_assert_false (cf_command_arity_fits (&commands[0], 3));
  g_assert_true (cf_command_arity_fits (&commands[1], 2));
  g_assert_true (cf_command_arity_fits (&commands[1], 9));
  g_assert_false (cf_command_arity_fits (&commands[1], 1));
}

static void
test_command_keys (void)
{
  static const struct
  {
    const char *line;
    const char *positions; /* NULL: the arguments don't fit */
  } cases[] = {
    { "ONE a", "1" },
    { "ALL a b c", "1 2 3" },
    { "PAIRS a 1 b 2", "1 3" },
    { "TWO a b", "1 2" },
    { "COUNTED 2 a b x", "2 3" },
    { "COUNTED 0 a", "" },
    { "COUNTED 3 a b", NULL },
    { "COUNTED -1 a", NULL },
    { "COUNTED x a", NULL },
    { "COUNTED 99999999999999999999 a", NULL },
    { "WORD x keys a b", "3 4" },
    { "WORD x y", "" },
    { "LAST KEYS a KEYS b", "4" },
    { "HALF a b", "1" },
    { "HALF a b c d", "1 2" },
    { "box SET a b", "2" },
    { "box GET a", "" },
  };
  g_autoptr (CfCommandTable) table = cf_command_table_new (families);
  g_autoptr (GArray) positions = g_array_new (FALSE, FALSE, sizeof (guint));

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      CfSlice words[16];
      guint n = split (cases[i].line, words);
      const CfCommandInfo *info = cf_command_table_find (table, words, n);
      gboolean fits;

      g_array_set_size (positions, 0);
      fits = cf_command_key_positions (info, words, n, positions);
      for (guint j = 0; j < positions->len; j++)
        g_string_append_printf (text, "%s%u", j > 0 ? " " : "",
                                g_array_index (positions, guint, j));
      g_assert_cmpint (fits, ==, cases[i].positions != NULL);
      if (fits)
        g_assert_cmpstr (text->str, ==, cases[i].positions);
    }
}

static void
test_command_implied_categories (void)
{
  g_autoptr (CfCommandTable) table = cf_command_table_new (families);

  g_assert_cmpuint (find (table, "ONE x")->categories, ==,
                    CF_ACL_READ | CF_ACL_FAST);
  g_assert_cmpuint (find (table, "ALL x")->categories, ==,
                    CF_ACL_WRITE | CF_ACL_SLOW);
  g_assert_cmpuint (find (table, "box get")->categories, ==,
                    CF_ACL_ADMIN | CF_ACL_DANGEROUS | CF_ACL_SLOW);
}

static void
test_command_simple (void)
{
  g_autoptr (CfCommandTable) table = cf_command_table_new (families);

  g_assert_true (find (table, "ONE x")->simple);
  g_assert_true (find (table, "PAIRS x")->simple);
  g_assert_false (find (table, "TWO x")->simple);
  g_assert_false (find (table, "COUNTED x")->simple);
  g_assert_true (find (table, "COUNTED x")->movable_keys);
  g_assert_false (find (table, "TWO x")->movable_keys);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/command/find", test_command_find);
  g_test_add_func ("/engine/command/find-name", test_command_find_name);
  g_test_add_func ("/engine/command/arity", test_command_arity);
  g_test_add_func ("/engine/command/keys", test_command_keys);
  g_test_add_func ("/engine/command/implied-categories",
                   test_command_implied_categories);
  g_test_add_func ("/engine/command/simple", test_command_simple);
  return g_test_run ();
}
