/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cursor.h -- what SCAN and its kind for collections have in common: their
 * arguments, and the reply of the next cursor and of what was found.
 *
 * Thread safety: as for a call.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

typedef struct
{
  CfCall *call;
  guint64 cursor;
  gsize count;
  CfSlice pattern;   /* data NULL: all */
  CfSlice type;      /* data NULL: all */
  CfOutChunk *hole;  /* where the next cursor is to stand */
  CfOutChunk *items; /* where the number of items is to stand */
  gsize n;           /* items replied, which the user counts */
  gsize seen;        /* elements found, which the user counts */
} CfCursor;

/* Argument @i is the cursor. */
gboolean cf_cursor_init (CfCursor *self, CfCall *call, guint i, GError **error);
/* Arguments from @first on are options; TYPE only if @with_type. */
gboolean cf_cursor_parse_options (CfCursor *self,
                                  guint first,
                                  gboolean with_type,
                                  GError **error);
gboolean cf_cursor_matches (const CfCursor *self, CfSlice text);

void cf_cursor_begin (CfCursor *self);
void cf_cursor_end (CfCursor *self, guint64 next);
void cf_cursor_reply_nothing (CfCall *call);

/* Goes on with @cursor in a collection, adds what it finds to the reply, and
 * returns the next cursor. */
typedef guint64 (*CfCursorFunc) (gconstpointer collection,
                                 guint64 cursor,
                                 CfCursor *self);
/* Replies with some of a collection: as many as COUNT says, or a few more,
 * but takes no more than ten times as many steps. */
void
cf_cursor_run (CfCursor *self, gconstpointer collection, CfCursorFunc func);
/* Whether the request asks for many at a time. */
gboolean cf_cursor_takes_long (const CfSlice *argv, guint argc);

G_END_DECLS
