/* SPDX-License-Identifier: GPL-3.0-or-later */
/* users.h -- lines of users, as the configuration gives them.
 *
 * In the file a user is a line of the group [users], NAME = RULES; as an
 * option, --user 'NAME RULES'.  Here they are only text: engine/acl-config.h
 * knows what rules mean.
 *
 * Invariant: lines are in the order of their names, each of which is there
 * once.
 * Thread safety: pure functions.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CF_USERS_GROUP "users" /* of the configuration file */

typedef struct _CfUserLine
{
  char *name;  /* (owned) */
  char *rules; /* (owned) with blanks between them */
  char *where; /* (owned) (nullable) "FILE:LINE" or "--user" */
} CfUserLine;

/* (transfer full) (element-type CfUserLine) */
GPtrArray *cf_user_lines_new (void);
GPtrArray *cf_user_lines_copy (const GPtrArray *lines);
const CfUserLine *cf_user_lines_find (const GPtrArray *lines, const char *name);
gboolean cf_user_lines_equal (const GPtrArray *a, const GPtrArray *b);

gboolean cf_user_lines_add (GPtrArray *lines,
                            const char *name,
                            const char *rules,
                            const char *where,
                            GError **error);
gboolean
cf_user_lines_add_option (GPtrArray *lines, const char *text, GError **error);

/* Whether a file may have a line for a user of that name. */
gboolean cf_user_name_fits (const char *name);

G_END_DECLS
