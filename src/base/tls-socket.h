/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls-socket.h -- the socket below a TLS connection, as OpenSSL sees it.
 *
 * OpenSSL's own way to a socket raises SIGPIPE, and does not tell whether a
 * read took all there was.  Only what is built with OpenSSL includes this.
 *
 * Thread safety: a socket belongs to one thread at a time; the rest may be
 * called in any.
 */
#pragma once

#include <glib.h>
#include <openssl/ssl.h>

G_BEGIN_DECLS

typedef struct
{
  int fd;             /* (not owned) */
  guint reads_max;    /* 0: any number */
  guint reads;        /* since this was last set to 0; no more than those */
  gboolean drained;   /* the last read took all there was */
  gboolean has_ended; /* the peer will send no more */
  int error;          /* the errno that a read or write failed with, or 0 */
} CfTlsSocket;

gboolean cf_tls_socket_set (CfTlsSocket *self, SSL *ssl);
char *cf_tls_describe_error (const SSL *ssl, const CfTlsSocket *socket);

G_END_DECLS
