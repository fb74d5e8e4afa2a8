/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/acl-selector.h"

#include "base/error.h"
#include "base/glob.h"

/* -- Making and freeing --------------------------------------------------- */

static void
clear_pattern (gpointer data)
{
  CfAclPattern *pattern = data;

  g_free ((char *) pattern->text.data);
}

static void
clear_first_arg (gpointer data)
{
  CfAclFirstArg *first = data;

  g_free (first->word);
}

static GArray *
new_patterns (void)
{
  GArray *patterns = g_array_new (FALSE, FALSE, sizeof (CfAclPattern));

  g_array_set_clear_func (patterns, clear_pattern);
  return patterns;
}

static void
add_pattern (GArray *patterns, CfSlice text, guint8 access)
{
  CfAclPattern pattern = { .access = access };

  /* One more byte, so that an empty one has an address, too. */
  pattern.text = cf_slice (g_strndup (text.data, text.size), text.size);
  g_array_append_val (patterns, pattern);
}

static void
copy_patterns (GArray *to, const GArray *from)
{
  for (guint i = 0; i < from->len; i++)
    {
      const CfAclPattern *pattern = &g_array_index (from, CfAclPattern, i);

      add_pattern (to, pattern->text, pattern->access);
    }
}

/**
 * cf_acl_selector_new:
 * @commands: the commands that its rules may name
 * @all_channels: whether it allows all channels at first
 *
 * Returns: (transfer full): a selector that allows nothing else
 */
CfAclSelector *
cf_acl_selector_new (const CfAclCommands *commands, gboolean all_channels)
{
  CfAclSelector *self = g_new0 (CfAclSelector, 1);

  self->commands = commands;
  self->bits = g_new0 (guint64, cf_acl_commands_n_words (commands));
  self->all_channels = all_channels;
  self->keys = new_patterns ();
  self->channels = new_patterns ();
  self->first_args = g_array_new (FALSE, FALSE, sizeof (CfAclFirstArg));
  g_array_set_clear_func (self->first_args, clear_first_arg);
  return self;
}

/**
 * cf_acl_selector_copy:
 * @self: a selector
 *
 * Returns: (transfer full): one like it
 */
CfAclSelector *
cf_acl_selector_copy (const CfAclSelector *self)
{
  CfAclSelector *copy =
      cf_acl_selector_new (self->commands, self->all_channels);

  memcpy (copy->bits, self->bits,
          cf_acl_commands_n_words (self->commands) * sizeof *copy->bits);
  copy->all_commands = self->all_commands;
  copy->future = self->future;
  copy->all_keys = self->all_keys;
  copy_patterns (copy->keys, self->keys);
  copy_patterns (copy->channels, self->channels);
  for (guint i = 0; i < self->first_args->len; i++)
    {
      CfAclFirstArg first = g_array_index (self->first_args, CfAclFirstArg, i);

      first.word = g_strdup (first.word);
      g_array_append_val (copy->first_args, first);
    }
  return copy;
}

/**
 * cf_acl_selector_free:
 * @self: (nullable) (transfer full): a selector
 *
 * Frees the selector.
 */
void
cf_acl_selector_free (CfAclSelector *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->first_args);
  g_array_unref (self->channels);
  g_array_unref (self->keys);
  g_free (self->bits);
  g_free (self);
}

/* -- Rules for commands --------------------------------------------------- */

static gboolean
throw_syntax (GError **error)
{
  return cf_throw (error, CF_ERROR_SYNTAX, "Syntax error");
}

static gboolean
throw_unknown (GError **error)
{
  return cf_throw (error, CF_ERROR_UNKNOWN,
                   "Unknown command or category name in ACL");
}

static void
drop_first_args (CfAclSelector *self, guint number)
{
  for (guint i = self->first_args->len; i > 0; i--)
    if (g_array_index (self->first_args, CfAclFirstArg, i - 1).number == number)
      g_array_remove_index (self->first_args, i - 1);
}

static void
set_bit (CfAclSelector *self, guint number, gboolean allow)
{
  guint64 bit = G_GUINT64_CONSTANT (1) << (number % 64);

  if (allow)
    self->bits[number / 64] |= bit;
  else
    {
      self->bits[number / 64] &= ~bit;
      self->all_commands = FALSE;
    }
  drop_first_args (self, number);
}

/* Of a container, all subcommands with it. */
static void
set_command (CfAclSelector *self, const CfAclCommand *command, gboolean allow)
{
  for (guint i = 0; i <= command->n_subcommands; i++)
    set_bit (self, command[i].number, allow);
}

static void
set_all_commands (CfAclSelector *self, gboolean allow)
{
  memset (self->bits, allow ? 0xff : 0,
          cf_acl_commands_n_words (self->commands) * sizeof *self->bits);
  self->all_commands = self->future = allow;
  g_array_set_size (self->first_args, 0);
}

static gboolean
set_category (CfAclSelector *self, CfSlice name, gboolean allow, GError **error)
{
  CfAclCategories bit = cf_acl_category_find (name);
  guint n;
  const CfAclCommand *all = cf_acl_commands_all (self->commands, &n);

  if (bit == 0)
    return throw_unknown (error);
  for (guint i = 0; i < n; i++)
    if (all[i].categories & bit)
      set_command (self, &all[i], allow);
  return TRUE;
}

/* Allows @command with this word as its first argument. */
static void
add_first_arg (CfAclSelector *self, const CfAclCommand *command, CfSlice word)
{
  CfAclFirstArg first = { .number = command->number };

  for (guint i = 0; i < self->first_args->len; i++)
    {
      const CfAclFirstArg *other =
          &g_array_index (self->first_args, CfAclFirstArg, i);

      if (other->number == command->number && cf_slice_is (word, other->word))
        return;
    }
  first.word = g_strndup (word.data, word.size);
  g_array_append_val (self->first_args, first);
}

static gboolean
allow_part (CfAclSelector *self, CfSlice name, const char *bar, GError **error)
{
  CfSlice before = cf_slice (name.data, (gsize) (bar - name.data));
  CfSlice word = cf_slice (bar + 1, name.size - before.size - 1);
  const CfAclCommand *command = cf_acl_commands_find (self->commands, before);
  const CfAclCommand *part;

  if (command == NULL)
    return throw_unknown (error);
  if (command->is_subcommand)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Allowing first-arg of a subcommand is not supported");
  if (word.size == 0 || memchr (word.data, '\0', word.size) != NULL)
    return throw_syntax (error);
  if (command->n_subcommands == 0)
    {
      add_first_arg (self, command, word);
      return TRUE;
    }
  part = cf_acl_commands_find (self->commands, name);
  if (part == NULL)
    return throw_unknown (error);
  set_command (self, part, TRUE);
  return TRUE;
}

static gboolean
apply_command (CfAclSelector *self,
               CfSlice name,
               gboolean allow,
               GError **error)
{
  const char *bar = NULL;
  const CfAclCommand *command;

  for (gsize i = name.size; i > 0 && bar == NULL; i--)
    if (name.data[i - 1] == '|')
      bar = name.data + i - 1;
  if (allow && bar != NULL)
    return allow_part (self, name, bar, error);
  command = cf_acl_commands_find (self->commands, name);
  if (command == NULL)
    return throw_unknown (error);
  set_command (self, command, allow);
  return TRUE;
}

static gboolean
apply_commands (CfAclSelector *self, CfSlice rule, GError **error)
{
  gboolean allow = rule.data[0] == '+';

  if (rule.size > 1 && rule.data[1] == '@')
    return set_category (self, cf_slice (rule.data + 2, rule.size - 2), allow,
                         error);
  return apply_command (self, cf_slice (rule.data + 1, rule.size - 1), allow,
                        error);
}

/* -- Rules for keys and channels ------------------------------------------ */

static gboolean
has_blanks (CfSlice text)
{
  for (gsize i = 0; i < text.size; i++)
    if (g_ascii_isspace (text.data[i]) || text.data[i] == '\v' ||
        text.data[i] == '\0')
      return TRUE;
  return FALSE;
}

/* What stands between "%" and "~"; moves @rule behind that. */
static gboolean
parse_access (CfSlice *rule, guint8 *access)
{
  gsize i = 1;

  *access = 0;
  for (; i < rule->size && rule->data[i] != '~'; i++)
    {
      char c = g_ascii_toupper (rule->data[i]);
      guint8 bit = c == 'R' ? CF_NEEDS_READ : c == 'W' ? CF_NEEDS_WRITE : 0;

      if (bit == 0 || (*access & bit))
        return FALSE;
      *access |= bit;
    }
  i = MIN (i + 1, rule->size);
  *rule = cf_slice (rule->data + i, rule->size - i);
  return *access != 0;
}

/* Adds @text, or what it grants to the same pattern. */
static void
merge_pattern (GArray *patterns, CfSlice text, guint8 access)
{
  for (guint i = 0; i < patterns->len; i++)
    {
      CfAclPattern *pattern = &g_array_index (patterns, CfAclPattern, i);

      if (cf_slice_equal (pattern->text, text))
        {
          pattern->access |= access;
          return;
        }
    }
  add_pattern (patterns, text, access);
}

static gboolean
apply_key (CfAclSelector *self, CfSlice rule, GError **error)
{
  guint8 access = CF_NEEDS_READ | CF_NEEDS_WRITE;

  if (self->all_keys)
    return cf_throw (
        error, CF_ERROR_FAILED,
        "Adding a pattern after the * pattern (or the 'allkeys' flag) is not "
        "valid and does not have any effect. Try 'resetkeys' to start with an "
        "empty list of patterns");
  if (rule.data[0] == '%')
    {
      if (!parse_access (&rule, &access))
        return throw_syntax (error);
    }
  else
    rule = cf_slice (rule.data + 1, rule.size - 1);
  if (has_blanks (rule))
    return throw_syntax (error);
  merge_pattern (self->keys, rule, access);
  return TRUE;
}

static gboolean
apply_channel (CfAclSelector *self, CfSlice rule, GError **error)
{
  CfSlice text = cf_slice (rule.data + 1, rule.size - 1);

  if (self->all_channels)
    return cf_throw (
        error, CF_ERROR_FAILED,
        "Adding a pattern after the * pattern (or the 'allchannels' flag) is "
        "not valid and does not have any effect. Try 'resetchannels' to start "
        "with an empty list of channels");
  if (has_blanks (text))
    return throw_syntax (error);
  merge_pattern (self->channels, text, 0);
  return TRUE;
}

static gboolean
apply_word (CfAclSelector *self, CfSlice rule)
{
  if (cf_slice_is (rule, "allkeys") || cf_slice_is (rule, "~*") ||
      cf_slice_is (rule, "resetkeys"))
    {
      self->all_keys = !cf_slice_is (rule, "resetkeys");
      g_array_set_size (self->keys, 0);
    }
  else if (cf_slice_is (rule, "allchannels") || cf_slice_is (rule, "&*") ||
           cf_slice_is (rule, "resetchannels"))
    {
      self->all_channels = !cf_slice_is (rule, "resetchannels");
      g_array_set_size (self->channels, 0);
    }
  else if (cf_slice_is (rule, "allcommands") || cf_slice_is (rule, "+@all"))
    set_all_commands (self, TRUE);
  else if (cf_slice_is (rule, "nocommands") || cf_slice_is (rule, "-@all"))
    set_all_commands (self, FALSE);
  else
    return FALSE;
  return TRUE;
}

/**
 * cf_acl_selector_apply:
 * @self: a selector that is being made
 * @rule: a rule: "+get", "~key:*", "allchannels"
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if there is no such rule; nothing has changed then
 */
gboolean
cf_acl_selector_apply (CfAclSelector *self, CfSlice rule, GError **error)
{
  if (rule.size == 0 || apply_word (self, rule))
    return TRUE;
  switch (rule.data[0])
    {
    case '+':
    case '-':
      return apply_commands (self, rule, error);
    case '~':
    case '%':
      return apply_key (self, rule, error);
    case '&':
      return apply_channel (self, rule, error);
    default:
      return throw_syntax (error);
    }
}

/* -- Checks --------------------------------------------------------------- */

/**
 * cf_acl_selector_any_key:
 * @self: a selector
 * @needs: what is to be done, #CfKeyNeeds
 *
 * Returns: whether that may be done to every key there is
 */
gboolean
cf_acl_selector_any_key (const CfAclSelector *self, guint8 needs)
{
  if (self->all_keys)
    return TRUE;
  for (guint i = 0; i < self->keys->len; i++)
    {
      const CfAclPattern *pattern =
          &g_array_index (self->keys, CfAclPattern, i);

      if ((pattern->access & needs) == needs &&
          cf_slice_equal (pattern->text, CF_SLICE ("*")))
        return TRUE;
    }
  return FALSE;
}

/**
 * cf_acl_selector_key:
 * @self: a selector
 * @key: a key
 * @needs: what is to be done to it, #CfKeyNeeds
 *
 * Returns: whether one pattern allows all of that
 */
gboolean
cf_acl_selector_key (const CfAclSelector *self, CfSlice key, guint8 needs)
{
  if (self->all_keys)
    return TRUE;
  for (guint i = 0; i < self->keys->len; i++)
    {
      const CfAclPattern *pattern =
          &g_array_index (self->keys, CfAclPattern, i);

      if ((pattern->access & needs) == needs &&
          cf_glob_match (pattern->text, key))
        return TRUE;
    }
  return FALSE;
}

/**
 * cf_acl_selector_channel:
 * @self: a selector
 * @channel: a channel, or a pattern of channels
 * @is_pattern: which of them; a pattern must be allowed literally
 *
 * Returns: whether it allows that
 */
gboolean
cf_acl_selector_channel (const CfAclSelector *self,
                         CfSlice channel,
                         gboolean is_pattern)
{
  if (self->all_channels)
    return TRUE;
  for (guint i = 0; i < self->channels->len; i++)
    {
      const CfAclPattern *pattern =
          &g_array_index (self->channels, CfAclPattern, i);

      if (is_pattern ? cf_slice_equal (pattern->text, channel)
                     : cf_glob_match (pattern->text, channel))
        return TRUE;
    }
  return FALSE;
}
