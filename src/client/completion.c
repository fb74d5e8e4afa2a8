/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "base/number.h"
#include "client/completion.h"
#include "proto/split.h"

struct _CfCompletion
{
  CfRunner *runner;    /* (not owned) */
  CfReplyTree *server; /* (owned) (nullable) COMMAND LIST, when it is known */
};

/* What only the server can tell. */
typedef enum
{
  NAMES_OF_CHANNELS,
  NAMES_OF_FUNCTIONS,
  NAMES_OF_LIBRARIES,
  NAMES_OF_SHARD_CHANNELS,
} Names;

static const struct
{
  const char *command, *subcommand; /* (nullable) */
  gsize first, last;                /* which arguments these are */
  Names names;
} places[] = {
  { "fcall", NULL, 1, 1, NAMES_OF_FUNCTIONS },
  { "fcall_ro", NULL, 1, 1, NAMES_OF_FUNCTIONS },
  { "function", "delete", 2, 2, NAMES_OF_LIBRARIES },
  { "publish", NULL, 1, 1, NAMES_OF_CHANNELS },
  { "pubsub", "numsub", 2, G_MAXSIZE, NAMES_OF_CHANNELS },
  { "pubsub", "shardnumsub", 2, G_MAXSIZE, NAMES_OF_SHARD_CHANNELS },
  { "spublish", NULL, 1, 1, NAMES_OF_SHARD_CHANNELS },
  { "ssubscribe", NULL, 1, G_MAXSIZE, NAMES_OF_SHARD_CHANNELS },
  { "subscribe", NULL, 1, G_MAXSIZE, NAMES_OF_CHANNELS },
};

/* What the client knows itself. */
static const char *const own_words[] = { "clear", "connect", "exit", "help",
                                         "quit" };

/**
 * cf_completion_new:
 * @runner: what asks the server; must outlive the completion
 *
 * Returns: (transfer full): a completion
 */
CfCompletion *
cf_completion_new (CfRunner *runner)
{
  CfCompletion *self = g_new0 (CfCompletion, 1);

  self->runner = runner;
  return self;
}

/**
 * cf_completion_free:
 * @self: (nullable) (transfer full): a completion
 *
 * Frees the completion.
 */
void
cf_completion_free (CfCompletion *self)
{
  if (self == NULL)
    return;
  cf_reply_tree_free (self->server);
  g_free (self);
}

/* ---- Words of commands, in the case that the user types ----------------- */

static void
add_word (GStrvBuilder *found, const char *word, const char *start)
{
  gboolean is_lower = start[0] == '\0' || g_ascii_islower (start[0]);
  g_autofree char *cased = NULL;

  if (g_ascii_strncasecmp (word, start, strlen (start)) != 0)
    return;
  cased = is_lower ? g_ascii_strdown (word, -1) : g_ascii_strup (word, -1);
  g_strv_builder_add (found, cased);
}

static void
learn_commands (CfCompletion *self)
{
  static const char *const question[] = { "COMMAND", "LIST", NULL };

  if (self->server == NULL)
    self->server = cf_runner_ask (self->runner, question);
  if (self->server != NULL && !cf_reply_tree_is_aggregate (self->server))
    g_clear_pointer (&self->server, cf_reply_tree_free);
}

static void
add_commands (CfCompletion *self, GStrvBuilder *found, const char *start)
{
  for (gsize i = 0; i < G_N_ELEMENTS (own_words); i++)
    add_word (found, own_words[i], start);
  learn_commands (self);
  for (gsize i = 0; self->server != NULL && i < self->server->size; i++)
    {
      const CfReplyTree *word = &self->server->children[i];

      if (cf_reply_tree_has_text (word) && strchr (word->text, '|') == NULL &&
          !cf_reply_tree_is (word, "quit"))
        add_word (found, word->text, start);
    }
}

/* The server has them as "command|subcommand". */
static void
add_subcommands (CfCompletion *self,
                 GStrvBuilder *found,
                 CfSlice command,
                 const char *start)
{
  learn_commands (self);
  for (gsize i = 0; self->server != NULL && i < self->server->size; i++)
    {
      const CfReplyTree *word = &self->server->children[i];
      const char *bar =
          cf_reply_tree_has_text (word) ? strchr (word->text, '|') : NULL;

      if (bar != NULL && (gsize) (bar - word->text) == command.size &&
          g_ascii_strncasecmp (word->text, command.data, command.size) == 0)
        add_word (found, bar + 1, start);
    }
}

/* ---- Names that the server keeps ---------------------------------------- */

/* What could not be typed without quotes is left out. */
static void
add_name (GStrvBuilder *found, const CfReplyTree *name, const char *start)
{
  if (name == NULL || !cf_reply_tree_has_text (name) || name->size == 0 ||
      !g_str_has_prefix (name->text, start) ||
      strpbrk (name->text, "\"'\\") != NULL)
    return;
  for (gsize i = 0; i < name->size; i++)
    if ((guchar) name->text[i] <= ' ' || name->text[i] == '\x7f')
      return;
  g_strv_builder_add (found, name->text);
}

/* A pattern that just what begins with @start fits. */
static char *
make_pattern (const char *start)
{
  GString *pattern = g_string_new (NULL);

  for (; *start != '\0'; start++)
    {
      if (strchr ("*?[]\\", *start) != NULL)
        g_string_append_c (pattern, '\\');
      g_string_append_c (pattern, *start);
    }
  g_string_append_c (pattern, '*');
  return g_string_free (pattern, FALSE);
}

static void
add_channels (CfCompletion *self,
              GStrvBuilder *found,
              const char *subcommand,
              const char *start)
{
  g_autofree char *pattern = make_pattern (start);
  const char *const question[] = { "PUBSUB", subcommand, pattern, NULL };
  g_autoptr (CfReplyTree) reply = cf_runner_ask (self->runner, question);

  if (reply == NULL || !cf_reply_tree_is_aggregate (reply))
    return;
  for (gsize i = 0; i < reply->size; i++)
    add_name (found, &reply->children[i], start);
}

static void
add_functions (GStrvBuilder *found,
               const CfReplyTree *library,
               const char *start)
{
  const CfReplyTree *functions = cf_reply_tree_find (library, "functions");

  if (functions == NULL || !cf_reply_tree_is_aggregate (functions))
    return;
  for (gsize i = 0; i < functions->size; i++)
    add_name (found, cf_reply_tree_find (&functions->children[i], "name"),
              start);
}

static void
add_libraries (CfCompletion *self,
               GStrvBuilder *found,
               gboolean wants_functions,
               const char *start)
{
  static const char *const question[] = { "FUNCTION", "LIST", NULL };
  g_autoptr (CfReplyTree) reply = cf_runner_ask (self->runner, question);

  if (reply == NULL || !cf_reply_tree_is_aggregate (reply))
    return;
  for (gsize i = 0; i < reply->size; i++)
    if (wants_functions)
      add_functions (found, &reply->children[i], start);
    else
      add_name (found, cf_reply_tree_find (&reply->children[i], "library_name"),
                start);
}

static void
add_names (CfCompletion *self,
           GStrvBuilder *found,
           Names names,
           const char *start)
{
  switch (names)
    {
    case NAMES_OF_CHANNELS:
      add_channels (self, found, "CHANNELS", start);
      break;
    case NAMES_OF_SHARD_CHANNELS:
      add_channels (self, found, "SHARDCHANNELS", start);
      break;
    case NAMES_OF_FUNCTIONS:
    case NAMES_OF_LIBRARIES:
      add_libraries (self, found, names == NAMES_OF_FUNCTIONS, start);
      break;
    }
}

/* ---- Which word it is --------------------------------------------------- */

static void
add_arguments (CfCompletion *self,
               GStrvBuilder *found,
               const CfSlice *argv,
               gsize argc,
               const char *start)
{
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    if (cf_slice_is (argv[0], places[i].command) && argc >= places[i].first &&
        argc <= places[i].last &&
        (places[i].subcommand == NULL ||
         cf_slice_is (argv[1], places[i].subcommand)))
      {
        add_names (self, found, places[i].names, start);
        return;
      }
  if (argc == 1)
    add_subcommands (self, found, argv[0], start);
}

static void
add_all (CfCompletion *self,
         GStrvBuilder *found,
         const CfSlice *argv,
         gsize argc,
         const char *start)
{
  gint64 repeat;

  if (argc > 0 && (cf_parse_int64 (argv[0].data, argv[0].size, &repeat) ||
                   cf_slice_is (argv[0], "help")))
    {
      argv++;
      argc--;
    }
  if (argc == 0)
    add_commands (self, found, start);
  else
    add_arguments (self, found, argv, argc, start);
}

/**
 * cf_completion_find:
 * @self: a completion
 * @before: what stands on the line before the word
 * @start: the first letters of the word
 *
 * Returns: (transfer full): what the word may be; nothing if @before
 *   is within quotes
 */
GStrv
cf_completion_find (CfCompletion *self, const char *before, const char *start)
{
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  g_autoptr (GString) line = g_string_new (before);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CfSpan));
  g_autoptr (GArray) args = g_array_new (FALSE, FALSE, sizeof (CfSlice));

  if (cf_split_args (line->str, line->len, spans))
    {
      for (guint i = 0; i < spans->len; i++)
        {
          const CfSpan *span = &g_array_index (spans, CfSpan, i);
          CfSlice arg = cf_slice (line->str + span->offset, span->size);

          g_array_append_val (args, arg);
        }
      add_all (self, found, (const CfSlice *) (void *) args->data, args->len,
               start);
    }
  return g_strv_builder_end (found);
}
