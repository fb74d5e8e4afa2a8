/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acl-text.h -- users as text, from which they can be made again.
 *
 * What a user may run is written as the categories that fit it best and the
 * commands by which it differs from them, as Redis 7.0 does it.
 *
 * Thread safety: pure functions.
 */
#pragma once

#include "engine/acl-user.h"

G_BEGIN_DECLS

/* Each appends to @text; the patterns and commands of one selector. */
void cf_acl_text_commands (const CfAclSelector *selector, GString *text);
void cf_acl_text_keys (const CfAclSelector *selector, GString *text);
void cf_acl_text_channels (const CfAclSelector *selector, GString *text);
/* All rules, without the name. */
void cf_acl_text_user (const CfAclUser *user, GString *text);
/* "on", "nopass" and so on; @i beyond the last: NULL. */
const char *cf_acl_text_flag (const CfAclUser *user, guint i);

G_END_DECLS
