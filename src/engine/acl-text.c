/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/acl-text.h"

#include "base/error.h"

/* Which differ from what was written so far, and which do not. */
typedef struct
{
  guint on, off; /* commands of a category that are, or are not, allowed */
} Count;

static Count
count_category (const CfAclSelector *selector, guint i)
{
  Count count = { 0, 0 };
  const guint64 *members = cf_acl_commands_in (selector->commands, i);
  guint n_words = cf_acl_commands_n_words (selector->commands);

  for (guint j = 0; j < n_words; j++)
    {
      count.on += (guint) __builtin_popcountll (members[j] & selector->bits[j]);
      count.off +=
          (guint) __builtin_popcountll (members[j] & ~selector->bits[j]);
    }
  return count;
}

/* The category that says most of what is left to be said; -1: none does. */
static int
find_category (const CfAclSelector *left, gboolean adds, guint applied)
{
  guint least = G_MAXUINT, most = 0;
  int best = -1;

  for (guint i = 0; cf_acl_category_name (i) != NULL; i++)
    {
      Count count = count_category (left, i);
      guint differ = adds ? count.off : count.on;
      guint same = adds ? count.on : count.off;

      if ((applied >> i & 1) || same <= differ)
        continue;
      if (differ < least || (differ == least && same > most))
        {
          best = (int) i;
          least = differ;
          most = same;
        }
    }
  return best;
}

static void
apply_category (CfAclSelector *selector, char sign, const char *name)
{
  g_autofree char *rule = g_strdup_printf ("%c@%s", sign, name);
  gboolean known =
      cf_acl_selector_apply (selector, cf_slice_of_string (rule), NULL);

  g_assert (known);
}

/* Writes categories, and has @said be what they say. */
static void
append_categories (const CfAclSelector *selector,
                   CfAclSelector *said,
                   gboolean adds,
                   GString *text)
{
  g_autoptr (CfAclSelector) left = cf_acl_selector_copy (selector);
  guint applied = 0;
  int best;

  while ((best = find_category (left, adds, applied)) >= 0)
    {
      const char *name = cf_acl_category_name ((guint) best);

      g_string_append_printf (text, " %c@%s", adds ? '+' : '-', name);
      apply_category (said, adds ? '+' : '-', name);
      apply_category (left, adds ? '-' : '+', name);
      applied |= 1u << best;
    }
}

static void
append_first_args (const CfAclSelector *selector,
                   const CfAclCommand *command,
                   GString *text)
{
  for (guint i = 0; i < selector->first_args->len; i++)
    {
      const CfAclFirstArg *first =
          &g_array_index (selector->first_args, CfAclFirstArg, i);

      if (first->number == command->number)
        g_string_append_printf (text, " +%s|%s", command->name, first->word);
    }
}

static void
append_singles (const CfAclSelector *selector,
                CfAclSelector *said,
                GString *text)
{
  guint n;
  const CfAclCommand *all = cf_acl_commands_all (selector->commands, &n);

  for (guint i = 0; i < n; i++)
    {
      gboolean has = cf_acl_selector_has (selector, all[i].number);

      if (has != cf_acl_selector_has (said, all[i].number))
        {
          gsize at = text->len + 1;

          g_string_append_printf (text, " %c%s", has ? '+' : '-', all[i].name);
          cf_acl_selector_apply (
              said, cf_slice (text->str + at, text->len - at), NULL);
        }
      if (!has)
        append_first_args (selector, &all[i], text);
    }
}

/**
 * cf_acl_text_commands:
 * @selector: a selector
 * @text: where to append the rules for commands: "-@all +@read -get"
 */
void
cf_acl_text_commands (const CfAclSelector *selector, GString *text)
{
  g_autoptr (CfAclSelector) said =
      cf_acl_selector_new (selector->commands, FALSE);
  gboolean adds = !selector->future;

  apply_category (said, adds ? '-' : '+', "all");
  g_string_append (text, adds ? "-@all" : "+@all");
  append_categories (selector, said, adds, text);
  append_singles (selector, said, text);
}

/**
 * cf_acl_text_keys:
 * @selector: a selector
 * @text: where to append the rules for keys
 */
void
cf_acl_text_keys (const CfAclSelector *selector, GString *text)
{
  if (selector->all_keys)
    g_string_append (text, "~*");
  for (guint i = 0; i < selector->keys->len; i++)
    {
      const CfAclPattern *pattern =
          &g_array_index (selector->keys, CfAclPattern, i);

      if (i > 0)
        g_string_append_c (text, ' ');
      if (pattern->access == CF_NEEDS_READ)
        g_string_append (text, "%R");
      else if (pattern->access == CF_NEEDS_WRITE)
        g_string_append (text, "%W");
      g_string_append_c (text, '~');
      g_string_append_len (text, pattern->text.data,
                           (gssize) pattern->text.size);
    }
}

/**
 * cf_acl_text_channels:
 * @selector: a selector
 * @text: where to append the rules for channels
 */
void
cf_acl_text_channels (const CfAclSelector *selector, GString *text)
{
  if (selector->all_channels)
    g_string_append (text, "&*");
  for (guint i = 0; i < selector->channels->len; i++)
    {
      const CfAclPattern *pattern =
          &g_array_index (selector->channels, CfAclPattern, i);

      if (i > 0)
        g_string_append_c (text, ' ');
      g_string_append_c (text, '&');
      g_string_append_len (text, pattern->text.data,
                           (gssize) pattern->text.size);
    }
}

static void
append_selector (const CfAclSelector *selector, GString *text)
{
  cf_acl_text_keys (selector, text);
  if (selector->all_keys || selector->keys->len > 0)
    g_string_append_c (text, ' ');
  if (!selector->all_channels)
    g_string_append (text, "resetchannels ");
  cf_acl_text_channels (selector, text);
  if (selector->all_channels || selector->channels->len > 0)
    g_string_append_c (text, ' ');
  cf_acl_text_commands (selector, text);
}

/**
 * cf_acl_text_flag:
 * @user: a user
 * @i: the number of one of its flags
 *
 * Returns: (transfer none) (nullable): the word for it; %NULL if it has not so
 *   many
 */
const char *
cf_acl_text_flag (const CfAclUser *user, guint i)
{
  static const struct
  {
    CfAclUserFlags flag;
    const char *word;
  } words[] = {
    { CF_ACL_USER_NO_PASS, "nopass" },
    { CF_ACL_USER_SKIP_SANITIZE, "skip-sanitize-payload" },
    { CF_ACL_USER_SANITIZE, "sanitize-payload" },
  };

  if (i == 0)
    return user->flags & CF_ACL_USER_ON ? "on" : "off";
  for (gsize j = 0; j < G_N_ELEMENTS (words); j++)
    if ((user->flags & words[j].flag) && --i == 0)
      return words[j].word;
  return NULL;
}

/**
 * cf_acl_text_user:
 * @user: a user
 * @text: where to append its rules, as ACL LIST shows them behind the name
 */
void
cf_acl_text_user (const CfAclUser *user, GString *text)
{
  for (guint i = 0; cf_acl_text_flag (user, i) != NULL; i++)
    g_string_append_printf (text, "%s ", cf_acl_text_flag (user, i));
  for (guint i = 0; i < user->passwords->len; i++)
    g_string_append_printf (text, "#%s ", (char *) user->passwords->pdata[i]);
  for (CfAclLimit i = 0; i < CF_N_ACL_LIMITS; i++)
    if (user->limits[i] != 0)
      g_string_append_printf (text, "%s=%" G_GINT64_FORMAT " ",
                              cf_acl_limit_name (i), user->limits[i]);
  append_selector (cf_acl_user_selector (user, 0), text);
  for (guint i = 1; i < user->selectors->len; i++)
    {
      g_string_append (text, " (");
      append_selector (cf_acl_user_selector (user, i), text);
      g_string_append_c (text, ')');
    }
}
