/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <glib/gi18n.h>

#include "base/number.h"
#include "client/client-help.h"
#include "client/runner.h"

/* What is special about a command, as its name tells. */
typedef enum
{
  COMMAND_OTHER,
  COMMAND_DISCARD,
  COMMAND_EXEC,
  COMMAND_HELP,
  COMMAND_MONITOR,
  COMMAND_MULTI,
  COMMAND_RESET,
  COMMAND_SELECT,
  COMMAND_SHUTDOWN,
  COMMAND_SUBSCRIBE,
  COMMAND_UNSUBSCRIBE,
} CommandKind;

struct _CfRunner
{
  const CfClientOptions *options; /* (not owned) */
  CfRemote *remote;               /* (owned) */
  gint64 database;
  gint64 database_before_multi;
  gboolean in_multi;
  GString *news; /* (owned) to be shown, came while something was asked */
};

/**
 * cf_runner_new:
 * @options: (transfer none): where to connect to and how to print; must
 *   outlive the runner
 *
 * Returns: (transfer full): the runner, not connected
 */
CfRunner *
cf_runner_new (const CfClientOptions *options)
{
  CfRunner *self = g_new0 (CfRunner, 1);

  self->options = options;
  self->remote =
      cf_remote_new (options->host, (guint16) options->port, options->socket);
  cf_remote_set_tls (self->remote, &options->tls);
  self->database = options->database;
  self->news = g_string_new (NULL);
  return self;
}

/**
 * cf_runner_free:
 * @self: (nullable) (transfer full): a runner
 *
 * Frees the runner and its remote.
 */
void
cf_runner_free (CfRunner *self)
{
  if (self == NULL)
    return;
  cf_remote_free (self->remote);
  g_string_free (self->news, TRUE);
  g_free (self);
}

/**
 * cf_runner_get_remote:
 * @self: a runner
 *
 * Returns: (transfer none): the server it runs commands on
 */
CfRemote *
cf_runner_get_remote (CfRunner *self)
{
  return self->remote;
}

/**
 * cf_runner_set_remote:
 * @self: a runner
 * @remote: (transfer full): the server to run commands on from now on
 */
void
cf_runner_set_remote (CfRunner *self, CfRemote *remote)
{
  cf_remote_free (self->remote);
  self->remote = remote;
  cf_remote_set_tls (remote, &self->options->tls);
}

/* ---- Connecting --------------------------------------------------------- */

static gboolean
is_error (const CfReplyTree *reply)
{
  return reply->kind == CF_REPLY_TREE_ERROR;
}

static gboolean
log_in (CfRunner *self, GError **error)
{
  const CfClientOptions *options = self->options;
  g_autoptr (CfReplyTree) reply = NULL;

  if (options->password == NULL)
    return TRUE;
  if (options->user != NULL)
    reply = cf_remote_call (self->remote, error, "AUTH", options->user,
                            options->password, NULL);
  else
    reply =
        cf_remote_call (self->remote, error, "AUTH", options->password, NULL);
  if (reply != NULL && is_error (reply))
    g_printerr (_ ("AUTH failed: %s\n"), reply->text);
  return reply != NULL;
}

static gboolean
select_database (CfRunner *self, GError **error)
{
  char text[CF_INT64_SIZE];
  g_autoptr (CfReplyTree) reply = NULL;

  if (self->database == 0)
    return TRUE;
  cf_format_int64 (text, self->database);
  reply = cf_remote_call (self->remote, error, "SELECT", text, NULL);
  if (reply != NULL && is_error (reply))
    {
      g_printerr (_ ("SELECT %s failed: %s\n"), text, reply->text);
      self->database = 0;
    }
  return reply != NULL;
}

static gboolean
choose_protocol (CfRunner *self, GError **error)
{
  gboolean is_json = self->options->style.format == CF_FORMAT_JSON ||
                     self->options->style.format == CF_FORMAT_QUOTED_JSON;
  g_autoptr (CfReplyTree) reply = NULL;

  if (self->options->resp == 2 || (self->options->resp == 0 && !is_json))
    return TRUE;
  reply = cf_remote_call (self->remote, error, "HELLO", "3", NULL);
  if (reply != NULL && is_error (reply) && self->options->resp == 3)
    g_printerr (_ ("HELLO 3 failed: %s\n"), reply->text);
  return reply != NULL;
}

/**
 * cf_runner_connect:
 * @self: a runner
 * @error: return location for an error, or %NULL
 *
 * Connects, logs in, selects the database and chooses the protocol.  Only the
 * first is fatal: of the others, failure is told.
 *
 * Returns: %TRUE if there is a connection now
 */
gboolean
cf_runner_connect (CfRunner *self, GError **error)
{
  self->in_multi = FALSE;
  return cf_remote_connect (self->remote, error) && log_in (self, error) &&
         select_database (self, error) && choose_protocol (self, error);
}

/* ---- Commands ----------------------------------------------------------- */

static CommandKind
find_kind (CfSlice name)
{
  static const struct
  {
    const char *name;
    CommandKind kind;
  } kinds[] = {
    { "?", COMMAND_HELP },
    { "discard", COMMAND_DISCARD },
    { "exec", COMMAND_EXEC },
    { "help", COMMAND_HELP },
    { "monitor", COMMAND_MONITOR },
    { "multi", COMMAND_MULTI },
    { "psubscribe", COMMAND_SUBSCRIBE },
    { "punsubscribe", COMMAND_UNSUBSCRIBE },
    { "reset", COMMAND_RESET },
    { "select", COMMAND_SELECT },
    { "shutdown", COMMAND_SHUTDOWN },
    { "ssubscribe", COMMAND_SUBSCRIBE },
    { "subscribe", COMMAND_SUBSCRIBE },
    { "sunsubscribe", COMMAND_UNSUBSCRIBE },
    { "unsubscribe", COMMAND_UNSUBSCRIBE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (cf_slice_is (name, kinds[i].name))
      return kinds[i].kind;
  return COMMAND_OTHER;
}

/* Whether the reply is text for people, to be shown as it is. */
static gboolean
replies_for_people (const CfSlice *argv, gsize argc)
{
  static const struct
  {
    const char *name, *subcommand;
    gsize argc_max; /* 0: any */
  } commands[] = {
    { "client", "info", 0 },   { "client", "list", 0 },
    { "cluster", "info", 2 },  { "cluster", "nodes", 2 },
    { "debug", "htstats", 0 }, { "debug", "htstats-key", 0 },
    { "info", NULL, 0 },       { "latency", "doctor", 2 },
    { "latency", "graph", 3 }, { "lolwut", NULL, 0 },
    { "memory", "doctor", 0 }, { "memory", "malloc-stats", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (cf_slice_is (argv[0], commands[i].name) &&
        (commands[i].subcommand == NULL ||
         (argc > 1 && cf_slice_is (argv[1], commands[i].subcommand))) &&
        (commands[i].argc_max == 0 || argc <= commands[i].argc_max))
      return TRUE;
  return FALSE;
}

static void
print (const GString *out)
{
  fwrite (out->str, 1, out->len, stdout);
  fflush (stdout);
}

static void
print_reply (CfRunner *self, const CfReplyTree *reply, gboolean for_people)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (for_people)
    cf_format_verbatim (out, reply, &self->options->style);
  else
    cf_format_reply (out, reply, &self->options->style);
  print (out);
}

static void
print_push (CfRunner *self, const CfReplyTree *push)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (!self->options->show_pushes)
    return;
  cf_format_push (out, push, &self->options->style);
  print (out);
}

static void
add_news (CfRunner *self, const CfReplyTree *push)
{
  if (self->options->show_pushes || push->kind != CF_REPLY_TREE_PUSH)
    cf_format_push (self->news, push, &self->options->style);
}

/**
 * cf_runner_take_pushes:
 * @self: a runner
 *
 * Takes what the server has sent without having been asked; waits for nothing.
 *
 * Returns: (transfer full) (nullable): how to show it; %NULL if there is
 *   nothing to show
 */
char *
cf_runner_take_pushes (CfRunner *self)
{
  CfReplyTree *push = NULL;
  gsize sent;
  char *text;

  while (cf_remote_is_connected (self->remote) &&
         cf_remote_exchange (self->remote, NULL, 0, &sent, 0, &push, NULL) &&
         push != NULL)
    {
      add_news (self, push);
      cf_reply_tree_free (push);
    }
  if (self->news->len == 0)
    return NULL;
  text = g_strdup (self->news->str);
  g_string_truncate (self->news, 0);
  return text;
}

/**
 * cf_runner_ask:
 * @self: a runner
 * @words: (array zero-terminated=1): a command and its arguments
 *
 * Runs a command that the user knows nothing of.  What comes before its reply
 * is kept for cf_runner_take_pushes().
 *
 * Returns: (transfer full) (nullable): the reply; %NULL without a connection,
 *   and in a transaction, which would queue the command
 */
CfReplyTree *
cf_runner_ask (CfRunner *self, const char *const *words)
{
  CfSlice argv[4];
  gsize argc;
  CfReplyTree *reply;

  if (self->in_multi || !cf_remote_is_connected (self->remote))
    return NULL;
  for (argc = 0; words[argc] != NULL; argc++)
    {
      g_assert (argc < G_N_ELEMENTS (argv));
      argv[argc] = cf_slice_of_string (words[argc]);
    }
  if (!cf_remote_send (self->remote, argv, argc, NULL))
    return NULL;
  while ((reply = cf_remote_receive (self->remote, NULL)) != NULL &&
         reply->kind == CF_REPLY_TREE_PUSH)
    {
      add_news (self, reply);
      cf_reply_tree_free (reply);
    }
  return reply;
}

/* The reply of the command that runs; pushes before it are printed. */
static CfReplyTree *
receive_reply (CfRunner *self, gboolean is_push, GError **error)
{
  CfReplyTree *reply;

  while ((reply = cf_remote_receive (self->remote, error)) != NULL &&
         reply->kind == CF_REPLY_TREE_PUSH && !is_push)
    {
      print_push (self, reply);
      cf_reply_tree_free (reply);
    }
  return reply;
}

static void
note_reply (CfRunner *self,
            CommandKind kind,
            const CfSlice *argv,
            gsize argc,
            const CfReplyTree *reply)
{
  gboolean failed = is_error (reply) || reply->kind == CF_REPLY_TREE_NIL;

  if (kind == COMMAND_SELECT && argc == 2 && !failed)
    cf_parse_int64 (argv[1].data, argv[1].size, &self->database);
  else if (kind == COMMAND_MULTI && !failed)
    {
      self->in_multi = TRUE;
      self->database_before_multi = self->database;
    }
  else if (self->in_multi && (kind == COMMAND_EXEC || kind == COMMAND_DISCARD))
    {
      self->in_multi = FALSE;
      if (failed || kind == COMMAND_DISCARD)
        self->database = self->database_before_multi;
    }
  else if (kind == COMMAND_RESET && !failed)
    {
      self->in_multi = FALSE;
      self->database = 0;
    }
}

static CfRunOutcome
take_reply (CfRunner *self,
            CommandKind kind,
            const CfSlice *argv,
            gsize argc,
            GError **error)
{
  g_autoptr (GError) trouble = NULL;
  g_autoptr (CfReplyTree) reply =
      receive_reply (self, kind == COMMAND_UNSUBSCRIBE, &trouble);

  if (reply == NULL && kind == COMMAND_SHUTDOWN)
    return CF_RUN_DONE;
  if (reply == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&trouble));
      return CF_RUN_LOST;
    }
  note_reply (self, kind, argv, argc, reply);
  if (is_error (reply) && self->options->fail_on_error)
    {
      fprintf (stderr, "%s\n", reply->text);
      return CF_RUN_ERROR_REPLY;
    }
  print_reply (self, reply, replies_for_people (argv, argc));
  return CF_RUN_DONE;
}

/* Prints whatever comes, until the server closes or the user has enough. */
static CfRunOutcome
follow (CfRunner *self, CommandKind kind, GError **error)
{
  gboolean is_first = TRUE;

  if (kind == COMMAND_SUBSCRIBE && self->options->style.format != CF_FORMAT_RAW)
    printf ("%s\n", _ ("Reading messages... (press Ctrl-C to quit)"));
  fflush (stdout);
  for (;;)
    {
      g_autoptr (CfReplyTree) reply =
          receive_reply (self, kind == COMMAND_SUBSCRIBE, error);

      if (reply == NULL)
        return CF_RUN_LOST;
      if (is_first && is_error (reply) && self->options->fail_on_error)
        {
          fprintf (stderr, "%s\n", reply->text);
          return CF_RUN_ERROR_REPLY;
        }
      print_reply (self, reply, FALSE);
      if (is_first && (is_error (reply) || self->in_multi))
        return CF_RUN_DONE;
      is_first = FALSE;
    }
}

static CfRunOutcome
run_once (CfRunner *self, const CfSlice *argv, gsize argc, GError **error)
{
  CommandKind kind = find_kind (argv[0]);
  CfRunOutcome outcome = CF_RUN_DONE;
  gsize n_replies =
      kind == COMMAND_UNSUBSCRIBE && argc > 2 && !self->in_multi ? argc - 1 : 1;

  if (kind == COMMAND_HELP)
    {
      g_autoptr (GString) out = g_string_new (NULL);

      if (!cf_client_help_make (self->remote, argv + 1, argc - 1, out, error))
        return CF_RUN_LOST;
      print (out);
      return CF_RUN_DONE;
    }
  if (!cf_remote_send (self->remote, argv, argc, error))
    return CF_RUN_LOST;
  if (kind == COMMAND_MONITOR || kind == COMMAND_SUBSCRIBE)
    return follow (self, kind, error);
  while (n_replies-- > 0 && outcome == CF_RUN_DONE)
    outcome = take_reply (self, kind, argv, argc, error);
  return outcome;
}

/**
 * cf_runner_run:
 * @self: a runner, connected
 * @argv: (array length=argc): a command and its arguments
 * @argc: how many they are
 * @repeat: how often to run it; for ever if negative
 * @error: return location for an error, or %NULL
 *
 * Runs a command and prints the reply, then waits as the options say, each
 * time.
 *
 * Returns: how it ended
 */
CfRunOutcome
cf_runner_run (CfRunner *self,
               const CfSlice *argv,
               gsize argc,
               gint64 repeat,
               GError **error)
{
  CfRunOutcome outcome = CF_RUN_DONE;

  for (gint64 i = 0; outcome == CF_RUN_DONE && (repeat < 0 || i < repeat); i++)
    {
      outcome = run_once (self, argv, argc, error);
      if (self->options->interval_us > 0)
        g_usleep ((gulong) self->options->interval_us);
    }
  return outcome;
}

/**
 * cf_runner_make_prompt:
 * @self: a runner
 *
 * Returns: (transfer full): where one is, to be shown before what is typed
 */
char *
cf_runner_make_prompt (CfRunner *self)
{
  g_autoptr (GString) prompt = g_string_new (NULL);

  if (!cf_remote_is_connected (self->remote))
    return g_strdup (_ ("not connected> "));
  g_string_append_printf (prompt,
                          self->options->socket != NULL ? "coffer %s" : "%s",
                          cf_remote_get_name (self->remote));
  if (self->database != 0)
    g_string_append_printf (prompt, "[%" G_GINT64_FORMAT "]", self->database);
  g_string_append (prompt, self->in_multi ? "(TX)> " : "> ");
  return g_string_free (g_steal_pointer (&prompt), FALSE);
}
