/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-command.c -- COMMAND: what commands there are, made from the table. */
#include "config.h"

#include "base/glob.h"
#include "commands/commands.h"
#include "commands/help.h"
#include "commands/usage.h"

static guint
n_subcommands (const CfCommandInfo *info)
{
  return (guint) info->command->n_subcommands;
}

/* -- COMMAND INFO --------------------------------------------------------- */

typedef struct
{
  guint bit;
  const char *name;
} BitName;

static const BitName flag_names[] = {
  { CF_COMMAND_WRITE, "write" },
  { CF_COMMAND_READONLY, "readonly" },
  { CF_COMMAND_DENYOOM, "denyoom" },
  { CF_COMMAND_ADMIN, "admin" },
  { CF_COMMAND_PUBSUB, "pubsub" },
  { CF_COMMAND_NOSCRIPT, "noscript" },
  { CF_COMMAND_BLOCKING, "blocking" },
  { CF_COMMAND_LOADING, "loading" },
  { CF_COMMAND_STALE, "stale" },
  { CF_COMMAND_SKIP_MONITOR, "skip_monitor" },
  { CF_COMMAND_SKIP_SLOWLOG, "skip_slowlog" },
  { CF_COMMAND_FAST, "fast" },
  { CF_COMMAND_NO_AUTH, "no_auth" },
  { CF_COMMAND_NO_MANDATORY_KEYS, "no_mandatory_keys" },
  { CF_COMMAND_NO_ASYNC_LOADING, "no_async_loading" },
  { CF_COMMAND_NO_MULTI, "no_multi" },
  { CF_COMMAND_ALLOW_BUSY, "allow_busy" },
};

static const BitName category_names[] = {
  { CF_ACL_KEYSPACE, "@keyspace" },
  { CF_ACL_READ, "@read" },
  { CF_ACL_WRITE, "@write" },
  { CF_ACL_SET, "@set" },
  { CF_ACL_SORTEDSET, "@sortedset" },
  { CF_ACL_LIST, "@list" },
  { CF_ACL_HASH, "@hash" },
  { CF_ACL_STRING, "@string" },
  { CF_ACL_BITMAP, "@bitmap" },
  { CF_ACL_HYPERLOGLOG, "@hyperloglog" },
  { CF_ACL_GEO, "@geo" },
  { CF_ACL_STREAM, "@stream" },
  { CF_ACL_PUBSUB, "@pubsub" },
  { CF_ACL_ADMIN, "@admin" },
  { CF_ACL_FAST, "@fast" },
  { CF_ACL_SLOW, "@slow" },
  { CF_ACL_BLOCKING, "@blocking" },
  { CF_ACL_DANGEROUS, "@dangerous" },
  { CF_ACL_CONNECTION, "@connection" },
  { CF_ACL_TRANSACTION, "@transaction" },
  { CF_ACL_SCRIPTING, "@scripting" },
};

static gsize
reply_bits (CfReply *reply, guint bits, const BitName *names, gsize n_names)
{
  gsize n = 0;

  for (gsize i = 0; i < n_names; i++)
    if (bits & names[i].bit)
      {
        cf_reply_status (reply, names[i].name);
        n++;
      }
  return n;
}

static void
reply_flags (CfReply *reply, const CfCommandInfo *info)
{
  CfOutChunk *hole = cf_reply_deferred (reply);
  gsize n = reply_bits (reply, info->command->flags, flag_names,
                        G_N_ELEMENTS (flag_names));

  if (info->movable_keys)
    {
      cf_reply_status (reply, "movablekeys");
      n++;
    }
  cf_reply_deferred_set (reply, hole, n);
}

static void
reply_categories (CfReply *reply, const CfCommandInfo *info)
{
  CfOutChunk *hole = cf_reply_deferred (reply);

  cf_reply_deferred_set (reply, hole,
                         reply_bits (reply, info->categories, category_names,
                                     G_N_ELEMENTS (category_names)));
}

/* The words of @text, as a set. */
static void
reply_words (CfReply *reply, const char *text, gboolean as_bulk)
{
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", " ", -1);

  cf_reply_set (reply, g_strv_length (words));
  for (char **word = words; *word != NULL; word++)
    if (as_bulk)
      cf_reply_bulk_string (reply, *word);
    else
      cf_reply_status (reply, *word);
}

static void
reply_field (CfReply *reply, const char *name, gint64 value)
{
  cf_reply_bulk_string (reply, name);
  cf_reply_int (reply, value);
}

static void
reply_type (CfReply *reply, const char *type, gsize n_fields)
{
  cf_reply_map (reply, 2);
  cf_reply_bulk_string (reply, "type");
  cf_reply_bulk_string (reply, type);
  cf_reply_bulk_string (reply, "spec");
  cf_reply_map (reply, n_fields);
}

static void
reply_begin_search (CfReply *reply, const CfKeySpec *spec)
{
  if (spec->unknown)
    {
      reply_type (reply, "unknown", 0);
      return;
    }
  if (spec->keyword == NULL)
    {
      reply_type (reply, "index", 1);
      reply_field (reply, "index", spec->first);
      return;
    }
  reply_type (reply, "keyword", 2);
  cf_reply_bulk_string (reply, "keyword");
  cf_reply_bulk_string (reply, spec->keyword);
  reply_field (reply, "startfrom", spec->first);
}

static void
reply_find_keys (CfReply *reply, const CfKeySpec *spec)
{
  if (spec->unknown)
    {
      reply_type (reply, "unknown", 0);
      return;
    }
  if (spec->keynum == 0)
    {
      reply_type (reply, "range", 3);
      reply_field (reply, "lastkey", spec->last);
      reply_field (reply, "keystep", spec->step);
      reply_field (reply, "limit", spec->limit);
      return;
    }
  reply_type (reply, "keynum", 3);
  reply_field (reply, "keynumidx", spec->keynum - 1);
  reply_field (reply, "firstkey", spec->keynum_first);
  reply_field (reply, "keystep", spec->step);
}

static gsize
n_key_specs (const CfCommand *command)
{
  gsize n = 0;

  while (n < CF_KEY_SPECS_MAX && command->keys[n].flags != NULL)
    n++;
  return n;
}

static void
reply_key_specs (CfReply *reply, const CfCommand *command)
{
  gsize n = n_key_specs (command);

  cf_reply_set (reply, n);
  for (gsize i = 0; i < n; i++)
    {
      const CfKeySpec *spec = &command->keys[i];

      cf_reply_map (reply, spec->notes != NULL ? 4 : 3);
      if (spec->notes != NULL)
        {
          cf_reply_bulk_string (reply, "notes");
          cf_reply_bulk_string (reply, spec->notes);
        }
      cf_reply_bulk_string (reply, "flags");
      reply_words (reply, spec->flags, FALSE);
      cf_reply_bulk_string (reply, "begin_search");
      reply_begin_search (reply, spec);
      cf_reply_bulk_string (reply, "find_keys");
      reply_find_keys (reply, spec);
    }
}

/* First key, last key and step as they were told before there were key
 * specifications: those of the ranges that follow each other. */
static void
reply_legacy_range (CfReply *reply, const CfCommand *command)
{
  int first = 0, last = 0, step = 0;

  for (gsize i = 0; i < n_key_specs (command); i++)
    {
      const CfKeySpec *spec = &command->keys[i];
      int end = spec->last >= 0 ? spec->first + spec->last : spec->last;

      if (spec->keyword != NULL || spec->keynum != 0 || spec->unknown ||
          (last != 0 && (last != spec->first - 1 || spec->step != 1)))
        continue;
      if (first == 0)
        {
          first = spec->first;
          step = spec->step;
        }
      last = end;
    }
  cf_reply_int (reply, first);
  cf_reply_int (reply, last);
  cf_reply_int (reply, step);
}

static void
reply_info (CfReply *reply, const CfCommandInfo *info)
{
  const CfCommand *command = info->command;

  cf_reply_array (reply, 10);
  cf_reply_bulk_string (reply, info->full_name);
  cf_reply_int (reply, command->arity);
  reply_flags (reply, info);
  reply_legacy_range (reply, command);
  reply_categories (reply, info);
  reply_words (reply, command->tips, TRUE);
  reply_key_specs (reply, command);
  /* An empty one is a set in RESP3, as Redis has it. */
  if (n_subcommands (info) == 0)
    cf_reply_set (reply, 0);
  else
    cf_reply_array (reply, n_subcommands (info));
  for (guint i = 0; i < n_subcommands (info); i++)
    reply_info (reply, info->subcommands[i]);
}

/* -- COMMAND DOCS --------------------------------------------------------- */

static void
reply_string (CfReply *reply, const char *name, const char *value)
{
  cf_reply_bulk_string (reply, name);
  cf_reply_bulk_string (reply, value);
}

static const char *
usage_type (const CfUsage *usage)
{
  static const char *const types[] = {
    [CF_USAGE_TOKEN] = "pure-token",
    [CF_USAGE_ONE_OF] = "oneof",
    [CF_USAGE_BLOCK] = "block",
  };

  return usage->kind == CF_USAGE_ARGUMENT ? usage->type : types[usage->kind];
}

static void
reply_usage_flags (CfReply *reply, const CfUsage *usage)
{
  cf_reply_bulk_string (reply, "flags");
  cf_reply_set (reply, (gsize) (usage->optional + usage->multiple));
  if (usage->optional)
    cf_reply_status (reply, "optional");
  if (usage->multiple)
    cf_reply_status (reply, "multiple");
}

static void
reply_usages (CfReply *reply, const GPtrArray *usages)
{
  cf_reply_array (reply, usages->len);
  for (guint i = 0; i < usages->len; i++)
    {
      const CfUsage *usage = g_ptr_array_index (usages, i);
      gboolean is_key = g_strcmp0 (usage->type, "key") == 0;
      gboolean has_flags = usage->optional || usage->multiple;

      cf_reply_map (reply, (gsize) (2 + is_key + (usage->token != NULL) +
                                    has_flags + (usage->members != NULL)));
      reply_string (reply, "name", usage->name);
      reply_string (reply, "type", usage_type (usage));
      if (is_key)
        reply_field (reply, "key_spec_index", 0);
      if (usage->token != NULL)
        reply_string (reply, "token", usage->token);
      if (has_flags)
        reply_usage_flags (reply, usage);
      if (usage->members != NULL)
        {
          cf_reply_bulk_string (reply, "arguments");
          reply_usages (reply, usage->members);
        }
    }
}

static void
reply_docs (CfReply *reply, const CfCommandInfo *info)
{
  const CfCommand *command = info->command;
  g_autoptr (GPtrArray) usages = cf_usage_parse (command->usage);
  guint n = n_subcommands (info);

  cf_reply_bulk_string (reply, info->full_name);
  cf_reply_map (reply, (gsize) (3 + (command->complexity != NULL) +
                                (command->usage != NULL) + (n > 0)));
  reply_string (reply, "summary", command->summary);
  reply_string (reply, "since", command->since);
  reply_string (reply, "group", info->group);
  if (command->complexity != NULL)
    reply_string (reply, "complexity", command->complexity);
  if (command->usage != NULL)
    {
      cf_reply_bulk_string (reply, "arguments");
      reply_usages (reply, usages);
    }
  if (n == 0)
    return;
  cf_reply_bulk_string (reply, "subcommands");
  cf_reply_map (reply, n);
  for (guint i = 0; i < n; i++)
    reply_docs (reply, info->subcommands[i]);
}

/* -- The commands --------------------------------------------------------- */

static gboolean
run_command (CfCall *call, GError **error)
{
  guint n;
  const CfCommandInfo *const *all =
      cf_command_table_all (call->engine->commands, &n);

  cf_reply_array (&call->reply, n);
  for (guint i = 0; i < n; i++)
    reply_info (&call->reply, all[i]);
  return TRUE;
}

static gboolean
run_command_info (CfCall *call, GError **error)
{
  if (call->argc == 2)
    return run_command (call, error);
  cf_reply_array (&call->reply, call->argc - 2);
  for (guint i = 2; i < call->argc; i++)
    {
      const CfCommandInfo *info =
          cf_command_table_find_name (call->engine->commands, call->argv[i]);

      if (info != NULL)
        reply_info (&call->reply, info);
      else
        cf_reply_null (&call->reply);
    }
  return TRUE;
}

static gboolean
run_command_docs (CfCall *call, GError **error)
{
  const CfCommandTable *table = call->engine->commands;
  CfOutChunk *hole = cf_reply_deferred (&call->reply);
  guint n_all;
  const CfCommandInfo *const *all = cf_command_table_all (table, &n_all);
  gsize n = 0;

  for (guint i = 0; call->argc == 2 && i < n_all; i++, n++)
    reply_docs (&call->reply, all[i]);
  for (guint i = 2; i < call->argc; i++)
    {
      const CfCommandInfo *info =
          cf_command_table_find_name (table, call->argv[i]);

      if (info == NULL)
        continue;
      reply_docs (&call->reply, info);
      n++;
    }
  cf_reply_deferred_map (&call->reply, hole, n);
  return TRUE;
}

static gboolean
run_command_count (CfCall *call, GError **error)
{
  guint n;

  cf_command_table_all (call->engine->commands, &n);
  cf_reply_int (&call->reply, n);
  return TRUE;
}

/* A shard channel is declared like a key, but is none. */
static gboolean
has_keys (const CfCommand *command)
{
  gsize n = n_key_specs (command);

  if (n == 0)
    return command->get_keys != NULL;
  for (gsize i = 0; i < n; i++)
    if (strcmp (command->keys[i].flags, "not_key") != 0)
      return TRUE;
  return FALSE;
}

/* The keys of the command that begins at argument 2. */
static gboolean
find_keys (const CfCall *call,
           const CfCommandInfo **info,
           GArray *positions,
           GError **error)
{
  const CfSlice *argv = call->argv + 2;
  guint argc = call->argc - 2;

  *info = cf_command_table_find (call->engine->commands, argv, argc);
  if (*info == NULL || ((*info)->is_container && argc > 1))
    return cf_throw (error, CF_ERROR_FAILED, "Invalid command specified");
  if (!has_keys ((*info)->command))
    return cf_throw (error, CF_ERROR_FAILED,
                     "The command has no key arguments");
  if (!cf_command_arity_fits ((*info)->command, argc))
    return cf_throw (error, CF_ERROR_FAILED,
                     "Invalid number of arguments specified for command");
  if (cf_command_key_positions (*info, argv, argc, positions) &&
      positions->len > 0)
    return TRUE;
  if (!((*info)->command->flags & CF_COMMAND_NO_MANDATORY_KEYS))
    return cf_throw (error, CF_ERROR_FAILED,
                     "Invalid arguments specified for command");
  g_array_set_size (positions, 0);
  return TRUE;
}

static gboolean
run_command_getkeys (CfCall *call, GError **error)
{
  g_autoptr (GArray) positions = g_array_new (FALSE, FALSE, sizeof (guint));
  const CfCommandInfo *info;

  if (!find_keys (call, &info, positions, error))
    return FALSE;
  cf_reply_array (&call->reply, positions->len);
  for (guint i = 0; i < positions->len; i++)
    cf_reply_bulk (&call->reply,
                   call->argv[2 + g_array_index (positions, guint, i)]);
  return TRUE;
}

/* The flags of the key at @position: of the last specification that begins
 * at or before it. */
static const char *
key_flags (const CfCall *call, const CfCommand *command, guint position)
{
  const char *flags = command->keys[0].flags;

  if (command->flags_of_key != NULL)
    return command->flags_of_key (call->argv + 2, call->argc - 2, position);
  if (command->key_flags != NULL)
    return command->key_flags (call->argv + 2, call->argc - 2);
  for (gsize i = 1; i < n_key_specs (command); i++)
    if (command->keys[i].keyword == NULL &&
        (guint) command->keys[i].first <= position)
      flags = command->keys[i].flags;
  return flags != NULL ? flags : "";
}

static gboolean
run_command_getkeysandflags (CfCall *call, GError **error)
{
  g_autoptr (GArray) positions = g_array_new (FALSE, FALSE, sizeof (guint));
  const CfCommandInfo *info;

  if (!find_keys (call, &info, positions, error))
    return FALSE;
  cf_reply_array (&call->reply, positions->len);
  for (guint i = 0; i < positions->len; i++)
    {
      guint position = g_array_index (positions, guint, i);

      cf_reply_array (&call->reply, 2);
      cf_reply_bulk (&call->reply, call->argv[2 + position]);
      reply_words (&call->reply, key_flags (call, info->command, position),
                   FALSE);
    }
  return TRUE;
}

typedef struct
{
  CfSlice pattern;    /* empty: any */
  guint category;     /* CfAclCategories; 0: any */
  gboolean is_module; /* none, since there are no modules */
} Filter;

static gboolean
parse_filter (const CfCall *call, Filter *filter, GError **error)
{
  if (call->argc == 2)
    return TRUE;
  if (call->argc != 5 || !cf_call_is (call, 2, "FILTERBY"))
    return cf_call_syntax_error (error);
  if (cf_call_is (call, 3, "PATTERN"))
    filter->pattern = call->argv[4];
  else if (cf_call_is (call, 3, "MODULE"))
    filter->is_module = TRUE;
  else if (cf_call_is (call, 3, "ACLCAT"))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (category_names); i++)
        if (cf_call_is (call, 4, category_names[i].name + 1))
          filter->category = category_names[i].bit;
      filter->is_module = filter->category == 0; /* no such category: none */
    }
  else
    return cf_call_syntax_error (error);
  return TRUE;
}

static gboolean
passes (const Filter *filter, const CfCommandInfo *info)
{
  if (filter->is_module)
    return FALSE;
  if (filter->category != 0 && !(info->categories & filter->category))
    return FALSE;
  return filter->pattern.data == NULL ||
         cf_glob_match_nocase (filter->pattern,
                               cf_slice_of_string (info->full_name));
}

static gboolean
run_command_list (CfCall *call, GError **error)
{
  const CfCommandTable *table = call->engine->commands;
  Filter filter = { 0 };
  CfOutChunk *hole;
  gsize n = 0;

  if (!parse_filter (call, &filter, error))
    return FALSE;
  hole = cf_reply_deferred (&call->reply);
  for (guint id = 0; id < cf_command_table_n_ids (table); id++)
    {
      const CfCommandInfo *info = cf_command_table_by_id (table, id);

      if (!passes (&filter, info))
        continue;
      cf_reply_bulk_string (&call->reply, info->full_name);
      n++;
    }
  cf_reply_deferred_array (&call->reply, hole, n);
  return TRUE;
}

/* -- The table ------------------------------------------------------------ */

#define SUBCOMMAND(NAME, USAGE, SUMMARY, SINCE, COMPLEXITY, TIPS, ARITY, RUN)  \
  {                                                                            \
    .name = NAME, .usage = USAGE, .summary = SUMMARY, .since = SINCE,          \
    .complexity = COMPLEXITY, .tips = TIPS, .run = RUN, .arity = ARITY,        \
    .flags = CF_COMMAND_LOADING | CF_COMMAND_STALE,                            \
    .categories = CF_ACL_CONNECTION,                                           \
  }

#define PER_COMMAND "O(N) where N is the number of commands to look up"
#define PER_ARGUMENT "O(N) where N is the number of arguments to the command"
#define OF_ALL "O(N) where N is the number of commands there are"
#define ANY_ORDER "nondeterministic_output_order"

static const CfCommand subcommands[] = {
  SUBCOMMAND ("COUNT",
              NULL,
              "Counts the commands there are.",
              "2.8.13",
              "O(1)",
              NULL,
              2,
              run_command_count),
  SUBCOMMAND ("DOCS",
              "[command-name ...]",
              "Documents commands.",
              "7.0.0",
              PER_COMMAND,
              ANY_ORDER,
              -2,
              run_command_docs),
  SUBCOMMAND ("GETKEYS",
              "command [arg ...]",
              "Returns which arguments of a command are keys.",
              "2.8.13",
              PER_ARGUMENT,
              NULL,
              -4,
              run_command_getkeys),
  SUBCOMMAND ("GETKEYSANDFLAGS",
              "command [arg ...]",
              "Returns which arguments of a command are keys, and what it does "
              "with them.",
              "7.0.0",
              PER_ARGUMENT,
              NULL,
              -4,
              run_command_getkeysandflags),
  CF_HELP_COMMAND ("5.0.0", CF_ACL_CONNECTION),
  SUBCOMMAND ("INFO",
              "[command-name ...]",
              "Describes commands for programs.",
              "2.8.13",
              PER_COMMAND,
              ANY_ORDER,
              -2,
              run_command_info),
  SUBCOMMAND ("LIST",
              "[FILTERBY (MODULE module-name | ACLCAT category | PATTERN "
              "pattern:pattern)]",
              "Returns the names of commands.",
              "7.0.0",
              OF_ALL,
              ANY_ORDER,
              -2,
              run_command_list),
};

static const CfCommand commands[] = {
  {
      .name = "COMMAND",
      .summary = "Describes all commands for programs.",
      .since = "2.8.13",
      .complexity = OF_ALL,
      .tips = ANY_ORDER,
      .run = run_command,
      .arity = -1,
      .flags = CF_COMMAND_LOADING | CF_COMMAND_STALE,
      .categories = CF_ACL_CONNECTION,
      .subcommands = subcommands,
      .n_subcommands = G_N_ELEMENTS (subcommands),
  },
};

const CfFamily cf_command_family = {
  .group = "server",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
