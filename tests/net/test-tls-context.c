/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <openssl/pem.h>

#include "daemon/tls-wire.h"
#include "net/tls-context.h"

#define PASSWORD "sesame"

static char *folder;

/* -- Helpers ------------------------------------------------------------- */

static void
set (CfConfig *config, CfSettingId id, const char *value)
{
  g_autoptr (GError) error = NULL;

  cf_config_set (config, id, value, &error);
  g_assert_no_error (error);
}

/* @value: what begins with "/" is a file of the test's. */
static void
set_file (CfConfig *config, CfSettingId id, const char *value)
{
  g_autofree char *path =
      value[0] == '/' ? g_strconcat (folder, value, NULL) : g_strdup (value);

  set (config, id, path);
}

static CfConfig *
make_config (void)
{
  CfConfig *config = cf_config_new ();

  set_file (config, CF_SETTING_TLS_CERT_FILE, "/server.crt");
  set_file (config, CF_SETTING_TLS_KEY_FILE, "/server.key");
  set_file (config, CF_SETTING_TLS_CA_CERT_FILE, "/authority.crt");
  return config;
}

static SSL_CTX *
make_context (CfConfig *config)
{
  g_autoptr (GError) error = NULL;
  SSL_CTX *context = cf_tls_context_new (config, &error);

  g_assert_no_error (error);
  return context;
}

/* Writes server.key once more, so that @PASSWORD is needed to read it. */
static void
lock_key (void)
{
  g_autofree char *from = g_strconcat (folder, "/server.key", NULL);
  g_autofree char *to = g_strconcat (folder, "/locked.key", NULL);
  BIO *file = BIO_new_file (from, "r");
  EVP_PKEY *key = PEM_read_bio_PrivateKey (file, NULL, NULL, NULL);

  BIO_free (file);
  file = BIO_new_file (to, "w");
  g_assert_cmpint (PEM_write_bio_PrivateKey (file, key, EVP_aes_128_cbc (),
                                             (const unsigned char *) PASSWORD,
                                             strlen (PASSWORD), NULL, NULL),
                   ==, 1);
  BIO_free (file);
  EVP_PKEY_free (key);
}

/* -- What cannot be used ------------------------------------------------- */

static void
test_tls_context_settings (void)
{
  static const struct
  {
    CfSettingId id;
    const char *value;
    const char *trouble; /* (nullable) part of what is said of it */
  } cases[] = {
    { CF_SETTING_TLS_CERT_FILE, "", "TLS needs a tls-cert-file" },
    { CF_SETTING_TLS_CERT_FILE, "/none.crt",
      "/none.crt': No such file or directory" },
    { CF_SETTING_TLS_CERT_FILE, "/again.crt", "key values mismatch" },
    { CF_SETTING_TLS_CERT_FILE, "/server.key", "cannot use tls-cert-file '/" },
    { CF_SETTING_TLS_KEY_FILE, "", "TLS needs a tls-key-file" },
    { CF_SETTING_TLS_KEY_FILE, "/again.key", "key values mismatch" },
    { CF_SETTING_TLS_KEY_FILE, "/locked.key", "cannot use tls-key-file" },
    { CF_SETTING_TLS_KEY_FILE_PASS, "not needed", NULL },
    { CF_SETTING_TLS_CA_CERT_FILE, "",
      "tls-auth-clients needs a tls-ca-cert-file or a tls-ca-cert-dir" },
    { CF_SETTING_TLS_CA_CERT_FILE, "/none.crt", "No such file" },
    { CF_SETTING_TLS_CA_CERT_FILE, "/server.key", "tls-ca-cert-file" },
    { CF_SETTING_TLS_CA_CERT_DIR, "/", NULL },
    { CF_SETTING_TLS_DH_PARAMS_FILE, "/none.pem", "No such file" },
    { CF_SETTING_TLS_DH_PARAMS_FILE, "/server.crt", "tls-dh-params-file" },
    { CF_SETTING_TLS_PROTOCOLS, " ", "tls-protocols ' ': it names" },
    { CF_SETTING_TLS_PROTOCOLS, "TLSv1.2 SSLv3", "it names TLSv1," },
    { CF_SETTING_TLS_PROTOCOLS, "  tlsv1.3  TLSv1.2 ", NULL },
    { CF_SETTING_TLS_CIPHERS, "nonsense", "tls-ciphers 'nonsense': no ciph" },
    { CF_SETTING_TLS_CIPHERS, "ECDHE-ECDSA-AES128-GCM-SHA256", NULL },
    { CF_SETTING_TLS_CIPHERSUITES, "nonsense", "tls-ciphersuites 'nonsense'" },
    { CF_SETTING_TLS_CIPHERSUITES, "TLS_AES_128_GCM_SHA256", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CfConfig) config = make_config ();
      g_autoptr (GError) error = NULL;
      SSL_CTX *context;

      set_file (config, cases[i].id, cases[i].value);
      context = cf_tls_context_new (config, &error);
      g_test_message ("%zu: %s", i, error != NULL ? error->message : "");
      g_assert_cmpint (context == NULL, ==, cases[i].trouble != NULL);
      g_assert_cmpint (error != NULL, ==, cases[i].trouble != NULL);
      if (error != NULL)
        g_assert_nonnull (strstr (error->message, cases[i].trouble));
      SSL_CTX_free (context);
    }
}

static void
test_tls_context_password (void)
{
  static const struct
  {
    const char *password;
    gboolean opens;
  } cases[] = { { PASSWORD, TRUE }, { "sesam", FALSE }, { "", FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CfConfig) config = make_config ();
      g_autofree char *text = g_strnfill (5000, 'p');
      SSL_CTX *context;

      set_file (config, CF_SETTING_TLS_KEY_FILE, "/locked.key");
      /* What is too long for OpenSSL is wrong, like any other. */
      set (config, CF_SETTING_TLS_KEY_FILE_PASS, text);
      g_assert_null (cf_tls_context_new (config, NULL));
      set (config, CF_SETTING_TLS_KEY_FILE_PASS, cases[i].password);
      context = cf_tls_context_new (config, NULL);
      g_assert_cmpint (context != NULL, ==, cases[i].opens);
      SSL_CTX_free (context);
    }
}

/* -- What OpenSSL is told ------------------------------------------------ */

static void
test_tls_context_protocols (void)
{
  static const struct
  {
    const char *text;
    int least;
    guint64 off;
  } cases[] = {
    { "", TLS1_2_VERSION, SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 },
    { "TLSv1.3", TLS1_3_VERSION,
      SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2 },
    { "TLSv1.3 tlsv1", TLS1_VERSION, SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2 },
    { "TLSv1.1", TLS1_1_VERSION,
      SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3 },
  };
  const guint64 all = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2 |
                      SSL_OP_NO_TLSv1_3;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CfConfig) config = make_config ();
      SSL_CTX *context;

      set (config, CF_SETTING_TLS_PROTOCOLS, cases[i].text);
      context = make_context (config);
      g_assert_cmpint (SSL_CTX_get_min_proto_version (context), ==,
                       cases[i].least);
      g_assert_cmphex (SSL_CTX_get_options (context) & all, ==, cases[i].off);
      SSL_CTX_free (context);
    }
}

static void
test_tls_context_clients (void)
{
  static const struct
  {
    const char *text;
    int mode;
  } cases[] = {
    { "yes", SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT },
    { "no", SSL_VERIFY_NONE },
    { "optional", SSL_VERIFY_PEER },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CfConfig) config = make_config ();
      SSL_CTX *context;

      set (config, CF_SETTING_TLS_AUTH_CLIENTS, cases[i].text);
      context = make_context (config);
      g_assert_cmpint (SSL_CTX_get_verify_mode (context), ==, cases[i].mode);
      g_assert_cmpint (sk_X509_NAME_num (SSL_CTX_get_client_CA_list (context)),
                       ==, 1);
      SSL_CTX_free (context);
    }
}

static void
test_tls_context_sessions (void)
{
  g_autoptr (CfConfig) config = make_config ();
  SSL_CTX *context;

  set (config, CF_SETTING_TLS_SESSION_CACHE_SIZE, "7");
  set (config, CF_SETTING_TLS_SESSION_CACHE_TIMEOUT, "77");
  context = make_context (config);
  g_assert_cmpint (SSL_CTX_get_session_cache_mode (context), ==,
                   SSL_SESS_CACHE_SERVER);
  g_assert_cmpint (SSL_CTX_sess_get_cache_size (context), ==, 7);
  g_assert_cmpint (SSL_CTX_get_timeout (context), ==, 77);
  SSL_CTX_free (context);
  set (config, CF_SETTING_TLS_SESSION_CACHING, "no");
  context = make_context (config);
  g_assert_cmpint (SSL_CTX_get_session_cache_mode (context), ==,
                   SSL_SESS_CACHE_OFF);
  g_assert_cmpuint (SSL_CTX_get_num_tickets (context), ==, 0);
  SSL_CTX_free (context);
}

static void
test_tls_context_preference (void)
{
  g_autoptr (CfConfig) config = make_config ();
  SSL_CTX *context = make_context (config);
  const guint64 preference = SSL_OP_CIPHER_SERVER_PREFERENCE;

  g_assert_cmphex (SSL_CTX_get_options (context) & preference, ==, 0);
  SSL_CTX_free (context);
  set (config, CF_SETTING_TLS_PREFER_SERVER_CIPHERS, "yes");
  context = make_context (config);
  g_assert_cmphex (SSL_CTX_get_options (context) & preference, ==, preference);
  SSL_CTX_free (context);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/tls-context/settings", test_tls_context_settings);
  g_test_add_func ("/net/tls-context/password", test_tls_context_password);
  g_test_add_func ("/net/tls-context/protocols", test_tls_context_protocols);
  g_test_add_func ("/net/tls-context/clients", test_tls_context_clients);
  g_test_add_func ("/net/tls-context/sessions", test_tls_context_sessions);
  g_test_add_func ("/net/tls-context/preference", test_tls_context_preference);
  folder = cf_certificates_make ();
  lock_key ();
  status = g_test_run ();
  cf_certificates_remove (folder);
  return status;
}
