/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "daemon/tls-wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <glib/gstdio.h>

#define DAYS_S (24 * 60 * 60)

/* -- Certificates -------------------------------------------------------- */

static char *
make_path (const char *folder, const char *name, const char *ending)
{
  return g_strdup_printf ("%s/%s.%s", folder, name, ending);
}

static EVP_PKEY *
read_key (const char *folder, const char *name)
{
  g_autofree char *path = make_path (folder, name, "key");
  BIO *file = BIO_new_file (path, "r");
  EVP_PKEY *key;

  g_assert_nonnull (file);
  key = PEM_read_bio_PrivateKey (file, NULL, NULL, NULL);
  BIO_free (file);
  g_assert_nonnull (key);
  return key;
}

static void
write_pair (const char *folder,
            const char *name,
            X509 *certificate,
            EVP_PKEY *key)
{
  g_autofree char *to = make_path (folder, name, "crt");
  g_autofree char *key_to = make_path (folder, name, "key");
  BIO *file = BIO_new_file (to, "w");

  g_assert_cmpint (PEM_write_bio_X509 (file, certificate), ==, 1);
  BIO_free (file);
  file = BIO_new_file (key_to, "w");
  g_assert_cmpint (
      PEM_write_bio_PrivateKey (file, key, NULL, NULL, 0, NULL, NULL), ==, 1);
  BIO_free (file);
}

static void
name_it (X509_NAME *to, const char *name)
{
  X509_NAME_add_entry_by_txt (to, "CN", MBSTRING_ASC,
                              (const unsigned char *) name, -1, -1, 0);
}

static void
extend (X509 *certificate, int id, const char *value)
{
  X509_EXTENSION *extension = X509V3_EXT_conf_nid (NULL, NULL, id, value);

  g_assert_nonnull (extension);
  X509_add_ext (certificate, extension, -1);
  X509_EXTENSION_free (extension);
}

/* Makes NAME.crt and NAME.key in @folder, signed by @issuer, maybe itself. */
void
cf_certificates_issue (const char *folder, const char *name, const char *issuer)
{
  static int serial;
  gboolean is_authority = g_str_equal (name, issuer);
  EVP_PKEY *key = EVP_EC_gen ("P-256"), *signer;
  X509 *certificate = X509_new ();

  X509_set_version (certificate, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), ++serial);
  X509_gmtime_adj (X509_getm_notBefore (certificate), -DAYS_S);
  X509_gmtime_adj (X509_getm_notAfter (certificate), DAYS_S);
  name_it (X509_get_subject_name (certificate), name);
  name_it (X509_get_issuer_name (certificate), issuer);
  X509_set_pubkey (certificate, key);
  extend (certificate, NID_basic_constraints,
          is_authority ? "critical,CA:TRUE" : "CA:FALSE");
  extend (certificate, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  signer = is_authority ? key : read_key (folder, issuer);
  g_assert_cmpint (X509_sign (certificate, signer, EVP_sha256 ()), >, 0);
  write_pair (folder, name, certificate, key);
  if (signer != key)
    EVP_PKEY_free (signer);
  EVP_PKEY_free (key);
  X509_free (certificate);
}

char *
cf_certificates_make (void)
{
  static const char *const pairs[][2] = {
    { "authority", "authority" }, { "server", "authority" },
    { "again", "authority" },     { "client", "authority" },
    { "other", "other" },         { "stranger", "other" },
  };
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("coffer-tls-XXXXXX", &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    cf_certificates_issue (folder, pairs[i][0], pairs[i][1]);
  return folder;
}

void
cf_certificates_remove (char *folder)
{
  g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
  g_free (folder);
}

/* -- Wires --------------------------------------------------------------- */

/* Returns a socket whose calls do not last for ever. */
int
cf_tls_wire_connect (guint16 port)
{
  struct timeval patience = { .tv_sec = CF_TLS_WIRE_PATIENCE_S };
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address),
                   ==, 0);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

static void
show_certificate (SSL_CTX *context, const char *folder, const char *name)
{
  g_autofree char *certificate = make_path (folder, name, "crt");
  g_autofree char *key = make_path (folder, name, "key");

  g_assert_cmpint (
      SSL_CTX_use_certificate_file (context, certificate, SSL_FILETYPE_PEM), ==,
      1);
  g_assert_cmpint (SSL_CTX_use_PrivateKey_file (context, key, SSL_FILETYPE_PEM),
                   ==, 1);
}

/* A client that knows what it wants, but is not connected. */
CfTlsWire *
cf_tls_wire_prepare (const char *folder, const CfTlsOptions *options)
{
  CfTlsWire *self = g_new0 (CfTlsWire, 1);

  self->fd = -1;
  self->context = SSL_CTX_new (TLS_client_method ());
  SSL_CTX_set_options (self->context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (options->authority != NULL)
    {
      g_autofree char *path = make_path (folder, options->authority, "crt");

      g_assert_cmpint (SSL_CTX_load_verify_file (self->context, path), ==, 1);
      SSL_CTX_set_verify (self->context, SSL_VERIFY_PEER, NULL);
    }
  if (options->certificate != NULL)
    show_certificate (self->context, folder, options->certificate);
  SSL_CTX_set_min_proto_version (self->context, options->least);
  SSL_CTX_set_max_proto_version (self->context, options->most);
  if (options->least == TLS1_VERSION)
    SSL_CTX_set_security_level (self->context, 0);
  if (options->ciphers != NULL)
    SSL_CTX_set_cipher_list (self->context, options->ciphers);
  if (options->suites != NULL)
    SSL_CTX_set_ciphersuites (self->context, options->suites);
  self->ssl = SSL_new (self->context);
  if (options->session != NULL)
    SSL_set_session (self->ssl, options->session);
  SSL_set_connect_state (self->ssl);
  return self;
}

/* Returns NULL if the handshake fails. */
CfTlsWire *
cf_tls_wire_try_open (guint16 port,
                      const char *folder,
                      const CfTlsOptions *options)
{
  g_autoptr (CfTlsWire) self = cf_tls_wire_prepare (folder, options);

  self->fd = cf_tls_wire_connect (port);
  SSL_set_fd (self->ssl, self->fd);
  if (SSL_do_handshake (self->ssl) != 1)
    return NULL;
  return g_steal_pointer (&self);
}

CfTlsWire *
cf_tls_wire_open (guint16 port, const char *folder, const CfTlsOptions *options)
{
  CfTlsWire *self = cf_tls_wire_try_open (port, folder, options);

  g_assert_nonnull (self);
  return self;
}

void
cf_tls_wire_close (CfTlsWire *self)
{
  if (self == NULL)
    return;
  SSL_free (self->ssl);
  SSL_CTX_free (self->context);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

void
cf_tls_wire_send (CfTlsWire *self, const char *data, gsize size)
{
  gsize sent;

  g_assert_cmpint (SSL_write_ex (self->ssl, data, size, &sent), ==, 1);
  g_assert_cmpuint (sent, ==, size);
}

void
cf_tls_wire_expect (CfTlsWire *self, const char *data, gsize size)
{
  char *came = g_malloc (size);
  gsize total = 0, received;

  while (total < size)
    {
      g_assert_cmpint (
          SSL_read_ex (self->ssl, came + total, size - total, &received), ==,
          1);
      total += received;
    }
  g_assert_cmpmem (came, size, data, size);
  g_free (came);
}

void
cf_tls_wire_exchange (CfTlsWire *self, const char *request, const char *reply)
{
  cf_tls_wire_send (self, request, strlen (request));
  cf_tls_wire_expect (self, reply, strlen (reply));
}

/* Whether the server answers; TLS 1.3 tells a client so late that it is
 * refused. */
gboolean
cf_tls_wire_try_ping (CfTlsWire *self)
{
  char reply[7];
  gsize n;

  return SSL_write_ex (self->ssl, "PING\r\n", 6, &n) == 1 &&
         SSL_read_ex (self->ssl, reply, sizeof reply, &n) == 1 && n == 7 &&
         memcmp (reply, "+PONG\r\n", 7) == 0;
}

/* All that comes until the server says its end. */
GString *
cf_tls_wire_read_rest (CfTlsWire *self)
{
  GString *rest = g_string_new (NULL);
  char part[4096];
  gsize n;

  while (SSL_read_ex (self->ssl, part, sizeof part, &n) == 1)
    g_string_append_len (rest, part, (gssize) n);
  g_assert_cmpint (SSL_get_error (self->ssl, 0), ==, SSL_ERROR_ZERO_RETURN);
  return rest;
}

GString *
cf_tls_wire_hello (const char *folder, const CfTlsOptions *options)
{
  g_autoptr (CfTlsWire) wire = cf_tls_wire_prepare (folder, options);
  BIO *in = BIO_new (BIO_s_mem ()), *out = BIO_new (BIO_s_mem ());
  GString *hello = g_string_new (NULL);
  char *data;
  long size;

  SSL_set_bio (wire->ssl, in, out);
  g_assert_cmpint (SSL_do_handshake (wire->ssl), ==, -1);
  size = BIO_get_mem_data (out, &data);
  g_string_append_len (hello, data, size);
  return hello;
}
