/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream-group.h -- groups of consumers of a stream, and what each has been
 * given and did not acknowledge.
 *
 *   group:    pending: ID -> CfStreamPending
 *   consumer: pending: ID -> the same
 *
 * Invariants: what a consumer has pending, its group has, with this consumer
 * in it, and the other way round.
 *
 * Thread safety: none; readers (const) may be many.
 */
#pragma once

#include "types/stream.h"

G_BEGIN_DECLS

/* Bytes of the name of a group or a consumer, at most. */
#define CF_STREAM_NAME_MAX (1024 * 1024)
#define CF_STREAM_READS_UNKNOWN (-1) /* CfStreamGroup.n_read */

typedef struct
{
  CfSlice name;     /* (owned) */
  CfIdTree pending; /* (element-type CfStreamPending) (not owned) */
  gint64 seen_ms;   /* wall clock: when it last asked for something */
} CfStreamConsumer;

/* An entry that was delivered and not acknowledged. */
typedef struct
{
  CfStreamConsumer *consumer;
  gint64 delivered_ms; /* wall clock: the last time */
  guint64 n_deliveries;
} CfStreamPending;

typedef struct
{
  CfStream *stream;
  CfSlice name;       /* (owned) */
  CfStreamId last_id; /* the last one delivered */
  gint64 n_read;      /* entries up to it, or CF_STREAM_READS_UNKNOWN */
  CfIdTree pending;   /* (element-type CfStreamPending) (owned) */
  GTree *consumers;   /* (owned) CfSlice -> CfStreamConsumer */
} CfStreamGroup;

/* -- Groups ---------------------------------------------------------------- */

CfStreamGroup *cf_stream_find_group (const CfStream *self, CfSlice name);
/* NULL: there is one of that name. */
CfStreamGroup *cf_stream_add_group (CfStream *self,
                                    CfSlice name,
                                    CfStreamId last_id,
                                    gint64 n_read);
/* @rest gets what is to be freed: an empty stream, or NULL: freed at once. */
gboolean cf_stream_remove_group (CfStream *self, CfSlice name, CfStream *rest);
void cf_stream_clear_groups (CfStream *self);
void cf_stream_copy_groups (const CfStream *self, CfStream *copy);

/* In the order of their names; NULL ends. */
guint cf_stream_n_groups (const CfStream *self);
GTreeNode *cf_stream_first_group (const CfStream *self); /* (nullable) */
CfStreamGroup *cf_stream_group_at (GTreeNode *at);

/* Entries that a group still has to read.  FALSE: that cannot be told. */
gboolean cf_stream_group_lag (const CfStreamGroup *self, gint64 *lag);
/* Entries ever added up to @id, or CF_STREAM_READS_UNKNOWN. */
gint64 cf_stream_n_added_up_to (const CfStream *self, CfStreamId id);
/* Notes that the entry @id, after all before, is delivered. */
void cf_stream_group_advance (CfStreamGroup *self, CfStreamId id);

/* -- Consumers ------------------------------------------------------------- */

CfStreamConsumer *cf_stream_group_find (const CfStreamGroup *self,
                                        CfSlice name);
CfStreamConsumer *
cf_stream_group_add (CfStreamGroup *self, CfSlice name, gint64 now_ms);
/* Returns how many it had pending; @rest likewise, but not NULL. */
gsize cf_stream_group_remove (CfStreamGroup *self,
                              CfStreamConsumer *consumer,
                              CfStream *rest);
guint cf_stream_group_n_consumers (const CfStreamGroup *self);
GTreeNode *cf_stream_group_first_consumer (const CfStreamGroup *self);
CfStreamConsumer *cf_stream_consumer_at (GTreeNode *at);

/* -- What is pending ------------------------------------------------------- */

/* (nullable) */
CfStreamPending *cf_stream_group_pending (const CfStreamGroup *self,
                                          CfStreamId id);
/* Makes @id pending with @consumer alone, whatever it was before; one that is
 * new was delivered no times at @now_ms. */
CfStreamPending *cf_stream_group_give (CfStreamGroup *self,
                                       CfStreamId id,
                                       CfStreamConsumer *consumer,
                                       gint64 now_ms);
gboolean cf_stream_group_ack (CfStreamGroup *self, CfStreamId id);

gsize cf_stream_groups_memory (const CfStream *self, gsize samples);

G_END_DECLS
