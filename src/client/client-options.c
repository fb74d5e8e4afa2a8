/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <glib/gi18n.h>

#include "base/error.h"
#include "base/number.h"
#include "client/client-options.h"
#include "proto/split.h"

/* What GOption writes to, before it is put in order. */
typedef struct
{
  char *uri;
  char *repeat;
  double interval;
  char *show_pushes;
  int plain_port;
  gboolean ask_password;
  gboolean no_warning;
  gboolean resp2, resp3;
  gboolean scan, pipe, latency, latency_history;
  char *pattern, *quoted_pattern;
  int pipe_timeout_s;
  CfFormat format;
  gboolean has_format;
} Switches;

static void
clear_switches (Switches *self)
{
  g_free (self->uri);
  g_free (self->repeat);
  g_free (self->show_pushes);
  g_free (self->pattern);
  g_free (self->quoted_pattern);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Switches, clear_switches)

static void
add_server_entries (GOptionGroup *group,
                    CfClientOptions *self,
                    Switches *switches)
{
  const GOptionEntry entries[] = {
    { "host", 'h', 0, G_OPTION_ARG_FILENAME, &self->host,
      N_ ("Connect to HOST (default: 127.0.0.1)"), N_ ("HOST") },
    { "port", 'p', 0, G_OPTION_ARG_INT, &self->port,
      N_ ("Connect to PORT (default: 6379, with --plain 8081)"), N_ ("PORT") },
    { "socket", 's', 0, G_OPTION_ARG_FILENAME, &self->socket,
      N_ ("Connect to the Unix socket PATH"), N_ ("PATH") },
    { "uri", 'u', 0, G_OPTION_ARG_FILENAME, &switches->uri,
      N_ ("Connect to redis[s]://[USER[:PASSWORD]@]HOST[:PORT][/DB]"),
      N_ ("URI") },
    { "user", 0, 0, G_OPTION_ARG_FILENAME, &self->user, N_ ("Log in as USER"),
      N_ ("USER") },
    { "pass", 'a', 0, G_OPTION_ARG_FILENAME, &self->password,
      N_ ("Log in with PASSWORD; better put it into REDISCLI_AUTH"),
      N_ ("PASSWORD") },
    { "askpass", 0, 0, G_OPTION_ARG_NONE, &switches->ask_password,
      N_ ("Ask for the password"), NULL },
    { "no-auth-warning", 0, 0, G_OPTION_ARG_NONE, &switches->no_warning,
      N_ ("Do not warn of a password on the command line"), NULL },
    { "db", 'n', 0, G_OPTION_ARG_INT, &self->database,
      N_ ("Select database DB"), N_ ("DB") },
    { "resp2", '2', 0, G_OPTION_ARG_NONE, &switches->resp2, N_ ("Speak RESP2"),
      NULL },
    { "resp3", '3', 0, G_OPTION_ARG_NONE, &switches->resp3, N_ ("Speak RESP3"),
      NULL },
    { "plain", 0, 0, G_OPTION_ARG_NONE, &self->plain,
      N_ ("Speak the plain dialect: 'set KEY VALUE' and 'get KEY'"), NULL },
    { "plain-port", 0, 0, G_OPTION_ARG_INT, &switches->plain_port,
      N_ ("Like --port, for --plain only"), N_ ("PORT") },
    G_OPTION_ENTRY_NULL,
  };

  g_option_group_add_entries (group, entries);
}

static void
add_tls_entries (GOptionGroup *group, CfTlsLinkOptions *tls)
{
  const GOptionEntry entries[] = {
    { "tls", 0, 0, G_OPTION_ARG_NONE, &tls->is_on, N_ ("Speak by TLS"), NULL },
    { "sni", 0, 0, G_OPTION_ARG_STRING, &tls->sni,
      N_ ("Ask for the server HOST, whose name its certificate must have"),
      N_ ("HOST") },
    { "cacert", 0, 0, G_OPTION_ARG_FILENAME, &tls->authority,
      N_ ("Trust the authorities whose certificates are in FILE"),
      N_ ("FILE") },
    { "cacertdir", 0, 0, G_OPTION_ARG_FILENAME, &tls->authority_dir,
      N_ ("Trust those in the directory DIR (default: those of the system)"),
      N_ ("DIR") },
    { "insecure", 0, 0, G_OPTION_ARG_NONE, &tls->is_insecure,
      N_ ("Speak to whatever server it is"), NULL },
    { "cert", 0, 0, G_OPTION_ARG_FILENAME, &tls->certificate,
      N_ ("Show the certificate in FILE"), N_ ("FILE") },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &tls->key,
      N_ ("The private key of that certificate"), N_ ("FILE") },
    { "tls-ciphers", 0, 0, G_OPTION_ARG_STRING, &tls->ciphers,
      N_ ("Ciphers up to TLSv1.2, as openssl-ciphers(1) has them"),
      N_ ("LIST") },
    { "tls-ciphersuites", 0, 0, G_OPTION_ARG_STRING, &tls->suites,
      N_ ("Ciphers of TLSv1.3"), N_ ("LIST") },
    G_OPTION_ENTRY_NULL,
  };

  g_option_group_add_entries (group, entries);
}

static void
add_run_entries (GOptionGroup *group, CfClientOptions *self, Switches *switches)
{
  const GOptionEntry entries[] = {
    { "repeat", 'r', 0, G_OPTION_ARG_STRING, &switches->repeat,
      N_ ("Run the command N times, or for ever if N is negative"), N_ ("N") },
    { "interval", 'i', 0, G_OPTION_ARG_DOUBLE, &switches->interval,
      N_ ("Wait SECONDS after each run"), N_ ("SECONDS") },
    { "stdin", 'x', 0, G_OPTION_ARG_NONE, &self->stdin_is_last,
      N_ ("Read the last argument from standard input"), NULL },
    { "stdin-tag", 'X', 0, G_OPTION_ARG_FILENAME, &self->stdin_tag,
      N_ ("Read the argument TAG from standard input"), N_ ("TAG") },
    { "eval", 0, 0, G_OPTION_ARG_FILENAME, &self->script_path,
      N_ ("Run the script in FILE; KEY... , ARGUMENT... take the place of "
          "COMMAND"),
      N_ ("FILE") },
    { "quoted-input", 0, 0, G_OPTION_ARG_NONE, &self->quoted_input,
      N_ ("Take arguments as quoted strings"), NULL },
    { "fail-on-error", 'e', 0, G_OPTION_ARG_NONE, &self->fail_on_error,
      N_ ("End with status 1 if the reply is an error"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->show_version,
      N_ ("Show the version and end"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  g_option_group_add_entries (group, entries);
}

static void
add_mode_entries (GOptionGroup *group,
                  CfClientOptions *self,
                  Switches *switches)
{
  const GOptionEntry entries[] = {
    { "scan", 0, 0, G_OPTION_ARG_NONE, &switches->scan,
      N_ ("Print the names of all keys"), NULL },
    { "pattern", 0, 0, G_OPTION_ARG_FILENAME, &switches->pattern,
      N_ ("With --scan: of those that the glob PATTERN fits"), N_ ("PATTERN") },
    { "quoted-pattern", 0, 0, G_OPTION_ARG_FILENAME, &switches->quoted_pattern,
      N_ ("Like --pattern, as a quoted string"), N_ ("PATTERN") },
    { "pipe", 0, 0, G_OPTION_ARG_NONE, &switches->pipe,
      N_ ("Send standard input, which is in the form of the protocol"), NULL },
    { "pipe-timeout", 0, 0, G_OPTION_ARG_INT, &switches->pipe_timeout_s,
      N_ ("With --pipe: wait so long for the last reply (default: 30, 0: for "
          "ever)"),
      N_ ("SECONDS") },
    { "functions-rdb", 0, 0, G_OPTION_ARG_FILENAME, &self->rdb_path,
      N_ ("Put the server's functions into FILE, an RDB file"), N_ ("FILE") },
    { "latency", 0, 0, G_OPTION_ARG_NONE, &switches->latency,
      N_ ("Tell how long the server takes to answer"), NULL },
    { "latency-history", 0, 0, G_OPTION_ARG_NONE, &switches->latency_history,
      N_ ("Likewise, a line for every 15 s or INTERVAL"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  switches->pipe_timeout_s = 30;
  g_option_group_add_entries (group, entries);
}

/* Of several formats the last one counts. */
static gboolean
on_format (const char *name, const char *value, gpointer data, GError **error)
{
  static const struct
  {
    const char *name;
    CfFormat format;
  } formats[] = {
    { "--raw", CF_FORMAT_RAW },   { "--no-raw", CF_FORMAT_HUMAN },
    { "--csv", CF_FORMAT_CSV },   { "--quoted-json", CF_FORMAT_QUOTED_JSON },
    { "--json", CF_FORMAT_JSON },
  };
  Switches *switches = data;

  (void) value;
  (void) error;
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_equal (name, formats[i].name))
      switches->format = formats[i].format;
  switches->has_format = TRUE;
  return TRUE;
}

static void
add_format_entries (GOptionGroup *group,
                    CfClientOptions *self,
                    Switches *switches)
{
  const GOptionEntry entries[] = {
    { "raw", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, on_format,
      N_ ("Print bare replies (the default when not to a terminal)"), NULL },
    { "no-raw", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, on_format,
      N_ ("Print replies with types and quotes wherever to"), NULL },
    { "csv", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, on_format,
      N_ ("Print comma-separated values"), NULL },
    { "json", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, on_format,
      N_ ("Print JSON"), NULL },
    { "quoted-json", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, on_format,
      N_ ("Print JSON in ASCII"), NULL },
    { "delimiter", 'd', 0, G_OPTION_ARG_FILENAME, &self->element_end,
      N_ ("Print TEXT between the elements of a bare reply"), N_ ("TEXT") },
    { "reply-delimiter", 'D', 0, G_OPTION_ARG_FILENAME, &self->reply_end,
      N_ ("Print TEXT after a bare reply"), N_ ("TEXT") },
    { "show-pushes", 0, 0, G_OPTION_ARG_STRING, &switches->show_pushes,
      N_ ("Print messages no command asked for: yes or no"), N_ ("YESNO") },
    G_OPTION_ENTRY_NULL,
  };

  g_option_group_add_entries (group, entries);
}

static char *
unescape_or_null (const char *text)
{
  g_autofree char *plain =
      text != NULL ? g_uri_unescape_string (text, NULL) : NULL;

  return plain != NULL && plain[0] != '\0' ? g_steal_pointer (&plain) : NULL;
}

static void
apply_userinfo (CfClientOptions *self, const char *userinfo)
{
  g_auto (GStrv) parts = g_strsplit (userinfo, ":", 2);
  const char *password = parts[1] != NULL ? parts[1] : parts[0];

  g_free (self->password);
  self->password = unescape_or_null (password);
  if (parts[1] != NULL)
    {
      g_free (self->user);
      self->user = unescape_or_null (parts[0]);
    }
}

static gboolean
apply_uri (CfClientOptions *self, const char *text, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_ENCODED, NULL);
  gint64 database = 0;
  const char *path;

  if (uri == NULL)
    return cf_throw (error, CF_ERROR_SYNTAX, _ ("Invalid URI"));
  if (g_str_equal (g_uri_get_scheme (uri), "rediss"))
    self->tls.is_on = TRUE;
  else if (!g_str_equal (g_uri_get_scheme (uri), "redis"))
    return cf_throw (error, CF_ERROR_SYNTAX, _ ("Invalid URI scheme"));
  if (g_uri_get_host (uri) != NULL && g_uri_get_host (uri)[0] != '\0')
    {
      g_free (self->host);
      self->host = g_uri_unescape_string (g_uri_get_host (uri), NULL);
    }
  if (g_uri_get_port (uri) > 0)
    self->port = g_uri_get_port (uri);
  path = g_uri_get_path (uri);
  if (path[0] == '/' &&
      g_ascii_string_to_signed (path + 1, 10, 0, G_MAXINT, &database, NULL))
    self->database = (int) database;
  if (g_uri_get_userinfo (uri) != NULL)
    apply_userinfo (self, g_uri_get_userinfo (uri));
  return TRUE;
}

static gboolean
apply_run_switches (CfClientOptions *self,
                    const Switches *switches,
                    GError **error)
{
  self->repeat = 1;
  if (switches->repeat != NULL)
    {
      gint64 repeat;

      if (!g_ascii_string_to_signed (switches->repeat, 10, G_MININT64,
                                     G_MAXINT64, &repeat, NULL))
        return cf_throw (error, CF_ERROR_SYNTAX,
                         _ ("'%s' is not a number of times"), switches->repeat);
      self->repeat = repeat;
    }
  if (!(switches->interval >= 0 && switches->interval < 1e9))
    return cf_throw (error, CF_ERROR_SYNTAX, _ ("Interval is out of range"));
  self->interval_us = (gint64) (switches->interval * G_USEC_PER_SEC);
  return TRUE;
}

static gboolean
apply_server_switches (CfClientOptions *self,
                       const Switches *switches,
                       GError **error)
{
  if (self->plain && switches->plain_port != 0)
    self->port = switches->plain_port;
  if (self->port < 0 || self->port > 65535)
    return cf_throw (error, CF_ERROR_SYNTAX, _ ("Port is out of range"));
  if (self->port == 0)
    self->port = self->plain ? CF_PLAIN_PORT : CF_PORT;
  if (self->host == NULL)
    self->host = g_strdup ("127.0.0.1");
  if ((self->tls.certificate != NULL) != (self->tls.key != NULL))
    return cf_throw (error, CF_ERROR_SYNTAX,
                     _ ("--cert and --key go together"));
  if (self->database < 0)
    return cf_throw (error, CF_ERROR_SYNTAX, _ ("Database is out of range"));
  return TRUE;
}

static gboolean
choose_pattern (CfClientOptions *self, Switches *switches, GError **error)
{
  char *text = switches->quoted_pattern;
  g_autoptr (GArray) spans = NULL;
  const CfSpan *span;

  if (text == NULL)
    {
      if (switches->pattern != NULL)
        self->pattern = g_string_new (switches->pattern);
      return TRUE;
    }
  spans = g_array_new (FALSE, FALSE, sizeof (CfSpan));
  if (!cf_split_args (text, strlen (text), spans) || spans->len != 1)
    return cf_throw (error, CF_ERROR_SYNTAX, "%s", _ ("Invalid quoted string"));
  span = &g_array_index (spans, CfSpan, 0);
  self->pattern = g_string_new_len (text + span->offset, (gssize) span->size);
  return TRUE;
}

static gboolean
apply_mode_switches (CfClientOptions *self, Switches *switches, GError **error)
{
  self->mode = self->rdb_path != NULL      ? CF_CLIENT_FUNCTIONS_RDB
               : switches->scan            ? CF_CLIENT_SCAN
               : switches->pipe            ? CF_CLIENT_PIPE
               : switches->latency_history ? CF_CLIENT_LATENCY_HISTORY
               : switches->latency         ? CF_CLIENT_LATENCY
                                           : CF_CLIENT_COMMANDS;
  if (switches->pipe_timeout_s < 0)
    return cf_throw (error, CF_ERROR_SYNTAX, "%s",
                     _ ("Timeout is out of range"));
  self->pipe_timeout_us = switches->pipe_timeout_s > 0
                              ? switches->pipe_timeout_s * G_USEC_PER_SEC
                              : -1;
  return choose_pattern (self, switches, error);
}

static void
choose_format (CfClientOptions *self, const Switches *switches)
{
  gboolean is_terminal = isatty (STDOUT_FILENO) != 0;

  self->style.format = switches->has_format ? switches->format
                       : is_terminal        ? CF_FORMAT_HUMAN
                                            : CF_FORMAT_RAW;
  if (self->element_end == NULL)
    self->element_end = g_strdup ("\n");
  if (self->reply_end == NULL)
    self->reply_end = g_strdup ("\n");
  self->style.element_end = self->element_end;
  self->style.reply_end = self->reply_end;
  self->resp = switches->resp3 ? 3 : switches->resp2 ? 2 : 0;
  self->show_pushes = switches->show_pushes != NULL
                          ? g_ascii_tolower (switches->show_pushes[0]) == 'y'
                          : is_terminal;
}

static void
choose_password (CfClientOptions *self, const Switches *switches)
{
  gboolean was_told = self->password != NULL;

  if (switches->ask_password)
    {
      g_free (self->password);
      self->password = g_strdup (getpass (_ ("Please input password: ")));
      return;
    }
  if (!was_told)
    self->password = g_strdup (g_getenv ("REDISCLI_AUTH"));
  else if (!switches->no_warning)
    g_printerr ("%s\n",
                _ ("Warning: Using a password with '-a' or '-u' option on the "
                   "command line interface may not be safe."));
}

static GOptionContext *
new_context (CfClientOptions *self, Switches *switches)
{
  GOptionContext *context =
      g_option_context_new (_ ("[COMMAND [ARGUMENT...]]"));
  GOptionGroup *group = g_option_group_new (NULL, NULL, NULL, switches, NULL);
  g_autofree char *description = g_strdup_printf (
      _ ("Exit status is 0 if there was a reply, 1 if not, and 2 if the "
         "options are wrong.\n\n"
         "Report bugs to: %s\n%s home page: <%s>\n"),
      PACKAGE_BUGREPORT, PACKAGE_NAME, PACKAGE_URL);

  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_set_translation_domain (context, PACKAGE);
  g_option_context_set_summary (
      context, _ ("Sends a command to a Coffer or Redis server and prints the "
                  "reply.  Without\na command it reads commands from the "
                  "terminal or from standard input."));
  g_option_context_set_description (context, description);
  add_server_entries (group, self, switches);
  add_tls_entries (group, &self->tls);
  add_run_entries (group, self, switches);
  add_mode_entries (group, self, switches);
  add_format_entries (group, self, switches);
  g_option_group_set_translation_domain (group, PACKAGE);
  g_option_context_set_main_group (context, group);
  return context;
}

/**
 * cf_client_options_parse:
 * @self: (out caller-allocates): where to put what is said, to be cleared
 *   even after a failure
 * @argc: (inout): how many arguments there are, and are left for the command
 * @argv: (inout): the arguments; the first is the program's name
 * @error: return location for an error, or %NULL
 *
 * Ends the program after --help.
 *
 * Returns: %FALSE if the options are wrong
 */
gboolean
cf_client_options_parse (CfClientOptions *self,
                         int *argc,
                         char ***argv,
                         GError **error)
{
  g_auto (Switches) switches = { NULL };
  g_autoptr (GOptionContext) context = new_context (self, &switches);

  *self = (CfClientOptions){ NULL };
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (self->show_version)
    return TRUE;
  if (switches.uri != NULL && !apply_uri (self, switches.uri, error))
    return FALSE;
  if (!apply_server_switches (self, &switches, error) ||
      !apply_run_switches (self, &switches, error) ||
      !apply_mode_switches (self, &switches, error))
    return FALSE;
  choose_format (self, &switches);
  choose_password (self, &switches);
  return TRUE;
}

static void
clear_tls (CfTlsLinkOptions *self)
{
  g_free (self->sni);
  g_free (self->authority);
  g_free (self->authority_dir);
  g_free (self->certificate);
  g_free (self->key);
  g_free (self->ciphers);
  g_free (self->suites);
}

/**
 * cf_client_options_clear:
 * @self: options
 *
 * Frees what @self owns.
 */
void
cf_client_options_clear (CfClientOptions *self)
{
  g_free (self->host);
  g_free (self->socket);
  clear_tls (&self->tls);
  g_free (self->user);
  g_free (self->password);
  g_free (self->element_end);
  g_free (self->reply_end);
  g_free (self->stdin_tag);
  g_free (self->rdb_path);
  g_free (self->script_path);
  if (self->pattern != NULL)
    g_string_free (self->pattern, TRUE);
}
