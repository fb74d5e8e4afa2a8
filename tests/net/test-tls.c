/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <sys/socket.h>
#include <unistd.h>

#include "daemon/tls-wire.h"
#include "net/tls.h"

static char *folder;

static void
set_pair (CfConfig *config, const char *name)
{
  g_autofree char *certificate = g_strdup_printf ("%s/%s.crt", folder, name);
  g_autofree char *key = g_strdup_printf ("%s/%s.key", folder, name);
  g_autofree char *authority = g_strdup_printf ("%s/authority.crt", folder);
  g_autoptr (GError) error = NULL;

  if (!cf_config_set (config, CF_SETTING_TLS_CERT_FILE, certificate, &error) ||
      !cf_config_set (config, CF_SETTING_TLS_KEY_FILE, key, &error) ||
      !cf_config_set (config, CF_SETTING_TLS_CA_CERT_FILE, authority, &error))
    g_assert_no_error (error);
}

/* Shakes hands with @stream.  Returns the name that it shows. */
static char *
meet (CfTlsStream *stream, int fd)
{
  const CfTlsOptions options = { .authority = "authority",
                                 .certificate = "client" };
  g_autoptr (CfTlsWire) wire = cf_tls_wire_prepare (folder, &options);
  CfTlsState state = CF_TLS_WANTS_READ;
  char name[64];

  SSL_set_fd (wire->ssl, fd);
  while (state == CF_TLS_WANTS_READ)
    {
      SSL_do_handshake (wire->ssl);
      state = cf_tls_stream_shake_hands (stream, NULL);
    }
  g_assert_cmpint (state, ==, CF_TLS_DONE);
  g_assert_cmpint (SSL_do_handshake (wire->ssl), ==, 1);
  X509_NAME_get_text_by_NID (
      X509_get_subject_name (SSL_get0_peer_certificate (wire->ssl)),
      NID_commonName, name, sizeof name);
  return g_strdup (name);
}

static void
expect_name (CfTls *tls, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfTlsStream) stream = NULL;
  g_autofree char *name = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds),
                   ==, 0);
  stream = cf_tls_accept (tls, fds[0], &error);
  g_assert_no_error (error);
  name = meet (stream, fds[1]);
  g_assert_cmpstr (name, ==, wanted);
  g_clear_pointer (&stream, cf_tls_stream_free);
  close (fds[0]);
  close (fds[1]);
}

static void
test_tls_bare (void)
{
  g_autoptr (CfTls) tls = cf_tls_new ();
  g_autoptr (CfConfig) config = cf_config_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (cf_tls_accept (tls, -1, &error));
  g_assert_cmpstr (error->message, ==, "there is no certificate");
  g_clear_error (&error);
  g_assert_false (cf_tls_configure (tls, config, &error));
  g_assert_nonnull (error);
  g_assert_null (cf_tls_accept (tls, -1, NULL));
}

static void
test_tls_configure (void)
{
  g_autoptr (CfTls) tls = cf_tls_new ();
  g_autoptr (CfConfig) config = cf_config_new ();

  set_pair (config, "server");
  g_assert_true (cf_tls_configure (tls, config, NULL));
  expect_name (tls, "server");
  set_pair (config, "missing");
  g_assert_false (cf_tls_configure (tls, config, NULL));
  expect_name (tls, "server");
  set_pair (config, "again");
  g_assert_true (cf_tls_configure (tls, config, NULL));
  expect_name (tls, "again");
}

/* Who came before a change is met with what there was then. */
static void
test_tls_change (void)
{
  g_autoptr (CfTls) tls = cf_tls_new ();
  g_autoptr (CfConfig) config = cf_config_new ();
  g_autoptr (CfTlsStream) stream = NULL;
  g_autofree char *name = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds),
                   ==, 0);
  set_pair (config, "server");
  g_assert_true (cf_tls_configure (tls, config, NULL));
  stream = cf_tls_accept (tls, fds[0], NULL);
  set_pair (config, "again");
  g_assert_true (cf_tls_configure (tls, config, NULL));
  g_clear_pointer (&tls, cf_tls_free);
  name = meet (stream, fds[1]);
  g_assert_cmpstr (name, ==, "server");
  g_clear_pointer (&stream, cf_tls_stream_free);
  close (fds[0]);
  close (fds[1]);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/tls/bare", test_tls_bare);
  g_test_add_func ("/net/tls/configure", test_tls_configure);
  g_test_add_func ("/net/tls/change", test_tls_change);
  folder = cf_certificates_make ();
  status = g_test_run ();
  cf_certificates_remove (folder);
  return status;
}
