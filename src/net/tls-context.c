/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/tls-context.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/error.h"
#include "base/tls-socket.h"

/* Sessions are resumed by servers that name themselves like this. */
#define SESSION_CONTEXT "coffer"
/* Received into at once: a little more than the longest record. */
#define READ_BUFFER_BYTES (32 * 1024)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SSL_CTX, SSL_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)

/* What is being set up. */
typedef struct
{
  SSL_CTX *context; /* (not owned) */
  CfConfig *config; /* (not owned) */
} Setup;

/* The text of a setting, or NULL if it is empty. */
static char *
get_text (const Setup *self, CfSettingId id)
{
  if (!cf_config_get_bool (self->config, id))
    return NULL;
  return cf_config_get_string (self->config, id);
}

/* Tells that the value @text of a setting cannot be used. */
static gboolean
throw_setting (GError **error, CfSettingId id, const char *text)
{
  g_autofree char *reason = cf_tls_describe_error (NULL, NULL);

  return cf_throw (error, CF_ERROR_FAILED, "cannot use %s '%s': %s",
                   cf_settings[id].name, text, reason);
}

/* Answers whoever asks for the password of a key; there is no terminal to ask
 * at. */
static int
on_password (char *buffer, int size, int is_for_writing, void *data)
{
  const char *password = data;
  gsize length = password != NULL ? strlen (password) : 0;

  if (length > (gsize) size)
    return -1;
  if (length > 0)
    memcpy (buffer, password, length);
  return (int) length;
}

static gboolean
check_named (const char *text, CfSettingId id, GError **error)
{
  return text != NULL || cf_throw (error, CF_ERROR_FAILED, "TLS needs a %s",
                                   cf_settings[id].name);
}

static gboolean
set_certificate (const Setup *self, GError **error)
{
  g_autofree char *certificate = get_text (self, CF_SETTING_TLS_CERT_FILE);
  g_autofree char *key = get_text (self, CF_SETTING_TLS_KEY_FILE);
  g_autofree char *password = get_text (self, CF_SETTING_TLS_KEY_FILE_PASS);
  gboolean done;

  if (!check_named (certificate, CF_SETTING_TLS_CERT_FILE, error) ||
      !check_named (key, CF_SETTING_TLS_KEY_FILE, error))
    return FALSE;
  /* From here on OpenSSL asks nobody at a terminal. */
  SSL_CTX_set_default_passwd_cb (self->context, on_password);
  if (SSL_CTX_use_certificate_chain_file (self->context, certificate) != 1)
    return throw_setting (error, CF_SETTING_TLS_CERT_FILE, certificate);
  SSL_CTX_set_default_passwd_cb_userdata (self->context, password);
  /* This finds out whether the two belong together, too. */
  done =
      SSL_CTX_use_PrivateKey_file (self->context, key, SSL_FILETYPE_PEM) == 1;
  SSL_CTX_set_default_passwd_cb_userdata (self->context, NULL);
  return done || throw_setting (error, CF_SETTING_TLS_KEY_FILE, key);
}

static gboolean
set_authorities (const Setup *self, GError **error)
{
  g_autofree char *file = get_text (self, CF_SETTING_TLS_CA_CERT_FILE);
  g_autofree char *folder = get_text (self, CF_SETTING_TLS_CA_CERT_DIR);
  STACK_OF (X509_NAME) * names;

  if (file != NULL && SSL_CTX_load_verify_file (self->context, file) != 1)
    return throw_setting (error, CF_SETTING_TLS_CA_CERT_FILE, file);
  if (folder != NULL && SSL_CTX_load_verify_dir (self->context, folder) != 1)
    return throw_setting (error, CF_SETTING_TLS_CA_CERT_DIR, folder);
  /* A client that has several certificates is told which one is wanted. */
  names = file != NULL ? SSL_load_client_CA_file (file) : NULL;
  if (names != NULL)
    SSL_CTX_set_client_CA_list (self->context, names);
  return TRUE;
}

/* The order is that of the choices in settings.def. */
typedef enum
{
  AUTH_NO,
  AUTH_YES,
  AUTH_OPTIONAL,
} Auth;

static gboolean
set_client_check (const Setup *self, GError **error)
{
  Auth auth =
      (Auth) cf_config_get_int (self->config, CF_SETTING_TLS_AUTH_CLIENTS);
  int mode = auth == AUTH_NO ? SSL_VERIFY_NONE
             : auth == AUTH_OPTIONAL
                 ? SSL_VERIFY_PEER
                 : SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;

  if (auth != AUTH_NO &&
      !cf_config_get_bool (self->config, CF_SETTING_TLS_CA_CERT_FILE) &&
      !cf_config_get_bool (self->config, CF_SETTING_TLS_CA_CERT_DIR))
    return cf_throw (error, CF_ERROR_FAILED,
                     "tls-auth-clients needs a tls-ca-cert-file or a "
                     "tls-ca-cert-dir");
  SSL_CTX_set_verify (self->context, mode, NULL);
  return set_authorities (self, error);
}

static const struct
{
  const char *name;
  int version;
  guint64 off;
} protocols[] = {
  { "TLSv1", TLS1_VERSION, SSL_OP_NO_TLSv1 },
  { "TLSv1.1", TLS1_1_VERSION, SSL_OP_NO_TLSv1_1 },
  { "TLSv1.2", TLS1_2_VERSION, SSL_OP_NO_TLSv1_2 },
  { "TLSv1.3", TLS1_3_VERSION, SSL_OP_NO_TLSv1_3 },
};

/* Returns the place of @name among the protocols, or -1. */
static int
find_protocol (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    if (g_ascii_strcasecmp (name, protocols[i].name) == 0)
      return (int) i;
  return -1;
}

static gboolean
throw_protocols (GError **error, const char *text)
{
  return cf_throw (error, CF_ERROR_FAILED,
                   "cannot use tls-protocols '%s': it names TLSv1, TLSv1.1, "
                   "TLSv1.2, or TLSv1.3",
                   text);
}

static gboolean
set_protocols (const Setup *self, GError **error)
{
  g_autofree char *text = get_text (self, CF_SETTING_TLS_PROTOCOLS);
  g_auto (GStrv) words =
      g_strsplit (text != NULL ? text : "TLSv1.2 TLSv1.3", " ", -1);
  guint64 off = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2 |
                SSL_OP_NO_TLSv1_3;
  int least = 0, place;

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (words[i][0] == '\0')
        continue;
      place = find_protocol (words[i]);
      if (place < 0)
        return throw_protocols (error, text);
      off &= ~protocols[place].off;
      if (least == 0 || protocols[place].version < least)
        least = protocols[place].version;
    }
  if (least == 0)
    return throw_protocols (error, text);
  SSL_CTX_set_options (self->context, off);
  return SSL_CTX_set_min_proto_version (self->context, least) == 1 ||
         throw_setting (error, CF_SETTING_TLS_PROTOCOLS, text);
}

static gboolean
set_ciphers (const Setup *self, GError **error)
{
  g_autofree char *ciphers = get_text (self, CF_SETTING_TLS_CIPHERS);
  g_autofree char *suites = get_text (self, CF_SETTING_TLS_CIPHERSUITES);

  if (ciphers != NULL && SSL_CTX_set_cipher_list (self->context, ciphers) != 1)
    return throw_setting (error, CF_SETTING_TLS_CIPHERS, ciphers);
  if (suites != NULL && SSL_CTX_set_ciphersuites (self->context, suites) != 1)
    return throw_setting (error, CF_SETTING_TLS_CIPHERSUITES, suites);
  if (cf_config_get_bool (self->config, CF_SETTING_TLS_PREFER_SERVER_CIPHERS))
    SSL_CTX_set_options (self->context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  return TRUE;
}

/* Without a file OpenSSL takes parameters as strong as the key is. */
static gboolean
set_dh_params (const Setup *self, GError **error)
{
  g_autofree char *path = get_text (self, CF_SETTING_TLS_DH_PARAMS_FILE);
  g_autoptr (EVP_PKEY) params = NULL;
  BIO *file;

  if (path == NULL)
    return SSL_CTX_set_dh_auto (self->context, 1) == 1;
  file = BIO_new_file (path, "r");
  if (file != NULL)
    params = PEM_read_bio_Parameters (file, NULL);
  BIO_free (file);
  if (params == NULL || SSL_CTX_set0_tmp_dh_pkey (self->context, params) != 1)
    return throw_setting (error, CF_SETTING_TLS_DH_PARAMS_FILE, path);
  params = NULL; /* the context has it */
  return TRUE;
}

static void
set_sessions (const Setup *self)
{
  const CfConfig *config = self->config;

  if (!cf_config_get_bool (config, CF_SETTING_TLS_SESSION_CACHING))
    {
      SSL_CTX_set_session_cache_mode (self->context, SSL_SESS_CACHE_OFF);
      SSL_CTX_set_options (self->context, SSL_OP_NO_TICKET);
      SSL_CTX_set_num_tickets (self->context, 0);
      return;
    }
  SSL_CTX_set_session_cache_mode (self->context, SSL_SESS_CACHE_SERVER);
  SSL_CTX_sess_set_cache_size (
      self->context,
      cf_config_get_int (config, CF_SETTING_TLS_SESSION_CACHE_SIZE));
  SSL_CTX_set_timeout (
      self->context,
      cf_config_get_int (config, CF_SETTING_TLS_SESSION_CACHE_TIMEOUT));
  SSL_CTX_set_session_id_context (self->context,
                                  (const unsigned char *) SESSION_CONTEXT,
                                  strlen (SESSION_CONTEXT));
}

/* What is not a matter of taste. */
static void
set_manners (const Setup *self)
{
  SSL_CTX_set_options (self->context, SSL_OP_NO_COMPRESSION |
                                          SSL_OP_NO_RENEGOTIATION |
                                          SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode (self->context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                       SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead (self->context, 1);
  SSL_CTX_set_default_read_buffer_len (self->context, READ_BUFFER_BYTES);
}

/**
 * cf_tls_context_new:
 * @config: the settings
 * @error: return location for an error, or %NULL
 *
 * Reads the certificates, and all else that is needed to serve clients.
 *
 * Returns: (transfer full) (nullable): how to meet them
 */
SSL_CTX *
cf_tls_context_new (CfConfig *config, GError **error)
{
  g_autoptr (SSL_CTX) context = NULL;
  Setup setup = { .config = config };

  ERR_clear_error ();
  context = setup.context = SSL_CTX_new (TLS_server_method ());
  if (context == NULL)
    {
      cf_throw (error, CF_ERROR_FAILED, "OpenSSL gives no context");
      return NULL;
    }
  set_manners (&setup);
  set_sessions (&setup);
  if (!set_protocols (&setup, error) || !set_certificate (&setup, error) ||
      !set_client_check (&setup, error) || !set_ciphers (&setup, error) ||
      !set_dh_params (&setup, error))
    return NULL;
  return g_steal_pointer (&context);
}
