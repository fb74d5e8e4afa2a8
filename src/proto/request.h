/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.h -- turns received bytes into requests: RESP arrays of bulk
 * strings, and inline commands.
 *
 * A turn of a connection is: lend the reader a scratch buffer, take the
 * requests that are left of the turn before, and then receive into the space
 * it names, tell it how much came, take requests until it wants more, receive
 * again or end the turn.
 *
 *   begin -> next* -> (space -> received -> next*)* -> end
 *
 * Arguments are slices of the scratch, of the reader's own buffer, or of a
 * blob; they are good until the call of this reader that comes next, but for
 * cf_request_take_blob() and the questions below.  Only what was not run when
 * the turn ends is copied, into a buffer that exists as long as it must, so
 * that an idle connection holds no buffer at all.
 *
 * A bulk string of CF_REQUEST_BIG bytes or more is received straight into a
 * blob of its own, which a command may take over (cf_request_take_blob()), so
 * that a value of 512 MB is copied by hardly anybody but the kernel.  Memory
 * is committed as bytes come in, at most some four times as many, not as a
 * length announces them.
 *
 * No byte is looked at twice however the input is cut.  Errors are those of
 * Redis, word for word; after one the connection is to be closed when the
 * reply was sent.  As in Redis, what ends a line or a bulk string is skipped
 * unseen but for its first byte, and a zero byte in a line makes it endless.
 *
 * Source: the RESP specification by Salvatore Sanfilippo.
 * Thread safety: a reader belongs to one thread at a time.
 */
#pragma once

#include <glib.h>

#include "base/blob.h"

G_BEGIN_DECLS

#define CF_REQUEST_FEW 8 /* arguments that need no array of their own */
#define CF_REQUEST_BIG (32 * 1024)           /* bytes */
#define CF_REQUEST_INLINE_MAX (64 * 1024)    /* bytes of an inline command */
#define CF_REQUEST_ARGS_MAX G_MAXINT32       /* arguments */
#define CF_REQUEST_ARGS_STRANGER 10          /* before a client logged in */
#define CF_REQUEST_BULK_STRANGER (16 * 1024) /* bytes, likewise */

typedef enum
{
  CF_REQUEST_MORE,  /* no whole request is left */
  CF_REQUEST_READY, /* one is in argv and argc; argc may be 0: nothing to do */
  CF_REQUEST_ERROR, /* cf_request_error() says why; so will be the next */
} CfRequestState;

typedef struct
{
  gint64 max_bulk;   /* bytes, proto-max-bulk-len */
  gint64 max_buffer; /* bytes, client-query-buffer-limit; when a request that
                        is not whole takes more, it is an error without a
                        reply */
  gboolean stranger; /* not logged in: the small limits hold */
} CfRequestLimits;

typedef struct _CfRequest CfRequest;

CfRequest *cf_request_new (void);
void cf_request_free (CfRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfRequest, cf_request_free)

/* A turn. */
void cf_request_begin (CfRequest *self, char *scratch, gsize scratch_size);
gboolean cf_request_space (CfRequest *self, char **data, gsize *size);
void cf_request_received (CfRequest *self, gsize size);
CfRequestState cf_request_next (CfRequest *self, const CfRequestLimits *limits);
gboolean cf_request_end (CfRequest *self);

/* The request that is READY. */
const CfSlice *cf_request_argv (const CfRequest *self);
guint cf_request_argc (const CfRequest *self);
CfBlob *cf_request_take_blob (CfRequest *self, guint i);

/* Short and simple requests, read ahead of their turn. */
typedef struct
{
  CfSlice argv[CF_REQUEST_FEW];
  guint argc;
  gsize end; /* private: where the request behind it begins */
} CfRequestAhead;

guint
cf_request_read_ahead (const CfRequest *self, CfRequestAhead *ahead, guint n);
void cf_request_take_ahead (CfRequest *self, const CfRequestAhead *ahead);

/* After an ERROR: the reply without "-" and CRLF, or NULL to close silently. */
const char *cf_request_error (const CfRequest *self);

/* What CLIENT LIST shows; bytes. */
gsize cf_request_pending (const CfRequest *self); /* received, not yet run */
gsize cf_request_memory (const CfRequest *self);  /* buffers held */

G_END_DECLS
