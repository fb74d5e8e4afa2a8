/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acl-check.h -- whether a user may run a command.
 *
 * The commands of clients are checked by cf_acl_admit(), before they are
 * queued and again when EXEC runs them; those of scripts likewise, with
 * CF_ACL_LUA.  cf_acl_check() only asks.
 *
 * Thread safety: cf_acl_check() is pure; a call belongs to its thread.
 */
#pragma once

#include "engine/acl-log.h"
#include "engine/acl-user.h"
#include "engine/call.h"

G_BEGIN_DECLS

/* @position: (out): the argument that is a key or a channel denied. */
CfAclVerdict cf_acl_check (const CfAclUser *user,
                           const CfCommandInfo *info,
                           const CfSlice *argv,
                           guint argc,
                           guint *position);

/* Likewise of words that may be no sound request. */
gboolean cf_acl_may_run (const CfAclUser *user,
                         const CfCommandInfo *info,
                         const CfSlice *argv,
                         guint argc);

/* Whether the session of @call may run @info with these arguments.  FALSE:
 * noted in ACL LOG, and @error is what the client is to be told.  For
 * sessions that are not CF_SESSION_RESTRICTED there is no need to ask. */
gboolean cf_acl_admit (const CfCall *call,
                       const CfCommandInfo *info,
                       const CfSlice *argv,
                       guint argc,
                       CfAclContext context,
                       GError **error);
/* A refusal to be noted; @user: whose it is, or who wanted to be logged in. */
void cf_acl_deny (const CfCall *call,
                  CfAclVerdict verdict,
                  CfAclContext context,
                  CfSlice object,
                  CfSlice user);

/* Whether the command of @call may read keys that its arguments do not name:
 * SORT BY and GET. */
gboolean cf_acl_may_read_all (const CfCall *call);

G_END_DECLS
