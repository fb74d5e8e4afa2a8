/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls-wire.h -- certificates for a test, and a client's end by TLS.
 *
 * Whatever goes wrong ends the test, but for the functions that try.
 *
 * Thread safety: a wire belongs to one thread at a time.
 */
#pragma once

#include <openssl/ssl.h>

#include <glib.h>

G_BEGIN_DECLS

#define CF_TLS_WIRE_PATIENCE_S 20

/* A folder with NAME.crt and NAME.key of: "authority", who signed "server",
 * "again" (another of the server's), and "client"; and "other", who signed
 * "stranger". */
char *cf_certificates_make (void);
void cf_certificates_remove (char *folder);
void cf_certificates_issue (const char *folder,
                            const char *name,
                            const char *issuer);

typedef struct
{
  const char *authority;   /* whom to trust; NULL: whoever it is */
  const char *certificate; /* (nullable) to show */
  int least, most;         /* versions; 0: any */
  const char *ciphers;     /* (nullable) up to TLS 1.2 */
  const char *suites;      /* (nullable) TLS 1.3 */
  SSL_SESSION *session;    /* (nullable) to be resumed */
} CfTlsOptions;

typedef struct
{
  int fd;
  SSL_CTX *context; /* (owned) */
  SSL *ssl;         /* (owned) */
} CfTlsWire;

CfTlsWire *cf_tls_wire_prepare (const char *folder,
                                const CfTlsOptions *options);
CfTlsWire *cf_tls_wire_open (guint16 port,
                             const char *folder,
                             const CfTlsOptions *options);
CfTlsWire *cf_tls_wire_try_open (guint16 port,
                                 const char *folder,
                                 const CfTlsOptions *options);
void cf_tls_wire_close (CfTlsWire *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfTlsWire, cf_tls_wire_close)

/* What a client says first, by a handshake that goes nowhere. */
GString *cf_tls_wire_hello (const char *folder, const CfTlsOptions *options);
int cf_tls_wire_connect (guint16 port);
void cf_tls_wire_send (CfTlsWire *self, const char *data, gsize size);
void cf_tls_wire_expect (CfTlsWire *self, const char *data, gsize size);
void
cf_tls_wire_exchange (CfTlsWire *self, const char *request, const char *reply);
gboolean cf_tls_wire_try_ping (CfTlsWire *self);
GString *cf_tls_wire_read_rest (CfTlsWire *self);

G_END_DECLS
