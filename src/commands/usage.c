/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "commands/usage.h"

#define NAME_CHARACTERS                                                        \
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_*?"
/* Tokens that are not words. */
#define SIGNS "*$=~"

static void
usage_free (gpointer data)
{
  CfUsage *self = data;

  g_free (self->name);
  g_free (self->type);
  g_free (self->token);
  g_clear_pointer (&self->members, g_ptr_array_unref);
  g_free (self);
}

static CfUsage *
usage_new (CfUsageKind kind, const char *name, gsize size)
{
  CfUsage *self = g_new0 (CfUsage, 1);

  self->kind = kind;
  self->name = g_ascii_strdown (name, (gssize) size);
  return self;
}

static void
skip_blanks (const char **at)
{
  *at += strspn (*at, " ");
}

static GPtrArray *parse_sequence (const char **at);

static CfUsage *
group (CfUsageKind kind, const char *name, GPtrArray *members)
{
  CfUsage *self = usage_new (kind, name, strlen (name));

  self->members = members;
  return self;
}

/* One member stands for itself. */
static CfUsage *
as_one (GPtrArray *sequence)
{
  CfUsage *only;

  if (sequence->len != 1)
    return group (CF_USAGE_BLOCK, "block", sequence);
  only = g_ptr_array_steal_index (sequence, 0);
  g_ptr_array_unref (sequence);
  return only;
}

/* "a | b | (c d)" up to a closing bracket or the end. */
static CfUsage *
parse_alternatives (const char **at)
{
  GPtrArray *alternatives = g_ptr_array_new_with_free_func (usage_free);

  g_ptr_array_add (alternatives, as_one (parse_sequence (at)));
  while (**at == '|')
    {
      ++*at;
      g_ptr_array_add (alternatives, as_one (parse_sequence (at)));
    }
  if (alternatives->len == 1)
    return as_one (alternatives);
  return group (CF_USAGE_ONE_OF, "options", alternatives);
}

static CfUsage *
parse_argument (const char **at)
{
  gsize size = strspn (*at, NAME_CHARACTERS);
  CfUsage *self = usage_new (CF_USAGE_ARGUMENT, *at, size);

  g_assert (size > 0);
  *at += size;
  if (**at != ':')
    {
      self->type =
          g_strdup (strcmp (self->name, "key") == 0 ? "key" : "string");
      return self;
    }
  size = strspn (++*at, NAME_CHARACTERS);
  self->type = g_strndup (*at, size);
  *at += size;
  return self;
}

static CfUsage *parse_item (const char **at);

static gboolean
is_token (char c)
{
  return g_ascii_isupper (c) || (c != '\0' && strchr (SIGNS, c) != NULL);
}

/* A word in upper case: what follows it is its argument, if that is a name or
 * a group. */
static CfUsage *
parse_token (const char **at)
{
  gsize size = strspn (*at, NAME_CHARACTERS SIGNS);
  const char *word = *at;
  CfUsage *self;

  *at += size;
  skip_blanks (at);
  if (**at == '(' || g_ascii_islower (**at))
    self = parse_item (at);
  else
    self = usage_new (CF_USAGE_TOKEN, word, size);
  self->token = g_strndup (word, size);
  return self;
}

static CfUsage *
parse_item (const char **at)
{
  CfUsage *self;

  if (**at == '[' || **at == '(')
    {
      gboolean optional = **at == '[';

      ++*at;
      self = parse_alternatives (at);
      self->optional |= optional;
      g_assert (**at == (optional ? ']' : ')'));
      ++*at;
    }
  else if (is_token (**at))
    self = parse_token (at);
  else
    self = parse_argument (at);
  skip_blanks (at);
  if (g_str_has_prefix (*at, "..."))
    {
      self->multiple = TRUE;
      *at += 3;
    }
  return self;
}

static GPtrArray *
parse_sequence (const char **at)
{
  GPtrArray *sequence = g_ptr_array_new_with_free_func (usage_free);

  for (skip_blanks (at); **at != '\0' && strchr ("|])", **at) == NULL;
       skip_blanks (at))
    g_ptr_array_add (sequence, parse_item (at));
  return sequence;
}

/**
 * cf_usage_parse:
 * @usage: (nullable): the usage of a command
 *
 * Dies of a usage that is not well formed.
 *
 * Returns: (transfer full) (element-type CfUsage): the arguments, in order
 */
GPtrArray *
cf_usage_parse (const char *usage)
{
  const char *at = usage != NULL ? usage : "";
  CfUsage *all = parse_alternatives (&at);
  GPtrArray *arguments;

  g_assert (*at == '\0');
  if (all->kind == CF_USAGE_BLOCK && !all->optional && !all->multiple)
    {
      arguments = g_steal_pointer (&all->members);
      usage_free (all);
      return arguments;
    }
  arguments = g_ptr_array_new_with_free_func (usage_free);
  g_ptr_array_add (arguments, all);
  return arguments;
}
