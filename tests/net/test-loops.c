/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/call.h"
#include "engine/transaction.h"
#include "net/evict-clients.h"
#include "net/loops.h"

/* How long anything may take before a test fails. */
#define PATIENCE_MS 20000
#define N_CLIENTS 20

typedef struct
{
  CfConfig *config;
  CfEngine *engine;
  GCancellable *cancellable;
  CfLoops *loops;
  GAsyncQueue *ended; /* gets something when the loops have ended */
} Fixture;

/* -- Commands ------------------------------------------------------------ */

/* What HOLD waits for, and what it says when it begins to. */
static GAsyncQueue *releases;
static GAsyncQueue *holds;
static gint n_run; /* (atomic) calls of COUNT */

static gboolean
run_echo (CfCall *call, GError **error)
{
  cf_reply_bulk (&call->reply, call->argv[1]);
  return TRUE;
}

static gboolean
run_count (CfCall *call, GError **error)
{
  cf_reply_int (&call->reply, g_atomic_int_add (&n_run, 1));
  return TRUE;
}

/* Sits in its thread until RELEASE is called. */
static gboolean
run_hold (CfCall *call, GError **error)
{
  g_async_queue_push (holds, GINT_TO_POINTER (1));
  g_async_queue_pop (releases);
  cf_reply_status (&call->reply, "HELD");
  return TRUE;
}

static gboolean
run_multi (CfCall *call, GError **error)
{
  call->session->transaction = cf_transaction_new ();
  call->session->flags |= CF_SESSION_MULTI;
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* Must be alone. */
static gboolean
run_alone (CfCall *call, GError **error)
{
  cf_reply_bool (&call->reply, call->hold->mode == CF_HOLD_ALL);
  return TRUE;
}

static gboolean
run_release (CfCall *call, GError **error)
{
  g_async_queue_push (releases, GINT_TO_POINTER (1));
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* Waits for so many ms, and says why it need not any longer, and when. */
static gboolean
run_park (CfCall *call, GError **error)
{
  gint64 wait_ms;

  if (!cf_call_get_int (call, 1, &wait_ms, error))
    return FALSE;
  if (cf_call_wake_reason (call) == CF_WAKE_NONE)
    cf_call_park (call, cf_clock_wall_ms () + wait_ms);
  else
    {
      cf_reply_array (&call->reply, 2);
      cf_reply_int (&call->reply, cf_call_wake_reason (call));
      cf_reply_int (&call->reply, cf_clock_wall_ms ());
    }
  return TRUE;
}

/* ID, and then what to do with the client: wake, kill, or send it a line. */
static gboolean
run_poke (CfCall *call, GError **error)
{
  gint64 id;
  CfSession *session;

  if (!cf_call_get_int (call, 1, &id, error))
    return FALSE;
  session = cf_sessions_find (call->engine->sessions, (guint64) id);
  cf_reply_bool (&call->reply, session != NULL);
  if (session == NULL)
    return TRUE;
  if (cf_call_is (call, 2, "wake"))
    cf_session_wake (session, CF_PARK_ANY, CF_WAKE_UNBLOCK);
  else if (cf_call_is (call, 2, "kill"))
    session->ops->close (session);
  else
    {
      g_autoptr (CfBlob) blob = cf_blob_new (CF_SLICE ("+SENT\r\n"));

      session->ops->send (session, blob);
    }
  cf_session_unref (session);
  return TRUE;
}

static gboolean
run_id (CfCall *call, GError **error)
{
  cf_reply_int (&call->reply, (gint64) call->session->id);
  return TRUE;
}

/* So many bytes. */
static gboolean
run_fill (CfCall *call, GError **error)
{
  g_autofree char *bytes = NULL;
  gint64 size;

  if (!cf_call_get_int_in (call, 1, 0, 100 * 1024 * 1024, &size, error))
    return FALSE;
  bytes = g_strnfill ((gsize) size, 'x');
  cf_reply_bulk (&call->reply, cf_slice (bytes, (gsize) size));
  return TRUE;
}

static gboolean
run_quit (CfCall *call, GError **error)
{
  call->session->flags |= CF_SESSION_CLOSE_AFTER_REPLY;
  cf_reply_ok (&call->reply);
  return TRUE;
}

static const CfCommand commands[] = {
  { .name = "ALONE",
    .summary = "For tests",
    .run = run_alone,
    .arity = 1,
    .flags = CF_COMMAND_EXCLUSIVE },
  { .name = "COUNT", .summary = "For tests", .run = run_count, .arity = 1 },
  { .name = "ECHO", .summary = "For tests", .run = run_echo, .arity = 2 },
  { .name = "EXEC",
    .summary = "For tests",
    .run = run_multi, /* never */
    .arity = 1,
    .flags = CF_COMMAND_BLOCK | CF_COMMAND_IN_MULTI },
  { .name = "FILL", .summary = "For tests", .run = run_fill, .arity = 2 },
  { .name = "HOLD",
    .summary = "For tests",
    .run = run_hold,
    .arity = 1,
    .flags = CF_COMMAND_LONG },
  { .name = "ID", .summary = "For tests", .run = run_id, .arity = 1 },
  { .name = "MULTI", .summary = "For tests", .run = run_multi, .arity = 1 },
  { .name = "PARK", .summary = "For tests", .run = run_park, .arity = 2 },
  { .name = "POKE", .summary = "For tests", .run = run_poke, .arity = 3 },
  { .name = "QUIT", .summary = "For tests", .run = run_quit, .arity = 1 },
  { .name = "RELEASE", .summary = "For tests", .run = run_release, .arity = 1 },
};
static const CfFamily family = { "test", commands, G_N_ELEMENTS (commands) };
static const CfFamily *const families[] = { &family, NULL };

/* -- The loops ----------------------------------------------------------- */

static void
on_ended (gpointer data)
{
  Fixture *self = data;

  g_async_queue_push (self->ended, self);
}

static void
set (Fixture *self, CfSettingId id, const char *value)
{
  g_autoptr (GError) error = NULL;

  cf_config_set (self->config, id, value, &error);
  g_assert_no_error (error);
}

/* @data: how many loops. */
static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  releases = g_async_queue_new ();
  holds = g_async_queue_new ();
  self->ended = g_async_queue_new ();
  self->config = cf_config_new ();
  set (self, CF_SETTING_IO_THREADS, data);
  self->engine = cf_engine_new (self->config, families, NULL);
  self->cancellable = g_cancellable_new ();
  self->loops =
      cf_loops_new (self->engine, self->cancellable, on_ended, self, &error);
  g_assert_no_error (error);
  cf_loops_start (self->loops, &error);
  g_assert_no_error (error);
}

static void
stop (Fixture *self)
{
  cf_loops_set_stopping (self->loops);
  g_cancellable_cancel (self->cancellable);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  stop (self);
  g_assert_nonnull (
      g_async_queue_timeout_pop (self->ended, PATIENCE_MS * 1000));
  cf_loops_free (self->loops);
  g_assert_cmpuint (cf_sessions_n (self->engine->sessions), ==, 0);
  cf_engine_free (self->engine);
  cf_config_free (self->config);
  g_object_unref (self->cancellable);
  g_async_queue_unref (self->ended);
  g_async_queue_unref (releases);
  g_async_queue_unref (holds);
}

static guint64
count (Fixture *self, CfStat stat)
{
  return cf_stats_sum (self->engine->stats, stat);
}

/* -- Clients ------------------------------------------------------------- */

/* Returns the client's end of a new connection. */
static int
connect_client (Fixture *self)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==,
                   0);
  socket = g_socket_new_from_fd (fds[0], &error);
  g_assert_no_error (error);
  connection = g_socket_connection_factory_create_connection (socket);
  cf_loops_add (self->loops, connection, CF_SESSION_UNIX, NULL);
  return fds[1];
}

static void
say (int fd, const char *text)
{
  gsize size = strlen (text);

  g_assert_cmpint (send (fd, text, size, MSG_NOSIGNAL), ==, (gssize) size);
}

static void
await (int fd)
{
  struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

  g_assert_cmpint (poll (&poll_fd, 1, PATIENCE_MS), ==, 1);
}

/* Reads just as many bytes as @expected has, which they must be. */
static void
hear (int fd, const char *expected)
{
  gsize size = strlen (expected), done = 0;
  g_autofree char *heard = g_malloc0 (size + 1);

  while (done < size)
    {
      gssize n;

      await (fd);
      n = recv (fd, heard + done, size - done, 0);
      g_assert_cmpint (n, >, 0);
      done += (gsize) n;
    }
  g_assert_cmpstr (heard, ==, expected);
}

/* Whatever comes, it ends. */
static void
hear_end (int fd)
{
  char bytes[64];
  gssize n;

  do
    {
      await (fd);
      n = recv (fd, bytes, sizeof bytes, 0);
    }
  while (n > 0);
}

/* Reads ":NUMBER". */
static gint64
hear_number (int fd)
{
  char text[32] = "";

  for (guint i = 0; i < sizeof text - 1; i++)
    {
      await (fd);
      g_assert_cmpint (recv (fd, text + i, 1, 0), ==, 1);
      if (text[i] == '\n')
        break;
    }
  g_assert_cmpint (text[0], ==, ':');
  return g_ascii_strtoll (text + 1, NULL, 10);
}

static gint64
ask_id (int fd)
{
  say (fd, "ID\r\n");
  return hear_number (fd);
}

static void
poke (int fd, gint64 id, const char *how)
{
  g_autofree char *command =
      g_strdup_printf ("POKE %" G_GINT64_FORMAT " %s\r\n", id, how);

  say (fd, command);
  hear (fd, ":1\r\n");
}

/* -- Tests --------------------------------------------------------------- */

/* Many clients, each with pipelines that come in pieces of any size. */
static void
test_pipelines (Fixture *self, gconstpointer data)
{
  int fds[N_CLIENTS];
  g_autoptr (GString) requests = g_string_new (NULL);
  g_autoptr (GString) replies = g_string_new (NULL);

  for (guint i = 0; i < 300; i++)
    {
      g_string_append_printf (requests, "*2\r\n$4\r\nECHO\r\n$3\r\n%03u\r\n",
                              i);
      g_string_append_printf (replies, "$3\r\n%03u\r\n", i);
    }
  for (guint i = 0; i < N_CLIENTS; i++)
    fds[i] = connect_client (self);
  for (gsize at = 0; at < requests->len;)
    {
      gsize size = (gsize) g_test_rand_int_range (1, 700);

      size = MIN (size, requests->len - at);
      for (guint i = 0; i < N_CLIENTS; i++)
        g_assert_cmpint (send (fds[i], requests->str + at, size, MSG_NOSIGNAL),
                         ==, (gssize) size);
      at += size;
    }
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      hear (fds[i], replies->str);
      close (fds[i]);
    }
}

/* While a command sits in its loop's only thread, all other clients of the
 * loop are served; or else it would never be released. */
static void
test_hand_over (Fixture *self, gconstpointer data)
{
  int held = connect_client (self), other = connect_client (self);

  for (guint i = 0; i < 5; i++)
    {
      say (held, "ECHO before\r\nHOLD\r\nECHO after\r\n");
      g_async_queue_pop (holds);
      say (other, "ECHO hello\r\n");
      hear (other, "$5\r\nhello\r\n");
      say (other, "RELEASE\r\n");
      hear (other, "+OK\r\n");
      hear (held, "$6\r\nbefore\r\n+HELD\r\n$5\r\nafter\r\n");
    }
  /* With several loops, each of the two may have its own. */
  if (strcmp (data, "3") != 0)
    g_assert_cmpuint (count (self, CF_STAT_RELIEVED), ==, 5);
  close (held);
  close (other);
}

/* Nobody is relieved for a command that nobody waits for.  (What the system
 * tells of one and the same request twice looks as if there were more.) */
static void
test_no_hand_over (Fixture *self, gconstpointer data)
{
  int fds[10];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = connect_client (self);
      say (fds[i], "HOLD\r\n");
      g_async_queue_pop (holds);
      g_usleep (10 * 1000); /* some ticks in which it might be */
      g_async_queue_push (releases, GINT_TO_POINTER (1));
      hear (fds[i], "+HELD\r\n");
    }
  g_assert_cmpuint (count (self, CF_STAT_RELIEVED), <, G_N_ELEMENTS (fds));
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

/* A client for each handler there may be. */
static void
test_many_held (Fixture *self, gconstpointer data)
{
  int fds[N_CLIENTS], other = connect_client (self);

  for (guint i = 0; i < N_CLIENTS; i++)
    {
      fds[i] = connect_client (self);
      say (fds[i], "HOLD\r\nCOUNT\r\n");
      g_async_queue_pop (holds);
    }
  for (guint i = 0; i < N_CLIENTS; i++)
    say (other, "RELEASE\r\n");
  for (guint i = 0; i < N_CLIENTS; i++)
    hear (other, "+OK\r\n");
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      hear (fds[i], "+HELD\r\n");
      hear_number (fds[i]);
      close (fds[i]);
    }
  close (other);
}

/* A block that must be alone for a moment is not while it takes long; but
 * nobody else is alone before it has ended. */
static void
test_block_in_sections (Fixture *self, gconstpointer data)
{
  int block = connect_client (self), other = connect_client (self);
  int alone = connect_client (self);

  say (block, "MULTI\r\nHOLD\r\nALONE\r\nECHO a\r\nALONE\r\nHOLD\r\n");
  hear (block, "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n"
               "+QUEUED\r\n");
  say (block, "EXEC\r\n");
  g_async_queue_pop (holds);
  say (alone, "ALONE\r\nCOUNT\r\n");
  for (guint i = 0; i < 2; i++)
    {
      for (guint n = 0; n < 20; n++)
        {
          say (other, "ECHO hello\r\n");
          hear (other, "$5\r\nhello\r\n");
        }
      g_assert_cmpuint (count (self, CF_STAT_GATE_CLOSED), ==, i);
      say (other, "RELEASE\r\n");
      hear (other, "+OK\r\n");
      if (i == 0)
        g_async_queue_pop (holds);
    }
  hear (block, "*5\r\n+HELD\r\n:1\r\n$1\r\na\r\n:1\r\n+HELD\r\n");
  hear (alone, ":1\r\n");
  hear_number (alone);
  g_assert_cmpuint (count (self, CF_STAT_GATE_CLOSED), ==, 2);
  close (block);
  close (other);
  close (alone);
}

/* More clients with long commands than handlers: some wait, and the loops
 * serve the others. */
static void
test_too_many_held (Fixture *self, gconstpointer data)
{
  int fds[N_CLIENTS], other;

  set (self, CF_SETTING_MAX_HANDLERS, "6");
  other = connect_client (self);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      fds[i] = connect_client (self);
      say (fds[i], "HOLD\r\nCOUNT\r\n");
    }
  g_async_queue_pop (holds);
  while (count (self, CF_STAT_PARKED) < N_CLIENTS - 7)
    g_usleep (1000);
  for (guint i = 0; i < 100; i++)
    {
      say (other, "ECHO hello\r\n");
      hear (other, "$5\r\nhello\r\n");
    }
  for (guint i = 0; i < N_CLIENTS; i++)
    g_async_queue_push (releases, GINT_TO_POINTER (1));
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      hear (fds[i], "+HELD\r\n");
      hear_number (fds[i]);
      close (fds[i]);
    }
  for (guint i = 1; i < N_CLIENTS; i++)
    g_async_queue_pop (holds);
  close (other);
}

/* What happens to a connection while its handler is away with it is not
 * lost: requests, mail, the end of its client. */
static void
test_news_while_away (Fixture *self, gconstpointer data)
{
  int fds[3], other = connect_client (self);
  gint64 ids[3];

  for (guint i = 0; i < 3; i++)
    {
      fds[i] = connect_client (self);
      ids[i] = ask_id (fds[i]);
      say (fds[i], "HOLD\r\n");
      g_async_queue_pop (holds);
    }
  poke (other, ids[0], "send");
  say (fds[0], "ECHO late\r\n");
  poke (other, ids[1], "kill");
  close (fds[2]);
  for (guint i = 0; i < 3; i++)
    {
      say (other, "RELEASE\r\n");
      hear (other, "+OK\r\n");
    }
  hear (fds[0], "+HELD\r\n+SENT\r\n$4\r\nlate\r\n");
  hear_end (fds[1]);
  close (fds[0]);
  close (fds[1]);
  close (other);
}

static void
test_park_deadline (Fixture *self, gconstpointer data)
{
  int fd = connect_client (self);
  gint64 start_ms, end_ms;

  ask_id (fd);
  for (gint64 wait_ms = 1; wait_ms <= 64; wait_ms *= 2)
    {
      g_autofree char *command = g_strdup_printf (
          "PARK %" G_GINT64_FORMAT "\r\nECHO next\r\n", wait_ms);

      start_ms = cf_clock_wall_ms ();
      say (fd, command);
      hear (fd, "*2\r\n");
      g_assert_cmpint (hear_number (fd), ==, CF_WAKE_TIMEOUT);
      end_ms = hear_number (fd);
      g_assert_cmpint (end_ms - start_ms, >=, wait_ms);
      hear (fd, "$4\r\nnext\r\n");
    }
  close (fd);
}

static void
test_park_wake (Fixture *self, gconstpointer data)
{
  int parked = connect_client (self), other = connect_client (self);
  gint64 id = ask_id (parked);

  say (parked, "PARK 1000000\r\nECHO next\r\n");
  while (g_atomic_int_get (&self->engine->blocked_clients) == 0)
    g_thread_yield ();
  poke (other, id, "wake");
  hear (parked, "*2\r\n");
  g_assert_cmpint (hear_number (parked), ==, CF_WAKE_UNBLOCK);
  hear_number (parked);
  hear (parked, "$4\r\nnext\r\n");

  /* One that waits when its client goes away is forgotten. */
  say (parked, "PARK 1000000\r\n");
  while (g_atomic_int_get (&self->engine->blocked_clients) == 0)
    g_thread_yield ();
  close (parked);
  while (g_atomic_int_get (&self->engine->blocked_clients) != 0)
    g_thread_yield ();
  close (other);
}

static void
test_kill_and_quit (Fixture *self, gconstpointer data)
{
  int victim = connect_client (self), other = connect_client (self);
  gint64 id = ask_id (victim);

  poke (other, id, "kill");
  hear_end (victim);
  say (other, "ECHO one\r\nQUIT\r\nECHO two\r\n");
  hear (other, "$3\r\none\r\n+OK\r\n");
  hear_end (other);
  close (victim);
  close (other);
}

/* A client that sends and sends, and does not read, is given back all in the
 * end, and delays nobody. */
static void
test_slow_reader (Fixture *self, gconstpointer data)
{
  int slow = connect_client (self), other = connect_client (self);
  g_autofree char *megabyte = g_strnfill (1024 * 1024, 'x');

  for (guint i = 0; i < 20; i++)
    say (slow, "FILL 1048576\r\n");
  say (other, "ECHO quick\r\n");
  hear (other, "$5\r\nquick\r\n");
  for (guint i = 0; i < 20; i++)
    {
      hear (slow, "$1048576\r\n");
      hear (slow, megabyte);
      hear (slow, "\r\n");
    }
  close (slow);
  close (other);
}

static void
test_output_limit (Fixture *self, gconstpointer data)
{
  int slow = connect_client (self), other = connect_client (self);

  set (self, CF_SETTING_CLIENT_OUTPUT_BUFFER_LIMIT, "normal 2mb 0 0");
  /* At once: it may be closed before the last one is run. */
  say (slow, "FILL 1048576\r\nFILL 1048576\r\nFILL 1048576\r\n"
             "FILL 1048576\r\nFILL 1048576\r\nFILL 1048576\r\n");
  while (count (self, CF_STAT_OUTPUT_LIMIT) == 0)
    g_thread_yield ();
  say (other, "ECHO here\r\n");
  hear (other, "$4\r\nhere\r\n");
  close (slow);
  close (other);
}

/* Who takes most goes first, unless it must not. */
static void
test_evict_clients (Fixture *self, gconstpointer data)
{
  int kept = connect_client (self), greedy = connect_client (self);

  ask_id (kept);
  ask_id (greedy);
  set (self, CF_SETTING_MAXMEMORY_CLIENTS, "3mb");
  say (kept, "FILL 1000000\r\n");
  say (greedy, "FILL 4000000\r\n");
  while (count (self, CF_STAT_EVICTED_CLIENTS) == 0)
    g_thread_yield ();
  while (cf_sessions_n (self->engine->sessions) != 1)
    g_thread_yield ();
  say (kept, "ECHO kept\r\n");
  hear (kept, "$1000000\r\n");
  close (kept);
  close (greedy);
}

/* A limit that is set below what there is is kept, though nobody sends more. */
static void
test_evict_clients_later (Fixture *self, gconstpointer data)
{
  int kept = connect_client (self), greedy = connect_client (self);
  g_autofree char *half = g_strnfill (4000000, 'x');
  g_autoptr (CfSession) session = NULL;

  ask_id (kept);
  session =
      cf_sessions_find (self->engine->sessions, (guint64) ask_id (greedy));
  say (greedy, "*2\r\n$4\r\nECHO\r\n$8000000\r\n");
  say (greedy, half);
  while (cf_session_memory (session) < strlen (half))
    g_thread_yield ();
  set (self, CF_SETTING_MAXMEMORY_CLIENTS, "1mb");
  cf_loops_review (self->loops);
  hear_end (greedy);
  g_assert_cmpuint (count (self, CF_STAT_EVICTED_CLIENTS), ==, 1);
  say (kept, "ECHO kept\r\n");
  hear (kept, "$4\r\nkept\r\n");
  close (kept);
  close (greedy);
}

/* What others send to a client while its command runs is bounded: it is cut
 * off at once when there is too much, or too much for too long. */
static void
test_inbox_limit (Fixture *self, gconstpointer data)
{
  static const char *const limits[] = { "normal 1kb 0 0", "normal 0 100 1",
                                        "pubsub 1kb 0 0" };

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      int held = connect_client (self), other = connect_client (self);
      gint64 id = ask_id (held);
      guint64 n_cut = count (self, CF_STAT_OUTPUT_LIMIT);
      gboolean is_cut = FALSE;
      char byte;

      set (self, CF_SETTING_CLIENT_OUTPUT_BUFFER_LIMIT, limits[i]);
      say (held, "HOLD\r\n");
      g_async_queue_pop (holds);
      for (gint64 until_us = g_get_monotonic_time () + PATIENCE_MS * 1000;
           !is_cut && i < 2 && g_get_monotonic_time () < until_us;)
        {
          poke (other, id, "send");
          is_cut = recv (held, &byte, 1, MSG_DONTWAIT) == 0;
        }
      for (guint n = 0; i == 2 && n < 1000; n++) /* it has another limit */
        poke (other, id, "send");
      g_assert_true (is_cut || i == 2);
      say (other, "RELEASE\r\n");
      hear (other, "+OK\r\n");
      if (i == 2)
        hear (held, "+HELD\r\n+SENT\r\n");
      set (self, CF_SETTING_CLIENT_OUTPUT_BUFFER_LIMIT,
           "normal 0 0 0 pubsub 0 0 0");
      ask_id (other);
      while (i < 2 && count (self, CF_STAT_OUTPUT_LIMIT) == n_cut)
        g_usleep (1000);
      g_assert_cmpuint (count (self, CF_STAT_OUTPUT_LIMIT), ==,
                        n_cut + (i < 2 ? 1 : 0));
      close (held);
      close (other);
    }
}

/* They count for maxmemory-clients, too. */
static void
test_inbox_memory (Fixture *self, gconstpointer data)
{
  int held = connect_client (self), other = connect_client (self);
  g_autofree char *fill = g_strnfill (5000000, 'x');
  gint64 id = ask_id (held);
  g_autoptr (CfBlob) blob = cf_blob_new (cf_slice (fill, 5000000));
  CfSession *session = cf_sessions_find (self->engine->sessions, (guint64) id);

  set (self, CF_SETTING_MAXMEMORY_CLIENTS, "4mb");
  say (held, "HOLD\r\n");
  g_async_queue_pop (holds);
  session->ops->send (session, blob);
  hear_end (held);
  say (other, "RELEASE\r\n");
  hear (other, "+OK\r\n");
  g_assert_cmpuint (count (self, CF_STAT_EVICTED_CLIENTS), ==, 1);
  cf_session_unref (session);
  close (held);
  close (other);
}

static void
test_timeout (Fixture *self, gconstpointer data)
{
  int idle = connect_client (self);

  ask_id (idle);
  set (self, CF_SETTING_TIMEOUT, "1");
  cf_loops_review (self->loops);
  hear_end (idle);
  close (idle);
}

/* Whatever was run before the end is answered in full; what was not is not. */
static void
test_graceful_end (Fixture *self, gconstpointer data)
{
  int fds[N_CLIENTS], held = connect_client (self);
  g_autoptr (GString) requests = g_string_new (NULL);
  gint n_replies = 0;

  g_atomic_int_set (&n_run, 0);
  for (guint i = 0; i < 1000; i++)
    g_string_append (requests, "COUNT\r\n");
  say (held, "HOLD\r\nECHO never\r\n");
  g_async_queue_pop (holds);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      fds[i] = connect_client (self);
      say (fds[i], requests->str);
    }
  hear_number (fds[0]);
  n_replies++;
  stop (self);
  g_async_queue_push (releases, GINT_TO_POINTER (1));
  hear (held, "+HELD\r\n");
  hear_end (held);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autoptr (GString) heard = g_string_new (NULL);
      char bytes[4096];
      gssize n;

      for (await (fds[i]); (n = recv (fds[i], bytes, sizeof bytes, 0)) > 0;
           await (fds[i]))
        g_string_append_len (heard, bytes, n);
      g_assert_true (heard->len == 0 || g_str_has_suffix (heard->str, "\r\n"));
      for (gsize j = 0; j < heard->len; j++)
        n_replies += heard->str[j] == '\n';
      close (fds[i]);
    }
  g_assert_cmpint (n_replies, ==, g_atomic_int_get (&n_run));
  close (held);
}

/* A command that does not end does not keep the loops from ending. */
static void
test_abandon (Fixture *self, gconstpointer data)
{
  int held = connect_client (self);

  say (held, "HOLD\r\n");
  g_async_queue_pop (holds);
  stop (self);
  g_assert_false (cf_loops_abandon (self->loops, 20));
  g_async_queue_push (releases, GINT_TO_POINTER (1));
  g_assert_true (cf_loops_abandon (self->loops, PATIENCE_MS));
  close (held);
}

typedef void (*Test) (Fixture *self, gconstpointer data);

static void
add (const char *name, Test test)
{
  static const char *const n_loops[] = { "1", "3", "0" };

  for (gsize i = 0; i < G_N_ELEMENTS (n_loops); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/net/loops/%s/%s", name, n_loops[i]);

      g_test_add (path, Fixture, n_loops[i], set_up, test, tear_down);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cf_clock_init ();
  add ("pipelines", test_pipelines);
  add ("hand-over", test_hand_over);
  add ("no-hand-over", test_no_hand_over);
  add ("many-held", test_many_held);
  add ("block-in-sections", test_block_in_sections);
  add ("too-many-held", test_too_many_held);
  add ("news-while-away", test_news_while_away);
  add ("park-deadline", test_park_deadline);
  add ("park-wake", test_park_wake);
  add ("kill-and-quit", test_kill_and_quit);
  add ("slow-reader", test_slow_reader);
  add ("output-limit", test_output_limit);
  add ("evict-clients", test_evict_clients);
  add ("evict-clients-later", test_evict_clients_later);
  add ("inbox-limit", test_inbox_limit);
  add ("inbox-memory", test_inbox_memory);
  add ("timeout", test_timeout);
  add ("graceful-end", test_graceful_end);
  add ("abandon", test_abandon);
  return g_test_run ();
}
