/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/number.h"
#include "engine/command.h"

#define NAME_MAX_BYTES 64 /* longer words are no command's name */

struct _CfCommandTable
{
  GPtrArray *all;   /* (owned) (element-type CfCommandInfo) top level */
  GPtrArray *by_id; /* (owned) (element-type CfCommandInfo) (owned) */
  const CfCommandInfo **cells; /* (owned) open addressing, by word_hash() */
  guint mask;
};

/* Case-blind; names are few and known, so that it need not resist floods. */
static guint
word_hash (CfSlice word)
{
  guint hash = (guint) word.size;

  for (gsize i = 0; i < word.size; i++)
    hash = hash * 31 + ((guchar) word.data[i] | 0x20);
  return hash ^ hash >> 7;
}

/* Most clients write commands in capitals, as @name is. */
static gboolean
word_matches (CfSlice word, const char *name)
{
  gsize i = 0;

  while (i < word.size && word.data[i] == name[i])
    i++;
  for (; i < word.size; i++)
    if (g_ascii_toupper (word.data[i]) != name[i])
      return FALSE;
  return name[word.size] == '\0';
}

static CfAclCategories
implied_categories (const CfCommand *command)
{
  CfAclCategories all = command->categories;

  if (command->flags & CF_COMMAND_WRITE)
    all |= CF_ACL_WRITE;
  if ((command->flags & CF_COMMAND_READONLY) && !(all & CF_ACL_SCRIPTING))
    all |= CF_ACL_READ;
  if (command->flags & CF_COMMAND_ADMIN)
    all |= CF_ACL_ADMIN | CF_ACL_DANGEROUS;
  if (command->flags & CF_COMMAND_PUBSUB)
    all |= CF_ACL_PUBSUB;
  if (command->flags & CF_COMMAND_BLOCKING)
    all |= CF_ACL_BLOCKING;
  all |= command->flags & CF_COMMAND_FAST ? CF_ACL_FAST : CF_ACL_SLOW;
  return all;
}

/* Fills in the fields that spare the common commands a walk over specs. */
static void
set_simple_keys (CfCommandInfo *info)
{
  const CfKeySpec *spec = info->command->keys;

  info->simple = info->command->get_keys == NULL &&
                 (spec->flags == NULL ||
                  (spec[1].flags == NULL && spec->keyword == NULL &&
                   spec->keynum == 0 && spec->limit <= 1 && !spec->incomplete));
  if (info->simple && spec->flags != NULL)
    {
      info->reads = cf_command_spec_reads (info, 0);
      info->first = spec->first;
      info->last = spec->last;
      info->step = spec->step;
    }
  for (gsize i = 0; i < CF_KEY_SPECS_MAX && spec[i].flags != NULL; i++)
    if (spec[i].keyword != NULL || spec[i].keynum != 0 || spec[i].incomplete ||
        spec[i].unknown)
      info->movable_keys = TRUE;
}

/**
 * cf_command_needs:
 * @flags: the flags of a key, as a specification has them
 *
 * Returns: what a user must be allowed, #CfKeyNeeds
 */
guint8
cf_command_needs (const char *flags)
{
  guint8 needs = 0;

  if (strstr (flags, "access") != NULL)
    needs |= CF_NEEDS_READ;
  if (strstr (flags, "insert") != NULL || strstr (flags, "delete") != NULL ||
      strstr (flags, "update") != NULL)
    needs |= CF_NEEDS_WRITE;
  return needs;
}

static void
set_needs (CfCommandInfo *info)
{
  const CfKeySpec *spec = info->command->keys;

  for (gsize i = 0; i < CF_KEY_SPECS_MAX && spec[i].flags != NULL; i++)
    info->needs[i] = cf_command_needs (spec[i].flags);
}

static void
check_declaration (const CfCommand *command)
{
  g_assert (command->arity != 0 && command->summary != NULL);
  g_assert (command->run != NULL || command->n_subcommands > 0);
  g_assert (!(command->flags & CF_COMMAND_WRITE) ||
            !(command->flags & CF_COMMAND_READONLY));
  for (gsize i = 0; i < CF_KEY_SPECS_MAX && command->keys[i].flags != NULL; i++)
    g_assert (command->keys[i].step > 0);
}

static CfCommandInfo *
add_command (CfCommandTable *self,
             const CfCommand *command,
             const char *group,
             const CfCommandInfo *parent)
{
  CfCommandInfo *info = g_new0 (CfCommandInfo, 1);
  g_autofree char *name = NULL;

  check_declaration (command);
  name = parent != NULL
             ? g_strconcat (parent->command->name, "|", command->name, NULL)
             : g_strdup (command->name);
  info->command = command;
  info->parent = parent;
  info->group = command->group != NULL ? command->group : group;
  info->full_name = g_ascii_strdown (name, -1);
  info->id = self->by_id->len;
  info->is_container = command->n_subcommands > 0;
  info->categories = implied_categories (command);
  set_simple_keys (info);
  set_needs (info);
  g_ptr_array_add (self->by_id, info);
  if (info->is_container)
    info->subcommands =
        g_new0 (const CfCommandInfo *, command->n_subcommands + 1);
  for (gsize i = 0; i < command->n_subcommands; i++)
    info->subcommands[i] =
        add_command (self, &command->subcommands[i], info->group, info);
  return info;
}

static void
free_info (gpointer data)
{
  CfCommandInfo *info = data;

  g_free (info->full_name);
  g_free (info->subcommands);
  g_free (info);
}

static void
fill_cells (CfCommandTable *self)
{
  guint n_cells = 64;

  while (n_cells < self->all->len * 4)
    n_cells *= 2;
  self->mask = n_cells - 1;
  self->cells = g_new0 (const CfCommandInfo *, n_cells);
  for (guint i = 0; i < self->all->len; i++)
    {
      const CfCommandInfo *info = g_ptr_array_index (self->all, i);
      const char *name = info->command->name;
      guint cell = word_hash (cf_slice_of_string (name)) & self->mask;

      for (; self->cells[cell] != NULL; cell = (cell + 1) & self->mask)
        if (strcmp (self->cells[cell]->command->name, name) == 0)
          g_error ("command %s is declared twice", name);
      self->cells[cell] = info;
    }
}

/**
 * cf_command_table_new:
 * @families: (array zero-terminated=1): the families the table is to hold
 *
 * Dies if a declaration is at odds with itself.
 *
 * Returns: (transfer full): the table
 */
CfCommandTable *
cf_command_table_new (const CfFamily *const *families)
{
  CfCommandTable *self = g_new0 (CfCommandTable, 1);

  self->all = g_ptr_array_new ();
  self->by_id = g_ptr_array_new_with_free_func (free_info);
  for (; *families != NULL; families++)
    for (gsize i = 0; i < (*families)->n_commands; i++)
      g_ptr_array_add (self->all, add_command (self, &(*families)->commands[i],
                                               (*families)->group, NULL));
  fill_cells (self);
  return self;
}

/**
 * cf_command_table_free:
 * @self: (nullable) (transfer full): a table
 *
 * Frees the table.
 */
void
cf_command_table_free (CfCommandTable *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->all);
  g_ptr_array_unref (self->by_id);
  g_free (self->cells);
  g_free (self);
}

static const CfCommandInfo *
find_word (const CfCommandTable *self, CfSlice word)
{
  guint cell;

  if (word.size == 0 || word.size > NAME_MAX_BYTES)
    return NULL;
  cell = word_hash (word) & self->mask;
  for (; self->cells[cell] != NULL; cell = (cell + 1) & self->mask)
    if (word_matches (word, self->cells[cell]->command->name))
      return self->cells[cell];
  return NULL;
}

static const CfCommandInfo *
find_subcommand (const CfCommandInfo *container, CfSlice word)
{
  if (word.size > NAME_MAX_BYTES)
    return NULL;
  for (const CfCommandInfo **sub = container->subcommands; *sub != NULL; sub++)
    if (word_matches (word, (*sub)->command->name))
      return *sub;
  return NULL;
}

/**
 * cf_command_table_find:
 * @self: the table
 * @argv: the words of a request
 * @argc: how many there are
 *
 * Returns: (transfer none) (nullable): the command, or the subcommand where
 *   @argv names one; the container where it names an unknown one; %NULL for an
 *   unknown command
 */
const CfCommandInfo *
cf_command_table_find (const CfCommandTable *self,
                       const CfSlice *argv,
                       guint argc)
{
  const CfCommandInfo *info = argc > 0 ? find_word (self, argv[0]) : NULL;
  const CfCommandInfo *sub;

  if (info == NULL || !info->is_container || argc < 2)
    return info;
  sub = find_subcommand (info, argv[1]);
  return sub != NULL ? sub : info;
}

/**
 * cf_command_table_find_name:
 * @self: the table
 * @full_name: "get" or "config|get", in any case
 *
 * Returns: (transfer none) (nullable): the command of that name
 */
const CfCommandInfo *
cf_command_table_find_name (const CfCommandTable *self, CfSlice full_name)
{
  const char *bar =
      full_name.size > 0 ? memchr (full_name.data, '|', full_name.size) : NULL;
  const CfCommandInfo *info;
  gsize size;

  if (bar == NULL)
    return find_word (self, full_name);
  size = (gsize) (bar - full_name.data);
  info = find_word (self, cf_slice (full_name.data, size));
  if (info == NULL || !info->is_container)
    return NULL;
  return find_subcommand (info, cf_slice (bar + 1, full_name.size - size - 1));
}

/**
 * cf_command_table_all:
 * @self: a table
 * @n: (out): how many commands
 *
 * Returns: (transfer none) (array length=n): the commands, without subcommands
 */
const CfCommandInfo *const *
cf_command_table_all (const CfCommandTable *self, guint *n)
{
  *n = self->all->len;
  return (const CfCommandInfo *const *) self->all->pdata;
}

/**
 * cf_command_table_by_id:
 * @self: a table
 * @id: the number of a command or subcommand
 *
 * Returns: (nullable) (transfer none): the command
 */
const CfCommandInfo *
cf_command_table_by_id (const CfCommandTable *self, guint id)
{
  return id < self->by_id->len ? g_ptr_array_index (self->by_id, id) : NULL;
}

/**
 * cf_command_table_n_ids:
 * @self: a table
 *
 * Returns: how many commands and subcommands there are
 */
guint
cf_command_table_n_ids (const CfCommandTable *self)
{
  return self->by_id->len;
}

/* Where the keys of @spec begin; FALSE: its keyword is not there. */
static gboolean
find_begin (const CfKeySpec *spec, const CfSlice *argv, guint argc, int *begin)
{
  int step = spec->first > 0 ? 1 : -1;
  int i = spec->first > 0 ? spec->first : (int) argc + spec->first;

  if (spec->keyword == NULL)
    {
      *begin = spec->first;
      return TRUE;
    }
  for (; i > 0 && i < (int) argc; i += step)
    if (cf_slice_is (argv[i], spec->keyword))
      {
        *begin = i + 1;
        return TRUE;
      }
  return FALSE;
}

/* Where the last key of a range is that begins at @begin. */
static int
find_last (const CfKeySpec *spec, int begin, int argc)
{
  if (spec->last >= 0)
    return begin + spec->last;
  if (spec->limit > 1)
    return begin + (argc - begin) / spec->limit + spec->last;
  return argc + spec->last;
}

static gboolean
count_keys (const CfKeySpec *spec,
            const CfSlice *argv,
            int argc,
            int begin,
            int *first,
            int *last)
{
  int at = begin + spec->keynum - 1;
  gint64 n;

  if (at >= argc || !cf_parse_int64 (argv[at].data, argv[at].size, &n) ||
      n < 0 || n > argc)
    return FALSE;
  *first = begin + spec->keynum_first;
  *last = *first + ((int) n - 1) * spec->step;
  return TRUE;
}

static gboolean
append_spec (const CfKeySpec *spec,
             const CfSlice *argv,
             guint argc,
             GArray *positions)
{
  int begin, first, last;

  if (!find_begin (spec, argv, argc, &begin))
    return TRUE;
  first = begin;
  last = find_last (spec, begin, (int) argc);
  if (spec->keynum > 0 &&
      !count_keys (spec, argv, (int) argc, begin, &first, &last))
    return FALSE;
  if (last >= (int) argc)
    return FALSE;
  for (guint i = (guint) first; (int) i <= last; i += (guint) spec->step)
    g_array_append_val (positions, i);
  return TRUE;
}

/**
 * cf_command_key_positions:
 * @info: a command
 * @argv: a request of it
 * @argc: how many words that has, as many as its arity asks for
 * @positions: (element-type guint): where to append the numbers of the
 *   arguments that are keys
 *
 * Returns: %FALSE if the arguments do not fit
 */
gboolean
cf_command_key_positions (const CfCommandInfo *info,
                          const CfSlice *argv,
                          guint argc,
                          GArray *positions)
{
  const CfKeySpec *specs = info->command->keys;

  if (info->command->get_keys != NULL)
    return info->command->get_keys (argv, argc, positions);
  for (gsize i = 0; i < CF_KEY_SPECS_MAX && specs[i].flags != NULL; i++)
    if (!append_spec (&specs[i], argv, argc, positions))
      return FALSE;
  return TRUE;
}

/**
 * cf_command_spec_positions:
 * @info: a command
 * @i: the number of a key specification that it has
 * @argv: a request of it
 * @argc: how many words that has, as many as its arity asks for
 * @positions: (element-type guint): where to append the numbers of the
 *   arguments that are keys by it
 *
 * Returns: %FALSE if the arguments do not fit
 */
gboolean
cf_command_spec_positions (const CfCommandInfo *info,
                           guint i,
                           const CfSlice *argv,
                           guint argc,
                           GArray *positions)
{
  return append_spec (&info->command->keys[i], argv, argc, positions);
}

/**
 * cf_command_spec_reads:
 * @info: a command
 * @i: the number of a key specification that it has
 *
 * Returns: whether the keys by it are only read
 */
gboolean
cf_command_spec_reads (const CfCommandInfo *info, guint i)
{
  const CfCommand *command = info->command;

  return g_str_has_prefix (command->keys[i].flags, "RO") &&
         !(command->flags & CF_COMMAND_MAY_REPLICATE);
}

/**
 * cf_command_arity_fits:
 * @command: a command
 * @argc: a number of arguments, its name among them
 *
 * Returns: %TRUE if the command can be called with so many
 */
gboolean
cf_command_arity_fits (const CfCommand *command, guint argc)
{
  return command->arity < 0 ? argc >= (guint) -command->arity
                            : argc == (guint) command->arity;
}
