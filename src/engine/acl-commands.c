/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/acl-commands.h"

struct _CfAclCommands
{
  GArray *all;         /* (owned) (element-type CfAclCommand) */
  GHashTable *by_name; /* (owned) name in @all, 1 + place there */
  guint n_numbers;
  guint64 *categories; /* (owned) bitmaps, one a category */
};

static const struct
{
  CfAclCategories bit;
  const char *name;
} categories[] = {
  { CF_ACL_KEYSPACE, "keyspace" },
  { CF_ACL_READ, "read" },
  { CF_ACL_WRITE, "write" },
  { CF_ACL_SET, "set" },
  { CF_ACL_SORTEDSET, "sortedset" },
  { CF_ACL_LIST, "list" },
  { CF_ACL_HASH, "hash" },
  { CF_ACL_STRING, "string" },
  { CF_ACL_BITMAP, "bitmap" },
  { CF_ACL_HYPERLOGLOG, "hyperloglog" },
  { CF_ACL_GEO, "geo" },
  { CF_ACL_STREAM, "stream" },
  { CF_ACL_PUBSUB, "pubsub" },
  { CF_ACL_ADMIN, "admin" },
  { CF_ACL_FAST, "fast" },
  { CF_ACL_SLOW, "slow" },
  { CF_ACL_BLOCKING, "blocking" },
  { CF_ACL_DANGEROUS, "dangerous" },
  { CF_ACL_CONNECTION, "connection" },
  { CF_ACL_TRANSACTION, "transaction" },
  { CF_ACL_SCRIPTING, "scripting" },
};

#define ADMIN (CF_ACL_ADMIN | CF_ACL_DANGEROUS | CF_ACL_SLOW)
#define SCRIPT (CF_ACL_SCRIPTING | CF_ACL_SLOW)
#define CONNECTION (CF_ACL_CONNECTION | CF_ACL_FAST)

/* Commands of Redis 7.0, subcommands behind their container.  What the command
 * table has counts in place of what stands here. */
static const struct
{
  const char *name;
  CfAclCategories categories;
} foreign[] = {
  { "asking", CONNECTION },
  { "bgrewriteaof", ADMIN },
  { "bgsave", ADMIN },
  { "cluster", CF_ACL_SLOW },
  { "cluster|addslots", ADMIN },
  { "cluster|addslotsrange", ADMIN },
  { "cluster|bumpepoch", ADMIN },
  { "cluster|count-failure-reports", ADMIN },
  { "cluster|countkeysinslot", CF_ACL_SLOW },
  { "cluster|delslots", ADMIN },
  { "cluster|delslotsrange", ADMIN },
  { "cluster|failover", ADMIN },
  { "cluster|flushslots", ADMIN },
  { "cluster|forget", ADMIN },
  { "cluster|getkeysinslot", CF_ACL_SLOW },
  { "cluster|help", CF_ACL_SLOW },
  { "cluster|info", CF_ACL_SLOW },
  { "cluster|keyslot", CF_ACL_SLOW },
  { "cluster|links", CF_ACL_SLOW },
  { "cluster|meet", ADMIN },
  { "cluster|myid", CF_ACL_SLOW },
  { "cluster|nodes", CF_ACL_SLOW },
  { "cluster|replicas", ADMIN },
  { "cluster|replicate", ADMIN },
  { "cluster|reset", ADMIN },
  { "cluster|saveconfig", ADMIN },
  { "cluster|set-config-epoch", ADMIN },
  { "cluster|setslot", ADMIN },
  { "cluster|shards", CF_ACL_SLOW },
  { "cluster|slaves", ADMIN },
  { "cluster|slots", CF_ACL_SLOW },
  { "eval", SCRIPT },
  { "eval_ro", SCRIPT },
  { "evalsha", SCRIPT },
  { "evalsha_ro", SCRIPT },
  { "failover", ADMIN },
  { "fcall", SCRIPT },
  { "fcall_ro", SCRIPT },
  { "function", CF_ACL_SLOW },
  { "function|delete", SCRIPT | CF_ACL_WRITE },
  { "function|dump", SCRIPT },
  { "function|flush", SCRIPT | CF_ACL_WRITE },
  { "function|help", SCRIPT },
  { "function|kill", SCRIPT },
  { "function|list", SCRIPT },
  { "function|load", SCRIPT | CF_ACL_WRITE },
  { "function|restore", SCRIPT | CF_ACL_WRITE },
  { "function|stats", SCRIPT },
  { "module", CF_ACL_SLOW },
  { "module|help", CF_ACL_SLOW },
  { "module|list", ADMIN },
  { "module|load", ADMIN },
  { "module|loadex", ADMIN },
  { "module|unload", ADMIN },
  { "psync", ADMIN },
  { "readonly", CONNECTION },
  { "readwrite", CONNECTION },
  { "replconf", ADMIN },
  { "replicaof", ADMIN },
  { "restore-asking",
    CF_ACL_DANGEROUS | CF_ACL_KEYSPACE | CF_ACL_SLOW | CF_ACL_WRITE },
  { "save", ADMIN },
  { "script", CF_ACL_SLOW },
  { "script|debug", SCRIPT },
  { "script|exists", SCRIPT },
  { "script|flush", SCRIPT },
  { "script|help", SCRIPT },
  { "script|kill", SCRIPT },
  { "script|load", SCRIPT },
  { "slaveof", ADMIN },
  { "sync", ADMIN },
};

static void
clear_command (gpointer data)
{
  CfAclCommand *command = data;

  g_free (command->name);
}

/* -- Making the list ------------------------------------------------------ */

static void
add_known (CfAclCommands *self, const CfCommandInfo *info)
{
  CfAclCommand command = {
    .name = g_strdup (info->full_name),
    .categories = info->categories,
    .number = info->id,
    .is_subcommand = info->parent != NULL,
    .is_newer = g_strcmp0 (info->command->since, "7.1") > 0,
  };
  guint place = self->all->len;
  guint n = 0;

  g_array_append_val (self->all, command);
  for (; info->subcommands != NULL && info->subcommands[n] != NULL; n++)
    add_known (self, info->subcommands[n]);
  g_array_index (self->all, CfAclCommand, place).n_subcommands = n;
}

/* A subcommand of a container that is there comes to stand alone, which is
 * as good: there is no such command to be run. */
static void
add_foreign (CfAclCommands *self, const CfCommandTable *table)
{
  for (gsize i = 0; i < G_N_ELEMENTS (foreign); i++)
    {
      const char *name = foreign[i].name;
      const char *bar = strchr (name, '|');
      CfAclCommand command = {
        .categories = foreign[i].categories,
        .number = self->n_numbers,
        .is_subcommand = bar != NULL,
      };
      guint parent = self->all->len;

      if (cf_command_table_find_name (table, cf_slice_of_string (name)) != NULL)
        continue;
      while (bar != NULL && parent > 0 &&
             g_array_index (self->all, CfAclCommand, parent - 1).is_subcommand)
        parent--;
      if (bar != NULL &&
          cf_command_table_find_name (
              table, cf_slice (name, (gsize) (bar - name))) == NULL)
        g_array_index (self->all, CfAclCommand, parent - 1).n_subcommands++;
      command.name = g_strdup (name);
      self->n_numbers++;
      g_array_append_val (self->all, command);
    }
}

static void
fill_categories (CfAclCommands *self)
{
  gsize n_words = cf_acl_commands_n_words (self);

  self->categories = g_new0 (guint64, n_words * G_N_ELEMENTS (categories));
  for (guint i = 0; i < self->all->len; i++)
    {
      const CfAclCommand *command = &g_array_index (self->all, CfAclCommand, i);

      for (gsize j = 0; j < G_N_ELEMENTS (categories); j++)
        if ((command->categories & categories[j].bit) && !command->is_newer)
          self->categories[j * n_words + command->number / 64] |=
              G_GUINT64_CONSTANT (1) << (command->number % 64);
    }
}

/**
 * cf_acl_commands_new:
 * @table: the commands there are
 *
 * Returns: (transfer full): the commands that rules may name
 */
CfAclCommands *
cf_acl_commands_new (const CfCommandTable *table)
{
  CfAclCommands *self = g_new0 (CfAclCommands, 1);
  guint n;
  const CfCommandInfo *const *top = cf_command_table_all (table, &n);

  self->all = g_array_new (FALSE, FALSE, sizeof (CfAclCommand));
  g_array_set_clear_func (self->all, clear_command);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->n_numbers = cf_command_table_n_ids (table);
  for (guint i = 0; i < n; i++)
    add_known (self, top[i]);
  add_foreign (self, table);
  for (guint i = 0; i < self->all->len; i++)
    g_hash_table_insert (self->by_name,
                         g_array_index (self->all, CfAclCommand, i).name,
                         GUINT_TO_POINTER (i + 1));
  fill_categories (self);
  return self;
}

/**
 * cf_acl_commands_free:
 * @self: (nullable) (transfer full): a list of commands
 *
 * Frees the list.
 */
void
cf_acl_commands_free (CfAclCommands *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_name);
  g_array_unref (self->all);
  g_free (self->categories);
  g_free (self);
}

/* -- Asking --------------------------------------------------------------- */

/**
 * cf_acl_commands_all:
 * @self: a list of commands
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): all, each before its subcommands
 */
const CfAclCommand *
cf_acl_commands_all (const CfAclCommands *self, guint *n)
{
  *n = self->all->len;
  return (const CfAclCommand *) (gpointer) self->all->data;
}

/**
 * cf_acl_commands_find:
 * @self: a list of commands
 * @name: "get" or "config|get", in any case
 *
 * Returns: (nullable) (transfer none): the command
 */
const CfAclCommand *
cf_acl_commands_find (const CfAclCommands *self, CfSlice name)
{
  g_autofree char *lower = NULL;
  guint place;

  if (name.size == 0 || name.size > 128 ||
      memchr (name.data, '\0', name.size) != NULL)
    return NULL;
  lower = g_ascii_strdown (name.data, (gssize) name.size);
  place = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, lower));
  return place > 0 ? &g_array_index (self->all, CfAclCommand, place - 1) : NULL;
}

/**
 * cf_acl_commands_n_words:
 * @self: a list of commands
 *
 * Returns: how many 64-bit words a bitmap of all of them takes
 */
guint
cf_acl_commands_n_words (const CfAclCommands *self)
{
  return (self->n_numbers + 63) / 64;
}

/**
 * cf_acl_commands_in:
 * @self: a list of commands
 * @i: the number of a category
 *
 * Returns: (transfer none): the bitmap of the commands that Redis 7.0 has in
 *   it, by which text is made
 */
const guint64 *
cf_acl_commands_in (const CfAclCommands *self, guint i)
{
  return self->categories + i * cf_acl_commands_n_words (self);
}

/**
 * cf_acl_category_name:
 * @i: the number of a category
 *
 * Returns: (transfer none) (nullable): its name; %NULL if there are not so many
 */
const char *
cf_acl_category_name (guint i)
{
  return i < G_N_ELEMENTS (categories) ? categories[i].name : NULL;
}

/**
 * cf_acl_category_bit:
 * @i: the number of a category there is
 *
 * Returns: its bit
 */
CfAclCategories
cf_acl_category_bit (guint i)
{
  g_assert (i < G_N_ELEMENTS (categories));
  return categories[i].bit;
}

/**
 * cf_acl_category_find:
 * @name: the name of a category, in any case
 *
 * Returns: its bit, or 0 if there is none of that name
 */
CfAclCategories
cf_acl_category_find (CfSlice name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (categories); i++)
    if (cf_slice_is (name, categories[i].name))
      return categories[i].bit;
  return 0;
}
