/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls-link.h -- a client's TLS over a socket.
 *
 * Like a GSocket it can wait or not; a link that failed is good for nothing
 * more.  Without OpenSSL there is tls-link-none.c, where none can be made.
 *
 * Thread safety: a link belongs to one thread at a time.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean is_on;       /* speak by TLS at all */
  gboolean is_insecure; /* whoever the server is */
  char *sni;            /* (owned) (nullable) the name to ask for */
  char *authority;      /* (owned) (nullable) file of whom to trust */
  char *authority_dir;  /* (owned) (nullable) folder of whom to trust */
  char *certificate;    /* (owned) (nullable) file of ours */
  char *key;            /* (owned) (nullable) file of its key */
  char *ciphers;        /* (owned) (nullable) up to TLS 1.2 */
  char *suites;         /* (owned) (nullable) of TLS 1.3 */
} CfTlsLinkOptions;

typedef struct _CfTlsLink CfTlsLink;

CfTlsLink *cf_tls_link_new (const CfTlsLinkOptions *options,
                            GSocket *socket,
                            GError **error);
void cf_tls_link_free (CfTlsLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfTlsLink, cf_tls_link_free)

gboolean cf_tls_link_has_pending (const CfTlsLink *self);
gssize cf_tls_link_receive (
    CfTlsLink *self, char *data, gsize size, gboolean wait, GError **error);
gssize cf_tls_link_send (CfTlsLink *self,
                         const char *data,
                         gsize size,
                         gboolean wait,
                         GError **error);
gboolean cf_tls_link_end (CfTlsLink *self, GError **error);

G_END_DECLS
