/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/tls-wire.h"
#include "net/tls-context.h"
#include "net/tls-inside.h"

#define PART 4096

static char *folder;

/* Both ends of a connection; the client's waits for nothing, either. */
typedef struct
{
  SSL_CTX *context; /* (owned) */
  int fd;           /* the server's */
  CfTlsStream *server;
  CfTlsWire *client;
} Pair;

/* -- Helpers ------------------------------------------------------------- */

static void
set_path (CfConfig *config, CfSettingId id, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  cf_config_set (config, id, path, &error);
  g_assert_no_error (error);
}

static SSL_CTX *
make_context (void)
{
  g_autoptr (CfConfig) config = cf_config_new ();
  g_autoptr (GError) error = NULL;
  SSL_CTX *context;

  set_path (config, CF_SETTING_TLS_CERT_FILE, "server.crt");
  set_path (config, CF_SETTING_TLS_KEY_FILE, "server.key");
  set_path (config, CF_SETTING_TLS_CA_CERT_FILE, "authority.crt");
  context = cf_tls_context_new (config, &error);
  g_assert_no_error (error);
  return context;
}

/* @client: what it shows and speaks. */
static void
connect_pair (Pair *self, const CfTlsOptions *client)
{
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds),
                   ==, 0);
  self->context = make_context ();
  self->fd = fds[0];
  self->server = cf_tls_stream_new (self->context, fds[0], &error);
  g_assert_no_error (error);
  self->client = cf_tls_wire_prepare (folder, client);
  self->client->fd = fds[1];
  SSL_set_fd (self->client->ssl, fds[1]);
}

/* Takes turns until the server is done, or fails. */
static CfTlsState
shake_hands (Pair *self, GError **error)
{
  CfTlsState state = CF_TLS_WANTS_READ;

  while (state == CF_TLS_WANTS_READ)
    {
      SSL_do_handshake (self->client->ssl);
      state = cf_tls_stream_shake_hands (self->server, error);
    }
  if (state == CF_TLS_DONE)
    g_assert_cmpint (SSL_do_handshake (self->client->ssl), ==, 1);
  return state;
}

static void
set_up_with (Pair *self, int version)
{
  const CfTlsOptions options = { .authority = "authority",
                                 .certificate = "client",
                                 .least = version,
                                 .most = version };
  g_autoptr (GError) error = NULL;

  connect_pair (self, &options);
  g_assert_cmpint (shake_hands (self, &error), ==, CF_TLS_DONE);
  g_assert_no_error (error);
}

static void
set_up (Pair *self, gconstpointer data)
{
  set_up_with (self, TLS1_3_VERSION);
}

static void
tear_down (Pair *self, gconstpointer data)
{
  cf_tls_stream_free (self->server);
  close (self->fd);
  cf_tls_wire_close (self->client);
  SSL_CTX_free (self->context);
}

static gssize
receive (Pair *self, char *part, gboolean *drained)
{
  return cf_tls_stream_receive (self->server, part, PART, drained);
}

/* There is nothing for the server. */
static void
expect_nothing (Pair *self)
{
  char part[PART];
  gboolean drained;

  g_assert_cmpint (receive (self, part, &drained), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
  g_assert_true (drained);
}

/* The server gets @text, and then has to wait. */
static void
expect (Pair *self, const char *text)
{
  char part[PART];
  gboolean drained;
  gssize size = receive (self, part, &drained);

  g_assert_cmpint (size, ==, (gssize) strlen (text));
  g_assert_cmpmem (part, (gsize) size, text, strlen (text));
  if (!drained)
    expect_nothing (self);
}

static gssize
send_text (Pair *self, const char *text)
{
  const struct iovec vector = { (void *) text, strlen (text) };

  return cf_tls_stream_send (self->server, &vector, 1);
}

/* Appends what the client gets now. */
static void
read_client (Pair *self, GString *to)
{
  char part[PART];
  gsize n;

  while (SSL_read_ex (self->client->ssl, part, sizeof part, &n) == 1)
    g_string_append_len (to, part, (gssize) n);
}

/* Fills the server's socket, past TLS.  Returns how many bytes that took. */
static gsize
fill_socket (Pair *self)
{
  char part[PART] = { 0 };
  gsize total = 0;
  gssize size;

  while ((size = send (self->fd, part, sizeof part, MSG_NOSIGNAL)) > 0)
    total += (gsize) size;
  while ((size = send (self->fd, part, 1, MSG_NOSIGNAL)) > 0)
    total += (gsize) size;
  return total;
}

/* Has the client's socket get all that is there, past TLS. */
static gsize
drain_socket (Pair *self)
{
  char part[PART];
  gsize total = 0;
  gssize size;

  while ((size = recv (self->client->fd, part, sizeof part, 0)) > 0)
    total += (gsize) size;
  return total;
}

/* -- Handshakes ---------------------------------------------------------- */

static void
test_tls_stream_handshake (void)
{
  static const struct
  {
    CfTlsOptions options;
    const char *trouble; /* (nullable) part of the reason */
  } cases[] = {
    { { .authority = "authority", .certificate = "client" }, NULL },
    { { .authority = "authority", .certificate = "stranger" },
      "certificate verify failed" },
    { { .authority = "authority" }, "peer did not return a certificate" },
    { { .authority = "other", .certificate = "client" }, "unknown ca" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      CfTlsState state;
      Pair pair;

      connect_pair (&pair, &cases[i].options);
      state = shake_hands (&pair, &error);
      g_assert_cmpint (state, ==,
                       cases[i].trouble != NULL ? CF_TLS_FAILED : CF_TLS_DONE);
      if (cases[i].trouble != NULL)
        g_assert_nonnull (strstr (error->message, cases[i].trouble));
      tear_down (&pair, NULL);
    }
}

/* A peer that is gone, and one that says what is no TLS. */
static void
test_tls_stream_no_handshake (void)
{
  const CfTlsOptions options = { .authority = "authority" };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      Pair pair;

      connect_pair (&pair, &options);
      g_assert_cmpint (cf_tls_stream_shake_hands (pair.server, &error), ==,
                       CF_TLS_WANTS_READ);
      g_assert_cmpint (write (pair.client->fd, "PING\r\n", 6 * i), ==,
                       (gssize) (6 * i));
      shutdown (pair.client->fd, SHUT_WR);
      g_assert_cmpint (cf_tls_stream_shake_hands (pair.server, &error), ==,
                       CF_TLS_FAILED);
      g_assert_nonnull (error);
      tear_down (&pair, NULL);
    }
}

/* -- Receiving ----------------------------------------------------------- */

static void
test_tls_stream_exchange (Pair *self, gconstpointer data)
{
  g_autoptr (GString) came = g_string_new (NULL);

  expect_nothing (self);
  cf_tls_wire_send (self->client, "PING", 4);
  expect (self, "PING");
  g_assert_cmpint (send_text (self, "PONG"), ==, 4);
  read_client (self, came);
  g_assert_cmpstr (came->str, ==, "PONG");
}

/* Records without data are taken some at a time, and none is forgotten. */
static void
test_tls_stream_changed_keys (Pair *self, gconstpointer data)
{
  enum
  {
    N = 4000
  };
  BIO *out = BIO_new (BIO_s_mem ());
  char *bytes, part[PART];
  gsize n, done = 0, rounds = 0;
  gboolean drained;
  gssize size;

  SSL_set0_wbio (self->client->ssl, out);
  for (guint i = 0; i < N; i++)
    {
      SSL_key_update (self->client->ssl, SSL_KEY_UPDATE_NOT_REQUESTED);
      g_assert_cmpint (SSL_do_handshake (self->client->ssl), ==, 1);
    }
  cf_tls_wire_send (self->client, "PING", 4);
  n = (gsize) BIO_get_mem_data (out, &bytes);
  do
    {
      size = write (self->client->fd, bytes + done, n - done);
      done += size > 0 ? (gsize) size : 0;
      size = receive (self, part, &drained);
      g_assert_true (size == 4 || errno == EAGAIN);
      g_assert_false (drained && size < 0 && done == n);
      rounds++;
    }
  while (size < 0);
  g_assert_cmpmem (part, (gsize) size, "PING", 4);
  g_assert_cmpuint (rounds, >, 1);
  g_assert_cmpint (send_text (self, "PONG"), ==, 4);
}

/* A key that is asked for is sent with the next reply, though the socket was
 * full when it was asked for, in the middle of a record. */
static void
test_tls_stream_asked_for_keys (Pair *self, gconstpointer data)
{
  g_autofree char *text = g_strnfill (100000, 'r');
  g_autoptr (GString) came = g_string_new (NULL);
  gsize sent = 0;
  gssize size;

  while ((size = send_text (self, text)) > 0)
    sent += (gsize) size;
  g_assert_cmpint (errno, ==, EAGAIN);
  SSL_key_update (self->client->ssl, SSL_KEY_UPDATE_REQUESTED);
  g_assert_cmpint (SSL_do_handshake (self->client->ssl), ==, 1);
  cf_tls_wire_send (self->client, "PING", 4);
  expect (self, "PING");
  for (guint i = 0; i < 4; i++)
    {
      read_client (self, came);
      while ((size = send_text (self, text)) > 0)
        sent += (gsize) size;
      g_assert_cmpint (errno, ==, EAGAIN);
    }
  read_client (self, came);
  g_assert_cmpuint (came->len, >=, sent);
  g_assert_cmpuint (strspn (came->str, "r"), ==, came->len);
}

/* TLS 1.2: the server does not begin anew, and goes on. */
static void
test_tls_stream_renegotiation (void)
{
  Pair pair;

  set_up_with (&pair, TLS1_2_VERSION);
  g_assert_cmpint (SSL_renegotiate (pair.client->ssl), ==, 1);
  SSL_do_handshake (pair.client->ssl);
  expect_nothing (&pair);
  /* The client takes that for the end. */
  g_assert_cmpint (SSL_do_handshake (pair.client->ssl), !=, 1);
  tear_down (&pair, NULL);
}

/* What came before an end is told first, however it ends. */
static void
test_tls_stream_ends (void)
{
  for (guint says_so = 0; says_so < 2; says_so++)
    {
      char part[PART];
      gboolean drained;
      Pair pair;

      set_up (&pair, NULL);
      cf_tls_wire_send (pair.client, "PING", 4);
      if (says_so)
        SSL_shutdown (pair.client->ssl);
      else
        shutdown (pair.client->fd, SHUT_WR);
      g_assert_cmpint (receive (&pair, part, &drained), ==, 4);
      /* The socket's end is an event of its own, while TLS's is not. */
      g_assert_cmpint (drained, ==, !says_so);
      g_assert_cmpint (receive (&pair, part, &drained), ==, 0);
      g_assert_false (drained);
      g_assert_cmpint (send_text (&pair, "BYE"), ==, 3);
      tear_down (&pair, NULL);
    }
}

static void
test_tls_stream_garbage (Pair *self, gconstpointer data)
{
  char part[PART];
  gboolean drained;

  g_assert_cmpint (write (self->client->fd, "PING\r\nPING\r\nPING\r\n", 18), ==,
                   18);
  g_assert_cmpint (receive (self, part, &drained), ==, -1);
  g_assert_cmpint (errno, ==, EPROTO);
  g_assert_false (drained);
  g_assert_cmpint (send_text (self, "PONG"), ==, -1);
  g_assert_cmpint (errno, ==, EPIPE);
}

/* -- Sending ------------------------------------------------------------- */

/* Gives the first bytes of @text in pieces, from a place of their own. */
static gssize
send_pieces (Pair *self, const GString *text, gsize from, gsize piece)
{
  struct iovec vectors[8];
  gsize n = 0, at = from;
  gssize sent;

  for (; n < G_N_ELEMENTS (vectors) && at < text->len; n++)
    {
      gsize size = MIN (piece, text->len - at);

      vectors[n].iov_base = g_memdup2 (text->str + at, size);
      vectors[n].iov_len = size;
      at += size;
    }
  sent = cf_tls_stream_send (self->server, vectors, n);
  for (gsize i = 0; i < n; i++)
    g_free (vectors[i].iov_base);
  return sent;
}

/* A record that did not fit goes on, from other places, with more behind. */
static void
test_tls_stream_partial (Pair *self, gconstpointer data)
{
  static const gsize pieces[] = { 1, 100, 5000, 16383, 16384, 16385, 100000 };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) came = g_string_new (NULL);
  gsize sent = 0;
  guint n_full = 0;
  gssize size;

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    for (guint round = 0; round < 100; round++)
      {
        for (gsize k = 0; k < pieces[i]; k++)
          g_string_append_c (text, (char) ('a' + (text->len * 31 + k) % 26));
        while (sent < text->len)
          {
            size = send_pieces (self, text, sent, pieces[i]);
            if (size < 0)
              break;
            sent += (gsize) size;
          }
        if (sent == text->len)
          continue;
        g_assert_cmpint (errno, ==, EAGAIN);
        if (++n_full % 3 == 0)
          read_client (self, came);
      }
  g_assert_cmpuint (n_full, >, 10);
  while (came->len < text->len)
    {
      read_client (self, came);
      if (sent < text->len &&
          (size = send_pieces (self, text, sent, 100000)) > 0)
        sent += (gsize) size;
    }
  g_assert_cmpmem (came->str, came->len, text->str, text->len);
}

static void
test_tls_stream_gone (Pair *self, gconstpointer data)
{
  close (self->client->fd);
  self->client->fd = -1;
  g_assert_cmpint (send_text (self, "PONG"), ==, -1);
  g_assert_cmpint (errno, ==, EPIPE);
}

/* -- The end ------------------------------------------------------------- */

static void
test_tls_stream_says_end (Pair *self, gconstpointer data)
{
  char part[PART];
  gsize n;

  g_assert_true (cf_tls_stream_end (self->server));
  g_assert_true (cf_tls_stream_end (self->server));
  g_assert_cmpint (SSL_read_ex (self->client->ssl, part, PART, &n), ==, 0);
  g_assert_cmpint (SSL_get_error (self->client->ssl, 0), ==,
                   SSL_ERROR_ZERO_RETURN);
  /* It still hears the client. */
  cf_tls_wire_send (self->client, "PING", 4);
  expect (self, "PING");
}

/* It is said when there is room, once. */
static void
test_tls_stream_end_waits (Pair *self, gconstpointer data)
{
  gsize filled;

  drain_socket (self); /* tickets */
  filled = fill_socket (self);
  g_assert_false (cf_tls_stream_end (self->server));
  g_assert_false (cf_tls_stream_end (self->server));
  g_assert_cmpuint (drain_socket (self), ==, filled);
  g_assert_true (cf_tls_stream_end (self->server));
  g_assert_cmpuint (drain_socket (self), ==, 5 + 2 + 1 + 16); /* an alert */
  g_assert_true (cf_tls_stream_end (self->server));
  g_assert_cmpuint (drain_socket (self), ==, 0);
}

static void
add (const char *path, void (*test) (Pair *self, gconstpointer data))
{
  g_test_add (path, Pair, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  g_test_add_func ("/net/tls-stream/handshake", test_tls_stream_handshake);
  g_test_add_func ("/net/tls-stream/no-handshake",
                   test_tls_stream_no_handshake);
  add ("/net/tls-stream/exchange", test_tls_stream_exchange);
  add ("/net/tls-stream/changed-keys", test_tls_stream_changed_keys);
  add ("/net/tls-stream/asked-for-keys", test_tls_stream_asked_for_keys);
  g_test_add_func ("/net/tls-stream/renegotiation",
                   test_tls_stream_renegotiation);
  g_test_add_func ("/net/tls-stream/ends", test_tls_stream_ends);
  add ("/net/tls-stream/garbage", test_tls_stream_garbage);
  add ("/net/tls-stream/partial", test_tls_stream_partial);
  add ("/net/tls-stream/gone", test_tls_stream_gone);
  add ("/net/tls-stream/says-end", test_tls_stream_says_end);
  add ("/net/tls-stream/end-waits", test_tls_stream_end_waits);
  folder = cf_certificates_make ();
  status = g_test_run ();
  cf_certificates_remove (folder);
  return status;
}
