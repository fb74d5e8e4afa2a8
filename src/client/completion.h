/* SPDX-License-Identifier: GPL-3.0-or-later */
/* completion.h -- what a word at the prompt may become.
 *
 * Commands and subcommands are asked of the server once; the names of
 * functions, libraries and channels each time, as they come and go.  In a
 * transaction nothing is asked, for the server would queue it.
 *
 * Thread safety: for the thread that the runner belongs to.
 */
#pragma once

#include "client/runner.h"

G_BEGIN_DECLS

typedef struct _CfCompletion CfCompletion;

CfCompletion *cf_completion_new (CfRunner *runner);
void cf_completion_free (CfCompletion *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfCompletion, cf_completion_free)

GStrv
cf_completion_find (CfCompletion *self, const char *before, const char *start);

G_END_DECLS
