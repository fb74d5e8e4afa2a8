/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plain.h -- the plain-text dialect: lines without framing of the answers.
 *
 *   set KEY VALUE    answered by CF_PLAIN_ADDED or CF_PLAIN_REPLACED
 *   get KEY          answered by the bytes of the value, if there is one
 *   anything else    answered by CF_PLAIN_INVALID_COMMAND; the connection
 *                    closes
 *
 * One blank stands between words; a key has none, a value is the rest of the
 * request and not empty.  A request ends at a newline ("\n" or "\r\n") or
 * where a read ends without one.  If that newline, or its second half, comes
 * with the next read, it still belongs to the request that ended.
 *
 * A read that filled its buffer is no end: more may be waiting.  Such a
 * request is kept, up to the longest size allowed, until its end is known.
 *
 *   begin -> next* -> begin -> next* ...
 *
 * Who stops before there is CF_PLAIN_MORE calls cf_plain_end(), and goes on
 * with cf_plain_next() later.
 *
 * Thread safety: a reader belongs to one thread at a time.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

#define CF_PLAIN_ADDED "Ok"
#define CF_PLAIN_REPLACED "r Ok"
#define CF_PLAIN_INVALID_COMMAND "invalid command"

typedef enum
{
  CF_PLAIN_MORE,    /* no request is left */
  CF_PLAIN_SET,     /* @key and @value */
  CF_PLAIN_GET,     /* @key */
  CF_PLAIN_INVALID, /* neither, or too long; so will be the next */
} CfPlainKind;

typedef struct
{
  CfSlice key;
  CfSlice value;
} CfPlainRequest;

typedef struct _CfPlain CfPlain;

CfPlain *cf_plain_new (gsize max_size);
void cf_plain_free (CfPlain *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfPlain, cf_plain_free)

gboolean
cf_plain_begin (CfPlain *self, const char *data, gsize size, gboolean ended);
CfPlainKind cf_plain_next (CfPlain *self, CfPlainRequest *request);
gboolean cf_plain_end (CfPlain *self);
gsize cf_plain_memory (const CfPlain *self); /* bytes kept */

G_END_DECLS
