/* SPDX-License-Identifier: GPL-3.0-or-later */
/* client-help.h -- what the prompt's "help" says.
 *
 * Of commands it knows nothing itself: it asks the server (COMMAND DOCS).
 *
 * Thread safety: the functions touch nothing but their arguments.
 */
#pragma once

#include "client/remote.h"

G_BEGIN_DECLS

gboolean cf_client_help_make (CfRemote *remote,
                              const CfSlice *topic,
                              gsize n_words,
                              GString *out,
                              GError **error);
void cf_client_help_append_docs (GString *out,
                                 const CfReplyTree *docs,
                                 const char *group);

G_END_DECLS
