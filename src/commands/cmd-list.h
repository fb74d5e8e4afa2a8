/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-list.h -- what the list commands share, which stand in the files
 * cmd-list-*.c, and their functions for the table in cmd-list.c.
 *
 * Thread safety: as for a call.
 */
#pragma once

#include "engine/call.h"
#include "types/list.h"

G_BEGIN_DECLS

gint cf_cmd_list_limit (const CfCall *call);
gboolean
cf_cmd_list_read (CfCall *call, guint i, CfList **list, GError **error);
gboolean
cf_cmd_list_write (CfCall *call, guint i, CfList **list, GError **error);
gboolean cf_cmd_list_add (CfCall *call, guint i, CfList **list, GError **error);
void cf_cmd_list_cut (CfCall *call, CfList *list, CfListEnd end, gsize n);
void cf_cmd_list_removed (CfCall *call,
                          guint i,
                          const CfList *list,
                          const char *event);
gboolean cf_cmd_list_get_end (const CfCall *call,
                              guint i,
                              CfListEnd *end,
                              GError **error);
void cf_cmd_list_reply (CfCall *call, const CfListElement *element);
void cf_cmd_list_reply_range (CfCall *call,
                              const CfList *list,
                              gint64 start,
                              gsize n,
                              gboolean backwards);

gboolean cf_cmd_list_linsert (CfCall *call, GError **error);
gboolean cf_cmd_list_lpos (CfCall *call, GError **error);
gboolean cf_cmd_list_lrem (CfCall *call, GError **error);
gboolean cf_cmd_list_lset (CfCall *call, GError **error);
gboolean cf_cmd_list_ltrim (CfCall *call, GError **error);

gboolean cf_cmd_list_blmove (CfCall *call, GError **error);
gboolean cf_cmd_list_brpoplpush (CfCall *call, GError **error);
gboolean cf_cmd_list_lmove (CfCall *call, GError **error);
gboolean cf_cmd_list_rpoplpush (CfCall *call, GError **error);

gboolean cf_cmd_list_blmpop (CfCall *call, GError **error);
gboolean cf_cmd_list_blpop (CfCall *call, GError **error);
gboolean cf_cmd_list_brpop (CfCall *call, GError **error);
gboolean cf_cmd_list_lmpop (CfCall *call, GError **error);
gboolean cf_cmd_list_lpop (CfCall *call, GError **error);
gboolean cf_cmd_list_rpop (CfCall *call, GError **error);

G_END_DECLS
