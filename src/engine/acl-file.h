/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acl-file.h -- users in a file, a line each, as Redis has them:
 *
 *   user alice on #1ba... ~cached:* +@read
 *
 * Reading is all or nothing.  Writing replaces the file in one piece.
 *
 * Thread safety: any thread.
 */
#pragma once

#include "engine/acl.h"

G_BEGIN_DECLS

/* All users of a text, or NULL; @name stands for it in errors.
 * (transfer full) (element-type CfAclUser) */
GPtrArray *
cf_acl_file_parse (CfAcl *acl, const char *name, CfSlice text, GError **error);
char *cf_acl_file_text (CfAcl *acl); /* (transfer full) */
GPtrArray *cf_acl_file_load (CfAcl *acl, const char *path, GError **error);
gboolean cf_acl_file_save (CfAcl *acl, const char *path, GError **error);

G_END_DECLS
