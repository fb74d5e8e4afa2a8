/* SPDX-License-Identifier: GPL-3.0-or-later */
/* push.h -- what a client is sent without having asked: messages of channels,
 * and keys to be dropped from its cache.
 *
 * A push is made once, however many get it.  It begins with '>', RESP3's sign
 * of a push; whoever sends it in RESP2 writes '*' in its place, and all else
 * is the same.  One that is too large to be copied for each who gets it begins
 * with the sign that most of them need, since to send another in its place
 * takes one more piece.
 *
 * Each function returns NULL when there is no memory.
 * Thread safety: pure functions.
 */
#pragma once

#include "base/blob.h"

G_BEGIN_DECLS

#define CF_PUSH_SIGN '>'
#define CF_PUSH_SIGN_RESP2 '*'
/* Bytes of a push that is sent without a copy. */
#define CF_PUSH_BY_REFERENCE 2048
#define CF_INVALIDATE_CHANNEL "__redis__:invalidate"

/**
 * cf_push_sign:
 * @resp: the version of the protocol, 2 or 3
 *
 * Returns: the byte with which a push begins in it
 */
static inline char
cf_push_sign (guint resp)
{
  return resp == 2 ? CF_PUSH_SIGN_RESP2 : CF_PUSH_SIGN;
}

/* "message" or "smessage". */
CfBlob *cf_push_message (CfSlice kind, CfSlice channel, CfSlice payload);
CfBlob *cf_push_pmessage (CfSlice pattern, CfSlice channel, CfSlice payload);

/* No keys: all of them. */
CfBlob *cf_push_invalidate (const CfSlice *keys, gsize n_keys);
/* The same as a message, for a client of RESP2 that subscribed to it. */
CfBlob *cf_push_invalidate_message (const CfSlice *keys, gsize n_keys);
CfBlob *cf_push_broken_redirect (gint64 client);

G_END_DECLS
