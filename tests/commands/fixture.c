/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/memory.h"
#include "commands/commands.h"
#include "engine/acl.h"
#include "engine/feed.h"
#include "engine/push.h"
#include "proto/split.h"

/* -- The clients' network, which nobody listens to ------------------------- */

static Fixture *current; /* there is one at a time */

static void
on_wake (CfSession *session, guint serial, CfWakeReason reason)
{
  gsize client = (gsize) (session - current->clients);

  current->woken[client].serial = serial;
  current->woken[client].reason = reason;
}

static void
on_close (CfSession *session)
{
  current->closed[session - current->clients] = TRUE;
}

/* What each was sent out of turn, and has not collected. */
static GHashTable *mail;

static void
on_send (CfSession *session, CfBlob *bytes)
{
  GString *pending = g_hash_table_lookup (mail, session);
  gsize start = pending->len;

  g_string_append_len (pending, bytes->data, (gssize) bytes->size);
  if (session->resp == 2 && pending->str[start] == CF_PUSH_SIGN)
    pending->str[start] = '*';
}

static void
on_collect (CfSession *session)
{
  GString *pending = g_hash_table_lookup (mail, session);

  cf_out_append (&session->out, pending->str, pending->len);
  g_string_truncate (pending, 0);
}

static void
free_pending (gpointer pending)
{
  g_string_free (pending, TRUE);
}

static void
on_free (CfSession *session)
{
}

static const CfSessionOps client_ops = {
  .wake = on_wake,
  .close = on_close,
  .send = on_send,
  .collect = on_collect,
  .free = on_free,
};

/* -- What commands say of their effects ------------------------------------ */

static void
on_event (gpointer data, guint db, CfSlice key, char class, const char *event)
{
  Fixture *self = data;

  g_string_append_printf (self->events, "%s %.*s\n", event, (int) key.size,
                          key.data);
}

static void
on_record (gpointer data, guint db, const CfSlice *words, guint n_words)
{
  Fixture *self = data;

  for (guint i = 0; i < n_words; i++)
    {
      g_string_append_len (self->records, words[i].data,
                           (gssize) words[i].size);
      g_string_append_c (self->records, i + 1 < n_words ? ' ' : '\n');
    }
}

/* -- Set up and tear down -------------------------------------------------- */

void
fixture_init (int *argc, char ***argv)
{
  static const guint8 seed[16] = "a constant seed";

  g_test_init (argc, argv, NULL);
  cf_hash_init (seed);
  cf_clock_init ();
  cf_memory_init ();
}

void
fixture_set_up (Fixture *self, gconstpointer data)
{
  CfEngineHooks hooks = { .event = on_event, .data = self };
  const CfFamily *const *families = data;

  current = self;
  self->events = g_string_new (NULL);
  self->records = g_string_new (NULL);
  self->config = cf_config_new ();
  self->engine = cf_engine_new (
      self->config, families != NULL ? families : cf_families, &hooks);
  cf_feed_set_sink (self->engine->feed, on_record, self);
  self->worker = cf_worker_acquire (self->engine);
  mail = g_hash_table_new_full (NULL, NULL, NULL, free_pending);
  for (guint i = 0; i < FIXTURE_CLIENTS; i++)
    {
      CfSession *client = &self->clients[i];

      cf_session_init (client, &client_ops);
      g_hash_table_insert (mail, client, g_string_new (NULL));
      g_assert_true (cf_acl_enter (self->engine->acl, client));
      client->address = g_strdup_printf ("127.0.0.1:%u", 40000 + i);
      client->local_address = g_strdup ("127.0.0.1:6379");
      cf_sessions_add (self->engine->sessions, client);
    }
}

void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < FIXTURE_CLIENTS; i++)
    {
      cf_executor_forget (self->engine, &self->clients[i]);
      cf_sessions_remove (self->engine->sessions, &self->clients[i]);
      cf_session_clear (&self->clients[i]);
    }
  g_clear_pointer (&mail, g_hash_table_unref);
  cf_worker_release (self->worker);
  cf_engine_free (self->engine);
  cf_config_free (self->config);
  g_string_free (self->events, TRUE);
  g_string_free (self->records, TRUE);
}

/* -- Running --------------------------------------------------------------- */

static CfArgs *
split_line (const char *line)
{
  g_autofree char *copy = g_strdup (line);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CfSpan));
  g_autoptr (GArray) words = g_array_new (FALSE, FALSE, sizeof (CfSlice));

  g_assert_true (cf_split_args (copy, strlen (copy), spans));
  for (guint i = 0; i < spans->len; i++)
    {
      CfSpan span = g_array_index (spans, CfSpan, i);
      CfSlice word = cf_slice (copy + span.offset, span.size);

      g_array_append_val (words, word);
    }
  return cf_args_try_new ((const CfSlice *) words->data, words->len, NULL);
}

static char *
show (const char *bytes, gsize size)
{
  GString *shown = g_string_new (NULL);

  for (gsize i = 0; i < size; i++)
    if (bytes[i] == '\0')
      g_string_append (shown, "\\0");
    else
      g_string_append_c (shown, bytes[i]);
  return g_string_free (shown, FALSE);
}

/**
 * fixture_run_args:
 * @self: a fixture
 * @client: which of the clients
 * @args: (transfer full): a request
 *
 * Returns: (transfer full): all it has been sent
 */
char *
fixture_run_args (Fixture *self, guint client, CfArgs *args)
{
  CfSession *session = &self->clients[client];
  g_autofree char *bytes = NULL;
  gsize size;

  session->out.pool = &self->worker->chunks;
  cf_worker_enter (self->worker);
  cf_executor_run_args (self->engine, self->worker, session, args);
  cf_worker_leave (self->worker);
  bytes = cf_out_to_string (&session->out, &size);
  cf_out_clear (&session->out);
  return show (bytes, size);
}

/* Valgrind computes long doubles in 64 bits, see its manual. */
gboolean
fixture_skip_under_valgrind (void)
{
  if (g_getenv ("TEST_WRAPPER") == NULL)
    return FALSE;
  g_test_skip ("valgrind has no long double of 80 bits");
  return TRUE;
}

char *
fixture_run (Fixture *self, guint client, const char *line)
{
  return fixture_run_args (self, client, split_line (line));
}

/**
 * fixture_resume:
 * @self: a fixture
 * @client: which of the clients; it is parked
 * @reason: why it need not be
 *
 * Does what its loop would do.
 */
void
fixture_resume (Fixture *self, guint client, CfWakeReason reason)
{
  CfSession *session = &self->clients[client];

  session->out.pool = &self->worker->chunks;
  cf_worker_enter (self->worker);
  cf_executor_resume (self->engine, self->worker, session, reason);
  cf_worker_leave (self->worker);
}

/**
 * fixture_receive:
 * @self: a fixture
 * @client: which of the clients
 *
 * Returns: (transfer full): what it has been sent out of turn
 */
char *
fixture_receive (Fixture *self, guint client)
{
  GString *pending = g_hash_table_lookup (mail, &self->clients[client]);
  char *received = g_strdup (pending->str);

  g_string_truncate (pending, 0);
  return received;
}

/**
 * assert_received:
 * @self: a fixture
 * @client: which of the clients
 * @bytes: what it must have been sent out of turn
 */
void
assert_received (Fixture *self, guint client, const char *bytes)
{
  g_autofree char *received = fixture_receive (self, client);

  g_assert_cmpstr (received, ==, bytes);
}

/**
 * fixture_args_of_blobs:
 * @words: (array length=n_words): a request
 * @n_words: how many words it has
 *
 * Returns: (transfer full): the request, with each long word in a blob of its
 *   own, as it comes from the network
 */
CfArgs *
fixture_args_of_blobs (const CfSlice *words, guint n_words)
{
  CfArgs *args = cf_args_try_new (words, n_words, NULL);

  args->blobs = g_new0 (CfBlob *, n_words);
  for (guint i = 0; i < n_words; i++)
    if (words[i].size >= CF_REQUEST_BIG)
      {
        args->blobs[i] = cf_blob_new (words[i]);
        args->argv[i] = cf_blob_slice (args->blobs[i]);
      }
  return args;
}

/* -- Assertions ------------------------------------------------------------ */

void
assert_reply_to (Fixture *self,
                 guint client,
                 const char *line,
                 const char *reply)
{
  g_autofree char *got = fixture_run (self, client, line);

  if (strcmp (got, reply) != 0)
    g_test_message ("%s", line);
  g_assert_cmpstr (got, ==, reply);
}

void
assert_late_reply_to (Fixture *self, guint client, const char *reply)
{
  CfSession *session = &self->clients[client];
  CfWakeReason reason = self->woken[client].reason;
  g_autofree char *bytes = NULL, *shown = NULL;
  gsize size;

  self->woken[client].reason = CF_WAKE_NONE;
  if (reason != CF_WAKE_NONE && session->park.kind != CF_PARK_NONE &&
      session->park.serial == self->woken[client].serial)
    fixture_resume (self, client, reason);
  bytes = cf_out_to_string (&session->out, &size);
  cf_out_clear (&session->out);
  shown = show (bytes, size);
  g_assert_cmpstr (shown, ==, reply);
}

void
assert_reply (Fixture *self, const char *line, const char *reply)
{
  assert_reply_to (self, 0, line, reply);
}

void
assert_has (Fixture *self, const char *line, const char *part)
{
  g_autofree char *reply = fixture_run (self, 0, line);

  if (strstr (reply, part) == NULL)
    g_error ("%s: no \"%s\" in \"%s\"", line, part, reply);
}

void
assert_lacks (Fixture *self, const char *line, const char *part)
{
  g_autofree char *reply = fixture_run (self, 0, line);

  if (strstr (reply, part) != NULL)
    g_error ("%s: \"%s\" in \"%s\"", line, part, reply);
}

void
assert_exchanges (Fixture *self, const Exchange *exchanges, gsize n)
{
  for (gsize i = 0; i < n; i++)
    assert_reply (self, exchanges[i].line, exchanges[i].reply);
}

/* The entry at a key of database 0, which nobody else touches. */
static const CfEntry *
find (Fixture *self, const char *name)
{
  CfHold *hold = &self->worker->hold;
  CfKey key = cf_key (cf_slice_of_string (name));
  const CfEntry *entry;

  g_assert_true (cf_hold_slots (hold, &key, 1, NULL));
  entry = cf_keyspace_find (self->engine->keyspace, hold, 0, &key,
                            cf_clock_wall_ms ());
  cf_hold_release (hold);
  return entry;
}

void
assert_encoding (Fixture *self, const char *key, CfEncoding encoding)
{
  const CfEntry *entry = find (self, key);

  g_assert_nonnull (entry);
  g_assert_cmpint (cf_entry_encoding (entry), ==, encoding);
}

void
assert_deadline (Fixture *self, const char *key, gint64 deadline_ms)
{
  const CfEntry *entry = find (self, key);

  g_assert_nonnull (entry);
  g_assert_cmpint (cf_entry_deadline (entry), ==, deadline_ms);
}

/* That these events were told of since it was asked before. */
void
assert_events (Fixture *self, const char *events)
{
  g_assert_cmpstr (self->events->str, ==, events);
  g_string_truncate (self->events, 0);
}

void
assert_records (Fixture *self, const char *records)
{
  g_assert_cmpstr (self->records->str, ==, records);
  g_string_truncate (self->records, 0);
}
