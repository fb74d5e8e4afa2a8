/* SPDX-License-Identifier: GPL-3.0-or-later */
/* client-line.h -- a client as CLIENT LIST shows it, and how it is chosen.
 *
 * Thread safety: any thread; what other handlers are changing is shown as it
 * was after their last batch.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

void cf_client_line (CfEngine *engine,
                     CfSession *session,
                     gint64 now_ms,
                     GString *text);

/* Which clients are meant; a member that is 0 or NULL chooses all. */
typedef struct
{
  guint64 id;
  CfSlice address;
  CfSlice local_address;
  CfSlice user;
  const char *type; /* (nullable) "normal", ... */
} CfClientFilter;

/* Returns "normal", "master", "replica" or "pubsub"; NULL: no such type. */
const char *cf_client_type (CfSlice word);
gboolean cf_client_filter_fits (const CfClientFilter *self, CfSession *session);

G_END_DECLS
