/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-stream.h -- what the files of the stream family share.
 *
 * Thread safety: as for a call.
 */
#pragma once

#include "engine/call.h"
#include "types/stream-group.h"

G_BEGIN_DECLS

/* -- Arguments ------------------------------------------------------------- */

/* An ID; @seq is its sequence number if it says none. */
gboolean cf_stream_get_id (
    CfCall *call, guint i, guint64 seq, CfStreamId *id, GError **error);
/* The same, or the least ("-") or greatest ("+"). */
gboolean cf_stream_get_id_or_edge (
    CfCall *call, guint i, guint64 seq, CfStreamId *id, GError **error);
/* The ends of an interval, which may be open: "(ID". */
gboolean
cf_stream_get_start (CfCall *call, guint i, CfStreamId *id, GError **error);
gboolean
cf_stream_get_end (CfCall *call, guint i, CfStreamId *id, GError **error);
/* (transfer full) (nullable): the IDs from argument @first on. */
CfStreamId *cf_stream_get_ids (CfCall *call, guint first, GError **error);

/* -- Keys ------------------------------------------------------------------ */

gboolean
cf_stream_read (CfCall *call, guint i, CfStream **stream, GError **error);
gboolean
cf_stream_write (CfCall *call, guint i, CfStream **stream, GError **error);
/* No such key: an error. */
gboolean
cf_stream_read_any (CfCall *call, guint i, CfStream **stream, GError **error);
/* Counts @n changes that wake nobody, and tells of @event (nullable). */
void cf_stream_noted (CfCall *call, guint i, gsize n, const char *event);

/* -- Effects --------------------------------------------------------------- */

/* That @id is pending as it is now, or is not any more. */
void cf_stream_claim_effect (CfCall *call,
                             guint key,
                             const CfStreamGroup *group,
                             CfStreamId id,
                             const CfStreamPending *pending);
/* That the group has read up to its last ID. */
void
cf_stream_group_effect (CfCall *call, guint key, const CfStreamGroup *group);
void cf_stream_consumer_effect (CfCall *call,
                                guint key,
                                const CfStreamGroup *group,
                                CfSlice consumer);

/* Whether argument @i is not too long for the name of a group or consumer. */
gboolean cf_stream_check_name (CfCall *call, guint i, GError **error);
/* The consumer of argument @name, made if need be, seen now. */
CfStreamConsumer *cf_stream_see_consumer (CfCall *call,
                                          guint key,
                                          CfStreamGroup *group,
                                          CfSlice name);

/* -- Replies --------------------------------------------------------------- */

void cf_stream_reply_id (CfReply *reply, CfStreamId id);
void cf_stream_reply_entry (CfReply *reply, const CfStreamEntry *entry);
/* Entries from @from to @to, at most @count; 0: all. */
void cf_stream_reply_range (CfReply *reply,
                            const CfStream *stream,
                            CfStreamId from,
                            CfStreamId to,
                            guint64 count,
                            gboolean backwards);
/* FALSE: there is none, and no reply. */
gboolean
cf_stream_reply_one (CfReply *reply, const CfStream *stream, CfStreamId id);

/**
 * cf_stream_since:
 * @call: a call
 * @ms: a wall-clock time
 *
 * A restored stream may have any times, so this wraps around.
 *
 * Returns: how many milliseconds ago that was, less than 0 if it is to come
 */
static inline gint64
cf_stream_since (const CfCall *call, gint64 ms)
{
  return (gint64) ((guint64) call->now_ms - (guint64) ms);
}

/* -- Commands -------------------------------------------------------------- */

gboolean cf_stream_xadd (CfCall *call, GError **error);
gboolean cf_stream_xadd_takes_long (const CfSlice *argv, guint argc);
gboolean cf_stream_xtrim (CfCall *call, GError **error);
gboolean cf_stream_xread (CfCall *call, GError **error);
gboolean cf_stream_xreadgroup (CfCall *call, GError **error);
gboolean cf_stream_xread_is_ready (CfCall *call);
gboolean cf_stream_xread_takes_long (const CfSlice *argv, guint argc);
gboolean cf_stream_xack (CfCall *call, GError **error);
gboolean cf_stream_xpending (CfCall *call, GError **error);
gboolean cf_stream_xclaim (CfCall *call, GError **error);
gboolean cf_stream_xautoclaim (CfCall *call, GError **error);

#define CF_STREAM_N_GROUP_COMMANDS 6
#define CF_STREAM_N_INFO_COMMANDS 4
extern const CfCommand cf_stream_group_commands[CF_STREAM_N_GROUP_COMMANDS];
extern const CfCommand cf_stream_info_commands[CF_STREAM_N_INFO_COMMANDS];

G_END_DECLS
