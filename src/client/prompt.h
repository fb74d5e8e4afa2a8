/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prompt.h -- one typed line after the other becomes a command.
 *
 * Thread safety: for the main thread.
 */
#pragma once

#include "client/runner.h"

G_BEGIN_DECLS

void cf_prompt_run (CfRunner *runner, const CfClientOptions *options);
gboolean cf_prompt_keeps_secret (const CfSlice *argv, gsize argc);

G_END_DECLS
