/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reply-reader.h -- the bytes of a server become trees of replies.
 *
 * Reads RESP2 and RESP3 however the bytes are cut up: feed it what came, then
 * take replies until there is none.  Attributes are read and dropped.
 *
 * 1. What is allocated is in proportion to what was fed, not to what a length
 *    in it promises.
 * 2. After an error the reader is broken: it gives the same error for ever.
 *
 * Thread safety: a reader belongs to one thread at a time.
 */
#pragma once

#include "proto/reply-tree.h"

G_BEGIN_DECLS

typedef struct _CfReplyReader CfReplyReader;

CfReplyReader *cf_reply_reader_new (gsize size_max);
void cf_reply_reader_free (CfReplyReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfReplyReader, cf_reply_reader_free)

gboolean cf_reply_reader_feed (CfReplyReader *self,
                               const char *data,
                               gsize size,
                               GError **error);
gboolean
cf_reply_reader_next (CfReplyReader *self, CfReplyTree **reply, GError **error);

G_END_DECLS
