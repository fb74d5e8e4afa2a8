/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-migrate.c -- MIGRATE: moves keys to another server.
 *
 * The keys are claimed while the other server is waited for, so nobody else
 * sees or changes them, and nobody else waits: the gate is left meanwhile.  So
 * FLUSHALL or SWAPDB may pass, and what is removed in the end is an entry that
 * is still the one that was sent. */
#include "config.h"

#include <stdlib.h>

#include "base/number.h"
#include "commands/commands.h"
#include "persist/rdb-value.h"
#include "repl/target.h"

#define TIMEOUT_MS 1000 /* if none is given */

typedef struct
{
  guint user;      /* argument number, or 0 */
  guint password;  /* likewise */
  guint first_key; /* 0: the syntax is wrong */
  guint n_keys;
  gboolean copy;
  gboolean replace;
  gboolean has_key_too; /* KEYS and a key */
} Words;

static void
parse_words (const CfSlice *argv, guint argc, Words *words)
{
  *words = (Words){ .first_key = 3, .n_keys = 1 };
  for (guint i = 6; i < argc; i++)
    {
      guint n_more = argc - 1 - i;

      if (cf_slice_is (argv[i], "COPY"))
        words->copy = TRUE;
      else if (cf_slice_is (argv[i], "REPLACE"))
        words->replace = TRUE;
      else if (cf_slice_is (argv[i], "AUTH") && n_more >= 1)
        words->password = ++i;
      else if (cf_slice_is (argv[i], "AUTH2") && n_more >= 2)
        {
          words->user = ++i;
          words->password = ++i;
        }
      else if (cf_slice_is (argv[i], "KEYS"))
        {
          words->has_key_too = argv[3].size > 0;
          words->first_key = i + 1;
          words->n_keys = n_more;
          return;
        }
      else
        {
          words->first_key = 0;
          return;
        }
    }
}

/* Like parse_words(), but as lenient as Redis with what MIGRATE will refuse. */
static gboolean
get_keys (const CfSlice *argv, guint argc, GArray *positions)
{
  guint first = 3, n = 1;

  for (guint i = 6; i + 1 < argc; i++)
    {
      if (cf_slice_is (argv[i], "AUTH"))
        i++;
      else if (cf_slice_is (argv[i], "AUTH2"))
        i += 2;
      else if (cf_slice_is (argv[i], "KEYS"))
        {
          first = i + 1;
          n = argv[3].size > 0 ? 0 : argc - first;
          break;
        }
    }
  for (guint i = 0; i < n; i++, first++)
    g_array_append_val (positions, first);
  return TRUE;
}

/* -- What is sent ------------------------------------------------------------
 */

/* A key that is moved. */
typedef struct
{
  guint argument;
  const CfEntry *entry; /* only to be compared */
} Moved;

typedef struct
{
  CfCall *call;
  Words words;
  gint64 db;
  gint64 timeout_ms;
  GArray *moved;       /* (owned) (element-type Moved) */
  CfRdbWriter request; /* (owned) */
} Migration;

static void
put_head (CfRdbWriter *writer, char mark, gsize n)
{
  char text[CF_INT64_SIZE + 3];
  int size =
      g_snprintf (text, sizeof text, "%c%" G_GSIZE_FORMAT "\r\n", mark, n);

  cf_rdb_put_bytes (writer, cf_slice (text, (gsize) size));
}

static void
put_word (CfRdbWriter *writer, CfSlice word)
{
  put_head (writer, '$', word.size);
  cf_rdb_put_bytes (writer, word);
  cf_rdb_put_bytes (writer, CF_SLICE ("\r\n"));
}

static void
put_int (CfRdbWriter *writer, gint64 number)
{
  char digits[CF_INT64_SIZE];

  put_word (writer, cf_slice (digits, cf_format_int64 (digits, number)));
}

static void
put_prelude (Migration *self)
{
  const CfSlice *argv = self->call->argv;
  CfRdbWriter *request = &self->request;

  if (self->words.password != 0)
    {
      put_head (request, '*', self->words.user != 0 ? 3 : 2);
      put_word (request, CF_SLICE ("AUTH"));
      if (self->words.user != 0)
        put_word (request, argv[self->words.user]);
      put_word (request, argv[self->words.password]);
    }
  put_head (request, '*', 2);
  put_word (request, CF_SLICE ("SELECT"));
  put_int (request, self->db);
}

static gboolean
put_restore (Migration *self, guint i, const CfEntry *entry)
{
  g_autoptr (CfBlob) payload = cf_rdb_payload_new (entry);
  CfRdbWriter *request = &self->request;
  gint64 ttl_ms = 0;

  if (payload == NULL)
    return FALSE;
  if (cf_entry_is_volatile (entry))
    ttl_ms = MAX (1, cf_entry_deadline (entry) - self->call->now_ms);
  put_head (request, '*', self->words.replace ? 5 : 4);
  put_word (request, CF_SLICE ("RESTORE"));
  put_word (request, self->call->argv[i]);
  put_int (request, ttl_ms);
  put_word (request, cf_blob_slice (payload));
  if (self->words.replace)
    put_word (request, CF_SLICE ("REPLACE"));
  return !request->failed;
}

static gboolean
put_request (Migration *self, GError **error)
{
  cf_rdb_writer_init (&self->request, 256);
  put_prelude (self);
  for (guint n = 0; n < self->words.n_keys; n++)
    {
      guint i = self->words.first_key + n;
      Moved moved = { i, cf_call_read (self->call, i) };

      if (moved.entry == NULL)
        continue;
      if (!put_restore (self, i, moved.entry))
        return cf_call_out_of_memory (error);
      g_array_append_val (self->moved, moved);
    }
  return TRUE;
}

/* -- What is answered --------------------------------------------------------
 */

static gboolean
throw_io (GError **error, const char *doing)
{
  return cf_throw (error, CF_ERROR_VERBATIM,
                   "IOERR error or timeout %s to target instance", doing);
}

/* The first error is told. */
static void
throw_target (GError **error, const GString *line)
{
  if (*error == NULL)
    cf_throw (error, CF_ERROR_FAILED, "Target instance replied with error: %s",
              line->str + 1);
}

/* One answer for each key; @arrived: those that the other server has.  An
 * error in the prelude, AUTH or SELECT, counts for all keys. */
static gboolean
read_answers (Migration *self,
              CfTarget *target,
              GArray *arrived,
              GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  gboolean refused = FALSE;

  for (guint n = self->words.password != 0 ? 2 : 1; n > 0; n--)
    {
      if (!cf_target_read_line (target, line))
        return FALSE;
      if (line->str[0] == '-')
        throw_target (error, line);
    }
  refused = *error != NULL;
  for (guint i = 0; i < self->moved->len; i++)
    {
      if (!cf_target_read_line (target, line))
        return FALSE;
      if (line->str[0] == '-')
        throw_target (error, line);
      else if (!refused)
        g_array_append_val (arrived, g_array_index (self->moved, Moved, i));
    }
  return TRUE;
}

/* Talks to the other server; nothing of the keyspace may be touched. */
static void
talk (Migration *self, GArray *arrived, GError **error)
{
  const CfSlice *argv = self->call->argv;
  g_autofree char *host =
      g_strndup (argv[1].data, MIN (argv[1].size, CF_CALL_TEXT_MAX));
  g_autofree char *port =
      g_strndup (argv[2].data, MIN (argv[2].size, CF_CALL_TEXT_MAX));
  gboolean refused;
  g_autoptr (CfTarget) target =
      cf_target_connect (host, (guint16) atoi (port), self->timeout_ms,
                         &self->call->engine->shutting_down, &refused);

  /* Redis finds out that it was refused when it writes. */
  if (target == NULL && refused)
    throw_io (error, "writing");
  else if (target == NULL)
    cf_throw (error, CF_ERROR_VERBATIM,
              "IOERR error or timeout connecting to the client");
  else if (!cf_target_write (target, cf_blob_slice (self->request.blob)))
    throw_io (error, "writing");
  else if (!read_answers (self, target, arrived, error) && *error == NULL)
    throw_io (error, "reading");
}

/* -- What is removed ----------------------------------------------------------
 */

static void
remove_arrived (Migration *self, const GArray *arrived)
{
  CfCall *call = self->call;
  g_autofree CfSlice *effect = g_new (CfSlice, arrived->len + 1);
  guint n = 0;

  effect[n++] = CF_SLICE ("DEL");
  for (guint i = 0; i < arrived->len; i++)
    {
      const Moved *moved = &g_array_index (arrived, Moved, i);

      if (cf_call_write (call, moved->argument) != moved->entry ||
          !cf_call_remove (call, moved->argument))
        continue;
      cf_call_changed (call, moved->argument, CF_NOTIFY_GENERIC, "del");
      effect[n++] = call->argv[moved->argument];
    }
  cf_call_effect (call, effect, n > 1 ? n : 0);
}

static gboolean
migrate (Migration *self, GError **error)
{
  CfCall *call = self->call;
  g_autoptr (GArray) arrived = g_array_new (FALSE, FALSE, sizeof (Moved));
  GError *failure = NULL;

  if (!put_request (self, error))
    return FALSE;
  if (self->moved->len == 0)
    {
      cf_reply_status (&call->reply, "NOKEY");
      return TRUE;
    }
  if (!call->in_transaction)
    cf_worker_leave (call->worker);
  talk (self, arrived, &failure);
  if (!call->in_transaction)
    cf_worker_return (call->worker);
  if (!self->words.copy)
    remove_arrived (self, arrived);
  if (failure != NULL)
    {
      g_propagate_error (error, failure);
      return FALSE;
    }
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
parse (Migration *self, GError **error)
{
  CfCall *call = self->call;
  Words *words = &self->words;

  parse_words (call->argv, call->argc, words);
  if (words->user != 0)
    cf_call_redact (call, words->user);
  if (words->password != 0)
    cf_call_redact (call, words->password);
  if (words->first_key == 0)
    return cf_call_syntax_error (error);
  if (words->has_key_too)
    return cf_throw (error, CF_ERROR_FAILED,
                     "When using MIGRATE KEYS option, the key argument must be "
                     "set to the empty string");
  if (!cf_call_get_int (call, 5, &self->timeout_ms, error) ||
      !cf_call_get_int (call, 4, &self->db, error))
    return FALSE;
  if (self->timeout_ms <= 0)
    self->timeout_ms = TIMEOUT_MS;
  return TRUE;
}

static gboolean
run_migrate (CfCall *call, GError **error)
{
  Migration self = {
    .call = call,
    .moved = g_array_new (FALSE, FALSE, sizeof (Moved)),
  };
  gboolean ok = parse (&self, error) && migrate (&self, error);

  cf_rdb_writer_clear (&self.request);
  g_array_unref (self.moved);
  return ok;
}

static const CfCommand commands[] = {
  {
      .name = "MIGRATE",
      .usage = "host port key destination-db:integer timeout:integer "
               "[COPY] [REPLACE] [AUTH password | AUTH2 username password] "
               "[KEYS key ...]",
      .summary = "Moves keys to another server.",
      .since = "2.6.0",
      .complexity = "As DUMP and DEL here and RESTORE there, and O(N) to send "
                    "N bytes.",
      .tips = "nondeterministic_output",
      .run = run_migrate,
      .arity = -6,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_LONG,
      .categories = CF_ACL_KEYSPACE | CF_ACL_DANGEROUS,
      .keys = { CF_KEY_AT ("RW access delete", 3),
                { .flags = "RW access delete",
                  .first = -2,
                  .keyword = "KEYS",
                  .last = -1,
                  .step = 1,
                  .incomplete = TRUE } },
      .get_keys = get_keys,
  },
};

const CfFamily cf_migrate_family = {
  .group = "generic",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
