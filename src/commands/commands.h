/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commands.h -- the families of commands the server has.
 *
 * To add a family: a line here, a line in commands.c, and its file, which
 * ends with its table.
 *
 * Thread safety: constants.
 */
#pragma once

#include "engine/command.h"

G_BEGIN_DECLS

extern const CfFamily *const cf_families[]; /* NULL-terminated */

G_END_DECLS
