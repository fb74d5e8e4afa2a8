/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help.h -- the HELP subcommand of every container, made from its table.
 *
 * Thread safety: pure, but for the call's reply.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

gboolean cf_help_run (CfCall *call, GError **error);

/* The entry of HELP in a table of subcommands. */
#define CF_HELP_COMMAND(SINCE, CATEGORIES)                                     \
  {                                                                            \
    .name = "HELP", .summary = "Prints this help.", .since = SINCE,            \
    .complexity = "O(1)", .run = cf_help_run, .arity = 2,                      \
    .flags = CF_COMMAND_LOADING | CF_COMMAND_STALE, .categories = CATEGORIES,  \
  }

G_END_DECLS
