/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "client/client-help.h"

static const char *
find_text (const CfReplyTree *map, const char *name)
{
  const CfReplyTree *field = cf_reply_tree_find (map, name);

  return field != NULL && cf_reply_tree_has_text (field) ? field->text : NULL;
}

static gboolean
has_flag (const CfReplyTree *argument, const char *flag)
{
  const CfReplyTree *flags = cf_reply_tree_find (argument, "flags");

  if (flags == NULL || !cf_reply_tree_is_aggregate (flags))
    return FALSE;
  for (gsize i = 0; i < flags->size; i++)
    if (cf_reply_tree_is (&flags->children[i], flag))
      return TRUE;
  return FALSE;
}

static void append_arguments (GString *out,
                              const CfReplyTree *arguments,
                              const char *separator);

static void
append_bare_argument (GString *out, const CfReplyTree *argument)
{
  const char *type = find_text (argument, "type");
  const char *name = find_text (argument, "display_text");
  const CfReplyTree *parts = cf_reply_tree_find (argument, "arguments");

  if (g_strcmp0 (type, "oneof") == 0)
    append_arguments (out, parts, "|");
  else if (g_strcmp0 (type, "block") == 0)
    append_arguments (out, parts, " ");
  else if (g_strcmp0 (type, "pure-token") == 0)
    g_string_append (out, find_text (argument, "token") != NULL
                              ? find_text (argument, "token")
                              : "");
  else if (name != NULL || (name = find_text (argument, "name")) != NULL)
    g_string_append (out, name);
}

static void
append_argument (GString *out, const CfReplyTree *argument)
{
  g_autoptr (GString) bare = g_string_new (NULL);
  const char *token = find_text (argument, "token");
  gboolean is_optional = has_flag (argument, "optional");
  gboolean is_token =
      g_strcmp0 (find_text (argument, "type"), "pure-token") == 0;

  append_bare_argument (bare, argument);
  if (is_optional)
    g_string_append_c (out, '[');
  if (token != NULL && !is_token)
    g_string_append_printf (out, "%s ", token);
  g_string_append (out, bare->str);
  if (has_flag (argument, "multiple"))
    {
      gboolean again = token != NULL && has_flag (argument, "multiple_token");

      g_string_append_printf (out, " [%s%s%s ...]", again ? token : "",
                              again ? " " : "", bare->str);
    }
  if (is_optional)
    g_string_append_c (out, ']');
}

static void
append_arguments (GString *out,
                  const CfReplyTree *arguments,
                  const char *separator)
{
  if (arguments == NULL || !cf_reply_tree_is_aggregate (arguments))
    return;
  for (gsize i = 0; i < arguments->size; i++)
    {
      if (i > 0)
        g_string_append (out, separator);
      append_argument (out, &arguments->children[i]);
    }
}

static void
append_field (GString *out,
              const CfReplyTree *doc,
              const char *name,
              const char *label)
{
  const char *text = find_text (doc, name);

  if (text != NULL)
    g_string_append_printf (out, "  %s: %s\n", label, text);
}

static void
append_subcommands (GString *out, const CfReplyTree *doc)
{
  const CfReplyTree *subcommands = cf_reply_tree_find (doc, "subcommands");

  if (subcommands != NULL && cf_reply_tree_is_aggregate (subcommands))
    cf_client_help_append_docs (out, subcommands, NULL);
}

static void
append_doc (GString *out, const char *name, const CfReplyTree *doc)
{
  g_autofree char *shown = g_ascii_strup (name, -1);

  g_strdelimit (shown, "|", ' ');
  g_string_append_printf (out, "\n  %s ", shown);
  append_arguments (out, cf_reply_tree_find (doc, "arguments"), " ");
  if (out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  g_string_append_c (out, '\n');
  append_field (out, doc, "summary", _ ("summary"));
  append_field (out, doc, "since", _ ("since"));
  append_field (out, doc, "group", _ ("group"));
  append_subcommands (out, doc);
}

/**
 * cf_client_help_append_docs:
 * @out: where to append
 * @docs: a reply to COMMAND DOCS
 * @group: (nullable): the only group of interest, or %NULL for all
 *
 * Appends how each command is used and what it does.
 */
void
cf_client_help_append_docs (GString *out,
                            const CfReplyTree *docs,
                            const char *group)
{
  if (!cf_reply_tree_is_aggregate (docs))
    return;
  for (gsize i = 0; i + 1 < docs->size; i += 2)
    {
      const CfReplyTree *name = &docs->children[i];
      const CfReplyTree *doc = &docs->children[i + 1];

      if (cf_reply_tree_has_text (name) &&
          (group == NULL || g_strcmp0 (find_text (doc, "group"), group) == 0))
        append_doc (out, name->text, doc);
    }
}

static void
append_general_help (GString *out)
{
  g_string_append_printf (out, "%s %s\n", PACKAGE_NAME, PACKAGE_VERSION);
  g_string_append (out, _ ("To get help about commands type:\n"
                           "      \"help @<group>\" to get a list of commands "
                           "in <group>\n"
                           "      \"help <command>\" for help on <command>\n"
                           "      \"quit\" to exit\n"));
}

static char *
join_topic (const CfSlice *topic, gsize n_words)
{
  g_autoptr (GString) joined = g_string_new (NULL);

  for (gsize i = 0; i < n_words; i++)
    {
      if (i > 0)
        g_string_append_c (joined, '|');
      g_string_append_len (joined, topic[i].data, (gssize) topic[i].size);
    }
  return g_ascii_strdown (joined->str, -1);
}

/**
 * cf_client_help_make:
 * @remote: the server to ask
 * @topic: (array length=n_words): a command, with its subcommand if any, or
 *   "@" and a group
 * @n_words: how many words the topic has; 0 for help in general
 * @out: where to append the help
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if there is no connection any more
 */
gboolean
cf_client_help_make (CfRemote *remote,
                     const CfSlice *topic,
                     gsize n_words,
                     GString *out,
                     GError **error)
{
  g_autofree char *name = join_topic (topic, n_words);
  g_autoptr (CfReplyTree) docs = NULL;

  if (n_words == 0)
    {
      append_general_help (out);
      return TRUE;
    }
  docs = cf_remote_call (remote, error, "COMMAND", "DOCS",
                         name[0] == '@' ? NULL : name, NULL);
  if (docs == NULL)
    return FALSE;
  cf_client_help_append_docs (out, docs, name[0] == '@' ? name + 1 : NULL);
  g_string_append_c (out, '\n');
  return TRUE;
}
