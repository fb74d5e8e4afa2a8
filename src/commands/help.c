/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/help.h"

/* "key [NX | XX] seconds:integer" as "<key> [NX | XX] <seconds>". */
static void
append_usage (GString *line, const char *usage)
{
  while (*usage != '\0')
    {
      gsize size = strspn (usage, "abcdefghijklmnopqrstuvwxyz0123456789-_");

      if (size == 0)
        {
          g_string_append_c (line, *usage++);
          continue;
        }
      if (g_ascii_islower (*usage))
        g_string_append_printf (line, "<%.*s>", (int) size, usage);
      else
        g_string_append_len (line, usage, (gssize) size);
      usage += size;
      if (*usage == ':')
        usage += 1 + strspn (usage + 1, "abcdefghijklmnopqrstuvwxyz-");
    }
}

static void
reply_subcommand (CfReply *reply, const CfCommand *command)
{
  g_autoptr (GString) line = g_string_new (command->name);

  if (command->usage != NULL)
    {
      g_string_append_c (line, ' ');
      append_usage (line, command->usage);
    }
  cf_reply_status (reply, line->str);
  g_string_printf (line, "    %s", command->summary);
  cf_reply_status (reply, line->str);
}

/**
 * cf_help_run:
 * @call: the call of a HELP subcommand
 * @error: return location for an error, or %NULL
 *
 * Replies with the subcommands of the container, HELP itself last.
 *
 * Returns: %TRUE
 */
gboolean
cf_help_run (CfCall *call, GError **error)
{
  const CfCommand *container = call->info->parent->command;
  g_autofree char *head = g_strdup_printf (
      "%s <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
      container->name);

  cf_reply_array (&call->reply, 1 + 2 * container->n_subcommands);
  cf_reply_status (&call->reply, head);
  for (gsize i = 0; i < container->n_subcommands; i++)
    if (container->subcommands[i].run != cf_help_run)
      reply_subcommand (&call->reply, &container->subcommands[i]);
  reply_subcommand (&call->reply, call->info->command);
  return TRUE;
}
