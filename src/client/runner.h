/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runner.h -- runs commands on the server and prints their replies.
 *
 * Knows what the connection is in the middle of: its database, a transaction.
 * Logs in, selects the database and chooses the protocol whenever it connects.
 *
 * Thread safety: a runner belongs to one thread at a time.
 */
#pragma once

#include "client/client-options.h"
#include "client/remote.h"

G_BEGIN_DECLS

typedef enum
{
  CF_RUN_DONE,
  CF_RUN_ERROR_REPLY, /* told, and options say that this is a failure */
  CF_RUN_LOST,        /* there is no connection any more, @error says why */
} CfRunOutcome;

typedef struct _CfRunner CfRunner;

CfRunner *cf_runner_new (const CfClientOptions *options);
void cf_runner_free (CfRunner *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfRunner, cf_runner_free)

CfRemote *cf_runner_get_remote (CfRunner *self);
void cf_runner_set_remote (CfRunner *self, CfRemote *remote);
gboolean cf_runner_connect (CfRunner *self, GError **error);
CfRunOutcome cf_runner_run (CfRunner *self,
                            const CfSlice *argv,
                            gsize argc,
                            gint64 repeat,
                            GError **error);
CfReplyTree *cf_runner_ask (CfRunner *self,
                            const char *const *words); /* (nullable) */
char *cf_runner_take_pushes (CfRunner *self);          /* (nullable) */
char *cf_runner_make_prompt (CfRunner *self);

G_END_DECLS
