/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acl-revoke.h -- what becomes of clients whose user has changed.
 *
 * Those of a user that is gone are closed, and those that are subscribed to
 * a channel their user may not use any more.  All others notice with their
 * next command (acl.h).
 *
 * A client that subscribes while that changes either is found by
 * cf_acl_revoke_channels(), or finds out itself by cf_acl_recheck(): the
 * change is announced before the channels are looked through, and the
 * subscription is there before the client looks whether anything has changed.
 *
 * Thread safety: for the worker of the call.
 */
#pragma once

#include "engine/acl.h"
#include "engine/call.h"

G_BEGIN_DECLS

void cf_acl_revoke_sessions (CfCall *call);
void cf_acl_revoke_channels (CfCall *call,
                             const CfAclUser *now,
                             const CfAclUser *before);
void cf_acl_recheck (CfCall *call);

G_END_DECLS
