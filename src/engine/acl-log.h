/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acl-log.h -- what was refused, to whom: ACL LOG.
 *
 * A ring of at most acllog-max-len entries.  What is refused again within a
 * minute counts in the entry that there is.
 *
 * Thread safety: all functions may be called from any thread.
 */
#pragma once

#include "base/slice.h"

G_BEGIN_DECLS

/* The order tells which of several is the one to be told. */
typedef enum
{
  CF_ACL_OK,
  CF_ACL_DENIED_COMMAND,
  CF_ACL_DENIED_KEY,
  CF_ACL_DENIED_AUTH,
  CF_ACL_DENIED_CHANNEL,
} CfAclVerdict;

typedef enum
{
  CF_ACL_TOPLEVEL,
  CF_ACL_MULTI,
  CF_ACL_LUA,
  CF_ACL_EXEC, /* of a queued command; noted as CF_ACL_MULTI */
} CfAclContext;

/* Longer objects, and names that are none, are cut. */
#define CF_ACL_LOG_OBJECT_MAX 1024

typedef struct
{
  guint64 id;
  guint64 count;
  CfAclVerdict reason;
  CfAclContext context;
  char *object; /* (owned) may hold zero bytes */
  gsize object_size;
  char *user;        /* (owned) */
  char *client;      /* (owned) as CLIENT LIST shows it */
  gint64 created_ms; /* wall clock */
  gint64 updated_ms;
} CfAclLogEntry;

typedef struct _CfAclLog CfAclLog;

CfAclLog *cf_acl_log_new (void);
void cf_acl_log_free (CfAclLog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfAclLog, cf_acl_log_free)

/* Takes @client over, and copies the rest of @entry. */
void cf_acl_log_add (CfAclLog *self,
                     const CfAclLogEntry *entry,
                     char *client,
                     gsize max_entries);
void cf_acl_log_reset (CfAclLog *self);
/* The newest @n, newest first; (transfer full)
 * (element-type CfAclLogEntry) */
GPtrArray *cf_acl_log_get (CfAclLog *self, guint n);

G_END_DECLS
