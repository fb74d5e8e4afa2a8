/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slowlog.h -- the commands that took longer than slowlog-log-slower-than.
 *
 * A ring of at most slowlog-max-len entries.  As in Redis, an entry keeps at
 * most 32 arguments of at most 128 bytes each.
 *
 * Thread safety: all functions may be called from any thread.
 */
#pragma once

#include "engine/session.h"

G_BEGIN_DECLS

#define CF_SLOWLOG_ARGS_MAX 32
#define CF_SLOWLOG_ARG_BYTES_MAX 128

typedef struct
{
  gint64 id;
  gint64 time_s; /* wall clock */
  gint64 duration_us;
  GPtrArray *args; /* (owned) (element-type GBytes) */
  char *address;   /* (owned) */
  char *name;      /* (owned) of the client, or "" */
  guint refs;      /* (atomic) */
} CfSlowlogEntry;

typedef struct _CfSlowlog CfSlowlog;

CfSlowlog *cf_slowlog_new (void);
void cf_slowlog_free (CfSlowlog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfSlowlog, cf_slowlog_free)

/* @redacted: bit i set: argument i is secret. */
void cf_slowlog_add (CfSlowlog *self,
                     CfSession *session,
                     const CfSlice *argv,
                     guint argc,
                     guint64 redacted,
                     gint64 duration_us,
                     gint64 now_ms,
                     gsize max_entries);
guint cf_slowlog_n (CfSlowlog *self);
void cf_slowlog_reset (CfSlowlog *self);
/* The newest @n (-1: all), newest first; (transfer full)
 * (element-type CfSlowlogEntry) with a free function. */
GPtrArray *cf_slowlog_get (CfSlowlog *self, gint64 n);

G_END_DECLS
