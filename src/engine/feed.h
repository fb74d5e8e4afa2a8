/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feed.h -- the change feed: every effect on the keyspace, as one record.
 *
 * A record is a command that has the effect whenever it is run, with times
 * absolute and chance decided.  Records come in the order in which their
 * keys were held: a command's are appended before its keys are given back.
 * Those of a transaction stand together, between MULTI and EXEC.
 *
 * The readers (append-only file, replicas) install a sink.  Without one,
 * making records costs a load and a branch.
 *
 * Thread safety: appending, any thread; the sink is called with the feed's
 * lock held and must not block.
 */
#pragma once

#include "base/slice.h"

G_BEGIN_DECLS

typedef struct _CfFeed CfFeed;

/* @words are good for the call only. */
typedef void (*CfFeedSink) (gpointer data,
                            guint db,
                            const CfSlice *words,
                            guint n_words);

CfFeed *cf_feed_new (void);
void cf_feed_free (CfFeed *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfFeed, cf_feed_free)

void cf_feed_set_sink (CfFeed *self,
                       CfFeedSink sink,
                       gpointer data); /* before threads */
gboolean cf_feed_is_active (const CfFeed *self);
void
cf_feed_append (CfFeed *self, guint db, const CfSlice *words, guint n_words);

/* The records of a block, to be appended as one. */
typedef struct _CfFeedBlock CfFeedBlock;
CfFeedBlock *cf_feed_block_new (void);
void cf_feed_block_free (CfFeedBlock *self); /* nobody is told of it */
void cf_feed_block_add (CfFeedBlock *self,
                        guint db,
                        const CfSlice *words,
                        guint n_words);
void cf_feed_append_block (CfFeed *self,
                           CfFeedBlock *block); /* (transfer full) */

G_END_DECLS
