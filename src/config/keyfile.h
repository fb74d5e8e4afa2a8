/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keyfile.h -- the syntax of the configuration file.
 *
 * A key file as GKeyFile reads it: groups, "name = value" lines, comments.
 * Beyond that it is strict (unknown names, a name in the wrong group or given
 * twice are errors) and it tells the line of an error, which GKeyFile cannot.
 * Lists may have ";" between their items.  The group [users] has a line for
 * each user in place of settings.
 *
 * Thread safety: pure functions.
 */
#pragma once

#include "config/settings.h"
#include "config/users.h"

G_BEGIN_DECLS

/* What a file gives for one setting. */
typedef struct _CfGiven
{
  guint line; /* from 1; 0 when the setting is not in the file */
  char *text; /* (owned) (nullable) the value, not yet checked */
} CfGiven;

gboolean cf_keyfile_read (const char *name,
                          const char *data,
                          gsize size,
                          CfGiven given[static CF_N_SETTINGS],
                          GPtrArray *users,
                          GError **error);
void cf_keyfile_clear (CfGiven given[static CF_N_SETTINGS]);
char *cf_keyfile_escape (const char *text);
char *cf_keyfile_edit (const char *data,
                       const char *const texts[static CF_N_SETTINGS],
                       const GPtrArray *users);

G_END_DECLS
