/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-tls.c -- clients by TLS, over real sockets. */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "daemon/harness.h"
#include "daemon/tls-wire.h"

#define BIG (40 * 1024 * 1024)

static char *folder;
static CfHarness *server;
static guint16 port;

static const CfTlsOptions usual = { .authority = "authority",
                                    .certificate = "client" };

/* -- Helpers ------------------------------------------------------------- */

static char *
make_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
copy (const char *from, const char *to)
{
  g_autofree char *source = make_path (from), *target = make_path (to);
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_file_get_contents (source, &data, &size, &error);
  g_assert_no_error (error);
  g_file_set_contents (target, data, (gssize) size, &error);
  g_assert_no_error (error);
}

static guint16
find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();

  return g_socket_listener_add_any_inet_port (listener, NULL, NULL);
}

static void
start (void)
{
  g_autofree char *certificate = make_path ("now.crt");
  g_autofree char *key = make_path ("now.key");
  g_autofree char *authority = make_path ("authority.crt");
  g_autofree char *number = NULL;

  copy ("server.crt", "now.crt");
  copy ("server.key", "now.key");
  port = find_port ();
  number = g_strdup_printf ("%u", port);
  server = cf_harness_start ("--tls-port", number, "--tls-cert-file",
                             certificate, "--tls-key-file", key,
                             "--tls-ca-cert-file", authority, NULL);
}

/* Sets a setting by a client without TLS. */
static void
set (const char *name, const char *value, const char *reply)
{
  g_autoptr (CfWire) wire = cf_wire_open (server);
  g_autofree char *request = g_strdup_printf (
      "*4\r\n$6\r\nCONFIG\r\n$3\r\nSET\r\n$%zu\r\n%s\r\n$%zu\r\n%s\r\n",
      strlen (name), name, strlen (value), value);

  cf_wire_exchange (wire, request, reply);
}

static void
set_ok (const char *name, const char *value)
{
  set (name, value, "+OK\r\n");
}

static void
set_bad (const char *name, const char *value)
{
  g_autofree char *reply =
      g_strdup_printf ("-ERR CONFIG SET failed (possibly related to argument "
                       "'%s') - Unable to update TLS configuration. Check "
                       "server logs.\r\n",
                       name);

  set (name, value, reply);
}

static gboolean
is_served (const CfTlsOptions *options)
{
  g_autoptr (CfTlsWire) wire = cf_tls_wire_try_open (port, folder, options);

  return wire != NULL && cf_tls_wire_try_ping (wire);
}

static void
append_command (GString *to,
                const char *name,
                const char *key,
                const char *value,
                gsize size)
{
  g_string_append_printf (to, "*%d\r\n$%zu\r\n%s\r\n$%zu\r\n%s\r\n",
                          value != NULL ? 3 : 2, strlen (name), name,
                          strlen (key), key);
  if (value == NULL)
    return;
  g_string_append_printf (to, "$%zu\r\n", size);
  g_string_append_len (to, value, (gssize) size);
  g_string_append (to, "\r\n");
}

/* -- Requests and replies ------------------------------------------------ */

static void
test_tls_exchange (void)
{
  g_autoptr (CfTlsWire) wire = cf_tls_wire_open (port, folder, &usual);
  g_autoptr (GString) rest = NULL;

  cf_tls_wire_exchange (wire, "PING\r\n", "+PONG\r\n");
  cf_tls_wire_exchange (wire, "SET a b\r\nGET a\r\n", "+OK\r\n$1\r\nb\r\n");
  cf_tls_wire_send (wire, "PING\r\nQUIT\r\nPING\r\n", 18);
  rest = cf_tls_wire_read_rest (wire);
  g_assert_cmpstr (rest->str, ==, "+PONG\r\n+OK\r\n");
}

/* The same pipeline, a record for each piece, in pieces of every size. */
static void
test_tls_cut_records (void)
{
  g_autoptr (CfTlsWire) wire = cf_tls_wire_open (port, folder, &usual);
  g_autoptr (GString) requests = g_string_new (NULL);

  append_command (requests, "SET", "cut", "some value of a few bytes", 25);
  append_command (requests, "GET", "cut", NULL, 0);
  append_command (requests, "APPEND", "cut", "more", 4);
  append_command (requests, "STRLEN", "cut", NULL, 0);
  for (gsize size = 1; size <= requests->len; size++)
    {
      for (gsize at = 0; at < requests->len; at += size)
        cf_tls_wire_send (wire, requests->str + at,
                          MIN (size, requests->len - at));
      cf_tls_wire_expect (
          wire, "+OK\r\n$25\r\nsome value of a few bytes\r\n:29\r\n:29\r\n",
          47);
    }
}

/* Values that fill many records, both ways, with more replies than sockets
 * take before any is read. */
static void
test_tls_big_values (void)
{
  g_autoptr (CfTlsWire) wire = cf_tls_wire_open (port, folder, &usual);
  g_autoptr (GString) request = g_string_new (NULL);
  g_autoptr (GString) reply = g_string_new (NULL);
  char *value = g_malloc (BIG);

  for (gsize i = 0; i < BIG; i++)
    value[i] = (char) (i * 2654435761u >> 13);
  append_command (request, "SET", "big", value, BIG);
  cf_tls_wire_send (wire, request->str, request->len);
  cf_tls_wire_expect (wire, "+OK\r\n", 5);
  g_string_append_printf (reply, "+PONG\r\n$%d\r\n", BIG);
  g_string_append_len (reply, value, BIG);
  g_string_append (reply, "\r\n+PONG\r\n");
  cf_tls_wire_send (
      wire, "PING\r\nGET big\r\nPING\r\nPING\r\nGET big\r\nPING\r\n", 42);
  cf_tls_wire_expect (wire, reply->str, reply->len);
  cf_tls_wire_expect (wire, reply->str, reply->len);
  cf_tls_wire_exchange (wire, "DEL big\r\n", ":1\r\n");
  g_free (value);
}

/* Values of every size around that of a record. */
static void
test_tls_sizes (void)
{
  static const gsize edges[] = { 1, 4096, 16384 - 16, 16384, 32768, 65536 };
  g_autoptr (CfTlsWire) wire = cf_tls_wire_open (port, folder, &usual);
  g_autofree char *value = g_malloc (70000);

  memset (value, 'v', 70000);
  for (gsize i = 0; i < G_N_ELEMENTS (edges); i++)
    for (gsize size = edges[i]; size < edges[i] + 24; size++)
      {
        g_autoptr (GString) request = g_string_new (NULL);
        g_autoptr (GString) reply = g_string_new ("+OK\r\n");

        append_command (request, "SET", "sized", value, size);
        append_command (request, "GET", "sized", NULL, 0);
        g_string_append_printf (reply, "$%zu\r\n", size);
        g_string_append_len (reply, value, (gssize) size);
        g_string_append (reply, "\r\n");
        cf_tls_wire_send (wire, request->str, request->len);
        cf_tls_wire_expect (wire, reply->str, reply->len);
      }
}

/* Who says no more still gets the answer, and then the end. */
static void
test_tls_half_closed (void)
{
  g_autoptr (CfTlsWire) wire = cf_tls_wire_open (port, folder, &usual);
  g_autoptr (GString) rest = NULL;

  cf_tls_wire_send (wire, "SET h 1\r\nGET h\r\n", 16);
  g_assert_cmpint (SSL_shutdown (wire->ssl), ==, 0);
  rest = cf_tls_wire_read_rest (wire);
  g_assert_cmpstr (rest->str, ==, "+OK\r\n$1\r\n1\r\n");
}

static void
test_tls_many (void)
{
  enum
  {
    N = 200
  };
  CfTlsWire *wires[N];

  for (guint i = 0; i < N; i++)
    wires[i] = cf_tls_wire_open (port, folder, &usual);
  for (guint round = 0; round < 3; round++)
    {
      for (guint i = 0; i < N; i++)
        cf_tls_wire_send (wires[i], "INCR many\r\nPING\r\n", 17);
      for (guint i = 0; i < N; i++)
        {
          gsize n = 0;
          char byte = 0;

          /* Whose turn is first is not sure. */
          while (byte != 'G' && SSL_read_ex (wires[i]->ssl, &byte, 1, &n) == 1)
            g_assert_cmpuint (n, ==, 1);
          cf_tls_wire_expect (wires[i], "\r\n", 2);
        }
    }
  cf_tls_wire_exchange (wires[0], "GET many\r\n", "$3\r\n600\r\n");
  for (guint i = 0; i < N; i++)
    cf_tls_wire_close (wires[i]);
}

/* -- Who may come, and how ----------------------------------------------- */

static void
test_tls_certificates (void)
{
  static const struct
  {
    const char *setting;
    CfTlsOptions options;
    gboolean served;
  } cases[] = {
    { "yes", { .authority = "authority", .certificate = "client" }, TRUE },
    { "yes", { .authority = "authority" }, FALSE },
    { "yes", { .authority = "authority", .certificate = "stranger" }, FALSE },
    { "yes", { .authority = "other", .certificate = "client" }, FALSE },
    { "optional", { .authority = "authority", .certificate = "client" }, TRUE },
    { "optional", { .authority = "authority" }, TRUE },
    { "optional",
      { .authority = "authority", .certificate = "stranger" },
      FALSE },
    { "no", { .authority = "authority", .certificate = "client" }, TRUE },
    { "no", { .authority = "authority" }, TRUE },
    { "no", { .authority = "authority", .certificate = "stranger" }, TRUE },
    { "no", { .authority = "other" }, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++)
      {
        CfTlsOptions options = cases[i].options;

        options.least = options.most = version;
        set_ok ("tls-auth-clients", cases[i].setting);
        g_test_message ("%zu %x", i, (guint) version);
        g_assert_cmpint (is_served (&options), ==, cases[i].served);
      }
  set_ok ("tls-auth-clients", "yes");
}

static void
test_tls_protocols (void)
{
  static const struct
  {
    const char *setting;
    int version;
    gboolean served;
  } cases[] = {
    { "", TLS1_VERSION, FALSE },
    { "", TLS1_1_VERSION, FALSE },
    { "", TLS1_2_VERSION, TRUE },
    { "", TLS1_3_VERSION, TRUE },
    { "TLSv1.2", TLS1_2_VERSION, TRUE },
    { "TLSv1.2", TLS1_3_VERSION, FALSE },
    { "tlsv1.3", TLS1_2_VERSION, FALSE },
    { "tlsv1.3", TLS1_3_VERSION, TRUE },
    { "TLSv1.3 TLSv1.2", TLS1_2_VERSION, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CfTlsOptions options = usual;

      options.least = options.most = cases[i].version;
      set_ok ("tls-protocols", cases[i].setting);
      g_test_message ("%zu", i);
      g_assert_cmpint (is_served (&options), ==, cases[i].served);
    }
  set_bad ("tls-protocols", "TLSv1.4");
  set_ok ("tls-protocols", "");
}

static void
expect_cipher (CfTlsOptions *options, const char *name)
{
  g_autoptr (CfTlsWire) wire = cf_tls_wire_open (port, folder, options);

  g_assert_cmpstr (SSL_get_cipher_name (wire->ssl), ==, name);
}

static void
test_tls_ciphers (void)
{
  CfTlsOptions options = usual;

  options.suites = "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
  expect_cipher (&options, "TLS_CHACHA20_POLY1305_SHA256");
  set_ok ("tls-ciphersuites", "TLS_AES_128_GCM_SHA256");
  expect_cipher (&options, "TLS_AES_128_GCM_SHA256");
  set_ok ("tls-ciphersuites", "");
  options.most = TLS1_2_VERSION;
  options.ciphers =
      "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256";
  expect_cipher (&options, "ECDHE-ECDSA-AES256-GCM-SHA384");
  set_ok ("tls-ciphers",
          "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384");
  expect_cipher (&options, "ECDHE-ECDSA-AES256-GCM-SHA384");
  set_ok ("tls-prefer-server-ciphers", "yes");
  expect_cipher (&options, "ECDHE-ECDSA-AES128-GCM-SHA256");
  set_ok ("tls-prefer-server-ciphers", "no");
  set_bad ("tls-ciphers", "nonsense");
  set_bad ("tls-ciphersuites", "nonsense");
  set_ok ("tls-ciphers", "");
}

static gboolean
is_resumed (void)
{
  CfTlsOptions options = usual;
  g_autoptr (CfTlsWire) first = cf_tls_wire_open (port, folder, &options);
  g_autoptr (CfTlsWire) second = NULL;

  cf_tls_wire_exchange (first, "PING\r\n", "+PONG\r\n");
  options.session = SSL_get1_session (first->ssl);
  second = cf_tls_wire_open (port, folder, &options);
  SSL_SESSION_free (options.session);
  cf_tls_wire_exchange (second, "PING\r\n", "+PONG\r\n");
  return SSL_session_reused (second->ssl) == 1;
}

static void
test_tls_sessions (void)
{
  g_assert_true (is_resumed ());
  set_ok ("tls-session-caching", "no");
  g_assert_false (is_resumed ());
  set_ok ("tls-session-caching", "yes");
  set_ok ("tls-session-cache-size", "1");
  set_ok ("tls-session-cache-timeout", "60");
  g_assert_true (is_resumed ());
}

static void
test_tls_not_tls (void)
{
  char byte;
  int fd = cf_tls_wire_connect (port);

  g_assert_cmpint (write (fd, "PING\r\nPING\r\n", 12), ==, 12);
  while (read (fd, &byte, 1) > 0)
    continue;
  close (fd);
  g_assert_true (is_served (&usual));
}

/* -- Changes ------------------------------------------------------------- */

static char *
get_name_of_server (void)
{
  g_autoptr (CfTlsWire) wire = cf_tls_wire_open (port, folder, &usual);
  X509 *certificate = SSL_get0_peer_certificate (wire->ssl);
  char name[64];

  X509_NAME_get_text_by_NID (X509_get_subject_name (certificate),
                             NID_commonName, name, sizeof name);
  return g_strdup (name);
}

static void
expect_name (const char *name)
{
  g_autofree char *shown = get_name_of_server ();

  g_assert_cmpstr (shown, ==, name);
}

/* Until the server has done what a signal asks for. */
static void
wait_for_name (const char *name)
{
  gint64 until =
      g_get_monotonic_time () + CF_TLS_WIRE_PATIENCE_S * G_USEC_PER_SEC;
  g_autofree char *shown = NULL;

  do
    {
      g_free (shown);
      shown = get_name_of_server ();
    }
  while (strcmp (shown, name) != 0 && g_get_monotonic_time () < until);
  g_assert_cmpstr (shown, ==, name);
}

static void
test_tls_reload (void)
{
  g_autoptr (CfTlsWire) old = cf_tls_wire_open (port, folder, &usual);
  g_autofree char *now = make_path ("now.crt");
  g_autofree char *other = make_path ("other.key");
  g_autofree char *key = make_path ("now.key");

  expect_name ("server");
  /* The same name, but another file behind it: both have to change. */
  copy ("again.crt", "now.crt");
  set_bad ("tls-cert-file", now);
  expect_name ("server");
  copy ("again.key", "now.key");
  set_ok ("tls-cert-file", now);
  expect_name ("again");
  set_bad ("tls-key-file", other);
  set_bad ("tls-key-file", "/nonexistent");
  expect_name ("again");
  copy ("server.crt", "now.crt");
  copy ("server.key", "now.key");
  cf_harness_send_signal (server, SIGHUP);
  wait_for_name ("server");
  g_file_set_contents (now, "nonsense", -1, NULL);
  set_bad ("tls-cert-file", now);
  expect_name ("server");
  copy ("server.crt", "now.crt");
  set_ok ("tls-key-file", key);
  cf_tls_wire_exchange (old, "PING\r\n", "+PONG\r\n");
}

static void
test_tls_settings (void)
{
  g_autofree char *server_key = make_path ("server.key");

  set_bad ("tls-ca-cert-file", "");
  set_bad ("tls-ca-cert-file", server_key);
  set_bad ("tls-dh-params-file", "/nonexistent");
  set_bad ("tls-cert-file", "");
  set_bad ("tls-key-file", "");
  set_ok ("tls-ca-cert-dir", folder);
  set_ok ("tls-ca-cert-dir", "");
  g_assert_true (is_served (&usual));
}

static void
test_tls_port (void)
{
  g_autoptr (CfTlsWire) old = cf_tls_wire_open (port, folder, &usual);
  g_autofree char *number = g_strdup_printf ("%u", port);
  g_autofree char *now = make_path ("now.crt");

  set_ok ("tls-port", "0");
  set_ok ("tls-cert-file", "/nonexistent");
  set_bad ("tls-port", number);
  cf_tls_wire_exchange (old, "PING\r\n", "+PONG\r\n");
  set_ok ("tls-cert-file", now);
  set_ok ("tls-port", number);
  g_assert_true (is_served (&usual));
}

/* -- Handshakes that end late or never ----------------------------------- */

/* Reads until the server closes.  Returns when. */
static gint64
wait_for_end (int fd)
{
  char part[4096];

  while (read (fd, part, sizeof part) > 0)
    continue;
  close (fd);
  return g_get_monotonic_time ();
}

/* Clients that fall silent after each byte of their hello hold up nobody, and
 * are closed when their time is over. */
static void
test_tls_stuck (void)
{
  g_autoptr (GString) hello = cf_tls_wire_hello (folder, &usual);
  g_autofree int *fds = g_new (int, hello->len + 1);
  gint64 start, took;

  set_ok ("tls-handshake-timeout", "700");
  start = g_get_monotonic_time ();
  for (gsize size = 0; size <= hello->len; size++)
    {
      fds[size] = cf_tls_wire_connect (port);
      g_assert_cmpint (write (fds[size], hello->str, size), ==, (gssize) size);
      if (size % 16 == 0)
        g_assert_true (is_served (&usual));
    }
  g_assert_true (is_served (&usual));
  for (gsize size = 0; size <= hello->len; size++)
    {
      took = wait_for_end (fds[size]) - start;
      g_assert_cmpint (took, >=, 690 * 1000);
    }
  set_ok ("tls-handshake-timeout", "10000");
  g_assert_true (is_served (&usual));
}

/* A client that sends its part byte by byte does get there. */
static void
test_tls_slow (void)
{
  g_autoptr (CfTlsWire) wire = cf_tls_wire_prepare (folder, &usual);
  BIO *in = BIO_new (BIO_s_mem ()), *out = BIO_new (BIO_s_mem ());
  char *data, part[4096];
  gssize size;
  int result;

  SSL_set_bio (wire->ssl, in, out);
  wire->fd = cf_tls_wire_connect (port);
  while ((result = SSL_do_handshake (wire->ssl)) != 1)
    {
      size = BIO_get_mem_data (out, &data);
      for (gssize i = 0; i < size; i++)
        g_assert_cmpint (write (wire->fd, data + i, 1), ==, 1);
      (void) !BIO_reset (out);
      size = read (wire->fd, part, sizeof part);
      g_assert_cmpint (size, >, 0);
      g_assert_cmpint (BIO_write (in, part, (int) size), ==, (int) size);
    }
  /* The last of the handshake and the first request come in one piece. */
  cf_tls_wire_send (wire, "PING\r\nPING\r\n", 12);
  size = BIO_get_mem_data (out, &data);
  g_assert_cmpint (write (wire->fd, data, (gsize) size), ==, size);
  (void) !BIO_reset (out);
  SSL_set_fd (wire->ssl, wire->fd);
  cf_tls_wire_expect (wire, "+PONG\r\n+PONG\r\n", 14);
}

/* While others wait, those who take too long have to go. */
static void
test_tls_bounded (void)
{
  enum
  {
    N = 20
  };
  g_autoptr (GString) hello = cf_tls_wire_hello (folder, &usual);
  int fds[N];

  set_ok ("tls-max-handshakes", "4");
  for (guint i = 0; i < N; i++)
    {
      fds[i] = cf_tls_wire_connect (port);
      g_assert_cmpint (write (fds[i], hello->str, hello->len), ==,
                       (gssize) hello->len);
    }
  g_assert_true (is_served (&usual));
  set_ok ("tls-max-handshakes", "1000");
  for (guint i = 0; i < N; i++)
    close (fds[i]);
}

/* Those who never shake hands do not take all the places there are. */
static void
test_tls_crowd (void)
{
  enum
  {
    N = 60
  };
  int fds[N];

  set_ok ("maxclients", "40");
  for (guint i = 0; i < N; i++)
    fds[i] = cf_tls_wire_connect (port);
  g_assert_true (is_served (&usual));
  set_ok ("maxclients", "10000");
  for (guint i = 0; i < N; i++)
    close (fds[i]);
}

/* Who has no password and comes from here is served; the rest is the same as
 * without TLS. */
static void
test_tls_log_in (void)
{
  CfTlsWire *wire;

  set_ok ("requirepass", "sesame");
  wire = cf_tls_wire_open (port, folder, &usual);
  cf_tls_wire_exchange (wire, "GET a\r\n",
                        "-NOAUTH Authentication required.\r\n");
  cf_tls_wire_exchange (wire, "AUTH sesame\r\n", "+OK\r\n");
  cf_tls_wire_exchange (wire, "CONFIG SET requirepass \"\"\r\n", "+OK\r\n");
  cf_tls_wire_close (wire);
}

/* -- The client ---------------------------------------------------------- */

/* Runs coffer in the folder of certificates.  Returns its exit status. */
static int
run_coffer (const char *options,
            const char *input,
            char **output,
            char **errors)
{
  g_autofree char *line = g_strdup_printf ("%s -h localhost -p %u %s",
                                           g_getenv ("COFFER"), port, options);
  g_auto (GStrv) words = g_strsplit (g_strchomp (line), " ", -1);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
      G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_set_cwd (launcher, folder);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) words,
                                          &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input, NULL, output, errors, &error);
  g_assert_no_error (error);
  return g_subprocess_get_exit_status (process);
}

static void
test_tls_coffer (void)
{
#define USUAL "--tls --cacert authority.crt --cert client.crt --key client.key "
  static const struct
  {
    const char *options;
    int status;
    const char *said; /* part of what is printed, or of what is wrong */
  } cases[] = {
    { USUAL "PING", 0, "PONG" },
    { USUAL "--sni localhost PING", 0, "PONG" },
    { USUAL "--sni elsewhere PING", 1, "hostname mismatch" },
    { USUAL "--tls-ciphersuites TLS_AES_128_GCM_SHA256 PING", 0, "PONG" },
    { USUAL "--tls-ciphersuites nonsense PING", 1, "tls-ciphersuites" },
    { USUAL "--tls-ciphers nonsense PING", 1, "tls-ciphers nonsense" },
    { USUAL "-u rediss://localhost PING", 0, "PONG" },
    { "--tls --insecure --cert client.crt --key client.key PING", 0, "PONG" },
    { "--tls --cacert other.crt --cert client.crt --key client.key PING", 1,
      "certificate verify failed" },
    { "--tls --cert client.crt --key client.key PING", 1,
      "certificate verify failed" },
    { "--tls --cacert missing.crt PING", 1, "--cacert missing.crt" },
    { "--tls --cacert authority.crt --cert client.crt PING", 2,
      "--cert and --key" },
    { "--tls --cacert authority.crt --cert client.crt --key other.key PING", 1,
      "key values mismatch" },
    { "--tls --cacert authority.crt PING", 1, "certificate required" },
    { USUAL "--scan --pattern scanned*", 0, "scanned:1\n" },
    { USUAL "--latency -i 0.1", 0, " " },
    { "PING", 1, "Server closed the connection" },
  };
  g_autoptr (CfTlsWire) wire = cf_tls_wire_open (port, folder, &usual);

  cf_tls_wire_exchange (wire, "SET scanned:1 x\r\n", "+OK\r\n");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *output = NULL, *errors = NULL;
      int status = run_coffer (cases[i].options, "", &output, &errors);

      g_test_message ("%s: %s%s", cases[i].options, output, errors);
      g_assert_cmpint (status, ==, cases[i].status);
      g_assert_nonnull (strstr (status == 0 ? output : errors, cases[i].said));
    }
}

/* Much goes both ways at once. */
static void
test_tls_coffer_pipe (void)
{
  enum
  {
    N = 20000
  };
  g_autoptr (GString) input = g_string_new (NULL);
  g_autofree char *value = g_strnfill (1000, 'p');
  g_autofree char *output = NULL, *errors = NULL;
  g_autofree char *counted =
      g_strdup_printf ("errors: 0, replies: %d\n", 2 * N);

  for (guint i = 0; i < N; i++)
    {
      append_command (input, "SET", "piped", value, 1000);
      append_command (input, "GET", "piped", NULL, 0);
    }
  g_assert_cmpint (run_coffer (USUAL "--pipe", input->str, &output, &errors),
                   ==, 0);
  g_assert_nonnull (strstr (output, counted));
}

/* Commands from standard input, with a reply of many records. */
static void
test_tls_coffer_commands (void)
{
  g_autoptr (GString) input = g_string_new ("SET long ");
  g_autoptr (GString) expected = g_string_new ("OK\n");
  g_autofree char *value = g_strnfill (300000, 'l');
  g_autofree char *output = NULL, *errors = NULL;

  g_string_append_printf (input, "%s\nGET long\nDEL long\n", value);
  g_string_append_printf (expected, "%s\n1\n", value);
  g_assert_cmpint (run_coffer (USUAL, input->str, &output, &errors), ==, 0);
  g_assert_true (g_str_has_prefix (output, expected->str));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  g_test_add_func ("/daemon/tls/exchange", test_tls_exchange);
  g_test_add_func ("/daemon/tls/cut-records", test_tls_cut_records);
  g_test_add_func ("/daemon/tls/big-values", test_tls_big_values);
  g_test_add_func ("/daemon/tls/sizes", test_tls_sizes);
  g_test_add_func ("/daemon/tls/half-closed", test_tls_half_closed);
  g_test_add_func ("/daemon/tls/many", test_tls_many);
  g_test_add_func ("/daemon/tls/certificates", test_tls_certificates);
  g_test_add_func ("/daemon/tls/protocols", test_tls_protocols);
  g_test_add_func ("/daemon/tls/ciphers", test_tls_ciphers);
  g_test_add_func ("/daemon/tls/sessions", test_tls_sessions);
  g_test_add_func ("/daemon/tls/not-tls", test_tls_not_tls);
  g_test_add_func ("/daemon/tls/reload", test_tls_reload);
  g_test_add_func ("/daemon/tls/settings", test_tls_settings);
  g_test_add_func ("/daemon/tls/port", test_tls_port);
  g_test_add_func ("/daemon/tls/stuck", test_tls_stuck);
  g_test_add_func ("/daemon/tls/slow", test_tls_slow);
  g_test_add_func ("/daemon/tls/bounded", test_tls_bounded);
  g_test_add_func ("/daemon/tls/crowd", test_tls_crowd);
  g_test_add_func ("/daemon/tls/log-in", test_tls_log_in);
  g_test_add_func ("/daemon/tls/coffer", test_tls_coffer);
  g_test_add_func ("/daemon/tls/coffer-pipe", test_tls_coffer_pipe);
  g_test_add_func ("/daemon/tls/coffer-commands", test_tls_coffer_commands);
  folder = cf_certificates_make ();
  start ();
  status = g_test_run ();
  cf_harness_stop (server);
  cf_certificates_remove (folder);
  return status;
}
