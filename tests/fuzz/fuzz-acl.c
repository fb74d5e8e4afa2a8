/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-acl.c -- any words as rules of a user: what it is shown as makes the
 * same user again, and whatever it is may be asked for any command. */
#include "config.h"

#include "commands/commands.h"
#include "engine/acl-check.h"
#include "engine/acl-text.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static CfCommandTable *table;
static CfAclCommands *commands;

/* Applies those of the words that are rules. */
static CfAclUser *
make_user (const char *text, gsize size)
{
  CfAclUser *user = cf_acl_user_new ("user", commands, FALSE);
  g_autoptr (GArray) words = g_array_new (FALSE, FALSE, sizeof (CfSlice));
  g_autoptr (GPtrArray) rules = NULL;

  for (gsize i = 0, start = 0; i <= size; i++)
    if (i == size || text[i] == ' ')
      {
        CfSlice word = cf_slice (text + start, i - start);

        g_array_append_val (words, word);
        start = i + 1;
      }
  rules = cf_acl_merge_rules ((const CfSlice *) (gpointer) words->data,
                              words->len, NULL);
  for (guint i = 0; rules != NULL && i < rules->len; i++)
    {
      gsize length;
      const char *rule = g_bytes_get_data (rules->pdata[i], &length);

      (void) cf_acl_user_apply (user, cf_slice (rule, length), NULL);
    }
  return user;
}

static void
ask (const CfAclUser *user)
{
  const CfSlice argv[] = { CF_SLICE ("x"), CF_SLICE ("2"), CF_SLICE ("a"),
                           CF_SLICE ("STORE"), CF_SLICE ("b") };

  for (guint i = 0; i < cf_command_table_n_ids (table); i++)
    {
      const CfCommandInfo *info = cf_command_table_by_id (table, i);
      guint position;

      if (cf_command_arity_fits (info->command, G_N_ELEMENTS (argv)))
        cf_acl_check (user, info, argv, G_N_ELEMENTS (argv), &position);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (CfAclUser) user = NULL;
  g_autoptr (CfAclUser) again = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) text_again = g_string_new (NULL);

  if (table == NULL)
    {
      table = cf_command_table_new (cf_families);
      commands = cf_acl_commands_new (table);
    }
  user = make_user ((const char *) data, size);
  cf_acl_text_user (user, text);
  again = make_user (text->str, text->len);
  cf_acl_text_user (again, text_again);
  /* A name with a parenthesis, which only a selector in one word can have,
   * cannot be told from the selector's end, in Redis either. */
  if (memchr (data, '(', size) == NULL)
    g_assert_cmpstr (text->str, ==, text_again->str);
  ask (user);
  return 0;
}
