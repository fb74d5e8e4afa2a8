/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acl-config.h -- users in the configuration: its group [users], and --user.
 *
 * They are there in place of an ACL file, and made at the start; CONFIG
 * REWRITE writes them.  The default user is as requirepass says unless a line
 * says all about it.
 *
 * Thread safety: any thread.
 */
#pragma once

#include "config/users.h"
#include "engine/acl.h"

G_BEGIN_DECLS

/* The users that the configuration gives, or NULL; nothing has changed yet.
 * (transfer full) (element-type CfAclUser) */
GPtrArray *cf_acl_config_parse (CfAcl *acl, CfConfig *config, GError **error);
/* Publishes them; for the time when nobody else knows @acl. */
void cf_acl_config_apply (CfAcl *acl, const GPtrArray *users);

/* What CONFIG REWRITE is to write.  Whom the configuration describes already,
 * in whatever words, keeps these.  (transfer full) (element-type CfUserLine) */
GPtrArray *cf_acl_config_lines (CfAcl *acl, CfConfig *config);

G_END_DECLS
