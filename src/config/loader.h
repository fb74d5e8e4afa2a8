/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loader.h -- a configuration and its file.
 *
 * The file is read at start and, on SIGHUP, again.  An option outdoes it:
 * cf_config_pin().  What a reload applies is what has changed in the file
 * since it was last read or written, so that values set with CONFIG SET stay
 * until the file says something new about them.  With an error anywhere, all
 * stays as it is.
 *
 * Users are given by the file's group [users], and by --user, which outdoes it
 * for the user it names.  They are read at the start; what a reload finds
 * changed is deferred to the next.
 *
 * Thread safety: all functions may be called from any thread.
 */
#pragma once

#include "config/settings.h"
#include "config/users.h"

G_BEGIN_DECLS

gboolean cf_config_pin (CfConfig *self,
                        CfSettingId id,
                        const char *value,
                        GError **error);
gboolean cf_config_load (CfConfig *self, const char *path, GError **error);
gboolean cf_config_load_data (CfConfig *self,
                              const char *name,
                              const char *data,
                              gsize size,
                              GError **error);
gboolean cf_config_reload (CfConfig *self, GStrv *deferred, GError **error);
gboolean
cf_config_rewrite (CfConfig *self, const GPtrArray *users, GError **error);
char *cf_config_get_path (CfConfig *self);

gboolean cf_config_add_user (CfConfig *self, const char *text, GError **error);
/* (transfer full) (element-type CfUserLine) */
GPtrArray *cf_config_get_users (CfConfig *self);

G_END_DECLS
