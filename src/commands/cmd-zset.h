/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-zset.h -- what the files cmd-zset-*.c and cmd-geo-*.c share.
 *
 * Thread safety: as for a call.
 */
#pragma once

#include "engine/call.h"
#include "types/zset.h"

G_BEGIN_DECLS

/* A command that goes over fewer members than this takes no time to speak of.
 */
#define CF_ZSET_FEW 1000

CfZsetLimits cf_zset_limits (const CfCall *call);
/* The sorted set at the key, or NULL; FALSE: it has another type. */
gboolean cf_zset_read (CfCall *call, guint i, CfZset **zset, GError **error);
gboolean cf_zset_write (CfCall *call, guint i, CfZset **zset, GError **error);

/* How it begins a reply of @n members, and writes one. */
void cf_zset_reply_head (CfCall *call, gsize n, gboolean with_scores);
void cf_zset_reply_member (CfCall *call,
                           CfSlice member,
                           double score,
                           gboolean with_scores);

/* Members were removed: tells of @event, and removes the key if that was all.
 */
void cf_zset_was_cut (CfCall *call, guint i, CfZset *zset, const char *event);
/* Puts @result (transfer full), or removes the key if it is empty, and replies
 * with how many members it has. */
gboolean cf_zset_store (
    CfCall *call, guint i, CfZset *result, const char *event, GError **error);

/* Adds @pairs to the key of argument 1: scores and members in turn. */
gboolean cf_zset_add_pairs (CfCall *call,
                            const CfSlice *pairs,
                            guint n_pairs,
                            CfZsetFlags flags,
                            gboolean count_changed,
                            GError **error);
/* Whether argument @i is a small number, as COUNT is. */
gboolean cf_zset_is_few (CfSlice count);

G_END_DECLS
